// The coordinator alone: the test plays the workers, the clock and the journal.
#include "executor/runtime/coordinator.h"

#include <gtest/gtest.h>

namespace riverrun::executor {
namespace {

class TestClock : public Clock {
 public:
  Micros Now() override { return now; }
  Micros now = 1'000'000;
};

class TestLog : public CutLog {
 public:
  Result<void> Append(const storage::CutRecord& cut) override {
    if (failing) return Fail(sqlstate::kIoError, "the disk is gone");
    appended.push_back(cut);
    return {};
  }
  bool Durable(Lsn lsn) override { return lsn <= durable; }

  bool failing = false;
  Lsn durable = UINT64_MAX;
  std::vector<storage::CutRecord> appended;
};

class CoordinatorTest : public ::testing::Test {
 protected:
  CoordinatorTest() {
    for (int i = 0; i < kWorkers; ++i) links_.push_back(std::make_shared<WorkerLink>());
    coordinator_ =
        std::make_unique<Coordinator>(links_, clock_, log_, CoordinatorOptions{}, kFirst);
    coordinator_->OnPublished(
        [this](const storage::CutRecord& cut) { published_.push_back(cut.info.epoch); });
    coordinator_->OnJoined([this](ObjectId id) { joined_.push_back(id); });
  }

  void Run() {
    while (coordinator_->Step()) {
    }
  }
  // What a worker has been told since the last call, in words.
  std::string Told(int worker) {
    std::string told;
    while (auto command = links_[worker]->commands.TryPop()) {
      told += told.empty() ? "" : " ";
      if (auto* open = std::get_if<OpenCommand>(&*command)) {
        told += "open" + std::to_string(open->info.epoch);
      } else if (auto* cut = std::get_if<CutCommand>(&*command)) {
        told += "cut" + std::to_string(cut->cut.info.epoch);
      } else if (auto* join = std::get_if<JoinCommand>(&*command)) {
        told += "join" + std::to_string(join->dataflow.value);
      } else if (auto* live = std::get_if<GoLiveCommand>(&*command)) {
        told += "live" + std::to_string(live->dataflow.value);
      } else if (auto* detach = std::get_if<DetachCommand>(&*command)) {
        told += "detach" + std::to_string(detach->dataflow.value);
      } else if (auto* attach = std::get_if<AttachCommand>(&*command)) {
        told += "attach" + std::to_string(attach->dataflow.value);
      } else if (auto* wake = std::get_if<WakeCommand>(&*command)) {
        told += "wake" + std::to_string(wake->partition) + "to" + std::to_string(wake->to);
      }
    }
    return told;
  }
  std::string ToldAll() {
    const std::string first = Told(0);
    for (int i = 1; i < kWorkers; ++i) EXPECT_EQ(Told(i), first);
    return first;
  }
  void Say(int worker, WorkerReport report) {
    EXPECT_TRUE(links_[worker]->reports.TryPush(std::move(report)));
  }
  void SayAll(const std::function<WorkerReport()>& make) {
    for (int i = 0; i < kWorkers; ++i) Say(i, make());
  }
  void EndAndComplete(Epoch epoch) {
    SayAll([&] { return CutReport{.epoch = epoch, .positions = {}}; });
    SayAll([&] { return CompletedReport{epoch}; });
    Run();
  }
  static Coordinator::Commands AttachHydrating(std::vector<uint32_t> ids) {
    Coordinator::Commands commands;
    for (const uint32_t id : ids) {
      for (int i = 0; i < kWorkers; ++i) {
        AttachCommand attach;
        attach.dataflow = {id};
        attach.hydration = Hydration{};
        commands.emplace_back(i, std::move(attach));
      }
    }
    return commands;
  }

  // The first worker is told to read a stream with a watermark.
  static Coordinator::Commands AddTimedSource(uint32_t id, uint32_t first_generation) {
    AddSourceCommand add{{.object = {id}, .reader = nullptr}};
    auto completion = std::make_shared<CompletionSpec>();
    completion->watermarked = 0;
    add.source.completion = std::move(completion);
    add.source.first_generation = first_generation;
    Coordinator::Commands commands;
    commands.emplace_back(0, std::move(add));
    return commands;
  }
  void ChangeAndObey(Coordinator::Commands commands) {
    const size_t count = commands.size();
    coordinator_->Change(std::move(commands));
    Run();
    for (size_t i = 0; i < count; ++i) Say(0, ObeyedReport{});
    Run();
    ToldEach();
  }
  void ToldEach() {
    for (int i = 0; i < kWorkers; ++i) Told(i);
  }
  void EpochWith(std::vector<Position> positions,
                 std::vector<std::pair<ObjectId, WatermarkRaise>> raises = {}) {
    coordinator_->RequestCut(++lsn_);
    clock_.now += 1'000;
    Run();
    ToldEach();
    const Epoch epoch = next_epoch_++;
    Say(0, CutReport{.epoch = epoch, .positions = std::move(positions), .raises = raises});
    Say(1, CutReport{.epoch = epoch, .positions = {}});
    SayAll([&] { return CompletedReport{epoch}; });
    Run();
  }

  Lsn lsn_ = 0;
  Epoch next_epoch_ = kFirst;
  static constexpr int kWorkers = 2;
  static constexpr Epoch kFirst = 10;
  TestClock clock_;
  TestLog log_;
  std::vector<std::shared_ptr<WorkerLink>> links_;
  std::unique_ptr<Coordinator> coordinator_;
  std::vector<Epoch> published_;
  std::vector<ObjectId> joined_;
};

TEST_F(CoordinatorTest, WithoutInputAndWaiterThereIsNoEpochAndNoDeadline) {
  clock_.now += 10'000'000;
  EXPECT_FALSE(coordinator_->Step());
  EXPECT_EQ(coordinator_->NextDeadline(), std::nullopt);
  EXPECT_EQ(ToldAll(), "");
}

TEST_F(CoordinatorTest, CommitIsCutAtOnceAndPublishedWhenAllHaveItAndItIsDurable) {
  log_.durable = 0;
  coordinator_->RequestCut(7);
  Run();
  EXPECT_EQ(ToldAll(), "open10 cut10");
  Say(0, CutReport{.epoch = 10, .positions = {}});
  Run();
  EXPECT_TRUE(log_.appended.empty()) << "one worker has not ended the epoch";
  Say(1, CutReport{.epoch = 10, .positions = {}});
  SayAll([] { return CompletedReport{10}; });
  Run();
  ASSERT_EQ(log_.appended.size(), 1);
  EXPECT_EQ(log_.appended[0].commits_before, 7);
  EXPECT_TRUE(published_.empty()) << "the commit is not durable";
  log_.durable = 7;
  Run();
  EXPECT_EQ(published_, std::vector<Epoch>{10});
}

TEST_F(CoordinatorTest, TwoCutsAreAtLeastAMillisecondApart) {
  coordinator_->RequestCut(1);
  Run();
  ToldAll();
  coordinator_->RequestCut(2);
  Run();
  EXPECT_EQ(ToldAll(), "open11");
  const auto deadline = coordinator_->NextDeadline();
  ASSERT_TRUE(deadline.has_value());
  EXPECT_EQ(*deadline, clock_.now + 1'000);
  clock_.now = *deadline;
  Run();
  EXPECT_EQ(ToldAll(), "cut11");
}

TEST_F(CoordinatorTest, RowsOfSourcesAreCutWhenAllHaveRunDry) {
  Say(0, ActivityReport{Activity::kWaiting});
  Run();
  EXPECT_EQ(ToldAll(), "open10");
  Say(0, ActivityReport{Activity::kBusy});
  clock_.now += 5'000;
  Run();
  EXPECT_EQ(ToldAll(), "") << "there is more to read";
  Say(0, ActivityReport{Activity::kDry});
  Run();
  EXPECT_EQ(ToldAll(), "cut10");
}

TEST_F(CoordinatorTest, RowsOfBusySourcesAreCutAfterTwentyMilliseconds) {
  Say(1, ActivityReport{Activity::kWaiting});
  Run();
  Say(1, ActivityReport{Activity::kBusy});
  Run();
  ToldAll();
  const auto deadline = coordinator_->NextDeadline();
  ASSERT_TRUE(deadline.has_value());
  EXPECT_EQ(*deadline, clock_.now + 20'000);
  clock_.now = *deadline;
  Run();
  EXPECT_EQ(ToldAll(), "cut10");
}

TEST_F(CoordinatorTest, AtMostSixteenEpochsAreInFlight) {
  for (Lsn lsn = 1; lsn <= 30; ++lsn) {
    coordinator_->RequestCut(lsn);
    clock_.now += 1'000;
    Run();
    ToldAll();
  }
  EndAndComplete(10);
  EXPECT_EQ(published_, std::vector<Epoch>{10});
  EXPECT_EQ(ToldAll(), "open26 cut26") << "one published, one opened";
}

TEST_F(CoordinatorTest, ReplayMakesTheSameEpochsAndAppendsNone) {
  coordinator_->Replay({{.info = {3, 30}, .commits_before = 5, .positions = {}},
                        {.info = {5, 50}, .commits_before = 9, .positions = {}}});
  Run();
  EXPECT_EQ(ToldAll(), "open3 cut3 open5 cut5");
  EndAndComplete(3);
  EndAndComplete(5);
  EXPECT_EQ(published_, (std::vector<Epoch>{3, 5}));
  EXPECT_TRUE(log_.appended.empty());
}

TEST_F(CoordinatorTest, ChangeIsMadeAtRestAndNoEpochOpensBeforeItIsObeyed) {
  coordinator_->RequestCut(1);
  Run();
  ToldAll();
  bool made = false;
  coordinator_->Change([&] {
    made = true;
    return Coordinator::Commands{};
  });
  coordinator_->Change(AttachHydrating({5}));
  coordinator_->RequestCut(2);
  clock_.now += 1'000;
  Run();
  EXPECT_FALSE(made) << "an epoch is in flight";
  EndAndComplete(10);
  EXPECT_TRUE(made);
  EXPECT_EQ(ToldAll(), "attach5");
  SayAll([] { return ObeyedReport{}; });
  Run();
  EXPECT_EQ(ToldAll(), "open11 cut11");
}

TEST_F(CoordinatorTest, HydratedDataflowsOfOneChangeAreJoinedTogether) {
  coordinator_->Change(AttachHydrating({5, 6}));
  Run();
  EXPECT_EQ(ToldAll(), "attach5 attach6");
  SayAll([] { return ObeyedReport{}; });
  SayAll([] { return ObeyedReport{}; });
  SayAll([] { return CaughtUpReport{{5}, 1}; });
  Say(0, CaughtUpReport{{6}, 1});
  Run();
  EXPECT_EQ(ToldAll(), "") << "6 is behind on a worker";
  Say(1, CaughtUpReport{{6}, 1});
  Run();
  EXPECT_EQ(ToldAll(), "join5 join6");
  SayAll([] { return ObeyedReport{}; });
  SayAll([] { return ObeyedReport{}; });
  Run();
  EXPECT_EQ(ToldAll(), "open10 cut10") << "a join asks for an epoch";
  EXPECT_TRUE(joined_.empty());
  EndAndComplete(10);
  EXPECT_EQ(joined_, (std::vector<ObjectId>{{5}, {6}}));
}

TEST_F(CoordinatorTest, DataflowThatReadsItsSourcesItselfGoesLiveOnAllWorkersAtRest) {
  coordinator_->Change(AttachHydrating({5}));
  Run();
  ToldAll();
  SayAll([] { return ObeyedReport{}; });
  coordinator_->RequestCut(1);
  Run();
  EXPECT_EQ(ToldAll(), "open10 cut10");
  Say(0, ContentReadReport{{5}, 1});
  Say(1, ContentReadReport{{5}, 7});  // of another of this name
  EndAndComplete(10);
  EXPECT_EQ(ToldAll(), "") << "the second worker has not read it all";
  coordinator_->RequestCut(2);
  clock_.now += 1'000;
  Run();
  EXPECT_EQ(ToldAll(), "open11 cut11");
  Say(1, ContentReadReport{{5}, 1});
  Run();
  EXPECT_EQ(ToldAll(), "") << "an epoch is in flight";
  EndAndComplete(11);
  EXPECT_EQ(ToldAll(), "live5");
}

TEST_F(CoordinatorTest, DataflowDetachedWhileItHydratesIsNotWaitedFor) {
  coordinator_->Change(AttachHydrating({5, 6}));
  Run();
  ToldAll();
  for (int i = 0; i < 2; ++i) SayAll([] { return ObeyedReport{}; });
  SayAll([] { return CaughtUpReport{{5}, 1}; });
  Run();
  Coordinator::Commands detach;
  for (int i = 0; i < kWorkers; ++i) detach.emplace_back(i, DetachCommand{{6}});
  coordinator_->Change(std::move(detach));
  Run();
  EXPECT_EQ(ToldAll(), "detach6");
  SayAll([] { return ObeyedReport{}; });
  Run();
  EXPECT_EQ(ToldAll(), "join5");
}

TEST_F(CoordinatorTest, ReportOfADataflowThatHasBeenReplacedIsIgnored) {
  std::vector<std::string> failed;
  coordinator_->OnHydrationFailed([&](ObjectId id, const Error& error) {
    failed.push_back(std::to_string(id.value) + error.text);
    return Coordinator::Commands{};
  });
  coordinator_->Change(AttachHydrating({5}));
  Run();
  ToldAll();
  SayAll([] { return ObeyedReport{}; });
  Run();
  Coordinator::Commands anew;
  for (int i = 0; i < kWorkers; ++i) anew.emplace_back(i, DetachCommand{{5}});
  for (auto& command : AttachHydrating({5})) anew.push_back(std::move(command));
  coordinator_->Change(std::move(anew));
  Run();
  EXPECT_EQ(ToldAll(), "detach5 attach5");
  // Sent before the worker heard of the change.
  SayAll([] { return CaughtUpReport{{5}, 1}; });
  Say(1, HydrationFailedReport{{5}, 1, {sqlstate::kIoError, " old"}});
  for (int i = 0; i < 2; ++i) SayAll([] { return ObeyedReport{}; });
  Run();
  EXPECT_EQ(ToldAll(), "");
  EXPECT_TRUE(failed.empty());
  Say(1, HydrationFailedReport{{5}, 2, {sqlstate::kIoError, " new"}});
  Run();
  EXPECT_EQ(failed, std::vector<std::string>{"5 new"});
  SayAll([] { return CaughtUpReport{{5}, 2}; });
  Run();
  EXPECT_EQ(ToldAll(), "join5");
}

TEST_F(CoordinatorTest, LateRowsAreForgottenWithTheDataflowThatFoundThem) {
  coordinator_->RequestCut(1);
  Run();
  ToldAll();
  SayAll([] { return CutReport{.epoch = 10, .positions = {}}; });
  SayAll([] { return CompletedReport{10, {{ObjectId{5}, 3}}}; });
  Run();
  EXPECT_EQ(coordinator_->Late(), (std::map<ObjectId, uint64_t>{{{5}, 6}}));
  Coordinator::Commands anew;
  for (int i = 0; i < kWorkers; ++i) anew.emplace_back(i, DetachCommand{{5}});
  for (auto& command : AttachHydrating({5})) anew.push_back(std::move(command));
  coordinator_->Change(std::move(anew));
  Run();
  EXPECT_TRUE(coordinator_->Late().empty());
}

TEST_F(CoordinatorTest, TimeOfASourceIsForgottenBeforeTheChangeThatAddsItAnew) {
  ChangeAndObey(AddTimedSource(7, 0));
  EpochWith({{.source = {7}, .offset = 4, .watermark = 100}}, {{{7}, {0, 0, 4, 100}}});
  EXPECT_EQ(coordinator_->ReachedBy({7}), 100);
  EXPECT_EQ(coordinator_->RaisesOf({7}).size(), 1);
  coordinator_->Change([&] {
    coordinator_->ForgetTime({7});
    EXPECT_EQ(coordinator_->ReachedBy({7}), kNoWatermark) << "what is attached now hears this";
    EXPECT_TRUE(coordinator_->RaisesOf({7}).empty());
    return AddTimedSource(7, 1);
  });
  Run();
  Say(0, ObeyedReport{});
  EpochWith({{.source = {7}, .generation = 0, .offset = 4, .watermark = 100}});
  EXPECT_EQ(coordinator_->ReachedBy({7}), kNoWatermark) << "the stream before it was rebuilt";
  EpochWith({{.source = {7}, .generation = 1, .offset = 2, .watermark = 50}});
  EXPECT_EQ(coordinator_->ReachedBy({7}), 50);
}

TEST_F(CoordinatorTest, PartitionThatBeginsIdleIsToldWhereTimeIs) {
  ChangeAndObey(AddTimedSource(7, 0));
  const Position first{.source = {7}, .offset = 4, .watermark = 100};
  Position added{.source = {7}, .partition = 1, .watermark = kNoWatermark, .idle = true};
  EpochWith({first});
  EpochWith({first, added});
  EXPECT_EQ(ToldAll(), "wake1to100");
  SayAll([] { return ObeyedReport{}; });
  added.idle = false;
  added.watermark = 100;
  EpochWith({first, added});
  added.idle = true;
  EpochWith({first, added});
  EXPECT_EQ(ToldAll(), "") << "this one has been idle for long";
}

TEST_F(CoordinatorTest, RaisesOfEarlierGenerationsAreForgotten) {
  ChangeAndObey(AddTimedSource(7, 0));
  const ObjectId id{7};
  EpochWith({}, {{id, {0, 0, 4, 100}}, {id, {1, 0, 4, 100}}});
  EpochWith({}, {{id, {0, 1, 2, 100}}, {id, {0, 1, 5, 200}}});
  const std::vector<WatermarkRaise> left = {{1, 0, 4, 100}, {0, 1, 2, 100}, {0, 1, 5, 200}};
  EXPECT_EQ(coordinator_->RaisesOf({7}), left);
}

TEST_F(CoordinatorTest, ChangeLargerThanTheChannelIsSentInPieces) {
  std::vector<uint32_t> ids;
  for (uint32_t id = 1; id <= 100; ++id) ids.push_back(id);
  coordinator_->Change(AttachHydrating(ids));
  Run();
  size_t told = 0;
  for (int round = 0; round < 10; ++round) {
    for (int worker = 0; worker < kWorkers; ++worker) {
      while (links_[worker]->commands.TryPop()) {
        ++told;
        Say(worker, ObeyedReport{});
      }
    }
    Run();
  }
  EXPECT_EQ(told, 200);
}

TEST_F(CoordinatorTest, FailedJournalIsToldOnceAndNothingIsPublished) {
  std::vector<std::string> failures;
  coordinator_->OnFailure([&](const Error& error) { failures.push_back(error.text); });
  log_.failing = true;
  coordinator_->RequestCut(1);
  Run();
  EndAndComplete(10);
  EXPECT_EQ(failures, std::vector<std::string>{"the disk is gone"});
  EXPECT_TRUE(published_.empty());
  bool made = false;
  coordinator_->Change([&] {
    made = true;
    return Coordinator::Commands{};
  });
  Run();
  EXPECT_TRUE(made) << "whoever waits for a change hears of it";
}

}  // namespace
}  // namespace riverrun::executor
