// date_trunc, date_bin, and conversions that need a zone.
#include "types/time/time_fields.h"

#include <string>

namespace riverrun {
namespace {

/// Truncates civil fields to the first moment of the unit.
TimeStatus TruncateCivil(TimeUnit unit, CivilTime& civil) {
  CivilDate& date = civil.date;
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return TimeStatus::kOk;
    case TimeUnit::kMillisecond:
      civil.micros -= civil.micros % 1000;
      return TimeStatus::kOk;
    case TimeUnit::kMillennium:
      date = {static_cast<int32_t>(FloorDivide(date.year - 1, 1000) * 1000 + 1), 1, 1};
      break;
    case TimeUnit::kCentury:
      date = {static_cast<int32_t>(FloorDivide(date.year - 1, 100) * 100 + 1), 1, 1};
      break;
    case TimeUnit::kDecade:
      date = {static_cast<int32_t>(FloorDivide(date.year, 10) * 10), 1, 1};
      break;
    case TimeUnit::kYear:
      date = {date.year, 1, 1};
      break;
    case TimeUnit::kQuarter:
      date = {date.year, (date.month - 1) / 3 * 3 + 1, 1};
      break;
    case TimeUnit::kMonth:
      date.day = 1;
      break;
    case TimeUnit::kWeek: {
      const int64_t days = DaysFromCivil(date.year, date.month, date.day);
      date = CivilFromDays(days - (DayOfWeek(days) + 6) % 7);
      break;
    }
    case TimeUnit::kDay:
      break;
    case TimeUnit::kHour:
      civil.minute = 0;
      [[fallthrough]];
    case TimeUnit::kMinute:
      civil.second = 0;
      [[fallthrough]];
    case TimeUnit::kSecond:
      civil.micros = 0;
      return TimeStatus::kOk;
    case TimeUnit::kTimezone:
    case TimeUnit::kTimezoneHour:
    case TimeUnit::kTimezoneMinute:
      return TimeStatus::kUnitNotSupported;
    default:
      return TimeStatus::kUnitNotRecognized;
  }
  civil.hour = civil.minute = civil.second = civil.micros = 0;
  return TimeStatus::kOk;
}

/// True for units no longer than an hour: truncation keeps the offset it finds.
bool IsWithinHour(TimeUnit unit) { return unit <= TimeUnit::kHour; }

}  // namespace

Error UnitError(TimeStatus status, std::string_view unit, std::string_view type_name) {
  const bool known = status == TimeStatus::kUnitNotSupported;
  return {known ? sqlstate::kFeatureNotSupported : sqlstate::kInvalidParameterValue,
          "unit \"" + std::string(unit) + "\" not " + (known ? "supported" : "recognized") +
              " for type " + std::string(type_name)};
}

TimeStatus TruncateTimestamp(TimeUnit unit, Micros timestamp, Micros& out) {
  out = timestamp;
  if (!IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  CivilTime civil = CivilFromMicros(timestamp);
  const TimeStatus status = TruncateCivil(unit, civil);
  return status == TimeStatus::kOk ? MicrosFromCivil(civil, out) : status;
}

TimeStatus TruncateTimestampTz(TimeUnit unit, Micros timestamp, ZoneCursor& zone, Micros& out) {
  out = timestamp;
  if (!IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  const Micros offset = zone.OffsetAt(timestamp) * kMicrosPerSecond;
  CivilTime civil = CivilFromMicros(timestamp + offset);
  TimeStatus status = TruncateCivil(unit, civil);
  if (status != TimeStatus::kOk) return status;
  const int64_t days = DaysFromCivil(civil.date.year, civil.date.month, civil.date.day);
  Micros local = 0;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &local)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  local += civil.hour * kMicrosPerHour + civil.minute * kMicrosPerMinute +
           civil.second * kMicrosPerSecond + civil.micros;
  if (!IsWithinHour(unit)) return zone.LocalToUtc(local, out);
  out = local - offset;
  return IsTimestampInRange(out) ? TimeStatus::kOk : TimeStatus::kTimestampOutOfRange;
}

TimeStatus TruncateInterval(TimeUnit unit, const Interval& interval, Interval& out) {
  const auto months_of = [&](int32_t step) { return interval.months - interval.months % step; };
  const auto micros_of = [&](int64_t step) { return interval.micros - interval.micros % step; };
  out = interval;
  switch (unit) {
    case TimeUnit::kMicrosecond:
      break;
    case TimeUnit::kMillisecond:
      out.micros = micros_of(kMicrosPerMillisecond);
      break;
    case TimeUnit::kSecond:
      out.micros = micros_of(kMicrosPerSecond);
      break;
    case TimeUnit::kMinute:
      out.micros = micros_of(kMicrosPerMinute);
      break;
    case TimeUnit::kHour:
      out.micros = micros_of(kMicrosPerHour);
      break;
    case TimeUnit::kDay:
      out.micros = 0;
      break;
    case TimeUnit::kMonth:
      out = {interval.months, 0, 0};
      break;
    case TimeUnit::kQuarter:
      out = {months_of(3), 0, 0};
      break;
    case TimeUnit::kYear:
      out = {months_of(12), 0, 0};
      break;
    case TimeUnit::kDecade:
      out = {months_of(120), 0, 0};
      break;
    case TimeUnit::kCentury:
      out = {months_of(1200), 0, 0};
      break;
    case TimeUnit::kMillennium:
      out = {months_of(12000), 0, 0};
      break;
    case TimeUnit::kWeek:
    case TimeUnit::kTimezone:
    case TimeUnit::kTimezoneHour:
    case TimeUnit::kTimezoneMinute:
      return TimeStatus::kUnitNotSupported;
    default:
      return TimeStatus::kUnitNotRecognized;
  }
  return TimeStatus::kOk;
}

TimeStatus DateBin(const Interval& stride, Micros timestamp, Micros origin, Micros& out) {
  out = timestamp;
  if (!IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  if (!IsFiniteTimestamp(origin)) return TimeStatus::kOriginOutOfRange;
  if (stride.months != 0) return TimeStatus::kStrideHasMonths;
  Micros width = 0;
  const TimeStatus status = IntervalToMicros(stride, width);
  if (status != TimeStatus::kOk) return status;
  if (width <= 0) return TimeStatus::kStrideNotPositive;
  Micros from_origin = 0;
  if (__builtin_sub_overflow(timestamp, origin, &from_origin)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  const Micros into_bin = from_origin % width;
  if (__builtin_sub_overflow(timestamp, into_bin < 0 ? into_bin + width : into_bin, &out) ||
      !IsTimestampInRange(out)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

TimeStatus TimestampTzToTimestamp(Micros timestamp, ZoneCursor& zone, Micros& out) {
  out = zone.UtcToLocal(timestamp);
  if (IsFiniteTimestamp(timestamp) && !IsTimestampInRange(out)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

Days TimestampTzToDate(Micros timestamp, ZoneCursor& zone) {
  return TimestampToDate(zone.UtcToLocal(timestamp));
}

Micros TimestampTzToTime(Micros timestamp, ZoneCursor& zone) {
  return TimestampToTime(zone.UtcToLocal(timestamp));
}

TimeTz TimestampTzToTimeTz(Micros timestamp, ZoneCursor& zone) {
  const int32_t seconds_east = zone.OffsetAt(timestamp);
  return {TimestampToTime(timestamp + seconds_east * kMicrosPerSecond), -seconds_east};
}

TimeStatus DateToTimestampTz(Days date, ZoneCursor& zone, Micros& out) {
  Micros local = 0;
  const TimeStatus status = DateToTimestamp(date, local);
  if (status != TimeStatus::kOk) return status;
  return zone.LocalToUtc(local, out) == TimeStatus::kOk ? TimeStatus::kOk
                                                        : TimeStatus::kDateOutOfTimestampRange;
}

TimeTz MoveTimeTz(const TimeTz& time, int32_t zone_seconds_west) {
  const Micros moved = time.time + (time.zone_seconds_west - zone_seconds_west) * kMicrosPerSecond;
  return {TimestampToTime(moved), zone_seconds_west};
}

TimeStatus AddDateTimeTz(Days date, const TimeTz& time, Micros& out) {
  const TimeStatus status = DateToTimestamp(date, out);
  if (status != TimeStatus::kOk || !IsFiniteTimestamp(out)) return status;
  out += time.time + time.zone_seconds_west * kMicrosPerSecond;
  return IsTimestampInRange(out) ? TimeStatus::kOk : TimeStatus::kTimestampOutOfRange;
}

}  // namespace riverrun
