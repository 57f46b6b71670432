#include "types/column/batch.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace riverrun {

SelectionRef MakeSelection(std::span<const uint16_t> selected, uint32_t rows) {
  if (selected.size() == rows) return nullptr;
  auto buffer = Buffer::Allocate(selected.size_bytes());
  if (!selected.empty()) {
    std::memcpy(buffer->mutable_as<uint16_t>(), selected.data(), selected.size_bytes());
  }
  return buffer;
}

SelectionRef Without(const SelectionRef& selection, uint32_t rows, std::span<const uint16_t> drop) {
  if (drop.empty()) return selection;
  std::vector<uint16_t> kept;
  kept.reserve(rows);
  auto next = drop.begin();
  ForEachRow(rows, selection, [&](uint32_t row) {
    while (next != drop.end() && *next < row) ++next;
    if (next == drop.end() || *next != row) kept.push_back(static_cast<uint16_t>(row));
  });
  return MakeSelection(kept, rows);
}

Batch TakeRows(const Batch& batch, std::span<const uint16_t> rows) {
  Batch out;
  out.rows = static_cast<uint32_t>(rows.size());
  out.columns.reserve(batch.columns.size());
  for (const Column& column : batch.columns) out.columns.push_back(Take(column, rows));
  if (batch.weights != nullptr) {
    auto weights = Buffer::Allocate(rows.size() * sizeof(Weight));
    auto* target = weights->mutable_as<Weight>();
    for (size_t i = 0; i < rows.size(); ++i) target[i] = batch.WeightOf(rows[i]);
    out.weights = std::move(weights);
  }
  if (batch.errors.empty()) return out;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (const Error* error = FindError(batch.errors, rows[i])) {
      out.errors.push_back({static_cast<uint16_t>(i), *error});
    }
  }
  return out;
}

Batch Compact(Batch batch) {
  if (batch.selection == nullptr) return batch;
  return TakeRows(batch, {batch.selection->as<uint16_t>(), batch.selected()});
}

BufferRef NegatedWeights(const Batch& batch) {
  auto weights = Buffer::Allocate(batch.rows * sizeof(Weight));
  auto* target = weights->mutable_as<Weight>();
  for (uint32_t row = 0; row < batch.rows; ++row) target[row] = -batch.WeightOf(row);
  return weights;
}

void MergeErrors(ErrorLane& lane, ErrorLane&& more) {
  if (more.empty()) return;
  if (lane.empty()) {
    lane = std::move(more);
    return;
  }
  ErrorLane merged;
  merged.reserve(lane.size() + more.size());
  const auto by_row = [](const EvalError& a, const EvalError& b) { return a.row < b.row; };
  // std::merge is stable: where both have an entry, the one of `lane` comes first and stays.
  std::merge(std::make_move_iterator(lane.begin()), std::make_move_iterator(lane.end()),
             std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()),
             std::back_inserter(merged), by_row);
  const auto same_row = [](const EvalError& a, const EvalError& b) { return a.row == b.row; };
  merged.erase(std::unique(merged.begin(), merged.end(), same_row), merged.end());
  lane = std::move(merged);
}

const Error* FindError(const ErrorLane& lane, uint32_t row) {
  const auto found = std::lower_bound(lane.begin(), lane.end(), row,
                                      [](const EvalError& e, uint32_t r) { return e.row < r; });
  return found != lane.end() && found->row == row ? &found->error : nullptr;
}

void KeepSelectedErrors(ErrorLane& lane, const SelectionRef& selection) {
  if (lane.empty() || selection == nullptr) return;
  const std::span<const uint16_t> kept(selection->as<uint16_t>(), selection->count<uint16_t>());
  std::erase_if(lane, [&](const EvalError& e) {
    return !std::binary_search(kept.begin(), kept.end(), e.row);
  });
}

BatchBuilder::BatchBuilder(std::span<const Type> types, MemoryBudget* budget) : budget_(budget) {
  columns_.reserve(types.size());
  for (const Type& type : types) columns_.emplace_back(type, budget);
}

void BatchBuilder::EndRow(Weight weight) {
  if (weight != 1 && weights_.empty()) weights_.assign(rows_, 1);
  if (weight != 1 || !weights_.empty()) weights_.push_back(weight);
  ++rows_;
}

void BatchBuilder::AppendRow(const Batch& batch, uint32_t row, Weight weight) {
  for (size_t i = 0; i < columns_.size(); ++i) columns_[i].AppendFrom(batch.columns[i], row);
  EndRow(weight);
}

Batch BatchBuilder::Finish() {
  Batch out;
  out.rows = rows_;
  out.columns.reserve(columns_.size());
  for (ColumnBuilder& column : columns_) {
    CHECK(column.rows() == rows_, "a row has fewer or more values than columns");
    out.columns.push_back(column.Finish());
  }
  // An empty vector of weights means that every row so far had weight +1.
  if (!weights_.empty()) {
    auto weights = Buffer::Allocate(weights_.size() * sizeof(Weight), budget_);
    std::memcpy(weights->mutable_as<Weight>(), weights_.data(), weights_.size() * sizeof(Weight));
    out.weights = std::move(weights);
  }
  weights_.clear();
  rows_ = 0;
  return out;
}

}  // namespace riverrun
