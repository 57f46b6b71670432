// The newest state of all tables: what is published, and the commits that are not yet.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/catalog/catalog_snapshot.h"
#include "storage/journal_record.h"
#include "storage/view/delta_tiers.h"
#include "storage/view/view_version.h"
#include "types/memory_budget.h"

namespace riverrun::storage {

/// Tables as they are after the last commit. No thread of its own: the committer guards it.
class TableStore {
 public:
  explicit TableStore(MemoryBudget* budget = nullptr) : budget_(budget) {}

  /// A row of the newest state.
  struct NewestRow {
    const Batch* rows = nullptr;
    uint32_t row = 0;
    BlockRef keep_alive;  // when the row came from a checkpoint
  };
  bool Has(ObjectId table) const { return tables_.contains(table); }
  /// The row of a key, if there is one; good until the store changes. REQUIRES the table is there.
  Result<std::optional<NewestRow>> Find(ObjectId table, std::string_view key, uint64_t hash) const;
  /// All rows of a table, as a version that stays good. Null for what is no table.
  VersionRef Newest(ObjectId table);

  /// A commit was appended at `lsn`. `catalog` is the one after it.
  void Apply(Lsn lsn, const CommitRecord& commit, const CatalogSnapshot& catalog);
  /// `version` of a table contains every commit before `commits_before`: forgets those.
  void Published(Lsn commits_before, VersionRef version);

  /// Rows of commits that no epoch has published, of all tables.
  uint64_t unpublished_rows() const { return unpublished_rows_; }

 private:
  struct Entry {
    Lsn lsn = 0;
    std::shared_ptr<const Batch> rows;  // null: deleted
    uint32_t row = 0;
  };
  struct Commit {
    Lsn lsn = 0;
    std::vector<std::string> keys;
  };
  // Commits behind the published version, by key for the committer and as runs for readers.
  struct Table {
    std::shared_ptr<const ViewLayout> layout;
    bool row_ids = false;
    VersionRef published;
    std::unordered_map<std::string, Entry> newest;
    std::deque<Commit> commits;
    // Readers' runs, in two generations, so that the older one can be dropped whole.
    std::unique_ptr<DeltaTiers> sealed, open;
    Lsn sealed_until = 0;  // LSN of the last commit in `sealed`
    Lsn last = 0;  // of the last commit
  };

  void ApplyDdl(const CatalogSnapshot& catalog);
  void ApplyDelta(Lsn lsn, Table& table, Batch rows);
  void MakeTable(const CatalogObject& object);

  MemoryBudget* budget_;
  std::map<ObjectId, Table> tables_;
  uint64_t unpublished_rows_ = 0;
};

}  // namespace riverrun::storage
