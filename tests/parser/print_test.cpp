#include "parser/print.h"

#include <gtest/gtest.h>

#include "parser/parser.h"

namespace riverrun::parser {
namespace {

ast::Statement ParseOne(std::string_view text) { return ParseStatements(text).at(0); }

TEST(Print, HidesSecretOptions) {
  PrintOptions options;
  options.is_secret = [](std::string_view key) { return key.ends_with("password"); };
  const ast::Statement stream = ParseOne(
      "CREATE STREAM s (a int) WITH (topic = 't', properties.sasl.password = 'canary', password = "
      "SECRET pw)");
  EXPECT_EQ(Print(stream, options),
            "CREATE STREAM s (a int) WITH (topic = 't', properties.sasl.password = '***', password "
            "= SECRET pw)");
  const ast::Statement sink = ParseOne("CREATE SINK k FROM v WITH (password = 'canary')");
  EXPECT_EQ(Print(sink, options).find("canary"), std::string::npos);
  const ast::Statement alter = ParseOne("ALTER SINK k SET (password = 'canary')");
  EXPECT_EQ(Print(alter, options).find("canary"), std::string::npos);
  const ast::Statement explain =
      ParseOne("EXPLAIN CREATE SINK k FROM v WITH (password = 'canary')");
  EXPECT_EQ(Print(explain, options).find("canary"), std::string::npos);
}

TEST(Print, NeverShowsPasswordsUnlessAsked) {
  for (const char* text :
       {"CREATE ROLE r login password 'canary'", "ALTER USER r PASSWORD 'canary'",
        "CREATE SECRET s AS 'canary'", "ALTER SECRET s AS 'canary'"}) {
    EXPECT_EQ(Print(ParseOne(text)).find("canary"), std::string::npos) << text;
    PrintOptions options;
    options.reveal_secrets = true;
    EXPECT_NE(Print(ParseOne(text), options).find("canary"), std::string::npos) << text;
  }
}

TEST(Print, QuotesNamesThatNeedIt) {
  EXPECT_EQ(Print(ParseOne("SELECT \"A b\", \"select\", stream, \"emit\" FROM \"T\".x")),
            "SELECT \"A b\", \"select\", stream, \"emit\" FROM \"T\".x");
  EXPECT_EQ(Print(ParseOne("SELECT left(a, 1), \"row\"(a)")), "SELECT left(a, 1), \"row\"(a)");
}

TEST(Print, SignsNeverBecomeAComment) {
  EXPECT_EQ(Print(ParseExpression("- - a")), "-(-a)");
  EXPECT_EQ(Print(ParseExpression("a - -b")), "a - -b");
}

TEST(Print, OnlyNeededParentheses) {
  EXPECT_EQ(Print(ParseExpression("((a + b)) * (c)")), "(a + b) * c");
  EXPECT_EQ(Print(ParseExpression("(a = b) = c")), "(a = b) = c");
  EXPECT_EQ(Print(ParseExpression("(a::int)[1]")), "(a::int)[1]");
  EXPECT_EQ(Print(ParseExpression("(-1)::int")), "(-1)::int");
}

}  // namespace
}  // namespace riverrun::parser
