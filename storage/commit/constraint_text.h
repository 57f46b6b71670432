// What PostgreSQL says when a row breaks a constraint.
#pragma once

#include <cstdint>

#include "storage/catalog/catalog_object.h"
#include "types/column/batch.h"
#include "types/error.h"

namespace riverrun::storage {

/// 23505, `duplicate key value violates unique constraint "t_pkey"`, `Key (id)=(1) already exists.`
Error DuplicateKey(const CatalogObject& table, const Batch& rows, uint32_t row);
/// 23502, `null value in column "a" of relation "t" violates not-null constraint`,
/// `Failing row contains (1, null).`
Error NullInColumn(const CatalogObject& table, int column, const Batch& rows, uint32_t row);
/// 40001, `could not serialize access due to concurrent update`, with the table and the key.
Error RowChanged(const CatalogObject& table, const Batch& rows, uint32_t row);
/// 40001, for a key that was free when the transaction read it.
Error KeyTaken(const CatalogObject& table, const Batch& rows, uint32_t row);

/// The first selected row with positive weight that has a NULL where the table allows none.
Result<void> CheckNotNull(const CatalogObject& table, const Batch& rows);

}  // namespace riverrun::storage
