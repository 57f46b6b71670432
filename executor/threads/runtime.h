// The threads: one for each worker, one for the coordinator.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "executor/runtime/coordinator.h"
#include "executor/threads/waker.h"
#include "executor/runtime/worker.h"

namespace riverrun::executor {

/// Runs workers and their coordinator until Stop. The simulator does the same on one thread, by
/// calling the same steps in an order of its own.
///
/// A thread without work sleeps; whoever makes work for it wakes it. Nothing polls.
class Runtime {
 public:
  /// The workers' links are the coordinator's, in the same order. Everything outlives the runtime.
  Runtime(std::span<const std::unique_ptr<Worker>> workers, Coordinator& coordinator,
          Clock& clock);
  ~Runtime() { Stop(); }
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void Start();
  /// Ends the threads after the piece of work that each has in hand. Idempotent.
  void Stop();

  /// Has the coordinator's thread call `request` with it, soon. Any thread. What the coordinator
  /// says (OnPublished) comes on its thread.
  void Ask(std::function<void(Coordinator&)> request);
  /// Records have arrived for a worker's sources, or something it waits for has changed.
  void WakeWorker(int worker) { worker_wakers_[worker]->Wake(); }
  void WakeCoordinator() { coordinator_waker_.Wake(); }

 private:
  void RunWorker(size_t index);
  bool StepWorker(size_t index);
  void RunCoordinator();
  bool StepCoordinator();

  const std::span<const std::unique_ptr<Worker>> workers_;
  Coordinator& coordinator_;
  Clock& clock_;
  std::vector<std::unique_ptr<Waker>> worker_wakers_;
  Waker coordinator_waker_;
  std::mutex requests_mutex_;
  std::vector<std::function<void(Coordinator&)>> requests_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace riverrun::executor
