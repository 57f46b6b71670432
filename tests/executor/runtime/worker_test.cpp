// That a worker does not go to sleep over what has come; all else of it is tested by the simulator.
#include "executor/runtime/worker.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace riverrun::executor {
namespace {

constexpr int kDescriptor = 42;

// A record arrives just before the reader is asked whether it has any for the `when`th time. As of
// Kafka's, whoever asks takes the signal of the descriptor.
class RacingReader : public SourceReader {
 public:
  explicit RacingReader(int& when) : when_(when) {}

  Result<std::optional<SourceBatch>> Poll(uint32_t, uint32_t) override { return std::nullopt; }
  void StopBefore(std::span<const Position>) override {}
  Result<void> Seek(std::span<const Position>) override { return {}; }
  std::vector<Position> Positions() const override { return {}; }
  bool Exhausted() const override {
    if (--when_ == 0) Arrive();
    signalled = false;
    return !arrived;
  }
  int ReadyFd() const override { return kDescriptor; }
  void Arrive() const { arrived = signalled = true; }

  mutable bool arrived = false, signalled = false;

 private:
  int& when_;
};

TEST(Worker, DoesNotSleepOverWhatComesWhileItCollectsItsWaits) {
  int asked_most = 0;
  for (int arrival = 1; arrival <= 10; ++arrival) {
    auto link = std::make_shared<WorkerLink>();
    Worker worker({}, link);
    int when = 0;
    auto reader = std::make_unique<RacingReader>(when);
    const RacingReader& records = *reader;
    ASSERT_TRUE(link->commands.TryPush(
        AddSourceCommand{SourceToRead{.object = ObjectId{7}, .reader = std::move(reader)}}));
    while (worker.Step()) continue;
    ASSERT_FALSE(records.arrived);
    when = arrival;
    const Worker::Waits waits = worker.CollectWaits();
    asked_most = std::max(asked_most, arrival - when);
    if (!records.arrived) records.Arrive();  // when it sleeps
    const bool is_told =
        records.signalled && std::ranges::find(waits.fds, kDescriptor) != waits.fds.end();
    EXPECT_TRUE(waits.has_work || is_told) << "the record came at question " << arrival;
  }
  EXPECT_LT(asked_most, 10) << "no record came after the last question";
}

}  // namespace
}  // namespace riverrun::executor
