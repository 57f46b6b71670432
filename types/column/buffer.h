// The memory that columns share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "types/memory_budget.h"

namespace riverrun {

/// A block of bytes, written by one owner and immutable once published as a BufferRef.
///
/// Aligned to 64 bytes, with 64 readable bytes behind the end, so that vector code needs no tail
/// case. Its bytes count against the budget it was allocated with, which must outlive it.
class Buffer {
 public:
  /// Makes a buffer with undefined content.
  static std::shared_ptr<Buffer> Allocate(size_t bytes, MemoryBudget* budget = nullptr);
  /// Makes a buffer of zero bytes.
  static std::shared_ptr<Buffer> AllocateZeroed(size_t bytes, MemoryBudget* budget = nullptr);

  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  size_t size() const { return size_; }
  /// Forgets bytes at the end. REQUIRES not yet published, bytes <= size().
  void Truncate(size_t bytes) { size_ = bytes; }

  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(bytes_.get());
  }
  template <class T>
  T* mutable_as() {
    return reinterpret_cast<T*>(bytes_.get());
  }
  /// Number of T that the buffer holds.
  template <class T>
  uint32_t count() const {
    return static_cast<uint32_t>(size_ / sizeof(T));
  }

 private:
  struct AlignedDelete {
    void operator()(std::byte* bytes) const;
  };
  Buffer(size_t bytes, MemoryBudget* budget);

  size_t size_;
  const size_t capacity_;
  MemoryBudget* const budget_;
  std::unique_ptr<std::byte[], AlignedDelete> bytes_;
};

using BufferRef = std::shared_ptr<const Buffer>;

/// Null bitmaps: bit r of the 64-bit words is set when row r is null.
inline size_t NullBytes(uint32_t rows) { return (size_t{rows} + 63) / 64 * 8; }
inline bool NullBit(const uint64_t* words, uint32_t row) {
  return words[row / 64] >> (row % 64) & 1;
}
inline void SetNullBit(uint64_t* words, uint32_t row) {
  words[row / 64] |= uint64_t{1} << (row % 64);
}

}  // namespace riverrun
