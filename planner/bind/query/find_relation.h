// Names of relations and schemas.
#pragma once

#include <string>
#include <string_view>

#include "parser/ast/node.h"
#include "planner/bind/bind_state.h"

namespace riverrun::planner {

/// True for pg_catalog, information_schema and sys: nobody creates anything there.
bool IsSystemSchema(std::string_view name);

/// The relation of a name, or NAME_errors of a stream or materialized view NAME; null if there is
/// none. Throws 0A000 for system schemas without relations, 3F000 for a schema that does not exist.
storage::ObjectRef FindRelationIfThere(const BindState& state,
                                       const parser::ast::QualifiedName& name);
/// The same; throws 42P01 with the nearest name as its hint.
storage::ObjectRef FindRelation(const BindState& state, const parser::ast::QualifiedName& name);

/// The schema in which an object of this name is created: the one written, or the first of
/// search_path that exists. Throws 3F000; 42501 if the user may not create there.
storage::ObjectRef CreationSchema(BindState& state, const parser::ast::QualifiedName& name);

/// The name as messages print it: as it was written.
std::string NameText(const parser::ast::QualifiedName& name);

/// Refuses what only pg_catalog and information_schema have: 0A000 that names `what`.
[[noreturn]] void NoCatalogsYet(const std::string& what, Position position);

/// Throws 42501 for a system relation, 42809 for an error collection: they are not written, altered
/// or dropped.
void CheckIsCreated(const storage::CatalogObject& relation, Position position);

}  // namespace riverrun::planner
