// Binds statements. Private to planner/bind/.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser/ast/statement.h"
#include "planner/bind/bind_state.h"
#include "planner/bind/query/query_binder.h"

namespace riverrun::planner {

/// The query's output as a bound query.
BoundQuery AsBoundQuery(const BindState& state, const QueryOutput& output);

/// Whether an EMIT makes a query continuous; throws 0A000 for modes that are not built.
bool IsContinuous(const std::optional<ast::Emit>& emit);
/// The query's output as its EMIT has it. Throws 0A000.
QueryOutput ApplyEmit(BindState& state, QueryOutput output, const std::optional<ast::Emit>& emit);

// Each binds one kind of statement over its own state.

// statement/bind_create.cpp
CatalogPlan BindCreate(BindState& state, const ast::CreateRelation& create, ast::Span span);
CatalogPlan BindCreate(BindState& state, const ast::CreateSchema& create, ast::Span span);
// statement/bind_view.cpp
StatementPlan BindCreate(BindState& state, const ast::CreateView& create, ast::Span span);
// statement/bind_drop.cpp
CatalogPlan BindDrop(BindState& state, const ast::Drop& drop, ast::Span span);
CatalogPlan BindComment(BindState& state, const ast::Comment& comment, ast::Span span);
CatalogPlan BindRefresh(BindState& state, const ast::RefreshView& refresh);
// statement/bind_alter.cpp
StatementPlan BindAlter(BindState& state, const ast::Alter& alter, ast::Span span);
// statement/bind_sink.cpp
StatementPlan BindCreate(BindState& state, const ast::CreateSink& create, ast::Span span);
// statement/bind_insert.cpp
WritePlan BindInsert(BindState& state, const ast::Insert& insert);
// statement/bind_update.cpp
WritePlan BindUpdate(BindState& state, const ast::Update& update);
WritePlan BindDelete(BindState& state, const ast::Delete& removal);
WritePlan BindTruncate(BindState& state, const ast::Truncate& truncate);
// statement/bind_show.cpp
QueryPlan BindShow(BindState& state, const ast::ShowObjects& show, ast::Span span);
QueryPlan BindShowCreate(BindState& state, const ast::ShowCreate& show);
QueryPlan BindDescribe(BindState& state, const ast::QualifiedName& name);

// What several of them need.

/// The text of CREATE as the catalog keeps it, without secrets.
std::string StoredSql(ast::Statement statement);
/// Whether an option holds a secret.
bool IsSecretOption(std::string_view key);
// statement/bind_connector.cpp
/// Options of WITH (...) as the catalog keeps them. Throws for what is no single value.
std::vector<storage::CatalogOption> BindOptions(const std::vector<ast::Option>& options);
/// Whether a definition is of a stream that is read from somewhere.
bool HasConnector(const ast::CreateRelation& create);
/// Fills in the options of such a stream and has its connector check them, without asking anybody
/// outside. REQUIRES the columns are there.
void BindConnector(const BindState& state, const ast::CreateRelation& create,
                   storage::CatalogObject& object);
/// A fresh object in the schema that its name says, owned by the user.
storage::CatalogObject NewObject(BindState& state, const ast::QualifiedName& name,
                                 storage::ObjectKind kind, const std::string& schema);
/// What IF NOT EXISTS finds: true, with a notice, if the relation is there. Without IF NOT EXISTS
/// throws 42P07.
bool IsThere(BindState& state, const ast::QualifiedName& name, const std::string& schema,
             bool if_not_exists, std::vector<Notice>& notices);
/// Applies changes to the snapshot in order to see what is wrong with them; throws it.
void CheckChanges(const BindState& state, const std::vector<storage::CatalogChange>& changes,
                  Position position);

/// The table or stream that a statement writes. Throws for what cannot be written; `verb` is
/// "insert into", "update", "delete from".
storage::ObjectRef FindTarget(BindState& state, const ast::QualifiedName& name,
                              std::string_view verb, uint32_t privileges);
/// Position of a column of the target. Throws 42703, 428C9.
size_t TargetColumn(const storage::CatalogObject& target, const ast::Identifier& name);
/// The value that DEFAULT stands for, of the column's type.
ExpressionRef DefaultOf(BindState& state, const storage::CatalogColumn& column);
/// The value of a SET or VALUES cell for a column: DEFAULT, or the expression assigned.
ExpressionRef CellFor(BindState& state, ExpressionBinder& binder, const ast::Expression& cell,
                      const storage::CatalogColumn& column);
/// SET: the new value of each column of the target, null where it keeps its own.
std::vector<ExpressionRef> BindAssignments(BindState& state, ExpressionBinder& binder,
                                           const storage::CatalogObject& target,
                                           const std::vector<ast::Assignment>& assignments);
/// RETURNING over the stored columns by position.
std::vector<ReturningColumn> BindReturning(BindState& state, const storage::CatalogObject& target,
                                           const std::optional<ast::Identifier>& alias,
                                           const std::vector<ast::SelectItem>& items,
                                           bool excluded_hidden);
/// A relation of the target's columns with fresh ids, for expressions over one row of it.
ScopeRelation RowOf(BindState& state, const storage::CatalogObject& target, std::string name);

}  // namespace riverrun::planner
