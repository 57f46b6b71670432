// GROUP BY: the aggregate between the rows of FROM and the expressions above it.
#pragma once

#include <vector>

#include "planner/bind/expression/expression_binder.h"

namespace riverrun::planner {

/// Groups the input by the keys and computes the aggregates. `above` are expressions over the
/// input's columns, keys and aggregates; they are rewritten over the columns of the groups. Throws
/// 42803 for one that reads a column which is neither. A column whose value the keys decide (all of
/// its table's primary key is grouped) may be read.
LogicalPlan GroupRows(BindState& state, const Scope& scope, const LogicalPlan& input,
                      const std::vector<Bound>& keys, const AggregateCalls& aggregates,
                      const std::vector<Bound*>& above);

}  // namespace riverrun::planner
