#include "storage/catalog/catalog_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "tests/storage/seeds.h"

namespace riverrun::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::shared_ptr<CatalogObject> MakeObject(uint32_t id, ObjectKind kind, std::string name,
                                          std::vector<ObjectId> dependencies = {}) {
  auto object = std::make_shared<CatalogObject>();
  object->id = ObjectId{id};
  object->kind = kind;
  if (IsRelation(kind)) object->schema = "public";
  object->name = std::move(name);
  object->owner = CatalogSnapshot::kFirstRole;
  object->dependencies = std::move(dependencies);
  return object;
}

CatalogChange Create(uint32_t id, ObjectKind kind, std::string name,
                     std::vector<ObjectId> dependencies = {}) {
  return CreateObject{MakeObject(id, kind, std::move(name), std::move(dependencies))};
}

CatalogChange Alter(const CatalogObject& before, auto&& change) {
  auto after = std::make_shared<CatalogObject>(before);
  ++after->version;
  change(*after);
  return AlterObject{after};
}

CatalogRef Apply(const CatalogRef& catalog, std::vector<CatalogChange> changes) {
  auto after = catalog->With(changes);
  EXPECT_TRUE(after.has_value()) << ToString(after.error());
  return after.value_or(catalog);
}

Error Refused(const CatalogRef& catalog, std::vector<CatalogChange> changes) {
  auto after = catalog->With(changes);
  EXPECT_FALSE(after.has_value());
  return after ? Error{} : after.error();
}

std::vector<std::string> Names(const std::vector<ObjectRef>& objects) {
  std::vector<std::string> names;
  for (const ObjectRef& object : objects) names.push_back(object->name);
  return names;
}

// bids <- fast (view) <- per_minute (materialized view) <- alerts (sink)
CatalogRef Chain() {
  return Apply(CatalogSnapshot::Initial(),
               {Create(10, ObjectKind::kStream, "bids"),
                Create(11, ObjectKind::kView, "fast", {ObjectId{10}}),
                Create(12, ObjectKind::kMaterializedView, "per_minute", {ObjectId{11}}),
                Create(13, ObjectKind::kSink, "alerts", {ObjectId{12}})});
}

TEST(Catalog, BeginsWithARoleAndASchema) {
  const CatalogRef catalog = CatalogSnapshot::Initial();
  ASSERT_NE(catalog->FindSchema("public"), nullptr);
  ASSERT_NE(catalog->FindRole("riverrun"), nullptr);
  EXPECT_TRUE(catalog->FindRole("riverrun")->role->superuser);
  EXPECT_GT(catalog->next_object(), CatalogSnapshot::kPublicSchema.value);
}

TEST(Catalog, FindsAlongTheSearchPath) {
  auto other = MakeObject(20, ObjectKind::kTable, "t");
  other->schema = "mine";
  const CatalogRef catalog =
      Apply(CatalogSnapshot::Initial(),
            {Create(19, ObjectKind::kSchema, "mine"), CreateObject{other},
             Create(21, ObjectKind::kTable, "t"), Create(22, ObjectKind::kTable, "u")});
  const std::vector<std::string> mine_first = {"mine", "public"};
  const std::vector<std::string> only_public = {"public"};
  EXPECT_EQ(catalog->FindRelation(mine_first, "t")->id, ObjectId{20});
  EXPECT_EQ(catalog->FindRelation(only_public, "t")->id, ObjectId{21});
  EXPECT_EQ(catalog->FindRelation(mine_first, "u")->id, ObjectId{22});
  EXPECT_EQ(catalog->FindRelation(mine_first, "v"), nullptr);
  EXPECT_EQ(QualifiedName(*catalog->Find(ObjectId{20})), "mine.t");
}

TEST(Catalog, SuggestsTheNearestName) {
  const CatalogRef catalog = Chain();
  const std::vector<std::string> path = {"public"};
  EXPECT_EQ(catalog->NearestRelation(path, "bidz"), "bids");
  EXPECT_EQ(catalog->NearestRelation(path, "per_minutes"), "per_minute");
  EXPECT_EQ(catalog->NearestRelation(path, "quite_something_else"), std::nullopt);
  const std::vector<std::string> elsewhere = {"other"};
  EXPECT_EQ(catalog->NearestRelation(elsewhere, "bidz"), std::nullopt);
}

TEST(Catalog, RefusesANameInUse) {
  const CatalogRef catalog = Chain();
  const Error relation = Refused(catalog, {Create(30, ObjectKind::kTable, "fast")});
  EXPECT_EQ(relation.sqlstate, sqlstate::kDuplicateTable);
  EXPECT_EQ(relation.text, "relation \"fast\" already exists");
  EXPECT_EQ(Refused(catalog, {Create(30, ObjectKind::kSchema, "public")}).sqlstate,
            sqlstate::kDuplicateSchema);
  EXPECT_EQ(Refused(catalog, {Create(30, ObjectKind::kRole, "riverrun")}).sqlstate,
            sqlstate::kDuplicateObject);
  const CatalogChange rename = Alter(*catalog->Find(ObjectId{11}),
                                     [](CatalogObject& object) { object.name = "bids"; });
  EXPECT_EQ(Refused(catalog, {rename}).sqlstate, sqlstate::kDuplicateTable);
}

TEST(Catalog, RenamesAndFreesTheOldName) {
  CatalogRef catalog = Chain();
  catalog = Apply(catalog, {Alter(*catalog->Find(ObjectId{11}),
                                  [](CatalogObject& object) { object.name = "quick"; }),
                            Create(40, ObjectKind::kTable, "fast")});
  EXPECT_EQ(catalog->FindRelation("public", "quick")->id, ObjectId{11});
  EXPECT_EQ(catalog->FindRelation("public", "fast")->id, ObjectId{40});
}

TEST(Catalog, ListsDependentsInAnOrderToDropThem) {
  const CatalogRef catalog = Chain();
  EXPECT_THAT(Names(catalog->DependentsOf(ObjectId{10})),
              ElementsAre("alerts", "per_minute", "fast"));
  EXPECT_THAT(Names(catalog->DependentsOf(ObjectId{13})), IsEmpty());
  EXPECT_THAT(Names(catalog->DependentsOf(CatalogSnapshot::kPublicSchema)),
              UnorderedElementsAre("alerts", "per_minute", "fast", "bids"));
}

TEST(Catalog, DropsOnlyWhatNothingNeeds) {
  const CatalogRef catalog = Chain();
  const Error error = Refused(catalog, {DropObject{ObjectId{11}}});
  EXPECT_EQ(error.sqlstate, sqlstate::kDependentObjectsStillExist);
  EXPECT_EQ(error.text, "cannot drop view fast because other objects depend on it");
  EXPECT_THAT(error.detail, HasSubstr("materialized view per_minute depends on view fast"));
  EXPECT_THAT(error.hint, HasSubstr("CASCADE"));
  std::vector<CatalogChange> cascade;
  for (const ObjectRef& dependent : catalog->DependentsOf(ObjectId{11})) {
    cascade.push_back(DropObject{dependent->id});
  }
  cascade.push_back(DropObject{ObjectId{11}});
  EXPECT_THAT(Names(Apply(catalog, cascade)->OfKind(ObjectKind::kStream)), ElementsAre("bids"));
  EXPECT_EQ(Refused(catalog, {DropObject{CatalogSnapshot::kPublicSchema}}).sqlstate,
            sqlstate::kDependentObjectsStillExist);
}

TEST(Catalog, NoticesThatAnotherTransactionWasFirst) {
  const CatalogRef seen = Chain();
  const CatalogRef newer =
      Apply(seen, {Alter(*seen->Find(ObjectId{13}), [](CatalogObject& o) { o.comment = "x"; })});
  const CatalogChange late =
      Alter(*seen->Find(ObjectId{13}), [](CatalogObject& o) { o.comment = "y"; });
  EXPECT_EQ(Refused(newer, {late}).sqlstate, sqlstate::kSerializationFailure);
  const CatalogRef without = Apply(newer, {DropObject{ObjectId{13}}});
  EXPECT_EQ(Refused(without, {DropObject{ObjectId{13}}}).sqlstate,
            sqlstate::kSerializationFailure);
  EXPECT_EQ(Refused(without, {Create(50, ObjectKind::kView, "v", {ObjectId{13}})}).sqlstate,
            sqlstate::kSerializationFailure);
  auto elsewhere = MakeObject(51, ObjectKind::kTable, "t");
  elsewhere->schema = "nowhere";
  EXPECT_EQ(Refused(seen, {CreateObject{elsewhere}}).sqlstate, sqlstate::kInvalidSchemaName);
}

TEST(Catalog, AppliesAllOrNothing) {
  const CatalogRef catalog = Chain();
  Refused(catalog, {Create(60, ObjectKind::kTable, "t"), Create(61, ObjectKind::kTable, "bids")});
  EXPECT_EQ(catalog->FindRelation("public", "t"), nullptr);
  EXPECT_TRUE(*catalog == *Chain());
}

TEST(Catalog, NeverGivesAnIdTwice) {
  CatalogRef catalog = Chain();
  EXPECT_EQ(catalog->next_object(), 14u);
  catalog = Apply(catalog, {DropObject{ObjectId{13}}});
  EXPECT_EQ(catalog->next_object(), 14u);
  catalog = Apply(catalog, {ReserveIds{20, 5}, ReserveIds{17, 9}, ReserveEpochs{100}});
  EXPECT_EQ(catalog->next_object(), 20u);
  EXPECT_EQ(catalog->next_operator(), 9u);
  EXPECT_EQ(catalog->next_epoch(), 100u);
}

// Random histories: what is parsed back folds into the same snapshot, and so does what a
// checkpoint would keep.
TEST(Catalog, ReplayEqualsTheLiveSnapshot) {
  for (const uint64_t seed : Seeds(100)) {
    SCOPED_TRACE(Repeat(seed));
    testing::RandomData random(seed);
    CatalogRef live = CatalogSnapshot::Initial();
    std::vector<std::string> journal;
    for (int step = 0; step < 60; ++step) {
      std::vector<CatalogChange> changes;
      std::vector<ObjectId> ids;
      for (const auto& [id, object] : live->objects()) {
        if (IsRelation(object->kind)) ids.push_back(id);
      }
      const uint32_t draw = random.Below(10);
      if (draw < 5 || ids.empty()) {
        std::vector<ObjectId> needs;
        if (!ids.empty() && random.Chance(60)) {
          needs.push_back(ids[random.Below(static_cast<uint32_t>(ids.size()))]);
        }
        auto object = MakeObject(live->next_object(), static_cast<ObjectKind>(1 + random.Below(6)),
                                 "o" + std::to_string(random.Below(40)), needs);
        for (const Type& type : random.AnyTypes(3)) {
          CatalogColumn& column = object->columns.emplace_back();
          column.name = random.Utf8(10);
          column.type = type;
          column.not_null = random.Chance(50);
        }
        changes.push_back(CreateObject{object});
      } else if (draw < 8) {
        const ObjectId id = ids[random.Below(static_cast<uint32_t>(ids.size()))];
        changes.push_back(Alter(*live->Find(id), [&](CatalogObject& object) {
          object.name = "o" + std::to_string(random.Below(40));
          object.sql = random.Utf8();
        }));
      } else if (draw == 8) {
        changes.push_back(DropObject{ids[random.Below(static_cast<uint32_t>(ids.size()))]});
      } else {
        changes.push_back(ReserveEpochs{live->next_epoch() + random.Below(100)});
        changes.push_back(ReserveIds{live->next_object() + random.Below(3), random.Below(50)});
      }
      const auto after = live->With(changes);
      if (!after) continue;
      live = *after;
      for (const CatalogChange& change : changes) journal.push_back(Serialize(change));
    }
    CatalogRef replayed = CatalogSnapshot::Initial();
    for (const std::string& bytes : journal) {
      const auto change = ParseCatalogChange(bytes);
      ASSERT_TRUE(change.has_value()) << ToString(change.error());
      replayed = Apply(replayed, {*change});
    }
    EXPECT_TRUE(*replayed == *live);
    EXPECT_TRUE(*Apply(CatalogSnapshot::Initial(), live->AsChanges()) == *live);
  }
}

}  // namespace
}  // namespace riverrun::storage
