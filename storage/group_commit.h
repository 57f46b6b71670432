// One fdatasync for all commits that wait for one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "types/error.h"
#include "types/id.h"

namespace riverrun::storage {

/// Decides when the journal is synced, and tells those who wait.
///
/// A core without thread and without clock: Step does one round if somebody asked for one. While a
/// sync runs, others append and ask; the next round takes them all. Any thread may call any method.
class GroupCommit {
 public:
  /// Makes all that is written durable and returns the position behind it.
  using SyncWritten = std::function<Result<Lsn>()>;

  /// `on_durable` is called, by the thread that made the step, when Durable would answer anew.
  GroupCommit(Lsn durable, SyncWritten sync, std::function<void()> on_durable);
  ~GroupCommit() { Stop(); }

  /// Tells that all before `end` is written.
  void Wrote(Lsn end);
  /// Asks that all before `end` become durable; does not wait. REQUIRES it is written.
  void Request(Lsn end);
  /// One sync if somebody asked for more than is durable; false when there was nothing to do.
  bool Step();
  /// Returns when all before `end` is durable; makes the steps itself while no thread makes them.
  /// REQUIRES it is written. Errors: as Durable.
  Result<void> Wait(Lsn end);
  /// All before this position is durable. Errors: that of the first sync that failed, for ever.
  Result<Lsn> Durable() const;
  /// Gives up, as if a sync had failed with this error.
  void Fail(Error error);

  /// Makes the steps on a thread of its own until Stop. What nobody waits for it syncs after
  /// `lazy_milliseconds`: that bounds what a power loss takes of commits that did not wait.
  void Start(uint32_t lazy_milliseconds);
  /// Ends the thread after the step in progress. Idempotent; not from two threads at once.
  void Stop();

 private:
  void Loop(uint32_t lazy_milliseconds);
  bool Asked() const { return requested_ > durable_ && !failure_; }

  const SyncWritten sync_;
  const std::function<void()> on_durable_;
  std::mutex step_mutex_;  // one step at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable asked_, done_;
  Lsn written_, requested_, durable_;
  std::optional<Error> failure_;
  bool threaded_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace riverrun::storage
