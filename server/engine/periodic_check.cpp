#include "server/engine/periodic_check.h"

#include <utility>

namespace riverrun::server {

PeriodicCheck::PeriodicCheck(std::chrono::milliseconds every, std::function<void()> check)
    : every_(every), check_(std::move(check)), thread_([this] { Run(); }) {}

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
  while (!stop_.wait_for(lock, every_, [this] { return stopping_; })) {
    lock.unlock();
    check_();
    lock.lock();
  }
}

}  // namespace riverrun::server
