// Puts operators together to a dataflow. Private to this folder.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "executor/dataflow.h"

namespace riverrun::planner {

/// Adds operators in topological order and gives them ids and fingerprints.
///
/// Equal operators over equal inputs are one operator: here, where columns are positions, equal is
/// plain equality, so sub-plans that a query repeats are computed once. What calls a volatile
/// function is equal to nothing.
class DataflowBuilder {
 public:
  /// `next_id` names the operators; empty means 1, 2, and so on.
  explicit DataflowBuilder(std::function<OperatorId()> next_id);

  /// An operator with these inputs, new or one that is there.
  OperatorId Add(executor::OperatorSpec spec, std::vector<executor::InputRef> inputs,
                 std::vector<executor::OutputColumn> output);

  const std::vector<executor::OutputColumn>& OutputOf(OperatorId id) const;

  /// The dataflow. REQUIRES `root`, its output, was added last.
  executor::DataflowSpec Finish(OperatorId root);

 private:
  struct Added {
    size_t index;          // in spec_.nodes
    uint64_t fingerprint;  // of the operator and all below it
  };

  uint64_t Fingerprint(const executor::OperatorNode& node) const;

  std::function<OperatorId()> next_id_;
  executor::DataflowSpec spec_;
  std::map<OperatorId, Added> added_;
  std::multimap<uint64_t, OperatorId> by_fingerprint_;  // those that may be shared
};

}  // namespace riverrun::planner
