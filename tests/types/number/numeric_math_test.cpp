// The expected values are PostgreSQL 15's answers, except where a comment says that 38 digits do
// not hold them.
#include "types/number/numeric_math.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace riverrun {
namespace {

Numeric Read(std::string_view text) {
  const Result<Numeric> value = ParseNumeric(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value.value_or(Numeric::NaN());
}

template <class Function, class... Texts>
std::string Apply(Function function, Texts... texts) {
  Numeric out;
  const ArithmeticStatus status = function(Read(texts)..., out);
  return status == ArithmeticStatus::kOk ? ToString(out) : std::string(TextOf(status));
}

TEST(NumericMath, SquareRoots) {
  EXPECT_EQ(Apply(Sqrt, "2"), "1.414213562373095");
  EXPECT_EQ(Apply(Sqrt, "0"), "0.000000000000000");
  EXPECT_EQ(Apply(Sqrt, "152399025"), "12345.00000000000");
  EXPECT_EQ(Apply(Sqrt, "0.0001"), "0.01000000000000000");
  EXPECT_EQ(Apply(Sqrt, "1e20"), "10000000000.00000");
  EXPECT_EQ(Apply(Sqrt, "99999999999999999999999999999999999999"), "10000000000000000000");
  EXPECT_EQ(Apply(Sqrt, "inf"), "Infinity");
  EXPECT_EQ(Apply(Sqrt, "NaN"), "NaN");
  EXPECT_EQ(Apply(Sqrt, "-1"), "cannot take square root of a negative number");
  EXPECT_EQ(Apply(Sqrt, "-inf"), "cannot take square root of a negative number");
}

TEST(NumericMath, Exponentials) {
  EXPECT_EQ(Apply(Exp, "1"), "2.7182818284590452");
  EXPECT_EQ(Apply(Exp, "0"), "1.0000000000000000");
  EXPECT_EQ(Apply(Exp, "-10.5"), "0.00002753644934974716");
  EXPECT_EQ(Apply(Exp, "50"), "5184705528587072464087");
  EXPECT_EQ(Apply(Exp, "0.000001"), "1.0000010000005000");
  EXPECT_EQ(Apply(Exp, "-inf"), "0");
  EXPECT_EQ(Apply(Exp, "inf"), "Infinity");
  EXPECT_EQ(Apply(Exp, "88"), "value overflows numeric format");  // 39 digits
  EXPECT_EQ(Apply(Exp, "1e30"), "value overflows numeric format");
  EXPECT_EQ(Apply(Exp, "-1e30"), "0." + std::string(38, '0'));
}

TEST(NumericMath, Logarithms) {
  EXPECT_EQ(Apply(Ln, "2"), "0.6931471805599453");
  EXPECT_EQ(Apply(Ln, "1.00"), "0.0000000000000000");
  EXPECT_EQ(Apply(Ln, "0.95"), "-0.051293294387550533");
  EXPECT_EQ(Apply(Ln, "1.0000001"), "0.00000009999999500000033");
  EXPECT_EQ(Apply(Ln, "1e30"), "69.077552789821371");
  EXPECT_EQ(Apply(Ln, "0.00001"), "-11.512925464970228");
  EXPECT_EQ(Apply(Ln, "inf"), "Infinity");
  EXPECT_EQ(Apply(Ln, "0"), "cannot take logarithm of zero");
  EXPECT_EQ(Apply(Ln, "-0.5"), "cannot take logarithm of a negative number");
  EXPECT_EQ(Apply(Log10, "100"), "2.0000000000000000");
  EXPECT_EQ(Apply(Log10, "0.001"), "-3.0000000000000000");
  EXPECT_EQ(Apply(Log, "2", "64"), "6.0000000000000000");
  EXPECT_EQ(Apply(Log, "3", "2"), "0.6309297535714574");
  EXPECT_EQ(Apply(Log, "0.5", "7.25"), "-2.8579809951275721");
  EXPECT_EQ(Apply(Log, "1", "2"), "division by zero");
  EXPECT_EQ(Apply(Log, "inf", "2"), "0");
  EXPECT_EQ(Apply(Log, "2", "inf"), "Infinity");
  EXPECT_EQ(Apply(Log, "0", "2"), "cannot take logarithm of zero");
}

TEST(NumericMath, Powers) {
  EXPECT_EQ(Apply(Power, "2", "3"), "8.0000000000000000");
  EXPECT_EQ(Apply(Power, "2", "0.5"), "1.4142135623730950");
  EXPECT_EQ(Apply(Power, "2", "-17"), "0.0000076293945313");
  EXPECT_EQ(Apply(Power, "1.5", "17"), "985.2612533569335938");
  EXPECT_EQ(Apply(Power, "-3", "5"), "-243.0000000000000000");
  EXPECT_EQ(Apply(Power, "-3", "-2"), "0.1111111111111111");
  EXPECT_EQ(Apply(Power, "1.000001", "123456"), "1.1314001519980822");
  EXPECT_EQ(Apply(Power, "10", "-5"), "0.0000100000000000");
  EXPECT_EQ(Apply(Power, "9.99", "-3.5"), "0.0003173370580645228");
  EXPECT_EQ(Apply(Power, "2.5", "1.10"), "2.7398955659630433");
  EXPECT_EQ(Apply(Power, "0", "0"), "1.0000000000000000");
  EXPECT_EQ(Apply(Power, "0", "0.5"), "0.0000000000000000");
  // PostgreSQL gives 43 places.
  EXPECT_EQ(Apply(Power, "0.5", "90.5"), "0.00000000000000000000000000057119630899");
  EXPECT_EQ(Apply(Power, "10", "38"), "value overflows numeric format");
  EXPECT_EQ(Apply(Power, "9.5", "1e30"), "value overflows numeric format");
  EXPECT_EQ(Apply(Power, "0", "-1"), "zero raised to a negative power is undefined");
  EXPECT_EQ(Apply(Power, "-8", "0.5"),
            "a negative number raised to a non-integer power yields a complex result");
}

TEST(NumericMath, PowersOfSpecialValues) {
  EXPECT_EQ(Apply(Power, "nan", "0"), "1");
  EXPECT_EQ(Apply(Power, "1", "nan"), "1");
  EXPECT_EQ(Apply(Power, "2", "nan"), "NaN");
  EXPECT_EQ(Apply(Power, "-inf", "3"), "-Infinity");
  EXPECT_EQ(Apply(Power, "-inf", "2"), "Infinity");
  EXPECT_EQ(Apply(Power, "-inf", "-3"), "0");
  EXPECT_EQ(Apply(Power, "0.5", "inf"), "0");
  EXPECT_EQ(Apply(Power, "0.5", "-inf"), "Infinity");
  EXPECT_EQ(Apply(Power, "-1", "inf"), "1");
  EXPECT_EQ(Apply(Power, "inf", "0.5"), "Infinity");
}

TEST(NumericMath, Factorials) {
  const auto text = [](int64_t n) {
    Numeric out;
    const ArithmeticStatus status = Factorial(n, out);
    return status == ArithmeticStatus::kOk ? ToString(out) : std::string(TextOf(status));
  };
  EXPECT_EQ(text(0), "1");
  EXPECT_EQ(text(20), "2432902008176640000");
  EXPECT_EQ(text(33), "8683317618811886495518194401280000000");
  EXPECT_EQ(text(34), "value overflows numeric format");
  EXPECT_EQ(text(-1), "factorial of a negative number is undefined");
}

}  // namespace
}  // namespace riverrun
