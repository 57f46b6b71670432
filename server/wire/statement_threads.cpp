#include "server/wire/statement_threads.h"

#include <system_error>

namespace riverrun::server {

void StatementThreads::WaitForAll() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return threads_.empty(); });
  Threads ended = std::move(ended_);
  ended_.clear();
  lock.unlock();
  for (std::thread& thread : ended) thread.join();
}

void StatementThreads::Run(std::function<void()> work) {
  Threads ended;
  {
    const std::scoped_lock lock(mutex_);
    ended.swap(ended_);
    waiting_.push_back(std::move(work));
    if (idle_ < waiting_.size() && threads_.size() < threads_max_) StartThread();
  }
  changed_.notify_one();
  for (std::thread& thread : ended) thread.join();
}

void StatementThreads::StartThread() {
  const auto self = threads_.emplace(threads_.end());
  try {
    *self = std::thread([this, self] { Loop(self); });
  } catch (const std::system_error&) {
    // The system has no more threads: the work waits for one of ours.
    threads_.erase(self);
  }
}

size_t StatementThreads::threads() const {
  const std::scoped_lock lock(mutex_);
  return threads_.size();
}

void StatementThreads::Loop(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait_for(lock, idle_max_, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) break;
    {
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
    }
    lock.lock();
  }
  ended_.splice(ended_.end(), threads_, self);
  if (stopping_) changed_.notify_all();
}

}  // namespace riverrun::server
