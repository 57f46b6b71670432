// Timestamps, dates and times to text.
#include <cstdlib>

#include "types/time/time_text.h"
#include "types/time_text/digits.h"

namespace riverrun {
namespace {

constexpr std::string_view kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool IsBc(const CivilDate& date) { return date.year <= 0; }

/// The year as people count it, at least four digits.
void AppendYear(const CivilDate& date, std::string& out) {
  AppendPadded(IsBc(date) ? 1 - int64_t{date.year} : date.year, 4, out);
}

void AppendEra(const CivilDate& date, std::string& out) {
  if (IsBc(date)) out += " BC";
}

void AppendIsoDate(const CivilDate& date, std::string& out) {
  AppendYear(date, out);
  out += '-';
  AppendTwo(date.month, out);
  out += '-';
  AppendTwo(date.day, out);
}

/// Day and month in the order of the style, with a separator.
void AppendDayMonth(const CivilDate& date, DateOrder order, char separator, std::string& out) {
  const bool day_first = order == DateOrder::kDmy;
  AppendTwo(day_first ? date.day : date.month, out);
  out += separator;
  AppendTwo(day_first ? date.month : date.day, out);
  out += separator;
}

void AppendClock(const CivilTime& civil, std::string& out) {
  AppendTwo(civil.hour, out);
  out += ':';
  AppendTwo(civil.minute, out);
  out += ':';
  AppendTwo(civil.second, out);
  AppendFraction(civil.micros, out);
}

/// "+05:30": minutes and seconds only where they are not zero.
void AppendOffset(int32_t seconds_east, std::string& out) {
  const int32_t magnitude = std::abs(seconds_east);
  out += seconds_east < 0 ? '-' : '+';
  AppendPadded(magnitude / 3600, 2, out);
  if (magnitude % 3600 == 0) return;
  out += ':';
  AppendTwo(magnitude / 60 % 60, out);
  if (magnitude % 60 == 0) return;
  out += ':';
  AppendTwo(magnitude % 60, out);
}

void AppendZone(const ZoneSpan* zone, DateStyle style, std::string& out) {
  if (zone == nullptr) return;
  if (style == DateStyle::kIso) {
    AppendOffset(zone->seconds_east, out);
    return;
  }
  if (!zone->abbreviation.empty()) {
    out += ' ';
    out += zone->abbreviation;
    return;
  }
  // The Postgres style keeps the number apart, so that it cannot run into the year.
  if (style == DateStyle::kPostgres) out += ' ';
  AppendOffset(zone->seconds_east, out);
}

void AppendPostgresStyle(const CivilTime& civil, DateOrder order, const ZoneSpan* zone,
                         std::string& out) {
  const CivilDate& date = civil.date;
  out += kWeekdays[DayOfWeek(DaysFromCivil(date.year, date.month, date.day))];
  out += ' ';
  const std::string_view month = kMonths[date.month - 1];
  if (order == DateOrder::kDmy) {
    AppendTwo(date.day, out);
    out += ' ';
    out += month;
  } else {
    out += month;
    out += ' ';
    AppendTwo(date.day, out);
  }
  out += ' ';
  AppendClock(civil, out);
  out += ' ';
  AppendYear(date, out);
  AppendZone(zone, DateStyle::kPostgres, out);
  AppendEra(date, out);
}

/// `local` is finite.
void AppendReading(Micros local, const ZoneSpan* zone, const DateTimeStyle& style,
                   std::string& out) {
  const CivilTime civil = CivilFromMicros(local);
  switch (style.style) {
    case DateStyle::kPostgres:
      AppendPostgresStyle(civil, style.order, zone, out);
      return;
    case DateStyle::kIso:
      AppendIsoDate(civil.date, out);
      break;
    case DateStyle::kSql:
      AppendDayMonth(civil.date, style.order, '/', out);
      AppendYear(civil.date, out);
      break;
    case DateStyle::kGerman:
      AppendDayMonth(civil.date, DateOrder::kDmy, '.', out);
      AppendYear(civil.date, out);
      break;
  }
  out += ' ';
  AppendClock(civil, out);
  AppendZone(zone, style.style, out);
  AppendEra(civil.date, out);
}

bool AppendedInfinity(bool plus, bool minus, std::string& out) {
  if (plus) out += "infinity";
  if (minus) out += "-infinity";
  return plus || minus;
}

bool AppendedInfinity(Micros timestamp, std::string& out) {
  return AppendedInfinity(timestamp == kTimestampInfinity, timestamp == kTimestampMinusInfinity,
                          out);
}

}  // namespace

void AppendTimestamp(Micros timestamp, const DateTimeStyle& style, std::string& out) {
  if (!AppendedInfinity(timestamp, out)) AppendReading(timestamp, nullptr, style, out);
}

void AppendTimestampTz(Micros timestamp, const DateTimeStyle& style, ZoneCursor& zone,
                       std::string& out) {
  if (AppendedInfinity(timestamp, out)) return;
  const ZoneSpan& span = zone.SpanAt(timestamp);
  AppendReading(timestamp + span.seconds_east * kMicrosPerSecond, &span, style, out);
}

void AppendDate(Days date, const DateTimeStyle& style, std::string& out) {
  if (AppendedInfinity(date == kDateInfinity, date == kDateMinusInfinity, out)) return;
  const CivilDate civil = CivilFromDays(date);
  switch (style.style) {
    case DateStyle::kIso:
      AppendIsoDate(civil, out);
      break;
    case DateStyle::kSql:
      AppendDayMonth(civil, style.order, '/', out);
      AppendYear(civil, out);
      break;
    case DateStyle::kPostgres:
      AppendDayMonth(civil, style.order, '-', out);
      AppendYear(civil, out);
      break;
    case DateStyle::kGerman:
      AppendDayMonth(civil, DateOrder::kDmy, '.', out);
      AppendYear(civil, out);
      break;
  }
  AppendEra(civil, out);
}

void AppendTime(Micros time, std::string& out) {
  const auto seconds = static_cast<int32_t>(time / kMicrosPerSecond);
  AppendClock({.date = {},
               .hour = seconds / 3600,
               .minute = seconds / 60 % 60,
               .second = seconds % 60,
               .micros = static_cast<int32_t>(time % kMicrosPerSecond)},
              out);
}

void AppendTimeTz(const TimeTz& time, std::string& out) {
  AppendTime(time.time, out);
  AppendOffset(-time.zone_seconds_west, out);
}

void AppendRfc3339(Micros timestamp, std::string& out) {
  if (AppendedInfinity(timestamp, out)) return;
  const CivilTime civil = CivilFromMicros(timestamp);
  AppendIsoDate(civil.date, out);
  out += 'T';
  AppendClock(civil, out);
  out += 'Z';
  AppendEra(civil.date, out);
}

}  // namespace riverrun
