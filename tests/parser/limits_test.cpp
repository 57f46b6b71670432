// Statements that would exhaust the stack or the processor are refused, and quickly.
#include <gtest/gtest.h>

#include <chrono>

#include "parser/parser.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

std::string Repeat(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string StateOf(const std::string& text) {
  try {
    ParseStatements(text);
    return "00000";
  } catch (const SqlError& error) {
    return {error.error.sqlstate.begin(), error.error.sqlstate.end()};
  }
}

TEST(Limits, NestingIsBounded) {
  EXPECT_EQ(StateOf("SELECT " + Repeat("(", 150) + "1" + Repeat(")", 150)), "00000");
  EXPECT_EQ(StateOf("SELECT " + Repeat("(", 201) + "1" + Repeat(")", 201)), "54001");
  for (const char* piece :
       {"(", "[", "ARRAY[", "f(", "CASE WHEN ", "NOT ", "- ", "+ ", "~ ", "NOT f(", "x BETWEEN ",
        "(SELECT ", "NOT - (", "EXISTS (SELECT ", "x + (", "CASE NOT NOT CASE "}) {
    const std::string text = "SELECT " + Repeat(piece, 20'000);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(StateOf(text), "54001") << piece;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << piece;
  }
}

TEST(Limits, SideBySideIsNotNesting) {
  EXPECT_EQ(StateOf("SELECT " + Repeat("(1), ", 1000) + "1"), "00000");
  EXPECT_EQ(StateOf("SELECT " + Repeat("CASE WHEN a THEN b END, ", 500) + "1"), "00000");
  EXPECT_EQ(StateOf("SELECT 1 WHERE " + Repeat("a BETWEEN 1 AND 2 AND ", 500) + "b"), "00000");
  EXPECT_EQ(StateOf("SELECT 1 WHERE " + Repeat("NOT a AND ", 500) + "b"), "00000");
  EXPECT_EQ(StateOf("SELECT " + Repeat("-1 - ", 500) + "1"), "00000");
}

TEST(Limits, TokensAreBounded) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(StateOf("SELECT " + Repeat("1,", 110'000) + "1"), "54001");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(Limits, ChainsOfAndOrMayBeLong) {
  EXPECT_EQ(StateOf("SELECT 1 FROM t WHERE " + Repeat("a = 1 OR ", 5000) + "b"), "00000");
}

TEST(Limits, DeepChainsOfOtherOperatorsAreRefused) {
  EXPECT_EQ(StateOf("SELECT " + Repeat("a || ", 500) + "b"), "00000");
  EXPECT_EQ(StateOf("SELECT " + Repeat("a || ", 5000) + "b"), "54001");
  EXPECT_EQ(StateOf("SELECT a" + Repeat("::int", 5000)), "54001");
  EXPECT_EQ(StateOf("SELECT a" + Repeat("[1]", 5000)), "54001");
  EXPECT_EQ(StateOf("SELECT 1" + Repeat(" UNION SELECT 1", 5000)), "54001");
  EXPECT_EQ(StateOf("SELECT 1 FROM a" + Repeat(" CROSS JOIN b", 5000)), "54001");
}

}  // namespace
}  // namespace riverrun::parser
