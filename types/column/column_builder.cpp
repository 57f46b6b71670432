#include "types/column/column_builder.h"

#include <algorithm>

namespace riverrun {
namespace {

constexpr uint32_t kRowsFirst = 64;
constexpr size_t kHeapBytesFirst = 1024;
constexpr size_t kHeapBytesMax = 64 * 1024;

std::shared_ptr<Buffer> Enlarged(const Buffer* old, size_t used, size_t bytes,
                                 MemoryBudget* budget) {
  auto buffer = Buffer::AllocateZeroed(bytes, budget);
  if (used > 0) std::memcpy(buffer->mutable_as<std::byte>(), old->as<std::byte>(), used);
  return buffer;
}

}  // namespace

ColumnBuilder::ColumnBuilder(Type type, MemoryBudget* budget)
    : type_(std::move(type)), budget_(budget), width_(PhysicalWidth(type_.kind)) {}

void ColumnBuilder::Grow() {
  const uint32_t capacity = std::max(kRowsFirst, capacity_ * 2);
  values_ = Enlarged(values_.get(), rows_ * width_, capacity * width_, budget_);
  if (nulls_ != nullptr) {
    nulls_ = Enlarged(nulls_.get(), NullBytes(capacity_), NullBytes(capacity), budget_);
  }
  if (type_.kind == TypeKind::kNumeric) {
    scales_ = Enlarged(scales_.get(), rows_, capacity, budget_);
  }
  capacity_ = capacity;
}

std::byte* ColumnBuilder::NextSlot(size_t width) {
  CHECK(width == width_, "value of another width than the column's type");
  if (rows_ == capacity_) Grow();
  return values_->mutable_as<std::byte>() + width_ * rows_++;
}

void ColumnBuilder::AppendNull() {
  if (rows_ == capacity_) Grow();
  if (nulls_ == nullptr) nulls_ = Buffer::AllocateZeroed(NullBytes(capacity_), budget_);
  SetNullBit(nulls_->mutable_as<uint64_t>(), rows_);
  if (width_ > 0) std::memset(values_->mutable_as<std::byte>() + width_ * rows_, 0, width_);
  ++rows_;
}

void ColumnBuilder::AppendNumeric(const Numeric& value) {
  CHECK(type_.kind == TypeKind::kNumeric);
  Append(value.digits);
  scales_->mutable_as<int8_t>()[rows_ - 1] = value.scale;
}

const char* ColumnBuilder::KeepBytes(std::string_view bytes) {
  if (heap_ == nullptr || heap_->size() - heap_used_ < bytes.size()) {
    const size_t last = heap_ == nullptr ? 0 : heap_->size();
    const size_t next = std::clamp(last * 2, kHeapBytesFirst, kHeapBytesMax);
    heap_ = Buffer::Allocate(std::max(next, bytes.size()), budget_);
    heap_used_ = 0;
    pins_.push_back(heap_);
  }
  char* kept = heap_->mutable_as<char>() + heap_used_;
  std::memcpy(kept, bytes.data(), bytes.size());
  heap_used_ += bytes.size();
  return kept;
}

void ColumnBuilder::AppendBytes(std::string_view bytes) {
  if (bytes.size() > StringRef::kInlineMax) bytes = {KeepBytes(bytes), bytes.size()};
  Append(StringRef(bytes));
}

void ColumnBuilder::AppendFrom(const Column& column, uint32_t row) {
  if (column.IsNull(row)) return AppendNull();
  if (IsStringKind(type_.kind)) return AppendBytes(column.BytesAt(row));
  const Column& storage = column.storage();
  const uint32_t index = column.IndexOf(row);
  std::memcpy(NextSlot(PhysicalWidth(column.type.kind)),
              storage.values->as<std::byte>() + width_ * index, width_);
  if (type_.kind == TypeKind::kNumeric) {
    scales_->mutable_as<int8_t>()[rows_ - 1] = storage.scales->as<int8_t>()[index];
  }
}

void ColumnBuilder::RemoveLast() {
  CHECK(rows_ > 0);
  --rows_;
  if (nulls_ != nullptr) {
    nulls_->mutable_as<uint64_t>()[rows_ / 64] &= ~(uint64_t{1} << (rows_ % 64));
  }
}

Column ColumnBuilder::Finish() {
  if (values_ == nullptr) values_ = Buffer::Allocate(0, budget_);
  Column out;
  out.type = type_;
  values_->Truncate(rows_ * width_);
  out.values = std::move(values_);
  if (nulls_ != nullptr) {
    nulls_->Truncate(NullBytes(rows_));
    out.nulls = std::move(nulls_);
  }
  if (type_.kind == TypeKind::kNumeric) {
    if (scales_ == nullptr) scales_ = Buffer::Allocate(0, budget_);
    scales_->Truncate(rows_);
    out.scales = std::move(scales_);
  }
  out.pins = std::move(pins_);
  values_ = nulls_ = scales_ = heap_ = nullptr;
  pins_.clear();
  rows_ = capacity_ = 0;
  heap_used_ = 0;
  return out;
}

}  // namespace riverrun
