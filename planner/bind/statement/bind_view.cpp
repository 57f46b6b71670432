// CREATE VIEW and CREATE MATERIALIZED VIEW.
#include <algorithm>
#include <set>

#include "planner/bind/expression/coerce.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/settings_text.h"
#include "planner/bind/statement/qualify_names.h"
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;
using storage::ObjectKind;

void RefuseLater(const ast::CreateView& create) {
  const Position position = create.name.span.begin;
  if (create.temporary) NotYet("temporary views are", position);
  if (create.with_no_data) NotYet("WITH NO DATA is", position);
  if (create.materialized && create.or_replace) {
    NotYet("OR REPLACE of a materialized view is", position);
  }
  if (create.if_not_exists && create.or_replace) {
    throw SqlError(sqlstate::kSyntaxError, "OR REPLACE and IF NOT EXISTS exclude each other",
                   position);
  }
  for (const ast::Option& option : create.options) {
    NotYet("the option \"" + option.key + "\" of a view is", option.span.begin);
  }
}

// The columns of a view: the query's, under the names that the list gives.
std::vector<storage::CatalogColumn> ColumnsOf(const ast::CreateView& create,
                                              const QueryOutput& output) {
  if (create.columns.size() > output.columns.size()) {
    throw SqlError(sqlstate::kSyntaxError, "CREATE VIEW specifies more column names than columns",
                   create.columns[output.columns.size()].span.begin);
  }
  std::vector<storage::CatalogColumn> columns;
  std::set<std::string> names;
  for (size_t i = 0; i < output.columns.size(); ++i) {
    storage::CatalogColumn column;
    const bool named = i < create.columns.size();
    column.name = named ? create.columns[i].text : output.columns[i].column.name;
    column.type = output.columns[i].column.type;
    if (!names.insert(column.name).second) {
      throw SqlError(sqlstate::kDuplicateColumn,
                     "column \"" + column.name + "\" specified more than once",
                     named ? create.columns[i].span.begin : output.columns[i].position)
          .WithHint("Give the column a name of its own with AS.");
    }
    columns.push_back(std::move(column));
  }
  if (columns.empty()) NotYet("relations without columns are", create.name.span.begin);
  return columns;
}

// A view that is replaced keeps the columns that its readers know, in name, type and order.
void CheckReplacement(const CatalogObject& old, const CatalogObject& view, Position position) {
  const auto refuse = [&](std::string text) {
    throw SqlError(sqlstate::kInvalidTableDefinition, std::move(text), position);
  };
  if (view.columns.size() < old.columns.size()) refuse("cannot drop columns from view");
  for (size_t i = 0; i < old.columns.size(); ++i) {
    const storage::CatalogColumn& before = old.columns[i];
    const storage::CatalogColumn& after = view.columns[i];
    if (before.name != after.name) {
      refuse("cannot change name of view column \"" + before.name + "\" to \"" + after.name + "\"");
    }
    if (!(before.type == after.type)) {
      refuse("cannot change data type of view column \"" + before.name + "\" from " +
             TypeName(before.type) + " to " + TypeName(after.type));
    }
  }
}

// What was planned from the old query would go on with it.
void RefuseRunningDependents(const BindState& state, const CatalogObject& old, Position position) {
  for (const storage::ObjectRef& dependent : state.context().catalog->DependentsOf(old.id)) {
    if (dependent->kind != ObjectKind::kMaterializedView) continue;
    throw SqlError(sqlstate::kDependentObjectsStillExist,
                   "cannot replace view " + old.name + " because other objects depend on it",
                   position)
        .WithDetail("materialized view " + dependent->name + " runs the query of view " + old.name)
        .WithHint("Drop it first, and create it again afterwards.");
  }
}

// What has to stay as long as the view does. An error collection stays with its object, and what
// comes with the server stays anyway.
std::vector<ObjectId> DependenciesOf(const std::set<ObjectId>& reads) {
  std::set<ObjectId> needs;
  for (const ObjectId read : reads) {
    if (!storage::IsVirtual(read)) needs.insert(storage::OwnerOf(read));
  }
  return {needs.begin(), needs.end()};
}

CatalogPlan BindPlainView(BindState& state, const ast::CreateView& create, CatalogObject view,
                          const storage::ObjectRef& old) {
  const Position position = create.name.span.begin;
  CatalogPlan plan;
  if (old == nullptr) {
    plan.changes.push_back(
        storage::CreateObject{std::make_shared<const CatalogObject>(std::move(view))});
  } else {
    if (old->kind != ObjectKind::kView) {
      throw SqlError(sqlstate::kWrongObjectType, "\"" + old->name + "\" is not a view", position);
    }
    const Result<void> allowed = storage::Authorize(
        state.context().principal, *state.context().catalog, old->id, storage::kOwn);
    if (!allowed) Throw(allowed.error(), position);
    if (std::ranges::find(view.dependencies, old->id) != view.dependencies.end()) {
      throw SqlError(sqlstate::kInvalidTableDefinition,
                     "view \"" + old->name + "\" cannot read itself", position);
    }
    CheckReplacement(*old, view, position);
    RefuseRunningDependents(state, *old, position);
    view.id = old->id;
    view.owner = old->owner;
    view.version = old->version + 1;
    view.comment = old->comment;
    plan.changes.push_back(
        storage::AlterObject{std::make_shared<const CatalogObject>(std::move(view))});
  }
  CheckChanges(state, plan.changes, position);
  return plan;
}

}  // namespace

StatementPlan BindCreate(BindState& state, const ast::CreateView& create, ast::Span span) {
  const std::string schema = CreationSchema(state, create.name)->name;
  storage::ObjectRef old;
  CatalogPlan there;
  if (create.or_replace) {
    old = state.context().catalog->FindRelation(schema, create.name.Last().text);
    if (old == nullptr) {
      static_cast<void>(IsThere(state, create.name, schema, false, there.notices));
    }
  } else if (IsThere(state, create.name, schema, create.if_not_exists, there.notices)) {
    return there;
  }
  RefuseLater(create);
  if (!create.materialized && create.query.emit) {
    throw SqlError(sqlstate::kSyntaxError, "EMIT is allowed in a materialized view only",
                   create.query.emit->span.begin);
  }
  static_cast<void>(IsContinuous(create.query.emit));
  QueryOutput output = QueryBinder(state).BindKnown(create.query, create.materialized);
  if (!state.ParameterTypes().empty()) {
    throw SqlError(sqlstate::kInvalidTableDefinition, "a view cannot have parameters",
                   create.name.span.begin);
  }
  const bool materialized = create.materialized;
  CatalogObject view = NewObject(
      state, create.name, materialized ? ObjectKind::kMaterializedView : ObjectKind::kView, schema);
  view.columns = ColumnsOf(create, output);
  ast::CreateView stored = create;
  QualifyNames(state, stored.query);
  view.sql = StoredSql({std::move(stored), span});
  view.settings = TextsOf(state.context());
  view.dependencies = DependenciesOf(state.reads());
  if (!materialized) return BindPlainView(state, create, std::move(view), old);
  output = ApplyEmit(state, std::move(output), create.query.emit);
  BoundQuery query = AsBoundQuery(state, output);
  for (size_t i = 0; i < query.result.size(); ++i) query.result[i].name = view.columns[i].name;
  return MaterializedViewPlan{std::move(view), std::move(query)};
}

PlannedView PlanMaterializedView(const MaterializedViewPlan& plan,
                                 const std::function<OperatorId()>& next_operator) {
  LoweredQuery lowered = PlanQuery(
      plan.query,
      {.mode = QueryMode::kContinuous, .view = plan.object.id, .next_operator = next_operator});
  CatalogObject object = plan.object;
  object.primary_key.assign(lowered.key.begin(), lowered.key.end());
  object.dataflow = executor::Serialize(lowered.dataflow);
  return {storage::CreateObject{std::make_shared<const CatalogObject>(std::move(object))},
          std::move(lowered)};
}

}  // namespace riverrun::planner
