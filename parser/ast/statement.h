// Statements: the closed list of everything a client can ask for. A statement that is missing in
// a visitor does not compile.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "parser/ast/definition.h"

namespace riverrun::parser::ast {

struct Statement;

// ---- rows ----

/// column = value, or (a, b) = (ROW or subquery) when columns has several entries or row is set.
struct Assignment {
  std::vector<Identifier> columns;
  Expression value;
  bool row = false;  // the left side stands in parentheses
  Span span;
  bool operator==(const Assignment&) const = default;
};

struct OnConflict {
  std::vector<Identifier> columns;  // of the target
  Box<Expression> target_where;
  std::optional<Identifier> constraint;  // ON CONSTRAINT
  bool update = false;                   // DO UPDATE instead of DO NOTHING
  std::vector<Assignment> assignments;
  Box<Expression> where;
  bool operator==(const OnConflict&) const = default;
};

struct Insert {
  enum class Overriding { kNone, kSystemValue, kUserValue };
  std::optional<With> with;
  QualifiedName relation;
  std::optional<Identifier> alias;
  std::vector<Identifier> columns;
  Overriding overriding = Overriding::kNone;
  Box<Query> source;  // empty: DEFAULT VALUES
  std::optional<OnConflict> on_conflict;
  std::vector<SelectItem> returning;
  bool operator==(const Insert&) const = default;
};

struct Update {
  std::optional<With> with;
  QualifiedName relation;
  bool only = false;
  std::optional<Identifier> alias;
  std::vector<Assignment> assignments;
  std::vector<TableRef> from;
  Box<Expression> where;
  std::optional<Identifier> current_of;  // WHERE CURRENT OF cursor
  std::vector<SelectItem> returning;
  bool operator==(const Update&) const = default;
};

struct Delete {
  std::optional<With> with;
  QualifiedName relation;
  bool only = false;
  std::optional<Identifier> alias;
  std::vector<TableRef> using_items;
  Box<Expression> where;
  std::optional<Identifier> current_of;
  std::vector<SelectItem> returning;
  bool operator==(const Delete&) const = default;
};

struct Truncate {
  std::vector<QualifiedName> relations;
  bool restart_identity = false;
  Behavior behavior = Behavior::kDefault;
  bool operator==(const Truncate&) const = default;
};

/// SUBSCRIBE [TO] relation or (query). One of relation and query is set.
struct Subscribe {
  QualifiedName relation;
  Box<Query> query;
  std::optional<std::string> as_of;  // the token to resume from
  std::vector<Option> options;
  bool operator==(const Subscribe&) const = default;
};

/// COPY. The legacy words (CSV, HEADER, DELIMITER ',') are options like the others.
struct Copy {
  enum class Target { kStdin, kStdout, kFile, kProgram };
  QualifiedName relation;
  std::vector<Identifier> columns;
  Box<Statement> statement;  // COPY (query) or (subscribe) TO; relation then has no parts
  bool from = false;
  Target target = Target::kStdout;
  std::string path;  // kFile, kProgram
  std::vector<Option> options;
  Box<Expression> where;
  bool operator==(const Copy&) const = default;
};

/// WAIT FOR STREAM s [PARTITION p] OFFSET n.
struct WaitFor {
  QualifiedName stream;
  std::optional<int64_t> partition;
  int64_t offset = 0;
  bool operator==(const WaitFor&) const = default;
};

/// EXPLAIN of a statement, or of a running view or sink by name. Options as written: analyze,
/// verbose, state, format json.
struct Explain {
  std::vector<Option> options;
  Box<Statement> statement;
  std::optional<QualifiedName> relation;
  std::optional<ObjectKind> relation_kind;  // when the kind was spelled out
  bool operator==(const Explain&) const = default;
};

// ---- prepared statements and cursors ----

struct Prepare {
  Identifier name;
  std::vector<TypeName> types;
  Box<Statement> statement;
  bool operator==(const Prepare&) const = default;
};

struct Execute {
  Identifier name;
  std::vector<Expression> arguments;
  bool operator==(const Execute&) const = default;
};

struct Deallocate {
  std::optional<Identifier> name;  // absent: ALL
  bool operator==(const Deallocate&) const = default;
};

struct DeclareCursor {
  enum class Scroll { kDefault, kScroll, kNoScroll };
  Identifier name;
  bool binary = false;
  bool insensitive = false;
  Scroll scroll = Scroll::kDefault;
  bool hold = false;
  Box<Statement> statement;  // a query or SUBSCRIBE
  bool operator==(const DeclareCursor&) const = default;
};

/// FETCH or MOVE.
struct Fetch {
  enum class Direction { kForward, kBackward, kAbsolute, kRelative };
  Identifier cursor;
  bool move = false;
  Direction direction = Direction::kForward;
  std::optional<int64_t> count = 1;  // absent: ALL
  bool operator==(const Fetch&) const = default;
};

struct CloseCursor {
  std::optional<Identifier> name;  // absent: ALL
  bool operator==(const CloseCursor&) const = default;
};

// ---- transactions and settings ----

enum class IsolationLevel { kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable };

struct TransactionModes {
  std::optional<IsolationLevel> isolation;
  std::optional<bool> read_only;
  std::optional<bool> deferrable;
  bool operator==(const TransactionModes&) const = default;
};

struct Begin {
  TransactionModes modes;
  bool start = false;  // START TRANSACTION, which is answered so
  bool operator==(const Begin&) const = default;
};
struct Commit {
  bool chain = false;
  bool operator==(const Commit&) const = default;
};
struct Rollback {
  bool chain = false;
  bool operator==(const Rollback&) const = default;
};
struct RollbackTo {
  Identifier savepoint;
  bool operator==(const RollbackTo&) const = default;
};
struct Savepoint {
  Identifier name;
  bool operator==(const Savepoint&) const = default;
};
struct ReleaseSavepoint {
  Identifier name;
  bool operator==(const ReleaseSavepoint&) const = default;
};

/// SET name = values. Names are folded and dotted: timezone, search_path, transaction_isolation.
/// SET TIME ZONE, SET NAMES, SET SCHEMA, SET ROLE and SET SESSION AUTHORIZATION are their settings.
struct Set {
  enum class Scope { kSession, kLocal };
  Scope scope = Scope::kSession;
  std::string name;
  std::vector<OptionValue> values;  // empty: DEFAULT
  bool operator==(const Set&) const = default;
};

/// SET TRANSACTION, or SET SESSION CHARACTERISTICS when session is set.
struct SetTransaction {
  TransactionModes modes;
  bool session = false;
  bool operator==(const SetTransaction&) const = default;
};

struct Reset {
  std::string name;  // empty: ALL
  bool operator==(const Reset&) const = default;
};

struct ShowSetting {
  std::string name;  // empty: ALL
  bool operator==(const ShowSetting&) const = default;
};

/// SHOW STREAMS and the like; subject is the folded words: "materialized views".
struct ShowObjects {
  std::string subject;
  std::optional<QualifiedName> from;  // a schema; a relation for COLUMNS
  std::optional<std::string> like;
  bool operator==(const ShowObjects&) const = default;
};

struct ShowCreate {
  ObjectKind kind = ObjectKind::kTable;
  QualifiedName name;
  bool operator==(const ShowCreate&) const = default;
};

struct Describe {
  QualifiedName name;
  bool operator==(const Describe&) const = default;
};

struct Discard {
  enum class What { kAll, kPlans, kSequences, kTemporary };
  What what = What::kAll;
  bool operator==(const Discard&) const = default;
};

struct Listen {
  Identifier channel;
  bool operator==(const Listen&) const = default;
};
struct Notify {
  Identifier channel;
  std::optional<std::string> payload;
  bool operator==(const Notify&) const = default;
};
struct Unlisten {
  std::optional<Identifier> channel;  // absent: all
  bool operator==(const Unlisten&) const = default;
};

// ---- roles and privileges ----

struct Privilege {
  std::string name;  // folded: select, insert, usage
  std::vector<Identifier> columns;
  bool operator==(const Privilege&) const = default;
};

/// GRANT or REVOKE of privileges. all_in_schema: the objects are schemas, many_kind says what in
/// them is meant (tables, functions, sequences).
struct Grant {
  bool revoke = false;
  bool option_only = false;           // REVOKE GRANT OPTION FOR
  std::vector<Privilege> privileges;  // empty: ALL
  std::optional<ObjectKind> kind;     // as spelled; absent: a relation
  std::string all_in_schema;          // "tables"; empty: objects are named
  std::vector<QualifiedName> objects;
  std::vector<Identifier> grantees;
  bool with_grant_option = false;
  Behavior behavior = Behavior::kDefault;
  bool operator==(const Grant&) const = default;
};

struct GrantRole {
  bool revoke = false;
  bool option_only = false;  // REVOKE ADMIN OPTION FOR
  std::vector<Identifier> roles;
  std::vector<Identifier> grantees;
  bool with_admin_option = false;
  Behavior behavior = Behavior::kDefault;
  bool operator==(const GrantRole&) const = default;
};

/// CREATE ROLE, or ALTER ROLE when alter is set. Option keys are folded words: login, nosuperuser,
/// password, connection limit, valid until, in role. CREATE USER has user set: it implies LOGIN.
struct RoleDefinition {
  bool alter = false;
  bool user = false;
  Identifier name;
  std::vector<Option> options;
  bool operator==(const RoleDefinition&) const = default;
};

/// ALTER ROLE name SET ... | RESET ...; the name is absent for ALL.
struct RoleSetting {
  std::optional<Identifier> name;
  Box<Statement> change;  // Set or Reset
  bool operator==(const RoleSetting&) const = default;
};

/// Any statement, with the bytes it came from.
struct Statement {
  std::variant<Query, Insert, Update, Delete, Truncate, Copy, Subscribe, WaitFor, Explain, Prepare,
               Execute, Deallocate, DeclareCursor, Fetch, CloseCursor, Begin, Commit, Rollback,
               RollbackTo, Savepoint, ReleaseSavepoint, Set, SetTransaction, Reset, ShowSetting,
               ShowObjects, ShowCreate, Describe, Discard, Listen, Notify, Unlisten, Grant,
               GrantRole, RoleDefinition, RoleSetting, CreateRelation, CreateView, CreateIndex,
               CreateSink, CreateSchema, CreateSecret, CreateAlert, CreateModel, CreateFunction,
               Alter, Drop, Comment, RefreshView>
      node;
  Span span;
  bool operator==(const Statement&) const = default;
};

}  // namespace riverrun::parser::ast
