// Intervals: months, days and microseconds kept apart, because neither a month nor a local day has
// a fixed length. Arithmetic of intervals with each other and with points in time.
#pragma once

#include <compare>
#include <cstdint>

#include "types/time/time_zone.h"
#include "types/time/timestamp.h"

namespace riverrun {

inline constexpr int32_t kMonthsPerYear = 12;
/// What a month counts for where intervals are compared, divided or justified.
inline constexpr int32_t kDaysPerMonth = 30;

/// interval, 16 bytes. The three parts have signs of their own. `==` compares the parts (identity);
/// SQL's equality is that of IntervalKey.
struct Interval {
  int32_t months = 0;
  int32_t days = 0;
  Micros micros = 0;

  bool operator==(const Interval&) const = default;
};

/// Canonical form for SQL equality, order and hashing: a month is 30 days and a day 24 hours, so
/// '1 mon', '30 days' and '720:00:00' have one key. `micros` is 0..86399999999. Ordered by days,
/// then micros; big-endian with the sign bits flipped, the bytes order alike.
struct IntervalKey {
  int64_t days = 0;
  int64_t micros = 0;

  auto operator<=>(const IntervalKey&) const = default;
};
IntervalKey KeyOf(const Interval& interval);

// Interval arithmetic. Overflow of a part is kIntervalOutOfRange.

TimeStatus NegateInterval(const Interval& a, Interval& out);
TimeStatus AddIntervals(const Interval& a, const Interval& b, Interval& out);
TimeStatus SubtractIntervals(const Interval& a, const Interval& b, Interval& out);
/// Fractions of a month flow into days, those of a day into the time, as in PostgreSQL.
TimeStatus MultiplyInterval(const Interval& a, double factor, Interval& out);
TimeStatus DivideInterval(const Interval& a, double divisor, Interval& out);
/// justify_hours: whole days out of the time, so that both have one sign.
TimeStatus JustifyHours(const Interval& a, Interval& out);
/// justify_days: months out of every 30 days.
TimeStatus JustifyDays(const Interval& a, Interval& out);
/// justify_interval: both, with all signs equal.
TimeStatus JustifyInterval(const Interval& a, Interval& out);
/// make_interval. `seconds` is rounded to microseconds.
TimeStatus MakeInterval(int32_t years, int32_t months, int32_t weeks, int32_t days, int32_t hours,
                        int32_t minutes, double seconds, Interval& out);
/// Length of an interval without months, a day being 24 hours (windows); kIntervalHasMonths if it
/// has any, kIntervalOutOfRange if it does not fit.
TimeStatus IntervalToMicros(const Interval& a, Micros& out);

// Points in time and intervals. Infinite points stay as they are.

/// timestamp + interval: months first (the day clamped to the month's end), then days, then time.
TimeStatus AddInterval(Micros timestamp, const Interval& interval, Micros& out);
/// timestamp - interval.
TimeStatus SubtractInterval(Micros timestamp, const Interval& interval, Micros& out);
/// timestamptz + interval: months and days in the zone's local time, the time part in UTC.
TimeStatus AddInterval(Micros timestamp, const Interval& interval, ZoneCursor& zone, Micros& out);
/// timestamptz - interval.
TimeStatus SubtractInterval(Micros timestamp, const Interval& interval, ZoneCursor& zone,
                            Micros& out);
/// date + interval, a timestamp.
TimeStatus AddIntervalToDate(Days date, const Interval& interval, Micros& out);
TimeStatus SubtractIntervalFromDate(Days date, const Interval& interval, Micros& out);
/// time + interval: only its time part counts, modulo a day.
Micros AddIntervalToTime(Micros time, const Interval& interval);
Micros SubtractIntervalFromTime(Micros time, const Interval& interval);
TimeTz AddIntervalToTimeTz(const TimeTz& time, const Interval& interval);
TimeTz SubtractIntervalFromTimeTz(const TimeTz& time, const Interval& interval);
/// time - time, an interval without days.
Interval SubtractTimes(Micros a, Micros b);
/// timestamp - timestamp (either kind): days of 24 hours and the rest, no months.
TimeStatus SubtractTimestamps(Micros a, Micros b, Interval& out);
/// age(a, b) of timestamps: years, months, days and time from b to a.
TimeStatus Age(Micros a, Micros b, Interval& out);
/// age(a, b) of timestamptz, counted on the zone's clock.
TimeStatus Age(Micros a, Micros b, ZoneCursor& zone, Interval& out);

// The type modifier of interval, in PostgreSQL's encoding (range << 16 | precision).

/// Fields an interval column or literal is restricted to: INTERVAL DAY TO SECOND.
enum class IntervalRange : uint16_t {
  kYear = 1 << 2,
  kMonth = 1 << 1,
  kDay = 1 << 3,
  kHour = 1 << 10,
  kMinute = 1 << 11,
  kSecond = 1 << 12,
  kYearToMonth = kYear | kMonth,
  kDayToHour = kDay | kHour,
  kDayToMinute = kDay | kHour | kMinute,
  kDayToSecond = kDay | kHour | kMinute | kSecond,
  kHourToMinute = kHour | kMinute,
  kHourToSecond = kHour | kMinute | kSecond,
  kMinuteToSecond = kMinute | kSecond,
  kFull = 0x7FFF,
};
/// Makes the modifier; `precision` is 0..6, or -1 for none.
constexpr int32_t IntervalTypmod(IntervalRange range, int32_t precision) {
  return (static_cast<int32_t>(range) << 16) | (precision < 0 ? 0xFFFF : precision);
}
/// The range of a modifier; kFull for -1.
constexpr IntervalRange IntervalRangeOf(int32_t typmod) {
  return typmod < 0 ? IntervalRange::kFull : static_cast<IntervalRange>((typmod >> 16) & 0x7FFF);
}
/// The precision of a modifier; -1 for none.
constexpr int32_t IntervalPrecisionOf(int32_t typmod) {
  return typmod < 0 || (typmod & 0xFFFF) == 0xFFFF ? -1 : typmod & 0xFFFF;
}
/// Drops the fields right of the range (larger ones stay) and rounds the seconds half away from
/// zero. `typmod` -1 changes nothing.
TimeStatus ApplyIntervalTypmod(const Interval& a, int32_t typmod, Interval& out);

}  // namespace riverrun
