// Rows that end: what a SELECT reads, what a new view is filled from.
#pragma once

#include <optional>

#include "types/column/batch.h"
#include "types/error.h"

namespace riverrun::executor {

/// Rows, batch by batch. One thread.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// The next rows; nothing at the end.
  virtual Result<std::optional<Batch>> Next() = 0;
};

}  // namespace riverrun::executor
