// INSERT.
#include <algorithm>
#include <numeric>
#include <set>

#include "parser/parser.h"
#include "planner/bind/settings_text.h"
#include "planner/bind/statement/statement_binder.h"
#include "storage/commit/table_layout.h"

namespace riverrun::planner {
namespace {

using storage::CatalogColumn;
using storage::CatalogObject;

// Rows that are about to be inserted, one column for each target column.
struct InsertRows {
  LogicalPlan plan;
  std::vector<ColumnId> columns;
};

// Positions of the columns that the statement names, or of all.
std::vector<size_t> TargetColumns(const CatalogObject& target, const ast::Insert& insert) {
  std::vector<size_t> columns;
  if (insert.columns.empty()) {
    columns.resize(target.columns.size());
    std::iota(columns.begin(), columns.end(), size_t{0});
    return columns;
  }
  for (const ast::Identifier& name : insert.columns) {
    const size_t position = TargetColumn(target, name);
    if (std::ranges::find(columns, position) != columns.end()) {
      throw SqlError(sqlstate::kDuplicateColumn,
                     "column \"" + name.text + "\" specified more than once", name.span.begin);
    }
    columns.push_back(position);
  }
  return columns;
}

// The list of columns cut to the number of values, if that may be.
void FitColumns(std::vector<size_t>& columns, size_t values, const ast::Insert& insert,
                Position extra) {
  if (values > columns.size()) {
    throw SqlError(sqlstate::kSyntaxError, "INSERT has more expressions than target columns",
                   extra);
  }
  if (values < columns.size() && !insert.columns.empty()) {
    throw SqlError(sqlstate::kSyntaxError, "INSERT has more target columns than expressions",
                   insert.columns[values].span.begin);
  }
  columns.resize(values);
}

void RefuseGenerated(const CatalogColumn& column, Position position) {
  if (column.generated == storage::GeneratedColumn::kNo) return;
  throw SqlError(sqlstate::kGeneratedAlways,
                 "cannot insert a non-DEFAULT value into column \"" + column.name + "\"", position)
      .WithDetail("Column \"" + column.name + "\" is a generated column.");
}

// VALUES as the whole source: each cell is assigned to its column, and DEFAULT may stand there.
InsertRows BindCells(BindState& state, const CatalogObject& target, const ast::Values& values,
                     const ast::Insert& insert, std::vector<size_t>& columns) {
  const Scope nothing;
  ExpressionBinder binder(state, nothing, Clause::kValues);
  const size_t width = values.rows.front().size();
  for (const std::vector<ast::Expression>& row : values.rows) {
    if (row.size() == width) continue;
    throw SqlError(sqlstate::kSyntaxError, "VALUES lists must all be the same length",
                   row.empty() ? 0 : row.front().span.begin);
  }
  const std::vector<ast::Expression>& first = values.rows.front();
  FitColumns(columns, width, insert, width > columns.size() ? first[columns.size()].span.begin : 0);
  Values node;
  InsertRows rows;
  for (const size_t position : columns) {
    const CatalogColumn& column = target.columns[position];
    node.columns.push_back(state.columns().New(column.name, column.type));
    rows.columns.push_back(node.columns.back().id);
  }
  node.rows.reserve(values.rows.size());
  for (const std::vector<ast::Expression>& row : values.rows) {
    std::vector<ExpressionRef>& cells = node.rows.emplace_back();
    cells.reserve(width);
    for (size_t i = 0; i < width; ++i) {
      if (ast::As<ast::DefaultValue>(row[i]) == nullptr) {
        RefuseGenerated(target.columns[columns[i]], row[i].span.begin);
      }
      cells.push_back(CellFor(state, binder, row[i], target.columns[columns[i]]));
    }
  }
  rows.plan = MakePlan(std::move(node));
  return rows;
}

InsertRows BindSource(BindState& state, QueryBinder& queries, const CatalogObject& target,
                      const ast::Insert& insert, std::vector<size_t>& columns) {
  QueryOutput output = queries.Bind(*insert.source);
  FitColumns(columns, output.columns.size(), insert,
             output.columns.size() > columns.size() ? output.columns[columns.size()].position : 0);
  std::vector<Type> types;
  for (size_t i = 0; i < columns.size(); ++i) {
    RefuseGenerated(target.columns[columns[i]], output.columns[i].position);
    types.push_back(target.columns[columns[i]].type);
  }
  output = queries.Cast(output, types, CastContext::kAssignment, [&](size_t i) {
    const QueryColumn& column = output.columns[i];
    const Bound value{ColumnValue(column.column.id, column.column.type), column.position};
    static_cast<void>(AssignTo(state, value, types[i], target.columns[columns[i]].name));
  });
  InsertRows rows{output.plan, {}};
  for (const QueryColumn& column : output.columns) rows.columns.push_back(column.column.id);
  return rows;
}

InsertRows BindRows(BindState& state, const CatalogObject& target, const ast::Insert& insert,
                    std::vector<size_t>& columns) {
  // Bound even where no table of it is read: what is wrong in it is an error.
  const CommonTables tables =
      insert.with ? QueryBinder(state).BindWith(*insert.with) : CommonTables{};
  if (!insert.source) {  // DEFAULT VALUES
    columns.clear();
    return {MakePlan(Values{{}, {{}}}), {}};
  }
  const ast::Query& source = *insert.source;
  const auto* values = std::get_if<ast::Values>(&source.body);
  const bool bare = values != nullptr && !source.with && source.order_by.empty() && !source.limit &&
                    !source.offset && source.locking.empty() && !source.emit;
  if (bare) return BindCells(state, target, *values, insert, columns);
  QueryBinder inner(state, &tables);
  return BindSource(state, inner, target, insert, columns);
}

// The rows with the values of their generated columns, for RETURNING and for the transaction's own
// reads: what reads the stream computes them again.
LogicalPlan Generate(BindState& state, const CatalogObject& target, LogicalPlan rows,
                     std::vector<ColumnId>& after) {
  Project project{rows, {}};
  for (const PlanColumn& column : OutputOf(*rows)) {
    project.items.push_back({column, ColumnValue(column.id, column.type)});
  }
  ScopeRelation row{
      .name = target.name, .schema = target.schema, .hidden_name = {}, .columns = {}, .key = {}};
  for (size_t i = 0; i < target.columns.size(); ++i) {
    if (target.columns[i].generated == storage::GeneratedColumn::kStored) continue;
    row.columns.push_back({after[i], target.columns[i].name, target.columns[i].type});
  }
  if (row.columns.size() == target.columns.size()) return rows;
  Scope scope;
  scope.Add(std::move(row), 0);
  const BindContext context = WithSettings(state.context(), target.settings);
  const BindState::Under under(state, context);
  for (size_t i = 0; i < target.columns.size(); ++i) {
    const CatalogColumn& column = target.columns[i];
    if (column.generated != storage::GeneratedColumn::kStored) continue;
    const ast::Expression expression = parser::ParseExpression(column.generated_from);
    const Bound bound = ExpressionBinder(state, scope, Clause::kGenerated).Bind(expression);
    after[i] = state.columns().New();
    project.items.push_back(
        {{after[i], column.name, column.type}, AssignTo(state, bound, column.type, column.name)});
  }
  return MakePlan(std::move(project));
}

// All columns of the target: those given, and the defaults of the others.
LogicalPlan CompleteRows(BindState& state, const CatalogObject& target, const InsertRows& rows,
                         const std::vector<size_t>& columns, std::vector<ColumnId>& after) {
  Project project{rows.plan, {}};
  for (size_t i = 0; i < target.columns.size(); ++i) {
    const CatalogColumn& column = target.columns[i];
    const auto given = std::ranges::find(columns, i);
    ExpressionRef value =
        given == columns.end()
            ? DefaultOf(state, column)
            : ColumnValue(rows.columns[static_cast<size_t>(given - columns.begin())], column.type);
    const std::optional<ColumnId> passed = AsColumn(*value);
    const bool again = passed && std::ranges::find(after, *passed) != after.end();
    const ColumnId id = passed ? *passed : state.columns().New();
    if (!again) project.items.push_back({{id, column.name, column.type}, std::move(value)});
    after.push_back(id);
  }
  return Generate(state, target, MakePlan(std::move(project)), after);
}

void CheckConflictTarget(const CatalogObject& target, const ast::OnConflict& conflict,
                         Position position) {
  if (conflict.target_where) NotYet("WHERE in a conflict target is", position);
  if (conflict.constraint) {
    if (!target.primary_key.empty() && conflict.constraint->text == target.primary_key_name) return;
    throw SqlError(sqlstate::kUndefinedObject,
                   "constraint \"" + conflict.constraint->text + "\" for table \"" + target.name +
                       "\" does not exist",
                   conflict.constraint->span.begin);
  }
  if (conflict.columns.empty()) {
    if (!conflict.update) return;
    throw SqlError(sqlstate::kSyntaxError,
                   "ON CONFLICT DO UPDATE requires inference specification or constraint name",
                   position)
        .WithHint("For example, ON CONFLICT (column_name).");
  }
  std::set<int32_t> named;
  for (const ast::Identifier& name : conflict.columns) {
    named.insert(static_cast<int32_t>(TargetColumn(target, name)));
  }
  const std::set<int32_t> key(target.primary_key.begin(), target.primary_key.end());
  if (named == key) return;
  throw SqlError(sqlstate::kInvalidColumnReference,
                 "there is no unique or exclusion constraint matching the ON CONFLICT "
                 "specification",
                 conflict.columns.front().span.begin);
}

ConflictPlan BindConflict(BindState& state, const CatalogObject& target,
                          const ast::Insert& insert) {
  const ast::OnConflict& conflict = *insert.on_conflict;
  const Position position = insert.relation.span.begin;
  if (target.kind != storage::ObjectKind::kTable) {
    throw SqlError(sqlstate::kFeatureNotSupported, "ON CONFLICT is for tables only", position);
  }
  CheckConflictTarget(target, conflict, position);
  if (!conflict.update) return {};
  Scope scope;
  ScopeRelation found = RowOf(state, target, insert.alias ? insert.alias->text : target.name);
  ScopeRelation excluded = RowOf(state, target, "excluded");
  excluded.schema.clear();
  excluded.qualified_only = true;
  std::map<ColumnId, ColumnId> positions;
  std::vector<ExpressionRef> own;
  for (const ScopeRelation* relation : {&found, &excluded}) {
    for (const PlanColumn& column : relation->columns) {
      if (relation == &found) own.push_back(ColumnValue(column.id, column.type));
      positions.emplace(column.id, ColumnId{static_cast<uint32_t>(positions.size())});
    }
  }
  scope.Add(std::move(found), position);
  scope.Add(std::move(excluded), position);
  ExpressionBinder binder(state, scope, Clause::kUpdate);
  ConflictPlan plan{.update = true};
  plan.assignments = BindAssignments(state, binder, target, conflict.assignments);
  for (size_t i = 0; i < plan.assignments.size(); ++i) {
    ExpressionRef& value = plan.assignments[i];
    value = Rename(value == nullptr ? own[i] : value, positions);
  }
  if (conflict.where) {
    ExpressionBinder where(state, scope, Clause::kWhere);
    plan.where = Rename(where.BindCondition(*conflict.where), positions);
  }
  return plan;
}

}  // namespace

WritePlan BindInsert(BindState& state, const ast::Insert& insert) {
  if (insert.overriding != ast::Insert::Overriding::kNone) {
    NotYet("OVERRIDING is", insert.relation.span.begin);
  }
  const storage::ObjectRef target =
      FindTarget(state, insert.relation, "insert into", storage::kInsert);
  std::vector<size_t> columns = TargetColumns(*target, insert);
  const InsertRows rows = BindRows(state, *target, insert, columns);
  Write write{
      .input = nullptr, .table = target->id, .name = target->name, .before = {}, .after = {}};
  write.input = CompleteRows(state, *target, rows, columns, write.after);
  WritePlan plan{.kind = WritePlan::Kind::kInsert, .table = target->id, .query = {}};
  if (insert.on_conflict) plan.on_conflict = BindConflict(state, *target, insert);
  plan.returning =
      BindReturning(state, *target, insert.alias, insert.returning, insert.on_conflict.has_value());
  plan.query = state.Finish(MakePlan(std::move(write)), {});
  return plan;
}

}  // namespace riverrun::planner
