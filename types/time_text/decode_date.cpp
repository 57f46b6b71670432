// DateTimeDecoder: numbers, dates and offsets.
#include <algorithm>

#include "types/time_text/datetime_decoder.h"
#include "types/time_text/time_numbers.h"

namespace riverrun {

using namespace time_field;  // NOLINT: the bits are this file's vocabulary

namespace {

constexpr int32_t kMaxOffsetHours = 15;
constexpr size_t kMaxDateParts = 25;

int32_t DigitsValue(std::string_view digits) {
  int32_t value = 0;
  TakeInteger(digits, value);
  return value;
}

}  // namespace

ReadFailure ReadClock(std::string_view text, bool two_are_seconds, ClockReading& out) {
  out = {};
  std::string_view rest = text;
  if (!TakeInteger(rest, out.hour)) return ReadFailure::kFieldOverflow;
  if (!rest.starts_with(':')) return ReadFailure::kSyntax;
  rest.remove_prefix(1);
  if (!TakeInteger(rest, out.minute)) return ReadFailure::kFieldOverflow;
  if (rest.empty() || rest.front() == '.') {
    if (!rest.empty() || two_are_seconds) {
      if (!rest.empty() && !ReadFractionMicros(rest, out.micros)) return ReadFailure::kSyntax;
      out.second = out.minute;
      // Hours that are really minutes are checked as such below.
      if (out.hour > 59) return ReadFailure::kFieldOverflow;
      out.minute = static_cast<int32_t>(out.hour);
      out.hour = 0;
    }
  } else {
    if (rest.front() != ':') return ReadFailure::kSyntax;
    rest.remove_prefix(1);
    if (!TakeInteger(rest, out.second)) return ReadFailure::kFieldOverflow;
    if (!rest.empty() && (rest.front() != '.' || !ReadFractionMicros(rest, out.micros))) {
      return ReadFailure::kSyntax;
    }
  }
  if (out.hour < 0 || out.minute < 0 || out.minute > 59 || out.second < 0 || out.second > 60) {
    return ReadFailure::kFieldOverflow;
  }
  return ReadFailure::kNone;
}

void DateTimeDecoder::SetClock(const ClockReading& clock) {
  civil_.hour = static_cast<int32_t>(clock.hour);
  civil_.minute = clock.minute;
  civil_.second = clock.second;
  civil_.micros = clock.micros;
}

/// A date in one token. Its parts are cut at whatever is neither digit nor letter and where the
/// two meet; a part in letters must be the month.
ReadFailure DateTimeDecoder::DecodeDate(std::string_view text) {
  std::array<std::string_view, kMaxDateParts> parts;
  size_t count = 0;
  size_t at = 0;
  while (at < text.size() && count < kMaxDateParts) {
    while (at < text.size() && !IsAsciiDigit(text[at]) && !IsAsciiLetter(text[at])) ++at;
    if (at == text.size()) return ReadFailure::kSyntax;
    const size_t start = at;
    const auto same_kind = IsAsciiDigit(text[at]) ? IsAsciiDigit : IsAsciiLetter;
    while (at < text.size() && same_kind(text[at])) ++at;
    parts[count++] = text.substr(start, at - start);
    if (at < text.size()) ++at;  // a separator, or the first character of what follows it
  }

  uint32_t have = have_;
  uint32_t found = 0;
  bool text_month = false;
  for (size_t i = 0; i < count; ++i) {
    if (!IsAsciiLetter(parts[i].front())) continue;
    const DateWord word = FindDateWord(parts[i]);
    if (word.kind != Kind::kIgnored) {
      if (word.kind != Kind::kMonth || (have & kMonth) != 0) return ReadFailure::kSyntax;
      civil_.date.month = word.value;
      text_month = true;
      have |= kMonth;
      found |= kMonth;
    }
    parts[i] = {};
  }
  for (size_t i = 0; i < count; ++i) {
    if (parts[i].empty()) continue;
    const ReadFailure failure = DecodeNumber(parts[i], text_month, have);
    if (failure != ReadFailure::kNone) return failure;
    if ((have & found_) != 0) return ReadFailure::kSyntax;
    have |= found_;
    found |= found_;
  }
  found_ = found;
  const uint32_t date_part = have & ~(kDayOfYear | kZone);
  return date_part == kDate ? ReadFailure::kNone : ReadFailure::kSyntax;
}

/// Run-together time with a zone: 030405-08.
ReadFailure DateTimeDecoder::DecodeTimeThenZone(std::string_view text) {
  const size_t sign = text.find('-');
  if (sign == std::string_view::npos) return ReadFailure::kSyntax;
  ReadFailure failure = DecodeOffset(text.substr(sign));
  if (failure != ReadFailure::kNone) return failure;
  failure = DecodeRunTogether(text.substr(0, sign), time_only() ? have_ | kDate : have_);
  found_ |= kZone;
  return failure;
}

/// Which field a bare number is: by how many digits it has, what was seen before and DateStyle.
/// Returns 0 where no date field is left.
uint32_t DateTimeDecoder::PlaceNumber(size_t length, int32_t value, bool text_month,
                                      uint32_t have) {
  CivilDate& date = civil_.date;
  const DateOrder order = input_.style.order;
  const bool looks_like_year = length >= 3 || order == DateOrder::kYmd;
  uint32_t field = 0;
  switch (have & kDate) {
    case 0:
      field = looks_like_year ? kYear : order == DateOrder::kDmy ? kDay : kMonth;
      break;
    case kYear:
      field = kMonth;
      break;
    case kMonth:
      field = text_month && looks_like_year ? kYear : kDay;
      break;
    case kYear | kMonth:
      if (text_month && length >= 3 && two_digit_year_) {
        // What was taken for a year was the day: 05-jan-1999 read year first.
        date.day = date.year;
        date.year = value;
        two_digit_year_ = false;
        return kDay;
      }
      field = kDay;
      break;
    case kDay:
      field = kMonth;
      break;
    case kMonth | kDay:
      field = kYear;
      break;
    default:
      return 0;
  }
  if (field == kYear) {
    date.year = value;
    two_digit_year_ = length <= 2;
  } else if (field == kMonth) {
    date.month = value;
  } else {
    date.day = value;
  }
  return field;
}

ReadFailure DateTimeDecoder::DecodeNumber(std::string_view text, bool text_month, uint32_t have) {
  found_ = 0;
  std::string_view rest = text;
  int32_t value = 0;
  if (!TakeInteger(rest, value)) return ReadFailure::kFieldOverflow;
  if (rest.size() == text.size()) return ReadFailure::kSyntax;
  if (!rest.empty()) {
    if (rest.front() != '.') return ReadFailure::kSyntax;
    // More digits before the point than a day has: 20260102.5 or 040506.789.
    if (text.size() - rest.size() > 2) return DecodeRunTogether(text, have | kDate);
    if (!ReadFractionMicros(rest, civil_.micros)) return ReadFailure::kSyntax;
  }
  if (text.size() == 3 && (have & kDate) == kYear && value >= 1 && value <= 366) {
    found_ = kDayOfYear | kMonth | kDay;
    day_of_year_ = value;
    return ReadFailure::kNone;
  }
  if ((have & kDate) == kDate) return DecodeRunTogether(text, have);
  found_ = PlaceNumber(text.size(), value, text_month, have);
  return found_ != 0 ? ReadFailure::kNone : ReadFailure::kSyntax;
}

/// Digits without separators: YYYYMMDD or YYMMDD while the date is missing, else HHMMSS or HHMM.
ReadFailure DateTimeDecoder::DecodeRunTogether(std::string_view text, uint32_t have) {
  found_ = 0;
  const size_t point = text.find('.');
  const std::string_view digits = text.substr(0, point);
  if (point != std::string_view::npos) {
    if (!ReadFractionMicros(text.substr(point), civil_.micros)) return ReadFailure::kSyntax;
  } else if ((have & kDate) != kDate && digits.size() >= 6) {
    const size_t year_digits = digits.size() - 4;
    civil_.date.year = DigitsValue(digits.substr(0, year_digits));
    civil_.date.month = DigitsValue(digits.substr(year_digits, 2));
    civil_.date.day = DigitsValue(digits.substr(year_digits + 2));
    if (year_digits == 2) two_digit_year_ = true;
    found_ = kDate;
    return ReadFailure::kNone;
  }
  if ((have & kTime) == kTime || (digits.size() != 6 && digits.size() != 4)) {
    return ReadFailure::kSyntax;
  }
  civil_.hour = DigitsValue(digits.substr(0, 2));
  civil_.minute = DigitsValue(digits.substr(2, 2));
  civil_.second = digits.size() == 6 ? DigitsValue(digits.substr(4)) : 0;
  found_ = kTime;
  return ReadFailure::kNone;
}

/// "+08", "-0830", "+08:30", "-08:30:15".
ReadFailure DateTimeDecoder::DecodeOffset(std::string_view text) {
  if (!text.starts_with('-') && !text.starts_with('+')) return ReadFailure::kSyntax;
  std::string_view rest = text.substr(1);
  int32_t hours = 0;
  int32_t minutes = 0;
  int32_t seconds = 0;
  if (!TakeInteger(rest, hours)) return ReadFailure::kZoneOverflow;
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    if (!TakeInteger(rest, minutes)) return ReadFailure::kZoneOverflow;
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      if (!TakeInteger(rest, seconds)) return ReadFailure::kZoneOverflow;
    }
  } else if (rest.empty() && text.size() > 3) {
    minutes = hours % 100;
    hours /= 100;
  }
  if (hours < 0 || hours > kMaxOffsetHours || minutes < 0 || minutes > 59 || seconds < 0 ||
      seconds > 59) {
    return ReadFailure::kZoneOverflow;
  }
  if (!rest.empty()) return ReadFailure::kSyntax;
  const int32_t magnitude = (hours * 60 + minutes) * 60 + seconds;
  zone_west_ = text.front() == '-' ? magnitude : -magnitude;
  return ReadFailure::kNone;
}

}  // namespace riverrun
