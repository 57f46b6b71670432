// The runs of one shard, kept few by merging.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "storage/run/run_merger.h"
#include "storage/run/sorted_run.h"

namespace riverrun::storage {

/// The most runs a reader has to merge.
inline constexpr size_t kTiersMax = 8;

/// A stack of runs, each at least twice as large as the next newer one, merged a little with every
/// run that is added, so that no epoch pays for a large merge. One thread.
class TierSet {
 public:
  /// `keeps_tombstones` if there is something below the oldest run that they hide. REQUIRES the
  /// layout outlives it.
  TierSet(const ViewLayout* layout, bool keeps_tombstones, MemoryBudget* budget)
      : layout_(layout), keeps_tombstones_(keeps_tombstones), budget_(budget) {}

  /// Adds the newest run; null is nothing. Does merge work in proportion to its entries.
  void Add(RunRef run);
  /// Finishes every merge that is due.
  void Settle();
  void Clear();

  /// The runs, newest first; at most kTiersMax.
  std::vector<RunRef> runs() const;
  uint64_t entries() const;
  /// The newest entry of a key, whatever it says. For a bag, see SumOf.
  std::optional<RowPlace> Find(std::string_view key, uint64_t hash) const;
  /// A bag's multiplicity of a key in these runs.
  Weight SumOf(std::string_view key, uint64_t hash) const;

 private:
  struct Tier {
    RunRef run;
    bool merging = false;
  };
  // Merges two neighbours, a piece at a time.
  struct Merge {
    RunRef older, newer;
    RunMerger merger;
    RunBuilder builder;
    uint64_t entries = 0;
  };

  void StartDueMerges();
  void StartMerge(size_t older);
  size_t CheapestPair() const;
  uint64_t Work(Merge& merge, uint64_t entries);
  bool Done(const Merge& merge) const { return merge.merger.consumed() == merge.entries; }
  void Install(Merge& merge);
  void WorkOnAll(uint64_t entries);

  const ViewLayout* layout_;
  bool keeps_tombstones_;
  MemoryBudget* budget_;
  std::vector<Tier> tiers_;  // oldest first
  std::vector<std::unique_ptr<Merge>> merges_;
  std::vector<int> all_columns_;
  MergedRows scratch_;
};

}  // namespace riverrun::storage
