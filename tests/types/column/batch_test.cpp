#include "types/column/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/value.h"

namespace riverrun {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RandomData;
using testing::RowImages;

std::vector<uint32_t> Rows(uint32_t rows, const SelectionRef& selection) {
  std::vector<uint32_t> out;
  ForEachRow(rows, selection, [&](uint32_t row) { out.push_back(row); });
  return out;
}

EvalError ErrorAt(uint16_t row, std::string text = "e") {
  return {row, {sqlstate::kDivisionByZero, std::move(text), {}, {}}};
}

TEST(SelectionTest, AllRowsNeedNone) {
  const uint16_t all[] = {0, 1, 2};
  EXPECT_EQ(MakeSelection(all, 3), nullptr);
  EXPECT_THAT(Rows(3, nullptr), ElementsAre(0, 1, 2));
  const uint16_t some[] = {0, 2};
  EXPECT_THAT(Rows(3, MakeSelection(some, 3)), ElementsAre(0, 2));
  EXPECT_THAT(Rows(3, MakeSelection({}, 3)), IsEmpty());
  EXPECT_EQ(MakeSelection({}, 0), nullptr);
}

TEST(SelectionTest, WithoutDropsRows) {
  const uint16_t drop[] = {1, 3};
  EXPECT_THAT(Rows(5, Without(nullptr, 5, drop)), ElementsAre(0, 2, 4));
  const uint16_t some[] = {1, 2, 4};
  const SelectionRef selection = MakeSelection(some, 5);
  EXPECT_THAT(Rows(5, Without(selection, 5, drop)), ElementsAre(2, 4));
  EXPECT_EQ(Without(selection, 5, {}), selection);
  EXPECT_THAT(Rows(5, Without(selection, 5, some)), IsEmpty());
}

TEST(BatchTest, CompactKeepsRowsWeightsAndErrors) {
  RandomData random(1);
  for (int round = 0; round < 100; ++round) {
    const std::vector<Type> types = random.AnyTypes(4);
    const Batch batch = random.AnyBatch(types, random.Below(100));
    const Batch compact = Compact(batch);
    EXPECT_EQ(compact.selection, nullptr);
    EXPECT_EQ(compact.rows, batch.selected());
    EXPECT_EQ(RowImages(compact), RowImages(batch));
    ASSERT_EQ(compact.errors.size(), batch.errors.size());
    const std::vector<uint32_t> rows = Rows(batch.rows, batch.selection);
    for (size_t i = 0; i < batch.errors.size(); ++i) {
      EXPECT_EQ(rows[compact.errors[i].row], batch.errors[i].row);
      EXPECT_EQ(compact.errors[i].error, batch.errors[i].error);
    }
  }
}

TEST(BatchTest, TakeRowsReorders) {
  BatchBuilder builder(std::vector<Type>{Type::Int8()});
  for (int64_t i = 0; i < 4; ++i) {
    builder.column(0).Append(i * 10);
    builder.EndRow(i + 1);
  }
  Batch batch = builder.Finish();
  batch.errors = {ErrorAt(1), ErrorAt(3)};
  const uint16_t rows[] = {3, 0};
  const Batch taken = TakeRows(batch, rows);
  ASSERT_EQ(taken.rows, 2u);
  EXPECT_EQ(taken.columns[0].At<int64_t>(0), 30);
  EXPECT_EQ(taken.WeightOf(0), 4);
  EXPECT_EQ(taken.WeightOf(1), 1);
  EXPECT_EQ(taken.errors, ErrorLane{ErrorAt(0)});
}

TEST(BatchTest, NegatedWeights) {
  RandomData random(2);
  const Type types[] = {Type::Bool()};
  for (int round = 0; round < 10; ++round) {
    const Batch batch = random.AnyBatch(types, 50);
    Batch turned = batch;
    turned.weights = NegatedWeights(batch);
    for (uint32_t row = 0; row < 50; ++row) EXPECT_EQ(turned.WeightOf(row), -batch.WeightOf(row));
  }
}

TEST(ErrorLaneTest, MergeKeepsTheEntryThatIsThere) {
  ErrorLane lane = {ErrorAt(1, "old"), ErrorAt(5, "old")};
  MergeErrors(lane, {ErrorAt(0, "new"), ErrorAt(5, "new"), ErrorAt(6, "new")});
  const ErrorLane merged = {ErrorAt(0, "new"), ErrorAt(1, "old"), ErrorAt(5, "old"),
                            ErrorAt(6, "new")};
  EXPECT_EQ(lane, merged);
  MergeErrors(lane, {});
  EXPECT_EQ(lane, merged);
  ErrorLane empty;
  MergeErrors(empty, ErrorLane(merged));
  EXPECT_EQ(empty, merged);
}

TEST(ErrorLaneTest, FindsAndForgets) {
  ErrorLane lane = {ErrorAt(1, "a"), ErrorAt(5, "b")};
  EXPECT_EQ(FindError(lane, 5)->text, "b");
  EXPECT_EQ(FindError(lane, 4), nullptr);
  EXPECT_EQ(FindError(lane, 6), nullptr);
  KeepSelectedErrors(lane, nullptr);
  EXPECT_EQ(lane.size(), 2u);
  const uint16_t some[] = {0, 5};
  KeepSelectedErrors(lane, MakeSelection(some, 6));
  EXPECT_EQ(lane, ErrorLane{ErrorAt(5, "b")});
}

TEST(BatchBuilderTest, RebuildsAnyBatch) {
  RandomData random(3);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Type> types = random.AnyTypes(5);
    const Batch batch = random.AnyBatch(types, random.Below(300));
    BatchBuilder builder(types);
    ForEachRow(batch.rows, batch.selection,
               [&](uint32_t row) { builder.AppendRow(batch, row, batch.WeightOf(row)); });
    EXPECT_EQ(builder.rows(), batch.selected());
    EXPECT_EQ(RowImages(builder.Finish()), RowImages(batch));
    EXPECT_EQ(builder.rows(), 0u);
  }
}

TEST(BatchBuilderTest, WeightsAreAbsentIfAllAreOne) {
  BatchBuilder builder(std::vector<Type>{Type::Bool()});
  const auto add = [&](Weight weight) {
    builder.column(0).Append(uint8_t{1});
    builder.EndRow(weight);
  };
  add(1);
  add(1);
  EXPECT_EQ(builder.Finish().weights, nullptr);
  add(1);
  add(-2);
  add(1);
  const Batch batch = builder.Finish();
  EXPECT_EQ(batch.WeightOf(0), 1);
  EXPECT_EQ(batch.WeightOf(1), -2);
  EXPECT_EQ(batch.WeightOf(2), 1);
  add(1);
  EXPECT_EQ(builder.Finish().weights, nullptr);
}

TEST(BatchBuilderTest, TellsWhenFull) {
  BatchBuilder builder({});
  for (uint32_t i = 0; i < kBatchRowsMax; ++i) {
    EXPECT_FALSE(builder.full());
    builder.EndRow();
  }
  EXPECT_TRUE(builder.full());
}

}  // namespace
}  // namespace riverrun
