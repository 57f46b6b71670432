#include <algorithm>
#include <random>

#include "tests/executor/bag_output.h"
#include "tests/executor/seeds.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using testing::Bag;
using testing::BagOutput;
using testing::OperatorRun;

struct Row {
  std::string number;
  std::string text;
  Weight weight = 1;
};

const std::vector<Type> kTypes = {Type::Numeric(), Type::Text()};

Batch MakeBatch(const std::vector<Row>& rows) {
  BatchBuilder builder(kTypes);
  for (const Row& row : rows) {
    size_t i = 0;
    for (const std::string& text : {row.number, row.text}) {
      ColumnBuilder& column = builder.column(i);
      if (text == "NULL") {
        column.AppendNull();
      } else {
        column.AppendFrom(Value::Of(kTypes[i], text).column(), 0);
      }
      ++i;
    }
    builder.EndRow(row.weight);
  }
  return builder.Finish();
}

std::string TextOf(const std::string& image, Weight weight) {
  BatchBuilder builder(kTypes);
  DecodeRow(image, 1, builder);
  const Batch row = builder.Finish();
  std::string text =
      Value::From(row.columns[0], 0).ToString() + "|" + Value::From(row.columns[1], 0).ToString();
  return weight == 1 ? text : text + " x " + std::to_string(weight);
}

class TestRun {
 public:
  explicit TestRun(TopNSpec spec, MemoryBudget* budget = nullptr)
      : out(0),
        spec_(std::move(spec)),
        run_([this](const OperatorContext& context) { return MakeTopN(spec_, context); }, kTypes,
             kTypes, budget) {
    run_.Start(out);
  }

  void Push(const std::vector<Row>& rows) { run_.Push(MakeBatch(rows), out); }
  void EndEpoch(bool final = false) { run_.EndEpoch(out, final); }
  /// The rows of the epoch, in the order in which they came.
  std::vector<std::string> Emitted() {
    std::vector<std::string> lines;
    for (const auto& [image, weight] : out.order) lines.push_back(TextOf(image, weight));
    out.StartEpoch();
    return lines;
  }
  /// What is in the output, by image.
  std::vector<std::string> Content() const {
    std::vector<std::string> lines;
    for (const auto& [image, weight] : out.rows) lines.push_back(TextOf(image, weight));
    return lines;
  }

  BagOutput out;

 private:
  const TopNSpec spec_;
  OperatorRun run_;
};

using Lines = std::vector<std::string>;
const SortColumn kByNumber = {.column = 0};
const SortColumn kByNumberDescending = {.column = 0, .descending = true, .nulls_first = true};

TEST(TopNTest, SortsWhatIsReadOnce) {
  TestRun run({.order = {kByNumber}, .limit = {}});
  run.Push({{"3", "c"}, {"1", "a"}, {"NULL", "n"}});
  run.Push({{"2", "b"}, {"1", "z"}, {"1.0", "b"}});
  run.EndEpoch(true);
  EXPECT_EQ(run.Emitted(), (Lines{"1|a", "1|z", "1.0|b", "2|b", "3|c", "NULL|n"}))
      << "equal numbers by image: first their scale, then the text";
}

TEST(TopNTest, SortsDownwards) {
  TestRun run({.order = {kByNumberDescending}, .limit = {}});
  run.Push({{"3", "c"}, {"1", "a"}, {"NULL", "n"}, {"10", "x"}});
  run.EndEpoch(true);
  EXPECT_EQ(run.Emitted(), (Lines{"NULL|n", "10|x", "3|c", "1|a"}));
}

TEST(TopNTest, ReadOnceWithOffsetAndLimit) {
  TestRun run({.order = {kByNumber}, .offset = 1, .limit = 3});
  run.Push({{"3", "c"}, {"1", "a", 2}, {"2", "b"}, {"4", "d"}});
  run.EndEpoch(true);
  EXPECT_EQ(run.Emitted(), (Lines{"1|a", "2|b", "3|c"})) << "a row of weight 2 is two rows";
}

TEST(TopNTest, ALimitMayCutARowsCopies) {
  TestRun run({.order = {kByNumber}, .offset = 1, .limit = 3});
  run.Push({{"1", "a", 3}, {"2", "b", 5}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"1|a x 2", "2|b"}));
  run.Push({{"1", "a", -2}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"1|a x -2", "2|b x 2"}));
}

TEST(TopNTest, WhatIsTakenBackBeforeTheBarrierIsNotSorted) {
  TestRun run({.order = {kByNumber}, .limit = 1});
  run.Push({{"1", "a", -1}, {"2", "b"}});
  run.Push({{"1", "a"}, {"3", "c"}, {"4", "d"}, {"5", "e"}});
  run.EndEpoch(true);
  EXPECT_EQ(run.Emitted(), Lines{"2|b"});
}

TEST(TopNTest, ALimitOfZeroIsNothing) {
  TestRun run({.order = {kByNumber}, .limit = 0});
  run.Push({{"1", "a"}});
  run.EndEpoch(true);
  EXPECT_EQ(run.Emitted(), Lines{});
}

TEST(TopNTest, RowsMoveUpWhenOthersGo) {
  TestRun run({.order = {kByNumber}, .limit = 2});
  run.Push({{"1", "a"}, {"2", "b"}, {"3", "c"}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"1|a", "2|b"}));
  run.Push({{"1", "a", -1}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"1|a x -1", "3|c"}));
  run.Push({{"4", "d"}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), Lines{}) << "it changes behind the window";
}

// An ORDER BY without a limit changes nothing about a bag, so nothing is kept of its rows.
TEST(TopNTest, WithoutALimitChangesPass) {
  MemoryBudget budget("test");
  TestRun run({.order = {kByNumber}, .limit = {}}, &budget);
  run.Push({{"2", "b"}, {"1", "a"}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"1|a", "2|b"}));
  run.Push({{"2", "b", -1}, {"1", "a"}, {"3", "c"}, {"3", "c", -1}});
  run.EndEpoch();
  EXPECT_EQ(run.Emitted(), (Lines{"2|b x -1", "1|a"})) << "first what goes";
  EXPECT_EQ(budget.used(), 0u);
}

TEST(TopNTest, AClosedOutputGetsNothing) {
  TestRun run({.order = {kByNumber}, .limit = {}});
  run.Push({{"1", "a"}});
  run.out.closed = true;
  run.EndEpoch(true);
  EXPECT_EQ(run.out.batches, 0);
}

TEST(TopNTest, SaysWhenItHoldsTooMuch) {
  MemoryBudget budget("test", 200'000);
  TestRun run({.order = {kByNumber}, .limit = 5}, &budget);
  for (int i = 0; i < 20; ++i) {
    std::vector<Row> rows;
    for (int k = 0; k < 500; ++k) rows.push_back({std::to_string(i * 500 + k), "text"});
    run.Push(rows);
  }
  ASSERT_EQ(run.out.errors.size(), 1u);
  EXPECT_THAT(run.out.errors.begin()->first, ::testing::HasSubstr("53200"));
}

TEST(TopNDeathTest, ARowThatWasNeverThereCannotGo) {
  TestRun run({.order = {kByNumber}, .limit = 5});
  run.Push({{"1", "a", -1}, {"2", "b", 5}});
  EXPECT_DEATH(run.EndEpoch(), "had not been inserted");
}

// ---------------------------------------------------------------------------------------------

class TopNPropertyTest : public ::testing::TestWithParam<uint64_t> {};

struct Scenario {
  explicit Scenario(uint64_t seed) : random(seed) {
    const std::vector<std::string> numbers = {"1", "1.0", "1.00", "-3", "NULL", "NaN", "20", "7"};
    const std::vector<std::string> texts = {
        "", "a", "b", "NULL", std::string(30, 'x'), std::string(30, 'x') + "y"};
    for (const std::string& number : numbers) {
      for (const std::string& text : texts) pool.push_back({number, text});
    }
    for (uint32_t keys = Below(3); keys > 0; --keys) {
      spec.order.push_back({.column = static_cast<int>(Below(2)),
                            .descending = Below(2) == 0,
                            .nulls_first = Below(2) == 0});
    }
    if (Below(3) > 0) spec.limit = Below(40);
    if (Below(2) == 0) spec.offset = Below(20);
    counts.assign(pool.size(), 0);
  }

  uint32_t Below(size_t bound) { return static_cast<uint32_t>(random() % bound); }

  std::vector<Row> Epoch() {
    std::vector<Row> rows;
    const auto change = [&](size_t i, Weight weight) {
      rows.push_back(pool[i]);
      rows.back().weight = weight;
      counts[i] += weight;
    };
    for (uint32_t left = Below(60); left > 0; --left) {
      change(Below(pool.size()), static_cast<Weight>(Below(5)) - 2);
    }
    for (size_t i = 0; i < pool.size(); ++i) {
      if (counts[i] < 0 || Below(8) == 0) change(i, -counts[i]);
    }
    std::shuffle(rows.begin(), rows.end(), random);
    return rows;
  }

  // The rows in order, each as often as it is there.
  std::vector<std::string> Sorted() {
    std::vector<std::pair<std::string, std::string>> copies;
    const Batch batch = MakeBatch(pool);
    for (uint32_t i = 0; i < batch.rows; ++i) {
      std::string key, image;
      AppendSortKey(batch, spec.order, i, key);
      AppendImage(batch, i, image);
      copies.insert(copies.end(), static_cast<size_t>(counts[i]), {key, image});
    }
    std::ranges::sort(copies);
    std::vector<std::string> window;
    for (size_t i = spec.offset; i < copies.size(); ++i) {
      if (spec.limit && window.size() == *spec.limit) break;
      window.push_back(copies[i].second);
    }
    return window;
  }

  std::mt19937_64 random;
  std::vector<Row> pool;
  TopNSpec spec;
  std::vector<Weight> counts;
};

void PushAll(OperatorRun& run, const std::vector<Row>& rows, uint32_t size, Output& out) {
  for (size_t begin = 0; begin < rows.size(); begin += size) {
    const size_t end = std::min(rows.size(), begin + size);
    run.Push(MakeBatch({rows.begin() + static_cast<ptrdiff_t>(begin),
                        rows.begin() + static_cast<ptrdiff_t>(end)}),
             out);
  }
}

TEST_P(TopNPropertyTest, ShowsTheWindowOfTheSortedRows) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  Scenario scenario(GetParam());
  MemoryBudget budget("test");
  BagOutput out(0, scenario.Below(70), GetParam());
  {
    OperatorRun run([&](const OperatorContext& c) { return MakeTopN(scenario.spec, c); }, kTypes,
                    kTypes, &budget);
    run.Start(out);
    for (int epoch = 0; epoch < 12; ++epoch) {
      const uint32_t size = 1 + scenario.Below(50);
      PushAll(run, scenario.Epoch(), size, out);
      run.EndEpoch(out);
      Bag expected;
      for (const std::string& image : scenario.Sorted()) testing::AddTo(expected, image, 1);
      ASSERT_EQ(out.rows, expected) << "epoch " << epoch;
    }
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST_P(TopNPropertyTest, ReadsOnceInOrder) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  Scenario scenario(GetParam());
  BagOutput out(0, scenario.Below(70), GetParam());
  OperatorRun run([&](const OperatorContext& c) { return MakeTopN(scenario.spec, c); }, kTypes,
                  kTypes);
  run.Start(out);
  PushAll(run, scenario.Epoch(), 1 + scenario.Below(50), out);
  run.EndEpoch(out, true);
  std::vector<std::string> copies;
  for (const auto& [image, weight] : out.order) {
    ASSERT_GT(weight, 0);
    copies.insert(copies.end(), static_cast<size_t>(weight), image);
  }
  EXPECT_EQ(copies, scenario.Sorted());
}

INSTANTIATE_TEST_SUITE_P(Seeds, TopNPropertyTest, ::testing::ValuesIn(testing::Seeds(60)));

}  // namespace
}  // namespace riverrun::executor
