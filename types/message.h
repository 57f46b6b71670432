// All that ever travels on an edge of a dataflow.
#pragma once

#include <cstdint>
#include <limits>
#include <variant>

#include "types/column/batch.h"
#include "types/id.h"

namespace riverrun {

/// A moment of visibility. `now` is fixed when the epoch opens and never goes back.
struct EpochInfo {
  Epoch epoch = 0;
  Micros now = 0;
  bool operator==(const EpochInfo&) const = default;
};

/// Rows that follow belong to this epoch.
struct EpochOpen {
  EpochInfo info;
  bool operator==(const EpochOpen&) const = default;
};

/// The time of a watermark that holds nothing back: no partition of the source counts here.
inline constexpr Micros kNothingHeldBack = std::numeric_limits<Micros>::max();
/// The watermark of a partition that has none yet.
inline constexpr Micros kNoWatermark = std::numeric_limits<Micros>::min();

/// No row to come has a value of the column below `time` unless it is late.
struct Watermark {
  uint16_t column = 0;
  Micros time = 0;
  bool operator==(const Watermark&) const = default;
};

/// Ends an epoch: all of its rows have passed.
struct Barrier {
  EpochInfo info;
  bool checkpoint = false;  // operators freeze their dirty state here
  bool final = false;       // nothing follows: the end of a one-shot read
  bool operator==(const Barrier&) const = default;
};

using Message = std::variant<Batch, EpochOpen, Watermark, Barrier>;

}  // namespace riverrun
