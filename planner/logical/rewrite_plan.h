// Walking and rewriting plans.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "planner/logical_plan.h"

namespace riverrun::planner {

/// Rebuilds a plan from its leaves up: `f` is called once for every node, which has its rewritten
/// inputs already, and returns the node or what replaces it. Parts that are met twice are rewritten
/// once, so Shared nodes keep sharing.
LogicalPlan RewritePlan(const LogicalPlan& plan,
                        const std::function<LogicalPlan(const LogicalPlan&)>& f);

/// Every node once, each before its inputs.
std::vector<LogicalPlan> NodesOf(const LogicalPlan& plan);

/// The node with its scalar expressions rewritten; the node itself if none changed.
LogicalPlan RewriteExpressions(const LogicalPlan& plan,
                               const std::function<ExpressionRef(const ExpressionRef&)>& f);

/// A plan without rows that gives the same columns.
LogicalPlan EmptyLike(const LogicalNode& node);
/// True for a Values without rows.
bool IsEmpty(const LogicalNode& node);

}  // namespace riverrun::planner
