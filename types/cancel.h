// How a running statement learns that nobody wants it any more.
#pragma once

#include <atomic>
#include <chrono>

#include "types/error.h"

namespace riverrun {

/// A flag that one thread sets and another looks at between batches, and a time at which it sets
/// itself. Any thread may call it.
class Cancel {
 public:
  void Request() { requested_.store(true, std::memory_order_relaxed); }
  /// Requests itself after so many milliseconds. Before the statement runs.
  void EndAfter(int64_t milliseconds) {
    deadline_ = Clock::now() + std::chrono::milliseconds(milliseconds);
  }
  bool requested() const {
    return requested_.load(std::memory_order_relaxed) || timed_out();
  }
  /// True once the time is over. The clock is read only if there is one.
  bool timed_out() const { return deadline_ != Clock::time_point() && Clock::now() >= deadline_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::atomic<bool> requested_ = false;
  Clock::time_point deadline_;
};

/// 57014, what a statement answers whose cancel was requested.
inline std::unexpected<Error> FailCanceled() {
  return Fail(sqlstate::kQueryCanceled, "canceling statement due to user request");
}

}  // namespace riverrun
