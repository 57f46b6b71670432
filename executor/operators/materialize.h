// The output of a continuous query: a view's content.
#pragma once

#include <memory>

#include "executor/operators/operators.h"
#include "storage/view/view_store.h"

namespace riverrun::executor {

/// Collects an epoch's rows, applies them to this worker's shard of the view at the barrier,
/// publishes the epoch, and emits the consolidated delta for whoever reads the view. Both outlive
/// the operator. REQUIRES rows of one key come to one worker.
std::unique_ptr<Operator> MakeMaterialize(storage::ViewWriter& shard,
                                          const storage::ViewLayout& layout,
                                          const OperatorContext& context);

/// Takes all rows and keeps none; publishes each epoch with no content.
std::unique_ptr<Operator> MakeDiscard(storage::ViewWriter& shard);

}  // namespace riverrun::executor
