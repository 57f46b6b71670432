#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/architecture/rules.h"

namespace riverrun::architecture {
namespace {

// The arrows. server, and all that is not a module (tests, bench, examples), may include every
// module; so they have no row here.
struct Arrow {
  std::string_view module;
  std::vector<std::string_view> may_include;
};
const std::vector<Arrow> kArrows = {
    {"types", {}},
    {"parser", {"types"}},
    {"storage", {"types"}},
    {"executor", {"types", "storage"}},
    {"planner", {"types", "parser", "executor", "storage"}},
};

// The fences. A header belongs to the library whose prefix it has, the longest first. `homes` are
// beginnings of paths; none means everywhere.
struct Library {
  std::string_view name;
  std::vector<std::string_view> prefixes;
  std::vector<std::string_view> homes;
};
const std::vector<Library> kLibraries = {
    {"fmt", {"fmt/"}, {}},
    {"date", {"date/"}, {"types/", "tests/types/"}},
    {"Boost.Multiprecision", {"boost/multiprecision/"}, {"types/", "tests/types/"}},
    {"ANTLR", {"antlr4-runtime", "antlr4-"}, {"parser/"}},
    {"RocksDB", {"rocksdb/"}, {"storage/", "tests/storage/"}},
    {"librdkafka", {"librdkafka/"}, {"executor/", "tests/executor/", "bench/"}},
    {"libpqxx", {"pqxx/"}, {"executor/", "tests/", "sql-tests/"}},
    {"simdjson", {"simdjson"}, {"executor/", "tests/executor/"}},
    {"RE2", {"re2/"}, {"executor/", "tests/executor/"}},
    {"libcurl", {"curl/"}, {"executor/", "tests/executor/"}},
    {"Boost.Asio", {"boost/asio"}, {"server/", "tests/server/"}},
    {"Boost.Beast", {"boost/beast"}, {"server/", "tests/server/"}},
    {"OpenSSL", {"openssl/"}, {"server/", "tests/server/"}},
    {"prometheus-cpp", {"prometheus/"}, {"server/", "tests/server/"}},
    {"spdlog", {"spdlog/"}, {"server/"}},
    {"CLI11", {"CLI/"}, {"server/"}},
    {"toml++", {"toml++/"}, {"server/", "tests/server/"}},
    {"GoogleTest", {"gtest/", "gmock/"}, {"tests/", "sql-tests/", "cmake/test_pch.h"}},
    {"Google Benchmark", {"benchmark/"}, {"bench/"}},
};

// Of the operating system and the compiler, not of a library.
constexpr std::array kSystemPrefixes = {"sys/", "netinet/", "arpa/", "linux/", "sanitizer/"};

constexpr std::array kConcurrencyHeaders = {
    "atomic",    "barrier",   "condition_variable", "future",     "latch", "mutex",
    "pthread.h", "semaphore", "shared_mutex",       "stop_token", "thread"};

// The concurrency fence. `file` is a path without its extension.
struct Concurrent {
  std::string_view file;
  std::string_view reason;
};
constexpr Concurrent kConcurrent[] = {
    {"types/cancel", "a client's cancel reaches a statement that runs on another thread"},
    {"types/memory_budget", "dataflows on all workers reserve from the server's one budget"},
    {"parser/parser", "ANTLR's runtime is not thread-safe: one parse at a time"},
    {"server/engine/engine", "a session waits for the coordinator's thread to change the catalog"},
    {"server/engine/engine_impl", "what the coordinator tells sessions"},
    {"server/engine/engine_streams", "sessions wait for what the coordinator does"},
    {"server/engine/filling", "workers count the rows of a history, sessions ask how many"},
    {"server/engine/publication", "sessions on many threads wait for epochs"},
    {"server/session/session_impl", "a client's cancel comes from another thread"},
    {"server/wire/connection", "the network thread reads and writes while a statement runs"},
    {"server/wire/listener", "the server counts and stops what the network thread serves"},
    {"server/wire/statement_threads", "the threads that statements run on"},
    {"storage/commit/committer", "sessions on many threads, one serial order of commits"},
    {"storage/group_commit", "many commits wait for one fdatasync"},
    {"storage/journal", "appended by the committer and the coordinator, read by workers"},
    {"storage/posix_file_system", "files are opened and synced from several threads"},
    {"storage/view/version_slot", "the worker publishes a view's version, readers take it"},
    {"executor/connectors/kafka_client", "librdkafka reports trouble on a thread of its own"},
    {"server/engine/periodic_check", "asks for new partitions, which may take seconds"},
    {"server/engine/stream_connections", "sessions and coordinator share the connections"},
    {"executor/connectors/kafka_connector", "several threads ask one stream's connection"},
    {"executor/connectors/kafka_pool", "streams are opened and closed on several threads"},
    {"executor/exchange/ring", "one thread pushes, another pops, and neither waits"},
    {"executor/threads/runtime", "runs the workers' and the coordinator's steps on threads"},
    {"executor/threads/waker", "a thread sleeps until another has something for it"},
};

bool StartsWithAnyOf(std::string_view path, const std::vector<std::string_view>& beginnings) {
  return std::ranges::any_of(beginnings,
                             [path](auto beginning) { return path.starts_with(beginning); });
}

std::string Join(const std::vector<std::string_view>& words) {
  if (words.empty()) return "no other module";
  std::string joined;
  for (std::string_view word : words) joined += (joined.empty() ? "" : ", ") + std::string(word);
  return joined;
}

const Library* FindLibrary(std::string_view header) {
  const auto found = std::ranges::find_if(
      kLibraries, [header](const Library& l) { return StartsWithAnyOf(header, l.prefixes); });
  return found == kLibraries.end() ? nullptr : &*found;
}

// Standard headers have neither folder nor extension; those of C and POSIX end in .h.
bool IsSystemHeader(std::string_view header) {
  if (header.find('/') == std::string_view::npos) return true;
  return std::ranges::any_of(kSystemPrefixes, [header](auto p) { return header.starts_with(p); });
}

std::string_view WithoutExtension(std::string_view path) {
  return path.substr(0, path.size() - Extension(path).size());
}

}  // namespace

Findings CheckArrows(const SourceFile& file) {
  const std::string_view module = TopFolder(file.path);
  if (!IsCpp(file) || !IsModule(module)) return {};
  const auto arrow = std::ranges::find(kArrows, module, &Arrow::module);
  Findings findings;
  for (const Include& include : Includes(file.text)) {
    const std::string_view target = TopFolder(include.name);
    if (!include.quoted) continue;
    if (include.name.starts_with("./") || include.name.starts_with("../")) {
      findings.push_back({file.path, include.line, "include by the path from the root"});
    } else if (target == "tests" || target == "bench") {
      findings.push_back(
          {file.path, include.line, "a module must not need " + std::string(target)});
    } else if (IsModule(target) && target != module && arrow != kArrows.end() &&
               std::ranges::find(arrow->may_include, target) == arrow->may_include.end()) {
      findings.push_back({file.path, include.line,
                          std::string(module) + " must not include " + include.name +
                              "; it may include " + Join(arrow->may_include) +
                              ". Move what is shared down the arrows (docs/architecture.md)"});
    }
  }
  return findings;
}

Findings CheckLibraryFences(const SourceFile& file) {
  if (!IsCpp(file)) return {};
  Findings findings;
  for (const Include& include : Includes(file.text)) {
    const Library* library = FindLibrary(include.name);
    if (library != nullptr) {
      if (library->homes.empty() || StartsWithAnyOf(file.path, library->homes)) continue;
      findings.push_back({file.path, include.line,
                          std::string(library->name) + " is fenced to " + Join(library->homes) +
                              "; hide it behind a header of ours there"});
    } else if (!include.quoted && !IsSystemHeader(include.name)) {
      findings.push_back({file.path, include.line,
                          "<" + include.name +
                              "> belongs to no library known here; give the library a row in "
                              "tests/architecture/include_rules.cpp and docs/architecture.md"});
    }
  }
  return findings;
}

Findings CheckConcurrencyFence(const SourceFile& file) {
  if (!IsCpp(file) || !IsModule(TopFolder(file.path))) return {};
  const std::string_view stem = WithoutExtension(file.path);
  if (std::ranges::find(kConcurrent, stem, &Concurrent::file) != std::end(kConcurrent)) return {};
  Findings findings;
  for (const Include& include : Includes(file.text)) {
    if (std::ranges::find(kConcurrencyHeaders, include.name) == kConcurrencyHeaders.end()) continue;
    findings.push_back(
        {file.path, include.line,
         "<" + include.name +
             "> is outside the concurrency fence: pass messages instead, or list the "
             "file with its reason in tests/architecture/include_rules.cpp"});
  }
  return findings;
}

}  // namespace riverrun::architecture
