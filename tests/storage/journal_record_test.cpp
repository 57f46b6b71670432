#include "storage/journal_record.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"

namespace riverrun::storage {
namespace {

CommitRecord AnyCommit(testing::RandomData& random) {
  CommitRecord commit{
      .transaction = random.Bits(), .time = random.Between(-5, 5), .ddl = {}, .deltas = {}};
  for (uint32_t i = random.Below(3); i > 0; --i) commit.ddl.push_back(random.Bytes());
  for (uint32_t i = random.Below(3); i > 0; --i) {
    const std::vector<Type> types = random.AnyTypes(4);
    commit.deltas.push_back({ObjectId{random.Below(100)}, static_cast<int32_t>(random.Bits()),
                             random.AnyBatch(types, random.Below(20))});
  }
  return commit;
}

TEST(JournalRecord, CommitComesBackWhole) {
  testing::RandomData random(1);
  for (int i = 0; i < 200; ++i) {
    const CommitRecord commit = AnyCommit(random);
    const auto parsed = ParseJournalRecord(Serialize(commit));
    ASSERT_TRUE(parsed) << ToString(parsed.error());
    const auto& back = std::get<CommitRecord>(*parsed);
    EXPECT_EQ(back.transaction, commit.transaction);
    EXPECT_EQ(back.time, commit.time);
    EXPECT_EQ(back.ddl, commit.ddl);
    ASSERT_EQ(back.deltas.size(), commit.deltas.size());
    for (size_t d = 0; d < back.deltas.size(); ++d) {
      EXPECT_EQ(back.deltas[d].table, commit.deltas[d].table);
      EXPECT_EQ(back.deltas[d].partition, commit.deltas[d].partition);
      EXPECT_EQ(testing::RowImages(back.deltas[d].rows), testing::RowImages(commit.deltas[d].rows));
      EXPECT_EQ(back.deltas[d].rows.errors.size(), commit.deltas[d].rows.errors.size());
    }
  }
}

TEST(JournalRecord, CutAndCheckpointComeBackWhole) {
  CutRecord cut{.info = {UINT64_MAX, -7}, .commits_before = 1ull << 40, .positions = {}};
  cut.positions.push_back({ObjectId{1}, -1, 0, 0, INT64_MIN, true});
  cut.positions.push_back({ObjectId{UINT32_MAX}, INT32_MAX, 9, INT64_MAX, INT64_MAX, false});
  const auto parsed = ParseJournalRecord(Serialize(cut));
  ASSERT_TRUE(parsed);
  const auto& back = std::get<CutRecord>(*parsed);
  EXPECT_EQ(back.info, cut.info);
  EXPECT_EQ(back.commits_before, cut.commits_before);
  EXPECT_EQ(back.positions, cut.positions);

  const CheckpointRecord checkpoint{.id = 5, .epoch = UINT64_MAX, .redo_from = 12};
  EXPECT_EQ(std::get<CheckpointRecord>(*ParseJournalRecord(Serialize(checkpoint))), checkpoint);
}

TEST(JournalRecord, EveryPrefixAndEverySuffixIsRefused) {
  testing::RandomData random(2);
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = Serialize(AnyCommit(random));
    for (size_t length = 0; length < bytes.size(); ++length) {
      const auto parsed = ParseJournalRecord(std::string_view(bytes).substr(0, length));
      ASSERT_FALSE(parsed) << length << " of " << bytes.size();
      EXPECT_EQ(parsed.error().sqlstate, sqlstate::kDataCorrupted);
    }
    EXPECT_FALSE(ParseJournalRecord(bytes + '\0'));
  }
}

TEST(JournalRecord, NewerFormIsRefusedByName) {
  std::string bytes = Serialize(CheckpointRecord{});
  bytes[0] = 2;
  const auto parsed = ParseJournalRecord(bytes);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().sqlstate, sqlstate::kFeatureNotSupported);
  EXPECT_NE(parsed.error().text.find("format 2"), std::string::npos);
}

TEST(JournalRecord, NoCountIsBelievedBeforeItsBytesAreThere) {
  std::string bytes = Serialize(CutRecord{});
  bytes.pop_back();  // the count of positions
  AppendVarint(bytes, UINT64_MAX);
  EXPECT_FALSE(ParseJournalRecord(bytes));
}

}  // namespace
}  // namespace riverrun::storage
