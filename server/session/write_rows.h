// What INSERT, UPDATE and DELETE do with the rows of their plan.
#pragma once

#include <vector>

#include "executor/operator.h"
#include "planner/bind/bind.h"
#include "storage/commit/write_set.h"
#include "storage/view/read_view.h"

namespace riverrun::server {

/// The rows that a statement writes, and those that RETURNING is about.
struct WrittenRows {
  std::vector<Batch> deltas;     // with weights, hidden columns included
  std::vector<Batch> returning;  // the table's columns; one row for each that was written
};

/// Divides the output of a Write into rows that go and rows that come. `view` has the table as the
/// statement sees it, which only ON CONFLICT looks at. Errors: those of its expressions, 21000.
Result<WrittenRows> RowsToWrite(const planner::WritePlan& plan, const storage::CatalogObject& table,
                                const std::vector<Batch>& output, const storage::ReadView& view,
                                const executor::EvalContext& context, storage::WriteSet& writes);

/// The columns of RETURNING for the rows written. Errors: those of its expressions.
Result<std::vector<Batch>> Returned(const planner::WritePlan& plan, const WrittenRows& rows,
                                    const executor::EvalContext& context);

/// 23505 for the first row that comes with a key which the table or the statement has already;
/// 23502 for a NULL where there must be none. What the commit finds in any case, said at the
/// statement.
Result<void> CheckWrittenRows(const storage::CatalogObject& table, const WrittenRows& rows,
                              const storage::ReadView& view);

}  // namespace riverrun::server
