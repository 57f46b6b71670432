// How far time has come in the partitions of a source, from cut to cut: raises and idleness.
//
// What rows say of it is a function of the log (source_completion.h). What happens besides takes
// effect at the end of an epoch, where the cut records it: the rows of the next epoch are the first
// to be judged by it, in a replay too.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "executor/sources/source_completion.h"
#include "types/position.h"

namespace riverrun::executor {

/// From `offset` of a generation on the rows of a partition are judged as if time had come as far
/// as `to`.
struct WatermarkRaise {
  int32_t partition = 0;
  uint32_t generation = 0;
  int64_t offset = 0;
  Micros to = 0;
  bool operator==(const WatermarkRaise&) const = default;
};

/// The partitions that one worker reads. That worker calls all methods.
class PartitionTimes {
 public:
  /// The completion outlives it. `grows`: partitions may be added while the source is read.
  PartitionTimes(SourceCompletion& completion, bool grows)
      : completion_(completion), grows_(grows) {}

  /// A partition is added while time goes on: it begins as an idle one, so that its rows wait until
  /// a cut has raised its watermark to where the stream's is. Between epochs.
  void Add(int32_t partition) { idle_.insert(partition); }

  /// At the end of the epoch every watermark is at least `to`.
  void Raise(Micros to);
  /// At the end of the epoch the partition holds the stream's watermark back no longer, if it still
  /// stands at `offset` and at its end.
  void MakeIdle(int32_t partition, int64_t offset) { idling_[partition] = offset; }
  /// At the end of the epoch it does again, and its watermark is at least `to`: its rows, which
  /// have waited, are not behind the stream's.
  void Wake(int32_t partition, Micros to) { waking_[partition] = to; }
  /// Rows of an idle partition have to wait.
  bool IsIdle(int32_t partition) const { return idle_.contains(partition); }

  /// The epoch ends at these positions: completes them. `recorded`: those of the cut in a replay,
  /// which count, and a partition that they do not name is none yet; null: a live epoch. `at_end`:
  /// whether there is no record at or behind the i-th. Returns the watermarks that were raised.
  std::vector<WatermarkRaise> Settle(std::vector<Position>& positions,
                                     const std::vector<Position>* recorded,
                                     const std::function<bool(size_t)>& at_end);

 private:
  void Change(const Position& position, bool at_end);

  SourceCompletion& completion_;
  const bool grows_;
  Micros raise_ = kNoWatermark;
  std::map<int32_t, int64_t> idling_;
  std::map<int32_t, Micros> waking_;
  std::set<int32_t> idle_;
};

}  // namespace riverrun::executor
