#include "storage/group_commit.h"

#include <algorithm>
#include <chrono>

namespace riverrun::storage {

GroupCommit::GroupCommit(Lsn durable, SyncWritten sync, std::function<void()> on_durable)
    : sync_(std::move(sync)),
      on_durable_(std::move(on_durable)),
      written_(durable),
      requested_(durable),
      durable_(durable) {}

void GroupCommit::Wrote(Lsn end) {
  const std::lock_guard lock(mutex_);
  const bool was_idle = written_ == durable_;
  written_ = end;
  if (threaded_ && was_idle) asked_.notify_one();  // the thread counts its lazy time from here
}

void GroupCommit::Request(Lsn end) {
  const std::lock_guard lock(mutex_);
  CHECK(end <= written_, "waiting for a record that is not in the journal");
  requested_ = std::max(requested_, end);
  if (threaded_ && Asked()) asked_.notify_one();
}

bool GroupCommit::Step() {
  const std::lock_guard step(step_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (!Asked()) return false;
  }
  const Result<Lsn> synced = sync_();
  {
    const std::lock_guard lock(mutex_);
    if (synced) {
      durable_ = std::max(durable_, *synced);
    } else if (!failure_) {
      failure_ = synced.error();
    }
    done_.notify_all();
  }
  if (on_durable_) on_durable_();
  return true;
}

Result<void> GroupCommit::Wait(Lsn end) {
  Request(end);
  std::unique_lock lock(mutex_);
  while (durable_ < end && !failure_) {
    if (threaded_) {
      done_.wait(lock);
      continue;
    }
    lock.unlock();
    Step();
    lock.lock();
  }
  // What became durable before a later sync failed was acknowledged with right.
  if (failure_ && durable_ < end) return std::unexpected(*failure_);
  return {};
}

Result<Lsn> GroupCommit::Durable() const {
  const std::lock_guard lock(mutex_);
  if (failure_) return std::unexpected(*failure_);
  return durable_;
}

void GroupCommit::Fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    asked_.notify_one();
    done_.notify_all();
  }
  if (on_durable_) on_durable_();
}

void GroupCommit::Start(uint32_t lazy_milliseconds) {
  CHECK(!thread_.joinable(), "started twice");
  {
    const std::lock_guard lock(mutex_);
    threaded_ = true;
    stopping_ = false;
  }
  thread_ = std::thread([this, lazy_milliseconds] { Loop(lazy_milliseconds); });
}

void GroupCommit::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    asked_.notify_one();
  }
  thread_.join();
  const std::lock_guard lock(mutex_);
  threaded_ = false;
  done_.notify_all();  // who still waits makes the steps from here on
}

void GroupCommit::Loop(uint32_t lazy_milliseconds) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (Asked()) {
      lock.unlock();
      Step();
      lock.lock();
    } else if (written_ > durable_ && !failure_) {
      const bool woken = asked_.wait_for(lock, std::chrono::milliseconds(lazy_milliseconds),
                                         [this] { return stopping_ || Asked() || failure_; });
      if (!woken) requested_ = written_;
    } else {
      asked_.wait(lock);
    }
  }
}

}  // namespace riverrun::storage
