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

bool IsSystemSchema(std::string_view name) {
  return std::ranges::find(kSystemSchemas, name) != kSystemSchemas.end();
}

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

}  // namespace

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
    if (IsSystemSchema(schema->text)) {
      NoCatalogsYet("the relation " + NameText(name), name.span.begin);
    }
    if (catalog.FindSchema(schema->text) == nullptr) NoSchema(state, *schema);
    return catalog.FindRelation(schema->text, last);
  }
  storage::ObjectRef found = catalog.FindRelation(state.context().search_path, last);
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
  const std::vector<std::string> path =
      schema != nullptr ? std::vector<std::string>{schema->text} : state.context().search_path;
  if (const auto nearest = state.context().catalog->NearestRelation(path, name.Last().text)) {
    error.hint = "Perhaps you meant \"" + (schema ? schema->text + "." : "") + *nearest + "\".";
  }
  throw error;
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
