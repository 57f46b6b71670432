// Whether a transaction's rows still fit the newest state of a table.
#pragma once

#include "storage/catalog/catalog_object.h"
#include "storage/commit/table_store.h"
#include "storage/commit/write_set.h"
#include "storage/journal_record.h"
#include "types/error.h"

namespace riverrun::storage {

/// Sums a transaction's deltas of one table, checks them against the newest state and the table's
/// constraints, and appends what is left to the record: for each key the old row with -1, then the
/// new one with +1. `table` is the object as the commit leaves it. Errors: 23505, 23502, 40001.
Result<void> CheckTableWrites(const CatalogObject& table, const WriteSet::TableWrites& writes,
                              bool explicit_transaction, const TableStore& store,
                              CommitRecord& record);
/// The same for rows of a stream, which have neither key nor newest state. Errors: 23502; 0A000 for
/// rows to delete or to lock.
Result<void> CheckStreamWrites(const CatalogObject& stream, const WriteSet::TableWrites& writes,
                               CommitRecord& record);

}  // namespace riverrun::storage
