// GROUP BY over windows that overlap: rows are grouped by slice, and the groups of slices by
// window.
//
// So a row is one update of one group however many windows it is in, and what is repeated for each
// window of a slice is a group of it. Only where the window is nothing but a key.

#include <algorithm>
#include <limits>

#include "executor/operators/split_aggregate.h"
#include "planner/lower/lowering.h"

namespace riverrun::planner {
namespace {

// What stands for the columns of a window until its groups are there. No column of a plan has these
// ids, and an aggregation is over one window.
constexpr ColumnId kSlice{std::numeric_limits<uint32_t>::max()};
constexpr ColumnId kMark{std::numeric_limits<uint32_t>::max() - 1};

// A window with only projections and filters above it that read none of its columns.
struct WindowBelow {
  const WindowAssign* window = nullptr;
  ColumnSet columns;  // the window's, under the names that they have here
};

bool Reads(const Expression& expression, const ColumnSet& columns) {
  return std::ranges::any_of(ColumnsIn(expression),
                             [&](ColumnId column) { return columns.contains(column); });
}

std::optional<WindowBelow> FindWindow(const LogicalPlan& plan);

std::optional<WindowBelow> FindWindow(const Project& project) {
  std::optional<WindowBelow> below = FindWindow(project.input);
  if (!below) return std::nullopt;
  ColumnSet columns;
  for (const Project::Item& item : project.items) {
    const std::optional<ColumnId> column = AsColumn(*item.expression);
    if (column && below->columns.contains(*column)) {
      columns.insert(item.column.id);
    } else if (Reads(*item.expression, below->columns)) {
      return std::nullopt;
    }
  }
  below->columns = std::move(columns);
  return below;
}

std::optional<WindowBelow> FindWindow(const LogicalPlan& plan) {
  if (const auto* project = As<Project>(plan)) return FindWindow(*project);
  if (const auto* filter = As<Filter>(plan)) {
    std::optional<WindowBelow> below = FindWindow(filter->input);
    if (below && Reads(*filter->predicate, below->columns)) return std::nullopt;
    return below;
  }
  const auto* window = As<WindowAssign>(plan);
  if (window == nullptr || window->kind != WindowAssign::Kind::kHop) return std::nullopt;
  Micros size = 0, slide = 0;
  const bool counts = IntervalToMicros(window->size, size) == TimeStatus::kOk &&
                      IntervalToMicros(window->slide, slide) == TimeStatus::kOk;
  if (!counts || size <= slide) return std::nullopt;
  return WindowBelow{window,
                     {window->window_start.id, window->window_end.id, window->window_time.id}};
}

// Whether the calls read no column of the window and there is something to merge.
bool ReadNone(const std::vector<Aggregate::Call>& calls, const ColumnSet& columns) {
  return std::ranges::all_of(calls, [&](const Aggregate::Call& call) {
    return !call.distinct && (!call.filter || !columns.contains(*call.filter)) &&
           std::ranges::none_of(call.arguments,
                                [&](ColumnId argument) { return columns.contains(argument); });
  });
}

}  // namespace

std::optional<Lowered> Lowering::LowerOverSlices(const LogicalPlan& input, const Groups& groups) {
  const std::optional<WindowBelow> below = groups.append_only ? FindWindow(input) : std::nullopt;
  if (!below || !ReadNone(groups.calls, below->columns)) return std::nullopt;
  std::vector<ColumnId> others = groups.keys;
  std::erase_if(others, [&](ColumnId key) { return below->columns.contains(key); });
  if (others.size() + 1 != groups.keys.size()) return std::nullopt;
  // The one key of the window may be a second name of its column, of which nothing is known.
  const auto known = [&](ColumnId key) {
    return !below->columns.contains(key) || groups.shifted.contains(key);
  };
  if (!std::ranges::all_of(groups.keys, known)) return std::nullopt;
  const PlanColumns columns = planner::OutputOf(*input);
  const GroupSpec whole = SpecOver(IdsOf(columns), AsOutput(columns), groups);
  if (!executor::SplitAggregate(whole.keys, whole.calls, AsOutput(columns))) return std::nullopt;

  const Lowered rows = LowerSlices(input);
  Groups parts = groups;
  parts.keys = others;
  parts.keys.push_back(kSlice);
  if (below->window->row_watermark) parts.keys.push_back(kMark);
  GroupSpec spec = SpecOver(rows.columns, OutputOf(rows), parts);
  auto split = executor::SplitAggregate(spec.keys, spec.calls, OutputOf(rows));
  CHECK(split.has_value(), "an aggregation can be divided over windows and not over slices");
  Lowered slices{{}, parts.keys, {}};
  slices.columns.resize(split->columns.size());  // the values of parts have no ids
  slices.id = Add(std::move(split->partial), rows, {}, std::move(split->columns));

  const Lowered windows = AddWindowsOfSlices(*below->window, slices, groups, others);
  GroupSpec merged =
      SpecOver(windows.columns, OutputOf(windows), {.keys = groups.keys, .calls = {}});
  merged.calls = std::move(split->calls);
  merged.output = whole.output;
  const PlanDistribution division = others.empty() ? DividedBy(groups.keys) : windows.distribution;
  return AddGroups(windows, std::move(merged), groups, division);
}

// Repeats the groups of slices for each window of their slice. If there are other keys, behind the
// exchange: all windows of a key are then on one worker.
Lowered Lowering::AddWindowsOfSlices(const WindowAssign& window, const Lowered& slices,
                                     const Groups& groups, const std::vector<ColumnId>& others) {
  executor::WindowSpec spec = WindowSpecOf(window, PositionOf(slices, kSlice));
  spec.mode = executor::WindowSpec::Mode::kWindowsOfSlices;
  if (window.row_watermark) spec.row_watermark = PositionOf(slices, kMark);
  Lowered out = slices;
  if (!others.empty()) out.distribution = {PlanDistribution::Kind::kHash, others};
  std::vector<executor::OutputColumn> output = OutputOf(slices);
  const ColumnId key = *std::ranges::find_if(groups.keys, [&](ColumnId column) {
    return std::ranges::find(others, column) == others.end();
  });
  const Micros shift = groups.shifted.at(key).shift;
  const std::pair<const PlanColumn*, Micros> added[] = {{&window.window_start, 0},
                                                        {&window.window_end, spec.size},
                                                        {&window.window_time, spec.size - 1}};
  for (const auto& [column, distance] : added) {
    output.push_back({column->name, column->type});
    out.columns.push_back(distance == shift ? key : ColumnId{});
  }
  out.id = Add(std::move(spec), slices, out.distribution, std::move(output));
  return out;
}

Lowered Lowering::LowerSlices(const LogicalPlan& plan) {
  if (const auto* filter = As<Filter>(plan)) {
    Lowered out = LowerSlices(filter->input);
    executor::FilterSpec spec{AtPositions(filter->predicate, out)};
    out.id = Add(std::move(spec), out, {}, OutputOf(out));
    return out;
  }
  if (const auto* project = As<Project>(plan)) {
    const Lowered input = LowerSlices(project->input);
    const ColumnSet window = FindWindow(project->input)->columns;
    std::vector<Project::Item> items;
    for (const Project::Item& item : project->items) {
      if (!Reads(*item.expression, window)) items.push_back(item);
    }
    for (const ColumnId column : {kSlice, kMark}) {
      if (std::ranges::find(input.columns, column) == input.columns.end()) continue;
      const executor::OutputColumn& passed =
          OutputOf(input)[static_cast<size_t>(PositionOf(input, column))];
      items.push_back({{column, passed.name, passed.type}, ColumnValue(column, passed.type)});
    }
    return Compute(input, items);
  }
  const auto& window = *As<WindowAssign>(plan);
  Lowered out = Lower(window.input);
  executor::WindowSpec spec = WindowSpecOf(window, PositionOf(out, window.time));
  spec.mode = executor::WindowSpec::Mode::kSlices;
  std::vector<executor::OutputColumn> output = OutputOf(out);
  const Type type = window.window_start.type;
  output.push_back({"slice", type});
  out.columns.push_back(kSlice);
  if (window.row_watermark) {
    spec.row_watermark = PositionOf(out, *window.row_watermark);
    output.push_back({"mark", type});
    out.columns.push_back(kMark);
  }
  out.id = Add(std::move(spec), {out.id, {}, out.distribution}, {}, std::move(output));
  return out;
}

}  // namespace riverrun::planner
