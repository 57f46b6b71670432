#include <map>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

// How the upper projection reads the columns of the lower one.
struct Uses {
  std::map<ColumnId, int> count;
  ColumnSet always;  // read whatever the other values are

  // `certain`: the part is evaluated for every row.
  void Collect(const Expression& expression, bool certain) {
    if (const std::optional<ColumnId> column = AsColumn(expression)) {
      ++count[*column];
      if (certain) always.insert(*column);
      return;
    }
    std::visit(
        Overloaded{[&](const executor::And& n) { CollectAll(n.args, false); },
                   [&](const executor::Or& n) { CollectAll(n.args, false); },
                   [&](const executor::Case&) { CollectFirst(expression, certain); },
                   [&](const executor::Coalesce&) { CollectFirst(expression, certain); },
                   [&](const executor::InList&) { CollectFirst(expression, certain); },
                   [&](const auto&) { CollectAll(executor::Children(expression), certain); }},
        expression.node);
  }

 private:
  void CollectAll(const std::vector<ExpressionRef>& parts, bool certain) {
    for (const ExpressionRef& part : parts) Collect(*part, certain);
  }
  // Only the first part is evaluated for every row.
  void CollectFirst(const Expression& expression, bool certain) {
    for (const ExpressionRef& part : executor::Children(expression)) {
      Collect(*part, certain);
      certain = false;
    }
  }
};

bool IsTrivial(const Expression& expression) {
  return AsColumn(expression).has_value() || AsConstant(expression) != nullptr;
}

// Whether an expression may move into the places where the upper projection reads its column:
// nothing is computed twice, and what may fail or is volatile is still computed for every row.
bool MayMove(const Project::Item& item, const Uses& uses) {
  if (IsTrivial(*item.expression)) return true;
  const auto found = uses.count.find(item.column.id);
  const int count = found == uses.count.end() ? 0 : found->second;
  if (count > 1) return false;
  const bool must_run = executor::MayFail(*item.expression) ||
                        executor::VolatilityOf(*item.expression) == executor::Volatility::kVolatile;
  return !must_run || uses.always.contains(item.column.id);
}

LogicalPlan Merge(const LogicalPlan& plan) {
  const auto* upper = As<Project>(plan);
  if (upper == nullptr) return plan;
  const auto* lower = As<Project>(upper->input);
  if (lower == nullptr) return plan;
  Uses uses;
  for (const Project::Item& item : upper->items) uses.Collect(*item.expression, true);
  std::map<ColumnId, ExpressionRef> values;
  for (const Project::Item& item : lower->items) {
    if (!MayMove(item, uses)) return plan;
    values.emplace(item.column.id, item.expression);
  }
  Project merged{lower->input, {}};
  for (const Project::Item& item : upper->items) {
    merged.items.push_back({item.column, Substitute(item.expression, values)});
  }
  return MakePlan(std::move(merged));
}

}  // namespace

LogicalPlan MergeProjects(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, Merge);
}

}  // namespace riverrun::planner
