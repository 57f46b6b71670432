#include <gtest/gtest.h>

#include "parser/parser.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

template <class T>
T ParseAs(std::string_view text) {
  return std::get<T>(ParseStatements(text).at(0).node);
}

TEST(Statement, StreamWithEverything) {
  const auto stream = ParseAs<ast::CreateRelation>(
      "CREATE STREAM bids (price BIGINT NOT NULL, ts TIMESTAMPTZ, at TIMESTAMPTZ GENERATED ALWAYS "
      "AS (ts),"
      " k TEXT METADATA FROM 'key', WATERMARK FOR ts AS ts - INTERVAL '4 seconds') PARTITION BY "
      "(price)"
      " WITH (connector = 'kafka', properties.sasl.password = 'x', 'a-b' = 5, c = earliest, d = "
      "SECRET s.pw)");
  EXPECT_EQ(stream.kind, ast::ObjectKind::kStream);
  ASSERT_EQ(stream.elements.size(), 5U);
  EXPECT_TRUE(std::get<ast::ColumnDefinition>(stream.elements[0]).not_null);
  EXPECT_TRUE(std::get<ast::ColumnDefinition>(stream.elements[2]).generated);
  EXPECT_EQ(std::get<ast::ColumnDefinition>(stream.elements[3]).metadata->key, "key");
  EXPECT_EQ(std::get<ast::Watermark>(stream.elements[4]).column.text, "ts");
  EXPECT_EQ(stream.partition_by.size(), 1U);
  ASSERT_EQ(stream.options.size(), 5U);
  EXPECT_EQ(stream.options[1].key, "properties.sasl.password");
  EXPECT_EQ(stream.options[2].key, "a-b");
  EXPECT_EQ(stream.options[3].value->kind, ast::OptionValue::Kind::kWord);
  EXPECT_EQ(stream.options[4].value->kind, ast::OptionValue::Kind::kSecret);
  EXPECT_EQ(stream.options[4].value->text, "s.pw");
}

TEST(Statement, WatermarkMayMoveOnlyWhenTold) {
  const auto stream =
      ParseAs<ast::CreateRelation>("CREATE STREAM s (ts timestamp, WATERMARK FOR ts)");
  EXPECT_FALSE(std::get<ast::Watermark>(stream.elements[1]).expression);
}

TEST(Statement, ViewKeepsTheTextItCameFrom) {
  const std::string text = "SELECT 1; CREATE MATERIALIZED VIEW v AS SELECT a FROM t EMIT CHANGES ;";
  const ast::Statement statement = ParseStatements(text).at(1);
  EXPECT_EQ(text.substr(statement.span.begin, statement.span.end - statement.span.begin),
            "CREATE MATERIALIZED VIEW v AS SELECT a FROM t EMIT CHANGES");
  const auto& view = std::get<ast::CreateView>(statement.node);
  EXPECT_TRUE(view.materialized);
  EXPECT_EQ(text.substr(view.query.span.begin, 8), "SELECT a");
}

TEST(Statement, SubscribeAndWait) {
  const auto subscribe =
      ParseAs<ast::Subscribe>("SUBSCRIBE TO v AS OF 'tok' WITH (snapshot = true)");
  EXPECT_EQ(subscribe.relation.Last().text, "v");
  EXPECT_EQ(subscribe.as_of, "tok");
  const auto wait = ParseAs<ast::WaitFor>("WAIT FOR STREAM s PARTITION 2 OFFSET 41");
  EXPECT_EQ(wait.partition, 2);
  EXPECT_EQ(wait.offset, 41);
}

TEST(Statement, CopyInItsForms) {
  EXPECT_TRUE(ParseAs<ast::Copy>("copy t from stdin").from);
  const auto subscribe = ParseAs<ast::Copy>("COPY (SUBSCRIBE TO v) TO STDOUT");
  EXPECT_TRUE(std::holds_alternative<ast::Subscribe>(subscribe.statement->node));
  const auto csv = ParseAs<ast::Copy>("COPY t (a) FROM '/f' CSV HEADER DELIMITER ';'");
  EXPECT_EQ(csv.path, "/f");
  ASSERT_EQ(csv.options.size(), 3U);
  EXPECT_EQ(csv.options[0].key, "format");
  EXPECT_EQ(csv.options[2].value->text, ";");
  const auto modern = ParseAs<ast::Copy>("COPY t FROM STDIN (FORMAT csv, HEADER)");
  EXPECT_EQ(modern.options[0].value->text, "csv");
}

TEST(Statement, AlterTakesSeveralActions) {
  const auto alter =
      ParseAs<ast::Alter>("ALTER TABLE t ADD COLUMN a int, DROP COLUMN b CASCADE, RENAME c TO d");
  ASSERT_EQ(alter.actions.size(), 3U);
  EXPECT_EQ(std::get<ast::DropMember>(alter.actions[1]).behavior, ast::Behavior::kCascade);
  const auto reset = ParseAs<ast::Alter>("ALTER STREAM s RESET TO earliest");
  EXPECT_NE(ast::As<ast::ColumnReference>(std::get<ast::ResetTo>(reset.actions[0]).position),
            nullptr);
}

TEST(Statement, ExplainOfAViewThatRuns) {
  const auto live = ParseAs<ast::Explain>("EXPLAIN ANALYZE per_minute");
  EXPECT_EQ(live.relation->Last().text, "per_minute");
  EXPECT_FALSE(live.statement);
  const auto plan = ParseAs<ast::Explain>("EXPLAIN (STATE, FORMAT json) SELECT 1");
  EXPECT_EQ(plan.options[0].key, "state");
  EXPECT_TRUE(plan.statement);
}

TEST(Statement, SettingsInEverySpelling) {
  EXPECT_EQ(ParseAs<ast::Set>("SET TIME ZONE 'UTC'").name, "timezone");
  EXPECT_EQ(ParseAs<ast::Set>("SET NAMES 'utf8'").name, "client_encoding");
  EXPECT_EQ(ParseAs<ast::Set>("SET LOCAL a.b = 1, 'x', on").values.size(), 3U);
  EXPECT_TRUE(ParseAs<ast::Set>("SET a TO DEFAULT").values.empty());
  EXPECT_EQ(ParseAs<ast::ShowSetting>("SHOW TRANSACTION ISOLATION LEVEL").name,
            "transaction_isolation");
  EXPECT_EQ(ParseAs<ast::ShowObjects>("SHOW MATERIALIZED VIEWS").subject, "materialized views");
}

TEST(Statement, FetchDirections) {
  using Direction = ast::Fetch::Direction;
  EXPECT_EQ(ParseAs<ast::Fetch>("FETCH c").count, 1);
  EXPECT_EQ(ParseAs<ast::Fetch>("FETCH 10 FROM c").count, 10);
  EXPECT_FALSE(ParseAs<ast::Fetch>("FETCH ALL IN c").count.has_value());
  EXPECT_EQ(ParseAs<ast::Fetch>("FETCH PRIOR FROM c").direction, Direction::kBackward);
  EXPECT_EQ(ParseAs<ast::Fetch>("FETCH LAST FROM c").count, -1);
  EXPECT_TRUE(ParseAs<ast::Fetch>("MOVE 5 IN c").move);
}

TEST(Statement, ColumnsThatContradictThemselvesAreRefused) {
  EXPECT_THROW(ParseStatements("CREATE TABLE t (a int DEFAULT 1 DEFAULT 2)"), SqlError);
  EXPECT_THROW(ParseStatements("CREATE TABLE t (a int NOT NULL NULL)"), SqlError);
  EXPECT_THROW(ParseStatements("CREATE TABLE t (a NOT NULL)"), SqlError);
}

}  // namespace
}  // namespace riverrun::parser
