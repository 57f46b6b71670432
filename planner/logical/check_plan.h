// The invariants of a logical plan.
#pragma once

#include <string>
#include <vector>

#include "planner/logical_plan.h"

namespace riverrun::planner {

/// What is wrong with a plan, in a sentence that names the node; empty if it is well-formed. The
/// rules are those at the top of logical_plan.h; `result` are columns that the root must give.
std::string CheckPlan(const LogicalPlan& plan, const std::vector<ColumnId>& result);

/// What a rule that made `after` of `before` did wrong with expressions that may fail, or empty: a
/// call that may fail must not stand under more nodes that drop rows by state than the deepest call
/// of the same function did. (A net, not a proof: it cannot tell two calls of one function apart.)
std::string CheckFailures(const LogicalPlan& before, const LogicalPlan& after);

}  // namespace riverrun::planner
