// The expected values are PostgreSQL 15's answers, except where a comment says that 38 digits do
// not hold them.
#include "types/number/numeric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace riverrun {
namespace {

constexpr std::string_view kThirtyEightNines = "99999999999999999999999999999999999999";

Numeric Read(std::string_view text) {
  const Result<Numeric> value = ParseNumeric(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value.value_or(Numeric::NaN());
}

std::string ParseText(std::string_view text) {
  const Result<Numeric> value = ParseNumeric(text);
  return value ? ToString(*value) : ToString(value.error());
}

std::string DecimalText(std::string_view text, int precision, int scale) {
  const Result<Int128> digits = ParseDecimal(text, precision, scale);
  return digits ? ToString(Numeric{*digits, static_cast<int8_t>(scale)}) : ToString(digits.error());
}

std::string Outcome(ArithmeticStatus status, const Numeric& value) {
  return status == ArithmeticStatus::kOk ? ToString(value) : std::string(TextOf(status));
}

using Binary = ArithmeticStatus (*)(const Numeric&, const Numeric&, Numeric&) noexcept;

std::string Apply(Binary function, std::string_view a, std::string_view b) {
  Numeric out;
  const ArithmeticStatus status = function(Read(a), Read(b), out);
  return Outcome(status, out);
}

std::string RoundText(std::string_view x, int places) {
  Numeric out;
  const ArithmeticStatus status = Round(Read(x), places, out);
  return Outcome(status, out);
}

std::string Fit(std::string_view x, int precision, int scale) {
  Numeric out;
  const ArithmeticStatus status = ApplyPrecision(Read(x), precision, scale, out);
  return Outcome(status, out);
}

std::string Key(std::string_view x) {
  std::string key;
  AppendNumericKey(Read(x), key);
  return key;
}

struct Operands {
  std::string_view a;
  std::string_view b;
  std::string_view expected;
};

TEST(NumericText, ReadsWhatPostgresReads) {
  EXPECT_EQ(ParseText("123"), "123");
  EXPECT_EQ(ParseText(" \t-0012.50\n"), "-12.50");
  EXPECT_EQ(ParseText("+5"), "5");
  EXPECT_EQ(ParseText(".5"), "0.5");
  EXPECT_EQ(ParseText("5."), "5");
  EXPECT_EQ(ParseText("-0.00"), "0.00");
  EXPECT_EQ(ParseText("1.e5"), "100000");
  EXPECT_EQ(ParseText("1e 5"), "100000");
  EXPECT_EQ(ParseText("1.5e-2"), "0.015");
  EXPECT_EQ(ParseText("150E-2"), "1.50");
  EXPECT_EQ(ParseText("1.50e1"), "15.0");
  EXPECT_EQ(ParseText("0e9"), "0");
  EXPECT_EQ(ParseText(" nan "), "NaN");
  EXPECT_EQ(ParseText("+INF"), "Infinity");
  EXPECT_EQ(ParseText("-infinity "), "-Infinity");
}

TEST(NumericText, RefusesWhatPostgresRefuses) {
  for (const std::string_view text :
       {"", "   ", ".", "+", "+ 5", "1e", "1e+", "1e2 x", "1__0", "0x10", "+nan", "nanx", "infinit",
        "--1", "1-", "e5", "1.2.3", "1,5"}) {
    EXPECT_EQ(ParseText(text),
              "22P02: invalid input syntax for type numeric: \"" + std::string(text) + "\"");
  }
  EXPECT_EQ(ParseText("1e99999999999"), "22003: value overflows numeric format");
  EXPECT_EQ(ParseText("0e1073741823"), "22003: value overflows numeric format");
}

TEST(NumericText, HoldsThirtyEightDigits) {
  const std::string nines(kThirtyEightNines);
  EXPECT_EQ(ParseText(nines), nines);
  EXPECT_EQ(ParseText("-0." + nines), "-0." + nines);
  EXPECT_EQ(ParseText("1e37"), "1" + std::string(37, '0'));
  EXPECT_EQ(ParseText("1e-38"), "0." + std::string(37, '0') + "1");
  EXPECT_EQ(ParseText(nines + "9"), "22003: value overflows numeric format");
  EXPECT_EQ(ParseText("1e38"), "22003: value overflows numeric format");
  EXPECT_EQ(ParseText("1e-39"), "22003: value overflows numeric format");
  EXPECT_EQ(ParseText(nines + ".5"), "22003: value overflows numeric format");
  // Zeros at the end of the fraction make room.
  EXPECT_EQ(ParseText(nines + ".000"), nines);
  EXPECT_EQ(ParseText("0." + std::string(50, '0')), "0." + std::string(38, '0'));
  EXPECT_EQ(ParseText(std::string(60, '0') + "7"), "7");
  EXPECT_EQ(ParseText("1000e-40"), "0." + std::string(36, '0') + "10");
}

TEST(NumericText, ReadsDecimalsWithOneRounding) {
  EXPECT_EQ(DecimalText("12.345", 10, 2), "12.35");
  EXPECT_EQ(DecimalText("-12.345", 10, 2), "-12.35");
  EXPECT_EQ(DecimalText("12.3449999999999999999999999999999999999999999999", 10, 2), "12.34");
  EXPECT_EQ(DecimalText("12", 10, 2), "12.00");
  EXPECT_EQ(DecimalText("1.2e3", 10, 2), "1200.00");
  EXPECT_EQ(DecimalText("1e-900", 10, 2), "0.00");
  EXPECT_EQ(DecimalText("0.004", 10, 2), "0.00");
  EXPECT_EQ(DecimalText("0.005", 10, 2), "0.01");
  EXPECT_EQ(DecimalText("0.0005", 10, 2), "0.00");
  EXPECT_EQ(DecimalText("999.994", 5, 2), "999.99");
  EXPECT_EQ(DecimalText("999.995", 5, 2), "22003: numeric field overflow");
  EXPECT_EQ(DecimalText("1e500", 38, 0), "22003: numeric field overflow");
  EXPECT_EQ(DecimalText(kThirtyEightNines, 38, 0), kThirtyEightNines);
  EXPECT_EQ(DecimalText("x", 5, 2), "22P02: invalid input syntax for type numeric: \"x\"");
  EXPECT_EQ(DecimalText("inf", 5, 2), "22003: numeric field overflow");
  EXPECT_EQ(DecimalText("nan", 5, 2),
            "0A000: NaN in a numeric with a declared precision is not supported");
}

TEST(NumericArithmetic, AddsAndSubtractsWithTheLargerScale) {
  EXPECT_EQ(Apply(Add, "1.50", "2.5"), "4.00");
  EXPECT_EQ(Apply(Sub, "1", "0.001"), "0.999");
  EXPECT_EQ(Apply(Sub, "0.5", "0.50"), "0.00");
  EXPECT_EQ(Apply(Add, kThirtyEightNines, "1"), "value overflows numeric format");
  EXPECT_EQ(Apply(Sub, "-99999999999999999999999999999999999999", "1"),
            "value overflows numeric format");
  // Exact or not at all; zeros of the fraction that do not fit are dropped.
  EXPECT_EQ(Apply(Add, kThirtyEightNines, "0.5"), "value overflows numeric format");
  EXPECT_EQ(Apply(Add, kThirtyEightNines, "-0.50"), "value overflows numeric format");
  EXPECT_EQ(Apply(Add, kThirtyEightNines, "0.000"), kThirtyEightNines);
  EXPECT_EQ(Apply(Sub, kThirtyEightNines, "-0.0"), kThirtyEightNines);
  EXPECT_EQ(Apply(Add, "9.9999999999999999999999999999999999999",
                  "0.0000000000000000000000000000000000001"),
            "10.000000000000000000000000000000000000");
}

TEST(NumericArithmetic, MultipliesExactlyWhereDigitsSuffice) {
  EXPECT_EQ(Apply(Mul, "1.50", "-2.0"), "-3.000");
  EXPECT_EQ(Apply(Mul, "0.00", "5"), "0.00");
  EXPECT_EQ(Apply(Mul, "9223372036854775807", "9223372036854775807"),
            "85070591730234615847396907784232501249");
  EXPECT_EQ(Apply(Mul, "1e20", "1e18"), "value overflows numeric format");
  // 42 digits: four are rounded off.
  EXPECT_EQ(Apply(Mul, "1.23456789012345678901", "1.23456789012345678901"),
            "1.5241578753238836750437433565526596568");
  EXPECT_EQ(Apply(Mul, "1e-20", "5e-19"), "0.00000000000000000000000000000000000001");
  EXPECT_EQ(Apply(Mul, "9999999999999999999.5", "9999999999999999999.5"),
            "99999999999999999990000000000000000000");
}

TEST(NumericArithmetic, DividesWithPostgresScales) {
  constexpr Operands kCases[] = {
      {"1", "3", "0.33333333333333333333"},
      {"2", "3", "0.66666666666666666667"},
      {"-2", "3", "-0.66666666666666666667"},
      {"10", "3", "3.3333333333333333"},
      {"10000", "3", "3333.3333333333333333"},
      {"1", "10000", "0.000100000000000000000000"},
      {"1", "9999", "0.00010001000100010001"},
      {"9999", "10000", "0.99990000000000000000"},
      {"1.00", "3.000", "0.33333333333333333333"},
      {"0.001", "7", "0.00014285714285714286"},
      {"123456789.123", "0.07", "1763668416.04285714"},
      {"100", "100", "1.00000000000000000000"},
      {"5", "8", "0.62500000000000000000"},
      {kThirtyEightNines, "7", "14285714285714285714285714285714285714"},
      {"1e37", "0.3", "33333333333333333333333333333333333333"},  // one place less
      {"1", "3e-20", "33333333333333333333.333333333333333333"},  // two places less
      {"0", "7", "0.00000000000000000000"},
      {"0.000", "7.0", "0.00000000000000000000"},
      {"1e37", "1e-5", "value overflows numeric format"},
      {"1", "0", "division by zero"},
      {"0", "0.00", "division by zero"},
  };
  for (const Operands& c : kCases) EXPECT_EQ(Apply(Div, c.a, c.b), c.expected) << c.a << "/" << c.b;
}

TEST(NumericArithmetic, DividesToIntegerAndRest) {
  EXPECT_EQ(Apply(DivTruncated, "7.5", "-2"), "-3");
  EXPECT_EQ(Apply(DivTruncated, "-7.5", "2"), "-3");
  EXPECT_EQ(Apply(DivTruncated, "1e37", "1e-5"), "value overflows numeric format");
  EXPECT_EQ(Apply(DivTruncated, "1", "0"), "division by zero");
  EXPECT_EQ(Apply(Mod, "7.5", "2"), "1.5");
  EXPECT_EQ(Apply(Mod, "-7.5", "2.00"), "-1.50");
  EXPECT_EQ(Apply(Mod, "7.5", "-0.7"), "0.5");
  EXPECT_EQ(Apply(Mod, "1e37", "0.0000003"), "0.0000001");
  EXPECT_EQ(Apply(Mod, "7", "0"), "division by zero");
}

TEST(NumericArithmetic, FollowsTheRulesOfSpecialValues) {
  EXPECT_EQ(Apply(Add, "inf", "-inf"), "NaN");
  EXPECT_EQ(Apply(Sub, "inf", "inf"), "NaN");
  EXPECT_EQ(Apply(Sub, "5", "inf"), "-Infinity");
  EXPECT_EQ(Apply(Add, "inf", "inf"), "Infinity");
  EXPECT_EQ(Apply(Add, "NaN", "1"), "NaN");
  EXPECT_EQ(Apply(Mul, "inf", "0"), "NaN");
  EXPECT_EQ(Apply(Mul, "inf", "-2"), "-Infinity");
  EXPECT_EQ(Apply(Mul, "-inf", "-inf"), "Infinity");
  EXPECT_EQ(Apply(Div, "inf", "inf"), "NaN");
  EXPECT_EQ(Apply(Div, "inf", "-2"), "-Infinity");
  EXPECT_EQ(Apply(Div, "5", "-inf"), "0");
  EXPECT_EQ(Apply(Div, "inf", "0"), "division by zero");
  EXPECT_EQ(Apply(Div, "NaN", "0"), "NaN");
  EXPECT_EQ(Apply(Mod, "inf", "5"), "NaN");
  EXPECT_EQ(Apply(Mod, "inf", "0"), "division by zero");
  EXPECT_EQ(Apply(Mod, "5", "inf"), "5");
}

TEST(NumericArithmetic, OutputMayBeAnArgument) {
  Numeric x = Read("10.00");
  ASSERT_EQ(Add(x, Read("0.5"), x), ArithmeticStatus::kOk);
  ASSERT_EQ(Mul(x, x, x), ArithmeticStatus::kOk);
  EXPECT_EQ(ToString(x), "110.2500");
  ASSERT_EQ(Div(Read("1"), x, x), ArithmeticStatus::kOk);
  EXPECT_EQ(ToString(x), "0.00907029478458049887");
  ASSERT_EQ(ApplyPrecision(x, 10, 4, x), ArithmeticStatus::kOk);
  EXPECT_EQ(ToString(x), "0.0091");
  ASSERT_EQ(Round(x, 3, x), ArithmeticStatus::kOk);
  EXPECT_EQ(ToString(x), "0.009");
}

TEST(NumericRounding, RoundsHalfAwayFromZero) {
  EXPECT_EQ(RoundText("1.5", 0), "2");
  EXPECT_EQ(RoundText("-2.5", 0), "-3");
  EXPECT_EQ(RoundText("2.449", 1), "2.4");
  EXPECT_EQ(RoundText("1.5", 3), "1.500");
  EXPECT_EQ(RoundText("155", -1), "160");
  EXPECT_EQ(RoundText("155", -3), "0");
  EXPECT_EQ(RoundText("555", -3), "1000");
  EXPECT_EQ(RoundText("555", -100), "0");
  EXPECT_EQ(RoundText("NaN", 2), "NaN");
  EXPECT_EQ(RoundText(kThirtyEightNines, -1), "value overflows numeric format");
  EXPECT_EQ(RoundText("123.5", 60), "123." + ("5" + std::string(34, '0')));  // as far as it fits
}

TEST(NumericRounding, TruncatesAndFindsIntegers) {
  EXPECT_EQ(ToString(Truncate(Read("-1.59"), 1)), "-1.5");
  EXPECT_EQ(ToString(Truncate(Read("155.5"), -1)), "150");
  EXPECT_EQ(ToString(Truncate(Read("155.5"), -40)), "0");
  EXPECT_EQ(ToString(Truncate(Read("1.5"), 3)), "1.500");
  EXPECT_EQ(ToString(Ceil(Read("-1.5"))), "-1");
  EXPECT_EQ(ToString(Ceil(Read("1.0001"))), "2");
  EXPECT_EQ(ToString(Ceil(Read("3.000"))), "3");
  EXPECT_EQ(ToString(Floor(Read("-1.5"))), "-2");
  EXPECT_EQ(ToString(Floor(Read("1.999"))), "1");
  EXPECT_EQ(ToString(Floor(Read("-inf"))), "-Infinity");
  EXPECT_EQ(ToString(SignOf(Read("-2.50"))), "-1");
  EXPECT_EQ(ToString(SignOf(Read("inf"))), "1");
  EXPECT_EQ(ToString(SignOf(Read("nan"))), "NaN");
  EXPECT_EQ(ToString(Abs(Read("-1.50"))), "1.50");
  EXPECT_EQ(ToString(Abs(Read("-inf"))), "Infinity");
}

TEST(NumericRounding, TrimsScales) {
  EXPECT_EQ(MinScale(Read("1.500")), 1);
  EXPECT_EQ(ToString(TrimScale(Read("1.500"))), "1.5");
  EXPECT_EQ(ToString(TrimScale(Read("100.0"))), "100");
  EXPECT_EQ(ToString(TrimScale(Read("0.000"))), "0");
  EXPECT_EQ(ToString(TrimScale(Read("90000000000000000000.00"))), "90000000000000000000");
  EXPECT_EQ(ToString(TrimScale(Read("NaN"))), "NaN");
}

TEST(NumericRounding, FindsCommonDivisorsAndMultiples) {
  EXPECT_EQ(Apply(Gcd, "12.5", "5.00"), "2.50");
  EXPECT_EQ(Apply(Gcd, "0.0", "-7"), "7.0");
  EXPECT_EQ(Apply(Gcd, "NaN", "1"), "NaN");
  EXPECT_EQ(Apply(Lcm, "12.5", "-5.00"), "25.00");
  EXPECT_EQ(Apply(Lcm, "0.0", "5.00"), "0.00");
  EXPECT_EQ(Apply(Lcm, "1e20", "1e20"), "100000000000000000000");
  EXPECT_EQ(Apply(Lcm, "10000000000000000000001", "10000000000000000000000"),
            "value overflows numeric format");
}

TEST(NumericPrecision, FitsDeclaredTypes) {
  EXPECT_EQ(Fit("123.455", 5, 2), "123.46");
  EXPECT_EQ(Fit("999.995", 5, 2), "numeric field overflow");
  EXPECT_EQ(Fit("0.5", 2, 2), "0.50");
  EXPECT_EQ(Fit("5", 2, 2), "numeric field overflow");
  EXPECT_EQ(Fit("99999", 5, -2), "100000");
  EXPECT_EQ(Fit("12345678", 5, -2), "numeric field overflow");
  EXPECT_EQ(Fit("NaN", 5, 2), "NaN");
  EXPECT_EQ(Fit("inf", 5, 2), "numeric field overflow");
  EXPECT_EQ(NumericFieldOverflowDetail(5, 2, false),
            "A field with precision 5, scale 2 must round to an absolute value less than 10^3.");
  EXPECT_EQ(NumericFieldOverflowDetail(2, 2, false),
            "A field with precision 2, scale 2 must round to an absolute value less than 1.");
  EXPECT_EQ(NumericFieldOverflowDetail(5, 2, true),
            "A field with precision 5, scale 2 cannot hold an infinite value.");
}

TEST(NumericConversion, ToIntegersRounds) {
  int16_t small = 0;
  int32_t medium = 0;
  int64_t large = 0;
  EXPECT_EQ(ToInt16(Read("-32768.4"), small), ArithmeticStatus::kOk);
  EXPECT_EQ(small, -32768);
  EXPECT_EQ(ToInt16(Read("32767.5"), small), ArithmeticStatus::kSmallintOutOfRange);
  EXPECT_EQ(ToInt32(Read("2.5"), medium), ArithmeticStatus::kOk);
  EXPECT_EQ(medium, 3);
  EXPECT_EQ(ToInt32(Read("2147483647.5"), medium), ArithmeticStatus::kIntegerOutOfRange);
  EXPECT_EQ(ToInt64(Read("-9223372036854775808"), large), ArithmeticStatus::kOk);
  EXPECT_EQ(large, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ToInt64(Read("1e20"), large), ArithmeticStatus::kBigintOutOfRange);
  EXPECT_EQ(ToString(ErrorOf(ToInt64(Read("1e20"), large))), "22003: bigint out of range");
  EXPECT_EQ(ToString(ErrorOf(ToInt32(Read("nan"), medium))),
            "0A000: cannot convert NaN to integer");
  EXPECT_EQ(ToString(ErrorOf(ToInt16(Read("-inf"), small))),
            "0A000: cannot convert infinity to smallint");
}

TEST(NumericConversion, ToFloatsIsNearest) {
  EXPECT_EQ(ToDouble(Read("0.1")), 0.1);
  EXPECT_EQ(ToDouble(Read("-123456789012345678.123456789")), -123456789012345678.123456789);
  EXPECT_EQ(ToDouble(Read("9007199254740993")), 9007199254740992.0);
  EXPECT_EQ(ToDouble(Read("9007199254740993.00000001")), 9007199254740994.0);
  EXPECT_EQ(ToFloat(Read("16777217")), 16777216.0F);
  EXPECT_EQ(ToFloat(Read("16777217.0000000001")), 16777218.0F);
  EXPECT_TRUE(std::isnan(ToDouble(Numeric::NaN())));
  EXPECT_EQ(ToDouble(Numeric::NegativeInfinity()), -std::numeric_limits<double>::infinity());
}

TEST(NumericConversion, FromFloatsTakesSignificantDigits) {
  const auto text = [](double value) {
    Numeric out;
    const ArithmeticStatus status = FromDouble(value, out);
    return Outcome(status, out);
  };
  const auto float_text = [](float value) {
    Numeric out;
    const ArithmeticStatus status = FromFloat(value, out);
    return Outcome(status, out);
  };
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(-0.0), "0");
  EXPECT_EQ(text(123456789012345680.0), "123456789012346000");
  EXPECT_EQ(text(1.23456789012345678), "1.23456789012346");
  EXPECT_EQ(text(1e-7), "0.0000001");
  EXPECT_EQ(text(9.9999999999999995), "10");
  EXPECT_EQ(text(1e20), "100000000000000000000");
  EXPECT_EQ(text(std::nan("")), "NaN");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(text(1e38), "value overflows numeric format");
  EXPECT_EQ(text(1.26e-37), "0.00000000000000000000000000000000000013");
  EXPECT_EQ(text(1e-300), "0." + std::string(38, '0'));
  EXPECT_EQ(float_text(0.1F), "0.1");
  EXPECT_EQ(float_text(16777217.0F), "16777200");
  EXPECT_EQ(float_text(3.14159274F), "3.14159");
}

TEST(NumericOrder, IsTotalAndIgnoresScale) {
  const std::vector<std::string_view> sorted = {"-inf",   "-99999999999999999999999999999999999999",
                                                "-1e30",  "-10.5",
                                                "-10",    "-9.9",
                                                "-1.01",  "-1",
                                                "-0.5",   "-1e-38",
                                                "0",      "1e-38",
                                                "0.099",  "0.1",
                                                "0.11",   "0.5",
                                                "0.999",  "1",
                                                "1.0001", "1.01",
                                                "9.9",    "10",
                                                "12",     "12.3",
                                                "12.34",  "100",
                                                "1e30",   kThirtyEightNines,
                                                "inf",    "nan"};
  for (size_t i = 0; i < sorted.size(); ++i) {
    for (size_t j = 0; j < sorted.size(); ++j) {
      const int expected = (i > j) - (i < j);
      EXPECT_EQ(Compare(Read(sorted[i]), Read(sorted[j])), expected) << sorted[i] << sorted[j];
      const int bytes = Key(sorted[i]).compare(Key(sorted[j]));
      EXPECT_EQ((bytes > 0) - (bytes < 0), expected) << sorted[i] << sorted[j];
    }
  }
  EXPECT_EQ(Compare(Read("1.0"), Read("1.000")), 0);
  EXPECT_FALSE(Identical(Read("1.0"), Read("1.00")));
}

TEST(NumericKey, IsCanonicalAndEndsByItself) {
  EXPECT_EQ(Key("1"), Key("1.000"));
  EXPECT_EQ(Key("-1200"), Key("-1200.0"));
  EXPECT_EQ(Key("0"), Key("0.00"));
  std::string bytes;
  const std::vector<std::string_view> values = {"-12.30", "0.0", "nan", "100", "-inf", "7.001"};
  for (const std::string_view value : values) AppendNumericKey(Read(value), bytes);
  std::string_view in = bytes;
  for (const std::string_view value : values) {
    const Result<Numeric> taken = TakeNumericKey(in);
    ASSERT_TRUE(taken.has_value());
    EXPECT_TRUE(Identical(*taken, TrimScale(Read(value)))) << value;
  }
  EXPECT_TRUE(in.empty());
}

TEST(NumericKey, RefusesOtherBytes) {
  const std::string_view malformed[] = {"",         "\xA7",         "\xA7\x19", "\xA7\x01\x02",
                                        "\xA7\xFE", "\xA7\x19\x00", "\xE0\x14", "\x7F\xEB",
                                        "\x20\xEB"};
  for (std::string_view bytes : malformed) {
    EXPECT_FALSE(TakeNumericKey(bytes).has_value());
  }
  std::string endless = "\xA7" + std::string(30, '\x19');
  std::string_view in = endless;
  EXPECT_FALSE(TakeNumericKey(in).has_value());
}

TEST(NumericDigits, CountsAndRescales) {
  EXPECT_EQ(CountDigits(0), 0);
  for (int i = 0; i <= kNumericDigitsMax; ++i) {
    EXPECT_EQ(CountDigits(static_cast<UInt128>(PowerOfTen(i))), i + 1);
    EXPECT_EQ(CountDigits(static_cast<UInt128>(PowerOfTen(i) - 1)), i);
  }
  EXPECT_EQ(CountDigits(~UInt128{0}), 39);
  Int128 out = 0;
  EXPECT_EQ(Rescale(-25, 1, 0, out), ArithmeticStatus::kOk);
  EXPECT_TRUE(out == -3);
  EXPECT_EQ(Rescale(PowerOfTen(37), 0, 1, out), ArithmeticStatus::kOverflow);
  EXPECT_EQ(Rescale(PowerOfTen(38) - 1, 38, 0, out), ArithmeticStatus::kOk);
  EXPECT_TRUE(out == 1);
}

}  // namespace
}  // namespace riverrun
