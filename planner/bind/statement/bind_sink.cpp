// CREATE SINK.
#include <algorithm>

#include "planner/bind/expression/coerce.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/settings_text.h"
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;

// Sinks that there are. The first takes everything and keeps nothing: for measuring.
constexpr std::string_view kSinks[] = {"blackhole"};

void CheckConnector(const CatalogObject& sink, const ast::CreateSink& create) {
  const std::string_view connector = storage::ConnectorOf(sink);
  const auto option = std::ranges::find(create.options, "connector", &ast::Option::key);
  if (option == create.options.end()) {
    throw SqlError(sqlstate::kSyntaxError, "a sink needs the option \"connector\"",
                   create.name.span.begin)
        .WithHint("For example: WITH (connector = 'blackhole').");
  }
  if (std::ranges::find(kSinks, connector) == std::end(kSinks)) {
    NotYet("a sink with connector \"" + std::string(connector) + "\" is", option->span.begin);
  }
  for (const ast::Option& other : create.options) {
    if (other.key == "connector") continue;
    throw SqlError(
        sqlstate::kInvalidParameterValue,
        "the connector \"" + std::string(connector) + "\" has no option \"" + other.key + "\"",
        other.span.begin);
  }
}

// FROM relation is what TABLE relation gives.
ast::Query QueryOf(const ast::CreateSink& create) {
  if (create.query) return *create.query;
  return {.with = {},
          .body = ast::TableQuery{create.relation},
          .order_by = {},
          .limit = {},
          .offset = {},
          .locking = {},
          .emit = {},
          .span = create.relation.span};
}

}  // namespace

StatementPlan BindCreate(BindState& state, const ast::CreateSink& create, ast::Span span) {
  const std::string schema = CreationSchema(state, create.name)->name;
  CatalogPlan there;
  if (IsThere(state, create.name, schema, create.if_not_exists, there.notices)) return there;
  if (create.format) NotYet("FORMAT of a sink is", create.format->format.span.begin);
  CatalogObject sink = NewObject(state, create.name, storage::ObjectKind::kSink, schema);
  sink.options = BindOptions(create.options);
  CheckConnector(sink, create);
  const ast::Query query = QueryOf(create);
  static_cast<void>(IsContinuous(query.emit));
  const QueryOutput output = QueryBinder(state).BindKnown(query, /*continuous=*/true);
  if (!state.ParameterTypes().empty()) {
    throw SqlError(sqlstate::kInvalidTableDefinition, "a sink cannot have parameters",
                   create.name.span.begin);
  }
  for (const QueryColumn& column : output.columns) {
    sink.columns.push_back({.name = column.column.name, .type = column.column.type});
  }
  if (sink.columns.empty()) NotYet("relations without columns are", create.name.span.begin);
  sink.sql = StoredSql({create, span});
  sink.settings = TextsOf(state.context());
  sink.dependencies.assign(state.reads().begin(), state.reads().end());
  return MaterializedViewPlan{std::move(sink), AsBoundQuery(state, output)};
}

}  // namespace riverrun::planner
