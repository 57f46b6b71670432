// The streams that are read from a connector: their connections, and where their reading begins.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "executor/batch_source.h"
#include "executor/connectors/connector.h"
#include "executor/operators/operators.h"
#include "executor/runtime/shared_source.h"
#include "storage/catalog/catalog_snapshot.h"
#include "storage/journal_record.h"
#include "types/cancel.h"

namespace riverrun::server {

/// True for a stream whose records come from a connector.
bool IsConnected(const storage::CatalogObject& object);

/// Connections of the running engine. Any thread may call any method.
class StreamConnections {
 public:
  using Connection = std::shared_ptr<executor::StreamConnector>;

  explicit StreamConnections(Clock& clock) : clock_(clock) {}

  /// The stream with the offsets at which it begins, as its connector finds them now. Asks the
  /// system behind it. Errors: those of StreamConnector.
  Result<storage::ObjectRef> WithStarts(const storage::CatalogObject& stream);
  /// The stream in a new generation, as ResetStream of the engine has it. `failed`: it cannot go on
  /// where it is, so no place is behind.
  Result<storage::ObjectRef> Reset(const storage::CatalogObject& stream,
                                   const std::variant<std::string, int64_t>& to, bool rebuild,
                                   std::span<const Position> read, bool failed);
  /// The stream with partitions that it has by now and the catalog does not know; null if there are
  /// none. What does not answer counts as away until it does.
  Result<storage::ObjectRef> FindNewPartitions(const storage::CatalogObject& stream);
  /// Errors: those of MakeConnector: options that this server does not take any more.
  Result<Connection> Open(const storage::CatalogObject& stream);
  void Close(ObjectId stream);
  /// The connection of an open stream, or null.
  Connection Find(ObjectId stream) const;
  /// Why the stream's records do not come, if FindNewPartitions had no answer last; else "".
  std::string WhyAway(ObjectId stream) const;

  /// Asks where the log of a stream begins by now, so that what is read of it from here on begins
  /// there if retention has passed its start.
  Result<void> AskBegins(const storage::CatalogObject& stream);
  /// Where to begin to read the partitions that a worker owns (all, if `workers` is 0), in their
  /// present generation.
  std::vector<Position> StartOf(const storage::CatalogObject& stream, int worker,
                                int workers) const;

  /// Where the log of each partition ends now, in the present generation; none for a
  /// stream whose log has no end. Asks.
  Result<std::vector<Position>> EndsOf(const storage::CatalogObject& stream);

  /// Rows of the stream from its start to the end that its log has now, for a query that runs once.
  /// `read`: how far the engine has read it.
  Result<std::unique_ptr<executor::BatchSource>> OpenRows(const storage::CatalogObject& stream,
                                                          std::span<const int> columns,
                                                          std::span<const Position> read);

 private:
  void NoteAnswer(ObjectId stream, const Result<int32_t>& answer);

  Clock& clock_;
  mutable std::mutex mutex_;
  std::map<ObjectId, Connection> connections_;
  std::map<ObjectId, std::vector<int64_t>> begins_;  // as last asked
  std::map<ObjectId, std::string> away_;             // those that do not answer, and why
  std::pair<ObjectId, Connection> prepared_;         // of the stream that is being created
};

/// The first generation's starts of the partitions that a worker owns, and those of later ones.
struct StreamBeginning {
  std::vector<Position> first, later;
};
StreamBeginning BeginningOf(const storage::CatalogObject& stream, int worker, int workers);

/// How far the cuts say that a stream had been read: the furthest position of each partition in
/// each generation.
std::vector<Position> ReadOf(ObjectId stream, std::span<const storage::CutRecord> cuts);

/// What keeps a stream from being read again up to where it had been read, if anything: records
/// that retention has removed, a topic made anew. `read`: as ReadOf has it. Asks; waits with 08001
/// for an answer.
std::optional<Error> CheckReplayable(executor::StreamConnector& connector,
                                     const storage::CatalogObject& stream,
                                     std::span<const Position> read);

}  // namespace riverrun::server
