#include "storage/catalog/catalog_snapshot.h"

#include <algorithm>
#include <set>

#include "storage/catalog/nearest_name.h"

namespace riverrun::storage {
namespace {

constexpr size_t kDependentsShown = 20;

Error TakenByOther(std::string what) {
  return {sqlstate::kSerializationFailure, std::move(what)};
}

Error NameInUse(const CatalogObject& object) {
  switch (object.kind) {
    case ObjectKind::kSchema:
      return {sqlstate::kDuplicateSchema, "schema \"" + object.name + "\" already exists"};
    case ObjectKind::kRole:
      return {sqlstate::kDuplicateObject, "role \"" + object.name + "\" already exists"};
    default:
      return {sqlstate::kDuplicateTable, "relation \"" + object.name + "\" already exists"};
  }
}

std::string Described(const CatalogObject& object) {
  return std::string(KindName(object.kind)) + " " + object.name;
}

}  // namespace

CatalogRef CatalogSnapshot::Initial() {
  static const CatalogRef initial = [] {
    auto role = std::make_shared<CatalogObject>();
    role->id = kFirstRole;
    role->kind = ObjectKind::kRole;
    role->name = "riverrun";
    role->owner = kFirstRole;
    role->role = RoleDefinition{.superuser = true, .login = true, .create_role = true,
                                .password_verifier = {}};
    auto schema = std::make_shared<CatalogObject>();
    schema->id = kPublicSchema;
    schema->kind = ObjectKind::kSchema;
    schema->name = "public";
    schema->owner = kFirstRole;
    auto snapshot = std::make_shared<CatalogSnapshot>();
    snapshot->next_object_ = kPublicSchema.value + 1;
    for (const ObjectRef& object : {ObjectRef(role), ObjectRef(schema)}) {
      snapshot->objects_[object->id] = object;
      snapshot->names_[KeyOf(*object)] = object->id;
    }
    return snapshot;
  }();
  return initial;
}

CatalogSnapshot::NameKey CatalogSnapshot::KeyOf(const CatalogObject& object) {
  switch (object.kind) {
    case ObjectKind::kSchema: return {NameSpace::kSchema, {}, object.name};
    case ObjectKind::kRole: return {NameSpace::kRole, {}, object.name};
    default: return {NameSpace::kRelation, object.schema, object.name};
  }
}

Result<CatalogRef> CatalogSnapshot::With(std::span<const CatalogChange> changes) const {
  auto after = std::make_shared<CatalogSnapshot>(*this);
  for (const CatalogChange& change : changes) {
    if (auto applied = after->Apply(change); !applied) return std::unexpected(applied.error());
  }
  if (auto checked = after->CheckReferences(*this); !checked) {
    return std::unexpected(checked.error());
  }
  return after;
}

Result<void> CatalogSnapshot::Apply(const CatalogChange& change) {
  if (const auto* create = std::get_if<CreateObject>(&change)) return Create(create->object);
  if (const auto* drop = std::get_if<DropObject>(&change)) return Drop(drop->id);
  if (const auto* alter = std::get_if<AlterObject>(&change)) return Alter(alter->object);
  if (const auto* epochs = std::get_if<ReserveEpochs>(&change)) {
    next_epoch_ = std::max(next_epoch_, epochs->end);
    return {};
  }
  const auto& ids = std::get<ReserveIds>(change);
  next_object_ = std::max(next_object_, ids.objects_end);
  next_operator_ = std::max(next_operator_, ids.operators_end);
  return {};
}

Result<void> CatalogSnapshot::AddName(const ObjectRef& object) {
  if (!names_.try_emplace(KeyOf(*object), object->id).second) {
    return std::unexpected(NameInUse(*object));
  }
  return {};
}

Result<void> CatalogSnapshot::Create(ObjectRef object) {
  CHECK(!objects_.contains(object->id), "an object id was given twice");
  if (auto added = AddName(object); !added) return added;
  next_object_ = std::max(next_object_, object->id.value + 1);
  objects_[object->id] = std::move(object);
  return {};
}

Result<void> CatalogSnapshot::Drop(ObjectId id) {
  const auto found = objects_.find(id);
  if (found == objects_.end()) {
    return std::unexpected(TakenByOther("the object to drop was dropped by another transaction"));
  }
  names_.erase(KeyOf(*found->second));
  objects_.erase(found);
  return {};
}

Result<void> CatalogSnapshot::Alter(ObjectRef object) {
  const auto found = objects_.find(object->id);
  if (found == objects_.end() || found->second->version + 1 != object->version) {
    return std::unexpected(TakenByOther(Described(*object) +
                                        " was altered or dropped by another transaction"));
  }
  CHECK(found->second->kind == object->kind, "ALTER does not change what an object is");
  names_.erase(KeyOf(*found->second));
  if (auto added = AddName(object); !added) return added;
  found->second = std::move(object);
  return {};
}

// What an object needs must be there. If it was there before these changes, they dropped it; if
// not, another transaction did.
Result<void> CatalogSnapshot::CheckObject(const CatalogObject& object,
                                          const CatalogSnapshot& before) const {
  if (IsRelation(object.kind) && FindSchema(object.schema) == nullptr) {
    if (before.FindSchema(object.schema) == nullptr) {
      return Fail(sqlstate::kInvalidSchemaName, "schema \"" + object.schema + "\" does not exist");
    }
    Error error{sqlstate::kDependentObjectsStillExist,
                "cannot drop schema " + object.schema + " because other objects depend on it"};
    error.detail = Described(object) + " depends on schema " + object.schema;
    error.hint = "Use DROP ... CASCADE to drop the dependent objects too.";
    return std::unexpected(std::move(error));
  }
  if (Find(object.owner) == nullptr) {
    const ObjectRef owner = before.Find(object.owner);
    if (owner == nullptr) {
      return std::unexpected(TakenByOther("the owner of " + Described(object) +
                                          " was dropped by another transaction"));
    }
    Error error{sqlstate::kDependentObjectsStillExist,
                "role \"" + owner->name +
                    "\" cannot be dropped because some objects depend on it"};
    error.detail = "owner of " + Described(object);
    return std::unexpected(std::move(error));
  }
  for (const ObjectId id : object.dependencies) {
    if (Find(id) != nullptr) continue;
    const ObjectRef dropped = before.Find(id);
    if (dropped == nullptr) {
      return std::unexpected(TakenByOther("an object that " + Described(object) +
                                          " depends on was dropped by another transaction"));
    }
    Error error{sqlstate::kDependentObjectsStillExist,
                "cannot drop " + Described(*dropped) + " because other objects depend on it"};
    size_t shown = 0;
    for (const ObjectRef& dependent : before.DependentsOf(id)) {
      if (++shown > kDependentsShown) break;
      if (!error.detail.empty()) error.detail += "\n";
      error.detail += Described(*dependent) + " depends on " + Described(*dropped);
    }
    if (error.detail.empty()) {
      error.detail = Described(object) + " depends on " + Described(*dropped);
    }
    error.hint = "Use DROP ... CASCADE to drop the dependent objects too.";
    return std::unexpected(std::move(error));
  }
  return {};
}

Result<void> CatalogSnapshot::CheckReferences(const CatalogSnapshot& before) const {
  for (const auto& [id, object] : objects_) {
    if (auto checked = CheckObject(*object, before); !checked) return checked;
  }
  return {};
}

ObjectRef CatalogSnapshot::Find(ObjectId id) const {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : found->second;
}

ObjectRef CatalogSnapshot::FindNamed(const NameKey& key) const {
  const auto found = names_.find(key);
  return found == names_.end() ? nullptr : Find(found->second);
}

ObjectRef CatalogSnapshot::FindRelation(std::string_view schema, std::string_view name) const {
  return FindNamed({NameSpace::kRelation, std::string(schema), std::string(name)});
}

ObjectRef CatalogSnapshot::FindSchema(std::string_view name) const {
  return FindNamed({NameSpace::kSchema, {}, std::string(name)});
}

ObjectRef CatalogSnapshot::FindRole(std::string_view name) const {
  return FindNamed({NameSpace::kRole, {}, std::string(name)});
}

ObjectRef CatalogSnapshot::FindRelation(std::span<const std::string> search_path,
                                        std::string_view name) const {
  for (const std::string& schema : search_path) {
    if (ObjectRef found = FindRelation(schema, name)) return found;
  }
  return nullptr;
}

std::optional<std::string> CatalogSnapshot::NearestRelation(
    std::span<const std::string> search_path, std::string_view name) const {
  std::vector<std::string_view> candidates;
  for (const auto& [id, object] : objects_) {
    if (!IsRelation(object->kind)) continue;
    if (std::ranges::find(search_path, object->schema) == search_path.end()) continue;
    candidates.push_back(object->name);
  }
  return NearestName(name, candidates);
}

std::vector<ObjectRef> CatalogSnapshot::OfKind(ObjectKind kind) const {
  std::vector<ObjectRef> out;
  for (const auto& [id, object] : objects_) {
    if (object->kind == kind) out.push_back(object);
  }
  return out;
}

std::vector<ObjectRef> CatalogSnapshot::DependentsOf(ObjectId id) const {
  const ObjectRef root = Find(id);
  if (root == nullptr) return {};
  std::map<ObjectId, std::vector<ObjectId>> needed_by;
  for (const auto& [other, object] : objects_) {
    for (const ObjectId need : object->dependencies) needed_by[need].push_back(other);
    if (IsRelation(object->kind)) {
      if (const ObjectRef schema = FindSchema(object->schema)) {
        needed_by[schema->id].push_back(other);
      }
    }
  }
  // Depth first, an object after all that need it.
  std::vector<ObjectRef> order;
  std::set<ObjectId> seen{id};
  const auto visit = [&](const auto& self, ObjectId at) -> void {
    for (const ObjectId dependent : needed_by[at]) {
      if (!seen.insert(dependent).second) continue;
      self(self, dependent);
      order.push_back(Find(dependent));
    }
  };
  visit(visit, id);
  return order;
}

std::vector<CatalogChange> CatalogSnapshot::AsChanges() const {
  std::vector<CatalogChange> changes;
  const CatalogRef initial = Initial();
  for (const auto& [id, object] : initial->objects_) {
    if (!objects_.contains(id)) changes.push_back(DropObject{id});
  }
  for (const auto& [id, object] : objects_) {
    const ObjectRef first = initial->Find(id);
    if (first == nullptr) {
      changes.push_back(CreateObject{object});
    } else if (!(*first == *object)) {
      // The versions between were folded away: one that is altered goes and comes back.
      changes.push_back(DropObject{id});
      changes.push_back(CreateObject{object});
    }
  }
  changes.push_back(ReserveIds{next_object_, next_operator_});
  changes.push_back(ReserveEpochs{next_epoch_});
  return changes;
}

bool CatalogSnapshot::operator==(const CatalogSnapshot& other) const {
  const auto same = [](const auto& a, const auto& b) {
    return a.first == b.first && *a.second == *b.second;
  };
  return next_object_ == other.next_object_ && next_operator_ == other.next_operator_ &&
         next_epoch_ == other.next_epoch_ && names_ == other.names_ &&
         std::ranges::equal(objects_, other.objects_, same);
}

}  // namespace riverrun::storage
