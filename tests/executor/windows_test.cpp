// The operators of windows, driven by hand: edges of windows, full outputs, late rows, closing.
#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <random>

#include "tests/executor/bag_output.h"
#include "tests/executor/seeds.h"
#include "types/time/interval.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using testing::OperatorRun;

constexpr Micros kSecond = 1'000'000;

struct Row {
  int64_t key;
  std::optional<Micros> time;
  Micros mark = kNoWatermark;
};

Batch MakeBatch(const std::vector<Row>& rows) {
  BatchBuilder builder(std::vector<Type>{Type::Int8(), Type::TimestampTz(), Type::TimestampTz()});
  for (const Row& row : rows) {
    builder.column(0).Append(row.key);
    if (row.time) {
      builder.column(1).Append(*row.time);
    } else {
      builder.column(1).AppendNull();
    }
    builder.column(2).Append(row.mark);
    builder.EndRow();
  }
  return builder.Finish();
}

// Keeps what comes, and is full after every so many batches.
class Collected : public Output {
 public:
  explicit Collected(int full_after = 0) : full_after_(full_after) {}
  void Emit(Batch batch) override {
    EXPECT_LE(batch.rows, kBatchRowsMax);
    batches.push_back(std::move(batch));
  }
  void Emit(Watermark watermark) override { watermarks.push_back(watermark); }
  void EmitError(const Batch&, const ErrorLane& lane) override {
    for (const EvalError& entry : lane) errors.push_back(entry.error);
  }
  bool Full() const override {
    return full_after_ > 0 && batches.size() % static_cast<size_t>(full_after_) == 0;
  }
  bool Closed() const override { return false; }

  // Key, start and end of each row in a window, in seconds.
  std::vector<std::array<int64_t, 3>> Windows() const {
    std::vector<std::array<int64_t, 3>> out;
    for (const Batch& batch : batches) {
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        if (batch.columns[3].IsNull(row)) return;
        EXPECT_EQ(batch.columns[5].At<Micros>(row), batch.columns[4].At<Micros>(row) - 1);
        out.push_back({batch.columns[0].At<int64_t>(row),
                       batch.columns[3].At<Micros>(row) / kSecond,
                       batch.columns[4].At<Micros>(row) / kSecond});
      });
    }
    std::ranges::sort(out);
    return out;
  }

  std::vector<Batch> batches;
  std::vector<Watermark> watermarks;
  std::vector<Error> errors;

 private:
  const int full_after_;
};

const std::vector<Type> kInput = {Type::Int8(), Type::TimestampTz(), Type::TimestampTz()};
const std::vector<Type> kWindowed = {Type::Int8(),        Type::TimestampTz(), Type::TimestampTz(),
                                     Type::TimestampTz(), Type::TimestampTz(), Type::TimestampTz()};

class WindowRun {
 public:
  explicit WindowRun(WindowSpec spec)
      : spec_(spec),
        run_(
            [this](OperatorContext context) {
              context.late = &late;
              return MakeWindows(spec_, context);
            },
            kInput, kWindowed) {}

  std::vector<std::array<int64_t, 3>> Push(const std::vector<Row>& rows, int full_after = 0) {
    Collected out(full_after);
    run_.Push(MakeBatch(rows), out);
    return out.Windows();
  }
  Operator& op() { return run_.op(); }

  uint64_t late = 0;

 private:
  const WindowSpec spec_;
  OperatorRun run_;
};

using Windows = std::vector<std::array<int64_t, 3>>;

TEST(AssignWindows, PutsATimeIntoTheWindowThatBeginsWithIt) {
  WindowRun run({.time = 1, .size = 10 * kSecond, .slide = 10 * kSecond});
  EXPECT_EQ(run.Push({{1, 0}, {2, 10 * kSecond - 1}, {3, 10 * kSecond}, {4, -1}, {5, {}}}),
            (Windows{{1, 0, 10}, {2, 0, 10}, {3, 10, 20}, {4, -10, 0}}));
  EXPECT_EQ(run.late, 0u);
}

TEST(AssignWindows, ShiftsTheOriginEitherWay) {
  for (const Micros offset : {3 * kSecond, -7 * kSecond, 33 * kSecond}) {
    WindowRun run({.time = 1, .size = 10 * kSecond, .slide = 10 * kSecond, .offset = offset});
    EXPECT_EQ(run.Push({{1, 2 * kSecond}, {2, 3 * kSecond}}), (Windows{{1, -7, 3}, {2, 3, 13}}));
  }
}

TEST(AssignWindows, RepeatsARowAndLeavesGaps) {
  WindowRun hop({.time = 1, .size = 10 * kSecond, .slide = 4 * kSecond});
  EXPECT_EQ(hop.Push({{1, 9 * kSecond}}), (Windows{{1, 0, 10}, {1, 4, 14}, {1, 8, 18}}));
  EXPECT_EQ(hop.Push({{1, 10 * kSecond}}), (Windows{{1, 4, 14}, {1, 8, 18}}));
  WindowRun gaps({.time = 1, .size = 2 * kSecond, .slide = 5 * kSecond});
  EXPECT_EQ(gaps.Push({{1, 1 * kSecond}, {2, 2 * kSecond}, {3, 5 * kSecond}}),
            (Windows{{1, 0, 2}, {3, 5, 7}}));
}

TEST(AssignWindows, GoesOnWhereAFullOutputStoppedIt) {
  std::vector<Row> rows;
  for (int i = 0; i < 50; ++i) rows.push_back({i, i * kSecond / 3});
  WindowRun all({.time = 1, .size = 1000 * kSecond, .slide = kSecond});
  WindowRun some({.time = 1, .size = 1000 * kSecond, .slide = kSecond});
  const Windows windows = all.Push(rows);
  EXPECT_EQ(windows.size(), 50u * 1000u);
  EXPECT_EQ(some.Push(rows, 1), windows);
}

TEST(AssignWindows, DropsALateRowFromTheWindowsThatHaveClosed) {
  WindowRun tumble(
      {.time = 1, .size = 10 * kSecond, .slide = 10 * kSecond, .closes = true, .row_watermark = 2});
  EXPECT_EQ(tumble.Push({{1, kSecond, 10 * kSecond - 1}, {2, kSecond, 10 * kSecond}, {3, {}}}),
            (Windows{{1, 0, 10}}));
  EXPECT_EQ(tumble.late, 2u);
  WindowRun hop(
      {.time = 1, .size = 10 * kSecond, .slide = 4 * kSecond, .closes = true, .row_watermark = 2});
  EXPECT_EQ(hop.Push({{1, 9 * kSecond, 14 * kSecond}}), (Windows{{1, 8, 18}}));
  EXPECT_EQ(hop.Push({{1, 9 * kSecond, 20 * kSecond}}), Windows{});
  EXPECT_EQ(hop.late, 2u);
}

TEST(AssignWindows, RefusesTimesThatNoWindowHolds) {
  for (const Micros slide : {10 * kSecond, 5 * kSecond}) {
    WindowRun run({.time = 1, .size = 10 * kSecond, .slide = slide});
    Collected out;
    Step step = run.op().OnBatch(0,
                                 MakeBatch({{1, std::numeric_limits<Micros>::max()},
                                            {2, std::numeric_limits<Micros>::min()},
                                            {3, kTimestampEnd - 1},
                                            {4, kTimestampMin}}),
                                 out);
    while (step == Step::kMore) step = run.op().Resume(out);
    ASSERT_EQ(out.batches.size(), 1u);
    EXPECT_EQ(out.batches[0].errors.size(), 4u);
    for (const EvalError& entry : out.batches[0].errors) {
      EXPECT_EQ(entry.error.sqlstate, sqlstate::kDatetimeFieldOverflow);
    }
  }
}

TEST(AssignWindows, SaysHowFarItsWindowsAre) {
  WindowRun run({.time = 1, .size = 10 * kSecond, .slide = 10 * kSecond, .closes = true});
  Collected out;
  run.op().OnWatermark(0, {1, 30 * kSecond}, out);
  const std::vector<Watermark> expected = {
      {1, 30 * kSecond}, {3, 20 * kSecond + 1}, {4, 30 * kSecond + 1}, {5, 30 * kSecond}};
  EXPECT_EQ(out.watermarks, expected);
  out.watermarks.clear();
  run.op().OnWatermark(0, {1, kNothingHeldBack}, out);
  for (const Watermark& watermark : out.watermarks) EXPECT_EQ(watermark.time, kNothingHeldBack);
}

// ---- slices ----

// Rows put into slices, and those into windows: key, start and end, as from AssignWindows alone.
class SliceRun {
 public:
  explicit SliceRun(WindowSpec spec)
      : slices_(WithMode(spec, WindowSpec::Mode::kSlices)),
        windows_{.time = 3,
                 .size = spec.size,
                 .slide = spec.slide,
                 .offset = spec.offset,
                 .closes = spec.closes,
                 .mode = WindowSpec::Mode::kWindowsOfSlices},
        sliced_(kInput) {
    sliced_.push_back(Type::TimestampTz());
    if (spec.row_watermark) {
      windows_.row_watermark = 4;
      sliced_.push_back(Type::TimestampTz());
    }
    std::vector<Type> windowed = sliced_;
    windowed.resize(sliced_.size() + 3, Type::TimestampTz());
    const auto make = [this](const WindowSpec& of) {
      return [this, &of](OperatorContext context) {
        context.late = &late;
        return MakeWindows(of, context);
      };
    };
    first_ = std::make_unique<OperatorRun>(make(slices_), kInput, sliced_);
    second_ = std::make_unique<OperatorRun>(make(windows_), sliced_, windowed);
  }

  // The last microsecond of each row's slice, and its mark.
  std::vector<std::pair<Micros, Micros>> Slices(const std::vector<Row>& rows) {
    std::vector<std::pair<Micros, Micros>> out;
    for (const Batch& batch : Sliced(rows)) {
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        const bool marked = batch.columns.size() > 4;
        out.emplace_back(batch.columns[3].At<Micros>(row),
                         marked ? batch.columns[4].At<Micros>(row) : kNoWatermark);
      });
    }
    return out;
  }

  std::vector<std::array<int64_t, 3>> Push(const std::vector<Row>& rows) {
    Collected out;
    for (Batch& batch : Sliced(rows)) second_->Push(std::move(batch), out);
    std::vector<std::array<int64_t, 3>> windows;
    const size_t start = sliced_.size();
    for (const Batch& batch : out.batches) {
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        windows.push_back({batch.columns[0].At<int64_t>(row), batch.columns[start].At<Micros>(row),
                           batch.columns[start + 1].At<Micros>(row)});
      });
    }
    std::ranges::sort(windows);
    return windows;
  }

  std::vector<Watermark> Hear(Micros time) {
    Collected between, out;
    first_->op().OnWatermark(0, {1, time}, between);
    for (const Watermark& watermark : between.watermarks) {
      if (watermark.column == 3) second_->op().OnWatermark(0, watermark, out);
    }
    return out.watermarks;
  }

  uint64_t late = 0;

 private:
  static WindowSpec WithMode(WindowSpec spec, WindowSpec::Mode mode) {
    spec.mode = mode;
    return spec;
  }
  std::vector<Batch> Sliced(const std::vector<Row>& rows) {
    Collected out;
    first_->Push(MakeBatch(rows), out);
    EXPECT_TRUE(out.errors.empty());
    return out.batches;
  }

  const WindowSpec slices_;
  WindowSpec windows_;
  std::vector<Type> sliced_;
  std::unique_ptr<OperatorRun> first_, second_;
};

TEST(Slices, AreAsLongAsWindowsAllow) {
  SliceRun run({.time = 1, .size = 10 * kSecond, .slide = 4 * kSecond, .offset = kSecond});
  using Slice = std::vector<std::pair<Micros, Micros>>;
  EXPECT_EQ(run.Slices({{1, 0}, {2, kSecond}, {3, 3 * kSecond - 1}, {4, 3 * kSecond}}),
            (Slice{{kSecond - 1, kNoWatermark},
                   {3 * kSecond - 1, kNoWatermark},
                   {3 * kSecond - 1, kNoWatermark},
                   {5 * kSecond - 1, kNoWatermark}}));
}

TEST(Slices, AMarkTellsWhichWindowsARowHasMissed) {
  SliceRun run(
      {.time = 1, .size = 10 * kSecond, .slide = 4 * kSecond, .closes = true, .row_watermark = 2});
  // The windows of 9 s end at 10, 14 and 18 s.
  using Slice = std::vector<std::pair<Micros, Micros>>;
  EXPECT_EQ(run.Slices({{1, 9 * kSecond, 10 * kSecond - 1},
                        {2, 9 * kSecond, 10 * kSecond},
                        {3, 8 * kSecond, 14 * kSecond - 1},
                        {4, 9 * kSecond, 14 * kSecond},
                        {5, 9 * kSecond, 18 * kSecond},
                        {6, {}}}),
            (Slice{{10 * kSecond - 1, kNoWatermark},
                   {10 * kSecond - 1, 10 * kSecond},
                   {10 * kSecond - 1, 10 * kSecond},
                   {10 * kSecond - 1, 14 * kSecond}}));
  EXPECT_EQ(run.late, 5u);
}

TEST(Slices, PassTheWatermarkOn) {
  SliceRun run({.time = 1, .size = 10 * kSecond, .slide = 2 * kSecond, .closes = true});
  const std::vector<Watermark> expected = {
      {3, 30 * kSecond}, {4, 20 * kSecond + 1}, {5, 30 * kSecond + 1}, {6, 30 * kSecond}};
  EXPECT_EQ(run.Hear(30 * kSecond), expected);
}

// The windows of a row's slice are those of the row, late or not, whatever the lengths.
class SlicesTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SlicesTest, LeadToTheWindowsOfTheirRows) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  std::mt19937_64 random(GetParam());
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  WindowSpec spec{.time = 1, .closes = below(2) == 0};
  spec.slide = 1 + below(20);
  spec.size = spec.slide + below(100);
  spec.offset = below(400) - 200;
  if (spec.closes && below(3) > 0) spec.row_watermark = 2;
  WindowRun whole(spec);
  SliceRun sliced(spec);
  std::vector<Row> rows;
  for (int i = 0; i < 300; ++i) {
    const Micros time = below(1000) - 500;
    const Micros mark = below(4) == 0 ? kNoWatermark : time + below(200) - 50;
    rows.push_back({i, below(20) == 0 ? std::nullopt : std::optional<Micros>(time), mark});
  }
  Collected out;
  Step step = whole.op().OnBatch(0, MakeBatch(rows), out);
  while (step == Step::kMore) step = whole.op().Resume(out);
  std::vector<std::array<int64_t, 3>> expected;
  for (const Batch& batch : out.batches) {
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      expected.push_back({batch.columns[0].At<int64_t>(row), batch.columns[3].At<Micros>(row),
                          batch.columns[4].At<Micros>(row)});
    });
  }
  std::ranges::sort(expected);
  EXPECT_EQ(sliced.Push(rows), expected);
  EXPECT_EQ(sliced.late, whole.late);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SlicesTest, ::testing::ValuesIn(testing::Seeds(60)));

// ---- a projection of a window's columns ----

ExpressionRef Later(uint32_t column, const Interval& distance) {
  ColumnBuilder interval(Type::Interval());
  interval.Append(distance);
  const std::vector<Type> types = {Type::TimestampTz(), Type::Interval()};
  return Make(Call{BuiltinFunctions().Find("+", types),
                   {Make(ColumnRef{column, Type::TimestampTz()}),
                    Make(Constant{Value::From(interval.Finish(), 0)})},
                   Type::TimestampTz()});
}

TEST(Project, ATimeThatIsAConstantLaterHasALaterWatermark) {
  ProjectSpec spec;
  spec.outputs = {Make(ColumnRef{1, Type::TimestampTz()}), Later(1, {.micros = 10}),
                  Later(2, {.micros = -3}), Later(1, {.days = 1})};
  OperatorRun run([&](const OperatorContext& context) { return MakeProject(spec, context); },
                  kInput, std::vector<Type>(4, Type::TimestampTz()));
  Collected out;
  run.op().OnWatermark(0, {1, 100}, out);
  run.op().OnWatermark(0, {2, 100}, out);
  run.op().OnWatermark(0, {1, kNothingHeldBack}, out);
  // A day is not always as long.
  const std::vector<Watermark> expected = {
      {0, 100}, {1, 110}, {2, 97}, {0, kNothingHeldBack}, {1, kNothingHeldBack}};
  EXPECT_EQ(out.watermarks, expected);
}

// ---- CloseGroups ----

AggregateCall Count() { return {"count(*) -> bigint", {}, std::nullopt, Type::Int8()}; }

class CloseRun {
 public:
  CloseRun()
      : run_([this](const OperatorContext& context) { return MakeCloseGroups(spec_, context); },
             kInput, {Type::Int8(), Type::TimestampTz(), Type::Int8()}) {}

  void Push(const std::vector<Row>& rows) { run_.Push(MakeBatch(rows), out); }
  void Hear(Micros time) { run_.op().OnWatermark(0, {1, time}, out); }
  // Keys, windows in seconds and counts of what leaves at the barrier.
  std::vector<std::array<int64_t, 3>> EndEpoch() {
    out.batches.clear();
    run_.EndEpoch(out);
    std::vector<std::array<int64_t, 3>> left;
    for (const Batch& batch : out.batches) {
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        left.push_back({batch.columns[0].At<int64_t>(row),
                        batch.columns[1].At<Micros>(row) / kSecond,
                        batch.columns[2].At<int64_t>(row)});
      });
    }
    std::ranges::sort(left);
    return left;
  }

  Collected out{1};

 private:
  const CloseGroupsSpec spec_{{0, 1}, {Count()}, 1};
  OperatorRun run_;
};

TEST(CloseGroups, LetsAGroupLeaveOnceWhenTheWatermarkHasPassedIt) {
  CloseRun run;
  run.Push({{1, 10 * kSecond}, {1, 10 * kSecond}, {2, 20 * kSecond}});
  EXPECT_EQ(run.EndEpoch(), Windows{});
  run.Hear(10 * kSecond);
  EXPECT_EQ(run.EndEpoch(), Windows{});
  run.Push({{1, 10 * kSecond}});
  run.Hear(10 * kSecond + 1);
  EXPECT_EQ(run.EndEpoch(), (Windows{{1, 10, 3}}));
  EXPECT_EQ(run.out.watermarks.back(), (Watermark{1, 10 * kSecond + 1}));
  EXPECT_EQ(run.EndEpoch(), Windows{});
  run.Hear(60 * kSecond);
  EXPECT_EQ(run.EndEpoch(), (Windows{{2, 20, 1}}));
}

TEST(CloseGroups, BelievesTheLastWatermarkBeforeTheBarrierOnly) {
  CloseRun run;
  run.Push({{1, 10 * kSecond}});
  run.Hear(50 * kSecond);  // of one worker, while another has not said its own
  run.Hear(5 * kSecond);
  EXPECT_EQ(run.EndEpoch(), Windows{});
  run.Hear(kNothingHeldBack);  // no partition counts: time stands still
  EXPECT_EQ(run.EndEpoch(), Windows{});
  run.Hear(11 * kSecond);
  EXPECT_EQ(run.EndEpoch(), (Windows{{1, 10, 1}}));
}

TEST(CloseGroups, LeavesInPiecesThroughAFullOutput) {
  CloseRun run;
  std::vector<Row> rows;
  for (int i = 0; i < 10'000; ++i) {
    rows.push_back({i, (i % 7) * kSecond});
    if (rows.size() < 4000) continue;
    run.Push(rows);
    rows.clear();
  }
  run.Push(rows);
  run.Hear(kSecond * 100);
  EXPECT_EQ(run.EndEpoch().size(), 10'000u);
  EXPECT_EQ(run.EndEpoch(), Windows{});
}

}  // namespace
}  // namespace riverrun::executor
