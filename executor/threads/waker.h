// How a thread sleeps until somebody has something for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "types/id.h"

namespace riverrun::executor {

/// Puts one thread to sleep; any thread wakes it. A wake between PrepareToSleep and Sleep is not
/// lost. Waking a thread that is awake costs one atomic exchange and no system call.
///
///   while (!stop) {
///     if (work()) continue;
///     waker.PrepareToSleep();
///     if (work()) { waker.StayAwake(); continue; }   // what arrived before the others could know
///     waker.Sleep(timeout);
///   }
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  void PrepareToSleep() { state_.store(kSleeping); }
  void StayAwake() { state_.store(kAwake); }
  /// Returns at the next Wake, or after `timeout` (microseconds; nothing: never), or now if there
  /// was a Wake since PrepareToSleep.
  /// Also returns when one of `fds` is readable.
  void Sleep(std::optional<Micros> timeout, std::span<const int> fds = {});
  void Wake();

 private:
  enum State : uint8_t { kAwake, kSleeping, kWoken };
  std::atomic<State> state_ = kAwake;
  int event_fd_;
};

}  // namespace riverrun::executor
