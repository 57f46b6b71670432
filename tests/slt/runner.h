// Runs scripts and says what differs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/slt/engine.h"
#include "tests/slt/script.h"

namespace riverrun::slt {

struct RunnerOptions {
  bool rewrite = false;
  /// How many records of a script the engine is restarted before, drawn by `seed` and the file's
  /// name; 0 for none. One in a transaction is put off to its end.
  int restarts = 0;
  uint64_t seed = 1;
};

struct FileReport {
  int records = 0;   // that ran
  int restarts = 0;  // at random places
  std::vector<std::string> problems;
};

/// Makes a fresh engine for each file.
using MakeEngine = std::function<std::unique_ptr<Engine>()>;

/// Runs one file. With `rewrite`, answers that differ are written into it.
FileReport RunFile(const std::string& path, const MakeEngine& make_engine,
                   const RunnerOptions& options);

/// The lines of an answer, sorted as the record asks.
std::vector<std::string> LinesOf(const Answer& answer, Record::Sort sort);

}  // namespace riverrun::slt
