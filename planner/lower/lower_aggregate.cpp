#include <algorithm>

#include "executor/operators/split_aggregate.h"
#include "planner/lower/lowering.h"

namespace riverrun::planner {
namespace {

using Calls = std::vector<Aggregate::Call>;

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

// The first key of the family of a key: what the others follow from. The key itself if it has none.
ColumnId LeaderOf(ColumnId key, const Groups& groups) {
  const auto own = groups.shifted.find(key);
  if (own == groups.shifted.end()) return key;
  ColumnId leader = key;
  for (const ColumnId other : groups.keys) {
    const auto time = groups.shifted.find(other);
    if (time == groups.shifted.end() || time->second.family != own->second.family) continue;
    if (time->second.shift < groups.shifted.at(leader).shift) leader = other;
  }
  return leader;
}

// The groups without the keys that follow from others.
Groups WithoutFollowers(const Groups& groups) {
  Groups fewer = groups;
  fewer.keys.clear();
  for (const ColumnId key : groups.keys) AddColumn(fewer.keys, LeaderOf(key, groups));
  if (groups.closes_at) fewer.closes_at = LeaderOf(*groups.closes_at, groups);
  return fewer;
}

// A time that is `shift` after one that stands in a column.
ExpressionRef Shifted(size_t position, const Type& type, Micros shift) {
  ExpressionRef time = executor::Make(executor::ColumnRef{static_cast<uint32_t>(position), type});
  if (shift == 0) return time;
  ColumnBuilder interval(Type::Interval());
  interval.Append(Interval{.micros = shift});
  const std::vector<Type> types = {type, Type::Interval()};
  const executor::Function* plus = executor::BuiltinFunctions().Find("+", types);
  CHECK(plus != nullptr, "no time can be shifted");
  const Value distance = Value::From(interval.Finish(), 0);
  return executor::Make(executor::Call{plus, {std::move(time), ConstantValue(distance)}, type});
}

}  // namespace

PlanDistribution DividedBy(const std::vector<ColumnId>& keys) {
  if (keys.empty()) return {PlanDistribution::Kind::kSingleton, {}};
  return {PlanDistribution::Kind::kHash, keys};
}

Lowered Lowering::LowerNode(const Aggregate& node) {
  if (node.grouping_sets.size() != 1 || node.set_number) {
    return LowerGroupingSets(node, Lower(node.input));
  }
  const PlanProperties& known = properties_.Of(node.input);
  const Groups groups{.keys = node.grouping_sets[0],
                      .calls = node.calls,
                      .append_only = known.append_only,
                      .closes_at = node.closes_at,
                      .shifted = known.shifted};
  const Groups fewer = WithoutFollowers(groups);
  const std::optional<Lowered> out = LowerOverSlices(node.input, fewer);
  if (!out) return LowerGroups(Lower(node.input), groups);
  if (fewer.keys == groups.keys) return *out;
  const PlanColumns columns = planner::OutputOf(*node.input);
  return AddFollowers(*out, groups, SpecOver(IdsOf(columns), AsOutput(columns), groups).output);
}

// Each set is an aggregate of its own; rows get NULL for the keys that their set leaves out.
Lowered Lowering::LowerGroupingSets(const Aggregate& node, const Lowered& input) {
  const PlanColumns columns = planner::OutputOf(LogicalNode{node});
  const PlanProperties& known = properties_.Of(node.input);
  std::vector<Lowered> branches;
  for (size_t i = 0; i < node.grouping_sets.size(); ++i) {
    const std::vector<ColumnId>& set = node.grouping_sets[i];
    const Lowered groups = LowerGroups(input, {.keys = set,
                                               .calls = node.calls,
                                               .append_only = known.append_only,
                                               .closes_at = {},
                                               .shifted = known.shifted});
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

Lowered Lowering::LowerGroups(const Lowered& input, const Groups& groups) {
  const Groups fewer = WithoutFollowers(groups);
  const bool distinct =
      std::ranges::any_of(groups.calls, [](const Aggregate::Call& call) { return call.distinct; });
  const Lowered out = distinct ? LowerDistinctCalls(input, fewer) : LowerPlainCalls(input, fewer);
  if (fewer.keys == groups.keys) return out;
  return AddFollowers(out, groups, SpecOver(input, groups).output);
}

Lowered Lowering::AddFollowers(const Lowered& fewer, const Groups& groups,
                               std::vector<executor::OutputColumn> output) {
  executor::ProjectSpec spec;
  Lowered out{{}, groups.keys, fewer.distribution};
  for (const Aggregate::Call& call : groups.calls) out.columns.push_back(call.column.id);
  for (size_t i = 0; i < out.columns.size(); ++i) {
    const ColumnId column = out.columns[i];
    const ColumnId leader = i < groups.keys.size() ? LeaderOf(column, groups) : column;
    Micros shift = 0;
    if (leader != column) {
      shift = groups.shifted.at(column).shift - groups.shifted.at(leader).shift;
    }
    const auto place = static_cast<size_t>(PositionOf(fewer, leader));
    spec.outputs.push_back(Shifted(place, output[i].type, shift));
  }
  out.id = Add(std::move(spec), fewer, {}, std::move(output));
  return out;
}

Lowering::GroupSpec Lowering::SpecOver(const std::vector<ColumnId>& ids,
                                       const std::vector<executor::OutputColumn>& columns,
                                       const Groups& groups) {
  const auto place = [&](ColumnId column) {
    const auto found = std::ranges::find(ids, column);
    CHECK(found != ids.end(), "an aggregation lacks a column that the plan has");
    return static_cast<int>(found - ids.begin());
  };
  GroupSpec spec;
  for (const ColumnId key : groups.keys) {
    spec.keys.push_back(place(key));
    spec.output.push_back(columns[static_cast<size_t>(spec.keys.back())]);
  }
  for (const Aggregate::Call& call : groups.calls) {
    if (!call.order.empty()) {
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "ORDER BY in an aggregate is not supported yet");
    }
    executor::AggregateCall lowered{call.function->text, {}, {}, call.column.type};
    for (const ColumnId argument : call.arguments) lowered.arguments.push_back(place(argument));
    if (call.filter) lowered.filter = place(*call.filter);
    spec.calls.push_back(std::move(lowered));
    spec.output.push_back({call.column.name, call.column.type});
  }
  return spec;
}

// Rows that have to move are grouped where they are first, if that can be; else only what is
// needed of them moves.
Lowered Lowering::LowerPlainCalls(const Lowered& input, const Groups& groups) {
  const PlanDistribution division = DividedBy(groups.keys);
  const bool moves = !(division == input.distribution);
  Lowered from = input;
  GroupSpec spec = SpecOver(input, groups);
  auto split = moves && groups.append_only
                   ? executor::SplitAggregate(spec.keys, spec.calls, OutputOf(input))
                   : std::nullopt;
  if (split) {
    from = {{}, groups.keys, {}};
    from.columns.resize(split->columns.size());  // the values of parts have no ids
    from.id = Add(std::move(split->partial), input, {}, std::move(split->columns));
    spec.keys = std::move(split->keys);
    spec.calls = std::move(split->calls);
  } else if (const auto needed = ColumnsNeeded(groups.keys, groups.calls);
             moves && needed.size() < input.columns.size()) {
    from = Arrange(input, needed);
    spec = SpecOver(from, groups);
  }
  return AddGroups(from, std::move(spec), groups, division);
}

Lowered Lowering::AddGroups(const Lowered& from, GroupSpec spec, const Groups& groups,
                            const PlanDistribution& division) {
  Lowered out{{}, groups.keys, division};
  for (const Aggregate::Call& call : groups.calls) out.columns.push_back(call.column.id);
  if (groups.closes_at) {
    const auto window = std::ranges::find(groups.keys, *groups.closes_at) - groups.keys.begin();
    executor::CloseGroupsSpec close{std::move(spec.keys), std::move(spec.calls),
                                    static_cast<int>(window)};
    out.id = Add(std::move(close), from, division, std::move(spec.output));
    return out;
  }
  executor::AggregateSpec aggregate{std::move(spec.keys), std::move(spec.calls), groups.append_only,
                                    groups.keys.empty()};
  out.id = Add(std::move(aggregate), from, division, std::move(spec.output));
  return out;
}

// Distinct arguments first, then the plain aggregate of them. With a FILTER the rows that it keeps
// are distinct among themselves.
Lowered Lowering::LowerDistinctCalls(const Lowered& input, const Groups& groups) {
  const Aggregate::Call& first = groups.calls.front();
  for (const Aggregate::Call& call : groups.calls) {
    if (!call.distinct || call.arguments != first.arguments || call.filter != first.filter) {
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "DISTINCT in an aggregate beside aggregates of other arguments is not "
                     "supported yet");
    }
  }
  Groups distinct = groups;
  distinct.keys = ColumnsNeeded(groups.keys, {first});
  distinct.calls.clear();
  const Lowered values = LowerGroups(input, distinct);
  Groups plain = groups;
  for (Aggregate::Call& call : plain.calls) call.distinct = false;
  // The row that stands for equal values may be replaced by one with a smaller image.
  const bool stays = std::ranges::all_of(OutputOf(values), [](const executor::OutputColumn& c) {
    return EqualMeansIdentical(c.type);
  });
  plain.append_only = groups.append_only && stays;
  return LowerPlainCalls(values, plain);
}

}  // namespace riverrun::planner
