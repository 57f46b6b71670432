#include <array>
#include <string>

#include "planner/explain.h"
#include "planner/logical/check_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner {
namespace {

constexpr std::array kMeaningRules = {
    NamedRule{"FixTopNColumns", FixTopNColumns},
    NamedRule{"PruneColumns", PruneColumns},
};

constexpr std::array kRules = {
    NamedRule{"FoldConstants", FoldConstants},
    NamedRule{"SimplifyExpressions", SimplifyExpressions},
    NamedRule{"SimplifyFilters", SimplifyFilters},
    NamedRule{"PushDownFilters", PushDownFilters},
    NamedRule{"PropagateEmpty", PropagateEmpty},
    NamedRule{"MergeProjects", MergeProjects},
    NamedRule{"DropNeedlessDistinct", DropNeedlessDistinct},
    NamedRule{"DropNeedlessSort", DropNeedlessSort},
    NamedRule{"DropUnreadColumns", DropUnreadColumns},
    NamedRule{"RemoveIdentityProjects", RemoveIdentityProjects},
};

// Each round makes the plan smaller or moves filters down; few plans need a third.
constexpr int kRoundsMax = 8;

#ifdef NDEBUG
constexpr bool kCheckPlans = false;
#else
constexpr bool kCheckPlans = true;
#endif

void CheckAfter(std::string_view step, const LogicalPlan& plan, const RuleContext& context) {
  if (!kCheckPlans) return;
  const std::string problem = CheckPlan(plan, context.result);
  if (problem.empty()) return;
  const std::string why = "after " + std::string(step) + ": " + problem + "\n" + ExplainPlan(plan);
  CHECK(problem.empty(), why);
}

void CheckStep(std::string_view rule, const LogicalPlan& before, const LogicalPlan& after) {
  if (!kCheckPlans) return;
  const std::string problem = CheckFailures(before, after);
  if (problem.empty()) return;
  const std::string why = std::string(rule) + ": " + problem + "\nbefore:\n" + ExplainPlan(before) +
                          "after:\n" + ExplainPlan(after);
  CHECK(problem.empty(), why);
}

}  // namespace

std::span<const NamedRule> MeaningRules() { return kMeaningRules; }
std::span<const NamedRule> Rules() { return kRules; }

LogicalPlan RunRules(std::span<const NamedRule> rules, LogicalPlan plan,
                     const RuleContext& context) {
  for (const NamedRule& rule : rules) {
    LogicalPlan next = rule.rule(plan, context);
    if (next == plan) continue;
    CheckStep(rule.name, plan, next);
    plan = std::move(next);
    CheckAfter(rule.name, plan, context);
  }
  return plan;
}

BoundQuery Optimize(BoundQuery query, QueryMode mode) {
  RuleContext context{mode, {}};
  for (const ResultColumn& column : query.result) context.result.push_back(column.column);
  if (query.result.empty()) {
    for (const ColumnId column : ColumnsOf(*query.plan)) context.result.push_back(column);
  }
  CheckAfter("binding", query.plan, context);
  query.plan = RunRules(MeaningRules(), std::move(query.plan), context);
  for (int round = 0; round < kRoundsMax; ++round) {
    LogicalPlan before = query.plan;
    query.plan = RunRules(Rules(), std::move(query.plan), context);
    if (query.plan == before) break;
  }
  return query;
}

}  // namespace riverrun::planner
