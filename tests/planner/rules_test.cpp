// Each rule alone, on plans built by hand.
#include <gtest/gtest.h>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {
namespace {

const Column id = Int("id", 1), price = Int("price", 2), name = Text("name", 3);
const Column twice = Int("twice", 10), share = Int("share", 11), alias = Int("alias", 12);
const Column total = Int("total", 20), count = Int("count", 21);

LogicalPlan Bids() { return Table("bids", {id, price, name}, {id}); }

// Checks that a rule leaves the very same plan, so that the optimizer knows that it has finished.
void ExpectUnchanged(Rule rule, const LogicalPlan& plan, QueryMode mode = QueryMode::kOneShot) {
  RuleContext context{mode, {}};
  for (const PlanColumn& column : OutputOf(*plan)) context.result.push_back(column.id);
  EXPECT_EQ(rule(plan, context), plan) << ExplainPlan(rule(plan, context));
}

TEST(FoldConstants, EvaluatesWhatDependsOnNothing) {
  EXPECT_EQ(After(FoldConstants, Where(price > I(2) + I(3), Bids())),
            ExplainPlan(Where(price > I(5), Bids())));
  ExpectUnchanged(FoldConstants, Where(price > I(5), Bids()));
}

TEST(FoldConstants, LeavesWhatFails) {
  ExpectUnchanged(FoldConstants, Where(price > I(1) / I(0), Bids()));
}

TEST(SimplifyExpressions, Connectives) {
  EXPECT_EQ(After(SimplifyExpressions, Where(And({B(true), price > I(1)}), Bids())),
            ExplainPlan(Where(price > I(1), Bids())));
  EXPECT_EQ(After(SimplifyExpressions, Where(And({price > I(1), B(false)}), Bids())),
            ExplainPlan(Where(B(false), Bids())));
  EXPECT_EQ(After(SimplifyExpressions, Where(Or({price > I(1), B(true)}), Bids())),
            ExplainPlan(Where(B(true), Bids())));
  EXPECT_EQ(After(SimplifyExpressions,
                  Where(And({price > I(1), And({id > I(1), price > I(1)})}), Bids())),
            ExplainPlan(Where(And({price > I(1), id > I(1)}), Bids())));
  EXPECT_EQ(After(SimplifyExpressions, Where(Not(Not(price > I(1))), Bids())),
            ExplainPlan(Where(price > I(1), Bids())));
}

TEST(SimplifyExpressions, NullIsNeitherTrueNorFalse) {
  ExpectUnchanged(SimplifyExpressions, Where(Or({price > I(1), NullBool()}), Bids()));
}

TEST(SimplifyExpressions, NullTestsOfWhatIsNeverNull) {
  const LogicalPlan bids = Table("bids", {id.NotNull(), price});
  EXPECT_EQ(After(SimplifyExpressions, Where(IsNotNull(id), bids)),
            ExplainPlan(Where(B(true), bids)));
  EXPECT_EQ(After(SimplifyExpressions, Where(Not(IsNotNull(price)), bids)),
            ExplainPlan(Where(IsNull(price), bids)));
  ExpectUnchanged(SimplifyExpressions, Where(IsNull(price), bids));
}

TEST(SimplifyFilters, AllOrNothing) {
  EXPECT_EQ(After(SimplifyFilters, Where(B(true), Bids())), ExplainPlan(Bids()));
  EXPECT_EQ(After(SimplifyFilters, Where(NullBool(), Bids())),
            ExplainPlan(Rows({id, price, name}, {})));
}

TEST(SimplifyFilters, MergesFilters) {
  EXPECT_EQ(After(SimplifyFilters, Where(price > I(1), Where(id > I(2), Bids()))),
            ExplainPlan(Where(And({id > I(2), price > I(1)}), Bids())));
}

// A row with id NULL never reaches the division; in one conjunction it would fail there.
TEST(SimplifyFilters, LeavesWhatMayFailBehindTheOtherFilter) {
  ExpectUnchanged(SimplifyFilters, Where(I(10) / price > I(1), Where(id > I(2), Bids())));
}

TEST(PushDownFilters, ThroughProjections) {
  const LogicalPlan plan =
      Where(And({alias > I(1), twice > I(2)}), Select({{alias, price}, {twice, id + id}}, Bids()));
  EXPECT_EQ(After(PushDownFilters, plan),
            ExplainPlan(Where(twice > I(2), Select({{alias, price}, {twice, id + id}},
                                                   Where(price > I(1), Bids())))));
}

TEST(PushDownFilters, IntoEachBranchOfAUnion) {
  const Column other = Int("id", 4);
  const LogicalPlan asks = Table("asks", {other});
  EXPECT_EQ(After(PushDownFilters,
                  Where(alias > I(1), UnionAll({alias}, {{Bids(), {id}}, {asks, {other}}}))),
            ExplainPlan(UnionAll({alias}, {{Where(id > I(1), Bids()), {id}},
                                           {Where(other > I(1), asks), {other}}})));
}

TEST(PushDownFilters, BelowGroupsByTheirKeysOnly) {
  const LogicalPlan groups = GroupBy({price}, {Count(count)}, Bids());
  EXPECT_EQ(After(PushDownFilters, Where(And({price > I(1), count > I(2)}), groups)),
            ExplainPlan(Where(count > I(2),
                              GroupBy({price}, {Count(count)}, Where(price > I(1), Bids())))));
}

TEST(PushDownFilters, NotBelowAGlobalGroup) {
  ExpectUnchanged(PushDownFilters, Where(I(1) > I(2), GroupBy({}, {Count(count)}, Bids())));
}

// The group of 1.0 and 1.00 is printed as one of them; a filter may tell them apart.
TEST(PushDownFilters, NotBelowGroupsWhoseEqualKeysDiffer) {
  const Column amount = ColumnOf(Type::Numeric(), "amount", 5);
  const LogicalPlan groups = Distinct({amount}, Table("sales", {amount}));
  ExpectUnchanged(PushDownFilters, Where(IsNotNull(amount), groups));
}

TEST(PushDownFilters, WhatMayFailStaysAboveState) {
  ExpectUnchanged(PushDownFilters, Where(I(10) / price > I(1), Distinct({price}, Bids())));
  const LogicalPlan plan = Where(I(10) / alias > I(1), Select({{alias, price}}, Bids()));
  EXPECT_EQ(After(PushDownFilters, plan),
            ExplainPlan(Select({{alias, price}}, Where(I(10) / price > I(1), Bids()))));
}

TEST(PushDownFilters, NotBelowALimit) {
  ExpectUnchanged(PushDownFilters, Where(price > I(1), Top(3, {Asc(id)}, Bids())));
}

TEST(PushDownFilters, IntoTheSidesOfAJoin) {
  const Column seller = Int("seller", 5), since = Int("since", 6);
  const LogicalPlan sellers = Table("sellers", {seller, since});
  const LogicalPlan plan = Where(And({price > I(1), since > I(2), Equal(price, since)}),
                                 InnerJoin(id, seller, Bids(), sellers));
  EXPECT_EQ(
      After(PushDownFilters, plan),
      ExplainPlan(Where(Equal(price, since), InnerJoin(id, seller, Where(price > I(1), Bids()),
                                                       Where(since > I(2), sellers)))));
}

TEST(PushDownFilters, NotIntoWhatIsShared) {
  ExpectUnchanged(PushDownFilters, Where(alias > I(1), Use(1, {{alias, id}}, Bids())));
}

TEST(PropagateEmpty, UpToTheRoot) {
  const LogicalPlan none = Rows({id}, {});
  EXPECT_EQ(After(PropagateEmpty, Distinct({twice}, Select({{twice, id + id}}, none))),
            ExplainPlan(Rows({twice}, {})));
  EXPECT_EQ(After(PropagateEmpty, Top(0, {}, Bids())), ExplainPlan(Rows({id, price, name}, {})));
}

TEST(PropagateEmpty, AGlobalGroupExistsWithoutRows) {
  ExpectUnchanged(PropagateEmpty, GroupBy({}, {Count(count)}, Rows({id}, {})));
}

TEST(PropagateEmpty, DropsBranches) {
  const Column other = Int("id", 4);
  EXPECT_EQ(
      After(PropagateEmpty, UnionAll({alias}, {{Bids(), {id}}, {Rows({other}, {}), {other}}})),
      ExplainPlan(Select({{alias, id}}, Bids())));
}

TEST(MergeProjects, Substitutes) {
  EXPECT_EQ(After(MergeProjects, Select({{alias, twice + I(1)}, id},
                                        Select({{twice, price + price}, id}, Bids()))),
            ExplainPlan(Select({{alias, (price + price) + I(1)}, id}, Bids())));
}

TEST(MergeProjects, ComputesNothingTwice) {
  ExpectUnchanged(MergeProjects,
                  Select({{alias, twice + twice}}, Select({{twice, price + id}}, Bids())));
}

// 10 / price fails for every row with price 0. Behind OR it would fail for some of them only.
TEST(MergeProjects, KeepsWhatMayFailUnconditional) {
  const Column flag = Bool("flag", 30);
  ExpectUnchanged(MergeProjects, Select({{flag, Or({id > I(1), share > I(2)})}},
                                        Select({{share, I(10) / price}, id}, Bids())));
  ExpectUnchanged(MergeProjects, Select({id}, Select({{share, I(10) / price}, id}, Bids())));
  EXPECT_EQ(After(MergeProjects,
                  Select({{flag, share > I(2)}}, Select({{share, I(10) / price}, id}, Bids()))),
            ExplainPlan(Select({{flag, I(10) / price > I(2)}}, Bids())));
}

TEST(DropNeedlessDistinct, OfRowsWithAKey) {
  EXPECT_EQ(After(DropNeedlessDistinct, Distinct({id, price}, Bids())),
            ExplainPlan(Select({id, price}, Bids())));
  ExpectUnchanged(DropNeedlessDistinct, Distinct({price, name}, Bids()));
}

TEST(DropNeedlessDistinct, InsideAggregates) {
  EXPECT_EQ(
      After(DropNeedlessDistinct,
            GroupBy({name}, {Distinct(Max(total, price)), Distinct(Count(count, id))}, Bids())),
      ExplainPlan(GroupBy({name}, {Max(total, price), Count(count, id)}, Bids())));
  ExpectUnchanged(DropNeedlessDistinct, GroupBy({name}, {Distinct(Count(count, price))}, Bids()));
}

TEST(DropNeedlessSort, WhereNoOrderIsSeen) {
  const LogicalPlan sorted = Sort({Asc(price)}, Bids());
  ExpectUnchanged(DropNeedlessSort, Select({id}, sorted));
  EXPECT_EQ(After(DropNeedlessSort, Distinct({price}, sorted)),
            ExplainPlan(Distinct({price}, Bids())));
  EXPECT_EQ(After(DropNeedlessSort, sorted, {}, QueryMode::kContinuous), ExplainPlan(Bids()));
}

TEST(DropNeedlessSort, OfOneRow) {
  EXPECT_EQ(After(DropNeedlessSort, Top(5, {Asc(count)}, GroupBy({}, {Count(count)}, Bids()))),
            ExplainPlan(GroupBy({}, {Count(count)}, Bids())));
}

TEST(DropNeedlessSort, KeysBehindAUniqueOne) {
  EXPECT_EQ(After(DropNeedlessSort, Top(5, {Asc(id), Desc(price)}, Bids())),
            ExplainPlan(Top(5, {Asc(id)}, Bids())));
  ExpectUnchanged(DropNeedlessSort, Top(5, {Asc(price), Desc(id)}, Bids()));
}

TEST(PruneColumns, DownToTheScan) {
  const LogicalPlan plan = Select({{twice, id + id}, {share, I(10) / price}}, Bids());
  EXPECT_EQ(After(PruneColumns, plan, {twice}),
            ExplainPlan(Select({{twice, id + id}}, Table("bids", {id}))));
}

TEST(PruneColumns, AGlobalGroupThatNobodyReadsIsOneRow) {
  EXPECT_EQ(After(PruneColumns, Select({{alias, I(7)}}, GroupBy({}, {Count(count)}, Bids()))),
            ExplainPlan(Select({{alias, I(7)}}, Rows({}, {{}}))));
}

TEST(PruneColumns, KeepsKeysAndWhatBreaksTies) {
  EXPECT_EQ(After(PruneColumns, GroupBy({price}, {Count(count), Max(total, id)}, Bids()), {count}),
            ExplainPlan(GroupBy({price}, {Count(count)}, Table("bids", {price}))));
  RuleContext all{QueryMode::kOneShot, {id.id()}};
  const LogicalPlan top = FixTopNColumns(Top(3, {Asc(price)}, Bids()), all);
  EXPECT_EQ(PruneColumns(top, all), top);
}

TEST(PruneColumns, UnitesTheWishesOfAllUses) {
  const Column a = Int("a", 31), b = Int("b", 32), c = Int("c", 33), out = Int("out", 34);
  const LogicalPlan shared = Distinct({id, price}, Bids());
  const LogicalPlan pruned = Distinct({id, price}, Table("bids", {id, price}, {id}));
  const LogicalPlan plan = UnionAll(
      {out}, {{Use(1, {{a, id}, {b, price}}, shared), {a}}, {Use(1, {{c, price}}, shared), {c}}});
  EXPECT_EQ(After(PruneColumns, plan),
            ExplainPlan(UnionAll(
                {out}, {{Use(1, {{a, id}}, pruned), {a}}, {Use(1, {{c, price}}, pruned), {c}}})));
}

TEST(DropUnreadColumns, LeavesWhatMayFail) {
  const LogicalPlan plan = Select({{twice, id + id}, {share, I(10) / price}, name}, Bids());
  EXPECT_EQ(After(DropUnreadColumns, plan, {twice}),
            ExplainPlan(Select({{twice, id + id}, {share, I(10) / price}},
                               Table("bids", {id, price}, {id}))));
}

TEST(RemoveIdentityProjects, WhateverTheOrder) {
  EXPECT_EQ(After(RemoveIdentityProjects, Select({price, name, id}, Bids())), ExplainPlan(Bids()));
  ExpectUnchanged(RemoveIdentityProjects, Select({price, id}, Bids()));
}

TEST(Optimize, RunsTheRulesTogether) {
  const LogicalPlan inner = Select({id, {twice, price + price}, {share, I(10) / price}}, Bids());
  const LogicalPlan plan =
      Where(And({id > I(1) + I(1), B(true)}), Sort({Asc(id)}, Distinct({id, twice}, inner)));
  const BoundQuery optimized = Optimize(Query(plan, {twice}), QueryMode::kContinuous);
  EXPECT_EQ(ExplainPlan(optimized.plan),
            ExplainPlan(Select({{twice, price + price}},
                               Where(id > I(2), Table("bids", {id, price}, {id})))));
}

}  // namespace
}  // namespace riverrun::planner::test
