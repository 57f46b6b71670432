// Rows sorted by key, in memory, immutable: what a view's versions are made of.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/run/bloom_filter.h"
#include "storage/run/consolidate.h"
#include "storage/run/key_list.h"
#include "storage/run/view_layout.h"
#include "types/column/batch.h"

namespace riverrun::storage {

/// Up to kBatchRowsMax entries in ascending order of their keys. What an entry says is its weight:
/// of kColumns, 1 puts the row in place of any older one and 0 is a tombstone (its columns are the
/// deleted row's); of a bag, the change of the row's multiplicity, never 0.
struct RunBlock {
  KeyList keys;
  Batch rows;  // flat columns, no selection; weights absent means all 1

  size_t bytes() const;
};
using BlockRef = std::shared_ptr<const RunBlock>;

/// An entry of a run.
struct RowPlace {
  const RunBlock* block = nullptr;
  uint32_t row = 0;

  Weight weight() const { return block->rows.WeightOf(row); }
};

/// Blocks with ascending keys, each key once. Immutable; any thread may read it.
class SortedRun {
 public:
  /// REQUIRES blocks that are not empty and ascend. `budget` counts the run's own memory and must
  /// outlive it; the blocks' buffers count where they were allocated.
  SortedRun(std::vector<BlockRef> blocks, std::optional<BloomFilter> bloom, MemoryBudget* budget);
  SortedRun(const SortedRun&) = delete;
  SortedRun& operator=(const SortedRun&) = delete;
  ~SortedRun();

  const std::vector<BlockRef>& blocks() const { return blocks_; }
  uint64_t entries() const { return entries_; }
  /// Memory of the run, blocks included.
  size_t bytes() const { return bytes_; }

  /// The entry of a key; `hash` is the key's HashBytes. The place is good while the run lives.
  std::optional<RowPlace> Find(std::string_view key, uint64_t hash) const;
  /// Number of the first block that may hold a key not below `key`.
  uint32_t BlockOf(std::string_view key) const;

 private:
  std::vector<BlockRef> blocks_;
  KeyList last_keys_;  // of each block
  std::optional<BloomFilter> bloom_;
  uint64_t entries_ = 0;
  size_t bytes_ = 0;
  size_t own_bytes_ = 0;
  MemoryBudget* budget_;
};
using RunRef = std::shared_ptr<const SortedRun>;

/// Cuts entries that come in ascending order of keys into blocks and makes a run of them.
class RunBuilder {
 public:
  /// For about `entries` entries.
  RunBuilder(const ViewLayout& layout, uint64_t entries, MemoryBudget* budget) : budget_(budget) {
    if (layout.filters) bloom_.emplace(entries);
  }

  /// REQUIRES the rows flat and as RunBlock wants them, at least one, and their keys behind those
  /// added before.
  void Add(KeyList keys, Batch rows);
  uint64_t entries() const { return entries_; }
  /// The run; null if it has no entries.
  RunRef Finish();

 private:
  void AddToFilter(const KeyList& keys);

  std::vector<BlockRef> blocks_;
  std::optional<BloomFilter> bloom_;
  uint64_t entries_ = 0;
  MemoryBudget* budget_;
};

enum class SameKey : bool {
  kIsBug,        // CHECKs that of kColumns at most one row a key is left
  kLastInserted  // a transaction that will fail to commit must still be able to read
};
/// The run of what a delta says about each key: the sums of `sorted`, which is of that delta. Null
/// if there are none.
RunRef BuildRun(const ViewLayout& layout, std::span<const Batch> delta, const SortedDelta& sorted,
                std::span<const KeyDelta> sums, MemoryBudget* budget, SameKey same_key);
/// The run that a delta amounts to: its rows summed by image, per key. Null if nothing is left.
RunRef BuildRun(const ViewLayout& layout, std::span<const Batch> delta, MemoryBudget* budget,
                SameKey same_key = SameKey::kIsBug);

}  // namespace riverrun::storage
