// Fields of times: date_part and extract, date_trunc, date_bin.
#pragma once

#include <cstdint>
#include <string_view>

#include "types/time/interval.h"
#include "types/time/time_zone.h"
#include "types/time/timestamp.h"

namespace riverrun {

__extension__ using Int128 = __int128;

/// A field that extract, date_trunc or EXTRACT(unit FROM x) names.
enum class TimeUnit : uint8_t {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kIsoYear,
  kJulian,
  kEpoch,
  kTimezone,
  kTimezoneHour,
  kTimezoneMinute,
};

/// Reads a unit in any case and any of PostgreSQL's spellings ('hours', 'mon', 'us'); false for an
/// unknown one.
bool ParseTimeUnit(std::string_view text, TimeUnit& unit);
/// The error of kUnitNotSupported and kUnitNotRecognized, with the unit as written and the type's
/// name ("timestamp with time zone").
Error UnitError(TimeStatus status, std::string_view unit, std::string_view type_name);

/// The value of a field, exact: `value` / 10^`scale`, numeric with that scale. For kJulian of
/// timestamps, `day_micros` is the part of the day to add, as a fraction of 86400000000.
struct DatePart {
  enum class Kind : uint8_t { kFinite, kNull, kInfinity, kMinusInfinity };
  Kind kind = Kind::kFinite;
  uint8_t scale = 0;  // 0, 3 or 6
  Int128 value = 0;
  int64_t day_micros = 0;
};
/// The same value as date_part gives it; NaN stands for kNull.
double ToDouble(const DatePart& part);

// extract. kUnitNotSupported for a field the type does not have.

TimeStatus TimestampPart(TimeUnit unit, Micros timestamp, DatePart& out);
/// Fields on the zone's clock; kEpoch and kTimezone* need it too.
TimeStatus TimestampTzPart(TimeUnit unit, Micros timestamp, ZoneCursor& zone, DatePart& out);
TimeStatus ExtractDatePart(TimeUnit unit, Days date, DatePart& out);
TimeStatus TimePart(TimeUnit unit, Micros time, DatePart& out);
TimeStatus TimeTzPart(TimeUnit unit, const TimeTz& time, DatePart& out);
TimeStatus IntervalPart(TimeUnit unit, const Interval& interval, DatePart& out);

// date_trunc. Units finer than a microsecond do not exist; infinities stay.

TimeStatus TruncateTimestamp(TimeUnit unit, Micros timestamp, Micros& out);
/// On the zone's clock.
TimeStatus TruncateTimestampTz(TimeUnit unit, Micros timestamp, ZoneCursor& zone, Micros& out);
TimeStatus TruncateInterval(TimeUnit unit, const Interval& interval, Interval& out);

/// date_bin: the start of the bin of width `stride` (no months, more than 0) that holds
/// `timestamp`, bins being aligned to `origin`.
TimeStatus DateBin(const Interval& stride, Micros timestamp, Micros origin, Micros& out);

// Conversions that need a zone or a timetz.

/// timestamptz AT TIME ZONE: the timestamp on the zone's clock, inside the range of timestamps.
TimeStatus TimestampTzToTimestamp(Micros timestamp, ZoneCursor& zone, Micros& out);
/// timestamptz to date, time and timetz on the zone's clock. `timestamp` of the last two is finite.
Days TimestampTzToDate(Micros timestamp, ZoneCursor& zone);
Micros TimestampTzToTime(Micros timestamp, ZoneCursor& zone);
TimeTz TimestampTzToTimeTz(Micros timestamp, ZoneCursor& zone);
/// Midnight of a date on the zone's clock.
TimeStatus DateToTimestampTz(Days date, ZoneCursor& zone, Micros& out);
/// timetz AT TIME ZONE: the same instant with another offset (seconds WEST).
TimeTz MoveTimeTz(const TimeTz& time, int32_t zone_seconds_west);
/// date + timetz, a timestamptz.
TimeStatus AddDateTimeTz(Days date, const TimeTz& time, Micros& out);

}  // namespace riverrun
