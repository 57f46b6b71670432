// Points in time and their calendar: physical forms, range ends, conversion between a count and
// year-month-day, and the arithmetic that needs neither text nor a time zone.
// The calendar is the proleptic Gregorian one; years are astronomical (0 is 1 BC).
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string_view>

#include "types/error.h"

namespace riverrun {

/// timestamp and timestamptz: microseconds since 1970-01-01 00:00 (UTC for timestamptz).
using Micros = int64_t;
/// date: days since 1970-01-01.
using Days = int32_t;

inline constexpr int64_t kMicrosPerMillisecond = 1'000;
inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

/// 'infinity' and '-infinity'. They order as the integers do.
inline constexpr Micros kTimestampInfinity = std::numeric_limits<Micros>::max();
inline constexpr Micros kTimestampMinusInfinity = std::numeric_limits<Micros>::min();
inline constexpr Days kDateInfinity = std::numeric_limits<Days>::max();
inline constexpr Days kDateMinusInfinity = std::numeric_limits<Days>::min();

/// Finite dates: kDateMin (4714-11-24 BC, Julian day 0) <= d < kDateEnd (5874898-01-01).
inline constexpr Days kDateMin = -2'440'588;
inline constexpr Days kDateEnd = 2'145'042'906;
/// Finite timestamps: kTimestampMin (4714-11-24 BC) <= t < kTimestampEnd (294247-01-01). PostgreSQL
/// ends 30 years later because it counts from 2000; nine days of int64 remain above the end, so
/// that adding a zone's offset to a finite timestamp never overflows.
inline constexpr Micros kTimestampMin = kDateMin * kMicrosPerDay;
inline constexpr Micros kTimestampEnd = 106'751'982 * kMicrosPerDay;
/// time: microseconds since midnight, 0 to 24:00:00 inclusive.
inline constexpr Micros kTimeEnd = kMicrosPerDay;
/// 2000-01-01, from which timestamp(p) rounds half away, as PostgreSQL does.
inline constexpr Days kPostgresEpochDays = 10'957;
inline constexpr Micros kPostgresEpoch = kPostgresEpochDays * kMicrosPerDay;
/// Julian day number of 1970-01-01.
inline constexpr int32_t kUnixEpochJulianDay = 2'440'588;

/// timetz: a time of day with the offset it was written with, in seconds WEST of Greenwich
/// (so '12:00+02' has -7200).
struct TimeTz {
  Micros time = 0;
  int32_t zone_seconds_west = 0;

  bool operator==(const TimeTz&) const = default;
};

/// Order of timetz: by the instant in UTC, then by zone. Equal only if both are.
std::strong_ordering operator<=>(const TimeTz& a, const TimeTz& b);

/// Why an operation on times has no value. Kernels return it without allocating; TimeError makes
/// the Error of it when the text is wanted.
enum class TimeStatus : uint8_t {
  kOk,
  kTimestampOutOfRange,           // 22008
  kDateOutOfRange,                // 22008
  kDateOutOfTimestampRange,       // 22008: a date that no timestamp can hold
  kTimeFieldOutOfRange,           // 22008: make_time and the like
  kDateFieldOutOfRange,           // 22008: make_date, make_timestamp
  kIntervalOutOfRange,            // 22008
  kInfiniteDateSubtraction,       // 22008: cannot subtract infinite dates
  kInfiniteTimestampSubtraction,  // 22008
  kNanTimestamp,                  // 22008: to_timestamp('NaN')
  kDivisionByZero,                // 22012
  kStrideNotPositive,             // 22008: date_bin
  kStrideHasMonths,               // 0A000: date_bin
  kOriginOutOfRange,              // 22008: date_bin
  kIntervalHasMonths,             // 22023: a fixed length is needed
  kUnitNotSupported,              // 0A000; UnitError has the full text
  kUnitNotRecognized,             // 22023; UnitError has the full text
  kPrecisionOutOfRange,           // 22023
};

/// SQLSTATE and PostgreSQL's text of a status other than kOk.
Error TimeError(TimeStatus status);

/// A day of the proleptic Gregorian calendar. `year` is astronomical: 0 is 1 BC.
struct CivilDate {
  int32_t year = 1970;
  int32_t month = 1;  // 1..12
  int32_t day = 1;    // 1..31

  bool operator==(const CivilDate&) const = default;
};

/// A civil date and time of day. `second` is 0..59, `micros` 0..999999.
struct CivilTime {
  CivilDate date;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t micros = 0;

  bool operator==(const CivilTime&) const = default;
};

/// Quotient rounded towards minus infinity; `b` > 0.
constexpr int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// True if `year` (astronomical) has 366 days.
constexpr bool IsLeapYear(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
/// Days of `month` (1..12) in `year` (astronomical).
constexpr int32_t DaysInMonth(int64_t year, int32_t month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/// Days since 1970-01-01 of a civil date. `month` is 1..12; `day` may lie outside the month and
/// counts on. Exact for |year| below 2^31.
constexpr int64_t DaysFromCivil(int64_t year, int32_t month, int64_t day) {
  // Years run from 1 March here, so that the leap day is the last of its year; an era is the 400
  // years after which the calendar repeats (146097 days).
  const int64_t shifted = year - (month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(shifted, 400);
  const int64_t year_of_era = shifted - era * 400;
  const int64_t month_from_march = month > 2 ? month - 3 : month + 9;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

/// The civil date of a day count. Exact for every finite date and timestamp.
constexpr CivilDate CivilFromDays(int64_t days) {
  const int64_t shifted = days + 719'468;
  const int64_t era = FloorDivide(shifted, 146'097);
  const auto day_of_era = static_cast<uint32_t>(shifted - era * 146'097);
  const uint32_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return {static_cast<int32_t>(year), static_cast<int32_t>(month), static_cast<int32_t>(day)};
}

/// Fields of a finite timestamp.
CivilTime CivilFromMicros(Micros timestamp);
/// The timestamp of valid fields; kTimestampOutOfRange outside the range.
TimeStatus MicrosFromCivil(const CivilTime& civil, Micros& out);

/// 0 (Sunday) to 6 (Saturday).
constexpr int32_t DayOfWeek(int64_t days) {
  const int64_t from_thursday = (days + 4) % 7;
  return static_cast<int32_t>(from_thursday < 0 ? from_thursday + 7 : from_thursday);
}
/// 1 to 366.
int32_t DayOfYear(const CivilDate& date);
/// ISO 8601 week (1..53) and its year (astronomical).
struct IsoWeek {
  int32_t year = 1970;
  int32_t week = 1;
};
IsoWeek IsoWeekOf(const CivilDate& date);
/// The Monday that starts the ISO week.
int64_t DaysFromIsoWeek(int32_t year, int32_t week);

/// False for the two infinities.
constexpr bool IsFiniteTimestamp(Micros timestamp) {
  return timestamp != kTimestampInfinity && timestamp != kTimestampMinusInfinity;
}
constexpr bool IsFiniteDate(Days date) {
  return date != kDateInfinity && date != kDateMinusInfinity;
}
/// True inside the finite range (infinities are not).
constexpr bool IsTimestampInRange(Micros timestamp) {
  return timestamp >= kTimestampMin && timestamp < kTimestampEnd;
}
constexpr bool IsDateInRange(int64_t date) { return date >= kDateMin && date < kDateEnd; }

// Conversions. Infinities map to infinities.

/// Midnight of a date; kDateOutOfTimestampRange beyond the timestamps.
TimeStatus DateToTimestamp(Days date, Micros& out);
/// The day a timestamp lies in.
Days TimestampToDate(Micros timestamp);
/// The time of day. `timestamp` is finite (PostgreSQL gives NULL otherwise).
Micros TimestampToTime(Micros timestamp);
/// date + time.
TimeStatus AddDateTime(Days date, Micros time, Micros& out);

/// date + integer and date - integer (pass it negated).
TimeStatus AddDays(Days date, int64_t days, Days& out);
/// date - date, in days.
TimeStatus SubtractDates(Days a, Days b, int32_t& out);

/// make_date: `year` negative means BC, 0 is refused.
TimeStatus MakeDate(int32_t year, int32_t month, int32_t day, Days& out);
/// make_time: seconds with a fraction, 60 carries, 24:00:00 is the largest.
TimeStatus MakeTime(int32_t hour, int32_t minute, double second, Micros& out);
/// make_timestamp.
TimeStatus MakeTimestamp(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                         double second, Micros& out);
/// The errors of the above with the fields in the text, as PostgreSQL writes them.
Error MakeDateError(int32_t year, int32_t month, int32_t day);
Error MakeTimeError(int32_t hour, int32_t minute, double second);
Error EpochSecondsError(double seconds);
/// to_timestamp(seconds since 1970); the infinities of double become those of timestamptz.
TimeStatus TimestampFromEpochSeconds(double seconds, Micros& out);

/// Largest p of timestamp(p), time(p) and interval(p).
inline constexpr int32_t kMaxTimePrecision = 6;
/// timestamp(p): rounds half away from 2000-01-01. `precision` is 0..6, or -1 for none.
TimeStatus RoundTimestamp(Micros timestamp, int32_t precision, Micros& out);
/// time(p) and the time of timetz(p): rounds half up.
Micros RoundTime(Micros time, int32_t precision);

}  // namespace riverrun
