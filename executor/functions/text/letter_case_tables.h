// Unicode's simple case mappings beyond ASCII, as ranges.
#pragma once

#include <cstdint>
#include <span>

namespace riverrun::executor {

/// Characters first, first + step, ... up to last map to themselves plus delta.
struct CaseRange {
  uint32_t first;
  uint32_t last;
  uint8_t step;
  int32_t delta;
};

/// Ascending, without overlap. From the Unicode Character Database, version 14.
std::span<const CaseRange> LowerRanges();
std::span<const CaseRange> UpperRanges();

}  // namespace riverrun::executor
