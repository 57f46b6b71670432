// Aggregation done the slow way, over all rows at once: what the operator must come to.
#pragma once

#include "executor/operators/operators.h"
#include "tests/executor/bag_output.h"

namespace riverrun::executor::testing {

/// How often each row of a batch is in the input.
using Counts = std::vector<Weight>;

/// The output of a GROUP BY over a bag of rows: rows and error rows, by their images.
struct Expected {
  Bag rows;
  Bag errors;
};
/// REQUIRES no count is negative.
Expected AggregateAll(const AggregateSpec& spec, const Batch& pool, const Counts& counts);

}  // namespace riverrun::executor::testing
