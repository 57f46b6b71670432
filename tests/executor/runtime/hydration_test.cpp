// An input that is filled: content that ends, content that follows, and what goes wrong.
#include "executor/runtime/hydration.h"

#include <gtest/gtest.h>

#include "types/value.h"

namespace riverrun::executor {
namespace {

constexpr ObjectId kView{9};

// The numbers below its end, one a batch.
class Numbers : public BatchSource {
 public:
  Numbers(int64_t& end, bool follows) : end_(end), follows_(follows) {}
  Result<std::optional<Batch>> Next() override {
    if (end_ < 0) return riverrun::Fail(sqlstate::kIoError, "the log is gone");
    if (next_ == end_) return std::nullopt;
    Batch batch;
    batch.rows = 1;
    batch.columns = {Value::Int8(next_++).column()};
    return batch;
  }
  bool Follows() const override { return follows_; }
  void ReadOn(std::span<const Position> to, std::span<const WatermarkRaise>) override {
    end_ = to.front().offset;
  }

 private:
  int64_t& end_;
  const bool follows_;
  int64_t next_ = 0;
};

class HydrationTest : public ::testing::Test {
 protected:
  void Begin(bool follows, Feed& feed) {
    state_->behind->rows = !follows;
    input_ =
        MakeHydratingInput(kView, {1, 0}, std::make_unique<Numbers>(end_, follows),
                           {Watermark{0, 77}}, feed.Subscribe({0}, state_->behind), state_, waits_);
  }
  static void Epoch(Feed& feed, riverrun::Epoch number, int64_t value) {
    feed.Put(EpochOpen{{number, 0}});
    Batch batch;
    batch.rows = 1;
    batch.columns = {Value::Int8(value).column()};
    feed.Put(std::move(batch));
    Position end;
    end.offset = value + 1;
    feed.NoteEnd({end}, {});
    feed.Put(Barrier{.info = {number, 0}});
  }
  // What comes until nothing does: "(1" opens epoch 1, "1)" ends it.
  std::string Read() {
    std::string text;
    while (std::optional<Message> message = input_->Poll()) {
      if (!text.empty()) text += " ";
      if (const auto* open = std::get_if<EpochOpen>(&*message)) {
        text += "(" + std::to_string(open->info.epoch);
      } else if (const auto* barrier = std::get_if<Barrier>(&*message)) {
        text += std::to_string(barrier->info.epoch) + ")";
      } else if (const auto* mark = std::get_if<Watermark>(&*message)) {
        text += "<" + std::to_string(mark->time);
      } else {
        text += std::to_string(std::get<Batch>(*message).columns[0].At<int64_t>(0));
      }
    }
    return text;
  }

  int64_t end_ = 2;
  std::shared_ptr<HydratingState> state_ = std::make_shared<HydratingState>();
  std::shared_ptr<HydrationWaits> waits_ = std::make_shared<HydrationWaits>();
  std::unique_ptr<PipelineInput> input_;
};

TEST_F(HydrationTest, ContentComesBeforeWhatHasWaited) {
  Feed feed(4);
  Begin(false, feed);
  Epoch(feed, 2, 50);
  EXPECT_EQ(Read(), "(1 0 1 <77 1) (2 50 2)");
}

TEST_F(HydrationTest, LogIsReadOnUntilTheFeedHasTheRows) {
  Feed feed(4);
  Begin(true, feed);
  EXPECT_EQ(Read(), "(1 0 1");
  EXPECT_TRUE(state_->content_read);
  Epoch(feed, 2, 2);
  Epoch(feed, 3, 3);
  EXPECT_EQ(Read(), "2 3");
  Epoch(feed, 4, 4);
  state_->behind->rows = true;  // at rest
  Epoch(feed, 5, 5);
  EXPECT_EQ(Read(), "4 <77 1) (2 2) (3 3) (4 4) (5 5 5)");
}

TEST_F(HydrationTest, TooMuchThatWaitsEndsIt) {
  Feed feed(4, 5'000);
  Begin(false, feed);
  for (riverrun::Epoch epoch = 2; epoch < 100; ++epoch) Epoch(feed, epoch, 0);
  EXPECT_EQ(Read(), "");
  ASSERT_EQ(waits_->failures.size(), 1);
  EXPECT_EQ(waits_->failures.front().first, kView);
  EXPECT_EQ(waits_->failures.front().second.sqlstate, sqlstate::kConfigurationLimitExceeded);
  EXPECT_EQ(Read(), "");
  EXPECT_EQ(waits_->failures.size(), 1) << "said once";
}

TEST_F(HydrationTest, FailureOfTheContentIsSaid) {
  Feed feed(4);
  Begin(true, feed);
  end_ = -1;
  EXPECT_EQ(Read(), "(1");
  ASSERT_EQ(waits_->failures.size(), 1);
  EXPECT_EQ(waits_->failures.front().second.text, "the log is gone");
}

}  // namespace
}  // namespace riverrun::executor
