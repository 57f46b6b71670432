#include <algorithm>

#include "planner/lower/lowering.h"

namespace riverrun::planner {
namespace {

using Calls = std::vector<Aggregate::Call>;

PlanDistribution DividedBy(const std::vector<ColumnId>& keys) {
  if (keys.empty()) return {PlanDistribution::Kind::kSingleton, {}};
  return {PlanDistribution::Kind::kHash, keys};
}

void AddColumn(std::vector<ColumnId>& columns, ColumnId column) {
  if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
}

// Keys, arguments and filters, each once.
std::vector<ColumnId> ColumnsNeeded(const std::vector<ColumnId>& keys, const Calls& calls) {
  std::vector<ColumnId> needed = keys;
  for (const Aggregate::Call& call : calls) {
    for (const ColumnId argument : call.arguments) AddColumn(needed, argument);
    if (call.filter) AddColumn(needed, *call.filter);
  }
  return needed;
}

// Which grouping set a row came from is not a column of any one set: 0 where nobody asks.
ExpressionRef SetNumber(size_t set) {
  return ConstantValue(Value::Int4(static_cast<int32_t>(set)));
}

}  // namespace

Lowered Lowering::LowerNode(const Aggregate& node) {
  const Lowered input = Lower(node.input);
  if (node.grouping_sets.size() == 1 && !node.set_number) {
    return LowerGroups(input, node.grouping_sets[0], node.calls,
                       properties_.Of(node.input).append_only, node.closes_at);
  }
  return LowerGroupingSets(node, input);
}

// Each set is an aggregate of its own; rows get NULL for the keys that their set leaves out.
Lowered Lowering::LowerGroupingSets(const Aggregate& node, const Lowered& input) {
  const PlanColumns columns = planner::OutputOf(LogicalNode{node});
  const bool append_only = properties_.Of(node.input).append_only;
  std::vector<Lowered> branches;
  for (size_t i = 0; i < node.grouping_sets.size(); ++i) {
    const std::vector<ColumnId>& set = node.grouping_sets[i];
    const Lowered groups = LowerGroups(input, set, node.calls, append_only);
    std::vector<Project::Item> items;
    for (const PlanColumn& column : columns) {
      ExpressionRef value = ConstantValue(Value::Null(column.type));
      if (std::ranges::find(groups.columns, column.id) != groups.columns.end()) {
        value = ColumnValue(column.id, column.type);
      } else if (node.set_number && node.set_number->id == column.id) {
        value = SetNumber(i);
      }
      items.push_back({column, std::move(value)});
    }
    branches.push_back(Compute(groups, items));
    // The columns of a set are the same in every branch only by name.
    branches.back().distribution = {};
  }
  return branches.size() == 1 ? branches.front() : UnionOf(std::move(branches), columns);
}

Lowered Lowering::LowerGroups(const Lowered& input, const std::vector<ColumnId>& keys,
                              const Calls& calls, bool append_only,
                              std::optional<ColumnId> closes_at) {
  const auto is_distinct = [](const Aggregate::Call& call) { return call.distinct; };
  if (std::ranges::any_of(calls, is_distinct)) {
    return LowerDistinctCalls(input, keys, calls, append_only, closes_at);
  }
  const PlanDistribution division = DividedBy(keys);
  Lowered from = input;
  // Only what is needed goes to another worker.
  const std::vector<ColumnId> needed = ColumnsNeeded(keys, calls);
  if (!(division == input.distribution) && needed.size() < input.columns.size()) {
    from = Arrange(input, needed);
  }
  executor::AggregateSpec spec{{}, {}, append_only, keys.empty()};
  Lowered out{{}, keys, division};
  std::vector<executor::OutputColumn> output;
  for (const ColumnId key : keys) {
    spec.keys.push_back(PositionOf(from, key));
    output.push_back(OutputOf(from)[static_cast<size_t>(spec.keys.back())]);
  }
  for (const Aggregate::Call& call : calls) {
    if (!call.order.empty()) {
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "ORDER BY in an aggregate is not supported yet");
    }
    executor::AggregateCall lowered{call.function->text, {}, {}, call.column.type};
    for (const ColumnId argument : call.arguments) {
      lowered.arguments.push_back(PositionOf(from, argument));
    }
    if (call.filter) lowered.filter = PositionOf(from, *call.filter);
    spec.calls.push_back(std::move(lowered));
    out.columns.push_back(call.column.id);
    output.push_back({call.column.name, call.column.type});
  }
  if (closes_at) {
    const auto window = std::ranges::find(keys, *closes_at) - keys.begin();
    executor::CloseGroupsSpec close{std::move(spec.keys), std::move(spec.calls),
                                    static_cast<int>(window)};
    out.id = Add(std::move(close), from, division, std::move(output));
    return out;
  }
  out.id = Add(std::move(spec), from, division, std::move(output));
  return out;
}

// Distinct arguments first, then the plain aggregate of them. With a FILTER the rows that it keeps
// are distinct among themselves.
Lowered Lowering::LowerDistinctCalls(const Lowered& input, const std::vector<ColumnId>& keys,
                                     const Calls& calls, bool append_only,
                                     std::optional<ColumnId> closes_at) {
  const Aggregate::Call& first = calls.front();
  for (const Aggregate::Call& call : calls) {
    if (!call.distinct || call.arguments != first.arguments || call.filter != first.filter) {
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "DISTINCT in an aggregate beside aggregates of other arguments is not "
                     "supported yet");
    }
  }
  const Lowered values =
      LowerGroups(input, ColumnsNeeded(keys, {first}), {}, append_only, closes_at);
  Calls plain = calls;
  for (Aggregate::Call& call : plain) call.distinct = false;
  // The row that stands for equal values may be replaced by one with a smaller image.
  const bool stays = std::ranges::all_of(OutputOf(values), [](const executor::OutputColumn& c) {
    return EqualMeansIdentical(c.type);
  });
  return LowerGroups(values, keys, plain, append_only && stays, closes_at);
}

}  // namespace riverrun::planner
