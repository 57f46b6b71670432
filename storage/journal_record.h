// What stands in the journal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "types/codec/bytes.h"
#include "types/error.h"
#include "types/id.h"
#include "types/message.h"
#include "types/position.h"

namespace riverrun::storage {

/// Rows of one transaction for one table, or for one partition of a stream without connector.
struct TableDelta {
  ObjectId table;
  int32_t partition = 0;
  Batch rows;  // an updated row is -1 of the old and +1 of the new
};

/// One transaction, visible whole.
struct CommitRecord {
  uint64_t transaction = 0;
  Micros time = 0;
  /// Changes of the catalog, in order, each serialised by storage/catalog/, which alone knows what
  /// they mean: the journal carries them as bytes so that it need not change when they do.
  std::vector<std::string> ddl;
  std::vector<TableDelta> deltas;
};

/// What an epoch consists of, so that a replay makes the same epochs.
struct CutRecord {
  EpochInfo info;
  Lsn commits_before = 0;  // the epoch ends with the last commit before this position
  std::vector<Position> positions;
};

using CheckpointId = uint64_t;

/// A checkpoint is complete; a start that uses it replays from `redo_from`.
struct CheckpointRecord {
  CheckpointId id = 0;
  Epoch epoch = 0;
  Lsn redo_from = 0;
  bool operator==(const CheckpointRecord&) const = default;
};

using JournalRecord = std::variant<CommitRecord, CutRecord, CheckpointRecord>;

/// Appends a position as bytes; checkpoints use the same form.
void AppendPosition(const Position& position, std::string& out);
/// Reads a position; fails the reader on bytes that are none.
Position ReadPosition(ByteReader& in);

/// The bytes of a record, with the version of their form.
std::string Serialize(const JournalRecord& record);
/// Reads what Serialize wrote. Batches own their memory and count against `budget`.
/// Errors: 0A000 for a form newer than this server; XX001 for other bytes, whatever they are.
Result<JournalRecord> ParseJournalRecord(std::string_view bytes, MemoryBudget* budget = nullptr);

}  // namespace riverrun::storage
