// The catalog at one moment.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/catalog/catalog_change.h"
#include "types/error.h"
#include "types/id.h"

namespace riverrun::storage {

class CatalogSnapshot;
using CatalogRef = std::shared_ptr<const CatalogSnapshot>;
using ObjectRef = std::shared_ptr<const CatalogObject>;

/// All objects at one moment: a fold of CatalogChange records. Immutable, so any thread may read
/// it; a new snapshot shares the objects that stayed.
class CatalogSnapshot {
 public:
  /// The catalog of an empty server: the role "riverrun" (superuser) and the schema "public". They
  /// are part of every fold and in no record.
  static CatalogRef Initial();
  static constexpr ObjectId kFirstRole{1};
  static constexpr ObjectId kPublicSchema{2};

  /// The snapshot after a transaction's changes, all or none. Errors: 42P07, 42710, 42P06 for a
  /// name in use; 3F000 for a schema that is not there; 2BP01 if an object that stays needs one
  /// that goes (DETAIL lists them); 40001 if an object to change, drop or depend on is not there in
  /// the version the change was made from: another transaction was first.
  Result<CatalogRef> With(std::span<const CatalogChange> changes) const;

  /// Null if there is no such object.
  ObjectRef Find(ObjectId id) const;
  ObjectRef FindRelation(std::string_view schema, std::string_view name) const;
  ObjectRef FindSchema(std::string_view name) const;
  ObjectRef FindRole(std::string_view name) const;
  /// The relation of that name in the first schema of the path that has one.
  ObjectRef FindRelation(std::span<const std::string> search_path, std::string_view name) const;
  /// The name in the path's schemas that `name` was probably meant to be, or nothing.
  std::optional<std::string> NearestRelation(std::span<const std::string> search_path,
                                             std::string_view name) const;

  /// Objects of one kind by id, hence in the order of their creation.
  std::vector<ObjectRef> OfKind(ObjectKind kind) const;
  const std::map<ObjectId, ObjectRef>& objects() const { return objects_; }
  /// Objects that need this one, directly or through others, in an order in which they can be
  /// dropped: what DROP ... CASCADE takes along. Without the object itself.
  std::vector<ObjectRef> DependentsOf(ObjectId id) const;

  /// The smallest ids and the smallest epoch that were never handed out.
  uint32_t next_object() const { return next_object_; }
  uint32_t next_operator() const { return next_operator_; }
  Epoch next_epoch() const { return next_epoch_; }

  /// Changes that make this snapshot from Initial(): how a checkpoint keeps it.
  std::vector<CatalogChange> AsChanges() const;

  bool operator==(const CatalogSnapshot& other) const;

 private:
  enum class NameSpace : uint8_t { kRelation, kSchema, kRole };
  struct NameKey {
    NameSpace space = NameSpace::kRelation;
    std::string schema, name;
    auto operator<=>(const NameKey&) const = default;
  };

  static NameKey KeyOf(const CatalogObject& object);
  ObjectRef FindNamed(const NameKey& key) const;
  Result<void> Apply(const CatalogChange& change);
  Result<void> Create(ObjectRef object);
  Result<void> Drop(ObjectId id);
  Result<void> Alter(ObjectRef object);
  Result<void> AddName(const ObjectRef& object);
  Result<void> CheckReferences(const CatalogSnapshot& before) const;
  Result<void> CheckObject(const CatalogObject& object, const CatalogSnapshot& before) const;

  std::map<ObjectId, ObjectRef> objects_;
  std::map<NameKey, ObjectId> names_;
  uint32_t next_object_ = 0;
  uint32_t next_operator_ = 1;
  Epoch next_epoch_ = 1;
};

}  // namespace riverrun::storage
