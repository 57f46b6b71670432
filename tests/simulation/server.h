// One run of the simulated server, from its start to its crash.
#pragma once

#include <memory>
#include <vector>

#include "server/engine/engine_parts.h"
#include "tests/random_data.h"
#include "tests/simulation/memory_file_system.h"
#include "tests/simulation/random_query.h"
#include "tests/simulation/stream_log.h"
#include "tests/simulation/world.h"
#include "types/clock.h"

namespace riverrun::simulation {

using server::EngineParts;

/// A clock that a test moves.
class SimulatedClock : public Clock {
 public:
  Micros Now() override { return now_; }
  void Advance(Micros by) { now_ += by; }

 private:
  Micros now_ = 1'700'000'000'000'000;
};

/// What all runs of a case share: it outlives every crash.
struct CaseInput {
  std::vector<Relation> tables;  // their first column is the primary key
  std::vector<StreamLog> streams;
  std::vector<RandomView> views;  // the tables' own views first, then the queries, in order
};

/// What runs for a view of the case.
EngineParts::Relation RelationOf(const CaseInput& input, size_t view);

/// Reads a stream as its starts say.
EngineParts::Commands AddStream(EngineParts& engine, const StreamLog& stream,
                                const CaseOptions& options, testing::RandomData& random);
/// Goes on with a stream whose starts have been added to.
EngineParts::Commands RestartStream(EngineParts& engine, const StreamLog& stream,
                                    const CaseOptions& options, testing::RandomData& random);

/// The engine of a case, recovered from the files of the last run, with the case's tables, streams
/// and first views. CHECKs that nothing is refused: what the simulated faults leave must open.
std::unique_ptr<EngineParts> StartServer(const CaseInput& input, size_t views,
                                         MemoryFileSystem& files, SimulatedClock& clock,
                                         const CaseOptions& options, int workers,
                                         testing::RandomData& random,
                                         EngineParts::Published on_published);

}  // namespace riverrun::simulation
