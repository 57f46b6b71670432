#include "tests/slt/local_runtime.h"

#include <deque>
#include <numeric>

#include "planner/bind/settings_text.h"
#include "storage/commit/table_layout.h"

namespace riverrun::slt {
namespace {

using executor::SourceBatch;
using executor::SourceReader;
using storage::CatalogObject;
using storage::ObjectKind;

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

simulation::EngineOptions EngineOptionsOf(const RuntimeOptions& options) {
  simulation::EngineOptions engine;
  engine.workers = options.workers;
  engine.serialised = options.serialised;
  engine.journal.directory = "data/journal";
  return engine;
}

// The same rows in batches of one. Stands where its last row stood.
class OneRowAtATime : public SourceReader {
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

}  // namespace

LocalRuntime::LocalRuntime(simulation::MemoryFileSystem& files, Clock& clock,
                           const RuntimeOptions& options)
    : options_(options),
      random_(options.seed),
      engine_(files, clock, EngineOptionsOf(options),
              [this](const storage::CutRecord& cut) { epoch_ = cut.info; }) {
  engine_.Start();
  const storage::CatalogRef catalog = committer().catalog();
  for (const auto& [id, object] : catalog->objects()) AddSource(*object);
  for (const auto& [id, object] : catalog->objects()) Attach(*object);
  engine_.Replay();
  Settle();
}

void LocalRuntime::AddSource(const CatalogObject& object) {
  if (object.kind != ObjectKind::kTable && object.kind != ObjectKind::kStream) return;
  engine_.AddTable(object.id, storage::HasRowIds(object),
                   [this](std::unique_ptr<SourceReader> reader) -> std::unique_ptr<SourceReader> {
                     if (!options_.one_row_batches) return reader;
                     return std::make_unique<OneRowAtATime>(std::move(reader));
                   });
}

void LocalRuntime::Attach(const CatalogObject& object) {
  switch (object.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kStream: {
      const storage::ViewLayout layout = LayoutOfRows(object);
      return engine_.Attach(object.id, KeepRows(object, layout), layout,
                            std::make_shared<Settings>(), object.kind == ObjectKind::kTable);
    }
    case ObjectKind::kMaterializedView: {
      const auto spec = executor::ParseDataflow(object.dataflow);
      CHECK(spec.has_value(), "a stored dataflow does not parse");
      const planner::BindContext context = planner::WithSettings({}, object.settings);
      return engine_.Attach(object.id, *spec, LayoutOfRows(object),
                            std::make_shared<const Settings>(context.settings),
                            /*is_table=*/false);
    }
    default:
      return;
  }
}

// Steps one part after the other, in random order, until none has anything to do.
void LocalRuntime::Settle() {
  do {
    for (int i = 0; i < 8; ++i) {
      engine_.Step(static_cast<int>(random_() % static_cast<uint64_t>(engine_.parts())));
    }
  } while (!engine_.Quiet());
}

Result<void> LocalRuntime::Commit(storage::WriteSet& writes) {
  const Cancel cancel;
  const Result<storage::CommitResult> committed = committer().Commit(writes, cancel);
  if (!committed) return std::unexpected(committed.error());
  CHECK(committed->status != storage::CommitResult::kWait, "a script wrote too much at once");
  if (committed->status == storage::CommitResult::kNothing) return {};
  if (Result<void> durable = engine_.journal().WaitDurable(committed->lsn); !durable) {
    return durable;
  }
  engine_.coordinator().RequestCut(engine_.journal().End());
  Settle();
  return {};
}

storage::VersionRef LocalRuntime::Content(ObjectId object) const {
  const storage::VersionRef version = engine_.store(object).At(epoch_.epoch);
  CHECK(version != nullptr, "a relation has no content at the published epoch");
  return version;
}

}  // namespace riverrun::slt
