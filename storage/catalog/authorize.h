// Who may do what.
#pragma once

#include <cstdint>

#include "storage/catalog/catalog_snapshot.h"
#include "types/error.h"
#include "types/id.h"

namespace riverrun::storage {

/// On whose behalf a session acts.
struct Principal {
  ObjectId role;
  bool superuser = false;
};

/// Bits, one for each privilege of PostgreSQL's that an object can be asked for.
enum Privilege : uint32_t {
  kSelect = 1,
  kInsert = 2,
  kUpdate = 4,
  kDelete = 8,
  kCreate = 16,  // in a schema
  kOwn = 32,     // ALTER and DROP
};

/// Passes the owner and superusers. (GRANT does not exist yet; anyone may look into the schema
/// "public" and create there.) Errors: 42501 with PostgreSQL's text. REQUIRES the object exists.
Result<void> Authorize(const Principal& principal, const CatalogSnapshot& catalog, ObjectId object,
                       uint32_t privileges);

}  // namespace riverrun::storage
