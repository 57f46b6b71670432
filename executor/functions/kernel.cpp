#include "executor/functions/kernel.h"

#include <algorithm>
#include <cstring>

namespace riverrun::executor {
namespace {

constexpr size_t kHeapBytesFirst = 1024;
constexpr size_t kHeapBytesMax = 64 * 1024;
// A chain of calls needs few buffers at a time; more than these are not worth keeping.
constexpr size_t kPooledMax = 16;

}  // namespace

std::shared_ptr<Buffer> BufferPool::Take(size_t bytes, MemoryBudget* budget) {
  for (const std::shared_ptr<Buffer>& buffer : buffers_) {
    if (buffer.use_count() == 1 && buffer->size() == bytes) return buffer;
  }
  std::shared_ptr<Buffer> made = Buffer::Allocate(bytes, budget);
  if (buffers_.size() == kPooledMax) buffers_.erase(buffers_.begin());
  buffers_.push_back(made);
  return made;
}

void BufferPool::ReleaseShared() {
  std::erase_if(buffers_, [](const auto& buffer) { return buffer.use_count() != 1; });
}

KernelOutput::KernelOutput(const Type& type, uint32_t rows, BufferRef nulls, BufferPool* pool,
                           MemoryBudget* budget)
    : rows_(rows), pool_(pool), budget_(budget), borrowed_nulls_(std::move(nulls)) {
  column_.type = type;
  if (borrowed_nulls_ != nullptr) nulls_ = borrowed_nulls_->as<uint64_t>();
  const auto take = [&](size_t bytes) {
    return pool != nullptr ? pool->Take(bytes, budget) : Buffer::Allocate(bytes, budget);
  };
  const size_t bytes = rows * PhysicalWidth(type.kind);
  values_ = take(bytes);
  // Strings must be readable everywhere, and rows that a kernel passes over are not written.
  if (IsStringKind(type.kind)) std::memset(values_->mutable_as<std::byte>(), 0, bytes);
  if (type.kind == TypeKind::kNumeric) {
    scales_ = take(rows);
    std::memset(scales_->mutable_as<int8_t>(), 0, rows);
  }
}

uint64_t* KernelOutput::OwnNulls() {
  if (own_nulls_ == nullptr) {
    const size_t bytes = NullBytes(rows_);
    own_nulls_ = pool_ != nullptr ? pool_->Take(bytes, budget_) : Buffer::Allocate(bytes, budget_);
    auto* words = own_nulls_->mutable_as<uint64_t>();
    if (nulls_ != nullptr) {
      std::memcpy(words, nulls_, bytes);
    } else {
      std::memset(words, 0, bytes);
    }
    nulls_ = words;
  }
  return own_nulls_->mutable_as<uint64_t>();
}

void KernelOutput::SetNull(uint32_t row) { SetNullBit(OwnNulls(), row); }

void KernelOutput::Fail(uint32_t row, Error error) {
  SetNull(row);
  errors_.push_back({static_cast<uint16_t>(row), std::move(error)});
}

char* KernelOutput::Reserve(size_t bytes) {
  if (heap_ == nullptr || heap_->size() - heap_used_ < bytes) {
    const size_t last = heap_ == nullptr ? 0 : heap_->size();
    const size_t next = std::clamp(last * 2, kHeapBytesFirst, kHeapBytesMax);
    heap_ = Buffer::Allocate(std::max(next, bytes), budget_);
    heap_used_ = 0;
    column_.pins.push_back(heap_);
  }
  char* kept = heap_->mutable_as<char>() + heap_used_;
  heap_used_ += bytes;
  return kept;
}

void KernelOutput::SetString(uint32_t row, std::string_view bytes) {
  if (bytes.size() > StringRef::kInlineMax) {
    char* kept = Reserve(bytes.size());
    std::memcpy(kept, bytes.data(), bytes.size());
    bytes = {kept, bytes.size()};
  }
  SetRef(row, StringRef(bytes));
}

void KernelOutput::Pin(const Column& column) {
  const std::vector<BufferRef>& pins = column.storage().pins;
  column_.pins.insert(column_.pins.end(), pins.begin(), pins.end());
}

void KernelOutput::SetColumn(const Column& column) {
  Type type = std::move(column_.type);
  column_ = column.encoding == Encoding::kConstant && rows_ != 1 ? Flatten(column, rows_) : column;
  column_.encoding = Encoding::kFlat;
  column_.type = std::move(type);
  // Rows that were null or failed before are null beside those of the column itself.
  if (nulls_ == nullptr && column_.nulls != nullptr) {
    borrowed_nulls_ = column_.nulls;
    nulls_ = borrowed_nulls_->as<uint64_t>();
  } else if (column_.nulls != nullptr && column_.nulls != borrowed_nulls_) {
    uint64_t* words = OwnNulls();
    const auto* more = column_.nulls->as<uint64_t>();
    for (size_t i = 0; i < NullBytes(rows_) / sizeof(uint64_t); ++i) words[i] |= more[i];
  }
  values_ = nullptr;
  scales_ = nullptr;
}

Column KernelOutput::TakeColumn() {
  if (values_ != nullptr) column_.values = std::move(values_);
  if (scales_ != nullptr) column_.scales = std::move(scales_);
  column_.nulls = own_nulls_ != nullptr ? BufferRef(std::move(own_nulls_)) : borrowed_nulls_;
  return std::move(column_);
}

}  // namespace riverrun::executor
