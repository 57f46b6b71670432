#include "server/engine/periodic_check.h"

#include <utility>

namespace riverrun::server {

PeriodicCheck::PeriodicCheck(std::chrono::milliseconds first, Check check)
    : next_(first), check_(std::move(check)), thread_([this] { Run(); }) {}

PeriodicCheck::~PeriodicCheck() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void PeriodicCheck::Run() {
  std::unique_lock lock(mutex_);
  const auto stopping = [this] {
    const std::scoped_lock look(mutex_);
    return stopping_;
  };
  while (!stop_.wait_for(lock, next_, [this] { return stopping_; })) {
    lock.unlock();
    const std::chrono::milliseconds next = check_(stopping);
    lock.lock();
    next_ = next;
  }
}

}  // namespace riverrun::server
