// What INSERT, UPDATE and DELETE do with the rows of their plan.
#pragma once

#include <vector>

#include "planner/bind/bind.h"
#include "storage/commit/write_set.h"

namespace riverrun::slt {

/// The rows that a statement writes, and those that RETURNING is about.
struct WrittenRows {
  std::vector<Batch> deltas;     // with weights, hidden columns included
  std::vector<Batch> returning;  // the table's columns
};

/// Divides the output of a Write into rows that go and rows that come; `stored` are the table's
/// rows as they are, which only ON CONFLICT looks at. Errors: those of its expressions, 21000.
Result<WrittenRows> RowsToWrite(const planner::WritePlan& plan, const storage::CatalogObject& table,
                                const std::vector<Batch>& output, const std::vector<Batch>& stored,
                                const executor::EvalContext& context, storage::WriteSet& writes);

}  // namespace riverrun::slt
