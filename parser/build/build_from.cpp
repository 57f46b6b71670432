// FROM: relations, subqueries, table functions, joins.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

std::vector<ast::TableRef> AstBuilder::Items(const Rules<P::FromItemContext>& contexts) {
  std::vector<ast::TableRef> items;
  for (auto* context : contexts) items.push_back(Build(context));
  return items;
}

ast::TableRef AstBuilder::Build(P::FromItemContext* context) {
  const DepthGuard guard(*this, context);
  const auto joins = context->joinPart();
  if (joins.size() > kTreeDepthMax) {
    throw SqlError(sqlstate::kStatementTooComplex,
                   "FROM joins more than " + std::to_string(kTreeDepthMax) + " relations",
                   SpanOf(context).begin);
  }
  ast::TableRef item = Build(context->fromPrimary());
  for (auto* join : joins) item = AddJoin(std::move(item), join);
  return item;
}

ast::TableRef AstBuilder::AddJoin(ast::TableRef left, P::JoinPartContext* context) {
  ast::Join join;
  join.natural = context->K_NATURAL() != nullptr;
  if (context->K_CROSS()) join.kind = ast::JoinKind::kCross;
  if (auto* kind = context->joinKind()) join.kind = Build(kind);
  if (join.natural &&
      (join.kind == ast::JoinKind::kAsof || join.kind == ast::JoinKind::kAsofLeft)) {
    Unsupported("NATURAL ASOF JOIN", SpanOf(context));
  }
  const ast::Span span = Join(left.span, SpanOf(context));
  join.left = std::move(left);
  join.right = Build(context->fromPrimary());
  if (auto* within = context->joinWithin()) join.within = Build(within);
  if (auto* condition = context->joinCondition()) {
    join.using_columns = Names(condition->nameList());
    const auto expressions = condition->expression();
    size_t next = 0;
    if (condition->K_MATCH_CONDITION()) join.match_condition = Build(expressions[next++]);
    if (condition->K_ON()) join.on = Build(expressions[next]);
    const bool asof = join.kind == ast::JoinKind::kAsof || join.kind == ast::JoinKind::kAsofLeft;
    if (join.match_condition && !asof) RefuseAt(SpanOf(condition->K_MATCH_CONDITION()));
  }
  return {std::move(join), std::nullopt, span};
}

ast::JoinKind AstBuilder::Build(P::JoinKindContext* context) const {
  if (context->K_ASOF()) return context->K_LEFT() ? ast::JoinKind::kAsofLeft : ast::JoinKind::kAsof;
  if (context->K_SEMI()) return ast::JoinKind::kSemi;
  if (context->K_ANTI()) return ast::JoinKind::kAnti;
  if (!context->side) return ast::JoinKind::kInner;
  switch (context->side->getType()) {
    case P::K_LEFT:
      return ast::JoinKind::kLeft;
    case P::K_RIGHT:
      return ast::JoinKind::kRight;
    default:
      return ast::JoinKind::kFull;
  }
}

ast::JoinWithin AstBuilder::Build(P::JoinWithinContext* context) {
  ast::JoinWithin within;
  const auto spans = context->timeSpan();
  const bool has_grace = context->K_GRACE() != nullptr;
  within.before = Build(spans[0]);
  if (spans.size() == (has_grace ? 3U : 2U)) within.after = Build(spans[1]);
  if (has_grace) within.grace = Build(spans.back());
  return within;
}

ast::TableRef AstBuilder::Build(P::FromPrimaryContext* context) {
  ast::TableRef item = Build(context->fromSource());
  if (auto* time = context->systemTime()) {
    auto* table = std::get_if<ast::NamedTable>(&item.node);
    if (!table || item.alias)
      Unsupported("FOR SYSTEM_TIME on anything but a relation", SpanOf(time));
    table->system_time = Build(time->valueExpression());
  }
  if (auto* alias = context->tableAlias()) {
    if (item.alias) {
      // ((a JOIN b) AS x) AS y: the outer name hides the inner one, as for a subquery.
      Unsupported("a second alias of a join in parentheses", SpanOf(alias));
    }
    item.alias = Build(alias);
  }
  item.span = SpanOf(context);
  for (auto* match : context->matchRecognize()) {
    ast::TableRef matched;
    matched.span = Join(item.span, SpanOf(match));
    matched.node = ast::Box<ast::MatchRecognize>(BuildMatch(match, std::move(item)));
    if (auto* alias = match->tableAlias()) matched.alias = Build(alias);
    item = std::move(matched);
  }
  return item;
}

ast::TableRef AstBuilder::Build(P::FromSourceContext* context) {
  ast::TableRef item;
  item.span = SpanOf(context);
  if (auto* named = dynamic_cast<P::NamedSourceContext*>(context)) {
    item.node = ast::NamedTable{Build(named->qualifiedName()), named->K_ONLY() != nullptr, {}};
  } else if (auto* query = dynamic_cast<P::QuerySourceContext*>(context)) {
    item.node = ast::DerivedTable{Build(query->query()), query->K_LATERAL() != nullptr};
  } else if (auto* table = dynamic_cast<P::TableOfNameSourceContext*>(context)) {
    item.node = ast::NamedTable{Build(table->qualifiedName()), false, {}};
  } else if (auto* nested = dynamic_cast<P::NestedSourceContext*>(context)) {
    item = Build(nested->fromItem());
  } else {
    item = BuildFunctionSource(context);
  }
  return item;
}

ast::TableRef AstBuilder::BuildFunctionSource(P::FromSourceContext* context) {
  ast::TableFunction function;
  if (auto* call = dynamic_cast<P::FunctionSourceContext*>(context)) {
    function.functions.push_back({BuildCall(call->functionCall()), {}});
    function.lateral = call->K_LATERAL() != nullptr;
    function.with_ordinality = call->withOrdinality() != nullptr;
  } else if (auto* table = dynamic_cast<P::TableOfFunctionSourceContext*>(context)) {
    function.functions.push_back({BuildCall(table->functionCall()), {}});
  } else {
    auto* rows = dynamic_cast<P::RowsFromSourceContext*>(context);
    function.rows_from = true;
    function.lateral = rows->K_LATERAL() != nullptr;
    function.with_ordinality = rows->withOrdinality() != nullptr;
    for (auto* entry : rows->functionWithColumns()) {
      ast::TableFunctionItem item{BuildCall(entry->functionCall()), {}};
      if (auto* columns = entry->columnTypeList()) item.column_types = Build(columns);
      function.functions.push_back(std::move(item));
    }
  }
  return {std::move(function), std::nullopt, SpanOf(context)};
}

ast::TableAlias AstBuilder::Build(P::TableAliasContext* context) {
  ast::TableAlias alias;
  if (auto* name = context->identifier()) alias.name = Name(name);
  if (auto* name = context->bareName()) alias.name = Name(name);
  alias.columns = Names(context->nameList());
  if (auto* columns = context->columnTypeList()) alias.column_types = Build(columns);
  return alias;
}

}  // namespace riverrun::parser
