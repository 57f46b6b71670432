#include "executor/functions/time/time_format.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace riverrun::executor {
namespace {

using P = TimePattern;
using L = LetterCase;

struct Keyword {
  std::string_view word;  // in capitals
  TimePattern pattern;
  uint8_t digits = 0;
};

// Longer words before their beginnings. A word is all capitals or all small letters.
constexpr Keyword kNumberWords[] = {
    {"SSSSS", P::kSecondOfDay}, {"SSSS", P::kSecondOfDay}, {"Y,YYY", P::kYearComma},
    {"IYYY", P::kIsoYear, 4},   {"IYY", P::kIsoYear, 3},   {"IY", P::kIsoYear, 2},
    {"IDDD", P::kIsoDayOfYear}, {"ID", P::kIsoDayOfWeek},  {"IW", P::kIsoWeek},
    {"I", P::kIsoYear, 1},      {"YYYY", P::kYear, 4},     {"YYY", P::kYear, 3},
    {"YY", P::kYear, 2},        {"Y", P::kYear, 1},        {"HH24", P::kHour24},
    {"HH12", P::kHour12},       {"HH", P::kHour12},        {"MI", P::kMinute},
    {"MM", P::kMonth},          {"MS", P::kFraction, 3},   {"SS", P::kSecond},
    {"US", P::kFraction, 6},    {"FF1", P::kFraction, 1},  {"FF2", P::kFraction, 2},
    {"FF3", P::kFraction, 3},   {"FF4", P::kFraction, 4},  {"FF5", P::kFraction, 5},
    {"FF6", P::kFraction, 6},   {"DDD", P::kDayOfYear},    {"DD", P::kDay},
    {"WW", P::kWeekOfYear},     {"W", P::kWeekOfMonth},    {"CC", P::kCentury},
    {"J", P::kJulian},          {"Q", P::kQuarter},        {"TZH", P::kZoneHour},
    {"TZM", P::kZoneMinute},    {"OF", P::kOffset}};
constexpr Keyword kNameWords[] = {
    {"MONTH", P::kMonthName}, {"MON", P::kMonthShort}, {"DAY", P::kDayName}, {"DY", P::kDayShort},
    {"A.M.", P::kMeridiemDots}, {"P.M.", P::kMeridiemDots}, {"AM", P::kMeridiem},
    {"PM", P::kMeridiem}, {"A.D.", P::kEraDots}, {"B.C.", P::kEraDots}, {"AD", P::kEra},
    {"BC", P::kEra}, {"RM", P::kRomanMonth}, {"TZ", P::kZone}};

constexpr std::string_view kMonths[] = {"January", "February", "March", "April", "May", "June",
                                        "July", "August", "September", "October", "November",
                                        "December"};
constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
                                      "Friday", "Saturday"};
constexpr std::string_view kRomans[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX",
                                        "X", "XI", "XII"};

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Whether a text begins with a word in any case.
bool Begins(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return a == Upper(b); });
}

// How a name was written: MON, Mon or mon. Other mixtures are no pattern. False for those.
bool CaseOf(std::string_view written, TimePattern pattern, LetterCase& letters) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool names = pattern == P::kMonthName || pattern == P::kMonthShort ||
                     pattern == P::kDayName || pattern == P::kDayShort;
  if (std::none_of(written.begin(), written.end(), is_lower)) {
    letters = L::kUpper;
  } else if (std::none_of(written.begin(), written.end(), is_upper)) {
    letters = L::kLower;
  } else if (names && is_upper(written[0]) &&
             std::none_of(written.begin() + 1, written.end(), is_upper)) {
    letters = L::kCapital;
  } else {
    return false;
  }
  return true;
}

void AppendNumber(int64_t value, size_t width, std::string& out) {
  if (value < 0) {
    out.push_back('-');
    value = -value;
  }
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void AppendName(std::string_view name, LetterCase letters, size_t width, std::string& out) {
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper = letters == L::kUpper || (letters == L::kCapital && i == 0);
    out.push_back(upper ? Upper(name[i]) : Lower(name[i]));
  }
  if (name.size() < width) out.append(width - name.size(), ' ');
}

std::string_view OrdinalEnding(int64_t value) {
  const int64_t last = std::abs(value) % 10, tens = std::abs(value) / 10 % 10;
  if (tens == 1) return "th";
  return last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
}

// 1 BC is year 0 and printed as 1.
int64_t ShownYear(int64_t year) { return year > 0 ? year : 1 - year; }

int64_t CenturyOf(int64_t year) {
  return year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
}

// The moment's fields that several patterns need.
struct Moment {
  CivilTime civil;
  Micros of_day = 0;
  int64_t days = 0;

  explicit Moment(Micros local) : civil(CivilFromMicros(local)) {
    days = FloorDivide(local, kMicrosPerDay);
    of_day = local - days * kMicrosPerDay;
  }
  int32_t weekday() const { return DayOfWeek(days); }
  int32_t iso_weekday() const { return weekday() == 0 ? 7 : weekday(); }
};

// The number that a pattern prints, with its width in zeros; false if it prints none.
bool NumberOf(TimePattern pattern, uint8_t digits, const Moment& at, int64_t& value,
              size_t& width) {
  const CivilDate& date = at.civil.date;
  width = 2;
  switch (pattern) {
    case P::kHour12: value = at.civil.hour % 12 == 0 ? 12 : at.civil.hour % 12; return true;
    case P::kHour24: value = at.civil.hour; return true;
    case P::kMinute: value = at.civil.minute; return true;
    case P::kSecond: value = at.civil.second; return true;
    case P::kMonth: value = date.month; return true;
    case P::kDay: value = date.day; return true;
    case P::kWeekOfYear: value = (DayOfYear(date) - 1) / 7 + 1; return true;
    case P::kIsoWeek: value = IsoWeekOf(date).week; return true;
    case P::kCentury: value = CenturyOf(date.year); return true;
    default: break;
  }
  width = 3;
  if (pattern == P::kDayOfYear) return value = DayOfYear(date), true;
  if (pattern == P::kIsoDayOfYear) {
    const IsoWeek week = IsoWeekOf(date);
    return value = at.days - DaysFromIsoWeek(week.year, 1) + 1, true;
  }
  width = 0;
  switch (pattern) {
    case P::kSecondOfDay: value = at.of_day / kMicrosPerSecond; return true;
    case P::kDayOfWeek: value = at.weekday() + 1; return true;
    case P::kIsoDayOfWeek: value = at.iso_weekday(); return true;
    case P::kWeekOfMonth: value = (date.day - 1) / 7 + 1; return true;
    case P::kJulian: value = at.days + kUnixEpochJulianDay; return true;
    case P::kQuarter: value = (date.month - 1) / 3 + 1; return true;
    case P::kYear:
    case P::kIsoYear: {
      value = ShownYear(pattern == P::kYear ? date.year : IsoWeekOf(date).year);
      width = digits;
      if (digits < 4) value %= digits == 3 ? 1000 : digits == 2 ? 100 : 10;
      return true;
    }
    default: return false;
  }
}

void AppendFraction(int32_t micros, uint8_t digits, std::string& out) {
  for (uint8_t i = digits; i < 6; ++i) micros /= 10;
  AppendNumber(micros, digits, out);
}

void AppendZone(TimePattern pattern, LetterCase letters, const ZoneSpan& zone, std::string& out) {
  const int32_t minutes = std::abs(zone.seconds_east) / 60;
  const char sign = zone.seconds_east < 0 ? '-' : '+';
  switch (pattern) {
    case P::kZone: return AppendName(zone.abbreviation, letters, 0, out);
    case P::kZoneHour:
      out.push_back(sign);
      return AppendNumber(minutes / 60, 2, out);
    case P::kZoneMinute: return AppendNumber(minutes % 60, 2, out);
    default: break;
  }
  out.push_back(sign);
  AppendNumber(minutes / 60, 2, out);
  if (minutes % 60 == 0) return;
  out.push_back(':');
  AppendNumber(minutes % 60, 2, out);
}

// Finds the pattern that a template goes on with; its length, or 0.
size_t FindPattern(std::string_view text, TimePattern& pattern, uint8_t& digits,
                   LetterCase& letters) {
  for (const Keyword& keyword : kNameWords) {
    if (!Begins(text, keyword.word)) continue;
    // TZH and TZM are numbers that begin like TZ.
    if (keyword.pattern == P::kZone && (Begins(text, "TZH") || Begins(text, "TZM"))) continue;
    if (!CaseOf(text.substr(0, keyword.word.size()), keyword.pattern, letters)) continue;
    pattern = keyword.pattern;
    return keyword.word.size();
  }
  for (const Keyword& keyword : kNumberWords) {
    if (!Begins(text, keyword.word)) continue;
    if (!CaseOf(text.substr(0, keyword.word.size()), keyword.pattern, letters)) continue;
    pattern = keyword.pattern;
    digits = keyword.digits;
    return keyword.word.size();
  }
  if (!Begins(text, "D")) return 0;
  pattern = P::kDayOfWeek;
  return 1;
}

}  // namespace

TimeFormat::TimeFormat(std::string_view text) {
  bool fill = true;
  while (!text.empty()) {
    if (Begins(text, "FM") || Begins(text, "TM") || Begins(text, "FX")) {
      if (!Begins(text, "FX")) fill = false;
      text.remove_prefix(2);
      continue;
    }
    Item item;
    if (const size_t size = FindPattern(text, item.pattern, item.digits, item.letters); size > 0) {
      text.remove_prefix(size);
      item.fill = fill;
      fill = true;
      if (text.starts_with("TH") || text.starts_with("th")) {
        item.ordinal = text.front();
        text.remove_prefix(2);
      } else if (text.starts_with("SP")) {
        text.remove_prefix(2);
      }
      items_.push_back(std::move(item));
      continue;
    }
    if (text.front() == '"') {
      for (text.remove_prefix(1); !text.empty() && text.front() != '"'; text.remove_prefix(1)) {
        if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
        AppendLiteral(text.front());
      }
      if (!text.empty()) text.remove_prefix(1);
      continue;
    }
    if (text.starts_with("\\\"")) text.remove_prefix(1);
    AppendLiteral(text.front());
    text.remove_prefix(1);
  }
}

void TimeFormat::AppendLiteral(char c) {
  if (items_.empty() || items_.back().pattern != P::kLiteral) items_.emplace_back();
  items_.back().literal.push_back(c);
}

void TimeFormat::Append(Micros local, const ZoneSpan* zone, std::string& out) const {
  for (const Item& item : items_) AppendItem(item, local, zone, out);
}

void TimeFormat::AppendItem(const Item& item, Micros local, const ZoneSpan* zone,
                            std::string& out) const {
  if (item.pattern == P::kLiteral) {
    out += item.literal;
    return;
  }
  const Moment at(local);
  int64_t number = 0;
  size_t width = 0;
  if (NumberOf(item.pattern, item.digits, at, number, width)) {
    AppendNumber(number, item.fill ? width : 0, out);
    if (item.ordinal == 0) return;
    return AppendName(OrdinalEnding(number), item.ordinal == 'T' ? L::kUpper : L::kLower, 0, out);
  }
  const CivilDate& date = at.civil.date;
  const size_t month = static_cast<size_t>(date.month) - 1;
  const std::string_view day = kDays[at.weekday()];
  const size_t name_width = item.fill ? 9 : 0;
  switch (item.pattern) {
    case P::kFraction: return AppendFraction(at.civil.micros, item.digits, out);
    case P::kMonthName: return AppendName(kMonths[month], item.letters, name_width, out);
    case P::kMonthShort: return AppendName(kMonths[month].substr(0, 3), item.letters, 0, out);
    case P::kDayName: return AppendName(day, item.letters, name_width, out);
    case P::kDayShort: return AppendName(day.substr(0, 3), item.letters, 0, out);
    case P::kRomanMonth: return AppendName(kRomans[month], item.letters, item.fill ? 4 : 0, out);
    case P::kMeridiem: return AppendName(at.civil.hour < 12 ? "AM" : "PM", item.letters, 0, out);
    case P::kMeridiemDots:
      return AppendName(at.civil.hour < 12 ? "A.M." : "P.M.", item.letters, 0, out);
    case P::kEra: return AppendName(date.year > 0 ? "AD" : "BC", item.letters, 0, out);
    case P::kEraDots: return AppendName(date.year > 0 ? "A.D." : "B.C.", item.letters, 0, out);
    case P::kYearComma: {
      const int64_t year = ShownYear(date.year);
      AppendNumber(year / 1000, 0, out);
      out.push_back(',');
      return AppendNumber(year % 1000, 3, out);
    }
    default:
      // Without a zone its name is empty and its offset 0.
      AppendZone(item.pattern, item.letters, zone != nullptr ? *zone : ZoneSpan{}, out);
  }
}

}  // namespace riverrun::executor
