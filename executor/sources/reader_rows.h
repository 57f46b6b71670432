// A piece of a source's log as rows that end.
#pragma once

#include <memory>
#include <vector>

#include "executor/batch_source.h"
#include "executor/source_reader.h"
#include "executor/sources/partition_times.h"
#include "executor/sources/source_completion.h"

namespace riverrun::executor {

/// The rows of a reader from where it stands to `bounds`, in the order it gives them, with the
/// given columns of its batches, or of what `completion` makes of them (null: nothing). Partitions
/// without a bound are read to no end. Records that failed are left out: whoever reads the source
/// all the time keeps them. `raises`: where the watermarks of its partitions had been raised.
std::unique_ptr<BatchSource> MakeReaderRows(std::unique_ptr<SourceReader> reader,
                                            std::vector<Position> bounds, std::vector<int> columns,
                                            std::shared_ptr<const CompletionSpec> completion,
                                            std::vector<WatermarkRaise> raises = {});

/// No rows, but an error.
std::unique_ptr<BatchSource> MakeFailedRows(Error error);

}  // namespace riverrun::executor
