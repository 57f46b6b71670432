// A whole server in one thread: every step, interleaving and crash follows from a seed.
//
// What is real: the journal (over files in memory), the committer, workers, exchanges, operators,
// view stores, the coordinator. What is simulated: files, the broker, the clock, and the order in
// which things happen.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal_record.h"
#include "tests/random_data.h"
#include "tests/simulation/case_report.h"
#include "tests/simulation/memory_file_system.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/random_query.h"
#include "tests/simulation/stream_log.h"
#include "types/clock.h"

namespace riverrun::simulation {

/// How a case runs; drawn from its seed unless a test wants something special.
struct CaseOptions {
  uint64_t seed = 0;
  uint32_t rows_max = 64;      // per source batch; 1 is the mode `tiny`
  uint32_t ring_capacity = 4;  // 1 is the hardest
  bool serialised = false;     // the mode `wire`
  uint32_t steps = 1500;       // between two crashes
  uint32_t crashes = 1;
  int views = 3;
  bool sparse = false;  // so little input that the server comes to rest, and partitions are idle
};
CaseOptions DrawOptions(uint64_t seed);

/// Runs one case. Returns the first difference from the law, in words, or nothing.
std::optional<std::string> RunCase(const CaseOptions& options, CaseReport& report);

}  // namespace riverrun::simulation
