// What a transaction has written and not yet committed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "storage/catalog/catalog_change.h"
#include "storage/catalog/catalog_snapshot.h"
#include "storage/journal_record.h"
#include "storage/view/delta_tiers.h"
#include "types/error.h"
#include "types/memory_budget.h"

namespace riverrun::storage {

/// Deltas of tables and streams, catalog changes, and rows that must not change until the commit,
/// in the order of the statements. One session's; one thread at a time.
///
/// Everything is held in memory, up to `bytes_max`; writing the excess to disk is not done yet.
class WriteSet {
 public:
  /// `explicit_transaction`: BEGIN was said, so that a key which another transaction took in the
  /// meantime is 40001 (run it again), where a single statement gets 23505. The budget, which
  /// outlives the set, is the session's. `bytes_max` is transaction_max_bytes.
  struct Options {
    bool explicit_transaction = false;
    size_t bytes_max = size_t{1} << 30;
    MemoryBudget* budget = nullptr;
  };

  WriteSet() : WriteSet(Options{}) {}
  explicit WriteSet(Options options) : options_(options) {}
  WriteSet(WriteSet&& other) noexcept;
  WriteSet& operator=(WriteSet&& other) noexcept;
  ~WriteSet();

  /// Adds rows to a table or stream: -1 of rows that go, +1 of rows that come. `table` is the
  /// object as the statement was bound; the commit refuses it if it has been altered since.
  /// Errors: 53400 beyond the limit, 53200 beyond the budget; then nothing was added.
  Result<void> Add(const CatalogObject& table, TableDelta delta);
  /// Adds a catalog change.
  void Add(CatalogChange change);
  /// Puts `object` in the place of the one with its id that the transaction creates: some of it is
  /// known only when it commits.
  void ReplaceCreated(const ObjectRef& object);
  /// Adds rows that must still be there, unchanged, at the commit: SELECT ... FOR UPDATE.
  Result<void> Check(const CatalogObject& table, Batch rows);

  /// Gives the next hidden row ids of a table without a key to rows that are about to be added.
  void NumberRows(ObjectId table, Batch& rows);

  /// The point reached so far.
  size_t Savepoint() const { return log_.size(); }
  /// Forgets everything behind a point. REQUIRES it came from Savepoint and not before another
  /// rollback that went further back.
  void RollbackTo(size_t savepoint);

  bool empty() const { return log_.empty(); }
  size_t bytes() const { return bytes_; }
  bool explicit_transaction() const { return options_.explicit_transaction; }

  /// The transaction's writes to a table as runs over its stored rows, newest first.
  std::vector<RunRef> Overlay(ObjectId table);
  /// The catalog with the changes made so far. Errors: as CatalogSnapshot::With.
  Result<CatalogRef> CatalogOver(const CatalogSnapshot& catalog) const;

  /// One table's part, as the committer takes it.
  struct TableWrites {
    ObjectId table;
    uint32_t version = 0;  // of the catalog object at the first statement
    int32_t partition = 0;
    std::vector<Batch> deltas;
    std::vector<Batch> checks;
  };
  /// By table and partition.
  std::vector<TableWrites> Tables() const;
  std::vector<CatalogChange> Changes() const;

 private:
  struct Rows {
    ObjectId table;
    uint32_t version = 0;
    int32_t partition = 0;
    bool check = false;
    Batch batch;
    size_t bytes = 0;
  };
  using Entry = std::variant<Rows, CatalogChange>;

  Result<void> AddRows(const CatalogObject& table, Rows rows);
  void Release();

  Options options_;
  std::vector<Entry> log_;
  size_t bytes_ = 0;
  std::map<ObjectId, DeltaTiers> overlays_;  // tables with a key; made at their first delta
  std::map<ObjectId, int64_t> next_row_;
};

/// Bytes of memory that a batch holds; memory shared between columns counts once for each.
size_t BytesOf(const Batch& batch);

}  // namespace riverrun::storage
