// Arithmetic beyond the fast paths of the header: special values, different scales, results that
// pass through 256 bits.
#include "types/number/numeric.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

namespace riverrun {
namespace {

using UInt256 = boost::multiprecision::uint256_t;  // holds the product of two 38-digit numbers

constexpr auto kOk = ArithmeticStatus::kOk;

UInt256 Widen(UInt128 value) noexcept {
  UInt256 wide = static_cast<uint64_t>(value >> 64);
  wide <<= 64;
  wide |= static_cast<uint64_t>(value);
  return wide;
}

UInt128 Narrow(const UInt256& value) noexcept {
  const UInt256 low_half = std::numeric_limits<uint64_t>::max();
  const auto low = static_cast<uint64_t>(value & low_half);
  const auto high = static_cast<uint64_t>((value >> 64) & low_half);
  return UInt128{high} << 64 | low;
}

// 10^exponent for exponents up to 76.
UInt256 WidePowerOfTen(int exponent) noexcept {
  const int low = std::min(exponent, kNumericDigitsMax);
  const UInt256 power = Widen(static_cast<UInt128>(PowerOfTen(low)));
  if (exponent == low) return power;
  return power * Widen(static_cast<UInt128>(PowerOfTen(exponent - low)));
}

int CountWideDigits(const UInt256& value) noexcept {
  if ((value >> 128) == 0) return CountDigits(Narrow(value));
  int digits = kNumericDigitsMax;
  while (digits < 2 * kNumericDigitsMax && value >= WidePowerOfTen(digits)) ++digits;
  return digits;
}

Numeric Signed(UInt128 magnitude, int scale, bool negative) noexcept {
  const auto digits = static_cast<Int128>(magnitude);
  return {negative ? -digits : digits, static_cast<int8_t>(scale)};
}

// Stores a magnitude that was rounded to at most 38 digits: the rounding may have carried into a
// 39th, and then the last one is a zero.
ArithmeticStatus StoreRounded(UInt128 magnitude, int scale, bool negative, Numeric& out) noexcept {
  if (magnitude >= static_cast<UInt128>(PowerOfTen(kNumericDigitsMax))) {
    if (scale == 0) return ArithmeticStatus::kOverflow;
    magnitude /= 10;
    --scale;
  }
  out = Signed(magnitude, scale, negative);
  return kOk;
}

// Stores a value exactly, dropping zeros at the end of its fraction where 38 digits ask for it.
ArithmeticStatus StoreExactly(UInt256 magnitude, int scale, bool negative, Numeric& out) noexcept {
  const UInt256 limit = Widen(static_cast<UInt128>(PowerOfTen(kNumericDigitsMax)));
  while (magnitude >= limit) {
    if (scale == 0 || magnitude % 10 != 0) return ArithmeticStatus::kOverflow;
    magnitude /= 10;
    --scale;
  }
  out = Signed(Narrow(magnitude), scale, negative);
  return kOk;
}

// Where the leading digit stands in base 10000, and that digit. PostgreSQL keeps numbers in this
// base, and the scale of its quotients depends on both.
struct Leading {
  int weight = 0;
  Int128 digit = 0;
};

Leading LeadingOf(const Numeric& x) noexcept {
  const UInt128 magnitude = Magnitude(x.digits);
  if (magnitude == 0) return {};
  const int count = CountDigits(magnitude);
  const int exponent = count - x.scale - 1;  // of ten, of the leading decimal digit
  const int weight = (exponent >= 0 ? exponent : exponent - 3) / 4;
  const int wanted = exponent - 4 * weight + 1;  // decimal digits in the base-10000 digit
  const auto digits = static_cast<Int128>(magnitude);
  const Int128 digit =
      count >= wanted ? digits / PowerOfTen(count - wanted) : digits * PowerOfTen(wanted - count);
  return {weight, digit};
}

// The scale PostgreSQL gives a / b: at least 16 significant digits.
int QuotientScale(const Numeric& a, const Numeric& b) noexcept {
  const Leading dividend = LeadingOf(a);
  const Leading divisor = LeadingOf(b);
  const int weight = dividend.weight - divisor.weight - (dividend.digit <= divisor.digit ? 1 : 0);
  const int scale = std::max({16 - 4 * weight, int{a.scale}, int{b.scale}, 0});
  return std::min(scale, kNumericDigitsMax);
}

// Digits before the point of a * 10^shift / b, for a and b not zero; at least 0.
int QuotientDigits(UInt128 a, UInt128 b, int shift) noexcept {
  const int a_count = CountDigits(a);
  const int b_count = CountDigits(b);
  const UInt128 a_aligned = a * static_cast<UInt128>(PowerOfTen(kNumericDigitsMax - a_count));
  const UInt128 b_aligned = b * static_cast<UInt128>(PowerOfTen(kNumericDigitsMax - b_count));
  return std::max(0, a_count - b_count + shift + (a_aligned >= b_aligned ? 1 : 0));
}

// a * 10^shift / b, rounded half up. REQUIRES: the quotient has at most 38 digits.
UInt128 DivideShifted(UInt128 a, int shift, UInt128 b) noexcept {
  if (CountDigits(a) + shift <= kNumericDigitsMax) {
    const UInt128 dividend = a * static_cast<UInt128>(PowerOfTen(shift));
    const UInt128 quotient = dividend / b;
    const UInt128 rest = dividend - quotient * b;
    return quotient + (rest >= b - rest ? 1 : 0);
  }
  const UInt256 dividend = Widen(a) * WidePowerOfTen(shift);
  const UInt256 divisor = Widen(b);
  const UInt256 quotient = dividend / divisor;
  const UInt256 rest = dividend - quotient * divisor;
  return Narrow(quotient) + (rest >= divisor - rest ? 1 : 0);
}

ArithmeticStatus DivSpecial(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsNaN() || b.IsNaN() || (a.IsInfinite() && b.IsInfinite())) {
    out = Numeric::NaN();
  } else if (b.IsInfinite()) {
    out = {};
  } else if (b.Sign() == 0) {
    return ArithmeticStatus::kDivisionByZero;
  } else {
    out = b.Sign() > 0 ? a : Negate(a);
  }
  return kOk;
}

// Two values brought to the larger of their scales, as magnitudes.
struct Aligned {
  UInt256 a;
  UInt256 b;
  int scale;
};

Aligned Align(const Numeric& a, const Numeric& b) noexcept {
  const int scale = std::max(a.scale, b.scale);
  return {Widen(Magnitude(a.digits)) * WidePowerOfTen(scale - a.scale),
          Widen(Magnitude(b.digits)) * WidePowerOfTen(scale - b.scale), scale};
}

UInt128 GcdOf(UInt128 a, UInt128 b) noexcept {
  while (b != 0) {
    const UInt128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// The digits of both at the larger scale. Fails with kOverflow if 38 do not hold them.
ArithmeticStatus AlignDigits(const Numeric& a, const Numeric& b, UInt128& a_out, UInt128& b_out,
                             int& scale) noexcept {
  scale = std::max(a.scale, b.scale);
  Int128 a_digits = 0;
  Int128 b_digits = 0;
  if (Rescale(a.digits, a.scale, scale, a_digits) != kOk ||
      Rescale(b.digits, b.scale, scale, b_digits) != kOk) {
    return ArithmeticStatus::kOverflow;
  }
  a_out = Magnitude(a_digits);
  b_out = Magnitude(b_digits);
  return kOk;
}

// The largest scale not above `wanted` at which 38 digits hold x.
int ScaleThatFits(const Numeric& x, int wanted) noexcept {
  const int room = kNumericDigitsMax - CountDigits(Magnitude(x.digits));
  return std::min({wanted, x.scale + room, kNumericDigitsMax});
}

// x with a scale that is not smaller, as far as 38 digits hold it.
Numeric Pad(const Numeric& x, int wanted) noexcept {
  const int scale = ScaleThatFits(x, wanted);
  return {x.digits * PowerOfTen(scale - x.scale), static_cast<int8_t>(scale)};
}

}  // namespace

int CompareSlowly(const Numeric& a, const Numeric& b) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) {
    const auto rank = [](const Numeric& x) {
      if (x.IsFinite()) return 0;
      if (x.IsNaN()) return 2;
      return x.Sign();
    };
    return (rank(a) > rank(b)) - (rank(a) < rank(b));
  }
  if (a.Sign() != b.Sign()) return a.Sign() < b.Sign() ? -1 : 1;
  // The one with the smaller scale is multiplied; if that overflows, it is the longer number.
  if (a.scale < b.scale) {
    Int128 digits = 0;
    if (Rescale(a.digits, a.scale, b.scale, digits) != kOk) return a.Sign();
    return (digits > b.digits) - (digits < b.digits);
  }
  Int128 digits = 0;
  if (Rescale(b.digits, b.scale, a.scale, digits) != kOk) return -b.Sign();
  return (a.digits > digits) - (a.digits < digits);
}

ArithmeticStatus AddSlowly(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) {
    const bool cancels = a.IsInfinite() && b.IsInfinite() && a.scale != b.scale;
    if (a.IsNaN() || b.IsNaN() || cancels) {
      out = Numeric::NaN();
    } else {
      out = a.IsInfinite() ? a : b;
    }
    return kOk;
  }
  const int scale = std::max(a.scale, b.scale);
  Int128 a_digits = 0;
  Int128 b_digits = 0;
  Int128 sum = 0;
  if (Rescale(a.digits, a.scale, scale, a_digits) == kOk &&
      Rescale(b.digits, b.scale, scale, b_digits) == kOk &&
      AddDecimal(a_digits, b_digits, sum) == kOk) {
    out = {sum, static_cast<int8_t>(scale)};
    return kOk;
  }
  const Aligned both = Align(a, b);
  const bool a_negative = a.digits < 0;
  if (a_negative == (b.digits < 0)) return StoreExactly(both.a + both.b, scale, a_negative, out);
  if (both.a >= both.b) return StoreExactly(both.a - both.b, scale, a_negative, out);
  return StoreExactly(both.b - both.a, scale, !a_negative, out);
}

ArithmeticStatus MulSlowly(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  const bool negative = (a.Sign() < 0) != (b.Sign() < 0);
  if (a.IsSpecial() || b.IsSpecial()) {
    if (a.IsNaN() || b.IsNaN() || a.Sign() == 0 || b.Sign() == 0) {
      out = Numeric::NaN();
    } else {
      out = negative ? Numeric::NegativeInfinity() : Numeric::Infinity();
    }
    return kOk;
  }
  const UInt256 product = Widen(Magnitude(a.digits)) * Widen(Magnitude(b.digits));
  const int scale = a.scale + b.scale;
  const int drop =
      std::max({0, scale - kNumericDigitsMax, CountWideDigits(product) - kNumericDigitsMax});
  if (drop > scale) return ArithmeticStatus::kOverflow;
  const UInt256 divisor = WidePowerOfTen(drop);
  const UInt256 quotient = product / divisor;
  const UInt256 rest = product - quotient * divisor;
  const UInt128 rounded = Narrow(quotient) + (rest >= divisor - rest ? 1 : 0);
  return StoreRounded(rounded, scale - drop, negative, out);
}

ArithmeticStatus Div(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) return DivSpecial(a, b, out);
  if (b.digits == 0) return ArithmeticStatus::kDivisionByZero;
  int scale = QuotientScale(a, b);
  if (a.digits == 0) {
    out = {0, static_cast<int8_t>(scale)};
    return kOk;
  }
  const UInt128 dividend = Magnitude(a.digits);
  const UInt128 divisor = Magnitude(b.digits);
  int shift = scale + b.scale - a.scale;
  const int excess = QuotientDigits(dividend, divisor, shift) - kNumericDigitsMax;
  if (excess > scale) return ArithmeticStatus::kOverflow;
  if (excess > 0) {
    scale -= excess;
    shift -= excess;
  }
  const bool negative = (a.digits < 0) != (b.digits < 0);
  return StoreRounded(DivideShifted(dividend, shift, divisor), scale, negative, out);
}

ArithmeticStatus DivTruncated(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) return DivSpecial(a, b, out);
  if (b.digits == 0) return ArithmeticStatus::kDivisionByZero;
  const Aligned both = Align(a, b);
  return StoreExactly(both.a / both.b, 0, (a.digits < 0) != (b.digits < 0), out);
}

ArithmeticStatus Mod(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) {
    if (a.IsInfinite() && b.IsFinite() && b.digits == 0) return ArithmeticStatus::kDivisionByZero;
    out = a.IsFinite() && b.IsInfinite() ? a : Numeric::NaN();
    return kOk;
  }
  if (b.digits == 0) return ArithmeticStatus::kDivisionByZero;
  if (a.scale == b.scale) {
    out = {a.digits % b.digits, a.scale};
    return kOk;
  }
  const Aligned both = Align(a, b);
  return StoreExactly(both.a % both.b, both.scale, a.digits < 0, out);
}

ArithmeticStatus Round(const Numeric& x, int places, Numeric& out) noexcept {
  if (x.IsSpecial() || places >= x.scale) {
    out = x.IsSpecial() ? x : Pad(x, places);
    return kOk;
  }
  const int64_t drop = int64_t{x.scale} - places;
  if (drop > kNumericDigitsMax) {  // less than a tenth of the last place kept
    out = {0, static_cast<int8_t>(std::max(places, 0))};
    return kOk;
  }
  const Int128 rounded = DivideRounded(x.digits, PowerOfTen(static_cast<int>(drop)));
  out.scale = static_cast<int8_t>(std::max(places, 0));
  return places >= 0 ? AddDecimal(rounded, 0, out.digits)
                     : MulDecimal(rounded, PowerOfTen(-places), out.digits);
}

Numeric Truncate(const Numeric& x, int places) noexcept {
  if (x.IsSpecial()) return x;
  if (places >= x.scale) return Pad(x, places);
  const auto scale = static_cast<int8_t>(std::max(places, 0));
  const int64_t drop = int64_t{x.scale} - places;
  if (drop > kNumericDigitsMax) return {0, scale};
  const Int128 kept = x.digits / PowerOfTen(static_cast<int>(drop));
  return {places >= 0 ? kept : kept * PowerOfTen(-places), scale};
}

Numeric Ceil(const Numeric& x) noexcept {
  if (x.IsSpecial()) return x;
  const Int128 whole = x.digits / PowerOfTen(x.scale);
  return {whole + (x.digits > whole * PowerOfTen(x.scale) ? 1 : 0), 0};
}

Numeric Floor(const Numeric& x) noexcept { return Negate(Ceil(Negate(x))); }

int MinScale(const Numeric& x) noexcept { return TrimScale(x).scale; }

Numeric TrimScale(const Numeric& x) noexcept {
  if (x.IsSpecial() || x.scale == 0) return x;
  if (x.digits == 0) return {};
  Numeric trimmed = x;
  while (trimmed.scale > 0 && !FitsInt64(trimmed.digits)) {
    const Int128 shorter = trimmed.digits / 10;
    if (shorter * 10 != trimmed.digits) return trimmed;
    trimmed.digits = shorter;
    --trimmed.scale;
  }
  if (trimmed.scale == 0) return trimmed;
  auto digits = static_cast<int64_t>(trimmed.digits);
  while (trimmed.scale > 0 && digits % 10 == 0) {
    digits /= 10;
    --trimmed.scale;
  }
  return {digits, trimmed.scale};
}

ArithmeticStatus Gcd(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) {
    out = Numeric::NaN();
    return kOk;
  }
  UInt128 a_digits = 0;
  UInt128 b_digits = 0;
  int scale = 0;
  const ArithmeticStatus status = AlignDigits(a, b, a_digits, b_digits, scale);
  if (status == kOk) out = Signed(GcdOf(a_digits, b_digits), scale, false);
  return status;
}

ArithmeticStatus Lcm(const Numeric& a, const Numeric& b, Numeric& out) noexcept {
  if (a.IsSpecial() || b.IsSpecial()) {
    out = Numeric::NaN();
    return kOk;
  }
  UInt128 a_digits = 0;
  UInt128 b_digits = 0;
  int scale = 0;
  const ArithmeticStatus status = AlignDigits(a, b, a_digits, b_digits, scale);
  if (status != kOk) return status;
  out = {0, static_cast<int8_t>(scale)};
  if (a_digits == 0 || b_digits == 0) return kOk;
  const UInt128 factor = a_digits / GcdOf(a_digits, b_digits);
  return MulDecimal(static_cast<Int128>(factor), static_cast<Int128>(b_digits), out.digits);
}

ArithmeticStatus ApplyPrecision(const Numeric& x, int precision, int scale, Numeric& out) noexcept {
  if (x.IsInfinite()) return ArithmeticStatus::kFieldOverflow;
  if (x.IsNaN()) {
    out = x;
    return kOk;
  }
  if (scale >= 0) {
    Int128 digits = 0;
    const bool fits =
        Rescale(x.digits, x.scale, scale, digits) == kOk && FitsPrecision(digits, precision);
    out = {digits, static_cast<int8_t>(scale)};
    return fits ? kOk : ArithmeticStatus::kFieldOverflow;
  }
  const int digits = std::min(precision - scale, kNumericDigitsMax);
  const bool fits = Round(x, scale, out) == kOk && FitsPrecision(out.digits, digits);
  return fits ? kOk : ArithmeticStatus::kFieldOverflow;
}

ArithmeticStatus ToDecimal(const Numeric& x, int precision, int scale, Int128& out) noexcept {
  if (x.IsNaN()) return ArithmeticStatus::kNaNInDecimal;
  Numeric fitted;
  const ArithmeticStatus status = ApplyPrecision(x, precision, scale, fitted);
  out = fitted.digits;
  return status;
}

std::string NumericFieldOverflowDetail(int precision, int scale, bool infinite) {
  std::string detail =
      "A field with precision " + std::to_string(precision) + ", scale " + std::to_string(scale);
  if (infinite) return detail + " cannot hold an infinite value.";
  const int digits = precision - scale;
  detail += " must round to an absolute value less than ";
  return detail + (digits == 0 ? "1." : "10^" + std::to_string(digits) + ".");
}

}  // namespace riverrun
