#include "storage/catalog/derived_object.h"

#include <algorithm>

#include "storage/catalog/nearest_name.h"

namespace riverrun::storage {
namespace {

constexpr std::string_view kErrorsSuffix = "_errors";

CatalogColumn Known(std::string name, const Type& type) {
  return {.name = std::move(name), .type = type, .not_null = true};
}

}  // namespace

std::vector<CatalogColumn> ErrorColumns(const CatalogObject& object) {
  if (object.kind == ObjectKind::kMaterializedView || object.kind == ObjectKind::kSink) {
    return {Known("at", Type::TimestampTz()), Known("sqlstate", Type::Text()),
            Known("reason", Type::Text()),    Known("operator", Type::Text()),
            Known("row", Type::Jsonb()),      Known("count", Type::Int8())};
  }
  if (object.kind == ObjectKind::kStream) {
    return {Known("at", Type::TimestampTz()), Known("sqlstate", Type::Text()),
            Known("reason", Type::Text()),    {.name = "topic", .type = Type::Text()},
            Known("partition", Type::Int4()), Known("offset", Type::Int8()),
            {.name = "key", .type = Type::Bytea()},
            {.name = "raw", .type = Type::Bytea()}};
  }
  return {};
}

ObjectRef ErrorRelationOf(const CatalogObject& object) {
  std::vector<CatalogColumn> columns = ErrorColumns(object);
  if (columns.empty()) return nullptr;
  auto errors = std::make_shared<CatalogObject>();
  errors->id = ErrorsOf(object.id);
  errors->kind = ObjectKind::kErrorCollection;
  errors->schema = object.schema;
  errors->name = object.name + std::string(kErrorsSuffix);
  errors->owner = object.owner;
  errors->columns = std::move(columns);
  return errors;
}

ObjectRef FindErrorRelation(const CatalogSnapshot& catalog,
                            std::span<const std::string> search_path, std::string_view name) {
  if (!name.ends_with(kErrorsSuffix)) return nullptr;
  const std::string_view owner = name.substr(0, name.size() - kErrorsSuffix.size());
  for (const std::string& schema : search_path) {
    const ObjectRef found = catalog.FindRelation(schema, owner);
    if (found == nullptr) continue;
    if (ObjectRef errors = ErrorRelationOf(*found)) return errors;
  }
  return nullptr;
}

ObjectId VirtualRelations::Add(std::string schema, std::string name,
                               std::vector<CatalogColumn> columns) {
  auto relation = std::make_shared<CatalogObject>();
  relation->id = {kVirtualBit | static_cast<uint32_t>(relations_.size())};
  relation->kind = ObjectKind::kSystemRelation;
  relation->schema = std::move(schema);
  relation->name = std::move(name);
  relation->owner = CatalogSnapshot::kFirstRole;
  relation->columns = std::move(columns);
  const bool added =
      by_name_.try_emplace({relation->schema, relation->name}, relation).second;
  CHECK(added, "a virtual relation is registered twice");
  relations_.push_back(std::move(relation));
  return relations_.back()->id;
}

ObjectRef VirtualRelations::Find(ObjectId id) const {
  const uint32_t number = id.value & ~kVirtualBit;
  return IsVirtual(id) && number < relations_.size() ? relations_[number] : nullptr;
}

ObjectRef VirtualRelations::Find(std::string_view schema, std::string_view name) const {
  const auto found = by_name_.find(std::pair(std::string(schema), std::string(name)));
  return found == by_name_.end() ? nullptr : found->second;
}

bool VirtualRelations::HasSchema(std::string_view schema) const {
  return std::ranges::any_of(relations_,
                             [&](const ObjectRef& known) { return known->schema == schema; });
}

std::optional<std::string> VirtualRelations::Nearest(std::string_view schema,
                                                     std::string_view name) const {
  std::vector<std::string_view> names;
  for (const ObjectRef& known : relations_) {
    if (known->schema == schema) names.push_back(known->name);
  }
  return NearestName(name, names);
}

}  // namespace riverrun::storage
