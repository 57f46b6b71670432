#include "tests/slt/local_runtime.h"

#include <deque>
#include <numeric>

#include "executor/operators/materialize.h"
#include "planner/bind/settings_text.h"
#include "storage/commit/table_layout.h"

namespace riverrun::slt {
namespace {

using executor::AddSourceCommand;
using executor::AttachCommand;
using executor::SourceBatch;
using executor::SourceReader;
using executor::WorkerCommand;
using storage::CatalogObject;
using storage::ObjectKind;

constexpr Epoch kEpochBlock = 1 << 20;
constexpr uint32_t kRingCapacity = 4;

// Types of a relation's rows as its source delivers them.
storage::ViewLayout LayoutOfRows(const CatalogObject& object) {
  if (object.kind != ObjectKind::kStream) return storage::LayoutOf(object);
  storage::ViewLayout layout;
  for (const storage::CatalogColumn& column : object.columns) layout.types.push_back(column.type);
  return layout;
}

// The rows of a table or stream, kept as they are.
executor::DataflowSpec KeepRows(const CatalogObject& object, const storage::ViewLayout& layout) {
  std::vector<executor::OutputColumn> columns;
  for (size_t i = 0; i < layout.types.size(); ++i) {
    columns.push_back(
        {i < object.columns.size() ? object.columns[i].name : "hidden", layout.types[i]});
  }
  std::vector<int> all(columns.size());
  std::iota(all.begin(), all.end(), 0);
  executor::DataflowSpec spec;
  spec.nodes = {
      {.id = {1}, .spec = executor::SourceSpec{object.id, all}, .inputs = {}, .output = columns},
      {.id = {2},
       .spec = executor::MaterializeSpec{object.id, layout.key_columns},
       .inputs = {{OperatorId{1}, {}}},
       .output = columns}};
  return spec;
}

}  // namespace

// The journal as the coordinator sees it.
class LocalRuntime::Log : public executor::CutLog {
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
    return *durable >= lsn;
  }

 private:
  storage::LocalJournal& journal_;
};

// The source of a worker that owns no partition.
class LocalRuntime::NoRows : public SourceReader {
 public:
  Result<std::optional<SourceBatch>> Poll(uint32_t, uint32_t) override { return std::nullopt; }
  void StopBefore(std::span<const Position>) override {}
  Result<void> Seek(std::span<const Position>) override { return {}; }
  std::vector<Position> Positions() const override { return {}; }
  bool Exhausted() const override { return true; }
};

// The same rows in batches of one. Stands where its last row stood.
class LocalRuntime::OneRowAtATime : public SourceReader {
 public:
  explicit OneRowAtATime(std::unique_ptr<SourceReader> rows)
      : rows_(std::move(rows)), positions_(rows_->Positions()) {}

  Result<std::optional<SourceBatch>> Poll(uint32_t rows_max, uint32_t bytes_max) override {
    if (pending_.empty()) {
      Result<std::optional<SourceBatch>> next = rows_->Poll(rows_max, bytes_max);
      if (!next) return std::unexpected(next.error());
      if (*next) {
        SourceBatch& batch = **next;
        ForEachRow(batch.rows.rows, batch.rows.selection, [&](uint32_t row) {
          const uint16_t only[] = {static_cast<uint16_t>(row)};
          SourceBatch piece = batch;
          piece.rows = TakeRows(batch.rows, only);
          pending_.push_back(std::move(piece));
        });
      }
      positions_ = pending_.empty() ? rows_->Positions() : positions_;
    }
    if (pending_.empty()) return std::nullopt;
    SourceBatch piece = std::move(pending_.front());
    pending_.pop_front();
    if (pending_.empty()) positions_ = rows_->Positions();
    return piece;
  }
  void StopBefore(std::span<const Position> bounds) override { rows_->StopBefore(bounds); }
  Result<void> Seek(std::span<const Position> positions) override { return rows_->Seek(positions); }
  std::vector<Position> Positions() const override { return positions_; }
  bool Exhausted() const override { return pending_.empty() && rows_->Exhausted(); }
  bool FedByJournal() const override { return rows_->FedByJournal(); }

 private:
  const std::unique_ptr<SourceReader> rows_;
  std::deque<SourceBatch> pending_;
  std::vector<Position> positions_;
};

LocalRuntime::LocalRuntime(simulation::MemoryFileSystem& files, Clock& clock,
                           const RuntimeOptions& options)
    : options_(options), clock_(clock), random_(options.seed) {
  OpenJournal(files);
  log_ = std::make_unique<Log>(*journal_);
  committer_ = std::make_unique<storage::Committer>(
      journal_.get(), &clock_, storage::CatalogSnapshot::Initial(), storage::Committer::Options{});
  std::vector<storage::CutRecord> cuts = Replay();
  const auto block = committer_->ReserveEpochBlock(kEpochBlock);
  CHECK(block.has_value(), "epochs cannot be reserved");
  CHECK(journal_->WaitDurable(block->lsn).has_value(), "the journal cannot be synced");
  MakeWorkers();
  coordinator_ = std::make_unique<executor::Coordinator>(
      links_, clock_, *log_, executor::CoordinatorOptions{}, block->first);
  coordinator_->OnPublished([this](const storage::CutRecord& cut) { OnPublished(cut); });
  AddSources();
  for (const auto& [id, object] : committer_->catalog()->objects()) Attach(*object);
  coordinator_->Replay(std::move(cuts));
  coordinator_->RequestCut(journal_->End());
  Settle();
}

// Workers hold sources that hold readers of the hubs.
LocalRuntime::~LocalRuntime() { workers_.clear(); }

void LocalRuntime::OpenJournal(simulation::MemoryFileSystem& files) {
  storage::JournalOptions options;
  options.directory = "data/journal";
  auto opened = storage::OpenLocalJournal(files, std::move(options));
  CHECK(opened.has_value(), opened ? "" : opened.error().text);
  journal_ = std::move(*opened);
}

std::vector<storage::CutRecord> LocalRuntime::Replay() {
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
    }
  }
}

void LocalRuntime::MakeWorkers() {
  for (int i = 0; i < options_.workers; ++i) {
    hubs_.push_back(std::make_unique<executor::JournalHub>(*journal_, journal_->Begin()));
    links_.push_back(std::make_shared<executor::WorkerLink>());
    workers_.push_back(std::make_unique<executor::Worker>(
        executor::WorkerOptions{.index = i,
                                .placement = executor::Placement(options_.workers),
                                .queue_capacity = kRingCapacity},
        links_.back()));
  }
}

void LocalRuntime::AddSources() {
  std::vector<std::pair<int, WorkerCommand>> commands;
  for (const auto& [id, object] : committer_->catalog()->objects()) {
    if (object->kind != ObjectKind::kTable && object->kind != ObjectKind::kStream) continue;
    for (int i = 0; i < options_.workers; ++i) {
      std::unique_ptr<SourceReader> reader = std::make_unique<NoRows>();
      if (static_cast<int>(id.value) % options_.workers == i) {
        reader = hubs_[static_cast<size_t>(i)]->Open(id, 0, storage::HasRowIds(*object));
        if (options_.one_row_batches) reader = std::make_unique<OneRowAtATime>(std::move(reader));
      }
      commands.emplace_back(i, AddSourceCommand{id, std::move(reader)});
    }
  }
  if (!commands.empty()) coordinator_->Change(std::move(commands));
}

void LocalRuntime::Attach(const CatalogObject& object) {
  switch (object.kind) {
    case ObjectKind::kTable:
      tables_.push_back(object.id);
      [[fallthrough]];
    case ObjectKind::kStream: {
      const storage::ViewLayout layout = LayoutOfRows(object);
      return Attach(object.id, KeepRows(object, layout), layout, std::make_shared<Settings>());
    }
    case ObjectKind::kMaterializedView: {
      const auto spec = executor::ParseDataflow(object.dataflow);
      CHECK(spec.has_value(), "a stored dataflow does not parse");
      const planner::BindContext context = planner::WithSettings({}, object.settings);
      return Attach(object.id, *spec, LayoutOfRows(object),
                    std::make_shared<const Settings>(context.settings));
    }
    default:
      return;
  }
}

void LocalRuntime::Attach(ObjectId id, executor::DataflowSpec dataflow, storage::ViewLayout layout,
                          std::shared_ptr<const Settings> settings) {
  const int workers = options_.workers;
  stores_[id] = std::make_unique<storage::ViewStore>(id, std::move(layout), workers, nullptr);
  errors_[id] = std::make_unique<storage::ViewStore>(id, executor::ErrorLayout(), workers, nullptr);
  const auto spec = std::make_shared<const executor::DataflowSpec>(std::move(dataflow));
  const auto ends = std::make_shared<executor::ExchangeEnds>(executor::MakeExchanges(
      *spec, workers, kRingCapacity,
      options_.serialised ? executor::Carriage::kSerialised : executor::Carriage::kShared));
  std::vector<std::pair<int, WorkerCommand>> commands;
  for (int i = 0; i < workers; ++i) {
    storage::ViewStore& store = *stores_.at(id);
    commands.emplace_back(
        i, AttachCommand{.dataflow = id,
                         .spec = spec,
                         .ends = ends,
                         .settings = settings,
                         .budget = nullptr,
                         .errors = std::make_shared<executor::ErrorCollection>(
                             *spec, *settings, errors_.at(id)->writer(i)),
                         .materialize =
                             [&store, i](const executor::OperatorNode&,
                                         const executor::OperatorContext& context) {
                               return MakeMaterialize(store.writer(i), store.layout(), context);
                             },
                         .mode = executor::StartMode::kFresh});
  }
  coordinator_->Change(std::move(commands));
}

// Steps one part after the other, in random order, until none has anything to do.
void LocalRuntime::Settle() {
  const auto parts = static_cast<uint64_t>(options_.workers) + 2;
  while (true) {
    for (int i = 0; i < 8; ++i) {
      const uint64_t chosen = random_() % parts;
      if (chosen == 0) {
        coordinator_->Step();
      } else if (chosen == 1) {
        static_cast<void>(journal_->Step());
      } else {
        workers_[chosen - 2]->Step();
      }
    }
    bool worked = coordinator_->Step() || journal_->Step();
    for (const auto& worker : workers_) worked = worker->Step() || worked;
    if (!worked && coordinator_->Quiet()) return;
  }
}

void LocalRuntime::OnPublished(const storage::CutRecord& cut) {
  epoch_ = cut.info;
  std::vector<storage::VersionRef> tables;
  for (const ObjectId table : tables_) tables.push_back(stores_.at(table)->At(cut.info.epoch));
  committer_->Published(cut.commits_before, tables);
  for (const auto& [id, store] : stores_) store->ForgetBefore(cut.info.epoch);
  for (const auto& [id, store] : errors_) store->ForgetBefore(cut.info.epoch);
}

Result<void> LocalRuntime::Commit(storage::WriteSet& writes) {
  const Cancel cancel;
  const Result<storage::CommitResult> committed = committer_->Commit(writes, cancel);
  if (!committed) return std::unexpected(committed.error());
  CHECK(committed->status != storage::CommitResult::kWait, "a script wrote too much at once");
  if (committed->status == storage::CommitResult::kNothing) return {};
  if (Result<void> durable = journal_->WaitDurable(committed->lsn); !durable) return durable;
  coordinator_->RequestCut(journal_->End());
  Settle();
  return {};
}

storage::VersionRef LocalRuntime::Content(ObjectId object) const {
  const storage::VersionRef version = stores_.at(object)->At(epoch_.epoch);
  CHECK(version != nullptr, "a relation has no content at the published epoch");
  return version;
}

}  // namespace riverrun::slt
