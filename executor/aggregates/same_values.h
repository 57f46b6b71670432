// Which rows of two columns hold the same value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/column/column.h"

namespace riverrun::executor {

/// A row of one column and a row of another.
struct RowPair {
  uint16_t before;
  uint16_t after;
};

/// Sets differs[i] where the values of pairs[i] are not identical, as their images would tell;
/// leaves the others. REQUIRES flat columns of one type, differs.size() == pairs.size().
void MarkDifferences(const Column& before, const Column& after, std::span<const RowPair> pairs,
                     std::span<uint8_t> differs);

}  // namespace riverrun::executor
