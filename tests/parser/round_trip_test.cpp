// parse(print(ast)) == ast, over the corpus: every statement of the dialect in every spelling.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

std::vector<std::string> Corpus(const std::string& file) {
  std::ifstream in("tests/parser/corpus/" + file);
  EXPECT_TRUE(in.good()) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

void ExpectRoundTrip(const std::string& text) {
  SCOPED_TRACE(text);
  PrintOptions options;
  options.reveal_secrets = true;
  std::string printed;
  try {
    const ast::Statement first = ParseStatements(text).at(0);
    for (const bool parentheses : {false, true}) {
      options.all_parentheses = parentheses;
      printed = Print(first, options);
      const std::vector<ast::Statement> again = ParseStatements(printed);
      ASSERT_EQ(again.size(), 1U);
      EXPECT_TRUE(again[0] == first) << printed << "\n" << Print(again[0], options);
      EXPECT_EQ(Print(again[0], options), printed);
    }
  } catch (const SqlError& error) {
    FAIL() << error.error.text << "\n" << printed;
  }
}

TEST(RoundTrip, Statements) {
  for (const std::string& text : Corpus("statements.sql")) ExpectRoundTrip(text);
}

TEST(RoundTrip, Queries) {
  for (const std::string& text : Corpus("queries.sql")) ExpectRoundTrip(text);
}

TEST(RoundTrip, Patterns) {
  for (const std::string& text : Corpus("match_recognize.sql")) ExpectRoundTrip(text);
}

// The corpus holds every kind of statement, so that the tests above forget none.
TEST(RoundTrip, CorpusIsComplete) {
  std::set<size_t> kinds;
  for (const char* file : {"statements.sql", "queries.sql"}) {
    for (const std::string& text : Corpus(file))
      kinds.insert(ParseStatements(text).at(0).node.index());
  }
  for (size_t kind = 0; kind < std::variant_size_v<decltype(ast::Statement::node)>; ++kind) {
    EXPECT_TRUE(kinds.contains(kind)) << "no statement of variant index " << kind;
  }
}

// A statement prints the same whatever blanks, comments and case it came with.
TEST(RoundTrip, PrintIsCanonical) {
  const auto print = [](std::string_view text) { return Print(ParseStatements(text).at(0)); };
  EXPECT_EQ(print("select  A , b as X from T where ( a=1 )and b<>2"),
            "SELECT a, b AS x FROM t WHERE a = 1 AND b <> 2");
  EXPECT_EQ(print("SELECT CAST(a AS int), a :: INT"), "SELECT a::int, a::int");
  EXPECT_EQ(print("SELECT interval '1' minute, INTERVAL 5 MINUTES"),
            "SELECT INTERVAL '1' MINUTE, INTERVAL '5 minute'");
  EXPECT_EQ(print("SELECT a FROM t EMIT FINAL"), "SELECT a FROM t EMIT ON WINDOW CLOSE");
  EXPECT_EQ(print("SELECT a FROM t EMIT AFTER WINDOW CLOSE"),
            "SELECT a FROM t EMIT ON WINDOW CLOSE");
}

}  // namespace
}  // namespace riverrun::parser
