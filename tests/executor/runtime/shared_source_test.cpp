// One source on one worker: generations, partitions that are added, and a replay that fails.
#include "executor/runtime/shared_source.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "types/column/column_builder.h"

namespace riverrun::executor {
namespace {

constexpr ObjectId kStream{7};

// Every record of every partition is its offset; its end is where the test says.
class CountingReader : public SourceReader {
 public:
  CountingReader(std::vector<Position> start, std::map<int32_t, int64_t>& ends)
      : positions_(std::move(start)), ends_(ends) {}

  Result<std::optional<SourceBatch>> Poll(uint32_t, uint32_t) override {
    for (Position& at : positions_) {
      if (broken) return Fail(sqlstate::kObjectNotInPrerequisiteState, "the records are gone");
      if (at.offset >= std::min(BoundOf(at), ends_[at.partition])) continue;
      SourceBatch batch{.partition = at.partition,
                        .first_offset = at.offset,
                        .next_offset = at.offset + 1,
                        .rows = {}};
      batch.rows.rows = 1;
      ColumnBuilder time(Type::TimestampTz());
      time.Append(at.offset);
      batch.rows.columns = {time.Finish()};
      ++at.offset;
      return batch;
    }
    return std::nullopt;
  }
  void StopBefore(std::span<const Position> bounds) override {
    bounds_.assign(bounds.begin(), bounds.end());
  }
  Result<void> Seek(std::span<const Position> positions) override {
    for (Position& at : positions_) {
      const auto to = std::ranges::find(positions, at.partition, &Position::partition);
      if (to != positions.end()) at = *to;
    }
    return {};
  }
  std::vector<Position> Positions() const override { return positions_; }
  bool Exhausted() const override {
    return std::ranges::all_of(
        positions_, [&](const Position& at) { return at.offset >= ends_[at.partition]; });
  }
  int ReadyFd() const override { return 42; }

  bool broken = false;

 private:
  int64_t BoundOf(const Position& at) const {
    const auto bound = std::ranges::find(bounds_, at.partition, &Position::partition);
    return bound == bounds_.end() ? INT64_MAX : bound->offset;
  }

  std::vector<Position> positions_;
  std::map<int32_t, int64_t>& ends_;
  std::vector<Position> bounds_;
};

Position At(int32_t partition, uint32_t generation, int64_t offset) {
  return {.source = kStream, .partition = partition, .generation = generation, .offset = offset};
}

// A stream of one column, a time, with a watermark that is the time itself.
std::shared_ptr<const CompletionSpec> TimeItself() {
  auto spec = std::make_shared<CompletionSpec>();
  spec->given = {0};
  spec->columns = {Make(ColumnRef{0, Type::TimestampTz()})};
  spec->watermarked = 0;
  spec->watermark = spec->columns[0];
  spec->settings = std::make_shared<const Settings>();
  return spec;
}

class SharedSourceTest : public ::testing::Test {
 protected:
  void Start(std::vector<Position> start, std::vector<Position> later = {}) {
    SourceToRead source{.object = kStream,
                        .reader = std::make_unique<CountingReader>(std::move(start), ends_)};
    reader_ = static_cast<CountingReader*>(source.reader.get());
    source.completion = TimeItself();
    source.later_starts = std::move(later);
    source_ = std::make_unique<SharedSource>(std::move(source), 1000);
    input_ = source_->feed().Subscribe({0, 1});
  }
  void Replace(std::vector<Position> start) {
    source_->Replace([&](const std::vector<Position>& positions) {
      for (Position& at : start) {
        const auto before = std::ranges::find(positions, at.partition, &Position::partition);
        const bool goes_on = before != positions.end() && before->generation == at.generation;
        if (goes_on) at = *before;
      }
      return Result<std::unique_ptr<SourceReader>>(
          std::make_unique<CountingReader>(std::move(start), ends_));
    });
  }
  // An epoch that reads what there is, or what a cut has recorded.
  std::vector<Position> LiveEpoch() {
    source_->Open({++epoch_, 0}, false);
    while (source_->Step()) {
    }
    source_->End({{epoch_, 0}, 0, nullptr});
    while (source_->Step()) {
    }
    EXPECT_FALSE(source_->open());
    return source_->cut_positions();
  }
  void Replay(std::vector<Position> recorded) {
    source_->Open({++epoch_, 0}, true);
    source_->End({{epoch_, 0}, 0, std::make_shared<const std::vector<Position>>(recorded)});
    for (int step = 0; step < 100; ++step) source_->Step();
    EXPECT_FALSE(source_->open()) << "the cut is not reached";
  }
  // Rows since the last call as "time<watermark" in order, and the last watermark of the stream.
  std::string Rows() {
    std::string rows;
    while (std::optional<Message> message = input_->Poll()) {
      if (const auto* mark = std::get_if<Watermark>(&*message)) heard_ = mark->time;
      const auto* batch = std::get_if<Batch>(&*message);
      if (batch == nullptr) continue;
      rows += rows.empty() ? "" : " ";
      rows += std::to_string(batch->columns[0].At<int64_t>(0)) + "<" +
              std::to_string(batch->columns[1].At<int64_t>(0));
    }
    return rows;
  }

  std::map<int32_t, int64_t> ends_;
  std::unique_ptr<SharedSource> source_;
  CountingReader* reader_ = nullptr;
  std::unique_ptr<PipelineInput> input_;
  Micros heard_ = kNoWatermark;
  Epoch epoch_ = 0;
};

TEST_F(SharedSourceTest, PartitionAddedLaterWaitsUntilItsTimeIsTheStreams) {
  ends_ = {{0, 10}};
  Start({At(0, 0, 5)});
  LiveEpoch();
  EXPECT_EQ(Rows(), "5<5 6<6 7<7 8<8 9<9");
  EXPECT_EQ(heard_, 9);
  ends_[1] = 3;
  Replace({At(0, 0, 5), At(1, 0, 0)});
  std::vector<Position> first = LiveEpoch();
  EXPECT_EQ(Rows(), "") << "its rows wait";
  EXPECT_EQ(heard_, 9) << "it does not hold time back";
  EXPECT_TRUE(first[1].idle);
  EXPECT_EQ(first[1].offset, 0);
  source_->times()->Wake(1, 9);
  const std::vector<Position> second = LiveEpoch();
  EXPECT_EQ(second[1].watermark, 9);
  EXPECT_FALSE(second[1].idle);
  const std::vector<WatermarkRaise> raised = {{1, 0, 0, 9}};
  EXPECT_EQ(source_->cut_raises(), raised);
  LiveEpoch();
  EXPECT_EQ(Rows(), "0<9 1<9 2<9");
}

TEST_F(SharedSourceTest, ReplayDoesNotCountAPartitionThatNoCutNames) {
  ends_ = {{0, 10}, {1, 3}};
  Start({At(0, 0, 5), At(1, 0, 0)});
  Position first = At(0, 0, 10);
  first.watermark = 9;
  Replay({first});
  EXPECT_EQ(Rows(), "5<5 6<6 7<7 8<8 9<9");
  EXPECT_EQ(heard_, 9);
  Position added = At(1, 0, 0);
  added.idle = true;
  Replay({first, added});
  added.idle = false;
  added.watermark = 9;
  Replay({first, added});
  added.offset = 3;
  Replay({first, added});
  EXPECT_EQ(Rows(), "0<9 1<9 2<9");
}

TEST_F(SharedSourceTest, NewGenerationGoesOnFromTheTimeOfTheOneBefore) {
  ends_ = {{0, 10}};
  Start({At(0, 0, 8)});
  LiveEpoch();
  Replace({At(0, 1, 2)});
  ends_[0] = 3;
  const std::vector<Position> at = LiveEpoch();
  EXPECT_EQ(at[0].generation, 1);
  EXPECT_EQ(Rows(), "8<8 9<9 2<9");
  const std::vector<WatermarkRaise> raised = {{0, 1, 2, 9}};
  EXPECT_EQ(source_->cut_raises(), raised);
}

TEST_F(SharedSourceTest, ReaderOfAGenerationIsNotGivenTheRowsBefore) {
  ends_ = {{0, 10}};
  Start({At(0, 0, 8)}, {At(0, 1, 4)});
  const auto later = source_->feed().Subscribe({0}, nullptr, 1);
  Replay({At(0, 0, 10)});
  Replay({At(0, 1, 6)});
  EXPECT_EQ(Rows(), "8<8 9<9 4<9 5<9");
  std::vector<int64_t> rows;
  int barriers = 0;
  while (std::optional<Message> message = later->Poll()) {
    if (std::holds_alternative<Barrier>(*message)) ++barriers;
    const auto* batch = std::get_if<Batch>(&*message);
    if (batch != nullptr) rows.push_back(batch->columns[0].At<int64_t>(0));
  }
  EXPECT_EQ(rows, (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(barriers, 2);
}

TEST_F(SharedSourceTest, ReplayThatFailsKeepsWhatWasRecorded) {
  ends_ = {{0, 10}};
  Start({At(0, 0, 0)}, {At(0, 1, 3)});
  Replay({At(0, 0, 4)});
  EXPECT_FALSE(source_->Report().missed_replay);
  reader_->broken = true;
  Replay({At(0, 0, 8)});
  EXPECT_EQ(source_->cut_positions()[0].offset, 8);
  Replay({At(0, 1, 5)});
  const std::vector<Position> live = LiveEpoch();
  EXPECT_EQ(live[0].generation, 1);
  EXPECT_EQ(live[0].offset, 5);
  const SourceReport report = source_->Report();
  EXPECT_TRUE(report.missed_replay);
  EXPECT_EQ(report.failure->text, "the records are gone");
}

TEST_F(SharedSourceTest, ArrivalsAreOfNoInterestWhileRowsWaitForAnEpoch) {
  Start({At(0, 0, 0)});
  EXPECT_EQ(source_->ReadyFd(), 42);
  ends_[0] = 5;
  EXPECT_TRUE(source_->WantsEpoch());
  EXPECT_EQ(source_->ReadyFd(), -1) << "its worker would not sleep until there is an epoch";
  LiveEpoch();
  EXPECT_EQ(source_->ReadyFd(), 42);
}

}  // namespace
}  // namespace riverrun::executor
