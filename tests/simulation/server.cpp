#include "tests/simulation/server.h"

#include <algorithm>

#include "server/engine/stream_connections.h"

namespace riverrun::simulation {
namespace {

storage::CatalogObject TableObject(const Relation& table) {
  storage::CatalogObject object;
  object.id = table.id;
  object.kind = storage::ObjectKind::kTable;
  object.schema = "public";
  object.name = "t" + std::to_string(table.id.value);
  object.owner = storage::CatalogSnapshot::kFirstRole;
  for (const executor::OutputColumn& column : table.columns) {
    storage::CatalogColumn& added = object.columns.emplace_back();
    added.name = column.name;
    added.type = column.type;
  }
  object.columns[0].not_null = true;
  object.primary_key = {0};
  object.primary_key_name = object.name + "_pkey";
  return object;
}

void CreateTables(const CaseInput& input, storage::Committer& committer) {
  storage::WriteSet writes;
  for (const Relation& table : input.tables) {
    if (committer.catalog()->Find(table.id) != nullptr) continue;
    writes.Add(
        storage::CreateObject{std::make_shared<const storage::CatalogObject>(TableObject(table))});
  }
  const Cancel cancel;
  const auto committed = committer.Commit(writes, cancel);
  CHECK(committed.has_value(), committed ? "" : committed.error().text);
}

}  // namespace

EngineParts::Relation RelationOf(const CaseInput& input, size_t view) {
  const RandomView& random = input.views[view];
  return {.id = random.relation.id,
          .dataflow = random.spec,
          .layout = random.layout,
          .settings = std::make_shared<const Settings>(),
          .reads_from = random.reads_from,
          .is_table = view < input.tables.size()};
}

EngineParts::Commands AddStream(EngineParts& engine, const StreamLog& stream,
                                const CaseOptions& options, testing::RandomData& random) {
  const int workers = engine.options().workers;
  return engine.AddStream(
      stream.id, "topic",
      [&](int worker) {
        storage::CatalogObject object;
        object.id = stream.id;
        object.starts = stream.starts;
        auto [first, later] = server::BeginningOf(object, worker, workers);
        executor::SourceToRead source{.object = stream.id, .reader = nullptr};
        source.reader = MakeStreamReader(stream, std::move(first), options.rows_max, random);
        source.later_starts = std::move(later);
        return source;
      },
      [&stream, &random, workers, rows_max = options.rows_max](
          const executor::SourceSpec& source, int worker, std::span<const Position> before,
          std::span<const executor::WatermarkRaise> raises) {
        return MakeHistory(stream, source.columns, stream.NewestStarts(worker, workers), before,
                           raises, rows_max, random);
      },
      stream.completion);
}

EngineParts::Commands RestartStream(EngineParts& engine, const StreamLog& stream,
                                    const CaseOptions& options, testing::RandomData& random) {
  const int workers = engine.options().workers;
  EngineParts::Commands commands;
  for (int worker = 0; worker < workers; ++worker) {
    const auto make = [&stream, &options, &random, worker,
                       workers](const std::vector<Position>& positions) {
      std::vector<Position> to = stream.NewestStarts(worker, workers);
      for (Position& position : to) {
        const auto at = std::ranges::find(positions, position.partition, &Position::partition);
        if (at != positions.end() && at->generation == position.generation) position = *at;
      }
      return Result<EngineParts::Reader>(
          MakeStreamReader(stream, std::move(to), options.rows_max, random));
    };
    commands.emplace_back(worker, executor::ReplaceReaderCommand{stream.id, make});
  }
  return commands;
}

std::unique_ptr<EngineParts> StartServer(const CaseInput& input, size_t views,
                                         MemoryFileSystem& files, SimulatedClock& clock,
                                         const CaseOptions& options, int workers,
                                         testing::RandomData& random,
                                         EngineParts::Published on_published) {
  server::PartsOptions engine_options;
  engine_options.workers = workers;
  engine_options.ring_capacity = options.ring_capacity;
  engine_options.serialised = options.serialised;
  engine_options.journal.directory = "data/journal";
  engine_options.journal.segment_bytes = 4096;  // so that a case has several
  engine_options.journal.chunk_bytes = 1024;
  engine_options.journal.tail_bytes = 2048;
  auto opened =
      EngineParts::Open(files, clock, std::move(engine_options), std::move(on_published));
  CHECK(opened.has_value(), opened ? "" : opened.error().text);
  std::unique_ptr<EngineParts> engine = std::move(*opened);
  CreateTables(input, engine->committer());
  CHECK(engine->Start().has_value(), "the engine does not start");
  executor::Coordinator& coordinator = engine->coordinator();
  for (const Relation& table : input.tables) {
    coordinator.Change(engine->AddTable(table.id, /*row_ids=*/false));
  }
  for (const StreamLog& stream : input.streams) {
    coordinator.Change(AddStream(*engine, stream, options, random));
  }
  for (size_t i = 0; i < views; ++i) {
    coordinator.Change(engine->Attach(RelationOf(input, i), EngineParts::Begin::kReplay));
  }
  engine->Replay();
  return engine;
}

}  // namespace riverrun::simulation
