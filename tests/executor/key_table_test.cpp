#include "executor/state/key_table.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <unordered_map>

#include "tests/executor/seeds.h"

namespace riverrun::executor {
namespace {

std::vector<KeyRecord*> Insert(KeyTable& table, const std::vector<std::string>& keys,
                               std::vector<KeyRecord*>* fresh = nullptr) {
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  KeyBatch batch;
  batch.Assign(views);
  std::vector<KeyRecord*> records(keys.size());
  std::vector<KeyRecord*> made;
  table.FindOrInsert(batch, 0, records, made);
  if (fresh != nullptr) *fresh = made;
  return records;
}

std::vector<KeyRecord*> Find(KeyTable& table, const std::vector<std::string>& keys) {
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  KeyBatch batch;
  batch.Assign(views);
  std::vector<KeyRecord*> records(keys.size());
  table.Find(batch, 0, records);
  return records;
}

uint64_t& NumberOf(KeyRecord* record) { return *reinterpret_cast<uint64_t*>(record->payload()); }

TEST(KeyTableTest, FindsWhatWasInserted) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  const std::string long_key(100, 'x');
  const std::vector<std::string> keys = {"a",
                                         "",
                                         "sixteen bytes ok",
                                         "seventeen is more",
                                         "twenty-four bytes inline",
                                         "twenty-five bytes are not",
                                         long_key};
  std::vector<KeyRecord*> fresh;
  const std::vector<KeyRecord*> records = Insert(table, keys, &fresh);
  EXPECT_EQ(fresh, records);
  EXPECT_EQ(table.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(records[i]->key(), keys[i]);
    EXPECT_EQ(records[i]->vnode, VnodeOf(keys[i]));
    EXPECT_EQ(NumberOf(records[i]), 0u) << "a payload begins as zero bytes";
  }
  EXPECT_EQ(Find(table, keys), records);
  EXPECT_EQ(Find(table, {"b", std::string(99, 'x')}), (std::vector<KeyRecord*>{nullptr, nullptr}));
}

TEST(KeyTableTest, AKeyTwiceInABatchIsNewOnce) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  std::vector<KeyRecord*> fresh;
  const std::vector<KeyRecord*> records = Insert(table, {"a", "b", "a", "a"}, &fresh);
  EXPECT_EQ(fresh.size(), 2u);
  EXPECT_EQ(records[0], records[2]);
  EXPECT_EQ(records[0], records[3]);
  Insert(table, {"b", "a"}, &fresh);
  EXPECT_TRUE(fresh.empty());
}

// A key that is another one padded with zeros must not be taken for it.
TEST(KeyTableTest, ZerosAtTheEndOfAKeyCount) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  const std::vector<std::string> keys = {"", std::string(1, '\0'), std::string(2, '\0'),
                                         std::string(16, '\0'), std::string(17, '\0')};
  const std::vector<KeyRecord*> records = Insert(table, keys);
  EXPECT_EQ(std::set<KeyRecord*>(records.begin(), records.end()).size(), keys.size());
}

TEST(KeyTableTest, FixedWidthKeysAreThoseOfAnyWidth) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  for (const Type& type : {Type::Int2(), Type::Int8(), Type::Uuid()}) {
    ColumnBuilder builder(type);
    for (int i = 0; i < 100; ++i) {
      if (type.kind == TypeKind::kInt2) builder.Append(static_cast<int16_t>(i - 50));
      if (type.kind == TypeKind::kInt8) builder.Append(int64_t{i} << 40);
      if (type.kind == TypeKind::kUuid) {
        builder.Append(std::array<uint8_t, 16>{static_cast<uint8_t>(i)});
      }
    }
    Batch batch;
    batch.rows = 100;
    batch.columns = {builder.Finish()};
    KeyBatch keys;
    keys.Build(batch, std::array{0});
    ASSERT_NE(keys.fixed_width(), 0u);
    std::vector<KeyRecord*> records(100), fresh;
    table.FindOrInsert(keys, 0, records, fresh);
    EXPECT_EQ(fresh.size(), 100u);
    std::vector<std::string> bytes;
    for (uint32_t i = 0; i < 100; ++i) bytes.emplace_back(keys.key(i));
    EXPECT_EQ(Find(table, bytes), records);
  }
}

TEST(KeyTableTest, FindsAPieceOfABatch) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  const std::vector<KeyRecord*> all = Insert(table, {"a", "b", "c", "d"});
  const std::vector<std::string_view> views = {"a", "b", "c", "d"};
  KeyBatch batch;
  batch.Assign(views);
  std::vector<KeyRecord*> records(2);
  table.Find(batch, 1, records);
  EXPECT_EQ(records, (std::vector<KeyRecord*>{all[1], all[2]}));
}

TEST(KeyTableTest, RecordsStayWhereTheyAreWhileTheTableGrows) {
  StateArena arena(nullptr);
  KeyTable table(40, arena);
  std::vector<std::string> keys;
  std::vector<KeyRecord*> records;
  for (int i = 0; i < 100'000; ++i) {
    keys.push_back("key " + std::to_string(i));
    if (keys.size() % 1000 != 0) continue;
    const std::vector<std::string> slice(keys.end() - 1000, keys.end());
    for (KeyRecord* record : Insert(table, slice)) records.push_back(record);
  }
  EXPECT_EQ(Find(table, keys), records);
  EXPECT_EQ(table.size(), keys.size());
}

TEST(KeyTableTest, IteratesVnodeByVnode) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  std::vector<std::string> keys;
  for (int i = 0; i < 5000; ++i) keys.push_back("k" + std::to_string(i));
  Insert(table, keys);
  size_t seen = 0;
  for (uint16_t vnode = 0; vnode < kVnodes; ++vnode) {
    size_t in_vnode = 0;
    table.ForEach(vnode, [&](KeyRecord* record) {
      EXPECT_EQ(VnodeOf(record->key()), vnode);
      ++in_vnode;
    });
    EXPECT_EQ(in_vnode, table.size(vnode));
    seen += in_vnode;
  }
  EXPECT_EQ(seen, keys.size());
  table.ForEach([&](KeyRecord* record) { table.Erase(record); });
  EXPECT_EQ(table.size(), 0u);
}

TEST(KeyTableTest, ErasedMemoryServesTheNextKeys) {
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i) keys.push_back("a key that is not inline " + std::to_string(i));
  for (int round = 0; round < 3; ++round) {
    for (KeyRecord* record : Insert(table, keys)) table.Erase(record);
  }
  const size_t bytes = arena.reserved_bytes();
  for (int round = 0; round < 50; ++round) {
    for (KeyRecord* record : Insert(table, keys)) table.Erase(record);
  }
  EXPECT_EQ(arena.reserved_bytes(), bytes);
}

TEST(KeyTableTest, CountsItsMemoryAndSaysWhenItIsTooMuch) {
  MemoryBudget budget("test", 100'000);
  {
    StateArena arena(&budget);
    KeyTable table(64, arena);
    Insert(table, {"a"});
    EXPECT_EQ(budget.used(), arena.reserved_bytes());
    EXPECT_FALSE(arena.overdrawn());
    std::vector<std::string> keys;
    for (int i = 0; i < 4000; ++i) keys.push_back(std::to_string(i));
    Insert(table, keys);
    EXPECT_TRUE(arena.overdrawn());
    EXPECT_EQ(table.size(), 4001u) << "what the budget refuses is kept all the same";
    EXPECT_GT(budget.used(), budget.limit());
  }
  EXPECT_EQ(budget.used(), 0u);
}

class KeyTablePropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(KeyTablePropertyTest, AgreesWithAMap) {
  SCOPED_TRACE(testing::Repeat(GetParam()));
  std::mt19937_64 random(GetParam());
  StateArena arena(nullptr);
  KeyTable table(8, arena);
  std::unordered_map<std::string, uint64_t> model;
  const uint64_t domain = 1 + random() % 3000;
  for (int step = 0; step < 300; ++step) {
    std::vector<std::string> keys;
    const size_t count = 1 + random() % 200;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t number = random() % domain;
      keys.push_back(std::string(number % 40, 'p') + std::to_string(number));
    }
    if (random() % 3 > 0) {
      std::vector<KeyRecord*> fresh;
      const std::vector<KeyRecord*> records = Insert(table, keys, &fresh);
      for (KeyRecord* record : fresh) {
        EXPECT_TRUE(model.try_emplace(std::string(record->key()), 0).second);
      }
      for (size_t i = 0; i < count; ++i) ++NumberOf(records[i]), ++model.at(keys[i]);
    } else {
      const std::set<std::string> once(keys.begin(), keys.end());
      for (const std::string& key : once) {
        KeyRecord* record = Find(table, {key})[0];
        ASSERT_EQ(record != nullptr, model.contains(key));
        if (record == nullptr) continue;
        EXPECT_EQ(NumberOf(record), model.at(key));
        table.Erase(record);
        model.erase(key);
      }
    }
    ASSERT_EQ(table.size(), model.size());
  }
  std::map<std::string, uint64_t> left;
  table.ForEach([&](KeyRecord* record) { left.emplace(record->key(), NumberOf(record)); });
  EXPECT_EQ(left, (std::map<std::string, uint64_t>(model.begin(), model.end())));
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyTablePropertyTest, ::testing::ValuesIn(testing::Seeds(8)));

}  // namespace
}  // namespace riverrun::executor
