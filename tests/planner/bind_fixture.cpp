#include "tests/planner/bind_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "parser/parser.h"
#include "planner/explain.h"
#include "planner/logical/check_plan.h"

namespace riverrun::planner::test {
namespace {

ast::Statement ParseOne(std::string_view sql) {
  std::vector<ast::Statement> statements = parser::ParseStatements(sql);
  CHECK(statements.size() == 1, "a test binds one statement at a time");
  return std::move(statements.front());
}

std::string StateOf(const SqlError& error) {
  return {error.error.sqlstate.begin(), error.error.sqlstate.end()};
}

// CHECKs that the plan of a statement keeps the invariants of plans.
void CheckBound(const BoundStatement& statement) {
  const auto* query = std::get_if<QueryPlan>(&statement.plan);
  const auto* write = std::get_if<WritePlan>(&statement.plan);
  if (query == nullptr && write == nullptr) return;
  const BoundQuery& bound = QueryOf(statement);
  std::vector<ColumnId> result;
  for (const ResultColumn& column : bound.result) result.push_back(column.column);
  EXPECT_EQ(CheckPlan(bound.plan, result), "") << ExplainPlan(bound.plan);
}

const std::map<ColumnId, Type> TypesOf(const BoundQuery& query) {
  std::map<ColumnId, Type> types;
  for (const PlanColumn& column : OutputOf(*query.plan)) types.emplace(column.id, column.type);
  return types;
}

}  // namespace

BindWorld::BindWorld() {
  context.catalog = storage::CatalogSnapshot::Initial();
  virtual_relations_.Add("sys", "views",
                         {{.name = "name", .type = Type::Text(), .not_null = true},
                          {.name = "rows", .type = Type::Int8()}});
  context.virtual_relations = &virtual_relations_;
  context.principal = {storage::CatalogSnapshot::kFirstRole, true};
  Run("CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text NOT NULL, c numeric(10,2) DEFAULT "
      "1.5, d date, at timestamptz, j jsonb, xs integer[], ok boolean)");
  Run("CREATE TABLE u (x integer, y varchar(3))");
  Run("CREATE STREAM s (id bigint, price numeric(8,2), at timestamptz, "
      "WATERMARK FOR at AS at - interval '4 seconds')");
  Run("CREATE VIEW v AS SELECT a, b, a + 1 AS next FROM t WHERE a > 0");
  Run("CREATE SCHEMA other");
  Run("CREATE TABLE other.w (k integer PRIMARY KEY, z real)");
}

BoundStatement BindWorld::Bind(std::string_view sql) const {
  BoundStatement bound = planner::Bind(ParseOne(sql), context);
  CheckBound(bound);
  return bound;
}

BoundStatement BindWorld::Run(std::string_view sql) {
  context.next_object = [this] { return ObjectId{next_object_++}; };
  BoundStatement bound = Bind(sql);
  context.next_object = [] { return ObjectId{90'000}; };
  std::vector<storage::CatalogChange> changes;
  if (const auto* plan = std::get_if<CatalogPlan>(&bound.plan)) changes = plan->changes;
  if (const auto* view = std::get_if<MaterializedViewPlan>(&bound.plan)) {
    changes.push_back(PlanMaterializedView(*view, nullptr).change);
  }
  const Result<storage::CatalogRef> after = context.catalog->With(changes);
  CHECK(after.has_value(), "a bound change does not apply");
  context.catalog = *after;
  return bound;
}

BindError BindWorld::Refused(std::string_view sql) const {
  try {
    static_cast<void>(planner::Bind(ParseOne(sql), context));
  } catch (const SqlError& error) {
    BindError out{StateOf(error), error.error.text, error.hint, error.detail, ""};
    if (error.position) {
      const std::string_view rest = sql.substr(std::min<size_t>(*error.position, sql.size()));
      out.at = rest.substr(0, rest.find(' '));
    }
    return out;
  }
  ADD_FAILURE() << "not refused: " << sql;
  return {};
}

std::string BindWorld::Plan(std::string_view sql) const {
  return ExplainPlan(QueryOf(Bind(sql)).plan);
}

std::string BindWorld::Expression(std::string_view text) const {
  const BoundStatement bound = Bind("SELECT " + std::string(text));
  const BoundQuery& query = QueryOf(bound);
  const LogicalPlan* plan = &query.plan;
  const auto* project = As<Project>(*plan);
  CHECK(project != nullptr && project->items.size() == 1, "an expression is one column");
  const ExpressionRef& expression = project->items[0].expression;
  return TypeName(project->items[0].column.type) + ": " + executor::ToSql(*expression);
}

std::string BindWorld::Columns(std::string_view query) const {
  const BoundStatement bound = Bind(query);
  const std::map<ColumnId, Type> types = TypesOf(QueryOf(bound));
  std::string text;
  for (const ResultColumn& column : QueryOf(bound).result) {
    text += (text.empty() ? "" : ", ") + column.name + " " + TypeName(types.at(column.column));
  }
  return text;
}

const BoundQuery& QueryOf(const BoundStatement& statement) {
  if (const auto* query = std::get_if<QueryPlan>(&statement.plan)) return query->query;
  if (const auto* write = std::get_if<WritePlan>(&statement.plan)) return write->query;
  const auto* view = std::get_if<MaterializedViewPlan>(&statement.plan);
  CHECK(view != nullptr, "the statement has no plan");
  return view->query;
}

void ExpectRefusals(std::span<const Refusal> refusals) {
  const BindWorld world;
  for (const Refusal& refusal : refusals) {
    const BindError error = world.Refused(refusal.sql);
    EXPECT_EQ(error.state, refusal.state) << refusal.sql;
    EXPECT_EQ(error.text, refusal.text) << refusal.sql;
    EXPECT_EQ(error.at, refusal.at) << refusal.sql;
    EXPECT_EQ(error.hint, refusal.hint) << refusal.sql;
  }
}

}  // namespace riverrun::planner::test
