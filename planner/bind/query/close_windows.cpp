#include "planner/bind/query/close_windows.h"

#include <algorithm>
#include <map>

#include "planner/logical/rewrite_plan.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

constexpr std::string_view kWindowHint =
    "Group by the window: SELECT window_start, window_end, count(*) FROM TUMBLE(bids, ts, INTERVAL "
    "'1 minute') GROUP BY window_start, window_end.";

// What is known of a part of the plan.
struct Part {
  LogicalPlan plan;
  bool closed = false;  // its rows come from windows that have closed
  /// How late a row may be told to be: by this column; never, for rows that a close has made.
  std::optional<ColumnId> row_watermark = {};
  bool never_late = false;
  ColumnSet windows = {};  // columns at which a group closes
};

class Closer {
 public:
  Closer(BindState& state, Position position) : state_(state), position_(position) {}

  LogicalPlan Close(const LogicalPlan& plan) {
    const Part part = PartOf(plan);
    if (part.closed) return part.plan;
    if (!why_not_.empty()) Fail(why_not_, why_not_hint_);
    Fail(has_window_ ? "EMIT ON WINDOW CLOSE of rows that are not grouped by their window is not "
                       "supported yet"
                     : "EMIT ON WINDOW CLOSE needs a window",
         kWindowHint);
  }

 private:
  [[noreturn]] void Fail(std::string_view text, std::string_view hint) const {
    throw SqlError(sqlstate::kFeatureNotSupported, std::string(text), position_)
        .WithHint(std::string(hint));
  }

  Part PartOf(const LogicalPlan& plan) {
    if (const auto found = parts_.find(plan); found != parts_.end()) return found->second;
    Part part = std::visit([&](const auto& node) { return Rewrite(plan, node); }, plan->node);
    return parts_.emplace(plan, std::move(part)).first->second;
  }

  PlanColumn NewWatermark() { return state_.columns().New("row_watermark", Type::TimestampTz()); }

  Part Rewrite(const LogicalPlan& plan, const Scan& node) {
    if (!node.watermarked) return {plan};
    Scan scan = node;
    const PlanColumn watermark = NewWatermark();
    // The binder's scan has all columns of the stream; the row's watermark stands behind them.
    scan.columns.push_back({watermark, static_cast<int>(node.columns.size()), true});
    return {MakePlan(std::move(scan)), false, watermark.id};
  }

  Part Rewrite(const LogicalPlan& plan, const Values&) { return {plan}; }

  Part Rewrite(const LogicalPlan&, const Filter& node) {
    Part part = PartOf(node.input);
    part.plan = MakePlan(Filter{part.plan, node.predicate});
    return part;
  }

  Part Rewrite(const LogicalPlan&, const Project& node) {
    Part part = PartOf(node.input);
    Project project{part.plan, node.items};
    ColumnSet windows;
    for (const Project::Item& item : node.items) {
      const std::optional<ColumnId> column = AsColumn(*item.expression);
      if (column && part.windows.contains(*column)) windows.insert(item.column.id);
    }
    if (part.row_watermark) {
      const PlanColumn passed{*part.row_watermark, "row_watermark", Type::TimestampTz()};
      project.items.push_back({passed, ColumnValue(passed.id, passed.type)});
    }
    part.windows = std::move(windows);
    part.plan = MakePlan(std::move(project));
    return part;
  }

  Part Rewrite(const LogicalPlan&, const WindowAssign& node) {
    Part part = PartOf(node.input);
    has_window_ = true;
    const PlanProperties& input = properties_.Of(part.plan);
    WindowAssign out = node;
    out.input = part.plan;
    part.closed = false;
    part.windows.clear();
    if (!input.append_only) {
      NoteUpdates(part.plan);
    } else if (!input.watermarked.contains(node.time) || !(part.row_watermark || part.never_late)) {
      NoteNoWatermark(node);
    } else {
      out.closes = true;
      out.row_watermark = part.row_watermark;
      part.windows = {node.window_start.id, node.window_end.id, node.window_time.id};
    }
    part.plan = MakePlan(std::move(out));
    return part;
  }

  Part Rewrite(const LogicalPlan&, const Aggregate& node) {
    const Part input = PartOf(node.input);
    const std::vector<ColumnId> keys = KeyColumns(node);
    const auto window =
        std::ranges::find_if(keys, [&](ColumnId key) { return input.windows.contains(key); });
    if (window == keys.end() || node.grouping_sets.size() != 1) {
      if (!why_not_.empty()) Fail(why_not_, why_not_hint_);
      Fail("EMIT ON WINDOW CLOSE needs a window in every GROUP BY and DISTINCT of the query",
           kWindowHint);
    }
    Aggregate out = node;
    out.input = input.plan;
    out.closes_at = *window;
    Part part{nullptr, true, std::nullopt, true};
    for (const ColumnId key : keys) {
      if (input.windows.contains(key)) part.windows.insert(key);
    }
    part.plan = MakePlan(std::move(out));
    return part;
  }

  Part Rewrite(const LogicalPlan&, const TopN& node) {
    Part part = PartOf(node.input);
    if (node.limit || node.offset != 0 || !node.partition.empty()) {
      Fail("EMIT ON WINDOW CLOSE over LIMIT and OFFSET is not supported",
           "A row that leaves the first ones would have to be taken back.");
    }
    TopN out = node;
    out.input = part.plan;
    part.plan = MakePlan(std::move(out));
    return part;
  }

  Part Rewrite(const LogicalPlan&, const SetOp& node) {
    if (node.kind != SetOp::Kind::kUnion || !node.all) {
      Fail("EMIT ON WINDOW CLOSE over UNION, INTERSECT and EXCEPT is not supported yet",
           "UNION ALL is.");
    }
    SetOp out = node;
    Part part{nullptr, true, std::nullopt, true};
    bool marks = true;
    std::vector<ColumnId> watermarks;
    for (SetOp::Branch& branch : out.branches) {
      const Part input = PartOf(branch.input);
      part.closed = part.closed && input.closed;
      part.never_late = part.never_late && input.never_late;
      marks = marks && input.row_watermark.has_value();
      if (input.row_watermark) watermarks.push_back(*input.row_watermark);
      ColumnSet windows;
      for (size_t c = 0; c < branch.columns.size(); ++c) {
        if (input.windows.contains(branch.columns[c])) windows.insert(node.columns[c].id);
      }
      if (&branch == &out.branches.front()) {
        part.windows = windows;
      } else {
        std::erase_if(part.windows, [&](ColumnId column) { return !windows.contains(column); });
      }
      branch.input = input.plan;
    }
    if (marks) {
      out.columns.push_back(NewWatermark());
      part.row_watermark = out.columns.back().id;
      for (size_t b = 0; b < out.branches.size(); ++b) {
        out.branches[b].columns.push_back(watermarks[b]);
      }
    }
    part.plan = MakePlan(std::move(out));
    return part;
  }

  Part Rewrite(const LogicalPlan&, const Shared& node) {
    Part part = PartOf(node.input);
    Shared out = node;
    out.input = part.plan;
    ColumnSet windows;
    for (const Shared::Column& column : node.columns) {
      if (part.windows.contains(column.from)) windows.insert(column.column.id);
    }
    part.windows = std::move(windows);
    if (part.row_watermark) {
      out.columns.push_back({NewWatermark(), *part.row_watermark});
      part.row_watermark = out.columns.back().column.id;
    }
    part.plan = MakePlan(std::move(out));
    return part;
  }

  Part Rewrite(const LogicalPlan& plan, const auto&) {
    Fail("EMIT ON WINDOW CLOSE over " + std::string(KindName(*plan)) + " is not supported yet",
         kWindowHint);
  }

  // The operator that takes rows back: the first one whose inputs do not.
  void NoteUpdates(const LogicalPlan& plan) {
    if (!why_not_.empty()) return;
    why_not_ =
        "EMIT ON WINDOW CLOSE needs rows that are never taken back, but " + NameOfUpdating(plan);
    why_not_hint_ = "Say EMIT CHANGES, or read a stream.";
  }

  std::string NameOfUpdating(const LogicalPlan& plan) {
    for (const LogicalPlan& input : InputsOf(*plan)) {
      if (!properties_.Of(input).append_only) return NameOfUpdating(input);
    }
    if (const auto* scan = As<Scan>(plan)) {
      const bool table = scan->kind == ScanKind::kTable;
      return std::string(table ? "table \"" : "view \"") + scan->name + "\" changes its own";
    }
    return "the operator " + std::string(KindName(*plan)) + " updates its rows";
  }

  void NoteNoWatermark(const WindowAssign& node) {
    if (!why_not_.empty()) return;
    const PlanColumns columns = OutputOf(*node.input);
    const std::string name = std::ranges::find(columns, node.time, &PlanColumn::id)->name;
    why_not_ = "EMIT ON WINDOW CLOSE needs a watermark, and \"" + name + "\" has none here";
    why_not_hint_ = "Declare it with the stream: CREATE STREAM bids (..., WATERMARK FOR " + name +
                    " AS " + name + " - INTERVAL '5 seconds').";
  }

  BindState& state_;
  const Position position_;
  PropertyCache properties_;
  std::map<LogicalPlan, Part> parts_;
  bool has_window_ = false;
  std::string why_not_, why_not_hint_;  // the first window that cannot close
};

}  // namespace

LogicalPlan CloseWindows(BindState& state, const LogicalPlan& plan, Position position) {
  return Closer(state, position).Close(plan);
}

}  // namespace riverrun::planner
