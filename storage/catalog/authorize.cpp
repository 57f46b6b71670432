#include "storage/catalog/authorize.h"

namespace riverrun::storage {

Result<void> Authorize(const Principal& principal, const CatalogSnapshot& catalog, ObjectId object,
                       uint32_t privileges) {
  if (principal.superuser) return {};
  const ObjectRef found = catalog.Find(object);
  CHECK(found != nullptr, "authorization for an object that is not in the catalog");
  if (found->owner == principal.role) return {};
  const bool is_public = object == CatalogSnapshot::kPublicSchema;
  if (is_public && (privileges & ~static_cast<uint32_t>(kSelect | kCreate)) == 0) return {};
  const std::string what(KindName(found->kind));
  if ((privileges & kOwn) != 0) {
    return Fail(sqlstate::kInsufficientPrivilege, "must be owner of " + what + " " + found->name);
  }
  return Fail(sqlstate::kInsufficientPrivilege,
              "permission denied for " + what + " " + found->name);
}

}  // namespace riverrun::storage
