// Types as they are written.
#pragma once

#include <string>

#include "parser/ast/expression.h"
#include "planner/bind/bind_state.h"

namespace riverrun::planner {

/// The type that a name with modifiers and brackets means. Throws 42704, 22023, 0A000.
Type BindType(const parser::ast::TypeName& name);

/// PostgreSQL's internal name of a type, which names the column of a cast: "int4", "timestamptz".
std::string InternalTypeName(const Type& type);

}  // namespace riverrun::planner
