// The compiled files of the tz database (RFC 8536).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/time/time_zone.h"

namespace riverrun {

/// What a file of the tz database says. The abbreviations of `spans` point into `names`.
struct TzifZone {
  std::vector<std::string> names;
  std::vector<ZoneSpan> spans;
  ZoneRule rule;
};

/// Decodes the bytes of a file, version 2 or later; false for anything else, and for files that
/// count leap seconds.
bool DecodeTzif(std::string_view bytes, TzifZone& out);

}  // namespace riverrun
