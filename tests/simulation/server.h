// One run of the simulated server, from its start to its crash.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "executor/runtime/coordinator.h"
#include "executor/runtime/worker.h"
#include "executor/sources/journal_hub.h"
#include "storage/commit/committer.h"
#include "storage/journal.h"
#include "storage/view/view_store.h"
#include "tests/simulation/random_query.h"
#include "tests/simulation/stream_log.h"
#include "tests/simulation/world.h"

namespace riverrun::simulation {

/// A clock that a test moves.
class SimulatedClock : public Clock {
 public:
  Micros Now() override { return now_; }
  void Advance(Micros by) { now_ += by; }

 private:
  Micros now_ = 1'700'000'000'000'000;
};

/// What all runs of a case share: it outlives every crash.
struct CaseInput {
  std::vector<Relation> tables;  // their first column is the primary key
  std::vector<StreamLog> streams;
  std::vector<RandomView> views;  // the tables' own views first, then the queries, in order
};

/// Journal, committer, workers and coordinator, recovered from the files of the last run.
class SimulatedServer {
 public:
  using Published = std::function<void(const storage::CutRecord&)>;

  /// Opens the journal and begins to replay it. CHECKs that nothing is refused: what the simulated
  /// faults leave must open.
  SimulatedServer(const CaseInput& input, MemoryFileSystem& files, SimulatedClock& clock,
                  const CaseOptions& options, int workers, testing::RandomData& random,
                  Published on_published);
  ~SimulatedServer();

  /// Lets one of the parts do one piece of work; which one is random. False if it had none.
  bool StepOne();
  /// True when every part is idle and nothing is in flight.
  bool Quiet();

  /// What every part waits for.
  std::string Describe() const;

  storage::Committer& committer() { return *committer_; }
  storage::LocalJournal& journal() { return *journal_; }
  executor::Coordinator& coordinator() { return *coordinator_; }
  storage::ViewStore& store(ObjectId object) { return *stores_.at(object); }
  storage::ViewStore& errors(ObjectId object) { return *errors_.at(object); }
  /// Commits that the journal held at the start, oldest first.
  const std::vector<LoggedCommit>& recovered() const { return recovered_; }

 private:
  class Log;

  void OpenJournal(MemoryFileSystem& files);
  std::vector<storage::CutRecord> Recover();
  void CreateTables(const CaseInput& input);
  void MakeWorkers(const CaseInput& input, testing::RandomData& random);
  void AttachAll(const CaseInput& input, testing::RandomData& random);
  void OnPublished(const storage::CutRecord& cut);

  const CaseOptions& options_;
  const int worker_count_;
  testing::RandomData& random_;
  SimulatedClock& clock_;
  Published on_published_;
  Settings settings_;
  std::unique_ptr<storage::LocalJournal> journal_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<storage::Committer> committer_;
  std::vector<LoggedCommit> recovered_;
  std::vector<ObjectId> tables_;
  std::map<ObjectId, std::unique_ptr<storage::ViewStore>> stores_, errors_;
  std::vector<std::unique_ptr<executor::JournalHub>> hubs_;  // one a worker
  std::vector<std::shared_ptr<executor::WorkerLink>> links_;
  std::vector<std::unique_ptr<executor::Worker>> workers_;
  std::unique_ptr<executor::Coordinator> coordinator_;
};

}  // namespace riverrun::simulation
