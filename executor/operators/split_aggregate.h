// GROUP BY in two steps: on the worker where the rows are, then on that of the group.
#pragma once

#include <optional>
#include <vector>

#include "executor/dataflow.h"

namespace riverrun::executor {

/// What a GROUP BY is divided into.
struct SplitAggregation {
  PartialAggregateSpec partial;       // over the input
  std::vector<OutputColumn> columns;  // of its output: the keys, then the values of parts
  std::vector<int> keys;              // positions in it: the first columns
  std::vector<AggregateCall> calls;   // over it; as many as there were, with the same results
};

/// Divides a GROUP BY over an append-only input with these columns. Nothing if a call cannot be
/// divided, or if equal keys may differ: then the one to show is not known before all rows are.
std::optional<SplitAggregation> SplitAggregate(const std::vector<int>& keys,
                                               const std::vector<AggregateCall>& calls,
                                               const std::vector<OutputColumn>& input);

}  // namespace riverrun::executor
