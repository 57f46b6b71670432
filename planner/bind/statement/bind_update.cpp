// UPDATE, DELETE, TRUNCATE.
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;

// The target's rows, whole, and the names that the statement may use.
struct TargetRows {
  LogicalPlan plan;
  PlanColumns stored;  // with the hidden columns
  Scope scope;
};

TargetRows ScanTarget(BindState& state, const CatalogObject& target,
                      const std::optional<ast::Identifier>& alias,
                      const ast::Box<ast::Expression>& where, Position position) {
  TargetRows rows;
  ScopeRelation relation;
  rows.plan = ScanOf(state, target, relation, true);
  rows.stored = OutputOf(*rows.plan);
  if (alias) {
    if (alias->text != relation.name) relation.hidden_name = relation.name;
    relation.name = alias->text;
    relation.schema.clear();
  }
  rows.scope.Add(std::move(relation), position);
  if (where) {
    ExpressionBinder binder(state, rows.scope, Clause::kWhere);
    rows.plan = MakePlan(Filter{rows.plan, binder.BindCondition(*where)});
  }
  return rows;
}

std::vector<ColumnId> IdsOf(const PlanColumns& columns) {
  std::vector<ColumnId> ids;
  for (const PlanColumn& column : columns) ids.push_back(column.id);
  return ids;
}

WritePlan DeleteRows(BindState& state, const CatalogObject& target, const TargetRows& rows) {
  Write write{.input = rows.plan,
              .table = target.id,
              .name = target.name,
              .before = IdsOf(rows.stored),
              .after = {}};
  return {.kind = WritePlan::Kind::kDelete,
          .table = target.id,
          .query = state.Finish(MakePlan(std::move(write)), {})};
}

}  // namespace

WritePlan BindUpdate(BindState& state, const ast::Update& update) {
  const Position position = update.relation.span.begin;
  if (!update.from.empty()) NotYet("UPDATE with FROM is", update.from[0].span.begin);
  if (update.current_of) NotYet("WHERE CURRENT OF is", update.current_of->span.begin);
  if (update.with) NotYet("WITH before UPDATE is", position);
  const storage::ObjectRef target = FindTarget(state, update.relation, "update", storage::kUpdate);
  TargetRows rows = ScanTarget(state, *target, update.alias, update.where, position);
  ExpressionBinder binder(state, rows.scope, Clause::kUpdate);
  const std::vector<ExpressionRef> values =
      BindAssignments(state, binder, *target, update.assignments);
  Write write{.input = nullptr,
              .table = target->id,
              .name = target->name,
              .before = IdsOf(rows.stored),
              .after = IdsOf(rows.stored)};
  Project project{rows.plan, {}};
  for (const PlanColumn& column : rows.stored) {
    project.items.push_back({column, ColumnValue(column.id, column.type)});
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == nullptr) continue;
    if (const std::optional<ColumnId> other = AsColumn(*values[i])) {
      write.after[i] = *other;
      continue;
    }
    const PlanColumn& column = rows.stored[i];
    project.items.push_back({state.columns().New(column.name, column.type), values[i]});
    write.after[i] = project.items.back().column.id;
  }
  write.input = MakePlan(std::move(project));
  WritePlan plan{.kind = WritePlan::Kind::kUpdate, .table = target->id, .query = {}};
  plan.returning = BindReturning(state, *target, update.alias, update.returning, false);
  plan.query = state.Finish(MakePlan(std::move(write)), {});
  return plan;
}

WritePlan BindDelete(BindState& state, const ast::Delete& removal) {
  const Position position = removal.relation.span.begin;
  if (!removal.using_items.empty()) {
    NotYet("DELETE with USING is", removal.using_items[0].span.begin);
  }
  if (removal.current_of) NotYet("WHERE CURRENT OF is", removal.current_of->span.begin);
  if (removal.with) NotYet("WITH before DELETE is", position);
  const storage::ObjectRef target =
      FindTarget(state, removal.relation, "delete from", storage::kDelete);
  const TargetRows rows = ScanTarget(state, *target, removal.alias, removal.where, position);
  WritePlan plan = DeleteRows(state, *target, rows);
  plan.returning = BindReturning(state, *target, removal.alias, removal.returning, false);
  plan.query.columns = state.columns();
  return plan;
}

WritePlan BindTruncate(BindState& state, const ast::Truncate& truncate) {
  if (truncate.relations.size() > 1) {
    NotYet("TRUNCATE of several tables is", truncate.relations[1].span.begin);
  }
  const ast::QualifiedName& name = truncate.relations[0];
  const storage::ObjectRef target = FindTarget(state, name, "truncate", storage::kDelete);
  WritePlan plan =
      DeleteRows(state, *target, ScanTarget(state, *target, std::nullopt, {}, name.span.begin));
  plan.kind = WritePlan::Kind::kTruncate;
  return plan;
}

}  // namespace riverrun::planner
