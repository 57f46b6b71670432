#include <algorithm>
#include <future>

#include "server/engine/engine_impl.h"
#include "server/engine/relation.h"
#include "storage/catalog/derived_object.h"
#include "storage/commit/table_layout.h"

namespace riverrun::server {
namespace {

using executor::Coordinator;
using storage::CommitResult;
using storage::ObjectKind;
using storage::ObjectRef;

// What a power loss may take of commits that did not wait.
constexpr uint32_t kLazySyncMilliseconds = 200;

const Cancel kNever;

std::vector<ObjectId> IdsOf(std::span<const ObjectRef> objects) {
  std::vector<ObjectId> ids;
  for (const ObjectRef& object : objects) ids.push_back(object->id);
  return ids;
}

}  // namespace

Engine::Engine(Clock& clock, EngineOptions options)
    : clock_(clock),
      options_(std::move(options)),
      budget_("server", options_.memory_limit),
      impl_(std::make_unique<Impl>(clock)) {}

Engine::~Engine() {
  RefuseWaits();
  impl_->partition_check.reset();
  // What calls the runtime ends before it.
  if (impl_->parts != nullptr) impl_->parts->journal().StopGroupCommit();
  if (impl_->runtime != nullptr) impl_->runtime->Stop();
}

Result<std::unique_ptr<Engine>> Engine::Open(FileSystem& files, Clock& clock,
                                             EngineOptions options) {
  std::unique_ptr<Engine> engine(new Engine(clock, std::move(options)));
  if (Result<void> started = engine->Start(files); !started) {
    return std::unexpected(started.error());
  }
  return engine;
}

Result<void> Engine::Start(FileSystem& files) {
  auto lock = OpenDataDirectory(files, options_.data_directory);
  if (!lock) return std::unexpected(lock.error());
  impl_->lock = std::move(*lock);

  const auto fail = [on_failure = options_.on_failure](const Error& error) {
    if (on_failure) on_failure(error);
  };
  PartsOptions parts;
  parts.workers = options_.workers;
  parts.epochs = options_.epochs;
  parts.budget = &budget_;
  parts.committer.budget = &budget_;
  parts.journal.directory = options_.data_directory + "/journal";
  parts.journal.new_incarnation = options_.new_incarnation;
  parts.journal.budget = &budget_;
  parts.journal.on_durable = [impl = impl_.get(), fail] {
    if (impl->runtime == nullptr) return;  // nothing runs yet, nothing waits
    if (const auto durable = impl->parts->journal().Durable(); !durable) fail(durable.error());
    impl->runtime->WakeCoordinator();
  };
  auto opened = EngineParts::Open(files, clock_, std::move(parts),
                                  [impl = impl_.get()](const storage::CutRecord& cut) {
                                    impl->publication.Publish(cut, impl->parts->late());
                                  });
  if (!opened) return std::unexpected(opened.error());
  impl_->parts = std::move(*opened);
  if (Result<void> started = impl_->parts->Start(); !started) return started;

  Coordinator& coordinator = impl_->parts->coordinator();
  coordinator.OnFailure(fail);
  coordinator.OnSources([impl = impl_.get()](const std::vector<executor::SourceReport>& sources) {
    impl->publication.PublishSources(sources);
  });
  coordinator.OnHydrationFailed([impl = impl_.get()](ObjectId object, const Error& error) {
    return impl->EndUnfilled(object, error);
  });
  coordinator.OnJoined([impl = impl_.get()](ObjectId object) { impl->Publish(object); });
  Coordinator::Commands commands;
  std::vector<ObjectId> contents;
  const storage::CatalogRef known = catalog();  // the loop does not hold it
  for (const auto& [id, object] : known->objects()) {
    auto begun = IsConnected(*object)
                     ? Reopen(*object, commands)
                     : impl_->Begin(*object, EngineParts::Begin::kReplay, commands);
    if (!begun) return begun;
    if (impl_->parts->store(id) != nullptr || IsConnected(*object)) contents.push_back(id);
  }
  coordinator.Change(std::move(commands));
  const Lsn all = impl_->parts->journal().End();
  impl_->parts->Replay();
  impl_->runtime =
      std::make_unique<executor::Runtime>(impl_->parts->workers(), coordinator, clock_);
  impl_->parts->journal().StartGroupCommit(kLazySyncMilliseconds);
  impl_->runtime->Start();
  const auto recovered = impl_->publication.Read({}, all, nullptr, kNever);
  if (!recovered) return std::unexpected(recovered.error());
  for (const ObjectId object : contents) impl_->Publish(object);
  impl_->partition_check = std::make_unique<PeriodicCheck>(
      options_.partition_check, [this](const auto& stopping) { return CheckPartitions(stopping); });
  return {};
}

Result<void> Engine::Impl::Begin(const storage::CatalogObject& object, EngineParts::Begin begin,
                                 Coordinator::Commands& commands) {
  if (IsConnected(object)) return BeginStream(object, std::nullopt, commands);
  auto relation = RelationOf(object);
  if (!relation) return std::unexpected(relation.error());
  if (IsFedByJournal(object)) {
    auto completion = CompletionOf(object);
    if (!completion) return std::unexpected(completion.error());
    AddTo(commands,
           parts->AddTable(object.id, storage::HasRowIds(object), nullptr, *std::move(completion)));
  }
  if (!*relation) return {};
  AddTo(commands, parts->Attach(std::move(**relation), begin));
  if (auto filling = parts->filling(object.id)) publication.AddFilling(object.id, filling);
  return {};
}

void Engine::Impl::Publish(ObjectId object) {
  const ObjectRef found = parts->committer().catalog()->Find(object);
  if (found != nullptr && KeepsErrors(*found)) {
    publication.Add(storage::ErrorsOf(object), parts->errors(object));
  }
  if (const auto rows = parts->store(object)) publication.Add(object, rows);
}

void Engine::Impl::End(const storage::CatalogObject& object, Coordinator::Commands& commands) {
  if (IsConnected(object)) {
    AddTo(commands, parts->RemoveSource(object.id));
    streams.Close(object.id);
    publication.Remove(storage::ErrorsOf(object.id));
    return;
  }
  publication.Remove(object.id);
  publication.Remove(storage::ErrorsOf(object.id));
  if (parts->store(object.id) == nullptr) return;
  AddTo(commands, parts->Detach(object.id));
  if (IsFedByJournal(object)) AddTo(commands, parts->RemoveSource(object.id));
}

// What is created is looked at before it is committed: afterwards nobody could refuse it.
Result<void> Engine::Impl::CompleteCreated(storage::WriteSet& writes,
                                           const storage::CatalogSnapshot& before) {
  for (const storage::CatalogChange& change : writes.Changes()) {
    const auto* create = std::get_if<storage::CreateObject>(&change);
    if (create == nullptr) continue;
    if (const auto completion = CompletionOf(*create->object); !completion) {
      return std::unexpected(completion.error());
    }
    const auto relation = RelationOf(*create->object);
    if (!relation) return std::unexpected(relation.error());
    if (!IsContinuousQuery(*create->object)) continue;
    auto completed = std::make_shared<storage::CatalogObject>(*create->object);
    completed->reads_from.clear();
    for (const ObjectId read : SourcesOf((*relation)->dataflow)) {
      const ObjectRef stream = before.Find(read);
      if (stream == nullptr || stream->starts.empty()) continue;
      const uint32_t newest = stream->starts.back().generation;
      if (newest == stream->starts.front().generation) continue;
      completed->reads_from.emplace_back(read, newest);
    }
    if (!completed->reads_from.empty()) writes.ReplaceCreated(completed);
  }
  return {};
}

// At rest, on the coordinator's thread: no epoch can contain the commit before the workers have
// been told what it created.
Engine::Impl::Change Engine::Impl::Make(storage::WriteSet& writes, const Cancel& cancel,
                                        Coordinator::Commands& commands) {
  Change change;
  const storage::CatalogRef before = parts->committer().catalog();
  if (Result<void> ahead = CheckAhead(writes, *before); !ahead) {
    change.result = std::unexpected(ahead.error());
    return change;
  }
  if (Result<void> completed = CompleteCreated(writes, *before); !completed) {
    change.result = std::unexpected(completed.error());
    return change;
  }
  change.result = parts->committer().Commit(writes, cancel);
  if (!change.result || change.result->status != CommitResult::kCommitted) return change;
  change.difference = Compare(*before, *parts->committer().catalog());
  for (const ObjectRef& object : change.difference.dropped) End(*object, commands);
  for (const ObjectRef& object : change.difference.created) {
    const auto begun = Begin(*object, EngineParts::Begin::kHydrate, commands);
    CHECK(begun.has_value(), begun ? "" : begun.error().text);
  }
  for (const ObjectRef& object : change.difference.restarted) RestartStream(*object, commands);
  for (const ObjectRef& object : change.difference.rebuilt) {
    change.rebuilt = RebuildStream(*object, commands);
  }
  parts->coordinator().RequestCut(change.result->lsn + 1);
  return change;
}

void Engine::Impl::Acknowledge(Lsn lsn) {
  Lsn last = acknowledged.load();
  while (last < lsn && !acknowledged.compare_exchange_weak(last, lsn)) {
  }
}

storage::CatalogRef Engine::catalog() const { return impl_->parts->committer().catalog(); }
ObjectId Engine::AllocateObject() { return impl_->parts->committer().AllocateObject(); }
OperatorId Engine::AllocateOperator() { return impl_->parts->committer().AllocateOperators(1); }
void Engine::RefuseWaits() { impl_->publication.Refuse(); }

bool Engine::HasContent(ObjectId object) const {
  const ObjectRef found = catalog()->Find(storage::OwnerOf(object));
  if (found == nullptr) return false;
  if (storage::IsErrors(object)) return KeepsErrors(*found);
  return IsFedByJournal(*found) || IsContinuousQuery(*found);
}

Result<storage::ReadView> Engine::OpenRead(std::span<const ObjectId> objects, Lsn contains,
                                           const Cancel& cancel) {
  return Read(objects, contains, [this](ObjectId object) { return HasContent(object); }, cancel);
}

Result<storage::ReadView> Engine::Read(std::span<const ObjectId> objects, Lsn contains,
                                       const std::function<bool(ObjectId)>& must_have,
                                       const Cancel& cancel) {
  contains = std::max(contains, impl_->acknowledged.load());
  auto view = impl_->publication.Read(objects, contains == 0 ? 0 : contains + 1, must_have, cancel);
  if (view) view->catalog = catalog();
  return view;
}

Result<storage::ReadView> Engine::OpenSnapshot(std::span<const ObjectId> required, Lsn contains,
                                               const Cancel& cancel) {
  std::vector<ObjectId> all(required.begin(), required.end());
  const storage::CatalogRef known = catalog();  // the loop does not hold it
  for (const auto& [id, object] : known->objects()) {
    for (const ObjectId content : {id, storage::ErrorsOf(id)}) {
      if (std::ranges::find(required, content) == required.end()) all.push_back(content);
    }
  }
  const auto must_have = [&](ObjectId object) {
    return std::ranges::find(required, object) != required.end() && HasContent(object);
  };
  return Read(all, contains, must_have, cancel);
}

std::vector<SourceStatus> Engine::Sources(const storage::ReadView& view) const {
  const std::vector<executor::SourceReport> reports = impl_->publication.sources();
  std::vector<SourceStatus> sources = JournalSources(view, reports);
  for (const ObjectRef& stream : view.catalog->OfKind(ObjectKind::kStream)) {
    if (!IsConnected(*stream)) continue;
    const size_t first = sources.size();
    AddConnectedSource(*stream, view, reports, sources);
    const std::string away = impl_->streams.WhyAway(stream->id);
    for (size_t i = first; i < sources.size() && !away.empty(); ++i) {
      if (sources[i].state == SourceStatus::State::kFailed) continue;
      sources[i].state = SourceStatus::State::kDisconnected;
      sources[i].reason = away;
    }
  }
  return sources;
}

std::map<ObjectId, double> Engine::Progress() const { return impl_->publication.Progress(); }

Result<storage::ReadView> Engine::OpenNewest(std::span<const ObjectId> objects, Lsn contains,
                                             const Cancel& cancel) {
  storage::ReadView newest = impl_->parts->committer().Newest(objects);
  std::vector<ObjectId> others;
  for (const ObjectId object : objects) {
    if (!newest.versions.contains(object)) others.push_back(object);
  }
  if (others.empty()) {  // tables do not wait for an epoch
    newest.epoch = impl_->publication.published().info.epoch;
    return newest;
  }
  auto published = OpenRead(others, contains, cancel);
  if (!published) return published;
  newest.epoch = published->epoch;
  newest.versions.merge(published->versions);
  return newest;
}

Result<Committed> Engine::Commit(storage::WriteSet& writes, Durability durability,
                                 const Cancel& cancel) {
  if (!writes.Changes().empty()) return ChangeCatalog(writes, cancel);
  return Append([&] { return impl_->parts->committer().Commit(writes, cancel); }, durability,
                cancel);
}

Result<Committed> Engine::CommitInside(
    const std::function<Result<storage::WriteSet>(storage::Committer::Inside&)>& evaluate,
    Durability durability, const Cancel& cancel) {
  return Append([&] { return impl_->parts->committer().Run(evaluate, cancel); }, durability,
                cancel);
}

Result<Committed> Engine::Append(const std::function<Result<CommitResult>()>& commit,
                                 Durability durability, const Cancel& cancel) {
  storage::Committer& committer = impl_->parts->committer();
  Result<CommitResult> result = commit();
  while (result && result->status == CommitResult::kWait) {
    const auto waited = impl_->publication.WaitUntil([&] { return committer.HasRoom(); }, cancel);
    if (!waited) return std::unexpected(waited.error());
    result = commit();
  }
  if (!result) return std::unexpected(result.error());
  if (result->status == CommitResult::kNothing) return Committed{};
  impl_->runtime->Ask([lsn = result->lsn](Coordinator& c) { c.RequestCut(lsn + 1); });
  if (durability == Durability::kDurable) {
    const auto durable = impl_->parts->journal().WaitDurable(result->lsn);
    if (!durable) return std::unexpected(durable.error());
  }
  impl_->Acknowledge(result->lsn);
  return Committed{result->lsn};
}

Result<Committed> Engine::ChangeCatalog(storage::WriteSet& writes, const Cancel& cancel) {
  const Result<std::vector<Position>> ends = AskStreams(writes);
  if (!ends) return std::unexpected(ends.error());
  // What a new view reads has to have its content: the view begins with it.
  std::vector<ObjectId> read;
  for (const storage::CatalogChange& change : writes.Changes()) {
    const auto* create = std::get_if<storage::CreateObject>(&change);
    if (create == nullptr) continue;
    const std::vector<ObjectId>& needs = create->object->dependencies;
    read.insert(read.end(), needs.begin(), needs.end());
  }
  if (auto waited = WaitForContents(read, cancel); !waited) {
    return std::unexpected(waited.error());
  }
  std::promise<Impl::Change> promise;
  impl_->runtime->Ask([&](Coordinator& coordinator) {
    coordinator.Change(std::function<Coordinator::Commands()>([&] {
      Coordinator::Commands commands;
      Impl::Change change = impl_->Make(writes, cancel, commands);
      promise.set_value(std::move(change));
      return commands;
    }));
  });
  const Impl::Change change = promise.get_future().get();
  if (!change.result) return std::unexpected(change.result.error());
  if (change.result->status == CommitResult::kWait) {
    const auto room = [this] { return impl_->parts->committer().HasRoom(); };
    if (auto waited = impl_->publication.WaitUntil(room, cancel); !waited) {
      return std::unexpected(waited.error());
    }
    return ChangeCatalog(writes, cancel);
  }
  if (change.result->status == CommitResult::kNothing) return Committed{};
  const auto durable = impl_->parts->journal().WaitDurable(change.result->lsn);
  if (!durable) return std::unexpected(durable.error());
  impl_->Acknowledge(change.result->lsn);
  const std::vector<ObjectId> created = IdsOf(change.difference.created);
  // What was there before stays, whatever becomes of it: only what is new is dropped again.
  const Result<void> rebuilt = WaitForContents(IdsOf(change.rebuilt), cancel);
  if (!rebuilt) return std::unexpected(rebuilt.error());
  Result<void> filled = WaitForContents(created, cancel);
  if (filled) {
    // A stream that fails meanwhile leaves the view with what could be read.
    const Result<void> caught_up = WaitForPositions(*ends, cancel);
    if (!caught_up && caught_up.error().sqlstate == sqlstate::kQueryCanceled) filled = caught_up;
  }
  if (!filled) {
    const bool cancelled = filled.error().sqlstate == sqlstate::kQueryCanceled;
    // A transaction is committed, whatever else it did: the view fills while nobody waits.
    if (cancelled && writes.explicit_transaction()) return Committed{change.result->lsn};
    if (filled.error().sqlstate != sqlstate::kAdminShutdown) Drop(created);
    return std::unexpected(filled.error());
  }
  return Committed{change.result->lsn};
}

std::map<ObjectId, uint64_t> Engine::Late() const { return impl_->publication.Late(); }

// An object that another session drops in the meantime is not waited for.
Result<void> Engine::WaitForContents(std::span<const ObjectId> objects, const Cancel& cancel) {
  auto view = impl_->publication.Read(
      objects, 0, [this](ObjectId object) { return HasContent(object); }, cancel);
  if (!view) return std::unexpected(view.error());
  return {};
}

// Takes back what a cancelled statement created. Another session may have been faster, or have
// built on it: then it stays.
void Engine::Drop(std::span<const ObjectId> objects) {
  storage::WriteSet writes;
  for (size_t i = objects.size(); i-- > 0;) {
    if (catalog()->Find(objects[i]) != nullptr) writes.Add(storage::DropObject{objects[i]});
  }
  [[maybe_unused]] const auto dropped = ChangeCatalog(writes, kNever);
}

}  // namespace riverrun::server
