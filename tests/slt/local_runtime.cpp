#include "tests/slt/local_runtime.h"

#include <deque>

#include "server/engine/relation.h"
#include "storage/catalog/derived_object.h"
#include "storage/commit/table_layout.h"

namespace riverrun::slt {
namespace {

using executor::SourceBatch;
using executor::SourceReader;
using storage::CatalogObject;

server::PartsOptions PartsOf(const RuntimeOptions& options) {
  server::PartsOptions engine;
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
    : options_(options), random_(options.seed) {
  auto opened = server::EngineParts::Open(
      files, clock, PartsOf(options), [this](const storage::CutRecord& cut) { epoch_ = cut.info; });
  CHECK(opened.has_value(), opened ? "" : opened.error().text);
  engine_ = std::move(*opened);
  CHECK(engine_->Start().has_value(), "the engine does not start");
  engine_->coordinator().OnSources(
      [this](const std::vector<executor::SourceReport>& sources) { sources_ = sources; });
  for (const auto& [id, object] : committer().catalog()->objects()) Begin(*object);
  engine_->Replay();
  Settle();
}

void LocalRuntime::Begin(const CatalogObject& object) {
  executor::Coordinator& coordinator = engine_->coordinator();
  if (server::IsFedByJournal(object)) {
    coordinator.Change(engine_->AddTable(
        object.id, storage::HasRowIds(object),
        [this](std::unique_ptr<SourceReader> reader) -> std::unique_ptr<SourceReader> {
          if (!options_.one_row_batches) return reader;
          return std::make_unique<OneRowAtATime>(std::move(reader));
        },
        server::CompletionOf(object).value()));
  }
  auto relation = server::RelationOf(object);
  CHECK(relation.has_value(), relation ? "" : relation.error().text);
  if (!*relation) return;
  coordinator.Change(engine_->Attach(std::move(**relation), server::EngineParts::Begin::kReplay));
}

// Steps one part after the other, in random order, until none has anything to do.
void LocalRuntime::Settle() {
  do {
    for (int i = 0; i < 8; ++i) {
      engine_->Step(static_cast<int>(random_() % static_cast<uint64_t>(engine_->parts())));
    }
  } while (!engine_->Quiet());
}

Result<void> LocalRuntime::Commit(storage::WriteSet& writes) {
  const Cancel cancel;
  const Result<storage::CommitResult> committed = committer().Commit(writes, cancel);
  if (!committed) return std::unexpected(committed.error());
  CHECK(committed->status != storage::CommitResult::kWait, "a script wrote too much at once");
  if (committed->status == storage::CommitResult::kNothing) return {};
  if (Result<void> durable = engine_->journal().WaitDurable(committed->lsn); !durable) {
    return durable;
  }
  engine_->coordinator().RequestCut(engine_->journal().End());
  Settle();
  return {};
}

storage::ReadView LocalRuntime::Everything() const {
  storage::ReadView view;
  view.epoch = epoch_.epoch;
  view.catalog = engine_->committer().catalog();
  view.cut = std::make_shared<const storage::CutRecord>(engine_->published());
  const auto add = [&](ObjectId id, const std::shared_ptr<const storage::ViewStore>& store) {
    view.versions[id] = store->At(view.epoch);
    CHECK(view.versions[id] != nullptr, "a relation has no content at the published epoch");
  };
  for (const auto& [id, object] : view.catalog->objects()) {
    if (engine_->store(id) == nullptr) continue;
    add(id, engine_->store(id));
    const ObjectId errors = storage::ErrorsOf(id);
    if (server::KeepsErrors(*object)) {
      add(errors, engine_->errors(id));
    } else if (!storage::ErrorColumns(*object).empty()) {
      view.versions[errors] =
          server::EmptyContent(errors, server::ErrorLayoutOf(*object), view.epoch);
    }
  }
  return view;
}

void LocalRuntime::Advance(ObjectId stream, Micros to) {
  engine_->coordinator().Change(engine_->RaiseWatermark(stream, to));
  engine_->coordinator().RequestCut(engine_->journal().End());
  Settle();
  // A power loss must not take it.
  const Result<void> durable = engine_->journal().WaitDurable(engine_->journal().End() - 1);
  CHECK(durable.has_value(), durable ? "" : durable.error().text);
}

std::vector<Watermark> LocalRuntime::Watermarks(const executor::SourceSpec& source) const {
  const storage::ObjectRef object = engine_->committer().catalog()->Find(source.object);
  std::vector<Watermark> watermarks;
  if (object == nullptr || !object->watermark) return watermarks;
  for (const Position& position : engine_->published().positions) {
    if (position.source != source.object || position.watermark == kNoWatermark) continue;
    for (size_t i = 0; i < source.columns.size(); ++i) {
      if (source.columns[i] != object->watermark->column) continue;
      watermarks.push_back({static_cast<uint16_t>(i), position.watermark});
    }
  }
  return watermarks;
}

}  // namespace riverrun::slt
