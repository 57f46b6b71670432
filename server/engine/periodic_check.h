// Something that is done now and then, on a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace riverrun::server {

/// Calls `check` every so often until it is destroyed, which waits for a call that is under way.
class PeriodicCheck {
 public:
  PeriodicCheck(std::chrono::milliseconds every, std::function<void()> check);
  ~PeriodicCheck();
  PeriodicCheck(const PeriodicCheck&) = delete;
  PeriodicCheck& operator=(const PeriodicCheck&) = delete;

 private:
  void Run();

  const std::chrono::milliseconds every_;
  const std::function<void()> check_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace riverrun::server
