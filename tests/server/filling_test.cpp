// How far a view has come that is being filled, with the engine's parts stepped one by one.
#include "server/engine/filling.h"

#include <gtest/gtest.h>

#include "parser/parser.h"
#include "planner/bind/bind.h"
#include "server/engine/relation.h"
#include "server/system_clock.h"
#include "storage/commit/table_layout.h"
#include "storage/posix_file_system.h"
#include "tests/server/temporary_directory.h"

namespace riverrun::server {
namespace {

class FillingTest : public ::testing::Test {
 protected:
  FillingTest() {
    PartsOptions options;
    options.workers = 2;
    options.journal.directory = directory_.path() + "/journal";
    auto opened = EngineParts::Open(files_, clock_, options, [](const storage::CutRecord&) {});
    CHECK(opened.has_value(), opened ? "" : opened.error().text);
    parts_ = std::move(*opened);
    table_ = Create("CREATE TABLE t (k bigint PRIMARY KEY, g bigint)");
    CHECK(parts_->Start().has_value(), "the parts do not start");
    parts_->coordinator().Change(parts_->AddTable(table_->id, storage::HasRowIds(*table_)));
    Attach(*table_, EngineParts::Begin::kReplay);
    parts_->Replay();
    Settle();
  }

  storage::ObjectRef Create(const std::string& sql) {
    planner::BindContext context;
    context.catalog = parts_->committer().catalog();
    context.principal = {storage::CatalogSnapshot::kFirstRole, true};
    context.next_object = [this] { return parts_->committer().AllocateObject(); };
    const auto bound = planner::Bind(parser::ParseStatements(sql).front(), context);
    storage::WriteSet writes;
    if (const auto* plan = std::get_if<planner::CatalogPlan>(&bound.plan)) {
      for (const storage::CatalogChange& change : plan->changes) writes.Add(change);
    } else {
      writes.Add(
          planner::PlanMaterializedView(std::get<planner::MaterializedViewPlan>(bound.plan),
                                        [this] { return parts_->committer().AllocateOperators(1); })
              .change);
    }
    Commit(writes);
    return parts_->committer().catalog()->objects().rbegin()->second;
  }

  void Commit(storage::WriteSet& writes) {
    const Cancel never;
    const auto committed = parts_->committer().Commit(writes, never);
    CHECK(committed.has_value(), committed ? "" : committed.error().text);
    CHECK(parts_->journal().WaitDurable(committed->lsn).has_value(), "the journal fails");
  }

  void Insert(int64_t rows) {
    BatchBuilder builder(std::vector<Type>{Type::Int8(), Type::Int8()});
    storage::WriteSet writes;
    const auto add = [&] {
      CHECK(writes.Add(*table_, {table_->id, 0, builder.Finish()}).has_value(), "does not fit");
    };
    for (int64_t key = 0; key < rows; ++key) {
      builder.column(0).Append(key);
      builder.column(1).Append(key % 10);
      builder.EndRow();
      if (builder.full()) add();
    }
    if (builder.rows() > 0) add();
    Commit(writes);
    parts_->coordinator().RequestCut(parts_->journal().End());
    Settle();
  }

  void Attach(const storage::CatalogObject& object, EngineParts::Begin begin) {
    auto relation = RelationOf(object);
    CHECK(relation.has_value() && relation->has_value(), "the object has no content");
    parts_->coordinator().Change(parts_->Attach(std::move(**relation), begin));
  }
  void Settle() {
    while (!parts_->Quiet()) {
    }
  }

  TemporaryDirectory directory_;
  storage::PosixFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<EngineParts> parts_;
  storage::ObjectRef table_;
};

TEST_F(FillingTest, ProgressRisesFromNothingToAll) {
  Insert(50'000);
  const storage::ObjectRef view =
      Create("CREATE MATERIALIZED VIEW v AS SELECT g, count(*) FROM t GROUP BY g");
  Attach(*view, EngineParts::Begin::kHydrate);
  const auto filling = parts_->filling(view->id);
  ASSERT_NE(filling, nullptr);
  std::vector<double> seen = {*filling->Progress()};
  bool quiet = false;
  while (!quiet) {
    quiet = true;
    for (int part = 0; part < parts_->parts(); ++part) {
      quiet &= !parts_->Step(part);
      seen.push_back(*filling->Progress());
    }
    quiet = quiet && parts_->coordinator().Quiet();
  }
  EXPECT_EQ(seen.front(), 0);
  EXPECT_EQ(seen.back(), 1);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_TRUE(std::ranges::any_of(seen, [](double part) { return part > 0 && part < 1; }));
}

TEST_F(FillingTest, NothingToReadIsAllThatThereIs) {
  const storage::ObjectRef view = Create("CREATE MATERIALIZED VIEW v AS SELECT k FROM t");
  Attach(*view, EngineParts::Begin::kHydrate);
  EXPECT_EQ(parts_->filling(view->id)->Progress(), 1);
  EXPECT_EQ(parts_->filling(table_->id), nullptr);
  Settle();
}

TEST(Filling, AHistoryOfUnknownLengthHasNoProgress) {
  Filling filling;
  filling.Expect(10);
  EXPECT_EQ(filling.Progress(), 0);
  filling.ExpectUnknown();
  EXPECT_EQ(filling.Progress(), std::nullopt);
}

}  // namespace
}  // namespace riverrun::server
