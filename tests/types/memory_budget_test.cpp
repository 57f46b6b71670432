#include "types/memory_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace riverrun {
namespace {

TEST(MemoryBudgetTest, GivesUpToTheLimit) {
  MemoryBudget budget("test", 100);
  EXPECT_TRUE(budget.TryReserve(60));
  EXPECT_FALSE(budget.TryReserve(41));
  EXPECT_EQ(budget.used(), 60u);
  EXPECT_TRUE(budget.TryReserve(40));
  EXPECT_TRUE(budget.TryReserve(0));
  EXPECT_FALSE(budget.TryReserve(SIZE_MAX));
  budget.Release(100);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(MemoryBudgetTest, AParentsLimitBindsAndNothingStaysTaken) {
  MemoryBudget server("server", 100);
  MemoryBudget one("one", 80, &server);
  MemoryBudget two("two", 80, &server);
  EXPECT_TRUE(one.TryReserve(70));
  EXPECT_FALSE(two.TryReserve(31));
  EXPECT_EQ(two.used(), 0u);
  EXPECT_EQ(server.used(), 70u);
  EXPECT_TRUE(two.TryReserve(30));
  one.Release(70);
  EXPECT_EQ(server.used(), 30u);
  two.Release(30);
}

TEST(MemoryBudgetTest, BytesThatExistAreCountedBeyondTheLimit) {
  MemoryBudget server("server", 100);
  MemoryBudget one("one", SIZE_MAX, &server);
  one.Reserve(150);
  EXPECT_EQ(server.used(), 150u);
  EXPECT_FALSE(one.TryReserve(1));
  one.Release(60);
  EXPECT_TRUE(one.TryReserve(10));
  one.Release(100);
}

TEST(MemoryBudgetDeathTest, LeaksAndDoubleReleasesAreBugs) {
  EXPECT_DEATH(
      {
        MemoryBudget budget("leaky");
        budget.Reserve(1);
      },
      "leaky");
  EXPECT_DEATH(
      {
        MemoryBudget budget("twice");
        budget.Reserve(1);
        budget.Release(2);
      },
      "twice");
}

TEST(MemoryBudgetTest, ThreadsNeverExceedTheLimitTogether) {
  MemoryBudget server("server", 1000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      MemoryBudget mine("mine", 600, &server);
      for (int round = 0; round < 10'000; ++round) {
        if (!mine.TryReserve(400)) continue;
        EXPECT_LE(server.used(), 1000u);
        mine.Release(400);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.used(), 0u);
}

}  // namespace
}  // namespace riverrun
