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

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "executor/batch_source.h"
#include "executor/runtime/coordinator.h"
#include "server/engine/source_status.h"
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
  /// Told while the start waits for something outside: a cluster that does not answer.
  std::function<void(const std::string&)> on_waiting = nullptr;
  /// How often the streams' connectors are asked for new partitions; sooner while one is away.
  std::chrono::milliseconds partition_check{5'000};
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
  /// How the partitions of streams are doing. `view` has every content (OpenSnapshot): what an
  /// epoch decides is said of its epoch, the rest of now.
  std::vector<SourceStatus> Sources(const storage::ReadView& view) const;
  /// How far the views have come that are being filled, from 0 to 1, where that is known.
  std::map<ObjectId, double> Progress() const;
  /// What an INSERT, UPDATE or DELETE reads: tables at their newest state, everything else as
  /// OpenRead has it.
  Result<storage::ReadView> OpenNewest(std::span<const ObjectId> objects, Lsn contains,
                                       const Cancel& cancel);

  /// A stream that is to be created, with the offsets at which it begins. Asks its connector, and
  /// may block for some seconds. Errors: those of the connector.
  Result<storage::ObjectRef> WithStarts(const storage::CatalogObject& stream);
  /// Rows of a stream with a connector for a query that runs once: from its start to where its log
  /// ends now. Errors: those of the connector. May block for some seconds.
  Result<std::unique_ptr<executor::BatchSource>> OpenStream(const storage::CatalogObject& stream,
                                                            std::span<const int> columns);
  /// Waits until the next read of every view of the streams contains all records before these
  /// positions. Errors: a stream's, if it has failed; 57014; 57P01.
  Result<void> WaitForPositions(std::span<const Position> positions, const Cancel& cancel);

  /// Goes on reading a stream elsewhere, from the next epoch on: at what its option `start` would
  /// mean by `to`, or at an offset of every partition. `rebuild`: its views begin anew with what is
  /// there. Errors: 55000 where records would be read twice and the views are not rebuilt; those of
  /// the connector, and of Commit.
  Result<Committed> ResetStream(ObjectId stream, const std::variant<std::string, int64_t>& to,
                                bool rebuild, const Cancel& cancel);

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
  std::map<ObjectId, uint64_t> Late() const;

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
  Result<void> Reopen(const storage::CatalogObject& stream,
                      executor::Coordinator::Commands& commands);
  std::chrono::milliseconds CheckPartitions(const std::function<bool()>& stopping);
  Result<std::vector<Position>> AskStreams(const storage::WriteSet& writes);
  void Drop(std::span<const ObjectId> objects);
  bool HasContent(ObjectId object) const;

  Clock& clock_;
  const EngineOptions options_;
  MemoryBudget budget_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace riverrun::server
