// The engine's streams with a connector: how they begin, go on elsewhere, and are waited for.
#include <algorithm>
#include <future>
#include <set>

#include "executor/sources/no_reader.h"
#include "executor/sources/reader_rows.h"
#include "server/engine/engine_impl.h"
#include "storage/catalog/derived_object.h"

namespace riverrun::server {
namespace {

using executor::Coordinator;
using storage::ObjectRef;

const Cancel kNever;
constexpr std::chrono::milliseconds kCheckOfTheAway{1'000};

}  // namespace

// New partitions are read from their beginning. What cannot be asked or written now is tried again
// the next time, which is soon while somebody does not answer.
std::chrono::milliseconds Engine::CheckPartitions(const std::function<bool()>& stopping) {
  std::chrono::milliseconds next = options_.partition_check;
  const storage::CatalogRef known = catalog();  // the loop does not hold it
  for (const auto& [id, object] : known->objects()) {
    if (stopping()) break;
    if (!IsConnected(*object) || impl_->publication.FailureOf(id)) continue;
    const auto grown = impl_->streams.FindNewPartitions(*object);
    if (!grown) next = std::min(next, kCheckOfTheAway);
    if (!grown || *grown == nullptr) continue;
    storage::WriteSet writes;
    writes.Add(storage::AlterObject{*grown});
    [[maybe_unused]] const auto committed = ChangeCatalog(writes, kNever);
  }
  return next;
}

executor::SourceToRead Engine::Impl::SourceOn(int worker, const storage::CatalogObject& stream,
                                              executor::StreamConnector* connector,
                                              const std::optional<Error>& failure) const {
  auto [first, later] = BeginningOf(stream, worker, parts->options().workers);
  executor::SourceToRead source{.object = stream.id, .reader = nullptr};
  source.later_starts = std::move(later);
  source.failure = failure;
  if (first.empty() || failure) {
    source.reader = executor::MakeNoReader(std::move(first));
    return source;
  }
  auto reader = connector->Open(first, {}, parts->options().budget);
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
  if (!connector && !failure) failure = connector.error();
  const Result<EngineParts::Completion> completion = CompletionOf(stream);
  if (!completion) return std::unexpected(completion.error());
  AddTo(commands,
        parts->AddStream(
            stream.id, connector ? std::string((*connector)->Topic()) : std::string(),
            [&](int worker) {
              return SourceOn(worker, stream, connector ? connector->get() : nullptr, failure);
            },
            [this](const executor::SourceSpec& source, int worker, std::span<const Position> before,
                   std::span<const executor::WatermarkRaise> raises) {
              return HistoryOf(source, worker, before, raises);
            },
            *completion));
  if (parts->published().info.epoch > 0) Publish(stream.id);
  return {};
}

// At rest: while the new place was asked for, the stream went on.
Result<void> Engine::Impl::CheckAhead(const storage::WriteSet& writes,
                                      const storage::CatalogSnapshot& before) const {
  for (const storage::CatalogChange& change : writes.Changes()) {
    const auto* alter = std::get_if<storage::AlterObject>(&change);
    const ObjectRef old = alter == nullptr ? nullptr : before.Find(alter->object->id);
    if (old == nullptr || !IsConnected(*old) || old->starts.empty()) continue;
    const std::vector<storage::StreamStart>& starts = alter->object->starts;
    const bool rebuilds = starts.empty() || !(starts.front() == old->starts.front());
    const bool resets = !rebuilds && starts.back().generation > old->starts.back().generation;
    if (!resets || publication.FailureOf(old->id)) continue;
    for (const Position& at : parts->published().positions) {
      for (const storage::StreamStart& start : starts) {
        const bool behind = at.source == old->id && at.partition == start.partition &&
                            start.generation == starts.back().generation &&
                            start.offset < at.offset;
        if (!behind) continue;
        Error error{sqlstate::kObjectNotInPrerequisiteState,
                    "stream \"" + old->name + "\" has been read up to offset " +
                        std::to_string(at.offset) + " of partition " +
                        std::to_string(at.partition) + " by now"};
        error.hint = "Try again, or make its views anew: RESET TO ... REBUILD.";
        return std::unexpected(std::move(error));
      }
    }
  }
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
  std::vector<Position> bounds = start;
  for (Position& bound : bounds) {
    for (const Position& at : before) {
      const bool same = at.source == stream && at.partition == bound.partition &&
                        at.generation == bound.generation;
      if (same) bound.offset = std::max(bound.offset, at.offset);
    }
  }
  std::vector<executor::WatermarkRaise> raised(raises.begin(), raises.end());
  std::erase_if(raised, [&](const executor::WatermarkRaise& raise) {
    const auto of = std::ranges::find(start, raise.partition, &Position::partition);
    return of == start.end() || of->generation != raise.generation;
  });
  const Result<EngineParts::Completion> completion = CompletionOf(*object);
  if (!completion) return executor::MakeFailedRows(completion.error());
  auto reader = start.empty() ? Result<EngineParts::Reader>(executor::MakeNoReader())
                              : connector->Open(std::move(start), {}, parts->options().budget);
  if (!reader) return executor::MakeFailedRows(reader.error());
  return executor::MakeReaderRows(std::move(*reader), std::move(bounds), source.columns,
                                  *completion, std::move(raised));
}

// More partitions, or another place in those there are.
void Engine::Impl::RestartStream(const storage::CatalogObject& stream,
                                 Coordinator::Commands& commands) {
  const StreamConnections::Connection connector = streams.Find(stream.id);
  if (connector == nullptr) return;  // it could not be opened, and stays failed
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

// Everything that is made of an object, what is read before what reads it: ids ascend.
std::vector<ObjectRef> Engine::Impl::DependentsOf(ObjectId object) const {
  const storage::CatalogRef catalog = parts->committer().catalog();
  std::vector<ObjectRef> dependents;
  std::set<ObjectId> found = {object};
  for (const auto& [id, candidate] : catalog->objects()) {
    const bool depends = std::ranges::any_of(
        candidate->dependencies, [&](ObjectId needed) { return found.contains(needed); });
    if (depends && found.insert(id).second) dependents.push_back(candidate);
  }
  return dependents;
}

// They hydrate together or not at all: what is made of it waits for its feed.
Coordinator::Commands Engine::Impl::EndUnfilled(ObjectId view, const Error& error) {
  std::vector<ObjectId> ended = {view};
  for (const ObjectRef& dependent : DependentsOf(view)) ended.push_back(dependent->id);
  Coordinator::Commands commands;
  for (size_t i = ended.size(); i-- > 0;) {
    if (parts->store(ended[i]) == nullptr) continue;
    AddTo(commands, parts->Detach(ended[i]));
    publication.Fail(ended[i], error);
    publication.Fail(storage::ErrorsOf(ended[i]), error);
  }
  return commands;
}

// The stream and all that is made of it, as if they were created now.
std::vector<ObjectRef> Engine::Impl::RebuildStream(const storage::CatalogObject& stream,
                                                   Coordinator::Commands& commands) {
  const storage::CatalogRef catalog = parts->committer().catalog();
  std::vector<ObjectRef> dependents = DependentsOf(stream.id);
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
  const std::vector<Position> read = ReadOf(stream.id, impl_->parts->recovered_cuts());
  const auto connector = impl_->streams.Open(stream);
  std::optional<Error> failure;
  while (!read.empty() && connector) {
    failure = CheckReplayable(**connector, stream, read);
    if (!failure || failure->sqlstate != sqlstate::kConnectionFailure) break;
    if (options_.on_waiting) {
      options_.on_waiting("stream \"" + stream.name + "\" is waited for: " + failure->text);
    }
  }
  return impl_->BeginStream(stream, failure, commands);
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
  const std::optional<Error> failure = impl_->publication.FailureOf(stream);
  const bool failed = failure && failure->sqlstate == sqlstate::kObjectNotInPrerequisiteState;
  if (!rebuild && impl_->publication.MissedReplay(stream)) {
    Error error{sqlstate::kObjectNotInPrerequisiteState,
                "the views of stream \"" + object->name +
                    "\" could not be made again when the server started"};
    error.hint = "RESET TO ... REBUILD makes them anew.";
    return std::unexpected(std::move(error));
  }
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
  const auto nudge = [this, positions] {
    impl_->runtime->Ask([](Coordinator& c) { c.RequestCut(0); });
    return std::ranges::all_of(
        positions, [&](const Position& at) { return catalog()->Find(at.source) != nullptr; });
  };
  return impl_->publication.WaitForPositions(positions, nudge, cancel);
}

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

}  // namespace riverrun::server
