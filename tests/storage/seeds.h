// Seeds of property tests: many, or the one that failed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

namespace riverrun::storage {

/// 1 to `count`, or only the one that the environment variable RIVERRUN_SEED names.
inline std::vector<uint64_t> Seeds(uint64_t count) {
  if (const char* only = std::getenv("RIVERRUN_SEED")) return {std::strtoull(only, nullptr, 10)};
  std::vector<uint64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), 1);
  return seeds;
}

/// The command that runs the current test with this seed alone.
inline std::string Repeat(uint64_t seed) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return "to repeat: RIVERRUN_SEED=" + std::to_string(seed) +
         " storage_test --gtest_filter=" + test->test_suite_name() + "." + test->name();
}

}  // namespace riverrun::storage
