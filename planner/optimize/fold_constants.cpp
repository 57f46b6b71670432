#include "executor/expressions/evaluator.h"
#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

// The value of an expression without columns; nothing if it fails.
std::optional<Value> Evaluate(const Expression& expression) {
  // An immutable expression does not depend on settings or time.
  const Settings settings;
  const executor::EvalContext context{.epoch = {}, .settings = &settings, .budget = nullptr};
  executor::Evaluator evaluator(expression, settings);
  Batch one_row;
  one_row.rows = 1;
  ErrorLane errors;
  const Column column = evaluator.Evaluate(one_row, context, errors);
  if (!errors.empty()) return std::nullopt;
  return Value::From(column, 0);
}

ExpressionRef Fold(const ExpressionRef& expression) {
  if (AsConstant(*expression) != nullptr) return expression;
  const bool constant = executor::ColumnsOf(*expression).empty() &&
                        executor::VolatilityOf(*expression) == executor::Volatility::kImmutable;
  if (constant) {
    std::optional<Value> value = Evaluate(*expression);
    if (value && value->type() == executor::TypeOf(*expression)) return ConstantValue(*value);
  }
  std::vector<ExpressionRef> children = executor::Children(*expression);
  bool changed = false;
  for (ExpressionRef& child : children) {
    ExpressionRef folded = Fold(child);
    changed |= folded != child;
    child = std::move(folded);
  }
  return changed ? executor::WithChildren(*expression, std::move(children)) : expression;
}

}  // namespace

LogicalPlan FoldConstants(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, [](const LogicalPlan& node) { return RewriteExpressions(node, Fold); });
}

}  // namespace riverrun::planner
