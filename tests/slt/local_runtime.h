// A server without clients in one thread: journal, committer, workers, coordinator, and the
// contents of all tables, streams and materialized views.
//
// A change of the catalog makes it anew: all of the journal is replayed with the relations that
// there are then, so that a view made over rows that were there already has them.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "executor/runtime/coordinator.h"
#include "executor/runtime/worker.h"
#include "executor/sources/journal_hub.h"
#include "storage/commit/committer.h"
#include "storage/journal.h"
#include "storage/view/view_store.h"
#include "tests/simulation/memory_file_system.h"

namespace riverrun::slt {

struct RuntimeOptions {
  int workers = 1;
  bool one_row_batches = false;  // every batch of a source has one row
  bool serialised = false;       // exchanges carry bytes
  uint64_t seed = 1;             // of the order in which parts step
};

class LocalRuntime {
 public:
  /// Opens the journal in the files and replays it. They outlive the runtime.
  LocalRuntime(simulation::MemoryFileSystem& files, Clock& clock, const RuntimeOptions& options);
  ~LocalRuntime();
  LocalRuntime(const LocalRuntime&) = delete;
  LocalRuntime& operator=(const LocalRuntime&) = delete;

  /// Commits and steps until the commit is published. A change of the catalog is only recorded.
  Result<void> Commit(storage::WriteSet& writes);
  storage::Committer& committer() { return *committer_; }
  /// Content of a table, stream or materialized view at the newest epoch.
  storage::VersionRef Content(ObjectId object) const;
  EpochInfo epoch() const { return epoch_; }

 private:
  class Log;
  class NoRows;
  class OneRowAtATime;

  void OpenJournal(simulation::MemoryFileSystem& files);
  std::vector<storage::CutRecord> Replay();
  void MakeWorkers();
  void AddSources();
  void Attach(const storage::CatalogObject& object);
  void Attach(ObjectId id, executor::DataflowSpec dataflow, storage::ViewLayout layout,
              std::shared_ptr<const Settings> settings);
  void Settle();
  void OnPublished(const storage::CutRecord& cut);

  const RuntimeOptions options_;
  Clock& clock_;
  std::mt19937_64 random_;
  std::unique_ptr<storage::LocalJournal> journal_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<storage::Committer> committer_;
  std::vector<ObjectId> tables_;
  std::map<ObjectId, std::unique_ptr<storage::ViewStore>> stores_, errors_;
  std::vector<std::unique_ptr<executor::JournalHub>> hubs_;  // one a worker
  std::vector<std::shared_ptr<executor::WorkerLink>> links_;
  std::vector<std::unique_ptr<executor::Worker>> workers_;
  std::unique_ptr<executor::Coordinator> coordinator_;
  EpochInfo epoch_;
};

}  // namespace riverrun::slt
