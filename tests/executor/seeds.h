// Seeds of property tests: many, or the one that failed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

namespace riverrun::executor::testing {

/// 1 to `count`, or only the one that the environment variable RIVERRUN_SEED names.
inline std::vector<uint64_t> Seeds(uint64_t count) {
  if (const char* only = std::getenv("RIVERRUN_SEED")) return {std::strtoull(only, nullptr, 10)};
  std::vector<uint64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), uint64_t{1});
  return seeds;
}

/// The command that runs the current test, whose parameter is a seed, with this seed alone.
inline std::string Repeat(uint64_t seed) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = test->name();
  return "to repeat: RIVERRUN_SEED=" + std::to_string(seed) +
         " executor_test --gtest_filter=" + test->test_suite_name() + "." +
         name.substr(0, name.rfind('/')) + "/*";
}

}  // namespace riverrun::executor::testing
