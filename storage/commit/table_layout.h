// How the rows of catalog objects lie in storage, and the hidden ids of rows without a key.
#pragma once

#include "storage/catalog/catalog_object.h"
#include "storage/run/view_layout.h"
#include "types/column/batch.h"
#include "types/id.h"

namespace riverrun::storage {

/// Layout of a table or materialized view. A table has its columns and, without a primary key, two
/// hidden bigint columns behind them: the LSN of the commit that inserted the row and the row's
/// number in that commit, which together are its key. A materialized view has its columns, and the
/// key inferred for it, or is a bag. REQUIRES one of these kinds.
ViewLayout LayoutOf(const CatalogObject& object);
/// True for a table without a primary key.
bool HasRowIds(const CatalogObject& object);

/// Stands for the LSN of a commit that has not been appended. It is the greatest number, so that
/// rows a transaction has inserted come behind all others also before it commits.
inline constexpr int64_t kPendingLsn = INT64_MAX;

/// Appends the two hidden columns to rows that a transaction inserts: kPendingLsn and ascending
/// numbers from `first`, one a physical row.
void AppendPendingRowIds(Batch& rows, int64_t first);
/// Writes the LSN of its commit into the rows that it inserted. The journal keeps kPendingLsn,
/// since a record is made before its place is known; whoever reads one of a table with row ids
/// calls this. REQUIRES the two hidden columns at the end.
void ResolveRowIds(Batch& rows, Lsn lsn);

}  // namespace riverrun::storage
