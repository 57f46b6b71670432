#include "types/time/interval.h"

#include <cmath>
#include <limits>

namespace riverrun {
namespace {

/// Stores wide sums of the three parts if they fit.
TimeStatus Narrow(int64_t months, int64_t days, Micros micros, Interval& out) {
  if (months != static_cast<int32_t>(months) || days != static_cast<int32_t>(days)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  out = {static_cast<int32_t>(months), static_cast<int32_t>(days), micros};
  return TimeStatus::kOk;
}

double RoundToMicros(double seconds) { return std::rint(seconds * 1e6) / 1e6; }

bool FitsInt32(double value) {
  return value >= std::numeric_limits<int32_t>::min() &&
         value <= std::numeric_limits<int32_t>::max();  // false for NaN
}

/// An interval of fractional parts: the fraction of the months becomes days of 30 to the month,
/// what is left of both becomes seconds.
TimeStatus CascadeFractions(double months, double days, double micros, Interval& out) {
  if (!FitsInt32(months) || !FitsInt32(days)) return TimeStatus::kIntervalOutOfRange;
  const auto whole_months = static_cast<int32_t>(months);
  auto whole_days = static_cast<int64_t>(days);
  const double month_days = RoundToMicros((months - whole_months) * kDaysPerMonth);
  const auto whole_month_days = static_cast<int64_t>(month_days);
  constexpr double kSecondsPerDay = 86400;
  const double day_fraction =
      days - static_cast<double>(whole_days) + month_days - static_cast<double>(whole_month_days);
  double seconds = RoundToMicros(day_fraction * kSecondsPerDay);
  if (std::fabs(seconds) >= kSecondsPerDay) {
    const auto carried = static_cast<int64_t>(seconds / kSecondsPerDay);
    whole_days += carried;
    seconds -= static_cast<double>(carried) * kSecondsPerDay;
  }
  const double time = std::rint(micros + seconds * 1e6);
  // 2^63 is the first double beyond int64.
  if (!(time >= -0x1p63 && time < 0x1p63)) return TimeStatus::kIntervalOutOfRange;
  return Narrow(whole_months, whole_days + whole_month_days, static_cast<Micros>(time), out);
}

/// Moves a unit from `high` to `low` (or back) if their signs differ.
void AlignSigns(int64_t& high, int64_t& low, int64_t unit) {
  if (high > 0 && low < 0) {
    low += unit;
    --high;
  } else if (high < 0 && low > 0) {
    low -= unit;
    ++high;
  }
}

/// Adds months to the date, clamping the day to the month's end.
void AddMonths(CivilDate& date, int64_t months) {
  const int64_t count = date.year * int64_t{kMonthsPerYear} + (date.month - 1) + months;
  const int64_t year = FloorDivide(count, kMonthsPerYear);
  date.year = static_cast<int32_t>(year);
  date.month = static_cast<int32_t>(count - year * kMonthsPerYear) + 1;
  date.day = std::min(date.day, DaysInMonth(year, date.month));
}

TimeStatus AddMonthsToTimestamp(Micros& timestamp, int64_t months) {
  CivilTime civil = CivilFromMicros(timestamp);
  AddMonths(civil.date, months);
  return MicrosFromCivil(civil, timestamp);
}

TimeStatus AddDaysToTimestamp(Micros& timestamp, int64_t days) {
  // By days, because the whole range does not fit in int64 as a difference.
  const int64_t day = FloorDivide(timestamp, kMicrosPerDay);
  const Micros of_day = timestamp - day * kMicrosPerDay;
  if (day + days < kDateMin || day + days >= kTimestampEnd / kMicrosPerDay) {
    return TimeStatus::kTimestampOutOfRange;
  }
  timestamp = (day + days) * kMicrosPerDay + of_day;
  return TimeStatus::kOk;
}

TimeStatus AddMicrosToTimestamp(Micros& timestamp, Micros micros) {
  if (__builtin_add_overflow(timestamp, micros, &timestamp) || !IsTimestampInRange(timestamp)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

TimeStatus AddParts(Micros timestamp, int64_t months, int64_t days, Micros micros, Micros& out) {
  out = timestamp;
  if (!IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  if (months != 0) {
    const TimeStatus status = AddMonthsToTimestamp(out, months);
    if (status != TimeStatus::kOk) return status;
  }
  if (days != 0) {
    const TimeStatus status = AddDaysToTimestamp(out, days);
    if (status != TimeStatus::kOk) return status;
  }
  return AddMicrosToTimestamp(out, micros);
}

TimeStatus AddParts(Micros timestamp, int64_t months, int64_t days, Micros micros, ZoneCursor& zone,
                    Micros& out) {
  out = timestamp;
  if (!IsFiniteTimestamp(timestamp)) return TimeStatus::kOk;
  // Months and days are two steps, each back to UTC: a reading in a gap moves at each of them.
  if (months != 0) {
    Micros local = zone.UtcToLocal(out);
    TimeStatus status = AddMonthsToTimestamp(local, months);
    if (status == TimeStatus::kOk) status = zone.LocalToUtc(local, out);
    if (status != TimeStatus::kOk) return status;
  }
  if (days != 0) {
    Micros local = zone.UtcToLocal(out);
    TimeStatus status = AddDaysToTimestamp(local, days);
    if (status == TimeStatus::kOk) status = zone.LocalToUtc(local, out);
    if (status != TimeStatus::kOk) return status;
  }
  return AddMicrosToTimestamp(out, micros);
}

/// -micros, or the nearest value for the one that has no negation; callers' ranges exclude both.
Micros Negated(Micros micros) {
  return micros == std::numeric_limits<Micros>::min() ? std::numeric_limits<Micros>::max()
                                                      : -micros;
}

Micros WrapToDay(Micros time) { return time - FloorDivide(time, kMicrosPerDay) * kMicrosPerDay; }

/// From civil time `low` to `high`, where high >= low as instants. A borrowed month has the days of
/// the earlier date's month. The readings themselves may be out of order in a zone.
Interval Elapsed(const CivilTime& high, const CivilTime& low) {
  const auto time_of_day = [](const CivilTime& t) {
    return ((t.hour * 60 + t.minute) * 60 + t.second) * kMicrosPerSecond + t.micros;
  };
  int64_t micros = time_of_day(high) - time_of_day(low);
  int32_t days = high.date.day - low.date.day;
  int32_t months =
      (high.date.year - low.date.year) * kMonthsPerYear + high.date.month - low.date.month;
  if (micros < 0) {
    micros += kMicrosPerDay;
    --days;
  }
  while (days < 0) {
    days += DaysInMonth(low.date.year, low.date.month);
    --months;
  }
  return {months, days, micros};
}

TimeStatus AgeOf(bool forward, const CivilTime& a, const CivilTime& b, Interval& out) {
  if (forward) {
    out = Elapsed(a, b);
    return TimeStatus::kOk;
  }
  const Interval elapsed = Elapsed(b, a);
  out = {-elapsed.months, -elapsed.days, -elapsed.micros};
  return TimeStatus::kOk;
}

}  // namespace

IntervalKey KeyOf(const Interval& interval) {
  int64_t days =
      int64_t{interval.months} * kDaysPerMonth + interval.days + interval.micros / kMicrosPerDay;
  int64_t micros = interval.micros % kMicrosPerDay;
  if (micros < 0) {
    micros += kMicrosPerDay;
    --days;
  }
  return {.days = days, .micros = micros};
}

TimeStatus NegateInterval(const Interval& a, Interval& out) {
  return SubtractIntervals({}, a, out);
}

TimeStatus AddIntervals(const Interval& a, const Interval& b, Interval& out) {
  Micros micros = 0;
  if (__builtin_add_overflow(a.micros, b.micros, &micros)) return TimeStatus::kIntervalOutOfRange;
  return Narrow(int64_t{a.months} + b.months, int64_t{a.days} + b.days, micros, out);
}

TimeStatus SubtractIntervals(const Interval& a, const Interval& b, Interval& out) {
  Micros micros = 0;
  if (__builtin_sub_overflow(a.micros, b.micros, &micros)) return TimeStatus::kIntervalOutOfRange;
  return Narrow(int64_t{a.months} - b.months, int64_t{a.days} - b.days, micros, out);
}

TimeStatus MultiplyInterval(const Interval& a, double factor, Interval& out) {
  return CascadeFractions(a.months * factor, a.days * factor,
                          static_cast<double>(a.micros) * factor, out);
}

TimeStatus DivideInterval(const Interval& a, double divisor, Interval& out) {
  if (divisor == 0) return TimeStatus::kDivisionByZero;
  return CascadeFractions(a.months / divisor, a.days / divisor,
                          static_cast<double>(a.micros) / divisor, out);
}

TimeStatus JustifyHours(const Interval& a, Interval& out) {
  int64_t days = a.days + a.micros / kMicrosPerDay;
  int64_t micros = a.micros % kMicrosPerDay;
  AlignSigns(days, micros, kMicrosPerDay);
  return Narrow(a.months, days, micros, out);
}

TimeStatus JustifyDays(const Interval& a, Interval& out) {
  int64_t months = int64_t{a.months} + a.days / kDaysPerMonth;
  int64_t days = a.days % kDaysPerMonth;
  AlignSigns(months, days, kDaysPerMonth);
  return Narrow(months, days, a.micros, out);
}

TimeStatus JustifyInterval(const Interval& a, Interval& out) {
  int64_t days = a.days + a.micros / kMicrosPerDay;
  int64_t micros = a.micros % kMicrosPerDay;
  int64_t months = a.months + days / kDaysPerMonth;
  days %= kDaysPerMonth;
  if (months > 0 && (days < 0 || (days == 0 && micros < 0))) {
    days += kDaysPerMonth;
    --months;
  } else if (months < 0 && (days > 0 || (days == 0 && micros > 0))) {
    days -= kDaysPerMonth;
    ++months;
  }
  AlignSigns(days, micros, kMicrosPerDay);
  return Narrow(months, days, micros, out);
}

TimeStatus MakeInterval(int32_t years, int32_t months, int32_t weeks, int32_t days, int32_t hours,
                        int32_t minutes, double seconds, Interval& out) {
  const double second_micros = std::rint(seconds * 1e6);
  if (!(second_micros >= -0x1p63 && second_micros < 0x1p63)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  const Micros clock = hours * kMicrosPerHour + minutes * kMicrosPerMinute;
  Micros micros = 0;
  if (__builtin_add_overflow(clock, static_cast<Micros>(second_micros), &micros)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  return Narrow(int64_t{years} * kMonthsPerYear + months, int64_t{weeks} * 7 + days, micros, out);
}

TimeStatus IntervalToMicros(const Interval& a, Micros& out) {
  if (a.months != 0) return TimeStatus::kIntervalHasMonths;
  if (__builtin_mul_overflow(int64_t{a.days}, kMicrosPerDay, &out) ||
      __builtin_add_overflow(out, a.micros, &out)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  return TimeStatus::kOk;
}

TimeStatus AddInterval(Micros timestamp, const Interval& interval, Micros& out) {
  return AddParts(timestamp, interval.months, interval.days, interval.micros, out);
}

TimeStatus SubtractInterval(Micros timestamp, const Interval& interval, Micros& out) {
  return AddParts(timestamp, -int64_t{interval.months}, -int64_t{interval.days},
                  Negated(interval.micros), out);
}

TimeStatus AddInterval(Micros timestamp, const Interval& interval, ZoneCursor& zone, Micros& out) {
  return AddParts(timestamp, interval.months, interval.days, interval.micros, zone, out);
}

TimeStatus SubtractInterval(Micros timestamp, const Interval& interval, ZoneCursor& zone,
                            Micros& out) {
  return AddParts(timestamp, -int64_t{interval.months}, -int64_t{interval.days},
                  Negated(interval.micros), zone, out);
}

TimeStatus AddIntervalToDate(Days date, const Interval& interval, Micros& out) {
  Micros midnight = 0;
  const TimeStatus status = DateToTimestamp(date, midnight);
  return status == TimeStatus::kOk ? AddInterval(midnight, interval, out) : status;
}

TimeStatus SubtractIntervalFromDate(Days date, const Interval& interval, Micros& out) {
  Micros midnight = 0;
  const TimeStatus status = DateToTimestamp(date, midnight);
  return status == TimeStatus::kOk ? SubtractInterval(midnight, interval, out) : status;
}

Micros AddIntervalToTime(Micros time, const Interval& interval) {
  return WrapToDay(time + interval.micros % kMicrosPerDay);
}

Micros SubtractIntervalFromTime(Micros time, const Interval& interval) {
  return WrapToDay(time - interval.micros % kMicrosPerDay);
}

TimeTz AddIntervalToTimeTz(const TimeTz& time, const Interval& interval) {
  return {AddIntervalToTime(time.time, interval), time.zone_seconds_west};
}

TimeTz SubtractIntervalFromTimeTz(const TimeTz& time, const Interval& interval) {
  return {SubtractIntervalFromTime(time.time, interval), time.zone_seconds_west};
}

Interval SubtractTimes(Micros a, Micros b) { return {0, 0, a - b}; }

TimeStatus SubtractTimestamps(Micros a, Micros b, Interval& out) {
  if (!IsFiniteTimestamp(a) || !IsFiniteTimestamp(b)) {
    return TimeStatus::kInfiniteTimestampSubtraction;
  }
  // By days first: the difference of the range's ends does not fit in int64.
  const int64_t a_day = FloorDivide(a, kMicrosPerDay);
  const int64_t b_day = FloorDivide(b, kMicrosPerDay);
  int64_t days = a_day - b_day;
  int64_t micros = (a - a_day * kMicrosPerDay) - (b - b_day * kMicrosPerDay);
  AlignSigns(days, micros, kMicrosPerDay);
  return Narrow(0, days, micros, out);
}

TimeStatus Age(Micros a, Micros b, Interval& out) {
  if (!IsFiniteTimestamp(a) || !IsFiniteTimestamp(b)) return TimeStatus::kTimestampOutOfRange;
  return AgeOf(a >= b, CivilFromMicros(a), CivilFromMicros(b), out);
}

TimeStatus Age(Micros a, Micros b, ZoneCursor& zone, Interval& out) {
  if (!IsFiniteTimestamp(a) || !IsFiniteTimestamp(b)) return TimeStatus::kTimestampOutOfRange;
  const CivilTime local_a = CivilFromMicros(zone.UtcToLocal(a));
  const CivilTime local_b = CivilFromMicros(zone.UtcToLocal(b));
  return AgeOf(a >= b, local_a, local_b, out);
}

TimeStatus ApplyIntervalTypmod(const Interval& a, int32_t typmod, Interval& out) {
  out = a;
  switch (IntervalRangeOf(typmod)) {
    case IntervalRange::kYear:
      out = {a.months / kMonthsPerYear * kMonthsPerYear, 0, 0};
      break;
    case IntervalRange::kMonth:
    case IntervalRange::kYearToMonth:
      out = {a.months, 0, 0};
      break;
    case IntervalRange::kDay:
      out.micros = 0;
      break;
    case IntervalRange::kHour:
    case IntervalRange::kDayToHour:
      out.micros -= a.micros % kMicrosPerHour;
      break;
    case IntervalRange::kMinute:
    case IntervalRange::kDayToMinute:
    case IntervalRange::kHourToMinute:
      out.micros -= a.micros % kMicrosPerMinute;
      break;
    case IntervalRange::kSecond:
    case IntervalRange::kDayToSecond:
    case IntervalRange::kHourToSecond:
    case IntervalRange::kMinuteToSecond:
    case IntervalRange::kFull:
      break;
  }
  const int32_t precision = IntervalPrecisionOf(typmod);
  if (precision > kMaxTimePrecision) return TimeStatus::kPrecisionOutOfRange;
  int64_t unit = 1;
  for (int32_t p = precision; p >= 0 && p < kMaxTimePrecision; ++p) unit *= 10;
  if (unit == 1) return TimeStatus::kOk;
  Micros half_away = 0;
  if (__builtin_add_overflow(out.micros, out.micros < 0 ? -(unit / 2) : unit / 2, &half_away)) {
    return TimeStatus::kIntervalOutOfRange;
  }
  out.micros = half_away / unit * unit;
  return TimeStatus::kOk;
}

}  // namespace riverrun
