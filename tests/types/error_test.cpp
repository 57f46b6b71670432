#include "types/error.h"

#include <gtest/gtest.h>

namespace riverrun {
namespace {

TEST(ErrorTest, PrintsStateAndText) {
  EXPECT_EQ(ToString({sqlstate::kDivisionByZero, "division by zero"}), "22012: division by zero");
}

TEST(ErrorTest, FailConvertsToAnyResult) {
  Result<int> result = Fail(sqlstate::kDiskFull, "no space");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().sqlstate, State("53100"));
}

TEST(ErrorTest, SqlErrorKeepsPlaceAndHint) {
  try {
    throw SqlError(sqlstate::kUndefinedColumn, "column \"prce\" does not exist", 7)
        .WithHint("Perhaps you meant \"price\".");
  } catch (const SqlError& e) {
    EXPECT_EQ(e.position, 7u);
    EXPECT_EQ(e.hint, "Perhaps you meant \"price\".");
    EXPECT_STREQ(e.what(), "column \"prce\" does not exist");
  }
}

TEST(ErrorDeathTest, CheckNamesTheConditionAndTheReason) {
  EXPECT_DEATH(CHECK(1 + 1 == 3, "arithmetic is broken"), "1 \\+ 1 == 3.*arithmetic is broken");
}

}  // namespace
}  // namespace riverrun
