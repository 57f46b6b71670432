// What queries are bound to: the plan as EXPLAIN prints it, and the names and types of results.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/planner/bind_fixture.h"

namespace riverrun::planner::test {
namespace {

const BindWorld& World() {
  static const BindWorld world;
  return world;
}

constexpr std::string_view kScanT =
    "Scan table t (id#1, a#2, b#3, c#4, d#5, at#6, j#7, xs#8, ok#9)\n";

TEST(BindQuery, WhereComesBelowTheSelectListAndOrderBehindIt) {
  EXPECT_EQ(World().Plan("SELECT a, b FROM t WHERE a > 1 ORDER BY b DESC, a + 1 LIMIT 3 OFFSET 1"),
            "TopN 3 offset 1 by b#3 desc, ?column?#10\n"
            "  Project a#2, b#3, ?column?#10 := (a#2 + 1)\n"
            "    Filter (a#2 > 1)\n"
            "      " +
                std::string(kScanT));
}

TEST(BindQuery, AnExpressionOfOrderByIsNoResult) {
  EXPECT_EQ(World().Columns("SELECT a FROM t ORDER BY a + 1"), "a integer");
}

TEST(BindQuery, GroupsComputeKeysOnceAndHavingComesAbove) {
  EXPECT_EQ(World().Plan("SELECT a + 1 AS k, (a + 1) * 2, max(id) FILTER (WHERE ok) FROM t "
                         "GROUP BY k HAVING max(id) FILTER (WHERE ok) > 1"),
            "Project key#11, ?column?#12 := (key#11 * 2), max#10\n"
            "  Filter (max#10 > 1::bigint)\n"
            "    Aggregate by key#11: max#10 := max(id#1) filter ok#9\n"
            "      Project key#11 := (a#2 + 1), id#1, ok#9\n"
            "        " +
                std::string(kScanT));
}

TEST(BindQuery, APrimaryKeyDecidesTheOtherColumns) {
  EXPECT_EQ(World().Plan("SELECT id, b, count(DISTINCT a) FROM t GROUP BY id"),
            "Project id#1, b#3, count#10\n"
            "  Aggregate by id#1, b#3: count#10 := count(distinct a#2)\n"
            "    " +
                std::string(kScanT));
}

TEST(BindQuery, HavingWithoutGroupByIsOneGroup) {
  EXPECT_EQ(World().Plan("SELECT 1 AS one FROM u HAVING count(*) > 0"),
            "Project one#4 := 1\n"
            "  Filter (count#3 > 0::bigint)\n"
            "    Aggregate: count#3 := count()\n"
            "      Scan table u (x#1, y#2)\n");
}

TEST(BindQuery, DistinctGroupsTheSelectList) {
  EXPECT_EQ(World().Plan("SELECT DISTINCT x FROM u ORDER BY x"),
            "Sort by x#1\n"
            "  Distinct by x#1\n"
            "    Project x#1\n"
            "      Scan table u (x#1, y#2)\n");
}

TEST(BindQuery, BranchesOfAUnionAreCastToTheirCommonType) {
  EXPECT_EQ(World().Plan("SELECT 1 AS x UNION ALL SELECT 2.5 UNION ALL SELECT '3' ORDER BY x"),
            "Sort by x#8\n"
            "  Union all x#8 := x#5 | ?column?#7\n"
            "    Union all x#5 := x#3 | ?column?#4\n"
            "      Project x#3 := x#1::numeric\n"
            "        Project x#1 := 1\n"
            "          Values () ()\n"
            "      Project ?column?#4 := ?column?#2::numeric\n"
            "        Project ?column?#2 := 2.5\n"
            "          Values () ()\n"
            "    Project ?column?#7 := '3'::numeric\n"
            "      Project ?column?#6 := '3'::unknown\n"
            "        Values () ()\n");
}

TEST(BindQuery, ACommonTableReadTwiceIsShared) {
  EXPECT_EQ(World().Plan("WITH q AS (SELECT x FROM u) SELECT x FROM q UNION ALL SELECT x FROM q"),
            "Union all x#5 := x#3 | x#4\n"
            "  Project x#3\n"
            "    Shared 1 x#3 := x#1\n"
            "      Project x#1\n"
            "        Scan table u (x#1, y#2)\n"
            "  Project x#4\n"
            "    Shared 1 x#4 := x#1 (above)\n");
}

TEST(BindQuery, ACommonTableReadOnceIsNot) {
  EXPECT_EQ(World().Plan("WITH q (z) AS (SELECT x FROM u) SELECT z FROM q"),
            "Project z#3\n"
            "  Project z#3 := x#1\n"
            "    Project x#1\n"
            "      Scan table u (x#1, y#2)\n");
}

TEST(BindQuery, AViewIsItsQuery) {
  EXPECT_EQ(World().Plan("SELECT next FROM v WHERE b = 'x'"),
            "Project next#10\n"
            "  Filter (b#3 = 'x')\n"
            "    Project a#2, b#3, next#10 := (a#2 + 1)\n"
            "      Filter (a#2 > 0)\n"
            "        " +
                std::string(kScanT));
}

TEST(BindQuery, AViewIsBoundUnderItsOwnSearchPath) {
  BindWorld world;
  world.Run("CREATE VIEW other.narrow AS SELECT x FROM u");
  world.Run("CREATE TABLE other.u (x text)");
  world.context.search_path = {"other"};
  EXPECT_EQ(world.Columns("SELECT * FROM narrow"), "x integer");
  EXPECT_EQ(world.Columns("SELECT * FROM u"), "x text");
}

TEST(BindQuery, NamesColumnsAsPostgreSqlDoes) {
  EXPECT_EQ(World().Columns(
                "SELECT a, a + 1, b AS bb, lower(b), c::int, 1::int, 'x'::text, "
                "CASE WHEN ok THEN 1 END, CASE WHEN ok THEN 1 ELSE a END, xs[1], true, "
                "current_date, extract(year from d), coalesce(a, 1), (j -> 'k'), ARRAY[1] FROM t"),
            "a integer, ?column? integer, bb text, lower text, c integer, int4 integer, text text, "
            "case integer, a integer, xs integer, bool boolean, current_date date, "
            "extract numeric, coalesce integer, ?column? jsonb, array integer[]");
}

TEST(BindQuery, AliasesRenameFromTheLeft) {
  EXPECT_EQ(World().Columns("SELECT * FROM u AS z (k)"), "k integer, y character varying(3)");
  EXPECT_EQ(World().Columns("SELECT z.* FROM (SELECT 1, 'a') AS z (k)"),
            "k integer, ?column? text");
  EXPECT_EQ(World().Columns("SELECT public.u.x FROM u"), "x integer");
  EXPECT_EQ(World().Columns("SELECT w.z FROM other.w"), "z real");
}

TEST(BindQuery, OneColumnMayStandTwiceInTheResult) {
  EXPECT_EQ(World().Columns("SELECT x, x AS again FROM u"), "x integer, again integer");
}

TEST(BindQuery, ParametersTakeTheTypeOfTheirPlace) {
  const BoundStatement bound =
      World().Bind("SELECT a + $1, $2::date, $3, coalesce(b, $4) FROM t WHERE id = $5");
  const std::vector<Type> expected{Type::Int4(), Type::Date(), Type::Text(), Type::Text(),
                                   Type::Int8()};
  EXPECT_EQ(bound.parameters, expected);
}

TEST(BindQuery, GivenParametersBecomeConstants) {
  BindWorld world;
  world.context.parameters = {{std::nullopt, Value::Text("7")}, {Type::Int4(), Value::Int4(2)}};
  world.context.parameters[0].value =
      *Value::Parse({.kind = TypeKind::kText, .oid = oid::kUnknown}, "7");
  EXPECT_EQ(world.Plan("SELECT x FROM u WHERE x = $1 LIMIT $2"),
            "TopN 2\n"
            "  Project x#1\n"
            "    Filter (x#1 = 7)\n"
            "      Scan table u (x#1, y#2)\n");
}

TEST(BindQuery, ListsTheObjectsItReads) {
  const BoundStatement bound = World().Bind("SELECT a FROM v UNION ALL SELECT x FROM u");
  EXPECT_EQ(QueryOf(bound).reads.size(), 3U);  // v, the table t below it, and u
}

TEST(BindQuery, ContinuousQueriesRefuseWhatTheyCouldNotRepeat) {
  EXPECT_EQ(World().Refused("CREATE MATERIALIZED VIEW m AS SELECT random() FROM u").state, "0A000");
  EXPECT_EQ(World().Refused("CREATE MATERIALIZED VIEW m AS SELECT x FROM u WHERE now() > now()").at,
            "now()");
  EXPECT_EQ(World().Columns("SELECT random(), now()"),
            "random double precision, now timestamp with time zone");
}

TEST(BindQuery, EmitChangesMakesASelectContinuous) {
  const BoundStatement bound = World().Bind("SELECT x FROM u EMIT CHANGES");
  EXPECT_TRUE(std::get<QueryPlan>(bound.plan).continuous);
}

// A chain of WITH tables, each of which is `step` over the one before.
std::string Chain(int length, const std::function<std::string(const std::string&)>& step) {
  std::string sql = "WITH q0 AS (SELECT 1 AS x)";
  for (int i = 1; i < length; ++i) {
    sql += ", q" + std::to_string(i) + " AS (" + step("q" + std::to_string(i - 1)) + ")";
  }
  return sql + " SELECT x FROM q" + std::to_string(length - 1);
}

TEST(BindQuery, ChainsOfWithTablesAreBounded) {
  const auto once = [](const std::string& q) { return "SELECT x FROM " + q; };
  EXPECT_EQ(World().Refused(Chain(8000, once)).state, "54001");
  EXPECT_EQ(World().Columns(Chain(500, once)), "x integer");
}

TEST(BindQuery, WhatIsSharedIsPlannedOnce) {
  // There are 2^200 ways through this plan.
  const BoundStatement bound = World().Bind(Chain(200, [](const std::string& q) {
    return "SELECT x FROM " + q + " UNION SELECT x FROM " + q;
  }));
  EXPECT_LT(PlanQuery(QueryOf(bound), {}).dataflow.nodes.size(), 2000U);
}

TEST(BindQuery, CopiedOperandsAreBounded) {
  std::string nested = "a";
  for (int i = 0; i < 30; ++i) {
    nested = "(CASE " + nested + " WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END)";
  }
  const BindError error = World().Refused("SELECT " + nested + " FROM t");
  EXPECT_EQ(error.state, "54001");
  EXPECT_EQ(error.text, "expression has more than 100000 parts");
  std::string between = "1";
  for (int i = 0; i < 40; ++i) between = "(" + between + " BETWEEN 0 AND 5)::int";
  EXPECT_EQ(World().Refused("SELECT " + between).state, "54001");
}

}  // namespace
}  // namespace riverrun::planner::test
