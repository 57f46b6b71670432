#include "types/time/timestamp.h"

#include <cmath>
#include <cstdio>

namespace riverrun {

std::strong_ordering operator<=>(const TimeTz& a, const TimeTz& b) {
  const Micros a_utc = a.time + a.zone_seconds_west * kMicrosPerSecond;
  const Micros b_utc = b.time + b.zone_seconds_west * kMicrosPerSecond;
  if (a_utc != b_utc) return a_utc <=> b_utc;
  return a.zone_seconds_west <=> b.zone_seconds_west;
}

namespace {

struct StatusText {
  SqlState sqlstate;
  const char* text;
};

StatusText TextOf(TimeStatus status) {
  switch (status) {
    case TimeStatus::kOk:
      break;
    case TimeStatus::kTimestampOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "timestamp out of range"};
    case TimeStatus::kDateOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "date out of range"};
    case TimeStatus::kDateOutOfTimestampRange:
      return {sqlstate::kDatetimeFieldOverflow, "date out of range for timestamp"};
    case TimeStatus::kTimeFieldOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "time field value out of range"};
    case TimeStatus::kDateFieldOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "date field value out of range"};
    case TimeStatus::kIntervalOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "interval out of range"};
    case TimeStatus::kInfiniteDateSubtraction:
      return {sqlstate::kDatetimeFieldOverflow, "cannot subtract infinite dates"};
    case TimeStatus::kInfiniteTimestampSubtraction:
      return {sqlstate::kDatetimeFieldOverflow, "cannot subtract infinite timestamps"};
    case TimeStatus::kNanTimestamp:
      return {sqlstate::kDatetimeFieldOverflow, "timestamp cannot be NaN"};
    case TimeStatus::kDivisionByZero:
      return {sqlstate::kDivisionByZero, "division by zero"};
    case TimeStatus::kStrideNotPositive:
      return {sqlstate::kDatetimeFieldOverflow, "stride must be greater than zero"};
    case TimeStatus::kStrideHasMonths:
      return {sqlstate::kFeatureNotSupported,
              "timestamps cannot be binned into intervals containing months or years"};
    case TimeStatus::kOriginOutOfRange:
      return {sqlstate::kDatetimeFieldOverflow, "origin out of range"};
    case TimeStatus::kIntervalHasMonths:
      return {sqlstate::kInvalidParameterValue,
              "an interval with months or years has no fixed length"};
    case TimeStatus::kUnitNotSupported:
      return {sqlstate::kFeatureNotSupported, "unit not supported for this type"};
    case TimeStatus::kUnitNotRecognized:
      return {sqlstate::kInvalidParameterValue, "unit not recognized"};
    case TimeStatus::kPrecisionOutOfRange:
      return {sqlstate::kInvalidParameterValue, "precision must be between 0 and 6"};
  }
  return {sqlstate::kInternalError, "no error"};
}

/// Microseconds of a seconds argument, or -1 if it cannot be the seconds of a time of day.
int64_t SecondMicros(double second) {
  if (std::isnan(second)) return -1;
  const double micros = std::rint(second * 1e6);
  if (micros < 0 || micros > 60e6) return -1;
  return static_cast<int64_t>(micros);
}

/// 10^(6 - precision) for a precision below 6; 1 else.
int64_t RoundingUnit(int32_t precision) {
  int64_t unit = 1;
  for (int32_t p = precision; p >= 0 && p < kMaxTimePrecision; ++p) unit *= 10;
  return unit;
}

}  // namespace

Error TimeError(TimeStatus status) {
  const StatusText text = TextOf(status);
  return {text.sqlstate, text.text};
}

CivilTime CivilFromMicros(Micros timestamp) {
  const int64_t days = FloorDivide(timestamp, kMicrosPerDay);
  const int64_t of_day = timestamp - days * kMicrosPerDay;
  const auto seconds = static_cast<int32_t>(of_day / kMicrosPerSecond);
  return {.date = CivilFromDays(days),
          .hour = seconds / 3600,
          .minute = seconds / 60 % 60,
          .second = seconds % 60,
          .micros = static_cast<int32_t>(of_day % kMicrosPerSecond)};
}

TimeStatus MicrosFromCivil(const CivilTime& civil, Micros& out) {
  const int64_t days = DaysFromCivil(civil.date.year, civil.date.month, civil.date.day);
  const int64_t of_day =
      ((civil.hour * 60 + civil.minute) * 60 + civil.second) * kMicrosPerSecond + civil.micros;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &out) ||
      __builtin_add_overflow(out, of_day, &out) || !IsTimestampInRange(out)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

int32_t DayOfYear(const CivilDate& date) {
  return static_cast<int32_t>(DaysFromCivil(date.year, date.month, date.day) -
                              DaysFromCivil(date.year, 1, 1)) +
         1;
}

IsoWeek IsoWeekOf(const CivilDate& date) {
  // A week belongs to the year of its Thursday.
  const int64_t days = DaysFromCivil(date.year, date.month, date.day);
  const int32_t from_monday = (DayOfWeek(days) + 6) % 7;
  const CivilDate thursday = CivilFromDays(days - from_monday + 3);
  return {.year = thursday.year, .week = (DayOfYear(thursday) - 1) / 7 + 1};
}

int64_t DaysFromIsoWeek(int32_t year, int32_t week) {
  // 4 January always lies in week 1.
  const int64_t fourth = DaysFromCivil(year, 1, 4);
  return fourth - (DayOfWeek(fourth) + 6) % 7 + (week - 1) * int64_t{7};
}

TimeStatus DateToTimestamp(Days date, Micros& out) {
  if (!IsFiniteDate(date)) {
    out = date == kDateInfinity ? kTimestampInfinity : kTimestampMinusInfinity;
    return TimeStatus::kOk;
  }
  if (date >= kTimestampEnd / kMicrosPerDay) return TimeStatus::kDateOutOfTimestampRange;
  out = date * kMicrosPerDay;
  return TimeStatus::kOk;
}

Days TimestampToDate(Micros timestamp) {
  if (timestamp == kTimestampInfinity) return kDateInfinity;
  if (timestamp == kTimestampMinusInfinity) return kDateMinusInfinity;
  return static_cast<Days>(FloorDivide(timestamp, kMicrosPerDay));
}

Micros TimestampToTime(Micros timestamp) {
  return timestamp - FloorDivide(timestamp, kMicrosPerDay) * kMicrosPerDay;
}

TimeStatus AddDateTime(Days date, Micros time, Micros& out) {
  const TimeStatus status = DateToTimestamp(date, out);
  if (status != TimeStatus::kOk || !IsFiniteTimestamp(out)) return status;
  out += time;
  return IsTimestampInRange(out) ? TimeStatus::kOk : TimeStatus::kTimestampOutOfRange;
}

TimeStatus AddDays(Days date, int64_t days, Days& out) {
  out = date;
  if (!IsFiniteDate(date)) return TimeStatus::kOk;
  int64_t sum = 0;
  if (__builtin_add_overflow(int64_t{date}, days, &sum) || !IsDateInRange(sum)) {
    return TimeStatus::kDateOutOfRange;
  }
  out = static_cast<Days>(sum);
  return TimeStatus::kOk;
}

TimeStatus SubtractDates(Days a, Days b, int32_t& out) {
  if (!IsFiniteDate(a) || !IsFiniteDate(b)) return TimeStatus::kInfiniteDateSubtraction;
  out = static_cast<int32_t>(int64_t{a} - b);  // the range of dates is narrower than int32
  return TimeStatus::kOk;
}

TimeStatus MakeDate(int32_t year, int32_t month, int32_t day, Days& out) {
  if (year == 0 || month < 1 || month > 12 || day < 1) return TimeStatus::kDateFieldOutOfRange;
  const int64_t astronomical = year < 0 ? int64_t{year} + 1 : year;
  if (day > DaysInMonth(astronomical, month)) return TimeStatus::kDateFieldOutOfRange;
  const int64_t days = DaysFromCivil(astronomical, month, day);
  if (!IsDateInRange(days)) return TimeStatus::kDateOutOfRange;
  out = static_cast<Days>(days);
  return TimeStatus::kOk;
}

TimeStatus MakeTime(int32_t hour, int32_t minute, double second, Micros& out) {
  const int64_t second_micros = SecondMicros(second);
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second_micros < 0) {
    return TimeStatus::kTimeFieldOutOfRange;
  }
  out = hour * kMicrosPerHour + minute * kMicrosPerMinute + second_micros;
  return out <= kTimeEnd ? TimeStatus::kOk : TimeStatus::kTimeFieldOutOfRange;
}

TimeStatus MakeTimestamp(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                         double second, Micros& out) {
  Days date = 0;
  TimeStatus status = MakeDate(year, month, day, date);
  if (status != TimeStatus::kOk) return status;
  Micros time = 0;
  status = MakeTime(hour, minute, second, time);
  if (status != TimeStatus::kOk) return status;
  status = AddDateTime(date, time, out);
  return status == TimeStatus::kOk ? status : TimeStatus::kTimestampOutOfRange;
}

Error MakeDateError(int32_t year, int32_t month, int32_t day) {
  char text[96];
  std::snprintf(text, sizeof text, "date field value out of range: %d-%02d-%02d", year, month, day);
  return {sqlstate::kDatetimeFieldOverflow, text};
}

Error MakeTimeError(int32_t hour, int32_t minute, double second) {
  char text[96];
  std::snprintf(text, sizeof text, "time field value out of range: %d:%02d:%02g", hour, minute,
                second);
  return {sqlstate::kDatetimeFieldOverflow, text};
}

Error EpochSecondsError(double seconds) {
  char text[96];
  std::snprintf(text, sizeof text, "timestamp out of range: \"%g\"", seconds);
  return {sqlstate::kDatetimeFieldOverflow, text};
}

TimeStatus TimestampFromEpochSeconds(double seconds, Micros& out) {
  if (std::isnan(seconds)) return TimeStatus::kNanTimestamp;
  if (std::isinf(seconds)) {
    out = seconds > 0 ? kTimestampInfinity : kTimestampMinusInfinity;
    return TimeStatus::kOk;
  }
  if (seconds < static_cast<double>(kTimestampMin / kMicrosPerSecond) ||
      seconds >= static_cast<double>(kTimestampEnd / kMicrosPerSecond)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  // The product is rounded where PostgreSQL rounds it: counted from 2000, which leaves the present
  // more bits for the fraction.
  const double from_2000 = seconds - static_cast<double>(kPostgresEpoch / kMicrosPerSecond);
  out = static_cast<Micros>(std::rint(from_2000 * 1e6)) + kPostgresEpoch;
  return IsTimestampInRange(out) ? TimeStatus::kOk : TimeStatus::kTimestampOutOfRange;
}

TimeStatus RoundTimestamp(Micros timestamp, int32_t precision, Micros& out) {
  out = timestamp;
  if (precision > kMaxTimePrecision) return TimeStatus::kPrecisionOutOfRange;
  const int64_t unit = RoundingUnit(precision);
  if (unit == 1 || !IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  const Micros from_2000 = timestamp - kPostgresEpoch;
  const Micros rounded = from_2000 >= 0 ? (from_2000 + unit / 2) / unit * unit
                                        : -((unit / 2 - from_2000) / unit * unit);
  out = rounded + kPostgresEpoch;
  return IsTimestampInRange(out) ? TimeStatus::kOk : TimeStatus::kTimestampOutOfRange;
}

Micros RoundTime(Micros time, int32_t precision) {
  const int64_t unit = RoundingUnit(precision);
  return (time + unit / 2) / unit * unit;
}

}  // namespace riverrun
