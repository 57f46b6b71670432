// Random numbers that depend on nothing but a key: the same on every machine, for ever.
#pragma once

#include <cstdint>

#include "types/number/numeric.h"

namespace riverrun::executor {

/// The finalizer of SplitMix64: a bijection that scatters the bits.
constexpr uint64_t Scatter(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

inline constexpr uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

/// The number that stands at a place of the sequence that belongs to a key.
constexpr uint64_t RandomAt(uint64_t key, int64_t place) {
  return Scatter(key + (static_cast<uint64_t>(place) + 1) * kGoldenGamma);
}

/// Maps 64 random bits to 0 <= result < bound; a bound of 0 means 2^64.
constexpr uint64_t Scale(uint64_t bits, uint64_t bound) {
  return bound == 0 ? bits : static_cast<uint64_t>(static_cast<UInt128>(bits) * bound >> 64);
}

/// Maps 64 random bits to 0 <= result < 1, in steps of 2^-53.
constexpr double Fraction(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

/// A sequence of its own (SplitMix64), for values that take several draws.
class RandomStream {
 public:
  explicit constexpr RandomStream(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() { return Scatter(state_ += kGoldenGamma); }
  /// 0 <= result < bound. REQUIRES bound > 0.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((Next() >> 32) * uint64_t{bound} >> 32);
  }
  /// 0 <= result < 1.
  constexpr double Unit() { return Fraction(Next()); }

 private:
  uint64_t state_;
};

}  // namespace riverrun::executor
