// The optimizer: its rules, and the order in which they run.
//
// A rule takes a plan and returns one with the same meaning, or the plan itself (the same pointer)
// if it has nothing to do. To add one: a file here, its declaration, its line in kRules
// (optimizer.cpp), its test in tests/planner/.
//
// What every rule keeps, beyond the rows of the result:
//   Rows that fail. A row that fails in an expression contributes nothing from there on, and no
//   rule lets such a row appear, or another one vanish. So a rule never makes an expression that
//   may fail unread or conditional, and never moves it below a node that may drop its row by
//   state: aggregate, TopN, join. It may let a row be dropped before it fails.
//   Ties. The columns of a TopN and their order stay, because ties are broken by them.
//   What a user wrote but nobody reads is not evaluated: that is part of the meaning, not an
//   optimisation, and PruneColumns does it once, before all else. Later, DropUnreadColumns leaves
//   what may fail.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "planner/planner.h"

namespace riverrun::planner {

/// What a rule may know besides the plan.
struct RuleContext {
  QueryMode mode = QueryMode::kOneShot;
  std::vector<ColumnId> result;  // columns that the root must give
};

using Rule = LogicalPlan (*)(const LogicalPlan& plan, const RuleContext& context);
struct NamedRule {
  std::string_view name;
  Rule rule;
};

// First, once: they settle the meaning.

/// Writes down the columns of every TopN that leaves them open.
LogicalPlan FixTopNColumns(const LogicalPlan& plan, const RuleContext& context);
/// Drops columns, expressions and aggregates that nobody reads, whether they may fail or not.
LogicalPlan PruneColumns(const LogicalPlan& plan, const RuleContext& context);

// Then, until nothing changes.

/// Evaluates constant expressions that do not fail.
LogicalPlan FoldConstants(const LogicalPlan& plan, const RuleContext& context);
/// x AND true, NOT NOT x, CASE with decided branches, IS NULL of what is never null.
LogicalPlan SimplifyExpressions(const LogicalPlan& plan, const RuleContext& context);
/// Filters that keep all or nothing, and filters above filters.
LogicalPlan SimplifyFilters(const LogicalPlan& plan, const RuleContext& context);
/// Moves each part of a filter as far towards the sources as its errors allow.
LogicalPlan PushDownFilters(const LogicalPlan& plan, const RuleContext& context);
/// Nodes above inputs that have no rows; branches of a union without rows.
LogicalPlan PropagateEmpty(const LogicalPlan& plan, const RuleContext& context);
/// Two projections as one, where no work is done twice.
LogicalPlan MergeProjects(const LogicalPlan& plan, const RuleContext& context);
/// DISTINCT of rows that differ anyway, by a key of the input.
LogicalPlan DropNeedlessDistinct(const LogicalPlan& plan, const RuleContext& context);
/// Sorting where no order is seen, or of one row; order keys behind a unique one.
LogicalPlan DropNeedlessSort(const LogicalPlan& plan, const RuleContext& context);
/// As PruneColumns, but leaves what may fail.
LogicalPlan DropUnreadColumns(const LogicalPlan& plan, const RuleContext& context);
/// Projections that pass on all that they get.
LogicalPlan RemoveIdentityProjects(const LogicalPlan& plan, const RuleContext& context);

/// The rules that settle the meaning, and those that repeat, in the order in which they run.
/// (Equal sub-plans are shared after lowering, where equal is equal by position:
/// lower/dataflow_builder.h.)
std::span<const NamedRule> MeaningRules();
std::span<const NamedRule> Rules();

/// Runs the rules in the given order once. In debug builds CHECKs the invariants after each.
LogicalPlan RunRules(std::span<const NamedRule> rules, LogicalPlan plan,
                     const RuleContext& context);

}  // namespace riverrun::planner
