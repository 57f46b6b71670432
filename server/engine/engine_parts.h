// Journal, committer, workers and coordinator without a thread: what an engine is made of.
//
// The server runs the parts on threads (engine.h); the simulator and the .slt runner step them on
// one thread, in an order of their own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "executor/journal/cut_log.h"
#include "executor/journal/journal_hub.h"
#include "executor/runtime/coordinator.h"
#include "executor/runtime/worker.h"
#include "server/engine/filling.h"
#include "storage/commit/committer.h"
#include "storage/journal.h"
#include "storage/view/view_store.h"
#include "types/clock.h"
#include "types/file_system.h"

namespace riverrun::server {

struct PartsOptions {
  int workers = 1;
  uint32_t ring_capacity = 16;  // messages, of every queue
  bool serialised = false;      // exchanges carry bytes
  storage::JournalOptions journal;
  storage::Committer::Options committer = {};
  executor::CoordinatorOptions epochs = {};
  MemoryBudget* budget = nullptr;  // of dataflows and contents; null counts nothing
};

/// A life in this order: Open recovers the committer; the caller may commit to create what is
/// missing; Start; the commands of what the catalog has, to the coordinator; Replay. Then steps.
///
/// What makes commands and what reads stores is for the thread of the coordinator, or for before
/// there is one. The order of commands is that of the objects: what is read before what reads it.
class EngineParts {
 public:
  using Reader = std::unique_ptr<executor::SourceReader>;
  using Published = std::function<void(const storage::CutRecord&)>;
  using Commands = executor::Coordinator::Commands;
  /// What a source delivered before the given positions, the part that a worker's reader owns,
  /// completed, its watermarks raised where they have been. It follows.
  using History = std::function<std::unique_ptr<executor::BatchSource>(
      const executor::SourceSpec&, int worker, std::span<const Position> before,
      std::span<const executor::WatermarkRaise> raises)>;

  /// What is computed of a source's rows.
  using Completion = std::shared_ptr<const executor::CompletionSpec>;

  /// Opens the journal and replays its commits. `on_published` is called for each published epoch,
  /// while the engine still keeps it. Files and clock outlive the parts.
  static Result<std::unique_ptr<EngineParts>> Open(FileSystem& files, Clock& clock,
                                                   PartsOptions options, Published on_published);
  ~EngineParts();
  EngineParts(const EngineParts&) = delete;
  EngineParts& operator=(const EngineParts&) = delete;

  /// Reserves the epochs of this run and makes workers and coordinator.
  Result<void> Start();
  /// Makes the recovered epochs again, and one more that holds all commits so far.
  void Replay();

  /// Lets the worker that owns a table, or a stream without connector, read it from the journal.
  /// `wrap` may put something around the reader.
  /// `completion`: what is computed of its rows; null: nothing.
  Commands AddTable(ObjectId table, bool row_ids,
                    const std::function<Reader(Reader)>& wrap = nullptr,
                    Completion completion = nullptr);
  /// Adds a source; each worker gets its own reader.
  Commands AddSource(ObjectId source, const std::function<Reader(int worker)>& reader_of,
                     Completion completion);
  /// Adds a stream whose records may fail: `topic` is what its error collection says they come
  /// from.
  Commands AddStream(ObjectId stream, std::string topic,
                     const std::function<executor::SourceToRead(int worker)>& of_worker,
                     History history, Completion completion);
  /// Its time is forgotten at once: what the same change adds under its name begins anew.
  Commands RemoveSource(ObjectId source);
  /// At the end of the next epoch no partition's watermark is before `to`.
  Commands RaiseWatermark(ObjectId source, Micros to);

  /// What runs as a table's, stream's or view's content.
  struct Relation {
    ObjectId id;
    executor::DataflowSpec dataflow;  // materializes it
    storage::ViewLayout layout;
    std::shared_ptr<const Settings> settings;
    /// Sources of which it reads only the rows of this generation and later ones.
    std::map<ObjectId, uint32_t> reads_from = {};
    bool is_table = false;   // the committer hears of its versions
    bool keeps_rows = true;  // false: what comes out is counted as done and dropped
  };
  enum class Begin : uint8_t {
    kReplay,   // with the first epoch to be made: at a start
    kHydrate,  // with the content of its inputs at the published epoch; OnJoined tells when it is
               // up
  };
  Commands Attach(Relation relation, Begin begin);
  /// The content stays good for whoever holds a version of it.
  Commands Detach(ObjectId relation);

  /// One piece of work of a part: 0 is the coordinator, 1 the journal, 2 and on the workers. False
  /// if it had none. Not while threads run them.
  bool Step(int part);
  int parts() const { return options_.workers + 2; }
  /// Steps every part once. True when none had work and nothing is in flight.
  bool Quiet();
  /// What every part waits for.
  std::string Describe() const;

  const PartsOptions& options() const { return options_; }
  storage::Committer& committer() { return *committer_; }
  storage::LocalJournal& journal() { return *journal_; }
  executor::Coordinator& coordinator() { return *coordinator_; }
  const std::vector<std::unique_ptr<executor::Worker>>& workers() const { return workers_; }
  /// The epochs to be made again. Before Replay.
  std::span<const storage::CutRecord> recovered_cuts() const { return recovered_cuts_; }
  /// The last published epoch.
  const storage::CutRecord& published() const { return published_; }
  std::shared_ptr<const storage::ViewStore> store(ObjectId relation) const;
  /// The error collection of a view, or of a stream with a connector.
  std::shared_ptr<const storage::ViewStore> errors(ObjectId relation) const;
  /// Rows that each relation's query has found late for a window; those without any are left out.
  std::map<ObjectId, uint64_t> late() const { return coordinator_->Late(); }
  /// How far a relation has come that was attached with kHydrate; null for others.
  std::shared_ptr<const Filling> filling(ObjectId relation) const;

 private:
  struct Content {
    std::shared_ptr<storage::ViewStore> rows, errors;
    std::shared_ptr<Filling> filling;
    bool is_table = false;
  };

  EngineParts(Clock& clock, PartsOptions options, Published on_published);
  Result<void> Recover(FileSystem& files);
  executor::AttachCommand AttachOn(int worker, const Relation& relation, const Content& content,
                                   const std::shared_ptr<const executor::DataflowSpec>& spec,
                                   const std::shared_ptr<executor::ExchangeEnds>& ends) const;
  executor::Hydration HydrationOn(int worker, const executor::DataflowSpec& spec,
                                  const std::shared_ptr<Filling>& filling) const;
  std::optional<Watermark> WatermarkOf(ObjectId source) const;
  void OnPublished(const storage::CutRecord& cut);

  const PartsOptions options_;
  Clock& clock_;
  const Published on_published_;
  std::unique_ptr<storage::LocalJournal> journal_;
  std::unique_ptr<executor::JournalCutLog> log_;
  std::unique_ptr<storage::Committer> committer_;
  std::vector<storage::CutRecord> recovered_cuts_;
  storage::CutRecord published_;
  std::map<ObjectId, Content> contents_;
  std::map<ObjectId, History> histories_;
  std::map<ObjectId, std::shared_ptr<storage::ViewStore>> stream_errors_;
  std::map<ObjectId, Completion> completions_;
  std::vector<std::unique_ptr<executor::JournalHub>> hubs_;  // one a worker
  std::vector<std::shared_ptr<executor::WorkerLink>> links_;
  std::vector<std::unique_ptr<executor::Worker>> workers_;
  std::unique_ptr<executor::Coordinator> coordinator_;
};

}  // namespace riverrun::server
