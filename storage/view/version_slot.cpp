#include "storage/view/version_slot.h"

#include <algorithm>

namespace riverrun::storage {

VersionSlot::VersionSlot() { entries_.push_back({0, std::make_shared<ShardVersion>()}); }

void VersionSlot::Publish(Epoch epoch, std::shared_ptr<const ShardVersion> version) {
  const std::scoped_lock lock(mutex_);
  CHECK(epoch > published_, "epochs are published in ascending order");
  published_ = epoch;
  if (version != nullptr) entries_.push_back({epoch, std::move(version)});
}

std::shared_ptr<const ShardVersion> VersionSlot::At(Epoch epoch) const {
  const std::scoped_lock lock(mutex_);
  if (epoch > published_) return nullptr;
  const auto after = std::ranges::upper_bound(entries_, epoch, {}, &Entry::from);
  return after == entries_.begin() ? nullptr : std::prev(after)->version;
}

Epoch VersionSlot::published() const {
  const std::scoped_lock lock(mutex_);
  return published_;
}

void VersionSlot::ForgetBefore(Epoch epoch) {
  // What is forgotten may be large, and is destroyed outside the lock.
  std::deque<Entry> forgotten;
  const std::scoped_lock lock(mutex_);
  epoch = std::min(epoch, published_);
  while (entries_.size() > 1 && entries_[1].from <= epoch) {
    forgotten.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  entries_.front().from = std::max(entries_.front().from, epoch);
}

size_t VersionSlot::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace riverrun::storage
