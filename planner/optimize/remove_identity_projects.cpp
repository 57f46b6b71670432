#include <algorithm>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

// Order does not matter where columns have ids, and names are for people.
bool PassesAll(const Project& project) {
  const bool passes = std::ranges::all_of(project.items, [](const Project::Item& item) {
    return AsColumn(*item.expression) == item.column.id;
  });
  return passes && project.items.size() == OutputOf(*project.input).size();
}

}  // namespace

LogicalPlan RemoveIdentityProjects(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, [](const LogicalPlan& node) {
    const auto* project = As<Project>(node);
    return project != nullptr && PassesAll(*project) ? project->input : node;
  });
}

}  // namespace riverrun::planner
