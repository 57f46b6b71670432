// The law, by random cases: after every epoch every view is the batch answer over its input.
//
//   build/dev/tests/simulation/simulation --cases 10000 --jobs 2   many cases from seed 1
//   build/dev/tests/simulation/simulation --seed 4711              one case
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "tests/simulation/world.h"

namespace riverrun::simulation {
namespace {

constexpr uint64_t kCases = 300;
constexpr uint64_t kJobsMax = 64;

struct Arguments {
  uint64_t seed = 0;   // of the first case; 0: not given
  uint64_t cases = 0;  // 0: not given
  uint64_t jobs = 1;
};
Arguments arguments;
uint64_t own_seed = 0;
uint64_t* running_seed = &own_seed;  // where the seed of the case that runs is noted

// A case may end in a CHECK of the engine: that failure, too, says how to repeat it.
void SayWhichCase(int) {
  std::fprintf(stderr, "repeat: build/dev/tests/simulation/simulation --seed %lu\n",
               static_cast<unsigned long>(*running_seed));
}

// Runs the cases of one process: every `jobs`-th, up to the first that breaks the law. Returns
// what is wrong with it, or "".
std::string RunShare(uint64_t job, CaseReport& report) {
  for (uint64_t i = job; i < arguments.cases; i += arguments.jobs) {
    *running_seed = arguments.seed + i;
    const std::optional<std::string> found = RunCase(DrawOptions(*running_seed), report);
    if (!found) continue;
    return "seed " + std::to_string(*running_seed) + ": " + *found +
           "\nrepeat: build/dev/tests/simulation/simulation --seed " +
           std::to_string(*running_seed);
  }
  return "";
}

// A process with its share of the cases, and where its report comes from.
struct Job {
  pid_t process = -1;
  int report = -1;
  const uint64_t* seed = nullptr;  // that it runs, in memory that both see
};

Job Begin(uint64_t number) {
  int ends[2] = {-1, -1};
  CHECK(pipe(ends) == 0, "no pipe can be made");
  void* const shared =
      mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(shared != MAP_FAILED, "no memory can be shared");
  std::fflush(nullptr);
  const pid_t process = fork();
  CHECK(process >= 0, "no process can be made");
  if (process > 0) {
    close(ends[1]);
    return {process, ends[0], static_cast<uint64_t*>(shared)};
  }
  close(ends[0]);
  running_seed = static_cast<uint64_t*>(shared);
  CaseReport report;
  const std::string problem = RunShare(number, report);
  if (!problem.empty()) std::fprintf(stderr, "%s\n", problem.c_str());
  const bool told = write(ends[1], &report, sizeof(report)) == sizeof(report);
  _exit(problem.empty() && told ? 0 : 1);
}

// Runs all shares at once; the first failure ends them all. Returns whose it was, or "".
std::string RunJobs(CaseReport& sum) {
  std::vector<Job> jobs;
  for (uint64_t i = 0; i < arguments.jobs; ++i) jobs.push_back(Begin(i));
  std::string failed;
  for (size_t ended = 0; ended < jobs.size(); ++ended) {
    int status = 0;
    const pid_t process = waitpid(-1, &status, 0);
    const auto job = std::ranges::find(jobs, process, &Job::process);
    CHECK(job != jobs.end(), "a process ended that was not begun here");
    job->process = -1;
    CaseReport report;
    const bool told = read(job->report, &report, sizeof(report)) == sizeof(report);
    close(job->report);
    sum.Add(report);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && told) continue;
    if (!failed.empty()) continue;  // ended by us
    failed = "the process with seed " + std::to_string(*job->seed) + " failed";
    for (const Job& other : jobs) {
      if (other.process > 0) kill(other.process, SIGKILL);
    }
  }
  return failed;
}

TEST(Law, HoldsInRandomCases) {
  CaseReport report;
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(arguments.jobs == 1 ? RunShare(0, report) : RunJobs(report), "");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%lu cases in %.1f s: %s\n", static_cast<unsigned long>(arguments.cases),
              seconds.count(), report.Text().c_str());
  // A run that compares nothing proves nothing.
  EXPECT_GT(report.epochs_checked, arguments.cases);
  EXPECT_GT(report.rows_compared, arguments.cases);
  EXPECT_GE(report.crashes, arguments.cases);
  if (arguments.cases < kCases) return;
  EXPECT_GT(report.views_hydrated, 0);
  EXPECT_GT(report.window_rows, arguments.cases);
  EXPECT_GT(report.late_rows, 0);
  EXPECT_GT(report.wakings, 0);
  EXPECT_GT(report.streams_reset, 0);
  EXPECT_GT(report.streams_rebuilt, 0);
  EXPECT_GT(report.partitions_added, 0);
}

bool ReadNumber(const char* text, uint64_t& number) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, number).ptr == end && number > 0;
}

bool ReadArguments(int count, char** texts) {
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = texts[i];
    uint64_t* const number = name == "--cases"  ? &arguments.cases
                             : name == "--seed" ? &arguments.seed
                             : name == "--jobs" ? &arguments.jobs
                                                : nullptr;
    if (number == nullptr || i + 1 == count || !ReadNumber(texts[i + 1], *number)) return false;
  }
  if (arguments.cases == 0) arguments.cases = arguments.seed == 0 ? kCases : 1;
  arguments.seed = std::max<uint64_t>(arguments.seed, 1);
  arguments.jobs = std::min({arguments.jobs, arguments.cases, kJobsMax});
  return true;
}

}  // namespace
}  // namespace riverrun::simulation

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (!riverrun::simulation::ReadArguments(argc, argv)) {
    std::fputs("usage: simulation [--cases N] [--seed FIRST] [--jobs PROCESSES]\n", stderr);
    return 2;
  }
  std::signal(SIGABRT, riverrun::simulation::SayWhichCase);
  return RUN_ALL_TESTS();
}
