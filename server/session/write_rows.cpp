#include "server/session/write_rows.h"

#include <map>
#include <numeric>
#include <set>

#include "executor/expressions/evaluator.h"
#include "storage/commit/constraint_text.h"
#include "storage/commit/table_layout.h"
#include "types/codec/key.h"

namespace riverrun::server {
namespace {

using planner::WritePlan;

// Some columns of a batch, each with one weight.
Batch ColumnsOf(const Batch& batch, size_t from, size_t count) {
  Batch out = batch;
  const auto first = batch.columns.begin() + static_cast<std::ptrdiff_t>(from);
  out.columns.assign(first, first + static_cast<std::ptrdiff_t>(count));
  return Compact(std::move(out));
}

Batch Negative(Batch batch) {
  batch.weights = NegatedWeights(batch);
  return batch;
}

// The stored rows of a table that have the keys of `rows`, all columns.
Result<storage::LookupRows> StoredRows(const storage::CatalogObject& table, const Batch& rows,
                                       const storage::ReadView& view) {
  const storage::ViewLayout layout = storage::LayoutOf(table);
  KeyBatch keys;
  storage::BuildViewKeys(layout, rows, keys);
  std::vector<int> all(table.columns.size());
  std::iota(all.begin(), all.end(), 0);
  return storage::Lookup(view, table.id, keys, all);
}

// INSERT ... ON CONFLICT: looks each row's key up among those stored and those just inserted.
class ConflictSolver {
 public:
  ConflictSolver(const WritePlan& plan, const storage::CatalogObject& table,
                 const storage::ReadView& view, const executor::EvalContext& context)
      : plan_(plan),
        table_(table),
        layout_(storage::LayoutOf(table)),
        view_(view),
        context_(context) {}

  Result<void> Add(const Batch& given) {
    const Batch rows = Compact(given);
    if (!table_.primary_key.empty()) {
      const auto stored = StoredRows(table_, rows, view_);
      if (!stored) return std::unexpected(stored.error());
      const Batch& found = stored->rows;
      ForEachRow(found.rows, found.selection,
                 [&](uint32_t row) { found_.emplace(KeyOf(found, row), Row{found, row}); });
    }
    Result<void> result;
    for (uint32_t row = 0; row < rows.rows && result; ++row) result = AddRow(rows, row);
    return result;
  }

  WrittenRows Finish() {
    WrittenRows out;
    for (BatchBuilder* builder : {&before_, &after_}) {
      if (builder->rows() > 0) out.deltas.push_back(builder->Finish());
    }
    if (returning_.rows() > 0) out.returning.push_back(returning_.Finish());
    return out;
  }

 private:
  struct Row {
    Batch batch;
    uint32_t row = 0;
  };

  std::string KeyOf(const Batch& batch, uint32_t row) const {
    std::string key;
    storage::AppendViewKey(layout_, batch, row, key);
    return key;
  }

  Result<void> AddRow(const Batch& rows, uint32_t row) {
    if (table_.primary_key.empty()) {
      Insert(rows, row);
      return {};
    }
    const std::string key = KeyOf(rows, row);
    const auto found = found_.find(key);
    if (found == found_.end()) {
      Insert(rows, row);
      found_.emplace(key, Row{rows, row});
      touched_.insert(key);
      return {};
    }
    if (!plan_.on_conflict->update) return {};
    if (!touched_.insert(key).second) {
      Error error{State("21000"), "ON CONFLICT DO UPDATE command cannot affect row a second time"};
      error.hint =
          "Ensure that no rows proposed for insertion within the same command have duplicate "
          "constrained values.";
      return std::unexpected(std::move(error));
    }
    return Update(found->second, rows, row);
  }

  void Insert(const Batch& rows, uint32_t row) {
    after_.AppendRow(rows, row, 1);
    returning_.AppendRow(rows, row, 1);
  }

  Result<void> Update(Row& found, const Batch& rows, uint32_t row) {
    std::vector<Type> types = layout_.types;
    types.insert(types.end(), layout_.types.begin(), layout_.types.end());
    BatchBuilder both(types);
    const size_t width = layout_.types.size();
    for (size_t c = 0; c < width; ++c) {
      both.column(c).AppendFrom(found.batch.columns[c], found.row);
      both.column(width + c).AppendFrom(rows.columns[c], row);
    }
    both.EndRow();
    const Batch input = both.Finish();
    if (plan_.on_conflict->where != nullptr) {
      const Result<Column> kept = Evaluate(*plan_.on_conflict->where, input);
      if (!kept) return std::unexpected(kept.error());
      if (kept->IsNull(0) || kept->At<uint8_t>(0) == 0) return {};
    }
    Batch updated;
    updated.rows = 1;
    for (const executor::ExpressionRef& value : plan_.on_conflict->assignments) {
      const Result<Column> column = Evaluate(*value, input);
      if (!column) return std::unexpected(column.error());
      updated.columns.push_back(*column);
    }
    before_.AppendRow(found.batch, found.row, -1);
    after_.AppendRow(updated, 0, 1);
    returning_.AppendRow(updated, 0, 1);
    return {};
  }

  Result<Column> Evaluate(const executor::Expression& expression, const Batch& input) {
    executor::Evaluator evaluator(expression, *context_.settings);
    ErrorLane errors;
    Column column = evaluator.Evaluate(input, context_, errors);
    if (!errors.empty()) return std::unexpected(errors.front().error);
    return column;
  }

  const WritePlan& plan_;
  const storage::CatalogObject& table_;
  const storage::ViewLayout layout_;
  const storage::ReadView& view_;
  const executor::EvalContext& context_;
  std::map<std::string, Row> found_;
  std::set<std::string> touched_;
  std::vector<Type> types_ = RowTypes();
  BatchBuilder before_{types_}, after_{types_}, returning_{types_};

  std::vector<Type> RowTypes() const {
    std::vector<Type> types;
    for (const storage::CatalogColumn& column : table_.columns) types.push_back(column.type);
    return types;
  }
};

}  // namespace

Result<WrittenRows> RowsToWrite(const WritePlan& plan, const storage::CatalogObject& table,
                                const std::vector<Batch>& output, const storage::ReadView& view,
                                const executor::EvalContext& context, storage::WriteSet& writes) {
  const bool row_ids = storage::HasRowIds(table);
  const size_t visible = table.columns.size();
  const size_t width = visible + (row_ids ? 2 : 0);
  WrittenRows out;
  if (plan.on_conflict) {
    ConflictSolver solver(plan, table, view, context);
    for (const Batch& batch : output) {
      if (const Result<void> added = solver.Add(batch); !added) {
        return std::unexpected(added.error());
      }
    }
    out = solver.Finish();
  } else {
    for (const Batch& batch : output) {
      switch (plan.kind) {
        case WritePlan::Kind::kInsert:
          out.deltas.push_back(Compact(batch));
          out.returning.push_back(out.deltas.back());
          break;
        case WritePlan::Kind::kUpdate:
          out.deltas.push_back(Negative(ColumnsOf(batch, 0, width)));
          out.deltas.push_back(ColumnsOf(batch, width, width));
          out.returning.push_back(ColumnsOf(batch, width, visible));
          break;
        case WritePlan::Kind::kDelete:
        case WritePlan::Kind::kTruncate:
          out.deltas.push_back(Negative(ColumnsOf(batch, 0, width)));
          out.returning.push_back(ColumnsOf(batch, 0, visible));
          break;
      }
    }
  }
  if (plan.kind == WritePlan::Kind::kInsert && row_ids) {
    for (Batch& batch : out.deltas) writes.NumberRows(table.id, batch);
  }
  return out;
}

Result<std::vector<Batch>> Returned(const WritePlan& plan, const WrittenRows& rows,
                                    const executor::EvalContext& context) {
  std::vector<Batch> results;
  if (plan.returning.empty()) return results;
  for (const Batch& batch : rows.returning) {
    Batch& result = results.emplace_back();
    result.rows = batch.rows;
    ErrorLane errors;
    for (const planner::ReturningColumn& column : plan.returning) {
      executor::Evaluator evaluator(*column.expression, *context.settings);
      result.columns.push_back(evaluator.Evaluate(batch, context, errors));
    }
    if (!errors.empty()) return std::unexpected(errors.front().error);
  }
  return results;
}

Result<void> CheckWrittenRows(const storage::CatalogObject& table, const WrittenRows& rows,
                              const storage::ReadView& view) {
  const bool has_key = !table.primary_key.empty();
  const auto goes = [](const Batch& batch) { return batch.rows > 0 && batch.WeightOf(0) < 0; };
  const storage::ViewLayout layout = has_key ? storage::LayoutOf(table) : storage::ViewLayout{};
  std::set<std::string, std::less<>> gone, come;
  KeyBatch keys;
  for (const Batch& batch : rows.deltas) {
    if (!has_key || !goes(batch)) continue;
    storage::BuildViewKeys(layout, batch, keys);
    for (uint32_t i = 0; i < keys.size(); ++i) gone.emplace(keys.key(i));
  }
  for (const Batch& batch : rows.deltas) {
    if (goes(batch)) continue;
    if (Result<void> sound = storage::CheckNotNull(table, batch); !sound) return sound;
    if (!has_key) continue;
    storage::BuildViewKeys(layout, batch, keys);
    const auto stored = StoredRows(table, batch, view);
    if (!stored) return std::unexpected(stored.error());
    const std::set<uint32_t> found(stored->found.begin(), stored->found.end());
    for (uint32_t row = 0; row < keys.size(); ++row) {
      const bool taken = found.contains(row) && !gone.contains(keys.key(row));
      if (taken || !come.emplace(keys.key(row)).second) {
        return std::unexpected(storage::DuplicateKey(table, batch, row));
      }
    }
  }
  return {};
}

}  // namespace riverrun::server
