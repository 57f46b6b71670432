// Many keys in one piece of memory, sorted or to be sorted.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "storage/run/gather.h"
#include "types/column/buffer.h"

namespace riverrun::storage {

/// The first 16 bytes of a key as two numbers: most comparisons end here.
struct KeyHead {
  uint64_t high = 0, low = 0;

  KeyHead() = default;
  explicit KeyHead(std::string_view key) {
    char bytes[16] = {};
    if (!key.empty()) std::memcpy(bytes, key.data(), key.size() < 16 ? key.size() : 16);
    std::memcpy(&high, bytes, 8);
    std::memcpy(&low, bytes + 8, 8);
    high = std::byteswap(high);
    low = std::byteswap(low);
  }
  auto operator<=>(const KeyHead&) const = default;
};

/// Keys end to end; immutable. Keys of one width need no offsets.
class KeyList {
 public:
  KeyList() = default;

  uint32_t size() const { return count_; }
  std::string_view operator[](uint32_t i) const {
    const char* bytes = bytes_->as<char>();
    if (width_ != 0) return {bytes + size_t{i} * width_, width_};
    const auto* offsets = offsets_->as<uint32_t>();
    return {bytes + offsets[i], offsets[i + 1] - offsets[i]};
  }
  std::string_view front() const { return (*this)[0]; }
  std::string_view back() const { return (*this)[count_ - 1]; }

  /// Number of the first key in [from, to) that is not below `key`; `to` if all are. REQUIRES
  /// ascending keys.
  uint32_t LowerBound(std::string_view key, uint32_t from, uint32_t to) const;
  /// The same, quick when the answer lies near `from`.
  uint32_t GallopTo(std::string_view key, uint32_t from, uint32_t to) const;
  size_t bytes() const;
  /// The keys of slices of other lists, end to end: `rows` in all.
  static KeyList Gather(std::span<const KeyList* const> sources, std::span<const Slice> slices,
                        uint32_t rows, MemoryBudget* budget);

 private:
  KeyList(BufferRef bytes, BufferRef offsets, uint32_t width, uint32_t count)
      : bytes_(std::move(bytes)), offsets_(std::move(offsets)), width_(width), count_(count) {}

  BufferRef bytes_, offsets_;
  uint32_t width_ = 0;  // of every key, or 0
  uint32_t count_ = 0;

 public:
  /// Appends keys and hands out the list. One thread.
  class Builder {
   public:
    void Append(std::string_view key);
    /// The keys so far; the builder is empty again. Their memory counts against the budget.
    KeyList Finish(MemoryBudget* budget);
    uint32_t size() const { return count_; }

   private:
    std::string bytes_;
    std::string offsets_;  // uint32_t each, written from the first key of another width
    uint32_t width_ = 0;
    uint32_t count_ = 0;
  };
};

}  // namespace riverrun::storage
