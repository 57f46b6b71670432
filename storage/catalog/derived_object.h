// Relations that no record of the catalog makes: they come with the server, or with another object.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/catalog/catalog_snapshot.h"

namespace riverrun::storage {

// Created objects have ids below these bits.
inline constexpr uint32_t kVirtualBit = 1u << 30;
inline constexpr uint32_t kErrorsBit = 1u << 31;

/// The id of an object's error collection.
constexpr ObjectId ErrorsOf(ObjectId object) { return {object.value | kErrorsBit}; }
constexpr bool IsErrors(ObjectId object) { return (object.value & kErrorsBit) != 0; }
/// The object itself, or the one whose error collection it is.
constexpr ObjectId OwnerOf(ObjectId object) { return {object.value & ~kErrorsBit}; }
/// True for a relation whose rows the server makes when a statement reads it.
constexpr bool IsVirtual(ObjectId object) { return (object.value & kVirtualBit) != 0; }

/// The columns of NAME_errors; no columns for an object that has no errors. Of a materialized view,
/// `count` is the multiplicity; of a stream, each row is a record of which no row could be made.
std::vector<CatalogColumn> ErrorColumns(const CatalogObject& object);
/// NAME_errors as a relation, of kind kErrorCollection; null if the object has no errors.
ObjectRef ErrorRelationOf(const CatalogObject& object);
/// The error collection that a name of the form NAME_errors means, in the first schema of the path
/// that has a stream or materialized view NAME; null if there is none. A relation that was created
/// under the name itself goes before it.
ObjectRef FindErrorRelation(const CatalogSnapshot& catalog,
                            std::span<const std::string> search_path, std::string_view name);

/// Relations whose rows the server makes: those of sys and its like. Filled when the program
/// starts and constant from then on; any thread may read it.
class VirtualRelations {
 public:
  /// Adds a relation; returns its id, which is good in this process only.
  ObjectId Add(std::string schema, std::string name, std::vector<CatalogColumn> columns);

  /// Null if there is no such relation.
  ObjectRef Find(ObjectId id) const;
  ObjectRef Find(std::string_view schema, std::string_view name) const;
  bool HasSchema(std::string_view schema) const;
  const std::vector<ObjectRef>& all() const { return relations_; }
  /// The name in the schema that `name` was probably meant to be, or nothing.
  std::optional<std::string> Nearest(std::string_view schema, std::string_view name) const;

 private:
  std::vector<ObjectRef> relations_;  // by id
  std::map<std::pair<std::string, std::string>, ObjectRef, std::less<>> by_name_;
};

}  // namespace riverrun::storage
