#include "storage/catalog/catalog_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/catalog/authorize.h"
#include "storage/catalog/nearest_name.h"
#include "tests/random_data.h"

namespace riverrun::storage {
namespace {

using ::testing::HasSubstr;

CatalogObject FullObject() {
  CatalogObject object;
  object.id = ObjectId{42};
  object.kind = ObjectKind::kStream;
  object.schema = "public";
  object.name = "bids";
  object.owner = ObjectId{1};
  object.version = 3;
  object.comment = "all bids";
  object.columns = {
      {"id", Type::Int8(), true, "1 + 1", GeneratedColumn::kNo, ""},
      {"price", Type::Decimal(10, 2), false, "", GeneratedColumn::kStored, "id * 2"},
      {"key", Type::Array(Type::Varchar(5)), false, "", GeneratedColumn::kMetadata, "key"}};
  object.primary_key = {0, 1};
  object.primary_key_name = "bids_pkey";
  object.sql = "CREATE STREAM bids …";
  object.settings = {{"TimeZone", "Europe/Berlin"}, {"search_path", "public"}};
  object.options = {{"connector", "kafka", false}, {"password", "***", true}};
  object.dependencies = {ObjectId{7}, ObjectId{8}};
  object.dataflow = std::string("\0spec\xff", 6);
  object.watermark = WatermarkDefinition{1, "ts - INTERVAL '5' SECOND"};
  object.starts = {{0, 0, 17, false}, {1, 0, 5, true}};
  object.reads_from = {{ObjectId{7}, 1}};
  object.role = RoleDefinition{true, false, true, "SCRAM-SHA-256$4096:…"};
  object.index = IndexDefinition{ObjectId{9}, {2, 1}, true};
  return object;
}

std::vector<CatalogChange> EveryChange() {
  const auto object = std::make_shared<const CatalogObject>(FullObject());
  return {CreateObject{object}, DropObject{ObjectId{5}}, AlterObject{object},
          ReserveEpochs{1 << 20}, ReserveIds{3, 4}};
}

TEST(CatalogChange, SurvivesItsBytes) {
  for (const CatalogChange& change : EveryChange()) {
    const auto parsed = ParseCatalogChange(Serialize(change));
    ASSERT_TRUE(parsed.has_value()) << ToString(parsed.error());
    EXPECT_EQ(parsed->index(), change.index());
    EXPECT_TRUE(*parsed == change);
  }
  const auto parsed = ParseCatalogChange(Serialize(EveryChange()[0]));
  EXPECT_TRUE(*std::get<CreateObject>(*parsed).object == FullObject());
}

TEST(CatalogChange, RefusesANewerForm) {
  std::string bytes = Serialize(EveryChange()[1]);
  bytes[0] = 4;
  const auto parsed = ParseCatalogChange(bytes);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().sqlstate, sqlstate::kFeatureNotSupported);
  EXPECT_THAT(parsed.error().text, HasSubstr("format 4"));
}

TEST(CatalogChange, RefusesDamagedBytes) {
  for (const CatalogChange& change : EveryChange()) {
    const std::string bytes = Serialize(change);
    for (size_t size = 0; size < bytes.size(); ++size) {
      const auto parsed = ParseCatalogChange(std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(parsed.has_value()) << "the first " << size << " bytes";
      EXPECT_EQ(parsed.error().sqlstate, sqlstate::kDataCorrupted);
    }
    EXPECT_FALSE(ParseCatalogChange(bytes + "x").has_value());
  }
}

// Any bytes are refused or mean a change; none crashes or takes much memory.
TEST(CatalogChange, SurvivesAnyBytes) {
  testing::RandomData random(1);
  const std::string good = Serialize(EveryChange()[0]);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (uint32_t flips = 1 + random.Below(3); flips > 0; --flips) {
      bytes[random.Below(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(random.Bits());
    }
    const auto parsed = ParseCatalogChange(bytes);
    if (!parsed) {
      ++refused;
      continue;
    }
    EXPECT_TRUE(*parsed == *ParseCatalogChange(Serialize(*parsed)));
  }
  EXPECT_GT(refused, 0);
}

TEST(NearestName, CountsSlips) {
  EXPECT_EQ(EditDistance("bids", "bids", 3), 0u);
  EXPECT_EQ(EditDistance("bids", "BIDS", 3), 0u);
  EXPECT_EQ(EditDistance("bids", "bid", 3), 1u);
  EXPECT_EQ(EditDistance("bids", "bdis", 3), 1u);
  EXPECT_EQ(EditDistance("bids", "birds", 3), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 3), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 2), 3u);
  EXPECT_EQ(EditDistance("", "ab", 3), 2u);
}

TEST(NearestName, ChoosesTheNearestThatIsNearEnough) {
  const std::string_view names[] = {"orders", "order_items", "customers", "borders"};
  EXPECT_EQ(NearestName("ordres", names), "orders");
  EXPECT_EQ(NearestName("costumers", names), "customers");
  EXPECT_EQ(NearestName("rders", names), "orders");
  EXPECT_EQ(NearestName("payments", names), std::nullopt);
  const std::string_view equally[] = {"tb", "ta"};
  EXPECT_EQ(NearestName("tx", equally), "ta");
}

TEST(Authorize, PassesOwnerAndSuperuser) {
  auto role = std::make_shared<CatalogObject>();
  role->id = ObjectId{10};
  role->kind = ObjectKind::kRole;
  role->name = "ann";
  role->owner = CatalogSnapshot::kFirstRole;
  auto table = std::make_shared<CatalogObject>();
  table->id = ObjectId{11};
  table->kind = ObjectKind::kTable;
  table->schema = "public";
  table->name = "t";
  table->owner = ObjectId{10};
  const CatalogChange changes[] = {CreateObject{role}, CreateObject{table}};
  const CatalogRef catalog = *CatalogSnapshot::Initial()->With(changes);

  EXPECT_TRUE(Authorize({ObjectId{10}}, *catalog, ObjectId{11}, kSelect | kOwn).has_value());
  EXPECT_TRUE(Authorize({ObjectId{99}, true}, *catalog, ObjectId{11}, kOwn).has_value());
  const auto denied = Authorize({ObjectId{99}}, *catalog, ObjectId{11}, kSelect);
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().sqlstate, sqlstate::kInsufficientPrivilege);
  EXPECT_EQ(denied.error().text, "permission denied for table t");
  EXPECT_EQ(Authorize({ObjectId{99}}, *catalog, ObjectId{11}, kOwn).error().text,
            "must be owner of table t");
  const ObjectId schema = CatalogSnapshot::kPublicSchema;
  EXPECT_TRUE(Authorize({ObjectId{99}}, *catalog, schema, kCreate).has_value());
  EXPECT_FALSE(Authorize({ObjectId{99}}, *catalog, schema, kOwn).has_value());
}

}  // namespace
}  // namespace riverrun::storage
