// The query of a view with names that mean the same for ever.
#pragma once

#include "parser/ast/query.h"
#include "planner/bind/bind_state.h"

namespace riverrun::planner {

/// Writes the schema before each relation that the query names and the columns in place of each
/// star, as they were when `state` bound the query. What is created or replaced later changes
/// nothing then.
void QualifyNames(const BindState& state, ast::Query& query);

}  // namespace riverrun::planner
