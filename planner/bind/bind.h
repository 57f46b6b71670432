// Bind: from an AST to a plan in which every name and type is decided.
//
//   bind.h, bind.cpp      one call a statement; parameters
//   statement_plan.h      what comes out: a closed variant the server executes
//   expression/           one expression: literals, calls, predicates, casts, types
//   query/                SELECT and what it is made of: scopes, FROM, GROUP BY, set operations
//   statement/            CREATE, DROP, INSERT, UPDATE, DELETE, SHOW
//
// A statement that is wrong throws SqlError with PostgreSQL's SQLSTATE and text, the byte offset of
// the place at fault, and a hint where one helps. What is not built is 0A000 and named.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser/ast/statement.h"
#include "planner/bind/statement_plan.h"
#include "planner/planner.h"
#include "storage/catalog/authorize.h"
#include "storage/catalog/catalog_snapshot.h"
#include "storage/catalog/derived_object.h"
#include "types/settings.h"
#include "types/value.h"

namespace riverrun::planner {

/// A parameter of a prepared statement. Without a type, the place where it stands decides; without
/// a value, the statement is only described.
struct BindParameter {
  std::optional<Type> type = {};
  std::optional<Value> value = {};  // of that type, or an untyped text or NULL
};

/// What a statement is bound under. Copying is cheap.
struct BindContext {
  storage::CatalogRef catalog;
  /// Relations whose rows the server makes; null: there are none.
  const storage::VirtualRelations* virtual_relations = nullptr;
  storage::Principal principal;
  Settings settings;
  std::vector<std::string> search_path = {"public"};
  std::string database = "riverrun";
  std::string user = "riverrun";
  Micros now = 0;  // what 'now' and 'today' mean in a literal
  /// `now` stays what it is whenever the text is bound again: the moment a view was made.
  bool now_is_fixed = false;
  /// $1 is the first. A statement may have more parameters than this has entries.
  std::vector<BindParameter> parameters = {};
  /// Ids for objects that a statement creates. Needed by CREATE only.
  std::function<ObjectId()> next_object = nullptr;

  // What functions say about the session: constants of the statement.
  std::string version = {};   // version()
  int32_t process_id = 0;     // pg_backend_pid()
  /// current_setting(): nothing for a name that it does not know. Null: knows none.
  std::function<std::optional<std::string>(std::string_view name)> setting = nullptr;
};

/// A bound statement and the types of its parameters, $1 first.
struct BoundStatement {
  StatementPlan plan;
  std::vector<Type> parameters;
};

/// Binds a statement. Throws SqlError.
BoundStatement Bind(const ast::Statement& statement, const BindContext& context);

/// Binds a query alone; continuous ones refuse what a retraction could not reproduce.
BoundQuery BindQuery(const ast::Query& query, const BindContext& context, QueryMode mode);

/// The arguments of EXECUTE as values of the given types.
std::vector<Value> BindArguments(const std::vector<ast::Expression>& arguments,
                                 const std::vector<Type>& types, const BindContext& context);

/// A materialized view whose dataflow is planned: what the catalog keeps, and what runs.
struct PlannedView {
  storage::CatalogChange change;
  LoweredQuery query;
};
/// Plans the query of a CREATE MATERIALIZED VIEW. The operator ids are the catalog's.
PlannedView PlanMaterializedView(const MaterializedViewPlan& plan,
                                 const std::function<OperatorId()>& next_operator);

}  // namespace riverrun::planner
