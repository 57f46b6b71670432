// Copies rows of many blocks into one batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/column/batch.h"

namespace riverrun::storage {

/// Consecutive rows of one source.
struct Slice {
  uint16_t source = 0;
  uint16_t row = 0;
  uint16_t count = 0;
};
static_assert(kBatchRowsMax <= UINT16_MAX);

enum class StringMemory : bool {
  kShare,  // the column pins what its sources pin: for a reader, who is gone soon
  kCopy,   // long strings are copied together: for what stays, so that no dead row is pinned
};

/// The column made of the slices' rows, in that order. REQUIRES flat sources of one type.
Column Gather(const Type& type, std::span<const Column* const> sources,
              std::span<const Slice> slices, uint32_t rows, StringMemory strings,
              MemoryBudget* budget);

}  // namespace riverrun::storage
