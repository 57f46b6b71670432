#include "parser/literal.h"

#include <gtest/gtest.h>

#include "types/error.h"

namespace riverrun::parser {
namespace {

std::string StateOf(std::string_view token) {
  try {
    DecodeString(token, 0);
  } catch (const SqlError& error) {
    return {error.error.sqlstate.begin(), error.error.sqlstate.end()};
  }
  return "no error";
}

TEST(Literal, DecodesEveryKindOfString) {
  EXPECT_EQ(DecodeString("'it''s'", 0), "it's");
  EXPECT_EQ(DecodeString("'a\\nb'", 0), "a\\nb");
  EXPECT_EQ(DecodeString("'a'\n'b'", 0), "ab");
  EXPECT_EQ(DecodeString("E'a\\n\\t\\'\\\\b'", 0), "a\n\t'\\b");
  EXPECT_EQ(DecodeString("E'\\x41\\102\\u00e9\\U0001F600'", 0), "AB\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(DecodeString("E'\\uD83D\\uDE00'", 0), "\xF0\x9F\x98\x80");
  EXPECT_EQ(DecodeString("U&'d\\0061t\\+000061\\\\'", 0), "data\\");
  EXPECT_EQ(DecodeString("U&'d!0061' UESCAPE '!'", 0), "da");
  EXPECT_EQ(DecodeString("$x$a'b$y$c$x$", 0), "a'b$y$c");
  EXPECT_EQ(DecodeString("N'n'", 0), "n");
}

TEST(Literal, RefusesWhatIsNoCharacter) {
  EXPECT_EQ(StateOf("E'\\uD83D'"), "22021");
  EXPECT_EQ(StateOf("E'\\uDE00'"), "22021");
  EXPECT_EQ(StateOf("E'\\u00'"), "22025");
  EXPECT_EQ(StateOf("E'\\xFF'"), "22021");
  EXPECT_EQ(StateOf("E'\\000'"), "22021");
  EXPECT_EQ(StateOf("U&'\\00'"), "22025");
  EXPECT_EQ(StateOf("U&'a' UESCAPE 'x1'"), "42601");
}

TEST(Literal, FoldsBareNamesAndKeepsQuotedOnes) {
  EXPECT_EQ(DecodeIdentifier("FooBar", 0), "foobar");
  EXPECT_EQ(DecodeIdentifier("\"Foo\"\"Bar\"", 0), "Foo\"Bar");
  EXPECT_EQ(DecodeIdentifier("U&\"d\\0061t\"", 0), "dat");
  EXPECT_EQ(DecodeIdentifier("GR\xC3\x96SSE", 0), "gr\xC3\x96sse");
}

TEST(Literal, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(QuoteIdentifier("stream"), "stream");
  EXPECT_EQ(QuoteIdentifier("pattern"), "pattern");
  EXPECT_EQ(QuoteIdentifier("select"), "\"select\"");
  EXPECT_EQ(QuoteIdentifier("Foo"), "\"Foo\"");
  EXPECT_EQ(QuoteIdentifier("a b"), "\"a b\"");
  EXPECT_EQ(QuoteIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(QuoteIdentifier("1a"), "\"1a\"");
  EXPECT_EQ(QuoteString("it's"), "'it''s'");
}

}  // namespace
}  // namespace riverrun::parser
