// FROM: relations, WITH tables, subqueries, views; and what it may not have yet.
#include <algorithm>
#include <array>

#include "parser/parser.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/query/query_binder.h"
#include "planner/bind/settings_text.h"
#include "storage/commit/table_layout.h"

namespace riverrun::planner {
namespace {

constexpr int kViewDepthMax = 64;

ScanKind ScanKindOf(const storage::CatalogObject& object, Position position) {
  switch (object.kind) {
    case storage::ObjectKind::kTable:
      return ScanKind::kTable;
    case storage::ObjectKind::kStream:
      return ScanKind::kStream;
    case storage::ObjectKind::kMaterializedView:
      return ScanKind::kView;
    default:
      break;
  }
  throw SqlError(sqlstate::kWrongObjectType, "cannot open relation \"" + object.name + "\"",
                 position)
      .WithDetail("This operation is not supported for a " +
                  std::string(storage::KindName(object.kind)) + ".");
}

// Gives the relation the names of its alias.
void ApplyAlias(ScopeRelation& relation, const std::optional<ast::TableAlias>& alias) {
  if (!alias) return;
  if (!alias->column_types.empty()) {
    throw SqlError(sqlstate::kSyntaxError,
                   "a column definition list is only allowed for functions returning \"record\"",
                   alias->column_types[0].name.span.begin);
  }
  if (relation.name != alias->name.text) relation.hidden_name = relation.name;
  relation.name = alias->name.text;
  relation.schema.clear();
  if (alias->columns.size() > relation.columns.size()) {
    throw SqlError(sqlstate::kInvalidColumnReference,
                   "table \"" + relation.name + "\" has " +
                       std::to_string(relation.columns.size()) + " columns available but " +
                       std::to_string(alias->columns.size()) + " columns specified",
                   alias->name.span.begin);
  }
  for (size_t i = 0; i < alias->columns.size(); ++i) {
    relation.columns[i].name = alias->columns[i].text;
  }
}

PlanColumns ColumnsOf(const QueryOutput& output) {
  PlanColumns columns;
  for (const QueryColumn& column : output.columns) columns.push_back(column.column);
  return columns;
}

}  // namespace

LogicalPlan ScanOf(BindState& state, const storage::CatalogObject& object, ScopeRelation& relation,
                   bool row_ids) {
  Scan scan{.object = object.id, .kind = ScanKindOf(object, 0), .name = object.name, .columns = {}};
  scan.append_only = scan.kind == ScanKind::kStream;
  relation.name = object.name;
  relation.schema = object.schema;
  for (const storage::CatalogColumn& column : object.columns) {
    const PlanColumn made = state.columns().New(column.name, column.type);
    scan.columns.push_back({made, static_cast<int>(scan.columns.size()), column.not_null});
    relation.columns.push_back(made);
  }
  if (scan.append_only && object.watermark && !object.dataflow.empty()) {
    scan.watermarked = relation.columns[static_cast<size_t>(object.watermark->column)].id;
  }
  const bool keyed = scan.kind != ScanKind::kStream;
  for (const int32_t position : object.primary_key) {
    if (keyed) relation.key.push_back(relation.columns[static_cast<size_t>(position)].id);
  }
  if (row_ids && storage::HasRowIds(object)) {
    for (const std::string_view name : {"row_lsn", "row_number"}) {
      const PlanColumn made = state.columns().New(std::string(name), Type::Int8());
      scan.columns.push_back({made, static_cast<int>(scan.columns.size()), true});
      scan.key.push_back(made.id);
    }
  } else {
    scan.key = relation.key;
  }
  return MakePlan(std::move(scan));
}

LogicalPlan QueryBinder::BindFrom(const ast::TableRef& item, Scope& scope) {
  return std::visit(
      [&]<class Node>(const Node& node) {
        if constexpr (std::is_same_v<Node, ast::Box<ast::MatchRecognize>>) {
          return BindItem(*node, item, scope);
        } else {
          return BindItem(node, item, scope);
        }
      },
      item.node);
}

LogicalPlan QueryBinder::BindItem(const ast::NamedTable& table, const ast::TableRef& item,
                                  Scope& scope) {
  const Position position = table.name.span.begin;
  if (table.system_time) NotYet("FOR SYSTEM_TIME AS OF is", position);
  ScopeRelation relation;
  LogicalPlan plan;
  const std::string& name = table.name.Last().text;
  const bool bare = table.name.parts.size() == 1;
  const CommonTables::Table* common = bare && common_ != nullptr ? common_->Find(name) : nullptr;
  if (common != nullptr) {
    relation.name = name;
    plan = UseCommonTable(*common, relation.columns);
  } else {
    const storage::ObjectRef object = FindRelation(state_, table.name);
    state_.Use(*object, storage::kSelect, position);
    state_.NoteRelation(position, object->schema);
    if (object->kind == storage::ObjectKind::kView) {
      const QueryOutput output = ExpandView(*object, position);
      relation.name = object->name;
      relation.schema = object->schema;
      relation.columns = ColumnsOf(output);
      plan = output.plan;
    } else if (storage::IsVirtual(object->id) || storage::IsErrors(object->id)) {
      plan = BindDerived(state_, *object, relation, position);
    } else {
      static_cast<void>(ScanKindOf(*object, position));
      plan = ScanOf(state_, *object, relation);
    }
  }
  ApplyAlias(relation, item.alias);
  scope.Add(std::move(relation), position);
  return plan;
}

LogicalPlan QueryBinder::UseCommonTable(const CommonTables::Table& table, PlanColumns& columns) {
  Shared shared{table.number, table.output.plan, {}};
  for (const QueryColumn& column : table.output.columns) {
    const PlanColumn use = state_.columns().New(column.column.name, column.column.type);
    shared.columns.push_back({use, column.column.id});
    columns.push_back(use);
  }
  return MakePlan(std::move(shared));
}

// A view is its query, bound under the settings it was made under. What is wrong in it now (its
// text was right when it was stored) has no place in the user's text.
QueryOutput QueryBinder::ExpandView(const storage::CatalogObject& view, Position position) {
  const BindContext context = WithSettings(state_.context(), view.settings);
  const BindState::Under under(state_, context);
  if (under.depth() > kViewDepthMax) {
    throw SqlError(sqlstate::kStatementTooComplex, "views are nested too deeply", position);
  }
  try {
    const std::vector<ast::Statement> statements = parser::ParseStatements(view.sql);
    CHECK(statements.size() == 1, "a view is not one statement");
    const auto* create = std::get_if<ast::CreateView>(&statements[0].node);
    CHECK(create != nullptr, "a view's text is no CREATE VIEW");
    QueryOutput output = QueryBinder(state_).BindKnown(create->query);
    const bool same = std::ranges::equal(
        output.columns, view.columns, {},
        [](const QueryColumn& column) { return column.column.type; },
        &storage::CatalogColumn::type);
    if (!same) {
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                     "view \"" + view.name + "\" does not have the columns it was created with",
                     position)
          .WithDetail("What it reads has been replaced.")
          .WithHint("Create it again: CREATE OR REPLACE VIEW.");
    }
    for (size_t i = 0; i < output.columns.size(); ++i) {
      output.columns[i].column.name = view.columns[i].name;
    }
    state_.CheckDepth(output.plan, position);
    return output;
  } catch (SqlError& error) {
    error.position = position;
    if (error.detail.empty()) error.detail = "In the query of view \"" + view.name + "\".";
    throw;
  }
}

LogicalPlan QueryBinder::BindItem(const ast::DerivedTable& table, const ast::TableRef& item,
                                  Scope& scope) {
  if (table.lateral) NotYet("LATERAL is", item.span.begin);
  const QueryOutput output = BindKnown(*table.query);
  ScopeRelation relation;
  relation.columns = ColumnsOf(output);
  ApplyAlias(relation, item.alias);
  relation.hidden_name.clear();
  scope.Add(std::move(relation), item.span.begin);
  return output.plan;
}

LogicalPlan QueryBinder::BindItem(const ast::TableFunction& function, const ast::TableRef& item,
                                  Scope& scope) {
  if (function.rows_from) NotYet("ROWS FROM is", item.span.begin);
  const ast::FunctionCall& call = function.functions.front().call;
  const std::string& name = call.name.Last().text;
  if (const std::optional<WindowCall> window = WindowCall::Of(call, true)) {
    if (function.with_ordinality) NotYet("WITH ORDINALITY is", item.span.begin);
    ScopeRelation relation;
    LogicalPlan plan = BindWindowTable(*window, relation);
    ApplyAlias(relation, item.alias);
    scope.Add(std::move(relation), item.span.begin);
    return plan;
  }
  constexpr std::array<std::string_view, 2> kWindows = {"session", "cumulate"};
  if (std::ranges::find(kWindows, name) != kWindows.end()) {
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
    NotYet("the window " + upper + " is", call.name.span.begin);
  }
  NotYet("the function " + name + " in FROM is", call.name.span.begin);
}

LogicalPlan QueryBinder::BindItem(const ast::Join& join, const ast::TableRef&, Scope&) {
  NotYet("joins are", join.right->span.begin);
}

LogicalPlan QueryBinder::BindItem(const ast::MatchRecognize&, const ast::TableRef& item, Scope&) {
  NotYet("MATCH_RECOGNIZE is", item.span.begin);
}

}  // namespace riverrun::planner
