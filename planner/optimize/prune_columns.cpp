#include <algorithm>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

enum class Unread : uint8_t { kDrop, kKeepIfItMayFail };

void AddAll(ColumnSet& to, const ColumnSet& more) { to.insert(more.begin(), more.end()); }

ColumnSet Common(const ColumnSet& a, const ColumnSet& b) {
  ColumnSet out;
  std::ranges::set_intersection(a, b, std::inserter(out, out.end()));
  return out;
}

bool MayFailCall(const Aggregate::Call& call, const PlanColumns& input) {
  std::vector<Type> types;
  for (const ColumnId argument : call.arguments) {
    types.push_back(std::ranges::find(input, argument, &PlanColumn::id)->type);
  }
  return call.function->MayFail(types, call.column.type);
}

// What a node is reduced to when only some of its columns are wanted.
class NodePruner {
 public:
  NodePruner(const ColumnSet& wanted, Unread unread) : wanted_(wanted), unread_(unread) {}

  LogicalPlan Prune(const LogicalPlan& plan) {
    return std::visit([&](const auto& node) { return Reduce(plan, node); }, plan->node);
  }

 private:
  bool Keeps(const PlanColumn& column) { return wanted_.contains(column.id); }
  bool Keeps(const PlanColumn& column, const Expression& expression) {
    return Keeps(column) || (unread_ == Unread::kKeepIfItMayFail && executor::MayFail(expression));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const Scan& node) {
    Scan out = node;
    std::erase_if(out.columns, [&](const Scan::Column& c) { return !Keeps(c.column); });
    if (out.columns.size() == node.columns.size()) return plan;
    const auto gone = [&](ColumnId column) { return !wanted_.contains(column); };
    if (std::ranges::any_of(out.key, gone)) out.key.clear();
    if (out.watermarked && gone(*out.watermarked)) out.watermarked.reset();
    return MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const Values& node) {
    Values out{{}, std::vector<std::vector<ExpressionRef>>(node.rows.size())};
    for (size_t c = 0; c < node.columns.size(); ++c) {
      const bool keep = std::ranges::any_of(
          node.rows, [&](const auto& row) { return Keeps(node.columns[c], *row[c]); });
      if (!keep && !Keeps(node.columns[c])) continue;
      out.columns.push_back(node.columns[c]);
      for (size_t r = 0; r < node.rows.size(); ++r) out.rows[r].push_back(node.rows[r][c]);
    }
    return out.columns.size() == node.columns.size() ? plan : MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const Project& node) {
    Project out = node;
    std::erase_if(out.items,
                  [&](const Project::Item& item) { return !Keeps(item.column, *item.expression); });
    return out.items.size() == node.items.size() ? plan : MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const Aggregate& node) {
    Aggregate out = node;
    const PlanColumns input = OutputOf(*node.input);
    std::erase_if(out.calls, [&](const Aggregate::Call& call) {
      const bool observed = unread_ == Unread::kKeepIfItMayFail && MayFailCall(call, input);
      return !Keeps(call.column) && !observed;
    });
    if (out.set_number && !Keeps(*out.set_number)) out.set_number.reset();
    const bool one_global_group = KeyColumns(out).empty() && out.grouping_sets.size() == 1;
    if (one_global_group && out.calls.empty() && !out.set_number) {
      return MakePlan(Values{{}, {{}}});  // there is one row, whatever is below
    }
    const bool same = out.calls.size() == node.calls.size() &&
                      out.set_number.has_value() == node.set_number.has_value();
    return same ? plan : MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const SetOp& node) {
    if (!node.all || node.kind != SetOp::Kind::kUnion) return plan;
    SetOp out{node.kind, node.all, {}, node.branches};
    for (SetOp::Branch& branch : out.branches) branch.columns.clear();
    for (size_t c = 0; c < node.columns.size(); ++c) {
      if (!Keeps(node.columns[c])) continue;
      out.columns.push_back(node.columns[c]);
      for (size_t b = 0; b < node.branches.size(); ++b) {
        out.branches[b].columns.push_back(node.branches[b].columns[c]);
      }
    }
    return out.columns.size() == node.columns.size() ? plan : MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const Shared& node) {
    Shared out = node;
    std::erase_if(out.columns, [&](const Shared::Column& c) { return !Keeps(c.column); });
    return out.columns.size() == node.columns.size() ? plan : MakePlan(std::move(out));
  }

  LogicalPlan Reduce(const LogicalPlan& plan, const auto&) { return plan; }

  const ColumnSet& wanted_;
  const Unread unread_;
};

// Columns that a node wants of its inputs, given those wanted of itself.
ColumnSet WantedBelow(const LogicalNode& node, const ColumnSet& wanted) {
  ColumnSet below = ColumnsReadBy(node);
  const bool passes_on = std::visit(
      Overloaded{[](const Project&) { return false; }, [](const Aggregate&) { return false; },
                 [](const SetOp&) { return false; }, [](const Shared&) { return false; },
                 [](const Write&) { return false; }, [](const auto&) { return true; }},
      node.node);
  if (passes_on) AddAll(below, wanted);
  // Ties of these are broken by all columns.
  if (std::holds_alternative<Over>(node.node)) {
    AddAll(below, ColumnsOf(*std::get<Over>(node.node).input));
  }
  return below;
}

class Pruner {
 public:
  explicit Pruner(Unread unread) : unread_(unread) {}

  LogicalPlan Run(const LogicalPlan& plan, const std::vector<ColumnId>& result) {
    wanted_[plan.get()].insert(result.begin(), result.end());
    // Parents come first, so all uses of a shared plan have said what they want.
    for (const LogicalPlan& node : NodesOf(plan)) Visit(node);
    return Rebuild(plan);
  }

 private:
  void Visit(const LogicalPlan& node) {
    const ColumnSet& wanted = wanted_[node.get()];
    const LogicalPlan reduced = NodePruner(wanted, unread_).Prune(node);
    reduced_.emplace(node.get(), reduced);
    const ColumnSet below = WantedBelow(*reduced, wanted);
    const std::vector<LogicalPlan> inputs = InputsOf(*reduced);
    for (const LogicalPlan& input : inputs) {
      AddAll(wanted_[input.get()], Common(below, ColumnsOf(*input)));
    }
    if (const auto* join = As<DependentJoin>(reduced)) {
      const ColumnSet left = ColumnsOf(*join->left);
      for (const LogicalPlan& inner : NodesOf(join->right)) {
        AddAll(wanted_[join->left.get()], Common(ColumnsReadBy(*inner), left));
      }
    }
  }

  LogicalPlan Rebuild(const LogicalPlan& plan) {
    if (const auto found = rebuilt_.find(plan.get()); found != rebuilt_.end()) return found->second;
    const LogicalPlan& reduced = reduced_.at(plan.get());
    std::vector<LogicalPlan> inputs = InputsOf(*reduced);
    bool changed = false;
    for (LogicalPlan& input : inputs) {
      LogicalPlan rebuilt = Rebuild(input);
      changed |= rebuilt != input;
      input = std::move(rebuilt);
    }
    LogicalPlan result = changed ? WithInputs(*reduced, std::move(inputs)) : reduced;
    return rebuilt_.emplace(plan.get(), std::move(result)).first->second;
  }

  const Unread unread_;
  std::map<const LogicalNode*, ColumnSet> wanted_;
  std::map<const LogicalNode*, LogicalPlan> reduced_;
  std::map<const LogicalNode*, LogicalPlan> rebuilt_;
};

}  // namespace

LogicalPlan PruneColumns(const LogicalPlan& plan, const RuleContext& context) {
  return Pruner(Unread::kDrop).Run(plan, context.result);
}

LogicalPlan DropUnreadColumns(const LogicalPlan& plan, const RuleContext& context) {
  return Pruner(Unread::kKeepIfItMayFail).Run(plan, context.result);
}

LogicalPlan FixTopNColumns(const LogicalPlan& plan, const RuleContext&) {
  return RewritePlan(plan, [](const LogicalPlan& node) {
    const auto* top = As<TopN>(node);
    if (top == nullptr || !top->columns.empty()) return node;
    TopN out = *top;
    for (const PlanColumn& column : OutputOf(*top->input)) out.columns.push_back(column.id);
    return MakePlan(std::move(out));
  });
}

}  // namespace riverrun::planner
