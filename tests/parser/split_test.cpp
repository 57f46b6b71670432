#include "parser/split.h"

#include <gtest/gtest.h>

namespace riverrun::parser {
namespace {

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> ranges;
  for (const ScannedStatement& statement : SplitStatements(text)) {
    ranges.emplace_back(
        text.substr(statement.range.begin, statement.range.end - statement.range.begin));
  }
  return ranges;
}

std::string KeyOf(std::string_view text) {
  return StatementCacheKey(text, SplitStatements(text).at(0));
}

TEST(Split, FindsStatementsAndSkipsEmptyOnes) {
  EXPECT_EQ(Split("  SELECT 1 ; ;\n-- x\nSELECT ';' , $$;$$ /* ; */;"),
            (std::vector<std::string>{"SELECT 1", "SELECT ';' , $$;$$"}));
  EXPECT_TRUE(Split("").empty());
  EXPECT_TRUE(Split(" ; -- nothing\n;").empty());
}

TEST(Split, RangeCoversLiteralRows) {
  EXPECT_EQ(Split("INSERT INTO t VALUES (1), (2), (3) ; SELECT 1"),
            (std::vector<std::string>{"INSERT INTO t VALUES (1), (2), (3)", "SELECT 1"}));
}

TEST(Split, CacheKeyIgnoresBlanksCommentsAndCase) {
  EXPECT_EQ(KeyOf("SELECT  a /* x */ FROM T"), KeyOf("select A\nfrom t;"));
  EXPECT_NE(KeyOf("SELECT 'a'"), KeyOf("SELECT 'A'"));
  EXPECT_NE(KeyOf("SELECT \"a\""), KeyOf("SELECT \"A\""));
  EXPECT_NE(KeyOf("SELECT a b"), KeyOf("SELECT ab"));
  EXPECT_NE(KeyOf("SELECT - -1"), KeyOf("SELECT 1"));
  // Rows that ANTLR never sees belong to the key as well.
  EXPECT_NE(KeyOf("INSERT INTO t VALUES (1), (2)"), KeyOf("INSERT INTO t VALUES (1), (3)"));
  EXPECT_EQ(KeyOf("SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A+? B) DEFINE A AS a)"),
            KeyOf("select * from t match_recognize(pattern(a + ? b) define a as a)"));
}

TEST(Split, MarksParenthesesThatOpenQueries) {
  const auto marks = [](std::string_view text) {
    std::string signs;
    const ScannedStatement statement = SplitStatements(text).at(0);
    for (const Token& token : statement.tokens) {
      if (token.kind == TokenKind::kQueryParen) signs += 'q';
      if (token.kind == TokenKind::kLeftParen) signs += 'p';
    }
    return signs;
  };
  EXPECT_EQ(marks("SELECT (SELECT 1), (1 + 2)"), "qp");
  EXPECT_EQ(marks("SELECT ((SELECT 1)), ((SELECT 1) + 1)"), "qqpq");
  EXPECT_EQ(marks("SELECT f((SELECT 1)), agg((SELECT 1) ORDER BY 1)"), "pqpq");
  EXPECT_EQ(marks("SELECT * FROM ((SELECT 1) UNION (SELECT 2)) x"), "qqq");
  EXPECT_EQ(marks("SELECT * FROM ((SELECT 1) x JOIN (VALUES (1)) y ON TRUE)"), "pqqp");
  EXPECT_EQ(marks("SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts)))"), "ppp");
  EXPECT_EQ(marks("SELECT x IN (TABLE t), EXISTS ((SELECT 1))"), "qqq");
}

}  // namespace
}  // namespace riverrun::parser
