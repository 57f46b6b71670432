#include "tests/simulation/stepped_engine.h"

#include "executor/operators/materialize.h"
#include "storage/commit/replay.h"

namespace riverrun::simulation {
namespace {

using executor::AddSourceCommand;
using executor::AttachCommand;
using executor::WorkerCommand;

constexpr Epoch kEpochBlock = 1 << 20;

// The source of a worker that owns no partition.
class NoRows : public executor::SourceReader {
 public:
  Result<std::optional<executor::SourceBatch>> Poll(uint32_t, uint32_t) override {
    return std::nullopt;
  }
  void StopBefore(std::span<const Position>) override {}
  Result<void> Seek(std::span<const Position>) override { return {}; }
  std::vector<Position> Positions() const override { return {}; }
  bool Exhausted() const override { return true; }
};

}  // namespace

SteppedEngine::SteppedEngine(FileSystem& files, Clock& clock, EngineOptions options,
                             Published on_published)
    : options_(std::move(options)), clock_(clock), on_published_(std::move(on_published)) {
  auto opened = storage::OpenLocalJournal(files, options_.journal);
  CHECK(opened.has_value(), opened ? "" : opened.error().text);
  journal_ = std::move(*opened);
  log_ = std::make_unique<executor::JournalCutLog>(*journal_);
  committer_ = std::make_unique<storage::Committer>(
      journal_.get(), &clock_, storage::CatalogSnapshot::Initial(), storage::Committer::Options{});
  auto cuts = storage::ReplayJournal(*journal_, *committer_);
  CHECK(cuts.has_value(), cuts ? "" : cuts.error().text);
  recovered_cuts_ = std::move(*cuts);
}

// Workers hold sources that hold readers of the hubs.
SteppedEngine::~SteppedEngine() { workers_.clear(); }

void SteppedEngine::Start() {
  const auto block = committer_->ReserveEpochBlock(kEpochBlock);
  CHECK(block.has_value(), "epochs cannot be reserved");
  CHECK(journal_->WaitDurable(block->lsn).has_value(), "the journal cannot be synced");
  for (int i = 0; i < options_.workers; ++i) {
    hubs_.push_back(std::make_unique<executor::JournalHub>(*journal_, journal_->Begin()));
    links_.push_back(std::make_shared<executor::WorkerLink>());
    workers_.push_back(std::make_unique<executor::Worker>(
        executor::WorkerOptions{.index = i,
                                .placement = executor::Placement(options_.workers),
                                .queue_capacity = options_.ring_capacity},
        links_.back()));
  }
  coordinator_ = std::make_unique<executor::Coordinator>(
      links_, clock_, *log_, executor::CoordinatorOptions{}, block->first);
  coordinator_->OnPublished([this](const storage::CutRecord& cut) { OnPublished(cut); });
}

void SteppedEngine::AddTable(ObjectId table, bool row_ids,
                             const std::function<Reader(Reader)>& wrap) {
  AddSource(table, [&](int worker) -> Reader {
    if (static_cast<int>(table.value) % options_.workers != worker) {
      return std::make_unique<NoRows>();
    }
    Reader reader = hubs_[worker]->Open(table, 0, row_ids);
    return wrap ? wrap(std::move(reader)) : std::move(reader);
  });
}

void SteppedEngine::AddSource(ObjectId source, const std::function<Reader(int)>& reader_of) {
  std::vector<std::pair<int, WorkerCommand>> commands;
  for (int i = 0; i < options_.workers; ++i) {
    commands.emplace_back(i, AddSourceCommand{source, reader_of(i)});
  }
  coordinator_->Change(std::move(commands));
}

void SteppedEngine::Attach(ObjectId view, executor::DataflowSpec dataflow,
                           storage::ViewLayout layout, std::shared_ptr<const Settings> settings,
                           bool is_table) {
  if (is_table) tables_.push_back(view);
  const int workers = options_.workers;
  auto& store = stores_[view];
  store = std::make_unique<storage::ViewStore>(view, std::move(layout), workers, nullptr);
  auto& errors = errors_[view];
  errors = std::make_unique<storage::ViewStore>(view, executor::ErrorLayout(), workers, nullptr);
  const auto spec = std::make_shared<const executor::DataflowSpec>(std::move(dataflow));
  const auto ends = std::make_shared<executor::ExchangeEnds>(executor::MakeExchanges(
      *spec, workers, options_.ring_capacity,
      options_.serialised ? executor::Carriage::kSerialised : executor::Carriage::kShared));
  std::vector<std::pair<int, WorkerCommand>> commands;
  for (int i = 0; i < workers; ++i) {
    commands.emplace_back(
        i, AttachCommand{.dataflow = view,
                         .spec = spec,
                         .ends = ends,
                         .settings = settings,
                         .budget = nullptr,
                         .errors = std::make_shared<executor::ErrorCollection>(*spec, *settings,
                                                                               errors->writer(i)),
                         .materialize =
                             [&content = *store, i](const executor::OperatorNode&,
                                                    const executor::OperatorContext& context) {
                               return MakeMaterialize(content.writer(i), content.layout(), context);
                             },
                         .mode = executor::StartMode::kFresh});
  }
  coordinator_->Change(std::move(commands));
}

void SteppedEngine::Replay() {
  coordinator_->Replay(std::move(recovered_cuts_));
  coordinator_->RequestCut(journal_->End());
}

void SteppedEngine::OnPublished(const storage::CutRecord& cut) {
  on_published_(cut);
  std::vector<storage::VersionRef> tables;
  for (const ObjectId table : tables_) tables.push_back(stores_.at(table)->At(cut.info.epoch));
  committer_->Published(cut.commits_before, tables);
  for (const auto& [id, store] : stores_) store->ForgetBefore(cut.info.epoch);
  for (const auto& [id, store] : errors_) store->ForgetBefore(cut.info.epoch);
}

bool SteppedEngine::Step(int part) {
  if (part == 0) return coordinator_->Step();
  if (part == 1) return journal_->Step();
  return workers_[part - 2]->Step();
}

bool SteppedEngine::Quiet() {
  bool worked = false;
  for (int part = 0; part < parts(); ++part) worked |= Step(part);
  return !worked && coordinator_->Quiet();
}

std::string SteppedEngine::Describe() const {
  std::string text = coordinator_->Describe() + "\n";
  for (const auto& worker : workers_) text += worker->Describe();
  return text;
}

}  // namespace riverrun::simulation
