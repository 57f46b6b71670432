#include "storage/catalog/catalog_object.h"

namespace riverrun::storage {

std::string_view KindName(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kSchema: return "schema";
    case ObjectKind::kTable: return "table";
    case ObjectKind::kStream: return "stream";
    case ObjectKind::kView: return "view";
    case ObjectKind::kMaterializedView: return "materialized view";
    case ObjectKind::kIndex: return "index";
    case ObjectKind::kSink: return "sink";
    case ObjectKind::kRole: return "role";
    case ObjectKind::kSystemRelation: return "system relation";
    case ObjectKind::kErrorCollection: return "error collection";
  }
  return "object";
}

bool IsRelation(ObjectKind kind) {
  return kind != ObjectKind::kSchema && kind != ObjectKind::kRole;
}

const std::string* FindOption(const CatalogObject& object, std::string_view name) {
  for (const CatalogOption& option : object.options) {
    if (option.name == name) return &option.value;
  }
  return nullptr;
}

std::string_view ConnectorOf(const CatalogObject& object) {
  const std::string* connector = FindOption(object, "connector");
  return connector == nullptr ? std::string_view() : *connector;
}

int FindColumn(const CatalogObject& object, std::string_view name) {
  for (size_t i = 0; i < object.columns.size(); ++i) {
    if (object.columns[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::string QualifiedName(const CatalogObject& object) {
  return IsRelation(object.kind) ? object.schema + "." + object.name : object.name;
}

}  // namespace riverrun::storage
