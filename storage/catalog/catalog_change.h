// Steps that the catalog is a fold of, and their bytes in the journal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "storage/catalog/catalog_object.h"
#include "types/error.h"

namespace riverrun::storage {

struct CreateObject {
  std::shared_ptr<const CatalogObject> object;
};
struct DropObject {
  ObjectId id;
};
/// The object as it is from now on; its version is the old one plus one. RENAME, SET OWNER, ADD
/// COLUMN and COMMENT ON are all this.
struct AlterObject {
  std::shared_ptr<const CatalogObject> object;
};
/// Epochs below `end` may be used from now on, those below the previous end never again.
struct ReserveEpochs {
  Epoch end = 0;
};
/// Ids below these have been handed out.
struct ReserveIds {
  uint32_t objects_end = 0;
  uint32_t operators_end = 0;
};

using CatalogChange =
    std::variant<CreateObject, DropObject, AlterObject, ReserveEpochs, ReserveIds>;

/// By value: the objects are compared, not their addresses.
bool operator==(const CatalogChange& a, const CatalogChange& b);

/// The bytes of a change, with the version of their form.
std::string Serialize(const CatalogChange& change);
/// Reads what Serialize wrote. Errors: XX001 for bytes that are none; 0A000 for a form that only a
/// newer server knows.
Result<CatalogChange> ParseCatalogChange(std::string_view bytes);

}  // namespace riverrun::storage
