#include "storage/commit/write_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/commit/commit_fixture.h"

namespace riverrun::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WriteSet, ATransactionReadsItsOwnWrites) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "one"}, {2, "two"}}).has_value());
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{1, "one", -1}, {3, "three"}}).has_value());
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("2:two", "3:three"));
  ASSERT_TRUE(db.Add(writes, *table, {{3, "three", -1}, {3, "drei"}, {1, "uno"}}).has_value());
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("1:uno", "2:two", "3:drei"));
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:one", "2:two"));
  KeyBatch keys;
  const Batch wanted = MakeRows({{2, ""}, {3, ""}, {4, ""}});
  const int key[] = {0};
  keys.Build(wanted, key);
  const int text[] = {1};
  const auto found = Lookup(db.Read(*table, &writes), table->id, keys, text);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->found, ElementsAre(0u, 1u));
  EXPECT_EQ(found->rows.columns[0].BytesAt(1), "drei");
}

TEST(WriteSet, GoesBackToSavepoints) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  WriteSet writes({.explicit_transaction = true});
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a"}}).has_value());
  const size_t first = writes.Savepoint();
  const size_t bytes = writes.bytes();
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a", -1}, {1, "b"}}).has_value());
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("1:b"));
  auto other = std::make_shared<CatalogObject>(*table);
  other->id = db.committer().AllocateObject();
  other->name = "u";
  writes.Add(CreateObject{other});
  ASSERT_TRUE(db.Add(writes, *other, {{7, "x"}}).has_value());
  const size_t second = writes.Savepoint();
  ASSERT_TRUE(db.Add(writes, *table, {{2, "c"}}).has_value());
  writes.RollbackTo(second);
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("1:b"));
  writes.RollbackTo(first);
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("1:a"));
  EXPECT_THAT(writes.Changes(), IsEmpty());
  EXPECT_EQ(writes.bytes(), bytes);
  ASSERT_TRUE(db.committer().Commit(writes, db.cancel()).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:a"));
  EXPECT_EQ(db.committer().catalog()->FindRelation("public", "u"), nullptr);
}

TEST(WriteSet, IsBounded) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  MemoryBudget budget("session", 64 << 10);
  {
    WriteSet writes({.explicit_transaction = true, .bytes_max = 4096, .budget = &budget});
    Result<void> added;
    int64_t rows = 0;
    while (added && rows < 100) added = db.Add(writes, *table, {{rows++, "x"}});
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().sqlstate, sqlstate::kConfigurationLimitExceeded);
    EXPECT_FALSE(added.error().hint.empty());
    EXPECT_LE(writes.bytes(), 4096u);
    EXPECT_EQ(db.Texts(*table, &writes).size(), static_cast<size_t>(rows - 1));
    EXPECT_GE(budget.used(), writes.bytes());
  }
  EXPECT_EQ(budget.used(), 0u);
  MemoryBudget small("session", 100);
  WriteSet writes({.budget = &small});
  EXPECT_EQ(db.Add(writes, *table, {{1, "x"}}).error().sqlstate, sqlstate::kOutOfMemory);
  EXPECT_TRUE(writes.empty());
}

TEST(WriteSet, TwoRowsOfOneKeyCanBeReadAndNotCommitted) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a"}}).has_value());
  ASSERT_TRUE(db.Add(writes, *table, {{1, "b"}}).has_value());
  EXPECT_EQ(db.Texts(*table, &writes).size(), 1u);
  EXPECT_EQ(db.committer().Commit(writes, db.cancel()).error().sqlstate,
            sqlstate::kUniqueViolation);
}

}  // namespace
}  // namespace riverrun::storage
