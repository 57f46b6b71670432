#include "storage/commit/write_set.h"

#include <algorithm>

#include "storage/commit/table_layout.h"

namespace riverrun::storage {
namespace {

size_t BufferBytes(const BufferRef& buffer) { return buffer == nullptr ? 0 : buffer->size(); }

size_t BytesOf(const Column& column) {
  size_t bytes = sizeof(Column) + BufferBytes(column.values) + BufferBytes(column.nulls) +
                 BufferBytes(column.scales);
  for (const BufferRef& pin : column.pins) bytes += BufferBytes(pin);
  if (column.dictionary != nullptr) bytes += BytesOf(*column.dictionary);
  return bytes;
}

Error TooLarge(size_t bytes_max) {
  Error error{sqlstate::kConfigurationLimitExceeded,
              "transaction has more than " + std::to_string(bytes_max) +
                  " bytes of uncommitted changes"};
  error.hint = "Commit more often, or raise transaction_max_bytes.";
  return error;
}

}  // namespace

size_t BytesOf(const Batch& batch) {
  size_t bytes = sizeof(Batch) + BufferBytes(batch.selection) + BufferBytes(batch.weights);
  for (const Column& column : batch.columns) bytes += BytesOf(column);
  return bytes;
}

WriteSet::WriteSet(WriteSet&& other) noexcept
    : options_(other.options_),
      log_(std::move(other.log_)),
      bytes_(std::exchange(other.bytes_, 0)),
      overlays_(std::move(other.overlays_)),
      next_row_(std::move(other.next_row_)) {
  other.log_.clear();
}

WriteSet& WriteSet::operator=(WriteSet&& other) noexcept {
  if (this == &other) return *this;
  Release();
  options_ = other.options_;
  log_ = std::move(other.log_);
  other.log_.clear();
  bytes_ = std::exchange(other.bytes_, 0);
  overlays_ = std::move(other.overlays_);
  next_row_ = std::move(other.next_row_);
  return *this;
}

WriteSet::~WriteSet() { Release(); }

void WriteSet::Release() {
  if (options_.budget != nullptr) options_.budget->Release(bytes_);
  bytes_ = 0;
}

Result<void> WriteSet::AddRows(const CatalogObject& table, Rows rows) {
  rows.table = table.id;
  rows.version = table.version;
  rows.bytes = BytesOf(rows.batch);
  if (rows.bytes > options_.bytes_max - std::min(options_.bytes_max, bytes_)) {
    return std::unexpected(TooLarge(options_.bytes_max));
  }
  if (options_.budget != nullptr && !options_.budget->TryReserve(rows.bytes)) {
    return Fail(sqlstate::kOutOfMemory, "out of memory for the changes of a transaction");
  }
  bytes_ += rows.bytes;
  log_.emplace_back(std::move(rows));
  return {};
}

Result<void> WriteSet::Add(const CatalogObject& table, TableDelta delta) {
  CHECK(delta.table == table.id);
  const bool has_key = table.kind == ObjectKind::kTable;
  const Batch rows = delta.rows;
  Rows entry;
  entry.partition = delta.partition;
  entry.batch = std::move(delta.rows);
  if (auto added = AddRows(table, std::move(entry)); !added || !has_key) return added;
  auto overlay = overlays_.find(table.id);
  if (overlay == overlays_.end()) {
    auto layout = std::make_shared<const ViewLayout>(LayoutOf(table));
    overlay = overlays_.try_emplace(table.id, std::move(layout), options_.budget).first;
  }
  overlay->second.Add(rows);
  return {};
}

void WriteSet::Add(CatalogChange change) { log_.emplace_back(std::move(change)); }

void WriteSet::ReplaceCreated(const ObjectRef& object) {
  for (Entry& entry : log_) {
    auto* change = std::get_if<CatalogChange>(&entry);
    auto* create = change == nullptr ? nullptr : std::get_if<CreateObject>(change);
    if (create != nullptr && create->object->id == object->id) create->object = object;
  }
}

Result<void> WriteSet::Check(const CatalogObject& table, Batch rows) {
  Rows entry;
  entry.check = true;
  entry.batch = std::move(rows);
  return AddRows(table, std::move(entry));
}

void WriteSet::NumberRows(ObjectId table, Batch& rows) {
  int64_t& next = next_row_[table];
  AppendPendingRowIds(rows, next);
  next += rows.rows;
}

void WriteSet::RollbackTo(size_t savepoint) {
  CHECK(savepoint <= log_.size(), "rollback to a savepoint that is gone");
  std::map<ObjectId, size_t> gone;
  for (size_t i = savepoint; i < log_.size(); ++i) {
    const auto* rows = std::get_if<Rows>(&log_[i]);
    if (rows == nullptr) continue;
    if (options_.budget != nullptr) options_.budget->Release(rows->bytes);
    bytes_ -= rows->bytes;
    if (!rows->check) ++gone[rows->table];
  }
  log_.resize(savepoint);
  for (const auto& [table, deltas] : gone) {
    const auto overlay = overlays_.find(table);
    if (overlay == overlays_.end()) continue;
    const size_t left = overlay->second.size() - deltas;
    // A table that is made again in the transaction may have another layout.
    if (left == 0) {
      overlays_.erase(overlay);
    } else {
      overlay->second.TruncateTo(left);
    }
  }
}

std::vector<RunRef> WriteSet::Overlay(ObjectId table) {
  const auto overlay = overlays_.find(table);
  if (overlay == overlays_.end()) return {};
  return overlay->second.Runs();
}

Result<CatalogRef> WriteSet::CatalogOver(const CatalogSnapshot& catalog) const {
  return catalog.With(Changes());
}

std::vector<WriteSet::TableWrites> WriteSet::Tables() const {
  std::vector<TableWrites> out;
  std::map<std::pair<ObjectId, int32_t>, size_t> places;
  for (const Entry& entry : log_) {
    const auto* rows = std::get_if<Rows>(&entry);
    if (rows == nullptr) continue;
    const auto [place, is_new] = places.try_emplace({rows->table, rows->partition}, out.size());
    if (is_new) out.push_back({rows->table, rows->version, rows->partition, {}, {}});
    TableWrites& writes = out[place->second];
    (rows->check ? writes.checks : writes.deltas).push_back(rows->batch);
  }
  return out;
}

std::vector<CatalogChange> WriteSet::Changes() const {
  std::vector<CatalogChange> out;
  for (const Entry& entry : log_) {
    if (const auto* change = std::get_if<CatalogChange>(&entry)) out.push_back(*change);
  }
  return out;
}

}  // namespace riverrun::storage
