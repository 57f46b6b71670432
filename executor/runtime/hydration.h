// How a dataflow begins whose inputs have a history: outside the running epochs.
//
// It is attached between two epochs, of which the first, H, is published. Its inputs deliver what
// the objects contained at H as the rows of epoch H, and then the epochs behind H, which wait for
// it in the feeds. So it makes the same epochs as all others, later. When it is less than an epoch
// behind on every worker, the coordinator joins it: from then on epochs are published when it, too,
// has completed them.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "executor/batch_source.h"
#include "executor/operators/operators.h"
#include "executor/runtime/pipeline.h"

namespace riverrun::executor {

struct Hydration {
  EpochInfo at;  // H
  /// What an object contains at H, the part of it that this worker's feed goes on with. Null: no
  /// rows. What it holds stays good until the input is gone.
  std::function<std::unique_ptr<BatchSource>(const SourceSpec&)> content;
};

/// What the hydrating inputs of a worker wait for outside of the process, and what went wrong
/// there. The worker and its inputs share it.
struct HydrationWaits {
  std::vector<int> ready_fds;
  std::vector<std::pair<ObjectId, Error>> failures;  // dataflows that cannot be hydrated
};

/// The rows of `content` (null: none) as epoch `at`, and then what `live` delivers. After an error
/// of the content nothing comes any more, and `waits` says so.
std::unique_ptr<PipelineInput> MakeHydratingInput(ObjectId dataflow, const EpochInfo& at,
                                                  std::unique_ptr<BatchSource> content,
                                                  std::unique_ptr<PipelineInput> live,
                                                  std::shared_ptr<HydrationWaits> waits);

}  // namespace riverrun::executor
