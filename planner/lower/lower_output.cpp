#include <algorithm>

#include "planner/lower/lowering.h"

namespace riverrun::planner {
namespace {

// The result's columns by id, in order.
std::vector<ColumnId> ResultIds(const BoundQuery& query) {
  std::vector<ColumnId> ids;
  for (const ResultColumn& column : query.result) ids.push_back(column.column);
  return ids;
}

// The smallest unique key whose columns are all in the result, as positions in the result. No
// columns: the view is a bag (also where there is at most one row, which needs no key).
std::vector<int> KeyOf(const PlanProperties& properties, const std::vector<ColumnId>& result) {
  for (const ColumnSet& key : properties.keys) {  // smallest first
    std::vector<int> positions;
    for (const ColumnId column : key) {
      const auto found = std::ranges::find(result, column);
      if (found == result.end()) break;
      positions.push_back(static_cast<int>(found - result.begin()));
    }
    if (positions.size() != key.size()) continue;
    std::ranges::sort(positions);
    return positions;
  }
  return {};
}

// How rows must be divided so that what takes a row back meets it: all rows of one key, or of one
// image, on one worker. Rows that stay for ever may lie anywhere.
PlanDistribution NeededByView(const Lowered& rows, const std::vector<int>& key, bool append_only) {
  using Kind = PlanDistribution::Kind;
  std::vector<ColumnId> columns;
  for (const int position : key) columns.push_back(rows.columns[static_cast<size_t>(position)]);
  if (key.empty()) columns = rows.columns;
  const bool by_some = rows.distribution.kind == Kind::kHash &&
                       std::ranges::all_of(rows.distribution.columns, [&](ColumnId column) {
                         return std::ranges::find(columns, column) != columns.end();
                       });
  if (append_only || by_some || rows.distribution.kind == Kind::kSingleton) return {};
  if (columns.empty()) return {Kind::kSingleton, {}};
  return {Kind::kHash, std::move(columns)};
}

}  // namespace

LoweredQuery Lower(const BoundQuery& query, const LowerOptions& options) {
  Lowering lowering(options);
  LoweredQuery out;
  Lowered rows = lowering.Lower(query.plan);
  if (const auto* write = As<Write>(query.plan)) {
    out.write = WriteTarget{write->table, !write->before.empty(), !write->after.empty()};
    out.columns = lowering.OutputOf(rows);
  } else {
    rows = lowering.Arrange(rows, ResultIds(query));
    out.columns = lowering.OutputOf(rows);
    for (size_t i = 0; i < query.result.size(); ++i) out.columns[i].name = query.result[i].name;
  }
  OperatorId root = rows.id;
  if (options.mode == QueryMode::kContinuous) {
    const PlanProperties& properties = lowering.PropertiesOf(query.plan);
    out.key = KeyOf(properties, rows.columns);
    out.notices = StateNotices(query.plan);
    if (options.view) {
      root = lowering.Add(executor::MaterializeSpec{*options.view, out.key}, rows,
                          NeededByView(rows, out.key, properties.append_only), out.columns);
    }
  }
  out.dataflow = lowering.Finish(root);
  const Result<void> valid = executor::Validate(out.dataflow);
  if (!valid) throw SqlError(valid.error().sqlstate, valid.error().text);
  return out;
}

}  // namespace riverrun::planner
