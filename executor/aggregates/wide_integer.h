// Integers of several words for sums that must be exact whatever is added and taken away.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "types/number/numeric.h"

namespace riverrun::executor {

/// A signed integer modulo 2^(64 N), least significant word first. Zero bytes are 0. Sums wrap, so
/// one that fits is right whatever partial sums were. N is at least 2.
template <size_t N>
struct WideInteger {
  std::array<uint64_t, N> words = {};

  bool negative() const { return words[N - 1] >> 63 != 0; }

  void Add(const WideInteger& other) {
    unsigned char carry = 0;
    for (size_t i = 0; i < N; ++i) {
      const UInt128 sum = UInt128{words[i]} + other.words[i] + carry;
      words[i] = static_cast<uint64_t>(sum);
      carry = static_cast<unsigned char>(sum >> 64);
    }
  }
  void Negate() {
    for (uint64_t& word : words) word = ~word;
    for (uint64_t& word : words) {
      if (++word != 0) return;
    }
  }
  /// Multiplies by a magnitude.
  void MultiplyBy(uint64_t factor) {
    uint64_t carry = 0;
    for (uint64_t& word : words) {
      const UInt128 product = UInt128{word} * factor + carry;
      word = static_cast<uint64_t>(product);
      carry = static_cast<uint64_t>(product >> 64);
    }
  }
  /// Divides by a magnitude and returns the rest. REQUIRES not negative, divisor > 0.
  uint64_t DivideBy(uint64_t divisor) {
    uint64_t rest = 0;
    for (size_t i = N; i-- > 0;) {
      const UInt128 dividend = UInt128{rest} << 64 | words[i];
      words[i] = static_cast<uint64_t>(dividend / divisor);
      rest = static_cast<uint64_t>(dividend % divisor);
    }
    return rest;
  }

  static WideInteger From(Int128 value) {
    WideInteger out;
    const auto bits = static_cast<UInt128>(value);
    out.words[0] = static_cast<uint64_t>(bits);
    out.words[1] = static_cast<uint64_t>(bits >> 64);
    for (size_t i = 2; i < N; ++i) out.words[i] = value < 0 ? ~uint64_t{0} : 0;
    return out;
  }
  /// value * weight.
  static WideInteger Product(Int128 value, int64_t weight) {
    if (weight == 1) return From(value);
    const UInt128 magnitude = Magnitude(value);
    WideInteger out;
    out.words[0] = static_cast<uint64_t>(magnitude);
    out.words[1] = static_cast<uint64_t>(magnitude >> 64);
    out.MultiplyBy(weight < 0 ? -static_cast<uint64_t>(weight) : static_cast<uint64_t>(weight));
    if ((value < 0) != (weight < 0)) out.Negate();
    return out;
  }
  /// Whether an Int128 holds it; then `out` is it.
  bool ToInt128(Int128& out) const {
    out = static_cast<Int128>(UInt128{words[1]} << 64 | words[0]);
    for (size_t i = 2; i < N; ++i) {
      if (words[i] != (out < 0 ? ~uint64_t{0} : 0)) return false;
    }
    return true;
  }
};

/// Multiplies by 10^exponent. REQUIRES exponent >= 0.
template <size_t N>
void MultiplyByPowerOfTen(WideInteger<N>& value, int exponent) {
  constexpr int kStep = 19;  // 10^19 is the largest power in one word
  for (; exponent >= kStep; exponent -= kStep) {
    value.MultiplyBy(static_cast<uint64_t>(PowerOfTen(kStep)));
  }
  if (exponent > 0) value.MultiplyBy(static_cast<uint64_t>(PowerOfTen(exponent)));
}

}  // namespace riverrun::executor
