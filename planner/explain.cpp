#include "planner/explain.h"

#include <algorithm>
#include <set>

#include "planner/logical/rewrite_plan.h"
#include "planner/overloaded.h"
#include "types/time/time_text.h"

namespace riverrun::planner {
namespace {

std::string_view ScanKindName(ScanKind kind) {
  switch (kind) {
    case ScanKind::kTable:
      return "table";
    case ScanKind::kStream:
      return "stream";
    case ScanKind::kView:
      return "view";
    case ScanKind::kSystem:
      return "system relation";
    case ScanKind::kErrors:
      return "error collection";
  }
  return "";
}

std::string_view JoinKindName(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner:
      return "inner";
    case JoinKind::kLeft:
      return "left";
    case JoinKind::kRight:
      return "right";
    case JoinKind::kFull:
      return "full";
    case JoinKind::kSemi:
      return "semi";
    case JoinKind::kAnti:
      return "anti";
    case JoinKind::kMark:
      return "mark";
    case JoinKind::kSingle:
      return "single";
  }
  return "";
}

std::string_view ComparisonText(TemporalFilter::Comparison comparison) {
  switch (comparison) {
    case TemporalFilter::Comparison::kLess:
      return "<";
    case TemporalFilter::Comparison::kLessOrEqual:
      return "<=";
    case TemporalFilter::Comparison::kGreater:
      return ">";
    case TemporalFilter::Comparison::kGreaterOrEqual:
      return ">=";
  }
  return "";
}

std::string IntervalSql(const Interval& interval) {
  std::string text = "INTERVAL '";
  AppendInterval(interval, IntervalStyle::kPostgres, text);
  return text + "'";
}

// Prints the line of one node.
class LinePrinter {
 public:
  explicit LinePrinter(const std::vector<std::string>& names) : names_(names) {}

  std::string operator()(const Scan& n) {
    std::string text = "Scan " + std::string(ScanKindName(n.kind)) + " " + n.name + " (";
    for (size_t i = 0; i < n.columns.size(); ++i) {
      text += (i > 0 ? ", " : "") + Name(n.columns[i].column);
    }
    return text + ")";
  }
  std::string operator()(const Values& n) {
    std::string text = "Values (" + Names(n.columns) + ")";
    for (size_t r = 0; r < n.rows.size() && r < kRowsShown; ++r) {
      text += (r > 0 ? ", (" : " (") + Sql(n.rows[r]) + ")";
    }
    if (n.rows.size() > kRowsShown) text += ", ... " + std::to_string(n.rows.size()) + " rows";
    return n.rows.empty() ? text + " no rows" : text;
  }
  std::string operator()(const Filter& n) { return "Filter " + Sql(n.predicate); }
  std::string operator()(const Project& n) {
    std::string text = "Project";
    for (size_t i = 0; i < n.items.size(); ++i) {
      const Project::Item& item = n.items[i];
      text += i > 0 ? ", " : " ";
      if (AsColumn(*item.expression) == item.column.id) {
        text += Name(item.column.id);
      } else {
        text += Name(item.column.id) + " := " + Sql(item.expression);
      }
    }
    return text;
  }
  std::string operator()(const Join& n) {
    std::string text = "Join " + std::string(JoinKindName(n.kind));
    for (size_t i = 0; i < n.keys.size(); ++i) {
      const JoinKey& key = n.keys[i];
      text += (i > 0 ? ", " : " on ") + Sql(key.left) + (key.null_safe ? " <=> " : " = ") +
              Sql(key.right);
    }
    if (n.condition != nullptr) text += " where " + Sql(n.condition);
    return text + Mark(n.mark);
  }
  std::string operator()(const DependentJoin& n) {
    std::string text = "DependentJoin " + std::string(JoinKindName(n.kind));
    if (n.condition != nullptr) text += " where " + Sql(n.condition);
    return text + Mark(n.mark);
  }
  std::string operator()(const Aggregate& n) {
    std::string text = n.calls.empty() ? "Distinct" : "Aggregate";
    for (size_t i = 0; i < n.grouping_sets.size(); ++i) {
      if (n.grouping_sets.size() > 1) {
        text += (i > 0 ? ", (" : " by (") + Names(n.grouping_sets[i]) + ")";
      } else if (!n.grouping_sets[i].empty()) {
        text += " by " + Names(n.grouping_sets[i]);
      }
    }
    for (size_t i = 0; i < n.calls.size(); ++i) {
      text += (i > 0 ? ", " : ": ") + CallText(n.calls[i]);
    }
    return n.set_number ? text + " set " + Name(*n.set_number) : text;
  }
  std::string operator()(const TopN& n) {
    std::string text = n.limit ? "TopN " + std::to_string(*n.limit) : "Sort";
    if (n.offset > 0) text += " offset " + std::to_string(n.offset);
    if (!n.order.empty()) text += " by " + Order(n.order);
    if (!n.partition.empty()) text += " of each " + Names(n.partition);
    return n.columns.empty() ? text : text + " (" + Names(n.columns) + ")";
  }
  std::string operator()(const Over& n) {
    std::string text = "Over";
    for (size_t i = 0; i < n.calls.size(); ++i) {
      const Over::Call& call = n.calls[i];
      text += (i > 0 ? ", " : " ") + Name(call.column) + " := " + call.function->signature.name +
              "(" + Names(call.arguments) + ")";
    }
    if (!n.partition.empty()) text += " partition by " + Names(n.partition);
    return n.order.empty() ? text : text + " order by " + Order(n.order);
  }
  std::string operator()(const WindowAssign& n) {
    std::string text = n.kind == WindowAssign::Kind::kTumble ? "Tumble " : "Hop ";
    text += Name(n.time) + " size " + IntervalSql(n.size);
    if (n.kind == WindowAssign::Kind::kHop) text += " slide " + IntervalSql(n.slide);
    return text + " (" + Names({n.window_start, n.window_end, n.window_time}) + ")";
  }
  std::string operator()(const TemporalFilter& n) {
    std::string text = "TemporalFilter";
    for (size_t i = 0; i < n.bounds.size(); ++i) {
      const TemporalFilter::Bound& bound = n.bounds[i];
      text += (i > 0 ? " AND " : " ") + Sql(bound.value) + " " +
              std::string(ComparisonText(bound.comparison)) + " now() + " +
              IntervalSql(bound.distance);
    }
    return text;
  }
  std::string operator()(const SetOp& n) {
    std::string text = n.kind == SetOp::Kind::kUnion       ? "Union"
                       : n.kind == SetOp::Kind::kIntersect ? "Intersect"
                                                           : "Except";
    if (n.all) text += " all";
    for (size_t c = 0; c < n.columns.size(); ++c) {
      text += (c > 0 ? ", " : " ") + Name(n.columns[c]) + " :=";
      for (size_t b = 0; b < n.branches.size(); ++b) {
        text += (b > 0 ? " | " : " ") + Name(n.branches[b].columns[c]);
      }
    }
    return text;
  }
  std::string operator()(const Shared& n) {
    std::string text = "Shared " + std::to_string(n.number);
    for (size_t i = 0; i < n.columns.size(); ++i) {
      text += (i > 0 ? ", " : " ") + Name(n.columns[i].column) + " := " + Name(n.columns[i].from);
    }
    return text;
  }
  std::string operator()(const Pattern& n) { return "Pattern (" + Names(n.columns) + ")"; }
  std::string operator()(const Emit& n) {
    switch (n.mode) {
      case Emit::Mode::kChanges:
        return "Emit changes";
      case Emit::Mode::kOnWindowClose:
        return "Emit on window close";
      case Emit::Mode::kEvery:
        break;
    }
    return "Emit every " + IntervalSql(Interval{.micros = n.every});
  }
  std::string operator()(const Write& n) {
    std::string text = "Write " + n.name;
    if (!n.before.empty()) text += " delete (" + Names(n.before) + ")";
    return n.after.empty() ? text : text + " insert (" + Names(n.after) + ")";
  }
  std::string operator()(const TableFunction& n) {
    return "TableFunction " + n.function->signature.name + "(" + Sql(n.arguments) + ") (" +
           Names(n.columns) + ")";
  }

 private:
  static constexpr size_t kRowsShown = 3;

  std::string Name(ColumnId column) {
    if (column.value < names_.size()) return names_[column.value];
    return "#" + std::to_string(column.value);
  }
  std::string Name(const PlanColumn& column) { return Name(column.id); }
  template <class Columns>
  std::string Names(const Columns& columns) {
    std::string text;
    for (const auto& column : columns) text += (text.empty() ? "" : ", ") + Name(column);
    return text;
  }
  std::string Names(std::initializer_list<PlanColumn> columns) {
    return Names(PlanColumns(columns));
  }
  std::string Sql(const ExpressionRef& expression) { return executor::ToSql(*expression, names_); }
  std::string Sql(const std::vector<ExpressionRef>& list) {
    std::string text;
    for (size_t i = 0; i < list.size(); ++i) text += (i > 0 ? ", " : "") + Sql(list[i]);
    return text;
  }
  std::string Mark(const std::optional<PlanColumn>& mark) {
    return mark ? " mark " + Name(*mark) : "";
  }
  std::string Order(const std::vector<OrderKey>& order) {
    std::string text;
    for (const OrderKey& key : order) {
      text += (text.empty() ? "" : ", ") + Name(key.column) + (key.descending ? " desc" : "");
      if (key.nulls_first != key.descending)
        text += key.nulls_first ? " nulls first" : " nulls last";
    }
    return text;
  }
  std::string CallText(const Aggregate::Call& call) {
    std::string text = Name(call.column) + " := " + call.function->signature.name + "(" +
                       (call.distinct ? "distinct " : "") + Names(call.arguments);
    if (!call.order.empty()) text += " order by " + Order(call.order);
    text += ")";
    return call.filter ? text + " filter " + Name(*call.filter) : text;
  }

  const std::vector<std::string>& names_;
};

// name#id of every column, by the value of its id.
std::vector<std::string> NamesById(const LogicalPlan& plan) {
  std::vector<std::string> names;
  for (const LogicalPlan& node : NodesOf(plan)) {
    for (const PlanColumn& column : OutputOf(*node)) {
      while (names.size() <= column.id.value) names.push_back("#" + std::to_string(names.size()));
      // The node that made the column comes last and has named it.
      names[column.id.value] = column.name + "#" + std::to_string(column.id.value);
    }
  }
  return names;
}

struct TreePrinter {
  LinePrinter line;
  std::set<uint32_t> shared_printed = {};
  std::string text = {};

  void Print(const LogicalPlan& plan, size_t depth) {
    text.append(depth * 2, ' ');
    text += std::visit(line, plan->node);
    if (const auto* shared = As<Shared>(plan)) {
      if (!shared_printed.insert(shared->number).second) {
        text += " (above)\n";
        return;
      }
    }
    text += "\n";
    for (const LogicalPlan& input : InputsOf(*plan)) Print(input, depth + 1);
  }
};

}  // namespace

std::string ExplainPlan(const LogicalPlan& plan) {
  const std::vector<std::string> names = NamesById(plan);
  TreePrinter printer{LinePrinter(names)};
  printer.Print(plan, 0);
  return printer.text;
}

std::optional<std::vector<std::string>> ExplainStatement(const BoundStatement& statement) {
  const BoundQuery* query = nullptr;
  if (const auto* select = std::get_if<QueryPlan>(&statement.plan)) {
    query = &select->query;
  } else if (const auto* write = std::get_if<WritePlan>(&statement.plan)) {
    query = &write->query;
  } else if (const auto* view = std::get_if<MaterializedViewPlan>(&statement.plan)) {
    query = &view->query;
  } else {
    return std::nullopt;
  }
  const std::string text = ExplainPlan(Optimize(*query, QueryMode::kOneShot).plan);
  std::vector<std::string> lines;
  for (size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

std::string ExplainQuery(const BoundQuery& bound, const BoundQuery& optimized,
                         const executor::DataflowSpec& dataflow) {
  return "Bound plan:\n" + ExplainPlan(bound.plan) + "Optimized plan:\n" +
         ExplainPlan(optimized.plan) + "Dataflow:\n" + executor::Explain(dataflow);
}

}  // namespace riverrun::planner
