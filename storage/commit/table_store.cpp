#include "storage/commit/table_store.h"

#include "storage/commit/table_layout.h"
#include "types/codec/hash.h"

namespace riverrun::storage {

Result<std::optional<TableStore::NewestRow>> TableStore::Find(ObjectId table, std::string_view key,
                                                              uint64_t hash) const {
  const auto at = tables_.find(table);
  CHECK(at != tables_.end(), "a key of a table that is not there");
  const Table& found = at->second;
  if (const auto newest = found.newest.find(std::string(key)); newest != found.newest.end()) {
    if (newest->second.rows == nullptr) return std::nullopt;
    return NewestRow{newest->second.rows.get(), newest->second.row, nullptr};
  }
  if (found.published == nullptr) return std::nullopt;
  for (const auto& shard : found.published->shards) {
    for (const RunRef& run : shard->tiers) {
      const auto place = run->Find(key, hash);
      if (!place) continue;
      if (place->weight() == 0) return std::nullopt;
      return NewestRow{&place->block->rows, place->row, nullptr};
    }
    if (shard->base == nullptr) continue;
    auto stored = shard->base->Find(table, key);
    if (!stored) return std::unexpected(stored.error());
    if (*stored) return NewestRow{&(*stored)->block->rows, (*stored)->row, (*stored)->block};
  }
  return std::nullopt;
}

VersionRef TableStore::Newest(ObjectId id) {
  const auto at = tables_.find(id);
  if (at == tables_.end()) return nullptr;
  Table& table = at->second;
  auto version = std::make_shared<ViewVersion>();
  if (table.published != nullptr) *version = *table.published;
  version->object = id;
  version->layout = table.layout;
  version->unpublished = table.open->Runs();
  const std::vector<RunRef>& sealed = table.sealed->Runs();
  version->unpublished.insert(version->unpublished.end(), sealed.begin(), sealed.end());
  return version;
}

void TableStore::Apply(Lsn lsn, const CommitRecord& commit, const CatalogSnapshot& catalog) {
  if (!commit.ddl.empty() || tables_.empty()) ApplyDdl(catalog);
  for (const TableDelta& delta : commit.deltas) {
    const auto table = tables_.find(delta.table);
    // Streams have no newest state; a table may be dropped by the commit that wrote to it.
    if (table != tables_.end()) ApplyDelta(lsn, table->second, delta.rows);
  }
}

void TableStore::MakeTable(const CatalogObject& object) {
  Table& table = tables_[object.id];
  table.layout = std::make_shared<const ViewLayout>(LayoutOf(object));
  table.row_ids = HasRowIds(object);
  table.sealed = std::make_unique<DeltaTiers>(table.layout, budget_);
  table.open = std::make_unique<DeltaTiers>(table.layout, budget_);
}

void TableStore::ApplyDdl(const CatalogSnapshot& catalog) {
  std::erase_if(tables_, [&](const auto& table) {
    if (catalog.Find(table.first) != nullptr) return false;
    for (const Commit& commit : table.second.commits) unpublished_rows_ -= commit.keys.size();
    return true;
  });
  for (const ObjectRef& object : catalog.OfKind(ObjectKind::kTable)) {
    if (!tables_.contains(object->id)) MakeTable(*object);
  }
}

void TableStore::ApplyDelta(Lsn lsn, Table& table, Batch rows) {
  rows = Compact(std::move(rows));
  if (table.row_ids) ResolveRowIds(rows, lsn);
  KeyBatch keys;
  BuildViewKeys(*table.layout, rows, keys);
  const auto shared = std::make_shared<const Batch>(rows);
  if (table.commits.empty() || table.commits.back().lsn != lsn) table.commits.push_back({lsn, {}});
  std::vector<std::string>& touched = table.commits.back().keys;
  // The committer writes a key's old row before its new one, so the last entry is the newest.
  for (uint32_t row = 0; row < rows.rows; ++row) {
    std::string key(keys.key(row));
    table.newest[key] = {lsn, rows.WeightOf(row) > 0 ? shared : nullptr, row};
    touched.push_back(std::move(key));
  }
  unpublished_rows_ += rows.rows;
  table.last = lsn;
  table.open->Add(std::move(rows));
}

void TableStore::Published(Lsn commits_before, VersionRef version) {
  const auto at = tables_.find(version->object);
  if (at == tables_.end()) return;  // dropped in the meantime
  Table& table = at->second;
  table.published = std::move(version);
  while (!table.commits.empty() && table.commits.front().lsn < commits_before) {
    for (const std::string& key : table.commits.front().keys) {
      const auto entry = table.newest.find(key);
      if (entry != table.newest.end() && entry->second.lsn == table.commits.front().lsn) {
        table.newest.erase(entry);
      }
    }
    unpublished_rows_ -= table.commits.front().keys.size();
    table.commits.pop_front();
  }
  if (table.sealed->size() > 0 && table.sealed_until >= commits_before) return;
  // The sealed runs are published. Those since then are sealed now, so that they go as a whole
  // when the last of them is; showing a published commit once more changes nothing until then.
  *table.sealed = DeltaTiers(table.layout, budget_);
  if (table.commits.empty()) {
    *table.open = DeltaTiers(table.layout, budget_);
    return;
  }
  std::swap(table.sealed, table.open);
  table.sealed_until = table.last;
}

}  // namespace riverrun::storage
