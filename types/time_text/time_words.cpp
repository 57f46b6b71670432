#include "types/time_text/time_words.h"

#include <algorithm>
#include <string>

namespace riverrun {
namespace {

using enum DateWord::Kind;

constexpr int32_t LabelOf(TimeUnit unit) { return static_cast<int32_t>(unit); }

// Sorted by name.
constexpr auto kDateWords = std::to_array<DateWord>({
    {"-infinity", kMinusInfinity},
    {"ad", kEra, 0},
    {"allballs", kAllBalls},
    {"am", kAmPm, 0},
    {"apr", kMonth, 4},
    {"april", kMonth, 4},
    {"at", kIgnored},
    {"aug", kMonth, 8},
    {"august", kMonth, 8},
    {"bc", kEra, 1},
    {"d", kUnit, LabelOf(TimeUnit::kDay)},
    {"dec", kMonth, 12},
    {"december", kMonth, 12},
    {"dow", kUnit, LabelOf(TimeUnit::kDayOfWeek)},
    {"doy", kUnit, LabelOf(TimeUnit::kDayOfYear)},
    {"dst", kDstModifier, 3600},
    {"epoch", kEpoch},
    {"feb", kMonth, 2},
    {"february", kMonth, 2},
    {"fri", kWeekday, 5},
    {"friday", kWeekday, 5},
    {"h", kUnit, LabelOf(TimeUnit::kHour)},
    {"infinity", kInfinity},
    {"isodow", kUnit, LabelOf(TimeUnit::kIsoDayOfWeek)},
    {"isoyear", kUnit, LabelOf(TimeUnit::kIsoYear)},
    {"j", kUnit, LabelOf(TimeUnit::kJulian)},
    {"jan", kMonth, 1},
    {"january", kMonth, 1},
    {"jd", kUnit, LabelOf(TimeUnit::kJulian)},
    {"jul", kMonth, 7},
    {"julian", kUnit, LabelOf(TimeUnit::kJulian)},
    {"july", kMonth, 7},
    {"jun", kMonth, 6},
    {"june", kMonth, 6},
    {"m", kUnit, LabelOf(TimeUnit::kMonth)},
    {"mar", kMonth, 3},
    {"march", kMonth, 3},
    {"may", kMonth, 5},
    {"mm", kUnit, LabelOf(TimeUnit::kMinute)},
    {"mon", kWeekday, 1},
    {"monday", kWeekday, 1},
    {"nov", kMonth, 11},
    {"november", kMonth, 11},
    {"now", kNow},
    {"oct", kMonth, 10},
    {"october", kMonth, 10},
    {"on", kIgnored},
    {"pm", kAmPm, 12},
    {"s", kUnit, LabelOf(TimeUnit::kSecond)},
    {"sat", kWeekday, 6},
    {"saturday", kWeekday, 6},
    {"sep", kMonth, 9},
    {"sept", kMonth, 9},
    {"september", kMonth, 9},
    {"sun", kWeekday, 0},
    {"sunday", kWeekday, 0},
    {"t", kIsoTime},
    {"thu", kWeekday, 4},
    {"thur", kWeekday, 4},
    {"thurs", kWeekday, 4},
    {"thursday", kWeekday, 4},
    {"today", kToday},
    {"tomorrow", kTomorrow},
    {"tue", kWeekday, 2},
    {"tues", kWeekday, 2},
    {"tuesday", kWeekday, 2},
    {"wed", kWeekday, 3},
    {"wednesday", kWeekday, 3},
    {"weds", kWeekday, 3},
    {"y", kUnit, LabelOf(TimeUnit::kYear)},
    {"yesterday", kYesterday},
});
static_assert(std::ranges::is_sorted(kDateWords, {}, &DateWord::name));

constexpr UnitWord Word(std::string_view name, TimeUnit unit) {
  return {name, UnitWord::Kind::kUnit, unit};
}

// Sorted by name. No name is longer than the ten letters that count.
constexpr auto kUnitWords = std::to_array<UnitWord>({
    {"@", UnitWord::Kind::kIgnored},
    {"ago", UnitWord::Kind::kAgo},
    Word("c", TimeUnit::kCentury),
    Word("cent", TimeUnit::kCentury),
    Word("centuries", TimeUnit::kCentury),
    Word("century", TimeUnit::kCentury),
    Word("d", TimeUnit::kDay),
    Word("day", TimeUnit::kDay),
    Word("days", TimeUnit::kDay),
    Word("dec", TimeUnit::kDecade),
    Word("decade", TimeUnit::kDecade),
    Word("decades", TimeUnit::kDecade),
    Word("decs", TimeUnit::kDecade),
    Word("h", TimeUnit::kHour),
    Word("hour", TimeUnit::kHour),
    Word("hours", TimeUnit::kHour),
    Word("hr", TimeUnit::kHour),
    Word("hrs", TimeUnit::kHour),
    Word("m", TimeUnit::kMinute),
    Word("microsecon", TimeUnit::kMicrosecond),
    Word("mil", TimeUnit::kMillennium),
    Word("millennia", TimeUnit::kMillennium),
    Word("millennium", TimeUnit::kMillennium),
    Word("millisecon", TimeUnit::kMillisecond),
    Word("mils", TimeUnit::kMillennium),
    Word("min", TimeUnit::kMinute),
    Word("mins", TimeUnit::kMinute),
    Word("minute", TimeUnit::kMinute),
    Word("minutes", TimeUnit::kMinute),
    Word("mon", TimeUnit::kMonth),
    Word("mons", TimeUnit::kMonth),
    Word("month", TimeUnit::kMonth),
    Word("months", TimeUnit::kMonth),
    Word("ms", TimeUnit::kMillisecond),
    Word("msec", TimeUnit::kMillisecond),
    Word("msecond", TimeUnit::kMillisecond),
    Word("mseconds", TimeUnit::kMillisecond),
    Word("msecs", TimeUnit::kMillisecond),
    Word("qtr", TimeUnit::kQuarter),
    Word("quarter", TimeUnit::kQuarter),
    Word("s", TimeUnit::kSecond),
    Word("sec", TimeUnit::kSecond),
    Word("second", TimeUnit::kSecond),
    Word("seconds", TimeUnit::kSecond),
    Word("secs", TimeUnit::kSecond),
    Word("timezone", TimeUnit::kTimezone),
    Word("timezone_h", TimeUnit::kTimezoneHour),
    Word("timezone_m", TimeUnit::kTimezoneMinute),
    Word("us", TimeUnit::kMicrosecond),
    Word("usec", TimeUnit::kMicrosecond),
    Word("usecond", TimeUnit::kMicrosecond),
    Word("useconds", TimeUnit::kMicrosecond),
    Word("usecs", TimeUnit::kMicrosecond),
    Word("w", TimeUnit::kWeek),
    Word("week", TimeUnit::kWeek),
    Word("weeks", TimeUnit::kWeek),
    Word("y", TimeUnit::kYear),
    Word("year", TimeUnit::kYear),
    Word("years", TimeUnit::kYear),
    Word("yr", TimeUnit::kYear),
    Word("yrs", TimeUnit::kYear),
});
static_assert(std::ranges::is_sorted(kUnitWords, {}, &UnitWord::name));

/// Letters of a word that count, as in PostgreSQL: 'milliseconds' is 'millisecon'.
constexpr size_t kSignificantLetters = 10;

}  // namespace

DateWord FindDateWord(std::string_view lower) {
  const std::string_view name = lower.substr(0, kSignificantLetters);
  const auto* word = std::ranges::lower_bound(kDateWords, name, {}, &DateWord::name);
  return word != kDateWords.end() && word->name == name ? *word : DateWord();
}

UnitWord FindUnitWord(std::string_view lower) {
  const std::string_view name = lower.substr(0, kSignificantLetters);
  const auto* word = std::ranges::lower_bound(kUnitWords, name, {}, &UnitWord::name);
  return word != kUnitWords.end() && word->name == name ? *word : UnitWord();
}

bool ParseTimeUnit(std::string_view text, TimeUnit& unit) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), ToLowerAscii);
  const UnitWord word = FindUnitWord(lower);
  if (word.kind == UnitWord::Kind::kUnit) {
    unit = word.unit;
    return true;
  }
  const DateWord label = FindDateWord(lower);
  if (label.kind == kUnit) {
    unit = static_cast<TimeUnit>(label.value);
  } else if (label.kind == kEpoch) {
    unit = TimeUnit::kEpoch;
  } else {
    return false;
  }
  return true;
}

namespace {

/// Cuts a text from the left into the tokens' characters, which it writes to `out`.
class Cutter {
 public:
  Cutter(std::string_view text, char* out) : rest_(text), out_(out) {}

  bool SkipBlanks() {
    while (!rest_.empty() && IsAsciiSpace(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }
  /// False if the next characters cannot start a token; no token for stray punctuation.
  bool Next(TimeToken& token, bool& has_token);

 private:
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  void Take() {
    *out_++ = ToLowerAscii(rest_.front());
    rest_.remove_prefix(1);
  }
  template <class Predicate>
  void TakeWhile(Predicate fits) {
    while (!rest_.empty() && fits(rest_.front())) Take();
  }
  TimeToken::Kind FromDigit();
  TimeToken::Kind FromLetter(const char* start);
  bool FromSign(TimeToken::Kind& kind);

  std::string_view rest_;
  char* out_;
};

bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

TimeToken::Kind Cutter::FromDigit() {
  TakeWhile(IsAsciiDigit);
  const char separator = Peek();
  if (separator == ':') {
    TakeWhile([](char c) { return IsAsciiDigit(c) || c == ':' || c == '.'; });
    return TimeToken::Kind::kTime;
  }
  if (separator != '-' && separator != '/' && separator != '.') return TimeToken::Kind::kNumber;
  Take();
  if (!IsAsciiDigit(Peek())) {
    // A second part in letters: 2-jan-2026.
    TakeWhile(
        [separator](char c) { return IsAsciiDigit(c) || IsAsciiLetter(c) || c == separator; });
    return TimeToken::Kind::kDate;
  }
  TakeWhile(IsAsciiDigit);
  // Two parts around a full stop are a number, three are a date: 12.5, 8.1.1999.
  if (Peek() != separator) {
    return separator == '.' ? TimeToken::Kind::kNumber : TimeToken::Kind::kDate;
  }
  TakeWhile([separator](char c) { return IsAsciiDigit(c) || c == separator; });
  return TimeToken::Kind::kDate;
}

TimeToken::Kind Cutter::FromLetter(const char* start) {
  TakeWhile(IsAsciiLetter);
  const char next = Peek();
  bool joined = next == '-' || next == '/' || next == '.';
  if (next == '+' || IsAsciiDigit(next)) {
    // A known word ends here (y2026); another goes on as the name of a zone (EST5EDT).
    const std::string_view word(start, static_cast<size_t>(out_ - start));
    joined = FindDateWord(word).kind == kUnknown;
  }
  if (!joined) return TimeToken::Kind::kWord;
  TakeWhile([](char c) {
    return IsAsciiDigit(c) || IsAsciiLetter(c) || c == '+' || c == '-' || c == '/' || c == '_' ||
           c == '.' || c == ':';
  });
  return TimeToken::Kind::kDate;
}

bool Cutter::FromSign(TimeToken::Kind& kind) {
  Take();
  SkipBlanks();
  if (IsAsciiDigit(Peek())) {
    kind = TimeToken::Kind::kZone;
    TakeWhile([](char c) { return IsAsciiDigit(c) || c == ':' || c == '.' || c == '-'; });
    return true;
  }
  kind = TimeToken::Kind::kSpecial;
  if (!IsAsciiLetter(Peek())) return false;
  TakeWhile(IsAsciiLetter);
  return true;
}

bool Cutter::Next(TimeToken& token, bool& has_token) {
  const char* start = out_;
  const char first = Peek();
  has_token = true;
  if (IsAsciiDigit(first)) {
    token.kind = FromDigit();
  } else if (first == '.') {
    token.kind = TimeToken::Kind::kNumber;
    Take();
    TakeWhile(IsAsciiDigit);
  } else if (IsAsciiLetter(first)) {
    token.kind = FromLetter(start);
  } else if (first == '+' || first == '-') {
    if (!FromSign(token.kind)) return false;
  } else if (IsPunctuation(first)) {
    rest_.remove_prefix(1);
    has_token = false;
    return true;
  } else {
    return false;
  }
  token.text = std::string_view(start, static_cast<size_t>(out_ - start));
  return true;
}

}  // namespace

bool TimeTokens::Read(std::string_view text) {
  count_ = 0;
  if (text.size() > kMaxLength) return false;
  Cutter cutter(text, chars_.data());
  while (cutter.SkipBlanks()) {
    TimeToken token{};
    bool has_token = false;
    if (!cutter.Next(token, has_token)) return false;
    if (!has_token) continue;
    if (count_ == kMaxTokens) return false;
    tokens_[count_++] = token;
  }
  return true;
}

}  // namespace riverrun
