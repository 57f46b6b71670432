// A batch: what travels between operators.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/column/column.h"
#include "types/column/column_builder.h"
#include "types/error.h"
#include "types/id.h"

namespace riverrun {

/// A row for which an expression failed.
struct EvalError {
  uint16_t row;
  Error error;
  bool operator==(const EvalError&) const = default;
};
/// Sparse, sorted by row, at most one entry a row; empty on the hot path.
using ErrorLane = std::vector<EvalError>;

/// The rows that count: absent means all, else their ascending numbers as uint16_t.
using SelectionRef = BufferRef;

/// Rows with weights: a piece of a Z-set. Immutable once emitted; copying shares the memory.
struct Batch {
  uint32_t rows = 0;  // physical rows, at most kBatchRowsMax
  std::vector<Column> columns;
  SelectionRef selection;
  BufferRef weights;  // Weight for each physical row; absent means all +1
  /// Rows that failed in a stateless operator; only selected rows occur. A filter that drops the
  /// row drops its entry. The next stateful operator or output raises it, or moves the row to the
  /// error collection.
  ErrorLane errors;

  /// Rows that count.
  uint32_t selected() const { return selection == nullptr ? rows : selection->count<uint16_t>(); }
  /// Weight of a physical row.
  Weight WeightOf(uint32_t row) const {
    return weights == nullptr ? 1 : weights->as<Weight>()[row];
  }
};

/// Calls f(row) for each row that counts, ascending.
template <class F>
void ForEachRow(uint32_t rows, const SelectionRef& selection, F&& f) {
  if (selection == nullptr) {
    for (uint32_t row = 0; row < rows; ++row) f(row);
    return;
  }
  const auto* selected = selection->as<uint16_t>();
  const uint32_t count = selection->count<uint16_t>();
  for (uint32_t i = 0; i < count; ++i) f(uint32_t{selected[i]});
}

/// Makes a selection from ascending row numbers; absent if they are all of `rows`.
SelectionRef MakeSelection(std::span<const uint16_t> selected, uint32_t rows);
/// The rows of `selection` for which `drop` (ascending row numbers) has no entry.
SelectionRef Without(const SelectionRef& selection, uint32_t rows, std::span<const uint16_t> drop);

/// The given physical rows of a batch, in that order, without selection; the error entries of
/// those rows come along. REQUIRES each row at most once if the batch has errors.
Batch TakeRows(const Batch& batch, std::span<const uint16_t> rows);
/// The same rows without a selection; returns the batch itself if it has none.
Batch Compact(Batch batch);
/// The same weights, with the sign turned; int64's minimum is not a weight.
BufferRef NegatedWeights(const Batch& batch);

/// Adds entries to a lane that keeps one entry a row: the entry that is there stays.
void MergeErrors(ErrorLane& lane, ErrorLane&& more);
/// The entry of a row, or null.
const Error* FindError(const ErrorLane& lane, uint32_t row);
/// Keeps only the entries whose row is in the selection.
void KeepSelectedErrors(ErrorLane& lane, const SelectionRef& selection);

/// Appends weighted rows and hands out batches. One thread.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::span<const Type> types, MemoryBudget* budget = nullptr);

  /// Builder of a column; append exactly one value to each column, then call EndRow.
  ColumnBuilder& column(size_t index) { return columns_[index]; }
  size_t width() const { return columns_.size(); }
  void EndRow(Weight weight = 1);
  /// Appends a row of a batch with columns of the same types, with another weight.
  void AppendRow(const Batch& batch, uint32_t row, Weight weight);

  uint32_t rows() const { return rows_; }
  bool full() const { return rows_ >= kBatchRowsMax; }
  /// The rows so far; the builder is empty again.
  Batch Finish();

 private:
  std::vector<ColumnBuilder> columns_;
  std::vector<Weight> weights_;  // filled from the first weight that is not +1
  MemoryBudget* budget_;
  uint32_t rows_ = 0;
};

}  // namespace riverrun
