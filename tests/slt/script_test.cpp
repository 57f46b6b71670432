// How scripts are read, and how answers are written into them.
#include "tests/slt/script.h"

#include <gtest/gtest.h>

namespace riverrun::slt {
namespace {

using Kind = Record::Kind;

TEST(Script, ReadsStatementsAndQueries) {
  const Script script = ParseScript(
      "# a comment\n"
      "statement ok\nCREATE TABLE t (a int)\n\n"
      "statement error 42P07 already exists$\nCREATE TABLE t (a int)\n\n"
      "query IT rowsort\nSELECT a,\n  b FROM t\n----\n1\tx\n2\ty\n\n"
      "halt\n",
      "file");
  ASSERT_FALSE(script.problem.has_value());
  ASSERT_EQ(script.records.size(), 4U);
  EXPECT_FALSE(script.records[0].fails);
  EXPECT_EQ(script.records[1].state, "42P07");
  EXPECT_EQ(script.records[1].pattern, "already exists$");
  const Record& query = script.records[2];
  EXPECT_EQ(query.kind, Kind::kQuery);
  EXPECT_EQ(query.types, "IT");
  EXPECT_EQ(query.sort, Record::Sort::kRows);
  EXPECT_EQ(query.sql, "SELECT a,\n  b FROM t");
  EXPECT_EQ(query.expected, (std::vector<std::string>{"1\tx", "2\ty"}));
  EXPECT_EQ(script.records[3].kind, Kind::kHalt);
}

TEST(Script, ConditionsBelongToTheNextRecord) {
  const Script script = ParseScript(
      "skipif local\nonlyif server\nstatement ok\nSELECT 1\n\nstatement ok\nSELECT 2\n", "file");
  ASSERT_EQ(script.records.size(), 2U);
  ASSERT_EQ(script.records[0].conditions.size(), 2U);
  EXPECT_FALSE(script.records[0].conditions[0].only);
  EXPECT_TRUE(script.records[0].conditions[1].only);
  EXPECT_TRUE(script.records[1].conditions.empty());
}

TEST(Script, ReadsTheWordsOfStreams) {
  const Script script = ParseScript(
      "feed s\n1\ta\n2\tb\n\nchanges v\n----\n+1\t1\n\nexplain\nSELECT 1\n----\nValues\n\n"
      "restart\n",
      "file");
  ASSERT_EQ(script.records.size(), 4U);
  EXPECT_EQ(script.records[0].rows, (std::vector<std::string>{"1\ta", "2\tb"}));
  EXPECT_EQ(script.records[1].sql, "v");
  EXPECT_EQ(script.records[2].sql, "SELECT 1");
  EXPECT_EQ(script.records[3].kind, Kind::kRestart);
}

TEST(Script, NamesTheLineThatItDoesNotUnderstand) {
  const Script script = ParseScript("\nstatment ok\n", "file");
  EXPECT_EQ(script.problem, "file:2: unknown words: statment ok");
}

// What would make a record pass that should not, or never run.
TEST(Script, RefusesWhatItWouldNotCheck) {
  for (const char* text : {
           "onlyif sever\nstatement ok\nSELECT 1\n",    // no such engine
           "skipif local\n",                            // no record
           "statement ok\n\nstatement ok\nSELECT 1\n",  // no SQL
           "statement ok 3\nSELECT 1\n",                // a word that means nothing
           "statement count 3\nSELECT 1\n",             // of another dialect
           "statement error 4270\nSELECT a\n",          // no SQLSTATE
           "statement error 42703 (\nSELECT a\n",       // no regular expression
           "statement ok\nSELECT 1\n----\n1\n",         // an answer to a statement
           "query IX\nSELECT 1, 2\n----\n1\t2\n",       // no such type
           "query I rowsrt\nSELECT 1\n----\n1\n",       // no such order
           "query I rowsort l\nSELECT 1\n----\n1\n",    // too much
           "query T\nSELECT a FROM t\n-----\nx\n",      // a comment, and an alias
           "hash-threshold 8\n",                        // of another dialect
           "",
       }) {
    EXPECT_TRUE(ParseScript(text, "file").problem.has_value()) << text;
  }
}

TEST(Script, ReplacesAnswersInPlace) {
  const std::vector<std::string> lines{"query I", "SELECT 1", "----", "9",    "",
                                       "query I", "SELECT 2", "",     "# end"};
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const Script script = ParseScript(text, "file");
  ASSERT_EQ(script.records.size(), 2U);
  EXPECT_EQ(WithAnswers(lines, {{script.records[0], {"1"}}, {script.records[1], {"2", "3"}}}),
            "query I\nSELECT 1\n----\n1\n\nquery I\nSELECT 2\n----\n2\n3\n\n# end\n");
}

}  // namespace
}  // namespace riverrun::slt
