// The 128-bit hash by which a bag keeps its rows.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace riverrun::storage {

struct Hash128 {
  uint64_t low = 0, high = 0;
  bool operator==(const Hash128&) const = default;
};

/// SipHash with 128 bits of output (Aumasson and Bernstein, 2012). The number of rounds is a
/// parameter so that a test can compare with the published vectors of the 2-4 form.
template <int kBlockRounds, int kFinalRounds>
class SipHash128 {
 public:
  SipHash128(uint64_t key0, uint64_t key1)
      : v0_(0x736f6d6570736575u ^ key0),
        v1_(0x646f72616e646f6du ^ key1 ^ 0xee),
        v2_(0x6c7967656e657261u ^ key0),
        v3_(0x7465646279746573u ^ key1) {}

  /// Hash of the bytes. Call once.
  Hash128 operator()(std::string_view bytes) {
    const char* data = bytes.data();
    size_t left = bytes.size();
    for (; left >= 8; data += 8, left -= 8) {
      uint64_t word;
      std::memcpy(&word, data, 8);
      Absorb(word);
    }
    uint64_t tail = 0;
    if (left > 0) std::memcpy(&tail, data, left);
    Absorb(tail | uint64_t{bytes.size()} << 56);
    Hash128 hash;
    v2_ ^= 0xee;
    hash.low = Squeeze();
    v1_ ^= 0xdd;
    hash.high = Squeeze();
    return hash;
  }

 private:
  void Round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32) + v3_;
    v2_ += v1_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }
  void Absorb(uint64_t word) {
    v3_ ^= word;
    for (int i = 0; i < kBlockRounds; ++i) Round();
    v0_ ^= word;
  }
  uint64_t Squeeze() {
    for (int i = 0; i < kFinalRounds; ++i) Round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

  uint64_t v0_, v1_, v2_, v3_;
};

/// Hash of a row's image; stored in checkpoints, so it must never change.
inline Hash128 BagHash(std::string_view image) {
  return SipHash128<1, 3>(0x0706050403020100u, 0x0f0e0d0c0b0a0908u)(image);
}

}  // namespace riverrun::storage
