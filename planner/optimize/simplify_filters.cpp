#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

LogicalPlan Simplify(const LogicalPlan& plan) {
  const auto* filter = As<Filter>(plan);
  if (filter == nullptr) return plan;
  if (IsTrue(*filter->predicate)) return filter->input;
  for (const ExpressionRef& part : Conjuncts(filter->predicate)) {
    if (IsFalseOrNull(*part)) return EmptyLike(*plan);
  }
  // A predicate that may fail stays behind the lower one: beside it in one conjunction it would be
  // evaluated where the lower one is NULL.
  const auto* below = As<Filter>(filter->input);
  if (below == nullptr || executor::MayFail(*filter->predicate)) return plan;
  std::vector<ExpressionRef> parts = Conjuncts(below->predicate);
  for (ExpressionRef& part : Conjuncts(filter->predicate)) parts.push_back(std::move(part));
  return MakePlan(Filter{below->input, Conjunction(std::move(parts))});
}

}  // namespace

LogicalPlan SimplifyFilters(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, Simplify);
}

}  // namespace riverrun::planner
