// Something that is done now and then, on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace riverrun::server {

/// Calls a check every so often until it is destroyed, which waits for a call that is under way.
class PeriodicCheck {
 public:
  /// Looks at `stopping` now and then, and returns after how long to check again.
  using Check = std::function<std::chrono::milliseconds(const std::function<bool()>& stopping)>;

  PeriodicCheck(std::chrono::milliseconds first, Check check);
  ~PeriodicCheck();
  PeriodicCheck(const PeriodicCheck&) = delete;
  PeriodicCheck& operator=(const PeriodicCheck&) = delete;

 private:
  void Run();

  std::chrono::milliseconds next_;
  const Check check_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace riverrun::server
