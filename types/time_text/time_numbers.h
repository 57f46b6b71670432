// Numbers inside the text of times: read from the left, stopping where C's strtol and strtod stop.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "types/time_text/time_words.h"

namespace riverrun {

/// Reads an optional sign and digits off the front of `rest`; no digits read as 0. False if the
/// value does not fit.
inline bool TakeInteger(std::string_view& rest, int64_t& value) {
  size_t end = !rest.empty() && (rest.front() == '-' || rest.front() == '+') ? 1 : 0;
  const size_t digits = end;
  while (end < rest.size() && IsAsciiDigit(rest[end])) ++end;
  value = 0;
  if (end == digits) return true;
  const char* first = rest.data() + (rest.front() == '+' ? 1 : 0);
  const auto parsed = std::from_chars(first, rest.data() + end, value);
  rest.remove_prefix(end);
  return parsed.ec == std::errc();
}

/// The same within int32.
inline bool TakeInteger(std::string_view& rest, int32_t& value) {
  int64_t wide = 0;
  const bool fits = TakeInteger(rest, wide);
  value = static_cast<int32_t>(wide);
  return fits && value == wide;
}

/// Reads ".123" as 0.123 and "." as 0. False if anything else is left over.
inline bool ReadFraction(std::string_view text, double& value) {
  value = 0;
  if (text == ".") return true;
  const char* last = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), last, value);
  return parsed.ec == std::errc() && parsed.ptr == last;
}

/// The same in microseconds, rounded; up to 1000000.
inline bool ReadFractionMicros(std::string_view text, int32_t& micros) {
  double value = 0;
  const bool ok = ReadFraction(text, value);
  micros = static_cast<int32_t>(std::rint(value * 1e6));
  return ok;
}

}  // namespace riverrun
