// EXPLAIN: each step of the planner as text.
#pragma once

#include <string>

#include "executor/dataflow.h"
#include "planner/planner.h"

namespace riverrun::planner {

/// One line a node, inputs indented below. Columns are printed as name#id, so that the same column
/// is known wherever it occurs; plans that differ only in node order differ in text.
std::string ExplainPlan(const LogicalPlan& plan);

/// What EXPLAIN prints: the bound plan, the optimised plan and the dataflow, each under its title.
std::string ExplainQuery(const BoundQuery& bound, const BoundQuery& optimized,
                         const executor::DataflowSpec& dataflow);

}  // namespace riverrun::planner
