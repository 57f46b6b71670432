// The invariants of plans: each violation is found and named.
#include "planner/logical/check_plan.h"

#include <gtest/gtest.h>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {
namespace {

const Column id = Int("id", 1), price = Int("price", 2), other = Int("other", 3);
const Column sum = Int("sum", 10), count = Int("count", 11);

LogicalPlan Bids() { return Table("bids", {id, price}); }

TEST(CheckPlan, AcceptsGoodPlans) {
  EXPECT_EQ(CheckPlan(Select({id, {sum, id + price}}, Where(price > I(1), Bids())), {id.id()}), "");
}

TEST(CheckPlan, ReadsOfColumnsThatAreNotThere) {
  EXPECT_EQ(CheckPlan(Where(other > I(1), Bids()), {}), "Filter: column #3 is not in its input");
  EXPECT_EQ(CheckPlan(Where(price > I(1), Select({id}, Bids())), {}),
            "Filter: column #2 is not in its input");
  EXPECT_EQ(CheckPlan(GroupBy({id}, {Count(count, other)}, Bids()), {}),
            "Aggregate: column #3 is not in its input");
  EXPECT_EQ(CheckPlan(Bids(), {other.id()}), "column #3 of the result is not in the plan");
}

TEST(CheckPlan, ColumnsMadeTwice) {
  EXPECT_EQ(CheckPlan(Select({{price, id + id}}, Bids()), {}),
            "Project: column #2 is made a second time");
  EXPECT_EQ(CheckPlan(UnionAll({sum}, {{Bids(), {id}}, {Bids(), {id}}}), {}),
            "Scan: column #1 is made twice");
  EXPECT_EQ(CheckPlan(InnerJoin(id, id, Bids(), Bids()), {}), "Scan: column #1 is made twice");
}

TEST(CheckPlan, Types) {
  EXPECT_EQ(CheckPlan(Where(id, Bids()), {}), "Filter: a predicate is not boolean");
  EXPECT_EQ(CheckPlan(Where(Text("id", 1), Bids()), {}), "Filter: a predicate is not boolean");
  EXPECT_EQ(CheckPlan(Where(IsNull(Text("id", 1)), Bids()), {}), "Filter: type of column #1");
  EXPECT_EQ(CheckPlan(Rows({id}, {{T("x")}}), {}), "Values: a row has other types");
  const Column text = Text("text", 4);
  EXPECT_EQ(CheckPlan(UnionAll({sum}, {{Bids(), {id}}, {Table("t", {text}), {text}}}), {}),
            "SetOp: a branch has other types");
}

TEST(CheckPlan, SharedPlansAreOne) {
  const Column a = Int("a", 20), b = Int("b", 21);
  const LogicalPlan bids = Bids();
  EXPECT_EQ(
      CheckPlan(UnionAll({sum}, {{Use(1, {{a, id}}, bids), {a}}, {Use(1, {{b, id}}, bids), {b}}}),
                {}),
      "");
  EXPECT_EQ(CheckPlan(UnionAll({sum}, {{Use(1, {{a, id}}, bids), {a}},
                                       {Use(1, {{b, other}}, Table("t", {other})), {b}}}),
                      {}),
            "Shared 1 has two inputs");
}

// The right side of a dependent join reads the left one; nothing else does.
TEST(CheckPlan, OuterColumns) {
  const LogicalPlan right = Where(Equal(other, price), Table("t", {other}));
  DependentJoin join;
  join.left = Bids();
  join.right = right;
  EXPECT_EQ(CheckPlan(MakePlan(join), {}), "");
  EXPECT_EQ(CheckPlan(right, {}), "Filter: column #2 is not in its input");
}

TEST(CheckFailures, WhatMayFailStaysAboveState) {
  const Scalar fails = I(10) / price > I(1);
  const LogicalPlan above = Where(fails, GroupBy({price}, {}, Bids()));
  const LogicalPlan below = GroupBy({price}, {}, Where(fails, Bids()));
  EXPECT_EQ(CheckFailures(below, above), "");
  EXPECT_EQ(CheckFailures(above, below),
            "/(bigint, bigint) -> bigint moved below a node that drops rows");
}

}  // namespace
}  // namespace riverrun::planner::test
