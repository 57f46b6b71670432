#include "server/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <set>

#include "executor/sources/no_reader.h"
#include "executor/sources/reader_rows.h"
#include "executor/threads/runtime.h"
#include "server/engine/data_directory.h"
#include "server/engine/engine_parts.h"
#include "server/engine/periodic_check.h"
#include "server/engine/publication.h"
#include "server/engine/relation.h"
#include "server/engine/stream_connections.h"
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

void AddTo(Coordinator::Commands& commands, Coordinator::Commands more) {
  std::ranges::move(more, std::back_inserter(commands));
}

std::vector<ObjectId> IdsOf(std::span<const ObjectRef> objects) {
  std::vector<ObjectId> ids;
  for (const ObjectRef& object : objects) ids.push_back(object->id);
  return ids;
}

}  // namespace

struct Engine::Impl {
  explicit Impl(Clock& clock) : streams(clock) {}

  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<EngineParts> parts;
  std::unique_ptr<executor::Runtime> runtime;
  Publication publication;
  StreamConnections streams;
  std::unique_ptr<PeriodicCheck> partition_check;
  std::atomic<Lsn> acknowledged = 0;  // of the last commit that a session was told of

  void Acknowledge(Lsn lsn);
  /// An object's content can be read from now on, and what failed on the way to it.
  void Publish(ObjectId object);
  // A change of the catalog, from the session to the coordinator's thread and back.
  struct Change {
    Result<CommitResult> result = CommitResult{};
    CatalogDifference difference;
  };
  Change Make(storage::WriteSet& writes, const Cancel& cancel, Coordinator::Commands& commands);
  void End(const storage::CatalogObject& object, Coordinator::Commands& commands);
  Result<void> BeginStream(const storage::CatalogObject& stream, std::optional<Error> failure,
                           Coordinator::Commands& commands);
  void RestartStream(const storage::CatalogObject& stream, Coordinator::Commands& commands);
  std::vector<ObjectRef> RebuildStream(const storage::CatalogObject& stream,
                                       Coordinator::Commands& commands);
  executor::SourceToRead SourceOn(int worker, const storage::CatalogObject& stream,
                                  executor::StreamConnector& connector,
                                  const std::optional<Error>& failure) const;
  std::unique_ptr<executor::BatchSource> HistoryOf(
      const executor::SourceSpec& source, int worker, std::span<const Position> before,
      std::span<const executor::WatermarkRaise> raises) const;
  Result<void> Begin(const storage::CatalogObject& object, EngineParts::Begin begin,
                     Coordinator::Commands& commands);
};

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
  auto opened = EngineParts::Open(
      files, clock_, std::move(parts),
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
    impl->publication.Fail(object, error);
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
  impl_->partition_check =
      std::make_unique<PeriodicCheck>(options_.partition_check, [this] { CheckPartitions(); });
  return {};
}

// New partitions are read from their beginning. What cannot be asked or written now is tried again
// the next time.
void Engine::CheckPartitions() {
  const storage::CatalogRef known = catalog();  // the loop does not hold it
  for (const auto& [id, object] : known->objects()) {
    if (!IsConnected(*object)) continue;
    const auto grown = impl_->streams.FindNewPartitions(*object);
    if (!grown || *grown == nullptr) continue;
    storage::WriteSet writes;
    writes.Add(storage::AlterObject{*grown});
    [[maybe_unused]] const auto committed = ChangeCatalog(writes, kNever);
  }
}

Result<void> Engine::Impl::Begin(const storage::CatalogObject& object, EngineParts::Begin begin,
                                 Coordinator::Commands& commands) {
  if (IsConnected(object)) return BeginStream(object, std::nullopt, commands);
  auto relation = RelationOf(object);
  if (!relation) return std::unexpected(relation.error());
  if (IsFedByJournal(object)) {
    auto completion = CompletionOf(object);
    if (!completion) return std::unexpected(completion.error());
    AddTo(commands, parts->AddTable(object.id, storage::HasRowIds(object), nullptr,
                                    *std::move(completion)));
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
  if (parts->store(object.id) == nullptr) return;
  publication.Remove(object.id);
  publication.Remove(storage::ErrorsOf(object.id));
  AddTo(commands, parts->Detach(object.id));
  if (IsFedByJournal(object)) AddTo(commands, parts->RemoveSource(object.id));
}

executor::SourceToRead Engine::Impl::SourceOn(int worker, const storage::CatalogObject& stream,
                                              executor::StreamConnector& connector,
                                              const std::optional<Error>& failure) const {
  auto [first, later] = BeginningOf(stream, worker, parts->options().workers);
  executor::SourceToRead source{.object = stream.id, .reader = nullptr};
  source.later_starts = std::move(later);
  source.failure = failure;
  if (first.empty() || failure) {
    source.reader = executor::MakeNoReader(std::move(first));
    return source;
  }
  auto reader = connector.Open(first, {}, parts->options().budget);
  if (reader) {
    source.reader = std::move(*reader);
  } else {
    source.failure = reader.error();
    source.reader = executor::MakeNoReader(std::move(first));
  }
  return source;
}

Result<void> Engine::Impl::BeginStream(const storage::CatalogObject& stream,
                                       std::optional<Error> failure,
                                       Coordinator::Commands& commands) {
  const auto connector = streams.Open(stream);
  if (!connector) return std::unexpected(connector.error());
  const Result<EngineParts::Completion> completion = CompletionOf(stream);
  if (!completion) return std::unexpected(completion.error());
  AddTo(commands, parts->AddStream(
                      stream.id, std::string((*connector)->Topic()),
                      [&](int worker) { return SourceOn(worker, stream, **connector, failure); },
                      [this](const executor::SourceSpec& source, int worker,
                             std::span<const Position> before,
                             std::span<const executor::WatermarkRaise> raises) {
                        return HistoryOf(source, worker, before, raises);
                      },
                      *completion));
  if (parts->published().info.epoch > 0) Publish(stream.id);
  return {};
}

// What a worker's reader has delivered of a stream, for a view that begins with it.
std::unique_ptr<executor::BatchSource> Engine::Impl::HistoryOf(
    const executor::SourceSpec& source, int worker, std::span<const Position> before,
    std::span<const executor::WatermarkRaise> raises) const {
  const ObjectId stream = source.object;
  const ObjectRef object = parts->committer().catalog()->Find(stream);
  const StreamConnections::Connection connector = streams.Find(stream);
  if (object == nullptr || connector == nullptr) return nullptr;  // dropped in the meantime
  std::vector<Position> start = streams.StartOf(*object, worker, parts->options().workers);
  std::erase_if(start, [&](Position& from) {
    return std::ranges::none_of(before, [&](const Position& at) {
      return at.source == stream && at.partition == from.partition &&
             at.generation == from.generation && at.offset > from.offset;
    });
  });
  if (start.empty()) return nullptr;
  std::vector<Position> bounds(before.begin(), before.end());
  std::erase_if(bounds, [&](const Position& at) { return at.source != stream; });
  const Result<EngineParts::Completion> completion = CompletionOf(*object);
  if (!completion) return executor::MakeFailedRows(completion.error());
  auto reader = connector->Open(std::move(start), {}, parts->options().budget);
  if (!reader) return executor::MakeFailedRows(reader.error());
  return executor::MakeReaderRows(std::move(*reader), std::move(bounds), source.columns, *completion,
                                  {raises.begin(), raises.end()});
}

// More partitions, or another place in those there are.
void Engine::Impl::RestartStream(const storage::CatalogObject& stream,
                                 Coordinator::Commands& commands) {
  const StreamConnections::Connection connector = streams.Find(stream.id);
  CHECK(connector != nullptr, "a stream is altered that is not open");
  publication.ForgetFailure(stream.id);
  const int workers = parts->options().workers;
  for (int worker = 0; worker < workers; ++worker) {
    const auto make = [this, connector, start = streams.StartOf(stream, worker, workers)](
                          const std::vector<Position>& positions) {
      std::vector<Position> to = start;
      for (Position& position : to) {
        const auto at = std::ranges::find(positions, position.partition, &Position::partition);
        const bool goes_on = at != positions.end() && at->generation == position.generation;
        if (goes_on) position = *at;
      }
      if (to.empty()) return Result<EngineParts::Reader>(executor::MakeNoReader());
      return connector->Open(std::move(to), {}, parts->options().budget);
    };
    commands.emplace_back(worker, executor::ReplaceReaderCommand{stream.id, make});
  }
}

// The stream and all that is made of it, as if they were created now.
std::vector<ObjectRef> Engine::Impl::RebuildStream(const storage::CatalogObject& stream,
                                                   Coordinator::Commands& commands) {
  const storage::CatalogRef catalog = parts->committer().catalog();
  std::vector<ObjectRef> dependents;  // what is read before what reads it: ids ascend
  std::set<ObjectId> found = {stream.id};
  for (const auto& [id, object] : catalog->objects()) {
    const bool depends = std::ranges::any_of(
        object->dependencies, [&](ObjectId needed) { return found.contains(needed); });
    if (depends && found.insert(id).second) dependents.push_back(object);
  }
  for (size_t i = dependents.size(); i-- > 0;) End(*dependents[i], commands);
  End(stream, commands);
  publication.ForgetFailure(stream.id);
  std::vector<ObjectRef> all = {catalog->Find(stream.id)};
  all.insert(all.end(), dependents.begin(), dependents.end());
  for (const ObjectRef& object : all) {
    const auto begun = Begin(*object, EngineParts::Begin::kHydrate, commands);
    CHECK(begun.has_value(), begun ? "" : begun.error().text);
  }
  return dependents;
}

// At a start: what had been read is read again, so it has to be there.
Result<void> Engine::Reopen(const storage::CatalogObject& stream, Coordinator::Commands& commands) {
  const storage::CutRecord* last = impl_->parts->last_recovered();
  const auto connector = impl_->streams.Open(stream);
  if (!connector) return std::unexpected(connector.error());
  std::optional<Error> failure;
  while (last != nullptr) {
    failure = CheckReplayable(**connector, stream, last->positions);
    if (!failure || failure->sqlstate != sqlstate::kConnectionFailure) break;
    if (options_.on_waiting) {
      options_.on_waiting("stream \"" + stream.name + "\" is waited for: " + failure->text);
    }
  }
  return impl_->BeginStream(stream, failure, commands);
}

// At rest, on the coordinator's thread: no epoch can contain the commit before the workers have
// been told what it created.
Engine::Impl::Change Engine::Impl::Make(storage::WriteSet& writes, const Cancel& cancel,
                                        Coordinator::Commands& commands) {
  Change change;
  const storage::CatalogRef before = parts->committer().catalog();
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
    const std::vector<ObjectRef> made = RebuildStream(*object, commands);
    change.difference.created.insert(change.difference.created.end(), made.begin(), made.end());
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
  std::vector<SourceStatus> sources = JournalSources(view);
  const std::vector<executor::SourceReport> reports = impl_->publication.sources();
  for (const ObjectRef& stream : view.catalog->OfKind(ObjectKind::kStream)) {
    if (IsConnected(*stream)) AddConnectedSource(*stream, view, reports, sources);
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

// What a new view reads of a stream begins where the stream's log begins by now. Returns where the
// logs end: the view is there when it contains what was there.
Result<std::vector<Position>> Engine::AskStreams(const storage::WriteSet& writes) {
  std::vector<Position> ends;
  for (const storage::CatalogChange& change : writes.Changes()) {
    const auto* create = std::get_if<storage::CreateObject>(&change);
    if (create == nullptr || !IsContinuousQuery(*create->object)) continue;
    for (const ObjectId needed : create->object->dependencies) {
      const ObjectRef read = catalog()->Find(needed);
      if (read == nullptr || !IsConnected(*read)) continue;
      if (Result<void> asked = impl_->streams.AskBegins(*read); !asked) {
        return std::unexpected(asked.error());
      }
      const Result<std::vector<Position>> of_stream = impl_->streams.EndsOf(*read);
      if (!of_stream) return std::unexpected(of_stream.error());
      ends.insert(ends.end(), of_stream->begin(), of_stream->end());
    }
  }
  return ends;
}

Result<Committed> Engine::ResetStream(ObjectId stream, const std::variant<std::string, int64_t>& to,
                                      bool rebuild, const Cancel& cancel) {
  const ObjectRef object = catalog()->Find(stream);
  if (object == nullptr) return Fail(sqlstate::kUndefinedTable, "the stream has been dropped");
  const std::vector<executor::SourceReport> sources = impl_->publication.sources();
  const bool failed = std::ranges::any_of(sources, [&](const executor::SourceReport& source) {
    return source.object == stream && source.failure &&
           source.failure->sqlstate == sqlstate::kObjectNotInPrerequisiteState;
  });
  auto reset =
      impl_->streams.Reset(*object, to, rebuild, impl_->publication.published().positions, failed);
  if (!reset) return std::unexpected(reset.error());
  if (Result<void> asked = impl_->streams.AskBegins(**reset); !asked) {
    return std::unexpected(asked.error());
  }
  storage::WriteSet writes;
  const Result<std::vector<Position>> ends = impl_->streams.EndsOf(**reset);
  if (!ends) return std::unexpected(ends.error());
  writes.Add(storage::AlterObject{*std::move(reset)});
  Result<Committed> committed = ChangeCatalog(writes, cancel);
  if (!committed || !rebuild) return committed;
  if (Result<void> read = WaitForPositions(*ends, cancel); !read) {
    return std::unexpected(read.error());
  }
  return committed;
}

Result<ObjectRef> Engine::WithStarts(const storage::CatalogObject& stream) {
  return impl_->streams.WithStarts(stream);
}

Result<std::unique_ptr<executor::BatchSource>> Engine::OpenStream(
    const storage::CatalogObject& stream, std::span<const int> columns) {
  return impl_->streams.OpenRows(stream, columns, impl_->publication.published().positions);
}

Result<void> Engine::WaitForPositions(std::span<const Position> positions, const Cancel& cancel) {
  // Records that make no row, such as those of an aborted transaction, ask for no epoch themselves.
  const auto nudge = [this] { impl_->runtime->Ask([](Coordinator& c) { c.RequestCut(0); }); };
  return impl_->publication.WaitForPositions(positions, nudge, cancel);
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

// The epoch that the change asks for ends with the raise, and its cut records it.
Result<void> Engine::AdvanceWatermark(ObjectId stream, Micros to, const Cancel& cancel) {
  std::promise<Epoch> before;
  impl_->runtime->Ask([&](Coordinator& coordinator) {
    coordinator.Change(std::function<Coordinator::Commands()>([&] {
      Coordinator::Commands commands = impl_->parts->RaiseWatermark(stream, to);
      impl_->parts->coordinator().RequestCut(impl_->parts->journal().End());
      before.set_value(impl_->parts->coordinator().published());
      return commands;
    }));
  });
  const Epoch last = before.get_future().get();
  if (auto waited = impl_->publication.WaitForEpochAfter(last, cancel); !waited) return waited;
  return impl_->parts->journal().WaitDurable(impl_->parts->journal().End() - 1);
}

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
