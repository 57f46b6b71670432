// What INSERT, UPDATE and DELETE have in common: the target, its columns, DEFAULT, RETURNING.
#include <algorithm>
#include <set>

#include "parser/parser.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"
#include "storage/catalog/nearest_name.h"

namespace riverrun::planner {

using storage::CatalogColumn;
using storage::CatalogObject;
using storage::ObjectKind;

storage::ObjectRef FindTarget(BindState& state, const ast::QualifiedName& name,
                              std::string_view verb, uint32_t privileges) {
  storage::ObjectRef target = FindRelation(state, name);
  const Position position = name.span.begin;
  CheckIsCreated(*target, position);
  const bool insert = privileges == storage::kInsert;
  switch (target->kind) {
    case ObjectKind::kTable:
      break;
    case ObjectKind::kStream:
      if (insert && storage::ConnectorOf(*target).empty()) break;
      if (insert) {
        throw SqlError(sqlstate::kFeatureNotSupported,
                       "cannot insert into stream \"" + target->name +
                           "\": its records come from " +
                           std::string(storage::ConnectorOf(*target)),
                       position)
            .WithHint("CREATE SINK writes to Kafka; a stream without a connector takes INSERT.");
      }
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "cannot " + std::string(verb) + " stream \"" + target->name + "\"", position)
          .WithDetail("A stream is a log: rows are added to it and stay as they are.");
    case ObjectKind::kMaterializedView:
      throw SqlError(sqlstate::kWrongObjectType,
                     "cannot change materialized view \"" + target->name + "\"", position);
    case ObjectKind::kView:
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                     "cannot " + std::string(verb) + " view \"" + target->name + "\"", position)
          .WithHint("Write to the tables that the view reads.");
    default:
      throw SqlError(sqlstate::kWrongObjectType,
                     "cannot " + std::string(verb) + " " +
                         std::string(storage::KindName(target->kind)) + " \"" + target->name + "\"",
                     position);
  }
  state.Use(*target, privileges, position);
  return target;
}

size_t TargetColumn(const CatalogObject& target, const ast::Identifier& name) {
  const int position = storage::FindColumn(target, name.text);
  if (position < 0) {
    SqlError error(
        sqlstate::kUndefinedColumn,
        "column \"" + name.text + "\" of relation \"" + target.name + "\" does not exist",
        name.span.begin);
    std::vector<std::string_view> names;
    for (const CatalogColumn& column : target.columns) names.push_back(column.name);
    if (const auto nearest = storage::NearestName(name.text, names)) {
      error.hint = "Perhaps you meant \"" + *nearest + "\".";
    }
    throw error;
  }
  return static_cast<size_t>(position);
}

ExpressionRef DefaultOf(BindState& state, const CatalogColumn& column) {
  if (column.default_sql.empty()) return ConstantValue(Value::Null(column.type));
  const Scope nothing;
  const ast::Expression expression = parser::ParseExpression(column.default_sql);
  try {
    const Bound bound = ExpressionBinder(state, nothing, Clause::kDefault).Bind(expression);
    return AssignTo(state, bound, column.type, column.name);
  } catch (SqlError& error) {
    error.position.reset();  // the place is in the default's text, not in the statement's
    throw;
  }
}

ExpressionRef CellFor(BindState& state, ExpressionBinder& binder, const ast::Expression& cell,
                      const CatalogColumn& column) {
  if (ast::As<ast::DefaultValue>(cell) != nullptr) return DefaultOf(state, column);
  return AssignTo(state, binder.Bind(cell), column.type, column.name);
}

std::vector<ExpressionRef> BindAssignments(BindState& state, ExpressionBinder& binder,
                                           const CatalogObject& target,
                                           const std::vector<ast::Assignment>& assignments) {
  std::vector<ExpressionRef> values(target.columns.size());
  const auto assign = [&](const ast::Identifier& name, const ast::Expression& value) {
    const size_t position = TargetColumn(target, name);
    if (values[position] != nullptr) {
      throw SqlError(sqlstate::kSyntaxError,
                     "multiple assignments to same column \"" + name.text + "\"", name.span.begin);
    }
    const CatalogColumn& column = target.columns[position];
    if (column.generated != storage::GeneratedColumn::kNo) {
      throw SqlError(sqlstate::kGeneratedAlways,
                     "column \"" + column.name + "\" can only be updated to DEFAULT",
                     name.span.begin)
          .WithDetail("Column \"" + column.name + "\" is a generated column.");
    }
    values[position] = CellFor(state, binder, value, column);
  };
  for (const ast::Assignment& assignment : assignments) {
    if (!assignment.row) {
      assign(assignment.columns[0], assignment.value);
      continue;
    }
    const auto* row = ast::As<ast::Row>(assignment.value);
    if (row == nullptr) NotYet("assigning the row of a subquery is", assignment.value.span.begin);
    if (row->fields.size() != assignment.columns.size()) {
      throw SqlError(sqlstate::kSyntaxError, "number of columns does not match number of values",
                     assignment.span.begin);
    }
    for (size_t i = 0; i < row->fields.size(); ++i) assign(assignment.columns[i], row->fields[i]);
  }
  return values;
}

ScopeRelation RowOf(BindState& state, const CatalogObject& target, std::string name) {
  ScopeRelation row;
  row.name = std::move(name);
  row.schema = target.schema;
  for (const CatalogColumn& column : target.columns) {
    row.columns.push_back(state.columns().New(column.name, column.type));
  }
  return row;
}

std::vector<ReturningColumn> BindReturning(BindState& state, const CatalogObject& target,
                                           const std::optional<ast::Identifier>& alias,
                                           const std::vector<ast::SelectItem>& items,
                                           bool excluded_hidden) {
  if (items.empty()) return {};
  ScopeRelation row = RowOf(state, target, alias ? alias->text : target.name);
  std::map<ColumnId, ColumnId> positions;
  for (size_t i = 0; i < row.columns.size(); ++i) {
    positions.emplace(row.columns[i].id, ColumnId{static_cast<uint32_t>(i)});
  }
  if (alias) row.hidden_name = target.name;
  Scope scope;
  scope.Add(std::move(row), 0);
  if (excluded_hidden) {
    ScopeRelation excluded = RowOf(state, target, "excluded");
    excluded.hidden = true;
    scope.Add(std::move(excluded), 0);
  }
  ExpressionBinder binder(state, scope, Clause::kReturning);
  std::vector<ReturningColumn> out;
  for (const ast::SelectItem& item : items) {
    if (const auto* star = ast::As<ast::Star>(item.expression)) {
      for (const PlanColumn& column :
           scope.ColumnsOf(star->qualifier, item.expression.span.begin)) {
        out.push_back({column.name, ColumnValue(positions.at(column.id), column.type)});
      }
      continue;
    }
    const Bound bound = binder.BindKnown(item.expression);
    out.push_back({item.alias ? item.alias->text : ColumnNameOf(item.expression),
                   Rename(bound.expression, positions)});
  }
  return out;
}

}  // namespace riverrun::planner
