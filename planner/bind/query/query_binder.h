// Binds queries: everything between WITH and LIMIT.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parser/ast/query.h"
#include "planner/bind/bind_state.h"
#include "planner/bind/expression/expression_binder.h"
#include "planner/bind/query/scope.h"

namespace riverrun::planner {

/// An output column of a query.
struct QueryColumn {
  PlanColumn column;
  Position position = 0;
  /// Set where the column is a literal or parameter without a type, which a set operation or an
  /// INSERT may still give it.
  std::optional<Bound> untyped = {};
};

/// A query's plan and what of it is its result; the plan may have more columns.
struct QueryOutput {
  LogicalPlan plan;
  std::vector<QueryColumn> columns;
};

/// The WITH tables that a query sees.
struct CommonTables {
  struct Table {
    uint32_t number = 0;
    QueryOutput output;
  };
  const CommonTables* outer = nullptr;
  std::map<std::string, Table> tables = {};

  const Table* Find(const std::string& name) const;
};

/// Binds a query and the queries inside it.
class QueryBinder {
 public:
  QueryBinder(BindState& state, const CommonTables* outer = nullptr)
      : state_(state), common_(outer) {}

  /// Columns may be without a type. EMIT is refused unless the caller has seen to it.
  QueryOutput Bind(const ast::Query& query, bool emit_seen = false);
  /// Every column has a type.
  QueryOutput BindKnown(const ast::Query& query, bool emit_seen = false) {
    return Known(Bind(query, emit_seen));
  }
  /// Gives untyped columns the type text.
  QueryOutput Known(QueryOutput output);
  /// The output with its columns cast: column i to types[i], in a context. Calls `fail`, which
  /// throws, for one that cannot be.
  using CastFailure = std::function<void(size_t column)>;
  QueryOutput Cast(const QueryOutput& output, const std::vector<Type>& types, CastContext context,
                   const CastFailure& fail);

  /// Binds an item of FROM and adds its names to the scope.
  LogicalPlan BindFrom(const ast::TableRef& item, Scope& scope);
  /// WITH: binds its tables; the query binder that is returned sees them.
  CommonTables BindWith(const ast::With& with);

 private:
  QueryOutput BindBody(const ast::Query& query);
  QueryOutput BindWithLimit(const ast::Query& query);
  // bind_set_operation.cpp
  QueryOutput BindSetOperation(const ast::SetOperation& operation, const ast::Query& query);
  QueryOutput BindValues(const ast::Values& values);
  QueryOutput SortOutput(QueryOutput output, const ast::Query& query);
  // bind_from.cpp
  LogicalPlan BindItem(const ast::NamedTable& table, const ast::TableRef& item, Scope& scope);
  LogicalPlan BindItem(const ast::DerivedTable& table, const ast::TableRef& item, Scope& scope);
  LogicalPlan BindItem(const ast::TableFunction& function, const ast::TableRef& item, Scope& scope);
  LogicalPlan BindItem(const ast::Join& join, const ast::TableRef& item, Scope& scope);
  LogicalPlan BindItem(const ast::MatchRecognize& match, const ast::TableRef& item, Scope& scope);
  LogicalPlan UseCommonTable(const CommonTables::Table& table, PlanColumns& columns);
  QueryOutput ExpandView(const storage::CatalogObject& view, Position position);

  BindState& state_;
  const CommonTables* common_;
};

/// The rows of a table, stream or materialized view. With `row_ids`, the hidden columns of a table
/// without primary key are among its columns.
LogicalPlan ScanOf(BindState& state, const storage::CatalogObject& object, ScopeRelation& relation,
                   bool row_ids = false);

/// The rows of a system relation or an error collection. Throws 0A000 in a continuous query.
LogicalPlan BindDerived(BindState& state, const storage::CatalogObject& object,
                        ScopeRelation& relation, Position position);

/// LIMIT and OFFSET as numbers.
struct RowBounds {
  uint64_t offset = 0;
  std::optional<uint64_t> limit = {};
};
RowBounds BindRowBounds(BindState& state, const ast::Query& query);

/// Throws 42883 if values of the type have no order (`order`) or no equality.
void CheckComparable(const BindState& state, const Type& type, bool order, Position position);

/// The direction of a sort key over a column.
OrderKey OrderOf(const ast::SortKey& key, ColumnId column);

/// The position that a constant in GROUP BY or ORDER BY names; nothing if it is no constant. Throws
/// 42601 and 42P10.
std::optional<size_t> PositionNamed(const ast::Expression& expression, size_t items,
                                    std::string_view clause);

}  // namespace riverrun::planner
