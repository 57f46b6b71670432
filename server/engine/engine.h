// The running database: what sessions read from and write to.
//
//   engine.h         Engine: opens a data directory, answers reads and commits on many threads
//   engine_parts.h   what it is made of, without a thread: the simulator steps the same parts
//   relation.h       what runs for a catalog object
//   publication.h    where readers wait for epochs
//
// Journal, committer, coordinator and workers each have their thread or lock; sessions meet them
// here only.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "executor/runtime/coordinator.h"
#include "storage/commit/committer.h"
#include "storage/commit/write_set.h"
#include "storage/view/read_view.h"
#include "types/cancel.h"
#include "types/clock.h"
#include "types/file_system.h"
#include "types/memory_budget.h"

namespace riverrun::server {

struct EngineOptions {
  std::string data_directory;
  int workers = 1;
  size_t memory_limit = size_t{2} << 30;  // bytes, of everything together
  executor::CoordinatorOptions epochs = {};
  /// Names a data directory that is made new; chosen at random by the caller.
  Uuid new_incarnation = {};
  /// Told once when the engine cannot go on: the disk has failed. Any thread.
  std::function<void(const Error&)> on_failure = nullptr;
};

/// When a commit is answered.
enum class Durability : uint8_t {
  kDurable,   // when it survives a power loss
  kAppended,  // when it survives a kill of the process: synchronous_commit = off
};

/// 57P01: what waits and clients are told when the server stops.
Error ShutdownError();

/// How a commit ended.
struct Committed {
  Lsn lsn = 0;  // 0: nothing was written
};

/// A database open in this process. Any thread may call any method. Methods that wait look at
/// `cancel` a few dozen times a second and end with 57014.
class Engine {
 public:
  /// Takes the directory's lock, recovers, and returns when the content of all relations is there.
  /// Errors: 55000 if another server has the directory; those of OpenLocalJournal. Files and clock
  /// outlive the engine.
  static Result<std::unique_ptr<Engine>> Open(FileSystem& files, Clock& clock,
                                              EngineOptions options);
  /// Waits for the work in hand; no method may be running.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The catalog after the last commit.
  storage::CatalogRef catalog() const;
  Clock& clock() { return clock_; }
  MemoryBudget& budget() { return budget_; }
  ObjectId AllocateObject();
  OperatorId AllocateOperator();

  /// The newest published epoch that contains the commit at `contains` (0: any) and every commit
  /// that any session had been told of before, and in which every object has content, with the
  /// versions of the objects at it. Waits for it; it has been asked for. Views that are being
  /// filled are waited for. Objects without content (plain views) and those the catalog does not
  /// have are left out. Errors: 57014 cancelled; 57P01 the server stops.
  Result<storage::ReadView> OpenRead(std::span<const ObjectId> objects, Lsn contains,
                                     const Cancel& cancel);
  /// The same with everything else that has content at that epoch: what a transaction that reads
  /// one epoch may name later.
  Result<storage::ReadView> OpenSnapshot(std::span<const ObjectId> required, Lsn contains,
                                         const Cancel& cancel);
  /// What an INSERT, UPDATE or DELETE reads: tables at their newest state, everything else as
  /// OpenRead has it.
  Result<storage::ReadView> OpenNewest(std::span<const ObjectId> objects, Lsn contains,
                                       const Cancel& cancel);

  /// Commits a transaction and waits until it is as durable as asked for. If it changes the
  /// catalog: also until what it created has its content and what it dropped has ended. Cancelled
  /// while a view is being filled, a single statement drops it again (57014); the COMMIT of a block
  /// has happened, and the view goes on filling. Errors: those of Committer::Commit; `writes` is
  /// then unchanged.
  Result<Committed> Commit(storage::WriteSet& writes, Durability durability, const Cancel& cancel);
  /// Evaluates a statement while nothing else can commit, and commits what it returns.
  Result<Committed> CommitInside(
      const std::function<Result<storage::WriteSet>(storage::Committer::Inside&)>& evaluate,
      Durability durability, const Cancel& cancel);

  /// Raises the watermark of a stream and waits until an epoch that has seen it is published and
  /// durable. Errors: 57014, 57P01, 58030.
  Result<void> AdvanceWatermark(ObjectId stream, Micros to, const Cancel& cancel);
  /// Rows that were late for a window of the view, in the published epoch.
  uint64_t LateRows(ObjectId view) const;

  /// Makes every wait, now and later, end with 57P01: the server is about to stop.
  void RefuseWaits();

 private:
  struct Impl;
  Engine(Clock& clock, EngineOptions options);
  Result<void> Start(FileSystem& files);
  Result<storage::ReadView> Read(std::span<const ObjectId> objects, Lsn contains,
                                 const std::function<bool(ObjectId)>& must_have,
                                 const Cancel& cancel);
  Result<Committed> Append(const std::function<Result<storage::CommitResult>()>& commit,
                           Durability durability, const Cancel& cancel);
  Result<Committed> ChangeCatalog(storage::WriteSet& writes, const Cancel& cancel);
  Result<void> WaitForContents(std::span<const ObjectId> objects, const Cancel& cancel);
  void Drop(std::span<const ObjectId> objects);
  bool HasContent(ObjectId object) const;

  Clock& clock_;
  const EngineOptions options_;
  MemoryBudget budget_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riverrun::server
