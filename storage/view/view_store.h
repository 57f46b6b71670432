// A view's content: written by workers epoch by epoch, read by anyone.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "storage/run/tier_set.h"
#include "storage/view/version_slot.h"
#include "storage/view/view_version.h"
#include "types/memory_budget.h"

namespace riverrun::storage {

/// The rows of a batch, each as often as its weight says.
int64_t CountRows(const Batch& batch);

enum class EpochPart : uint8_t {
  kWhole,  // with this delta the epoch is complete for this shard
  kPiece,  // more of the epoch follows: a bag's multiplicities may be negative until then
};

/// Applies deltas to one shard of a view and publishes its versions. One thread: the worker that
/// owns the shard.
class ViewWriter {
 public:
  ViewWriter(const ViewLayout* layout, MemoryBudget* budget);
  ViewWriter(const ViewWriter&) = delete;
  ViewWriter& operator=(const ViewWriter&) = delete;

  /// Applies rows of an epoch; readers see nothing yet. Returns what the delta amounts to, key by
  /// key, for whoever passes the view's changes on. CHECKs that rows of a key are at most
  /// -old and +new, and that no multiplicity is negative once the epoch is whole. REQUIRES a bag
  /// for kPiece: for rows by key, only a whole epoch's delta says what is left.
  std::vector<KeyDelta> Apply(std::span<const Batch> delta, EpochPart part = EpochPart::kWhole);
  /// Makes what was applied visible as the content at `epoch`. REQUIRES the epoch is whole and
  /// greater than the last.
  void Publish(Epoch epoch);

  /// Merges all that is due; for tests, and for a view that has just been filled.
  void Settle();
  uint64_t entries() const { return tiers_.entries(); }
  VersionSlot& slot() { return slot_; }
  const VersionSlot& slot() const { return slot_; }

 private:
  void CheckMultiplicities(const SortedRun& run);

  const ViewLayout* layout_;
  MemoryBudget* budget_;
  TierSet tiers_;
  std::set<std::string, std::less<>> negative_;  // keys of a bag that wait for their insertion
  int64_t rows_ = 0;  // sum of all weights: the number of rows
  bool changed_ = false;
  bool whole_ = true;
  VersionSlot slot_;
};

/// The content of a table, a materialized view or an error collection, in one shard a worker.
class ViewStore {
 public:
  /// REQUIRES the budget outlives the store and every version read from it.
  ViewStore(ObjectId object, ViewLayout layout, int shards, MemoryBudget* budget);

  ObjectId object() const { return object_; }
  const ViewLayout& layout() const { return *layout_; }
  int shards() const { return static_cast<int>(writers_.size()); }
  /// REQUIRES that only the shard's worker uses it, and that no key is written to two shards.
  ViewWriter& writer(int shard) { return *writers_[shard]; }

  // Any thread:

  /// The last epoch that every shard has published; 0 before the first.
  Epoch published() const;
  /// The content at an epoch; null if a shard has not published it, or it has been forgotten.
  VersionRef At(Epoch epoch) const;
  /// No read will ask for an epoch below this one; versions that readers hold stay good.
  void ForgetBefore(Epoch epoch);

 private:
  ObjectId object_;
  std::shared_ptr<const ViewLayout> layout_;
  std::vector<std::unique_ptr<ViewWriter>> writers_;
};

}  // namespace riverrun::storage
