// Exact decimal numbers: the SQL type numeric, in two physical forms under one type.
//
//   kDecimal(p,s)  an Int128 of digits; the scale stands in the type, so a column stores digits
//   only.
//                  Declared columns, sums, + - * of them.
//   kNumeric       a Numeric: digits with a scale per row, and NaN, Infinity, -Infinity.
//                  Division, avg, power, unconstrained numeric.
//
// Both hold 38 digits at most, and scales from 0 to 38. A kDecimal value becomes a Numeric by
// writing Numeric{digits, scale}, so every function below serves both; the functions named
// ...Decimal are the fast ones for digits of equal or known scale.
//
// Rules: nothing here throws or allocates, except where a Result or a std::string shows it. A
// failure is an ArithmeticStatus and leaves `out` unspecified; `out` may alias an argument.
// Rounding is half away from zero, as PostgreSQL's. Results and their scales are PostgreSQL 15's
// wherever 38 digits hold them; the comments name where they do not.
// See types/number/numeric_math.h for roots, powers and logarithms.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// The most digits a numeric holds, and the largest scale.
inline constexpr int kNumericDigitsMax = 38;

/// Room that PrintNumeric needs: sign, 39 digits, point.
inline constexpr int kNumericTextMax = 48;

/// How an arithmetic function ended. Each failure has one SQLSTATE and one text of PostgreSQL's.
enum class ArithmeticStatus : uint8_t {
  kOk,
  kOverflow,  // the result needs more than 38 digits
  kDivisionByZero,
  kFieldOverflow,  // does not fit numeric(p,s); NumericFieldOverflowDetail says which
  kNaNInDecimal,   // numeric(p,s) cannot hold NaN here
  kSmallintOutOfRange,
  kIntegerOutOfRange,
  kBigintOutOfRange,
  kNaNToSmallint,
  kNaNToInteger,
  kNaNToBigint,
  kInfinityToSmallint,
  kInfinityToInteger,
  kInfinityToBigint,
  kSqrtOfNegative,
  kLogOfZero,
  kLogOfNegative,
  kZeroToNegativePower,
  kNegativeToFraction,  // a negative number to a fractional power
  kFactorialOfNegative,
  kFloatOverflow,  // a double's or a float's exponent is too large
  kFloatUnderflow,
};

/// The SQLSTATE of a failure. REQUIRES: status is not kOk.
SqlState SqlStateOf(ArithmeticStatus status) noexcept;

/// PostgreSQL's message of a failure. REQUIRES: status is not kOk.
std::string_view TextOf(ArithmeticStatus status) noexcept;

/// Both as an Error. REQUIRES: status is not kOk.
Error ErrorOf(ArithmeticStatus status);

/// One SQL numeric: digits / 10^scale, or one of three special values, whose scale is negative and
/// whose digits are 0. Two Numerics may be equal in value and differ in scale (1.0 and 1.00):
/// Compare and Equal ask for the value, Identical for the representation.
struct Numeric {
  static constexpr int8_t kNaN = -1;
  static constexpr int8_t kNegativeInfinity = -2;
  static constexpr int8_t kInfinity = -3;

  Int128 digits = 0;
  int8_t scale = 0;

  constexpr bool IsSpecial() const noexcept { return scale < 0; }
  constexpr bool IsFinite() const noexcept { return scale >= 0; }
  constexpr bool IsNaN() const noexcept { return scale == kNaN; }
  constexpr bool IsInfinite() const noexcept { return scale < kNaN; }

  /// -1, 0 or 1; infinities have a sign, NaN counts as 0.
  constexpr int Sign() const noexcept {
    if (scale == kInfinity) return 1;
    if (scale == kNegativeInfinity) return -1;
    return (digits > 0) - (digits < 0);
  }

  static constexpr Numeric NaN() noexcept { return {0, kNaN}; }
  static constexpr Numeric Infinity() noexcept { return {0, kInfinity}; }
  static constexpr Numeric NegativeInfinity() noexcept { return {0, kNegativeInfinity}; }
  static constexpr Numeric FromInteger(int64_t value) noexcept { return {value, 0}; }
};

// ---------------------------------------------------------------------------------------------
// Digits: 128-bit integers below 10^38

inline constexpr std::array<Int128, kNumericDigitsMax + 1> kPowersOfTen = [] {
  std::array<Int128, kNumericDigitsMax + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// 10^exponent. REQUIRES: 0 <= exponent <= 38.
constexpr Int128 PowerOfTen(int exponent) noexcept {
  return kPowersOfTen[static_cast<size_t>(exponent)];
}

/// |value|, also of the smallest Int128.
constexpr UInt128 Magnitude(Int128 value) noexcept {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

/// Whether 38 digits hold the value.
constexpr bool FitsDecimal(Int128 value) noexcept {
  return value < kPowersOfTen.back() && value > -kPowersOfTen.back();
}

/// Whether numeric(precision, ...) holds these digits. REQUIRES: 1 <= precision <= 38.
constexpr bool FitsPrecision(Int128 digits, int precision) noexcept {
  return digits < PowerOfTen(precision) && digits > -PowerOfTen(precision);
}

/// How many decimal digits the value has; 0 has none. At most 39.
constexpr int CountDigits(UInt128 value) noexcept {
  const auto high = static_cast<uint64_t>(value >> 64);
  const int bits = high != 0 ? 128 - std::countl_zero(high)
                             : 64 - std::countl_zero(static_cast<uint64_t>(value));
  // 1233 / 4096 is log10(2) closely enough that the guess is right or one too low.
  const int guess = (bits * 1233) >> 12;
  if (guess > kNumericDigitsMax) return guess;
  return guess + (value >= static_cast<UInt128>(PowerOfTen(guess)) ? 1 : 0);
}

/// a + b of equal scale. Fails with kOverflow.
[[nodiscard]] inline ArithmeticStatus AddDecimal(Int128 a, Int128 b, Int128& out) noexcept {
  const bool wrapped = __builtin_add_overflow(a, b, &out);
  return !wrapped && FitsDecimal(out) ? ArithmeticStatus::kOk : ArithmeticStatus::kOverflow;
}

/// a - b of equal scale. Fails with kOverflow.
[[nodiscard]] inline ArithmeticStatus SubDecimal(Int128 a, Int128 b, Int128& out) noexcept {
  const bool wrapped = __builtin_sub_overflow(a, b, &out);
  return !wrapped && FitsDecimal(out) ? ArithmeticStatus::kOk : ArithmeticStatus::kOverflow;
}

/// Whether the value is also an int64.
constexpr bool FitsInt64(Int128 value) noexcept { return value == static_cast<int64_t>(value); }

/// a * b; the scale of the product is the sum of the scales. Fails with kOverflow.
[[nodiscard]] inline ArithmeticStatus MulDecimal(Int128 a, Int128 b, Int128& out) noexcept {
  if (FitsInt64(a) && FitsInt64(b)) [[likely]] {
    out = a * b;  // at most 2^126, which is below 10^38
    return ArithmeticStatus::kOk;
  }
  const bool wrapped = __builtin_mul_overflow(a, b, &out);
  return !wrapped && FitsDecimal(out) ? ArithmeticStatus::kOk : ArithmeticStatus::kOverflow;
}

/// dividend / divisor, rounded half away from zero. REQUIRES: divisor > 0.
constexpr Int128 DivideRounded(Int128 dividend, Int128 divisor) noexcept {
  if (FitsInt64(dividend) && FitsInt64(divisor)) [[likely]] {
    const auto quotient = static_cast<int64_t>(dividend) / static_cast<int64_t>(divisor);
    const auto rest = static_cast<int64_t>(dividend) % static_cast<int64_t>(divisor);
    const auto half = static_cast<int64_t>(divisor) - (rest < 0 ? -rest : rest);
    return Int128{quotient} + ((rest < 0 ? -rest : rest) >= half ? (dividend < 0 ? -1 : 1) : 0);
  }
  const Int128 quotient = dividend / divisor;
  const Int128 rest = dividend % divisor;
  const Int128 distance = rest < 0 ? -rest : rest;
  return quotient + (distance >= divisor - distance ? (dividend < 0 ? -1 : 1) : 0);
}

/// The same value with another scale, rounded if the scale shrinks. Both scales are 0 to 38.
/// Fails with kOverflow.
[[nodiscard]] inline ArithmeticStatus Rescale(Int128 digits, int from_scale, int to_scale,
                                              Int128& out) noexcept {
  if (to_scale > from_scale) return MulDecimal(digits, PowerOfTen(to_scale - from_scale), out);
  out = to_scale == from_scale ? digits : DivideRounded(digits, PowerOfTen(from_scale - to_scale));
  return ArithmeticStatus::kOk;
}

// ---------------------------------------------------------------------------------------------
// Comparison

/// Compares values of different scales or special values; use Compare.
int CompareSlowly(const Numeric& a, const Numeric& b) noexcept;

/// -1, 0 or 1: the total order of SQL, by value. -Infinity < numbers < Infinity < NaN, and each
/// special value equals itself.
inline int Compare(const Numeric& a, const Numeric& b) noexcept {
  if (a.scale == b.scale) [[likely]]
    return (a.digits > b.digits) - (a.digits < b.digits);
  return CompareSlowly(a, b);
}

/// Whether the values are equal: 1.0 and 1.00 are.
inline bool Equal(const Numeric& a, const Numeric& b) noexcept { return Compare(a, b) == 0; }

/// Whether value and scale are the same.
constexpr bool Identical(const Numeric& a, const Numeric& b) noexcept {
  return a.digits == b.digits && a.scale == b.scale;
}

// ---------------------------------------------------------------------------------------------
// Arithmetic

/// The parts of Add, Sub and Mul that are not inlined.
[[nodiscard]] ArithmeticStatus AddSlowly(const Numeric& a, const Numeric& b, Numeric& out) noexcept;
[[nodiscard]] ArithmeticStatus MulSlowly(const Numeric& a, const Numeric& b, Numeric& out) noexcept;

/// -x. Infinities change sign, NaN stays.
constexpr Numeric Negate(const Numeric& x) noexcept {
  if (x.IsInfinite()) {
    return x.scale == Numeric::kInfinity ? Numeric::NegativeInfinity() : Numeric::Infinity();
  }
  return {-x.digits, x.scale};
}

/// |x|.
constexpr Numeric Abs(const Numeric& x) noexcept { return x.Sign() < 0 ? Negate(x) : x; }

/// a + b, with the larger of the two scales, less zeros at the end of the fraction that 38 digits
/// do not hold. Exact, or fails with kOverflow.
[[nodiscard]] inline ArithmeticStatus Add(const Numeric& a, const Numeric& b,
                                          Numeric& out) noexcept {
  Int128 digits = 0;
  if (a.scale != b.scale || a.IsSpecial() ||
      AddDecimal(a.digits, b.digits, digits) != ArithmeticStatus::kOk) [[unlikely]] {
    return AddSlowly(a, b, out);
  }
  out = {digits, a.scale};
  return ArithmeticStatus::kOk;
}

/// a - b, by the same rules.
[[nodiscard]] inline ArithmeticStatus Sub(const Numeric& a, const Numeric& b,
                                          Numeric& out) noexcept {
  Int128 digits = 0;
  if (a.scale != b.scale || a.IsSpecial() ||
      SubDecimal(a.digits, b.digits, digits) != ArithmeticStatus::kOk) [[unlikely]] {
    return AddSlowly(a, Negate(b), out);
  }
  out = {digits, a.scale};
  return ArithmeticStatus::kOk;
}

/// a * b, with the sum of the two scales. Where 38 digits do not hold the fraction, it is rounded
/// to what they hold. Fails with kOverflow if they do not hold the integer part.
[[nodiscard]] inline ArithmeticStatus Mul(const Numeric& a, const Numeric& b,
                                          Numeric& out) noexcept {
  const int scale = a.scale + b.scale;
  Int128 digits = 0;
  if (a.IsSpecial() || b.IsSpecial() || scale > kNumericDigitsMax ||
      MulDecimal(a.digits, b.digits, digits) != ArithmeticStatus::kOk) [[unlikely]] {
    return MulSlowly(a, b, out);
  }
  out = {digits, static_cast<int8_t>(scale)};
  return ArithmeticStatus::kOk;
}

/// a / b, rounded. The scale gives at least 16 significant digits and is at least that of a and
/// of b, as PostgreSQL chooses it, less what 38 digits do not hold. Fails with kDivisionByZero
/// (also of an infinity by zero), kOverflow.
[[nodiscard]] ArithmeticStatus Div(const Numeric& a, const Numeric& b, Numeric& out) noexcept;

/// The integer part of a / b, towards zero: the SQL function div. Fails with kDivisionByZero,
/// kOverflow.
[[nodiscard]] ArithmeticStatus DivTruncated(const Numeric& a, const Numeric& b,
                                            Numeric& out) noexcept;

/// The rest of the division towards zero, with the sign of a and the larger scale. Fails with
/// kDivisionByZero, kOverflow.
[[nodiscard]] ArithmeticStatus Mod(const Numeric& a, const Numeric& b, Numeric& out) noexcept;

/// Rounds to `places` after the point, before it if negative. The result has max(places, 0) as
/// its scale, less what 38 digits do not hold. Special values stay. Fails with kOverflow.
[[nodiscard]] ArithmeticStatus Round(const Numeric& x, int places, Numeric& out) noexcept;

/// The same, towards zero, which cannot fail.
Numeric Truncate(const Numeric& x, int places) noexcept;

/// The smallest integer that is not below x, the largest that is not above it. Special values
/// stay.
Numeric Ceil(const Numeric& x) noexcept;
Numeric Floor(const Numeric& x) noexcept;

/// -1, 0 or 1 as a numeric; NaN stays NaN.
constexpr Numeric SignOf(const Numeric& x) noexcept {
  return x.IsNaN() ? x : Numeric::FromInteger(x.Sign());
}

/// The smallest scale that still holds x exactly. REQUIRES: x is finite.
int MinScale(const Numeric& x) noexcept;

/// x without the zeros at the end of its fraction. Special values stay.
Numeric TrimScale(const Numeric& x) noexcept;

/// The greatest common divisor and the least common multiple, never negative, with the larger
/// scale; NaN if either is special. They fail with kOverflow.
[[nodiscard]] ArithmeticStatus Gcd(const Numeric& a, const Numeric& b, Numeric& out) noexcept;
[[nodiscard]] ArithmeticStatus Lcm(const Numeric& a, const Numeric& b, Numeric& out) noexcept;

// ---------------------------------------------------------------------------------------------
// numeric(p,s)

/// Rounds x to numeric(precision, scale) and checks that it fits; the result has `scale`, or 0 if
/// that is negative (PostgreSQL 15 has numeric(3,-2)). NaN stays. Fails with kFieldOverflow.
/// REQUIRES: 1 <= precision <= 38, -38 <= scale <= 38.
[[nodiscard]] ArithmeticStatus ApplyPrecision(const Numeric& x, int precision, int scale,
                                              Numeric& out) noexcept;

/// The same for the digits of a kDecimal(precision, scale); scale is 0 to 38. Fails with
/// kFieldOverflow, kNaNInDecimal.
[[nodiscard]] ArithmeticStatus ToDecimal(const Numeric& x, int precision, int scale,
                                         Int128& out) noexcept;

/// PostgreSQL's DETAIL for kFieldOverflow: which bound the value broke.
std::string NumericFieldOverflowDetail(int precision, int scale, bool infinite);

// ---------------------------------------------------------------------------------------------
// Text

/// Reads what PostgreSQL's numeric_in reads: spaces, sign, digits, point, exponent, "NaN",
/// "Infinity", "inf" in any case. Errors: 22P02; 22003 if 38 digits do not hold the value exactly
/// (zeros at the end of the fraction are dropped to make it fit).
Result<Numeric> ParseNumeric(std::string_view text);

/// Reads the same for a kDecimal(precision, scale), rounding to the scale once. Errors: 22P02;
/// 22003 "numeric field overflow"; 0A000 for NaN.
Result<Int128> ParseDecimal(std::string_view text, int precision, int scale);

/// Writes x at `out`, which has room for kNumericTextMax bytes, and returns the end. The fraction
/// has exactly `scale` digits.
char* PrintNumeric(const Numeric& x, char* out) noexcept;

/// Appends the same to a string.
void AppendNumericText(const Numeric& x, std::string& out);

/// The same as a new string.
std::string ToString(const Numeric& x);

// ---------------------------------------------------------------------------------------------
// Conversion to and from machine numbers

/// x rounded half away from zero. They fail with kSmallintOutOfRange, kNaNToSmallint,
/// kInfinityToSmallint and so on.
[[nodiscard]] ArithmeticStatus ToInt16(const Numeric& x, int16_t& out) noexcept;
[[nodiscard]] ArithmeticStatus ToInt32(const Numeric& x, int32_t& out) noexcept;
[[nodiscard]] ArithmeticStatus ToInt64(const Numeric& x, int64_t& out) noexcept;

/// The nearest double or float; the special values have theirs. They cannot fail: 38 digits stay
/// inside both ranges.
double ToDouble(const Numeric& x) noexcept;
float ToFloat(const Numeric& x) noexcept;

/// The first 15 significant digits of a double (6 of a float), as PostgreSQL casts. Digits beyond
/// the 38th place after the point are rounded off. They fail with kOverflow from 1e38 on.
[[nodiscard]] ArithmeticStatus FromDouble(double value, Numeric& out) noexcept;
[[nodiscard]] ArithmeticStatus FromFloat(float value, Numeric& out) noexcept;

// ---------------------------------------------------------------------------------------------
// Keys

/// Appends bytes that are equal for equal values (whatever the scale) and whose memcmp order is
/// that of Compare. They end by themselves, so that more key parts can follow. 1 to 20 bytes.
void AppendNumericKey(const Numeric& x, std::string& out);

/// Takes one such key from the front of `in` and returns its value with the smallest scale.
/// Errors: XX001 if the bytes are not such a key.
Result<Numeric> TakeNumericKey(std::string_view& in);

}  // namespace riverrun
