// EXPLAIN: each step of the planner as text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "planner/bind/bind.h"
#include "planner/planner.h"

namespace riverrun::planner {

/// One line a node, inputs indented below. Columns are printed as name#id, so that the same column
/// is known wherever it occurs; plans that differ only in node order differ in text.
std::string ExplainPlan(const LogicalPlan& plan);

/// What EXPLAIN of a statement answers: the optimised plan, line by line. Nothing for a statement
/// without a plan.
std::optional<std::vector<std::string>> ExplainStatement(const BoundStatement& statement);

/// Every step under its title: the bound plan, the optimised plan and the dataflow.
std::string ExplainQuery(const BoundQuery& bound, const BoundQuery& optimized,
                         const executor::DataflowSpec& dataflow);

}  // namespace riverrun::planner
