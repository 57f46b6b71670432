#include "executor/threads/runtime.h"

namespace riverrun::executor {

Runtime::Runtime(std::span<const std::unique_ptr<Worker>> workers, Coordinator& coordinator,
                 Clock& clock)
    : workers_(workers), coordinator_(coordinator), clock_(clock) {
  for (size_t i = 0; i < workers_.size(); ++i) worker_wakers_.push_back(std::make_unique<Waker>());
}

void Runtime::Start() {
  for (size_t i = 0; i < workers_.size(); ++i) threads_.emplace_back([this, i] { RunWorker(i); });
  threads_.emplace_back([this] { RunCoordinator(); });
}

void Runtime::Stop() {
  stopping_.store(true);
  for (const std::unique_ptr<Waker>& waker : worker_wakers_) waker->Wake();
  coordinator_waker_.Wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Runtime::Ask(std::function<void(Coordinator&)> request) {
  {
    const std::scoped_lock lock(requests_mutex_);
    requests_.push_back(std::move(request));
  }
  coordinator_waker_.Wake();
}

void Runtime::RunWorker(size_t index) {
  Waker& waker = *worker_wakers_[index];
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (StepWorker(index)) continue;
    waker.PrepareToSleep();
    if (stopping_.load() || StepWorker(index)) {
      waker.StayAwake();
      continue;
    }
    const Worker::Waits waits = workers_[index]->CollectWaits();
    if (waits.has_work) {
      waker.StayAwake();
      continue;
    }
    std::optional<Micros> timeout = waits.until;
    if (timeout) *timeout -= clock_.Now();
    waker.Sleep(timeout, waits.fds);
  }
}

bool Runtime::StepWorker(size_t index) {
  Worker& worker = *workers_[index];
  const bool worked = worker.Step();
  const Touched touched = worker.TakeTouched();
  if (touched.coordinator) coordinator_waker_.Wake();
  for (size_t other = 0; touched.workers >> other != 0; ++other) {
    const bool is_touched = (touched.workers >> other & 1) != 0;
    if (is_touched && other != index) worker_wakers_[other]->Wake();
  }
  return worked;
}

void Runtime::RunCoordinator() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (StepCoordinator()) continue;
    coordinator_waker_.PrepareToSleep();
    if (stopping_.load() || StepCoordinator()) {
      coordinator_waker_.StayAwake();
      continue;
    }
    std::optional<Micros> timeout = coordinator_.NextDeadline();
    if (timeout) *timeout -= clock_.Now();
    coordinator_waker_.Sleep(timeout);
  }
}

bool Runtime::StepCoordinator() {
  std::vector<std::function<void(Coordinator&)>> requests;
  {
    const std::scoped_lock lock(requests_mutex_);
    requests.swap(requests_);
  }
  for (const auto& request : requests) request(coordinator_);
  if (!coordinator_.Step() && requests.empty()) return false;
  for (const std::unique_ptr<Waker>& waker : worker_wakers_) waker->Wake();
  return true;
}

}  // namespace riverrun::executor
