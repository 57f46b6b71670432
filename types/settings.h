// The session settings that shape what a query means; stored with every view.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "types/time/time_text.h"
#include "types/time/time_zone.h"

namespace riverrun {

enum class ByteaOutput : uint8_t { kHex, kEscape };

/// What a query was bound under. A view keeps its own for ever, whatever its readers set.
struct Settings {
  std::shared_ptr<const TimeZone> time_zone = TimeZone::Utc();
  DateTimeStyle date_time;
  ByteaOutput bytea_output = ByteaOutput::kHex;
  /// 1 to 3: the shortest text that reads back as the same float. 0 and below: that many digits
  /// fewer than 15 (6 for real).
  int32_t extra_float_digits = 1;
};

}  // namespace riverrun
