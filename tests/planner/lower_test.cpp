// Logical plans as dataflows: operators, exchanges, keys of views, what is refused.
#include <gtest/gtest.h>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {
namespace {

using executor::DataflowSpec;
using executor::OperatorNode;

const Column id = Int("id", 1), price = Int("price", 2), name = Text("name", 3);
const Column alias = Int("alias", 12), total = Int("total", 20), count = Int("count", 21);

LogicalPlan Bids() { return Table("bids", {id, price, name}, {id}); }
LogicalPlan Events() { return Stream("events", {id, price, name}); }

const LowerOptions kView{QueryMode::kContinuous, ObjectId{77}, nullptr};

// The dataflow of a query as EXPLAIN prints it, without the numbers of objects.
std::string Explained(const BoundQuery& query, const LowerOptions& options = {}) {
  const LoweredQuery lowered = Lower(query, options);
  EXPECT_TRUE(executor::Validate(lowered.dataflow).has_value());
  // What the catalog stores is what was planned.
  EXPECT_EQ(executor::ParseDataflow(executor::Serialize(lowered.dataflow)), lowered.dataflow);
  std::string text = executor::Explain(lowered.dataflow);
  for (const OperatorNode& node : lowered.dataflow.nodes) {
    const auto* source = std::get_if<executor::SourceSpec>(&node.spec);
    if (source == nullptr) continue;
    const std::string object = " object " + std::to_string(source->object.value);
    for (size_t at = text.find(object); at != std::string::npos; at = text.find(object)) {
      text.erase(at, object.size());
    }
  }
  return text;
}

std::string ErrorOf(const LogicalPlan& plan, const LowerOptions& options = {}) {
  try {
    Lower(Query(plan), options);
  } catch (const SqlError& error) {
    EXPECT_EQ(error.error.sqlstate, sqlstate::kFeatureNotSupported);
    return error.error.text;
  }
  return "no error";
}

TEST(Lower, ResultColumnsInTheirOrderAndUnderTheirNames) {
  BoundQuery query = Query(Bids(), {price, id, price});
  query.result[2].name = "again";
  const LoweredQuery lowered = Lower(query, {});
  EXPECT_EQ(lowered.columns[2], (executor::OutputColumn{"again", Type::Int8()}));
  EXPECT_EQ(Explained(query),
            "Project price := price, id := id, price := price\n"
            "  Source (id, price, name)\n");
}

TEST(Lower, GroupsAreDividedByTheirKeys) {
  EXPECT_EQ(Explained(Query(GroupBy({name}, {Count(count), Max(total, price)}, Bids())), kView),
            "Materialize object 77 by key name\n"
            "  Aggregate by name: count(), max(price)\n"
            "    Project name := name, price := price -> hash(name)\n"
            "      Source (id, price, name)\n");
}

TEST(Lower, AppendOnlyGroups) {
  const LoweredQuery lowered = Lower(Query(GroupBy({name}, {Max(total, price)}, Events())), kView);
  for (const OperatorNode& node : lowered.dataflow.nodes) {
    const auto* aggregate = std::get_if<executor::AggregateSpec>(&node.spec);
    if (aggregate == nullptr) continue;
    EXPECT_TRUE(aggregate->append_only);
  }
}

TEST(Lower, GroupsThatOnlyGrowAreMadeWhereTheirRowsAreFirst) {
  EXPECT_EQ(Explained(Query(GroupBy({name}, {Count(count), Max(total, price)}, Events())), kView),
            "Materialize object 77 by key name\n"
            "  Aggregate by name: merge_count(count()), max(max(price)) (append-only)\n"
            "    PartialAggregate by name: count(), max(price) -> hash(name)\n"
            "      Source (id, price, name)\n");
  EXPECT_EQ(Explained(Query(Distinct({name}, Events()))),
            "Distinct by name (append-only)\n"
            "  PartialDistinct by name -> hash(name)\n"
            "    Source (id, price, name)\n");
  EXPECT_EQ(Explained(Query(GroupBy({}, {Count(count)}, Events()))),
            "Aggregate: merge_count(count()) (append-only)\n"
            "  PartialAggregate: count() -> one worker\n"
            "    Source (id, price, name)\n");
}

TEST(Lower, GroupsThatCannotBeDividedAreMadeInOneStep) {
  const Column ratio = ColumnOf(Type::Float8(), "ratio", 50);
  const Column number = ColumnOf(Type::Numeric(), "number", 51);
  const Column mean = ColumnOf(Type::Float8(), "mean", 52);
  const LogicalPlan events = Stream("measured", {ratio, number});
  EXPECT_EQ(Explained(Query(GroupBy({}, {Sum(mean, ratio)}, events))),
            "Aggregate: sum(ratio) (append-only)\n"
            "  Project ratio := ratio -> one worker\n"
            "    Source (ratio, number)\n");
  EXPECT_EQ(Explained(Query(GroupBy({number}, {Count(count)}, events))),
            "Aggregate by number: count() (append-only)\n"
            "  Project number := number -> hash(number)\n"
            "    Source (ratio, number)\n");
}

// The windows of a stream's time, which is the column `at`.
const Column at = ColumnOf(Type::TimestampTz(), "at", 60);
const Column start = ColumnOf(Type::TimestampTz(), "start", 61);
const Column end = ColumnOf(Type::TimestampTz(), "end", 62);
const Column latest = ColumnOf(Type::TimestampTz(), "latest", 63);

const Column mark = ColumnOf(Type::TimestampTz(), "mark_of_row", 64);

LogicalPlan Windows(WindowAssign::Kind kind, Micros size, Micros slide) {
  return MakePlan(WindowAssign{.input = Stream("timed", {at, name, price, mark}),
                               .kind = kind,
                               .time = at.id(),
                               .size = Interval{.micros = size},
                               .slide = Interval{.micros = slide},
                               .offset = {},
                               .window_start = start.plan,
                               .window_end = end.plan,
                               .window_time = latest.plan,
                               .closes = true});
}
LogicalPlan Minutes() { return Windows(WindowAssign::Kind::kTumble, 60'000'000, 60'000'000); }
LogicalPlan Hops() { return Windows(WindowAssign::Kind::kHop, 10'000'000, 4'000'000); }

TEST(Lower, OneColumnOfAWindowIsAKeyAndTheOthersFollow) {
  EXPECT_EQ(Explained(Query(GroupBy({end, name, start}, {Count(count)}, Minutes())), kView),
            "Materialize object 77 by key end, name, start\n"
            "  Project end := (start + '00:01:00'::interval), name := name, start := start, "
            "count := count\n"
            "    Aggregate by start, name: merge_count(count()) (append-only)\n"
            "      PartialAggregate by start, name: count() -> hash(start, name)\n"
            "        Tumble at size 00:01:00\n"
            "          Source (at, name, price, mark_of_row)\n");
  EXPECT_EQ(Explained(Query(Distinct({end, latest}, Minutes()))),
            "Project end := (latest + '00:00:00.000001'::interval), latest := latest\n"
            "  Distinct by latest (append-only)\n"
            "    PartialDistinct by latest -> hash(latest)\n"
            "      Tumble at size 00:01:00\n"
            "        Source (at, name, price, mark_of_row)\n");
}

TEST(Lower, AWindowClosesAtTheColumnThatIsAKey) {
  Aggregate closing = *As<Aggregate>(GroupBy({end, start}, {Max(total, price)}, Minutes()));
  closing.closes_at = end.id();
  EXPECT_EQ(Explained(Query(MakePlan(closing))),
            "Project end := (start + '00:01:00'::interval), start := start, total := total\n"
            "  Aggregate by start: max(max(price)) when start has passed\n"
            "    PartialAggregate by start: max(price) -> hash(start)\n"
            "      Tumble at size 00:01:00\n"
            "        Source (at, name, price, mark_of_row)\n");
}

TEST(Lower, WindowsThatOverlapAreMadeOfSlices) {
  EXPECT_EQ(Explained(Query(GroupBy({end, name, start}, {Count(count)}, Hops())), kView),
            "Materialize object 77 by key end, name, start\n"
            "  Project end := (start + '00:00:10'::interval), name := name, start := start, "
            "count := count\n"
            "    Aggregate by start, name: merge_count(count()) (append-only)\n"
            "      HopSlices slice size 00:00:10 slide 00:00:04\n"
            "        PartialAggregate by name, slice: count() -> hash(name)\n"
            "          Slice at length 00:00:02 of Hop size 00:00:10 slide 00:00:04\n"
            "            Source (at, name, price, mark_of_row)\n");
  // Without another key all windows of a slice may go to different workers.
  EXPECT_EQ(Explained(Query(GroupBy({latest}, {Max(total, price)}, Hops()))),
            "Aggregate by latest: max(max(price)) (append-only)\n"
            "  HopSlices slice size 00:00:10 slide 00:00:04 -> hash(latest)\n"
            "    PartialAggregate by slice: max(price)\n"
            "      Slice at length 00:00:02 of Hop size 00:00:10 slide 00:00:04\n"
            "        Source (at, name, price, mark_of_row)\n");
}

TEST(Lower, SlicesPassThroughWhatReadsNoWindow) {
  const Column twice = Int("twice", 70), named = ColumnOf(Type::TimestampTz(), "named", 71);
  const LogicalPlan input =
      Select({{twice, price + price}, {named, end}}, Where(price > I(1), Hops()));
  EXPECT_EQ(Explained(Query(GroupBy({named}, {Max(total, twice)}, input))),
            "Aggregate by end: max(max(twice)) (append-only)\n"
            "  HopSlices slice size 00:00:10 slide 00:00:04 -> hash(end)\n"
            "    PartialAggregate by slice: max(twice)\n"
            "      Project twice := (price + price), slice := slice\n"
            "        Filter (price > 1)\n"
            "          Slice at length 00:00:02 of Hop size 00:00:10 slide 00:00:04\n"
            "            Source (at, name, price, mark_of_row)\n");
}

TEST(Lower, ARowThatIsLateForSomeWindowsOfASliceHasACellOfItsOwn) {
  WindowAssign hops = *As<WindowAssign>(Hops());
  hops.row_watermark = mark.id();
  Aggregate closing = *As<Aggregate>(GroupBy({start, name}, {Count(count)}, MakePlan(hops)));
  closing.closes_at = start.id();
  EXPECT_EQ(Explained(Query(MakePlan(closing))),
            "Aggregate by start, name: merge_count(count()) when start has passed\n"
            "  HopSlices slice size 00:00:10 slide 00:00:04 until mark\n"
            "    PartialAggregate by name, slice, mark: count() -> hash(name)\n"
            "      Slice at length 00:00:02 of Hop size 00:00:10 slide 00:00:04 until "
            "mark_of_row\n"
            "        Source (at, name, price, mark_of_row)\n");
}

TEST(Lower, WindowsAreMadeOfRowsWhereTheyAreMoreThanAKey) {
  const auto hops = [](const LogicalPlan& plan) {
    const std::string text = Explained(Query(plan));
    EXPECT_EQ(text.find("Slice"), std::string::npos) << text;
    EXPECT_NE(text.find("Hop at size"), std::string::npos) << text;
  };
  const Column copy = ColumnOf(Type::TimestampTz(), "copy", 72);
  hops(GroupBy({name}, {Count(count)}, Hops()));                  // no key at all
  hops(GroupBy({end, name}, {Count(count, start)}, Hops()));      // an argument
  hops(GroupBy({end}, {Distinct(Count(count, price))}, Hops()));  // two aggregations
  hops(GroupBy({end, copy}, {}, Select({end, {copy, start}}, Where(end > start, Hops()))));
}

TEST(Lower, NoExchangeWhereRowsLieRightAlready) {
  // The second aggregate groups by the same column as the first.
  const Column more = Int("more", 30);
  const LogicalPlan plan = GroupBy({name}, {Count(more)}, GroupBy({name}, {Count(count)}, Bids()));
  EXPECT_EQ(Explained(Query(plan), kView),
            "Materialize object 77 by key name\n"
            "  Aggregate by name: count()\n"
            "    Aggregate by name: count()\n"
            "      Project name := name -> hash(name)\n"
            "        Source (id, price, name)\n");
}

TEST(Lower, AGlobalGroupLivesOnOneWorker) {
  const LoweredQuery lowered = Lower(Query(GroupBy({}, {Count(count)}, Bids())), kView);
  const OperatorNode& group = lowered.dataflow.nodes[2];
  EXPECT_TRUE(std::get<executor::AggregateSpec>(group.spec).global);
  EXPECT_EQ(group.inputs[0].distribution.kind, executor::Distribution::Kind::kSingleton);
  EXPECT_TRUE(lowered.key.empty());
}

TEST(Lower, KeysOfViews) {
  EXPECT_EQ(Lower(Query(Bids(), {price, id}), kView).key, std::vector<int>{1});
  EXPECT_TRUE(Lower(Query(Bids(), {price}), kView).key.empty());
  // A bag that retracts is divided by its rows; a bag that only grows stays where it is.
  EXPECT_EQ(Explained(Query(Bids(), {price}), kView),
            "Materialize object 77 as a bag\n"
            "  Project price := price -> hash(price)\n"
            "    Source (id, price, name)\n");
  EXPECT_EQ(Explained(Query(Events(), {price}), kView),
            "Materialize object 77 as a bag\n"
            "  Project price := price\n"
            "    Source (id, price, name)\n");
}

TEST(Lower, LimitsAndOrders) {
  EXPECT_EQ(Explained(Query(Top(3, {}, Bids()))),
            "Limit 3\n"
            "  Source (id, price, name) -> one worker\n");
  EXPECT_EQ(Explained(Query(Top(3, {}, Bids())), kView),
            "Materialize object 77 by key id\n"
            "  TopN 3\n"
            "    Source (id, price, name) -> one worker\n");
  EXPECT_EQ(Explained(Query(Sort({Desc(price)}, Bids()))),
            "Sort by price desc\n"
            "  Source (id, price, name) -> one "
            "worker\n");
  EXPECT_EQ(Explained(Query(Sort({Desc(price)}, Bids())), kView),
            "Materialize object 77 by key id\n"
            "  Source (id, price, name) -> hash(id)\n");
}

TEST(Lower, DistinctArguments) {
  EXPECT_EQ(Explained(Query(GroupBy({name}, {Distinct(Count(count, price))}, Bids()))),
            "Aggregate by name: count(price)\n"
            "  Distinct by name, price -> hash(name)\n"
            "    Project name := name, price := price -> hash(name, price)\n"
            "      Source (id, price, name)\n");
  EXPECT_EQ(ErrorOf(GroupBy({name}, {Distinct(Count(count, price)), Count(total)}, Bids())),
            "DISTINCT in an aggregate beside aggregates of other arguments is not supported yet");
}

TEST(Lower, GroupingSetsAreAUnionOfGroups) {
  EXPECT_EQ(Explained(Query(GroupBySets({{name}, {}}, {Count(count)}, Table("t", {name})))),
            "Union\n"
            "  Project name := name, count := count\n"
            "    Aggregate by name: count()\n"
            "      Source (name) -> hash(name)\n"
            "  Project name := NULL::text, count := count\n"
            "    Aggregate: count()\n"
            "      Project  -> one worker\n"
            "        Source (name) (shared, above)\n");
}

TEST(Lower, EqualSubPlansAreOneOperator) {
  const Column a = Int("price", 40), b = Int("count", 41), out = Int("out", 42);
  const LogicalPlan once = GroupBy({price}, {Count(count)}, Table("t", {price}));
  const LogicalPlan again = GroupBy({a}, {Count(b)}, Table("t", {a}));
  EXPECT_EQ(Explained(Query(UnionAll({out}, {{once, {count}}, {again, {b}}}))),
            "Union\n"
            "  Project count := count\n"
            "    Aggregate by price: count()\n"
            "      Source (price) -> hash(price)\n"
            "  Project count := count (shared, above)\n");
}

TEST(Lower, SharedPlansAreOneOperator) {
  const Column a = Int("a", 40), b = Int("b", 41), out = Int("out", 42);
  const LogicalPlan shared = Distinct({price}, Table("t", {price}));
  EXPECT_EQ(Explained(Query(UnionAll({out}, {{Use(1, {{a, price}}, shared), {a}},
                                             {Use(1, {{b, price}}, shared), {b}}}))),
            "Union\n"
            "  Distinct by price\n"
            "    Source (price) -> hash(price)\n"
            "  Distinct by price (shared, above)\n");
}

TEST(Lower, Values) {
  EXPECT_EQ(Explained(Query(Rows({id}, {{I(1)}, {I(2)}, {I(1) / I(0)}}))),
            "Union\n"
            "  Values, rows: 2\n"
            "  Project id := (1 / 0)\n"
            "    Values, rows: 1\n");
}

TEST(Lower, Writes) {
  Write write{Select({id, price, {alias, price + I(1)}}, Bids()),
              ObjectId{5},
              "bids",
              {id.id(), price.id()},
              {id.id(), alias.id()}};
  BoundQuery query;
  query.plan = MakePlan(write);
  const LoweredQuery lowered = Lower(query, {});
  ASSERT_TRUE(lowered.write);
  EXPECT_TRUE(lowered.write->deletes);
  EXPECT_TRUE(lowered.write->inserts);
  EXPECT_EQ(lowered.columns.size(), 4u);
  EXPECT_EQ(Explained(query),
            "Project id := id, price := price, id := id, alias := alias\n"
            "  Project id := id, price := price, alias := (price + 1)\n"
            "    Source (id, price, name)\n");
}

TEST(Lower, IdsComeFromTheCatalog) {
  uint32_t last = 500;
  const LowerOptions options{QueryMode::kContinuous, ObjectId{77},
                             [&] { return OperatorId{++last}; }};
  const LoweredQuery lowered = Lower(Query(Where(price > I(1), Bids())), options);
  EXPECT_EQ(lowered.dataflow.nodes.front().id, OperatorId{501});
  EXPECT_EQ(lowered.dataflow.nodes.back().id, OperatorId{503});
}

// The fingerprint says whether old state still means the same.
TEST(Lower, Fingerprints) {
  const auto fingerprint = [](const LogicalPlan& input) {
    const LoweredQuery lowered = Lower(Query(GroupBy({name}, {Count(count)}, input)), kView);
    return lowered.dataflow.nodes[lowered.dataflow.nodes.size() - 2].state_fingerprint;
  };
  const Column renamed = Text("label", 3);
  EXPECT_NE(fingerprint(Bids()), 0u);
  EXPECT_EQ(fingerprint(Bids()), fingerprint(Table("bids", {id, price, renamed}, {id})));
  EXPECT_NE(fingerprint(Bids()), fingerprint(Table("asks", {id, price, name}, {id})));
  EXPECT_NE(fingerprint(Bids()), fingerprint(Where(price > I(1), Bids())));
  EXPECT_NE(fingerprint(Where(price > I(1), Bids())), fingerprint(Where(price > I(2), Bids())));
}

TEST(Lower, NoticesNameWhatGrows) {
  const LoweredQuery grows = Lower(Query(GroupBy({name}, {Count(count)}, Events())), kView);
  ASSERT_EQ(grows.notices.size(), 1u);
  EXPECT_EQ(grows.notices[0].text,
            "every group of GROUP BY name is kept, so the state grows with events");
  EXPECT_NE(grows.notices[0].hint, "");
  EXPECT_TRUE(Lower(Query(GroupBy({name}, {Count(count)}, Bids())), kView).notices.empty());
  EXPECT_TRUE(Lower(Query(Top(3, {Asc(price)}, Events())), kView).notices.empty());
  EXPECT_TRUE(Lower(Query(GroupBy({name}, {Count(count)}, Events())), {}).notices.empty());
}

TEST(Lower, RefusesWhatTheEngineCannotRun) {
  const Column seller = Int("seller", 5);
  EXPECT_EQ(ErrorOf(InnerJoin(id, seller, Bids(), Table("sellers", {seller}))),
            "joins are not supported yet");
  SetOp except{SetOp::Kind::kExcept,
               true,
               {alias.plan},
               {{Bids(), {id.id()}}, {Table("sellers", {seller}), {seller.id()}}}};
  EXPECT_EQ(ErrorOf(MakePlan(except)), "EXCEPT is not supported yet");
  EXPECT_EQ(ErrorOf(MakePlan(Emit{Bids(), Emit::Mode::kEvery})), "EMIT EVERY is not supported yet");
}

}  // namespace
}  // namespace riverrun::planner::test
