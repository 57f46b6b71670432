// Statements: what they do to the catalog, the rows they write, and what SHOW answers.
#include <gtest/gtest.h>

#include "parser/parser.h"
#include "tests/planner/bind_fixture.h"

namespace riverrun::planner::test {
namespace {

using storage::ObjectRef;

ObjectRef Find(const BindWorld& world, std::string_view name) {
  return world.context.catalog->FindRelation("public", name);
}

std::vector<std::string> NoticesOf(const BoundStatement& bound) {
  std::vector<std::string> texts;
  for (const Notice& notice : std::get<CatalogPlan>(bound.plan).notices) {
    texts.push_back(notice.text);
  }
  return texts;
}

TEST(BindStatement, CreateTableKeepsColumnsKeyAndDefaults) {
  const BindWorld world;
  const ObjectRef table = Find(world, "t");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->primary_key, std::vector<int32_t>{0});
  EXPECT_EQ(table->primary_key_name, "t_pkey");
  EXPECT_TRUE(table->columns[0].not_null);
  EXPECT_TRUE(table->columns[2].not_null);
  EXPECT_FALSE(table->columns[1].not_null);
  EXPECT_EQ(table->columns[3].type, Type::Decimal(10, 2));
  EXPECT_EQ(table->columns[3].default_sql, "1.5");
  EXPECT_TRUE(table->sql.starts_with("CREATE TABLE t (")) << table->sql;
}

TEST(BindStatement, CreateStreamKeepsItsWatermark) {
  const BindWorld world;
  const ObjectRef stream = Find(world, "s");
  ASSERT_TRUE(stream->watermark.has_value());
  EXPECT_EQ(stream->watermark->column, 2);
  EXPECT_EQ(stream->watermark->expression_sql, "at - INTERVAL '4 seconds'");
}

TEST(BindStatement, CreateViewKeepsWhatItWasBoundUnder) {
  const BindWorld world;
  const ObjectRef view = Find(world, "v");
  EXPECT_EQ(view->columns.size(), 3U);
  EXPECT_EQ(view->dependencies, std::vector<ObjectId>{Find(world, "t")->id});
  EXPECT_EQ(view->settings.front(), (std::pair<std::string, std::string>("TimeZone", "UTC")));
}

TEST(BindStatement, ReplacingAViewKeepsItsIdentity) {
  BindWorld world;
  const ObjectRef before = Find(world, "v");
  world.Run("CREATE OR REPLACE VIEW v AS SELECT a, b, 0 AS next, 1 AS more FROM t");
  const ObjectRef after = Find(world, "v");
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->version, before->version + 1);
  EXPECT_EQ(after->columns.size(), 4U);
}

TEST(BindStatement, AMaterializedViewIsPlannedWhenItIsCreated) {
  BindWorld world;
  world.Run("CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a");
  const ObjectRef view = Find(world, "m");
  EXPECT_EQ(view->kind, storage::ObjectKind::kMaterializedView);
  EXPECT_EQ(view->primary_key, std::vector<int32_t>{0});
  EXPECT_FALSE(view->dataflow.empty());
  EXPECT_EQ(world.Columns("SELECT * FROM m"), "a integer, n bigint");
}

TEST(BindStatement, IfNotExistsAndIfExistsOnlyNotice) {
  BindWorld world;
  EXPECT_EQ(NoticesOf(world.Run("CREATE TABLE IF NOT EXISTS t (x int)")),
            std::vector<std::string>{"relation \"t\" already exists, skipping"});
  EXPECT_EQ(NoticesOf(world.Run("DROP TABLE IF EXISTS gone")),
            std::vector<std::string>{"table \"gone\" does not exist, skipping"});
  EXPECT_EQ(NoticesOf(world.Run("CREATE SCHEMA IF NOT EXISTS other")),
            std::vector<std::string>{"schema \"other\" already exists, skipping"});
}

TEST(BindStatement, DropCascadesToWhatNeedsIt) {
  BindWorld world;
  world.Run("CREATE MATERIALIZED VIEW m AS SELECT next FROM v");
  const BoundStatement dropped = world.Run("DROP TABLE t CASCADE");
  EXPECT_EQ(NoticesOf(dropped), (std::vector<std::string>{"drop cascades to materialized view m",
                                                          "drop cascades to view v"}));
  for (const std::string_view name : {"t", "v", "m"}) EXPECT_EQ(Find(world, name), nullptr) << name;
  EXPECT_NE(Find(world, "u"), nullptr);
}

TEST(BindStatement, DroppingATableAndItsViewTogetherIsFine) {
  BindWorld world;
  world.Run("CREATE TABLE base (x int)");
  world.Run("CREATE TABLE base2 (x int)");
  EXPECT_TRUE(NoticesOf(world.Run("DROP TABLE base, base2")).empty());
}

TEST(BindStatement, InsertFillsWhatIsNotGiven) {
  const BindWorld world;
  EXPECT_EQ(world.Plan("INSERT INTO u (y) VALUES ('abc'), (DEFAULT)"),
            "Write u insert (x#2, y#1)\n"
            "  Project x#2 := NULL::integer, y#1\n"
            "    Values (y#1) ('abc'::character varying::character varying(3)), "
            "(NULL::character varying(3))\n");
}

TEST(BindStatement, InsertSelectAssignsEachColumn) {
  const BindWorld world;
  EXPECT_EQ(world.Plan("INSERT INTO u SELECT id, 'abc' FROM t"),
            "Write u insert (id#11, ?column?#12)\n"
            "  Project id#11, ?column?#12\n"
            "    Project id#11 := id#1::integer, ?column?#12 := 'abc'::character varying::"
            "character varying(3)\n"
            "      Project id#1, ?column?#10 := 'abc'::unknown\n"
            "        Scan table t (id#1, a#2, b#3, c#4, d#5, at#6, j#7, xs#8, ok#9)\n");
}

TEST(BindStatement, UpdateWritesTheWholeRowBeforeAndAfter) {
  const BindWorld world;
  EXPECT_EQ(world.Plan("UPDATE u SET x = x + 1 WHERE y = 'a'"),
            "Write u delete (x#1, y#2, row_lsn#3, row_number#4) "
            "insert (x#5, y#2, row_lsn#3, row_number#4)\n"
            "  Project x#1, y#2, row_lsn#3, row_number#4, x#5 := (x#1 + 1)\n"
            "    Filter (y#2 = 'a')\n"
            "      Scan table u (x#1, y#2, row_lsn#3, row_number#4)\n");
}

TEST(BindStatement, UpdateMaySwapColumns) {
  BindWorld world;
  world.Run("CREATE TABLE pair (l int PRIMARY KEY, r int)");
  EXPECT_EQ(world.Plan("UPDATE pair SET l = r, r = l"),
            "Write pair delete (l#1, r#2) insert (r#2, l#1)\n"
            "  Project l#1, r#2\n"
            "    Scan table pair (l#1, r#2)\n");
}

TEST(BindStatement, ConflictExpressionsReadTheRowFoundAndTheRowGiven) {
  const BindWorld world;
  const BoundStatement bound = world.Bind(
      "INSERT INTO other.w VALUES (1, 2) ON CONFLICT (k) DO UPDATE SET z = excluded.z + w.z "
      "WHERE w.z < 10 RETURNING k, z AS total");
  const WritePlan& plan = std::get<WritePlan>(bound.plan);
  ASSERT_TRUE(plan.on_conflict.has_value());
  ASSERT_EQ(plan.on_conflict->assignments.size(), 2U);
  EXPECT_EQ(executor::ToSql(*plan.on_conflict->assignments[0]), "#0");
  EXPECT_EQ(executor::ToSql(*plan.on_conflict->assignments[1]), "(#3 + #1)");
  EXPECT_EQ(executor::ToSql(*plan.on_conflict->where),
            "(#1::double precision < 10::double precision)");
  ASSERT_EQ(plan.returning.size(), 2U);
  EXPECT_EQ(plan.returning[1].name, "total");
  EXPECT_EQ(executor::ToSql(*plan.returning[1].expression), "#1");
}

TEST(BindStatement, ShowAndDescribeAreConstantRows) {
  const BindWorld world;
  EXPECT_EQ(world.Plan("SHOW STREAMS"),
            "Sort by schema#1, name#2\n"
            "  Values (schema#1, name#2, kind#3, owner#4) ('public', 's', 'stream', 'riverrun')\n");
  EXPECT_EQ(world.Plan("DESCRIBE u"),
            "Values (column#1, type#2, nullable#3, default#4, key#5) "
            "('x', 'integer', true, NULL::text, false), "
            "('y', 'character varying(3)', true, NULL::text, false)\n");
  EXPECT_EQ(world.Plan("SHOW TABLES FROM other LIKE 'w%'"),
            "Sort by schema#1, name#2\n"
            "  Filter (name#2 ~~ 'w%')\n"
            "    Values (schema#1, name#2, kind#3, owner#4) ('other', 'w', 'table', 'riverrun')\n");
}

TEST(BindStatement, PreparedStatementsKnowTheirParameters) {
  const BindWorld world;
  const BoundStatement bound =
      world.Bind("PREPARE p (int) AS SELECT a FROM t WHERE id = $1 AND b = $2");
  const PreparePlan& plan = std::get<PreparePlan>(bound.plan);
  EXPECT_EQ(plan.name, "p");
  EXPECT_EQ(plan.described->parameters, (std::vector<Type>{Type::Int4(), Type::Text()}));
  const std::vector<Value> values =
      BindArguments({parser::ParseExpression("1 + 1"), parser::ParseExpression("'x'")},
                    plan.described->parameters, world.context);
  EXPECT_EQ(values[0].ToString(), "2");
  EXPECT_EQ(values[1].ToString(), "x");
}

TEST(BindStatement, SessionStatementsPassAsTheyAre) {
  const BindWorld world;
  for (const std::string_view sql :
       {"BEGIN", "COMMIT", "ROLLBACK TO a", "SET timezone = 'UTC'", "RESET ALL", "SHOW timezone",
        "DISCARD ALL", "EXECUTE p (1)"}) {
    EXPECT_TRUE(std::holds_alternative<SessionPlan>(world.Bind(sql).plan)) << sql;
  }
}

TEST(BindStatement, OnlyTheOwnerMayChangeAnObject) {
  BindWorld world;
  world.context.principal = {ObjectId{77}, false};
  EXPECT_EQ(world.Refused("SELECT * FROM t").text, "permission denied for table t");
  EXPECT_EQ(world.Refused("DROP TABLE u").text, "must be owner of table u");
  EXPECT_EQ(world.Refused("DELETE FROM u").state, "42501");
}

}  // namespace
}  // namespace riverrun::planner::test
