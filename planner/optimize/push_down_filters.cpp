#include <algorithm>

#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

using Parts = std::vector<ExpressionRef>;

bool IsVolatile(const Expression& expression) {
  return executor::VolatilityOf(expression) == executor::Volatility::kVolatile;
}

// Takes the parts for which `belongs` is true out of `parts`.
template <class F>
Parts Take(Parts& parts, F&& belongs) {
  Parts taken, left;
  for (ExpressionRef& part : parts) (belongs(part) ? taken : left).push_back(std::move(part));
  parts = std::move(left);
  return taken;
}

// Those of the columns whose SQL-equal values are identical: a predicate on such a grouping key
// says the same of every row of the group.
ColumnSet IdenticalKeys(const PlanColumns& columns, const std::vector<ColumnId>& keys) {
  ColumnSet identical;
  for (const PlanColumn& column : columns) {
    const bool is_key = std::ranges::find(keys, column.id) != keys.end();
    if (is_key && EqualMeansIdentical(column.type)) identical.insert(column.id);
  }
  return identical;
}

class FilterPusher {
 public:
  LogicalPlan Apply(const LogicalPlan& plan) { return Push(plan, {}); }

 private:
  // The plan with the parts applied to its rows, as far down as they may go.
  LogicalPlan Push(const LogicalPlan& plan, Parts parts) {
    // What is volatile stays where the user put it.
    Parts stay = Take(parts, [](const ExpressionRef& part) { return IsVolatile(*part); });
    LogicalPlan pushed =
        std::visit([&](const auto& node) { return Into(plan, node, parts, stay); }, plan->node);
    if (stay.empty()) return pushed;
    return MakePlan(Filter{std::move(pushed), Conjunction(std::move(stay))});
  }

  // Into: the node with all or some of the parts below it; the others are moved to `stay`.

  LogicalPlan Into(const LogicalPlan& plan, const Filter& node, Parts& parts, Parts& stay) {
    // Only what cannot fail may pass another filter; see SimplifyFilters.
    for (ExpressionRef& part : Take(parts, MayFailPart)) stay.push_back(std::move(part));
    Parts all = Conjuncts(node.predicate);
    const bool alone = parts.empty();
    for (ExpressionRef& part : parts) all.push_back(std::move(part));
    const size_t count = all.size();
    LogicalPlan pushed = Push(node.input, std::move(all));
    const auto* filter = As<Filter>(pushed);
    // Nothing has moved: keep the node.
    if (alone && filter != nullptr && filter->input == node.input &&
        Conjuncts(filter->predicate).size() == count && *filter->predicate == *node.predicate) {
      return plan;
    }
    return pushed;
  }

  LogicalPlan Into(const LogicalPlan& plan, const Project& node, Parts& parts, Parts& stay) {
    std::map<ColumnId, ExpressionRef> simple;
    ColumnSet known;
    for (const Project::Item& item : node.items) {
      if (!AsColumn(*item.expression) && AsConstant(*item.expression) == nullptr) continue;
      simple.emplace(item.column.id, item.expression);
      known.insert(item.column.id);
    }
    Parts below = Take(parts, [&](const ExpressionRef& p) { return ReadsOnly(*p, known); });
    stay.insert(stay.end(), parts.begin(), parts.end());
    for (ExpressionRef& part : below) part = Substitute(part, simple);
    return WithInput(plan, 0, Push(node.input, std::move(below)));
  }

  LogicalPlan Into(const LogicalPlan& plan, const SetOp& node, Parts& parts, Parts& stay) {
    const bool union_all = node.kind == SetOp::Kind::kUnion && node.all;
    const ColumnSet own = ColumnsOf(*plan);
    const Parts below_all =
        Take(parts, [&](const ExpressionRef& part) { return union_all && ReadsOnly(*part, own); });
    stay.insert(stay.end(), parts.begin(), parts.end());
    std::vector<LogicalPlan> inputs;
    for (const SetOp::Branch& branch : node.branches) {
      std::map<ColumnId, ColumnId> rename;
      for (size_t c = 0; c < node.columns.size(); ++c) {
        rename.emplace(node.columns[c].id, branch.columns[c]);
      }
      Parts below;
      for (const ExpressionRef& part : below_all) below.push_back(Rename(part, rename));
      inputs.push_back(Push(branch.input, std::move(below)));
    }
    return inputs == InputsOf(*plan) ? plan : WithInputs(*plan, std::move(inputs));
  }

  LogicalPlan Into(const LogicalPlan& plan, const Aggregate& node, Parts& parts, Parts& stay) {
    // A global group exists without rows, and where there are several sets a key may be missing.
    const bool grouped = node.grouping_sets.size() == 1 && !node.grouping_sets[0].empty();
    const ColumnSet keys =
        grouped ? IdenticalKeys(OutputOf(*node.input), node.grouping_sets[0]) : ColumnSet{};
    return Below(plan, keys, !keys.empty(), parts, stay);
  }

  LogicalPlan Into(const LogicalPlan& plan, const TopN& node, Parts& parts, Parts& stay) {
    const PlanColumns columns = OutputOf(*node.input);
    if (!node.limit && node.offset == 0) {
      return Below(plan, ColumnsOf(*node.input), true, parts, stay);
    }
    return Below(plan, IdenticalKeys(columns, node.partition), !node.partition.empty(), parts,
                 stay);
  }

  LogicalPlan Into(const LogicalPlan& plan, const Over& node, Parts& parts, Parts& stay) {
    return Below(plan, IdenticalKeys(OutputOf(*node.input), node.partition),
                 !node.partition.empty(), parts, stay);
  }

  LogicalPlan Into(const LogicalPlan& plan, const WindowAssign& node, Parts& parts, Parts& stay) {
    return Below(plan, ColumnsOf(*node.input), true, parts, stay);
  }
  LogicalPlan Into(const LogicalPlan& plan, const TemporalFilter& node, Parts& parts, Parts& stay) {
    return Below(plan, ColumnsOf(*node.input), true, parts, stay);
  }
  LogicalPlan Into(const LogicalPlan& plan, const TableFunction& node, Parts& parts, Parts& stay) {
    return Below(plan, ColumnsOf(*node.input), true, parts, stay);
  }
  LogicalPlan Into(const LogicalPlan& plan, const Join& node, Parts& parts, Parts& stay) {
    return IntoJoin(plan, node, parts, stay);
  }
  LogicalPlan Into(const LogicalPlan& plan, const DependentJoin& node, Parts& parts, Parts& stay) {
    return IntoJoin(plan, node, parts, stay);
  }

  // Another place reads what is shared: nothing of ours goes below.
  LogicalPlan Into(const LogicalPlan& plan, const Shared& node, Parts& parts, Parts& stay) {
    stay.insert(stay.end(), parts.begin(), parts.end());
    const auto [found, fresh] = shared_.try_emplace(node.input, nullptr);
    if (fresh) found->second = Push(node.input, {});
    return WithInput(plan, 0, shared_.at(node.input));
  }

  // Scan, Values, Emit, Write, Pattern.
  LogicalPlan Into(const LogicalPlan& plan, const auto&, Parts& parts, Parts& stay) {
    return Below(plan, {}, false, parts, stay);
  }

  template <class AnyJoin>
  LogicalPlan IntoJoin(const LogicalPlan& plan, const AnyJoin& node, Parts& parts, Parts& stay) {
    const ColumnSet left = ColumnsOf(*node.left), right = ColumnsOf(*node.right);
    const bool left_rows_stay = node.kind != JoinKind::kRight && node.kind != JoinKind::kFull;
    const bool right_rows_stay = node.kind == JoinKind::kInner || node.kind == JoinKind::kRight;
    Parts to_left = Take(parts, [&](const ExpressionRef& part) {
      return left_rows_stay && !MayFailPart(part) && ReadsOnly(*part, left);
    });
    Parts to_right = Take(parts, [&](const ExpressionRef& part) {
      return right_rows_stay && !MayFailPart(part) && ReadsOnly(*part, right);
    });
    stay.insert(stay.end(), parts.begin(), parts.end());
    return WithInput(WithInput(plan, 0, Push(node.left, std::move(to_left))), 1,
                     Push(node.right, std::move(to_right)));
  }

  // Puts the parts that cannot fail and read only `columns` below the node's first input.
  LogicalPlan Below(const LogicalPlan& plan, const ColumnSet& columns, bool allowed, Parts& parts,
                    Parts& stay) {
    Parts below = Take(parts, [&](const ExpressionRef& part) {
      return allowed && !MayFailPart(part) && ReadsOnly(*part, columns);
    });
    stay.insert(stay.end(), parts.begin(), parts.end());
    const std::vector<LogicalPlan> inputs = InputsOf(*plan);
    return inputs.empty() ? plan : WithInput(plan, 0, Push(inputs[0], std::move(below)));
  }

  static bool MayFailPart(const ExpressionRef& part) { return executor::MayFail(*part); }

  static LogicalPlan WithInput(const LogicalPlan& plan, size_t at, LogicalPlan input) {
    std::vector<LogicalPlan> inputs = InputsOf(*plan);
    if (inputs[at] == input) return plan;
    inputs[at] = std::move(input);
    return WithInputs(*plan, std::move(inputs));
  }

  std::map<LogicalPlan, LogicalPlan> shared_;
};

}  // namespace

LogicalPlan PushDownFilters(const LogicalPlan& plan, const RuleContext&) {
  return FilterPusher().Apply(plan);
}

}  // namespace riverrun::planner
