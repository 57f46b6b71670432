#include "executor/state/memory_alarm.h"

namespace riverrun::executor {

void MemoryAlarm::Check(StateArena& arena, Output& out) {
  if (arena.overdrawn() == raised_) return;
  raised_ = !raised_;
  Batch row;
  row.rows = 1;
  for (const Type& type : outputs_) row.columns.push_back(NullColumn(type));
  auto weight = Buffer::Allocate(sizeof(Weight));
  *weight->mutable_as<Weight>() = raised_ ? 1 : -1;
  row.weights = std::move(weight);
  out.EmitError(row, {{0, Error{.sqlstate = sqlstate::kOutOfMemory,
                                .text = "out of memory",
                                .detail = "The state of an operator exceeds its memory budget."}}});
}

}  // namespace riverrun::executor
