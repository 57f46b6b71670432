#include "executor/runtime/worker.h"

#include <algorithm>

namespace riverrun::executor {
namespace {

// One step in so many asks the sources first: a flood of commits, each with an epoch of its own,
// must not keep the streams from being read.
constexpr uint64_t kSourceTurn = 16;

// A view's delta on its way to the dataflows that read the view on this worker.
class FeedSink : public PipelineSink {
 public:
  explicit FeedSink(Feed& feed) : feed_(feed) {}
  void Put(Message message) override { feed_.Put(std::move(message)); }
  bool Flush() override { return feed_.Flush(); }
  bool HasReaders() const override { return feed_.HasReaders(); }

 private:
  Feed& feed_;
};

}  // namespace

Worker::Worker(const WorkerOptions& options, std::shared_ptr<WorkerLink> link)
    : options_(options),
      link_(std::move(link)),
      epochs_(options.queue_capacity, options.behind_bytes_max) {}

// Readers of a view were attached after it, so parts go in the opposite order.
Worker::~Worker() {
  while (!parts_.empty()) parts_.pop_back();
}

bool Worker::Step() {
  if (Report()) {
    touched_.coordinator = true;
    return true;
  }
  if (ObeyOne()) return true;
  ++steps_;
  // What is being hydrated gets half of the worker at most, and all that the others leave.
  if (hydrating_ > 0 && steps_ % 2 == 0 && StepPart(true)) return true;
  if (steps_ % kSourceTurn == 1 && StepSource()) return true;
  return StepPart(false) || StepSource() || (hydrating_ > 0 && StepPart(true));
}

std::string Worker::Describe() const {
  std::string text = "worker " + std::to_string(options_.index) + "\n";
  for (const auto& source : sources_) {
    text += " source " + std::to_string(source->object().value) +
            (source->open() ? ", epoch open" : ", no epoch") +
            (source->feed().HasRoom() ? "" : ", its feed is full") + "\n";
  }
  for (const auto& [view, feed] : view_feeds_) {
    text += " view " + std::to_string(view.value) +
            (feed->HasRoom() ? "" : ", its feed is full") + "\n";
  }
  for (const Attached& attached : parts_) {
    text += " dataflow " + std::to_string(attached.object.value) + "\n" +
            attached.part->Describe();
  }
  return text;
}

bool Worker::ObeyOne() {
  if (cut_due_) return false;  // the next epoch opens when the sources have ended this one
  std::optional<WorkerCommand> command = link_->commands.TryPop();
  if (!command) return false;
  struct Obeyer {
    Worker& worker;
    void operator()(std::monostate) {}
    void operator()(OpenCommand c) { worker.Obey(std::move(c)); }
    void operator()(CutCommand c) { worker.Obey(std::move(c)); }
    void operator()(AddSourceCommand c) { worker.Obey(std::move(c)); }
    void operator()(ReplaceReaderCommand c) { worker.Obey(std::move(c)); }
    void operator()(RemoveSourceCommand c) { worker.Obey(c); }
    void operator()(AttachCommand c) { worker.Obey(std::move(c)); }
    void operator()(GoLiveCommand c) { worker.Obey(c); }
    void operator()(JoinCommand c) { worker.Obey(c); }
    void operator()(DetachCommand c) { worker.Obey(c); }
    void operator()(RaiseCommand c) { worker.Obey(c); }
    void operator()(IdleCommand c) { worker.Obey(c); }
    void operator()(WakeCommand c) { worker.Obey(c); }
  };
  std::visit(Obeyer{*this}, std::move(*command));
  return true;
}

void Worker::Obey(OpenCommand command) {
  for (const auto& source : sources_) source->Open(command.info, command.replayed);
  epochs_.Put(EpochOpen{command.info});
}

void Worker::Obey(CutCommand command) {
  for (const auto& source : sources_) source->End(command.cut);
  epochs_.Put(Barrier{.info = command.cut.info});
  cut_due_ = command.cut.info.epoch;
}

void Worker::Obey(AddSourceCommand command) {
  sources_.push_back(std::make_unique<SharedSource>(
      std::move(command.source), options_.queue_capacity, options_.behind_bytes_max));
  sources_.back()->NoteSubscribers();
  ++obeyed_due_;
}

PartitionTimes* Worker::TimesOf(ObjectId object) {
  const auto found = std::ranges::find_if(
      sources_, [&](const auto& candidate) { return candidate->object() == object; });
  return found == sources_.end() ? nullptr : (*found)->times();
}

void Worker::Obey(RaiseCommand command) {
  if (PartitionTimes* times = TimesOf(command.object)) times->Raise(command.to);
  ++obeyed_due_;
}

void Worker::Obey(IdleCommand command) {
  if (PartitionTimes* times = TimesOf(command.object)) {
    times->MakeIdle(command.partition, command.offset);
  }
  ++obeyed_due_;
}

void Worker::Obey(ReplaceReaderCommand command) {
  SharedSource* source = FindSource(command.object);
  CHECK(source != nullptr, "the source is not read");
  source->Replace(command.make);
  ++obeyed_due_;
}

SharedSource* Worker::FindSource(ObjectId object) {
  const auto found = std::ranges::find_if(
      sources_, [&](const auto& candidate) { return candidate->object() == object; });
  return found == sources_.end() ? nullptr : found->get();
}

// What reads the sources of a dataflow has changed.
void Worker::NoteSubscribers(const DataflowSpec& spec) {
  for (const OperatorNode& node : spec.nodes) {
    const auto* read = std::get_if<SourceSpec>(&node.spec);
    SharedSource* source = read == nullptr ? nullptr : FindSource(read->object);
    if (source != nullptr) source->NoteSubscribers();
  }
}

void Worker::Obey(WakeCommand command) {
  if (PartitionTimes* times = TimesOf(command.object)) times->Wake(command.partition, command.to);
  ++obeyed_due_;
}

// Once for each batch that waits: it waits until the partition is awake.
bool Worker::ReportWaking() {
  for (const auto& source : sources_) {
    const std::optional<int32_t> partition = source->Waking();
    if (!partition) {
      waking_.erase(source->object());
      continue;
    }
    if (waking_.contains(source->object())) continue;
    if (!link_->reports.TryPush(WakingReport{source->object(), *partition})) return false;
    waking_[source->object()] = *partition;
    return true;
  }
  return false;
}

void Worker::Obey(RemoveSourceCommand command) {
  const auto found = std::ranges::find_if(
      sources_, [&](const auto& source) { return source->object() == command.object; });
  CHECK(found != sources_.end(), "the source is not read");
  CHECK((*found)->feed().subscribers() == 0, "a source is removed that something reads");
  sources_.erase(found);
  next_source_ = 0;
  ++obeyed_due_;
}

void Worker::Obey(AttachCommand command) {
  std::vector<std::shared_ptr<HydratingState>> inputs;
  PartEnvironment environment{
      .worker = options_.index,
      .placement = options_.placement,
      .touched = &touched_,
      .queue_capacity = options_.queue_capacity,
      .settings = command.settings.get(),
      .has_clock = false,
      .budget = command.budget,
      .errors = [&] { return command.errors->NewSink(); },
      .subscribe = [&](const SourceSpec& s) { return Subscribe(command, s, inputs); },
      .epochs =
          [&] {
            if (!command.hydration) return epochs_.Subscribe({});
            const auto& state = inputs.emplace_back(std::make_shared<HydratingState>());
            return MakeHydratingInput(command.dataflow, command.hydration->at, nullptr, {},
                                      epochs_.Subscribe({}, state->behind), state,
                                      hydration_waits_);
          },
      .materialize = std::move(command.materialize),
      .publish = [this](const MaterializeSpec& s) -> std::unique_ptr<PipelineSink> {
        auto& feed = view_feeds_[s.view];
        feed = std::make_unique<Feed>(options_.queue_capacity, options_.behind_bytes_max);
        return std::make_unique<FeedSink>(*feed);
      },
      .output = [] { return nullptr; }};
  auto part =
      std::make_unique<DataflowPart>(*command.spec, *command.ends, std::move(environment));
  part->Start(command.mode);
  parts_.push_back({command.dataflow, command.settings, std::move(command.errors), std::move(part),
                    last_cut_, command.hydration.has_value(), /*caught_up=*/false, command.spec,
                    command.change, std::move(inputs)});
  Attached& attached = parts_.back();
  attached.reads_itself =
      std::ranges::any_of(attached.inputs, [](const auto& input) { return !input->behind->rows; });
  NoteSubscribers(*command.spec);
  if (attached.hydrating) ++hydrating_;
  ++obeyed_due_;
}

// The feed of what hydrates in the same change begins with the same epoch.
std::unique_ptr<PipelineInput> Worker::Subscribe(
    const AttachCommand& command, const SourceSpec& source,
    std::vector<std::shared_ptr<HydratingState>>& inputs) {
  Feed& feed = FeedOf(source.object);
  const auto from = command.reads_from.find(source.object);
  const uint32_t generation = from == command.reads_from.end() ? 0 : from->second;
  if (!command.hydration) return feed.Subscribe(source.columns, nullptr, generation);
  const Attached* read = Find(source.object);
  if (read != nullptr && read->hydrating) return feed.Subscribe(source.columns);
  const Hydration& hydration = *command.hydration;
  std::unique_ptr<BatchSource> content = hydration.content(source);
  const auto& state = inputs.emplace_back(std::make_shared<HydratingState>());
  state->behind->rows = content == nullptr || !content->Follows();
  return MakeHydratingInput(
      command.dataflow, hydration.at, std::move(content),
      hydration.watermarks ? hydration.watermarks(source) : std::vector<Watermark>{},
      feed.Subscribe(source.columns, state->behind), state, hydration_waits_);
}

void Worker::Obey(GoLiveCommand command) {
  const Attached* attached = Find(command.dataflow);
  CHECK(attached != nullptr && attached->hydrating, "the dataflow is not being hydrated");
  for (const auto& input : attached->inputs) input->behind->rows = true;
  ++obeyed_due_;
}

void Worker::Obey(JoinCommand command) {
  Attached* attached = Find(command.dataflow);
  CHECK(attached != nullptr && attached->hydrating, "the dataflow is not being hydrated");
  attached->hydrating = false;
  for (const auto& input : attached->inputs) input->behind->is_behind = false;
  --hydrating_;
  ++obeyed_due_;
}

Worker::Attached* Worker::Find(ObjectId dataflow) {
  const auto found = std::ranges::find_if(
      parts_, [&](const Attached& attached) { return attached.object == dataflow; });
  return found == parts_.end() ? nullptr : &*found;
}

void Worker::Obey(DetachCommand command) {
  const Attached* attached = Find(command.dataflow);
  CHECK(attached != nullptr, "the dataflow is not attached");
  if (attached->hydrating) --hydrating_;
  std::erase_if(hydration_waits_->failures,
                [&](const auto& failure) { return failure.first == command.dataflow; });
  const std::shared_ptr<const DataflowSpec> spec = attached->spec;
  parts_.erase(parts_.begin() + (attached - parts_.data()));
  NoteSubscribers(*spec);
  view_feeds_.erase(command.dataflow);
  next_part_ = 0;
  ++obeyed_due_;
}

Feed& Worker::FeedOf(ObjectId object) {
  const auto view = view_feeds_.find(object);
  if (view != view_feeds_.end()) return *view->second;
  SharedSource* source = FindSource(object);
  CHECK(source != nullptr, "nothing feeds this object");
  return source->feed();
}

bool Worker::StepPart(bool hydrating) {
  for (size_t tried = 0; tried < parts_.size(); ++tried) {
    Attached& attached = parts_[next_part_];
    next_part_ = (next_part_ + 1) % parts_.size();
    if (attached.hydrating == hydrating && attached.part->Step()) return true;
  }
  return false;
}

bool Worker::StepSource() {
  for (size_t tried = 0; tried < sources_.size(); ++tried) {
    SharedSource& source = *sources_[next_source_];
    next_source_ = (next_source_ + 1) % sources_.size();
    if (source.Step()) return true;
  }
  return false;
}

// Reports are states, not events: one that finds no room is simply due again at the next step.
bool Worker::Report() {
  if (obeyed_due_ > 0) {
    if (!link_->reports.TryPush(ObeyedReport{})) return false;
    --obeyed_due_;
    return true;
  }
  return ReportCut() || ReportCompleted() || ReportActivity() || ReportContentRead() ||
         ReportHydrationFailed() || ReportCaughtUp() || ReportWaking();
}

bool Worker::ReportCut() {
  if (!cut_due_) return false;
  const bool all_cut = std::ranges::none_of(sources_, [](const auto& s) { return s->open(); });
  if (!all_cut) return false;
  CutReport report{.epoch = *cut_due_, .positions = {}};
  for (const auto& source : sources_) {
    const std::vector<Position>& positions = source->cut_positions();
    report.positions.insert(report.positions.end(), positions.begin(), positions.end());
    if (!source->FedByJournal() || source->times() != nullptr) {
      report.sources.push_back(source->Report());
    }
    if (source->FedByJournal() && source->failure()) {
      report.journal_failure = source->failure();
    }
    for (const WatermarkRaise& raise : source->cut_raises()) {
      report.raises.emplace_back(source->object(), raise);
    }
  }
  if (!link_->reports.TryPush(std::move(report))) return false;
  last_cut_ = *cut_due_;
  cut_due_.reset();
  reported_activity_ = Activity::kIdle;
  return true;
}

bool Worker::ReportCompleted() {
  const Epoch completed = CompletedEpoch();
  if (completed <= reported_completed_) return false;
  CompletedReport report{completed};
  for (const Attached& attached : parts_) {
    if (attached.part->late() > 0) report.late.emplace_back(attached.object, attached.part->late());
  }
  if (!link_->reports.TryPush(std::move(report))) return false;
  reported_completed_ = completed;
  return true;
}

bool Worker::ReportActivity() {
  const Activity activity = CurrentActivity();
  if (activity == reported_activity_) return false;
  if (!link_->reports.TryPush(ActivityReport{activity})) return false;
  reported_activity_ = activity;
  return true;
}

bool Worker::ReportContentRead() {
  if (hydrating_ == 0) return false;
  for (Attached& attached : parts_) {
    if (!attached.hydrating || !attached.reads_itself) continue;
    const bool read =
        std::ranges::all_of(attached.inputs, [](const auto& input) { return input->content_read; });
    if (!read) continue;
    if (!link_->reports.TryPush(ContentReadReport{attached.object, attached.change})) return false;
    attached.reads_itself = false;
    return true;
  }
  return false;
}

bool Worker::ReportCaughtUp() {
  if (hydrating_ == 0) return false;
  for (Attached& attached : parts_) {
    if (!attached.hydrating || attached.caught_up) continue;
    const std::optional<Epoch> completed = attached.part->completed();
    if (!completed || *completed + 1 < last_cut_) continue;
    // One that lacks what it could not hold never catches up, however far its last epochs came.
    const bool lacks_rows = std::ranges::any_of(
        attached.inputs, [](const auto& input) { return input->behind->overflown; });
    if (lacks_rows) continue;
    if (!link_->reports.TryPush(CaughtUpReport{attached.object, attached.change})) return false;
    attached.caught_up = true;
    for (const auto& input : attached.inputs) input->behind->bounded = false;
    return true;
  }
  return false;
}

bool Worker::ReportHydrationFailed() {
  if (hydration_waits_->failures.empty()) return false;
  const auto& [dataflow, error] = hydration_waits_->failures.back();
  const Attached* attached = Find(dataflow);
  CHECK(attached != nullptr, "a dataflow that is not attached fails");
  if (!link_->reports.TryPush(HydrationFailedReport{dataflow, attached->change, error})) {
    return false;
  }
  hydration_waits_->failures.pop_back();
  return true;
}

Worker::Waits Worker::CollectWaits() const {
  Waits waits{hydration_waits_->ready_fds, std::nullopt};
  for (const auto& source : sources_) {
    if (const int fd = source->ReadyFd(); fd >= 0) waits.fds.push_back(fd);
    const std::optional<Micros> at = source->ReadyAt();
    if (at && (!waits.until || *at < *waits.until)) waits.until = at;
  }
  // Whoever asks a reader takes the signal of what has come since the last step: no descriptor will
  // tell of it any more.
  waits.has_work = CurrentActivity() != reported_activity_;
  return waits;
}

Activity Worker::CurrentActivity() const {
  Activity activity = Activity::kIdle;
  for (const auto& source : sources_) {
    if (source->WantsEpoch()) return Activity::kWaiting;
    if (source->in_epoch() == 0 || !source->open()) continue;
    if (!source->RanDry()) return Activity::kBusy;
    activity = Activity::kDry;
  }
  return activity;
}

// The epoch that the slowest part has completed; with none, the last one cut. What is still being
// hydrated is not waited for.
Epoch Worker::CompletedEpoch() const {
  Epoch oldest = last_cut_;
  for (const Attached& attached : parts_) {
    if (attached.hydrating) continue;
    // A part that has seen no barrier yet has nothing to complete before its first epoch.
    oldest = std::min(oldest, attached.part->completed().value_or(attached.attached_after));
  }
  return oldest;
}

}  // namespace riverrun::executor
