// Relations that no record makes: their ids, names and columns.
#include "storage/catalog/derived_object.h"

#include <gtest/gtest.h>

namespace riverrun::storage {
namespace {

CatalogChange Create(uint32_t id, ObjectKind kind, std::string name) {
  auto object = std::make_shared<CatalogObject>();
  object->id = {id};
  object->kind = kind;
  object->schema = "public";
  object->name = std::move(name);
  object->owner = CatalogSnapshot::kFirstRole;
  return CreateObject{std::move(object)};
}

TEST(DerivedObject, IdsSayWhatTheyAre) {
  const ObjectId view{17};
  EXPECT_FALSE(IsErrors(view));
  EXPECT_FALSE(IsVirtual(view));
  EXPECT_TRUE(IsErrors(ErrorsOf(view)));
  EXPECT_FALSE(IsVirtual(ErrorsOf(view)));
  EXPECT_EQ(OwnerOf(ErrorsOf(view)), view);
  EXPECT_EQ(OwnerOf(view), view);
  VirtualRelations relations;
  EXPECT_TRUE(IsVirtual(relations.Add("sys", "views", {})));
}

TEST(DerivedObject, ErrorRelationsOfStreamsAndMaterializedViews) {
  const CatalogChange changes[] = {
      Create(10, ObjectKind::kStream, "s"), Create(11, ObjectKind::kMaterializedView, "m"),
      Create(12, ObjectKind::kTable, "t"), Create(13, ObjectKind::kView, "v")};
  const CatalogRef catalog = *CatalogSnapshot::Initial()->With(changes);
  const std::vector<std::string> path = {"nowhere", "public"};
  const auto find = [&](std::string_view name) { return FindErrorRelation(*catalog, path, name); };
  ASSERT_NE(find("s_errors"), nullptr);
  EXPECT_EQ(find("s_errors")->id, ErrorsOf({10}));
  EXPECT_EQ(find("s_errors")->columns.back().name, "raw");
  ASSERT_NE(find("m_errors"), nullptr);
  EXPECT_EQ(find("m_errors")->id, ErrorsOf({11}));
  EXPECT_EQ(find("m_errors")->name, "m_errors");
  EXPECT_EQ(find("m_errors")->columns.back().name, "count");
  for (const char* other : {"t_errors", "v_errors", "x_errors", "s_error", "s", "_errors"}) {
    EXPECT_EQ(find(other), nullptr) << other;
  }
  EXPECT_EQ(FindErrorRelation(*catalog, std::vector<std::string>{"nowhere"}, "s_errors"), nullptr);
}

// An id of one process must not get into what outlives it.
TEST(DerivedObject, NoRecordHasOne) {
  const CatalogChange change = Create(10, ObjectKind::kSystemRelation, "views");
  EXPECT_FALSE(ParseCatalogChange(Serialize(change)).has_value());
}

TEST(VirtualRelations, AreFoundByNameAndId) {
  VirtualRelations relations;
  const ObjectId views = relations.Add("sys", "views", {{.name = "name", .type = Type::Text()}});
  const ObjectId types = relations.Add("pg_catalog", "pg_type", {});
  ASSERT_NE(relations.Find("sys", "views"), nullptr);
  EXPECT_EQ(relations.Find("sys", "views")->id, views);
  EXPECT_EQ(relations.Find(views)->columns.size(), 1);
  EXPECT_EQ(relations.Find(types)->name, "pg_type");
  EXPECT_EQ(relations.Find("sys", "pg_type"), nullptr);
  EXPECT_EQ(relations.Find(ObjectId{kVirtualBit | 2}), nullptr);
  EXPECT_EQ(relations.Find(ObjectId{1}), nullptr);
  EXPECT_TRUE(relations.HasSchema("sys"));
  EXPECT_FALSE(relations.HasSchema("information_schema"));
  EXPECT_EQ(relations.Nearest("sys", "veiws"), "views");
  EXPECT_EQ(relations.Nearest("sys", "pg_typ"), std::nullopt);
}

}  // namespace
}  // namespace riverrun::storage
