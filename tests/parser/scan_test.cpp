#include "parser/scan.h"

#include <gtest/gtest.h>

#include <vector>

#include "types/error.h"

namespace riverrun::parser {
namespace {

using K = TokenKind;

std::vector<std::pair<TokenKind, std::string>> Scan(std::string_view text, bool pattern = false) {
  Scanner scanner(text);
  scanner.SetPatternMode(pattern);
  std::vector<std::pair<TokenKind, std::string>> tokens;
  for (Token token = scanner.Next(); token.kind != K::kEnd; token = scanner.Next()) {
    tokens.emplace_back(token.kind, Slice(text, token));
  }
  return tokens;
}

using Tokens = std::vector<std::pair<TokenKind, std::string>>;

std::string ErrorOf(std::string_view text) {
  try {
    Scan(text);
  } catch (const SqlError& error) {
    EXPECT_EQ(error.error.sqlstate, sqlstate::kSyntaxError);
    return error.error.text + " @" + std::to_string(error.position.value_or(9999));
  }
  return "no error";
}

TEST(Scan, CutsNumbersAsPostgresDoes) {
  EXPECT_EQ(Scan("1 1.5 .5 5. 1e5 1.5E-3 1e+2"), (Tokens{{K::kInteger, "1"},
                                                         {K::kDecimal, "1.5"},
                                                         {K::kDecimal, ".5"},
                                                         {K::kDecimal, "5."},
                                                         {K::kDecimal, "1e5"},
                                                         {K::kDecimal, "1.5E-3"},
                                                         {K::kDecimal, "1e+2"}}));
  EXPECT_EQ(Scan("1-2"), (Tokens{{K::kInteger, "1"}, {K::kMinus, "-"}, {K::kInteger, "2"}}));
  EXPECT_EQ(ErrorOf("SELECT 12ab"), "trailing junk after numeric literal at or near \"12ab\" @7");
  EXPECT_EQ(ErrorOf("1e"), "trailing junk after numeric literal at or near \"1e\" @0");
}

TEST(Scan, TakesTheLongestOperatorButNotATrailingSign) {
  EXPECT_EQ(Scan("a<-1"),
            (Tokens{{K::kIdentifier, "a"}, {K::kLess, "<"}, {K::kMinus, "-"}, {K::kInteger, "1"}}));
  EXPECT_EQ(Scan("@-"), (Tokens{{K::kOperator, "@-"}}));
  EXPECT_EQ(Scan("=-"), (Tokens{{K::kEquals, "="}, {K::kMinus, "-"}}));
  EXPECT_EQ(Scan("->> #>> @> || !~* ?|"), (Tokens{{K::kOperator, "->>"},
                                                  {K::kOperator, "#>>"},
                                                  {K::kOperator, "@>"},
                                                  {K::kOperator, "||"},
                                                  {K::kOperator, "!~*"},
                                                  {K::kOperator, "?|"}}));
  EXPECT_EQ(Scan("!= <> <= >= => := ::"), (Tokens{{K::kNotEquals, "!="},
                                                  {K::kNotEquals, "<>"},
                                                  {K::kLessEquals, "<="},
                                                  {K::kGreaterEquals, ">="},
                                                  {K::kArrow, "=>"},
                                                  {K::kColonEquals, ":="},
                                                  {K::kTypecast, "::"}}));
}

TEST(Scan, LeavesCommentsOut) {
  EXPECT_EQ(Scan("a--b\nc"), (Tokens{{K::kIdentifier, "a"}, {K::kIdentifier, "c"}}));
  EXPECT_EQ(Scan("a/* x /* y */ z */c"), (Tokens{{K::kIdentifier, "a"}, {K::kIdentifier, "c"}}));
  EXPECT_EQ(Scan("1+/*x*/2"), (Tokens{{K::kInteger, "1"}, {K::kPlus, "+"}, {K::kInteger, "2"}}));
  EXPECT_EQ(ErrorOf("a /* b /* c */"), "unterminated /* comment at or near \"/* b /* c */\" @2");
}

TEST(Scan, KeepsQuotedTextTogether) {
  EXPECT_EQ(Scan("'it''s' E'a\\'b' N'x' U&'d' $$a'b$$ $t$x$$y$t$"),
            (Tokens{{K::kString, "'it''s'"},
                    {K::kString, "E'a\\'b'"},
                    {K::kString, "N'x'"},
                    {K::kString, "U&'d'"},
                    {K::kString, "$$a'b$$"},
                    {K::kString, "$t$x$$y$t$"}}));
  EXPECT_EQ(Scan("'a'\n  'b' 'c'"), (Tokens{{K::kString, "'a'\n  'b'"}, {K::kString, "'c'"}}));
  EXPECT_EQ(Scan("B'01' x'1F'"), (Tokens{{K::kBitString, "B'01'"}, {K::kBitString, "x'1F'"}}));
  EXPECT_EQ(Scan("U&'d!0061' UESCAPE '!' x"),
            (Tokens{{K::kString, "U&'d!0061' UESCAPE '!'"}, {K::kIdentifier, "x"}}));
  EXPECT_EQ(Scan("\"a\"\"b\""), (Tokens{{K::kQuotedIdentifier, "\"a\"\"b\""}}));
  EXPECT_EQ(ErrorOf("x 'abc"), "unterminated quoted string at or near \"'abc\" @2");
  EXPECT_EQ(ErrorOf("\"abc"), "unterminated quoted identifier at or near \"\"abc\" @0");
  EXPECT_EQ(ErrorOf("$a$ x"), "unterminated dollar-quoted string at or near \"$a$ x\" @0");
  EXPECT_EQ(ErrorOf("a \"\" b"), "zero-length delimited identifier at or near \"\"\"\" @2");
}

TEST(Scan, TellsParametersFromDollarQuotes) {
  EXPECT_EQ(Scan("$1 $23"), (Tokens{{K::kParameter, "$1"}, {K::kParameter, "$23"}}));
  EXPECT_EQ(ErrorOf("$1a"), "trailing junk after parameter at or near \"$1a\" @0");
  EXPECT_EQ(Scan("a$b$c"), (Tokens{{K::kIdentifier, "a$b$c"}}));
  EXPECT_EQ(Scan("$ x"), (Tokens{{K::kStray, "$"}, {K::kIdentifier, "x"}}));
}

TEST(Scan, ReadsWordsInAnyCaseAndAnyAlphabet) {
  EXPECT_EQ(Scan("SeLeCt größe"), (Tokens{{K::kKeyword, "SeLeCt"}, {K::kIdentifier, "größe"}}));
}

TEST(Scan, SeparatesEverySignInAPattern) {
  EXPECT_EQ(Scan("A+?{-b-}{2,}|^$", true), (Tokens{{K::kIdentifier, "A"},
                                                   {K::kPlus, "+"},
                                                   {K::kQuestion, "?"},
                                                   {K::kExclusionOpen, "{-"},
                                                   {K::kIdentifier, "b"},
                                                   {K::kExclusionClose, "-}"},
                                                   {K::kLeftBrace, "{"},
                                                   {K::kInteger, "2"},
                                                   {K::kComma, ","},
                                                   {K::kRightBrace, "}"},
                                                   {K::kPipe, "|"},
                                                   {K::kCaret, "^"},
                                                   {K::kDollar, "$"}}));
}

}  // namespace
}  // namespace riverrun::parser
