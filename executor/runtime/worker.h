// A worker: runs its part of every dataflow.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "executor/runtime/dataflow_part.h"
#include "executor/runtime/error_collection.h"
#include "executor/runtime/feed.h"
#include "executor/runtime/hydration.h"
#include "executor/exchange/ring.h"
#include "executor/runtime/shared_source.h"

namespace riverrun::executor {

// What the coordinator tells a worker. Commands are obeyed in order.

/// Every source opens this epoch.
struct OpenCommand {
  EpochInfo info;
  bool replayed = false;  // nothing is read before the cut says how far
};
/// Every source ends the open epoch.
struct CutCommand {
  Cut cut;
};
/// Starts to read a source. Between epochs.
struct AddSourceCommand {
  SourceToRead source;
};
/// Goes on with another reader: of more partitions, or elsewhere. Between epochs.
struct ReplaceReaderCommand {
  ObjectId object;
  SharedSource::MakeReader make;
};
/// Stops to read a source. Between epochs; nothing may read what it feeds.
struct RemoveSourceCommand {
  ObjectId object;
};
// Of the time of a source, see PartitionTimes. Between epochs; a worker that does not read the
// partition passes over it.

/// ALTER STREAM ... ADVANCE WATERMARK.
struct RaiseCommand {
  ObjectId object;
  Micros to = 0;
};
/// A partition has brought nothing for long.
struct IdleCommand {
  ObjectId object;
  int32_t partition = 0;
  int64_t offset = 0;  // where it stands
};
/// Rows of an idle partition have come.
struct WakeCommand {
  ObjectId object;
  int32_t partition = 0;
  Micros to = 0;
};
/// Starts to run a dataflow. Between epochs.
struct AttachCommand {
  ObjectId dataflow;
  std::shared_ptr<const DataflowSpec> spec;
  std::shared_ptr<ExchangeEnds> ends;  // each worker moves its own ends out
  std::shared_ptr<const Settings> settings;
  MemoryBudget* budget = nullptr;  // of the dataflow
  std::shared_ptr<ErrorCollection> errors;  // of this worker
  std::function<std::unique_ptr<Operator>(const OperatorNode&, const OperatorContext&)> materialize;
  StartMode mode = StartMode::kFresh;
  /// Sources of which it reads only the rows of this generation and later ones.
  std::map<ObjectId, uint32_t> reads_from = {};
  /// The number of the change that attaches it; the coordinator gives it.
  uint64_t change = 0;
  /// The dataflow begins with the content of its inputs and is not waited for until it is joined.
  /// What it reads has been joined, or is attached by the same change before it. Absent: it begins
  /// with the next epoch.
  std::optional<Hydration> hydration = {};
};
/// A dataflow that reads the rows of its sources itself gets them from their feeds from the next
/// epoch on. Between epochs.
struct GoLiveCommand {
  ObjectId dataflow;
};
/// From the next epoch on a hydrated dataflow is one that all wait for. Between epochs.
struct JoinCommand {
  ObjectId dataflow;
};
/// Stops a dataflow, hydrated or not. Between epochs; nothing may read what it feeds.
struct DetachCommand {
  ObjectId dataflow;
};
using WorkerCommand =
    std::variant<std::monostate, OpenCommand, CutCommand, AddSourceCommand, ReplaceReaderCommand,
                 RemoveSourceCommand, AttachCommand, GoLiveCommand, JoinCommand, DetachCommand,
                 RaiseCommand, IdleCommand, WakeCommand>;

// What a worker tells the coordinator.

/// What the sources of a worker are doing.
enum class Activity : uint8_t {
  kIdle,     // no rows in the open epoch, none waiting
  kWaiting,  // rows wait and no epoch is open
  kBusy,     // rows in the open epoch, and more to read
  kDry,      // rows in the open epoch, and no more to read
};
struct ActivityReport {
  Activity activity;
};
/// All sources have ended the epoch here.
struct CutReport {
  Epoch epoch;
  std::vector<Position> positions;  // of the partitions that this worker owns
  std::vector<SourceReport> sources = {};  // of those not fed by the journal
  std::vector<std::pair<ObjectId, WatermarkRaise>> raises = {};
  /// The journal could not be read: the epoch lacks commits, and must not be published.
  std::optional<Error> journal_failure = {};
};
/// All parts have completed the epoch.
struct CompletedReport {
  Epoch epoch;
  /// The rows that each dataflow has found late so far; those without any are left out.
  std::vector<std::pair<ObjectId, uint64_t>> late = {};
};
/// A command other than OpenCommand and CutCommand has been obeyed.
struct ObeyedReport {};
/// A dataflow that reads the rows of its sources itself stands here where they ended an epoch.
struct ContentReadReport {
  ObjectId dataflow;
  uint64_t change = 0;
};
/// A dataflow that is being hydrated is less than an epoch behind here.
struct CaughtUpReport {
  ObjectId dataflow;
  uint64_t change = 0;  // that attached it: there may have been another of the same name
};
/// A dataflow cannot be hydrated here. It stays as it is until it is detached.
struct HydrationFailedReport {
  ObjectId dataflow;
  uint64_t change = 0;
  Error error;
};
/// Rows of an idle partition have come and wait for WakeCommand.
struct WakingReport {
  ObjectId object;
  int32_t partition = 0;
};
using WorkerReport =
    std::variant<std::monostate, ActivityReport, CutReport, CompletedReport, ObeyedReport,
                 ContentReadReport, CaughtUpReport, HydrationFailedReport, WakingReport>;

/// The two channels between the coordinator and a worker. Bounded: at most 16 epochs, or the
/// commands of one change, are under way.
struct WorkerLink {
  Ring<WorkerCommand> commands{64};
  Ring<WorkerReport> reports{256};
};

struct WorkerOptions {
  int index = 0;
  Placement placement{1};
  uint32_t queue_capacity = 16;  // messages in feeds and queues inside the worker
  size_t behind_bytes_max = SIZE_MAX;  // of what waits in a feed for a dataflow that hydrates
};

/// Runs sources and dataflow parts. Threads (or the simulator) call Step in a loop; one at a time.
class Worker {
 public:
  Worker(const WorkerOptions& options, std::shared_ptr<WorkerLink> link);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Does one piece of work; false if there is none now. Downstream work goes first, so that what
  /// has been read is finished before more is read.
  bool Step();
  /// What it waits for outside of the process: descriptors that become readable when there is work,
  /// and the time at which there will be some.
  struct Waits {
    std::vector<int> fds;
    std::optional<Micros> until;
    /// Something came while they were collected: do not sleep, step.
    bool has_work = false;
  };
  Waits CollectWaits() const;
  /// What its sources and dataflows wait for; for logs and test failures. Between two steps.
  std::string Describe() const;
  /// Whom the steps since the last call may have made work for.
  Touched TakeTouched() { return std::exchange(touched_, {}); }

 private:
  struct Attached {
    ObjectId object;
    std::shared_ptr<const Settings> settings;
    std::shared_ptr<ErrorCollection> errors;
    std::unique_ptr<DataflowPart> part;
    Epoch attached_after;  // the last epoch that was cut before
    bool hydrating = false;
    bool caught_up = false;  // has been reported
    std::shared_ptr<const DataflowSpec> spec;
    uint64_t change = 0;
    std::vector<std::shared_ptr<HydratingState>> inputs;  // that hydrate
    bool reads_itself = false;  // some of them; false again when that has been reported
  };

  bool ObeyOne();
  void Obey(OpenCommand command);
  void Obey(CutCommand command);
  void Obey(AddSourceCommand command);
  void Obey(ReplaceReaderCommand command);
  void Obey(RemoveSourceCommand command);
  void Obey(AttachCommand command);
  void Obey(GoLiveCommand command);
  void Obey(JoinCommand command);
  void Obey(DetachCommand command);
  void Obey(RaiseCommand command);
  void Obey(IdleCommand command);
  void Obey(WakeCommand command);
  PartitionTimes* TimesOf(ObjectId object);
  std::unique_ptr<PipelineInput> Subscribe(const AttachCommand& command, const SourceSpec& source,
                                           std::vector<std::shared_ptr<HydratingState>>& inputs);
  Attached* Find(ObjectId dataflow);
  SharedSource* FindSource(ObjectId object);
  void NoteSubscribers(const DataflowSpec& spec);
  bool StepPart(bool hydrating);
  bool StepSource();
  bool Report();
  bool ReportCut();
  bool ReportCompleted();
  bool ReportActivity();
  bool ReportContentRead();
  bool ReportCaughtUp();
  bool ReportHydrationFailed();
  bool ReportWaking();
  Activity CurrentActivity() const;
  Epoch CompletedEpoch() const;
  Feed& FeedOf(ObjectId object);

  const WorkerOptions options_;
  const std::shared_ptr<WorkerLink> link_;
  Touched touched_;
  std::vector<std::unique_ptr<SharedSource>> sources_;
  Feed epochs_;  // no rows, only when epochs begin and end
  std::shared_ptr<HydrationWaits> hydration_waits_ = std::make_shared<HydrationWaits>();
  std::map<ObjectId, std::unique_ptr<Feed>> view_feeds_;  // before parts_: they subscribe to them
  std::vector<Attached> parts_;
  uint64_t steps_ = 0;
  size_t next_part_ = 0;
  int hydrating_ = 0;  // of parts_
  size_t next_source_ = 0;
  std::optional<Epoch> cut_due_;  // sources have been told, the report is to come
  Activity reported_activity_ = Activity::kIdle;
  Epoch last_cut_ = 0;
  Epoch reported_completed_ = 0;
  int obeyed_due_ = 0;
  std::map<ObjectId, int32_t> waking_;  // partitions of which has been reported that they wake
};

}  // namespace riverrun::executor
