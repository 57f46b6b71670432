// What a stream computes of its rows: generated columns and the watermark.
#pragma once

#include "parser/ast/definition.h"
#include "planner/bind/bind_state.h"
#include "planner/bind/statement_plan.h"

namespace riverrun::planner {

/// Binds the generated columns and the watermark of CREATE STREAM, whose columns `object` has. Sets
/// `dataflow` (Source of the columns given, then Project of all columns and the watermark) and the
/// settings that it was bound under, if anything is computed or has a watermark. Throws 42P17,
/// 42804 and what expressions throw.
void BindStreamRows(BindState& state, const parser::ast::CreateRelation& create,
                    storage::CatalogObject& object);

/// GENERATED ALWAYS AS in a definition: notes it in the column, for BindStreamRows. Throws 0A000
/// for a table, and for what is not supported.
void NoteGenerated(const parser::ast::ColumnDefinition& definition,
                   const storage::CatalogObject& object, storage::CatalogColumn& column);

/// ALTER STREAM ... ADVANCE WATERMARK TO. Throws 42P01, 42809, 55000 without a watermark, 42804 and
/// 22023 for the time.
AdvancePlan BindAdvance(BindState& state, const parser::ast::Alter& alter,
                        const parser::ast::AdvanceWatermark& advance);

}  // namespace riverrun::planner
