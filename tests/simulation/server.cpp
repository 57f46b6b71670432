#include "tests/simulation/server.h"

#include "executor/operators/materialize.h"

namespace riverrun::simulation {
namespace {

using executor::AddSourceCommand;
using executor::AttachCommand;
using executor::WorkerCommand;

constexpr Epoch kEpochBlock = 1 << 20;

storage::CatalogObject TableObject(const Relation& table) {
  storage::CatalogObject object;
  object.id = table.id;
  object.kind = storage::ObjectKind::kTable;
  object.schema = "public";
  object.name = "t" + std::to_string(table.id.value);
  object.owner = storage::CatalogSnapshot::kFirstRole;
  for (const executor::OutputColumn& column : table.columns) {
    storage::CatalogColumn& added = object.columns.emplace_back();
    added.name = column.name;
    added.type = column.type;
  }
  object.columns[0].not_null = true;
  object.primary_key = {0};
  object.primary_key_name = object.name + "_pkey";
  return object;
}

}  // namespace

// The journal as the coordinator sees it.
class SimulatedServer::Log : public executor::CutLog {
 public:
  explicit Log(storage::LocalJournal& journal) : journal_(journal) {}
  Result<void> Append(const storage::CutRecord& cut) override {
    const Result<Lsn> lsn = journal_.Append(cut);
    if (!lsn) return std::unexpected(lsn.error());
    return {};
  }
  bool Durable(Lsn lsn) override {
    const Result<Lsn> durable = journal_.Durable();
    CHECK(durable.has_value(), "the journal failed");
    if (*durable >= lsn) return true;
    journal_.RequestDurable(lsn - 1);
    return false;
  }

 private:
  storage::LocalJournal& journal_;
};

SimulatedServer::SimulatedServer(const CaseInput& input, MemoryFileSystem& files,
                                 SimulatedClock& clock, const CaseOptions& options, int workers,
                                 testing::RandomData& random, Published on_published)
    : options_(options),
      worker_count_(workers),
      random_(random),
      clock_(clock),
      on_published_(std::move(on_published)) {
  OpenJournal(files);
  log_ = std::make_unique<Log>(*journal_);
  committer_ = std::make_unique<storage::Committer>(
      journal_.get(), &clock, storage::CatalogSnapshot::Initial(), storage::Committer::Options{});
  std::vector<storage::CutRecord> cuts = Recover();
  CreateTables(input);
  const auto block = committer_->ReserveEpochBlock(kEpochBlock);
  CHECK(block.has_value(), "epochs cannot be reserved");
  const Result<void> durable = journal_->WaitDurable(block->lsn);
  CHECK(durable.has_value(), "the first record cannot be synced");
  MakeWorkers(input, random);
  coordinator_ = std::make_unique<executor::Coordinator>(
      links_, clock_, *log_, executor::CoordinatorOptions{}, block->first);
  coordinator_->OnPublished([this](const storage::CutRecord& cut) { OnPublished(cut); });
  AttachAll(input, random);
  coordinator_->Replay(std::move(cuts));
  coordinator_->RequestCut(journal_->End());
}

// Workers hold sources that hold hubs' readers.
SimulatedServer::~SimulatedServer() { workers_.clear(); }

void SimulatedServer::OpenJournal(MemoryFileSystem& files) {
  storage::JournalOptions options;
  options.directory = "data/journal";
  options.segment_bytes = 4096;  // so that a case has several
  options.chunk_bytes = 1024;
  options.tail_bytes = 2048;
  auto opened = storage::OpenLocalJournal(files, std::move(options));
  CHECK(opened.has_value(), opened ? "" : opened.error().text);
  journal_ = std::move(*opened);
}

// All of the journal: its commits make the tables again, its cuts the epochs.
std::vector<storage::CutRecord> SimulatedServer::Recover() {
  std::vector<storage::CutRecord> cuts;
  auto reader = journal_->NewReader(journal_->Begin());
  CHECK(reader.has_value(), "the journal cannot be read");
  while (true) {
    auto next = (*reader)->Next();
    CHECK(next.has_value(), "a record cannot be read");
    if (!*next) return cuts;
    auto& [lsn, record] = **next;
    if (auto* cut = std::get_if<storage::CutRecord>(&record)) cuts.push_back(std::move(*cut));
    if (auto* commit = std::get_if<storage::CommitRecord>(&record)) {
      const Result<void> replayed = committer_->Replay(lsn, *commit);
      CHECK(replayed.has_value(), replayed ? "" : replayed.error().text);
      recovered_.emplace_back(lsn, std::move(*commit));
    }
  }
}

void SimulatedServer::CreateTables(const CaseInput& input) {
  storage::WriteSet writes;
  for (const Relation& table : input.tables) {
    tables_.push_back(table.id);
    if (committer_->catalog()->Find(table.id) != nullptr) continue;
    writes.Add(
        storage::CreateObject{std::make_shared<const storage::CatalogObject>(TableObject(table))});
  }
  const Cancel cancel;
  const auto committed = committer_->Commit(writes, cancel);
  CHECK(committed.has_value(), committed ? "" : committed.error().text);
}

void SimulatedServer::MakeWorkers(const CaseInput& input, testing::RandomData&) {
  for (int i = 0; i < worker_count_; ++i) {
    hubs_.push_back(std::make_unique<executor::JournalHub>(*journal_, journal_->Begin()));
    links_.push_back(std::make_shared<executor::WorkerLink>());
    workers_.push_back(std::make_unique<executor::Worker>(
        executor::WorkerOptions{.index = i,
                                .placement = executor::Placement(worker_count_),
                                .queue_capacity = options_.ring_capacity},
        links_.back()));
  }
  for (const RandomView& view : input.views) {
    const ObjectId id = view.relation.id;
    stores_[id] = std::make_unique<storage::ViewStore>(id, view.layout, worker_count_, nullptr);
    errors_[id] =
        std::make_unique<storage::ViewStore>(id, executor::ErrorLayout(), worker_count_, nullptr);
  }
}

void SimulatedServer::AttachAll(const CaseInput& input, testing::RandomData& random) {
  std::vector<std::pair<int, WorkerCommand>> commands;
  for (const Relation& table : input.tables) {
    for (int i = 0; i < worker_count_; ++i) {
      const bool owner = static_cast<int>(table.id.value) % worker_count_ == i;
      static const StreamLog empty;
      commands.emplace_back(
          i, AddSourceCommand{table.id, owner ? hubs_[i]->Open(table.id, 0, false)
                                              : MakeStreamReader(empty, 0, 1, 1, random)});
    }
  }
  for (const StreamLog& stream : input.streams) {
    for (int i = 0; i < worker_count_; ++i) {
      commands.emplace_back(
          i, AddSourceCommand{
                 stream.id, MakeStreamReader(stream, i, worker_count_, options_.rows_max, random)});
    }
  }
  coordinator_->Change(std::move(commands));
  const auto settings = std::make_shared<const Settings>();
  for (const RandomView& view : input.views) {
    commands.clear();
    const auto spec = std::make_shared<const executor::DataflowSpec>(view.spec);
    const auto ends = std::make_shared<executor::ExchangeEnds>(executor::MakeExchanges(
        *spec, worker_count_, options_.ring_capacity,
        options_.serialised ? executor::Carriage::kSerialised : executor::Carriage::kShared));
    for (int i = 0; i < worker_count_; ++i) {
      storage::ViewStore& store = *stores_.at(view.relation.id);
      commands.emplace_back(
          i, AttachCommand{.dataflow = view.relation.id,
                           .spec = spec,
                           .ends = ends,
                           .settings = settings,
                           .budget = nullptr,
                           .errors = std::make_shared<executor::ErrorCollection>(
                               *spec, *settings, errors_.at(view.relation.id)->writer(i)),
                           .materialize =
                               [&store, i](const executor::OperatorNode&,
                                           const executor::OperatorContext& context) {
                                 return MakeMaterialize(store.writer(i), store.layout(), context);
                               },
                           .mode = executor::StartMode::kFresh});
    }
    coordinator_->Change(std::move(commands));
  }
}

void SimulatedServer::OnPublished(const storage::CutRecord& cut) {
  on_published_(cut);
  std::vector<storage::VersionRef> tables;
  for (const ObjectId table : tables_) {
    tables.push_back(stores_.at(table)->At(cut.info.epoch));
  }
  committer_->Published(cut.commits_before, tables);
  for (const auto& [id, store] : stores_) store->ForgetBefore(cut.info.epoch);
  for (const auto& [id, store] : errors_) store->ForgetBefore(cut.info.epoch);
}

bool SimulatedServer::StepOne() {
  const auto chosen = random_.Below(static_cast<uint32_t>(worker_count_) * 3 + 2);
  if (chosen == 0) return coordinator_->Step();
  if (chosen == 1) return journal_->Step();
  return workers_[chosen % static_cast<uint32_t>(worker_count_)]->Step();
}

std::string SimulatedServer::Describe() const {
  std::string text = coordinator_->Describe() + "\n";
  for (const auto& worker : workers_) text += worker->Describe();
  return text;
}

bool SimulatedServer::Quiet() {
  for (const auto& worker : workers_) {
    if (worker->Step()) return false;
  }
  if (coordinator_->Step() || journal_->Step()) return false;
  return coordinator_->Quiet();
}

}  // namespace riverrun::simulation
