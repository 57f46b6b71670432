// The memory that an operator's state lives in: one arena an operator, blocks of any size.
//
// Blocks are cut from regions that double up to 32 MiB; regions of 2 MiB and more ask for huge
// pages, because random access to 4 KiB pages costs a third of the time of a large table. Freed
// blocks are kept by size for the next taker and returned to the system with the arena. Blocks of
// all vnodes lie in one arena: it is where bytes lie, not how they refer to each other.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "types/memory_budget.h"

namespace riverrun::executor {

/// Memory in blocks, reserved in a budget region by region. One thread.
///
/// State must stay exact, so memory is never refused: a row that is not kept would come back as a
/// retraction without a group. When the budget has no room, the arena takes the region all the
/// same, which is at most doubling what it has, and says so in overdrawn(). The operator then
/// reports 53200 (see MemoryAlarm), the reader of a one-shot query stops there, and the server
/// pauses the sources of a continuous one.
class StateArena {
 public:
  /// `budget` may be null and must outlive the arena.
  explicit StateArena(MemoryBudget* budget) : budget_(budget) {}
  ~StateArena();
  StateArena(const StateArena&) = delete;
  StateArena& operator=(const StateArena&) = delete;

  /// A block of undefined content, aligned to 16 bytes, from 64 bytes on to 64. REQUIRES bytes > 0.
  std::byte* Allocate(size_t bytes);
  /// Gives back a block. REQUIRES that it came from Allocate with the same size.
  void Free(std::byte* block, size_t bytes);

  /// Counts bytes that the owner of the arena holds elsewhere, until as many are released.
  void Reserve(size_t bytes);
  void Release(size_t bytes);

  /// Bytes reserved in the budget.
  size_t reserved_bytes() const { return reserved_bytes_; }
  /// True from a reservation that the budget refused until it has room again.
  bool overdrawn();

 private:
  struct FreeBlock {
    FreeBlock* next;
  };
  struct Region {
    std::byte* begin;
    size_t bytes;
    size_t alignment;
  };
  // Up to 512 bytes one class for every 16, above it four for every power of two.
  static constexpr size_t kClasses = 32 + 4 * 40;

  static size_t ClassThatHolds(size_t bytes);
  static size_t ClassFilledBy(size_t bytes);
  void AddRegion(size_t bytes_min);

  MemoryBudget* const budget_;
  size_t reserved_bytes_ = 0;
  size_t region_bytes_ = 0;
  bool refused_ = false;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::vector<Region> regions_;
  std::array<FreeBlock*, kClasses> free_ = {};
};

}  // namespace riverrun::executor
