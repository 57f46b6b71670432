#include "types/uuid.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/column/column_builder.h"

namespace riverrun {
namespace {

std::string Reprinted(std::string_view text) {
  const Result<Uuid> uuid = ParseUuid(text);
  if (!uuid) return ToString(uuid.error());
  std::string out;
  PrintUuid(*uuid, out);
  return out;
}

TEST(UuidTest, TakesEveryFormOfPostgres) {
  constexpr std::string_view kStandard = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  for (const std::string_view text :
       {kStandard, std::string_view("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
        std::string_view("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"),
        std::string_view("a0eebc999c0b4ef8bb6d6bb9bd380a11"),
        std::string_view("a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"),
        std::string_view("{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}")}) {
    EXPECT_EQ(Reprinted(text), kStandard) << text;
  }
}

TEST(UuidTest, RefusesWhatPostgresRefuses) {
  for (const std::string_view text :
       {"", "{", "{}", "a0eebc99", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11a", "a0-eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
        "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-",
        " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}) {
    EXPECT_EQ(Reprinted(text),
              "22P02: invalid input syntax for type uuid: \"" + std::string(text) + "\"");
  }
}

TEST(UuidTest, EveryValueRoundTrips) {
  testing::RandomData random(1);
  const Column column = random.FlatColumn(Type::Uuid(), 500, 0);
  for (uint32_t row = 0; row < 500; ++row) {
    std::string text;
    PrintUuid(column.At<Uuid>(row), text);
    EXPECT_EQ(ParseUuid(text), column.At<Uuid>(row));
  }
}

}  // namespace
}  // namespace riverrun
