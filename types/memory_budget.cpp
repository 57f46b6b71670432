#include "types/memory_budget.h"

#include "types/error.h"

namespace riverrun {

MemoryBudget::~MemoryBudget() { CHECK(used() == 0, name_); }

bool MemoryBudget::TryReserve(size_t bytes) {
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (used > limit_ || bytes > limit_ - used) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  if (parent_ != nullptr && !parent_->TryReserve(bytes)) {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  return true;
}

void MemoryBudget::Reserve(size_t bytes) {
  for (MemoryBudget* budget = this; budget != nullptr; budget = budget->parent_) {
    budget->used_.fetch_add(bytes, std::memory_order_relaxed);
  }
}

void MemoryBudget::Release(size_t bytes) {
  for (MemoryBudget* budget = this; budget != nullptr; budget = budget->parent_) {
    const size_t before = budget->used_.fetch_sub(bytes, std::memory_order_relaxed);
    CHECK(before >= bytes, budget->name_);
  }
}

}  // namespace riverrun
