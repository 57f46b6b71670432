// Where those who publish epochs and those who wait for them meet.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "executor/runtime/shared_source.h"
#include "server/engine/filling.h"
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
  /// The object will have no content; whoever waits for it is told why. Until Remove.
  void Fail(ObjectId object, const Error& error);
  /// What the sources had done when the epoch to be published next ended.
  void PublishSources(std::vector<executor::SourceReport> sources);
  /// What made the source fail is over.
  void ForgetFailure(ObjectId source);
  /// The object is being filled, until Add or Remove.
  void AddFilling(ObjectId object, std::shared_ptr<const Filling> filling);
  /// Ends all waits, now and later.
  void Refuse();

  // The readers' side.

  storage::CutRecord published() const;
  std::vector<executor::SourceReport> sources() const;
  /// What made a source fail, if anything has.
  std::optional<Error> FailureOf(ObjectId source) const;
  /// True if views lack rows of it that they had before the server started.
  bool MissedReplay(ObjectId source) const;
  /// Waits until each of the partitions has been read up to its position, in that generation or a
  /// later one, in an epoch that is published; `nudge` is called now and then without the lock;
  /// false: the source is gone (42P01). Errors: the source's.
  Result<void> WaitForPositions(std::span<const Position> positions,
                                const std::function<bool()>& nudge, const Cancel& cancel) const;
  /// How far those have come that are being filled, where that is known.
  std::map<ObjectId, double> Progress() const;
  std::map<ObjectId, uint64_t> Late() const;
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
  std::shared_ptr<const storage::CutRecord> published_ =
      std::make_shared<const storage::CutRecord>();
  std::map<ObjectId, uint64_t> late_;
  std::map<ObjectId, std::shared_ptr<const storage::ViewStore>> contents_;
  std::map<ObjectId, Error> failed_;
  std::vector<executor::SourceReport> sources_;
  std::map<ObjectId, std::shared_ptr<const Filling>> filling_;
  bool refused_ = false;
};

}  // namespace riverrun::server
