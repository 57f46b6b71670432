// slt [--mode default|tiny|parallel|wire|restart] [--seed N] [--rewrite] FILE...
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tests/slt/local_engine.h"
#include "tests/slt/runner.h"

namespace {

using riverrun::slt::FileReport;
using riverrun::slt::LocalEngine;
using riverrun::slt::RunnerOptions;
using riverrun::slt::RuntimeOptions;

constexpr int kRestartsOfAFile = 3;
constexpr int kWorkersOfParallel = 3;

struct Arguments {
  std::string mode = "default";
  RunnerOptions runner;
  std::vector<std::string> files;
};

bool ReadArguments(int count, char** texts, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string text = texts[i];
    if (text == "--rewrite") {
      arguments.runner.rewrite = true;
    } else if (text == "--mode" && i + 1 < count) {
      arguments.mode = texts[++i];
    } else if (text == "--seed" && i + 1 < count) {
      const char* seed = texts[++i];
      const char* end = seed + std::strlen(seed);
      if (std::from_chars(seed, end, arguments.runner.seed).ptr != end) return false;
    } else if (text.starts_with("--")) {
      return false;
    } else {
      arguments.files.push_back(text);
    }
  }
  return !arguments.files.empty();
}

bool ReadMode(Arguments& arguments, RuntimeOptions& runtime) {
  runtime.seed = arguments.runner.seed;
  if (arguments.mode == "tiny") {
    runtime.one_row_batches = true;
  } else if (arguments.mode == "parallel") {
    runtime.workers = kWorkersOfParallel;
  } else if (arguments.mode == "wire") {
    runtime.workers = 2;
    runtime.serialised = true;
  } else if (arguments.mode == "restart") {
    arguments.runner.restarts = kRestartsOfAFile;
  } else {
    return arguments.mode == "default";
  }
  return true;
}

}  // namespace

int main(int count, char** texts) {
  Arguments arguments;
  RuntimeOptions runtime;
  if (!ReadArguments(count, texts, arguments) || !ReadMode(arguments, runtime)) {
    std::fputs(
        "usage: slt [--mode default|tiny|parallel|wire|restart] [--seed N] [--rewrite] FILE...\n",
        stderr);
    return 2;
  }
  int failed = 0;
  for (const std::string& file : arguments.files) {
    const FileReport report = riverrun::slt::RunFile(
        file, [&] { return std::make_unique<LocalEngine>(arguments.mode, runtime); },
        arguments.runner);
    for (const std::string& problem : report.problems) std::printf("%s\n", problem.c_str());
    const bool ok = report.problems.empty();
    failed += ok ? 0 : 1;
    std::printf("%s %s (%d records)\n", ok ? "ok    " : "FAILED", file.c_str(), report.records);
  }
  return failed == 0 ? 0 : 1;
}
