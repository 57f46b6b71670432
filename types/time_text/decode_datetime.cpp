// DateTimeDecoder: the walk over the tokens, words, and what is checked at the end.
#include <algorithm>
#include <limits>

#include "types/time_text/datetime_decoder.h"
#include "types/time_text/time_numbers.h"

namespace riverrun {

using namespace time_field;  // NOLINT: the bits are this file's vocabulary

namespace {

std::string UpperAscii(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return upper;
}

bool IsClockOverflow(const CivilTime& t) {
  if (t.hour < 0 || t.hour > 24 || t.minute < 0 || t.minute > 59 || t.second < 0 || t.second > 60 ||
      t.micros < 0 || t.micros > kMicrosPerSecond) {
    return true;
  }
  return t.hour * kMicrosPerHour + t.minute * kMicrosPerMinute + t.second * kMicrosPerSecond +
             t.micros >
         kTimeEnd;
}

}  // namespace

DateTimeDecoder::DateTimeDecoder(const DateTimeInput& input, Target target)
    : input_(input),
      target_(target),
      utc_(*TimeZone::Utc()),
      session_zone_(input.zone != nullptr ? input.zone : &utc_) {
  civil_.date = {0, 0, 0};
}

ReadFailure DateTimeDecoder::Decode(const TimeTokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    found_ = 0;
    const ReadFailure failure = DecodeToken(tokens, i);
    if (failure != ReadFailure::kNone) return failure;
    if ((found_ & have_) != 0) return ReadFailure::kSyntax;
    have_ |= found_;
  }
  return Finish();
}

ReadFailure DateTimeDecoder::DecodeToken(const TimeTokens& tokens, size_t i) {
  const std::string_view text = tokens[i].text;
  switch (tokens[i].kind) {
    case TimeToken::Kind::kDate:
      return DecodeDateToken(tokens, i);
    case TimeToken::Kind::kTime:
      return DecodeTimeToken(text);
    case TimeToken::Kind::kZone:
      found_ = kZone;
      return DecodeOffset(text);
    case TimeToken::Kind::kNumber:
      return DecodeNumberToken(tokens, i);
    case TimeToken::Kind::kWord:
    case TimeToken::Kind::kSpecial:
      return DecodeWordToken(tokens, i);
  }
  return ReadFailure::kSyntax;
}

ReadFailure DateTimeDecoder::DecodeDateToken(const TimeTokens& tokens, size_t i) {
  const std::string_view text = tokens[i].text;
  if (time_only()) {
    // A time takes a date only first, before the time it belongs to.
    if (i == 0 && tokens.size() >= 2 &&
        (tokens[tokens.size() - 1].kind == TimeToken::Kind::kDate ||
         tokens[1].kind == TimeToken::Kind::kTime)) {
      return DecodeDate(text);
    }
    if (!IsAsciiDigit(text.front())) return DecodeNamedZone(text);
    return Has(kTime) ? ReadFailure::kSyntax : DecodeTimeThenZone(text);
  }
  if (label_set_ && !label_is_time_ && label_ == TimeUnit::kJulian) {
    label_set_ = false;
    std::string_view rest = text;
    int32_t day = 0;
    if (!TakeInteger(rest, day) || day < 0) return ReadFailure::kFieldOverflow;
    const ReadFailure failure = DecodeOffset(rest);
    if (failure != ReadFailure::kNone) return failure;
    DecodeJulianDay(day, {});
    found_ = kDate | kTime | kZone;
    return ReadFailure::kNone;
  }
  if (!label_set_ && !Has(kMonth | kDay)) return DecodeDate(text);
  // The date is complete: this is the name of a zone, or a time run together with an offset.
  if (!label_set_ && !IsAsciiDigit(text.front())) return DecodeNamedZone(text);
  if (label_set_ && !label_is_time_) return ReadFailure::kSyntax;
  label_set_ = false;
  return Has(kTime) ? ReadFailure::kSyntax : DecodeTimeThenZone(text);
}

ReadFailure DateTimeDecoder::DecodeTimeToken(std::string_view text) {
  if (label_set_ && !time_only()) {
    if (!label_is_time_) return ReadFailure::kSyntax;
    label_set_ = false;
  }
  ClockReading clock;
  const ReadFailure failure = ReadClock(text, false, clock);
  if (failure != ReadFailure::kNone) return failure;
  if (clock.hour > std::numeric_limits<int32_t>::max()) return ReadFailure::kFieldOverflow;
  SetClock(clock);
  found_ = kTime;
  // Where a date is wanted this is decided here; a mere time is judged when it is complete.
  return !time_only() && IsClockOverflow(civil_) ? ReadFailure::kFieldOverflow : ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::DecodeNumberToken(const TimeTokens& tokens, size_t i) {
  const std::string_view text = tokens[i].text;
  if (label_set_) return DecodeLabelled(text);
  const size_t point = text.find('.');
  const bool has_point = point != std::string_view::npos;
  const bool long_before_point = has_point && point > 2;
  if (time_only()) {
    if (has_point) {
      if (i == 0 && tokens.size() >= 2 &&
          tokens[tokens.size() - 1].kind == TimeToken::Kind::kDate) {
        return DecodeDate(text);
      }
      return long_before_point ? DecodeRunTogether(text, have_ | kDate) : ReadFailure::kSyntax;
    }
    return text.size() > 4 ? DecodeRunTogether(text, have_ | kDate)
                           : DecodeNumber(text, false, have_ | kDate);
  }
  if (has_point && (have_ & kDate) == 0) return DecodeDate(text);
  const bool half_missing = (have_ & kDate) == 0 || (have_ & kTime) == 0;
  if (long_before_point || (text.size() >= 6 && half_missing)) {
    return DecodeRunTogether(text, have_);
  }
  return DecodeNumber(text, has_text_month_, have_);
}

ReadFailure DateTimeDecoder::DecodeJulianDay(int32_t day, std::string_view fraction) {
  found_ = kDate;
  is_julian_ = true;
  civil_.date = CivilFromDays(int64_t{day} - kUnixEpochJulianDay);
  if (fraction.empty()) return ReadFailure::kNone;
  double part = 0;
  if (!ReadFraction(fraction, part)) return ReadFailure::kSyntax;
  found_ |= kTime;
  const CivilTime time =
      CivilFromMicros(static_cast<Micros>(part * static_cast<double>(kMicrosPerDay)));
  civil_.hour = time.hour;
  civil_.minute = time.minute;
  civil_.second = time.second;
  civil_.micros = time.micros;
  return ReadFailure::kNone;
}

/// The number after a label: y2026, m01, j2461043.5, T030405.
ReadFailure DateTimeDecoder::DecodeLabelled(std::string_view text) {
  label_set_ = false;
  outcome_ = Outcome::kFields;
  std::string_view rest = text;
  int32_t value = 0;
  if (!TakeInteger(rest, value)) return ReadFailure::kFieldOverflow;
  if (!rest.empty() && rest.front() != '.') return ReadFailure::kSyntax;
  if (label_is_time_) {
    const ReadFailure failure = DecodeRunTogether(text, have_ | kDate);
    if (failure != ReadFailure::kNone) return failure;
    return found_ == kTime ? ReadFailure::kNone : ReadFailure::kSyntax;
  }
  if (!rest.empty() && label_ != TimeUnit::kSecond && label_ != TimeUnit::kJulian) {
    return ReadFailure::kSyntax;
  }
  switch (label_) {
    case TimeUnit::kYear:
      civil_.date.year = value;
      found_ = kYear;
      return ReadFailure::kNone;
    case TimeUnit::kMonth:
      // After an hour, m is a minute.
      if (Has(kMonth | kHour)) {
        civil_.minute = value;
        found_ = kMinute;
      } else {
        civil_.date.month = value;
        found_ = kMonth;
      }
      return ReadFailure::kNone;
    case TimeUnit::kDay:
      civil_.date.day = value;
      found_ = kDay;
      return ReadFailure::kNone;
    case TimeUnit::kHour:
      civil_.hour = value;
      found_ = kHour;
      return ReadFailure::kNone;
    case TimeUnit::kMinute:
      civil_.minute = value;
      found_ = kMinute;
      return ReadFailure::kNone;
    case TimeUnit::kSecond:
      civil_.second = value;
      found_ = kSecond;
      if (rest.empty()) return ReadFailure::kNone;
      found_ |= kFraction;
      return ReadFractionMicros(rest, civil_.micros) ? ReadFailure::kNone : ReadFailure::kSyntax;
    case TimeUnit::kJulian:
      if (value < 0) return ReadFailure::kFieldOverflow;
      return DecodeJulianDay(value, rest);
    default:
      return ReadFailure::kSyntax;
  }
}

ReadFailure DateTimeDecoder::DecodeWordToken(const TimeTokens& tokens, size_t i) {
  const std::string_view text = tokens[i].text;
  ZoneAbbreviation abbreviation;
  if (FindZoneAbbreviation(text, abbreviation)) {
    if (!abbreviation.zone.empty()) {
      dated_abbreviation_ = UpperAscii(text);
      return DecodeNamedZone(abbreviation.zone);
    }
    found_ = kZone;
    zone_west_ = -abbreviation.seconds_east;
    return ReadFailure::kNone;
  }
  const DateWord word = FindDateWord(text);
  if (word.kind != Kind::kUnknown) return DecodeKnownWord(word, tokens, i);
  // A word alone may name a zone (Cuba); where it does not, it is just wrong.
  const ReadFailure failure = DecodeNamedZone(text);
  return failure == ReadFailure::kUnknownZone ? ReadFailure::kSyntax : failure;
}

ReadFailure DateTimeDecoder::DecodeKnownWord(const DateWord& word, const TimeTokens& tokens,
                                             size_t i) {
  switch (word.kind) {
    case Kind::kIgnored:
      return ReadFailure::kNone;
    case Kind::kMonth:
      return time_only() ? ReadFailure::kSyntax : DecodeMonthWord(word.value);
    case Kind::kWeekday:
      found_ = kWeekday;
      return time_only() ? ReadFailure::kSyntax : ReadFailure::kNone;
    case Kind::kAmPm:
      found_ = kAmPm;
      am_pm_ = word.value;
      return ReadFailure::kNone;
    case Kind::kEra:
      found_ = kEra;
      is_bc_ = word.value == 1;
      return ReadFailure::kNone;
    case Kind::kDstModifier:
      found_ = kDstModifier;
      zone_west_ -= word.value;
      return ReadFailure::kNone;
    case Kind::kUnit:
      label_set_ = true;
      label_is_time_ = false;
      label_ = static_cast<TimeUnit>(word.value);
      return ReadFailure::kNone;
    case Kind::kIsoTime: {
      if (!time_only() && !Has(kDate)) return ReadFailure::kSyntax;
      if (i + 1 >= tokens.size()) return ReadFailure::kSyntax;
      const TimeToken::Kind next = tokens[i + 1].kind;
      if (next != TimeToken::Kind::kNumber && next != TimeToken::Kind::kTime &&
          next != TimeToken::Kind::kDate) {
        return ReadFailure::kSyntax;
      }
      label_set_ = true;
      label_is_time_ = true;
      return ReadFailure::kNone;
    }
    default:
      return DecodeReserved(word.kind);
  }
}

ReadFailure DateTimeDecoder::DecodeMonthWord(int32_t month) {
  found_ = kMonth;
  // A number taken for the month before was the day: 5 january.
  if (Has(kMonth) && !has_text_month_ && !Has(kDay) && civil_.date.month >= 1 &&
      civil_.date.month <= 31) {
    civil_.date.day = civil_.date.month;
    found_ = kDay;
  }
  has_text_month_ = true;
  civil_.date.month = month;
  return ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::DecodeReserved(Kind kind) {
  if (kind == Kind::kAllBalls) {
    outcome_ = Outcome::kFields;
    civil_.hour = civil_.minute = civil_.second = civil_.micros = 0;
    zone_west_ = 0;
    found_ = kTime | kZone;
    return ReadFailure::kNone;
  }
  const bool needs_now = kind == Kind::kNow || kind == Kind::kToday || kind == Kind::kTomorrow ||
                         kind == Kind::kYesterday;
  if (needs_now && !input_.now) return ReadFailure::kNeedsNow;
  const Micros local = session_zone_->UtcToLocal(input_.now.value_or(0));
  if (kind == Kind::kNow) {
    const CivilTime now = CivilFromMicros(local);
    const CivilDate date = time_only() ? civil_.date : now.date;
    civil_ = now;
    civil_.date = date;
    found_ = time_only() ? kTime : kDate | kTime | kZone;
    if (!time_only()) zone_west_ = -session_zone_->OffsetAt(*input_.now);
    return ReadFailure::kNone;
  }
  if (time_only()) return ReadFailure::kSyntax;
  const int64_t today = FloorDivide(local, kMicrosPerDay);
  found_ = kDate;
  switch (kind) {
    case Kind::kToday:
      civil_.date = CivilFromDays(today);
      return ReadFailure::kNone;
    case Kind::kTomorrow:
      civil_.date = CivilFromDays(today + 1);
      return ReadFailure::kNone;
    case Kind::kYesterday:
      civil_.date = CivilFromDays(today - 1);
      return ReadFailure::kNone;
    case Kind::kEpoch:
      outcome_ = Outcome::kEpoch;
      break;
    case Kind::kInfinity:
      outcome_ = Outcome::kInfinity;
      break;
    case Kind::kMinusInfinity:
      outcome_ = Outcome::kMinusInfinity;
      break;
    default:
      return ReadFailure::kSyntax;
  }
  found_ = kReserved;  // other fields may stand beside it and mean nothing
  return ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::DecodeNamedZone(std::string_view name) {
  found_ = kZone;
  if (input_.zones != nullptr) {
    named_zone_ = input_.zones->Find(name);
  } else {
    auto found = TimeZone::FindOrAbbreviation(name);
    owned_zone_ = found ? *std::move(found) : nullptr;
    named_zone_ = owned_zone_.get();
  }
  if (named_zone_ != nullptr) return ReadFailure::kNone;
  unknown_zone_ = name;
  return ReadFailure::kUnknownZone;
}

ReadFailure DateTimeDecoder::FinishDate() {
  CivilDate& date = civil_.date;
  if ((have_ & kYear) != 0 && !is_julian_) {
    if (is_bc_) {
      if (date.year <= 0) return ReadFailure::kFieldOverflow;
      date.year = 1 - date.year;
    } else if (two_digit_year_) {
      if (date.year < 0) return ReadFailure::kFieldOverflow;
      if (date.year < 100) date.year += date.year < 70 ? 2000 : 1900;
    } else if (date.year <= 0) {
      return ReadFailure::kFieldOverflow;
    }
  }
  if ((have_ & kDayOfYear) != 0) {
    date = CivilFromDays(DaysFromCivil(date.year, 1, day_of_year_));
  }
  if ((have_ & kMonth) != 0 && (date.month < 1 || date.month > 12)) {
    return ReadFailure::kMonthDayOverflow;
  }
  if ((have_ & kDay) != 0 && (date.day < 1 || date.day > 31)) {
    return ReadFailure::kMonthDayOverflow;
  }
  if (Has(kDate) && date.day > DaysInMonth(date.year, date.month)) {
    return ReadFailure::kFieldOverflow;
  }
  return ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::FinishHours() {
  if (am_pm_ < 0) return ReadFailure::kNone;
  if (civil_.hour > 12) return ReadFailure::kFieldOverflow;
  civil_.hour = civil_.hour % 12 + am_pm_;
  return ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::FinishZone() {
  const bool zone_written = (have_ & kZone) != 0;
  if (named_zone_ == nullptr && zone_written) return ReadFailure::kNone;
  if ((have_ & kDstModifier) != 0) return ReadFailure::kSyntax;
  CivilTime reading = civil_;
  if (time_only() && !Has(kDate)) {
    // Without a date, today's decides, and a name only where its offset never changes.
    const TimeZone& zone = named_zone_ != nullptr ? *named_zone_ : session_zone_->zone();
    ZoneSpan span;
    ZoneSpan after;
    const bool changes = zone.NextChange(kTimestampMin, span, after);
    if (changes && named_zone_ != nullptr && dated_abbreviation_.empty()) {
      return ReadFailure::kSyntax;
    }
    if ((have_ & kDate) != 0) return ReadFailure::kSyntax;
    zone_needs_now_ = changes;
    reading.date = CivilFromMicros(session_zone_->UtcToLocal(input_.now.value_or(0))).date;
  }
  // Beyond all timestamps the year with the same calendar answers for its likes, and before them
  // no clock had changed yet.
  constexpr int64_t kFirstYear = -10'000;
  constexpr int64_t kLastYear = 200'000;
  int64_t year = std::max<int64_t>(reading.date.year, kFirstYear);
  if (year > kLastYear) year = kLastYear + (year - kLastYear) % 400;
  const int64_t days = DaysFromCivil(year, reading.date.month, reading.date.day);
  const int64_t clock = (int64_t{reading.hour} * 60 + reading.minute) * 60 + reading.second;
  Micros local = 0;
  if (__builtin_mul_overflow(days * 86400 + clock, kMicrosPerSecond, &local)) {
    return ReadFailure::kFieldOverflow;  // a labelled hour without measure
  }
  if (named_zone_ == nullptr) {
    zone_west_ = -session_zone_->OffsetOfLocal(local);
    return ReadFailure::kNone;
  }
  ZoneCursor zone(*named_zone_);
  int32_t seconds_east = zone.OffsetOfLocal(local);
  if (!dated_abbreviation_.empty()) {
    const Micros utc = local - seconds_east * kMicrosPerSecond;
    named_zone_->FindAbbreviation(dated_abbreviation_, utc, seconds_east);
  }
  zone_west_ = -seconds_east;
  return ReadFailure::kNone;
}

ReadFailure DateTimeDecoder::Finish() {
  ReadFailure failure = FinishDate();
  if (failure == ReadFailure::kNone) failure = FinishHours();
  if (failure != ReadFailure::kNone) return failure;
  if (outcome_ != Outcome::kFields) return ReadFailure::kNone;
  if (time_only()) {
    if (IsClockOverflow(civil_)) return ReadFailure::kFieldOverflow;
    if (!Has(kTime)) return ReadFailure::kSyntax;
  } else if (!Has(kDate)) {
    return ReadFailure::kSyntax;
  }
  return FinishZone();
}

}  // namespace riverrun
