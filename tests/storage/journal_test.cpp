#include "storage/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/storage/journal_fixture.h"

namespace riverrun::storage {
namespace {

using simulation::CrashKind;
using simulation::MemoryFileSystem;
using ::testing::HasSubstr;

size_t SegmentCount(const MemoryFileSystem& files) {
  size_t count = 0;
  for (const std::string& path : files.Paths()) count += path.ends_with(".segment") ? 1 : 0;
  return count;
}

TEST(Journal, NewOneIsEmpty) {
  MemoryFileSystem files(1);
  const auto journal = MustOpen(files);
  EXPECT_EQ(journal->Begin(), 0u);
  EXPECT_EQ(journal->End(), 0u);
  EXPECT_EQ(journal->Durable(), 0u);
  EXPECT_EQ(journal->incarnation(), SmallOptions().new_incarnation);
  EXPECT_TRUE(ReadAll(*journal).empty());
}

TEST(Journal, KeepsItsIncarnation) {
  MemoryFileSystem files(1);
  MustOpen(files);
  JournalOptions options = SmallOptions();
  options.new_incarnation.bytes = {9};
  EXPECT_EQ(MustOpen(files, options)->incarnation(), SmallOptions().new_incarnation);
}

TEST(Journal, ReadersSeeEveryRecordInOrderInMemoryAndFromFiles) {
  for (const uint64_t tail_bytes : {0, 300, 100'000}) {
    MemoryFileSystem files(1);
    const auto journal = MustOpen(files, SmallOptions(400, 150, tail_bytes));
    auto early = journal->NewReader(0);
    std::vector<Placed> all;
    size_t read = 0;
    for (uint64_t i = 0; i < 30; ++i) {
      all.push_back(MustAppend(*journal, MakeCommit(i, std::string(i * 40, 'x'))));
      all.push_back(MustAppend(*journal, MakeCut(i, journal->End(), 2)));
      if (i % 7 == 0) all.push_back(MustAppend(*journal, CheckpointRecord{i, i, all.front().lsn}));
      if (i == 10) {
        EXPECT_EQ(*ReadOn(**early), all);
        read = all.size();
      }
    }
    EXPECT_GT(SegmentCount(files), 10u);
    EXPECT_EQ(ReadAll(*journal), all);
    EXPECT_EQ((*early)->position(), all[read].lsn);
    EXPECT_EQ((*ReadOn(**early)).size(), all.size() - read);
    EXPECT_EQ((*early)->position(), journal->End());
    for (const Placed& place : all) {
      ASSERT_TRUE((*early)->SeekTo(place.lsn));
      EXPECT_EQ((**(*early)->Next()).first, place.lsn);
    }
  }
}

TEST(Journal, PositionsCountBytesOfFramesAcrossSegments) {
  MemoryFileSystem files(1);
  const auto journal = MustOpen(files);
  for (int i = 0; i < 20; ++i) MustAppend(*journal, MakeCut(1, 2, 3));
  uint64_t bytes = 0;
  for (const std::string& path : files.Paths()) {
    if (!path.ends_with(".segment")) continue;
    EXPECT_EQ(path, std::string(kJournalDirectory) + "/" + SegmentName(bytes));
    bytes += files.Content(path).size() - kSegmentHeaderBytes;
  }
  EXPECT_EQ(journal->End(), bytes);
}

TEST(Journal, GoesOnWhereItStoppedAfterAStart) {
  MemoryFileSystem files(1);
  std::vector<Placed> all;
  for (uint64_t round = 0; round < 5; ++round) {
    const auto journal = MustOpen(files);
    EXPECT_EQ(ReadAll(*journal), all);
    for (uint64_t i = 0; i < 4; ++i) {
      all.push_back(MustAppend(*journal, MakeCommit(round * 10 + i, std::string(i * 100, 'y'))));
    }
    files.Crash(CrashKind::kKill);
  }
}

TEST(Journal, OnlyWhatIsAskedForIsSynced) {
  MemoryFileSystem files(1);
  int told = 0;
  JournalOptions options = SmallOptions(100'000);
  options.on_durable = [&told] { ++told; };
  const auto journal = MustOpen(files, options);
  const Lsn first = MustAppend(*journal, MakeCommit(1, "a")).lsn;
  const Lsn second = MustAppend(*journal, MakeCommit(2, "b")).lsn;
  EXPECT_FALSE(journal->Step());
  EXPECT_EQ(journal->Durable(), 0u);
  journal->RequestDurable(first);
  EXPECT_TRUE(journal->Step());
  EXPECT_EQ(journal->Durable(), journal->End());  // the whole group
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(journal->WaitDurable(second));
  EXPECT_EQ(told, 1);
}

TEST(Journal, PowerLossKeepsWhatWasWaitedFor) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    MemoryFileSystem files(seed);
    auto journal = MustOpen(files);
    std::vector<Placed> durable;
    for (uint64_t i = 0; i < 5; ++i) {
      durable.push_back(MustAppend(*journal, MakeCommit(i, std::string(i * 90, 'z'))));
    }
    ASSERT_TRUE(journal->WaitDurable(durable.back().lsn));
    for (uint64_t i = 5; i < 8; ++i) MustAppend(*journal, MakeCommit(i, std::string(500, 'w')));
    files.Crash(CrashKind::kPowerLoss);
    journal = MustOpen(files);
    ASSERT_NE(journal, nullptr) << "seed " << seed;
    auto found = ReadAll(*journal);
    ASSERT_GE(found.size(), durable.size()) << "seed " << seed;
    found.resize(durable.size());
    ASSERT_EQ(found, durable) << "seed " << seed;
  }
}

TEST(Journal, ForgetsWholeSegmentsBeforeAPosition) {
  MemoryFileSystem files(1);
  auto journal = MustOpen(files);
  std::vector<Placed> all;
  for (uint64_t i = 0; i < 20; ++i) all.push_back(MustAppend(*journal, MakeCommit(i, "abcdef")));
  auto behind = journal->NewReader(0);
  const size_t before = SegmentCount(files);
  ASSERT_TRUE(journal->TruncateBefore(all[10].lsn));
  EXPECT_LT(SegmentCount(files), before);
  EXPECT_GT(journal->Begin(), 0u);
  EXPECT_LE(journal->Begin(), all[10].lsn);
  const auto lost = (*behind)->Next();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().sqlstate, sqlstate::kObjectNotInPrerequisiteState);
  EXPECT_THAT(lost.error().text, HasSubstr("position 0 was truncated"));
  EXPECT_FALSE(journal->NewReader(0));
  EXPECT_FALSE(journal->NewReader(journal->End() + 1));

  const auto kept = ReadAll(*journal);
  EXPECT_TRUE(std::equal(kept.rbegin(), kept.rend(), all.rbegin()));
  EXPECT_GE(kept.size(), 10u);
  ASSERT_TRUE(journal->TruncateBefore(journal->End()));
  EXPECT_EQ(SegmentCount(files), 1u);  // the one that is written
  const Placed last = MustAppend(*journal, MakeCommit(99, "after"));
  files.Crash(CrashKind::kKill);
  journal = MustOpen(files);
  EXPECT_EQ(ReadAll(*journal).back(), last);
}

TEST(Journal, RefusesCommitsBelowTheReserveAndGoesOnByItself) {
  MemoryFileSystem files(1);
  JournalOptions options = SmallOptions();
  options.disk_reserve = 10'000;
  const auto journal = MustOpen(files, options);
  std::vector<Placed> all;
  all.push_back(MustAppend(*journal, MakeCommit(1, "a")));
  files.SetCapacity(9'000);
  const auto refused = journal->Append(MakeCommit(2, "b"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, sqlstate::kDiskFull);
  EXPECT_THAT(refused.error().text, HasSubstr("reserve of 10000"));
  EXPECT_FALSE(journal->CheckSpace());
  all.push_back(MustAppend(*journal, MakeCut(1, journal->End(), 1)));  // what is committed shows
  EXPECT_TRUE(journal->WaitDurable(all.back().lsn));
  EXPECT_EQ(ReadAll(*journal), all);

  files.SetCapacity(4'000);
  EXPECT_FALSE(journal->Append(MakeCut(2, journal->End(), 1)));
  all.push_back(MustAppend(*journal, CheckpointRecord{1, 1, 0}));  // makes room

  files.SetCapacity(90'000);
  EXPECT_TRUE(journal->CheckSpace());
  all.push_back(MustAppend(*journal, MakeCommit(3, "c")));
  EXPECT_EQ(ReadAll(*journal), all);
}

TEST(Journal, FullDiskTakesBackTheRecordWholeAndGoesOn) {
  for (uint64_t room = 1; room < 1500; room += 7) {
    MemoryFileSystem files(room);
    auto journal = MustOpen(files);
    std::vector<Placed> all;
    all.push_back(MustAppend(*journal, MakeCommit(1, "a")));
    uint64_t used = 0;
    for (const std::string& path : files.Paths()) used += files.Content(path).size();
    files.SetCapacity(used + room);
    const auto refused = journal->Append(MakeCommit(2, std::string(2000, 'b')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sqlstate, sqlstate::kDiskFull);
    EXPECT_EQ(ReadAll(*journal), all);
    files.SetCapacity(UINT64_MAX);
    all.push_back(MustAppend(*journal, MakeCommit(3, std::string(room, 'c'))));
    ASSERT_TRUE(journal->WaitDurable(all.back().lsn));
    EXPECT_EQ(ReadAll(*journal), all);
    files.Crash(room % 2 == 0 ? CrashKind::kKill : CrashKind::kPowerLoss);
    journal = MustOpen(files);
    ASSERT_NE(journal, nullptr) << "room " << room;
    ASSERT_EQ(ReadAll(*journal), all) << "room " << room;
  }
}

TEST(Journal, FailedSyncIsNeverForgotten) {
  MemoryFileSystem files(1);
  auto journal = MustOpen(files, SmallOptions(100'000));
  const Placed first = MustAppend(*journal, MakeCommit(1, "a"));
  ASSERT_TRUE(journal->WaitDurable(first.lsn));
  const Lsn second = MustAppend(*journal, MakeCommit(2, "b")).lsn;
  files.FailCalls(files.calls() + 1, files.calls() + 1, sqlstate::kIoError);
  EXPECT_FALSE(journal->WaitDurable(second));
  EXPECT_FALSE(journal->WaitDurable(second));
  EXPECT_FALSE(journal->Durable());
  EXPECT_TRUE(journal->WaitDurable(first.lsn));
  const auto third = journal->Append(MakeCommit(3, "c"));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().sqlstate, sqlstate::kIoError);
  EXPECT_EQ(ReadAll(*journal).size(), 2u);  // reads go on
}

// A process that ends after a failed sync leaves bytes that are seen but not on the disk. A start
// that takes them for durable must write them once more.
TEST(Journal, StartAfterAFailedSyncMakesDurableWhatItShows) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    MemoryFileSystem files(seed);
    auto journal = MustOpen(files, SmallOptions(100'000));
    const Placed first = MustAppend(*journal, MakeCommit(1, std::string(3000, 'a')));
    files.FailCalls(files.calls() + 1, files.calls() + 1, sqlstate::kIoError);
    ASSERT_FALSE(journal->WaitDurable(first.lsn));
    files.Crash(CrashKind::kKill);
    journal = MustOpen(files, SmallOptions(100'000));
    ASSERT_EQ(ReadAll(*journal), std::vector<Placed>{first});
    files.Crash(CrashKind::kPowerLoss);
    journal = MustOpen(files, SmallOptions(100'000));
    ASSERT_NE(journal, nullptr);
    ASSERT_EQ(ReadAll(*journal), std::vector<Placed>{first}) << "seed " << seed;
  }
}

TEST(Journal, TailGivesBackItsMemory) {
  MemoryBudget budget("journal", 2000);
  {
    MemoryFileSystem files(1);
    JournalOptions options = SmallOptions(10'000, 1000, 1000);
    options.budget = &budget;
    const auto journal = MustOpen(files, options);
    std::vector<Placed> all;
    for (uint64_t i = 0; i < 50; ++i) {
      all.push_back(MustAppend(*journal, MakeCommit(i, std::string(i * 9, 'x'))));
      EXPECT_LE(budget.used(), 1000u);
    }
    EXPECT_GT(budget.used(), 0u);
    EXPECT_EQ(ReadAll(*journal), all);
    budget.Reserve(5000);  // somebody else needs it
    all.push_back(MustAppend(*journal, MakeCommit(51, "y")));
    EXPECT_EQ(budget.used(), 5000u);
    budget.Release(5000);
    EXPECT_EQ(ReadAll(*journal), all);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Journal, ManyThreadsAppendWaitReadAndTruncate) {
  MemoryFileSystem files(1);
  const auto journal = MustOpen(files, SmallOptions(4000, 500, 2000));
  journal->StartGroupCommit(1);
  constexpr uint64_t kThreads = 4, kEach = 300;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kEach; ++i) {
        const auto lsn = journal->Append(MakeCommit(t * kEach + i, std::string(i, 'x')));
        ASSERT_TRUE(lsn);
        if (i % 10 == 0) {
          ASSERT_TRUE(journal->WaitDurable(*lsn));
        }
      }
    });
  }
  std::set<uint64_t> seen;
  auto reader = journal->NewReader(0);
  while (seen.size() < kThreads * kEach) {
    const auto next = (*reader)->Next();
    ASSERT_TRUE(next) << ToString(next.error());
    if (!*next) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_TRUE(seen.insert(std::get<CommitRecord>((*next)->second).transaction).second);
    if (seen.size() % 100 == 0) {
      EXPECT_TRUE(journal->TruncateBefore((*reader)->position()));
    }
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace riverrun::storage
