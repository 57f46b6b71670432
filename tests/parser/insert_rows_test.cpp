// INSERT ... VALUES of literals: the rows the scanner reads must be those ANTLR would have read.
#include <gtest/gtest.h>

#include <chrono>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

ast::Statement ParseOne(std::string_view text) { return ParseStatements(text).at(0); }

/// The same statement with every value in parentheses, which the scanner leaves to ANTLR.
void ExpectSameByBothPaths(const std::string& head,
                           const std::vector<std::vector<std::string>>& rows,
                           const std::string& tail) {
  std::string direct = head;
  std::string by_antlr = head;
  for (size_t i = 0; i < rows.size(); ++i) {
    direct += i == 0 ? " (" : ", (";
    by_antlr += i == 0 ? " (" : ", (";
    for (size_t j = 0; j < rows[i].size(); ++j) {
      direct += (j == 0 ? "" : ", ") + rows[i][j];
      const bool marker = rows[i][j] == "DEFAULT";
      by_antlr += (j == 0 ? "" : ", ") + (marker ? rows[i][j] : "(" + rows[i][j] + ")");
    }
    direct += ")";
    by_antlr += ")";
  }
  EXPECT_EQ(SplitStatements(direct).at(0).literal_rows.size(), rows.size() - 1);
  EXPECT_TRUE(ParseOne(direct + tail) == ParseOne(by_antlr + tail)) << direct;
}

TEST(InsertRows, EqualsTheGrammar) {
  const std::vector<std::vector<std::string>> rows = {{"1", "'a'", "NULL"},
                                                      {"-2.5", "E'b\\n'", "TRUE"},
                                                      {"+3", "$$c$$", "false"},
                                                      {"1e5", "'it''s'", "DEFAULT"}};
  ExpectSameByBothPaths("INSERT INTO t VALUES", rows, "");
  ExpectSameByBothPaths("INSERT INTO s.t AS x (a, b, c) VALUES", rows,
                        " ON CONFLICT DO NOTHING RETURNING a");
  ExpectSameByBothPaths("INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES", rows,
                        " UNION ALL SELECT 1, 2, 3");
}

TEST(InsertRows, StopsAtTheFirstRowThatIsNotLiteral) {
  const std::string text = "INSERT INTO t VALUES (1), (2), (3 + 4), (5), (now())";
  EXPECT_EQ(SplitStatements(text).at(0).literal_rows.size(), 1U);
  EXPECT_EQ(Print(ParseOne(text)), text);
}

TEST(InsertRows, LeavesOtherListsAlone) {
  for (const char* text : {"VALUES (1), (2)", "INSERT INTO t SELECT * FROM (VALUES (1), (2)) AS v",
                           "INSERT INTO t SELECT 1 UNION VALUES (1), (2)",
                           "WITH v AS (VALUES (1), (2)) INSERT INTO t TABLE v",
                           "INSERT INTO t TABLE u UNION VALUES (1), (2)"}) {
    EXPECT_TRUE(SplitStatements(text).at(0).literal_rows.empty()) << text;
    EXPECT_TRUE(ParseOne(Print(ParseOne(text))) == ParseOne(text)) << text;
  }
}

TEST(InsertRows, ErrorsBehindTheRowsKeepTheirPlace) {
  const std::string text = "INSERT INTO t VALUES (1), (2), (3) RETURNIN a";
  try {
    ParseOne(text);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.error.text, "syntax error at or near \"RETURNIN\"");
    EXPECT_EQ(error.position, text.find("RETURNIN"));
  }
}

TEST(InsertRows, ABrokenRowIsAnError) {
  EXPECT_THROW(ParseOne("INSERT INTO t VALUES (1), (2"), SqlError);
  EXPECT_THROW(ParseOne("INSERT INTO t VALUES (1), (2),"), SqlError);
  EXPECT_THROW(ParseOne("INSERT INTO t VALUES (1), ()"), SqlError);
  EXPECT_THROW(ParseOne("INSERT INTO t VALUES (1), ('a"), SqlError);
}

TEST(InsertRows, ManyRowsDoNotCountAsTokensAndAreQuick) {
  std::string text = "INSERT INTO t VALUES (0, 'x')";
  constexpr int kRows = 200'000;
  for (int i = 1; i < kRows; ++i) text += ",(" + std::to_string(i) + ",'x')";
  const auto begin = std::chrono::steady_clock::now();
  const auto insert = std::get<ast::Insert>(ParseOne(text).node);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(std::get<ast::Values>(insert.source->body).rows.size(), static_cast<size_t>(kRows));
  EXPECT_LT(elapsed, std::chrono::seconds(10));
}

}  // namespace
}  // namespace riverrun::parser
