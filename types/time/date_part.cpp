// extract and date_part.
#include <cmath>
#include <limits>

#include "types/time/time_fields.h"

namespace riverrun {
namespace {

void SetInteger(int64_t value, DatePart& out) { out = {.value = value}; }

void SetScaled(Int128 value, uint8_t scale, DatePart& out) {
  out = {.scale = scale, .value = value};
}

/// Counts years as people do: before the year 1 comes 1 BC, shown as -1.
int64_t ShownYear(int64_t astronomical) {
  return astronomical > 0 ? astronomical : astronomical - 1;
}

/// Number of the group of `years` years that a year lies in; there is no group 0.
int64_t GroupOfYears(int64_t year, int64_t years) {
  return year > 0 ? (year + years - 1) / years : -((years - year) / years);
}

/// Fields of a day.
TimeStatus DayPart(TimeUnit unit, const CivilDate& date, DatePart& out) {
  const int64_t days = DaysFromCivil(date.year, date.month, date.day);
  int64_t value = 0;
  switch (unit) {
    case TimeUnit::kDay:
      value = date.day;
      break;
    case TimeUnit::kMonth:
      value = date.month;
      break;
    case TimeUnit::kQuarter:
      value = (date.month - 1) / 3 + 1;
      break;
    case TimeUnit::kYear:
      value = ShownYear(date.year);
      break;
    case TimeUnit::kDecade:
      value = FloorDivide(date.year, 10);
      break;
    case TimeUnit::kCentury:
      value = GroupOfYears(date.year, 100);
      break;
    case TimeUnit::kMillennium:
      value = GroupOfYears(date.year, 1000);
      break;
    case TimeUnit::kWeek:
      value = IsoWeekOf(date).week;
      break;
    case TimeUnit::kIsoYear:
      value = ShownYear(IsoWeekOf(date).year);
      break;
    case TimeUnit::kDayOfWeek:
      value = DayOfWeek(days);
      break;
    case TimeUnit::kIsoDayOfWeek:
      value = (DayOfWeek(days) + 6) % 7 + 1;
      break;
    case TimeUnit::kDayOfYear:
      value = DayOfYear(date);
      break;
    case TimeUnit::kJulian:
      value = days + kUnixEpochJulianDay;
      break;
    default:
      return TimeStatus::kUnitNotSupported;
  }
  SetInteger(value, out);
  return TimeStatus::kOk;
}

/// Fields of a clock reading; `time` is 0..24:00:00.
TimeStatus ClockPart(TimeUnit unit, Micros time, DatePart& out) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      SetInteger(time % kMicrosPerMinute, out);
      break;
    case TimeUnit::kMillisecond:
      SetScaled(time % kMicrosPerMinute, 3, out);
      break;
    case TimeUnit::kSecond:
      SetScaled(time % kMicrosPerMinute, 6, out);
      break;
    case TimeUnit::kMinute:
      SetInteger(time / kMicrosPerMinute % 60, out);
      break;
    case TimeUnit::kHour:
      SetInteger(time / kMicrosPerHour, out);
      break;
    default:
      return TimeStatus::kUnitNotSupported;
  }
  return TimeStatus::kOk;
}

TimeStatus OffsetPart(TimeUnit unit, int32_t seconds_east, DatePart& out) {
  switch (unit) {
    case TimeUnit::kTimezone:
      SetInteger(seconds_east, out);
      break;
    case TimeUnit::kTimezoneHour:
      SetInteger(seconds_east / 3600, out);
      break;
    case TimeUnit::kTimezoneMinute:
      SetInteger(seconds_east / 60 % 60, out);
      break;
    default:
      return TimeStatus::kUnitNotSupported;
  }
  return TimeStatus::kOk;
}

bool IsOffsetUnit(TimeUnit unit) { return unit >= TimeUnit::kTimezone; }

/// Infinite times have infinite counts (year, epoch) and no phases (hour, weekday).
void InfinitePart(TimeUnit unit, bool positive, DatePart& out) {
  out = {};
  switch (unit) {
    case TimeUnit::kYear:
    case TimeUnit::kDecade:
    case TimeUnit::kCentury:
    case TimeUnit::kMillennium:
    case TimeUnit::kJulian:
    case TimeUnit::kIsoYear:
    case TimeUnit::kEpoch:
      out.kind = positive ? DatePart::Kind::kInfinity : DatePart::Kind::kMinusInfinity;
      break;
    default:
      out.kind = DatePart::Kind::kNull;
  }
}

/// All but offset and epoch, which depend on the type.
TimeStatus ReadingPart(TimeUnit unit, Micros local, DatePart& out) {
  const Micros time = TimestampToTime(local);
  if (unit <= TimeUnit::kHour) return ClockPart(unit, time, out);
  const TimeStatus status = DayPart(unit, CivilFromDays(FloorDivide(local, kMicrosPerDay)), out);
  if (unit == TimeUnit::kJulian) out.day_micros = time;
  return status;
}

}  // namespace

double ToDouble(const DatePart& part) {
  switch (part.kind) {
    case DatePart::Kind::kNull:
      return std::numeric_limits<double>::quiet_NaN();
    case DatePart::Kind::kInfinity:
      return std::numeric_limits<double>::infinity();
    case DatePart::Kind::kMinusInfinity:
      return -std::numeric_limits<double>::infinity();
    case DatePart::Kind::kFinite:
      break;
  }
  double value = static_cast<double>(part.value);
  if (part.scale == 3) value /= 1e3;
  if (part.scale == 6) value /= 1e6;
  return value + static_cast<double>(part.day_micros) / static_cast<double>(kMicrosPerDay);
}

TimeStatus TimestampPart(TimeUnit unit, Micros timestamp, DatePart& out) {
  if (!IsFiniteTimestamp(timestamp)) {
    InfinitePart(unit, timestamp > 0, out);
    return TimeStatus::kOk;
  }
  if (IsOffsetUnit(unit)) return TimeStatus::kUnitNotSupported;
  if (unit != TimeUnit::kEpoch) return ReadingPart(unit, timestamp, out);
  SetScaled(timestamp, 6, out);
  return TimeStatus::kOk;
}

TimeStatus TimestampTzPart(TimeUnit unit, Micros timestamp, ZoneCursor& zone, DatePart& out) {
  if (!IsFiniteTimestamp(timestamp)) {
    InfinitePart(unit, timestamp > 0, out);
    return TimeStatus::kOk;
  }
  if (IsOffsetUnit(unit)) return OffsetPart(unit, zone.OffsetAt(timestamp), out);
  if (unit != TimeUnit::kEpoch) return ReadingPart(unit, zone.UtcToLocal(timestamp), out);
  SetScaled(timestamp, 6, out);
  return TimeStatus::kOk;
}

TimeStatus ExtractDatePart(TimeUnit unit, Days date, DatePart& out) {
  if (unit <= TimeUnit::kHour || IsOffsetUnit(unit)) return TimeStatus::kUnitNotSupported;
  if (!IsFiniteDate(date)) {
    InfinitePart(unit, date > 0, out);
    return TimeStatus::kOk;
  }
  if (unit != TimeUnit::kEpoch) return DayPart(unit, CivilFromDays(date), out);
  SetInteger(date * int64_t{86400}, out);
  return TimeStatus::kOk;
}

TimeStatus TimePart(TimeUnit unit, Micros time, DatePart& out) {
  if (unit != TimeUnit::kEpoch) return ClockPart(unit, time, out);
  SetScaled(time, 6, out);
  return TimeStatus::kOk;
}

TimeStatus TimeTzPart(TimeUnit unit, const TimeTz& time, DatePart& out) {
  if (IsOffsetUnit(unit)) return OffsetPart(unit, -time.zone_seconds_west, out);
  if (unit != TimeUnit::kEpoch) return ClockPart(unit, time.time, out);
  SetScaled(time.time + time.zone_seconds_west * kMicrosPerSecond, 6, out);
  return TimeStatus::kOk;
}

TimeStatus IntervalPart(TimeUnit unit, const Interval& interval, DatePart& out) {
  const int32_t months = interval.months;
  switch (unit) {
    case TimeUnit::kDay:
      SetInteger(interval.days, out);
      break;
    case TimeUnit::kMonth:
      SetInteger(months % kMonthsPerYear, out);
      break;
    case TimeUnit::kQuarter:
      SetInteger(months % kMonthsPerYear / 3 + 1, out);
      break;
    case TimeUnit::kYear:
      SetInteger(months / kMonthsPerYear, out);
      break;
    case TimeUnit::kDecade:
      SetInteger(months / (10 * kMonthsPerYear), out);
      break;
    case TimeUnit::kCentury:
      SetInteger(months / (100 * kMonthsPerYear), out);
      break;
    case TimeUnit::kMillennium:
      SetInteger(months / (1000 * kMonthsPerYear), out);
      break;
    case TimeUnit::kEpoch: {
      // A year counts 365.25 days and a month left over 30.
      const int64_t seconds = months / kMonthsPerYear * int64_t{31'557'600} +
                              months % kMonthsPerYear * int64_t{2'592'000} +
                              interval.days * int64_t{86'400};
      SetScaled(Int128{seconds} * kMicrosPerSecond + interval.micros, 6, out);
      break;
    }
    default:
      return ClockPart(unit, interval.micros, out);
  }
  return TimeStatus::kOk;
}

}  // namespace riverrun
