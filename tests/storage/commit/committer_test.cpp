#include "storage/commit/committer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "storage/commit/table_layout.h"
#include "tests/storage/commit/commit_fixture.h"

namespace riverrun::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Committer, KeepsRowsPublishedOrNot) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  const auto first = db.Write(*table, {{2, "two"}, {1, "one"}});
  ASSERT_TRUE(first.has_value()) << ToString(first.error());
  EXPECT_EQ(first->status, CommitResult::kCommitted);
  EXPECT_EQ(first->lsn, db.committer().last_commit());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:one", "2:two"));
  db.Publish();
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:one", "2:two"));
  ASSERT_TRUE(db.Write(*table, {{1, "one", -1}, {1, "eins"}, {2, "two", -1}}).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:eins"));
  const ReadView held = db.Read(*table);
  ASSERT_TRUE(db.Write(*table, {{3, "three"}}).has_value());
  db.Publish();
  db.Publish();
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:eins", "3:three"));
  const int columns[] = {0, 1};
  auto cursor = OpenScan(held, table->id, columns, std::nullopt, true);
  EXPECT_THAT(TextsOf(**cursor), ElementsAre("1:eins"));
}

TEST(Committer, RefusesADuplicateKeyAsPostgresDoes) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "one"}}).has_value());
  for (int published = 0; published < 2; ++published) {
    const Error error = db.WriteError(*table, {{1, "uno"}});
    EXPECT_EQ(error.sqlstate, sqlstate::kUniqueViolation);
    EXPECT_EQ(error.text, "duplicate key value violates unique constraint \"t_pkey\"");
    EXPECT_EQ(error.detail, "Key (id)=(1) already exists.");
    db.Publish();
  }
  EXPECT_EQ(db.WriteError(*table, {{5, "a"}, {5, "b"}}).sqlstate, sqlstate::kUniqueViolation);
  EXPECT_EQ(db.WriteError(*table, {{5, "a"}, {5, "a"}}).sqlstate, sqlstate::kUniqueViolation);
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:one"));
  // A key that the same statement frees is free.
  ASSERT_TRUE(db.Write(*table, {{1, "uno"}, {1, "one", -1}}).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:uno"));
}

TEST(Committer, RefusesNullAsPostgresDoes) {
  TestDatabase db;
  const ObjectRef with_key = db.CreateTable("t");
  const ObjectRef without = db.CreateTable("u", /*with_key=*/false);
  for (const ObjectRef& table : {with_key, without}) {
    const Error error = db.WriteError(*table, {{std::nullopt, std::string(70, 'x')}});
    EXPECT_EQ(error.sqlstate, sqlstate::kNotNullViolation);
    EXPECT_EQ(error.text, "null value in column \"id\" of relation \"" + table->name +
                              "\" violates not-null constraint");
    EXPECT_EQ(error.detail, "Failing row contains (null, " + std::string(64, 'x') + "...).");
  }
}

TEST(Committer, NoticesRowsThatChangedOrWent) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "one"}, {2, "two"}}).has_value());
  ASSERT_TRUE(db.Write(*table, {{1, "one", -1}, {1, "eins"}, {2, "two", -1}}).has_value());
  const Error changed = db.WriteError(*table, {{1, "one", -1}, {1, "uno"}});
  EXPECT_EQ(changed.sqlstate, sqlstate::kSerializationFailure);
  EXPECT_EQ(changed.text, "could not serialize access due to concurrent update");
  EXPECT_THAT(changed.detail, HasSubstr("(id)=(1)"));
  EXPECT_EQ(db.WriteError(*table, {{2, "two", -1}}).sqlstate, sqlstate::kSerializationFailure);
  // Deleting a row and inserting the same one again needs the row, too.
  EXPECT_EQ(db.WriteError(*table, {{1, "one", -1}, {1, "one"}}).sqlstate,
            sqlstate::kSerializationFailure);
  EXPECT_EQ(db.Write(*table, {{1, "eins", -1}, {1, "eins"}})->status, CommitResult::kNothing);
}

TEST(Committer, ATransactionIsAskedToRunAgainWhenItsKeyWasTaken) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  WriteSet writes({.explicit_transaction = true});
  ASSERT_TRUE(db.Add(writes, *table, {{1, "mine"}}).has_value());
  ASSERT_TRUE(db.Write(*table, {{1, "theirs"}}).has_value());
  const auto result = db.committer().Commit(writes, db.cancel());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().sqlstate, sqlstate::kSerializationFailure);
  EXPECT_FALSE(writes.empty());
}

TEST(Committer, LockedRowsMustStay) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "one"}, {2, "two"}}).has_value());
  const auto locking = [&](std::initializer_list<TestRow> locked) {
    WriteSet writes({.explicit_transaction = true});
    EXPECT_TRUE(writes.Check(*table, MakeRows(locked)).has_value());
    EXPECT_TRUE(db.Add(writes, *table, {{9, "x"}}).has_value());
    return writes;
  };
  WriteSet good = locking({{1, "one"}});
  ASSERT_TRUE(db.committer().Commit(good, db.cancel()).has_value());
  WriteSet changed = locking({{1, "one"}});
  ASSERT_TRUE(db.Write(*table, {{9, "x", -1}, {1, "one", -1}, {1, "eins"}}).has_value());
  EXPECT_EQ(db.committer().Commit(changed, db.cancel()).error().sqlstate,
            sqlstate::kSerializationFailure);
  // A row that the transaction locks and then writes is checked once, as it was read.
  WriteSet own = locking({{2, "two"}});
  ASSERT_TRUE(db.Add(own, *table, {{2, "two", -1}, {2, "zwei"}}).has_value());
  ASSERT_TRUE(own.Check(*table, MakeRows({{2, "zwei"}})).has_value());
  EXPECT_TRUE(db.committer().Commit(own, db.cancel()).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:eins", "2:zwei", "9:x"));
}

TEST(Committer, RowsWithoutAKeyKeepTheirOrder) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("log", /*with_key=*/false);
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{5, "a"}, {5, "a"}}).has_value());
  ASSERT_TRUE(db.Add(writes, *table, {{3, "b"}}).has_value());
  EXPECT_THAT(db.Texts(*table, &writes), ElementsAre("5:a", "5:a", "3:b"));
  const auto first = db.committer().Commit(writes, db.cancel());
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(db.Write(*table, {{1, "c"}}).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("5:a", "5:a", "3:b", "1:c"));
  db.Publish();
  EXPECT_THAT(db.Texts(*table), ElementsAre("5:a", "5:a", "3:b", "1:c"));

  // One of two equal rows goes: its hidden id says which.
  Batch second = MakeRows({{5, "a", -1}});
  AppendPendingRowIds(second, 1);
  ResolveRowIds(second, first->lsn);
  WriteSet deletion;
  ASSERT_TRUE(deletion.Add(*table, {table->id, 0, second}).has_value());
  ASSERT_TRUE(db.committer().Commit(deletion, db.cancel()).has_value());
  EXPECT_THAT(db.Texts(*table), ElementsAre("5:a", "3:b", "1:c"));
  ASSERT_TRUE(deletion.Add(*table, {table->id, 0, second}).has_value());
  EXPECT_EQ(db.committer().Commit(deletion, db.cancel()).error().sqlstate,
            sqlstate::kSerializationFailure);
}

TEST(Committer, CommitsWaitForPublication) {
  TestDatabase db({.unpublished_rows_max = 3, .budget = nullptr});
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}}).has_value());
  EXPECT_FALSE(db.committer().HasRoom());
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{5, "e"}}).has_value());
  EXPECT_EQ(db.committer().Commit(writes, db.cancel())->status, CommitResult::kWait);
  EXPECT_FALSE(writes.empty());
  db.Publish();
  EXPECT_TRUE(db.committer().HasRoom());
  EXPECT_EQ(db.committer().Commit(writes, db.cancel())->status, CommitResult::kCommitted);
  EXPECT_TRUE(writes.empty());
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:a", "2:b", "3:c", "4:d", "5:e"));
}

TEST(Committer, RefusesAnAlteredOrDroppedTable) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a"}}).has_value());
  auto altered = std::make_shared<CatalogObject>(*table);
  ++altered->version;
  altered->name = "u";
  WriteSet ddl;
  ddl.Add(AlterObject{altered});
  ASSERT_TRUE(db.committer().Commit(ddl, db.cancel()).has_value());
  EXPECT_EQ(db.committer().Commit(writes, db.cancel()).error().sqlstate,
            sqlstate::kSerializationFailure);
  ASSERT_TRUE(db.Write(*altered, {{1, "a"}}).has_value());

  auto wider = std::make_shared<CatalogObject>(*altered);
  ++wider->version;
  wider->columns.push_back({.name = "more", .type = Type::Bool()});
  ddl.Add(AlterObject{wider});
  EXPECT_EQ(db.committer().Commit(ddl, db.cancel()).error().sqlstate,
            sqlstate::kFeatureNotSupported);

  WriteSet drop;
  drop.Add(DropObject{table->id});
  ASSERT_TRUE(db.Add(drop, *altered, {{2, "of no use"}}).has_value());
  ASSERT_TRUE(db.committer().Commit(drop, db.cancel()).has_value());
  EXPECT_EQ(db.WriteError(*altered, {{3, "c"}}).sqlstate, sqlstate::kSerializationFailure);
}

TEST(Committer, ATransactionMakesATableAndFillsIt) {
  TestDatabase db;
  auto table = std::make_shared<CatalogObject>(*db.CreateTable("t"));
  table->id = db.committer().AllocateObject();
  table->name = "u";
  WriteSet writes({.explicit_transaction = true});
  writes.Add(CreateObject{table});
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a"}}).has_value());
  EXPECT_NE((*writes.CatalogOver(*db.committer().catalog()))->Find(table->id), nullptr);
  const auto result = db.committer().Commit(writes, db.cancel());
  ASSERT_TRUE(result.has_value()) << ToString(result.error());
  EXPECT_TRUE(result->catalog);
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:a"));
  db.Recover();
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:a"));
}

TEST(Committer, StreamsTakeRowsAndGiveNoneBack) {
  TestDatabase db;
  const ObjectRef stream = db.CreateStream("s");
  ASSERT_TRUE(db.Write(*stream, {{1, "a"}, {1, "a"}}).has_value());
  EXPECT_EQ(db.WriteError(*stream, {{1, "a", -1}}).sqlstate, sqlstate::kFeatureNotSupported);
  EXPECT_EQ(db.WriteError(*stream, {{std::nullopt, "a"}}).sqlstate, sqlstate::kNotNullViolation);
}

TEST(Committer, EvaluatesInside) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{1, "1"}}).has_value());
  const auto increment = [&](Committer::Inside& inside) -> Result<WriteSet> {
    const ObjectId ids[] = {table->id};
    const int columns[] = {0, 1};
    auto cursor = OpenScan(inside.Newest(ids), table->id, columns, std::nullopt, true);
    const std::string old = TextsOf(**cursor).front().substr(2);
    WriteSet writes;
    EXPECT_TRUE(db.Add(writes, *table, {{1, old, -1}, {1, std::to_string(std::stoi(old) + 1)}}));
    return writes;
  };
  ASSERT_EQ(db.committer().Run(increment, db.cancel())->status, CommitResult::kCommitted);
  EXPECT_THAT(db.Texts(*table), ElementsAre("1:2"));
  const auto fails = [](Committer::Inside&) -> Result<WriteSet> {
    return Fail(sqlstate::kDivisionByZero, "division by zero");
  };
  EXPECT_EQ(db.committer().Run(fails, db.cancel()).error().sqlstate, sqlstate::kDivisionByZero);
}

TEST(Committer, HonoursACancel) {
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  WriteSet writes;
  ASSERT_TRUE(db.Add(writes, *table, {{1, "a"}}).has_value());
  Cancel cancel;
  cancel.Request();
  EXPECT_EQ(db.committer().Commit(writes, cancel).error().sqlstate, sqlstate::kQueryCanceled);
  EXPECT_THAT(db.Texts(*table), IsEmpty());
}

TEST(Committer, IdsAndEpochsSurviveARestart) {
  TestDatabase db;
  const OperatorId operators = db.committer().AllocateOperators(10);
  const ObjectRef table = db.CreateTable("t");
  const auto block = db.committer().ReserveEpochBlock(1 << 20);
  ASSERT_TRUE(block.has_value());
  db.Recover();
  EXPECT_GE(db.committer().AllocateOperators(1).value, operators.value + 10);
  EXPECT_GT(db.committer().AllocateObject().value, table->id.value);
  const auto next = db.committer().ReserveEpochBlock(1 << 20);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->first, block->end);
  EXPECT_EQ(next->end, block->end + (1 << 20));
}

// Sessions on threads add to the same counters. An update that a session lost would be missing.
TEST(Committer, ThreadsLoseNoUpdate) {
  constexpr int kThreads = 4;
  constexpr int kUpdates = 150;
  TestDatabase db;
  const ObjectRef table = db.CreateTable("t");
  ASSERT_TRUE(db.Write(*table, {{0, "0"}, {1, "0"}, {2, "0"}}).has_value());
  const auto session = [&](int seed) {
    for (int i = 0; i < kUpdates; ++i) {
      const int64_t id = (i + seed) % 3;
      for (;;) {
        const std::string old = db.Texts(*table)[id].substr(2);
        WriteSet writes;
        ASSERT_TRUE(
            db.Add(writes, *table, {{id, old, -1}, {id, std::to_string(std::stoi(old) + 1)}}));
        const auto result = db.committer().Commit(writes, db.cancel());
        if (result.has_value()) break;
        ASSERT_EQ(result.error().sqlstate, sqlstate::kSerializationFailure);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(session, i);
  for (int i = 0; i < 50; ++i) db.Publish();
  for (std::thread& thread : threads) thread.join();
  int sum = 0;
  for (const std::string& text : db.Texts(*table)) sum += std::stoi(text.substr(2));
  EXPECT_EQ(sum, kThreads * kUpdates);
}

}  // namespace
}  // namespace riverrun::storage
