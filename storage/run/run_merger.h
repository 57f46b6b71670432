// Merges sorted sources of entries, newest first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/run/gather.h"
#include "storage/run/sorted_run.h"
#include "storage/run/view_layout.h"
#include "types/error.h"

namespace riverrun::storage {

/// Keys from `low` on and before `high`; an empty `high` means to the end.
struct KeyRange {
  std::string low, high;
  bool operator==(const KeyRange&) const = default;
};

/// Blocks with ascending keys from somewhere else than memory: one virtual call a block.
class BlockStream {
 public:
  virtual ~BlockStream() = default;
  /// The next block, null behind the last. Keys outside the range asked for may occur at the ends.
  virtual Result<BlockRef> Next() = 0;
};

/// A piece of a merge's result: slices of blocks. A weight that differs from the one in the block
/// (a bag's sum) stands in `weights`, which then has one a row.
struct MergedRows {
  std::vector<BlockRef> blocks;
  std::vector<Slice> slices;  // `source` is an index into blocks
  std::vector<Weight> weights;
  uint32_t rows = 0;

  void Clear();
  /// The columns of the layout asked for, with the weights.
  Batch ToBatch(const ViewLayout& layout, std::span<const int> columns, StringMemory strings,
                MemoryBudget* budget) const;
  /// The keys of the rows.
  KeyList Keys(MemoryBudget* budget) const;
};

/// Merges entries of equal keys: of kColumns the newest wins; of a bag they are added up and what
/// sums to 0 goes. One thread. Its sources are copied pointers; they live as long as it.
class RunMerger {
 public:
  enum class Tombstones : bool { kDrop, kKeep };
  enum class Chunks : bool {
    kFull,
    kLongSlicesApart,  // for readers, who pass a long slice of one block on without copying it
  };
  RunMerger(ViewKey key, Tombstones tombstones, Chunks chunks)
      : key_(key), tombstones_(tombstones), chunks_(chunks) {}

  /// Adds a source that is older than all before (sources of other keys count as either).
  void Add(RunRef run, const std::optional<KeyRange>& range);
  void Add(std::unique_ptr<BlockStream> stream, const std::optional<KeyRange>& range);

  /// Appends rows until there are `rows_max`, fewer at the end and where a long slice stands apart.
  /// False when nothing was left; true does not promise a row, since tombstones are none.
  Result<bool> Next(uint32_t rows_max, MergedRows& out);

  /// Entries consumed so far, of all sources.
  uint64_t consumed() const { return consumed_; }

 private:
  struct Source {
    RunRef run;
    std::unique_ptr<BlockStream> stream;
    uint32_t next_block = 0;
    BlockRef block;
    uint32_t row = 0, end = 0;  // entries of the block that are left
    uint32_t age = 0;           // 0 is the newest
    std::string high;           // of the range; empty means none
    std::string low;            // until the first block is there
    KeyHead head;               // of the entry at `row`

    std::string_view key() const { return block->keys[row]; }
  };

  Result<void> Start();
  Result<bool> LoadBlock(Source& source);
  Result<void> Advance(uint32_t count);
  void SinkFirst();
  static bool Before(const Source& a, const Source& b);
  uint32_t AloneCount(uint32_t rows_max) const;
  void AppendAlone(uint32_t count, MergedRows& out);
  Result<void> AppendTied(MergedRows& out);
  static void AppendSlice(const Source& source, uint32_t row, uint32_t count, MergedRows& out);

  ViewKey key_;
  Tombstones tombstones_;
  Chunks chunks_;
  bool started_ = false;
  std::vector<std::unique_ptr<Source>> sources_;  // by key, then age; exhausted ones are gone
  uint64_t consumed_ = 0;
};

}  // namespace riverrun::storage
