// The machine's clock.
#pragma once

#include <chrono>

#include "types/clock.h"

namespace riverrun::server {

class SystemClock final : public Clock {
 public:
  Micros Now() override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  }
};

}  // namespace riverrun::server
