#include "storage/view/view_store.h"

#include <algorithm>

#include "types/codec/hash.h"

namespace riverrun::storage {

int64_t CountRows(const Batch& batch) {
  if (batch.weights == nullptr) return batch.selected();
  int64_t sum = 0;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) { sum += batch.WeightOf(row); });
  return sum;
}

ViewWriter::ViewWriter(const ViewLayout* layout, MemoryBudget* budget)
    : layout_(layout), budget_(budget), tiers_(layout, /*keeps_tombstones=*/false, budget) {}

std::vector<KeyDelta> ViewWriter::Apply(std::span<const Batch> delta, EpochPart part) {
  CHECK(part == EpochPart::kWhole || layout_->key == ViewKey::kBag,
        "rows by key are applied an epoch at a time");
  whole_ = part == EpochPart::kWhole;
  for (const Batch& batch : delta) rows_ += CountRows(batch);
  const SortedDelta sorted(*layout_, delta);
  std::vector<KeyDelta> sums = sorted.Sum(SortedDelta::Unchanged::kDrop);
  if (RunRef run = BuildRun(*layout_, delta, sorted, sums, budget_, SameKey::kIsBug)) {
    changed_ = true;
    tiers_.Add(run);
    if (layout_->key == ViewKey::kBag) CheckMultiplicities(*run);
  }
  CHECK(!whole_ || negative_.empty(), "a row has a negative multiplicity at the end of an epoch");
  return sums;
}

// Only what the delta takes away can make a multiplicity negative.
void ViewWriter::CheckMultiplicities(const SortedRun& run) {
  for (const BlockRef& block : run.blocks()) {
    if (block->rows.weights == nullptr && negative_.empty()) continue;
    for (uint32_t row = 0; row < block->rows.rows; ++row) {
      const std::string_view key = block->keys[row];
      const auto known = negative_.find(key);
      if (block->rows.WeightOf(row) > 0 && known == negative_.end()) continue;
      const bool negative = tiers_.SumOf(key, HashBytes(key)) < 0;
      if (negative && known == negative_.end()) negative_.emplace(key);
      if (!negative && known != negative_.end()) negative_.erase(known);
    }
  }
}

void ViewWriter::Publish(Epoch epoch) {
  CHECK(whole_, "an epoch is published before it is whole");
  std::shared_ptr<ShardVersion> version;
  if (changed_) {
    version = std::make_shared<ShardVersion>();
    version->tiers = tiers_.runs();
    version->rows = rows_;
    changed_ = false;
  }
  slot_.Publish(epoch, std::move(version));
}

void ViewWriter::Settle() {
  tiers_.Settle();
  changed_ = true;
}

ViewStore::ViewStore(ObjectId object, ViewLayout layout, int shards, MemoryBudget* budget)
    : object_(object), layout_(std::make_shared<const ViewLayout>(std::move(layout))) {
  CHECK(shards > 0);
  for (int i = 0; i < shards; ++i) {
    writers_.push_back(std::make_unique<ViewWriter>(layout_.get(), budget));
  }
}

Epoch ViewStore::published() const {
  Epoch least = UINT64_MAX;
  for (const auto& writer : writers_) least = std::min(least, writer->slot().published());
  return least;
}

VersionRef ViewStore::At(Epoch epoch) const {
  auto version = std::make_shared<ViewVersion>();
  version->object = object_;
  version->epoch = epoch;
  version->layout = layout_;
  for (const auto& writer : writers_) {
    auto shard = writer->slot().At(epoch);
    if (shard == nullptr) return nullptr;
    version->shards.push_back(std::move(shard));
  }
  return version;
}

ContentSize SizeOf(const ViewVersion& version) {
  CHECK(version.unpublished.empty(), "the rows of commits without epoch are not counted");
  ContentSize size;
  for (const auto& shard : version.shards) {
    size.rows += shard->rows;
    for (const RunRef& run : shard->tiers) size.bytes += run->bytes();
  }
  return size;
}

void ViewStore::ForgetBefore(Epoch epoch) {
  for (const auto& writer : writers_) writer->slot().ForgetBefore(epoch);
}

}  // namespace riverrun::storage
