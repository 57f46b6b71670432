// Deltas of one object that came one after another, readable as runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/run/tier_set.h"

namespace riverrun::storage {

/// Later deltas override earlier ones: a transaction's writes to a table, or commits that no epoch
/// has published. Runs are made when somebody reads, of all deltas since the last read at once.
/// One thread.
class DeltaTiers {
 public:
  /// REQUIRES rows by key, not a bag.
  DeltaTiers(std::shared_ptr<const ViewLayout> layout, MemoryBudget* budget);

  void Add(Batch rows);
  /// Keeps the first `deltas` of those added.
  void TruncateTo(size_t deltas);
  size_t size() const { return deltas_.size(); }
  const std::vector<Batch>& deltas() const { return deltas_; }
  const std::shared_ptr<const ViewLayout>& layout() const { return layout_; }
  /// What the deltas amount to, newest first.
  const std::vector<RunRef>& Runs();

 private:
  std::shared_ptr<const ViewLayout> layout_;
  MemoryBudget* budget_;
  std::vector<Batch> deltas_;
  size_t built_ = 0;  // deltas in tiers_
  TierSet tiers_;
  std::vector<RunRef> runs_;
};

}  // namespace riverrun::storage
