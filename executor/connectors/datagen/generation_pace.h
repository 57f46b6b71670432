// When the rows of a generated stream are due.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "types/id.h"

namespace riverrun::executor {

/// The pace of one partition: it begins with an event at a moment, and goes on evenly. Events come
/// due together at the ends of steps of kStep, so that a fast stream does not wake its reader for
/// every row. All numbers are those of one partition. One thread.
class GenerationPace {
 public:
  static constexpr Micros kStep = 10'000;

  /// No pace: everything is due.
  GenerationPace() = default;
  /// `rows_per_megasecond` is that of all partitions, of which this is one of several.
  GenerationPace(int64_t rows_per_megasecond, int32_t partition, int32_t partitions)
      : rate_(rows_per_megasecond), partition_(partition), partitions_(partitions) {}

  /// From here on events are counted from `first` at `now`.
  void Begin(int64_t first, Micros now);
  /// The first event that is not due. A clock that goes back takes nothing away.
  int64_t DueBefore(Micros now);
  /// When an event is due; nothing if it always is.
  std::optional<Micros> DueAt(int64_t event) const;

 private:
  // How many events are due after so many microseconds.
  int64_t DueAfter(Micros passed) const;

  int64_t rate_ = 0;  // 0: no pace
  int32_t partition_ = 0, partitions_ = 1;
  int64_t first_ = 0;
  Micros begin_ = 0, last_ = 0;
};

}  // namespace riverrun::executor
