// One watermark out of several.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "types/message.h"

namespace riverrun::executor {

/// Merges the watermarks of a number of inputs, column by column: the smallest that all of them
/// have reached. One thread.
class WatermarkMerger {
 public:
  explicit WatermarkMerger(size_t inputs) : inputs_(inputs) {}

  /// Takes a watermark of an input. Returns the merged one if it has moved; nothing before every
  /// input has one.
  std::optional<Watermark> Merge(size_t input, const Watermark& watermark) {
    std::vector<Micros>& marks =
        marks_.try_emplace(watermark.column, inputs_, kNever).first->second;
    const Micros before = std::ranges::min(marks);
    marks[input] = watermark.time;
    const Micros merged = std::ranges::min(marks);
    if (merged == before) return std::nullopt;
    return Watermark{watermark.column, merged};
  }

 private:
  static constexpr Micros kNever = std::numeric_limits<Micros>::min();
  const size_t inputs_;
  std::map<uint16_t, std::vector<Micros>> marks_;  // column -> last of each input
};

}  // namespace riverrun::executor
