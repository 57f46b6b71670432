// A column: the values of one type that the rows of a batch have.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "types/column/buffer.h"
#include "types/column/string_ref.h"
#include "types/data_type.h"
#include "types/error.h"

namespace riverrun {

/// A batch never has more rows; row numbers inside a batch fit 16 bits.
inline constexpr uint32_t kBatchRowsMax = 4096;

enum class Encoding : uint8_t {
  kFlat,        // one value a row
  kConstant,    // one value, the same in every row
  kDictionary,  // one uint16_t a row, an index into `dictionary`
};

/// Values of one type. Immutable once published; copying shares the memory.
///
/// A value under a set null bit is undefined but readable: a null string is an empty StringRef.
struct Column {
  Type type;
  Encoding encoding = Encoding::kFlat;
  /// kFlat: rows × PhysicalWidth. kConstant: one value. kDictionary: rows × uint16_t.
  BufferRef values;
  /// Bitmap of null rows (one bit if kConstant); absent when no row is null. A dictionary column
  /// has its nulls here, never inside the dictionary.
  BufferRef nulls;
  /// kNumeric only: one int8_t a value, as `Numeric::scale`.
  BufferRef scales;
  /// kDictionary only: a flat column without nulls.
  std::shared_ptr<const Column> dictionary;
  /// The memory that long strings point into. Held here and not by the batch: a projection that
  /// keeps one column, and a kernel that makes one, carry just what it needs.
  std::vector<BufferRef> pins;

  bool IsNull(uint32_t row) const {
    if (nulls == nullptr) return type.kind == TypeKind::kNull;
    return NullBit(nulls->as<uint64_t>(), encoding == Encoding::kConstant ? 0 : row);
  }
  /// Index into the values (of the dictionary, if there is one) of a row.
  uint32_t IndexOf(uint32_t row) const {
    switch (encoding) {
      case Encoding::kFlat: return row;
      case Encoding::kConstant: return 0;
      case Encoding::kDictionary: return values->as<uint16_t>()[row];
    }
    return row;
  }
  /// The column whose buffers IndexOf points into.
  const Column& storage() const { return encoding == Encoding::kDictionary ? *dictionary : *this; }
  /// One value, whatever the encoding; for code that is not hot. REQUIRES T is the physical type.
  template <class T>
  const T& At(uint32_t row) const {
    return storage().values->as<T>()[IndexOf(row)];
  }
  /// The bytes of a string value.
  std::string_view BytesAt(uint32_t row) const { return At<StringRef>(row).view(); }
};

/// Reads a flat or constant column in a loop without a branch: `x[row]`.
/// REQUIRES the encoding is not kDictionary (see Flatten), and T is the physical type.
template <class T>
class Reader {
 public:
  explicit Reader(const Column& column)
      : data_(column.values->as<T>()), mask_(column.encoding == Encoding::kConstant ? 0 : ~0u) {}
  const T& operator[](uint32_t row) const { return data_[row & mask_]; }

 private:
  const T* data_;
  uint32_t mask_;
};

/// The same values, one a row. Shares memory if the column is flat already.
Column Flatten(const Column& column, uint32_t rows);
/// The same values without dictionary; a constant stays one.
Column WithoutDictionary(const Column& column, uint32_t rows);

/// The values at the given row numbers, in that order; constants stay constant, dictionaries are
/// kept. Long strings are shared, not copied.
Column Take(const Column& column, std::span<const uint16_t> rows);

/// A constant column in which every row is null.
Column NullColumn(const Type& type);
/// A constant column from one row of another.
Column ConstantFrom(const Column& column, uint32_t row);

/// Null bitmap in which a row is set when it is set in any argument; absent when none is.
/// Constants that are not null are passed over. REQUIRES no constant argument is null.
BufferRef UnionNulls(std::span<const Column* const> columns, uint32_t rows);

}  // namespace riverrun
