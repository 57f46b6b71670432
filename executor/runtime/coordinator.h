// Decides when epochs begin and end.
//
// An epoch's life:  open -> told to end -> ended by every worker's sources (positions known)
//   -> recorded (CutLog) -> completed by every worker's parts, and durable -> published.
//
// Cuts are made on demand: when a commit or a reader asks, when the sources of all workers have run
// dry (but not within `epoch_min` of the last cut), at the latest `epoch_max` after an epoch
// that has rows was opened. Without input and waiter there is no epoch. (Timers of operators are
// not asked yet: no operator has one.)
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/runtime/worker.h"
#include "storage/journal_record.h"
#include "types/clock.h"

namespace riverrun::executor {

/// What the coordinator needs of the journal.
class CutLog {
 public:
  virtual ~CutLog() = default;
  /// Appends the record of an epoch; in a replay it is there already and this is not called.
  virtual Result<void> Append(const storage::CutRecord& cut) = 0;
  /// True when every commit before `lsn` is durable (or need not be). Asks for it if not: an epoch
  /// waits.
  virtual bool Durable(Lsn lsn) = 0;
};

struct CoordinatorOptions {
  Micros epoch_min = 3'000;   // between a cut and the next for rows of sources
  Micros epoch_max = 20'000;  // from opening to cut
  Micros cut_min = 1'000;     // between any two cuts
  size_t in_flight_max = 16;  // epochs cut and not published
};

/// Opens, cuts and publishes epochs. Step is called by one thread, or by the simulator; a command
/// of the public part is called by the same thread.
class Coordinator {
 public:
  /// `first`: number of the first live epoch. REQUIRES everything outlives the coordinator.
  Coordinator(std::vector<std::shared_ptr<WorkerLink>> links, Clock& clock, CutLog& log,
              CoordinatorOptions options, Epoch first);

  /// Asks for an epoch that holds every commit before `lsn`. Coalesced.
  void RequestCut(Lsn lsn);
  /// Epochs to make again before live ones, oldest first. Before the first Step.
  void Replay(std::vector<storage::CutRecord> cuts);
  /// Calls `make` once the engine is at rest: no epoch is open, none in flight. Then sends each of
  /// the commands to its worker, before the next epoch. Changes keep their order. What one change
  /// attaches with a hydration is joined together.
  using Commands = std::vector<std::pair<int, WorkerCommand>>;
  void Change(std::function<Commands()> make);
  void Change(Commands commands);

  /// Does what is due. False if nothing was.
  bool Step();
  /// When Step wants to be called again although nothing arrives; nothing if not at all.
  std::optional<Micros> NextDeadline() const;

  /// The newest published epoch; 0 before the first.
  Epoch published() const { return published_; }
  /// True while there are epochs to be made again.
  bool Replaying() const { return !replay_.empty(); }
  /// True when nothing is open, in flight, asked for or to be replayed.
  bool Quiet() const;
  /// What it is doing and what it waits for, in one line; for logs and test failures.
  std::string Describe() const;
  /// Rows that were late for a window, by dataflow, on all workers, as they last reported it.
  std::map<ObjectId, uint64_t> Late() const;
  /// How far time had come in a source at the published epoch, all of its partitions together;
  /// kNoWatermark for one without a watermark. It never goes back while the source is read.
  Micros ReachedBy(ObjectId source) const;
  /// The source is no longer read: nothing is known of its time. For a change that is being made.
  void ForgetTime(ObjectId source) { timed_.erase(source); }
  /// Every raise of a watermark of the source in its partitions' present generations, in the order
  /// of their offsets.
  std::vector<WatermarkRaise> RaisesOf(ObjectId source) const;
  /// What made the journal fail, if anything: no epoch is published from then on.
  const std::optional<Error>& failure() const { return failure_; }
  /// Called once when that happens.
  void OnFailure(std::function<void(const Error&)> callback) { on_failure_ = std::move(callback); }
  /// Called when a hydrated dataflow has content at the published epoch.
  void OnJoined(std::function<void(ObjectId dataflow)> callback) {
    on_joined_ = std::move(callback);
  }
  /// Called at rest when a dataflow cannot be hydrated, once. It is never joined; what the callback
  /// returns is to detach it and what reads it.
  void OnHydrationFailed(std::function<Commands(ObjectId dataflow, const Error&)> callback) {
    on_hydration_failed_ = std::move(callback);
  }
  /// Called before OnPublished with what the sources of all workers had done when the epoch ended;
  /// a source that several workers read comes several times.
  void OnSources(std::function<void(const std::vector<SourceReport>&)> callback) {
    on_sources_ = std::move(callback);
  }
  /// Called once for each published epoch, in order.
  void OnPublished(std::function<void(const storage::CutRecord&)> callback) {
    on_published_ = std::move(callback);
  }

 private:
  struct InFlight {
    storage::CutRecord record;
    bool replayed = false;
    bool recorded = false;
    size_t workers_cut = 0;
    std::vector<SourceReport> sources = {};
  };
  struct WorkerState {
    Activity activity = Activity::kIdle;
    Epoch completed = 0;
    std::map<ObjectId, uint64_t> late;  // by dataflow, as last reported
  };

  // A source with a watermark, and where its partitions stand.
  struct TimedSource {
    struct Partition {
      int64_t offset = -1;
      Micros since = 0;  // it has stood there, by the clock
      bool idle = false;
      bool asked = false;  // to become idle
      bool begun = false;  // it has held time back, or been told to
    };
    Micros idle_timeout = 0;
    uint32_t first_generation = 0;  // positions of earlier ones are another source's
    Micros reached = kNoWatermark;
    std::map<int32_t, Partition> partitions = {};
    std::vector<WatermarkRaise> raises = {};
  };

  bool TakeReports();
  void Take(int worker, WorkerReport report);
  bool SendChanges();
  bool SendCommands();
  bool RefuseChanges();
  void GiveUp(const Error& error);
  void Note(int worker, WorkerCommand& command);
  void Forget(ObjectId dataflow);
  void ContentRead(int worker, const ContentReadReport& report);
  void CaughtUp(int worker, const CaughtUpReport& report);
  void HydrationFailed(const HydrationFailedReport& report);
  bool Hydrates(ObjectId dataflow, uint64_t change) const;
  void NoteRaise(ObjectId source, const WatermarkRaise& raise);
  void JoinThoseCaughtUp();
  Commands Join(uint64_t change);
  bool AtRest() const {
    return !open_ && in_flight_.empty() && sending_.empty() && changes_unobeyed_ == 0;
  }
  bool OpenOrCut();
  void Open(const EpochInfo& info, bool replayed);
  void EndEpoch(Lsn commits_before, std::shared_ptr<const std::vector<Position>> replay);
  void NotePositions(const std::vector<Position>& positions);
  void BeginPartitions(const std::vector<Position>& positions);
  bool AskIdlePartitions(Micros now);
  bool MayAskIdle() const;
  std::optional<Micros> NextIdle() const;
  std::optional<Micros> NextCut() const;
  void WakePartition(const WakingReport& report);
  bool AnyWorkerIs(Activity activity) const;
  bool CutIsDue(Micros now) const;
  bool OpenIsDue() const;
  bool RecordOldest();
  bool PublishOldest();
  void SendToAll(const std::function<WorkerCommand()>& make);

  const std::vector<std::shared_ptr<WorkerLink>> links_;
  Clock& clock_;
  CutLog& log_;
  const CoordinatorOptions options_;
  std::function<void(const storage::CutRecord&)> on_published_;
  std::function<void(ObjectId)> on_joined_;
  std::function<Commands(ObjectId, const Error&)> on_hydration_failed_;
  std::function<void(const std::vector<SourceReport>&)> on_sources_;
  std::function<void(const Error&)> on_failure_;

  std::vector<WorkerState> workers_;
  Epoch next_;
  Micros last_now_ = 0;  // now() of the last epoch opened; never goes back
  Micros last_cut_ = 0;
  std::optional<EpochInfo> open_;
  Micros opened_at_ = 0;
  Lsn requested_ = 0;  // an epoch must hold every commit before this
  Lsn cut_at_ = 0;     // commits before this are in an epoch already
  bool cut_requested_ = false;
  std::deque<storage::CutRecord> replay_;
  std::deque<InFlight> in_flight_;
  std::deque<std::function<Commands()>> changes_;
  std::deque<std::pair<int, WorkerCommand>> sending_;  // of the change that is being made
  uint64_t change_ = 0;                                // its number
  // Of a dataflow that hydrates.
  struct HydratingDataflow {
    std::set<int> behind;  // the workers on which it is
    std::set<int> read;    // those that have read the content of its sources
  };
  std::map<uint64_t, std::map<ObjectId, HydratingDataflow>> hydrating_;  // by their change
  std::vector<ObjectId> joined_;  // are told of at the next publication
  size_t changes_unobeyed_ = 0;
  std::map<ObjectId, TimedSource> timed_;
  bool rows_since_idle_ = true;  // an epoch with rows has ended since partitions were asked
  Epoch published_ = 0;
  std::optional<Error> failure_;
};

}  // namespace riverrun::executor
