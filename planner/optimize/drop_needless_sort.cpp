#include <algorithm>
#include <set>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

// The nodes whose order of rows a reader sees: from the root down, as long as order is kept.
std::set<const LogicalNode*> OrderedNodes(const LogicalPlan& root, QueryMode mode) {
  std::set<const LogicalNode*> ordered;
  if (mode == QueryMode::kContinuous) return ordered;
  const LogicalPlan* plan = &root;
  while (true) {
    ordered.insert(plan->get());
    if (const auto* project = As<Project>(*plan)) {
      plan = &project->input;
    } else if (const auto* filter = As<Filter>(*plan)) {
      plan = &filter->input;
    } else if (const auto* emit = As<Emit>(*plan)) {
      plan = &emit->input;
    } else {
      return ordered;
    }
  }
}

// The input with no more columns than the TopN gives.
LogicalPlan InputOf(const TopN& node) {
  if (node.columns.empty()) return node.input;
  Project project{node.input, {}};
  for (const PlanColumn& column : OutputOf(LogicalNode{node})) {
    project.items.push_back({column, ColumnValue(column.id, column.type)});
  }
  return MakePlan(std::move(project));
}

// Keys behind those that tell all rows apart, and repeated ones, decide nothing.
std::vector<OrderKey> NeededKeys(const TopN& node, const PlanProperties& input) {
  std::vector<OrderKey> needed;
  ColumnSet columns(node.partition.begin(), node.partition.end());
  for (const OrderKey& key : node.order) {
    if (input.IsUnique(columns)) break;
    if (columns.insert(key.column).second) needed.push_back(key);
  }
  return needed;
}

LogicalPlan Drop(const LogicalPlan& plan, const TopN& node, const PlanProperties& input,
                 bool order_is_seen) {
  const bool keeps_all =
      node.offset == 0 && (!node.limit || (input.rows_max && *node.limit >= *input.rows_max));
  const bool one_row = input.rows_max && *input.rows_max <= 1;
  if (keeps_all && (!order_is_seen || one_row || node.order.empty())) return InputOf(node);
  TopN out = node;
  out.order = NeededKeys(node, input);
  // Among rows of equal order the image decides, so an order that is dropped must have decided.
  if (out.order.size() == node.order.size() || out.order.empty()) return plan;
  return MakePlan(std::move(out));
}

}  // namespace

LogicalPlan DropNeedlessSort(const LogicalPlan& plan, const RuleContext& context) {
  const std::set<const LogicalNode*> ordered = OrderedNodes(plan, context.mode);
  PropertyCache properties;
  std::map<LogicalPlan, LogicalPlan> done;
  const auto rewrite = [&](const auto& self, const LogicalPlan& node) -> LogicalPlan {
    if (const auto found = done.find(node); found != done.end()) return found->second;
    std::vector<LogicalPlan> inputs = InputsOf(*node);
    for (LogicalPlan& input : inputs) input = self(self, input);
    LogicalPlan result = inputs == InputsOf(*node) ? node : WithInputs(*node, std::move(inputs));
    if (const auto* top = As<TopN>(result)) {
      result = Drop(result, *top, properties.Of(top->input), ordered.contains(node.get()));
    }
    return done.emplace(node, std::move(result)).first->second;
  };
  return rewrite(rewrite, plan);
}

}  // namespace riverrun::planner
