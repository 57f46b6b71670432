// The engine with all its threads, on real files. Under TSan this is the test of the threads.
#include "server/engine/engine.h"
#include "server/system_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "parser/parser.h"
#include "planner/bind/bind.h"
#include "planner/overloaded.h"
#include "storage/posix_file_system.h"
#include "tests/server/temporary_directory.h"
#include "types/value.h"

namespace riverrun::server {
namespace {

class EngineTest : public ::testing::Test {
 protected:
  void Open(int workers = 2) {
    engine_.reset();
    EngineOptions options;
    options.data_directory = directory_.path();
    options.workers = workers;
    auto opened = Engine::Open(files_, clock_, options);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    engine_ = std::move(*opened);
  }

  planner::BoundStatement Bind(const std::string& sql) {
    planner::BindContext context;
    context.catalog = engine_->catalog();
    context.principal = {storage::CatalogSnapshot::kFirstRole, true};
    context.next_object = [this] { return engine_->AllocateObject(); };
    const auto statements = parser::ParseStatements(sql);
    return planner::Bind(statements.front(), context);
  }

  Result<Committed> Change(const std::string& sql, const Cancel& cancel) {
    storage::WriteSet writes;
    const planner::BoundStatement bound = Bind(sql);
    if (const auto* plan = std::get_if<planner::CatalogPlan>(&bound.plan)) {
      for (const auto& change : plan->changes) writes.Add(change);
    } else {
      const auto& view = std::get<planner::MaterializedViewPlan>(bound.plan);
      writes.Add(planner::PlanMaterializedView(view, [this] {
                   return engine_->AllocateOperator();
                 }).change);
    }
    return engine_->Commit(writes, Durability::kDurable, cancel);
  }
  void Change(const std::string& sql) {
    const Cancel never;
    const auto done = Change(sql, never);
    ASSERT_TRUE(done.has_value()) << sql << ": " << done.error().text;
  }

  ObjectId IdOf(const std::string& name) {
    return engine_->catalog()->FindRelation("public", name)->id;
  }

  // Rows (key, key % 10) of a table t (k bigint primary key, g bigint).
  Lsn Insert(int64_t from, int64_t to) {
    const storage::ObjectRef table = engine_->catalog()->FindRelation("public", "t");
    BatchBuilder rows(std::vector<Type>{Type::Int8(), Type::Int8()});
    for (int64_t key = from; key < to; ++key) {
      rows.column(0).Append(key);
      rows.column(1).Append(key % 10);
      rows.EndRow();
    }
    storage::WriteSet writes;
    EXPECT_TRUE(writes.Add(*table, {table->id, 0, rows.Finish()}).has_value());
    const Cancel never;
    const auto done = engine_->Commit(writes, Durability::kDurable, never);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().text);
    return done ? done->lsn : 0;
  }

  // Sum of a bigint column over all rows of an object, at an epoch that holds `contains`.
  int64_t Sum(const std::string& name, int column, Lsn contains) {
    const ObjectId ids[] = {IdOf(name)};
    const Cancel never;
    const auto view = engine_->OpenRead(ids, contains, never);
    EXPECT_TRUE(view.has_value()) << (view ? "" : view.error().text);
    return SumOf(*view, ids[0], column);
  }
  static int64_t SumOf(const storage::ReadView& view, ObjectId id, int column) {
    const int columns[] = {column};
    auto cursor = storage::OpenScan(view, id, columns, std::nullopt, false);
    int64_t sum = 0;
    while (true) {
      auto next = (*cursor)->Next();
      if (!next || !*next) return sum;
      const Batch& batch = **next;
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        sum += batch.columns[0].At<int64_t>(row) * batch.WeightOf(row);
      });
    }
  }

  TemporaryDirectory directory_;
  storage::PosixFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, ViewContainsTheSessionsOwnWrite) {
  Open();
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  Change("CREATE MATERIALIZED VIEW v AS SELECT g, count(*) AS n FROM t GROUP BY g");
  for (int64_t i = 0; i < 50; ++i) {
    const Lsn lsn = Insert(i * 3, i * 3 + 3);
    ASSERT_EQ(Sum("v", 1, lsn), i * 3 + 3);
  }
}

TEST_F(EngineTest, NewViewBeginsWithWhatItsInputsContain) {
  Open(3);
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  Insert(0, 2000);
  Change("CREATE MATERIALIZED VIEW v AS SELECT g, count(*) AS n FROM t GROUP BY g");
  EXPECT_EQ(Sum("v", 1, 0), 2000);
  Change("CREATE MATERIALIZED VIEW w AS SELECT count(*) AS groups, sum(n)::bigint AS n FROM v");
  EXPECT_EQ(Sum("w", 0, 0), 10);
  EXPECT_EQ(Sum("w", 1, Insert(2000, 2500)), 2500);
}

TEST_F(EngineTest, ViewsCreatedUnderLoadEqualTheirTable) {
  Open(2);
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  std::atomic<bool> stop = false;
  std::atomic<int64_t> rows = 0;
  std::thread writer([&] {
    while (!stop) {
      Insert(rows, rows + 20);
      rows += 20;
    }
  });
  for (int i = 0; i < 8; ++i) {
    Change("CREATE MATERIALIZED VIEW v" + std::to_string(i) +
           " AS SELECT g, count(*) AS n FROM t GROUP BY g");
    // One read names both: it sees both at one epoch.
    const ObjectId ids[] = {IdOf("t"), IdOf("v" + std::to_string(i))};
    for (int read = 0; read < 20; ++read) {
      const Cancel never;
      const auto view = engine_->OpenRead(ids, 0, never);
      ASSERT_TRUE(view.has_value());
      EXPECT_EQ(SumOf(*view, ids[0], 1) > 0, SumOf(*view, ids[1], 1) > 0);
      int64_t in_table = 0;
      auto cursor = storage::OpenScan(*view, ids[0], std::vector<int>{0}, std::nullopt, false);
      while (true) {
        auto next = (*cursor)->Next();
        ASSERT_TRUE(next.has_value());
        if (!*next) break;
        in_table += (*next)->selected();
      }
      ASSERT_EQ(in_table, SumOf(*view, ids[1], 1)) << "at epoch " << view->epoch;
    }
    if (i % 2 == 1) Change("DROP MATERIALIZED VIEW v" + std::to_string(i));
  }
  stop = true;
  writer.join();
}

TEST_F(EngineTest, StartsAgainWithTheSameContent) {
  Open(2);
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  Insert(0, 100);
  Change("CREATE MATERIALIZED VIEW v AS SELECT g, count(*) AS n FROM t GROUP BY g");
  Insert(100, 150);
  Open(1);
  EXPECT_EQ(Sum("v", 1, 0), 150);
  EXPECT_EQ(Sum("v", 1, Insert(150, 160)), 160);
}

TEST_F(EngineTest, SecondEngineOnTheSameDirectoryIsRefused) {
  Open();
  EngineOptions options;
  options.data_directory = directory_.path();
  const auto second = Engine::Open(files_, clock_, options);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().sqlstate, sqlstate::kObjectNotInPrerequisiteState);
}

TEST_F(EngineTest, CommitsOfManyThreadsAreAllThere) {
  Open(2);
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  Change("CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM t");
  std::vector<std::thread> threads;
  for (int64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int64_t i = 0; i < 100; ++i) {
        const int64_t key = thread * 1000 + i;
        const Lsn lsn = Insert(key, key + 1);
        ASSERT_GT(Sum("v", 0, lsn), i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Sum("v", 0, 0), 400);
}

TEST_F(EngineTest, WaitEndsWhenItIsRefused) {
  Open();
  Change("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
  std::thread waiter([this] {
    const ObjectId ids[] = {IdOf("t")};
    const Cancel never;
    const auto view = engine_->OpenRead(ids, Lsn{1} << 60, never);
    ASSERT_FALSE(view.has_value());
    EXPECT_EQ(view.error().sqlstate, sqlstate::kAdminShutdown);
  });
  engine_->RefuseWaits();
  waiter.join();
}

TEST_F(EngineTest, FormatOfANewerServerIsRefused) {
  Open();
  engine_.reset();
  std::filesystem::remove(directory_.path() + "/FORMAT");
  {
    std::FILE* file = std::fopen((directory_.path() + "/FORMAT").c_str(), "w");
    std::fputs("riverrun 99.0\n", file);
    std::fclose(file);
  }
  EngineOptions options;
  options.data_directory = directory_.path();
  const auto opened = Engine::Open(files_, clock_, options);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().sqlstate, sqlstate::kFeatureNotSupported);
}

}  // namespace
}  // namespace riverrun::server
