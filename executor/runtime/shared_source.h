// A source on one worker: read once, fed to every dataflow that wants it, divided into epochs.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "executor/runtime/feed.h"
#include "executor/sources/partition_times.h"
#include "executor/sources/source_completion.h"
#include "executor/source_reader.h"

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

/// Drives one reader. One worker calls all methods.
///
/// Rows pass only while an epoch is open; Cut ends it with a barrier into the feed. A feed without
/// room stops the reading: the source's own log is the buffer. The journal is read when the cut is
/// known, because the cut says which commits belong to the epoch; who commits asks for the cut.
class SharedSource {
 public:
  /// `completion`: what is computed of its rows; null: nothing.
  SharedSource(ObjectId object, std::unique_ptr<SourceReader> reader, uint32_t feed_capacity,
               std::shared_ptr<const CompletionSpec> completion = nullptr);

  ObjectId object() const { return object_; }
  Feed& feed() { return feed_; }
  const Feed& feed() const { return feed_; }

  /// Opens an epoch. REQUIRES the last one has been cut.
  void Open(const EpochInfo& info);
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
    return !open_ && !failure_ && !reader_->FedByJournal() && (held_ || !reader_->Exhausted());
  }
  /// True when an epoch is open, has rows, and the reader has none left.
  bool RanDry() const { return open_ && !cut_ && rows_in_epoch_ > 0 && reader_->Exhausted(); }
  bool open() const { return open_; }
  uint64_t rows_in_epoch() const { return rows_in_epoch_; }
  /// Positions at the last barrier.
  const std::vector<Position>& cut_positions() const { return cut_positions_; }
  /// The watermarks that were raised at it.
  const std::vector<WatermarkRaise>& cut_raises() const { return cut_raises_; }
  /// What made the source fail, if anything. A failed source ends epochs and delivers no rows.
  const std::optional<Error>& failure() const { return failure_; }
  bool FedByJournal() const { return reader_->FedByJournal(); }

 private:
  std::vector<Position> BoundsOf(const Cut& cut) const;
  bool BoundsReached() const;
  bool PollOnce();
  void Deliver(SourceBatch batch);
  void EndEpoch();
  bool StandsAtEnd(size_t partition) const;

  const ObjectId object_;
  std::unique_ptr<SourceReader> reader_;
  Feed feed_;
  bool open_ = false;
  uint64_t rows_in_epoch_ = 0;
  std::optional<Cut> cut_;
  std::vector<Position> bounds_;  // of the cut
  std::vector<Position> cut_positions_;
  std::vector<WatermarkRaise> cut_raises_;
  std::optional<Error> failure_;
  std::optional<SourceCompletion> completion_;
  std::optional<PartitionTimes> times_;
  std::optional<SourceBatch> held_;  // of a partition that was idle when it came
};

}  // namespace riverrun::executor
