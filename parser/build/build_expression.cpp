// Expressions: boolean chains, operators and primaries. Predicates are in build_predicate.cpp,
// calls in build_call.cpp.
#include <algorithm>

#include "parser/build/ast_builder.h"
#include "parser/literal.h"

namespace riverrun::parser {

ast::Expression AstBuilder::Build(P::ExpressionContext* context) {
  if (auto* value = dynamic_cast<P::ValueAloneContext*>(context)) {
    return Build(value->valueExpression());
  }
  if (dynamic_cast<P::ConjunctionContext*>(context)) {
    return Chain(ast::LogicalOperator::kAnd, context);
  }
  if (dynamic_cast<P::DisjunctionContext*>(context)) {
    return Chain(ast::LogicalOperator::kOr, context);
  }
  const DepthGuard guard(*this, context);
  auto* negation = dynamic_cast<P::NegationContext*>(context);
  return {ast::Not{Build(negation->expression())}, SpanOf(context)};
}

// A chain of thousands of ORs is a deep tree for ANTLR but a flat list for us.
ast::Expression AstBuilder::Chain(ast::LogicalOperator op, P::ExpressionContext* context) {
  const DepthGuard guard(*this, context);
  std::vector<P::ExpressionContext*> operands;
  P::ExpressionContext* left = context;
  for (;;) {
    Rules<P::ExpressionContext> pair;
    if (auto* both = dynamic_cast<P::ConjunctionContext*>(left);
        both && op == ast::LogicalOperator::kAnd) {
      pair = both->expression();
    } else if (auto* either = dynamic_cast<P::DisjunctionContext*>(left);
               either && op == ast::LogicalOperator::kOr) {
      pair = either->expression();
    } else {
      break;
    }
    operands.push_back(pair[1]);
    left = pair[0];
  }
  operands.push_back(left);
  std::ranges::reverse(operands);
  return {ast::Logical{op, Expressions(operands)}, SpanOf(context)};
}

ast::Expression AstBuilder::Build(P::ValueExpressionContext* context) {
  if (auto* alone = dynamic_cast<P::PrimaryAloneContext*>(context)) return Build(alone->primary());
  const DepthGuard guard(*this, context);
  return BuildOperator(context);
}

ast::Expression AstBuilder::BuildOperator(P::ValueExpressionContext* context) {
  const auto binary = [&](const Rules<P::ValueExpressionContext>& sides) {
    return Binary(sides[0], MiddleOperator(context), sides[1]);
  };
  if (auto* sum = dynamic_cast<P::SumContext*>(context)) return binary(sum->valueExpression());
  if (auto* product = dynamic_cast<P::ProductContext*>(context)) {
    return binary(product->valueExpression());
  }
  if (auto* infixed = dynamic_cast<P::InfixedContext*>(context)) {
    const auto sides = infixed->valueExpression();
    return Binary(sides[0], Build(infixed->symbol()), sides[1]);
  }
  if (auto* power = dynamic_cast<P::PowerContext*>(context))
    return binary(power->valueExpression());
  const ast::Span span = SpanOf(context);
  if (auto* signed_value = dynamic_cast<P::SignedValueContext*>(context)) {
    const ast::Span sign = SpanOf(signed_value->sign);
    ast::UnaryOperation operation{{std::string(Text(sign)), {}, sign},
                                  Build(signed_value->valueExpression())};
    return {ast::Box<ast::UnaryOperation>(std::move(operation)), span};
  }
  if (auto* prefixed = dynamic_cast<P::PrefixedContext*>(context)) {
    ast::UnaryOperation operation{Build(prefixed->symbol()), Build(prefixed->valueExpression())};
    return {ast::Box<ast::UnaryOperation>(std::move(operation)), span};
  }
  if (auto* collated = dynamic_cast<P::CollatedContext*>(context)) {
    ast::Collate collate{Build(collated->valueExpression()), Build(collated->qualifiedName())};
    return {ast::Box<ast::Collate>(std::move(collate)), span};
  }
  if (auto* zoned = dynamic_cast<P::AtTimeZoneContext*>(context)) {
    std::vector<ast::Expression> arguments;
    arguments.push_back(Build(zoned->valueExpression(1)));
    arguments.push_back(Build(zoned->valueExpression(0)));
    return Call("timezone", std::move(arguments), span, SpanOf(zoned->K_AT()));
  }
  return BuildPredicate(context);
}

ast::Expression AstBuilder::Binary(P::ValueExpressionContext* left, ast::OperatorName op,
                                   P::ValueExpressionContext* right) {
  ast::BinaryOperation operation{std::move(op), Build(left), Build(right)};
  return {ast::Box<ast::BinaryOperation>(std::move(operation)), Join(SpanOf(left), SpanOf(right))};
}

/// The operator that is the second of three children.
ast::OperatorName AstBuilder::MiddleOperator(P::ValueExpressionContext* context) const {
  auto* leaf = dynamic_cast<Leaf*>(context->children[1]);
  const ast::Span span = leaf ? SpanOf(leaf) : SpanOf(dynamic_cast<Rule*>(context->children[1]));
  const std::string_view symbol = Text(span);
  return {symbol == "!=" ? "<>" : std::string(symbol), {}, span};
}

ast::OperatorName AstBuilder::Build(P::SymbolContext* context) const {
  const ast::Span span = SpanOf(context);
  if (!context->K_OPERATOR()) return {std::string(Text(span)), {}, span};
  ast::OperatorName op{std::string(Text(SpanOf(context->operatorName()))), {}, span};
  if (op.symbol == "!=") op.symbol = "<>";
  for (auto* part : context->identifier()) op.schema.push_back(Name(part));
  return op;
}

ast::OperatorName AstBuilder::Build(P::QuantifiedOperatorContext* context) const {
  if (auto* symbol = context->symbol()) return Build(symbol);
  const ast::Span span = SpanOf(context);
  const std::string_view text = Text(span);
  return {text == "!=" ? "<>" : std::string(text), {}, span};
}

ast::Expression AstBuilder::Build(P::PrimaryContext* context) {
  if (auto* literal = dynamic_cast<P::LiteralPrimaryContext*>(context))
    return Build(literal->literal());
  const ast::Span span = SpanOf(context);
  std::vector<ast::Identifier> parts;
  if (CollectName(context, parts)) {
    return {ast::ColumnReference{ast::QualifiedName{std::move(parts), span}}, span};
  }
  const DepthGuard guard(*this, context);
  if (auto* call = dynamic_cast<P::FunctionCallPrimaryContext*>(context)) {
    return {ast::Box<ast::FunctionCall>(BuildCall(call->functionCall())), span};
  }
  if (auto* inner = dynamic_cast<P::ParenthesizedContext*>(context))
    return Build(inner->expression());
  if (auto* cast = dynamic_cast<P::TypecastContext*>(context)) {
    return {ast::Cast{Build(cast->primary()), Build(cast->typeName())}, span};
  }
  if (auto* cast = dynamic_cast<P::CastCallContext*>(context)) {
    return {ast::Cast{Build(cast->expression()), Build(cast->typeName())}, span};
  }
  if (auto* field = dynamic_cast<P::FieldContext*>(context)) return Build(field);
  if (auto* star = dynamic_cast<P::FieldStarContext*>(context)) return Build(star);
  if (auto* element = dynamic_cast<P::SubscriptedContext*>(context)) return Build(element);
  if (auto* call = dynamic_cast<P::KeywordCallPrimaryContext*>(context)) {
    return Build(call->keywordCall());
  }
  if (auto* current = dynamic_cast<P::CurrentValuePrimaryContext*>(context)) {
    return Build(current->currentValue());
  }
  if (auto* choice = dynamic_cast<P::CaseExpressionContext*>(context)) return Build(choice);
  return BuildConstructor(context);
}

ast::Expression AstBuilder::BuildConstructor(P::PrimaryContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* row = dynamic_cast<P::ImplicitRowContext*>(context)) {
    return {ast::Row{Expressions(row->expression()), false}, span};
  }
  if (auto* row = dynamic_cast<P::ExplicitRowContext*>(context)) {
    return {ast::Row{Build(row->expressionList()), true}, span};
  }
  if (auto* scalar = dynamic_cast<P::ScalarSubqueryContext*>(context)) {
    return {ast::ScalarSubquery{Build(scalar->query())}, span};
  }
  if (auto* exists = dynamic_cast<P::ExistsSubqueryContext*>(context)) {
    return {ast::Exists{Build(exists->query())}, span};
  }
  if (auto* array = dynamic_cast<P::ArraySubqueryContext*>(context)) {
    return {ast::ArraySubquery{Build(array->query())}, span};
  }
  auto* array = dynamic_cast<P::ArrayConstructorContext*>(context);
  return Build(array->arrayElements());
}

/// Collects a.b.c; false when the primary is anything else.
bool AstBuilder::CollectName(P::PrimaryContext* context,
                             std::vector<ast::Identifier>& parts) const {
  P::PrimaryContext* at = context;
  std::vector<P::AnyNameContext*> fields;
  while (auto* field = dynamic_cast<P::FieldContext*>(at)) {
    fields.push_back(field->anyName());
    at = field->primary();
  }
  auto* first = dynamic_cast<P::NameAloneContext*>(at);
  if (!first) return false;
  parts.push_back(Name(first->identifier()));
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) parts.push_back(Name(*field));
  return true;
}

ast::Expression AstBuilder::Build(P::FieldContext* context) {
  ast::FieldSelection selection{Build(context->primary()), Name(context->anyName())};
  return {ast::Box<ast::FieldSelection>(std::move(selection)), SpanOf(context)};
}

ast::Expression AstBuilder::Build(P::FieldStarContext* context) {
  const ast::Span span = SpanOf(context);
  std::vector<ast::Identifier> parts;
  if (CollectName(context->primary(), parts)) {
    return {ast::Star{ast::QualifiedName{std::move(parts), SpanOf(context->primary())}}, span};
  }
  ast::FieldSelection selection{Build(context->primary()), std::nullopt};
  return {ast::Box<ast::FieldSelection>(std::move(selection)), span};
}

ast::Expression AstBuilder::Build(P::SubscriptedContext* context) {
  ast::Subscript subscript;
  subscript.base = Build(context->primary());
  auto* index = context->subscript();
  subscript.slice = index->COLON() != nullptr;
  if (subscript.slice) {
    subscript.lower = Optional(index->lower);
    subscript.upper = Optional(index->upper);
  } else {
    subscript.lower = Build(index->expression(0));
  }
  return {ast::Box<ast::Subscript>(std::move(subscript)), SpanOf(context)};
}

ast::Expression AstBuilder::Build(P::CaseExpressionContext* context) {
  ast::Case choice;
  // The grammar's two optional expressions: before the first WHEN, behind ELSE.
  const auto outer = context->expression();
  const bool has_else = context->K_ELSE() != nullptr;
  if (outer.size() == (has_else ? 2U : 1U)) choice.operand = Build(outer.front());
  for (auto* branch : context->whenThen()) {
    choice.branches.push_back({Build(branch->expression(0)), Build(branch->expression(1))});
  }
  if (has_else) choice.otherwise = Build(outer.back());
  return {ast::Box<ast::Case>(std::move(choice)), SpanOf(context)};
}

ast::Expression AstBuilder::Build(P::ArrayElementsContext* context) {
  const DepthGuard guard(*this, context);
  ast::ArrayLiteral array;
  for (auto* element : context->arrayElement()) {
    auto* value = element->expression();
    array.elements.push_back(value ? Build(value) : Build(element->arrayElements()));
  }
  return {std::move(array), SpanOf(context)};
}

std::vector<ast::Expression> AstBuilder::Build(P::ExpressionListContext* context) {
  if (!context) return {};
  return Expressions(context->expression());
}

std::vector<ast::Expression> AstBuilder::Expressions(const Rules<P::ExpressionContext>& contexts) {
  std::vector<ast::Expression> expressions;
  expressions.reserve(contexts.size());
  for (auto* context : contexts) expressions.push_back(Build(context));
  return expressions;
}

ast::Box<ast::Expression> AstBuilder::Optional(P::ExpressionContext* context) {
  if (!context) return {};
  return Build(context);
}

ast::Box<ast::Expression> AstBuilder::Optional(P::TimeSpanContext* context) {
  if (!context) return {};
  return Build(context);
}

}  // namespace riverrun::parser
