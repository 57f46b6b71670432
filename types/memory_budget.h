// Who holds how many bytes, as a tree: server -> dataflow or session -> operator.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

namespace riverrun {

/// Counts the bytes that its owner holds longer than one call, and passes them on to its parent.
///
/// Any thread may call any method. A budget must outlive its children and every reservation.
/// The counters are exact when no call is in flight.
class MemoryBudget {
 public:
  /// `limit` in bytes; a parent's limit binds its children too. REQUIRES the parent outlives this.
  explicit MemoryBudget(std::string name, size_t limit = SIZE_MAX, MemoryBudget* parent = nullptr)
      : name_(std::move(name)), limit_(limit), parent_(parent) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;
  ~MemoryBudget();

  /// Takes `bytes` if this budget and all above it have room; takes nothing otherwise.
  bool TryReserve(size_t bytes);
  /// Takes `bytes` even beyond the limit: for bytes that already exist, such as a batch whose
  /// bound is the ring it lies in. The excess makes TryReserve fail until it is gone.
  void Reserve(size_t bytes);
  /// REQUIRES the bytes were reserved here.
  void Release(size_t bytes);

  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  const size_t limit_;
  MemoryBudget* const parent_;
  std::atomic<size_t> used_ = 0;
};

}  // namespace riverrun
