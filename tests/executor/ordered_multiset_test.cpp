#include "executor/state/ordered_multiset.h"

#include <map>
#include <random>
#include <string>

#include "tests/executor/seeds.h"

namespace riverrun::executor {
namespace {

class OrderedMultisetTest : public ::testing::Test {
 protected:
  ~OrderedMultisetTest() override { set_.Clear(arena_); }
  void Add(std::string_view key, Weight weight) { set_.Add(key, weight, arena_); }

  StateArena arena_{nullptr};
  OrderedMultiset set_;
};

TEST_F(OrderedMultisetTest, BeginsEmpty) {
  EXPECT_TRUE(set_.empty());
  EXPECT_TRUE(set_.Begin().at_end());
  EXPECT_TRUE(set_.Seek("a").at_end());
  Weight into = 7;
  EXPECT_TRUE(set_.AtRank(0, into).at_end());
  EXPECT_EQ(into, 0);
}

TEST_F(OrderedMultisetTest, IsOrderedByBytes) {
  for (const std::string_view key : {"b", "", "\xff", "a", "ab"}) Add(key, 1);
  std::string order;
  for (auto at = set_.Begin(); !at.at_end(); at.Next()) order += std::string(at.entry().key) + ",";
  EXPECT_EQ(order, ",a,ab,b,\xff,");
  EXPECT_EQ(set_.First().key, "");
  EXPECT_EQ(set_.Last().key, "\xff");
}

TEST_F(OrderedMultisetTest, ARetractionMayComeFirst) {
  Add("x", -2);
  Add("y", 1);
  EXPECT_EQ(set_.First().weight, -2);
  EXPECT_EQ(set_.weight(), -1);
  Add("x", 2);
  EXPECT_EQ(set_.size(), 1u);
  EXPECT_EQ(set_.First().key, "y");
  Add("y", -1);
  EXPECT_TRUE(set_.empty());
}

TEST_F(OrderedMultisetTest, AWeightOfZeroAddsNothing) {
  Add("x", 0);
  EXPECT_TRUE(set_.empty());
}

TEST_F(OrderedMultisetTest, CountsCopies) {
  Add("a", 2);
  Add("b", 3);
  Weight into = 0;
  EXPECT_EQ(set_.AtRank(1, into).entry().key, "a");
  EXPECT_EQ(into, 1);
  EXPECT_EQ(set_.AtRank(2, into).entry().key, "b");
  EXPECT_EQ(into, 0);
  EXPECT_EQ(set_.AtRank(4, into).entry().key, "b");
  EXPECT_EQ(into, 2);
  EXPECT_TRUE(set_.AtRank(5, into).at_end());
}

TEST_F(OrderedMultisetTest, HoldsKeysLargerThanAChunk) {
  for (int i = 9; i >= 0; --i) Add(std::string(20'000, static_cast<char>('a' + i)), 1);
  EXPECT_EQ(set_.size(), 10u);
  EXPECT_EQ(set_.First().key, std::string(20'000, 'a'));
  EXPECT_EQ(set_.Last().key, std::string(20'000, 'j'));
}

TEST_F(OrderedMultisetTest, GivesItsMemoryBack) {
  const auto fill_and_empty = [&] {
    for (int i = 0; i < 5000; ++i) Add("key " + std::to_string(i * 7919 % 5000), 1);
    for (int i = 0; i < 5000; ++i) Add("key " + std::to_string(i * 4201 % 5000), -1);
    EXPECT_TRUE(set_.empty());
  };
  fill_and_empty();
  fill_and_empty();
  const size_t bytes = arena_.reserved_bytes();
  for (int i = 0; i < 20; ++i) fill_and_empty();
  EXPECT_EQ(arena_.reserved_bytes(), bytes);
}

class OrderedMultisetPropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(OrderedMultisetPropertyTest, AgreesWithAMap) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  std::mt19937_64 random(GetParam());
  StateArena arena(nullptr);
  OrderedMultiset set;
  std::map<std::string, Weight> model;
  const uint64_t domain = 1 + random() % (GetParam() % 2 == 0 ? 50 : 20'000);
  const uint64_t padding = random() % 3 == 0 ? 300 : 20;
  const auto any_key = [&] {
    const uint64_t number = random() % domain;
    return std::to_string(number) + std::string(number % padding, 'p');
  };
  for (int step = 0; step < 30'000; ++step) {
    // First it grows, then it shrinks.
    const auto weight = static_cast<Weight>(random() % 3) - (step < 15'000 ? 0 : 2);
    std::string key = any_key();
    if (step > 20'000 && !model.empty()) {
      const auto near = model.lower_bound(key);
      if (near != model.end()) key = near->first;
      set.Add(key, -model[key], arena);
      model.erase(key);
    } else {
      set.Add(key, weight, arena);
      if ((model[key] += weight) == 0) model.erase(key);
    }
    ASSERT_EQ(set.size(), model.size());
    if (!model.empty()) {
      ASSERT_EQ(set.First().key, model.begin()->first);
      ASSERT_EQ(set.Last().key, model.rbegin()->first);
    }
    if (step % 1000 != 0) continue;
    auto expected = model.begin();
    for (auto at = set.Begin(); !at.at_end(); at.Next(), ++expected) {
      ASSERT_EQ(at.entry().key, expected->first);
      ASSERT_EQ(at.entry().weight, expected->second);
    }
    ASSERT_EQ(expected, model.end());
    const std::string sought = any_key();
    const auto found = set.Seek(sought);
    const auto bound = model.lower_bound(sought);
    ASSERT_EQ(found.at_end(), bound == model.end());
    if (!found.at_end()) {
      ASSERT_EQ(found.entry().key, bound->first);
    }
  }
  set.Clear(arena);
}

// Ranks only mean something while no weight is negative.
TEST_P(OrderedMultisetPropertyTest, RanksAreThoseOfTheSortedCopies) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  std::mt19937_64 random(GetParam());
  StateArena arena(nullptr);
  OrderedMultiset set;
  std::vector<std::string> copies;
  for (int i = 0; i < 3000; ++i) {
    const std::string key = std::to_string(random() % 2000);
    const auto weight = static_cast<Weight>(1 + random() % 3);
    set.Add(key, weight, arena);
    copies.insert(copies.end(), static_cast<size_t>(weight), key);
  }
  std::ranges::sort(copies);
  ASSERT_EQ(set.weight(), static_cast<Weight>(copies.size()));
  for (size_t rank = 0; rank < copies.size(); rank += 1 + random() % 5) {
    Weight into = 0;
    const auto at = set.AtRank(static_cast<Weight>(rank), into);
    ASSERT_EQ(at.entry().key, copies[rank]);
    const auto first = std::ranges::lower_bound(copies, copies[rank]) - copies.begin();
    ASSERT_EQ(into, static_cast<Weight>(rank) - first);
  }
  set.Clear(arena);
}

INSTANTIATE_TEST_SUITE_P(Seeds, OrderedMultisetPropertyTest,
                         ::testing::ValuesIn(testing::Seeds(8)));

}  // namespace
}  // namespace riverrun::executor
