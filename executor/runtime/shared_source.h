// A source on one worker: read once, fed to every dataflow that wants it, divided into epochs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "executor/runtime/feed.h"
#include "executor/source_reader.h"
#include "executor/sources/partition_times.h"
#include "executor/sources/source_completion.h"
#include "executor/sources/source_errors.h"

namespace riverrun::executor {

/// Ends an epoch at the sources. In live operation each source ends it where it stands; in a
/// replay, before the recorded positions.
struct Cut {
  EpochInfo info;
  /// Sources fed by the journal deliver every commit before this position, and none after it.
  Lsn commits_before = 0;
  /// In a replay: the recorded positions, which every other source reaches and does not pass.
  std::shared_ptr<const std::vector<Position>> replay;
};

/// What a worker needs to read its share of a source.
struct SourceToRead {
  ObjectId object;
  std::unique_ptr<SourceReader> reader;            // of the partitions that this worker owns
  std::unique_ptr<SourceErrors> errors = nullptr;  // null: no record of it can fail
  std::shared_ptr<const CompletionSpec> completion = nullptr;  // null: the rows are complete
  /// Where its partitions begin in generations after the reader's first; for a replay.
  std::vector<Position> later_starts = {};
  /// The earliest generation of any partition, on all workers.
  uint32_t first_generation = 0;
  /// Set if it cannot be read at all.
  std::optional<Error> failure = {};
};

/// What a source has done on one worker since it was added.
struct SourceReport {
  struct Partition {
    int32_t partition = 0;
    uint64_t rows = 0;
    uint64_t errors = 0;  // records that failed
    uint64_t late = 0, late_idle = 0;  // as SourceCompletion::Late
    int64_t end = -1;     // as SourceReader::Ends
  };
  ObjectId object;
  std::vector<Partition> partitions = {};
  std::optional<Error> failure = {};
  /// It had failed when epochs were made again: they lack rows that they had before.
  bool missed_replay = false;
};

/// Drives one reader. One worker calls all methods.
///
/// Rows pass only while an epoch is open; Cut ends it with a barrier into the feed. A feed without
/// room stops the reading: the source's own log is the buffer. The journal is read when the cut is
/// known, because the cut says which commits belong to the epoch; who commits asks for the cut.
class SharedSource {
 public:
  /// The numbers are Feed's.
  SharedSource(SourceToRead source, uint32_t feed_capacity, size_t behind_bytes_max = SIZE_MAX);

  ObjectId object() const { return object_; }
  Feed& feed() { return feed_; }
  const Feed& feed() const { return feed_; }

  /// Opens an epoch. REQUIRES the last one has been cut. `replayed`: nothing is read before the cut
  /// says how far.
  void Open(const EpochInfo& info, bool replayed);
  /// Ends the open epoch as soon as its bounds are reached.
  void End(const Cut& cut);
  /// How far time has come in its partitions; null for a source without a watermark.
  PartitionTimes* times() { return times_ ? &*times_ : nullptr; }
  /// The idle partition of which a batch has come, which waits for PartitionTimes::Wake.
  std::optional<int32_t> Waking() const;

  /// Reads and feeds at most one batch, or emits the barrier that is due. False if nothing was
  /// done.
  bool Step();
  /// True when rows wait while no epoch is open: the coordinator should open one.
  bool WantsEpoch() const {
    if (open_ || reader_->FedByJournal()) return false;
    return failure_ ? !failure_told_ : held_ || !reader_->Exhausted();
  }
  /// True when an epoch is open, has something, and the reader has nothing left.
  bool RanDry() const {
    return open_ && !cut_ && in_epoch_ > 0 && (failure_ || (!held_ && reader_->Exhausted()));
  }
  bool open() const { return open_; }
  /// What the open epoch has that readers would see: rows, failed records, the source's failure.
  uint64_t in_epoch() const { return in_epoch_; }
  /// Positions at the last barrier.
  const std::vector<Position>& cut_positions() const { return cut_positions_; }
  /// The watermarks that were raised at it.
  const std::vector<WatermarkRaise>& cut_raises() const { return cut_raises_; }
  /// What made the source fail, if anything. A failed source ends epochs and delivers no rows.
  const std::optional<Error>& failure() const { return failure_; }
  bool FedByJournal() const { return reader_->FedByJournal(); }
  SourceReport Report() const;
  /// Replaces the reader, between epochs, by one that goes on where `make` says, given where this
  /// one stands. A failure is forgotten. Partitions that this one does not read begin as
  /// PartitionTimes::Add says.
  using MakeReader =
      std::function<Result<std::unique_ptr<SourceReader>>(std::vector<Position> positions)>;
  void Replace(const MakeReader& make);
  /// The columns that are read have changed.
  void NoteSubscribers();

  /// Becomes readable when there is more to read; -1 if nothing is wanted now.
  int ReadyFd() const { return MayRead() ? reader_->ReadyFd() : -1; }
  std::optional<Micros> ReadyAt() const { return MayRead() ? reader_->ReadyAt() : std::nullopt; }

 private:
  std::vector<Position> BoundsOf(const Cut& cut) const;
  bool BoundsReached() const;
  bool PollOnce();
  void BeginGeneration(const std::vector<Position>* recorded);
  void NoteGenerations();
  void KeepRecorded();
  bool MayRead() const;
  void Deliver(SourceBatch batch);
  void EndEpoch();
  bool StandsAtEnd(size_t partition, const std::vector<int64_t>& ends) const;

  const ObjectId object_;
  std::unique_ptr<SourceReader> reader_;
  const std::unique_ptr<SourceErrors> errors_;
  const std::vector<Position> later_starts_;
  Feed feed_;
  bool open_ = false;
  bool replayed_ = false;  // the open epoch
  uint64_t in_epoch_ = 0;
  std::map<int32_t, SourceReport::Partition> read_;
  std::map<int32_t, uint32_t> generations_;  // in which the partitions are read
  std::vector<WatermarkRaise> begun_;        // what generations that begin go on from
  std::optional<Cut> cut_;
  std::vector<Position> bounds_;  // of the cut
  std::vector<Position> cut_positions_;
  std::vector<WatermarkRaise> cut_raises_;
  std::optional<Error> failure_;
  bool failure_told_ = false;   // an epoch has ended since
  bool missed_replay_ = false;  // as reported
  std::optional<SourceCompletion> completion_;
  std::optional<PartitionTimes> times_;
  std::optional<SourceBatch> held_;  // of a partition that was idle when it came
};

}  // namespace riverrun::executor
