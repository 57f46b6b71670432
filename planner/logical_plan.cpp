#include "planner/logical_plan.h"

#include <algorithm>

#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

void Append(PlanColumns& out, PlanColumns more) {
  for (PlanColumn& column : more) out.push_back(std::move(column));
}

// Columns of the given ids, in their order.
PlanColumns Pick(const PlanColumns& from, const std::vector<ColumnId>& ids) {
  PlanColumns out;
  for (const ColumnId id : ids) {
    const auto found = std::ranges::find(from, id, &PlanColumn::id);
    CHECK(found != from.end(), "a node reads a column that its input does not have");
    out.push_back(*found);
  }
  return out;
}

bool KeepsOnlyLeft(JoinKind kind) {
  return kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark;
}

template <class AnyJoin>
PlanColumns JoinOutput(const AnyJoin& join) {
  PlanColumns out = OutputOf(*join.left);
  if (!KeepsOnlyLeft(join.kind)) Append(out, OutputOf(*join.right));
  if (join.mark) out.push_back(*join.mark);
  return out;
}

struct OutputVisitor {
  PlanColumns operator()(const Scan& n) {
    PlanColumns out;
    for (const Scan::Column& column : n.columns) out.push_back(column.column);
    return out;
  }
  PlanColumns operator()(const Values& n) { return n.columns; }
  PlanColumns operator()(const Filter& n) { return OutputOf(*n.input); }
  PlanColumns operator()(const Project& n) {
    PlanColumns out;
    for (const Project::Item& item : n.items) out.push_back(item.column);
    return out;
  }
  PlanColumns operator()(const Join& n) { return JoinOutput(n); }
  PlanColumns operator()(const DependentJoin& n) { return JoinOutput(n); }
  PlanColumns operator()(const Aggregate& n) {
    PlanColumns out = Pick(OutputOf(*n.input), KeyColumns(n));
    for (const Aggregate::Call& call : n.calls) out.push_back(call.column);
    if (n.set_number) out.push_back(*n.set_number);
    return out;
  }
  PlanColumns operator()(const TopN& n) {
    PlanColumns input = OutputOf(*n.input);
    return n.columns.empty() ? input : Pick(input, n.columns);
  }
  PlanColumns operator()(const Over& n) {
    PlanColumns out = OutputOf(*n.input);
    for (const Over::Call& call : n.calls) out.push_back(call.column);
    return out;
  }
  PlanColumns operator()(const WindowAssign& n) {
    PlanColumns out = OutputOf(*n.input);
    Append(out, {n.window_start, n.window_end, n.window_time});
    return out;
  }
  PlanColumns operator()(const TemporalFilter& n) { return OutputOf(*n.input); }
  PlanColumns operator()(const SetOp& n) { return n.columns; }
  PlanColumns operator()(const Shared& n) {
    PlanColumns out;
    for (const Shared::Column& column : n.columns) out.push_back(column.column);
    return out;
  }
  PlanColumns operator()(const Pattern& n) { return n.columns; }
  PlanColumns operator()(const Emit& n) { return OutputOf(*n.input); }
  PlanColumns operator()(const Write& n) {
    std::vector<ColumnId> ids = n.before;
    ids.insert(ids.end(), n.after.begin(), n.after.end());
    return Pick(OutputOf(*n.input), ids);
  }
  PlanColumns operator()(const TableFunction& n) {
    PlanColumns out = OutputOf(*n.input);
    Append(out, n.columns);
    if (n.ordinality) out.push_back(*n.ordinality);
    return out;
  }
};

// Calls f with each input, by reference so that WithInputs can set it.
template <class Node, class F>
void ForEachInput(Node& node, F&& f) {
  using N = std::remove_const_t<Node>;
  if constexpr (std::is_same_v<N, Join> || std::is_same_v<N, DependentJoin>) {
    f(node.left);
    f(node.right);
  } else if constexpr (std::is_same_v<N, SetOp>) {
    for (auto& branch : node.branches) f(branch.input);
  } else if constexpr (!std::is_same_v<N, Scan> && !std::is_same_v<N, Values>) {
    f(node.input);
  }
}

void AddColumns(const ExpressionRef& expression, ColumnSet& out) {
  if (expression != nullptr) out.merge(ColumnsIn(*expression));
}
void AddColumns(const std::vector<ColumnId>& columns, ColumnSet& out) {
  out.insert(columns.begin(), columns.end());
}
void AddColumns(const std::optional<ColumnId>& column, ColumnSet& out) {
  if (column) out.insert(*column);
}
void AddColumns(const std::vector<OrderKey>& order, ColumnSet& out) {
  for (const OrderKey& key : order) out.insert(key.column);
}

struct ReadVisitor {
  ColumnSet& out;

  void operator()(const Scan&) {}
  void operator()(const Values&) {}
  void operator()(const Filter& n) { AddColumns(n.predicate, out); }
  void operator()(const Project& n) {
    for (const Project::Item& item : n.items) AddColumns(item.expression, out);
  }
  void operator()(const Join& n) {
    for (const JoinKey& key : n.keys) {
      AddColumns(key.left, out);
      AddColumns(key.right, out);
    }
    AddColumns(n.condition, out);
  }
  void operator()(const DependentJoin& n) { AddColumns(n.condition, out); }
  void operator()(const Aggregate& n) {
    AddColumns(KeyColumns(n), out);
    for (const Aggregate::Call& call : n.calls) {
      AddColumns(call.arguments, out);
      AddColumns(call.filter, out);
      AddColumns(call.order, out);
    }
  }
  void operator()(const TopN& n) {
    AddColumns(n.order, out);
    AddColumns(n.partition, out);
    AddColumns(n.columns, out);
  }
  void operator()(const Over& n) {
    AddColumns(n.partition, out);
    AddColumns(n.order, out);
    for (const Over::Call& call : n.calls) {
      AddColumns(call.arguments, out);
      AddColumns(call.filter, out);
    }
  }
  void operator()(const WindowAssign& n) {
    out.insert(n.time);
    AddColumns(n.row_watermark, out);
  }
  void operator()(const TemporalFilter& n) {
    for (const TemporalFilter::Bound& bound : n.bounds) AddColumns(bound.value, out);
  }
  void operator()(const SetOp& n) {
    for (const SetOp::Branch& branch : n.branches) AddColumns(branch.columns, out);
  }
  void operator()(const Shared& n) {
    for (const Shared::Column& column : n.columns) out.insert(column.from);
  }
  void operator()(const Pattern& n) { out.merge(ColumnsOf(*n.input)); }
  void operator()(const Emit&) {}
  void operator()(const Write& n) {
    AddColumns(n.before, out);
    AddColumns(n.after, out);
  }
  void operator()(const TableFunction& n) {
    for (const ExpressionRef& argument : n.arguments) AddColumns(argument, out);
  }
};

}  // namespace

std::string_view KindName(const LogicalNode& node) {
  return std::visit(
      Overloaded{
          [](const Scan&) { return "Scan"; }, [](const Values&) { return "Values"; },
          [](const Filter&) { return "Filter"; }, [](const Project&) { return "Project"; },
          [](const Join&) { return "Join"; }, [](const DependentJoin&) { return "DependentJoin"; },
          [](const Aggregate&) { return "Aggregate"; }, [](const TopN&) { return "TopN"; },
          [](const Over&) { return "Over"; }, [](const WindowAssign&) { return "WindowAssign"; },
          [](const TemporalFilter&) { return "TemporalFilter"; },
          [](const SetOp&) { return "SetOp"; }, [](const Shared&) { return "Shared"; },
          [](const Pattern&) { return "Pattern"; }, [](const Emit&) { return "Emit"; },
          [](const Write&) { return "Write"; },
          [](const TableFunction&) { return "TableFunction"; }},
      node.node);
}

PlanColumns OutputOf(const LogicalNode& node) { return std::visit(OutputVisitor{}, node.node); }

ColumnSet ColumnsOf(const LogicalNode& node) {
  ColumnSet columns;
  for (const PlanColumn& column : OutputOf(node)) columns.insert(column.id);
  return columns;
}

std::vector<ColumnId> KeyColumns(const Aggregate& aggregate) {
  std::vector<ColumnId> keys;
  for (const std::vector<ColumnId>& set : aggregate.grouping_sets) {
    for (const ColumnId key : set) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

std::vector<LogicalPlan> InputsOf(const LogicalNode& node) {
  std::vector<LogicalPlan> inputs;
  std::visit(
      [&](const auto& n) {
        ForEachInput(n, [&](const LogicalPlan& input) { inputs.push_back(input); });
      },
      node.node);
  return inputs;
}

LogicalPlan WithInputs(const LogicalNode& node, std::vector<LogicalPlan> inputs) {
  LogicalNode copy = node;
  size_t next = 0;
  std::visit(
      [&](auto& n) {
        ForEachInput(n, [&](LogicalPlan& input) { input = std::move(inputs[next++]); });
      },
      copy.node);
  return std::make_shared<const LogicalNode>(std::move(copy));
}

ColumnSet ColumnsReadBy(const LogicalNode& node) {
  ColumnSet columns;
  std::visit(ReadVisitor{columns}, node.node);
  return columns;
}

}  // namespace riverrun::planner
