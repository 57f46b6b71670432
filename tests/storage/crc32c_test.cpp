#include "storage/crc32c.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/random_data.h"

namespace riverrun::storage {
namespace {

TEST(Crc32c, GivesTheValuesOfRfc3720) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string ascending(32, '\0');
  for (size_t i = 0; i < ascending.size(); ++i) ascending[i] = static_cast<char>(i);
  EXPECT_EQ(Crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32c, InstructionAndTableAgreeAndBothContinue) {
  testing::RandomData random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = random.Bytes(100);
    EXPECT_EQ(Crc32c(bytes), Crc32cByTable(bytes));
    const size_t cut = bytes.empty() ? 0 : random.Below(static_cast<uint32_t>(bytes.size()));
    const std::string_view head = std::string_view(bytes).substr(0, cut);
    const std::string_view rest = std::string_view(bytes).substr(cut);
    EXPECT_EQ(Crc32c(rest, Crc32c(head)), Crc32c(bytes));
    EXPECT_EQ(Crc32cByTable(rest, Crc32cByTable(head)), Crc32c(bytes));
  }
}

}  // namespace
}  // namespace riverrun::storage
