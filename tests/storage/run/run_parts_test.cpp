// The parts that views are made of, one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/run/bag_hash.h"
#include "storage/run/tier_set.h"
#include "tests/storage/view/view_fixture.h"
#include "types/codec/hash.h"

namespace riverrun::storage {
namespace {

using ::testing::IsEmpty;

TEST(TierSet, StaysSmallAndCompact) {
  const ViewLayout layout = TestLayout(ViewKey::kColumns);
  TierSet tiers(&layout, /*keeps_tombstones=*/false, nullptr);
  constexpr int64_t kRows = 20'000;
  for (int64_t id = 0; id < kRows; id += 10) {
    std::vector<TestRow> rows;
    for (int64_t i = 0; i < 10; ++i) rows.push_back({(id + i) * 7919 % kRows, "x"});
    const Batch delta[] = {MakeRows(rows)};
    tiers.Add(BuildRun(layout, delta, nullptr));
    ASSERT_LE(tiers.runs().size(), kTiersMax);
  }
  EXPECT_EQ(tiers.entries(), static_cast<uint64_t>(kRows));
  // Deleting all leaves nothing, tombstones included, once merges are done.
  for (int64_t id = 0; id < kRows; id += 1000) {
    std::vector<TestRow> rows;
    for (int64_t i = 0; i < 1000; ++i) rows.push_back({id + i, "x", -1});
    const Batch delta[] = {MakeRows(rows)};
    tiers.Add(BuildRun(layout, delta, nullptr));
  }
  tiers.Settle();
  EXPECT_EQ(tiers.entries(), 0u);
  EXPECT_THAT(tiers.runs(), IsEmpty());
}

TEST(SortedRun, FindsTheSameWithAndWithoutAFilter) {
  ViewLayout with = TestLayout(ViewKey::kColumns), without = with;
  without.filters = false;
  std::vector<TestRow> rows;
  for (int64_t id = 0; id < 10'000; id += 2) rows.push_back({id, "x"});
  const Batch delta[] = {MakeRows(rows)};
  const RunRef filtered = BuildRun(with, delta, nullptr);
  const RunRef plain = BuildRun(without, delta, nullptr);
  EXPECT_LT(plain->bytes(), filtered->bytes());
  for (int64_t id = 0; id < 10'000; ++id) {
    std::string key;
    const Batch row = MakeRows({{id, "x"}});
    AppendViewKey(with, row, 0, key);
    ASSERT_EQ(filtered->Find(key, HashBytes(key)).has_value(), id % 2 == 0);
    ASSERT_EQ(plain->Find(key, HashBytes(key)).has_value(), id % 2 == 0);
  }
}

TEST(BloomFilter, KnowsWhatWasAddedAndLittleElse) {
  constexpr uint64_t kKeys = 10'000;
  BloomFilter filter(kKeys);
  const auto hash = [](uint64_t i) {
    return HashBytes({reinterpret_cast<const char*>(&i), sizeof(i)});
  };
  for (uint64_t i = 0; i < kKeys; ++i) filter.Add(hash(i));
  uint64_t wrong = 0;
  for (uint64_t i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(filter.MayContain(hash(i)));
    if (filter.MayContain(hash(i + kKeys))) ++wrong;
  }
  EXPECT_LT(wrong, kKeys * 3 / 100);
}

// The first vector of SipHash-2-4-128 in the authors' reference implementation: key 00..0f, no
// bytes.
TEST(BagHash, IsSipHash) {
  using Sip24 = SipHash128<2, 4>;
  const Hash128 empty = Sip24(0x0706050403020100u, 0x0f0e0d0c0b0a0908u)("");
  EXPECT_EQ(empty.low, 0xe6a825ba047f81a3u);
  EXPECT_EQ(empty.high, 0x930255c71472f66du);
  EXPECT_NE(BagHash("a"), BagHash("b"));
  EXPECT_NE(BagHash(std::string(8, '\0')), BagHash(std::string(9, '\0')));
}

TEST(KeyList, FindsKeysOfAnyWidth) {
  for (const bool fixed : {true, false}) {
    KeyList::Builder builder;
    std::vector<std::string> keys;
    if (!fixed) keys.push_back("");
    for (char c = 'b'; c <= 'y'; ++c) {
      keys.push_back(fixed ? std::string(3, c) : std::string(1 + c % 5, c));
    }
    for (const std::string& key : keys) builder.Append(key);
    const KeyList list = builder.Finish(nullptr);
    ASSERT_EQ(list.size(), keys.size());
    for (uint32_t i = 0; i < list.size(); ++i) {
      ASSERT_EQ(list[i], keys[i]);
      EXPECT_EQ(list.LowerBound(keys[i], 0, list.size()), i);
      for (uint32_t from = 0; from <= i; ++from) {
        EXPECT_EQ(list.GallopTo(keys[i], from, list.size()), i);
        EXPECT_EQ(list.GallopTo(keys[i] + '!', from, list.size()), i + 1);
      }
      EXPECT_EQ(list.GallopTo("z", i, list.size()), list.size());
      EXPECT_EQ(list.GallopTo("z", 0, i), i);
    }
  }
}

}  // namespace
}  // namespace riverrun::storage
