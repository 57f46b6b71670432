#include "executor/runtime/coordinator.h"

#include <algorithm>

namespace riverrun::executor {

Coordinator::Coordinator(std::vector<std::shared_ptr<WorkerLink>> links, Clock& clock,
                         CutLog& log, CoordinatorOptions options, Epoch first)
    : links_(std::move(links)),
      clock_(clock),
      log_(log),
      options_(options),
      workers_(links_.size()),
      next_(first) {}

void Coordinator::RequestCut(Lsn lsn) {
  requested_ = std::max(requested_, lsn);
  cut_requested_ = true;
}

void Coordinator::Replay(std::vector<storage::CutRecord> cuts) {
  replay_.insert(replay_.end(), std::make_move_iterator(cuts.begin()),
                 std::make_move_iterator(cuts.end()));
}

void Coordinator::Change(std::function<Commands()> make) { changes_.push_back(std::move(make)); }

void Coordinator::Change(Commands commands) {
  auto held = std::make_shared<Commands>(std::move(commands));
  Change([held] { return std::move(*held); });
}

bool Coordinator::Step() {
  if (failure_) return RefuseChanges();
  // The clock may have been set back; intervals begin anew then, and nothing waits for it.
  const Micros now = clock_.Now();
  last_cut_ = std::min(last_cut_, now);
  opened_at_ = std::min(opened_at_, now);
  const bool took = TakeReports();
  if (failure_) return true;
  return RecordOldest() || PublishOldest() || AskIdlePartitions(now) || SendChanges() ||
         OpenOrCut() || took;
}

bool Coordinator::TakeReports() {
  bool any = false;
  for (size_t worker = 0; worker < links_.size(); ++worker) {
    while (std::optional<WorkerReport> report = links_[worker]->reports.TryPop()) {
      Take(static_cast<int>(worker), std::move(*report));
      any = true;
    }
  }
  return any;
}

void Coordinator::Take(int worker, WorkerReport report) {
  WorkerState& state = workers_[worker];
  if (const auto* activity = std::get_if<ActivityReport>(&report)) {
    state.activity = activity->activity;
  } else if (const auto* completed = std::get_if<CompletedReport>(&report)) {
    state.completed = completed->epoch;
    for (const auto& [dataflow, rows] : completed->late) state.late[dataflow] = rows;
  } else if (auto* cut = std::get_if<CutReport>(&report)) {
    state.activity = Activity::kIdle;
    if (cut->journal_failure) GiveUp(*cut->journal_failure);
    const auto found = std::ranges::find_if(in_flight_, [&](const InFlight& epoch) {
      return epoch.record.info.epoch == cut->epoch;
    });
    CHECK(found != in_flight_.end(), "a worker ended an epoch that is not in flight");
    ++found->workers_cut;
    std::ranges::move(cut->sources, std::back_inserter(found->sources));
    for (const auto& [source, raise] : cut->raises) NoteRaise(source, raise);
    if (!found->replayed) {
      found->record.positions.insert(found->record.positions.end(), cut->positions.begin(),
                                     cut->positions.end());
    }
  } else if (std::holds_alternative<ObeyedReport>(report)) {
    --changes_unobeyed_;
  } else if (const auto* read = std::get_if<ContentReadReport>(&report)) {
    ContentRead(worker, *read);
  } else if (const auto* caught_up = std::get_if<CaughtUpReport>(&report)) {
    CaughtUp(worker, *caught_up);
  } else if (const auto* failed = std::get_if<HydrationFailedReport>(&report)) {
    HydrationFailed(*failed);
  } else if (const auto* waking = std::get_if<WakingReport>(&report)) {
    WakePartition(*waking);
  }
}

bool Coordinator::SendChanges() {
  if (SendCommands()) return true;
  if (changes_.empty() || !AtRest()) return false;
  const std::function<Commands()> make = std::move(changes_.front());
  changes_.pop_front();
  ++change_;
  for (auto& [worker, command] : make()) {
    Note(worker, command);
    sending_.emplace_back(worker, std::move(command));
  }
  SendCommands();
  return true;
}

void Coordinator::GiveUp(const Error& error) {
  if (failure_) return;
  failure_ = error;
  if (on_failure_) on_failure_(error);
}

// Whoever waits for a change hears from its maker; nothing comes of it.
bool Coordinator::RefuseChanges() {
  if (changes_.empty()) return false;
  const std::function<Commands()> make = std::move(changes_.front());
  changes_.pop_front();
  make();
  return true;
}

// As many as there is room for; the workers make more.
bool Coordinator::SendCommands() {
  bool sent = false;
  while (!sending_.empty()) {
    auto& [worker, command] = sending_.front();
    if (!links_[worker]->commands.TryPush(std::move(command))) break;
    sending_.pop_front();
    ++changes_unobeyed_;
    sent = true;
  }
  return sent;
}

void Coordinator::Note(int worker, WorkerCommand& command) {
  if (auto* attach = std::get_if<AttachCommand>(&command)) {
    attach->change = change_;
    if (attach->hydration) hydrating_[change_][attach->dataflow].behind.insert(worker);
  } else if (const auto* detach = std::get_if<DetachCommand>(&command)) {
    Forget(detach->dataflow);
  } else if (const auto* add = std::get_if<AddSourceCommand>(&command)) {
    if (add->source.completion == nullptr || !add->source.completion->watermarked) return;
    TimedSource& timed = timed_[add->source.object];
    timed.idle_timeout = add->source.completion->idle_timeout;
    timed.first_generation = add->source.first_generation;
  }
}

void Coordinator::Forget(ObjectId dataflow) {
  for (auto& [change, dataflows] : hydrating_) dataflows.erase(dataflow);
  std::erase_if(hydrating_, [](const auto& change) { return change.second.empty(); });
  std::erase(joined_, dataflow);
  for (WorkerState& worker : workers_) worker.late.erase(dataflow);
  JoinThoseCaughtUp();
}

bool Coordinator::Hydrates(ObjectId dataflow, uint64_t change) const {
  const auto found = hydrating_.find(change);
  return found != hydrating_.end() && found->second.contains(dataflow);
}

// At rest, so that what the workers read themselves ends at one epoch on all of them.
void Coordinator::ContentRead(int worker, const ContentReadReport& report) {
  if (!Hydrates(report.dataflow, report.change)) return;
  std::set<int>& read = hydrating_[report.change][report.dataflow].read;
  read.insert(worker);
  if (read.size() < links_.size()) return;
  Change([this, report] {
    Commands commands;
    if (!Hydrates(report.dataflow, report.change)) return commands;
    for (size_t i = 0; i < links_.size(); ++i) {
      commands.emplace_back(static_cast<int>(i), GoLiveCommand{report.dataflow});
    }
    return commands;
  });
}

// A report may be about one that has been replaced in the meantime.
void Coordinator::CaughtUp(int worker, const CaughtUpReport& report) {
  if (!Hydrates(report.dataflow, report.change)) return;
  hydrating_[report.change][report.dataflow].behind.erase(worker);
  JoinThoseCaughtUp();
}

// Several workers may say so.
void Coordinator::HydrationFailed(const HydrationFailedReport& report) {
  Change([this, report]() -> Commands {
    if (!Hydrates(report.dataflow, report.change) || !on_hydration_failed_) return {};
    return on_hydration_failed_(report.dataflow, report.error);
  });
}

// A change's dataflows are joined together, when the last one of them has caught up everywhere.
void Coordinator::JoinThoseCaughtUp() {
  for (const auto& [change, dataflows] : hydrating_) {
    const bool all = std::ranges::all_of(
        dataflows, [](const auto& dataflow) { return dataflow.second.behind.empty(); });
    if (all) Change([this, number = change] { return Join(number); });
  }
}

// Those that have been detached in the meantime are no longer among them.
Coordinator::Commands Coordinator::Join(uint64_t change) {
  Commands commands;
  const auto found = hydrating_.find(change);
  if (found == hydrating_.end()) return commands;  // joined already
  for (const auto& [dataflow, state] : found->second) {
    for (size_t worker = 0; worker < links_.size(); ++worker) {
      commands.emplace_back(static_cast<int>(worker), JoinCommand{dataflow});
    }
    joined_.push_back(dataflow);
  }
  hydrating_.erase(found);
  if (!commands.empty()) RequestCut(cut_at_);
  return commands;
}

bool Coordinator::OpenOrCut() {
  if (!sending_.empty() || changes_unobeyed_ > 0) return false;
  if (open_) {
    const Micros now = clock_.Now();
    if (!CutIsDue(now)) return false;
    EndEpoch(std::max(requested_, cut_at_), nullptr);
    last_cut_ = now;
    return true;
  }
  if (!changes_.empty() || in_flight_.size() >= options_.in_flight_max) return false;
  if (!replay_.empty()) {
    storage::CutRecord record = std::move(replay_.front());
    replay_.pop_front();
    Open(record.info, /*replayed=*/true);
    EndEpoch(record.commits_before,
             std::make_shared<const std::vector<Position>>(std::move(record.positions)));
    return true;
  }
  if (!OpenIsDue()) return false;
  last_now_ = std::max(last_now_, clock_.Now());
  Open({next_++, last_now_}, /*replayed=*/false);
  return true;
}

bool Coordinator::OpenIsDue() const {
  if (cut_requested_) return true;
  return AnyWorkerIs(Activity::kWaiting);
}

bool Coordinator::AnyWorkerIs(Activity activity) const {
  return std::ranges::any_of(
      workers_, [activity](const WorkerState& worker) { return worker.activity == activity; });
}

// An epoch without a row is never cut by the clock: while the workers are busy with older epochs
// it would only give them more to do, and the sources would never get their turn.
bool Coordinator::CutIsDue(Micros now) const {
  if (now - last_cut_ < options_.cut_min) return false;
  if (cut_requested_ || !changes_.empty()) return true;
  const bool more_to_read = AnyWorkerIs(Activity::kBusy) || AnyWorkerIs(Activity::kWaiting);
  const bool has_rows = AnyWorkerIs(Activity::kBusy) || AnyWorkerIs(Activity::kDry);
  if (!has_rows) return false;
  if (now - opened_at_ >= options_.epoch_max) return true;
  return !more_to_read && now - last_cut_ >= options_.epoch_min;
}

std::optional<Micros> Coordinator::NextDeadline() const {
  const std::optional<Micros> cut = NextCut();
  const std::optional<Micros> idle = MayAskIdle() ? NextIdle() : std::nullopt;
  if (!cut || !idle) return cut ? cut : idle;
  return std::min(*cut, *idle);
}

std::optional<Micros> Coordinator::NextCut() const {
  if (!open_) return std::nullopt;
  const Micros soonest = last_cut_ + options_.cut_min;
  if (cut_requested_ || !changes_.empty()) return soonest;
  const Micros latest = std::max(soonest, opened_at_ + options_.epoch_max);
  if (AnyWorkerIs(Activity::kBusy)) return latest;
  if (!AnyWorkerIs(Activity::kDry)) return std::nullopt;
  return std::min(latest, std::max(soonest, last_cut_ + options_.epoch_min));
}

void Coordinator::Open(const EpochInfo& info, bool replayed) {
  open_ = info;
  opened_at_ = clock_.Now();
  last_now_ = std::max(last_now_, info.now);
  next_ = std::max(next_, info.epoch + 1);
  // What a worker reported before it hears of this epoch says nothing about it.
  for (WorkerState& worker : workers_) worker.activity = Activity::kIdle;
  SendToAll([&]() -> WorkerCommand { return OpenCommand{info, replayed}; });
}

void Coordinator::EndEpoch(Lsn commits_before,
                           std::shared_ptr<const std::vector<Position>> replay) {
  rows_since_idle_ |= AnyWorkerIs(Activity::kBusy) || AnyWorkerIs(Activity::kDry);
  InFlight epoch;
  epoch.record.info = *open_;
  epoch.record.commits_before = commits_before;
  epoch.replayed = epoch.recorded = replay != nullptr;
  if (replay != nullptr) epoch.record.positions = *replay;
  in_flight_.push_back(std::move(epoch));
  cut_at_ = std::max(cut_at_, commits_before);
  if (requested_ <= cut_at_) cut_requested_ = false;
  SendToAll([&]() -> WorkerCommand { return CutCommand{{*open_, commits_before, replay}}; });
  open_.reset();
}

void Coordinator::SendToAll(const std::function<WorkerCommand()>& make) {
  for (const std::shared_ptr<WorkerLink>& link : links_) {
    const bool sent = link->commands.TryPush(make());
    CHECK(sent, "the command ring is sized for all that can be under way");
  }
}

// In order: the record of an epoch never stands before that of an older one.
bool Coordinator::RecordOldest() {
  const auto next =
      std::ranges::find_if(in_flight_, [](const InFlight& epoch) { return !epoch.recorded; });
  if (next == in_flight_.end() || next->workers_cut < links_.size()) return false;
  const Result<void> appended = log_.Append(next->record);
  if (!appended) {
    GiveUp(appended.error());
    return false;
  }
  next->recorded = true;
  return true;
}

bool Coordinator::PublishOldest() {
  if (in_flight_.empty()) return false;
  const InFlight& oldest = in_flight_.front();
  const Epoch epoch = oldest.record.info.epoch;
  if (!oldest.recorded || oldest.workers_cut < links_.size()) return false;
  const bool completed = std::ranges::all_of(
      workers_, [&](const WorkerState& worker) { return worker.completed >= epoch; });
  if (!completed || !log_.Durable(oldest.record.commits_before)) return false;
  published_ = epoch;
  if (on_sources_) on_sources_(oldest.sources);
  NotePositions(oldest.record.positions);
  if (!oldest.replayed) BeginPartitions(oldest.record.positions);
  if (on_published_) on_published_(oldest.record);
  in_flight_.pop_front();
  for (const ObjectId dataflow : std::exchange(joined_, {})) {
    if (on_joined_) on_joined_(dataflow);
  }
  return true;
}

std::string Coordinator::Describe() const {
  std::string text = "published " + std::to_string(published_);
  text += open_ ? ", open " + std::to_string(open_->epoch) : ", none open";
  if (cut_requested_) text += ", a cut is asked for";
  if (!replay_.empty()) text += ", " + std::to_string(replay_.size()) + " cuts to replay";
  if (!sending_.empty() || changes_unobeyed_ > 0) text += ", workers are changing";
  if (!hydrating_.empty()) text += ", " + std::to_string(hydrating_.size()) + " changes hydrate";
  if (!changes_.empty()) text += ", " + std::to_string(changes_.size()) + " changes wait";
  for (const InFlight& epoch : in_flight_) {
    text += "; epoch " + std::to_string(epoch.record.info.epoch) + " ended by " +
            std::to_string(epoch.workers_cut) + " workers" +
            (epoch.recorded ? ", recorded" : "");
  }
  for (size_t i = 0; i < workers_.size(); ++i) {
    text += "; worker " + std::to_string(i) + " completed " +
            std::to_string(workers_[i].completed) + ", activity " +
            std::to_string(static_cast<int>(workers_[i].activity));
  }
  return text;
}

Micros Coordinator::ReachedBy(ObjectId source) const {
  const auto found = timed_.find(source);
  return found == timed_.end() ? kNoWatermark : found->second.reached;
}

std::vector<WatermarkRaise> Coordinator::RaisesOf(ObjectId source) const {
  const auto found = timed_.find(source);
  return found == timed_.end() ? std::vector<WatermarkRaise>{} : found->second.raises;
}

// In a replay too: how far time has come follows from the cuts.
void Coordinator::NotePositions(const std::vector<Position>& positions) {
  if (timed_.empty()) return;
  const Micros now = clock_.Now();
  std::map<ObjectId, Micros> shares;
  for (const Position& position : positions) {
    const auto source = timed_.find(position.source);
    if (source == timed_.end()) continue;
    if (position.generation < source->second.first_generation) continue;
    TimedSource::Partition& partition = source->second.partitions[position.partition];
    // One that was asked and is not idle was not at its end: it is asked again after a while.
    const bool moved = partition.offset != position.offset;
    const bool woke = partition.idle && !position.idle;
    if (moved || woke || (partition.asked && !position.idle)) partition.since = now;
    partition.offset = position.offset;
    partition.idle = position.idle;
    partition.asked = false;
    partition.begun |= !position.idle;
    Micros& share = shares.try_emplace(position.source, kNothingHeldBack).first->second;
    if (!position.idle) share = std::min(share, position.watermark);
  }
  for (const auto& [object, share] : shares) {
    Micros& reached = timed_[object].reached;
    if (share != kNothingHeldBack) reached = std::max(reached, share);
  }
}

// A partition that is idle and has never been anything else was added while time went on. It counts
// from now on; its rows are not behind the stream's time.
void Coordinator::BeginPartitions(const std::vector<Position>& positions) {
  for (const Position& position : positions) {
    const auto source = timed_.find(position.source);
    if (!position.idle || source == timed_.end()) continue;
    if (std::exchange(source->second.partitions[position.partition].begun, true)) continue;
    WakePartition({position.source, position.partition});
  }
}

// Those of generations before are nobody's any more: what hydrates begins with the newest.
void Coordinator::NoteRaise(ObjectId source, const WatermarkRaise& raise) {
  const auto found = timed_.find(source);
  if (found == timed_.end()) return;
  std::vector<WatermarkRaise>& raises = found->second.raises;
  std::erase_if(raises, [&](const WatermarkRaise& old) {
    return old.partition == raise.partition && old.generation < raise.generation;
  });
  raises.push_back(raise);
}

std::optional<Micros> Coordinator::NextIdle() const {
  std::optional<Micros> next;
  for (const auto& [object, source] : timed_) {
    if (source.idle_timeout == 0) continue;
    for (const auto& [number, partition] : source.partitions) {
      if (partition.idle || partition.asked) continue;
      const Micros due = partition.since + source.idle_timeout;
      next = next ? std::min(*next, due) : due;
    }
  }
  return next;
}

bool Coordinator::AskIdlePartitions(Micros now) {
  if (!MayAskIdle()) return false;
  if (!replay_.empty()) return false;
  const std::optional<Micros> next = NextIdle();
  if (!next || now < *next) return false;
  Commands commands;
  for (auto& [object, source] : timed_) {
    if (source.idle_timeout == 0) continue;
    for (auto& [number, partition] : source.partitions) {
      const bool due = now >= partition.since + source.idle_timeout;
      if (!due || partition.idle || partition.asked) continue;
      partition.asked = true;
      for (size_t worker = 0; worker < links_.size(); ++worker) {
        commands.emplace_back(static_cast<int>(worker),
                              IdleCommand{object, number, partition.offset});
      }
    }
  }
  rows_since_idle_ = false;
  Change(std::move(commands));
  RequestCut(cut_at_);
  return true;
}

// The question takes an epoch that is cut at once. Rows that wait come in between two of them, or
// they would wait for ever.
bool Coordinator::MayAskIdle() const {
  return rows_since_idle_ || (AtRest() && !AnyWorkerIs(Activity::kWaiting));
}

// At rest, when how far time has come is that of the last cut.
void Coordinator::WakePartition(const WakingReport& report) {
  Change([this, report] {
    Commands commands;
    for (size_t worker = 0; worker < links_.size(); ++worker) {
      commands.emplace_back(static_cast<int>(worker),
                            WakeCommand{report.object, report.partition, ReachedBy(report.object)});
    }
    RequestCut(cut_at_);
    return commands;
  });
}

std::map<ObjectId, uint64_t> Coordinator::Late() const {
  std::map<ObjectId, uint64_t> late;
  for (const WorkerState& worker : workers_) {
    for (const auto& [dataflow, rows] : worker.late) late[dataflow] += rows;
  }
  return late;
}

bool Coordinator::Quiet() const {
  return AtRest() && replay_.empty() && changes_.empty() && hydrating_.empty() && !OpenIsDue();
}

}  // namespace riverrun::executor
