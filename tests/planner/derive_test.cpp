// What is known of a plan's rows.
#include <gtest/gtest.h>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {
namespace {

using Keys = std::vector<ColumnSet>;
using Kind = PlanDistribution::Kind;

const Column id = Int("id", 1), price = Int("price", 2), name = Text("name", 3);
const Column alias = Int("alias", 12), count = Int("count", 21);

LogicalPlan Bids() { return Table("bids", {id.NotNull(), price, name}, {id}); }
PlanProperties Of(const LogicalPlan& plan) { return Derive(*plan); }

TEST(Derive, Scans) {
  const PlanProperties table = Of(Bids());
  EXPECT_EQ(table.keys, Keys{{id.id()}});
  EXPECT_EQ(table.not_null, ColumnSet{id.id()});
  EXPECT_FALSE(table.append_only);
  EXPECT_EQ(table.row_bound, "the rows of bids");
  const PlanProperties stream = Of(Stream("events", {id}));
  EXPECT_TRUE(stream.append_only);
  EXPECT_TRUE(stream.keys.empty());
  EXPECT_FALSE(stream.row_bound);
}

TEST(Derive, TimesOfAWindowDifferByAConstant) {
  const Column at = ColumnOf(Type::TimestampTz(), "at", 60);
  const Column start = ColumnOf(Type::TimestampTz(), "start", 61);
  const Column end = ColumnOf(Type::TimestampTz(), "end", 62);
  const Column last = ColumnOf(Type::TimestampTz(), "last", 63);
  const Column other = ColumnOf(Type::TimestampTz(), "other", 64);
  const LogicalPlan windows = MakePlan(WindowAssign{.input = Stream("timed", {at, price}),
                                                    .kind = WindowAssign::Kind::kHop,
                                                    .time = at.id(),
                                                    .size = Interval{.micros = 100},
                                                    .slide = Interval{.micros = 10},
                                                    .offset = {},
                                                    .window_start = start.plan,
                                                    .window_end = end.plan,
                                                    .window_time = last.plan});
  using Shifts = std::map<ColumnId, ShiftedTime>;
  const ColumnId family = start.id();
  EXPECT_EQ(
      Of(windows).shifted,
      (Shifts{{start.id(), {family, 0}}, {end.id(), {family, 100}}, {last.id(), {family, 99}}}));
  EXPECT_EQ(Of(GroupBy({price, end, last}, {}, windows)).shifted,
            (Shifts{{end.id(), {family, 100}}, {last.id(), {family, 99}}}));
  // Used again they are of other rows: the family has another name.
  EXPECT_EQ(Of(Use(1, {{other, end}}, windows)).shifted, (Shifts{{other.id(), {other.id(), 100}}}));
  EXPECT_TRUE(Of(Select({price}, windows)).shifted.empty());
}

TEST(Derive, FilterFixesColumnsAndExcludesNulls) {
  const PlanProperties one = Of(Where(Equal(id, I(5)), Bids()));
  EXPECT_EQ(one.keys, Keys{{}});
  EXPECT_EQ(one.rows_max, 1u);
  const PlanProperties some = Of(Where(And({price > I(1), IsNotNull(name)}), Bids()));
  EXPECT_EQ(some.not_null, (ColumnSet{id.id(), price.id(), name.id()}));
  // NULL OR true lets a NULL through.
  EXPECT_EQ(Of(Where(Or({price > I(1), id > I(1)}), Bids())).not_null, ColumnSet{id.id()});
}

TEST(Derive, ProjectionsCarryKeysUnderNewNames) {
  EXPECT_EQ(Of(Select({{alias, id}}, Bids())).keys, Keys{{alias.id()}});
  EXPECT_EQ(Of(Select({{alias, id}}, Bids())).not_null, ColumnSet{alias.id()});
  EXPECT_TRUE(Of(Select({{alias, id + id}}, Bids())).keys.empty());
  EXPECT_TRUE(Of(Select({price}, Bids())).keys.empty());
}

TEST(Derive, Groups) {
  const PlanProperties groups = Of(GroupBy({price}, {Count(count)}, Bids()));
  EXPECT_EQ(groups.keys, Keys{{price.id()}});
  EXPECT_EQ(groups.not_null, ColumnSet{count.id()});
  EXPECT_EQ(groups.distribution, (PlanDistribution{Kind::kHash, {price.id()}}));
  const PlanProperties global = Of(GroupBy({}, {Count(count)}, Bids()));
  EXPECT_EQ(global.keys, Keys{{}});
  EXPECT_EQ(global.rows_max, 1u);
  EXPECT_EQ(global.distribution.kind, Kind::kSingleton);
  // The key of the input is one of the groups too, and makes (id, price) needless.
  EXPECT_EQ(Of(Distinct({id, price}, Bids())).keys, Keys{{id.id()}});
  EXPECT_TRUE(Of(GroupBySets({{price}, {name}}, {Count(count)}, Bids())).keys.empty());
}

TEST(Derive, DistinctOfAStreamRetractsOnlyRepresentatives) {
  EXPECT_TRUE(Of(Distinct({id}, Stream("events", {id}))).append_only);
  const Column amount = ColumnOf(Type::Numeric(), "amount", 5);
  EXPECT_FALSE(Of(Distinct({amount}, Stream("sales", {amount}))).append_only);
}

TEST(Derive, Unions) {
  const Column out = Int("out", 30), other = Int("other", 4);
  const LogicalPlan plan = UnionAll(
      {out}, {{Stream("a", {id.NotNull()}), {id}}, {Stream("b", {other.NotNull()}), {other}}});
  EXPECT_TRUE(Of(plan).append_only);
  EXPECT_EQ(Of(plan).not_null, ColumnSet{out.id()});
  EXPECT_TRUE(Of(plan).keys.empty());
  EXPECT_EQ(
      Of(UnionAll({out}, {{Rows({id}, {{I(1)}}), {id}}, {Rows({other}, {}), {other}}})).rows_max,
      1u);
}

TEST(Derive, JoinsOnAKeyKeepTheOtherSidesKey) {
  const Column seller = Int("seller", 5);
  const LogicalPlan plan = InnerJoin(price, seller, Bids(), Table("sellers", {seller}, {seller}));
  EXPECT_EQ(Of(plan).keys, Keys{{id.id()}});
}

TEST(Derive, TopRows) {
  const PlanProperties top = Of(Top(3, {Asc(price)}, Stream("events", {price})));
  EXPECT_EQ(top.rows_max, 3u);
  EXPECT_FALSE(top.append_only);
  EXPECT_EQ(top.row_bound, "3 rows");
  EXPECT_EQ(Of(Top(1, {}, Bids())).keys, Keys{{}});
}

TEST(Derive, StateBounds) {
  const LogicalPlan events = Stream("events", {id, price});
  EXPECT_EQ(Of(events).state_bound, "");
  EXPECT_EQ(Of(GroupBy({}, {Count(count)}, events)).state_bound, "1 group");
  EXPECT_FALSE(Of(GroupBy({price}, {Count(count)}, events)).state_bound);
  EXPECT_FALSE(Of(GroupBy({}, {Distinct(Count(count, id))}, events)).state_bound);
  EXPECT_EQ(Of(GroupBy({price}, {Count(count)}, Bids())).state_bound, "the rows of bids");
  EXPECT_EQ(Of(Top(3, {Asc(price)}, events)).state_bound, "3 rows");
  // Whatever is above an operator that grows, the whole grows.
  EXPECT_FALSE(Of(Top(3, {Asc(price)}, GroupBy({price}, {Count(count)}, events))).state_bound);
}

}  // namespace
}  // namespace riverrun::planner::test
