// Makes columns row by row, for code that meets values one at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "types/column/column.h"
#include "types/number/numeric.h"

namespace riverrun {

/// Appends values and hands out a flat column. One thread.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Type type, MemoryBudget* budget = nullptr);

  uint32_t rows() const { return rows_; }
  const Type& type() const { return type_; }

  void AppendNull();
  /// REQUIRES T is the physical type of a kind that is neither a string nor kNumeric.
  template <class T>
  void Append(const T& value) {
    std::memcpy(NextSlot(sizeof(T)), &value, sizeof(T));
  }
  /// A value of kNumeric.
  void AppendNumeric(const Numeric& value);
  /// A value of any string kind; copies the bytes.
  void AppendBytes(std::string_view bytes);
  /// A value of any string kind whose bytes a pinned buffer keeps (see Pin).
  void AppendRef(const StringRef& ref) { Append(ref); }
  /// Keeps a buffer alive as long as the column that Finish returns.
  void Pin(BufferRef buffer) { pins_.push_back(std::move(buffer)); }
  /// A row of a column of the same kind, null or not; copies string bytes.
  void AppendFrom(const Column& column, uint32_t row);
  /// Drops the last row. REQUIRES rows() > 0.
  void RemoveLast();

  /// The rows so far as a column; the builder is empty again.
  Column Finish();

 private:
  void Grow();
  std::byte* NextSlot(size_t width);
  const char* KeepBytes(std::string_view bytes);

  Type type_;
  MemoryBudget* budget_;
  size_t width_;
  uint32_t rows_ = 0;
  uint32_t capacity_ = 0;
  std::shared_ptr<Buffer> values_, nulls_, scales_, heap_;
  size_t heap_used_ = 0;
  std::vector<BufferRef> pins_;
};

}  // namespace riverrun
