// A bounded queue between two threads.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace riverrun::executor {

/// Single-producer, single-consumer ring. One thread pushes, one thread pops; neither blocks.
template <class T>
class Ring {
 public:
  /// `capacity` is at least 1; the ring holds exactly that many.
  explicit Ring(uint32_t capacity)
      : capacity_(capacity), mask_(std::bit_ceil(capacity) - 1), slots_(mask_ + 1) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// False, and `value` is untouched, if the ring is full. Producer only.
  bool TryPush(T&& value) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ >= capacity_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail - head_seen_ >= capacity_) return false;
    }
    slots_[tail & mask_] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  /// The oldest value, or nothing. Consumer only.
  std::optional<T> TryPop() {
    const uint64_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head == tail_seen_) return std::nullopt;
    }
    std::optional<T> value(std::move(slots_[head & mask_]));
    slots_[head & mask_] = T{};  // what the value held is freed now, not a lap later
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

 private:
  static constexpr size_t kCacheLine = 64;
  const uint64_t capacity_;
  const uint64_t mask_;
  std::vector<T> slots_;
  alignas(kCacheLine) std::atomic<uint64_t> tail_ = 0;  // next to write
  uint64_t head_seen_ = 0;                              // producer's last look at head_
  alignas(kCacheLine) std::atomic<uint64_t> head_ = 0;  // next to read
  uint64_t tail_seen_ = 0;                              // consumer's last look at tail_
};

}  // namespace riverrun::executor
