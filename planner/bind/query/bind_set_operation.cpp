// UNION, VALUES, and the ORDER BY of both, which knows only output columns.
#include <algorithm>

#include "planner/bind/query/query_binder.h"

namespace riverrun::planner {
namespace {

std::string_view WordOf(ast::SetOperator op) {
  switch (op) {
    case ast::SetOperator::kUnion:
      return "UNION";
    case ast::SetOperator::kIntersect:
      return "INTERSECT";
    case ast::SetOperator::kExcept:
      return "EXCEPT";
  }
  return "";
}

Bound ValueOf(const QueryColumn& column) {
  if (column.untyped) return *column.untyped;
  return {ColumnValue(column.column.id, column.column.type), column.position};
}

SetOp::Branch BranchOf(const QueryOutput& output) {
  SetOp::Branch branch{output.plan, {}};
  for (const QueryColumn& column : output.columns) branch.columns.push_back(column.column.id);
  return branch;
}

}  // namespace

QueryOutput QueryBinder::BindSetOperation(const ast::SetOperation& operation,
                                          const ast::Query& query) {
  const std::string word(WordOf(operation.op));
  if (operation.op != ast::SetOperator::kUnion) NotYet(word + " is", query.span.begin);
  QueryOutput left = Bind(*operation.left);
  QueryOutput right = Bind(*operation.right);
  if (left.columns.size() != right.columns.size()) {
    const Position position =
        right.columns.empty() ? operation.right->span.begin : right.columns.front().position;
    throw SqlError(sqlstate::kSyntaxError,
                   "each " + word + " query must have the same number of columns", position);
  }
  std::vector<Type> types;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    const std::vector<Bound> both{ValueOf(left.columns[i]), ValueOf(right.columns[i])};
    types.push_back(CommonTypeOf(state_, both, word));
    if (!operation.all) CheckComparable(state_, types.back(), false, left.columns[i].position);
  }
  for (QueryOutput* side : {&left, &right}) {
    *side = Cast(*side, types, CastContext::kImplicit, [&](size_t i) {
      const QueryColumn& column = side->columns[i];
      throw SqlError(sqlstate::kCannotCoerce,
                     word + " could not convert type " + TypeText(column.column.type) + " to " +
                         TypeText(types[i]),
                     column.position);
    });
  }
  SetOp node{.kind = SetOp::Kind::kUnion,
             .all = operation.all,
             .columns = {},
             .branches = {BranchOf(left), BranchOf(right)}};
  QueryOutput output;
  for (size_t i = 0; i < types.size(); ++i) {
    const QueryColumn& from = left.columns[i];
    node.columns.push_back(state_.columns().New(from.column.name, types[i]));
    output.columns.push_back({node.columns.back(), from.position, std::nullopt});
  }
  output.plan = MakePlan(std::move(node));
  return output;
}

QueryOutput QueryBinder::BindValues(const ast::Values& values) {
  const Scope nothing;
  ExpressionBinder binder(state_, nothing, Clause::kValues);
  std::vector<std::vector<Bound>> columns(values.rows.front().size());
  for (const std::vector<ast::Expression>& row : values.rows) {
    if (row.size() != columns.size()) {
      throw SqlError(sqlstate::kSyntaxError, "VALUES lists must all be the same length",
                     row.empty() ? 0 : row.front().span.begin);
    }
    for (size_t c = 0; c < row.size(); ++c) columns[c].push_back(binder.Bind(row[c]));
  }
  Values node;
  node.rows.resize(values.rows.size());
  QueryOutput output;
  for (size_t c = 0; c < columns.size(); ++c) {
    Type type;
    const std::vector<ExpressionRef> cells = AsCommonType(state_, columns[c], "VALUES", type);
    for (size_t r = 0; r < cells.size(); ++r) node.rows[r].push_back(cells[r]);
    node.columns.push_back(state_.columns().New("column" + std::to_string(c + 1), type));
    output.columns.push_back({node.columns.back(), columns[c].front().position, std::nullopt});
  }
  output.plan = MakePlan(std::move(node));
  return output;
}

QueryOutput QueryBinder::SortOutput(QueryOutput output, const ast::Query& query) {
  if (query.order_by.empty()) return output;
  output = Known(std::move(output));
  TopN sorted{.input = output.plan, .order = {}};
  for (const ast::SortKey& key : query.order_by) {
    const Position position = key.expression.span.begin;
    std::optional<size_t> chosen = PositionNamed(key.expression, output.columns.size(), "ORDER BY");
    const auto* reference = ast::As<ast::ColumnReference>(key.expression);
    if (!chosen && reference != nullptr && reference->name.parts.size() == 1) {
      const std::string& name = reference->name.Last().text;
      for (size_t i = 0; i < output.columns.size(); ++i) {
        if (output.columns[i].column.name != name) continue;
        if (chosen) {
          throw SqlError(sqlstate::kAmbiguousColumn, "ORDER BY \"" + name + "\" is ambiguous",
                         position);
        }
        chosen = i;
      }
      if (!chosen) {
        throw SqlError(sqlstate::kUndefinedColumn, "column \"" + name + "\" does not exist",
                       position);
      }
    }
    if (!chosen) {
      throw SqlError(sqlstate::kFeatureNotSupported,
                     "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", position)
          .WithDetail("Only result column names can be used, not expressions or functions.")
          .WithHint(
              "Add the expression/function to every SELECT, or move the UNION into a FROM clause.");
    }
    const PlanColumn& column = output.columns[*chosen].column;
    CheckComparable(state_, column.type, true, position);
    sorted.order.push_back(OrderOf(key, column.id));
  }
  output.plan = MakePlan(std::move(sorted));
  return output;
}

}  // namespace riverrun::planner
