// How a running statement learns that nobody wants it any more.
#pragma once

#include <atomic>

namespace riverrun {

/// A flag that one thread sets and another looks at between batches. Any thread may call it.
class Cancel {
 public:
  void Request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_ = false;
};

}  // namespace riverrun
