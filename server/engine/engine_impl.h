// What Engine is made of, for the files that implement it.
#pragma once

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "executor/threads/runtime.h"
#include "server/engine/data_directory.h"
#include "server/engine/engine.h"
#include "server/engine/engine_parts.h"
#include "server/engine/periodic_check.h"
#include "server/engine/publication.h"
#include "server/engine/relation.h"
#include "server/engine/stream_connections.h"

namespace riverrun::server {

inline void AddTo(executor::Coordinator::Commands& commands, executor::Coordinator::Commands more) {
  std::ranges::move(more, std::back_inserter(commands));
}

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
  /// Completes what is to be created by what is known only at rest: where views begin to read
  /// streams. Errors: XX001 for what could not run.
  static Result<void> CompleteCreated(storage::WriteSet& writes,
                                      const storage::CatalogSnapshot& before);
  /// 55000 if a stream would go on, in a new generation, before where it has been read by now.
  Result<void> CheckAhead(const storage::WriteSet& writes,
                          const storage::CatalogSnapshot& before) const;
  /// An object's content can be read from now on, and what failed on the way to it.
  void Publish(ObjectId object);
  // A change of the catalog, from the session to the coordinator's thread and back.
  struct Change {
    Result<storage::CommitResult> result = storage::CommitResult{};
    CatalogDifference difference;
    std::vector<storage::ObjectRef> rebuilt = {};  // what begins anew with its stream
  };
  Change Make(storage::WriteSet& writes, const Cancel& cancel,
              executor::Coordinator::Commands& commands);
  void End(const storage::CatalogObject& object, executor::Coordinator::Commands& commands);
  /// A view cannot be filled: it and what is made of it will have no content.
  executor::Coordinator::Commands EndUnfilled(ObjectId view, const Error& error);
  std::vector<storage::ObjectRef> DependentsOf(ObjectId object) const;
  Result<void> BeginStream(const storage::CatalogObject& stream, std::optional<Error> failure,
                           executor::Coordinator::Commands& commands);
  void RestartStream(const storage::CatalogObject& stream,
                     executor::Coordinator::Commands& commands);
  std::vector<storage::ObjectRef> RebuildStream(const storage::CatalogObject& stream,
                                                executor::Coordinator::Commands& commands);
  executor::SourceToRead SourceOn(int worker, const storage::CatalogObject& stream,
                                  executor::StreamConnector* connector,
                                  const std::optional<Error>& failure) const;
  std::unique_ptr<executor::BatchSource> HistoryOf(
      const executor::SourceSpec& source, int worker, std::span<const Position> before,
      std::span<const executor::WatermarkRaise> raises) const;
  Result<void> Begin(const storage::CatalogObject& object, EngineParts::Begin begin,
                     executor::Coordinator::Commands& commands);
};

}  // namespace riverrun::server
