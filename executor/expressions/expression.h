// Bound expressions: what the planner makes of SQL, and stored plans keep. Every column is a
// position, every function an overload, every node has a type; nothing is left to decide.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "executor/functions/function_registry.h"
#include "types/codec/bytes.h"
#include "types/value.h"

namespace riverrun::executor {

struct Expression;
using ExpressionRef = std::shared_ptr<const Expression>;

/// A column of the input batch.
struct ColumnRef {
  uint32_t index = 0;
  Type type;
};
struct Constant {
  Value value;
};
/// A call of a scalar function; casts are calls too. The arguments have the types of the
/// signature (see NeedsCast).
struct Call {
  const Function* function = nullptr;
  std::vector<ExpressionRef> args;
  Type type;
};
/// Boolean connectives over two or more arguments. An argument's error does not count where
/// another one decides, in whatever order they stand.
struct And {
  std::vector<ExpressionRef> args;
};
struct Or {
  std::vector<ExpressionRef> args;
};
struct Not {
  ExpressionRef arg;
};
/// x IS [NOT] NULL, for scalars. (Of a row, the planner tests the fields.)
struct IsNull {
  ExpressionRef arg;
  bool negated = false;
};
/// x IS [NOT] TRUE, FALSE, UNKNOWN.
struct IsTruth {
  enum class Test : uint8_t { kTrue, kFalse, kUnknown };
  ExpressionRef arg;
  Test test = Test::kTrue;
  bool negated = false;
};
/// a IS [NOT] DISTINCT FROM b.
struct IsDistinct {
  const Function* equal = nullptr;  // "=" of the two types
  ExpressionRef left, right;
  bool negated = false;
};
/// CASE WHEN condition THEN result ... ELSE otherwise END. The results have the node's type.
struct Case {
  struct Branch {
    ExpressionRef condition, result;
  };
  std::vector<Branch> branches;
  ExpressionRef otherwise;  // null means NULL
  Type type;
};
/// The first argument that is not null. The arguments have the node's type.
struct Coalesce {
  std::vector<ExpressionRef> args;
  Type type;
};
/// NULL if left = right, else left. `left` has the node's type; `equal` takes both as they are.
struct NullIf {
  const Function* equal = nullptr;
  ExpressionRef left, right;
  Type type;
};
/// GREATEST and LEAST: nulls do not count. The arguments have the node's type.
struct Extreme {
  const Function* less = nullptr;  // "<" of the type
  bool greatest = false;
  std::vector<ExpressionRef> args;
  Type type;
};
/// x [NOT] IN (items). Items that are all constants of x's type are hashed.
struct InList {
  const Function* equal = nullptr;  // "=" of the types of x and the items
  ExpressionRef arg;
  std::vector<ExpressionRef> items;
  bool negated = false;
};

/// An immutable tree; parts are shared freely. The order of the alternatives is part of the format
/// of stored plans: new ones go to the end.
struct Expression {
  using Node = std::variant<ColumnRef, Constant, Call, And, Or, Not, IsNull, IsTruth, IsDistinct,
                            Case, Coalesce, NullIf, Extreme, InList>;
  Node node;
};

/// Wraps a node: `Make(Not{arg})`.
template <class Node>
ExpressionRef Make(Node node) {
  return std::make_shared<const Expression>(Expression{Expression::Node(std::move(node))});
}

/// The type of an expression's values.
const Type& TypeOf(const Expression& expression);

/// The direct parts of an expression, in the order in which they are written.
std::vector<ExpressionRef> Children(const Expression& expression);
/// The same node over other parts. REQUIRES as many as Children returns.
ExpressionRef WithChildren(const Expression& expression, std::vector<ExpressionRef> children);

/// Whether evaluation may put a row into the error lane.
bool MayFail(const Expression& expression);
/// The least constant of the functions it calls; a column or constant is immutable.
Volatility VolatilityOf(const Expression& expression);
/// The positions of the columns it reads, ascending, each once.
std::vector<uint32_t> ColumnsOf(const Expression& expression);

/// Equal in structure: same functions, same types, identical constants.
bool operator==(const Expression& a, const Expression& b);

/// SQL-like text for EXPLAIN: "(price * 2) > 10". Columns are named by `names`, else "#3".
std::string ToSql(const Expression& expression, std::span<const std::string> names = {});

/// Appends an expression; functions are written as the text of their signature.
void AppendExpression(const Expression& expression, std::string& out);
/// Reads an expression; fails the reader on bytes that are none. A function that the registry does
/// not know is error XX001 with its name.
Result<ExpressionRef> ReadExpression(ByteReader& in, const FunctionRegistry& registry);

}  // namespace riverrun::executor
