#include "server/engine/stream_connections.h"

#include <algorithm>

#include "executor/sources/reader_rows.h"
#include "server/engine/relation.h"

namespace riverrun::server {
namespace {

using executor::StreamConnector;
using storage::CatalogObject;
using storage::StreamStart;

bool Owns(int32_t partition, int worker, int workers) {
  return workers == 0 || partition % workers == worker;
}

Position PositionOf(const CatalogObject& stream, const StreamStart& start) {
  return {.source = stream.id,
          .partition = start.partition,
          .generation = start.generation,
          .offset = start.offset};
}

Result<std::shared_ptr<StreamConnector>> Connect(const CatalogObject& stream, Clock& clock) {
  auto made =
      executor::MakeConnector(storage::ConnectorOf(stream), executor::DefinitionOf(stream), clock);
  if (!made) return std::unexpected(made.error().error);
  return *std::move(made);
}

// The start of each partition in the newest generation; those that it does not name are gone.
std::map<int32_t, StreamStart> NewestStarts(const CatalogObject& stream) {
  std::map<int32_t, StreamStart> newest;
  for (const StreamStart& start : stream.starts) {
    if (start.generation == stream.starts.back().generation) newest[start.partition] = start;
  }
  return newest;
}

// 22023 if a partition has no such offset to read from.
Result<void> CheckThere(StreamConnector& connector, int64_t offset) {
  const auto refuse = [&](size_t partition, const char* what, int64_t at) {
    return Fail(sqlstate::kInvalidParameterValue, "partition " + std::to_string(partition) +
                                                      " of \"" + std::string(connector.Topic()) +
                                                      "\" " + what + " at offset " +
                                                      std::to_string(at));
  };
  const Result<std::vector<int64_t>> begins = connector.FindBegins();
  if (!begins) return std::unexpected(begins.error());
  for (size_t i = 0; i < begins->size(); ++i) {
    if (offset < (*begins)[i]) return refuse(i, "begins", (*begins)[i]);
  }
  const auto ends = connector.FindEnds();
  if (!ends) return std::unexpected(ends.error());
  for (size_t i = 0; *ends && i < (*ends)->size(); ++i) {
    if (offset > (**ends)[i]) return refuse(i, "ends", (**ends)[i]);
  }
  return {};
}

}  // namespace

bool IsConnected(const CatalogObject& object) {
  return object.kind == storage::ObjectKind::kStream && !storage::ConnectorOf(object).empty();
}

Result<storage::ObjectRef> StreamConnections::WithStarts(const CatalogObject& stream) {
  auto connector = Connect(stream, clock_);
  if (!connector) return std::unexpected(connector.error());
  const Result<std::vector<int64_t>> offsets = (*connector)->FindStart();
  if (!offsets) return std::unexpected(offsets.error());
  auto started = std::make_shared<CatalogObject>(stream);
  for (size_t i = 0; i < offsets->size(); ++i) {
    started->starts.push_back({0, static_cast<int32_t>(i), (*offsets)[i]});
  }
  // It knows its way by now.
  std::pair<ObjectId, Connection> prepared(stream.id, *std::move(connector));
  const std::scoped_lock lock(mutex_);
  std::swap(prepared_, prepared);
  return started;
}

Result<storage::ObjectRef> StreamConnections::Reset(const CatalogObject& stream,
                                                    const std::variant<std::string, int64_t>& to,
                                                    bool rebuild, std::span<const Position> read,
                                                    bool failed) {
  CatalogObject there = stream;
  if (const auto* start = std::get_if<std::string>(&to)) {
    std::erase_if(there.options, [](const auto& option) { return option.name == "start"; });
    there.options.push_back({"start", *start, false});
  }
  const auto connector = Connect(there, clock_);
  if (!connector) return std::unexpected(connector.error());
  Result<std::vector<int64_t>> offsets = (*connector)->FindStart();
  if (!offsets) return std::unexpected(offsets.error());
  if (const auto* offset = std::get_if<int64_t>(&to)) {
    if (Result<void> found = CheckThere(**connector, *offset); !found) {
      return std::unexpected(found.error());
    }
    std::ranges::fill(*offsets, *offset);
  }
  auto reset = std::make_shared<CatalogObject>(stream);
  const uint32_t generation = stream.starts.empty() ? 0 : stream.starts.back().generation + 1;
  if (rebuild) reset->starts.clear();
  for (size_t i = 0; i < offsets->size(); ++i) {
    const StreamStart start{generation, static_cast<int32_t>(i), (*offsets)[i], failed};
    const bool behind = std::ranges::any_of(read, [&](const Position& at) {
      return at.source == stream.id && at.partition == start.partition && start.offset < at.offset;
    });
    if (behind && !rebuild && !failed) {
      Error error{sqlstate::kObjectNotInPrerequisiteState,
                  "the views of stream \"" + stream.name + "\" have records of partition " +
                      std::to_string(i) + " from offset " + std::to_string(start.offset) +
                      " on already"};
      error.hint = "RESET TO ... REBUILD makes them anew from there.";
      return std::unexpected(std::move(error));
    }
    reset->starts.push_back(start);
  }
  ++reset->version;
  return reset;
}

Result<storage::ObjectRef> StreamConnections::FindNewPartitions(const CatalogObject& stream) {
  const Connection connection = Find(stream.id);
  if (connection == nullptr) return nullptr;
  const Result<int32_t> count = connection->CountPartitions();
  NoteAnswer(stream.id, count);
  if (!count) return std::unexpected(count.error());
  const size_t known = NewestStarts(stream).size();
  if (static_cast<size_t>(*count) <= known) return nullptr;
  const Result<std::vector<int64_t>> begins = connection->FindBegins();
  if (!begins) return std::unexpected(begins.error());
  auto grown = std::make_shared<CatalogObject>(stream);
  const uint32_t generation = stream.starts.empty() ? 0 : stream.starts.back().generation;
  for (size_t i = known; i < begins->size(); ++i) {
    grown->starts.push_back({generation, static_cast<int32_t>(i), (*begins)[i]});
  }
  ++grown->version;
  return grown;
}

void StreamConnections::NoteAnswer(ObjectId stream, const Result<int32_t>& answer) {
  const std::scoped_lock lock(mutex_);
  if (!connections_.contains(stream)) return;  // dropped in the meantime
  if (answer || answer.error().sqlstate != sqlstate::kConnectionFailure) {
    away_.erase(stream);
    return;
  }
  const Error& error = answer.error();
  away_[stream] = error.text + (error.detail.empty() ? "" : " (" + error.detail + ")");
}

std::string StreamConnections::WhyAway(ObjectId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = away_.find(stream);
  return found == away_.end() ? "" : found->second;
}

Result<StreamConnections::Connection> StreamConnections::Open(const CatalogObject& stream) {
  Connection prepared;
  {
    const std::scoped_lock lock(mutex_);
    if (prepared_.first == stream.id) prepared = std::exchange(prepared_.second, nullptr);
  }
  Result<Connection> connection = prepared != nullptr ? prepared : Connect(stream, clock_);
  if (!connection) return connection;
  const std::scoped_lock lock(mutex_);
  connections_[stream.id] = *connection;
  return connection;
}

void StreamConnections::Close(ObjectId stream) {
  Connection closed;  // after the lock: it may wait for its threads
  const std::scoped_lock lock(mutex_);
  const auto found = connections_.find(stream);
  if (found == connections_.end()) return;
  closed = std::move(found->second);
  connections_.erase(found);
  begins_.erase(stream);
  away_.erase(stream);
}

StreamConnections::Connection StreamConnections::Find(ObjectId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = connections_.find(stream);
  return found == connections_.end() ? nullptr : found->second;
}

Result<void> StreamConnections::AskBegins(const CatalogObject& stream) {
  const Connection connection = Find(stream.id);
  if (connection == nullptr) return {};
  Result<std::vector<int64_t>> begins = connection->FindBegins();
  if (!begins) return std::unexpected(begins.error());
  const std::scoped_lock lock(mutex_);
  begins_[stream.id] = std::move(*begins);
  return {};
}

std::vector<Position> StreamConnections::StartOf(const CatalogObject& stream, int worker,
                                                 int workers) const {
  std::vector<int64_t> begins;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto asked = begins_.find(stream.id); asked != begins_.end()) begins = asked->second;
  }
  std::vector<Position> positions;
  for (const auto& [partition, start] : NewestStarts(stream)) {
    if (!Owns(partition, worker, workers)) continue;
    positions.push_back(PositionOf(stream, start));
    const auto index = static_cast<size_t>(partition);
    if (index >= begins.size()) continue;
    positions.back().offset = std::max(positions.back().offset, begins[index]);
  }
  return positions;
}

Result<std::vector<Position>> StreamConnections::EndsOf(const CatalogObject& stream) {
  const Connection connection = Find(stream.id);
  if (connection == nullptr || !connection->EndsAreThere()) return std::vector<Position>();
  const auto ends = connection->FindEnds();
  if (!ends) return std::unexpected(ends.error());
  std::vector<Position> positions;
  for (const auto& [partition, start] : NewestStarts(stream)) {
    const auto index = static_cast<size_t>(partition);
    if (!*ends || index >= (*ends)->size()) continue;
    positions.push_back(PositionOf(stream, start));
    positions.back().offset = std::max(start.offset, (**ends)[index]);
  }
  return positions;
}

Result<std::unique_ptr<executor::BatchSource>> StreamConnections::OpenRows(
    const CatalogObject& stream, std::span<const int> columns, std::span<const Position> read) {
  Connection connection = Find(stream.id);
  if (connection == nullptr) {  // made by a transaction that has not committed
    Result<Connection> made = Connect(stream, clock_);
    if (!made) return std::unexpected(made.error());
    connection = *std::move(made);
  } else if (Result<void> asked = AskBegins(stream); !asked) {
    return std::unexpected(asked.error());
  }
  std::vector<Position> start = StartOf(stream, 0, 0);
  const auto ends = connection->FindEnds();
  if (!ends) return std::unexpected(ends.error());
  std::vector<Position> bounds = start;
  for (Position& bound : bounds) {
    if (*ends) {
      const auto index = static_cast<size_t>(bound.partition);
      if (index < (*ends)->size()) bound.offset = std::max(bound.offset, (**ends)[index]);
      continue;
    }
    for (const Position& at : read) {
      const bool same = at.source == stream.id && at.partition == bound.partition;
      if (same) bound.offset = std::max(bound.offset, at.offset);
    }
  }
  const auto completion = CompletionOf(stream);
  if (!completion) return std::unexpected(completion.error());
  auto reader = connection->Open(std::move(start), {}, nullptr);
  if (!reader) return std::unexpected(reader.error());
  return executor::MakeReaderRows(std::move(*reader), std::move(bounds),
                                  {columns.begin(), columns.end()}, *completion);
}

StreamBeginning BeginningOf(const CatalogObject& stream, int worker, int workers) {
  StreamBeginning beginning;
  std::map<int32_t, bool> seen;
  for (const StreamStart& start : stream.starts) {
    if (!Owns(start.partition, worker, workers)) continue;
    const bool first = !std::exchange(seen[start.partition], true);
    (first ? beginning.first : beginning.later).push_back(PositionOf(stream, start));
  }
  return beginning;
}

std::vector<Position> ReadOf(ObjectId stream, std::span<const storage::CutRecord> cuts) {
  std::map<std::pair<int32_t, uint32_t>, Position> furthest;
  for (const storage::CutRecord& cut : cuts) {
    for (const Position& at : cut.positions) {
      if (at.source != stream) continue;
      Position& known = furthest.try_emplace({at.partition, at.generation}, at).first->second;
      if (at.offset > known.offset) known = at;
    }
  }
  std::vector<Position> read;
  for (const auto& [partition, position] : furthest) read.push_back(position);
  return read;
}

namespace {

// Why records [from, to.offset) of a partition cannot be read again, given where its log begins and
// ends (nothing: nowhere) by now.
std::optional<std::string> WhyNotReadable(int64_t from, const Position& to,
                                          std::optional<int64_t> begin,
                                          std::optional<int64_t> end) {
  if (!begin || (end && *end < to.offset)) {
    return " ends before offset " + std::to_string(to.offset) +
           ", up to which it had been read: it was made anew or cut short";
  }
  if (*begin <= from) return std::nullopt;
  return " begins at offset " + std::to_string(*begin) +
         " by now, and the views need it from offset " + std::to_string(from);
}

std::optional<int64_t> At(const std::vector<int64_t>& offsets, int32_t partition) {
  const auto index = static_cast<size_t>(partition);
  return index < offsets.size() ? std::optional(offsets[index]) : std::nullopt;
}

}  // namespace

std::optional<Error> CheckReplayable(StreamConnector& connector, const CatalogObject& stream,
                                     std::span<const Position> read) {
  std::vector<std::pair<StreamStart, Position>> needed;
  uint32_t whole_from = 0;  // what was read before this generation may be other records by now
  for (const StreamStart& start : stream.starts) {
    if (start.after_failure) whole_from = std::max(whole_from, start.generation);
    for (const Position& to : read) {
      const bool same = to.partition == start.partition && to.generation == start.generation;
      if (same && to.offset > start.offset) needed.emplace_back(start, to);
    }
  }
  if (needed.empty()) return std::nullopt;
  const Result<std::vector<int64_t>> begins = connector.FindBegins();
  if (!begins) return begins.error();
  const auto ends = connector.FindEnds();
  if (!ends) return ends.error();
  for (const auto& [start, to] : needed) {
    std::optional<std::string> why;
    if (start.generation < whole_from) {
      why = " had been read up to offset " + std::to_string(to.offset) +
            " before the stream failed and was RESET, and those records cannot be told again";
    } else {
      why = WhyNotReadable(start.offset, to, At(*begins, to.partition),
                           *ends ? At(**ends, to.partition) : std::nullopt);
    }
    if (!why) continue;
    Error error{sqlstate::kObjectNotInPrerequisiteState,
                "partition " + std::to_string(to.partition) + " of \"" +
                    std::string(connector.Topic()) + "\"" + *why};
    error.hint =
        "ALTER STREAM ... RESET TO earliest REBUILD makes its views anew from what is there.";
    return error;
  }
  return std::nullopt;
}

}  // namespace riverrun::server
