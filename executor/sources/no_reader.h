// The reader of a worker that owns no partition of a source, and of a source that cannot be read.
#pragma once

#include <memory>
#include <vector>

#include "executor/source_reader.h"

namespace riverrun::executor {

/// Stands at the given positions for ever, and never delivers anything.
std::unique_ptr<SourceReader> MakeNoReader(std::vector<Position> positions = {});

}  // namespace riverrun::executor
