#include <algorithm>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

// A union without its empty branches. With one branch left it is a renaming.
LogicalPlan WithoutEmptyBranches(const LogicalPlan& plan, const SetOp& node) {
  if (node.kind != SetOp::Kind::kUnion) return plan;
  SetOp out{node.kind, node.all, node.columns, {}};
  for (const SetOp::Branch& branch : node.branches) {
    if (!IsEmpty(*branch.input)) out.branches.push_back(branch);
  }
  if (out.branches.size() == node.branches.size()) return plan;
  if (out.branches.empty()) return EmptyLike(*plan);
  if (out.branches.size() > 1) return MakePlan(std::move(out));
  const SetOp::Branch& only = out.branches.front();
  Project renaming{only.input, {}};
  for (size_t c = 0; c < node.columns.size(); ++c) {
    renaming.items.push_back({node.columns[c], ColumnValue(only.columns[c], node.columns[c].type)});
  }
  LogicalPlan renamed = MakePlan(std::move(renaming));
  if (node.all) return renamed;
  std::vector<ColumnId> all;
  for (const PlanColumn& column : node.columns) all.push_back(column.id);
  return MakePlan(Aggregate{std::move(renamed), {std::move(all)}, {}, {}});
}

bool EmptyWithoutInput(const Join& node) {
  const bool left = IsEmpty(*node.left), right = IsEmpty(*node.right);
  switch (node.kind) {
    case JoinKind::kInner:
    case JoinKind::kSemi:
      return left || right;
    case JoinKind::kRight:
      return right;
    case JoinKind::kFull:
      return left && right;
    case JoinKind::kLeft:
    case JoinKind::kAnti:
    case JoinKind::kMark:
    case JoinKind::kSingle:
      return left;
  }
  return false;
}

bool IsGlobal(const Aggregate& node) {
  return std::ranges::any_of(node.grouping_sets,
                             [](const std::vector<ColumnId>& set) { return set.empty(); });
}

LogicalPlan Propagate(const LogicalPlan& plan) {
  const auto if_empty = [&](bool empty) { return empty ? EmptyLike(*plan) : plan; };
  return std::visit(
      Overloaded{[&](const Filter& n) { return if_empty(IsEmpty(*n.input)); },
                 [&](const Project& n) { return if_empty(IsEmpty(*n.input)); },
                 [&](const TopN& n) { return if_empty(IsEmpty(*n.input) || n.limit == 0); },
                 [&](const Over& n) { return if_empty(IsEmpty(*n.input)); },
                 [&](const WindowAssign& n) { return if_empty(IsEmpty(*n.input)); },
                 [&](const TemporalFilter& n) { return if_empty(IsEmpty(*n.input)); },
                 [&](const TableFunction& n) { return if_empty(IsEmpty(*n.input)); },
                 // A global group exists without rows.
                 [&](const Aggregate& n) { return if_empty(IsEmpty(*n.input) && !IsGlobal(n)); },
                 [&](const Join& n) { return if_empty(EmptyWithoutInput(n)); },
                 [&](const SetOp& n) { return WithoutEmptyBranches(plan, n); },
                 // Scan and Values have no inputs; what is shared is emptied in its place; Emit
                 // and Write are the root, which stays; a pattern may match nothing at all.
                 [&](const auto&) { return plan; }},
      plan->node);
}

}  // namespace

LogicalPlan PropagateEmpty(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, Propagate);
}

}  // namespace riverrun::planner
