#include "tests/simulation/server.h"

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

std::unique_ptr<SteppedEngine> StartServer(const CaseInput& input, MemoryFileSystem& files,
                                           SimulatedClock& clock, const CaseOptions& options,
                                           int workers, testing::RandomData& random,
                                           SteppedEngine::Published on_published) {
  EngineOptions engine_options;
  engine_options.workers = workers;
  engine_options.ring_capacity = options.ring_capacity;
  engine_options.serialised = options.serialised;
  engine_options.journal.directory = "data/journal";
  engine_options.journal.segment_bytes = 4096;  // so that a case has several
  engine_options.journal.chunk_bytes = 1024;
  engine_options.journal.tail_bytes = 2048;
  auto engine = std::make_unique<SteppedEngine>(files, clock, std::move(engine_options),
                                                std::move(on_published));
  CreateTables(input, engine->committer());
  engine->Start();
  for (const Relation& table : input.tables) engine->AddTable(table.id, /*row_ids=*/false);
  for (const StreamLog& stream : input.streams) {
    engine->AddSource(stream.id, [&](int worker) {
      return MakeStreamReader(stream, worker, workers, options.rows_max, random);
    });
  }
  const auto settings = std::make_shared<const Settings>();
  for (size_t i = 0; i < input.views.size(); ++i) {
    const RandomView& view = input.views[i];
    engine->Attach(view.relation.id, view.spec, view.layout, settings,
                   /*is_table=*/i < input.tables.size());
  }
  engine->Replay();
  return engine;
}

}  // namespace riverrun::simulation
