#include "parser/keywords.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "parser/parser.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

bool Parses(const std::string& text) {
  try {
    ParseStatements(text);
    return true;
  } catch (const SqlError&) {
    return false;
  }
}

KeywordClass ClassOf(std::string_view word) {
  const auto number = FindKeyword(word);
  EXPECT_TRUE(number.has_value()) << word;
  return AllKeywords()[number.value_or(0)].keyword_class;
}

TEST(Keywords, TableIsSortedAndFindable) {
  EXPECT_TRUE(std::ranges::is_sorted(AllKeywords(), {}, &Keyword::word));
  for (const Keyword& keyword : AllKeywords()) {
    const auto found = FindKeyword(keyword.word);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(AllKeywords()[*found].word, keyword.word);
  }
  EXPECT_FALSE(FindKeyword("bids").has_value());
}

TEST(Keywords, ClassesOfWordsThatMatter) {
  for (const char* word : {"select", "from", "where", "window", "user", "order", "end"}) {
    EXPECT_EQ(ClassOf(word), KeywordClass::kReserved) << word;
  }
  for (const char* word :
       {"emit", "watermark", "match_recognize", "qualify", "asof", "within", "year"}) {
    EXPECT_EQ(ClassOf(word), KeywordClass::kNotBareAlias) << word;
  }
  for (const char* word :
       {"pattern", "stream", "at", "key", "offset_", "value", "source", "sink", "model"}) {
    if (const auto number = FindKeyword(word)) {
      EXPECT_EQ(AllKeywords()[*number].keyword_class, KeywordClass::kFree) << word;
    }
  }
}

// Every word stands exactly where its class allows it.
TEST(Keywords, EveryWordKeepsTheRulesOfItsClass) {
  for (const Keyword& keyword : AllKeywords()) {
    const std::string word(keyword.word);
    const bool reserved = keyword.keyword_class == KeywordClass::kReserved ||
                          keyword.keyword_class == KeywordClass::kReservedExceptFunction;
    const bool alias = keyword.keyword_class == KeywordClass::kFree ||
                       keyword.keyword_class == KeywordClass::kFreeExceptFunction;
    EXPECT_TRUE(Parses("SELECT 1 AS " + word)) << word;
    EXPECT_TRUE(Parses("SELECT t." + word + " FROM t")) << word;
    EXPECT_EQ(Parses("SELECT a FROM " + word), !reserved) << word;
    EXPECT_EQ(Parses("SELECT a FROM t AS " + word), !reserved) << word;
    // CREATE TABLE t (LIKE int) copies the columns of a table called int.
    EXPECT_EQ(Parses("CREATE TABLE t (" + word + " int)"), !reserved || word == "like") << word;
    EXPECT_EQ(Parses("SELECT a FROM t " + word + " WHERE b"), alias) << word;
    EXPECT_EQ(Parses("SELECT a " + word + ", b"), alias || word == "isnull" || word == "notnull")
        << word;
  }
}

TEST(Keywords, ColumnsOfStreamsHaveOrdinaryNames) {
  for (const char* word :
       {"pattern", "stream",  "at",     "window_start", "key",   "value", "timestamp",
        "date",    "time",    "source", "type",         "name",  "level", "model",
        "alert",   "running", "final",  "size",         "first", "last",  "partition",
        "epoch",   "emit",    "row",    "position"}) {
    const std::string name(word);
    EXPECT_TRUE(Parses("SELECT " + name + " FROM t WHERE " + name + " > 1 GROUP BY " + name +
                       " ORDER BY " + name + " DESC"))
        << word;
    EXPECT_TRUE(Parses("INSERT INTO t (" + name + ") VALUES (1)")) << word;
    EXPECT_TRUE(Parses("SELECT sum(" + name + "), -" + name + " + 1, " + name + "::int FROM t"))
        << word;
  }
  EXPECT_TRUE(Parses("SELECT \"offset\" FROM t"));
}

TEST(Keywords, AClauseWordIsNoAliasWithoutAs) {
  const auto query =
      std::get<ast::Query>(ParseStatements("SELECT a FROM t EMIT CHANGES").at(0).node);
  EXPECT_TRUE(query.emit.has_value());
  EXPECT_FALSE(std::get<ast::Select>(query.body).from.at(0).alias.has_value());
}

}  // namespace
}  // namespace riverrun::parser
