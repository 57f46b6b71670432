// Where those who publish epochs and those who wait for them meet.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "storage/catalog/catalog_snapshot.h"
#include "storage/journal_record.h"
#include "storage/view/read_view.h"
#include "storage/view/view_store.h"
#include "types/cancel.h"

namespace riverrun::server {

/// The newest published epoch and the contents that can be read at it. Any thread may call any
/// method. A wait looks at its cancel some dozen times a second (57014), and ends with 57P01 after
/// Refuse.
class Publication {
 public:
  // The coordinator's side. It forgets no version of an epoch before it has published a later one.

  /// `late`: rows that were late for a window, by view.
  void Publish(const storage::CutRecord& cut, std::map<ObjectId, uint64_t> late = {});
  /// The object's content can be read, at the published epoch and from then on.
  void Add(ObjectId object, std::shared_ptr<const storage::ViewStore> content);
  void Remove(ObjectId object);
  /// Ends all waits, now and later.
  void Refuse();

  // The readers' side.

  storage::CutRecord published() const;
  uint64_t LateRows(ObjectId view) const;
  /// Waits until a later epoch than this is published.
  Result<void> WaitForEpochAfter(Epoch epoch, const Cancel& cancel) const;
  /// Waits until an epoch contains every commit before `commits_before`, and each of the objects
  /// that `must_have` says must have content has it. Returns the versions at the newest epoch.
  Result<storage::ReadView> Read(std::span<const ObjectId> objects, Lsn commits_before,
                                 const std::function<bool(ObjectId)>& must_have,
                                 const Cancel& cancel) const;
  /// Waits until `done`, which is asked after every publication, every Add and every Remove, under
  /// the lock: it must not call this object.
  Result<void> WaitUntil(const std::function<bool()>& done, const Cancel& cancel) const;

 private:
  Result<void> Wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done,
                    const Cancel& cancel) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  storage::CutRecord published_;
  std::map<ObjectId, uint64_t> late_;
  std::map<ObjectId, std::shared_ptr<const storage::ViewStore>> contents_;
  bool refused_ = false;
};

}  // namespace riverrun::server
