// The keys of a whole batch, as keyed state and exchanges want them.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "types/codec/hash.h"
#include "types/column/batch.h"

namespace riverrun {

/// EqualKeys of the selected rows of a batch with their hashes and vnodes: entry i belongs to the
/// i-th selected row. Reused from batch to batch, so that nothing is allocated per batch.
class KeyBatch {
 public:
  uint32_t size() const { return count_; }
  /// Bytes of each key if all have the same number, else 0.
  uint32_t fixed_width() const { return fixed_width_; }
  std::string_view key(uint32_t i) const {
    return fixed_width_ != 0
               ? std::string_view(bytes_.data() + size_t{i} * stride_, fixed_width_)
               : std::string_view(bytes_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  uint64_t hash(uint32_t i) const { return hashes_[i]; }
  uint16_t vnode(uint32_t i) const { return vnodes_[i]; }
  std::span<const uint64_t> hashes() const { return hashes_; }
  std::span<const uint16_t> vnodes() const { return vnodes_; }

  /// Makes the keys of the given columns. Fixed-width columns without nulls are encoded column by
  /// column; everything else row by row.
  void Build(const Batch& batch, std::span<const int> columns);
  /// The same without hashes and vnodes, for who sorts them.
  void BuildKeys(const Batch& batch, std::span<const int> columns);
  /// Takes over keys made elsewhere.
  void Assign(std::span<const std::string_view> keys);

 private:
  bool BuildFixed(const Batch& batch, std::span<const int> columns);
  void BuildAny(const Batch& batch, std::span<const int> columns);
  void HashAll();
  void HashAllFixed();

  uint32_t count_ = 0;
  uint32_t fixed_width_ = 0;
  uint32_t stride_ = 0;
  std::vector<char> bytes_;         // fixed: count × stride, zero padded; else end to end
  std::vector<uint32_t> offsets_;   // count + 1 offsets, only if the width varies
  std::vector<uint64_t> hashes_;
  std::vector<uint16_t> vnodes_;
  std::string scratch_;
};

}  // namespace riverrun
