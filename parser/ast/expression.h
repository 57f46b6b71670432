// Expressions. A closed variant of plain structs; literals keep their text, because giving them a
// type is the binder's work. Special spellings are already reduced to one form:
//   CAST(x AS t), x::t and t 'x'            -> Cast
//   EXTRACT, SUBSTRING FROM, TRIM, POSITION -> FunctionCall with PostgreSQL's own function names
//   x AT TIME ZONE z                        -> FunctionCall timezone(z, x)
//   x NOT LIKE y, x NOT IN (...)            -> the node with negated set
//   a AND b AND c                           -> one Logical with three operands
#pragma once

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "parser/ast/node.h"

namespace riverrun::parser::ast {

struct Expression;
struct Query;

/// A type as written. Multi-word names are already one name of pg_type: double precision is
/// float8, character varying is varchar, char is bpchar with modifier 1 when none was given,
/// timestamp with time zone is timestamptz. All others keep the user's word (int, integer, int4).
struct TypeName {
  QualifiedName name;
  std::vector<Expression> modifiers;               // (10,2) of numeric(10,2)
  std::string interval_fields;                     // "day to second"; empty means all
  std::vector<std::optional<int64_t>> dimensions;  // one entry per []; the bound is not enforced
  bool set_of = false;
  Span span;

  bool operator==(const TypeName&) const = default;
};

struct NullLiteral {
  bool operator==(const NullLiteral&) const = default;
};

struct BooleanLiteral {
  bool value = false;
  bool operator==(const BooleanLiteral&) const = default;
};

/// An unsigned number: digits, with '.' or an exponent when it is not an integer.
struct NumberLiteral {
  std::string text;
  bool operator==(const NumberLiteral&) const = default;
};

/// A string constant with its escapes and continuations resolved.
struct StringLiteral {
  std::string value;
  bool operator==(const StringLiteral&) const = default;
};

/// B'101' or X'1F', digits only.
struct BitStringLiteral {
  std::string digits;
  bool hexadecimal = false;
  bool operator==(const BitStringLiteral&) const = default;
};

/// $n, counted from 1.
struct Parameter {
  uint32_t number = 0;
  bool operator==(const Parameter&) const = default;
};

/// The word DEFAULT in VALUES and SET.
struct DefaultValue {
  bool operator==(const DefaultValue&) const = default;
};

/// A column, perhaps qualified: a, t.a, s.t.a. In a function's arguments it may name a relation.
struct ColumnReference {
  QualifiedName name;
  bool operator==(const ColumnReference&) const = default;
};

/// * or t.*; the qualifier has no parts when the star stands alone.
struct Star {
  QualifiedName qualifier;
  bool operator==(const Star&) const = default;
};

/// (base).field; field is empty for (base).*
struct FieldSelection {
  Box<Expression> base;
  std::optional<Identifier> field;
  bool operator==(const FieldSelection&) const = default;
};

/// base[index] when only lower is set and slice is false, else base[lower:upper].
struct Subscript {
  Box<Expression> base;
  Box<Expression> lower;
  Box<Expression> upper;
  bool slice = false;
  bool operator==(const Subscript&) const = default;
};

/// An operator as written; schema is set by OPERATOR(schema.op). != is already <>.
struct OperatorName {
  std::string symbol;
  std::vector<Identifier> schema;
  Span span;
  bool operator==(const OperatorName&) const = default;
};

/// A prefix operator.
struct UnaryOperation {
  OperatorName op;
  Box<Expression> operand;
  bool operator==(const UnaryOperation&) const = default;
};

/// Any infix operator that has no node of its own, comparisons included.
struct BinaryOperation {
  OperatorName op;
  Box<Expression> left;
  Box<Expression> right;
  bool operator==(const BinaryOperation&) const = default;
};

enum class LogicalOperator { kAnd, kOr };

/// AND or OR of at least two operands, left to right; chains are flat.
struct Logical {
  LogicalOperator op = LogicalOperator::kAnd;
  std::vector<Expression> operands;
  bool operator==(const Logical&) const = default;
};

struct Not {
  Box<Expression> operand;
  bool operator==(const Not&) const = default;
};

/// operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN.
struct IsTest {
  enum class Kind { kNull, kTrue, kFalse, kUnknown };
  Box<Expression> operand;
  Kind kind = Kind::kNull;
  bool negated = false;
  bool operator==(const IsTest&) const = default;
};

/// left IS [NOT] DISTINCT FROM right.
struct IsDistinct {
  Box<Expression> left;
  Box<Expression> right;
  bool negated = false;
  bool operator==(const IsDistinct&) const = default;
};

struct Between {
  Box<Expression> operand;
  Box<Expression> low;
  Box<Expression> high;
  bool symmetric = false;
  bool negated = false;
  bool operator==(const Between&) const = default;
};

/// operand [NOT] LIKE | ILIKE | SIMILAR TO pattern [ESCAPE escape].
struct Like {
  enum class Kind { kLike, kIlike, kSimilar };
  Box<Expression> operand;
  Box<Expression> pattern;
  Box<Expression> escape;  // empty: the backslash
  Kind kind = Kind::kLike;
  bool negated = false;
  bool operator==(const Like&) const = default;
};

struct InList {
  Box<Expression> operand;
  std::vector<Expression> items;
  bool negated = false;
  bool operator==(const InList&) const = default;
};

struct InQuery {
  Box<Expression> operand;
  Box<Query> query;
  bool negated = false;
  bool operator==(const InQuery&) const = default;
};

/// operand op ANY (...) or op ALL (...). Exactly one of query and array is set. LIKE ANY has the
/// operator ~~, ILIKE ~~*, their negations !~~ and !~~*.
struct Quantified {
  Box<Expression> operand;
  OperatorName op;
  bool all = false;
  Box<Query> query;
  Box<Expression> array;
  bool operator==(const Quantified&) const = default;
};

struct Exists {
  Box<Query> query;
  bool operator==(const Exists&) const = default;
};

struct ScalarSubquery {
  Box<Query> query;
  bool operator==(const ScalarSubquery&) const = default;
};

struct ArraySubquery {
  Box<Query> query;
  bool operator==(const ArraySubquery&) const = default;
};

/// ARRAY[...]; a nested [...] is an ArrayLiteral too.
struct ArrayLiteral {
  std::vector<Expression> elements;
  bool operator==(const ArrayLiteral&) const = default;
};

/// ROW(...) or, with explicit_row unset, (a, b).
struct Row {
  std::vector<Expression> fields;
  bool explicit_row = false;
  bool operator==(const Row&) const = default;
};

struct CaseBranch;

/// CASE [operand] WHEN ... THEN ... [ELSE otherwise] END.
struct Case {
  Box<Expression> operand;
  std::vector<CaseBranch> branches;
  Box<Expression> otherwise;
  bool operator==(const Case&) const = default;
};

struct Cast {
  Box<Expression> operand;
  Box<TypeName> type;
  bool operator==(const Cast&) const = default;
};

struct Collate {
  Box<Expression> operand;
  QualifiedName collation;
  bool operator==(const Collate&) const = default;
};

/// CURRENT_DATE and its relatives, which are written without an argument list.
struct CurrentValue {
  enum class Kind {
    kDate,
    kTime,
    kTimestamp,
    kLocalTime,
    kLocalTimestamp,
    kUser,
    kSessionUser,
    kRole,
    kCatalog,
    kSchema,
  };
  Kind kind = Kind::kDate;
  std::optional<int64_t> precision;  // digits of the second's fraction
  bool operator==(const CurrentValue&) const = default;
};

/// The argument TABLE t [PARTITION BY ...] [ORDER BY ...] of a table function. One of name and
/// query is set.
struct TableArgument;
/// The argument DESCRIPTOR(a, b) of a table function.
struct DescriptorArgument {
  std::vector<Identifier> columns;
  bool operator==(const DescriptorArgument&) const = default;
};
/// The argument MODEL m of a table function.
struct ModelArgument {
  QualifiedName name;
  bool operator==(const ModelArgument&) const = default;
};

struct FunctionCall;

/// Any expression. Variants larger than a few words are boxed so that lists of literals stay small;
/// Visit sees through the boxes.
struct Expression {
  std::variant<NullLiteral, BooleanLiteral, NumberLiteral, StringLiteral, Box<BitStringLiteral>,
               Parameter, DefaultValue, ColumnReference, Star, Box<FieldSelection>, Box<Subscript>,
               Box<UnaryOperation>, Box<BinaryOperation>, Logical, Not, IsTest, IsDistinct, Between,
               Like, InList, InQuery, Box<Quantified>, Exists, ScalarSubquery, ArraySubquery,
               ArrayLiteral, Row, Box<Case>, Cast, Box<Collate>, CurrentValue, Box<FunctionCall>,
               Box<TableArgument>, DescriptorArgument, ModelArgument>
      node;
  Span span;

  bool operator==(const Expression&) const = default;
};

struct SortKey {
  enum class Direction { kDefault, kAscending, kDescending };
  enum class Nulls { kDefault, kFirst, kLast };
  Expression expression;
  Direction direction = Direction::kDefault;
  Nulls nulls = Nulls::kDefault;
  Span span;
  bool operator==(const SortKey&) const = default;
};

struct CaseBranch {
  Expression condition;
  Expression result;
  bool operator==(const CaseBranch&) const = default;
};

struct TableArgument {
  QualifiedName name;
  Box<Query> query;
  std::vector<Expression> partition_by;
  std::vector<SortKey> order_by;
  bool operator==(const TableArgument&) const = default;
};

struct FrameBound {
  enum class Kind {
    kUnboundedPreceding,
    kPreceding,
    kCurrentRow,
    kFollowing,
    kUnboundedFollowing,
  };
  Kind kind = Kind::kCurrentRow;
  Box<Expression> offset;  // set for kPreceding and kFollowing
  bool operator==(const FrameBound&) const = default;
};

struct Frame {
  enum class Units { kRows, kRange, kGroups };
  enum class Exclusion { kNone, kCurrentRow, kGroup, kTies, kNoOthers };
  Units units = Units::kRange;
  FrameBound start;
  std::optional<FrameBound> end;  // absent: the short form without BETWEEN
  Exclusion exclusion = Exclusion::kNone;
  Span span;
  bool operator==(const Frame&) const = default;
};

/// The part in parentheses after OVER, or after WINDOW name AS.
struct WindowSpecification {
  std::optional<Identifier> base;
  std::vector<Expression> partition_by;
  std::vector<SortKey> order_by;
  std::optional<Frame> frame;
  Span span;
  bool operator==(const WindowSpecification&) const = default;
};

struct Argument {
  std::optional<Identifier> name;
  Expression value;
  bool variadic = false;
  bool operator==(const Argument&) const = default;
};

/// A call with everything that may follow its arguments. count(*) has star set and no arguments.
struct FunctionCall {
  enum class Evaluation { kDefault, kRunning, kFinal };  // in MATCH_RECOGNIZE
  enum class NullTreatment { kDefault, kRespect, kIgnore };
  QualifiedName name;
  std::vector<Argument> arguments;
  bool star = false;
  bool distinct = false;
  std::vector<SortKey> order_by;
  std::vector<SortKey> within_group;
  Box<Expression> filter;
  NullTreatment null_treatment = NullTreatment::kDefault;
  Evaluation evaluation = Evaluation::kDefault;
  std::optional<Identifier> over_name;      // OVER w
  std::optional<WindowSpecification> over;  // OVER (...)
  bool operator==(const FunctionCall&) const = default;
};

/// Calls visitor with the node itself, boxed or not.
template <class Visitor>
decltype(auto) Visit(const Expression& expression, Visitor&& visitor) {
  return std::visit(
      [&]<class Node>(const Node& node) -> decltype(auto) {
        if constexpr (requires {
                        { *node } -> std::same_as<const std::decay_t<decltype(*node)>&>;
                      }) {
          return visitor(*node);
        } else {
          return visitor(node);
        }
      },
      expression.node);
}

/// The node when it is a T, boxed or not, else null. The pointer lives as long as the expression.
template <class T>
const T* As(const Expression& expression) {
  return Visit(expression, []<class Node>(const Node& node) -> const T* {
    if constexpr (std::is_same_v<Node, T>) {
      return &node;
    } else {
      return nullptr;
    }
  });
}

}  // namespace riverrun::parser::ast
