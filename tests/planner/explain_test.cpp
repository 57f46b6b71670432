#include "planner/explain.h"

#include <gtest/gtest.h>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {
namespace {

const Column id = Int("id", 1), price = Int("price", 2), name = Text("name", 3);
const Column total = Int("total", 4), count = Int("count", 5), flag = Bool("flag", 6);

TEST(Explain, APlanAsATree) {
  const LogicalPlan plan = Top(
      10, {Desc(count), Asc(name)},
      Where(count > I(1), GroupBy({name}, {Count(count), Only(flag, Distinct(Max(total, price)))},
                                  Select({name, price, {flag, price > I(3)}},
                                         Stream("bids", {id, price, name})))));
  EXPECT_EQ(ExplainPlan(plan),
            "TopN 10 by count#5 desc, name#3\n"
            "  Filter (count#5 > 1)\n"
            "    Aggregate by name#3: count#5 := count(), total#4 := max(distinct price#2) "
            "filter flag#6\n"
            "      Project name#3, price#2, flag#6 := (price#2 > 3)\n"
            "        Scan stream bids (id#1, price#2, name#3)\n");
}

TEST(Explain, SharedPlansAreShownOnce) {
  const Column a = Int("a", 20), b = Int("b", 21), out = Int("out", 22);
  const LogicalPlan shared = Distinct({price}, Table("bids", {price}));
  EXPECT_EQ(ExplainPlan(UnionAll(
                {out}, {{Use(1, {{a, price}}, shared), {a}}, {Use(1, {{b, price}}, shared), {b}}})),
            "Union all out#22 := a#20 | b#21\n"
            "  Shared 1 a#20 := price#2\n"
            "    Distinct by price#2\n"
            "      Scan table bids (price#2)\n"
            "  Shared 1 b#21 := price#2 (above)\n");
}

TEST(Explain, AllStepsOfAQuery) {
  const BoundQuery query = Query(Where(price > I(1) + I(2), Table("bids", {id, price})), {id});
  const BoundQuery optimized = Optimize(query, QueryMode::kOneShot);
  EXPECT_EQ(ExplainQuery(query, optimized, Lower(optimized, {}).dataflow),
            "Bound plan:\n"
            "Filter (price#2 > (1 + 2))\n"
            "  Scan table bids (id#1, price#2)\n"
            "Optimized plan:\n"
            "Filter (price#2 > 3)\n"
            "  Scan table bids (id#1, price#2)\n"
            "Dataflow:\n"
            "Project id := id\n"
            "  Filter (price > 3)\n"
            "    Source object " +
                std::to_string(As<Scan>(Table("bids", {id}))->object.value) + " (id, price)\n");
}

}  // namespace
}  // namespace riverrun::planner::test
