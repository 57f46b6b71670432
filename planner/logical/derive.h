// The parts of Derive that are long enough to stand alone. Private to this folder.
#pragma once

#include <map>
#include <vector>

#include "planner/logical_plan.h"

namespace riverrun::planner {

/// Where the columns of an input are found in the output of a node that renames some: the first
/// output column that is nothing but that input column.
using ColumnImages = std::map<ColumnId, ColumnId>;

/// Images through a Project and through a Shared.
ColumnImages ImagesOf(const Project& project);
ColumnImages ImagesOf(const Shared& shared);

/// The key, if every column has an image.
std::optional<ColumnSet> MapKey(const ColumnSet& key, const ColumnImages& images);
/// The columns that have an image.
ColumnSet MapColumns(const ColumnSet& columns, const ColumnImages& images);
/// Those that have an image. A family is named by one of its columns, for what is used twice in a
/// plan is not the same rows.
std::map<ColumnId, ShiftedTime> MapShifted(const std::map<ColumnId, ShiftedTime>& shifted,
                                           const ColumnImages& images);
/// The distribution, or kAny where a column that it hashes is gone.
PlanDistribution MapDistribution(const PlanDistribution& distribution, const ColumnImages& images);

/// Columns that a predicate, where it is true, equates with a constant.
ColumnSet FixedColumns(const ExpressionRef& predicate);
/// Columns that are not null where a predicate is true.
ColumnSet NotNullColumns(const ExpressionRef& predicate);
/// True if the expression never gives NULL over rows in which these columns are not null.
bool NeverNull(const Expression& expression, const ColumnSet& not_null);

/// Keys without those that contain another one; few enough that rules stay cheap.
std::vector<ColumnSet> Minimal(std::vector<ColumnSet> keys);

/// Keys of a join from those of its sides.
std::vector<ColumnSet> JoinKeys(const Join& join, const PlanProperties& left,
                                const PlanProperties& right);
std::vector<ColumnSet> JoinKeys(const DependentJoin& join, const PlanProperties& left,
                                const PlanProperties& right);

/// Distribution of a union, from those of its branches.
PlanDistribution UnionDistribution(const SetOp& node, const std::vector<PlanProperties>& branches);

/// Whether the node itself keeps rows or groups.
bool KeepsState(const LogicalNode& node);
/// What bounds that state, in words; nothing if it grows with the input.
std::optional<std::string> OwnStateBound(const LogicalNode& node,
                                         const std::vector<PlanProperties>& inputs);

}  // namespace riverrun::planner
