#include "storage/view/read_view.h"

#include <deque>

#include "storage/commit/write_set.h"
#include "storage/run/run_merger.h"

namespace riverrun::storage {
namespace {

// The selection of consecutive rows; absent if they are all.
SelectionRef SelectSlice(const Slice& slice, uint32_t rows) {
  if (slice.count == rows) return nullptr;
  auto selection = Buffer::Allocate(slice.count * sizeof(uint16_t));
  auto* numbers = selection->mutable_as<uint16_t>();
  for (uint16_t i = 0; i < slice.count; ++i) numbers[i] = static_cast<uint16_t>(slice.row + i);
  return selection;
}

Batch SliceAsItIs(const RunBlock& block, const Slice& slice, std::span<const int> columns) {
  Batch out;
  out.rows = block.rows.rows;
  for (const int column : columns) out.columns.push_back(block.rows.columns[column]);
  out.selection = SelectSlice(slice, out.rows);
  return out;
}

// Reads one merge after the other.
class MergeCursor final : public ViewCursor {
 public:
  // A slice shorter than this is copied, so that it does not hold its whole block.
  static constexpr uint32_t kSharedRowsMin = 256;

  MergeCursor(VersionRef version, std::span<const int> columns)
      : version_(std::move(version)), columns_(columns.begin(), columns.end()) {}

  void Add(RunMerger merger) { mergers_.push_back(std::move(merger)); }

  Result<std::optional<Batch>> Next() override {
    while (!mergers_.empty()) {
      rows_.Clear();
      auto more = mergers_.front().Next(kBatchRowsMax, rows_);
      if (!more) return std::unexpected(more.error());
      if (rows_.rows > 0) return ToBatch();
      if (!*more) mergers_.pop_front();
    }
    return std::nullopt;
  }

 private:
  Batch ToBatch() const {
    if (rows_.slices.size() == 1 && rows_.slices[0].count >= kSharedRowsMin &&
        rows_.weights.empty()) {
      return SliceAsItIs(*rows_.blocks[0], rows_.slices[0], columns_);
    }
    return rows_.ToBatch(*version_->layout, columns_, StringMemory::kShare, nullptr);
  }

  VersionRef version_;  // keeps its checkpoint's snapshot
  std::vector<int> columns_;
  std::deque<RunMerger> mergers_;
  MergedRows rows_;
};

RunMerger NewMerger(const ViewVersion& version) {
  return RunMerger(version.layout->key, RunMerger::Tombstones::kDrop,
                   RunMerger::Chunks::kLongSlicesApart);
}

Result<void> AddShard(const ViewVersion& version, const ShardVersion& shard,
                      const std::optional<KeyRange>& range, RunMerger& merger) {
  for (const RunRef& run : shard.tiers) merger.Add(run, range);
  if (shard.base == nullptr) return {};
  auto stream = shard.base->Scan(version.object, range);
  if (!stream) return std::unexpected(stream.error());
  merger.Add(*std::move(stream), range);
  return {};
}

// What is found under one key, from the newest source to the oldest.
struct FoundRow {
  RowPlace place;
  BlockRef keep_alive;
  Weight weight = 0;
};

// Adds an entry to what newer ones say; true when older ones no longer matter.
bool AddEntry(ViewKey key, const RowPlace& entry, BlockRef keep_alive, FoundRow& found) {
  if (found.place.block == nullptr) {
    found.place = entry;
    found.keep_alive = std::move(keep_alive);
  }
  found.weight += entry.weight();
  return key == ViewKey::kColumns;
}

Result<FoundRow> FindRow(const ViewVersion& version, std::span<const RunRef> newer,
                         std::string_view key, uint64_t hash) {
  FoundRow found;
  const ViewKey kind = version.layout->key;
  const auto find_in = [&](std::span<const RunRef> runs) {
    for (const RunRef& run : runs) {
      const auto entry = run->Find(key, hash);
      if (entry && AddEntry(kind, *entry, nullptr, found)) return true;
    }
    return false;
  };
  if (find_in(newer) || find_in(version.unpublished)) return found;
  for (const auto& shard : version.shards) {
    if (find_in(shard->tiers)) return found;
    if (shard->base == nullptr) continue;
    auto entry = shard->base->Find(version.object, key);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) continue;
    const RowPlace place{(*entry)->block.get(), (*entry)->row};
    if (AddEntry(kind, place, std::move((*entry)->block), found)) return found;
  }
  return found;
}

VersionRef VersionOf(const ReadView& view, ObjectId object) {
  const auto found = view.versions.find(object);
  CHECK(found != view.versions.end(), "a read of an object that its view does not have");
  return found->second;
}

std::vector<RunRef> OverlayOf(const ReadView& view, ObjectId object) {
  if (view.overlay == nullptr) return {};
  return view.overlay->Overlay(object);
}

}  // namespace

Result<std::unique_ptr<ViewCursor>> OpenScan(VersionRef version, std::span<const RunRef> newer,
                                             std::span<const int> columns,
                                             std::optional<KeyRange> range, bool ordered) {
  auto cursor = std::make_unique<MergeCursor>(version, columns);
  const bool shard_by_shard =
      !ordered && newer.empty() && version->unpublished.empty() && version->shards.size() > 1;
  if (shard_by_shard) {
    for (const auto& shard : version->shards) {
      RunMerger merger = NewMerger(*version);
      auto added = AddShard(*version, *shard, range, merger);
      if (!added) return std::unexpected(added.error());
      cursor->Add(std::move(merger));
    }
    return cursor;
  }
  RunMerger merger = NewMerger(*version);
  for (const RunRef& run : newer) merger.Add(run, range);
  for (const RunRef& run : version->unpublished) merger.Add(run, range);
  for (const auto& shard : version->shards) {
    auto added = AddShard(*version, *shard, range, merger);
    if (!added) return std::unexpected(added.error());
  }
  cursor->Add(std::move(merger));
  return cursor;
}

Result<LookupRows> Lookup(const ViewVersion& version, std::span<const RunRef> newer,
                          const KeyBatch& keys, std::span<const int> columns) {
  CHECK(keys.size() <= kBatchRowsMax, "a lookup of more keys than a batch has rows");
  LookupRows out;
  MergedRows rows;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    auto found = FindRow(version, newer, keys.key(i), keys.hash(i));
    if (!found) return std::unexpected(found.error());
    if (found->place.block == nullptr || found->weight == 0) continue;
    // The version keeps the block of a run; the empty owner says so.
    BlockRef block = found->keep_alive != nullptr
                         ? std::move(found->keep_alive)
                         : BlockRef(BlockRef(), found->place.block);
    if (rows.blocks.empty() || rows.blocks.back() != block) rows.blocks.push_back(block);
    rows.slices.push_back({static_cast<uint16_t>(rows.blocks.size() - 1),
                           static_cast<uint16_t>(found->place.row), 1});
    if (found->weight != 1 && rows.weights.empty()) rows.weights.assign(rows.rows, 1);
    if (found->weight != 1 || !rows.weights.empty()) rows.weights.push_back(found->weight);
    ++rows.rows;
    out.found.push_back(i);
  }
  out.rows = rows.ToBatch(*version.layout, columns, StringMemory::kShare, nullptr);
  return out;
}

Result<std::unique_ptr<ViewCursor>> OpenScan(const ReadView& view, ObjectId object,
                                             std::span<const int> columns,
                                             std::optional<KeyRange> range, bool ordered) {
  return OpenScan(VersionOf(view, object), OverlayOf(view, object), columns, std::move(range),
                  ordered);
}

Result<LookupRows> Lookup(const ReadView& view, ObjectId object, const KeyBatch& keys,
                          std::span<const int> columns) {
  return Lookup(*VersionOf(view, object), OverlayOf(view, object), keys, columns);
}

}  // namespace riverrun::storage
