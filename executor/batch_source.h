// Rows that end: what a SELECT reads, what a new view is filled from.
#pragma once

#include <optional>
#include <span>

#include "types/column/batch.h"
#include "types/error.h"
#include "types/position.h"

namespace riverrun::executor {

struct WatermarkRaise;

/// Rows, batch by batch. One thread.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// The next rows; nothing at the end, or, if AtEnd() says no, for now. Never blocks on what is
  /// outside of the process.
  virtual Result<std::optional<Batch>> Next() = 0;
  /// After a call of Next that gave nothing: whether that was the end.
  virtual bool AtEnd() const { return true; }
  /// Becomes readable when there is more; -1 for a source that never makes anybody wait.
  virtual int ReadyFd() const { return -1; }
  /// True for a piece of a log that goes on behind its end.
  virtual bool Follows() const { return false; }
  /// Moves the end of what follows on, to these positions; `raises` happened on the way there.
  virtual void ReadOn(std::span<const Position> to, std::span<const WatermarkRaise> raises) {
    (void)to;
    (void)raises;
  }
};

}  // namespace riverrun::executor
