// What a view or table contains at one epoch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/run/run_merger.h"
#include "storage/run/sorted_run.h"
#include "storage/run/view_layout.h"
#include "types/id.h"

namespace riverrun::storage {

/// The rows of a checkpoint, below all runs. (Nothing implements it until there are checkpoints.)
/// Any thread may read it.
class DbSnapshot {
 public:
  virtual ~DbSnapshot() = default;
  /// Blocks of the object's rows in the range.
  virtual Result<std::unique_ptr<BlockStream>> Scan(ObjectId object,
                                                    const std::optional<KeyRange>& range) const = 0;
  /// The block that holds a key, and its row there; nothing if there is none.
  struct Found {
    BlockRef block;
    uint32_t row = 0;
  };
  virtual Result<std::optional<Found>> Find(ObjectId object, std::string_view key) const = 0;
};

/// The part of a version that one worker wrote. Immutable.
struct ShardVersion {
  std::shared_ptr<const DbSnapshot> base;
  std::vector<RunRef> tiers;  // newest first, at most kTiersMax
  int64_t rows = 0;           // with their multiplicities
};

/// The content of an object at one epoch. Immutable: it is published by pointer, and readers that
/// hold it see the same rows whatever is published later.
struct ViewVersion {
  ObjectId object;
  Epoch epoch = 0;
  std::shared_ptr<const ViewLayout> layout;
  std::vector<std::shared_ptr<const ShardVersion>> shards;  // no key occurs in two
  /// Newer than the shards: commits to a table that no epoch has published yet. Newest first.
  std::vector<RunRef> unpublished;
};
using VersionRef = std::shared_ptr<const ViewVersion>;

/// How much a version holds; of a checkpoint's rows, no bytes. REQUIRES nothing unpublished.
struct ContentSize {
  int64_t rows = 0;
  size_t bytes = 0;  // memory of its runs
};
ContentSize SizeOf(const ViewVersion& version);

}  // namespace riverrun::storage
