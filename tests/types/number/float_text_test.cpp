// The expected texts are PostgreSQL 15's.
#include "types/number/float_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace riverrun {
namespace {

std::string Text(double value) {
  std::string text;
  AppendDoubleText(value, text);
  return text;
}

std::string Text(float value) {
  std::string text;
  AppendFloatText(value, text);
  return text;
}

template <class T>
std::string ErrorText(const Result<T>& result) {
  return result ? "no error" : ToString(result.error());
}

TEST(FloatText, PrintsTheShortestDigits) {
  EXPECT_EQ(Text(0.1), "0.1");
  EXPECT_EQ(Text(0.0), "0");
  EXPECT_EQ(Text(-0.0), "-0");
  EXPECT_EQ(Text(100.0), "100");
  EXPECT_EQ(Text(-1234.5), "-1234.5");
  EXPECT_EQ(Text(1e14), "100000000000000");
  EXPECT_EQ(Text(1e15), "1e+15");
  EXPECT_EQ(Text(123456789012345.0), "123456789012345");
  EXPECT_EQ(Text(123456789012345.67), "123456789012345.67");
  EXPECT_EQ(Text(0.0001), "0.0001");
  EXPECT_EQ(Text(0.00001234), "1.234e-05");
  EXPECT_EQ(Text(1e100), "1e+100");
  EXPECT_EQ(Text(9007199254740993.0), "9.007199254740992e+15");
  EXPECT_EQ(Text(5e-324), "5e-324");
  EXPECT_EQ(Text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(Text(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(Text(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(Text(-std::nan("")), "NaN");
  EXPECT_EQ(Text(0.1F), "0.1");
  EXPECT_EQ(Text(123456.0F), "123456");
  EXPECT_EQ(Text(1e6F), "1e+06");
  EXPECT_EQ(Text(1234567.0F), "1.234567e+06");
  EXPECT_EQ(Text(1e-45F), "1e-45");
  EXPECT_EQ(Text(3.4028235e38F), "3.4028235e+38");
}

TEST(FloatText, NeverPrintsTheMiddleBetweenTwoNumbers) {
  // 18014398509482010 lies in the middle to the next double, and reading to even would find back.
  EXPECT_EQ(Text(18014398509482008.0), "1.8014398509482008e+16");
  EXPECT_EQ(Text(33554456.0F), "3.3554456e+07");
}

TEST(FloatText, ReadingUndoesPrinting) {
  std::mt19937_64 engine(1);
  for (int i = 0; i < 50000; ++i) {
    const auto value = std::bit_cast<double>(uint64_t{engine()});
    const auto single = std::bit_cast<float>(static_cast<uint32_t>(engine()));
    if (std::isfinite(value)) {
      const Result<double> read = ParseDouble(Text(value));
      ASSERT_TRUE(read.has_value() && *read == value) << Text(value);
    }
    if (std::isfinite(single)) {
      const Result<float> read = ParseFloat(Text(single));
      ASSERT_TRUE(read.has_value() && *read == single) << Text(single);
    }
  }
}

TEST(FloatText, ReadsWhatPostgresReads) {
  EXPECT_EQ(ParseDouble(" 1.5 "), 1.5);
  EXPECT_EQ(ParseDouble("+1"), 1.0);
  EXPECT_EQ(ParseDouble(".5"), 0.5);
  EXPECT_EQ(ParseDouble("5."), 5.0);
  EXPECT_EQ(ParseDouble("-1E3"), -1000.0);
  EXPECT_EQ(ParseDouble("0x1p3"), 8.0);
  EXPECT_EQ(ParseDouble("0e-400"), 0.0);
  EXPECT_EQ(ParseDouble("1e-310"), 1e-310);
  EXPECT_EQ(ParseDouble("-Inf"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(ParseDouble("infinity"), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(ParseDouble("NAN").value_or(0)));
  EXPECT_TRUE(std::signbit(ParseDouble("-0").value_or(1)));
  EXPECT_EQ(ParseFloat("16777217"), 16777216.0F);
}

TEST(FloatText, RefusesWhatPostgresRefuses) {
  for (const std::string_view text : {"", " ", ".", "1e", " 1.5x", "infinityx", "infinit", "1_0",
                                      "--1", "+-1", "0x", "1 2", "e5"}) {
    EXPECT_EQ(
        ErrorText(ParseDouble(text)),
        "22P02: invalid input syntax for type double precision: \"" + std::string(text) + "\"");
  }
  EXPECT_EQ(ErrorText(ParseDouble("1e400")),
            "22003: \"1e400\" is out of range for type double precision");
  EXPECT_EQ(ErrorText(ParseDouble(" -1e-400 x")),
            "22003: \"-1e-400\" is out of range for type double precision");
  EXPECT_EQ(ErrorText(ParseFloat("1e40")), "22003: \"1e40\" is out of range for type real");
  EXPECT_EQ(ErrorText(ParseFloat("x")), "22P02: invalid input syntax for type real: \"x\"");
}

TEST(IntegerText, ReadsAndRefusesAsPostgres) {
  EXPECT_EQ(ParseInt32(" 12 "), 12);
  EXPECT_EQ(ParseInt16("-32768"), -32768);
  EXPECT_EQ(ParseInt64("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ParseInt64("+5"), 5);
  EXPECT_EQ(ErrorText(ParseInt16("32768")),
            "22003: value \"32768\" is out of range for type smallint");
  EXPECT_EQ(ErrorText(ParseInt32("99999999999x")),
            "22003: value \"99999999999x\" is out of range for type integer");
  EXPECT_EQ(ErrorText(ParseInt64("9223372036854775808")),
            "22003: value \"9223372036854775808\" is out of range for type bigint");
  for (const std::string_view text : {"", " ", "-", "1 2", "0x1", "1.5", "x", "- 1"}) {
    EXPECT_EQ(ErrorText(ParseInt32(text)),
              "22P02: invalid input syntax for type integer: \"" + std::string(text) + "\"");
  }
}

TEST(IntegerText, Prints) {
  std::string text;
  AppendIntegerText(std::numeric_limits<int64_t>::min(), text);
  text += ' ';
  AppendIntegerText(0, text);
  EXPECT_EQ(text, "-9223372036854775808 0");
}

}  // namespace
}  // namespace riverrun
