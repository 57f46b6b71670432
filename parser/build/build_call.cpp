// Function calls in every spelling, and windows.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::Expression AstBuilder::Call(std::string name, std::vector<ast::Expression> arguments,
                                 ast::Span span, ast::Span name_span) {
  ast::FunctionCall call;
  call.name = {{ast::Identifier{std::move(name), false, name_span}}, name_span};
  for (ast::Expression& argument : arguments) {
    call.arguments.push_back({std::nullopt, std::move(argument), false});
  }
  return {ast::Box<ast::FunctionCall>(std::move(call)), span};
}

ast::Expression AstBuilder::Build(P::KeywordCallContext* context) {
  const ast::Span span = SpanOf(context);
  const ast::Span name_span = SpanOf(context->getStart());
  const auto call = [&](std::string name, const Rules<P::ExpressionContext>& arguments) {
    return Call(std::move(name), Expressions(arguments), span, name_span);
  };
  if (auto* extract = dynamic_cast<P::ExtractCallContext*>(context)) {
    std::vector<ast::Expression> arguments;
    const bool quoted = extract->STRING() != nullptr;
    const ast::Span field = quoted ? SpanOf(extract->STRING()) : SpanOf(extract->anyName());
    arguments.push_back(
        {ast::StringLiteral{quoted ? String(extract->STRING()) : Name(extract->anyName()).text},
         field});
    arguments.push_back(Build(extract->expression()));
    return Call("extract", std::move(arguments), span, name_span);
  }
  if (auto* from = dynamic_cast<P::SubstringFromContext*>(context)) {
    return call("substring", from->expression());
  }
  if (auto* length = dynamic_cast<P::SubstringForContext*>(context)) {
    std::vector<ast::Expression> arguments = Expressions(length->expression());
    if (arguments.size() == 3) {
      std::swap(arguments[1], arguments[2]);
    } else {
      arguments.insert(arguments.begin() + 1, {ast::NumberLiteral{"1"}, name_span});
    }
    return Call("substring", std::move(arguments), span, name_span);
  }
  if (auto* similar = dynamic_cast<P::SubstringSimilarContext*>(context)) {
    std::vector<ast::Expression> arguments;
    for (auto* argument : similar->valueExpression()) arguments.push_back(Build(argument));
    return Call("substring", std::move(arguments), span, name_span);
  }
  if (auto* position = dynamic_cast<P::PositionInContext*>(context)) {
    std::vector<ast::Expression> arguments;
    arguments.push_back(Build(position->valueExpression(1)));
    arguments.push_back(Build(position->valueExpression(0)));
    return Call("position", std::move(arguments), span, name_span);
  }
  if (auto* overlay = dynamic_cast<P::OverlayPlacingContext*>(context)) {
    return call("overlay", overlay->expression());
  }
  const auto trim = [](antlr4::Token* side) {
    if (!side || side->getType() == P::K_BOTH) return "btrim";
    return side->getType() == P::K_LEADING ? "ltrim" : "rtrim";
  };
  if (auto* from = dynamic_cast<P::TrimFromContext*>(context)) {
    std::vector<ast::Expression> arguments = Build(from->expressionList());
    if (auto* characters = from->expression()) arguments.push_back(Build(characters));
    return Call(trim(from->side), std::move(arguments), span, name_span);
  }
  if (auto* list = dynamic_cast<P::TrimListContext*>(context)) {
    return Call(trim(list->side), Build(list->expressionList()), span, name_span);
  }
  auto* word = dynamic_cast<P::WordCallContext*>(context);
  return Call(FoldCase(Text(SpanOf(word->word))), Build(word->expressionList()), span, name_span);
}

ast::Expression AstBuilder::Build(P::CurrentValueContext* context) {
  using Kind = ast::CurrentValue::Kind;
  ast::CurrentValue value;
  switch (context->getStart()->getType()) {
    case P::K_CURRENT_DATE:
      value.kind = Kind::kDate;
      break;
    case P::K_CURRENT_TIME:
      value.kind = Kind::kTime;
      break;
    case P::K_CURRENT_TIMESTAMP:
      value.kind = Kind::kTimestamp;
      break;
    case P::K_LOCALTIME:
      value.kind = Kind::kLocalTime;
      break;
    case P::K_LOCALTIMESTAMP:
      value.kind = Kind::kLocalTimestamp;
      break;
    case P::K_SESSION_USER:
      value.kind = Kind::kSessionUser;
      break;
    case P::K_CURRENT_ROLE:
      value.kind = Kind::kRole;
      break;
    case P::K_CURRENT_CATALOG:
      value.kind = Kind::kCatalog;
      break;
    case P::K_CURRENT_SCHEMA:
      value.kind = Kind::kSchema;
      break;
    default:
      value.kind = Kind::kUser;
  }
  if (auto* precision = context->INTEGER()) value.precision = Integer(precision);
  return {std::move(value), SpanOf(context)};
}

ast::FunctionCall AstBuilder::BuildCall(P::FunctionCallContext* context) {
  using Evaluation = ast::FunctionCall::Evaluation;
  using Nulls = ast::FunctionCall::NullTreatment;
  ast::FunctionCall call;
  call.name = Build(context->functionName());
  if (context->evaluation) {
    call.evaluation =
        context->evaluation->getType() == P::K_FINAL ? Evaluation::kFinal : Evaluation::kRunning;
  }
  if (auto* arguments = context->callArguments()) AddArguments(call, arguments);
  if (auto* order = context->orderBy()) call.within_group = Build(order);
  if (auto* condition = context->expression()) call.filter = Build(condition);
  const auto treatments = context->nullTreatment();
  if (treatments.size() > 1) RefuseAt(SpanOf(treatments[1]));
  if (!treatments.empty()) {
    call.null_treatment = treatments[0]->K_IGNORE() ? Nulls::kIgnore : Nulls::kRespect;
  }
  if (auto* over = context->overClause()) {
    if (auto* name = over->identifier()) {
      call.over_name = Name(name);
    } else {
      call.over = Build(over->windowSpecification());
    }
  }
  return call;
}

void AstBuilder::AddArguments(ast::FunctionCall& call, P::CallArgumentsContext* context) {
  call.star = context->STAR() != nullptr;
  call.distinct = context->K_DISTINCT() != nullptr;
  for (auto* argument : context->argument()) call.arguments.push_back(Build(argument));
  if (auto* order = context->orderBy()) call.order_by = Build(order);
}

ast::Argument AstBuilder::Build(P::ArgumentContext* context) {
  ast::Argument argument;
  argument.variadic = context->K_VARIADIC() != nullptr;
  if (auto* name = context->identifier()) argument.name = Name(name);
  if (auto* value = context->expression()) {
    argument.value = Build(value);
  } else if (auto* table = context->tableArgument()) {
    argument.value = Build(table);
  } else if (context->K_MODEL()) {
    argument.value = {ast::ModelArgument{Build(context->qualifiedName())}, SpanOf(context)};
  } else {
    argument.value = {ast::DescriptorArgument{Names(context->nameList())}, SpanOf(context)};
  }
  return argument;
}

ast::Expression AstBuilder::Build(P::TableArgumentContext* context) {
  ast::TableArgument table;
  if (auto* query = context->query()) {
    table.query = Build(query);
  } else {
    table.name = Build(context->qualifiedName());
  }
  table.partition_by = Build(context->expressionList());
  if (auto* order = context->orderBy()) table.order_by = Build(order);
  return {ast::Box<ast::TableArgument>(std::move(table)), SpanOf(context)};
}

ast::WindowSpecification AstBuilder::Build(P::WindowSpecificationContext* context) {
  ast::WindowSpecification window;
  window.span = SpanOf(context);
  if (auto* base = context->base) window.base = Name(base);
  window.partition_by = Build(context->expressionList());
  if (auto* order = context->orderBy()) window.order_by = Build(order);
  if (auto* frame = context->frame()) window.frame = Build(frame);
  return window;
}

ast::Frame AstBuilder::Build(P::FrameContext* context) {
  using Units = ast::Frame::Units;
  using Exclusion = ast::Frame::Exclusion;
  ast::Frame frame;
  frame.span = SpanOf(context);
  switch (context->units->getType()) {
    case P::K_ROWS:
      frame.units = Units::kRows;
      break;
    case P::K_GROUPS:
      frame.units = Units::kGroups;
      break;
    default:
      frame.units = Units::kRange;
  }
  frame.start = Build(context->frameBound(0));
  if (auto* end = context->frameBound(1)) frame.end = Build(end);
  if (auto* exclusion = context->frameExclusion()) {
    frame.exclusion = exclusion->K_GROUP()     ? Exclusion::kGroup
                      : exclusion->K_TIES()    ? Exclusion::kTies
                      : exclusion->K_CURRENT() ? Exclusion::kCurrentRow
                                               : Exclusion::kNoOthers;
  }
  return frame;
}

ast::FrameBound AstBuilder::Build(P::FrameBoundContext* context) {
  using Kind = ast::FrameBound::Kind;
  const bool preceding = context->K_PRECEDING() != nullptr;
  if (context->K_UNBOUNDED()) {
    return {preceding ? Kind::kUnboundedPreceding : Kind::kUnboundedFollowing, {}};
  }
  if (context->K_CURRENT()) return {Kind::kCurrentRow, {}};
  return {preceding ? Kind::kPreceding : Kind::kFollowing, Build(context->expression())};
}

ast::SortKey AstBuilder::Build(P::SortKeyContext* context) {
  using Direction = ast::SortKey::Direction;
  using Nulls = ast::SortKey::Nulls;
  ast::SortKey key;
  key.span = SpanOf(context);
  key.expression = Build(context->expression());
  if (context->direction) {
    key.direction =
        context->direction->getType() == P::K_DESC ? Direction::kDescending : Direction::kAscending;
  }
  if (context->nulls) {
    key.nulls = context->nulls->getType() == P::K_FIRST ? Nulls::kFirst : Nulls::kLast;
  }
  return key;
}

std::vector<ast::SortKey> AstBuilder::Build(P::OrderByContext* context) {
  std::vector<ast::SortKey> keys;
  for (auto* key : context->sortKey()) keys.push_back(Build(key));
  return keys;
}

}  // namespace riverrun::parser
