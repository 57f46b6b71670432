// The journal as the source of tables, and of streams without a connector.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "executor/source_reader.h"
#include "storage/journal.h"

namespace riverrun::executor {

/// Reads the journal once on a worker and hands each commit's rows to the readers of the tables
/// that it touches. That worker calls all methods.
///
/// Nothing is read ahead of the cut: a reader's bound (StopBefore, in LSNs) says how far to go, and
/// the rows of the other tables met on the way wait in their queues, for the bound of the same
/// epoch. So the memory held is that of one epoch's commits, which the committer bounds.
class JournalHub {
 public:
  /// Starts at `from`; the journal outlives the hub.
  JournalHub(storage::Journal& journal, Lsn from) : journal_(journal), position_(from) {}
  ~JournalHub();
  JournalHub(const JournalHub&) = delete;
  JournalHub& operator=(const JournalHub&) = delete;

  /// The reader of one partition of a table, from the hub's position on. `row_ids`: the table has
  /// hidden row ids, which the commit's LSN completes. The hub outlives the reader.
  std::unique_ptr<SourceReader> Open(ObjectId table, int32_t partition, bool row_ids);

 private:
  class TableReader;
  using TableKey = std::pair<ObjectId, int32_t>;
  struct Queued {
    Lsn lsn;
    Batch rows;
  };
  struct Table {
    bool row_ids = false;
    std::deque<Queued> rows;
  };

  Result<void> ReadUpTo(Lsn bound);
  void Queue(Lsn lsn, storage::CommitRecord commit);

  storage::Journal& journal_;
  Lsn position_;  // every record before it has been read
  std::unique_ptr<storage::JournalReader> reader_;
  std::map<TableKey, Table> tables_;
};

}  // namespace riverrun::executor
