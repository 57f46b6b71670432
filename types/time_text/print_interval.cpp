// Intervals to text, in four styles.
#include <cstdlib>
#include <string>

#include "types/time/time_text.h"
#include "types/time_text/digits.h"

namespace riverrun {
namespace {

/// The parts of an interval as the styles show them; each keeps the sign of what it comes from.
struct Parts {
  int64_t years;
  int64_t months;
  int64_t days;
  int64_t hours;
  int64_t minutes;
  int64_t seconds;
  int64_t micros;

  explicit Parts(const Interval& a)
      : years(a.months / kMonthsPerYear),
        months(a.months % kMonthsPerYear),
        days(a.days),
        hours(a.micros / kMicrosPerHour),
        minutes(a.micros / kMicrosPerMinute % 60),
        seconds(a.micros / kMicrosPerSecond % 60),
        micros(a.micros % kMicrosPerSecond) {}
};

int64_t Magnitude(int64_t value) { return value < 0 ? -value : value; }

/// Seconds with their fraction, signs dropped; two digits at least if padded.
void AppendSeconds(const Parts& parts, bool padded, std::string& out) {
  AppendPadded(Magnitude(parts.seconds), padded ? 2 : 1, out);
  AppendFraction(static_cast<int32_t>(Magnitude(parts.micros)), out);
}

/// "hh:mm:ss.ffffff", signs dropped.
void AppendClock(const Parts& parts, int hour_width, std::string& out) {
  AppendPadded(Magnitude(parts.hours), hour_width, out);
  out += ':';
  AppendTwo(static_cast<int32_t>(Magnitude(parts.minutes)), out);
  out += ':';
  AppendSeconds(parts, true, out);
}

/// 1 year 2 mons -3 days +04:05:06
void AppendPostgres(const Interval& a, std::string& out) {
  const Parts parts(a);
  bool empty = true;
  bool after_negative = false;  // then a positive part shows its sign
  const auto append = [&](int64_t value, std::string_view unit) {
    if (value == 0) return;
    if (!empty) out += ' ';
    if (after_negative && value > 0) out += '+';
    out += std::to_string(value);
    out += ' ';
    out += unit;
    if (value != 1) out += 's';
    after_negative = value < 0;
    empty = false;
  };
  append(parts.years, "year");
  append(parts.months, "mon");
  append(parts.days, "day");
  if (!empty && a.micros == 0) return;
  if (!empty) out += ' ';
  if (a.micros < 0) {
    out += '-';
  } else if (after_negative) {
    out += '+';
  }
  AppendClock(parts, 2, out);
}

/// @ 1 year 2 mons -3 days 4 hours ago. The first part's sign becomes "ago".
void AppendVerbose(const Interval& a, std::string& out) {
  const Parts parts(a);
  bool empty = true;
  bool ago = false;
  out += '@';
  const auto append = [&](int64_t value, std::string_view unit) {
    if (value == 0) return;
    if (empty) ago = value < 0;
    if (ago) value = -value;
    out += ' ';
    out += std::to_string(value);
    out += ' ';
    out += unit;
    if (value != 1) out += 's';
    empty = false;
  };
  append(parts.years, "year");
  append(parts.months, "mon");
  append(parts.days, "day");
  append(parts.hours, "hour");
  append(parts.minutes, "min");
  if (parts.seconds != 0 || parts.micros != 0) {
    const bool negative = parts.seconds < 0 || parts.micros < 0;
    if (empty) ago = negative;
    out += ' ';
    if (negative != ago) out += '-';
    AppendSeconds(parts, false, out);
    out += Magnitude(parts.seconds) != 1 || parts.micros != 0 ? " secs" : " sec";
    empty = false;
  }
  if (empty) out += " 0";
  if (ago) out += " ago";
}

/// 1-2, 3 4:05:06, or +1-2 -3 +4:05:06 where SQL's forms cannot say it.
void AppendSqlStandard(const Interval& a, std::string& out) {
  const Parts parts(a);
  const bool any_negative = a.months < 0 || a.days < 0 || a.micros < 0;
  const bool any_positive = a.months > 0 || a.days > 0 || a.micros > 0;
  const bool has_months = a.months != 0;
  const bool has_time = a.days != 0 || a.micros != 0;
  if (!any_negative && !any_positive) {
    out += '0';
    return;
  }
  const auto append_months = [&] {
    out += std::to_string(Magnitude(parts.years)) + '-' + std::to_string(Magnitude(parts.months));
  };
  if ((any_negative && any_positive) || (has_months && has_time)) {
    out += a.months < 0 ? '-' : '+';
    append_months();
    out += a.days < 0 ? " -" : " +";
    out += std::to_string(Magnitude(parts.days));
    out += a.micros < 0 ? " -" : " +";
    AppendClock(parts, 1, out);
    return;
  }
  if (any_negative) out += '-';
  if (has_months) {
    append_months();
    return;
  }
  if (a.days != 0) out += std::to_string(Magnitude(parts.days)) + ' ';
  AppendClock(parts, 1, out);
}

/// P1Y2M3DT4H5M6.7S, each part with its sign.
void AppendIso8601(const Interval& a, std::string& out) {
  const Parts parts(a);
  if (a == Interval()) {
    out += "PT0S";
    return;
  }
  const auto append = [&](int64_t value, char unit) {
    if (value != 0) out += std::to_string(value) + unit;
  };
  out += 'P';
  append(parts.years, 'Y');
  append(parts.months, 'M');
  append(parts.days, 'D');
  if (a.micros == 0) return;
  out += 'T';
  append(parts.hours, 'H');
  append(parts.minutes, 'M');
  if (parts.seconds == 0 && parts.micros == 0) return;
  if (a.micros < 0) out += '-';
  AppendSeconds(parts, false, out);
  out += 'S';
}

}  // namespace

void AppendInterval(const Interval& interval, IntervalStyle style, std::string& out) {
  switch (style) {
    case IntervalStyle::kPostgres:
      AppendPostgres(interval, out);
      break;
    case IntervalStyle::kPostgresVerbose:
      AppendVerbose(interval, out);
      break;
    case IntervalStyle::kSqlStandard:
      AppendSqlStandard(interval, out);
      break;
    case IntervalStyle::kIso8601:
      AppendIso8601(interval, out);
      break;
  }
}

}  // namespace riverrun
