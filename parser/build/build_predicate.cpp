// Predicates: comparisons, LIKE, IN, BETWEEN, IS, ANY and ALL.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::Expression AstBuilder::BuildPredicate(P::ValueExpressionContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* comparison = dynamic_cast<P::ComparisonContext*>(context)) {
    const auto sides = comparison->valueExpression();
    // Comparisons do not associate: a < b < c is an error in PostgreSQL too.
    if (dynamic_cast<P::ComparisonContext*>(sides[0]))
      RefuseAt(SpanOf(comparison->comparisonOperator()));
    return Binary(sides[0], MiddleOperator(context), sides[1]);
  }
  if (auto* test = dynamic_cast<P::IsTestContext*>(context)) {
    using Kind = ast::IsTest::Kind;
    const Kind kind = test->K_NULL()    ? Kind::kNull
                      : test->K_TRUE()  ? Kind::kTrue
                      : test->K_FALSE() ? Kind::kFalse
                                        : Kind::kUnknown;
    return {ast::IsTest{Build(test->valueExpression()), kind, test->K_NOT() != nullptr}, span};
  }
  if (auto* test = dynamic_cast<P::NullTestContext*>(context)) {
    return {ast::IsTest{Build(test->valueExpression()), ast::IsTest::Kind::kNull,
                        test->K_NOTNULL() != nullptr},
            span};
  }
  if (auto* distinct = dynamic_cast<P::IsDistinctContext*>(context)) {
    return {ast::IsDistinct{Build(distinct->valueExpression(0)),
                            Build(distinct->valueExpression(1)), distinct->K_NOT() != nullptr},
            span};
  }
  if (auto* overlaps = dynamic_cast<P::OverlapsContext*>(context)) return Build(overlaps);
  if (auto* escaped = dynamic_cast<P::EscapedContext*>(context))
    RefuseAt(SpanOf(escaped->K_ESCAPE()));
  return BuildMembership(context);
}

ast::Expression AstBuilder::BuildMembership(P::ValueExpressionContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* between = dynamic_cast<P::BetweenContext*>(context)) {
    ast::Between node;
    node.operand = Build(between->valueExpression(0));
    node.low = Build(between->valueExpression(1));
    node.high = Build(between->valueExpression(2));
    node.symmetric = between->K_SYMMETRIC() != nullptr;
    node.negated = between->K_NOT() != nullptr;
    return {std::move(node), span};
  }
  if (auto* in = dynamic_cast<P::InListContext*>(context)) {
    return {ast::InList{Build(in->valueExpression()), Build(in->expressionList()),
                        in->K_NOT() != nullptr},
            span};
  }
  if (auto* in = dynamic_cast<P::InQueryContext*>(context)) {
    return {ast::InQuery{Build(in->valueExpression()), Build(in->query()), in->K_NOT() != nullptr},
            span};
  }
  if (auto* like = dynamic_cast<P::LikeContext*>(context)) return Build(like);
  if (auto* compared = dynamic_cast<P::ComparedToAllContext*>(context)) {
    return Quantify(compared->valueExpression(), Build(compared->quantifiedOperator()),
                    compared->quantifier(), compared->quantified());
  }
  auto* like = dynamic_cast<P::LikeQuantifiedContext*>(context);
  const ast::Span word = SpanOf(like->likeWord());
  if (like->likeWord()->K_SIMILAR()) Unsupported("SIMILAR TO with ANY or ALL", word);
  const std::string symbol =
      std::string(like->K_NOT() ? "!~~" : "~~") + (like->likeWord()->K_ILIKE() ? "*" : "");
  return Quantify(like->valueExpression(), {symbol, {}, word}, like->quantifier(),
                  like->quantified());
}

ast::Expression AstBuilder::Build(P::LikeContext* context) {
  using Kind = ast::Like::Kind;
  ast::Like like;
  auto* word = context->likeWord();
  like.kind = word->K_LIKE() ? Kind::kLike : word->K_ILIKE() ? Kind::kIlike : Kind::kSimilar;
  like.negated = context->K_NOT() != nullptr;
  like.operand = Build(context->valueExpression(0));
  P::ValueExpressionContext* pattern = context->valueExpression(1);
  if (auto* escaped = dynamic_cast<P::EscapedContext*>(pattern)) {
    like.pattern = Build(escaped->valueExpression(0));
    like.escape = Build(escaped->valueExpression(1));
  } else {
    like.pattern = Build(pattern);
  }
  return {std::move(like), SpanOf(context)};
}

// (a, b) OVERLAPS (c, d) is overlaps(a, b, c, d).
ast::Expression AstBuilder::Build(P::OverlapsContext* context) {
  std::vector<ast::Expression> arguments;
  for (auto* side : context->valueExpression()) {
    ast::Expression row = Build(side);
    auto* fields = std::get_if<ast::Row>(&row.node);
    if (!fields || fields->fields.size() != 2) {
      throw SqlError(sqlstate::kSyntaxError,
                     "wrong number of parameters on a side of OVERLAPS expression",
                     SpanOf(side).begin);
    }
    for (ast::Expression& field : fields->fields) arguments.push_back(std::move(field));
  }
  return Call("overlaps", std::move(arguments), SpanOf(context), SpanOf(context->K_OVERLAPS()));
}

ast::Expression AstBuilder::Quantify(P::ValueExpressionContext* operand, ast::OperatorName op,
                                     P::QuantifierContext* quantifier,
                                     P::QuantifiedContext* quantified) {
  ast::Quantified node;
  node.operand = Build(operand);
  node.op = std::move(op);
  node.all = quantifier->K_ALL() != nullptr;
  if (auto* query = quantified->query()) {
    node.query = Build(query);
  } else {
    node.array = Build(quantified->expression());
  }
  return {ast::Box<ast::Quantified>(std::move(node)), Join(SpanOf(operand), SpanOf(quantified))};
}

}  // namespace riverrun::parser
