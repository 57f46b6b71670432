#include <algorithm>
#include <array>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

// Aggregates to which it does not matter how often a value comes.
bool IgnoresDuplicates(const executor::Function& function) {
  static constexpr std::array<std::string_view, 6> kNames = {"min",     "max",     "bool_and",
                                                             "bool_or", "bit_and", "bit_or"};
  return std::ranges::find(kNames, function.signature.name) != kNames.end();
}

LogicalPlan Drop(const LogicalPlan& plan, PropertyCache& properties) {
  const auto* aggregate = As<Aggregate>(plan);
  if (aggregate == nullptr || aggregate->grouping_sets.size() != 1) return plan;
  if (aggregate->closes_at) return plan;  // it decides when the rows leave
  const PlanProperties& input = properties.Of(aggregate->input);
  const std::vector<ColumnId>& keys = aggregate->grouping_sets[0];
  const ColumnSet key_set(keys.begin(), keys.end());
  if (aggregate->calls.empty() && !aggregate->set_number && !keys.empty() &&
      input.IsUnique(key_set)) {
    Project project{aggregate->input, {}};
    for (const PlanColumn& column : OutputOf(*plan)) {
      project.items.push_back({column, ColumnValue(column.id, column.type)});
    }
    return MakePlan(std::move(project));
  }
  Aggregate out = *aggregate;
  bool changed = false;
  for (Aggregate::Call& call : out.calls) {
    if (!call.distinct) continue;
    ColumnSet compared = key_set;
    compared.insert(call.arguments.begin(), call.arguments.end());
    if (!IgnoresDuplicates(*call.function) && !input.IsUnique(compared)) continue;
    call.distinct = false;
    changed = true;
  }
  return changed ? MakePlan(std::move(out)) : plan;
}

}  // namespace

LogicalPlan DropNeedlessDistinct(const LogicalPlan& plan, const RuleContext&) {
  PropertyCache properties;
  return RewritePlan(plan, [&](const LogicalPlan& node) { return Drop(node, properties); });
}

}  // namespace riverrun::planner
