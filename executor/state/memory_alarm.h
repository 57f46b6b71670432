// How an operator says that its state has outgrown its memory budget.
#pragma once

#include <vector>

#include "executor/operator.h"
#include "executor/state/state_arena.h"

namespace riverrun::executor {

/// Reports 53200 while an arena is overdrawn: one row of nulls with the error, in the error
/// collection until the budget has room again. The state itself stays exact (see StateArena), so a
/// one-shot query ends with the error, and a continuous one is right again once there is room.
class MemoryAlarm {
 public:
  /// `outputs`: the operator's output types, which outlive this.
  explicit MemoryAlarm(const std::vector<Type>& outputs) : outputs_(outputs) {}

  /// Call after the state may have grown or shrunk.
  void Check(StateArena& arena, Output& out);

 private:
  const std::vector<Type>& outputs_;
  bool raised_ = false;
};

}  // namespace riverrun::executor
