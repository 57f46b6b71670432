#include "tests/simulation/memory_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace riverrun::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::unique_ptr<WritableFile> MustCreate(FileSystem& files, const std::string& path) {
  auto file = files.OpenWritable(path, OpenMode::kCreate);
  EXPECT_TRUE(file);
  return std::move(*file);
}

TEST(MemoryFileSystem, KillKeepsWhatWasWritten) {
  MemoryFileSystem files(1);
  auto file = MustCreate(files, "d/a");
  ASSERT_TRUE(file->Append("one"));
  files.Crash(CrashKind::kKill);
  EXPECT_EQ(files.Content("d/a"), "one");
  const auto late = file->Append("two");
  ASSERT_FALSE(late);  // the process is gone
  EXPECT_EQ(files.Content("d/a"), "one");
}

TEST(MemoryFileSystem, PowerLossKeepsWhatWasSyncedAndTearsTheRest) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    MemoryFileSystem files(seed);
    auto file = MustCreate(files, "d/a");
    ASSERT_TRUE(files.SyncDirectory("d"));
    ASSERT_TRUE(file->Append("sure"));
    ASSERT_TRUE(file->Sync());
    ASSERT_TRUE(file->Append("maybe"));
    files.Crash(CrashKind::kPowerLoss);
    const std::string content = files.Content("d/a");
    ASSERT_THAT(content, StartsWith("sure"));
    ASSERT_THAT("suremaybe", StartsWith(content));
    outcomes.insert(content);
  }
  EXPECT_EQ(outcomes.size(), 6u);  // torn at every byte
}

TEST(MemoryFileSystem, PowerLossMayKeepLaterSectorsOnly) {
  bool hole = false;
  for (uint64_t seed = 0; seed < 100 && !hole; ++seed) {
    MemoryFileSystem files(seed);
    auto file = MustCreate(files, "d/a");
    ASSERT_TRUE(files.SyncDirectory("d"));
    ASSERT_TRUE(file->Append(std::string(1024, 'x')));
    files.Crash(CrashKind::kPowerLoss);
    hole = files.Content("d/a") == std::string(512, '\0') + std::string(512, 'x');
  }
  EXPECT_TRUE(hole);
}

TEST(MemoryFileSystem, NamesNeedTheirDirectorySynced) {
  std::set<bool> outcomes, removed;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    MemoryFileSystem files(seed);
    MustCreate(files, "d/sure");
    ASSERT_TRUE(files.SyncDirectory("d"));
    auto file = MustCreate(files, "d/maybe");
    ASSERT_TRUE(file->Sync());  // syncs the content, not the name
    ASSERT_TRUE(files.Remove("d/sure"));
    files.Crash(CrashKind::kPowerLoss);
    outcomes.insert(*files.Exists("d/maybe"));
    removed.insert(!*files.Exists("d/sure"));
  }
  EXPECT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(removed.size(), 2u);
}

TEST(MemoryFileSystem, FailedSyncLosesWhatItShows) {
  bool lost = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    MemoryFileSystem files(seed);
    auto file = MustCreate(files, "d/a");
    ASSERT_TRUE(files.SyncDirectory("d"));
    ASSERT_TRUE(file->Append("data"));
    files.FailCalls(files.calls() + 1, files.calls() + 1, sqlstate::kIoError);
    EXPECT_FALSE(file->Sync());
    EXPECT_FALSE(file->Sync());  // for ever
    auto again = files.OpenWritable("d/a", OpenMode::kExisting);
    EXPECT_TRUE((*again)->Sync());  // does not know
    EXPECT_EQ(files.Content("d/a"), "data");
    files.Crash(CrashKind::kPowerLoss);
    lost = lost || files.Content("d/a") != "data";
  }
  EXPECT_TRUE(lost);
}

TEST(MemoryFileSystem, EveryCallCanFailAndWritesFailInPart) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    MemoryFileSystem files(seed);
    auto file = MustCreate(files, "d/a");
    files.FailCalls(2, 2, sqlstate::kDiskFull);
    const auto failed = file->Append("abc");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().sqlstate, sqlstate::kDiskFull);
    EXPECT_THAT(failed.error().text, HasSubstr("d/a"));
    outcomes.insert(files.Content("d/a"));
    EXPECT_EQ(file->size(), 0u);
    ASSERT_TRUE(file->Truncate(0));
    ASSERT_TRUE(file->Append("xyz"));
    EXPECT_EQ(files.Content("d/a"), "xyz");
  }
  EXPECT_THAT(outcomes, ElementsAre("", "a", "ab", "abc"));
}

TEST(MemoryFileSystem, ProcessThatDiesDoesNothingMore) {
  MemoryFileSystem files(1);
  auto file = MustCreate(files, "d/a");
  files.DieAtCall(3);
  ASSERT_TRUE(file->Append("a"));
  EXPECT_FALSE(files.dead());
  EXPECT_FALSE(file->Append("b"));
  EXPECT_TRUE(files.dead());
  const std::string content = files.Content("d/a");
  EXPECT_FALSE(file->Append("c"));
  EXPECT_FALSE(files.Exists("d/a"));
  EXPECT_EQ(files.Content("d/a"), content);
  files.Crash(CrashKind::kKill);
  EXPECT_EQ(files.Exists("d/a"), true);
}

TEST(MemoryFileSystem, CapacityFillsUp) {
  MemoryFileSystem files(1);
  files.SetCapacity(10);
  auto file = MustCreate(files, "d/a");
  ASSERT_TRUE(file->Append("12345678"));
  EXPECT_EQ(files.Space("d")->free, 2u);
  const auto full = file->Append("9012");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().sqlstate, sqlstate::kDiskFull);
  EXPECT_EQ(files.Content("d/a"), "1234567890");
  ASSERT_TRUE(file->Truncate(4));
  EXPECT_TRUE(file->Append("9012"));
}

TEST(MemoryFileSystem, LockIsOfOneProcess) {
  MemoryFileSystem files(1);
  auto lock = files.LockDirectory("d");
  ASSERT_TRUE(lock);
  EXPECT_EQ(files.LockDirectory("d").error().sqlstate, sqlstate::kObjectNotInPrerequisiteState);
  files.Crash(CrashKind::kKill);
  auto next = files.LockDirectory("d");
  ASSERT_TRUE(next);
  lock->reset();  // of the process before: no longer its lock to give back
  EXPECT_FALSE(files.LockDirectory("d"));
  next->reset();
  EXPECT_TRUE(files.LockDirectory("d"));
}

}  // namespace
}  // namespace riverrun::simulation
