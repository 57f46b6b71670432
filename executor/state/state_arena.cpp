#include "executor/state/state_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

#include "types/error.h"

namespace riverrun::executor {
namespace {

constexpr size_t kGranule = 16;
constexpr size_t kCacheLine = 64;
constexpr size_t kSmallMax = 512;
constexpr size_t kSmallClasses = kSmallMax / kGranule;
constexpr size_t kRegionFirst = size_t{16} << 10;
constexpr size_t kRegionMax = size_t{32} << 20;
constexpr size_t kHugePage = size_t{2} << 20;

constexpr size_t RoundUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

constexpr size_t BlockBytes(size_t bytes) {
  return RoundUp(bytes, bytes >= kCacheLine ? kCacheLine : kGranule);
}

// The class of the largest size that is not above `bytes`, whose blocks therefore all hold it.
// REQUIRES bytes >= kGranule.
size_t ClassBelow(size_t bytes) {
  if (bytes <= kSmallMax) return bytes / kGranule - 1;
  const auto power = static_cast<size_t>(std::bit_width(bytes)) - 1;  // at least 9
  const size_t quarter = (bytes >> (power - 2)) & 3;
  return kSmallClasses - 1 + (power - 9) * 4 + quarter;
}

}  // namespace

StateArena::~StateArena() {
  for (const Region& region : regions_) {
    ::operator delete(region.begin, std::align_val_t{region.alignment});
  }
  if (budget_ != nullptr) budget_->Release(reserved_bytes_);
}

// The class to look in for a block: its smallest block is at least `bytes`.
size_t StateArena::ClassThatHolds(size_t bytes) {
  const size_t below = ClassBelow(bytes);
  if (bytes <= kSmallMax) return below;
  const auto power = static_cast<size_t>(std::bit_width(bytes)) - 1;
  const size_t step = size_t{1} << (power - 2);
  return below + (bytes % step != 0 ? 1 : 0);
}

size_t StateArena::ClassFilledBy(size_t bytes) { return ClassBelow(bytes); }

std::byte* StateArena::Allocate(size_t bytes) {
  bytes = BlockBytes(bytes);
  FreeBlock*& free = free_[ClassThatHolds(bytes)];
  if (free != nullptr) {
    auto* block = reinterpret_cast<std::byte*>(free);
    free = free->next;
    return block;
  }
  if (bytes >= kCacheLine) {
    auto address = reinterpret_cast<uintptr_t>(next_);
    next_ += RoundUp(address, kCacheLine) - address;
  }
  if (next_ == nullptr || next_ > end_ || static_cast<size_t>(end_ - next_) < bytes) {
    AddRegion(bytes);
  }
  std::byte* block = next_;
  next_ += bytes;
  return block;
}

void StateArena::Free(std::byte* block, size_t bytes) {
  FreeBlock*& free = free_[ClassFilledBy(BlockBytes(bytes))];
  auto* freed = reinterpret_cast<FreeBlock*>(block);
  freed->next = free;
  free = freed;
}

void StateArena::AddRegion(size_t bytes_min) {
  const size_t doubled = std::clamp(region_bytes_, kRegionFirst, kRegionMax);
  size_t bytes = std::max(doubled, bytes_min);
  const bool huge = bytes >= kHugePage;
  bytes = RoundUp(bytes, huge ? kHugePage : kCacheLine);
  const size_t alignment = huge ? kHugePage : kCacheLine;
  Reserve(bytes);
  region_bytes_ += bytes;
  auto* begin = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{alignment}));
  // Advice only: without huge pages everything works, more slowly.
  if (huge) (void)madvise(begin, bytes, MADV_HUGEPAGE);
  regions_.push_back({begin, bytes, alignment});
  next_ = begin;
  end_ = begin + bytes;
}

void StateArena::Reserve(size_t bytes) {
  reserved_bytes_ += bytes;
  if (budget_ == nullptr || budget_->TryReserve(bytes)) return;
  budget_->Reserve(bytes);
  refused_ = true;
}

void StateArena::Release(size_t bytes) {
  reserved_bytes_ -= bytes;
  if (budget_ != nullptr) budget_->Release(bytes);
}

bool StateArena::overdrawn() {
  if (refused_ && budget_->TryReserve(0)) refused_ = false;
  return refused_;
}

}  // namespace riverrun::executor
