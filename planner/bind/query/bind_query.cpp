// A query as a whole: WITH, the body, LIMIT, and the types of its output.
#include <algorithm>

#include "planner/bind/query/query_binder.h"
#include "planner/bind/query/select_binder.h"

namespace riverrun::planner {
namespace {

// A count of rows; nothing for NULL.
std::optional<uint64_t> RowCount(BindState& state, const ast::Expression& expression, Clause clause,
                                 SqlState negative) {
  const Scope nothing;
  const Bound bound = ExpressionBinder(state, nothing, clause).Bind(expression);
  const std::string word(ClauseText(clause));
  const std::optional<ExpressionRef> count =
      TryCoerce(state, bound, Type::Int8(), CastContext::kAssignment);
  if (!count) {
    throw SqlError(
        sqlstate::kDatatypeMismatch,
        "argument of " + word + " must be type bigint, not type " + TypeText(bound.type()),
        bound.position);
  }
  const Value value = EvaluateConstant(state, *count, bound.position);
  if (value.IsNull()) return std::nullopt;
  if (value.As<int64_t>() < 0) {
    throw SqlError(negative, word + " must not be negative", bound.position);
  }
  return static_cast<uint64_t>(value.As<int64_t>());
}

void RefuseLater(const ast::Query& query, bool emit_seen) {
  if (query.with_ties) NotYet("WITH TIES is", query.span.begin);
  if (!query.locking.empty()) NotYet("FOR UPDATE and FOR SHARE are", query.locking[0].span.begin);
  if (query.emit && !emit_seen) {
    throw SqlError(sqlstate::kSyntaxError, "EMIT is allowed only at the end of a statement's query",
                   query.emit->span.begin);
  }
}

}  // namespace

const CommonTables::Table* CommonTables::Find(const std::string& name) const {
  const auto found = tables.find(name);
  if (found != tables.end()) return &found->second;
  return outer == nullptr ? nullptr : outer->Find(name);
}

QueryOutput QueryBinder::Bind(const ast::Query& query, bool emit_seen) {
  RefuseLater(query, emit_seen);
  if (!query.with) return BindWithLimit(query);
  const CommonTables tables = BindWith(*query.with);
  return QueryBinder(state_, &tables).BindWithLimit(query);
}

CommonTables QueryBinder::BindWith(const ast::With& with) {
  CommonTables out{common_};
  for (const ast::CommonTable& table : with.tables) {
    const Position position = table.name.span.begin;
    if (with.recursive) NotYet("WITH RECURSIVE is", position);
    if (out.tables.contains(table.name.text)) {
      throw SqlError(sqlstate::kDuplicateAlias,
                     "WITH query name \"" + table.name.text + "\" specified more than once",
                     position);
    }
    QueryOutput output = QueryBinder(state_, &out).BindKnown(*table.query);
    if (table.columns.size() > output.columns.size()) {
      throw SqlError(sqlstate::kInvalidColumnReference,
                     "WITH query \"" + table.name.text + "\" has " +
                         std::to_string(output.columns.size()) + " columns available but " +
                         std::to_string(table.columns.size()) + " columns specified",
                     position);
    }
    state_.CheckDepth(output.plan, position);
    for (size_t i = 0; i < table.columns.size(); ++i) {
      output.columns[i].column.name = table.columns[i].text;
    }
    out.tables.emplace(table.name.text,
                       CommonTables::Table{state_.NextShared(), std::move(output)});
  }
  return out;
}

QueryOutput QueryBinder::BindWithLimit(const ast::Query& query) {
  QueryOutput output = BindBody(query);
  const RowBounds bounds = BindRowBounds(state_, query);
  if (!bounds.limit && bounds.offset == 0) return output;
  // The order is the TopN below, if there is one: both are one node.
  if (const auto* sorted = As<TopN>(output.plan); sorted != nullptr && !query.order_by.empty()) {
    TopN limited = *sorted;
    limited.offset = bounds.offset;
    limited.limit = bounds.limit;
    output.plan = MakePlan(std::move(limited));
  } else {
    output.plan = MakePlan(
        TopN{.input = output.plan, .order = {}, .offset = bounds.offset, .limit = bounds.limit});
  }
  return output;
}

QueryOutput QueryBinder::BindBody(const ast::Query& query) {
  if (const auto* select = std::get_if<ast::Select>(&query.body)) {
    return SelectBinder(state_, *this, *select, query.order_by).Bind();
  }
  if (const auto* operation = std::get_if<ast::SetOperation>(&query.body)) {
    return SortOutput(BindSetOperation(*operation, query), query);
  }
  if (const auto* values = std::get_if<ast::Values>(&query.body)) {
    return SortOutput(BindValues(*values), query);
  }
  // TABLE t is SELECT * FROM t.
  const ast::QualifiedName& name = std::get<ast::TableQuery>(query.body).name;
  ast::Select select;
  select.items.push_back({ast::Expression{ast::Star{}, name.span}, std::nullopt, name.span});
  select.from.push_back({ast::NamedTable{name, false, {}}, std::nullopt, name.span});
  return SelectBinder(state_, *this, select, query.order_by).Bind();
}

QueryOutput QueryBinder::Known(QueryOutput output) {
  const bool known = std::ranges::none_of(
      output.columns, [](const QueryColumn& column) { return column.untyped.has_value(); });
  if (known) return output;
  std::vector<Type> types;
  for (const QueryColumn& column : output.columns) {
    types.push_back(column.untyped ? Type::Text() : column.column.type);
  }
  return Cast(output, types, CastContext::kExplicit, nullptr);
}

QueryOutput QueryBinder::Cast(const QueryOutput& output, const std::vector<Type>& types,
                              CastContext context, const CastFailure& fail) {
  Project project{output.plan, {}};
  QueryOutput out;
  ColumnSet passed;
  bool changed = false;
  for (size_t i = 0; i < output.columns.size(); ++i) {
    const QueryColumn& from = output.columns[i];
    const Bound value = from.untyped
                            ? *from.untyped
                            : Bound{ColumnValue(from.column.id, from.column.type), from.position};
    std::optional<ExpressionRef> cast = TryCoerce(state_, value, types[i], context);
    if (!cast) {
      fail(i);
      CHECK(false, "a cast that is not there was not refused");
    }
    QueryColumn column = from;
    column.untyped.reset();
    column.column.type = types[i];
    if (AsColumn(**cast) != from.column.id) {
      column.column.id = state_.columns().New();
      changed = true;
    }
    out.columns.push_back(column);
    if (passed.insert(column.column.id).second) {
      project.items.push_back({column.column, std::move(*cast)});
    }
  }
  out.plan = changed ? MakePlan(std::move(project)) : output.plan;
  return out;
}

RowBounds BindRowBounds(BindState& state, const ast::Query& query) {
  RowBounds bounds;
  if (query.limit) {
    bounds.limit = RowCount(state, *query.limit, Clause::kLimit, sqlstate::kInvalidRowCountInLimit);
  }
  if (query.offset) {
    bounds.offset =
        RowCount(state, *query.offset, Clause::kOffset, sqlstate::kInvalidRowCountInOffset)
            .value_or(0);
  }
  return bounds;
}

void CheckComparable(const BindState& state, const Type& type, bool order, Position position) {
  const std::vector<Type> types{type, type};
  if (state.functions().Find(order ? "<" : "=", types) != nullptr) return;
  throw SqlError(sqlstate::kUndefinedFunction,
                 "could not identify an " + std::string(order ? "ordering" : "equality") +
                     " operator for type " + TypeText(type),
                 position)
      .WithHint(order ? "Use an explicit ordering operator or modify the query." : "");
}

OrderKey OrderOf(const ast::SortKey& key, ColumnId column) {
  OrderKey out{.column = column};
  out.descending = key.direction == ast::SortKey::Direction::kDescending;
  out.nulls_first = key.nulls == ast::SortKey::Nulls::kDefault
                        ? out.descending
                        : key.nulls == ast::SortKey::Nulls::kFirst;
  return out;
}

std::optional<size_t> PositionNamed(const ast::Expression& expression, size_t items,
                                    std::string_view clause) {
  // The sign belongs to the number.
  const auto* sign = ast::As<ast::UnaryOperation>(expression);
  const bool negative = sign != nullptr && sign->op.symbol == "-" && sign->op.schema.empty();
  const ast::Expression& constant = negative ? *sign->operand : expression;
  const auto* number = ast::As<ast::NumberLiteral>(constant);
  const bool other = !negative && (ast::As<ast::StringLiteral>(constant) != nullptr ||
                                   ast::As<ast::NullLiteral>(constant) != nullptr ||
                                   ast::As<ast::BooleanLiteral>(constant) != nullptr);
  if (number == nullptr && !other) return std::nullopt;
  constexpr size_t kDigitsMax = 9;
  const bool integer = number != nullptr && number->text.size() <= kDigitsMax &&
                       number->text.find_first_not_of("0123456789") == std::string::npos;
  if (!integer) {
    throw SqlError(sqlstate::kSyntaxError, "non-integer constant in " + std::string(clause),
                   expression.span.begin);
  }
  const auto position = static_cast<size_t>(std::stoul(number->text));
  if (negative || position < 1 || position > items) {
    throw SqlError(sqlstate::kInvalidColumnReference,
                   std::string(clause) + " position " + (negative ? "-" : "") + number->text +
                       " is not in select list",
                   expression.span.begin);
  }
  return position - 1;
}

}  // namespace riverrun::planner
