// Queries: WITH, set operations, SELECT, VALUES, limits, EMIT.
#include <algorithm>

#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

static void RefuseSecond(bool earlier, std::string_view what, ast::Span span) {
  if (!earlier) return;
  throw SqlError(sqlstate::kSyntaxError, "multiple " + std::string(what) + " clauses not allowed",
                 span.begin);
}

ast::Query AstBuilder::Build(P::QueryContext* context) {
  ast::Query query = Build(context->queryBody());
  if (auto* with = context->withClause()) {
    RefuseSecond(query.with.has_value(), "WITH", SpanOf(with));
    query.with = Build(with);
  }
  query.span = SpanOf(context);
  return query;
}

// What stands behind a parenthesised query belongs to that query, as in PostgreSQL:
// (SELECT ... LIMIT 5) ORDER BY x is SELECT ... ORDER BY x LIMIT 5.
ast::Query AstBuilder::Build(P::QueryBodyContext* context) {
  ast::Query query = Build(context->queryTerm());
  query.span = SpanOf(context);
  if (auto* order = context->orderBy()) {
    RefuseSecond(!query.order_by.empty(), "ORDER BY", SpanOf(order));
    query.order_by = Build(order);
  }
  for (auto* limit : context->resultLimit()) AddLimit(query, limit);
  for (auto* locking : context->rowLocking()) {
    if (!locking->K_READ()) query.locking.push_back(Build(locking));
  }
  if (auto* emit = context->emitClause()) {
    RefuseSecond(query.emit.has_value(), "EMIT", SpanOf(emit));
    query.emit = Build(emit);
  }
  return query;
}

void AstBuilder::AddLimit(ast::Query& query, P::ResultLimitContext* context) {
  const ast::Span span = SpanOf(context);
  if (context->K_OFFSET()) {
    RefuseSecond(static_cast<bool>(query.offset), "OFFSET", span);
    query.offset = Build(context->expression());
    return;
  }
  RefuseSecond(static_cast<bool>(query.limit), "LIMIT", span);
  if (context->K_LIMIT()) {
    if (auto* limit = context->expression()) query.limit = Build(limit);
    return;
  }
  query.with_ties = context->K_TIES() != nullptr;
  auto* count = context->valueExpression();
  query.limit = count ? Build(count) : ast::Expression{ast::NumberLiteral{"1"}, span};
}

ast::RowLocking AstBuilder::Build(P::RowLockingContext* context) const {
  using Strength = ast::RowLocking::Strength;
  using Wait = ast::RowLocking::Wait;
  ast::RowLocking locking;
  locking.span = SpanOf(context);
  const bool share = context->K_SHARE() != nullptr;
  if (context->K_KEY()) {
    locking.strength = share ? Strength::kKeyShare : Strength::kNoKeyUpdate;
  } else {
    locking.strength = share ? Strength::kShare : Strength::kUpdate;
  }
  for (auto* name : context->qualifiedName()) locking.of.push_back(Build(name));
  if (context->K_NOWAIT()) locking.wait = Wait::kNoWait;
  if (context->K_SKIP()) locking.wait = Wait::kSkipLocked;
  return locking;
}

ast::Emit AstBuilder::Build(P::EmitClauseContext* context) {
  using Kind = ast::Emit::Kind;
  ast::Emit emit;
  emit.span = SpanOf(context);
  if (auto* interval = context->timeSpan()) {
    emit.kind = Kind::kEvery;
    emit.interval = Build(interval);
  } else {
    emit.kind = context->K_CHANGES() ? Kind::kChanges : Kind::kOnWindowClose;
  }
  return emit;
}

ast::With AstBuilder::Build(P::WithClauseContext* context) {
  using Materialized = ast::CommonTable::Materialized;
  ast::With with;
  with.recursive = context->K_RECURSIVE() != nullptr;
  for (auto* table : context->commonTable()) {
    ast::CommonTable common;
    common.name = Name(table->identifier());
    common.columns = Names(table->nameList());
    if (table->K_MATERIALIZED()) {
      common.materialized = table->K_NOT() ? Materialized::kNever : Materialized::kAlways;
    }
    common.query = Build(table->query());
    common.span = SpanOf(table);
    with.tables.push_back(std::move(common));
  }
  return with;
}

ast::Query AstBuilder::Build(P::QueryTermContext* context) {
  if (auto* plain = dynamic_cast<P::PlainTermContext*>(context))
    return Build(plain->queryPrimary());
  const DepthGuard guard(*this, context);
  ast::SetOperation operation;
  Rules<P::QueryTermContext> sides;
  if (auto* intersection = dynamic_cast<P::IntersectionContext*>(context)) {
    operation.op = ast::SetOperator::kIntersect;
    operation.all = intersection->K_ALL() != nullptr;
    sides = intersection->queryTerm();
  } else {
    auto* combination = dynamic_cast<P::CombinationContext*>(context);
    operation.op = combination->K_UNION() ? ast::SetOperator::kUnion : ast::SetOperator::kExcept;
    operation.all = combination->K_ALL() != nullptr;
    sides = combination->queryTerm();
  }
  operation.left = Build(sides[0]);
  operation.right = Build(sides[1]);
  ast::Query query;
  query.body = std::move(operation);
  query.span = SpanOf(context);
  return query;
}

ast::Query AstBuilder::Build(P::QueryPrimaryContext* context) {
  if (auto* nested = context->query()) {
    const DepthGuard guard(*this, context);
    return Build(nested);
  }
  ast::Query query;
  query.span = SpanOf(context);
  if (auto* select = context->select()) {
    query.body = Build(select);
  } else if (auto* values = context->values()) {
    query.body = Build(values);
  } else {
    query.body = ast::TableQuery{Build(context->qualifiedName())};
  }
  return query;
}

ast::Values AstBuilder::Build(P::ValuesContext* context) {
  ast::Values values;
  for (auto* row : context->valueRow()) values.rows.push_back(Build(row));
  return values;
}

std::vector<ast::Expression> AstBuilder::Build(P::ValueRowContext* context) {
  std::vector<ast::Expression> row;
  for (auto* value : context->rowValue()) row.push_back(Build(value));
  return row;
}

ast::Expression AstBuilder::Build(P::RowValueContext* context) {
  if (context->K_DEFAULT()) return {ast::DefaultValue{}, SpanOf(context)};
  return Build(context->expression());
}

ast::Select AstBuilder::Build(P::SelectContext* context) {
  ast::Select select;
  select.distinct = context->K_DISTINCT() != nullptr;
  select.distinct_on = Build(context->expressionList());
  if (auto* items = context->selectList()) select.items = Build(items);
  select.from = Items(context->fromItem());
  if (auto* window = context->streamWindow()) select.stream_window = Build(window);
  // The grammar's expressions in order: WHERE, HAVING, QUALIFY, as far as they are there.
  const auto conditions = context->expression();
  size_t next = 0;
  if (context->K_WHERE()) select.where = Build(conditions[next++]);
  if (context->K_HAVING()) select.having = Build(conditions[next++]);
  if (context->K_QUALIFY()) select.qualify = Build(conditions[next]);
  if (auto* group = context->groupBy()) {
    select.group_by_distinct = group->K_DISTINCT() != nullptr;
    select.group_by = Elements(group->groupingElement());
  }
  for (auto* window : context->namedWindow()) {
    select.windows.push_back({Name(window->identifier()), Build(window->windowSpecification())});
  }
  return select;
}

std::vector<ast::SelectItem> AstBuilder::Build(P::SelectListContext* context) {
  std::vector<ast::SelectItem> items;
  for (auto* entry : context->selectItem()) {
    ast::SelectItem item;
    item.span = SpanOf(entry);
    item.expression =
        entry->STAR() ? ast::Expression{ast::Star{}, item.span} : Build(entry->expression());
    if (auto* label = entry->anyName()) item.alias = Name(label);
    if (auto* label = entry->bareName()) item.alias = Name(label);
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<ast::GroupingElement> AstBuilder::Elements(
    const Rules<P::GroupingElementContext>& contexts) {
  std::vector<ast::GroupingElement> elements;
  for (auto* context : contexts) elements.push_back(Build(context));
  return elements;
}

ast::GroupingElement AstBuilder::Build(P::GroupingElementContext* context) {
  ast::GroupingElement element;
  element.span = SpanOf(context);
  if (auto* expression = context->expression()) {
    element.node = Build(expression);
  } else if (context->K_SETS()) {
    element.node = ast::GroupingSets{Elements(context->groupingElement())};
  } else if (auto* items = context->expressionList()) {
    element.node = ast::Rollup{Build(items), context->K_CUBE() != nullptr};
  } else {
    element.node = ast::EmptyGroup{};
  }
  return element;
}

ast::StreamWindow AstBuilder::Build(P::StreamWindowContext* context) {
  using Kind = ast::StreamWindow::Kind;
  ast::StreamWindow window;
  window.span = SpanOf(context);
  switch (context->kind->getType()) {
    case P::K_TUMBLING:
      window.kind = Kind::kTumbling;
      break;
    case P::K_HOPPING:
      window.kind = Kind::kHopping;
      break;
    default:
      window.kind = Kind::kSession;
  }
  for (auto* setting : context->windowSetting()) {
    ast::Box<ast::Expression>& part = setting->K_ADVANCE() ? window.advance
                                      : setting->K_GRACE() ? window.grace
                                                           : window.size;
    if (part) RefuseAt(SpanOf(setting));
    part = Build(setting->timeSpan());
  }
  return window;
}

}  // namespace riverrun::parser
