// Text to interval: PostgreSQL's and SQL's forms.
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "types/time/time_text.h"
#include "types/time_text/datetime_decoder.h"
#include "types/time_text/interval_sum.h"
#include "types/time_text/time_numbers.h"

namespace riverrun {
namespace {

/// Bits of fields already given, so that none is given twice.
constexpr uint32_t BitOf(TimeUnit unit) { return uint32_t{1} << static_cast<uint32_t>(unit); }
constexpr uint32_t kSecondBits =
    BitOf(TimeUnit::kSecond) | BitOf(TimeUnit::kMillisecond) | BitOf(TimeUnit::kMicrosecond);
constexpr uint32_t kClockBits = BitOf(TimeUnit::kHour) | BitOf(TimeUnit::kMinute) | kSecondBits;

/// The unit of a bare number: the last one of the range.
TimeUnit DefaultUnit(IntervalRange range) {
  switch (range) {
    case IntervalRange::kYear:
      return TimeUnit::kYear;
    case IntervalRange::kMonth:
    case IntervalRange::kYearToMonth:
      return TimeUnit::kMonth;
    case IntervalRange::kDay:
      return TimeUnit::kDay;
    case IntervalRange::kHour:
    case IntervalRange::kDayToHour:
      return TimeUnit::kHour;
    case IntervalRange::kMinute:
    case IntervalRange::kDayToMinute:
    case IntervalRange::kHourToMinute:
      return TimeUnit::kMinute;
    default:
      return TimeUnit::kSecond;
  }
}

/// Reads the tokens from right to left, so that a unit is known before its number.
class IntervalDecoder {
 public:
  IntervalDecoder(const TimeTokens& tokens, IntervalStyle style, IntervalRange range)
      : tokens_(tokens), range_(range) {
    if (style != IntervalStyle::kSqlStandard || tokens.size() == 0) return;
    // SQL's one sign for the whole, unless another part has a sign of its own.
    all_negative_ = tokens[0].text.front() == '-';
    for (size_t i = 1; i < tokens.size(); ++i) {
      if (tokens[i].text.front() == '-' || tokens[i].text.front() == '+') all_negative_ = false;
    }
  }

  ReadFailure Decode(IntervalSum& sum) {
    for (size_t i = tokens_.size(); i-- > 0;) {
      uint32_t found = 0;
      const ReadFailure failure = DecodeToken(tokens_[i], sum, found);
      if (failure != ReadFailure::kNone) return failure;
      if ((found & have_) != 0) return ReadFailure::kSyntax;
      have_ |= found;
    }
    if (have_ == 0) return ReadFailure::kSyntax;
    if (ago_ && !sum.Negate()) return ReadFailure::kFieldOverflow;
    return ReadFailure::kNone;
  }

 private:
  ReadFailure DecodeToken(const TimeToken& token, IntervalSum& sum, uint32_t& found);
  ReadFailure DecodeClock(std::string_view text, bool negative, IntervalSum& sum);
  ReadFailure DecodeNumber(std::string_view text, IntervalSum& sum, uint32_t& found);
  ReadFailure DecodeWord(std::string_view text);

  const TimeTokens& tokens_;
  IntervalRange range_;
  bool all_negative_ = false;
  bool ago_ = false;
  bool wants_unit_ = false;       // 'ago' must follow a unit or a clock reading
  std::optional<TimeUnit> unit_;  // of the number to the left
  uint32_t have_ = 0;
};

ReadFailure IntervalDecoder::DecodeToken(const TimeToken& token, IntervalSum& sum,
                                         uint32_t& found) {
  switch (token.kind) {
    case TimeToken::Kind::kTime:
      found = kClockBits;
      unit_ = TimeUnit::kDay;
      return DecodeClock(token.text, all_negative_, sum);
    case TimeToken::Kind::kZone:
      // A signed clock reading, or else a signed number.
      if (token.text.find(':') != std::string_view::npos) {
        IntervalSum with_clock = sum;
        const bool negative = token.text.front() == '-';
        if (DecodeClock(token.text.substr(1), negative, with_clock) == ReadFailure::kNone) {
          sum = with_clock;
          found = kClockBits;
          unit_ = TimeUnit::kDay;
          return ReadFailure::kNone;
        }
      }
      return DecodeNumber(token.text, sum, found);
    case TimeToken::Kind::kDate:
    case TimeToken::Kind::kNumber:
      return DecodeNumber(token.text, sum, found);
    case TimeToken::Kind::kWord:
    case TimeToken::Kind::kSpecial:
      return DecodeWord(token.text);
  }
  return ReadFailure::kSyntax;
}

ReadFailure IntervalDecoder::DecodeClock(std::string_view text, bool negative, IntervalSum& sum) {
  ClockReading clock;
  const ReadFailure failure = ReadClock(text, range_ == IntervalRange::kMinuteToSecond, clock);
  if (failure != ReadFailure::kNone) return failure;
  Micros micros = clock.minute * kMicrosPerMinute + clock.second * kMicrosPerSecond + clock.micros;
  Micros hours = 0;
  if (__builtin_mul_overflow(clock.hour, kMicrosPerHour, &hours) ||
      __builtin_add_overflow(micros, hours, &micros)) {
    return ReadFailure::kFieldOverflow;
  }
  sum.interval.micros = negative ? -micros : micros;
  wants_unit_ = false;
  return ReadFailure::kNone;
}

ReadFailure IntervalDecoder::DecodeNumber(std::string_view text, IntervalSum& sum,
                                          uint32_t& found) {
  TimeUnit unit = unit_.value_or(DefaultUnit(range_));
  const bool negative = text.front() == '-';
  std::string_view rest = text;
  int64_t whole = 0;
  double fraction = 0;
  if (!TakeInteger(rest, whole)) return ReadFailure::kFieldOverflow;
  if (rest.starts_with('-')) {  // years-months
    rest.remove_prefix(1);
    int32_t months = 0;
    if (!TakeInteger(rest, months) || months < 0 || months >= kMonthsPerYear) {
      return ReadFailure::kFieldOverflow;
    }
    if (!rest.empty()) return ReadFailure::kSyntax;
    unit = TimeUnit::kMonth;
    if (__builtin_mul_overflow(whole, kMonthsPerYear, &whole) ||
        __builtin_add_overflow(whole, negative ? -months : months, &whole)) {
      return ReadFailure::kFieldOverflow;
    }
  } else if (wants_unit_) {
    return ReadFailure::kSyntax;
  } else if (rest.starts_with('.')) {
    if (!ReadFraction(rest, fraction)) return ReadFailure::kSyntax;
    if (negative) fraction = -fraction;
  } else if (!rest.empty()) {
    return ReadFailure::kSyntax;
  }
  if (all_negative_) {
    if (whole > 0) whole = -whole;
    if (fraction > 0) fraction = -fraction;
  }
  bool known = true;
  if (!sum.Add(unit, whole, fraction, known)) return ReadFailure::kFieldOverflow;
  if (!known) return ReadFailure::kSyntax;
  found = unit == TimeUnit::kSecond && fraction != 0 ? kSecondBits : BitOf(unit);
  // What stands left of a bare hour count is days: 1 02 hours.
  wants_unit_ = false;
  unit_ = unit == TimeUnit::kHour ? TimeUnit::kDay : unit;
  return ReadFailure::kNone;
}

ReadFailure IntervalDecoder::DecodeWord(std::string_view text) {
  const UnitWord word = FindUnitWord(text);
  switch (word.kind) {
    case UnitWord::Kind::kUnit:
      unit_ = word.unit;
      wants_unit_ = false;
      return ReadFailure::kNone;
    case UnitWord::Kind::kAgo:
      ago_ = true;
      wants_unit_ = true;
      return ReadFailure::kNone;
    case UnitWord::Kind::kIgnored:
      return ReadFailure::kNone;
    case UnitWord::Kind::kUnknown:
      break;
  }
  return ReadFailure::kSyntax;
}

}  // namespace

Result<Interval> ParseInterval(std::string_view text, IntervalStyle style, int32_t typmod) {
  TimeTokens tokens;
  IntervalSum sum;
  ReadFailure failure = ReadFailure::kSyntax;
  if (tokens.Read(text)) {
    failure = IntervalDecoder(tokens, style, IntervalRangeOf(typmod)).Decode(sum);
  }
  if (failure == ReadFailure::kSyntax) {
    sum = {};
    failure = ReadIso8601Interval(text, sum);
  }
  if (failure == ReadFailure::kFieldOverflow) failure = ReadFailure::kIntervalOverflow;
  if (failure != ReadFailure::kNone) return std::unexpected(ReadError(failure, text, "interval"));
  Interval out;
  TimeStatus status = sum.Finish(out);
  if (status == TimeStatus::kOk) status = ApplyIntervalTypmod(out, typmod, out);
  if (status != TimeStatus::kOk) return std::unexpected(TimeError(status));
  return out;
}

}  // namespace riverrun
