// Precedence and the forms that special spellings are reduced to. The fully parenthesised print
// shows how an expression was read.
#include <gtest/gtest.h>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

std::string Read(std::string_view text) {
  PrintOptions options;
  options.all_parentheses = true;
  try {
    return Print(ParseExpression(text), options);
  } catch (const SqlError& error) {
    return error.error.text;
  }
}

std::string Canonical(std::string_view text) { return Print(ParseExpression(text)); }

TEST(Precedence, FollowsPostgres) {
  EXPECT_EQ(Read("a + b * c ^ d - e"), "((a + (b * (c ^ d))) - e)");
  EXPECT_EQ(Read("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(Read("a ^ b ^ c"), "((a ^ b) ^ c)");
  EXPECT_EQ(Read("-a ^ 2"), "((-a) ^ 2)");
  EXPECT_EQ(Read("- a::int"), "(-(a::int))");
  EXPECT_EQ(Read("a || b + c || d"), "((a || (b + c)) || d)");
  EXPECT_EQ(Read("a = b || c"), "(a = (b || c))");
  EXPECT_EQ(Read("a -> 'x' = b"), "((a -> 'x') = b)");
  EXPECT_EQ(Read("@ a + b"), "(@ (a + b))");
  EXPECT_EQ(Read("a OPERATOR(pg_catalog.+) b * c"), "(a OPERATOR(pg_catalog.+) (b * c))");
  EXPECT_EQ(Read("a < b LIKE c"), "(a < (b LIKE c))");
  EXPECT_EQ(Read("a LIKE b || c ESCAPE 'x'"), "(a LIKE (b || c) ESCAPE 'x')");
  EXPECT_EQ(Read("a LIKE b = c"), "((a LIKE b) = c)");
  EXPECT_EQ(Read("a = b IS NULL"), "((a = b) IS NULL)");
  EXPECT_EQ(Read("a IN (1) = b"), "((a IN (1)) = b)");
  EXPECT_EQ(Read("NOT a = b"), "(NOT (a = b))");
  EXPECT_EQ(Read("NOT a AND b OR c"), "(((NOT a) AND b) OR c)");
  EXPECT_EQ(Read("a OR b AND c OR d"), "(a OR (b AND c) OR d)");
  EXPECT_EQ(Read("a BETWEEN b AND c AND d"), "((a BETWEEN b AND c) AND d)");
  EXPECT_EQ(Read("a BETWEEN b + 1 AND c OR d"), "((a BETWEEN (b + 1) AND c) OR d)");
  EXPECT_EQ(Read("a COLLATE \"C\" < b"), "((a COLLATE \"C\") < b)");
  EXPECT_EQ(Read("a + b AT TIME ZONE c"), "(a + timezone(c, b))");
  EXPECT_EQ(Read("a + b = ANY (c)"), "((a + b) = ANY (c))");
  EXPECT_EQ(Read("a[1]::text"), "((a[1])::text)");
  EXPECT_EQ(Read("ts > now() - INTERVAL '5 minutes'"), "(ts > (now() - (INTERVAL '5 minutes')))");
}

TEST(Precedence, ComparisonsDoNotAssociate) {
  EXPECT_EQ(Read("a < b < c"), "syntax error at or near \"<\"");
  EXPECT_EQ(Read("(a < b) < c"), "((a < b) < c)");
}

TEST(Expression, ReducesSpellingsToOneForm) {
  EXPECT_EQ(Canonical("a != b"), "a <> b");
  EXPECT_EQ(Canonical("CAST(a AS double precision)"), "a::float8");
  EXPECT_EQ(Canonical("a::timestamp(3) with time zone"), "a::timestamptz(3)");
  EXPECT_EQ(Canonical("a::char"), "a::bpchar(1)");
  EXPECT_EQ(Canonical("a::\"char\""), "a::\"char\"");
  EXPECT_EQ(Canonical("DATE '2020-01-01'"), "'2020-01-01'::date");
  EXPECT_EQ(Canonical("EXTRACT(year FROM a)"), "extract('year', a)");
  EXPECT_EQ(Canonical("SUBSTRING(a FROM 2 FOR 3)"), "substring(a, 2, 3)");
  EXPECT_EQ(Canonical("SUBSTRING(a FOR 3)"), "substring(a, 1, 3)");
  EXPECT_EQ(Canonical("POSITION('x' IN a)"), "position(a, 'x')");
  EXPECT_EQ(Canonical("TRIM(LEADING 'x' FROM a)"), "ltrim(a, 'x')");
  EXPECT_EQ(Canonical("TRIM(a)"), "btrim(a)");
  EXPECT_EQ(Canonical("OVERLAY(a PLACING b FROM 1)"), "overlay(a, b, 1)");
  EXPECT_EQ(Canonical("a NOT LIKE ALL (b)"), "a !~~ ALL (b)");
  EXPECT_EQ(Canonical("a NOTNULL"), "a IS NOT NULL");
  EXPECT_EQ(Canonical("INTERVAL '2' WEEKS"), "INTERVAL '2 week'");
  EXPECT_EQ(Canonical("(a, b) OVERLAPS (c, d)"), "overlaps(a, b, c, d)");
}

TEST(Expression, CastTakesAWholeQualifiedTypeName) {
  const ast::Expression cast = ParseExpression("a::pg_catalog.int4");
  ASSERT_NE(ast::As<ast::Cast>(cast), nullptr);
  EXPECT_EQ(ast::As<ast::Cast>(cast)->type->name.parts.size(), 2U);
}

TEST(Expression, TellsColumnsFromFields) {
  EXPECT_EQ(ast::As<ast::ColumnReference>(ParseExpression("a.b.c"))->name.parts.size(), 3U);
  EXPECT_NE(ast::As<ast::FieldSelection>(ParseExpression("(a).b")), nullptr);
  EXPECT_NE(ast::As<ast::Star>(ParseExpression("a.*")), nullptr);
  EXPECT_FALSE(ast::As<ast::FieldSelection>(ParseExpression("(f(x)).*"))->field.has_value());
}

TEST(Expression, SpansPointIntoTheText) {
  const std::string text = "  a + bb * ccc";
  const ast::Expression sum = ParseExpression(text);
  EXPECT_EQ(text.substr(sum.span.begin, sum.span.end - sum.span.begin), "a + bb * ccc");
  const auto* operation = ast::As<ast::BinaryOperation>(sum);
  ASSERT_NE(operation, nullptr);
  EXPECT_EQ(operation->op.span.begin, 4U);
  EXPECT_EQ(operation->right->span.begin, 6U);
  EXPECT_EQ(operation->right->span.end, 14U);
}

TEST(Expression, NumbersAndStringsStayText) {
  EXPECT_EQ(ast::As<ast::NumberLiteral>(ParseExpression("1.50"))->text, "1.50");
  EXPECT_EQ(ast::As<ast::StringLiteral>(ParseExpression("E'a\\tb'"))->value, "a\tb");
  EXPECT_EQ(ast::As<ast::Parameter>(ParseExpression("$12"))->number, 12U);
}

TEST(Expression, CallsKeepEverythingBehindTheArguments) {
  const ast::Expression expression = ParseExpression(
      "sum(DISTINCT a ORDER BY b DESC) FILTER (WHERE c) OVER (PARTITION BY d ORDER BY e "
      "GROUPS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP)");
  const auto* call = ast::As<ast::FunctionCall>(expression);
  ASSERT_NE(call, nullptr);
  EXPECT_TRUE(call->distinct);
  EXPECT_EQ(call->order_by.size(), 1U);
  EXPECT_TRUE(call->filter);
  ASSERT_TRUE(call->over && call->over->frame);
  EXPECT_EQ(call->over->frame->units, ast::Frame::Units::kGroups);
  EXPECT_EQ(call->over->frame->start.kind, ast::FrameBound::Kind::kPreceding);
  EXPECT_EQ(call->over->frame->end->kind, ast::FrameBound::Kind::kUnboundedFollowing);
  EXPECT_EQ(call->over->frame->exclusion, ast::Frame::Exclusion::kGroup);
}

TEST(TypeName, ReadsArraysAndModifiers) {
  const ast::TypeName type = ParseTypeName("numeric(10, 2)[][3]");
  EXPECT_EQ(type.name.Last().text, "numeric");
  EXPECT_EQ(type.modifiers.size(), 2U);
  ASSERT_EQ(type.dimensions.size(), 2U);
  EXPECT_EQ(type.dimensions[1], 3);
  EXPECT_EQ(Print(ParseTypeName("interval day to second(3)")), "interval DAY TO SECOND(3)");
  EXPECT_EQ(Print(ParseTypeName("national character varying(5)")), "varchar(5)");
}

}  // namespace
}  // namespace riverrun::parser
