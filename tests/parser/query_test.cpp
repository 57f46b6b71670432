#include <gtest/gtest.h>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

ast::Query ParseQuery(std::string_view text) {
  return std::get<ast::Query>(ParseStatements(text).at(0).node);
}

ast::Select ParseSelect(std::string_view text) {
  return std::get<ast::Select>(ParseQuery(text).body);
}

template <class T>
const T& From(const ast::Select& select) {
  return std::get<T>(select.from.at(0).node);
}

TEST(Query, IntersectBindsTighterThanUnion) {
  const auto top =
      std::get<ast::SetOperation>(ParseQuery("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3").body);
  EXPECT_EQ(top.op, ast::SetOperator::kUnion);
  EXPECT_EQ(std::get<ast::SetOperation>(top.right->body).op, ast::SetOperator::kIntersect);
  const auto left =
      std::get<ast::SetOperation>(ParseQuery("SELECT 1 EXCEPT SELECT 2 UNION ALL SELECT 3").body);
  EXPECT_TRUE(left.all);
  EXPECT_EQ(std::get<ast::SetOperation>(left.left->body).op, ast::SetOperator::kExcept);
}

TEST(Query, ClausesBehindParenthesesBelongToTheQueryInside) {
  EXPECT_EQ(Print(ParseQuery("(SELECT a FROM t LIMIT 5) ORDER BY a")),
            "SELECT a FROM t ORDER BY a LIMIT 5");
  EXPECT_EQ(Print(ParseQuery("(SELECT a FROM t) ORDER BY a")), "SELECT a FROM t ORDER BY a");
  EXPECT_EQ(Print(ParseQuery("WITH b AS (SELECT 1) (SELECT a FROM b)")),
            "WITH b AS (SELECT 1) SELECT a FROM b");
  EXPECT_THROW(ParseQuery("(SELECT a FROM t LIMIT 3) LIMIT 2"), SqlError);
  EXPECT_THROW(ParseQuery("(SELECT a FROM t ORDER BY a) ORDER BY b"), SqlError);
  EXPECT_THROW(ParseQuery("(SELECT a FROM t OFFSET 1) OFFSET 2"), SqlError);
  EXPECT_THROW(ParseQuery("WITH b AS (SELECT 1) (WITH c AS (SELECT 2) SELECT a FROM c)"), SqlError);
}

TEST(Query, LimitInEverySpelling) {
  EXPECT_EQ(Print(ParseQuery("SELECT 1 OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY")),
            "SELECT 1 LIMIT 3 OFFSET 2");
  EXPECT_EQ(Print(ParseQuery("SELECT 1 FETCH FIRST ROW ONLY")), "SELECT 1 LIMIT 1");
  EXPECT_EQ(Print(ParseQuery("SELECT 1 LIMIT ALL")), "SELECT 1");
  EXPECT_TRUE(ParseQuery("SELECT 1 ORDER BY 1 FETCH FIRST 2 ROWS WITH TIES").with_ties);
  EXPECT_THROW(ParseQuery("SELECT 1 LIMIT 1 LIMIT 2"), SqlError);
}

TEST(Query, EmitModes) {
  using Kind = ast::Emit::Kind;
  EXPECT_EQ(ParseQuery("SELECT 1 EMIT CHANGES").emit->kind, Kind::kChanges);
  EXPECT_EQ(ParseQuery("SELECT 1 EMIT ON WINDOW CLOSE").emit->kind, Kind::kOnWindowClose);
  EXPECT_EQ(ParseQuery("SELECT 1 EMIT FINAL").emit->kind, Kind::kOnWindowClose);
  EXPECT_TRUE(ParseQuery("SELECT 1 EMIT EVERY INTERVAL '1 second'").emit->interval);
}

TEST(Query, FourSpellingsOfWindows) {
  const ast::Select plain = ParseSelect("SELECT 1 FROM TUMBLE(s, ts, INTERVAL '1 minute')");
  EXPECT_EQ(From<ast::TableFunction>(plain).functions[0].call.arguments.size(), 3U);
  const ast::Select flink =
      ParseSelect("SELECT 1 FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE))");
  const auto& call = From<ast::TableFunction>(flink).functions[0].call;
  EXPECT_NE(ast::As<ast::TableArgument>(call.arguments[0].value), nullptr);
  EXPECT_EQ(ast::As<ast::DescriptorArgument>(call.arguments[1].value)->columns[0].text, "ts");
  const ast::Select grouped =
      ParseSelect("SELECT 1 FROM s GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), k");
  EXPECT_EQ(grouped.group_by.size(), 2U);
  const ast::Select ksql = ParseSelect(
      "SELECT 1 FROM s WINDOW HOPPING (SIZE 1 MINUTE, ADVANCE BY 10 SECONDS, GRACE PERIOD 1 DAY)");
  ASSERT_TRUE(ksql.stream_window.has_value());
  EXPECT_TRUE(ksql.stream_window->size && ksql.stream_window->advance && ksql.stream_window->grace);
}

TEST(Query, Joins) {
  using Kind = ast::JoinKind;
  const auto kind = [](const std::string& join) {
    return From<ast::Join>(ParseSelect("SELECT 1 FROM a " + join + " b ON a.x = b.x")).kind;
  };
  EXPECT_EQ(kind("JOIN"), Kind::kInner);
  EXPECT_EQ(kind("LEFT OUTER JOIN"), Kind::kLeft);
  EXPECT_EQ(kind("RIGHT JOIN"), Kind::kRight);
  EXPECT_EQ(kind("FULL JOIN"), Kind::kFull);
  EXPECT_EQ(kind("LEFT SEMI JOIN"), Kind::kSemi);
  EXPECT_EQ(kind("ANTI JOIN"), Kind::kAnti);
  EXPECT_EQ(kind("ASOF JOIN"), Kind::kAsof);
  EXPECT_EQ(kind("ASOF LEFT JOIN"), Kind::kAsofLeft);
  EXPECT_EQ(kind("LEFT ASOF JOIN"), Kind::kAsofLeft);
  const ast::Select temporal =
      ParseSelect("SELECT 1 FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts AS x ON o.c = x.c");
  const auto& right = *From<ast::Join>(temporal).right;
  EXPECT_TRUE(std::get<ast::NamedTable>(right.node).system_time);
  EXPECT_EQ(right.alias->name.text, "x");
}

TEST(Query, MatchRecognizeInFull) {
  const ast::Select select = ParseSelect(
      "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FINAL LAST(a.v) AS l "
      "ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO FIRST b "
      "PATTERN (^ a+? {- b -} (c | d){2,3} PERMUTE(e, f*) $) WITHIN INTERVAL '1 hour' "
      "SUBSET u = (a, b) DEFINE a AS v > 1, b AS v < PREV(v)) AS m");
  const ast::MatchRecognize& match = *std::get<ast::Box<ast::MatchRecognize>>(select.from[0].node);
  EXPECT_EQ(select.from[0].alias->name.text, "m");
  EXPECT_TRUE(match.all_rows);
  EXPECT_EQ(match.empty_matches, ast::MatchRecognize::EmptyMatches::kWithUnmatched);
  EXPECT_EQ(match.after_match.kind, ast::AfterMatch::Kind::kToFirst);
  EXPECT_EQ(match.definitions.size(), 2U);
  EXPECT_TRUE(match.within);
  const auto& sequence = std::get<ast::PatternSequence>(match.pattern.node);
  ASSERT_EQ(sequence.parts.size(), 6U);
  EXPECT_FALSE(std::get<ast::PatternAnchor>(sequence.parts[0].node).end);
  const auto& plus = std::get<ast::PatternRepetition>(sequence.parts[1].node);
  EXPECT_TRUE(plus.reluctant && plus.least == 1 && !plus.most);
  EXPECT_TRUE(std::holds_alternative<ast::PatternExclusion>(sequence.parts[2].node));
  EXPECT_EQ(std::get<ast::PatternRepetition>(sequence.parts[3].node).most, 3U);
  EXPECT_EQ(std::get<ast::PatternPermutation>(sequence.parts[4].node).parts.size(), 2U);
  EXPECT_TRUE(std::get<ast::PatternAnchor>(sequence.parts[5].node).end);
}

TEST(Query, PatternBoundsAreChecked) {
  const auto error = [](const std::string& pattern) -> std::string {
    try {
      ParseQuery("SELECT * FROM t MATCH_RECOGNIZE (PATTERN (" + pattern + "))");
    } catch (const SqlError& refused) {
      return refused.error.text;
    }
    return "";
  };
  EXPECT_EQ(error("a{2,3}"), "");
  EXPECT_NE(error("a{3,2}"), "");
  EXPECT_NE(error("a{0}"), "");
  EXPECT_NE(error("a{99999999999}"), "");
  EXPECT_NE(error("a**"), "");
}

}  // namespace
}  // namespace riverrun::parser
