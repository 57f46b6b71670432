#include "types/time/zone_rule.h"

#include <algorithm>
#include <array>

namespace riverrun {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads a TZ specification from the left; each step returns false where it does not fit.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool At(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool Take(char c) {
    if (!At(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// "EST" or "<+0530>"; may be empty, as in "+02:00".
  bool ReadName(std::string& name) {
    if (Take('<')) {
      const size_t end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      name = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      return true;
    }
    size_t length = 0;
    while (length < rest_.size() && !IsDigit(rest_[length]) && rest_[length] != ',' &&
           rest_[length] != '-' && rest_[length] != '+') {
      ++length;
    }
    name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool ReadNumber(int32_t low, int32_t high, int32_t& out) {
    if (rest_.empty() || !IsDigit(rest_.front())) return false;
    out = 0;
    while (!rest_.empty() && IsDigit(rest_.front())) {
      out = out * 10 + (rest_.front() - '0');
      if (out > high) return false;
      rest_.remove_prefix(1);
    }
    return out >= low;
  }

  /// [+-]hh[:mm[:ss]], in seconds.
  bool ReadSeconds(int32_t& out) {
    const bool negative = Take('-');
    if (!negative) Take('+');
    int32_t hours = 0;
    int32_t minutes = 0;
    int32_t seconds = 0;
    if (!ReadNumber(0, 167, hours)) return false;
    if (Take(':')) {
      if (!ReadNumber(0, 59, minutes)) return false;
      if (Take(':') && !ReadNumber(0, 60, seconds)) return false;
    }
    out = (hours * 60 + minutes) * 60 + seconds;
    if (negative) out = -out;
    return true;
  }

  /// "M3.2.0/2", "J60" or "59".
  bool ReadDay(ZoneRuleDay& day) {
    bool ok = false;
    if (Take('M')) {
      day.kind = ZoneRuleDay::Kind::kMonthWeekDay;
      ok = ReadNumber(1, 12, day.month) && Take('.') && ReadNumber(1, 5, day.week) && Take('.') &&
           ReadNumber(0, 6, day.day);
    } else if (Take('J')) {
      day.kind = ZoneRuleDay::Kind::kJulianDay;
      ok = ReadNumber(1, 365, day.day);
    } else {
      day.kind = ZoneRuleDay::Kind::kDayOfYear;
      ok = ReadNumber(0, 365, day.day);
    }
    day.seconds = 7200;
    return ok && (!Take('/') || ReadSeconds(day.seconds));
  }

 private:
  std::string_view rest_;
};

/// Days since 1970 of a rule's day in a year.
int64_t RuleDay(const ZoneRuleDay& rule, int64_t year) {
  const int64_t new_year = DaysFromCivil(year, 1, 1);
  switch (rule.kind) {
    case ZoneRuleDay::Kind::kJulianDay:
      return new_year + rule.day - 1 + (IsLeapYear(year) && rule.day >= 60 ? 1 : 0);
    case ZoneRuleDay::Kind::kDayOfYear:
      return new_year + rule.day;
    case ZoneRuleDay::Kind::kMonthWeekDay:
      break;
  }
  const int64_t first = DaysFromCivil(year, rule.month, 1);
  int64_t day = first + (rule.day - DayOfWeek(first) + 7) % 7 + (rule.week - 1) * int64_t{7};
  while (day >= first + DaysInMonth(year, rule.month)) day -= 7;
  return day;
}

struct Change {
  int64_t seconds;  // since 1970, UTC
  bool to_dst;
};

constexpr Micros kBeforeAll = kTimestampMinusInfinity;
constexpr Micros kAfterAll = kTimestampInfinity;

Micros SaturatedMicros(int64_t seconds) {
  Micros micros = 0;
  if (__builtin_mul_overflow(seconds, kMicrosPerSecond, &micros)) {
    return seconds < 0 ? kBeforeAll : kAfterAll;
  }
  return micros;
}

}  // namespace

bool ParseZoneRule(std::string_view text, ZoneRule& out) {
  out = {};
  RuleReader reader(text);
  int32_t west = 0;
  if (!reader.ReadName(out.standard_name) || !reader.ReadSeconds(west)) return false;
  out.standard_east = -west;
  if (reader.AtEnd()) return true;
  out.has_dst = true;
  if (!reader.ReadName(out.dst_name) || out.dst_name.empty()) return false;
  out.dst_east = out.standard_east + 3600;
  if (!reader.AtEnd() && !reader.At(',')) {
    if (!reader.ReadSeconds(west)) return false;
    out.dst_east = -west;
  }
  if (reader.AtEnd()) reader = RuleReader(",M3.2.0,M11.1.0");
  return reader.Take(',') && reader.ReadDay(out.dst_start) && reader.Take(',') &&
         reader.ReadDay(out.dst_end) && reader.AtEnd();
}

ZoneSpan RuleSpan(const ZoneRule& rule, Micros utc) {
  if (!rule.has_dst) {
    return {kBeforeAll, kAfterAll, rule.standard_east, false, rule.standard_name};
  }
  // The changes of three years surround the instant, whichever way the zone's offset points.
  const int64_t year = CivilFromDays(FloorDivide(utc, kMicrosPerDay)).year;
  std::array<Change, 6> changes;
  size_t count = 0;
  for (int64_t y = year - 1; y <= year + 1; ++y) {
    changes[count++] = {
        RuleDay(rule.dst_start, y) * 86400 + rule.dst_start.seconds - rule.standard_east, true};
    changes[count++] = {RuleDay(rule.dst_end, y) * 86400 + rule.dst_end.seconds - rule.dst_east,
                        false};
  }
  std::ranges::sort(changes, {}, &Change::seconds);
  size_t next = 0;
  while (next < count && SaturatedMicros(changes[next].seconds) <= utc) ++next;
  const bool is_dst = next == 0 ? !changes[0].to_dst : changes[next - 1].to_dst;
  return {next == 0 ? kBeforeAll : SaturatedMicros(changes[next - 1].seconds),
          next == count ? kAfterAll : SaturatedMicros(changes[next].seconds),
          is_dst ? rule.dst_east : rule.standard_east, is_dst,
          is_dst ? rule.dst_name : rule.standard_name};
}

}  // namespace riverrun
