// Tells most keys that are not in a set from one cache line.
#pragma once

#include <cstdint>
#include <vector>

#include "types/memory_budget.h"

namespace riverrun::storage {

/// A Bloom filter over HashBytes values, about 10 bits a key: 1 % of absent keys pass. All bits of
/// a key lie in one cache line. Filled by one thread, then immutable.
class BloomFilter {
 public:
  /// A filter for about `keys` keys.
  explicit BloomFilter(uint64_t keys);

  void Add(uint64_t hash) {
    uint64_t* line = lines_.data() + LineOf(hash);
    ForEachBit(hash, [line](uint32_t bit) { line[bit / 64] |= uint64_t{1} << (bit % 64); });
  }
  /// Fetches the memory that Add or MayContain of this hash will touch.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(lines_.data() + LineOf(hash)); }
  /// False means that the key was never added.
  bool MayContain(uint64_t hash) const {
    const uint64_t* line = lines_.data() + LineOf(hash);
    uint64_t missing = 0;
    ForEachBit(hash, [&](uint32_t bit) { missing |= ~(line[bit / 64] >> (bit % 64)) & 1; });
    return missing == 0;
  }
  size_t bytes() const { return lines_.size() * sizeof(uint64_t); }

 private:
  static constexpr uint32_t kWordsPerLine = 8;
  static constexpr int kBitsPerKey = 6;

  // The high half of the hash chooses the line, its product with an odd constant the bits in it.
  size_t LineOf(uint64_t hash) const { return (hash >> 32) * line_count_ >> 32 << 3; }
  template <class F>
  static void ForEachBit(uint64_t hash, F&& f) {
    uint64_t bits = hash * 0x9fb21c651e98df25u >> 10;
    for (int i = 0; i < kBitsPerKey; ++i, bits >>= 9) f(static_cast<uint32_t>(bits & 511));
  }

  uint64_t line_count_;
  std::vector<uint64_t> lines_;
};

}  // namespace riverrun::storage
