#include "server/engine/publication.h"

#include <algorithm>
#include <chrono>

#include "server/engine/engine.h"

namespace riverrun::server {
namespace {

// How late a wait may notice that it is cancelled.
constexpr std::chrono::milliseconds kLook{20};
// How often somebody who waits for a source asks for an epoch at least.
constexpr std::chrono::milliseconds kNudgeMax{640};

}  // namespace

Error ShutdownError() {
  return {sqlstate::kAdminShutdown, "terminating connection due to administrator command"};
}

void Publication::Publish(const storage::CutRecord& cut, std::map<ObjectId, uint64_t> late) {
  auto published = std::make_shared<const storage::CutRecord>(cut);
  {
    const std::scoped_lock lock(mutex_);
    published_.swap(published);
    late_ = std::move(late);
  }
  changed_.notify_all();
}

void Publication::Add(ObjectId object, std::shared_ptr<const storage::ViewStore> content) {
  {
    const std::scoped_lock lock(mutex_);
    contents_[object] = std::move(content);
    failed_.erase(object);
    filling_.erase(object);
  }
  changed_.notify_all();
}

void Publication::Remove(ObjectId object) {
  {
    const std::scoped_lock lock(mutex_);
    contents_.erase(object);
    failed_.erase(object);
    filling_.erase(object);
  }
  changed_.notify_all();
}

void Publication::Fail(ObjectId object, const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    failed_[object] = error;
    filling_.erase(object);
  }
  changed_.notify_all();
}

void Publication::PublishSources(std::vector<executor::SourceReport> sources) {
  const std::scoped_lock lock(mutex_);
  sources_ = std::move(sources);
}

std::optional<Error> Publication::FailureOf(ObjectId source) const {
  const std::scoped_lock lock(mutex_);
  for (const executor::SourceReport& report : sources_) {
    if (report.object == source && report.failure) return report.failure;
  }
  return std::nullopt;
}

bool Publication::MissedReplay(ObjectId source) const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(sources_, [&](const executor::SourceReport& report) {
    return report.object == source && report.missed_replay;
  });
}

void Publication::ForgetFailure(ObjectId source) {
  const std::scoped_lock lock(mutex_);
  for (executor::SourceReport& report : sources_) {
    if (report.object == source) report.failure.reset();
  }
}

std::vector<executor::SourceReport> Publication::sources() const {
  const std::scoped_lock lock(mutex_);
  return sources_;
}

Result<void> Publication::WaitForPositions(std::span<const Position> positions,
                                           const std::function<bool()>& nudge,
                                           const Cancel& cancel) const {
  std::unique_lock lock(mutex_);
  const auto reached = [&](const Position& to) {
    return std::ranges::any_of(published_->positions, [&](const Position& at) {
      const bool same = at.source == to.source && at.partition == to.partition;
      return same && (at.generation > to.generation ||
                      (at.generation == to.generation && at.offset >= to.offset));
    });
  };
  std::chrono::milliseconds pause = kLook;
  auto nudge_at = std::chrono::steady_clock::now() + pause;
  while (true) {
    if (refused_) return std::unexpected(ShutdownError());
    const bool there = std::ranges::all_of(positions, reached);
    for (const executor::SourceReport& report : sources_) {
      const auto is_waited_for = [&](const Position& to) { return to.source == report.object; };
      if (!std::ranges::any_of(positions, is_waited_for)) continue;
      // What had been read before a start is not there if it could not be read again.
      if (report.failure && (!there || report.missed_replay)) {
        return std::unexpected(*report.failure);
      }
    }
    if (there) return {};
    if (cancel.requested()) return FailCanceled();
    changed_.wait_for(lock, kLook);
    if (std::chrono::steady_clock::now() < nudge_at) continue;
    // Each costs an epoch: ever more rarely.
    pause = std::min(2 * pause, kNudgeMax);
    nudge_at = std::chrono::steady_clock::now() + pause;
    lock.unlock();
    if (!nudge()) return riverrun::Fail(sqlstate::kUndefinedTable, "the stream has been dropped");
    lock.lock();
  }
}

void Publication::AddFilling(ObjectId object, std::shared_ptr<const Filling> filling) {
  const std::scoped_lock lock(mutex_);
  filling_[object] = std::move(filling);
}

std::map<ObjectId, double> Publication::Progress() const {
  const std::scoped_lock lock(mutex_);
  std::map<ObjectId, double> all;
  for (const auto& [object, filling] : filling_) {
    if (const auto progress = filling->Progress()) all[object] = *progress;
  }
  return all;
}

void Publication::Refuse() {
  {
    const std::scoped_lock lock(mutex_);
    refused_ = true;
  }
  changed_.notify_all();
}

storage::CutRecord Publication::published() const {
  const std::scoped_lock lock(mutex_);
  return *published_;
}

std::map<ObjectId, uint64_t> Publication::Late() const {
  const std::scoped_lock lock(mutex_);
  return late_;
}

Result<void> Publication::WaitForEpochAfter(Epoch epoch, const Cancel& cancel) const {
  std::unique_lock lock(mutex_);
  return Wait(lock, [&] { return published_->info.epoch > epoch; }, cancel);
}

Result<void> Publication::Wait(std::unique_lock<std::mutex>& lock,
                               const std::function<bool()>& done, const Cancel& cancel) const {
  while (true) {
    if (refused_) {
      return std::unexpected(ShutdownError());
    }
    if (done()) return {};
    if (cancel.requested()) {
      return FailCanceled();
    }
    changed_.wait_for(lock, kLook);
  }
}

Result<void> Publication::WaitUntil(const std::function<bool()>& done, const Cancel& cancel) const {
  std::unique_lock lock(mutex_);
  return Wait(lock, done, cancel);
}

Result<storage::ReadView> Publication::Read(std::span<const ObjectId> objects, Lsn commits_before,
                                            const std::function<bool(ObjectId)>& must_have,
                                            const Cancel& cancel) const {
  std::unique_lock lock(mutex_);
  const auto ready = [&] {
    return published_->commits_before >= commits_before &&
           std::ranges::all_of(objects, [&](ObjectId object) {
             return contents_.contains(object) || failed_.contains(object) || !must_have(object);
           });
  };
  if (Result<void> waited = Wait(lock, ready, cancel); !waited) {
    return std::unexpected(waited.error());
  }
  storage::ReadView view;
  view.epoch = published_->info.epoch;
  view.cut = published_;
  for (const ObjectId object : objects) {
    if (const auto failed = failed_.find(object); failed != failed_.end() && must_have(object)) {
      return std::unexpected(failed->second);
    }
    const auto content = contents_.find(object);
    if (content == contents_.end()) continue;
    storage::VersionRef version = content->second->At(view.epoch);
    CHECK(version != nullptr, "a relation has no content at the published epoch");
    view.versions[object] = std::move(version);
  }
  return view;
}

}  // namespace riverrun::server
