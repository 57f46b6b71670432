// What stands in an error collection after an epoch, and since when.
#include "executor/runtime/error_collection.h"

#include <gtest/gtest.h>

#include "storage/view/read_view.h"
#include "types/text/text_format.h"

namespace riverrun::executor {
namespace {

// The failures of a dataflow whose one operator that can fail has a timestamp and a number.
class ErrorCollectionTest : public ::testing::Test {
 protected:
  // A row of the operator that failed, with its weight.
  void Fail(ErrorSink& sink, double number, Weight weight, const char* reason = "bad") {
    BatchBuilder builder(TypesOf(kColumns));
    builder.column(0).Append(Micros{1'500'000});
    builder.column(1).Append(number);
    builder.EndRow(weight);
    const Batch rows = builder.Finish();
    sink.Add({7}, rows, {{0, {sqlstate::kDivisionByZero, reason}}});
  }
  void End(ErrorSink& sink, Epoch epoch) {
    sink.OnBarrier({.info = {epoch, static_cast<Micros>(epoch) * 1'000'000}});
  }
  // "second reason {row} x count", in any order.
  std::vector<std::string> At(Epoch epoch) {
    std::vector<std::string> lines;
    const std::vector<int> all = {0, 1, 2, 3, 4};
    const auto cursor = storage::OpenScan(store_.At(epoch), {}, all, std::nullopt, false);
    while (const auto batch = *(*cursor)->Next()) {
      ForEachRow(batch->rows, batch->selection, [&](uint32_t row) {
        const auto& columns = batch->columns;
        EXPECT_EQ(columns[1].BytesAt(row), "22012");
        EXPECT_EQ(columns[3].BytesAt(row), "Values 7");
        lines.push_back(std::to_string(columns[0].At<Micros>(row) / 1'000'000) + " " +
                        std::string(columns[2].BytesAt(row)) + " " +
                        std::string(columns[4].BytesAt(row)) + " x " +
                        std::to_string(batch->WeightOf(row)));
      });
    }
    std::ranges::sort(lines);
    return lines;
  }

  using Lines = std::vector<std::string>;
  const std::vector<OutputColumn> kColumns = {{"when", Type::Timestamp()}, {"n", Type::Float8()}};
  const DataflowSpec spec_ = [this] {
    DataflowSpec spec;
    spec.nodes = {{.id = {7}, .spec = ValuesSpec{}, .inputs = {}, .output = kColumns}};
    return spec;
  }();
  const Settings settings_;
  MemoryBudget budget_{"test"};
  storage::ViewStore store_{{1}, ErrorLayout(), 1, &budget_};
};

TEST_F(ErrorCollectionTest, EqualFailuresHaveTheTimeOfTheFirstThatStands) {
  ErrorCollection errors(spec_, settings_, store_.writer(0), &budget_);
  const auto sink = errors.NewSink();
  const std::string row = "bad {\"n\": 1, \"when\": \"1970-01-01T00:00:01.5\"} x ";
  Fail(*sink, 1, 1);
  End(*sink, 10);
  EXPECT_EQ(At(10), Lines{"10 " + row + "1"});
  Fail(*sink, 1, 2);
  End(*sink, 11);
  EXPECT_EQ(At(11), Lines{"10 " + row + "3"});
  // Which of them is taken back nobody can say.
  Fail(*sink, 1, -1);
  End(*sink, 12);
  EXPECT_EQ(At(12), Lines{"10 " + row + "2"});
  Fail(*sink, 1, -2);
  End(*sink, 13);
  EXPECT_EQ(At(13), Lines{});
  Fail(*sink, 1, 1);
  End(*sink, 14);
  EXPECT_EQ(At(14), Lines{"14 " + row + "1"});
  EXPECT_EQ(SizeOf(*store_.At(11)).rows, 3);
  EXPECT_EQ(SizeOf(*store_.At(13)).rows, 0);
}

// The pipelines of a dataflow come to the barrier one after the other, a retraction maybe first.
TEST_F(ErrorCollectionTest, OnlyTheSumOfAnEpochCounts) {
  ErrorCollection errors(spec_, settings_, store_.writer(0), &budget_);
  const auto first = errors.NewSink();
  const auto second = errors.NewSink();
  Fail(*first, 1, -1);
  Fail(*first, 2, 1, "worse");
  End(*first, 5);
  EXPECT_EQ(store_.published(), 0);
  Fail(*second, 1, 1);
  End(*second, 5);
  EXPECT_EQ(At(5), Lines{"5 worse {\"n\": 2, \"when\": \"1970-01-01T00:00:01.5\"} x 1"});
}

TEST_F(ErrorCollectionTest, ANumberThatJsonbCannotHoldIsAString) {
  ErrorCollection errors(spec_, settings_, store_.writer(0), &budget_);
  const auto sink = errors.NewSink();
  Fail(*sink, 1e300, 1);
  Fail(*sink, std::numeric_limits<double>::quiet_NaN(), 1);
  End(*sink, 1);
  const std::string when = ", \"when\": \"1970-01-01T00:00:01.5\"} x 1";
  EXPECT_EQ(At(1), (Lines{"1 bad {\"n\": \"1e+300\"" + when, "1 bad {\"n\": \"NaN\"" + when}));
}

TEST_F(ErrorCollectionTest, WhatItRemembersIsCounted) {
  storage::ViewStore store({1}, ErrorLayout(), 1, nullptr);
  {
    ErrorCollection errors(spec_, settings_, store.writer(0), &budget_);
    const auto sink = errors.NewSink();
    for (int i = 0; i < 100; ++i) Fail(*sink, i, 1);
    End(*sink, 1);
    const size_t used = budget_.used();
    EXPECT_GE(used, 100 * sizeof(storage::Hash128));
    for (int i = 0; i < 50; ++i) Fail(*sink, i, -1);
    End(*sink, 2);
    EXPECT_EQ(budget_.used(), used / 2);
  }
  EXPECT_EQ(budget_.used(), 0);
}

}  // namespace
}  // namespace riverrun::executor
