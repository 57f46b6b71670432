// Views against a model: random rows, keys, deltas and shards.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "storage/view/delta_tiers.h"
#include "storage/view/view_store.h"
#include "tests/storage/seeds.h"
#include "tests/storage/view/view_fixture.h"
#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

constexpr uint64_t kSeeds = 40;
constexpr ObjectId kView{7};

std::vector<ModelRow> Sorted(std::vector<ModelRow> rows) {
  std::ranges::sort(rows, {}, [](const ModelRow& row) { return std::tie(row.image, row.weight); });
  return rows;
}

KeyRange AnyRange(RandomView& view) {
  KeyRange range{view.AnyKey(), view.AnyKey()};
  if (range.high < range.low) std::swap(range.low, range.high);
  if (view.random().Chance(20)) range.low.clear();
  if (view.random().Chance(20)) range.high.clear();
  return range;
}

void ExpectLookups(const VersionRef& version, const Model& model, RandomView& view) {
  std::vector<std::string> wanted;
  for (int i = 0; i < 40; ++i) wanted.push_back(view.AnyKey());
  const std::vector<std::string_view> views(wanted.begin(), wanted.end());
  KeyBatch keys;
  keys.Assign(views);
  const int columns[] = {1, 0};
  const auto result = Lookup(*version, {}, keys, columns);
  ASSERT_TRUE(result.has_value());
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < wanted.size(); ++i) {
    if (model.contains(wanted[i])) expected.push_back(i);
  }
  ASSERT_EQ(result->found, expected);
  ASSERT_EQ(result->rows.rows, expected.size());
  for (uint32_t i = 0; i < expected.size(); ++i) {
    const ModelRow& row = model.at(wanted[expected[i]]);
    EXPECT_EQ(result->rows.WeightOf(i), row.weight);
    // The image of column 0 stands first in the row's.
    std::string image;
    AppendImage(result->rows.columns[1], i, image);
    AppendImage(result->rows.columns[0], i, image);
    EXPECT_EQ(row.image.substr(0, image.size()), image);
  }
}

void ExpectContent(const VersionRef& version, const Model& model, RandomView& view) {
  ASSERT_NE(version, nullptr);
  ASSERT_EQ(ReadAll(version), RowsOf(model));
  ASSERT_EQ(Sorted(ReadAll(version, /*ordered=*/false)), Sorted(RowsOf(model)));
  const KeyRange range = AnyRange(view);
  ASSERT_EQ(ReadAll(version, true, range), RowsOf(model, range));
  ExpectLookups(version, model, view);
}

int64_t CountOf(const Model& model) {
  int64_t rows = 0;
  for (const auto& [key, row] : model) rows += row.weight;
  return rows;
}

void RunAgainstModel(uint64_t seed, ViewKey key) {
  SCOPED_TRACE(Repeat(seed));
  MemoryBudget budget("view");
  {
    RandomView view(seed, key);
    const int shards = 1 + static_cast<int>(view.random().Below(3));
    ViewStore store(kView, view.layout(), shards, &budget);
    std::deque<std::pair<VersionRef, Model>> held;
    Epoch epoch = 0;
    for (int round = 0; round < 30; ++round) {
      const uint32_t changes = view.random().Chance(10) ? 0 : 1 + view.random().Below(120);
      const auto deltas = view.NextDelta(changes, shards);
      epoch += 1 + view.random().Below(3);
      for (int shard = 0; shard < shards; ++shard) {
        EXPECT_EQ(store.At(epoch), nullptr) << "visible before every shard published";
        store.writer(shard).Apply(deltas[shard]);
        store.writer(shard).Publish(epoch);
      }
      ASSERT_EQ(store.published(), epoch);
      held.emplace_back(store.At(epoch), view.model());
      if (view.random().Chance(30)) store.ForgetBefore(epoch);
      if (view.random().Chance(10)) store.writer(0).Settle();
      ASSERT_NO_FATAL_FAILURE(ExpectContent(held.back().first, view.model(), view));
      ASSERT_EQ(SizeOf(*held.back().first).rows, CountOf(view.model()));
      // A version that a reader holds never changes, whether it has been forgotten or not.
      const auto& [old, content] = held[view.random().Below(static_cast<uint32_t>(held.size()))];
      ASSERT_EQ(ReadAll(old), RowsOf(content));
      for (const auto& shard : held.back().first->shards) {
        EXPECT_LE(shard->tiers.size(), kTiersMax);
      }
    }
    EXPECT_GT(budget.used(), 0u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(ViewProperty, RowsByKeyEqualTheModel) {
  for (const uint64_t seed : Seeds(kSeeds)) RunAgainstModel(seed, ViewKey::kColumns);
}

TEST(ViewProperty, BagEqualsTheModel) {
  for (const uint64_t seed : Seeds(kSeeds)) RunAgainstModel(seed, ViewKey::kBag);
}

// A checkpoint's rows, as a sorted run plays them.
class RunSnapshot final : public DbSnapshot {
 public:
  explicit RunSnapshot(RunRef run) : run_(std::move(run)) {}

  Result<std::unique_ptr<BlockStream>> Scan(ObjectId,
                                            const std::optional<KeyRange>&) const override {
    class Blocks final : public BlockStream {
     public:
      explicit Blocks(RunRef run) : run_(std::move(run)) {}
      Result<BlockRef> Next() override {
        return run_ != nullptr && next_ < run_->blocks().size() ? run_->blocks()[next_++] : nullptr;
      }

     private:
      RunRef run_;
      size_t next_ = 0;
    };
    return std::make_unique<Blocks>(run_);
  }
  Result<std::optional<Found>> Find(ObjectId, std::string_view key) const override {
    const auto place = run_ == nullptr ? std::nullopt : run_->Find(key, HashBytes(key));
    if (!place) return std::nullopt;
    return Found{run_->blocks()[run_->BlockOf(key)], place->row};
  }

 private:
  RunRef run_;
};

void RunOverCheckpoint(uint64_t seed, ViewKey key) {
  SCOPED_TRACE(Repeat(seed));
  RandomView view(seed, key);
  const auto layout = std::make_shared<const ViewLayout>(view.layout());
  const auto first = view.NextDelta(300, 1);
  const auto base = std::make_shared<RunSnapshot>(BuildRun(*layout, first[0], nullptr));
  TierSet tiers(layout.get(), /*keeps_tombstones=*/true, nullptr);
  for (int round = 0; round < 15; ++round) {
    tiers.Add(BuildRun(*layout, view.NextDelta(60, 1)[0], nullptr));
    auto shard = std::make_shared<ShardVersion>();
    shard->base = base;
    shard->tiers = tiers.runs();
    auto version = std::make_shared<ViewVersion>();
    version->object = kView;
    version->layout = layout;
    version->shards = {shard};
    ASSERT_NO_FATAL_FAILURE(ExpectContent(version, view.model(), view));
  }
}

TEST(ViewProperty, RowsByKeyOverACheckpointEqualTheModel) {
  for (const uint64_t seed : Seeds(kSeeds)) RunOverCheckpoint(seed, ViewKey::kColumns);
}

TEST(ViewProperty, BagOverACheckpointEqualsTheModel) {
  for (const uint64_t seed : Seeds(kSeeds)) RunOverCheckpoint(seed, ViewKey::kBag);
}

// Views of many blocks: runs whose keys interleave, and stretches that only one of them has.
void RunManyBlocks(uint64_t seed, ViewKey key) {
  SCOPED_TRACE(Repeat(seed));
  constexpr uint32_t kIds = 30'000;
  testing::RandomData random(seed);
  ViewStore store(kView, TestLayout(key), 1, nullptr);
  std::vector<Weight> counts(kIds);  // of row (id, "version of id")
  std::vector<uint32_t> versions(kIds);
  const auto row = [&](uint32_t id, Weight weight) {
    return TestRow{id, "version " + std::to_string(versions[id]), weight};
  };
  for (Epoch epoch = 1; epoch <= 25; ++epoch) {
    std::vector<TestRow> rows;
    const uint32_t from = random.Below(kIds);
    const uint32_t step = 1 + random.Below(5);
    const uint32_t count = 1 + random.Below(4000);
    for (uint32_t i = 0; i < count && i * step < kIds; ++i) {
      const uint32_t id = (from + i * step) % kIds;
      if (counts[id] > 0) rows.push_back(row(id, -counts[id]));
      ++versions[id];
      counts[id] = random.Chance(30) ? 0 : key == ViewKey::kBag ? random.Between(1, 3) : 1;
      if (counts[id] > 0) rows.push_back(row(id, counts[id]));
    }
    std::vector<Batch> delta;
    for (size_t at = 0; at < rows.size(); at += 1000) {
      delta.push_back(
          MakeRows(std::span(rows).subspan(at, std::min<size_t>(1000, rows.size() - at))));
    }
    store.writer(0).Apply(delta);
    store.writer(0).Publish(epoch);
    if (!random.Chance(25)) continue;
    Model model;
    for (uint32_t id = 0; id < kIds; ++id) {
      if (counts[id] == 0) continue;
      const TestRow only = row(id, 1);
      const Batch batch = MakeRows({only});
      std::string bytes;
      AppendViewKey(store.layout(), batch, 0, bytes);
      ModelRow& there = model[bytes];
      AppendImage(batch, 0, there.image);
      there.weight = counts[id];
    }
    ASSERT_EQ(ReadAll(store.At(epoch)), RowsOf(model));
  }
}

TEST(ViewProperty, ManyBlocksEqualTheModel) {
  for (const uint64_t seed : Seeds(3)) {
    RunManyBlocks(seed, ViewKey::kColumns);
    RunManyBlocks(seed, ViewKey::kBag);
  }
}

// A transaction's own writes over a view that it reads, with rollbacks to savepoints.
TEST(ViewProperty, DeltasOverAVersionEqualTheModel) {
  for (const uint64_t seed : Seeds(kSeeds)) {
    SCOPED_TRACE(Repeat(seed));
    RandomView view(seed, ViewKey::kColumns);
    ViewStore store(kView, view.layout(), 2, nullptr);
    const auto first = view.NextDelta(200, 2);
    for (int shard = 0; shard < 2; ++shard) {
      store.writer(shard).Apply(first[shard]);
      store.writer(shard).Publish(1);
    }
    const VersionRef version = store.At(1);
    DeltaTiers deltas(version->layout, nullptr);
    std::vector<Model> models = {view.model()};  // after so many deltas
    for (int round = 0; round < 20; ++round) {
      const auto delta = view.NextDelta(1 + view.random().Below(20), 1);
      for (const Batch& batch : delta[0]) {
        deltas.Add(batch);
        models.push_back(view.model());
      }
      if (view.random().Chance(30)) continue;  // several deltas become one run
      ASSERT_EQ(ReadAll(version, true, std::nullopt, deltas.Runs()), RowsOf(view.model()));
      ASSERT_EQ(Sorted(ReadAll(version, false, std::nullopt, deltas.Runs())),
                Sorted(RowsOf(view.model())));
    }
    deltas.TruncateTo(0);
    ASSERT_EQ(ReadAll(version, true, std::nullopt, deltas.Runs()), RowsOf(models[0]));
  }
}

}  // namespace
}  // namespace riverrun::storage
