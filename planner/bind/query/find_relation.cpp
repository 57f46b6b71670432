#include "planner/bind/query/find_relation.h"

#include <algorithm>
#include <array>

#include "storage/catalog/nearest_name.h"

namespace riverrun::planner {
namespace {

using parser::ast::Identifier;
using parser::ast::QualifiedName;

constexpr std::array<std::string_view, 3> kSystemSchemas = {"pg_catalog", "information_schema",
                                                            "sys"};

// The schema part of a name, or null. A database may stand before it, if it is this one.
const Identifier* SchemaOf(const BindState& state, const QualifiedName& name) {
  if (name.parts.size() == 1) return nullptr;
  const bool other = name.parts.size() > 2 && name.parts[0].text != state.context().database;
  if (other || name.parts.size() > 3) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "cross-database references are not implemented: \"" + NameText(name) + "\"",
                   name.span.begin);
  }
  return &name.parts[name.parts.size() - 2];
}

[[noreturn]] void NoSchema(const BindState& state, const Identifier& schema) {
  SqlError error(sqlstate::kInvalidSchemaName, "schema \"" + schema.text + "\" does not exist",
                 schema.span.begin);
  std::vector<std::string_view> names;
  const auto schemas = state.context().catalog->OfKind(storage::ObjectKind::kSchema);
  for (const storage::ObjectRef& known : schemas) names.push_back(known->name);
  if (const auto nearest = storage::NearestName(schema.text, names)) {
    error.hint = "Perhaps you meant \"" + *nearest + "\".";
  }
  throw error;
}

// What was created under the name goes before the error collection that has it by itself.
storage::ObjectRef FindInPath(const BindContext& context, std::span<const std::string> path,
                              std::string_view name) {
  for (const std::string& schema : path) {
    if (storage::ObjectRef found = context.catalog->FindRelation(schema, name)) return found;
    if (!IsSystemSchema(schema) || context.virtual_relations == nullptr) continue;
    if (storage::ObjectRef found = context.virtual_relations->Find(schema, name)) return found;
  }
  return storage::FindErrorRelation(*context.catalog, path, name);
}

storage::ObjectRef FindSystemRelation(const BindState& state, const Identifier& schema,
                                      const QualifiedName& name) {
  const storage::VirtualRelations* relations = state.context().virtual_relations;
  if (relations == nullptr || !relations->HasSchema(schema.text)) {
    NoCatalogsYet("the relation " + NameText(name), name.span.begin);
  }
  return relations->Find(schema.text, name.Last().text);
}

std::optional<std::string> Nearest(const BindState& state, const Identifier* schema,
                                   const std::string& name) {
  const BindContext& context = state.context();
  if (schema == nullptr) return context.catalog->NearestRelation(context.search_path, name);
  if (IsSystemSchema(schema->text)) return context.virtual_relations->Nearest(schema->text, name);
  const std::string path[] = {schema->text};
  return context.catalog->NearestRelation(path, name);
}

}  // namespace

bool IsSystemSchema(std::string_view name) {
  return std::ranges::find(kSystemSchemas, name) != kSystemSchemas.end();
}

std::string NameText(const QualifiedName& name) {
  std::string text;
  for (const Identifier& part : name.parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

void NoCatalogsYet(const std::string& what, Position position) {
  throw SqlError(sqlstate::kFeatureNotSupported, what + " is not supported yet", position)
      .WithHint("SHOW TABLES, SHOW VIEWS, SHOW STREAMS and DESCRIBE name say what there is.");
}

storage::ObjectRef FindRelationIfThere(const BindState& state, const QualifiedName& name) {
  const storage::CatalogSnapshot& catalog = *state.context().catalog;
  const std::string& last = name.Last().text;
  if (const Identifier* schema = SchemaOf(state, name)) {
    if (IsSystemSchema(schema->text)) return FindSystemRelation(state, *schema, name);
    if (catalog.FindSchema(schema->text) == nullptr) NoSchema(state, *schema);
    const std::string path[] = {schema->text};
    return FindInPath(state.context(), path, last);
  }
  storage::ObjectRef found = FindInPath(state.context(), state.context().search_path, last);
  // pg_catalog is searched without being named.
  if (found == nullptr && last.starts_with("pg_")) {
    NoCatalogsYet("the relation " + last, name.span.begin);
  }
  return found;
}

storage::ObjectRef FindRelation(const BindState& state, const QualifiedName& name) {
  if (storage::ObjectRef found = FindRelationIfThere(state, name)) return found;
  SqlError error(sqlstate::kUndefinedTable, "relation \"" + NameText(name) + "\" does not exist",
                 name.span.begin);
  const Identifier* schema = SchemaOf(state, name);
  if (const auto nearest = Nearest(state, schema, name.Last().text)) {
    error.hint = "Perhaps you meant \"" + (schema ? schema->text + "." : "") + *nearest + "\".";
  }
  throw error;
}

void CheckIsCreated(const storage::CatalogObject& relation, Position position) {
  if (relation.kind == storage::ObjectKind::kSystemRelation) {
    throw SqlError(sqlstate::kInsufficientPrivilege,
                   "permission denied: \"" + relation.name + "\" is a system catalog", position);
  }
  if (relation.kind == storage::ObjectKind::kErrorCollection) {
    throw SqlError(sqlstate::kWrongObjectType,
                   "cannot change error collection \"" + relation.name + "\"", position)
        .WithDetail("A row is in it as long as what failed is there.");
  }
}

storage::ObjectRef CreationSchema(BindState& state, const QualifiedName& name) {
  const storage::CatalogSnapshot& catalog = *state.context().catalog;
  storage::ObjectRef found;
  if (const Identifier* schema = SchemaOf(state, name)) {
    if (IsSystemSchema(schema->text)) {
      throw SqlError(sqlstate::kInsufficientPrivilege,
                     "permission denied to create \"" + NameText(name) + "\"", name.span.begin)
          .WithDetail("System catalog modifications are currently disallowed.");
    }
    found = catalog.FindSchema(schema->text);
    if (found == nullptr) NoSchema(state, *schema);
  } else {
    for (const std::string& schema_name : state.context().search_path) {
      if (found == nullptr) found = catalog.FindSchema(schema_name);
    }
    if (found == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, "no schema has been selected to create in",
                     name.span.begin);
    }
  }
  const Result<void> allowed =
      storage::Authorize(state.context().principal, catalog, found->id, storage::kCreate);
  if (!allowed) Throw(allowed.error(), name.span.begin);
  return found;
}

}  // namespace riverrun::planner
