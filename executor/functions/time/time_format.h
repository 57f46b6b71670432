// Times printed by a template: to_char.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/time/time_zone.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {

/// What stands at a place of a template.
enum class TimePattern : uint8_t {
  kLiteral, kHour12, kHour24, kMinute, kSecond, kFraction, kSecondOfDay, kMeridiem, kMeridiemDots,
  kYearComma, kYear, kIsoYear, kEra, kEraDots, kMonthName, kMonthShort, kMonth, kDayName,
  kDayShort, kDayOfYear, kIsoDayOfYear, kDay, kDayOfWeek, kIsoDayOfWeek, kWeekOfMonth, kWeekOfYear,
  kIsoWeek, kCentury, kJulian, kQuarter, kRomanMonth, kZone, kZoneHour, kZoneMinute, kOffset,
};

/// How letters are written.
enum class LetterCase : uint8_t { kUpper, kCapital, kLower };

/// A template taken apart; immutable, any thread may use it.
class TimeFormat {
 public:
  /// Whatever is no pattern of PostgreSQL's stands for itself.
  explicit TimeFormat(std::string_view text);

  /// Appends a finite moment's text. `local` is the clock's reading; `zone` describes the offset
  /// then, or is null for a timestamp without zone.
  void Append(Micros local, const ZoneSpan* zone, std::string& out) const;

 private:
  struct Item {
    TimePattern pattern = TimePattern::kLiteral;
    LetterCase letters = LetterCase::kUpper;
    uint8_t digits = 0;       // years and fractions: how many
    bool fill = true;         // false behind FM: no zeros or blanks
    char ordinal = 0;         // 'T' or 't': TH or th follows
    std::string literal;
  };

  void AppendLiteral(char c);
  void AppendItem(const Item& item, Micros local, const ZoneSpan* zone, std::string& out) const;

  std::vector<Item> items_;
};

}  // namespace riverrun::executor
