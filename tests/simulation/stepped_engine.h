// Journal, committer, workers and coordinator in one thread: the engine of the simulated server and
// of the .slt runner. Whoever holds it steps its parts, in an order of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "executor/journal/cut_log.h"
#include "executor/journal/journal_hub.h"
#include "executor/runtime/coordinator.h"
#include "executor/runtime/worker.h"
#include "storage/commit/committer.h"
#include "storage/journal.h"
#include "storage/view/view_store.h"
#include "types/clock.h"
#include "types/file_system.h"

namespace riverrun::simulation {

struct EngineOptions {
  int workers = 1;
  uint32_t ring_capacity = 4;  // messages, of every queue
  bool serialised = false;     // exchanges carry bytes
  storage::JournalOptions journal;
};

/// A life in this order: the constructor recovers the committer; the caller may commit to create
/// what is missing; Start; AddTable and AddSource; Attach, what is read before what reads it;
/// Replay. Then steps. CHECKs that nothing is refused.
class SteppedEngine {
 public:
  using Reader = std::unique_ptr<executor::SourceReader>;
  using Published = std::function<void(const storage::CutRecord&)>;

  /// Opens the journal and replays its commits. `on_published` is called for each published epoch,
  /// while the engine still keeps it. Files and clock outlive the engine.
  SteppedEngine(FileSystem& files, Clock& clock, EngineOptions options, Published on_published);
  ~SteppedEngine();
  SteppedEngine(const SteppedEngine&) = delete;
  SteppedEngine& operator=(const SteppedEngine&) = delete;

  /// Reserves the epochs of this run and makes workers and coordinator.
  void Start();
  /// Lets the worker that owns a table, or a stream without connector, read it from the journal.
  /// `wrap` may put something around the reader.
  void AddTable(ObjectId table, bool row_ids, const std::function<Reader(Reader)>& wrap = nullptr);
  /// Adds a source; each worker gets its own reader.
  void AddSource(ObjectId source, const std::function<Reader(int worker)>& reader_of);
  /// Runs a dataflow that materializes `view`. `is_table`: the committer hears of its versions.
  void Attach(ObjectId view, executor::DataflowSpec dataflow, storage::ViewLayout layout,
              std::shared_ptr<const Settings> settings, bool is_table);
  /// Makes the recovered epochs again, and one more that holds all commits so far.
  void Replay();

  /// One piece of work of a part: 0 is the coordinator, 1 the journal, 2 and on the workers. False
  /// if it had none.
  bool Step(int part);
  int parts() const { return options_.workers + 2; }
  /// Steps every part once. True when none had work and nothing is in flight.
  bool Quiet();
  /// What every part waits for.
  std::string Describe() const;

  storage::Committer& committer() { return *committer_; }
  storage::LocalJournal& journal() { return *journal_; }
  executor::Coordinator& coordinator() { return *coordinator_; }
  const storage::ViewStore& store(ObjectId view) const { return *stores_.at(view); }
  const storage::ViewStore& errors(ObjectId view) const { return *errors_.at(view); }

 private:
  void OnPublished(const storage::CutRecord& cut);

  const EngineOptions options_;
  Clock& clock_;
  const Published on_published_;
  std::unique_ptr<storage::LocalJournal> journal_;
  std::unique_ptr<executor::JournalCutLog> log_;
  std::unique_ptr<storage::Committer> committer_;
  std::vector<storage::CutRecord> recovered_cuts_;
  std::vector<ObjectId> tables_;
  std::map<ObjectId, std::unique_ptr<storage::ViewStore>> stores_, errors_;
  std::vector<std::unique_ptr<executor::JournalHub>> hubs_;  // one a worker
  std::vector<std::shared_ptr<executor::WorkerLink>> links_;
  std::vector<std::unique_ptr<executor::Worker>> workers_;
  std::unique_ptr<executor::Coordinator> coordinator_;
};

}  // namespace riverrun::simulation
