#include "types/codec/key_batch.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/random_data.h"
#include "types/codec/hash.h"
#include "types/codec/key.h"

namespace riverrun {
namespace {

using testing::RandomData;

int32_t JavaMurmur2(std::string_view text) {
  return static_cast<int32_t>(Murmur2(text.data(), static_cast<uint32_t>(text.size())));
}

TEST(HashTest, Murmur2IsKafkas) {
  EXPECT_EQ(JavaMurmur2("21"), -973932308);
  EXPECT_EQ(JavaMurmur2("foobar"), -790332482);
  EXPECT_EQ(JavaMurmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(JavaMurmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(JavaMurmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(JavaMurmur2("abc"), 479470107);
}

TEST(HashTest, VnodesAreWithinRangeAndSpread) {
  std::vector<int> hits(kVnodes, 0);
  for (int i = 0; i < 256 * 100; ++i) ++hits[VnodeOf("key" + std::to_string(i))];
  for (const int hit : hits) {
    EXPECT_GT(hit, 40);
    EXPECT_LT(hit, 200);
  }
}

TEST(HashTest, EveryByteAndTheLengthCount) {
  RandomData random(1);
  for (size_t size = 0; size <= 70; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Bits());
    const uint64_t hash = HashBytes(bytes);
    EXPECT_NE(HashBytes(bytes + '\0'), hash) << size;
    for (char& byte : bytes) {
      byte = static_cast<char>(byte ^ 1);
      EXPECT_NE(HashBytes(bytes), hash) << size;
      byte = static_cast<char>(byte ^ 1);
    }
    EXPECT_EQ(HashBytes(bytes), hash);
  }
}

// Keys, hashes and vnodes as they are made row by row.
void ExpectKeysOf(const Batch& batch, std::span<const int> columns, const KeyBatch& keys) {
  ASSERT_EQ(keys.size(), batch.selected());
  uint32_t i = 0;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    std::string key;
    AppendEqualKey(batch, columns, row, key);
    ASSERT_EQ(keys.key(i), key);
    ASSERT_EQ(keys.hash(i), HashBytes(key));
    ASSERT_EQ(keys.vnode(i), VnodeOf(key));
    ++i;
  });
  ASSERT_EQ(keys.hashes().size(), keys.size());
  ASSERT_EQ(keys.vnodes().size(), keys.size());
}

TEST(KeyBatchTest, FixedWidthKeysEqualTheGeneralOnes) {
  const std::vector<Type> types = {Type::Bool(), Type::Int2(), Type::Int4(), Type::Int8(),
                                   Type::Date(), Type::Time(), Type::Timestamp(),
                                   Type::TimestampTz(), Type::Uuid()};
  RandomData random(2);
  KeyBatch keys;
  for (int round = 0; round < 100; ++round) {
    Batch batch;
    batch.rows = random.Below(700);  // hashed 256 at a time
    std::vector<int> columns;
    uint32_t width = 0;
    for (int i = 0; i < 1 + static_cast<int>(random.Below(3)); ++i) {
      const Type& type = types[random.Below(static_cast<uint32_t>(types.size()))];
      batch.columns.push_back(WithoutDictionary(random.AnyColumn(type, batch.rows, 0), batch.rows));
      columns.push_back(i);
      width += static_cast<uint32_t>(PhysicalWidth(type.kind)) + 1;
    }
    batch.selection = random.AnyBatch({}, batch.rows).selection;
    keys.Build(batch, columns);
    EXPECT_EQ(keys.fixed_width(), width);
    ExpectKeysOf(batch, columns, keys);
  }
}

TEST(KeyBatchTest, AnyColumnsGiveTheirEqualKeys) {
  RandomData random(3);
  KeyBatch keys;
  for (int round = 0; round < 200; ++round) {
    const std::vector<Type> types = random.AnyTypes(4);
    const Batch batch = random.AnyBatch(types, random.Below(100));
    std::vector<int> columns;
    for (int i = 0; i < static_cast<int>(types.size()); ++i) {
      if (random.Chance(70)) columns.push_back(i);
    }
    keys.Build(batch, columns);
    ExpectKeysOf(batch, columns, keys);
  }
}

TEST(KeyBatchTest, TakesOverKeysMadeElsewhere) {
  KeyBatch keys;
  const std::string_view given[] = {"", "abc", "a key that is longer than sixteen bytes"};
  keys.Assign(given);
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys.fixed_width(), 0u);
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(keys.key(i), given[i]);
    EXPECT_EQ(keys.hash(i), HashBytes(given[i]));
    EXPECT_EQ(keys.vnode(i), VnodeOf(given[i]));
  }
}

// Found by the sanitizer: memcpy from nowhere.
TEST(KeyBatchTest, KeysMayAllBeEmpty) {
  KeyBatch keys;
  keys.Assign(std::array<std::string_view, 1>{});
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys.key(0), "");
  EXPECT_EQ(keys.hash(0), HashBytes(""));
}

}  // namespace
}  // namespace riverrun
