// Random numerics against arbitrary-precision integers.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdlib>
#include <random>
#include <string>

#include "types/number/numeric.h"

namespace riverrun {
namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr int kRounds = 20000;

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  int Below(int bound) { return static_cast<int>(engine_() % static_cast<uint64_t>(bound)); }

  /// Up to 38 digits, of every length about as often; sometimes with zeros at the end.
  Numeric Next() {
    const int count = Below(kNumericDigitsMax + 1);
    Int128 digits = 0;
    const int zeros = Below(4) == 0 ? Below(count + 1) : 0;
    for (int i = 0; i < count; ++i) digits = digits * 10 + (i < count - zeros ? Below(10) : 0);
    return {Below(2) == 0 ? digits : -digits, static_cast<int8_t>(Below(kNumericDigitsMax + 1))};
  }

  /// The same with special values.
  Numeric NextOrSpecial() {
    switch (Below(20)) {
      case 0:
        return Numeric::NaN();
      case 1:
        return Numeric::Infinity();
      case 2:
        return Numeric::NegativeInfinity();
      default:
        return Next();
    }
  }

 private:
  std::mt19937_64 engine_;
};

Integer Power(int exponent) { return boost::multiprecision::pow(Integer(10), exponent); }

Integer Wide(Int128 value) {
  Integer wide = static_cast<uint64_t>(Magnitude(value) >> 64);
  wide = (wide << 64) + static_cast<uint64_t>(Magnitude(value));
  return value < 0 ? Integer(-wide) : wide;
}

// x * 10^scale for a scale that is not below that of x.
Integer At(const Numeric& x, int scale) { return Wide(x.digits) * Power(scale - x.scale); }

// Whether 38 digits hold the value, if zeros at the end of the fraction are dropped.
bool Fits(Integer value, int scale) {
  while (abs(value) >= Power(kNumericDigitsMax)) {
    if (scale == 0 || value % 10 != 0) return false;
    value /= 10;
    --scale;
  }
  return true;
}

TEST(NumericProperty, SumsAreExactOrFail) {
  Random random(1);
  for (int i = 0; i < kRounds; ++i) {
    const Numeric a = random.Next();
    const Numeric b = random.Next();
    const int scale = std::max(a.scale, b.scale);
    for (const int sign : {1, -1}) {
      const Integer expected = At(a, scale) + sign * At(b, scale);
      Numeric out;
      const ArithmeticStatus status = sign > 0 ? Add(a, b, out) : Sub(a, b, out);
      ASSERT_EQ(status == ArithmeticStatus::kOk, Fits(expected, scale))
          << ToString(a) << " " << sign << " " << ToString(b);
      if (status == ArithmeticStatus::kOk) {
        ASSERT_EQ(At(out, scale), expected);
        ASSERT_TRUE(FitsDecimal(out.digits));
      }
    }
  }
}

TEST(NumericProperty, ProductsAndQuotientsAreRoundedOnce) {
  Random random(2);
  int divided = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Numeric a = random.Next();
    const Numeric b = random.Next();
    Numeric product;
    const Integer exact = Wide(a.digits) * Wide(b.digits);
    const int exact_scale = a.scale + b.scale;
    if (Mul(a, b, product) == ArithmeticStatus::kOk) {
      // |product - exact| is at most half a unit in the last place of the product.
      const int dropped = exact_scale - product.scale;
      ASSERT_GE(dropped, 0);
      ASSERT_LE(2 * abs(Integer(At(product, exact_scale) - exact)),
                dropped == 0 ? Integer(0) : Power(dropped));
      if (exact_scale <= kNumericDigitsMax && Fits(exact, 0)) {
        ASSERT_EQ(product.scale, exact_scale);
      }
    } else {
      ASSERT_GE(abs(exact) * 2 + Power(exact_scale), Power(kNumericDigitsMax + exact_scale) * 2);
    }
    if (b.digits == 0) continue;
    Numeric quotient;
    if (Div(a, b, quotient) != ArithmeticStatus::kOk) {
      const Integer integer_part = abs(At(a, kNumericDigitsMax)) / abs(At(b, kNumericDigitsMax));
      ASSERT_GE(integer_part + 1, Power(kNumericDigitsMax)) << ToString(a) << "/" << ToString(b);
      continue;
    }
    // |quotient * b - a| <= |b| / 2 units, compared at a common scale.
    const int scale = quotient.scale + 2 * kNumericDigitsMax;
    const Integer back =
        Wide(quotient.digits) * Wide(b.digits) * Power(scale - quotient.scale - b.scale);
    const Integer unit = abs(Wide(b.digits)) * Power(scale - quotient.scale - b.scale);
    ASSERT_LE(2 * abs(Integer(back - At(a, scale))), unit) << ToString(a) << "/" << ToString(b);
    ++divided;
  }
  EXPECT_GT(divided, kRounds / 2);
}

TEST(NumericProperty, QuotientAndRestGiveTheDividend) {
  Random random(3);
  for (int i = 0; i < kRounds; ++i) {
    const Numeric a = random.Next();
    const Numeric b = random.Next();
    Numeric quotient;
    Numeric rest;
    if (b.digits == 0 || DivTruncated(a, b, quotient) != ArithmeticStatus::kOk ||
        Mod(a, b, rest) != ArithmeticStatus::kOk) {
      continue;
    }
    const int scale = std::max(a.scale, b.scale);
    ASSERT_EQ(quotient.scale, 0);
    ASSERT_EQ(Wide(quotient.digits) * At(b, scale) + At(rest, scale), At(a, scale));
    ASSERT_LT(abs(At(rest, scale)), abs(At(b, scale)));
    ASSERT_TRUE(rest.digits == 0 || (rest.digits < 0) == (a.digits < 0));
  }
}

TEST(NumericProperty, OrderIsThatOfTheValuesAndOfTheKeys) {
  Random random(4);
  for (int i = 0; i < kRounds; ++i) {
    const Numeric a = random.NextOrSpecial();
    Numeric b = random.NextOrSpecial();
    if (random.Below(4) == 0) b = TrimScale(a);
    if (random.Below(8) == 0) b.scale = a.scale;  // may make it special with digits
    if (b.IsSpecial()) b.digits = 0;
    const int order = Compare(a, b);
    ASSERT_EQ(Compare(b, a), -order);
    if (a.IsFinite() && b.IsFinite()) {
      const Integer left = At(a, kNumericDigitsMax);
      const Integer right = At(b, kNumericDigitsMax);
      ASSERT_EQ(order, (left > right) - (left < right)) << ToString(a) << " " << ToString(b);
    }
    std::string a_key;
    std::string b_key;
    AppendNumericKey(a, a_key);
    AppendNumericKey(b, b_key);
    const int bytes = a_key.compare(b_key);
    ASSERT_EQ((bytes > 0) - (bytes < 0), order) << ToString(a) << " " << ToString(b);
    std::string_view in = a_key;
    const Result<Numeric> taken = TakeNumericKey(in);
    ASSERT_TRUE(taken.has_value() && in.empty()) << ToString(a);
    ASSERT_TRUE(Identical(*taken, TrimScale(a))) << ToString(a);
  }
}

TEST(NumericProperty, ReadingUndoesPrinting) {
  Random random(5);
  for (int i = 0; i < kRounds; ++i) {
    const Numeric x = random.NextOrSpecial();
    const std::string text = ToString(x);
    const Result<Numeric> read = ParseNumeric(text);
    ASSERT_TRUE(read.has_value() && Identical(*read, x)) << text;
    if (x.IsSpecial()) continue;
    ASSERT_EQ(ToDouble(x), std::strtod(text.c_str(), nullptr)) << text;
    ASSERT_EQ(ToFloat(x), std::strtof(text.c_str(), nullptr)) << text;
    const int scale = random.Below(kNumericDigitsMax + 1);
    Int128 rescaled = 0;
    const Result<Int128> decimal = ParseDecimal(text, kNumericDigitsMax, scale);
    if (ToDecimal(x, kNumericDigitsMax, scale, rescaled) == ArithmeticStatus::kOk) {
      ASSERT_TRUE(decimal.has_value() && *decimal == rescaled) << text;
    } else {
      ASSERT_FALSE(decimal.has_value()) << text;
    }
  }
}

TEST(NumericProperty, IntegersSurviveBothWays) {
  std::mt19937_64 engine(6);
  for (int i = 0; i < kRounds; ++i) {
    const auto value = static_cast<int64_t>(engine()) >> (engine() % 64);
    int64_t back = 0;
    ASSERT_EQ(ToInt64(Numeric::FromInteger(value), back), ArithmeticStatus::kOk);
    ASSERT_EQ(back, value);
    ASSERT_EQ(ToString(Numeric::FromInteger(value)), std::to_string(value));
  }
}

}  // namespace
}  // namespace riverrun
