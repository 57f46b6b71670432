// Numerics as text, as machine numbers and as key bytes; the texts of their failures.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "types/number/numeric.h"

namespace riverrun {
namespace {

constexpr auto kOk = ArithmeticStatus::kOk;

// The exponents that PostgreSQL reads; it refuses larger ones even with zero digits.
constexpr int64_t kExponentLimit = std::numeric_limits<int32_t>::max() / 2;

bool IsSpace(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view StripSpaces(std::string_view text) noexcept {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Compares with a word in lower case.
bool IsWord(std::string_view text, std::string_view word) noexcept {
  return std::ranges::equal(text, word, [](char c, char w) { return (c | 0x20) == w; });
}

std::string_view TakeDigits(std::string_view& text) noexcept {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// A number as written: (-1)^negative * whole.fraction * 10^exponent, or a special value.
struct Scanned {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;  // beyond kExponentLimit: not read to its end
  Numeric special;       // IsSpecial(), or unused

  // The digit at an index into whole and fraction together; 0 behind their end.
  int DigitAt(size_t index) const noexcept {
    if (index < whole.size()) return whole[index] - '0';
    index -= whole.size();
    return index < fraction.size() ? fraction[index] - '0' : 0;
  }
  size_t DigitCount() const noexcept { return whole.size() + fraction.size(); }
};

bool ScanExponent(std::string_view& text, int64_t& exponent) noexcept {
  text.remove_prefix(1);  // e
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::string_view digits = TakeDigits(text);
  for (const char digit : digits) {
    if (exponent < kExponentLimit) exponent = exponent * 10 + (digit - '0');
  }
  if (negative) exponent = -exponent;
  return !digits.empty();
}

bool ScanSpecial(std::string_view text, Scanned& out) noexcept {
  const bool sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  const std::string_view word = sign ? text.substr(1) : text;
  if (IsWord(text, "nan")) {
    out.special = Numeric::NaN();
  } else if (IsWord(word, "infinity") || IsWord(word, "inf")) {
    out.special = text.front() == '-' ? Numeric::NegativeInfinity() : Numeric::Infinity();
  }
  return out.special.IsSpecial();
}

// Splits the text into its parts; false if it is not a number.
bool Scan(std::string_view text, Scanned& out) noexcept {
  text = StripSpaces(text);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
    if (!text.empty() && !IsDigit(text.front()) && text.front() != '.') {
      return IsWord(text, "nan") ? false : ScanSpecial({text.data() - 1, text.size() + 1}, out);
    }
  } else if (!text.empty() && !IsDigit(text.front()) && text.front() != '.') {
    return ScanSpecial(text, out);
  }
  out.whole = TakeDigits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    out.fraction = TakeDigits(text);
  }
  if (out.DigitCount() == 0) return false;
  if (!text.empty() && (text.front() | 0x20) == 'e' && !ScanExponent(text, out.exponent)) {
    return false;
  }
  return text.empty();
}

std::unexpected<Error> InvalidSyntax(std::string_view text) {
  return Fail(sqlstate::kInvalidTextRepresentation,
              "invalid input syntax for type numeric: \"" + std::string(text) + "\"");
}

enum class Excess : uint8_t { kFail, kRound };

// Makes digits * 10^power with the scale `wanted`, or the largest below it that 38 digits hold.
// Digits beyond that are an error or rounded off.
ArithmeticStatus MakeNumeric(Int128 digits, int64_t power, int64_t wanted, Excess excess,
                             Numeric& out) noexcept {
  const int count = CountDigits(Magnitude(digits));
  const int64_t held = count == 0 ? kNumericDigitsMax : kNumericDigitsMax - count - power;
  const int64_t scale = std::min({wanted, int64_t{kNumericDigitsMax}, held});
  if (scale < 0) return ArithmeticStatus::kOverflow;
  out = {0, static_cast<int8_t>(scale)};
  if (count == 0) return kOk;
  const int64_t shift = power + scale;
  if (shift >= 0) {
    out.digits = digits * PowerOfTen(static_cast<int>(shift));
    return kOk;
  }
  if (excess == Excess::kRound) {
    if (-shift <= kNumericDigitsMax) {
      out.digits = DivideRounded(digits, PowerOfTen(static_cast<int>(-shift)));
    }
    return kOk;
  }
  if (-shift > kNumericDigitsMax) return ArithmeticStatus::kOverflow;
  const Int128 divisor = PowerOfTen(static_cast<int>(-shift));
  out.digits = digits / divisor;
  return out.digits * divisor == digits ? kOk : ArithmeticStatus::kOverflow;
}

// Appends decimal digits to a number; the caller knows that it has room for them.
UInt128 AppendDigits(UInt128 value, std::string_view digits) noexcept {
  while (!digits.empty()) {
    const size_t count = std::min<size_t>(digits.size(), 18);
    uint64_t chunk = 0;
    for (const char digit : digits.substr(0, count)) {
      chunk = chunk * 10 + static_cast<uint64_t>(digit - '0');
    }
    value = value * static_cast<UInt128>(PowerOfTen(static_cast<int>(count))) + chunk;
    digits.remove_prefix(count);
  }
  return value;
}

ArithmeticStatus Evaluate(const Scanned& scanned, Numeric& out) noexcept {
  if (std::abs(scanned.exponent) >= kExponentLimit) return ArithmeticStatus::kOverflow;
  std::string_view whole = scanned.whole;
  while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
  std::string_view fraction = scanned.fraction;
  if (whole.empty()) {
    while (!fraction.empty() && fraction.front() == '0') fraction.remove_prefix(1);
  }
  // Of what is longer than 38 digits only zeros at the end can be left out.
  int64_t zeros = 0;
  while (whole.size() + fraction.size() > kNumericDigitsMax) {
    std::string_view& last = fraction.empty() ? whole : fraction;
    if (last.back() != '0') return ArithmeticStatus::kOverflow;
    last.remove_suffix(1);
    ++zeros;
  }
  const auto digits = static_cast<Int128>(AppendDigits(AppendDigits(0, whole), fraction));
  const int64_t scale = static_cast<int64_t>(scanned.fraction.size()) - scanned.exponent;
  return MakeNumeric(scanned.negative ? -digits : digits, zeros - scale,
                     std::max<int64_t>(scale, 0), Excess::kFail, out);
}

// The digits of a scanned number at a scale, rounded by the first digit that is dropped.
ArithmeticStatus EvaluateDecimal(const Scanned& scanned, int precision, int scale,
                                 Int128& out) noexcept {
  out = 0;
  if (scanned.exponent >= kExponentLimit) return ArithmeticStatus::kOverflow;
  const int64_t kept = static_cast<int64_t>(scanned.whole.size()) + scanned.exponent + scale;
  if (kept < 0) return kOk;
  size_t index = 0;
  while (index < scanned.DigitCount() && scanned.DigitAt(index) == 0) ++index;
  if (index == scanned.DigitCount()) return kOk;
  for (; index < static_cast<size_t>(kept); ++index) {
    if (out >= PowerOfTen(precision - 1)) return ArithmeticStatus::kFieldOverflow;
    out = out * 10 + scanned.DigitAt(index);
  }
  if (scanned.DigitAt(static_cast<size_t>(kept)) >= 5) ++out;
  if (!FitsPrecision(out, precision)) return ArithmeticStatus::kFieldOverflow;
  if (scanned.negative) out = -out;
  return kOk;
}

// Writes the decimal digits of a number below 10^38, none for 0; returns how many.
int WriteDigits(UInt128 value, char* out) noexcept {
  constexpr uint64_t kChunk = 10'000'000'000'000'000'000U;  // 19 digits
  char* const begin = out;
  if (value >> 64 != 0) {
    out = std::to_chars(out, out + 20, static_cast<uint64_t>(value / kChunk)).ptr;
    const auto rest = static_cast<uint64_t>(value % kChunk);
    char text[20];
    const auto size = std::to_chars(text, text + 20, rest).ptr - text;
    std::memset(out, '0', 19);
    std::memcpy(out + 19 - size, text, static_cast<size_t>(size));
    return static_cast<int>(out + 19 - begin);
  }
  if (value == 0) return 0;
  return static_cast<int>(std::to_chars(out, out + 20, static_cast<uint64_t>(value)).ptr - begin);
}

char* WriteText(std::string_view text, char* out) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

template <class Integer>
ArithmeticStatus ToInteger(const Numeric& x, ArithmeticStatus nan, ArithmeticStatus infinity,
                           ArithmeticStatus range, Integer& out) noexcept {
  if (x.IsSpecial()) return x.IsNaN() ? nan : infinity;
  const Int128 whole = x.scale == 0 ? x.digits : DivideRounded(x.digits, PowerOfTen(x.scale));
  out = static_cast<Integer>(whole);
  return out == whole ? kOk : range;
}

// The nearest binary number, by way of text, whose reading is rounded correctly.
template <class Float>
Float ToBinary(const Numeric& x) noexcept {
  if (x.IsNaN()) return std::numeric_limits<Float>::quiet_NaN();
  if (x.IsInfinite()) return static_cast<Float>(x.Sign()) * std::numeric_limits<Float>::infinity();
  if (x.digits == 0) return 0;
  char text[kNumericTextMax];
  const char* const end = PrintNumeric(x, text);
  Float value = 0;
  std::from_chars(text, end, value);
  return value;
}

// Takes the first `significant` digits of a binary number's exact decimal expansion.
template <class Float>
ArithmeticStatus FromBinary(Float value, int significant, Numeric& out) noexcept {
  if (std::isnan(value)) {
    out = Numeric::NaN();
    return kOk;
  }
  if (std::isinf(value)) {
    out = value > 0 ? Numeric::Infinity() : Numeric::NegativeInfinity();
    return kOk;
  }
  char text[40];
  const char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, significant - 1)
          .ptr;
  const char* const mark = std::find(static_cast<const char*>(text), end, 'e');
  int64_t digits = 0;
  for (const char* c = text; c != mark; ++c) {
    if (IsDigit(*c)) digits = digits * 10 + (*c - '0');
  }
  if (digits == 0) {
    out = {};
    return kOk;
  }
  int power = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, power);
  power -= significant - 1;
  for (; digits % 10 == 0; ++power) digits /= 10;
  return MakeNumeric(value < 0 ? -digits : digits, power, std::max(-power, 0), Excess::kRound, out);
}

struct Failure {
  SqlState sqlstate;
  std::string_view text;
};

// By ArithmeticStatus, without kOk.
constexpr std::array<Failure, 21> kFailures = {{
    {sqlstate::kNumericValueOutOfRange, "value overflows numeric format"},
    {sqlstate::kDivisionByZero, "division by zero"},
    {sqlstate::kNumericValueOutOfRange, "numeric field overflow"},
    {sqlstate::kFeatureNotSupported, "NaN in a numeric with a declared precision is not supported"},
    {sqlstate::kNumericValueOutOfRange, "smallint out of range"},
    {sqlstate::kNumericValueOutOfRange, "integer out of range"},
    {sqlstate::kNumericValueOutOfRange, "bigint out of range"},
    {sqlstate::kFeatureNotSupported, "cannot convert NaN to smallint"},
    {sqlstate::kFeatureNotSupported, "cannot convert NaN to integer"},
    {sqlstate::kFeatureNotSupported, "cannot convert NaN to bigint"},
    {sqlstate::kFeatureNotSupported, "cannot convert infinity to smallint"},
    {sqlstate::kFeatureNotSupported, "cannot convert infinity to integer"},
    {sqlstate::kFeatureNotSupported, "cannot convert infinity to bigint"},
    {sqlstate::kInvalidArgumentForPower, "cannot take square root of a negative number"},
    {sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of zero"},
    {sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of a negative number"},
    {sqlstate::kInvalidArgumentForPower, "zero raised to a negative power is undefined"},
    {sqlstate::kInvalidArgumentForPower,
     "a negative number raised to a non-integer power yields a complex result"},
    {sqlstate::kNumericValueOutOfRange, "factorial of a negative number is undefined"},
    {sqlstate::kNumericValueOutOfRange, "value out of range: overflow"},
    {sqlstate::kNumericValueOutOfRange, "value out of range: underflow"},
}};
static_assert(kFailures.size() == static_cast<size_t>(ArithmeticStatus::kFloatUnderflow));

const Failure& FailureOf(ArithmeticStatus status) noexcept {
  CHECK(status != kOk, "success has no text");
  return kFailures[static_cast<size_t>(status) - 1];
}

// The first byte of a key tells the kind, and for numbers the sign and the power of ten of the
// leading digit. Of a number other than zero, the digits follow in pairs, two a byte and without
// zeros at the end: the byte is twice the pair, plus 1 if another pair follows. A negative number
// has all of its bytes complemented. So 12.3 is [position of ten] [12 * 2 + 1] [30 * 2].
constexpr uint8_t kKeyNegativeInfinity = 0x10;
constexpr uint8_t kKeyZero = 0x80;
constexpr uint8_t kKeyInfinity = 0xF0;
constexpr uint8_t kKeyNaN = 0xF8;
constexpr int kKeyExponentMin = -kNumericDigitsMax;     // of 10^-38
constexpr int kKeyExponentMax = kNumericDigitsMax - 1;  // of 10^37
constexpr int kKeyPairsMax = kNumericDigitsMax / 2;

// Undoes the pairs. REQUIRES: lead is the first byte, not complemented.
Result<Numeric> TakeKeyDigits(std::string_view& in, uint8_t lead, bool negative) {
  const auto corrupted = [] { return Fail(sqlstate::kDataCorrupted, "malformed numeric key"); };
  const int exponent = lead - kKeyZero - 1 + kKeyExponentMin;
  if (exponent > kKeyExponentMax) return corrupted();
  Int128 digits = 0;
  int pairs = 0;
  for (bool more = true; more; ++pairs) {
    if (in.empty() || pairs == kKeyPairsMax) return corrupted();
    const auto byte = static_cast<uint8_t>(negative ? ~in.front() : in.front());
    in.remove_prefix(1);
    const int pair = byte / 2;
    more = byte % 2 != 0;
    if (pair > 99 || (pairs == 0 && pair < 10) || (!more && pair == 0)) return corrupted();
    digits = digits * 100 + pair;
  }
  int scale = 2 * pairs - 1 - exponent;
  if (digits % 10 == 0) {
    digits /= 10;
    --scale;
  }
  if (scale > kNumericDigitsMax) return corrupted();
  if (scale < 0) digits *= PowerOfTen(-scale);
  return Numeric{negative ? -digits : digits, static_cast<int8_t>(std::max(scale, 0))};
}

}  // namespace

SqlState SqlStateOf(ArithmeticStatus status) noexcept { return FailureOf(status).sqlstate; }

std::string_view TextOf(ArithmeticStatus status) noexcept { return FailureOf(status).text; }

Error ErrorOf(ArithmeticStatus status) { return {SqlStateOf(status), std::string(TextOf(status))}; }

Result<Numeric> ParseNumeric(std::string_view text) {
  Scanned scanned;
  if (!Scan(text, scanned)) return InvalidSyntax(text);
  if (scanned.special.IsSpecial()) return scanned.special;
  Numeric value;
  const ArithmeticStatus status = Evaluate(scanned, value);
  if (status != kOk) return std::unexpected(ErrorOf(status));
  return value;
}

Result<Int128> ParseDecimal(std::string_view text, int precision, int scale) {
  Scanned scanned;
  if (!Scan(text, scanned)) return InvalidSyntax(text);
  Int128 value = 0;
  const ArithmeticStatus status = scanned.special.IsSpecial()
                                      ? ToDecimal(scanned.special, precision, scale, value)
                                      : EvaluateDecimal(scanned, precision, scale, value);
  if (status != kOk) return std::unexpected(ErrorOf(status));
  return value;
}

char* PrintNumeric(const Numeric& x, char* out) noexcept {
  if (x.IsNaN()) return WriteText("NaN", out);
  if (x.IsInfinite()) return WriteText(x.Sign() < 0 ? "-Infinity" : "Infinity", out);
  char digits[kNumericTextMax];
  const int count = WriteDigits(Magnitude(x.digits), digits);
  if (x.digits < 0) *out++ = '-';
  const int whole = count - x.scale;
  if (whole > 0) {
    out = WriteText({digits, static_cast<size_t>(whole)}, out);
  } else {
    *out++ = '0';
  }
  if (x.scale == 0) return out;
  *out++ = '.';
  for (int zeros = whole; zeros < 0; ++zeros) *out++ = '0';
  const int skipped = std::max(whole, 0);
  return WriteText({digits + skipped, static_cast<size_t>(count - skipped)}, out);
}

void AppendNumericText(const Numeric& x, std::string& out) {
  char text[kNumericTextMax];
  out.append(text, PrintNumeric(x, text));
}

std::string ToString(const Numeric& x) {
  std::string text;
  AppendNumericText(x, text);
  return text;
}

ArithmeticStatus ToInt16(const Numeric& x, int16_t& out) noexcept {
  return ToInteger(x, ArithmeticStatus::kNaNToSmallint, ArithmeticStatus::kInfinityToSmallint,
                   ArithmeticStatus::kSmallintOutOfRange, out);
}

ArithmeticStatus ToInt32(const Numeric& x, int32_t& out) noexcept {
  return ToInteger(x, ArithmeticStatus::kNaNToInteger, ArithmeticStatus::kInfinityToInteger,
                   ArithmeticStatus::kIntegerOutOfRange, out);
}

ArithmeticStatus ToInt64(const Numeric& x, int64_t& out) noexcept {
  return ToInteger(x, ArithmeticStatus::kNaNToBigint, ArithmeticStatus::kInfinityToBigint,
                   ArithmeticStatus::kBigintOutOfRange, out);
}

double ToDouble(const Numeric& x) noexcept {
  // Where both numbers are exact doubles, one division is rounded correctly.
  constexpr int64_t kExactIntegers = int64_t{1} << 53;
  constexpr int kExactPower = 18;  // up to 10^22 would be exact, 10^18 is the last in an int64
  if (x.scale >= 0 && x.scale <= kExactPower && x.digits < kExactIntegers &&
      x.digits > -kExactIntegers) {
    return static_cast<double>(static_cast<int64_t>(x.digits)) /
           static_cast<double>(static_cast<int64_t>(PowerOfTen(x.scale)));
  }
  return ToBinary<double>(x);
}

float ToFloat(const Numeric& x) noexcept { return ToBinary<float>(x); }

ArithmeticStatus FromDouble(double value, Numeric& out) noexcept {
  return FromBinary(value, std::numeric_limits<double>::digits10, out);
}

ArithmeticStatus FromFloat(float value, Numeric& out) noexcept {
  return FromBinary(value, std::numeric_limits<float>::digits10, out);
}

void AppendNumericKey(const Numeric& x, std::string& out) {
  const auto append = [&out](uint8_t byte) { out.push_back(static_cast<char>(byte)); };
  if (x.IsNaN()) return append(kKeyNaN);
  if (x.IsInfinite()) return append(x.Sign() < 0 ? kKeyNegativeInfinity : kKeyInfinity);
  if (x.digits == 0) return append(kKeyZero);
  char digits[kNumericTextMax];
  int count = WriteDigits(Magnitude(x.digits), digits);
  const int exponent = count - 1 - x.scale;
  while (digits[count - 1] == '0') --count;
  digits[count] = '0';  // completes the last pair
  const uint8_t flip = x.digits < 0 ? 0xFF : 0;
  append(static_cast<uint8_t>(kKeyZero + 1 + exponent - kKeyExponentMin) ^ flip);
  for (int i = 0; i < count; i += 2) {
    const int pair = (digits[i] - '0') * 10 + (digits[i + 1] - '0');
    append(static_cast<uint8_t>(2 * pair + (i + 2 < count ? 1 : 0)) ^ flip);
  }
}

Result<Numeric> TakeNumericKey(std::string_view& in) {
  if (in.empty()) return Fail(sqlstate::kDataCorrupted, "malformed numeric key");
  const auto lead = static_cast<uint8_t>(in.front());
  in.remove_prefix(1);
  if (lead == kKeyNaN) return Numeric::NaN();
  if (lead == kKeyInfinity) return Numeric::Infinity();
  if (lead == kKeyNegativeInfinity) return Numeric::NegativeInfinity();
  if (lead == kKeyZero) return Numeric{};
  const bool negative = lead < kKeyZero;
  return TakeKeyDigits(in, negative ? static_cast<uint8_t>(~lead) : lead, negative);
}

}  // namespace riverrun
