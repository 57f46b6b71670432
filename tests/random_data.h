// Random types, values, columns and batches from a seed, extremes included. For property tests of
// every module: the same seed gives the same data on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "types/column/batch.h"
#include "types/column/column_builder.h"
#include "types/data_type.h"

namespace riverrun::testing {

/// One type of each kind but kNull, with the variants that are stored differently, nested ones
/// included.
const std::vector<Type>& EveryType();

/// A source of random data. Every draw advances it.
class RandomData {
 public:
  explicit RandomData(uint64_t seed) : random_(seed) {}

  uint64_t Bits() { return random_(); }
  /// 0 <= result < bound. REQUIRES bound > 0.
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(Bits() % bound); }
  /// low <= result <= high.
  int64_t Between(int64_t low, int64_t high);
  /// True in `percent` of 100 draws.
  bool Chance(uint32_t percent) { return Below(100) < percent; }

  /// Valid UTF-8 without NUL, up to about `bytes_max` bytes; short, empty and long ones.
  std::string Utf8(uint32_t bytes_max = 40);
  /// Any bytes.
  std::string Bytes(uint32_t bytes_max = 40);
  /// Valid JSON text, not canonical; objects have duplicate keys, numbers odd spellings.
  std::string Json(int depth = 3);

  /// A type of any kind but kNull, nested at most `depth` deep.
  Type AnyType(int depth = 2);
  std::vector<Type> AnyTypes(uint32_t count_max = 8);

  /// Appends a value of the builder's type that is not null.
  void AppendValue(ColumnBuilder& out);
  /// Appends a value or, in `null_percent` of 100 draws, NULL.
  void AppendAny(ColumnBuilder& out, uint32_t null_percent = 15);

  /// A flat column.
  Column FlatColumn(const Type& type, uint32_t rows, uint32_t null_percent = 15);
  /// A column of any encoding.
  Column AnyColumn(const Type& type, uint32_t rows, uint32_t null_percent = 15);

  /// What a batch may have besides its columns; each is present in half of the batches.
  struct Extras {
    bool selection = true;
    bool weights = true;
    bool errors = true;
  };
  /// A batch with columns of any encoding.
  Batch AnyBatch(std::span<const Type> types, uint32_t rows) {
    return AnyBatch(types, rows, Extras{});
  }
  Batch AnyBatch(std::span<const Type> types, uint32_t rows, const Extras& extras);

 private:
  Int128 Digits(int digits_max);
  double Float8();
  void AppendNested(ColumnBuilder& out);

  std::mt19937_64 random_;
};

/// The rows that count as "weight|image" strings, sorted: equal for batches that mean the same
/// piece of a Z-set, whatever their encodings.
std::vector<std::string> RowImages(const Batch& batch);

}  // namespace riverrun::testing
