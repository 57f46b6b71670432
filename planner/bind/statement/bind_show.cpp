// SHOW and DESCRIBE of objects: their rows are constants, made from the snapshot.
#include <algorithm>
#include <array>

#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;
using storage::ObjectKind;

struct ShownColumn {
  std::string_view name;
  Type type;
};
using Row = std::vector<Value>;
using Relations = std::vector<storage::ObjectRef>;

Value Text(std::string_view text) { return Value::Text(text); }

// The rows as a query, ordered by the first `order` columns; LIKE filters the column `name`.
QueryPlan AsQuery(BindState& state, const std::vector<ShownColumn>& columns,
                  const std::vector<Row>& rows, size_t order,
                  const std::optional<std::string>& like = std::nullopt) {
  Values node;
  for (const ShownColumn& column : columns) {
    node.columns.push_back(state.columns().New(std::string(column.name), column.type));
  }
  for (const Row& row : rows) {
    std::vector<ExpressionRef>& cells = node.rows.emplace_back();
    for (const Value& value : row) cells.push_back(ConstantValue(value));
  }
  const PlanColumns made = node.columns;
  LogicalPlan plan = MakePlan(std::move(node));
  if (like) {
    const auto name = std::ranges::find(made, std::string_view("name"), &PlanColumn::name);
    CHECK(name != made.end(), "SHOW ... LIKE of rows without a name");
    const Bound matches = CallByName(
        state, "~~", {{ColumnValue(name->id, name->type)}, {ConstantValue(Value::Text(*like))}}, 0);
    plan = MakePlan(Filter{plan, matches.expression});
  }
  if (order > 0) {
    TopN sorted{.input = plan, .order = {}};
    for (size_t i = 0; i < order; ++i) sorted.order.push_back({made[i].id});
    plan = MakePlan(std::move(sorted));
  }
  std::vector<ResultColumn> result;
  for (const PlanColumn& column : made) result.push_back({column.id, column.name});
  return {state.Finish(std::move(plan), std::move(result))};
}

std::string OwnerOf(const BindState& state, const CatalogObject& object) {
  const storage::ObjectRef role = state.context().catalog->Find(object.owner);
  return role == nullptr ? "" : role->name;
}

QueryPlan ShowRelations(BindState& state, const ast::ShowObjects& show,
                        const std::vector<ObjectKind>& kinds) {
  std::vector<Row> rows;
  const auto add = [&](const CatalogObject& object) {
    rows.push_back({Text(object.schema), Text(object.name), Text(storage::KindName(object.kind)),
                    Text(OwnerOf(state, object))});
  };
  // Those of the server are shown to who asks for their schema.
  const storage::VirtualRelations* known = state.context().virtual_relations;
  const bool views = std::ranges::find(kinds, ObjectKind::kView) != kinds.end();
  for (const storage::ObjectRef& object : known == nullptr ? Relations{} : known->all()) {
    if (views && show.from && object->schema == show.from->Last().text) add(*object);
  }
  for (const auto& [id, object] : state.context().catalog->objects()) {
    if (std::ranges::find(kinds, object->kind) == kinds.end()) continue;
    if (show.from && object->schema != show.from->Last().text) continue;
    add(*object);
  }
  return AsQuery(state,
                 {{"schema", Type::Text()},
                  {"name", Type::Text()},
                  {"kind", Type::Text()},
                  {"owner", Type::Text()}},
                 rows, 2, show.like);
}

QueryPlan ShowSchemas(BindState& state, const ast::ShowObjects& show) {
  std::vector<Row> rows;
  for (const storage::ObjectRef& schema : state.context().catalog->OfKind(ObjectKind::kSchema)) {
    rows.push_back({Text(schema->name), Text(OwnerOf(state, *schema))});
  }
  return AsQuery(state, {{"name", Type::Text()}, {"owner", Type::Text()}}, rows, 1, show.like);
}

QueryPlan ShowRoles(BindState& state, const ast::ShowObjects& show) {
  std::vector<Row> rows;
  for (const storage::ObjectRef& role : state.context().catalog->OfKind(ObjectKind::kRole)) {
    rows.push_back({Text(role->name), Value::Bool(role->role && role->role->superuser),
                    Value::Bool(role->role && role->role->login)});
  }
  return AsQuery(state,
                 {{"name", Type::Text()}, {"superuser", Type::Bool()}, {"login", Type::Bool()}},
                 rows, 1, show.like);
}

QueryPlan ShowFunctions(BindState& state, const ast::ShowObjects& show) {
  std::vector<Row> rows;
  for (const executor::Function* function : state.functions().List()) {
    rows.push_back(
        {Text(function->signature.name), Text(function->text), Text(function->description)});
  }
  return AsQuery(
      state, {{"name", Type::Text()}, {"signature", Type::Text()}, {"description", Type::Text()}},
      rows, 2, show.like);
}

}  // namespace

QueryPlan BindShow(BindState& state, const ast::ShowObjects& show, ast::Span span) {
  const std::string& subject = show.subject;
  if (subject == "columns") {
    if (!show.from) {
      throw SqlError(sqlstate::kSyntaxError, "SHOW COLUMNS needs FROM and a relation", span.begin);
    }
    return BindDescribe(state, *show.from);
  }
  if (show.from && !IsSystemSchema(show.from->Last().text) &&
      state.context().catalog->FindSchema(show.from->Last().text) == nullptr) {
    throw SqlError(sqlstate::kInvalidSchemaName,
                   "schema \"" + show.from->Last().text + "\" does not exist",
                   show.from->span.begin);
  }
  if (subject == "tables") return ShowRelations(state, show, {ObjectKind::kTable});
  if (subject == "streams" || subject == "sources") {
    return ShowRelations(state, show, {ObjectKind::kStream});
  }
  if (subject == "views") {
    return ShowRelations(state, show, {ObjectKind::kView, ObjectKind::kMaterializedView});
  }
  if (subject == "materialized views") {
    return ShowRelations(state, show, {ObjectKind::kMaterializedView});
  }
  if (subject == "sinks") return ShowRelations(state, show, {ObjectKind::kSink});
  if (subject == "indexes") return ShowRelations(state, show, {ObjectKind::kIndex});
  if (subject == "schemas") return ShowSchemas(state, show);
  if (subject == "roles") return ShowRoles(state, show);
  if (subject == "functions") return ShowFunctions(state, show);
  NotYet("SHOW " + subject + " is", span.begin);
}

QueryPlan BindShowCreate(BindState& state, const ast::ShowCreate& show) {
  const storage::ObjectRef object = FindRelation(state, show.name);
  if (storage::IsVirtual(object->id) || storage::IsErrors(object->id)) {
    throw SqlError(sqlstate::kWrongObjectType,
                   "\"" + object->name + "\" was not made by a CREATE statement",
                   show.name.span.begin);
  }
  return AsQuery(state, {{"name", Type::Text()}, {"create_statement", Type::Text()}},
                 {{Text(storage::QualifiedName(*object)), Text(object->sql)}}, 0);
}

QueryPlan BindDescribe(BindState& state, const ast::QualifiedName& name) {
  const storage::ObjectRef object = FindRelation(state, name);
  std::vector<Row> rows;
  for (size_t i = 0; i < object->columns.size(); ++i) {
    const storage::CatalogColumn& column = object->columns[i];
    const bool key = std::ranges::find(object->primary_key, static_cast<int32_t>(i)) !=
                     object->primary_key.end();
    rows.push_back(
        {Text(column.name), Text(TypeName(column.type)), Value::Bool(!column.not_null),
         column.default_sql.empty() ? Value::Null(Type::Text()) : Text(column.default_sql),
         Value::Bool(key)});
  }
  return AsQuery(state,
                 {{"column", Type::Text()},
                  {"type", Type::Text()},
                  {"nullable", Type::Bool()},
                  {"default", Type::Text()},
                  {"key", Type::Bool()}},
                 rows, 0);
}

}  // namespace riverrun::planner
