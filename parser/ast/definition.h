// Definitions of objects: CREATE, ALTER, DROP, COMMENT. What an option or an action means for which
// kind of object is the binder's to say; the parser accepts every action on every kind.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "parser/ast/query.h"

namespace riverrun::parser::ast {

enum class ObjectKind {
  kTable,
  kStream,
  kSource,
  kView,
  kMaterializedView,
  kIndex,
  kSink,
  kSchema,
  kSecret,
  kAlert,
  kModel,
  kFunction,
  kRole,
  kColumn,
};

enum class Behavior { kDefault, kRestrict, kCascade };

struct CheckConstraint {
  std::optional<Identifier> name;
  Expression condition;
  bool operator==(const CheckConstraint&) const = default;
};

/// METADATA [FROM 'key']: the key defaults to the column's name.
struct ColumnMetadata {
  std::optional<std::string> key;
  bool is_virtual = false;
  bool operator==(const ColumnMetadata&) const = default;
};

/// A column of CREATE or of ALTER ... ADD COLUMN. At most one of default_value, generated,
/// identity and metadata is set.
struct ColumnDefinition {
  enum class Identity { kNone, kAlways, kByDefault };
  Identifier name;
  std::optional<TypeName> type;  // may be absent for a generated column
  std::optional<QualifiedName> collation;
  bool not_null = false;
  bool primary_key = false;
  bool primary_key_not_enforced = false;
  bool unique = false;
  Box<Expression> default_value;
  Box<Expression> generated;  // GENERATED ALWAYS AS (expression)
  Identity identity = Identity::kNone;
  std::optional<ColumnMetadata> metadata;
  std::vector<CheckConstraint> checks;
  Span span;
  bool operator==(const ColumnDefinition&) const = default;
};

/// PRIMARY KEY, UNIQUE or CHECK over the table.
struct TableConstraint {
  enum class Kind { kPrimaryKey, kUnique, kCheck };
  Kind kind = Kind::kPrimaryKey;
  std::optional<Identifier> name;
  std::vector<Identifier> columns;
  bool not_enforced = false;
  Box<Expression> condition;  // kCheck
  Span span;
  bool operator==(const TableConstraint&) const = default;
};

/// WATERMARK FOR column [AS expression]; without AS it moves only when told to.
struct Watermark {
  Identifier column;
  Box<Expression> expression;
  Span span;
  bool operator==(const Watermark&) const = default;
};

/// LIKE t among the columns.
struct LikeElement {
  QualifiedName name;
  bool operator==(const LikeElement&) const = default;
};

/// FORMAT x ENCODE y, RisingWave's spelling of the options format and encode.
struct FormatClause {
  Identifier format;
  Identifier encode;
  bool operator==(const FormatClause&) const = default;
};

/// CREATE STREAM, CREATE SOURCE, CREATE TABLE; with a query: CREATE TABLE ... AS.
struct CreateRelation {
  ObjectKind kind = ObjectKind::kTable;  // kTable, kStream or kSource, as spelled
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  /// In the order written, which is the order of the columns.
  std::vector<std::variant<ColumnDefinition, TableConstraint, Watermark, LikeElement>> elements;
  std::vector<Expression> partition_by;
  std::vector<Option> options;
  std::optional<FormatClause> format;
  std::vector<Identifier> column_names;  // before AS query
  Box<Query> query;
  bool with_no_data = false;
  bool operator==(const CreateRelation&) const = default;
};

struct CreateView {
  bool materialized = false;
  bool or_replace = false;
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<Identifier> columns;
  std::vector<Option> options;
  Query query;
  bool with_no_data = false;
  bool operator==(const CreateView&) const = default;
};

struct CreateIndex {
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  std::optional<QualifiedName> name;
  QualifiedName relation;
  std::optional<Identifier> method;
  std::vector<SortKey> keys;
  std::vector<Identifier> include;
  std::vector<Option> options;
  Box<Expression> where;
  bool operator==(const CreateIndex&) const = default;
};

/// CREATE SINK name FROM relation, or AS query. One of relation and query is set.
struct CreateSink {
  bool if_not_exists = false;
  QualifiedName name;
  QualifiedName relation;
  Box<Query> query;
  std::vector<Option> options;
  std::optional<FormatClause> format;
  bool operator==(const CreateSink&) const = default;
};

struct CreateSchema {
  bool if_not_exists = false;
  std::optional<Identifier> name;  // absent: named like its owner
  std::optional<Identifier> authorization;
  bool operator==(const CreateSchema&) const = default;
};

struct CreateSecret {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::string value;  // never printed unless asked for
  bool operator==(const CreateSecret&) const = default;
};

/// CREATE ALERT name ON relation WHEN condition ... . Lengths are interval expressions; one of
/// relation and query is set.
struct CreateAlert {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  QualifiedName relation;
  Box<Query> query;
  std::vector<Identifier> key;
  Expression when;
  Box<Expression> hold_for;  // FOR
  Box<Expression> resolve_when;
  Box<Expression> cooldown;
  std::vector<Expression> group_by;
  std::optional<std::string> severity;
  std::vector<Identifier> notify;
  Box<Expression> message;
  std::vector<Option> options;
  bool operator==(const CreateAlert&) const = default;
};

struct CreateModel {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::string file;
  std::vector<ColumnType> input;
  std::vector<ColumnType> output;
  std::vector<Option> options;
  bool operator==(const CreateModel&) const = default;
};

struct FunctionParameter {
  std::optional<Identifier> name;
  TypeName type;
  bool variadic = false;
  Box<Expression> default_value;
  bool operator==(const FunctionParameter&) const = default;
};

struct CreateFunction {
  enum class Volatility { kDefault, kImmutable, kStable, kVolatile };
  bool or_replace = false;
  QualifiedName name;
  std::vector<FunctionParameter> parameters;
  std::optional<TypeName> returns;  // absent: RETURNS TABLE (returns_table)
  std::vector<ColumnType> returns_table;
  std::optional<std::string> language;
  std::optional<std::string> body;  // AS '...'
  Box<Expression> result;           // RETURN expression
  Volatility volatility = Volatility::kDefault;
  bool strict = false;  // RETURNS NULL ON NULL INPUT
  bool operator==(const CreateFunction&) const = default;
};

// ---- ALTER ----

struct AdvanceWatermark {
  Expression to;
  bool operator==(const AdvanceWatermark&) const = default;
};
/// RESET TO position [REBUILD]; the position is a word (a column reference), string or number.
struct ResetTo {
  Expression position;
  bool rebuild = false;
  bool operator==(const ResetTo&) const = default;
};
/// An action that is one word.
struct SimpleAction {
  enum class Kind { kClose, kPause, kResume, kRebuild, kEnable, kDisable };
  Kind kind = Kind::kClose;
  bool operator==(const SimpleAction&) const = default;
};
struct ReplaceQuery {
  Query query;
  bool operator==(const ReplaceQuery&) const = default;
};
/// AS 'text': the new value of a secret.
struct ReplaceSecret {
  std::string value;
  bool operator==(const ReplaceSecret&) const = default;
};
struct SetOptions {
  std::vector<Option> options;
  bool operator==(const SetOptions&) const = default;
};
struct ResetOptions {
  std::vector<std::string> keys;
  bool operator==(const ResetOptions&) const = default;
};
struct SetSchema {
  Identifier schema;
  bool operator==(const SetSchema&) const = default;
};
struct SetVersion {
  std::string version;
  bool operator==(const SetVersion&) const = default;
};
struct OwnerTo {
  Identifier owner;
  bool operator==(const OwnerTo&) const = default;
};
struct RenameTo {
  Identifier name;
  bool operator==(const RenameTo&) const = default;
};
/// RENAME COLUMN or, with constraint set, RENAME CONSTRAINT.
struct RenameMember {
  Identifier from;
  Identifier to;
  bool constraint = false;
  bool operator==(const RenameMember&) const = default;
};
struct AddColumn {
  bool if_not_exists = false;
  ColumnDefinition column;
  bool operator==(const AddColumn&) const = default;
};
struct AddConstraint {
  TableConstraint constraint;
  bool operator==(const AddConstraint&) const = default;
};
/// ADD WATERMARK or ALTER WATERMARK.
struct ChangeWatermark {
  Watermark watermark;
  bool add = false;
  bool operator==(const ChangeWatermark&) const = default;
};
/// DROP COLUMN or, with constraint set, DROP CONSTRAINT.
struct DropMember {
  Identifier name;
  bool if_exists = false;
  bool constraint = false;
  Behavior behavior = Behavior::kDefault;
  bool operator==(const DropMember&) const = default;
};
struct AlterColumn {
  enum class Kind { kSetDefault, kDropDefault, kSetNotNull, kDropNotNull, kSetType };
  Identifier column;
  Kind kind = Kind::kSetDefault;
  Box<Expression> expression;    // the default, or USING of kSetType
  std::optional<TypeName> type;  // kSetType
  bool operator==(const AlterColumn&) const = default;
};

using AlterAction =
    std::variant<AdvanceWatermark, ResetTo, SimpleAction, ReplaceQuery, ReplaceSecret, SetOptions,
                 ResetOptions, SetSchema, SetVersion, OwnerTo, RenameTo, RenameMember, AddColumn,
                 AddConstraint, ChangeWatermark, DropMember, AlterColumn>;

/// ALTER kind name action, action, ...
struct Alter {
  ObjectKind kind = ObjectKind::kTable;
  bool if_exists = false;
  QualifiedName name;
  std::vector<AlterAction> actions;
  bool operator==(const Alter&) const = default;
};

/// A name in DROP or COMMENT; signature is present for FUNCTION f(int, text).
struct ObjectName {
  QualifiedName name;
  std::optional<std::vector<TypeName>> signature;
  bool operator==(const ObjectName&) const = default;
};

struct Drop {
  ObjectKind kind = ObjectKind::kTable;
  bool concurrently = false;
  bool if_exists = false;
  std::vector<ObjectName> names;
  Behavior behavior = Behavior::kDefault;
  bool operator==(const Drop&) const = default;
};

/// COMMENT ON kind name IS 'text'; NULL removes it.
struct Comment {
  ObjectKind kind = ObjectKind::kTable;
  ObjectName name;
  std::optional<std::string> text;
  bool operator==(const Comment&) const = default;
};

struct RefreshView {
  QualifiedName name;
  bool concurrently = false;
  bool with_no_data = false;
  bool operator==(const RefreshView&) const = default;
};

}  // namespace riverrun::parser::ast
