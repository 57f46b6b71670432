// Mapping a logical plan to operators: ids to positions, distributions to exchanges. Private to
// this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/lower/dataflow_builder.h"
#include "planner/planner.h"

namespace riverrun::planner {

/// An operator, and what stands in its columns.
struct Lowered {
  OperatorId id;
  std::vector<ColumnId> columns;  // column i of the operator is this one
  PlanDistribution distribution;
};

/// GROUP BY one set of keys.
struct Groups {
  std::vector<ColumnId> keys;
  std::vector<Aggregate::Call> calls;
  bool append_only = false;                      // the input never takes rows back
  std::optional<ColumnId> closes_at = {};        // see Aggregate
  std::map<ColumnId, ShiftedTime> shifted = {};  // known of the input
};

/// Columns of a plan as those of an operator, and their ids.
executor::OutputColumn AsOutput(const PlanColumn& column);
std::vector<executor::OutputColumn> AsOutput(const PlanColumns& columns);
std::vector<ColumnId> IdsOf(const PlanColumns& columns);
/// How rows have to be divided to be grouped by these columns.
PlanDistribution DividedBy(const std::vector<ColumnId>& keys);

/// Lowers the nodes of one query.
class Lowering {
 public:
  explicit Lowering(const LowerOptions& options)
      : mode_(options.mode), builder_(options.next_operator) {}

  /// The operator of a node; the same one for a plan that is met again. Throws SqlError 0A000.
  Lowered Lower(const LogicalPlan& plan);

  /// The operator with exactly these columns, in this order.
  Lowered Arrange(const Lowered& input, const std::vector<ColumnId>& columns);

  /// Adds an operator over one input, whose rows have to be divided as it `needs` them.
  OperatorId Add(executor::OperatorSpec spec, const Lowered& input, const PlanDistribution& needs,
                 std::vector<executor::OutputColumn> output);

  /// Position of a column in an operator's output.
  static int PositionOf(const Lowered& lowered, ColumnId column);

  const PlanProperties& PropertiesOf(const LogicalPlan& plan) { return properties_.Of(plan); }
  const std::vector<executor::OutputColumn>& OutputOf(const Lowered& lowered) const {
    return builder_.OutputOf(lowered.id);
  }
  executor::DataflowSpec Finish(OperatorId root) { return builder_.Finish(root); }

 private:
  // lower_query.cpp: one overload a node.
  Lowered LowerNode(const Scan& node) { return LowerScan(node, {}); }
  Lowered LowerScan(const Scan& node, std::vector<std::pair<int, Value>> key);
  Lowered LowerNode(const Values& node);
  Lowered LowerNode(const Filter& node);
  Lowered LowerNode(const Project& node);
  Lowered LowerNode(const Join& node);
  Lowered LowerNode(const DependentJoin& node);
  Lowered LowerNode(const TopN& node);
  Lowered LowerNode(const Over& node);
  Lowered LowerNode(const WindowAssign& node);
  Lowered LowerNode(const TemporalFilter& node);
  Lowered LowerNode(const SetOp& node);
  Lowered LowerNode(const Shared& node);
  Lowered LowerNode(const Pattern& node);
  Lowered LowerNode(const Emit& node);
  Lowered LowerNode(const Write& node);
  Lowered LowerNode(const TableFunction& node);
  /// A projection.
  Lowered Compute(const Lowered& input, const std::vector<Project::Item>& items);
  /// The rows of operators whose columns stand alike, under new ids.
  Lowered UnionOf(std::vector<Lowered> branches, const PlanColumns& columns);
  /// The expression over the positions of an operator's output.
  executor::ExpressionRef AtPositions(const ExpressionRef& expression, const Lowered& input);

  /// The windows, of a time at a position.
  static executor::WindowSpec WindowSpecOf(const WindowAssign& node, int time);

  // lower_aggregate.cpp
  Lowered LowerNode(const Aggregate& node);
  Lowered LowerGroupingSets(const Aggregate& node, const Lowered& input);
  Lowered LowerGroups(const Lowered& input, const Groups& groups);
  Lowered LowerDistinctCalls(const Lowered& input, const Groups& groups);
  Lowered LowerPlainCalls(const Lowered& input, const Groups& groups);
  /// Keys and calls of an aggregation at the positions of its input, and its output.
  struct GroupSpec {
    std::vector<int> keys;
    std::vector<executor::AggregateCall> calls;
    std::vector<executor::OutputColumn> output;
  };
  static GroupSpec SpecOver(const std::vector<ColumnId>& ids,
                            const std::vector<executor::OutputColumn>& columns,
                            const Groups& groups);
  GroupSpec SpecOver(const Lowered& input, const Groups& groups) {
    return SpecOver(input.columns, OutputOf(input), groups);
  }
  /// The aggregation of rows that are divided so.
  Lowered AddGroups(const Lowered& from, GroupSpec spec, const Groups& groups,
                    const PlanDistribution& division);
  /// The rows of `groups`, with that output, made of groups that lack the keys that follow from
  /// others.
  Lowered AddFollowers(const Lowered& fewer, const Groups& groups,
                       std::vector<executor::OutputColumn> output);

  // lower_slices.cpp
  /// An aggregation over windows that overlap, by slices. Nothing if that cannot be.
  std::optional<Lowered> LowerOverSlices(const LogicalPlan& input, const Groups& groups);
  /// The plan under such an aggregation, with slices for windows.
  Lowered LowerSlices(const LogicalPlan& plan);
  /// Groups of slices, divided by the keys that are no windows, repeated for each window.
  Lowered AddWindowsOfSlices(const WindowAssign& window, const Lowered& slices,
                             const Groups& groups, const std::vector<ColumnId>& others);

  const QueryMode mode_;
  DataflowBuilder builder_;
  PropertyCache properties_;
  std::map<LogicalPlan, Lowered> lowered_;
};

/// Which state of a continuous query grows for ever, and what would bound it.
std::vector<Notice> StateNotices(const LogicalPlan& plan);

}  // namespace riverrun::planner
