#include "storage/view/view_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/storage/view/view_fixture.h"

namespace riverrun::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr ObjectId kView{7};
constexpr int kBoth[] = {0, 1};

void Apply(ViewWriter& writer, Epoch epoch, std::initializer_list<TestRow> rows) {
  const Batch delta[] = {MakeRows(rows)};
  writer.Apply(delta);
  writer.Publish(epoch);
}

TEST(ViewStore, PublishesAnEpochAtATime) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, nullptr);
  EXPECT_EQ(store.published(), 0u);
  EXPECT_EQ(store.At(1), nullptr);
  Apply(store.writer(0), 1, {{2, "two"}, {1, "one"}});
  Apply(store.writer(0), 4, {{1, "one", -1}, {2, "two", -1}, {2, "zwei"}});
  EXPECT_THAT(TextsOf(store.At(1)), ElementsAre("1:one", "2:two"));
  EXPECT_THAT(TextsOf(store.At(3)), ElementsAre("1:one", "2:two"));
  EXPECT_THAT(TextsOf(store.At(4)), ElementsAre("2:zwei"));
  EXPECT_EQ(store.At(5), nullptr);
}

TEST(ViewStore, ForgetsOnlyWhatNobodyMayAskFor) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, nullptr);
  for (Epoch epoch = 1; epoch <= 5; ++epoch) {
    Apply(store.writer(0), epoch, {{static_cast<int64_t>(epoch), "x"}});
  }
  const VersionRef held = store.At(1);
  store.ForgetBefore(3);
  EXPECT_EQ(store.writer(0).slot().size(), 3u);
  EXPECT_EQ(store.At(2), nullptr);
  EXPECT_EQ(TextsOf(store.At(3)).size(), 3u);
  EXPECT_THAT(TextsOf(held), ElementsAre("1:x"));
  store.ForgetBefore(100);
  EXPECT_EQ(TextsOf(store.At(5)).size(), 5u);
}

TEST(ViewStore, AnEpochWithoutChangesKeepsTheVersion) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, nullptr);
  Apply(store.writer(0), 1, {{1, "one"}});
  store.writer(0).Apply({});
  store.writer(0).Publish(2);
  EXPECT_EQ(store.At(1)->shards[0], store.At(2)->shards[0]);
  EXPECT_EQ(store.writer(0).slot().size(), 2u);  // the empty one before epoch 1, and this
}

TEST(ViewStore, TheSlowestShardDecidesWhatIsPublished) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 2, nullptr);
  Apply(store.writer(0), 1, {{1, "one"}});
  EXPECT_EQ(store.published(), 0u);
  EXPECT_EQ(store.At(1), nullptr);
  Apply(store.writer(1), 1, {{2, "two"}});
  EXPECT_EQ(store.published(), 1u);
  EXPECT_THAT(TextsOf(store.At(1)), ElementsAre("1:one", "2:two"));
}

TEST(ViewStore, BagCountsEqualRows) {
  ViewStore store(kView, TestLayout(ViewKey::kBag), 1, nullptr);
  Apply(store.writer(0), 1, {{1, "a"}, {1, "a"}, {std::nullopt, "n"}, {1, "b", 3}});
  EXPECT_THAT(TextsOf(store.At(1)), UnorderedElementsAre("1:a*2", "null:n", "1:b*3"));
  Apply(store.writer(0), 2, {{1, "a", -1}, {1, "b", -3}});
  EXPECT_THAT(TextsOf(store.At(2)), UnorderedElementsAre("1:a", "null:n"));
  EXPECT_THAT(TextsOf(store.At(1)), UnorderedElementsAre("1:a*2", "null:n", "1:b*3"));
}

TEST(ViewStore, BagMayBeNegativeInsideAnEpochOnly) {
  ViewStore store(kView, TestLayout(ViewKey::kBag), 1, nullptr);
  const Batch retraction[] = {MakeRows({{1, "a", -2}})};
  const Batch insertion[] = {MakeRows({{1, "a", 3}})};
  store.writer(0).Apply(retraction, EpochPart::kPiece);
  store.writer(0).Apply(insertion, EpochPart::kWhole);
  store.writer(0).Publish(1);
  EXPECT_THAT(TextsOf(store.At(1)), ElementsAre("1:a"));
  EXPECT_DEATH(store.writer(0).Apply(retraction), "negative multiplicity");
  store.writer(0).Apply(retraction, EpochPart::kPiece);
  EXPECT_DEATH(store.writer(0).Publish(2), "before it is whole");
  EXPECT_DEATH(store.writer(0).Apply({}, EpochPart::kWhole), "negative multiplicity");
}

TEST(ViewStore, TwoRowsOfOneKeyAreABug) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, nullptr);
  const Batch twice[] = {MakeRows({{1, "a"}, {1, "b"}})};
  EXPECT_DEATH(store.writer(0).Apply(twice), "same key");
}

TEST(ViewStore, ScansARangeOfKeysInOrder) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 3, nullptr);
  for (int shard = 0; shard < 3; ++shard) {
    std::vector<TestRow> rows;
    for (int64_t id = shard; id < 5000; id += 3) rows.push_back({id, std::to_string(id)});
    std::vector<Batch> batches;
    for (size_t at = 0; at < rows.size(); at += 1000) {
      batches.push_back(
          MakeRows(std::span(rows).subspan(at, std::min<size_t>(1000, rows.size() - at))));
    }
    store.writer(shard).Apply(batches);
    store.writer(shard).Publish(1);
  }
  KeyRange range;
  const Batch bounds = MakeRows({{4000, ""}, {4100, ""}});
  AppendViewKey(store.layout(), bounds, 0, range.low);
  AppendViewKey(store.layout(), bounds, 1, range.high);
  auto cursor = OpenScan(store.At(1), {}, kBoth, range, true);
  const std::vector<std::string> rows = TextsOf(**cursor);
  ASSERT_EQ(rows.size(), 100u);
  EXPECT_EQ(rows.front(), "4000:4000");
  EXPECT_EQ(rows.back(), "4099:4099");
}

TEST(ViewStore, ALongSliceIsNotCopied) {
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, nullptr);
  std::vector<TestRow> rows;
  for (int64_t id = 0; id < 4000; ++id) rows.push_back({id, "row"});
  const Batch delta[] = {MakeRows(rows)};
  store.writer(0).Apply(delta);
  store.writer(0).Publish(1);
  const VersionRef version = store.At(1);
  auto cursor = OpenScan(version, {}, kBoth, std::nullopt, true);
  const auto batch = (*cursor)->Next();
  ASSERT_TRUE(batch.has_value() && batch->has_value());
  EXPECT_EQ((*batch)->columns[0].values,
            version->shards[0]->tiers[0]->blocks()[0]->rows.columns[0].values);
}

// Readers take versions and read them while the worker goes on; each must be one epoch, whole.
TEST(ViewStore, ReadersSeeWholeEpochsWhileTheWorkerPublishes) {
  constexpr int64_t kAccounts = 50;
  constexpr Epoch kEpochs = 300;
  MemoryBudget budget("view");
  ViewStore store(kView, TestLayout(ViewKey::kColumns), 1, &budget);
  std::vector<TestRow> rows;
  for (int64_t id = 0; id < kAccounts; ++id) rows.push_back({id, "1"});
  const Batch first[] = {MakeRows(rows)};
  store.writer(0).Apply(first);
  store.writer(0).Publish(1);

  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  const auto read = [&] {
    while (!done || reads < 10) {
      const VersionRef version = store.At(store.published());
      if (version == nullptr) continue;  // forgotten between the two calls
      // Every row of epoch e says e.
      const std::vector<std::string> texts = TextsOf(version);
      ASSERT_EQ(texts.size(), static_cast<size_t>(kAccounts));
      for (const std::string& text : texts) {
        ASSERT_TRUE(text.ends_with(":" + std::to_string(version->epoch))) << text;
      }
      ++reads;
    }
  };
  std::thread one(read), two(read);
  for (Epoch epoch = 2; epoch <= kEpochs; ++epoch) {
    std::vector<TestRow> changes;
    for (int64_t id = 0; id < kAccounts; ++id) {
      changes.push_back({id, std::to_string(epoch - 1), -1});
      changes.push_back({id, std::to_string(epoch)});
    }
    const Batch delta[] = {MakeRows(changes)};
    store.writer(0).Apply(delta);
    store.writer(0).Publish(epoch);
    store.ForgetBefore(epoch);
  }
  done = true;
  one.join();
  two.join();
}

}  // namespace
}  // namespace riverrun::storage
