#include "types/number/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riverrun {
namespace {

using Rational = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Term {
  double value;
  int64_t weight;
};

std::string Bytes(const ExactSum& sum) {
  std::string bytes;
  sum.AppendTo(bytes);
  return bytes;
}

ExactSum SumOf(const std::vector<Term>& terms) {
  ExactSum sum;
  for (const Term& term : terms) sum.Add(term.value, term.weight);
  return sum;
}

double Rounded(const ExactSum& sum) {
  double out = 0;
  EXPECT_EQ(sum.Round(out), ArithmeticStatus::kOk);
  return out;
}

// The double nearest to a rational, found by comparing exact distances to the neighbours.
double Nearest(const Rational& exact) {
  double best = exact.convert_to<double>();
  for (const double candidate :
       {std::nextafter(best, -kInfinity), std::nextafter(best, kInfinity)}) {
    const Rational mine = abs(Rational(Rational(best) - exact));
    const Rational other = abs(Rational(Rational(candidate) - exact));
    const bool even = (std::bit_cast<uint64_t>(candidate) & 1) == 0;
    if (other < mine || (other == mine && even)) best = candidate;
  }
  return best;
}

// Doubles of very different size; `spread` is the range of binary exponents.
double RandomDouble(std::mt19937_64& engine, int spread) {
  const auto mantissa = static_cast<double>(static_cast<int64_t>(engine()) >> (engine() % 60));
  return std::ldexp(mantissa,
                    static_cast<int>(engine() % static_cast<uint64_t>(spread)) - spread / 2);
}

std::vector<Term> RandomTerms(std::mt19937_64& engine, int spread) {
  std::vector<Term> terms(1 + engine() % 40);
  for (Term& term : terms) {
    term.value = RandomDouble(engine, spread);
    term.weight = engine() % 3 == 0 ? static_cast<int64_t>(engine()) >> (engine() % 64)
                                    : (engine() % 2 == 0 ? 1 : -1);
  }
  return terms;
}

TEST(ExactSum, RoundsOnce) {
  EXPECT_EQ(Rounded(SumOf({{1e16, 1}, {1, 1}, {-1e16, 1}})), 1.0);
  EXPECT_EQ(Rounded(SumOf({{0.1, 10}})), 1.0);
  EXPECT_EQ(Rounded(SumOf({{1, 1}, {0x1p-53, 1}})), 1.0);  // a tie, to even
  EXPECT_EQ(Rounded(SumOf({{1, 1}, {0x1p-53, 1}, {1e-300, 1}})), 1.0 + 0x1p-52);
  EXPECT_EQ(Rounded(SumOf({{1, 1}, {0x1p-53, 1}, {-1e-300, 1}})), 1.0);
  EXPECT_EQ(Rounded(SumOf({{5e-324, 3}})), 15e-324);
  EXPECT_EQ(Rounded(SumOf({})), 0.0);
}

TEST(ExactSum, PassesThroughValuesBeyondTheRange) {
  const double max = std::numeric_limits<double>::max();
  EXPECT_EQ(Rounded(SumOf({{max, 1000}, {max, -999}})), max);
  EXPECT_EQ(Rounded(SumOf({{max, 1}, {max, 1}, {-max, 1}, {1, 1}})), max);
  double out = 0;
  EXPECT_EQ(SumOf({{max, 2}}).Round(out), ArithmeticStatus::kFloatOverflow);
  EXPECT_EQ(SumOf({{max, 2}}).Mean(2, out), ArithmeticStatus::kOk);
  EXPECT_EQ(out, max);
  // Half a unit below the limit still rounds down to it.
  EXPECT_EQ(Rounded(SumOf({{max, 1}, {0x1p969, 1}})), max);
  EXPECT_EQ(SumOf({{max, 1}, {0x1p970, 1}}).Round(out), ArithmeticStatus::kFloatOverflow);
}

TEST(ExactSum, CountsSpecialValues) {
  ExactSum sum;
  sum.Add(1.5, 1);
  sum.Add(kInfinity, 2);
  EXPECT_EQ(Rounded(sum), kInfinity);
  sum.Add(-kInfinity, 1);
  EXPECT_TRUE(std::isnan(Rounded(sum)));
  sum.Add(kInfinity, -2);
  EXPECT_EQ(Rounded(sum), -kInfinity);
  sum.Add(std::nan(""), 1);
  EXPECT_TRUE(std::isnan(Rounded(sum)));
  sum.Add(std::nan(""), -1);
  sum.Add(-kInfinity, -1);
  EXPECT_FALSE(sum.HasSpecial());
  EXPECT_EQ(Rounded(sum), 1.5);
  sum.Compact();
  EXPECT_EQ(sum.HeapBytes(), 0U);
}

TEST(ExactSum, NeedsNoHeapForLikeValues) {
  std::mt19937_64 engine(1);
  ExactSum sum;
  for (int i = 0; i < 100000; ++i) sum.Add(static_cast<double>(engine() % 1000000) / 100.0, 1);
  EXPECT_EQ(sum.HeapBytes(), 0U);
}

TEST(ExactSum, EqualsTheRationalSumInEveryOrder) {
  std::mt19937_64 engine(2);
  for (const int spread : {10, 100, 1000, 1800}) {
    for (int round = 0; round < 100; ++round) {
      std::vector<Term> terms = RandomTerms(engine, spread);
      Rational exact = 0;
      for (const Term& term : terms) exact += Rational(term.value) * term.weight;
      const ExactSum sum = SumOf(terms);
      double out = 0;
      ASSERT_EQ(sum.Round(out), ArithmeticStatus::kOk);
      ASSERT_EQ(out, Nearest(exact));
      ASSERT_EQ(sum.Mean(7, out), ArithmeticStatus::kOk);
      ASSERT_EQ(out, Nearest(exact / 7));

      std::shuffle(terms.begin(), terms.end(), engine);
      ExactSum left;
      ExactSum right;
      for (const Term& term : terms)
        (engine() % 2 == 0 ? left : right).Add(term.value, term.weight);
      if (engine() % 2 == 0) left.Compact();
      left.Merge(right);
      ASSERT_EQ(Bytes(left), Bytes(sum));
      left.Compact();
      ASSERT_EQ(Bytes(left), Bytes(sum));
    }
  }
}

TEST(ExactSum, RetractionReturnsToTheEarlierState) {
  std::mt19937_64 engine(3);
  for (const int spread : {20, 200, 1800}) {
    for (int round = 0; round < 100; ++round) {
      ExactSum sum = SumOf(RandomTerms(engine, spread));
      sum.Compact();
      const std::string before = Bytes(sum);
      const size_t heap_before = sum.HeapBytes();
      std::vector<Term> terms = RandomTerms(engine, 1800);
      terms.push_back({kInfinity, 3});
      for (const Term& term : terms) sum.Add(term.value, term.weight);
      std::shuffle(terms.begin(), terms.end(), engine);
      for (const Term& term : terms) sum.Add(term.value, -term.weight);
      ASSERT_EQ(Bytes(sum), before);
      sum.Compact();
      ASSERT_EQ(Bytes(sum), before);
      if (heap_before == 0) {
        ASSERT_EQ(sum.HeapBytes(), 0U);
      }
    }
  }
}

TEST(ExactSum, ProductsAreExact) {
  std::mt19937_64 engine(4);
  for (const int spread : {40, 1000, 1900}) {
    for (int round = 0; round < 100; ++round) {
      ExactSum sum;
      Rational exact = 0;
      for (int i = 0; i < 20; ++i) {
        const double x = RandomDouble(engine, spread);
        const double y = RandomDouble(engine, spread);
        const int64_t weight = i % 4 == 0 ? static_cast<int64_t>(engine() % 100) : 1 - 2 * (i % 2);
        sum.AddProduct(x, y, weight);
        exact += Rational(x) * Rational(y) * weight;
      }
      double out = 0;
      if (sum.Round(out) == ArithmeticStatus::kOk) {
        ASSERT_EQ(out, Nearest(exact));
      } else {
        ASSERT_GT(abs(exact), Rational(std::numeric_limits<double>::max()));
      }
    }
  }
  ExactSum special;
  special.AddProduct(kInfinity, 0, 1);
  EXPECT_TRUE(std::isnan(Rounded(special)));
}

TEST(ExactSum, TinyProductsAreNotLost) {
  ExactSum sum;
  sum.AddProduct(5e-324, 5e-324, 1);
  sum.Add(1, 1);
  sum.Add(0x1p-53, 1);
  EXPECT_EQ(Rounded(sum), 1.0 + 0x1p-52);
  sum.AddProduct(5e-324, 5e-324, -1);
  EXPECT_EQ(Rounded(sum), 1.0);
  EXPECT_EQ(Bytes(sum), Bytes(SumOf({{1, 1}, {0x1p-53, 1}})));
}

TEST(ExactSum, CoMomentIsRoundedOnce) {
  std::mt19937_64 engine(5);
  for (int round = 0; round < 200; ++round) {
    ExactSum xs;
    ExactSum ys;
    ExactSum products;
    Rational x_sum = 0;
    Rational y_sum = 0;
    Rational product_sum = 0;
    const int64_t count = 1 + static_cast<int64_t>(engine() % 30);
    for (int64_t i = 0; i < count; ++i) {
      const double x = 1e9 + static_cast<double>(engine() % 1000) / 7;  // cancels badly
      const double y = RandomDouble(engine, 30);
      xs.Add(x, 1);
      ys.Add(y, 1);
      products.AddProduct(x, y, 1);
      x_sum += Rational(x);
      y_sum += Rational(y);
      product_sum += Rational(x) * Rational(y);
    }
    double out = 0;
    ASSERT_EQ(ExactSum::CoMoment(count, products, xs, ys, out), ArithmeticStatus::kOk);
    ASSERT_EQ(out, Nearest(product_sum - x_sum * y_sum / count));
  }
}

TEST(ExactSum, SerialisedStateReturns) {
  std::mt19937_64 engine(6);
  std::string bytes;
  std::vector<std::string> states;
  for (int round = 0; round < 100; ++round) {
    std::vector<Term> terms = RandomTerms(engine, round % 2 == 0 ? 20 : 1800);
    if (round % 5 == 0) terms.push_back({-kInfinity, 1});
    if (round % 7 == 0) terms.push_back({std::numeric_limits<double>::max(), 1000});
    const ExactSum sum = SumOf(terms);
    sum.AppendTo(bytes);
    states.push_back(Bytes(sum));
  }
  std::string_view in = bytes;
  for (const std::string& state : states) {
    const Result<ExactSum> sum = ExactSum::TakeFrom(in);
    ASSERT_TRUE(sum.has_value());
    ASSERT_EQ(Bytes(*sum), state);
  }
  EXPECT_TRUE(in.empty());
}

TEST(ExactSum, RefusesMalformedState) {
  const std::string whole = Bytes(SumOf({{1e300, 1}, {1, 1}, {1e-300, 1}, {kInfinity, 1}}));
  for (size_t size = 0; size < whole.size(); ++size) {
    std::string_view in = std::string_view(whole).substr(0, size);
    EXPECT_FALSE(ExactSum::TakeFrom(in).has_value()) << size;
  }
  const std::string nan = "\x01" + std::string(8, '\xFF');
  std::string_view in = nan;
  EXPECT_FALSE(ExactSum::TakeFrom(in).has_value());
  const std::string long_words = std::string("\x04\x40\xFF", 3) + std::string(2100, '\x01');
  in = long_words;
  EXPECT_FALSE(ExactSum::TakeFrom(in).has_value());
}

TEST(ExactSum, MovesLeaveNothingBehind) {
  ExactSum sum = SumOf({{1.5, 1}});
  const ExactSum moved = std::move(sum);
  EXPECT_EQ(Rounded(moved), 1.5);
  EXPECT_EQ(sizeof(ExactSum), 24U);
}

}  // namespace
}  // namespace riverrun
