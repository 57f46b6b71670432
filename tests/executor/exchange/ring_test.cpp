#include "executor/exchange/ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace riverrun::executor {
namespace {

TEST(RingTest, KeepsOrderAndRefusesWhatDoesNotFit) {
  Ring<int> ring(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ring.TryPush(int{i}));
  EXPECT_FALSE(ring.TryPush(3));
  EXPECT_EQ(ring.TryPop(), 0);
  EXPECT_TRUE(ring.TryPush(3));
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(ring.TryPop(), i);
  EXPECT_EQ(ring.TryPop(), std::nullopt);
}

TEST(RingTest, ARefusedValueIsUntouched) {
  Ring<std::unique_ptr<int>> ring(1);
  EXPECT_TRUE(ring.TryPush(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(ring.TryPush(std::move(second)));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(*second, 2);
}

TEST(RingTest, FreesAValueWhenItIsTaken) {
  Ring<std::shared_ptr<int>> ring(4);
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  EXPECT_TRUE(ring.TryPush(std::move(value)));
  ring.TryPop()->reset();
  EXPECT_TRUE(watch.expired());
}

TEST(RingTest, CarriesEverythingBetweenTwoThreads) {
  Ring<uint64_t> ring(8);
  constexpr uint64_t kCount = 200'000;
  std::thread producer([&] {
    for (uint64_t i = 1; i <= kCount; ++i) {
      while (!ring.TryPush(uint64_t{i})) std::this_thread::yield();
    }
  });
  uint64_t next = 1;
  while (next <= kCount) {
    const std::optional<uint64_t> value = ring.TryPop();
    if (!value) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(*value, next);
    ++next;
  }
  producer.join();
}

}  // namespace
}  // namespace riverrun::executor
