// What a source computes of its rows: watermarks, late rows, how far time has come in partitions.
#include <gtest/gtest.h>

#include "executor/sources/partition_times.h"
#include "types/time/interval.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

constexpr Micros kSecond = 1'000'000;

std::shared_ptr<const CompletionSpec> TimeBehind(Micros delay) {
  auto spec = std::make_shared<CompletionSpec>();
  spec->given = {0, 1};
  spec->columns = {Make(ColumnRef{0, Type::Int8()}), Make(ColumnRef{1, Type::TimestampTz()})};
  spec->watermarked = 1;
  ColumnBuilder interval(Type::Interval());
  interval.Append(Interval{.micros = delay});
  const ExpressionRef length = Make(Constant{Value::From(interval.Finish(), 0)});
  const std::vector<Type> types = {Type::TimestampTz(), Type::Interval()};
  const Function* minus = BuiltinFunctions().Find("-", types);
  spec->watermark = Make(Call{minus, {spec->columns[1], length}, Type::TimestampTz()});
  spec->settings = std::make_shared<const Settings>();
  return spec;
}

std::vector<Micros> MarksOf(const Batch& batch) {
  std::vector<Micros> marks;
  for (uint32_t row = 0; row < batch.rows; ++row) marks.push_back(batch.columns[2].At<Micros>(row));
  return marks;
}

// Keys and times, as a reader gives them.
struct Row {
  int64_t key;
  std::optional<Micros> time;
};

Batch Rows(const std::vector<Row>& rows) {
  BatchBuilder builder(std::vector<Type>{Type::Int8(), Type::TimestampTz()});
  for (const Row& row : rows) {
    builder.column(0).Append(row.key);
    if (row.time) {
      builder.column(1).Append(*row.time);
    } else {
      builder.column(1).AppendNull();
    }
    builder.EndRow();
  }
  return builder.Finish();
}

TEST(SourceCompletion, GivesEachRowTheLargestTimeOfItsPartitionSoFar) {
  SourceCompletion completion(TimeBehind(2));
  EXPECT_EQ(completion.WatermarkOf(0), kNoWatermark);
  const Batch first =
      completion.Complete(0, Rows({{1, {}}, {2, 10}, {3, 5}, {4, 12}, {5, {}}}), true);
  EXPECT_EQ(MarksOf(first), (std::vector<Micros>{kNoWatermark, 8, 8, 10, 10}));
  const Batch other = completion.Complete(7, Rows({{1, 3}}), true);
  EXPECT_EQ(MarksOf(other), (std::vector<Micros>{1}));
  const Batch second = completion.Complete(0, Rows({{1, 11}, {2, 20}}), true);
  EXPECT_EQ(MarksOf(second), (std::vector<Micros>{10, 18}));
  EXPECT_EQ(completion.Complete(0, Rows({{1, 40}}), false).columns.size(), 2u);
  EXPECT_EQ(completion.WatermarkOf(0), 38);
}

TEST(SourceCompletion, NeverFollowsAnInfiniteTime) {
  SourceCompletion completion(TimeBehind(0));
  static_cast<void>(completion.Complete(0, Rows({{1, 5}, {2, kTimestampInfinity}}), false));
  EXPECT_EQ(completion.WatermarkOf(0), 5);
}

TEST(SourceCompletion, CountsLateRowsAndThoseThatWereIdleApart) {
  SourceCompletion completion(TimeBehind(2));
  const auto late = [&] {
    const SourceCompletion::Late counted = completion.LateOf(0);
    return std::pair(counted.rows, counted.after_idle);
  };
  using Counts = std::pair<uint64_t, uint64_t>;
  EXPECT_EQ(late(), (Counts{0, 0}));
  // The watermark is 8 from the second row on: 7 is late, 8 is not; no time is late.
  static_cast<void>(
      completion.Complete(0, Rows({{1, 5}, {2, 10}, {3, 7}, {4, 8}, {5, {}}}), false));
  EXPECT_EQ(late(), (Counts{2, 0}));
  completion.Wake(0, 50);
  // Behind the raise, and one of them behind its own partition too.
  static_cast<void>(completion.Complete(0, Rows({{1, 20}, {2, 49}, {3, 3}, {4, 50}}), true));
  EXPECT_EQ(late(), (Counts{5, 2}));
  completion.Raise(0, 60);  // by a person: nobody was idle
  static_cast<void>(completion.Complete(0, Rows({{1, 55}, {2, 60}}), false));
  EXPECT_EQ(late(), (Counts{6, 2}));
  EXPECT_EQ(completion.LateOf(1).rows, 0u);
}

TEST(SourceCompletion, SharesTheSmallestWatermarkOfThosePartitionsThatCount) {
  SourceCompletion completion(TimeBehind(0));
  std::vector<Position> positions(3);
  for (int32_t i = 0; i < 3; ++i) positions[static_cast<size_t>(i)].partition = i;
  static_cast<void>(completion.Complete(0, Rows({{1, 5}}), false));
  static_cast<void>(completion.Complete(1, Rows({{1, 9}}), false));
  EXPECT_EQ(completion.ShareOf(positions), kNoWatermark);
  positions[2].idle = true;
  EXPECT_EQ(completion.ShareOf(positions), 5);
  completion.Raise(0, 7);
  completion.Raise(1, 7);
  EXPECT_EQ(completion.ShareOf(positions), 7);
  EXPECT_EQ(completion.WatermarkOf(1), 9);
  EXPECT_EQ(completion.ShareOf({}), kNothingHeldBack);
}

TEST(SourceCompletion, KnowsWhichColumnsItNeeds) {
  CompletionSpec spec = *TimeBehind(0);
  EXPECT_EQ(spec.GivenFor(std::vector<int>{}), (std::vector<int>{1}));
  EXPECT_EQ(spec.GivenFor(std::vector<int>{0, 2}), (std::vector<int>{0, 1}));
  // Another column before them that is computed.
  spec.given = {1, 2};
  spec.columns.insert(spec.columns.begin(), spec.columns[0]);
  spec.watermark = nullptr;
  spec.watermarked = 2;  // of which late rows are counted
  EXPECT_EQ(spec.GivenFor(std::vector<int>{0}), (std::vector<int>{0, 1}));
  EXPECT_EQ(spec.GivenFor(std::vector<int>{2}), (std::vector<int>{1}));
}

TEST(SourceCompletion, ReadsItsIdleTimeout) {
  const auto parse = [](const std::string& text) { return ParseIdleTimeout(&text); };
  EXPECT_EQ(ParseIdleTimeout(nullptr).value(), 10 * kSecond);
  EXPECT_EQ(parse("0").value(), 0);
  EXPECT_EQ(parse("1 min").value(), 60 * kSecond);
  EXPECT_FALSE(parse("1 month").has_value());
  EXPECT_FALSE(parse("-1 s").has_value());
  EXPECT_FALSE(parse("soon").has_value());
}

TEST(PartitionTimes, ChangesAtTheEndOfAnEpochAndFollowsTheCutsInAReplay) {
  SourceCompletion live_completion(TimeBehind(0)), replayed_completion(TimeBehind(0));
  PartitionTimes live(live_completion, true), replayed(replayed_completion, true);
  const auto positions = [](int64_t first, int64_t second) {
    std::vector<Position> out(2);
    out[0].offset = first;
    out[1].offset = second;
    out[1].partition = 1;
    return out;
  };
  // Both see the same rows; what else happens only the first is told, the second reads it in the
  // cuts.
  const auto end = [&](std::vector<Position> at, bool second_at_end) {
    std::vector<Position> cut = at;
    const auto raises =
        live.Settle(cut, nullptr, [&](size_t i) { return i == 1 && second_at_end; });
    EXPECT_EQ(replayed.Settle(at, &cut, [](size_t) { return false; }), raises);
    EXPECT_EQ(at, cut);
    return cut;
  };
  for (SourceCompletion* completion : {&live_completion, &replayed_completion}) {
    static_cast<void>(completion->Complete(0, Rows({{1, 50}}), false));
    static_cast<void>(completion->Complete(1, Rows({{1, 20}}), false));
  }
  EXPECT_EQ(end(positions(1, 1), true)[1].watermark, 20);
  live.MakeIdle(1, 1);
  live.MakeIdle(0, 1);  // has not come to its end
  std::vector<Position> cut = end(positions(1, 1), true);
  EXPECT_FALSE(cut[0].idle);
  EXPECT_TRUE(cut[1].idle);
  EXPECT_TRUE(replayed.IsIdle(1));
  live.Wake(1, 50);
  cut = end(positions(1, 1), true);
  EXPECT_FALSE(cut[1].idle);
  EXPECT_EQ(cut[1].watermark, 50);
  live.MakeIdle(1, 1);
  cut = end(positions(1, 2), true);  // it has moved in the meantime
  EXPECT_FALSE(cut[1].idle);
  live.Raise(70);
  cut = end(positions(1, 2), false);
  EXPECT_EQ(cut[0].watermark, 70);
  EXPECT_EQ(cut[1].watermark, 70);
}

}  // namespace
}  // namespace riverrun::executor
