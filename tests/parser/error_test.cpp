#include "types/error.h"

#include <gtest/gtest.h>

#include "parser/parser.h"
#include "parser/syntax_error.h"

namespace riverrun::parser {
namespace {

struct Refused {
  std::string state;
  std::string text;
  uint32_t position = 0;
  std::string hint;
};

Refused Refuse(std::string_view text) {
  try {
    ParseStatements(text);
  } catch (const SqlError& error) {
    return {{error.error.sqlstate.begin(), error.error.sqlstate.end()},
            error.error.text,
            error.position.value_or(9999),
            error.hint};
  }
  ADD_FAILURE() << "parsed: " << text;
  return {};
}

void ExpectError(std::string_view text, std::string_view message, uint32_t position,
                 std::string_view hint = "") {
  SCOPED_TRACE(text);
  const Refused refused = Refuse(text);
  EXPECT_EQ(refused.state, "42601");
  EXPECT_EQ(refused.text, message);
  EXPECT_EQ(refused.position, position);
  EXPECT_NE(refused.hint.find(hint), std::string::npos) << refused.hint;
}

TEST(SyntaxError, SpeaksLikePostgres) {
  ExpectError("SELEC 1", "syntax error at or near \"SELEC\"", 0, "did you mean select?");
  ExpectError("SELECT * FRO t", "syntax error at or near \"FRO\"", 9);
  ExpectError("SELECT a FRO t", "syntax error at or near \"t\"", 13);
  ExpectError("SELECT a FROM t WHERE", "syntax error at end of input", 21);
  ExpectError("SELECT a FROM t WHERE;", "syntax error at or near \";\"", 21);
  ExpectError("SELECT 1; SELECT 2 x y", "syntax error at or near \"y\"", 21);
  ExpectError("SELECT f(SELECT 1)", "syntax error at or near \"SELECT\"", 9);
  ExpectError("SELECT a FROM t GROUP a", "syntax error at or near \"a\"", 22);
}

TEST(SyntaxError, HintsForMistakesPeopleMake) {
  ExpectError("SELECT a b c FROM t", "syntax error at or near \"c\"", 11,
              "a comma, an operator or a keyword is missing");
  ExpectError("SELECT a, FROM t", "syntax error at or near \"FROM\"", 10,
              "remove the comma before FROM");
  ExpectError("CREATE TABLE t (a int,)", "syntax error at or near \")\"", 22,
              "remove the comma before )");
  ExpectError("SELECT (a + 1", "syntax error at end of input", 13,
              "opened at line 1, column 8 is not closed");
  ExpectError("SELECT a) FROM t", "syntax error at or near \")\"", 8, "no opening parenthesis");
  ExpectError("SELECT `a` FROM t", "syntax error at or near \"FROM\"", 11, "not with backticks");
  ExpectError("CREATE TABLE user (a int)", "syntax error at or near \"user\"", 13,
              "reserved word; to use it as a name write \"user\"");
  ExpectError("CREATE TABLE t (order int)", "syntax error at or near \"order\"", 16, "\"order\"");
  ExpectError("CREATE STREAM s (a int) WITH (connector = \"kafka\")",
              "syntax error at or near \"\"kafka\"\"", 42, "'kafka'");
  ExpectError("SELECT a FROM t LIMIT 5, 10", "syntax error at or near \",\"", 23,
              "LIMIT count OFFSET start");
  ExpectError("SELECT 'abc", "unterminated quoted string at or near \"'abc\"", 7);
}

TEST(SyntaxError, NamesWhatIsNotSupported) {
  for (const char* text :
       {"CREATE DATABASE x", "CREATE EXTENSION pg_trgm", "VACUUM", "MERGE INTO t USING s ON TRUE",
        "PREPARE TRANSACTION 'x'", "DO $$x$$", "CREATE TABLE t (a int REFERENCES u)",
        "SELECT * FROM t TABLESAMPLE system (1)"}) {
    const Refused refused = Refuse(text);
    EXPECT_EQ(refused.state, "0A000") << text;
    EXPECT_NE(refused.text.find("is not supported"), std::string::npos) << refused.text;
  }
}

TEST(SyntaxError, AParserThatRefusedOnceStillWorks) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(ParseStatements("SELECT FROM WHERE"), SqlError);
    EXPECT_EQ(ParseStatements("SELECT 1").size(), 1U);
  }
}

TEST(SyntaxError, PositionCountsBytesOfTheWholeText) {
  ExpectError("SELECT 'ö'; SELECT a b c", "syntax error at or near \"c\"", 24);
}

TEST(Caret, StandsUnderThePlace) {
  EXPECT_EQ(RenderCaret("SELEC 1", 0), "LINE 1: SELEC 1\n        ^");
  EXPECT_EQ(RenderCaret("SELECT a\nFROM\tt x y", 18), "LINE 2: FROM t x y\n                 ^");
  EXPECT_EQ(RenderCaret("SELECT 'ö' x y", 14), "LINE 1: SELECT 'ö' x y\n                     ^");
  EXPECT_EQ(RenderCaret("", 0), "LINE 1: \n        ^");
  EXPECT_EQ(RenderCaret("a", 100), "LINE 1: a\n         ^");
}

TEST(Caret, LongLinesAreCut) {
  const std::string text = std::string(500, 'a') + " x " + std::string(500, 'b');
  const std::string caret = RenderCaret(text, 501);
  EXPECT_LT(caret.find('\n'), 130U);
  const size_t line_end = caret.find('\n');
  EXPECT_EQ(caret[caret.size() - 1 - (line_end + 1)], 'x');
}

TEST(Locate, CountsLinesAndCharacters) {
  EXPECT_EQ(Locate("ab\ncd", 4).line, 2U);
  EXPECT_EQ(Locate("ab\ncd", 4).column, 2U);
  EXPECT_EQ(Locate("öb", 2).column, 2U);
}

}  // namespace
}  // namespace riverrun::parser
