// A small database for the tests of commits: a journal in memory, a committer, and the worker that
// publishes tables.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/commit/committer.h"
#include "storage/view/view_store.h"
#include "tests/simulation/memory_file_system.h"
#include "tests/storage/view/view_fixture.h"

namespace riverrun::storage {

class FixedClock final : public Clock {
 public:
  Micros Now() override { return 1'000'000; }
};

class TestDatabase {
 public:
  explicit TestDatabase(Committer::Options options = {});

  Committer& committer() { return *committer_; }
  Journal& journal() { return *journal_; }
  const Cancel& cancel() const { return cancel_; }

  /// A table (id bigint NOT NULL, text text), with the key (id) or none.
  ObjectRef CreateTable(std::string name, bool with_key = true);
  ObjectRef CreateStream(std::string name);

  /// Adds rows to a set; those of a table without a key are numbered.
  Result<void> Add(WriteSet& writes, const CatalogObject& table, std::span<const TestRow> rows);
  Result<void> Add(WriteSet& writes, const CatalogObject& table,
                   std::initializer_list<TestRow> rows) {
    return Add(writes, table, std::span(rows.begin(), rows.size()));
  }
  /// Commits rows as one statement.
  Result<CommitResult> Write(const CatalogObject& table, std::initializer_list<TestRow> rows);
  /// What Write must not be.
  Error WriteError(const CatalogObject& table, std::initializer_list<TestRow> rows);

  /// A read of the newest state with a transaction's own writes.
  ReadView Read(const CatalogObject& table, WriteSet* overlay = nullptr);
  /// "id:text" of the table's rows in order.
  std::vector<std::string> Texts(const CatalogObject& table, WriteSet* overlay = nullptr);

  /// Does what a worker and the coordinator do: applies the commits that it has not seen, publishes
  /// an epoch and tells the committer.
  void Publish();
  /// Begins anew from the journal, as after a crash: nothing is published.
  void Recover();

 private:
  simulation::MemoryFileSystem files_{1};
  FixedClock clock_;
  Cancel cancel_;
  Committer::Options options_;
  std::unique_ptr<LocalJournal> journal_;
  std::unique_ptr<Committer> committer_;
  std::map<ObjectId, std::unique_ptr<ViewStore>> stores_;
  Lsn applied_ = 0;  // records before it are in the stores
  Epoch epoch_ = 0;
};

}  // namespace riverrun::storage
