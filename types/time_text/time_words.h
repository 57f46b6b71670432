// Words that occur in the text of dates, times and intervals, and tokens of such text.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "types/time/time_fields.h"

namespace riverrun {

/// What a word in a date or time means.
struct DateWord {
  enum class Kind : uint8_t {
    kUnknown,
    kIgnored,      // at, on
    kMonth,        // value 1..12
    kWeekday,      // value 0..6
    kAmPm,         // value 0 or 12, the hours to add
    kEra,          // value 1 for BC
    kUnit,         // value is a TimeUnit: the label of the number that follows (y2026m01)
    kIsoTime,      // T: a time follows
    kDstModifier,  // dst: an hour more than the zone before it
    kNow,
    kToday,
    kTomorrow,
    kYesterday,
    kAllBalls,
    kEpoch,
    kInfinity,
    kMinusInfinity,
  };
  std::string_view name;
  Kind kind = Kind::kUnknown;
  int32_t value = 0;
};
/// Looks up a lower-case word; kUnknown if there is none such.
DateWord FindDateWord(std::string_view lower);

/// What a word in an interval, date_trunc or date_part means.
struct UnitWord {
  enum class Kind : uint8_t { kUnknown, kIgnored, kAgo, kUnit };
  std::string_view name;
  Kind kind = Kind::kUnknown;
  TimeUnit unit = TimeUnit::kSecond;
};
/// Looks up a lower-case word; kUnknown if there is none such.
UnitWord FindUnitWord(std::string_view lower);

/// A piece of a date, time or interval, by its shape.
struct TimeToken {
  enum class Kind : uint8_t {
    kNumber,   // 12, 12.5, .5
    kWord,     // january
    kDate,     // 1-2-3, 1/2/3, 2-jan-2026, america/new_york
    kTime,     // 12:34, 12:34:56.7
    kZone,     // +02, -02:30, also a signed number
    kSpecial,  // -infinity
  };
  Kind kind;
  std::string_view text;  // letters in lower case, blanks between sign and digits removed
};

/// The tokens of a text.
class TimeTokens {
 public:
  static constexpr size_t kMaxTokens = 25;
  static constexpr size_t kMaxLength = 255;

  TimeTokens() = default;
  TimeTokens(const TimeTokens&) = delete;  // tokens point into chars_
  TimeTokens& operator=(const TimeTokens&) = delete;

  /// Cuts the text; false if a character fits nowhere or there is too much of it.
  bool Read(std::string_view text);

  size_t size() const { return count_; }
  const TimeToken& operator[](size_t i) const { return tokens_[i]; }

 private:
  std::array<char, kMaxLength + 1> chars_;
  std::array<TimeToken, kMaxTokens> tokens_;
  size_t count_ = 0;
};

constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char ToLowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace riverrun
