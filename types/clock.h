// The seam to the machine's clock: tests and the simulator have their own.
#pragma once

#include "types/id.h"

namespace riverrun {

/// Tells the time. Any thread may call it. Code that is not a source, a session or the coordinator
/// never needs it: an epoch's `now` travels in band.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Microseconds since 1970-01-01 UTC. May go back when the machine's clock is set.
  virtual Micros Now() = 0;
};

}  // namespace riverrun
