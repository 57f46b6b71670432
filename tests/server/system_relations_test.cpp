// The rows of system relations over moments that are hard to bring about.
#include <gtest/gtest.h>

#include "server/relations/registry.h"
#include "types/text/text_format.h"

namespace riverrun::server {
namespace {

using storage::ObjectKind;

// One line a row; NULL as an empty cell.
std::vector<std::string> RowsOf(const VirtualRelation& relation, const Moment& moment) {
  RowWriter writer(relation.columns, nullptr);
  relation.make(moment, writer);
  const Settings settings;
  TextWriter text(settings);
  std::vector<std::string> lines;
  for (const Batch& batch : writer.Finish()) {
    for (uint32_t row = 0; row < batch.rows; ++row) {
      std::string& line = lines.emplace_back();
      for (size_t i = 0; i < batch.columns.size(); ++i) {
        if (i > 0) line += "|";
        if (!batch.columns[i].IsNull(row)) text.Append(batch.columns[i], row, line);
      }
    }
  }
  return lines;
}

storage::CatalogChange Object(uint32_t id, ObjectKind kind, const char* name) {
  auto object = std::make_shared<storage::CatalogObject>();
  object->id = {id};
  object->kind = kind;
  object->schema = "public";
  object->name = name;
  object->owner = storage::CatalogSnapshot::kFirstRole;
  return storage::CreateObject{std::move(object)};
}

storage::CatalogRef CatalogWith(const std::vector<storage::CatalogChange>& objects) {
  return *storage::CatalogSnapshot::Initial()->With(objects);
}

Moment MomentOf(storage::CatalogRef catalog) {
  Moment moment;
  moment.view.epoch = 9;
  moment.view.catalog = std::move(catalog);
  moment.view.cut = std::make_shared<const storage::CutRecord>(
      storage::CutRecord{.info = {9, 0}, .commits_before = 77, .positions = {}});
  moment.search_path = {"public"};
  return moment;
}

using Lines = std::vector<std::string>;

TEST(SystemSources, SayWhatIsKnownAndWhyOneStands) {
  Moment moment = MomentOf(CatalogWith({Object(10, ObjectKind::kStream, "My log")}));
  moment.sources = {{.object = {10},
                     .next_offset = 5,
                     .end_offset = 12,
                     .rows = 5,
                     .late = 1,
                     .watermark = Micros{0}},
                    {.object = {10},
                     .partition = 1,
                     .state = SourceStatus::State::kFailed,
                     .reason = "the topic was deleted"},
                    {.object = {10}, .partition = 2, .next_offset = 8, .end_offset = 7},
                    {.object = {11}}};  // dropped
  EXPECT_EQ(RowsOf(SystemSources(), moment),
            (Lines{"\"My log\"|0|running|5|12|7|1970-01-01 00:00:00+00|5||1|",
                   "\"My log\"|1|failed: the topic was deleted||||||||",
                   "\"My log\"|2|running|8|7|0|||||"}));
}

TEST(SystemViews, OneThatIsBeingFilledHasProgressOnly) {
  Moment moment = MomentOf(CatalogWith({Object(10, ObjectKind::kMaterializedView, "v")}));
  EXPECT_EQ(RowsOf(SystemViews(), moment), Lines{"v|materialized view|filling||||||||earliest"});
  moment.progress[{10}] = 0.25;
  EXPECT_EQ(RowsOf(SystemViews(), moment),
            Lines{"v|materialized view|filling|0.25|||||||earliest"});
}

TEST(ReadProgress, LeavesOutWhatHasNoContentYet) {
  Moment moment =
      MomentOf(CatalogWith({Object(10, ObjectKind::kTable, "t"), Object(11, ObjectKind::kView, "q"),
                            Object(12, ObjectKind::kTable, "u")}));
  moment.view.versions[{10}] = std::make_shared<const storage::ViewVersion>();
  EXPECT_EQ(RowsOf(ReadProgress(), moment), Lines{"t|||77||9"});
}

TEST(SystemRelations, RowsAreMadeOfThoseAskedForOnly) {
  const ObjectId sources = SystemRelations().Find("sys", "sources")->id;
  const ObjectId objects[] = {{3}, sources, storage::ErrorsOf({3})};
  EXPECT_TRUE(AnyVirtual(objects));
  EXPECT_FALSE(AnyVirtual(std::span(objects).first(1)));
  MemoryBudget budget("test");
  {
    Moment moment = MomentOf(CatalogWith({Object(10, ObjectKind::kStream, "s")}));
    moment.sources = {{.object = {10}}};
    const auto made = MakeRowsOf(objects, moment, &budget);
    ASSERT_EQ(made.size(), 1);
    EXPECT_EQ(made.at(sources)->front().rows, 1);
    EXPECT_GT(budget.used(), 0);
  }
  EXPECT_EQ(budget.used(), 0);
}

}  // namespace
}  // namespace riverrun::server
