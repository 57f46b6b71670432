#include "planner/scalar.h"

#include <algorithm>

namespace riverrun::planner {

using executor::And;
using executor::ColumnRef;
using executor::Constant;

ExpressionRef ColumnValue(ColumnId column, const Type& type) {
  return executor::Make(ColumnRef{column.value, type});
}

ExpressionRef ConstantValue(Value value) { return executor::Make(Constant{std::move(value)}); }

ExpressionRef Truth(bool value) { return ConstantValue(Value::Bool(value)); }

std::optional<ColumnId> AsColumn(const Expression& expression) {
  const auto* column = std::get_if<ColumnRef>(&expression.node);
  if (column == nullptr) return std::nullopt;
  return ColumnId{column->index};
}

const Value* AsConstant(const Expression& expression) {
  const auto* constant = std::get_if<Constant>(&expression.node);
  return constant == nullptr ? nullptr : &constant->value;
}

bool IsTrue(const Expression& expression) {
  const Value* value = AsConstant(expression);
  return value != nullptr && value->type().kind == TypeKind::kBool && !value->IsNull() &&
         value->As<uint8_t>() != 0;
}

bool IsFalseOrNull(const Expression& expression) {
  const Value* value = AsConstant(expression);
  if (value == nullptr) return false;
  return value->IsNull() || (value->type().kind == TypeKind::kBool && value->As<uint8_t>() == 0);
}

ColumnSet ColumnsIn(const Expression& expression) {
  ColumnSet columns;
  for (const uint32_t column : executor::ColumnsOf(expression)) columns.insert({column});
  return columns;
}

bool ReadsOnly(const Expression& expression, const ColumnSet& columns) {
  return std::ranges::all_of(executor::ColumnsOf(expression),
                             [&](uint32_t column) { return columns.contains(ColumnId{column}); });
}

std::vector<ExpressionRef> Conjuncts(const ExpressionRef& predicate) {
  const auto* conjunction = std::get_if<And>(&predicate->node);
  if (conjunction == nullptr) return {predicate};
  std::vector<ExpressionRef> parts;
  for (const ExpressionRef& arg : conjunction->args) {
    for (ExpressionRef& part : Conjuncts(arg)) parts.push_back(std::move(part));
  }
  return parts;
}

ExpressionRef Conjunction(std::vector<ExpressionRef> parts) {
  if (parts.empty()) return Truth(true);
  if (parts.size() == 1) return std::move(parts.front());
  return executor::Make(And{std::move(parts)});
}

ExpressionRef RewriteExpression(const ExpressionRef& expression,
                                const std::function<ExpressionRef(const ExpressionRef&)>& f) {
  std::vector<ExpressionRef> children = executor::Children(*expression);
  bool changed = false;
  for (ExpressionRef& child : children) {
    ExpressionRef rewritten = RewriteExpression(child, f);
    changed |= rewritten != child;
    child = std::move(rewritten);
  }
  return f(changed ? executor::WithChildren(*expression, std::move(children)) : expression);
}

ExpressionRef Substitute(const ExpressionRef& expression,
                         const std::map<ColumnId, ExpressionRef>& replacement) {
  return RewriteExpression(expression, [&](const ExpressionRef& part) {
    const std::optional<ColumnId> column = AsColumn(*part);
    if (!column) return part;
    const auto found = replacement.find(*column);
    return found == replacement.end() ? part : found->second;
  });
}

ExpressionRef Rename(const ExpressionRef& expression, const std::map<ColumnId, ColumnId>& rename) {
  return RewriteExpression(expression, [&](const ExpressionRef& part) {
    const std::optional<ColumnId> column = AsColumn(*part);
    if (!column) return part;
    const auto found = rename.find(*column);
    CHECK(found != rename.end(), "an expression reads a column that is not there");
    return ColumnValue(found->second, executor::TypeOf(*part));
  });
}

int SizeOf(const Expression& expression) {
  int size = 1;
  for (const ExpressionRef& child : executor::Children(expression)) size += SizeOf(*child);
  return size;
}

}  // namespace riverrun::planner
