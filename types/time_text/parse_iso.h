// The fast reader of machines' timestamps.
#pragma once

#include <cstdint>
#include <string_view>

#include "types/time/timestamp.h"

namespace riverrun {

/// What ParseIsoTimestamp reads, before the offset is applied.
struct IsoReading {
  Micros local = 0;
  int32_t seconds_east = 0;
  bool had_zone = false;
};
/// As ParseIsoTimestamp.
bool ReadIso(std::string_view text, IsoReading& out);

}  // namespace riverrun
