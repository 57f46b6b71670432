// Where a shard publishes its versions and readers find them.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "storage/view/view_version.h"

namespace riverrun::storage {

/// The versions of one shard, back to the oldest epoch that a reader may ask for. Any thread may
/// call any method; the lock is held for a few pointer copies, so that neither side waits for the
/// work of the other.
class VersionSlot {
 public:
  VersionSlot();

  /// Makes the shard's content at `epoch` visible; null means unchanged. REQUIRES epochs ascend.
  void Publish(Epoch epoch, std::shared_ptr<const ShardVersion> version);
  /// The content at the end of `epoch`; null if it is not published yet or has been forgotten.
  std::shared_ptr<const ShardVersion> At(Epoch epoch) const;
  /// The last epoch published; 0 before the first.
  Epoch published() const;
  /// No reader will ask for an epoch below this one.
  void ForgetBefore(Epoch epoch);
  /// Number of versions kept.
  size_t size() const;

 private:
  struct Entry {
    Epoch from = 0;  // the first epoch with this content
    std::shared_ptr<const ShardVersion> version;
  };

  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  // ascending; the first holds from the oldest epoch that is kept
  Epoch published_ = 0;
};

}  // namespace riverrun::storage
