// How a dataflow begins whose inputs have a history: outside the running epochs.
//
// It is attached between two epochs, of which the first, H, is published. Its inputs deliver what
// the objects contained at H as the rows of epoch H, and then the epochs behind H, which wait for
// it in the feeds. So it makes the same epochs as all others, later. When it is less than an epoch
// behind on every worker, the coordinator joins it: from then on epochs are published when it, too,
// has completed them.
//
// Rows of a log that can be read again do not wait in memory for it. It reads them itself, on and
// on, as rows of epoch H, while the feed tells it of the epochs without their rows; that a row
// comes earlier than in its epoch is seen by nobody before it is joined. When it stands where the
// source ended its last epoch, on every worker, the coordinator tells it to go live: from the next
// epoch on the feed has the rows.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "executor/batch_source.h"
#include "executor/operators/operators.h"
#include "executor/runtime/feed.h"
#include "executor/runtime/pipeline.h"

namespace riverrun::executor {

struct Hydration {
  EpochInfo at;  // H
  /// What an object contains at H, the part of it that this worker's feed goes on with. Null: no
  /// rows. What it holds stays good until the input is gone.
  std::function<std::unique_ptr<BatchSource>(const SourceSpec&)> content;
  /// How far time had come in the object at H, by columns of the spec; null: it says nothing.
  std::function<std::vector<Watermark>(const SourceSpec&)> watermarks = nullptr;
};

/// What the hydrating inputs of a worker wait for outside of the process, and what went wrong
/// there. The worker and its inputs share it.
struct HydrationWaits {
  std::vector<int> ready_fds;
  std::vector<std::pair<ObjectId, Error>> failures;  // dataflows that cannot be hydrated
};

/// What the worker knows of one input that hydrates.
struct HydratingState {
  std::shared_ptr<Behind> behind = std::make_shared<Behind>();
  bool content_read = false;  // up to where the source had ended an epoch
};

/// The rows of `content` (null: none) and the watermarks as epoch `at`, and then what `live`
/// delivers. Content that follows is read on until `state` says that `live` has the rows. After an
/// error of the content, or when too much waited, nothing comes any more, and `waits` says so.
std::unique_ptr<PipelineInput> MakeHydratingInput(ObjectId dataflow, const EpochInfo& at,
                                                  std::unique_ptr<BatchSource> content,
                                                  std::vector<Watermark> watermarks,
                                                  std::unique_ptr<PipelineInput> live,
                                                  std::shared_ptr<HydratingState> state,
                                                  std::shared_ptr<HydrationWaits> waits);

}  // namespace riverrun::executor
