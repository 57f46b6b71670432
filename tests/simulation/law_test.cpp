// The law, by random cases: after every epoch every view is the batch answer over its input.
//
//   build/dev/tests/simulation/simulation --cases 10000          many cases from seed 1
//   build/dev/tests/simulation/simulation --seed 4711            one case
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace riverrun::simulation {
namespace {

uint64_t first_seed = 1;
uint64_t case_count = 300;
uint64_t running_seed = 0;

// A case may end in a CHECK of the engine: that failure, too, says how to repeat it.
void SayWhichCase(int) {
  std::fprintf(stderr, "repeat: build/dev/tests/simulation/simulation --seed %lu\n",
               static_cast<unsigned long>(running_seed));
}

TEST(Law, HoldsInRandomCases) {
  CaseReport report;
  const auto begin = std::chrono::steady_clock::now();
  uint64_t done = 0;
  for (uint64_t seed = first_seed; seed < first_seed + case_count; ++seed) {
    running_seed = seed;
    const std::optional<std::string> problem = RunCase(DrawOptions(seed), report);
    ASSERT_FALSE(problem.has_value())
        << "seed " << seed << ": " << *problem
        << "\nrepeat: build/dev/tests/simulation/simulation --seed " << seed;
    if (++done % 1000 == 0) std::printf("%lu cases\n", static_cast<unsigned long>(done));
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf(
      "%lu cases in %.1f s: %lu views compared (%lu rows, %lu errors), %lu commits, %lu crashes, "
      "%lu replayed epochs compared, %lu views hydrated, %lu of windows compared (%lu rows, %lu "
      "late, %lu cuts with idle partitions), streams: %lu reset, %lu rebuilt, %lu partitions "
      "added\n",
      static_cast<unsigned long>(done), seconds.count(),
      static_cast<unsigned long>(report.epochs_checked),
      static_cast<unsigned long>(report.rows_compared),
      static_cast<unsigned long>(report.errors_compared),
      static_cast<unsigned long>(report.commits), static_cast<unsigned long>(report.crashes),
      static_cast<unsigned long>(report.replayed_epochs_compared),
      static_cast<unsigned long>(report.views_hydrated),
      static_cast<unsigned long>(report.windows_checked),
      static_cast<unsigned long>(report.window_rows), static_cast<unsigned long>(report.late_rows),
      static_cast<unsigned long>(report.idle_cuts),
      static_cast<unsigned long>(report.streams_reset),
      static_cast<unsigned long>(report.streams_rebuilt),
      static_cast<unsigned long>(report.partitions_added));
  // A run that compares nothing proves nothing.
  EXPECT_GT(report.epochs_checked, done);
  EXPECT_GT(report.rows_compared, done);
  EXPECT_GE(report.crashes, done);
  if (done < 100) return;  // it may be missing from a few
  EXPECT_GT(report.views_hydrated, 0);
  EXPECT_GT(report.window_rows, done);
  EXPECT_GT(report.streams_reset, 0);
  EXPECT_GT(report.streams_rebuilt, 0);
  EXPECT_GT(report.partitions_added, 0);
}

}  // namespace
}  // namespace riverrun::simulation

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  std::signal(SIGABRT, riverrun::simulation::SayWhichCase);
  for (int i = 1; i + 1 < argc; i += 2) {
    const uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--cases") == 0) riverrun::simulation::case_count = number;
    if (std::strcmp(argv[i], "--seed") == 0) {
      riverrun::simulation::first_seed = number;
      riverrun::simulation::case_count = 1;
    }
  }
  return RUN_ALL_TESTS();
}
