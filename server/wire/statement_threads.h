// The threads that statements run on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace riverrun::server {

/// As many threads as there is work at once: a statement may wait for an epoch, for the disk or for
/// a slow client, and must not keep others waiting. Threads without work end after a while.
class StatementThreads {
 public:
  StatementThreads(size_t threads_max, std::chrono::milliseconds idle_max)
      : threads_max_(threads_max), idle_max_(idle_max) {}
  ~StatementThreads() { WaitForAll(); }
  StatementThreads(const StatementThreads&) = delete;
  StatementThreads& operator=(const StatementThreads&) = delete;

  /// Runs `work` on a thread of its own, or later if all are busy. Any thread.
  void Run(std::function<void()> work);
  /// Returns when all work has been done and every thread has ended. No Run may follow.
  void WaitForAll();
  /// Threads there are now. Any thread.
  size_t threads() const;

 private:
  using Threads = std::list<std::thread>;
  void StartThread();
  void Loop(Threads::iterator self);

  const size_t threads_max_;
  const std::chrono::milliseconds idle_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  Threads threads_;
  Threads ended_;  // at their end, to be joined
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace riverrun::server
