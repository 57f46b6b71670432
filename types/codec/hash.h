// Hash functions over key bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace riverrun {

/// Murmur2 with the seed of Kafka's Java clients, so that a key's vnode is the partition that a
/// Kafka producer would choose for the same bytes. In steps, for who hashes many keys at once:
/// Begin, Add for each four bytes, AddLast for one to three that are left, End.
struct Murmur2Steps {
  static constexpr uint32_t kMultiplier = 0x5bd1e995;

  static constexpr uint32_t Begin(uint32_t size) { return 0x9747b28cu ^ size; }
  static constexpr uint32_t Add(uint32_t hash, uint32_t word) {
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    return (hash * kMultiplier) ^ word;
  }
  static constexpr uint32_t AddLast(uint32_t hash, uint32_t bytes) {
    return (hash ^ bytes) * kMultiplier;
  }
  static constexpr uint32_t End(uint32_t hash) {
    hash ^= hash >> 13;
    hash *= kMultiplier;
    return hash ^ hash >> 15;
  }
};

inline uint32_t Murmur2(const char* data, uint32_t size) {
  uint32_t hash = Murmur2Steps::Begin(size);
  uint32_t left = size;
  for (; left >= 4; data += 4, left -= 4) {
    uint32_t word;
    std::memcpy(&word, data, 4);
    hash = Murmur2Steps::Add(hash, word);
  }
  if (left > 0) {
    uint32_t tail = 0;
    for (uint32_t i = left; i-- > 0;) tail = tail << 8 | static_cast<uint8_t>(data[i]);
    hash = Murmur2Steps::AddLast(hash, tail);
  }
  return Murmur2Steps::End(hash);
}

/// Number of slices that every keyed state, exchange and repartition topic is divided into.
inline constexpr uint16_t kVnodes = 256;

/// The vnode that belongs to a key's Murmur2.
constexpr uint16_t VnodeOfHash(uint32_t hash) {
  return static_cast<uint16_t>((hash & 0x7fffffff) % kVnodes);
}

/// The vnode of a key, from its EqualKey bytes.
inline uint16_t VnodeOf(std::string_view equal_key) {
  return VnodeOfHash(Murmur2(equal_key.data(), static_cast<uint32_t>(equal_key.size())));
}

/// High and low half of a 128-bit product, folded: every input bit reaches every output bit.
inline uint64_t MixWords(uint64_t a, uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{a} * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Hash of a key of at most 16 bytes, given as two zero-padded words.
inline uint64_t HashShortKey(uint64_t low, uint64_t high, size_t size) {
  return MixWords(low ^ 0x9e3779b97f4a7c15u, high ^ (0xd1b54a32d192ed03u + size));
}

/// Hash for tables inside this process; never stored, and independent of the vnode.
inline uint64_t HashBytes(std::string_view bytes) {
  uint64_t low = 0, high = 0;
  if (bytes.size() <= 8) {
    // A view of nothing may point nowhere, which memcpy does not take even for no bytes.
    if (!bytes.empty()) std::memcpy(&low, bytes.data(), bytes.size());
    return HashShortKey(low, high, bytes.size());
  }
  const char* data = bytes.data();
  size_t left = bytes.size();
  uint64_t hash = bytes.size();
  for (; left > 16; data += 16, left -= 16) {
    std::memcpy(&low, data, 8);
    std::memcpy(&high, data + 8, 8);
    hash = MixWords(low ^ hash ^ 0xa0761d6478bd642fu, high ^ 0xe7037ed1a0b428dbu);
  }
  low = high = 0;
  std::memcpy(&low, data, left < 8 ? left : 8);
  if (left > 8) std::memcpy(&high, data + 8, left - 8);
  if (bytes.size() <= 16) return HashShortKey(low, high, bytes.size());
  return HashShortKey(low ^ hash, high, bytes.size());
}

}  // namespace riverrun
