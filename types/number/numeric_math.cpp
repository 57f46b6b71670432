#include "types/number/numeric_math.h"

#include <algorithm>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace riverrun {
namespace {

namespace mp = boost::multiprecision;

// A result has at most 38 digits before or after its point; the rest guards the rounding.
using Decimal = mp::number<mp::cpp_dec_float<60>, mp::et_off>;

constexpr auto kOk = ArithmeticStatus::kOk;
constexpr int kSignificantMin = 16;  // digits that PostgreSQL gives at least
constexpr int64_t kDecimalChunk = 1'000'000'000'000'000'000;  // 10^18

Decimal ToWide(Int128 digits) {
  const auto high = static_cast<int64_t>(digits / kDecimalChunk / kDecimalChunk);
  const auto middle = static_cast<int64_t>(digits / kDecimalChunk % kDecimalChunk);
  const auto low = static_cast<int64_t>(digits % kDecimalChunk);
  return (Decimal(high) * kDecimalChunk + middle) * kDecimalChunk + low;
}

Decimal ToWide(const Numeric& x) { return ToWide(x.digits) / ToWide(PowerOfTen(x.scale)); }

// A whole number below 10^39.
Int128 FromWide(const Decimal& whole) {
  const Decimal high = mp::trunc(whole / kDecimalChunk);
  const Decimal low = whole - high * kDecimalChunk;
  const Decimal top = mp::trunc(high / kDecimalChunk);
  const Decimal middle = high - top * kDecimalChunk;
  return (Int128{top.convert_to<int64_t>()} * kDecimalChunk + middle.convert_to<int64_t>()) *
             kDecimalChunk +
         low.convert_to<int64_t>();
}

// The natural logarithm of a positive number: Halley's iteration for e^y = x. Each step triples the
// 15 digits that double has, and costs a fifth of the library's own logarithm.
Decimal Logarithm(const Decimal& x) {
  Decimal y = std::log(x.convert_to<double>());
  for (int step = 0; step < 2; ++step) {
    const Decimal power = mp::exp(y);
    y += 2 * (x - power) / (x + power);
  }
  return y;
}

// Rounds half away from zero to the wanted scale, or the largest below it that 38 digits hold.
ArithmeticStatus Store(const Decimal& value, int wanted, Numeric& out) {
  // A quotient that ends in 5 exactly may come out a little below it, and would be rounded down.
  static const Decimal kNudge("1e-56");
  const Decimal magnitude = mp::abs(value) * (1 + kNudge);
  int scale = std::clamp(wanted, 0, kNumericDigitsMax);
  for (; scale >= 0; --scale) {
    const Decimal shifted = magnitude * ToWide(PowerOfTen(scale));
    if (shifted >= ToWide(PowerOfTen(kNumericDigitsMax))) continue;
    const Int128 rounded = FromWide(mp::floor(shifted + Decimal(0.5)));
    if (!FitsDecimal(rounded)) continue;
    out = {value < 0 ? -rounded : rounded, static_cast<int8_t>(scale)};
    return kOk;
  }
  return ArithmeticStatus::kOverflow;
}

// floor(log10(|x|)) of a finite number that is not zero.
int LeadingExponent(const Numeric& x) noexcept {
  return CountDigits(Magnitude(x.digits)) - 1 - x.scale;
}

// The power of ten at which ln(x) starts, as PostgreSQL estimates it; REQUIRES: x > 0.
int LogarithmExponent(const Numeric& x) noexcept {
  constexpr Numeric kAlmostOne = {9, 1};
  constexpr Numeric kBarelyOne = {11, 1};
  if (Compare(x, kAlmostOne) >= 0 && Compare(x, kBarelyOne) <= 0) {
    // Near one, ln(1 + d) is about d. The digits of 1 never overflow here, since x holds them.
    const Numeric distance = {x.digits - PowerOfTen(x.scale), x.scale};
    return distance.digits == 0 ? 0 : LeadingExponent(distance);
  }
  const double logarithm = std::abs(std::log(ToDouble(x)));
  return static_cast<int>(std::log10(logarithm));
}

ArithmeticStatus CheckLogarithm(const Numeric& x) noexcept {
  if (x.Sign() < 0) return ArithmeticStatus::kLogOfNegative;
  return x.Sign() == 0 ? ArithmeticStatus::kLogOfZero : kOk;
}

bool IsIntegral(const Numeric& x) noexcept {
  return x.IsInfinite() || (x.IsFinite() && x.digits % PowerOfTen(x.scale) == 0);
}

// Powers with a NaN or an infinity, as POSIX defines them.
Numeric PowerSpecial(const Numeric& base, const Numeric& exponent) noexcept {
  const Numeric one = Numeric::FromInteger(1);
  const Numeric minus_one = Numeric::FromInteger(-1);
  if (base.IsNaN()) return exponent.IsFinite() && exponent.digits == 0 ? one : base;
  if (Equal(base, one)) return one;
  if (exponent.IsNaN()) return exponent;
  if (exponent.Sign() == 0) return one;
  if (base.Sign() == 0) return {};  // the exponent is Infinity
  if (exponent.IsInfinite()) {
    if (Equal(base, minus_one)) return one;
    const bool grows = base.IsInfinite() || Compare(Abs(base), one) > 0;
    return grows == (exponent.Sign() > 0) ? Numeric::Infinity() : Numeric{};
  }
  if (exponent.Sign() < 0) return {};
  const bool odd = exponent.digits / PowerOfTen(exponent.scale) % 2 != 0;
  return base.Sign() < 0 && odd ? base : Numeric::Infinity();
}

// base^exponent by squaring: exact as long as 60 digits hold the products.
ArithmeticStatus PowerInteger(const Numeric& base, int64_t exponent, Numeric& out) {
  const int scale = std::max(kSignificantMin, int{base.scale});
  if (base.digits == 0) return Store(Decimal(exponent == 0 ? 1 : 0), scale, out);
  // |log10| of the result decides before the loop whether it overflows or vanishes.
  const double logarithm = static_cast<double>(exponent) * std::log10(std::abs(ToDouble(base)));
  if (logarithm > kNumericDigitsMax + 1) return ArithmeticStatus::kOverflow;
  if (logarithm < -(kNumericDigitsMax + 2)) return Store(Decimal(0), scale, out);
  Decimal result = 1;
  Decimal square = ToWide(base);
  for (auto rest = static_cast<uint64_t>(std::abs(exponent)); rest != 0; rest >>= 1) {
    if (rest % 2 != 0) result *= square;
    if (rest > 1) square *= square;
  }
  return Store(exponent < 0 ? 1 / result : result, scale, out);
}

ArithmeticStatus PowerFraction(const Numeric& base, const Numeric& exponent, Numeric& out) {
  if (base.digits == 0) return Store(Decimal(0), kSignificantMin, out);
  const Decimal power = Logarithm(mp::abs(ToWide(base))) * ToWide(exponent);
  const int integer_digits = (kNumericDigitsMax + 1) * 3;  // e^3 is above 10
  if (power > integer_digits) return ArithmeticStatus::kOverflow;
  if (power < -integer_digits) return Store(Decimal(0), kNumericDigitsMax, out);
  const auto exponent_of_ten = static_cast<int>(power.convert_to<double>() * M_LOG10E);
  const int scale =
      std::max({kSignificantMin - exponent_of_ten, int{base.scale}, int{exponent.scale}});
  const bool odd = exponent.digits / PowerOfTen(exponent.scale) % 2 != 0;
  const Decimal magnitude = mp::exp(power);
  return Store(base.digits < 0 && odd ? Decimal(-magnitude) : magnitude, scale, out);
}

}  // namespace

ArithmeticStatus Sqrt(const Numeric& x, Numeric& out) noexcept {
  if (x.Sign() < 0) return ArithmeticStatus::kSqrtOfNegative;
  if (x.IsSpecial()) {
    out = x;
    return kOk;
  }
  // PostgreSQL counts in base 10000: the root of a number of weight w has weight w / 2.
  const int exponent = x.digits == 0 ? 0 : LeadingExponent(x);
  const int weight = (exponent >= 0 ? exponent : exponent - 3) / 4;
  const int scale = std::max(kSignificantMin - (2 * weight + 1), int{x.scale});
  return Store(mp::sqrt(ToWide(x)), scale, out);
}

ArithmeticStatus Exp(const Numeric& x, Numeric& out) noexcept {
  if (x.IsSpecial()) {
    out = x.scale == Numeric::kNegativeInfinity ? Numeric{} : x;
    return kOk;
  }
  constexpr int kArgumentMax = 100;  // e^88 has 39 digits, e^-100 none in 38 places
  if (Compare(x, Numeric::FromInteger(kArgumentMax)) > 0) return ArithmeticStatus::kOverflow;
  if (Compare(x, Numeric::FromInteger(-kArgumentMax)) < 0) {
    return Store(Decimal(0), kNumericDigitsMax, out);
  }
  const auto exponent = static_cast<int>(ToDouble(x) * M_LOG10E);
  return Store(mp::exp(ToWide(x)), std::max(kSignificantMin - exponent, int{x.scale}), out);
}

ArithmeticStatus Ln(const Numeric& x, Numeric& out) noexcept {
  if (x.IsNaN()) {
    out = x;
    return kOk;
  }
  const ArithmeticStatus status = CheckLogarithm(x);
  if (status != kOk) return status;
  if (x.IsInfinite()) {
    out = x;
    return kOk;
  }
  const int scale = std::max(kSignificantMin - LogarithmExponent(x), int{x.scale});
  return Store(Logarithm(ToWide(x)), scale, out);
}

ArithmeticStatus Log(const Numeric& base, const Numeric& x, Numeric& out) noexcept {
  if (base.IsNaN() || x.IsNaN()) {
    out = Numeric::NaN();
    return kOk;
  }
  for (const Numeric* argument : {&base, &x}) {
    const ArithmeticStatus status = CheckLogarithm(*argument);
    if (status != kOk) return status;
  }
  if (base.IsInfinite() || x.IsInfinite()) {
    out = x.IsFinite() ? Numeric{} : base.IsInfinite() ? Numeric::NaN() : x;
    return kOk;
  }
  if (Equal(base, Numeric::FromInteger(1))) return ArithmeticStatus::kDivisionByZero;
  const int exponent = LogarithmExponent(x) - LogarithmExponent(base);
  const int scale = std::max({kSignificantMin - exponent, int{base.scale}, int{x.scale}});
  return Store(Logarithm(ToWide(x)) / Logarithm(ToWide(base)), scale, out);
}

ArithmeticStatus Log10(const Numeric& x, Numeric& out) noexcept {
  return Log(Numeric::FromInteger(10), x, out);
}

ArithmeticStatus Power(const Numeric& base, const Numeric& exponent, Numeric& out) noexcept {
  if (!base.IsNaN() && !exponent.IsNaN()) {
    if (base.Sign() == 0 && exponent.Sign() < 0) return ArithmeticStatus::kZeroToNegativePower;
    if (base.Sign() < 0 && !IsIntegral(exponent)) return ArithmeticStatus::kNegativeToFraction;
  }
  if (base.IsSpecial() || exponent.IsSpecial()) {
    out = PowerSpecial(base, exponent);
    return kOk;
  }
  int32_t whole = 0;
  if (IsIntegral(exponent) && ToInt32(exponent, whole) == kOk) {
    return PowerInteger(base, whole, out);
  }
  return PowerFraction(base, exponent, out);
}

ArithmeticStatus Factorial(int64_t n, Numeric& out) noexcept {
  if (n < 0) return ArithmeticStatus::kFactorialOfNegative;
  Int128 product = 1;
  for (int64_t factor = 2; factor <= n; ++factor) {
    const ArithmeticStatus status = MulDecimal(product, factor, product);
    if (status != kOk) return status;
  }
  out = {product, 0};
  return kOk;
}

}  // namespace riverrun
