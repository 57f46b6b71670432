// Scalar expressions of a logical plan.
//
// They are the executor's expressions with one difference: the index of a ColumnRef is the value of
// a ColumnId, not a position. So there is one set of expression code, and lowering renames columns
// to positions. A subquery never stands inside an expression: the binder makes it a DependentJoin,
// and the expression reads the column that the join adds.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/expressions/expression.h"
#include "types/id.h"

namespace riverrun::planner {

using executor::Expression;
using executor::ExpressionRef;

using ColumnSet = std::set<ColumnId>;

/// The value of a column.
ExpressionRef ColumnValue(ColumnId column, const Type& type);
/// A constant.
ExpressionRef ConstantValue(Value value);
/// The boolean constant; null is the NULL of type boolean.
ExpressionRef Truth(bool value);

/// The column if the expression is nothing but a column.
std::optional<ColumnId> AsColumn(const Expression& expression);
/// The value if the expression is a constant, else null. Lives as long as the expression.
const Value* AsConstant(const Expression& expression);
/// True for the constant true; false for the constant false.
bool IsTrue(const Expression& expression);
/// True for the boolean constants false and NULL: as a filter, neither lets a row through.
bool IsFalseOrNull(const Expression& expression);

/// The columns that an expression reads.
ColumnSet ColumnsIn(const Expression& expression);
/// Whether it reads none but these.
bool ReadsOnly(const Expression& expression, const ColumnSet& columns);

/// Parts of a conjunction, nested ones included; the expression itself if it is none.
std::vector<ExpressionRef> Conjuncts(const ExpressionRef& predicate);
/// The conjunction of the parts: true for none, the part itself for one.
ExpressionRef Conjunction(std::vector<ExpressionRef> parts);

/// The expression with columns replaced; columns that `replacement` does not have stay.
ExpressionRef Substitute(const ExpressionRef& expression,
                         const std::map<ColumnId, ExpressionRef>& replacement);
/// The expression with every column renamed. CHECKs that `rename` knows each.
ExpressionRef Rename(const ExpressionRef& expression, const std::map<ColumnId, ColumnId>& rename);

/// Applies `f` to each node, children first, and keeps nodes that do not change.
ExpressionRef RewriteExpression(const ExpressionRef& expression,
                                const std::function<ExpressionRef(const ExpressionRef&)>& f);

/// Nodes of an expression, as a measure of its cost.
int SizeOf(const Expression& expression);

}  // namespace riverrun::planner
