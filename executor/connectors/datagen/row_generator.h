// What makes the rows of a generated stream.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "types/column/column.h"
#include "types/error.h"
#include "types/memory_budget.h"

namespace riverrun::executor {

/// The numbers of the events that a batch has as its rows. Partitions take the events of a stream
/// in turns, hence the step.
struct EventRange {
  int64_t first = 0;
  int64_t step = 1;
  uint32_t rows = 0;

  int64_t operator[](uint32_t row) const { return first + row * step; }
};

/// Makes rows out of their numbers. The same numbers give the same rows, whatever else is made.
/// Immutable; any thread.
class RowGenerator {
 public:
  virtual ~RowGenerator() = default;
  /// Puts the values of those columns that are wanted, one flag a column; leaves the others.
  virtual void Fill(const EventRange& events, std::span<const uint8_t> wanted,
                    MemoryBudget* budget, std::span<Column> columns) const = 0;
  /// About how many bytes a row of the wanted columns takes.
  virtual uint32_t RowBytes(std::span<const uint8_t> wanted) const = 0;
  /// The first event that happens at a moment or later.
  virtual int64_t EventAt(Micros time) const = 0;
};

/// A column with a value for each row.
inline Column FlatColumn(const Type& type, BufferRef values) {
  Column column;
  column.type = type;
  column.values = std::move(values);
  return column;
}

/// Writes a column of strings, one a row. One thread, one column.
class StringWriter {
 public:
  /// `bytes`: all that Room() is asked for together, at most.
  StringWriter(uint32_t rows, size_t bytes, MemoryBudget* budget)
      : refs_(Buffer::Allocate(rows * sizeof(StringRef), budget)),
        heap_(Buffer::Allocate(bytes, budget)) {}

  /// Where the next string may be written.
  char* Room() { return heap_->mutable_as<char>() + used_; }
  /// It has been written there and is so long.
  void Put(uint32_t size) {
    const StringRef ref(std::string_view(Room(), size));
    if (!ref.is_inline()) used_ += size;
    PutRef(ref);
  }
  void Put(std::string_view text) {
    text.copy(Room(), text.size());
    Put(static_cast<uint32_t>(text.size()));
  }
  /// A string that something else keeps; see Finish.
  void PutRef(const StringRef& ref) { refs_->mutable_as<StringRef>()[rows_++] = ref; }

  /// The column, once there is a string for each row. `pin` may be null.
  Column Finish(const Type& type, BufferRef pin = nullptr) {
    Column column = FlatColumn(type, refs_);
    if (used_ > 0) column.pins.push_back(heap_);
    if (pin != nullptr) column.pins.push_back(std::move(pin));
    return column;
  }

 private:
  std::shared_ptr<Buffer> refs_, heap_;
  size_t used_ = 0;
  uint32_t rows_ = 0;
};

}  // namespace riverrun::executor
