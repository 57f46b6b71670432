// date_trunc and date_bin. Expectations are PostgreSQL 15's answers.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/types/time/time_texts.h"
#include "types/time/time_fields.h"

namespace riverrun {
namespace {

struct Case {
  std::string_view unit;
  std::string_view value;
  std::string_view expected;
};
struct ZoneCase {
  std::string_view zone;
  std::string_view unit;
  std::string_view value;
  std::string_view expected;
};

constexpr Case kTruncations[] = {
    {"microseconds", "2026-12-31 23:59:58.123456", "2026-12-31 23:59:58.123456"},
    {"milliseconds", "2026-12-31 23:59:58.123456", "2026-12-31 23:59:58.123"},
    {"second", "2026-12-31 23:59:58.123456", "2026-12-31 23:59:58"},
    {"minute", "2026-12-31 23:59:58.123456", "2026-12-31 23:59:00"},
    {"hour", "2026-12-31 23:59:58.123456", "2026-12-31 23:00:00"},
    {"day", "2026-12-31 23:59:58.123456", "2026-12-31 00:00:00"},
    {"week", "2026-12-31 23:59:58.123456", "2026-12-28 00:00:00"},
    {"month", "2026-12-31 23:59:58.123456", "2026-12-01 00:00:00"},
    {"quarter", "2026-12-31 23:59:58.123456", "2026-10-01 00:00:00"},
    {"year", "2026-12-31 23:59:58.123456", "2026-01-01 00:00:00"},
    {"decade", "2026-12-31 23:59:58.123456", "2020-01-01 00:00:00"},
    {"century", "2026-12-31 23:59:58.123456", "2001-01-01 00:00:00"},
    {"millennium", "2026-12-31 23:59:58.123456", "2001-01-01 00:00:00"},
    {"microseconds", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"milliseconds", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"second", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"minute", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"hour", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"day", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"week", "2000-01-01 00:00:00", "1999-12-27 00:00:00"},
    {"month", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"quarter", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"year", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"decade", "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
    {"century", "2000-01-01 00:00:00", "1901-01-01 00:00:00"},
    {"millennium", "2000-01-01 00:00:00", "1001-01-01 00:00:00"},
    {"microseconds", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"milliseconds", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"second", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"minute", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"hour", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"day", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"week", "0001-06-01 00:00:00", "0001-05-28 00:00:00"},
    {"month", "0001-06-01 00:00:00", "0001-06-01 00:00:00"},
    {"quarter", "0001-06-01 00:00:00", "0001-04-01 00:00:00"},
    {"year", "0001-06-01 00:00:00", "0001-01-01 00:00:00"},
    {"decade", "0001-06-01 00:00:00", "0001-01-01 00:00:00 BC"},
    {"century", "0001-06-01 00:00:00", "0001-01-01 00:00:00"},
    {"millennium", "0001-06-01 00:00:00", "0001-01-01 00:00:00"},
    {"microseconds", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"milliseconds", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"second", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"minute", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"hour", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"day", "0044-03-15 12:00:00 BC", "0044-03-15 00:00:00 BC"},
    {"week", "0044-03-15 12:00:00 BC", "0044-03-11 00:00:00 BC"},
    {"month", "0044-03-15 12:00:00 BC", "0044-03-01 00:00:00 BC"},
    {"quarter", "0044-03-15 12:00:00 BC", "0044-01-01 00:00:00 BC"},
    {"year", "0044-03-15 12:00:00 BC", "0044-01-01 00:00:00 BC"},
    {"decade", "0044-03-15 12:00:00 BC", "0051-01-01 00:00:00 BC"},
    {"century", "0044-03-15 12:00:00 BC", "0100-01-01 00:00:00 BC"},
    {"millennium", "0044-03-15 12:00:00 BC", "1000-01-01 00:00:00 BC"},
    {"microseconds", "infinity", "infinity"},
    {"milliseconds", "infinity", "infinity"},
    {"second", "infinity", "infinity"},
    {"minute", "infinity", "infinity"},
    {"hour", "infinity", "infinity"},
    {"day", "infinity", "infinity"},
    {"week", "infinity", "infinity"},
    {"month", "infinity", "infinity"},
    {"quarter", "infinity", "infinity"},
    {"year", "infinity", "infinity"},
    {"decade", "infinity", "infinity"},
    {"century", "infinity", "infinity"},
    {"millennium", "infinity", "infinity"},
    {"dow", "2026-12-31 23:59:58",
     "ERROR 22023 unit \"dow\" not recognized for type timestamp without time zone"},
    {"epoch", "2026-12-31 23:59:58",
     "ERROR 22023 unit \"epoch\" not recognized for type timestamp without time zone"},
    {"timezone", "2026-12-31 23:59:58",
     "ERROR 0A000 unit \"timezone\" not supported for type timestamp without time zone"},
    {"julian", "2026-12-31 23:59:58",
     "ERROR 22023 unit \"julian\" not recognized for type timestamp without time zone"},
    {"week", "4714-11-24 00:00:00 BC", "4714-11-24 00:00:00 BC"},
    {"month", "4714-11-24 00:00:00 BC", "ERROR 22008 timestamp out of range"},
    {"century", "4714-11-24 00:00:00 BC", "ERROR 22008 timestamp out of range"},
};

TEST(TruncateTimestamp, AnswersAsPostgres) {
  for (const Case& c : kTruncations) {
    Micros out = 0;
    const TimeStatus status = TruncateTimestamp(UnitOf(c.unit), Timestamp(c.value), out);
    const bool unit_error =
        status == TimeStatus::kUnitNotRecognized || status == TimeStatus::kUnitNotSupported;
    EXPECT_EQ(unit_error ? ErrorText(UnitError(status, c.unit, "timestamp without time zone"))
                         : Shown(status, out),
              c.expected)
        << c.unit << " of " << c.value;
  }
}

constexpr ZoneCase kZoneTruncations[] = {
    {"America/New_York", "minute", "2026-03-08 12:34:56-04", "2026-03-08 12:34:00-04"},
    {"America/New_York", "hour", "2026-03-08 12:34:56-04", "2026-03-08 12:00:00-04"},
    {"America/New_York", "day", "2026-03-08 12:34:56-04", "2026-03-08 00:00:00-05"},
    {"America/New_York", "week", "2026-03-08 12:34:56-04", "2026-03-02 00:00:00-05"},
    {"America/New_York", "month", "2026-03-08 12:34:56-04", "2026-03-01 00:00:00-05"},
    {"America/New_York", "year", "2026-03-08 12:34:56-04", "2026-01-01 00:00:00-05"},
    {"America/New_York", "minute", "2026-11-01 01:30:00-04", "2026-11-01 01:30:00-04"},
    {"America/New_York", "hour", "2026-11-01 01:30:00-04", "2026-11-01 01:00:00-04"},
    {"America/New_York", "day", "2026-11-01 01:30:00-04", "2026-11-01 00:00:00-04"},
    {"America/New_York", "week", "2026-11-01 01:30:00-04", "2026-10-26 00:00:00-04"},
    {"America/New_York", "month", "2026-11-01 01:30:00-04", "2026-11-01 00:00:00-04"},
    {"America/New_York", "year", "2026-11-01 01:30:00-04", "2026-01-01 00:00:00-05"},
    {"America/New_York", "minute", "2026-11-01 01:30:00-05", "2026-11-01 01:30:00-05"},
    {"America/New_York", "hour", "2026-11-01 01:30:00-05", "2026-11-01 01:00:00-05"},
    {"America/New_York", "day", "2026-11-01 01:30:00-05", "2026-11-01 00:00:00-04"},
    {"America/New_York", "week", "2026-11-01 01:30:00-05", "2026-10-26 00:00:00-04"},
    {"America/New_York", "month", "2026-11-01 01:30:00-05", "2026-11-01 00:00:00-04"},
    {"America/New_York", "year", "2026-11-01 01:30:00-05", "2026-01-01 00:00:00-05"},
    {"Asia/Kathmandu", "minute", "2026-07-01 00:30:00+00", "2026-07-01 06:15:00+05:45"},
    {"Asia/Kathmandu", "hour", "2026-07-01 00:30:00+00", "2026-07-01 06:00:00+05:45"},
    {"Asia/Kathmandu", "day", "2026-07-01 00:30:00+00", "2026-07-01 00:00:00+05:45"},
    {"Asia/Kathmandu", "week", "2026-07-01 00:30:00+00", "2026-06-29 00:00:00+05:45"},
    {"Asia/Kathmandu", "month", "2026-07-01 00:30:00+00", "2026-07-01 00:00:00+05:45"},
    {"Asia/Kathmandu", "year", "2026-07-01 00:30:00+00", "2026-01-01 00:00:00+05:45"},
    {"America/Sao_Paulo", "minute", "2018-11-04 12:00:00-02", "2018-11-04 12:00:00-02"},
    {"America/Sao_Paulo", "hour", "2018-11-04 12:00:00-02", "2018-11-04 12:00:00-02"},
    {"America/Sao_Paulo", "day", "2018-11-04 12:00:00-02", "2018-11-04 01:00:00-02"},
    {"America/Sao_Paulo", "week", "2018-11-04 12:00:00-02", "2018-10-29 00:00:00-03"},
    {"America/Sao_Paulo", "month", "2018-11-04 12:00:00-02", "2018-11-01 00:00:00-03"},
    {"America/Sao_Paulo", "year", "2018-11-04 12:00:00-02", "2018-01-01 00:00:00-02"},
};

TEST(TruncateTimestampTz, AnswersAsPostgres) {
  for (const ZoneCase& c : kZoneTruncations) {
    const auto zone = TimeZone::Find(c.zone).value();
    ZoneCursor cursor(*zone);
    Micros out = 0;
    const Micros value = ParseTimestampTz(c.value, {}).value();
    ASSERT_EQ(TruncateTimestampTz(UnitOf(c.unit), value, cursor, out), TimeStatus::kOk);
    EXPECT_EQ(Shown(out, cursor), c.expected) << c.unit << " of " << c.value << " in " << c.zone;
  }
}

constexpr Case kIntervalTruncations[] = {
    {"microseconds", "1234 years 5 mons 6 days 07:08:09.123456",
     "1234 years 5 mons 6 days 07:08:09.123456"},
    {"milliseconds", "1234 years 5 mons 6 days 07:08:09.123456",
     "1234 years 5 mons 6 days 07:08:09.123"},
    {"second", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 5 mons 6 days 07:08:09"},
    {"minute", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 5 mons 6 days 07:08:00"},
    {"hour", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 5 mons 6 days 07:00:00"},
    {"day", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 5 mons 6 days"},
    {"month", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 5 mons"},
    {"quarter", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years 3 mons"},
    {"year", "1234 years 5 mons 6 days 07:08:09.123456", "1234 years"},
    {"decade", "1234 years 5 mons 6 days 07:08:09.123456", "1230 years"},
    {"century", "1234 years 5 mons 6 days 07:08:09.123456", "1200 years"},
    {"millennium", "1234 years 5 mons 6 days 07:08:09.123456", "1000 years"},
    {"week", "1234 years 5 mons 6 days 07:08:09.123456",
     "ERROR 0A000 unit \"week\" not supported for type interval"},
    {"epoch", "1234 years 5 mons 6 days 07:08:09.123456",
     "ERROR 22023 unit \"epoch\" not recognized for type interval"},
    {"microseconds", "-1234 years -5 mons -6 days -07:08:09.123456",
     "-1234 years -5 mons -6 days -07:08:09.123456"},
    {"milliseconds", "-1234 years -5 mons -6 days -07:08:09.123456",
     "-1234 years -5 mons -6 days -07:08:09.123"},
    {"second", "-1234 years -5 mons -6 days -07:08:09.123456",
     "-1234 years -5 mons -6 days -07:08:09"},
    {"minute", "-1234 years -5 mons -6 days -07:08:09.123456",
     "-1234 years -5 mons -6 days -07:08:00"},
    {"hour", "-1234 years -5 mons -6 days -07:08:09.123456",
     "-1234 years -5 mons -6 days -07:00:00"},
    {"day", "-1234 years -5 mons -6 days -07:08:09.123456", "-1234 years -5 mons -6 days"},
    {"month", "-1234 years -5 mons -6 days -07:08:09.123456", "-1234 years -5 mons"},
    {"quarter", "-1234 years -5 mons -6 days -07:08:09.123456", "-1234 years -3 mons"},
    {"year", "-1234 years -5 mons -6 days -07:08:09.123456", "-1234 years"},
    {"decade", "-1234 years -5 mons -6 days -07:08:09.123456", "-1230 years"},
    {"century", "-1234 years -5 mons -6 days -07:08:09.123456", "-1200 years"},
    {"millennium", "-1234 years -5 mons -6 days -07:08:09.123456", "-1000 years"},
    {"week", "-1234 years -5 mons -6 days -07:08:09.123456",
     "ERROR 0A000 unit \"week\" not supported for type interval"},
    {"epoch", "-1234 years -5 mons -6 days -07:08:09.123456",
     "ERROR 22023 unit \"epoch\" not recognized for type interval"},
};

TEST(TruncateInterval, AnswersAsPostgres) {
  for (const Case& c : kIntervalTruncations) {
    Interval out;
    const TimeStatus status = TruncateInterval(UnitOf(c.unit), IntervalOf(c.value), out);
    EXPECT_EQ(
        status == TimeStatus::kOk ? Shown(out) : ErrorText(UnitError(status, c.unit, "interval")),
        c.expected)
        << c.unit << " of " << c.value;
  }
}

struct BinCase {
  std::string_view stride;
  std::string_view value;
  std::string_view origin;
  std::string_view expected;
};

constexpr BinCase kBins[] = {
    {"15 minutes", "2026-01-02 03:17:59", "2000-01-01 00:00:00", "2026-01-02 03:15:00"},
    {"15 minutes", "2026-01-02 03:15:00", "2000-01-01 00:00:00", "2026-01-02 03:15:00"},
    {"15 minutes", "1999-12-31 23:59:59", "2000-01-01 00:00:00", "1999-12-31 23:45:00"},
    {"15 minutes", "1999-12-31 23:45:00", "2000-01-01 00:00:00", "1999-12-31 23:45:00"},
    {"1 day", "2026-01-02 03:00:00", "2026-01-01 06:00:00", "2026-01-01 06:00:00"},
    {"7 days", "2026-01-02 03:00:00", "2026-01-05 00:00:00", "2025-12-29 00:00:00"},
    {"00:00:00.000001", "1990-01-01 00:00:00.000001", "2000-01-01 00:00:00",
     "1990-01-01 00:00:00.000001"},
    {"1 mon", "2026-01-02 00:00:00", "2000-01-01 00:00:00",
     "ERROR 0A000 timestamps cannot be binned into intervals containing months or years"},
    {"0", "2026-01-02 00:00:00", "2000-01-01 00:00:00",
     "ERROR 22008 stride must be greater than zero"},
    {"-1 day", "2026-01-02 00:00:00", "2000-01-01 00:00:00",
     "ERROR 22008 stride must be greater than zero"},
    {"1 day", "infinity", "2000-01-01 00:00:00", "infinity"},
    {"1 day", "2026-01-02 00:00:00", "-infinity", "ERROR 22008 origin out of range"},
};

TEST(DateBin, AnswersAsPostgres) {
  for (const BinCase& c : kBins) {
    Micros out = 0;
    const TimeStatus status =
        DateBin(IntervalOf(c.stride), Timestamp(c.value), Timestamp(c.origin), out);
    EXPECT_EQ(Shown(status, out), c.expected) << c.stride << " of " << c.value;
  }
}

}  // namespace
}  // namespace riverrun
