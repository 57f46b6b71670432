// How far a source has been read.
#pragma once

#include <cstdint>

#include "types/id.h"

namespace riverrun {

/// Where the reading of one partition of a source stands. Cuts and checkpoints hold one for each.
struct Position {
  ObjectId source;
  int32_t partition = 0;
  /// Raised by ALTER STREAM ... RESET: offsets of different generations do not compare.
  uint32_t generation = 0;
  int64_t offset = 0;    // of the next record to read
  Micros watermark = 0;  // of the partition, after any raise
  bool idle = false;     // does not hold back the stream's watermark

  bool operator==(const Position&) const = default;
};

}  // namespace riverrun
