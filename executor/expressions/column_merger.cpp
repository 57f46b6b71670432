#include <cstring>

#include "executor/expressions/evaluator_node.h"

namespace riverrun::executor {
namespace {

struct Sixteen {
  uint64_t low, high;
};

// Copies the values of the selected rows to the same rows of another buffer.
template <class T>
void CopyRowsAs(const Column& from, uint32_t rows, const SelectionRef& selection, Buffer& to) {
  const T* source = from.storage().values->as<T>();
  T* target = to.mutable_as<T>();
  switch (from.encoding) {
    case Encoding::kFlat:
      return ForEachRow(rows, selection, [&](uint32_t row) { target[row] = source[row]; });
    case Encoding::kConstant:
      return ForEachRow(rows, selection, [&](uint32_t row) { target[row] = source[0]; });
    case Encoding::kDictionary: {
      const auto* codes = from.values->as<uint16_t>();
      return ForEachRow(rows, selection, [&](uint32_t row) { target[row] = source[codes[row]]; });
    }
  }
}

void CopyRows(const Column& from, uint32_t rows, const SelectionRef& selection, Buffer& to) {
  switch (PhysicalWidth(from.type.kind)) {
    case 1: return CopyRowsAs<uint8_t>(from, rows, selection, to);
    case 2: return CopyRowsAs<uint16_t>(from, rows, selection, to);
    case 4: return CopyRowsAs<uint32_t>(from, rows, selection, to);
    case 8: return CopyRowsAs<uint64_t>(from, rows, selection, to);
    default: return CopyRowsAs<Sixteen>(from, rows, selection, to);
  }
}

}  // namespace

void NullFailedRows(Column& column, const ErrorLane& errors, uint32_t rows) {
  if (errors.empty()) return;
  if (column.encoding == Encoding::kConstant) column = Flatten(column, rows);
  auto nulls = Buffer::AllocateZeroed(NullBytes(rows));
  auto* words = nulls->mutable_as<uint64_t>();
  if (column.nulls != nullptr) std::memcpy(words, column.nulls->as<uint64_t>(), NullBytes(rows));
  for (const EvalError& error : errors) SetNullBit(words, error.row);
  column.nulls = std::move(nulls);
}

ColumnMerger::ColumnMerger(const Type& type, uint32_t rows, const Frame& frame)
    : rows_(rows), frame_(frame) {
  column_.type = type;
  const size_t bytes = rows * PhysicalWidth(type.kind);
  values_ = frame.pool.Take(bytes, frame.context.budget);
  if (IsStringKind(type.kind)) std::memset(values_->mutable_as<std::byte>(), 0, bytes);
  if (type.kind == TypeKind::kNumeric) {
    scales_ = frame.pool.Take(rows, frame.context.budget);
    std::memset(scales_->mutable_as<int8_t>(), 0, rows);
  }
}

void ColumnMerger::SetNull(uint32_t row) {
  if (nulls_ == nullptr) {
    nulls_ = frame_.pool.Take(NullBytes(rows_), frame_.context.budget);
    std::memset(nulls_->mutable_as<std::byte>(), 0, NullBytes(rows_));
  }
  SetNullBit(nulls_->mutable_as<uint64_t>(), row);
}

void ColumnMerger::Put(const Column& column, const SelectionRef& selection) {
  if (column.type.kind != column_.type.kind) {
    // The one mix of kinds that a plan may have: a bare NULL, or a decimal where numeric is wanted.
    if (column.type.kind == TypeKind::kNull) return PutNull(selection);
    CHECK(column_.type.kind == TypeKind::kNumeric && column.type.kind == TypeKind::kDecimal,
          "branches of an expression differ in kind");
  }
  CHECK(column_.type.kind != TypeKind::kDecimal || column.type.scale == column_.type.scale,
        "branches of an expression differ in scale");
  CopyRows(column, rows_, selection, *values_);
  if (scales_ != nullptr) {
    auto* target = scales_->mutable_as<int8_t>();
    const Column& storage = column.storage();
    const auto fixed = static_cast<int8_t>(column.type.scale);
    ForEachRow(rows_, selection, [&](uint32_t row) {
      target[row] = storage.scales == nullptr ? fixed
                                              : storage.scales->as<int8_t>()[column.IndexOf(row)];
    });
  }
  // A row may be put again: what the last Put says about null counts.
  if (nulls_ != nullptr) {
    auto* words = nulls_->mutable_as<uint64_t>();
    ForEachRow(rows_, selection,
               [&](uint32_t row) { words[row / 64] &= ~(uint64_t{1} << (row % 64)); });
  }
  if (column.nulls != nullptr) {
    ForEachRow(rows_, selection, [&](uint32_t row) {
      if (column.IsNull(row)) SetNull(row);
    });
  }
  const std::vector<BufferRef>& pins = column.storage().pins;
  column_.pins.insert(column_.pins.end(), pins.begin(), pins.end());
}

void ColumnMerger::PutNull(const SelectionRef& selection) {
  ForEachRow(rows_, selection, [&](uint32_t row) { SetNull(row); });
}

void ColumnMerger::PutNull(const ErrorLane& failed) {
  for (const EvalError& error : failed) SetNull(error.row);
}

Column ColumnMerger::Take() {
  column_.values = std::move(values_);
  column_.scales = std::move(scales_);
  column_.nulls = std::move(nulls_);
  return std::move(column_);
}

}  // namespace riverrun::executor
