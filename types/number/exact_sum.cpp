#include "types/number/exact_sum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace riverrun {
namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr int kWordBits = 64;
constexpr int kUnitExponent = -34 * kWordBits;  // the smallest product of doubles is 2^-2148
constexpr int kWordsMax = 72;                   // up to 2^(2048 + 63 + 63), and a sign
constexpr int kMantissaBits = 53;

// Two doubles stay below this, so that their sums never overflow.
constexpr double kNarrowMax = 0x1p1000;

// A product above this has an error term that is a double itself.
constexpr double kProductMin = 0x1p-900;

struct TwoDoubles {
  double sum;
  double error;
};

// a + b = sum + error exactly (Knuth, The Art of Computer Programming, volume 2, 4.2.2).
TwoDoubles TwoSum(double a, double b) noexcept {
  const double sum = a + b;
  const double b_part = sum - a;
  const double a_part = sum - b_part;
  return {sum, (a - a_part) + (b - b_part)};
}

// |value| = mantissa * 2^exponent. REQUIRES: finite.
struct Parts {
  uint64_t mantissa;
  int exponent;
};

Parts PartsOf(double value) noexcept {
  const auto bits = std::bit_cast<uint64_t>(value);
  constexpr uint64_t kHidden = uint64_t{1} << (kMantissaBits - 1);
  const auto biased = static_cast<int>(bits >> (kMantissaBits - 1) & 0x7FF);
  return {(bits & (kHidden - 1)) + (biased == 0 ? 0 : kHidden), std::max(biased, 1) - 1075};
}

// (-1)^negative * magnitude * 2^exponent, rounded to the nearest double, ties to even; an infinity
// if that is too large. Bits of the magnitude below its 55th may stand for "something was there".
double RoundToDouble(const Integer& magnitude, int exponent, bool negative) {
  constexpr int kExponentMin = -1074;
  if (magnitude == 0) return 0;
  const auto bits = static_cast<int>(msb(magnitude)) + 1;
  const int drop = std::max(bits - kMantissaBits, kExponentMin - exponent);
  if (drop > bits) return 0;
  Integer kept = magnitude;
  if (drop > 0) {
    kept >>= drop;
    const bool half = bit_test(magnitude, static_cast<unsigned>(drop - 1));
    const bool below = half && static_cast<int>(lsb(magnitude)) < drop - 1;
    if (half && (below || bit_test(kept, 0))) ++kept;
    exponent += drop;
  }
  const double value = std::ldexp(static_cast<double>(kept.convert_to<uint64_t>()), exponent);
  return negative ? -value : value;
}

// The same for a quotient.
double RoundQuotient(const Integer& dividend, const Integer& divisor, int exponent, bool negative) {
  if (dividend == 0) return 0;
  const int wanted_bits = kMantissaBits + 3;
  const int shift =
      std::max(0, wanted_bits + static_cast<int>(msb(divisor)) - static_cast<int>(msb(dividend)));
  Integer quotient;
  Integer rest;
  divide_qr(Integer(dividend << shift), divisor, quotient, rest);
  quotient <<= 1;
  if (rest != 0) ++quotient;
  return RoundToDouble(quotient, exponent - shift - 1, negative);
}

ArithmeticStatus StoreDouble(double value, double& out) noexcept {
  out = value;
  return std::isinf(value) ? ArithmeticStatus::kFloatOverflow : ArithmeticStatus::kOk;
}

void AppendWord(uint64_t word, std::string& out) {
  for (int shift = 0; shift < kWordBits; shift += 8) {
    out.push_back(static_cast<char>(word >> shift & 0xFF));
  }
}

// Appends a long integer in units: the index of its lowest word, how many words, the words.
void AppendWords(Integer units, std::string& out) {
  const auto first = static_cast<int>(lsb(units)) / kWordBits;
  units >>= first * kWordBits;
  std::vector<uint64_t> words;
  export_bits(units, std::back_inserter(words), kWordBits, false);
  out.push_back(static_cast<char>(first));
  out.push_back(static_cast<char>(words.size()));
  for (const uint64_t word : words) AppendWord(word, out);
}

bool TakeWord(std::string_view& in, uint64_t& word) noexcept {
  if (in.size() < sizeof word) return false;
  word = 0;
  for (int i = 0; i < 8; ++i) {
    word |= uint64_t{static_cast<uint8_t>(in[static_cast<size_t>(i)])} << (8 * i);
  }
  in.remove_prefix(sizeof word);
  return true;
}

// The first byte of a serialised sum: which parts follow, in this order.
constexpr uint8_t kHasHigh = 1;     // a double
constexpr uint8_t kHasLow = 2;      // a double
constexpr uint8_t kHasWords = 4;    // first word, count, words of a magnitude; never with kHasHigh
constexpr uint8_t kIsNegative = 8;  // the magnitude's sign
constexpr uint8_t kHasSpecials = 16;  // three counts

}  // namespace

// A long integer in two's complement and the counts. Word i stands for 2^(64 * (first + i)) units.
struct ExactSum::Wide {
  int64_t nans = 0;
  int64_t positive_infinities = 0;
  int64_t negative_infinities = 0;
  int first = 0;
  std::vector<uint64_t> words;

  bool HasSpecial() const noexcept {
    return (nans | positive_infinities | negative_infinities) != 0;
  }
  bool IsNegative() const noexcept { return !words.empty() && words.back() >> 63 != 0; }

  // Makes room for words [from, from + count) and one more that only extends the sign.
  void Cover(int from, int count) {
    if (words.empty()) first = from;
    if (from < first) {
      words.insert(words.begin(), static_cast<size_t>(first - from), 0);
      first = from;
    }
    const auto size = static_cast<size_t>(from - first + count);
    words.resize(std::max(size, words.size()) + 1, IsNegative() ? ~uint64_t{0} : 0);
  }

  // Removes words at the top that only extend the sign.
  void Trim() noexcept {
    while (!words.empty()) {
      const uint64_t sign =
          words.size() > 1 && words[words.size() - 2] >> 63 != 0 ? ~uint64_t{0} : uint64_t{0};
      if (words.back() != sign) return;
      words.pop_back();
    }
  }

  void Add(int from, std::span<const uint64_t> magnitude, bool negative) {
    Cover(from, static_cast<int>(magnitude.size()));
    bool carry = false;
    const auto offset = static_cast<size_t>(from - first);
    for (size_t i = offset; i < words.size(); ++i) {
      const uint64_t addend = i - offset < magnitude.size() ? magnitude[i - offset] : 0;
      uint64_t& word = words[i];
      if (negative) {
        const bool borrow = __builtin_sub_overflow(word, addend, &word);
        carry = __builtin_sub_overflow(word, uint64_t{carry}, &word) || borrow;
      } else {
        const bool over = __builtin_add_overflow(word, addend, &word);
        carry = __builtin_add_overflow(word, uint64_t{carry}, &word) || over;
      }
    }
    Trim();
  }

  std::vector<uint64_t> Magnitude() const {
    std::vector<uint64_t> magnitude = words;
    if (!IsNegative()) return magnitude;
    bool carry = true;
    for (uint64_t& word : magnitude) {
      word = ~word;
      carry = __builtin_add_overflow(word, uint64_t{carry}, &word);
    }
    return magnitude;
  }
};

// integer * 2^exponent.
struct ExactSum::Exact {
  Integer integer;
  int exponent = 0;

  static Exact Of(double value) {
    const Parts parts = PartsOf(value);
    Exact exact{Integer(parts.mantissa), parts.exponent};
    if (value < 0) exact.integer = -exact.integer;
    return exact;
  }

  void Add(const Exact& other) {
    if (other.integer == 0) return;
    if (integer == 0) exponent = other.exponent;
    if (other.exponent < exponent) {
      integer <<= exponent - other.exponent;
      exponent = other.exponent;
    }
    integer += Integer(other.integer << (other.exponent - exponent));
  }

  double Rounded() const { return RoundToDouble(abs(integer), exponent, integer < 0); }

  // Moves as much as two doubles hold into them; nothing if the sum exceeds their range.
  void MoveInto(ExactSum& pair) {
    const double high = Rounded();
    if (!std::isfinite(high)) return;
    pair.high_ = high;
    Add(Of(-high));
    pair.low_ = Rounded();
    Add(Of(-pair.low_));
  }
};

ExactSum::ExactSum() noexcept = default;
ExactSum::~ExactSum() = default;
ExactSum::ExactSum(ExactSum&& other) noexcept
    : high_(std::exchange(other.high_, 0)),
      low_(std::exchange(other.low_, 0)),
      wide_(std::move(other.wide_)) {}

ExactSum& ExactSum::operator=(ExactSum&& other) noexcept {
  high_ = std::exchange(other.high_, 0);
  low_ = std::exchange(other.low_, 0);
  wide_ = std::move(other.wide_);
  return *this;
}

void ExactSum::Add(double value, int64_t weight) {
  constexpr int64_t kExactIntegers = int64_t{1} << kMantissaBits;
  if (!std::isfinite(value)) [[unlikely]]
    return AddSpecial(value, weight);
  if (weight == 1) return AddFinite(value);
  if (weight == -1) return AddFinite(-value);
  if (weight > -kExactIntegers && weight < kExactIntegers) {
    return AddFiniteProduct(value, static_cast<double>(weight));
  }
  const Parts parts = PartsOf(value);
  AddWide(parts.mantissa, 1, static_cast<uint64_t>(Magnitude(weight)), parts.exponent,
          std::signbit(value) != (weight < 0));
}

void ExactSum::AddProduct(double x, double y, int64_t weight) {
  if (!std::isfinite(x) || !std::isfinite(y)) [[unlikely]]
    return AddSpecial(x * y, weight);
  if (weight == 1) return AddFiniteProduct(x, y);
  if (weight == -1) return AddFiniteProduct(-x, y);
  const Parts x_parts = PartsOf(x);
  const Parts y_parts = PartsOf(y);
  const bool negative = (std::signbit(x) != std::signbit(y)) != (weight < 0);
  AddWide(x_parts.mantissa, y_parts.mantissa, static_cast<uint64_t>(Magnitude(weight)),
          x_parts.exponent + y_parts.exponent, negative);
}

void ExactSum::Merge(const ExactSum& other) {
  const double high = other.high_;
  const double low = other.low_;
  if (other.wide_) {
    Wide& wide = MakeWide();
    const std::vector<uint64_t> magnitude = other.wide_->Magnitude();
    if (!magnitude.empty()) {
      wide.Add(other.wide_->first, magnitude, other.wide_->IsNegative());
    }
    AddSpecial(std::numeric_limits<double>::quiet_NaN(), other.wide_->nans);
    AddSpecial(std::numeric_limits<double>::infinity(), other.wide_->positive_infinities);
    AddSpecial(-std::numeric_limits<double>::infinity(), other.wide_->negative_infinities);
  }
  AddFinite(high);
  AddFinite(low);
}

bool ExactSum::AddNarrow(double value) noexcept {
  const TwoDoubles first = TwoSum(high_, value);
  const TwoDoubles second = TwoSum(low_, first.error);
  if (second.error != 0) return false;
  const TwoDoubles result = TwoSum(first.sum, second.sum);
  if (!(std::abs(result.sum) < kNarrowMax)) return false;
  high_ = result.sum;
  low_ = result.error;
  return true;
}

void ExactSum::AddFinite(double value) {
  if (AddNarrow(value)) [[likely]]
    return;
  const Parts parts = PartsOf(value);
  AddWide(parts.mantissa, 1, 1, parts.exponent, std::signbit(value));
}

void ExactSum::AddFiniteProduct(double x, double y) {
  const double product = x * y;
  const double size = std::abs(product);
  if (size > kProductMin && size < kNarrowMax) [[likely]] {
    AddFinite(product);
    const double error = std::fma(x, y, -product);
    if (error != 0) AddFinite(error);
    return;
  }
  if (x == 0 || y == 0) return;
  const Parts x_parts = PartsOf(x);
  const Parts y_parts = PartsOf(y);
  AddWide(x_parts.mantissa, y_parts.mantissa, 1, x_parts.exponent + y_parts.exponent,
          std::signbit(x) != std::signbit(y));
}

// Adds x * y * weight * 2^exponent; x and y are mantissas.
void ExactSum::AddWide(uint64_t x, uint64_t y, uint64_t weight, int exponent, bool negative) {
  const UInt128 product = UInt128{x} * y;
  const UInt128 low = UInt128{static_cast<uint64_t>(product)} * weight;
  const UInt128 high =
      UInt128{static_cast<uint64_t>(product >> 64)} * weight + static_cast<uint64_t>(low >> 64);
  const std::array<uint64_t, 3> words = {static_cast<uint64_t>(low), static_cast<uint64_t>(high),
                                         static_cast<uint64_t>(high >> 64)};
  const int position = exponent - kUnitExponent;
  const int shift = position % kWordBits;
  std::array<uint64_t, 4> shifted{};
  for (size_t i = 0; i < words.size(); ++i) {
    const UInt128 spread = UInt128{words[i]} << shift;
    shifted[i] |= static_cast<uint64_t>(spread);
    shifted[i + 1] = static_cast<uint64_t>(spread >> 64);
  }
  size_t count = shifted.size();
  while (count > 0 && shifted[count - 1] == 0) --count;
  if (count == 0) return;
  MakeWide().Add(position / kWordBits, std::span(shifted).first(count), negative);
}

void ExactSum::AddSpecial(double value, int64_t weight) {
  if (weight == 0) return;
  Wide& wide = MakeWide();
  int64_t& count = std::isnan(value) ? wide.nans
                   : value > 0       ? wide.positive_infinities
                                     : wide.negative_infinities;
  count = static_cast<int64_t>(static_cast<uint64_t>(count) + static_cast<uint64_t>(weight));
}

ExactSum::Wide& ExactSum::MakeWide() {
  if (!wide_) wide_ = std::make_unique<Wide>();
  return *wide_;
}

ExactSum::Exact ExactSum::Total() const {
  Exact total;
  if (wide_ && !wide_->words.empty()) {
    const std::vector<uint64_t> magnitude = wide_->Magnitude();
    import_bits(total.integer, magnitude.begin(), magnitude.end(), kWordBits, false);
    if (wide_->IsNegative()) total.integer = -total.integer;
    total.exponent = kUnitExponent + wide_->first * kWordBits;
  }
  total.Add(Exact::Of(high_));
  total.Add(Exact::Of(low_));
  return total;
}

bool ExactSum::HasSpecial() const noexcept { return wide_ && wide_->HasSpecial(); }

// REQUIRES: HasSpecial().
double ExactSum::SpecialValue() const noexcept {
  const bool both = wide_->positive_infinities != 0 && wide_->negative_infinities != 0;
  if (wide_->nans != 0 || both) return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return wide_->positive_infinities != 0 ? infinity : -infinity;
}

ArithmeticStatus ExactSum::Round(double& out) const {
  if (HasSpecial()) {
    out = SpecialValue();
    return ArithmeticStatus::kOk;
  }
  if (!wide_ || wide_->words.empty()) return StoreDouble(high_, out);
  return StoreDouble(Total().Rounded(), out);
}

ArithmeticStatus ExactSum::Mean(int64_t count, double& out) const {
  if (HasSpecial()) {
    out = SpecialValue();
    return ArithmeticStatus::kOk;
  }
  constexpr int64_t kExactIntegers = int64_t{1} << kMantissaBits;
  const bool one_double = low_ == 0 && (!wide_ || wide_->words.empty());
  if (one_double && count < kExactIntegers) {
    return StoreDouble(high_ / static_cast<double>(count), out);
  }
  const Exact total = Total();
  return StoreDouble(RoundQuotient(abs(total.integer), count, total.exponent, total.integer < 0),
                     out);
}

ArithmeticStatus ExactSum::CoMoment(int64_t count, const ExactSum& products, const ExactSum& xs,
                                    const ExactSum& ys, double& out) {
  if (products.HasSpecial() || xs.HasSpecial() || ys.HasSpecial()) {
    out = std::numeric_limits<double>::quiet_NaN();
    return ArithmeticStatus::kOk;
  }
  Exact dividend = products.Total();
  dividend.integer *= count;
  const Exact x = xs.Total();
  const Exact y = ys.Total();
  dividend.Add({-(x.integer * y.integer), x.exponent + y.exponent});
  return StoreDouble(
      RoundQuotient(abs(dividend.integer), count, dividend.exponent, dividend.integer < 0), out);
}

void ExactSum::Compact() {
  if (!wide_) return;
  if (!wide_->words.empty()) {
    ExactSum pair;
    Exact rest = Total();
    rest.MoveInto(pair);
    if (rest.integer == 0 && std::abs(pair.high_) < kNarrowMax) {
      high_ = pair.high_;
      low_ = pair.low_;
      wide_->words = {};
    }
  }
  if (wide_->words.empty() && !wide_->HasSpecial()) wide_.reset();
}

size_t ExactSum::HeapBytes() const noexcept {
  return wide_ ? sizeof(Wide) + wide_->words.capacity() * sizeof(uint64_t) : 0;
}

void ExactSum::AppendTo(std::string& out) const {
  ExactSum pair;  // the sum as two doubles, where they hold it
  Exact rest;
  Exact total;
  if (wide_ && !wide_->words.empty()) {
    total = Total();
    rest = total;
    rest.MoveInto(pair);
  } else {
    pair.high_ = high_;
    pair.low_ = low_;
  }
  const auto part = [](bool present, uint8_t bit) { return present ? int{bit} : 0; };
  const bool has_words = rest.integer != 0;
  const bool has_high = !has_words && pair.high_ != 0;
  const bool has_low = !has_words && pair.low_ != 0;
  out.push_back(static_cast<char>(
      part(has_high, kHasHigh) | part(has_low, kHasLow) | part(has_words, kHasWords) |
      part(has_words && total.integer < 0, kIsNegative) | part(HasSpecial(), kHasSpecials)));
  if (has_high) AppendWord(std::bit_cast<uint64_t>(pair.high_), out);
  if (has_low) AppendWord(std::bit_cast<uint64_t>(pair.low_), out);
  if (has_words) AppendWords(abs(total.integer) << (total.exponent - kUnitExponent), out);
  if (!HasSpecial()) return;
  AppendWord(static_cast<uint64_t>(wide_->nans), out);
  AppendWord(static_cast<uint64_t>(wide_->positive_infinities), out);
  AppendWord(static_cast<uint64_t>(wide_->negative_infinities), out);
}

Result<ExactSum> ExactSum::TakeFrom(std::string_view& in) {
  const auto corrupted = [] { return Fail(sqlstate::kDataCorrupted, "malformed exact sum"); };
  if (in.empty()) return corrupted();
  const auto tag = static_cast<uint8_t>(in.front());
  in.remove_prefix(1);
  ExactSum sum;
  for (const uint8_t part : {kHasHigh, kHasLow}) {
    uint64_t bits = 0;
    if ((tag & part) == 0) continue;
    if (!TakeWord(in, bits) || !std::isfinite(std::bit_cast<double>(bits))) return corrupted();
    sum.AddFinite(std::bit_cast<double>(bits));
  }
  if ((tag & kHasWords) != 0) {
    if (in.size() < 2) return corrupted();
    const auto first = static_cast<uint8_t>(in[0]);
    const auto count = static_cast<uint8_t>(in[1]);
    in.remove_prefix(2);
    if (count == 0 || first + count > kWordsMax) return corrupted();
    std::vector<uint64_t> words(count);
    for (uint64_t& word : words) {
      if (!TakeWord(in, word)) return corrupted();
    }
    sum.MakeWide().Add(first, words, (tag & kIsNegative) != 0);
  }
  if ((tag & kHasSpecials) != 0) {
    std::array<uint64_t, 3> counts{};
    for (uint64_t& count : counts) {
      if (!TakeWord(in, count)) return corrupted();
    }
    Wide& wide = sum.MakeWide();
    wide.nans = static_cast<int64_t>(counts[0]);
    wide.positive_infinities = static_cast<int64_t>(counts[1]);
    wide.negative_infinities = static_cast<int64_t>(counts[2]);
  }
  return sum;
}

}  // namespace riverrun
