#include "storage/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <thread>
#include <vector>

namespace riverrun::storage {
namespace {

TEST(GroupCommit, OneStepServesAllWhoAsked) {
  int syncs = 0, told = 0;
  GroupCommit group(
      10,
      [&] {
        ++syncs;
        return Result<Lsn>(40);
      },
      [&] { ++told; });
  EXPECT_FALSE(group.Step());
  group.Wrote(40);
  EXPECT_FALSE(group.Step());  // written, but nobody asked
  group.Request(20);
  group.Request(40);
  group.Request(30);
  EXPECT_EQ(group.Durable(), 10u);
  EXPECT_TRUE(group.Step());
  EXPECT_EQ(group.Durable(), 40u);
  EXPECT_FALSE(group.Step());
  EXPECT_EQ(syncs, 1);
  EXPECT_EQ(told, 1);
}

TEST(GroupCommit, WaitMakesTheStepWhereThereIsNoThread) {
  int syncs = 0;
  GroupCommit group(
      0,
      [&] {
        ++syncs;
        return Result<Lsn>(8);
      },
      nullptr);
  group.Wrote(8);
  EXPECT_TRUE(group.Wait(5));
  EXPECT_TRUE(group.Wait(8));
  EXPECT_EQ(syncs, 1);
}

TEST(GroupCommit, FailureIsForEverButTakesNothingBack) {
  bool broken = false;
  GroupCommit group(
      0,
      [&]() -> Result<Lsn> {
        if (broken) return Fail(sqlstate::kIoError, "sync failed");
        return 5;
      },
      nullptr);
  group.Wrote(5);
  EXPECT_TRUE(group.Wait(5));
  broken = true;
  group.Wrote(9);
  EXPECT_FALSE(group.Wait(9));
  broken = false;
  EXPECT_FALSE(group.Wait(9));
  EXPECT_FALSE(group.Step());
  EXPECT_EQ(group.Durable().error().text, "sync failed");
  EXPECT_TRUE(group.Wait(5));
}

TEST(GroupCommit, FailWakesThoseWhoWait) {
  std::promise<void> in_sync, go_on;
  GroupCommit group(
      0,
      [&] {
        in_sync.set_value();
        go_on.get_future().wait();
        return Result<Lsn>(3);
      },
      nullptr);
  group.Start(1000);
  group.Wrote(8);
  std::thread waiter([&] { EXPECT_FALSE(group.Wait(8)); });
  in_sync.get_future().wait();
  group.Fail({sqlstate::kIoError, "gone"});
  waiter.join();
  go_on.set_value();
  group.Stop();
}

TEST(GroupCommit, ThreadSyncsForManyWaitersAndLazilyForNone) {
  std::atomic<Lsn> written = 0;
  std::atomic<int> syncs = 0;
  std::mutex order;
  std::condition_variable synced;
  GroupCommit group(
      0,
      [&] {
        ++syncs;
        return Result<Lsn>(written.load());
      },
      [&] {
        const std::lock_guard lock(order);
        synced.notify_all();
      });
  group.Start(5);
  constexpr int kThreads = 8, kEach = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        Lsn mine = 0;
        {
          const std::lock_guard lock(order);
          mine = ++written;
          group.Wrote(mine);
        }
        ASSERT_TRUE(group.Wait(mine));
        ASSERT_GE(*group.Durable(), mine);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(syncs, kThreads * kEach);
  // Nobody asks, and yet it is synced.
  std::unique_lock lock(order);
  group.Wrote(++written);
  synced.wait(lock, [&] { return *group.Durable() >= written; });
  lock.unlock();
  EXPECT_EQ(*group.Durable(), written);
  group.Stop();
}

TEST(GroupCommit, StopLeavesWaitersToStepThemselves) {
  GroupCommit group(0, [] { return Result<Lsn>(1); }, nullptr);
  group.Start(1000);
  group.Stop();
  group.Stop();
  group.Wrote(1);
  EXPECT_TRUE(group.Wait(1));
}

}  // namespace
}  // namespace riverrun::storage
