// Where rows come from: the seam to Kafka, the journal, a generator, a test.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "types/column/batch.h"
#include "types/error.h"
#include "types/position.h"

namespace riverrun::executor {

/// A record of which no row could be made. It belongs to the stream's error collection.
struct FailedRecord {
  int64_t offset = 0;
  Micros timestamp = 0;                   // when it was appended
  std::optional<std::string> key, value;  // its bytes; absent if the record has none
  Error error;
};

/// Consecutive records of one partition, in offset order.
struct SourceBatch {
  int32_t partition = 0;
  int64_t first_offset = 0;
  int64_t next_offset = 0;  // of the record after the last; gaps in between are legal
  Batch rows;  // maybe none, if all records failed
  std::vector<FailedRecord> failed = {};
};

/// Reads the partitions of one source that one worker owns. Only that worker calls it.
class SourceReader {
 public:
  virtual ~SourceReader() = default;
  /// The next records, or nothing if there are none now. Never blocks. The columns are those the
  /// reader was made for. Errors: the stream fails and keeps what it has delivered.
  virtual Result<std::optional<SourceBatch>> Poll(uint32_t rows_max, uint32_t bytes_max) = 0;
  /// Poll delivers nothing at or beyond these offsets until the next call; an empty list lifts the
  /// bound. For the replay of a cut, hydration and one-shot reads.
  virtual void StopBefore(std::span<const Position> bounds) = 0;
  /// Continues at the given positions.
  virtual Result<void> Seek(std::span<const Position> positions) = 0;
  /// Where each partition stands: every record before has been delivered.
  virtual std::vector<Position> Positions() const = 0;
  /// True when Poll would deliver nothing although no bound stops it: the queues are empty.
  virtual bool Exhausted() const = 0;
  /// True if offsets are LSNs of the journal: a cut's `commits_before` bounds them.
  virtual bool FedByJournal() const { return false; }
  /// From the next Poll on only these columns (positions in the batch) need values; the others are
  /// checked, but whatever stands in them is not read.
  virtual void Want(std::span<const int> columns) { (void)columns; }
  /// For each partition, in the order of Positions(), the offset behind its last record as last
  /// heard; -1 where that is not known. Empty: it has no such thing.
  virtual std::vector<int64_t> Ends() const { return {}; }
  /// Becomes readable when records arrive; -1 if the reader has no such descriptor.
  virtual int ReadyFd() const { return -1; }
  /// When the next record is due, by the clock; nothing if that is not known beforehand.
  virtual std::optional<Micros> ReadyAt() const { return std::nullopt; }
  /// Stops and resumes fetching while the pipeline is full.
  virtual void Pause(bool paused) { (void)paused; }
};

}  // namespace riverrun::executor
