#include "types/time_text/interval_sum.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace riverrun {
namespace {

bool AddToInt32(int64_t amount, int32_t& total) {
  int64_t sum = 0;
  if (__builtin_add_overflow(int64_t{total}, amount, &sum) || sum != static_cast<int32_t>(sum)) {
    return false;
  }
  total = static_cast<int32_t>(sum);
  return true;
}

bool AddCount(int64_t count, int32_t unit, int32_t& total) {
  int64_t amount = 0;
  return !__builtin_mul_overflow(count, int64_t{unit}, &amount) && AddToInt32(amount, total);
}

}  // namespace

bool IntervalSum::AddMicros(int64_t whole, double fraction, int64_t unit) {
  int64_t amount = 0;
  if (__builtin_mul_overflow(whole, unit, &amount) ||
      __builtin_add_overflow(interval.micros, amount, &interval.micros)) {
    return false;
  }
  if (fraction == 0) return true;
  // Half a microsecond is rounded towards zero, as PostgreSQL does here.
  const double scaled = fraction * static_cast<double>(unit);
  auto micros = static_cast<int64_t>(scaled);
  const double left = scaled - static_cast<double>(micros);
  if (left > 0.5) ++micros;
  if (left < -0.5) --micros;
  return !__builtin_add_overflow(interval.micros, micros, &interval.micros);
}

bool IntervalSum::AddFractionOfDay(double fraction) {
  return AddMicros(0, fraction, kMicrosPerDay);
}

bool IntervalSum::AddDays(int64_t whole, double fraction, int32_t unit) {
  if (!AddCount(whole, unit, interval.days)) return false;
  if (fraction == 0) return true;
  const double days = fraction * unit;
  const auto whole_days = static_cast<int32_t>(days);
  return AddToInt32(whole_days, interval.days) && AddFractionOfDay(days - whole_days);
}

bool IntervalSum::AddMonths(int64_t whole, double fraction) {
  return AddToInt32(whole, interval.months) && AddDays(0, fraction, kDaysPerMonth);
}

bool IntervalSum::AddYears(int64_t whole, double fraction, int32_t unit) {
  if (!AddCount(whole, unit, years)) return false;
  const auto months = static_cast<int64_t>(std::rint(fraction * unit * kMonthsPerYear));
  return AddToInt32(months, interval.months);
}

bool IntervalSum::Add(TimeUnit unit, int64_t whole, double fraction, bool& known) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return AddMicros(whole, fraction, 1);
    case TimeUnit::kMillisecond:
      return AddMicros(whole, fraction, kMicrosPerMillisecond);
    case TimeUnit::kSecond:
      return AddMicros(whole, fraction, kMicrosPerSecond);
    case TimeUnit::kMinute:
      return AddMicros(whole, fraction, kMicrosPerMinute);
    case TimeUnit::kHour:
      return AddMicros(whole, fraction, kMicrosPerHour);
    case TimeUnit::kDay:
      return AddDays(whole, fraction, 1);
    case TimeUnit::kWeek:
      return AddDays(whole, fraction, 7);
    case TimeUnit::kMonth:
      return AddMonths(whole, fraction);
    case TimeUnit::kYear:
      return AddYears(whole, fraction, 1);
    case TimeUnit::kDecade:
      return AddYears(whole, fraction, 10);
    case TimeUnit::kCentury:
      return AddYears(whole, fraction, 100);
    case TimeUnit::kMillennium:
      return AddYears(whole, fraction, 1000);
    default:
      known = false;
      return true;
  }
}

bool IntervalSum::Negate() {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (years == kMin || interval.months == kMin || interval.days == kMin ||
      interval.micros == std::numeric_limits<Micros>::min()) {
    return false;
  }
  years = -years;
  interval = {-interval.months, -interval.days, -interval.micros};
  return true;
}

TimeStatus IntervalSum::Finish(Interval& out) const {
  const int64_t months = int64_t{years} * kMonthsPerYear + interval.months;
  if (months != static_cast<int32_t>(months)) return TimeStatus::kIntervalOutOfRange;
  out = {static_cast<int32_t>(months), interval.days, interval.micros};
  return TimeStatus::kOk;
}

namespace {

/// One number of an ISO 8601 interval.
struct IsoNumber {
  int64_t whole = 0;
  double fraction = 0;
  size_t digits = 0;  // before the point, sign not counted
};

class Iso8601Reader {
 public:
  Iso8601Reader(std::string_view text, IntervalSum& sum) : rest_(text), sum_(sum) {}

  ReadFailure Read();

 private:
  ReadFailure ReadNumber(IsoNumber& number);
  ReadFailure ReadDesignated(char unit, const IsoNumber& number);
  ReadFailure ReadBasicDate(const IsoNumber& number);
  ReadFailure ReadBasicTime(const IsoNumber& number);
  ReadFailure ReadExtended(const IsoNumber& number);
  bool AddPart(size_t part, const IsoNumber& number);
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  std::string_view rest_;
  IntervalSum& sum_;
  bool in_date_ = true;
  bool has_field_ = false;  // since P or T
};

ReadFailure Iso8601Reader::ReadNumber(IsoNumber& number) {
  if (!IsAsciiDigit(Peek()) && Peek() != '-' && Peek() != '.') return ReadFailure::kSyntax;
  double value = 0;
  const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (parsed.ec != std::errc()) return ReadFailure::kSyntax;
  if (!(value >= -1e15 && value <= 1e15)) return ReadFailure::kFieldOverflow;
  const double whole = std::trunc(value);
  number = {static_cast<int64_t>(whole), value - whole, 0};
  const std::string_view unsigned_text = rest_.substr(Peek() == '-' ? 1 : 0);
  while (number.digits < unsigned_text.size() && IsAsciiDigit(unsigned_text[number.digits])) {
    ++number.digits;
  }
  rest_.remove_prefix(static_cast<size_t>(parsed.ptr - rest_.data()));
  return ReadFailure::kNone;
}

ReadFailure Iso8601Reader::ReadDesignated(char unit, const IsoNumber& number) {
  TimeUnit time_unit = TimeUnit::kSecond;
  if (in_date_) {
    switch (unit) {
      case 'Y':
        time_unit = TimeUnit::kYear;
        break;
      case 'M':
        time_unit = TimeUnit::kMonth;
        break;
      case 'W':
        time_unit = TimeUnit::kWeek;
        break;
      case 'D':
        time_unit = TimeUnit::kDay;
        break;
      default:
        return ReadFailure::kSyntax;
    }
  } else {
    switch (unit) {
      case 'H':
        time_unit = TimeUnit::kHour;
        break;
      case 'M':
        time_unit = TimeUnit::kMinute;
        break;
      case 'S':
        break;
      default:
        return ReadFailure::kSyntax;
    }
  }
  has_field_ = true;
  bool known = true;
  return sum_.Add(time_unit, number.whole, number.fraction, known) ? ReadFailure::kNone
                                                                   : ReadFailure::kFieldOverflow;
}

/// YYYYMMDD.
ReadFailure Iso8601Reader::ReadBasicDate(const IsoNumber& number) {
  const bool ok = sum_.AddYears(number.whole / 10000, 0, 1) &&
                  sum_.AddMonths(number.whole / 100 % 100, 0) &&
                  sum_.AddDays(number.whole % 100, 0, 1) && sum_.AddFractionOfDay(number.fraction);
  return ok ? ReadFailure::kNone : ReadFailure::kFieldOverflow;
}

/// HHMMSS.
ReadFailure Iso8601Reader::ReadBasicTime(const IsoNumber& number) {
  const bool ok = sum_.AddMicros(number.whole / 10000, 0, kMicrosPerHour) &&
                  sum_.AddMicros(number.whole / 100 % 100, 0, kMicrosPerMinute) &&
                  sum_.AddMicros(number.whole % 100, number.fraction, kMicrosPerSecond);
  return ok ? ReadFailure::kNone : ReadFailure::kFieldOverflow;
}

bool Iso8601Reader::AddPart(size_t part, const IsoNumber& number) {
  constexpr TimeUnit kDateUnits[] = {TimeUnit::kYear, TimeUnit::kMonth, TimeUnit::kDay};
  constexpr TimeUnit kTimeUnits[] = {TimeUnit::kHour, TimeUnit::kMinute, TimeUnit::kSecond};
  bool known = true;
  return sum_.Add(in_date_ ? kDateUnits[part] : kTimeUnits[part], number.whole, number.fraction,
                  known);
}

/// Y-M-D or H:M:S, of which the right parts may be missing; `number` is the first part.
ReadFailure Iso8601Reader::ReadExtended(const IsoNumber& number) {
  if (has_field_) return ReadFailure::kSyntax;
  const char separator = in_date_ ? '-' : ':';
  IsoNumber part = number;
  for (size_t i = 0; i < 3; ++i) {
    if (i > 0) {
      rest_.remove_prefix(1);
      const ReadFailure failure = ReadNumber(part);
      if (failure != ReadFailure::kNone) return failure;
    }
    if (!AddPart(i, part)) return ReadFailure::kFieldOverflow;
    if (rest_.empty() || (in_date_ && Peek() == 'T')) return ReadFailure::kNone;
    if (Peek() != separator) return ReadFailure::kSyntax;
  }
  return ReadFailure::kSyntax;
}

ReadFailure Iso8601Reader::Read() {
  if (rest_.size() < 2 || rest_.front() != 'P') return ReadFailure::kSyntax;
  rest_.remove_prefix(1);
  while (!rest_.empty()) {
    if (Peek() == 'T') {  // also a second one: PostgreSQL does not mind
      in_date_ = false;
      has_field_ = false;
      rest_.remove_prefix(1);
      continue;
    }
    IsoNumber number;
    ReadFailure failure = ReadNumber(number);
    if (failure != ReadFailure::kNone) return failure;
    const bool at_end = rest_.empty() || (in_date_ && Peek() == 'T');
    if (at_end && !has_field_ && number.digits == (in_date_ ? 8 : 6)) {
      failure = in_date_ ? ReadBasicDate(number) : ReadBasicTime(number);
    } else if (at_end || Peek() == (in_date_ ? '-' : ':')) {
      failure = ReadExtended(number);
    } else {
      const char unit = Peek();
      rest_.remove_prefix(1);
      failure = ReadDesignated(unit, number);
    }
    if (failure != ReadFailure::kNone) return failure;
  }
  return ReadFailure::kNone;
}

}  // namespace

ReadFailure ReadIso8601Interval(std::string_view text, IntervalSum& sum) {
  return Iso8601Reader(text, sum).Read();
}

}  // namespace riverrun
