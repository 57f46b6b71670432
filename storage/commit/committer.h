// The one serial order of commits.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "storage/catalog/catalog_snapshot.h"
#include "storage/commit/table_store.h"
#include "storage/commit/write_set.h"
#include "storage/journal.h"
#include "storage/view/read_view.h"
#include "types/cancel.h"
#include "types/clock.h"
#include "types/error.h"

namespace riverrun::storage {

/// How a commit ended, if it did not fail.
struct CommitResult {
  enum Status : uint8_t {
    kCommitted,
    kNothing,  // nothing was written: there is no record
    kWait,     // too many commits wait for an epoch to publish them: try again after the next
  };
  Status status = kNothing;
  Lsn lsn = 0;           // kCommitted: the record's; visible in the first epoch cut behind it
  bool catalog = false;  // the catalog changed
};

/// Checks transactions against the newest state, one at a time, and appends them to the journal.
/// Looks up keys and runs no query. Any thread may call any method; one lock, held for the length
/// of one commit, without waiting for the disk.
///
/// A transaction commits if every row that it deletes, updates or has locked is still there as it
/// read it, each key that it inserts is free, no column that must not be null is, and the objects
/// that it names have not been altered.
class Committer {
 public:
  struct Options {
    /// Rows of unpublished commits beyond which commits wait; one commit may exceed it alone.
    uint64_t unpublished_rows_max = 1 << 20;
    MemoryBudget* budget = nullptr;
  };
  /// `catalog` is that of the checkpoint, or CatalogSnapshot::Initial(). REQUIRES journal and clock
  /// outlive it.
  Committer(Journal* journal, Clock* clock, CatalogRef catalog, Options options);
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Takes over a commit that the journal has, in its order: recovery. Errors: XX001.
  Result<void> Replay(Lsn lsn, const CommitRecord& commit);

  /// Commits. The caller then waits for the LSN to be durable. `writes` is unchanged unless the
  /// result is kCommitted. Errors: 23505, 23502, 40001, those of CatalogSnapshot::With and of
  /// Journal::Append; 57014 if cancelled before.
  Result<CommitResult> Commit(WriteSet& writes, const Cancel& cancel);

  /// The newest state, as an evaluation inside the committer reads it.
  class Inside {
   public:
    virtual ~Inside() = default;
    /// Tables at their newest state; other objects are left out.
    virtual ReadView Newest(std::span<const ObjectId> tables) = 0;
  };
  /// Evaluates a statement while nothing else can commit, and commits what it returns. REQUIRES
  /// that `evaluate` calls no method of the committer.
  Result<CommitResult> Run(const std::function<Result<WriteSet>(Inside&)>& evaluate,
                           const Cancel& cancel);

  /// Tables at their newest state, published or not. Its epoch is 0: it is none.
  ReadView Newest(std::span<const ObjectId> tables);
  CatalogRef catalog() const;
  /// LSN of the last commit.
  Lsn last_commit() const;
  /// Whether Commit would not answer kWait.
  bool HasRoom() const;

  /// An epoch is published whose versions contain every commit before `commits_before`.
  void Published(Lsn commits_before, std::span<const VersionRef> tables);

  // Ids for objects and operators that a statement is about to create: never given twice, whether
  // it commits or not.
  ObjectId AllocateObject();
  OperatorId AllocateOperators(uint32_t count);
  /// Reserves `count` epochs in the journal and returns the first; none is ever given twice once
  /// the record at `lsn` is durable.
  struct EpochBlock {
    Epoch first = 0;
    Epoch end = 0;
    Lsn lsn = 0;
  };
  Result<EpochBlock> ReserveEpochBlock(Epoch count);

 private:
  class Evaluation;
  Result<CommitResult> CommitLocked(WriteSet& writes, const Cancel& cancel);
  Result<CatalogRef> ApplyChanges(const WriteSet& writes, CommitRecord& record) const;
  Result<void> AddTable(const WriteSet::TableWrites& writes, bool explicit_transaction,
                        const CatalogSnapshot& after, CommitRecord& record) const;
  Result<Lsn> Append(CommitRecord record, CatalogRef after);
  ReadView NewestLocked(std::span<const ObjectId> tables);
  bool HasRoomLocked() const;

  Journal* const journal_;
  Clock* const clock_;
  const Options options_;
  mutable std::mutex mutex_;
  CatalogRef catalog_;
  TableStore store_;
  Lsn last_commit_ = 0;
  uint64_t next_transaction_ = 1;
  uint32_t next_object_ = 0;
  uint32_t next_operator_ = 0;
};

}  // namespace riverrun::storage
