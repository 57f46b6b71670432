#include "types/number/float_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "types/number/numeric.h"

namespace riverrun {
namespace {

bool IsSpace(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

void SkipSpaces(std::string_view& text) noexcept {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
}

// Takes a word in lower case from the front, in whatever case it is written.
bool TakeWord(std::string_view& text, std::string_view word) noexcept {
  const bool found = text.size() >= word.size() &&
                     std::ranges::equal(text.substr(0, word.size()), word,
                                        [](char c, char w) { return (c | 0x20) == w; });
  if (found) text.remove_prefix(word.size());
  return found;
}

// ---------------------------------------------------------------------------------------------
// Printing

template <class Float>
struct FloatTraits;
template <>
struct FloatTraits<double> {
  using Bits = uint64_t;
  static constexpr int kExponentBias = 1075;  // of a whole mantissa
  static constexpr std::string_view kName = "double precision";
};
template <>
struct FloatTraits<float> {
  using Bits = uint32_t;
  static constexpr int kExponentBias = 150;
  static constexpr std::string_view kName = "real";
};

// Significant decimal digits; the value is digits[0].digits[1]... * 10^exponent.
struct Significant {
  std::array<char, 20> digits;
  int count = 0;
  int exponent = 0;
};

// Takes apart what to_chars wrote: "1.234e-05".
Significant Dissect(const char* begin, const char* end) noexcept {
  Significant parts;
  for (; *begin != 'e'; ++begin) {
    if (IsDigit(*begin)) parts.digits[static_cast<size_t>(parts.count++)] = *begin;
  }
  std::from_chars(begin[1] == '+' ? begin + 2 : begin + 1, end, parts.exponent);
  while (parts.count > 1 && parts.digits[static_cast<size_t>(parts.count - 1)] == '0') {
    --parts.count;
  }
  return parts;
}

// Whether digits * 10^power = odd * 2^exponent.
bool EqualsBinary(uint64_t digits, int power, uint64_t odd, int exponent) noexcept {
  constexpr int kPowerOfFiveMax = 27;  // 5^27 is the last below 2^64
  if (std::abs(power) > kPowerOfFiveMax) return false;
  uint64_t five = 1;
  for (int i = 0; i < std::abs(power); ++i) five *= 5;
  if (power < 0 && digits % five != 0) return false;
  const UInt128 left = power < 0 ? digits / five : UInt128{digits} * five;
  const auto low = static_cast<uint64_t>(left);
  const int zeros =
      low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(static_cast<uint64_t>(left >> 64));
  return left >> zeros == odd && zeros + power == exponent;
}

// Whether the digits stand exactly in the middle between the value and one of its neighbours.
// to_chars counts that as the value where reading to even would, PostgreSQL does not.
template <class Float>
bool IsMiddle(const Significant& parts, Float value) noexcept {
  using Traits = FloatTraits<Float>;
  constexpr int kMantissaBits = std::numeric_limits<Float>::digits - 1;
  constexpr uint64_t kHidden = uint64_t{1} << kMantissaBits;
  const uint64_t bits = std::bit_cast<typename Traits::Bits>(value);
  const int biased = static_cast<int>(bits >> kMantissaBits);
  const uint64_t mantissa = (bits & (kHidden - 1)) + (biased == 0 ? 0 : kHidden);
  const int exponent = std::max(biased, 1) - Traits::kExponentBias;

  uint64_t digits = 0;
  std::from_chars(parts.digits.data(), parts.digits.data() + parts.count, digits);
  const int power = parts.exponent - (parts.count - 1);
  if (EqualsBinary(digits, power, 2 * mantissa + 1, exponent - 1)) return true;
  // Below a power of two the neighbours are half as far.
  if (mantissa == kHidden && biased > 1) {
    return EqualsBinary(digits, power, 4 * mantissa - 1, exponent - 2);
  }
  return EqualsBinary(digits, power, 2 * mantissa - 1, exponent - 1);
}

// The shortest digits strictly inside the interval that rounds to the value. REQUIRES: value > 0.
template <class Float>
Significant Shortest(Float value) noexcept {
  char text[kFloatTextMax];
  const char* end =
      std::to_chars(text, text + kFloatTextMax, value, std::chars_format::scientific).ptr;
  Significant parts = Dissect(text, end);
  if (!IsMiddle(parts, value)) [[likely]]
    return parts;
  for (int places = parts.count; places < std::numeric_limits<Float>::max_digits10; ++places) {
    end =
        std::to_chars(text, text + kFloatTextMax, value, std::chars_format::scientific, places).ptr;
    Float read = 0;
    std::from_chars(text, end, read);
    parts = Dissect(text, end);
    if (read == value && !IsMiddle(parts, value)) break;
  }
  return parts;
}

char* WriteText(std::string_view text, char* out) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* WriteScientific(const Significant& parts, char* out) noexcept {
  *out++ = parts.digits[0];
  if (parts.count > 1) {
    *out++ = '.';
    out = WriteText({parts.digits.data() + 1, static_cast<size_t>(parts.count - 1)}, out);
  }
  *out++ = 'e';
  *out++ = parts.exponent < 0 ? '-' : '+';
  const int exponent = std::abs(parts.exponent);
  if (exponent < 10) *out++ = '0';
  return std::to_chars(out, out + 3, exponent).ptr;
}

char* WriteFixed(const Significant& parts, char* out) noexcept {
  if (parts.exponent < 0) {
    out = WriteText("0.", out);
    for (int i = -1; i > parts.exponent; --i) *out++ = '0';
    return WriteText({parts.digits.data(), static_cast<size_t>(parts.count)}, out);
  }
  for (int i = 0; i < parts.count || i <= parts.exponent; ++i) {
    if (i == parts.exponent + 1) *out++ = '.';
    *out++ = i < parts.count ? parts.digits[static_cast<size_t>(i)] : '0';
  }
  return out;
}

template <class Float>
char* Print(Float value, char* out) noexcept {
  if (std::isnan(value)) return WriteText("NaN", out);
  if (std::signbit(value)) *out++ = '-';
  if (std::isinf(value)) return WriteText("Infinity", out);
  if (value == 0) return WriteText("0", out);
  const Significant parts = Shortest(std::abs(value));
  const bool fixed = parts.exponent >= -4 && parts.exponent < std::numeric_limits<Float>::digits10;
  return fixed ? WriteFixed(parts, out) : WriteScientific(parts, out);
}

// ---------------------------------------------------------------------------------------------
// Reading

std::unexpected<Error> InvalidSyntax(std::string_view text, std::string_view type) {
  return Fail(
      sqlstate::kInvalidTextRepresentation,
      "invalid input syntax for type " + std::string(type) + ": \"" + std::string(text) + "\"");
}

// Takes NaN or an infinity from the front.
template <class Float>
bool TakeSpecial(std::string_view& text, Float& value) noexcept {
  if (TakeWord(text, "nan")) {
    value = std::numeric_limits<Float>::quiet_NaN();
  } else if (TakeWord(text, "infinity") || TakeWord(text, "inf")) {
    value = std::numeric_limits<Float>::infinity();
  } else {
    return false;
  }
  return true;
}

bool IsHexadecimal(std::string_view text) noexcept {
  return text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
}

enum class Taken : uint8_t { kNumber, kNothing, kOutOfRange };

// Takes an unsigned number from the front.
template <class Float>
Taken TakeNumber(std::string_view& text, Float& value) noexcept {
  const bool hexadecimal = IsHexadecimal(text);
  const char* const begin = text.data() + (hexadecimal ? 2 : 0);
  const char* const end = text.data() + text.size();
  if (begin == end || *begin == '-') return Taken::kNothing;
  const auto format = hexadecimal ? std::chars_format::hex : std::chars_format::general;
  const auto [stop, failure] = std::from_chars(begin, end, value, format);
  if (failure == std::errc::invalid_argument) return Taken::kNothing;
  const std::string_view token(begin, stop);
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  if (failure != std::errc{} || std::isinf(value)) return Taken::kOutOfRange;
  if (value != 0) return Taken::kNumber;
  // Digits other than zero that read as zero are too small.
  const size_t digit = token.find_first_not_of("0.");
  const bool zero = digit == std::string_view::npos || (token[digit] | 0x20) == 'e' ||
                    (token[digit] | 0x20) == 'p';
  return zero ? Taken::kNumber : Taken::kOutOfRange;
}

template <class Float>
Result<Float> Parse(std::string_view text) {
  constexpr std::string_view kType = FloatTraits<Float>::kName;
  std::string_view rest = text;
  SkipSpaces(rest);
  const std::string_view number = rest;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  Float value = 0;
  if (!TakeSpecial(rest, value)) {
    const Taken taken = TakeNumber(rest, value);
    if (taken == Taken::kNothing) return InvalidSyntax(text, kType);
    if (taken == Taken::kOutOfRange) {
      return Fail(sqlstate::kNumericValueOutOfRange,
                  "\"" + std::string(number.substr(0, number.size() - rest.size())) +
                      "\" is out of range for type " + std::string(kType));
    }
  }
  SkipSpaces(rest);
  if (!rest.empty()) return InvalidSyntax(text, kType);
  return negative ? -value : value;
}

// Digits are counted down from zero, since the smallest integer has no positive counterpart.
template <class Integer>
Result<Integer> ParseInteger(std::string_view text, std::string_view type) {
  std::string_view rest = text;
  SkipSpaces(rest);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  if (rest.empty() || !IsDigit(rest.front())) return InvalidSyntax(text, type);
  Integer value = 0;
  bool fits = true;
  for (; !rest.empty() && IsDigit(rest.front()); rest.remove_prefix(1)) {
    const int digit = rest.front() - '0';
    fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
           !__builtin_sub_overflow(value, digit, &value);
  }
  if (!negative) fits = fits && !__builtin_sub_overflow(0, value, &value);
  // PostgreSQL reads digits until they overflow, and only then looks at what follows.
  if (!fits) {
    return Fail(
        sqlstate::kNumericValueOutOfRange,
        "value \"" + std::string(text) + "\" is out of range for type " + std::string(type));
  }
  SkipSpaces(rest);
  if (!rest.empty()) return InvalidSyntax(text, type);
  return value;
}

}  // namespace

char* PrintDouble(double value, char* out) noexcept { return Print(value, out); }
char* PrintFloat(float value, char* out) noexcept { return Print(value, out); }

void AppendDoubleText(double value, std::string& out) {
  char text[kFloatTextMax];
  out.append(text, PrintDouble(value, text));
}

void AppendFloatText(float value, std::string& out) {
  char text[kFloatTextMax];
  out.append(text, PrintFloat(value, text));
}

Result<double> ParseDouble(std::string_view text) { return Parse<double>(text); }
Result<float> ParseFloat(std::string_view text) { return Parse<float>(text); }

Result<int16_t> ParseInt16(std::string_view text) {
  return ParseInteger<int16_t>(text, "smallint");
}

Result<int32_t> ParseInt32(std::string_view text) { return ParseInteger<int32_t>(text, "integer"); }

Result<int64_t> ParseInt64(std::string_view text) { return ParseInteger<int64_t>(text, "bigint"); }

void AppendIntegerText(int64_t value, std::string& out) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace riverrun
