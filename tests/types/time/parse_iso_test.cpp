// The fast reader of ISO 8601 timestamps.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "tests/types/time/time_texts.h"
#include "types/time/time_text.h"

namespace riverrun {
namespace {

struct Case {
  std::string_view text;
  std::string_view utc;
  bool had_zone;
};

constexpr Case kRead[] = {
    {"2026-01-02", "2026-01-02 00:00:00", false},
    {"2026-01-02T03:04", "2026-01-02 03:04:00", false},
    {"2026-01-02 03:04:05", "2026-01-02 03:04:05", false},
    {"2026-01-02T03:04:05Z", "2026-01-02 03:04:05", true},
    {"2026-01-02t03:04:05z", "2026-01-02 03:04:05", true},
    {"2026-01-02T03:04Z", "2026-01-02 03:04:00", true},
    {"2026-01-02T03:04:05.6Z", "2026-01-02 03:04:05.6", true},
    {"2026-01-02T03:04:05.678901+00:00", "2026-01-02 03:04:05.678901", true},
    {"2026-01-02T03:04:05.1234567Z", "2026-01-02 03:04:05.123457", true},
    {"2026-01-02T03:04:05.9999996Z", "2026-01-02 03:04:06", true},
    {"2026-01-02T03:04:05.000000001", "2026-01-02 03:04:05", false},
    {"2026-01-02 03:04:05+02", "2026-01-02 01:04:05", true},
    {"2026-01-02 03:04:05-0830", "2026-01-02 11:34:05", true},
    {"2026-01-01T00:00:00+05:30", "2025-12-31 18:30:00", true},
    {"0001-01-01T00:00:00Z", "0001-01-01 00:00:00", true},
    {"9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999", true},
    {"2024-02-29", "2024-02-29 00:00:00", false},
    {"2000-02-29", "2000-02-29 00:00:00", false},
};

TEST(ParseIsoTimestamp, ReadsItsForms) {
  for (const Case& c : kRead) {
    Micros utc = 0;
    bool had_zone = false;
    ASSERT_TRUE(ParseIsoTimestamp(c.text, utc, had_zone)) << c.text;
    EXPECT_EQ(Shown(utc), c.utc) << c.text;
    EXPECT_EQ(had_zone, c.had_zone) << c.text;
  }
}

TEST(ParseIsoTimestamp, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-1-02",
                                      "2026-01-2",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-02-29",
                                      "2026-01-00",
                                      "2026-01-32",
                                      "0000-01-01",
                                      "20b6-01-02",
                                      "2026-0x-02",
                                      "2026/01/02",
                                      "2026-01-02T",
                                      "2026-01-02T03",
                                      "2026-01-02T03:04:",
                                      "2026-01-02T03:04:5",
                                      "2026-01-02T24:00:00",
                                      "2026-01-02T03:60:00",
                                      "2026-01-02T03:04:60",
                                      "2026-01-02T03:04:05.",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-01-02T03:04:05,5",
                                      "2026-01-02T03:04:05+",
                                      "2026-01-02T03:04:05+2",
                                      "2026-01-02T03:04:05+16",
                                      "2026-01-02T03:04:05+02:",
                                      "2026-01-02T03:04:05+02:60",
                                      "2026-01-02T03:04:05+02:0",
                                      "2026-01-02T03:04:05ZZ",
                                      "2026-01-02T03:04:05 Z",
                                      "2026-01-02x03:04:05",
                                      "2026-01-02 03:04:05 ",
                                      " 2026-01-02 03:04:05",
                                      "2026-01-02T0a:04:05",
                                      "2026-01-02T03.04:05",
                                      "12026-01-02T03:04:05",
                                      "2026-01-02 03:04:05 BC"}) {
    Micros utc = 0;
    bool had_zone = false;
    EXPECT_FALSE(ParseIsoTimestamp(text, utc, had_zone)) << text;
  }
}

TEST(ParseIsoTimestamp, EveryByteInEveryPlaceIsChecked) {
  // What the fast path takes, the full parser reads alike when a blank keeps it off that path.
  const std::string good = "2026-01-02T03:04:05.678+09:30";
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      Micros utc = 0;
      bool had_zone = false;
      if (!ParseIsoTimestamp(text, utc, had_zone)) continue;
      const auto full = ParseTimestampTz(" " + text, {});
      ASSERT_TRUE(full.has_value()) << text;
      EXPECT_EQ(*full, utc) << text;
    }
  }
}

TEST(ParseIsoTimestamp, ReadsBackWhatIsWritten) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<Micros> any(Timestamp("0001-01-01"),
                                            Timestamp("9999-12-31 23:59:59.999999"));
  for (int i = 0; i < 100'000; ++i) {
    const Micros written = any(random);
    std::string text;
    AppendRfc3339(written, text);
    Micros read = 0;
    bool had_zone = false;
    ASSERT_TRUE(ParseIsoTimestamp(text, read, had_zone)) << text;
    ASSERT_EQ(read, written) << text;
    ASSERT_TRUE(had_zone);
  }
}

}  // namespace
}  // namespace riverrun
