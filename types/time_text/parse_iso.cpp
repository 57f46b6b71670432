#include "types/time_text/parse_iso.h"

#include <cstring>

#include "types/time/time_text.h"
#include "types/time_text/time_numbers.h"

namespace riverrun {
namespace {

/// The value of two digits, or something above 99 if they are not.
inline uint32_t TwoDigits(const char* at) {
  const auto tens = static_cast<uint32_t>(static_cast<uint8_t>(at[0]) - '0');
  const auto ones = static_cast<uint32_t>(static_cast<uint8_t>(at[1]) - '0');
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

constexpr int32_t kPowersOfTen[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

/// Reads ".digits" at `at`; the digits beyond microseconds are rounded as by the slow path.
bool TakeFraction(const char*& at, const char* end, int32_t& micros) {
  const char* point = at++;
  int32_t value = 0;
  while (at < end && IsAsciiDigit(*at) && at - point <= 6) value = value * 10 + (*at++ - '0');
  const auto digits = at - point - 1;
  if (digits == 0) return false;
  micros = value * kPowersOfTen[6 - digits];
  if (at == end || !IsAsciiDigit(*at)) return true;
  while (at < end && IsAsciiDigit(*at)) ++at;
  return ReadFractionMicros(std::string_view(point, static_cast<size_t>(at - point)), micros);
}

/// Reads 'Z', "+HH", "+HHMM" or "+HH:MM", which must be all that is left.
bool TakeZone(const char* at, const char* end, IsoReading& out) {
  out.had_zone = true;
  const auto left = end - at;
  if (left == 1) return *at == 'Z' || *at == 'z';
  if (*at != '+' && *at != '-') return false;
  if (left != 3 && left != 5 && left != 6) return false;
  const uint32_t hours = TwoDigits(at + 1);
  uint32_t minutes = 0;
  if (left == 5) minutes = TwoDigits(at + 3);
  if (left == 6) {
    if (at[3] != ':') return false;
    minutes = TwoDigits(at + 4);
  }
  if (hours > 15 || minutes > 59) return false;
  const auto seconds = static_cast<int32_t>((hours * 60 + minutes) * 60);
  out.seconds_east = *at == '-' ? -seconds : seconds;
  return true;
}

/// Eight characters as a word, the first in the lowest byte.
inline uint64_t LoadEight(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// "0000-00-": a word xored with it has the digits' values, and 0 for the separators.
constexpr uint64_t kYearMonth = 0x2D30'302D'3030'3030;
// Added to such a word, a byte that is no digit (or no separator) shows in its highest bit.
constexpr uint64_t kYearMonthLimits = 0x7F76'767F'7676'7676;
// "00", any character, "00:00".
constexpr uint64_t kDayClock = 0x3030'3A30'3000'3030;
constexpr uint64_t kDayClockLimits = 0x7676'7F76'7600'7676;
constexpr uint64_t kNotSeparator = 0xFFFF'FFFF'FF00'FFFF;
constexpr uint64_t kHighBits = 0x8080'8080'8080'8080;

inline bool AllInLimits(uint64_t digits, uint64_t limits) {
  return (((digits + limits) | digits) & kHighBits) == 0;
}
/// In every byte, ten times it plus the next one: pairs of digits as numbers.
inline uint64_t Pairs(uint64_t digits) { return digits * 10 + (digits >> 8); }
inline uint32_t ByteAt(uint64_t word, int index) {
  return static_cast<uint32_t>(word >> (8 * index)) & 0xFF;
}

/// Reads [:SS[.digits]] and a zone, after the minutes.
bool ReadSecondsAndZone(const char* at, const char* end, IsoReading& out) {
  if (at < end && *at == ':') {
    if (end - at < 3) return false;
    const uint32_t second = TwoDigits(at + 1);
    int32_t micros = 0;
    at += 3;
    if (at < end && *at == '.' && !TakeFraction(at, end, micros)) return false;
    if (second > 59) return false;
    out.local += second * kMicrosPerSecond + micros;
  }
  return at == end || TakeZone(at, end, out);
}

}  // namespace

bool ReadIso(std::string_view text, IsoReading& out) {
  if (text.size() < 10) return false;
  const char* at = text.data();
  const uint64_t date = LoadEight(at) ^ kYearMonth;
  if (!AllInLimits(date, kYearMonthLimits)) return false;
  const uint64_t date_pairs = Pairs(date);
  const uint32_t year = ByteAt(date_pairs, 0) * 100 + ByteAt(date_pairs, 2);
  const uint32_t month = ByteAt(date_pairs, 5);
  const uint32_t day = TwoDigits(at + 8);
  if (year == 0 || month - 1 > 11 || day - 1 > 30) return false;
  if (day > 28 && static_cast<int32_t>(day) > DaysInMonth(year, static_cast<int32_t>(month))) {
    return false;
  }
  out.local = DaysFromCivil(year, static_cast<int32_t>(month), day) * kMicrosPerDay;
  out.seconds_east = 0;
  out.had_zone = false;
  if (text.size() == 10) return true;
  if (text.size() < 16 || (at[10] != 'T' && at[10] != ' ' && at[10] != 't')) return false;
  const uint64_t clock = (LoadEight(at + 8) ^ kDayClock) & kNotSeparator;
  if (!AllInLimits(clock, kDayClockLimits)) return false;
  const uint64_t clock_pairs = Pairs(clock);
  const uint32_t hour = ByteAt(clock_pairs, 3);
  const uint32_t minute = ByteAt(clock_pairs, 6);
  if (hour > 23 || minute > 59) return false;
  out.local += (hour * 60 + minute) * kMicrosPerMinute;
  return ReadSecondsAndZone(at + 16, at + text.size(), out);
}

bool ParseIsoTimestamp(std::string_view text, Micros& out, bool& had_zone) {
  IsoReading reading;
  if (!ReadIso(text, reading)) return false;
  out = reading.local - reading.seconds_east * kMicrosPerSecond;
  had_zone = reading.had_zone;
  return true;
}

}  // namespace riverrun
