// slt [--server BINARY] [--mode MODE] [--seed N] [--rewrite] FILE...
//   MODE: default, parallel or restart; without a server also tiny or wire
#include <charconv>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/slt/local_engine.h"
#include "tests/slt/runner.h"
#include "tests/slt/server_engine.h"

namespace {

using riverrun::slt::FileReport;
using riverrun::slt::LocalEngine;
using riverrun::slt::RunnerOptions;
using riverrun::slt::RuntimeOptions;
using riverrun::slt::ServerEngine;
using riverrun::slt::ServerOptions;

constexpr int kRestartsOfAFile = 3;
constexpr int kWorkersOfParallel = 3;
constexpr int kWorkersAfterwards = 2;  // of mode parallel, when a server was restarted

struct Arguments {
  std::string server;  // the program; empty: the engine in this process
  std::string mode = "default";
  RunnerOptions runner;
  bool seeded = false;  // by --seed
  std::vector<std::string> files;
};

bool ReadArguments(int count, char** texts, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string text = texts[i];
    if (text == "--rewrite") {
      arguments.runner.rewrite = true;
    } else if (text == "--server" && i + 1 < count) {
      arguments.server = texts[++i];
    } else if (text == "--mode" && i + 1 < count) {
      arguments.mode = texts[++i];
    } else if (text == "--seed" && i + 1 < count) {
      const char* seed = texts[++i];
      const char* end = seed + std::strlen(seed);
      if (std::from_chars(seed, end, arguments.runner.seed).ptr != end) return false;
      arguments.seeded = true;
    } else if (text.starts_with("--")) {
      return false;
    } else {
      arguments.files.push_back(text);
    }
  }
  return !arguments.files.empty();
}

bool ReadMode(Arguments& arguments, RuntimeOptions& runtime) {
  if (arguments.mode == "restart" && !arguments.seeded) {
    arguments.runner.seed = std::random_device()();
    std::printf("--seed %lu\n", static_cast<unsigned long>(arguments.runner.seed));
  }
  runtime.seed = arguments.runner.seed;
  const bool server = !arguments.server.empty();
  if (arguments.mode == "tiny" && !server) {
    runtime.one_row_batches = true;
  } else if (arguments.mode == "parallel") {
    runtime.workers = kWorkersOfParallel;
    runtime.workers_later = kWorkersAfterwards;
  } else if (arguments.mode == "wire" && !server) {
    runtime.workers = runtime.workers_later = 2;
    runtime.serialised = true;
  } else if (arguments.mode == "restart") {
    arguments.runner.restarts = kRestartsOfAFile;
  } else {
    return arguments.mode == "default";
  }
  return true;
}

std::unique_ptr<riverrun::slt::Engine> MakeEngine(const Arguments& arguments,
                                                  const RuntimeOptions& runtime) {
  if (arguments.server.empty()) return std::make_unique<LocalEngine>(arguments.mode, runtime);
  ServerOptions options{arguments.server};
  if (arguments.mode == "parallel") {
    options.workers = kWorkersOfParallel;
    options.workers_later = kWorkersAfterwards;
  }
  return std::make_unique<ServerEngine>(arguments.mode, options);
}

}  // namespace

int main(int count, char** texts) {
  Arguments arguments;
  RuntimeOptions runtime;
  if (!ReadArguments(count, texts, arguments) || !ReadMode(arguments, runtime)) {
    std::fputs(
        "usage: slt [--server BINARY] [--mode MODE] [--seed N] [--rewrite] FILE...\n"
        "MODE: default, parallel or restart; without a server also tiny or wire\n",
        stderr);
    return 2;
  }
  int failed = 0;
  for (const std::string& file : arguments.files) {
    const FileReport report = riverrun::slt::RunFile(
        file, [&] { return MakeEngine(arguments, runtime); }, arguments.runner);
    for (const std::string& problem : report.problems) std::printf("%s\n", problem.c_str());
    const bool ok = report.problems.empty();
    failed += ok ? 0 : 1;
    const std::string restarts =
        arguments.runner.restarts > 0 ? ", " + std::to_string(report.restarts) + " restarts" : "";
    std::printf("%s %s (%d records%s)\n", ok ? "ok    " : "FAILED", file.c_str(), report.records,
                restarts.c_str());
  }
  return failed == 0 ? 0 : 1;
}
