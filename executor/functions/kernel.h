// What a scalar function's code sees and writes: one call for all rows of a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "types/column/batch.h"
#include "types/column/column.h"
#include "types/error.h"
#include "types/memory_budget.h"
#include "types/message.h"
#include "types/settings.h"

namespace riverrun::executor {

/// What every evaluation happens under.
struct EvalContext {
  EpochInfo epoch;                     // epoch.now is what now() returns
  const Settings* settings = nullptr;  // never null while an expression runs
  MemoryBudget* budget = nullptr;      // of the operator; null counts nothing
  /// False where the same row is computed again at another time and must give the same values: in a
  /// continuous query, and for the rows of a stream. Then epoch.now decides about no value.
  bool has_clock = true;
};

/// Buffers that an expression uses again, within a batch and for the next one. One thread.
class BufferPool {
 public:
  /// A buffer of exactly `bytes` with undefined content, old if one of that size is free.
  std::shared_ptr<Buffer> Take(size_t bytes, MemoryBudget* budget);
  /// Forgets the buffers that somebody else holds, so that none is written to after it left this
  /// thread. Call before a result is handed out.
  void ReleaseShared();

 private:
  std::vector<std::shared_ptr<Buffer>> buffers_;
};

/// What a kernel reads.
struct KernelInput {
  const EvalContext& context;
  /// What the function's `prepare` hook made, or null.
  const void* prepared;
  /// Each is flat or constant, never a dictionary.
  std::span<const Column> args;
  /// Physical rows. 1 if every argument is constant.
  uint32_t rows;
  /// Rows that count; the others must not be read if reading may be harmful (strings in flat
  /// columns are always readable), and must not fail.
  const SelectionRef& selection;
};

/// What a kernel writes: a flat column of `rows` values with its nulls, and the rows that failed.
///
/// Of a strict function the rows with a null argument are null already: the kernel may write
/// values there or leave them. Values of string kinds are empty before the kernel writes them.
class KernelOutput {
 public:
  /// `nulls` are the rows that are null from the start.
  KernelOutput(const Type& type, uint32_t rows, BufferRef nulls, BufferPool* pool,
               MemoryBudget* budget);

  /// The result's type with its modifiers, as the call has it.
  const Type& type() const { return column_.type; }
  uint32_t rows() const { return rows_; }
  MemoryBudget* budget() const { return budget_; }

  /// The values to write, one a row. REQUIRES T is the physical type; kNumeric is written as
  /// Int128 here and int8_t in scales().
  template <class T>
  T* values() {
    CHECK(sizeof(T) == PhysicalWidth(column_.type.kind), "kernel writes another width");
    return values_->mutable_as<T>();
  }
  /// kNumeric only.
  int8_t* scales() { return scales_->mutable_as<int8_t>(); }

  /// True for a row that is null so far.
  bool IsNull(uint32_t row) const { return nulls_ != nullptr && NullBit(nulls_, row); }
  void SetNull(uint32_t row);
  /// The words of the null bitmap so far, or null if no row is null. They change in place.
  const uint64_t* null_words() const { return nulls_; }

  /// The row failed; its value becomes null. REQUIRES rows ascending.
  void Fail(uint32_t row, Error error);

  /// Writes a string value; copies bytes that do not fit a StringRef inline.
  void SetString(uint32_t row, std::string_view bytes);
  /// Writes a string whose bytes belong to a pinned column.
  void SetRef(uint32_t row, const StringRef& ref) { values_->mutable_as<StringRef>()[row] = ref; }
  /// Keeps alive what the strings of a column point into, for SetRef.
  void Pin(const Column& column);
  /// Room for a long string that is written piece by piece; Finish it with SetString of the same
  /// bytes is not needed: refer to it with SetRef. Valid as long as the column.
  char* Reserve(size_t bytes);

  /// The whole result at once: a column of the same kind with `rows` rows, flat or constant, whose
  /// own nulls count. For casts that change nothing.
  void SetColumn(const Column& column);

  /// The result. Call once.
  Column TakeColumn();
  ErrorLane& errors() { return errors_; }

 private:
  uint64_t* OwnNulls();

  Column column_;
  uint32_t rows_;
  BufferPool* pool_;
  MemoryBudget* budget_;
  std::shared_ptr<Buffer> values_, scales_;
  std::shared_ptr<Buffer> own_nulls_;  // null while the bitmap is borrowed or absent
  BufferRef borrowed_nulls_;
  const uint64_t* nulls_ = nullptr;
  std::shared_ptr<Buffer> heap_;
  size_t heap_used_ = 0;
  ErrorLane errors_;
};

/// The code of a scalar function. Never throws; a row that has no value calls `out.Fail`.
using Kernel = void (*)(const KernelInput& in, KernelOutput& out);

/// Calls f(row) for each row that counts and is not null yet, ascending. For a strict function
/// these are the rows whose arguments are all there.
template <class F>
void ForEachValid(const KernelInput& in, const KernelOutput& out, F&& f) {
  const uint64_t* nulls = out.null_words();
  if (nulls == nullptr) return ForEachRow(in.rows, in.selection, f);
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (!NullBit(nulls, row)) f(row);
  });
}

/// Reads strings of a flat or constant column: `text[row]` is a view, valid as long as the column.
class StringReader {
 public:
  explicit StringReader(const Column& column) : refs_(column) {}
  std::string_view operator[](uint32_t row) const { return refs_[row].view(); }
  const StringRef& Ref(uint32_t row) const { return refs_[row]; }

 private:
  Reader<StringRef> refs_;
};

/// Reads numbers of a flat or constant column, whether kDecimal or kNumeric: an argument that a
/// signature calls numeric may be either.
class NumericReader {
 public:
  explicit NumericReader(const Column& column)
      : digits_(column), scales_(column.scales == nullptr ? nullptr : column.scales->as<int8_t>()),
        mask_(column.encoding == Encoding::kConstant ? 0 : ~0u),
        scale_(static_cast<int8_t>(column.type.scale)) {}
  Numeric operator[](uint32_t row) const {
    return {digits_[row], scales_ == nullptr ? scale_ : scales_[row & mask_]};
  }

 private:
  Reader<Int128> digits_;
  const int8_t* scales_;
  uint32_t mask_;
  int8_t scale_;
};

/// Writes numbers into a result of kind kNumeric.
inline void SetNumeric(KernelOutput& out, uint32_t row, const Numeric& value) {
  out.values<Int128>()[row] = value.digits;
  out.scales()[row] = value.scale;
}

}  // namespace riverrun::executor
