// Arithmetic of intervals and points in time. Expectations are PostgreSQL 15's answers.
#include "types/time/interval.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "tests/types/time/time_texts.h"

namespace riverrun {
namespace {

struct Case {
  std::string_view a;
  std::string_view b;
  std::string_view expected;
};

Micros FloorRemainder(Micros time) {
  return time - FloorDivide(time, kMicrosPerDay) * kMicrosPerDay;
}

constexpr Case kAdditions[] = {
    {"2026-01-31 10:00:00", "1 mon", "2026-02-28 10:00:00"},
    {"2026-01-31 10:00:00", "-1 mon", "2025-12-31 10:00:00"},
    {"2026-01-31 10:00:00", "1 year", "2027-01-31 10:00:00"},
    {"2026-01-31 10:00:00", "13 mons", "2027-02-28 10:00:00"},
    {"2026-01-31 10:00:00", "30 days", "2026-03-02 10:00:00"},
    {"2026-01-31 10:00:00", "1 day 24:00:00", "2026-02-02 10:00:00"},
    {"2026-01-31 10:00:00", "-00:00:00.000001", "2026-01-31 09:59:59.999999"},
    {"2026-01-31 10:00:00", "1 mon -1 days", "2026-02-27 10:00:00"},
    {"2026-01-31 10:00:00", "-4800 years", "2775-01-31 10:00:00 BC"},
    {"2026-01-31 10:00:00", "178956970 years", "ERROR 22008 timestamp out of range"},
    {"2026-01-31 10:00:00", "2147483647 days", "ERROR 22008 timestamp out of range"},
    {"2026-01-31 10:00:00", "0", "2026-01-31 10:00:00"},
    {"2024-02-29 00:00:00", "1 mon", "2024-03-29 00:00:00"},
    {"2024-02-29 00:00:00", "-1 mon", "2024-01-29 00:00:00"},
    {"2024-02-29 00:00:00", "1 year", "2025-02-28 00:00:00"},
    {"2024-02-29 00:00:00", "13 mons", "2025-03-29 00:00:00"},
    {"2024-02-29 00:00:00", "30 days", "2024-03-30 00:00:00"},
    {"2024-02-29 00:00:00", "1 day 24:00:00", "2024-03-02 00:00:00"},
    {"2024-02-29 00:00:00", "-00:00:00.000001", "2024-02-28 23:59:59.999999"},
    {"2024-02-29 00:00:00", "1 mon -1 days", "2024-03-28 00:00:00"},
    {"2024-02-29 00:00:00", "-4800 years", "2777-02-29 00:00:00 BC"},
    {"2024-02-29 00:00:00", "178956970 years", "ERROR 22008 timestamp out of range"},
    {"2024-02-29 00:00:00", "2147483647 days", "ERROR 22008 timestamp out of range"},
    {"2024-02-29 00:00:00", "0", "2024-02-29 00:00:00"},
    {"0001-01-31 00:00:00", "1 mon", "0001-02-28 00:00:00"},
    {"0001-01-31 00:00:00", "-1 mon", "0001-12-31 00:00:00 BC"},
    {"0001-01-31 00:00:00", "1 year", "0002-01-31 00:00:00"},
    {"0001-01-31 00:00:00", "13 mons", "0002-02-28 00:00:00"},
    {"0001-01-31 00:00:00", "30 days", "0001-03-02 00:00:00"},
    {"0001-01-31 00:00:00", "1 day 24:00:00", "0001-02-02 00:00:00"},
    {"0001-01-31 00:00:00", "-00:00:00.000001", "0001-01-30 23:59:59.999999"},
    {"0001-01-31 00:00:00", "1 mon -1 days", "0001-02-27 00:00:00"},
    {"0001-01-31 00:00:00", "-4800 years", "ERROR 22008 timestamp out of range"},
    {"0001-01-31 00:00:00", "178956970 years", "ERROR 22008 timestamp out of range"},
    {"0001-01-31 00:00:00", "2147483647 days", "ERROR 22008 timestamp out of range"},
    {"0001-01-31 00:00:00", "0", "0001-01-31 00:00:00"},
    {"2026-12-31 23:59:59.999999", "1 mon", "2027-01-31 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "-1 mon", "2026-11-30 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "1 year", "2027-12-31 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "13 mons", "2028-01-31 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "30 days", "2027-01-30 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "1 day 24:00:00", "2027-01-02 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "-00:00:00.000001", "2026-12-31 23:59:59.999998"},
    {"2026-12-31 23:59:59.999999", "1 mon -1 days", "2027-01-30 23:59:59.999999"},
    {"2026-12-31 23:59:59.999999", "-4800 years", "2775-12-31 23:59:59.999999 BC"},
    {"2026-12-31 23:59:59.999999", "178956970 years", "ERROR 22008 timestamp out of range"},
    {"2026-12-31 23:59:59.999999", "2147483647 days", "ERROR 22008 timestamp out of range"},
    {"2026-12-31 23:59:59.999999", "0", "2026-12-31 23:59:59.999999"},
    {"infinity", "1 mon", "infinity"},
    {"infinity", "-1 mon", "infinity"},
    {"infinity", "1 year", "infinity"},
    {"infinity", "13 mons", "infinity"},
    {"infinity", "30 days", "infinity"},
    {"infinity", "1 day 24:00:00", "infinity"},
    {"infinity", "-00:00:00.000001", "infinity"},
    {"infinity", "1 mon -1 days", "infinity"},
    {"infinity", "-4800 years", "infinity"},
    {"infinity", "178956970 years", "infinity"},
    {"infinity", "2147483647 days", "infinity"},
    {"infinity", "0", "infinity"},
    {"-infinity", "1 mon", "-infinity"},
    {"-infinity", "-1 mon", "-infinity"},
    {"-infinity", "1 year", "-infinity"},
    {"-infinity", "13 mons", "-infinity"},
    {"-infinity", "30 days", "-infinity"},
    {"-infinity", "1 day 24:00:00", "-infinity"},
    {"-infinity", "-00:00:00.000001", "-infinity"},
    {"-infinity", "1 mon -1 days", "-infinity"},
    {"-infinity", "-4800 years", "-infinity"},
    {"-infinity", "178956970 years", "-infinity"},
    {"-infinity", "2147483647 days", "-infinity"},
    {"-infinity", "0", "-infinity"},
    {"4714-11-24 00:00:00 BC", "1 mon", "4714-12-24 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "-1 mon", "ERROR 22008 timestamp out of range"},
    {"4714-11-24 00:00:00 BC", "1 year", "4713-11-24 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "13 mons", "4713-12-24 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "30 days", "4714-12-24 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "1 day 24:00:00", "4714-11-26 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "-00:00:00.000001", "ERROR 22008 timestamp out of range"},
    {"4714-11-24 00:00:00 BC", "1 mon -1 days", "4714-12-23 00:00:00 BC"},
    {"4714-11-24 00:00:00 BC", "-4800 years", "ERROR 22008 timestamp out of range"},
    {"4714-11-24 00:00:00 BC", "178956970 years", "ERROR 22008 timestamp out of range"},
    {"4714-11-24 00:00:00 BC", "2147483647 days", "ERROR 22008 timestamp out of range"},
    {"4714-11-24 00:00:00 BC", "0", "4714-11-24 00:00:00 BC"},
};

TEST(AddInterval, AnswersAsPostgres) {
  for (const Case& c : kAdditions) {
    Micros sum = 0;
    const TimeStatus status = AddInterval(Timestamp(c.a), IntervalOf(c.b), sum);
    EXPECT_EQ(Shown(status, sum), c.expected) << c.a << " + " << c.b;
  }
}

constexpr Case kSubtractions[] = {
    {"2026-03-31 10:00:00", "1 mon", "2026-02-28 10:00:00"},
    {"2026-03-31 10:00:00", "1 year", "2025-03-31 10:00:00"},
    {"2026-03-31 10:00:00", "1 mon 1 day 1:00", "2026-02-27 09:00:00"},
    {"2026-03-31 10:00:00", "-1 mon", "2026-04-30 10:00:00"},
    {"2026-03-31 10:00:00", "-2147483648 days", "ERROR 22008 timestamp out of range"},
    {"2024-02-29 00:00:00", "1 mon", "2024-01-29 00:00:00"},
    {"2024-02-29 00:00:00", "1 year", "2023-02-28 00:00:00"},
    {"2024-02-29 00:00:00", "1 mon 1 day 1:00", "2024-01-27 23:00:00"},
    {"2024-02-29 00:00:00", "-1 mon", "2024-03-29 00:00:00"},
    {"2024-02-29 00:00:00", "-2147483648 days", "ERROR 22008 timestamp out of range"},
    {"infinity", "1 mon", "infinity"},
    {"infinity", "1 year", "infinity"},
    {"infinity", "1 mon 1 day 1:00", "infinity"},
    {"infinity", "-1 mon", "infinity"},
    {"infinity", "-2147483648 days", "infinity"},
};

TEST(SubtractInterval, AnswersAsPostgres) {
  for (const Case& c : kSubtractions) {
    Micros difference = 0;
    const TimeStatus status = SubtractInterval(Timestamp(c.a), IntervalOf(c.b), difference);
    EXPECT_EQ(Shown(status, difference), c.expected) << c.a << " - " << c.b;
  }
}

struct ZoneCase {
  std::string_view zone;
  std::string_view local;
  std::string_view interval;
  std::string_view expected;
};

constexpr ZoneCase kZoneAdditions[] = {
    {"America/New_York", "2026-03-07 02:30:00", "1 day", "2026-03-08 03:30:00-04"},
    {"America/New_York", "2026-03-07 02:30:00", "24:00:00", "2026-03-08 03:30:00-04"},
    {"America/New_York", "2026-03-07 02:30:00", "-1 day", "2026-03-06 02:30:00-05"},
    {"America/New_York", "2026-03-07 02:30:00", "1 mon", "2026-04-07 02:30:00-04"},
    {"America/New_York", "2026-03-07 02:30:00", "1 mon -1 day 01:00", "2026-04-06 03:30:00-04"},
    {"America/New_York", "2026-03-07 02:30:00", "12:00", "2026-03-07 14:30:00-05"},
    {"America/New_York", "2026-03-08 01:59:59", "1 day", "2026-03-09 01:59:59-04"},
    {"America/New_York", "2026-03-08 01:59:59", "24:00:00", "2026-03-09 02:59:59-04"},
    {"America/New_York", "2026-03-08 01:59:59", "-1 day", "2026-03-07 01:59:59-05"},
    {"America/New_York", "2026-03-08 01:59:59", "1 mon", "2026-04-08 01:59:59-04"},
    {"America/New_York", "2026-03-08 01:59:59", "1 mon -1 day 01:00", "2026-04-07 02:59:59-04"},
    {"America/New_York", "2026-03-08 01:59:59", "12:00", "2026-03-08 14:59:59-04"},
    {"America/New_York", "2026-10-31 01:30:00", "1 day", "2026-11-01 01:30:00-05"},
    {"America/New_York", "2026-10-31 01:30:00", "24:00:00", "2026-11-01 01:30:00-04"},
    {"America/New_York", "2026-10-31 01:30:00", "-1 day", "2026-10-30 01:30:00-04"},
    {"America/New_York", "2026-10-31 01:30:00", "1 mon", "2026-11-30 01:30:00-05"},
    {"America/New_York", "2026-10-31 01:30:00", "1 mon -1 day 01:00", "2026-11-29 02:30:00-05"},
    {"America/New_York", "2026-10-31 01:30:00", "12:00", "2026-10-31 13:30:00-04"},
    {"America/New_York", "2026-11-01 01:30:00", "1 day", "2026-11-02 01:30:00-05"},
    {"America/New_York", "2026-11-01 01:30:00", "24:00:00", "2026-11-02 01:30:00-05"},
    {"America/New_York", "2026-11-01 01:30:00", "-1 day", "2026-10-31 01:30:00-04"},
    {"America/New_York", "2026-11-01 01:30:00", "1 mon", "2026-12-01 01:30:00-05"},
    {"America/New_York", "2026-11-01 01:30:00", "1 mon -1 day 01:00", "2026-11-30 02:30:00-05"},
    {"America/New_York", "2026-11-01 01:30:00", "12:00", "2026-11-01 13:30:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "1 day", "2026-02-01 12:00:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "24:00:00", "2026-02-01 12:00:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "-1 day", "2026-01-30 12:00:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "1 mon", "2026-02-28 12:00:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "1 mon -1 day 01:00", "2026-02-27 13:00:00-05"},
    {"America/New_York", "2026-01-31 12:00:00", "12:00", "2026-02-01 00:00:00-05"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "1 day", "2026-03-29 03:30:00+02"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "24:00:00", "2026-03-29 03:30:00+02"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "-1 day", "2026-03-27 02:30:00+01"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "1 mon", "2026-04-28 02:30:00+02"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "1 mon -1 day 01:00", "2026-04-27 03:30:00+02"},
    {"Europe/Berlin", "2026-03-28 02:30:00", "12:00", "2026-03-28 14:30:00+01"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "1 day", "2026-10-25 02:30:00+01"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "24:00:00", "2026-10-25 02:30:00+02"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "-1 day", "2026-10-23 02:30:00+02"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "1 mon", "2026-11-24 02:30:00+01"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "1 mon -1 day 01:00", "2026-11-23 03:30:00+01"},
    {"Europe/Berlin", "2026-10-24 02:30:00", "12:00", "2026-10-24 14:30:00+02"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "1 day", "2026-10-04 02:45:00+11"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "24:00:00", "2026-10-04 02:45:00+11"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "-1 day", "2026-10-02 02:15:00+10:30"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "1 mon", "2026-11-03 02:15:00+11"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "1 mon -1 day 01:00", "2026-11-02 03:15:00+11"},
    {"Australia/Lord_Howe", "2026-10-03 02:15:00", "12:00", "2026-10-03 14:15:00+10:30"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "1 day", "2026-04-05 01:45:00+10:30"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "24:00:00", "2026-04-05 01:45:00+11"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "-1 day", "2026-04-03 01:45:00+11"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "1 mon", "2026-05-04 01:45:00+10:30"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "1 mon -1 day 01:00",
     "2026-05-03 02:45:00+10:30"},
    {"Australia/Lord_Howe", "2026-04-04 01:45:00", "12:00", "2026-04-04 13:45:00+11"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "1 day", "2011-12-31 12:00:00+14"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "24:00:00", "2011-12-31 12:00:00+14"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "-1 day", "2011-12-28 12:00:00-10"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "1 mon", "2012-01-29 12:00:00+14"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "1 mon -1 day 01:00", "2012-01-28 13:00:00+14"},
    {"Pacific/Apia", "2011-12-29 12:00:00", "12:00", "2011-12-31 00:00:00+14"},
};

TEST(AddInterval, CountsDaysAndMonthsOnTheZonesClock) {
  for (const ZoneCase& c : kZoneAdditions) {
    const auto zone = TimeZone::Find(c.zone).value();
    ZoneCursor cursor(*zone);
    DateTimeInput input;
    input.zone = &cursor;
    Micros sum = 0;
    const Micros start = ParseTimestampTz(c.local, input).value();
    ASSERT_EQ(AddInterval(start, IntervalOf(c.interval), cursor, sum), TimeStatus::kOk);
    EXPECT_EQ(Shown(sum, cursor), c.expected) << c.zone << " " << c.local << " + " << c.interval;
  }
}

constexpr Case kDifferences[] = {
    {"2026-01-02 00:00:00", "2026-01-01 00:00:00", "1 day"},
    {"2026-01-02 00:00:00", "2026-01-01 12:00:00", "12:00:00"},
    {"2026-01-01 12:00:00", "2026-01-02 00:00:00", "-12:00:00"},
    {"2026-01-01 12:00:00", "2026-01-03 00:00:00", "-1 days -12:00:00"},
    {"2026-03-01 00:00:00", "2026-02-01 00:00:00", "28 days"},
    {"4714-11-24 00:00:00 BC", "2026-01-01 00:00:00.5", "-2461042 days -00:00:00.5"},
    {"infinity", "2026-01-01 00:00:00", "ERROR 22008 cannot subtract infinite timestamps"},
    {"2026-01-01 00:00:00", "-infinity", "ERROR 22008 cannot subtract infinite timestamps"},
};

TEST(SubtractTimestamps, AnswersAsPostgres) {
  for (const Case& c : kDifferences) {
    Interval difference;
    const TimeStatus status = SubtractTimestamps(Timestamp(c.a), Timestamp(c.b), difference);
    EXPECT_EQ(Shown(status, difference), c.expected) << c.a << " - " << c.b;
  }
  // The whole range does not fit in 64-bit microseconds, but in an interval it does.
  Interval whole;
  ASSERT_EQ(SubtractTimestamps(kTimestampEnd - 1, kTimestampMin, whole), TimeStatus::kOk);
  EXPECT_EQ(Shown(whole), "109192569 days 23:59:59.999999");
}

constexpr Case kAges[] = {
    {"2026-03-31 00:00:00", "2026-02-28 00:00:00", "1 mon 3 days"},
    {"2026-02-28 00:00:00", "2026-03-31 00:00:00", "-1 mons -3 days"},
    {"2026-03-01 00:00:00", "2024-02-29 00:00:00", "2 years 1 day"},
    {"2024-02-29 00:00:00", "2026-03-01 00:00:00", "-2 years -1 days"},
    {"2026-01-01 00:00:00", "2025-12-31 23:59:59.5", "00:00:00.5"},
    {"2026-03-15 12:00:00", "2026-01-31 13:00:00", "1 mon 14 days 23:00:00"},
    {"2026-01-31 13:00:00", "2026-03-15 12:00:00", "-1 mons -14 days -23:00:00"},
    {"2001-04-10 00:00:00", "1957-06-13 00:00:00", "43 years 9 mons 27 days"},
    {"2026-01-01 00:00:00", "0001-01-01 00:00:00 BC", "2026 years"},
    {"2026-03-30 00:00:00", "2026-01-31 00:00:00", "1 mon 30 days"},
    {"2026-05-01 00:00:00", "2026-01-31 00:00:01", "3 mons 23:59:59"},
};

TEST(Age, AnswersAsPostgres) {
  ZoneCursor utc(*TimeZone::Utc());
  for (const Case& c : kAges) {
    Interval age;
    TimeStatus status = Age(Timestamp(c.a), Timestamp(c.b), age);
    EXPECT_EQ(Shown(status, age), c.expected) << c.a << ", " << c.b;
    status = Age(Timestamp(c.a), Timestamp(c.b), utc, age);
    EXPECT_EQ(Shown(status, age), c.expected) << c.a << ", " << c.b << " in UTC";
  }
}

struct ScaleCase {
  std::string_view interval;
  std::string_view op;
  std::string_view factor;
  std::string_view expected;
};

constexpr ScaleCase kScalings[] = {
    {"1 mon", "*", "0.5", "15 days"},
    {"1 mon", "*", "1.5", "1 mon 15 days"},
    {"1 mon", "*", "-1", "-1 mons"},
    {"1 mon", "*", "0.333333", "9 days 23:59:59.136"},
    {"1 mon", "/", "3", "10 days"},
    {"1 mon", "/", "7", "4 days 06:51:25.6896"},
    {"1 mon", "/", "-0.25", "-4 mons"},
    {"1 mon", "/", "0", "ERROR 22012 division by zero"},
    {"1 mon", "*", "1e10", "ERROR 22008 interval out of range"},
    {"1 year 2 mons 3 days 04:05:06.789", "*", "0.5", "7 mons 1 day 14:02:33.3945"},
    {"1 year 2 mons 3 days 04:05:06.789", "*", "1.5", "1 year 9 mons 4 days 18:07:40.1835"},
    {"1 year 2 mons 3 days 04:05:06.789", "*", "-1", "-1 years -2 mons -3 days -04:05:06.789"},
    {"1 year 2 mons 3 days 04:05:06.789", "*", "0.333333", "4 mons 20 days 25:21:30.075698"},
    {"1 year 2 mons 3 days 04:05:06.789", "/", "3", "4 mons 21 days 01:21:42.263"},
    {"1 year 2 mons 3 days 04:05:06.789", "/", "7", "2 mons 10:52:09.541286"},
    {"1 year 2 mons 3 days 04:05:06.789", "/", "-0.25", "-4 years -8 mons -12 days -16:20:27.156"},
    {"1 year 2 mons 3 days 04:05:06.789", "/", "0", "ERROR 22012 division by zero"},
    {"1 year 2 mons 3 days 04:05:06.789", "*", "1e10", "ERROR 22008 interval out of range"},
    {"1 day", "*", "0.5", "12:00:00"},
    {"1 day", "*", "1.5", "1 day 12:00:00"},
    {"1 day", "*", "-1", "-1 days"},
    {"1 day", "*", "0.333333", "07:59:59.9712"},
    {"1 day", "/", "3", "08:00:00"},
    {"1 day", "/", "7", "03:25:42.857143"},
    {"1 day", "/", "-0.25", "-4 days"},
    {"1 day", "/", "0", "ERROR 22012 division by zero"},
    {"1 day", "*", "1e10", "ERROR 22008 interval out of range"},
    {"-1 mon 10 days", "*", "0.5", "-10 days"},
    {"-1 mon 10 days", "*", "1.5", "-1 mons"},
    {"-1 mon 10 days", "*", "-1", "1 mon -10 days"},
    {"-1 mon 10 days", "*", "0.333333", "-6 days -15:59:59.424"},
    {"-1 mon 10 days", "/", "3", "-7 days +08:00:00"},
    {"-1 mon 10 days", "/", "7", "-3 days +03:25:42.881829"},
    {"-1 mon 10 days", "/", "-0.25", "4 mons -40 days"},
    {"-1 mon 10 days", "/", "0", "ERROR 22012 division by zero"},
    {"-1 mon 10 days", "*", "1e10", "ERROR 22008 interval out of range"},
    {"00:00:01", "*", "0.5", "00:00:00.5"},
    {"00:00:01", "*", "1.5", "00:00:01.5"},
    {"00:00:01", "*", "-1", "-00:00:01"},
    {"00:00:01", "*", "0.333333", "00:00:00.333333"},
    {"00:00:01", "/", "3", "00:00:00.333333"},
    {"00:00:01", "/", "7", "00:00:00.142857"},
    {"00:00:01", "/", "-0.25", "-00:00:04"},
    {"00:00:01", "/", "0", "ERROR 22012 division by zero"},
    {"00:00:01", "*", "1e10", "2777777:46:40"},
    {"2147483647 days", "*", "0.5", "1073741823 days 12:00:00"},
    {"2147483647 days", "*", "1.5", "ERROR 22008 interval out of range"},
    {"2147483647 days", "*", "-1", "-2147483647 days"},
    {"2147483647 days", "*", "0.333333", "715827166 days 12:07:50.963287"},
    {"2147483647 days", "/", "3", "715827882 days 08:00:00.003433"},
    {"2147483647 days", "/", "7", "306783378 days 03:25:42.856407"},
    {"2147483647 days", "/", "-0.25", "ERROR 22008 interval out of range"},
    {"2147483647 days", "/", "0", "ERROR 22012 division by zero"},
    {"2147483647 days", "*", "1e10", "ERROR 22008 interval out of range"},
};

TEST(Interval, MultipliesAndDividesAsPostgres) {
  for (const ScaleCase& c : kScalings) {
    const double factor = std::strtod(std::string(c.factor).c_str(), nullptr);
    Interval out;
    const TimeStatus status = c.op == "*" ? MultiplyInterval(IntervalOf(c.interval), factor, out)
                                          : DivideInterval(IntervalOf(c.interval), factor, out);
    EXPECT_EQ(Shown(status, out), c.expected) << c.interval << c.op << c.factor;
  }
}

constexpr Case kJustified[] = {
    {"justify_hours", "27:00:00", "1 day 03:00:00"},
    {"justify_hours", "-27:00:00", "-1 days -03:00:00"},
    {"justify_hours", "1 day -1:00", "23:00:00"},
    {"justify_hours", "-1 day 25:00", "01:00:00"},
    {"justify_hours", "35 days", "35 days"},
    {"justify_hours", "1 mon -1 day", "1 mon -1 days"},
    {"justify_hours", "-1 mon 31 days", "-1 mons +31 days"},
    {"justify_hours", "1 mon -1 hour", "1 mon -01:00:00"},
    {"justify_hours", "-1 mon 1 hour", "-1 mons +01:00:00"},
    {"justify_hours", "1 mon -30 days -24:00", "1 mon -31 days"},
    {"justify_hours", "6 mons 45 days 50:00:00", "6 mons 47 days 02:00:00"},
    {"justify_hours", "2147483647 days 24:00", "ERROR 22008 interval out of range"},
    {"justify_hours", "0", "00:00:00"},
    {"justify_hours", "-1 day 1 hour", "-23:00:00"},
    {"justify_hours", "29 days 47:00", "30 days 23:00:00"},
    {"justify_days", "27:00:00", "27:00:00"},
    {"justify_days", "-27:00:00", "-27:00:00"},
    {"justify_days", "1 day -1:00", "1 day -01:00:00"},
    {"justify_days", "-1 day 25:00", "-1 days +25:00:00"},
    {"justify_days", "35 days", "1 mon 5 days"},
    {"justify_days", "1 mon -1 day", "29 days"},
    {"justify_days", "-1 mon 31 days", "1 day"},
    {"justify_days", "1 mon -1 hour", "1 mon -01:00:00"},
    {"justify_days", "-1 mon 1 hour", "-1 mons +01:00:00"},
    {"justify_days", "1 mon -30 days -24:00", "-24:00:00"},
    {"justify_days", "6 mons 45 days 50:00:00", "7 mons 15 days 50:00:00"},
    {"justify_days", "2147483647 days 24:00", "5965232 years 4 mons 7 days 24:00:00"},
    {"justify_days", "0", "00:00:00"},
    {"justify_days", "-1 day 1 hour", "-1 days +01:00:00"},
    {"justify_days", "29 days 47:00", "29 days 47:00:00"},
    {"justify_interval", "27:00:00", "1 day 03:00:00"},
    {"justify_interval", "-27:00:00", "-1 days -03:00:00"},
    {"justify_interval", "1 day -1:00", "23:00:00"},
    {"justify_interval", "-1 day 25:00", "01:00:00"},
    {"justify_interval", "35 days", "1 mon 5 days"},
    {"justify_interval", "1 mon -1 day", "29 days"},
    {"justify_interval", "-1 mon 31 days", "1 day"},
    {"justify_interval", "1 mon -1 hour", "29 days 23:00:00"},
    {"justify_interval", "-1 mon 1 hour", "-29 days -23:00:00"},
    {"justify_interval", "1 mon -30 days -24:00", "-1 days"},
    {"justify_interval", "6 mons 45 days 50:00:00", "7 mons 17 days 02:00:00"},
    {"justify_interval", "2147483647 days 24:00", "5965232 years 4 mons 8 days"},
    {"justify_interval", "0", "00:00:00"},
    {"justify_interval", "-1 day 1 hour", "-23:00:00"},
    {"justify_interval", "29 days 47:00", "1 mon 23:00:00"},
};

TEST(Interval, JustifiesAsPostgres) {
  for (const Case& c : kJustified) {
    Interval out;
    const Interval in = IntervalOf(c.b);
    const TimeStatus status = c.a == "justify_hours"  ? JustifyHours(in, out)
                              : c.a == "justify_days" ? JustifyDays(in, out)
                                                      : JustifyInterval(in, out);
    EXPECT_EQ(Shown(status, out), c.expected) << c.a << " of " << c.b;
  }
}

constexpr Case kComparisons[] = {
    {"1 mon", "30 days", "0"},
    {"1 day", "24:00", "0"},
    {"1 mon", "720:00", "0"},
    {"1 year", "12 mons", "0"},
    {"1 year", "365 days", "-1"},
    {"-1 mon", "-30 days", "0"},
    {"1 mon -30 days", "0", "0"},
    {"1 mon -30 days -00:00:00.000001", "0", "-1"},
    {"2147483647 days", "178956970 years", "-1"},
    {"1 day -24:00", "0", "0"},
    {"29 days 24:00:00.000001", "1 mon", "1"},
    {"-1 day", "-23:59:59.999999", "-1"},
};

TEST(IntervalKey, OrdersAsPostgres) {
  for (const Case& c : kComparisons) {
    const auto order = KeyOf(IntervalOf(c.a)) <=> KeyOf(IntervalOf(c.b));
    const std::string_view shown = order < 0 ? "-1" : order > 0 ? "1" : "0";
    EXPECT_EQ(shown, c.expected) << c.a << " with " << c.b;
  }
  const IntervalKey least = KeyOf({INT32_MIN, INT32_MIN, INT64_MIN});
  const IntervalKey greatest = KeyOf({INT32_MAX, INT32_MAX, INT64_MAX});
  EXPECT_LT(least, greatest);
  EXPECT_GE(least.micros, 0);
}

TEST(Interval, PartsOverflowWithAStatus) {
  Interval out;
  constexpr auto kOverflow = TimeStatus::kIntervalOutOfRange;
  EXPECT_EQ(AddIntervals({INT32_MAX, 0, 0}, {1, 0, 0}, out), kOverflow);
  EXPECT_EQ(AddIntervals({0, INT32_MAX, 0}, {0, 1, 0}, out), kOverflow);
  EXPECT_EQ(SubtractIntervals({0, 0, INT64_MIN}, {0, 0, 1}, out), kOverflow);
  EXPECT_EQ(NegateInterval({INT32_MIN, 0, 0}, out), kOverflow);
  EXPECT_EQ(NegateInterval({0, 0, INT64_MIN}, out), kOverflow);
  EXPECT_EQ(MakeInterval(200'000'000, 0, 0, 0, 0, 0, 0, out), kOverflow);
  EXPECT_EQ(MakeInterval(0, 0, 0, 0, 0, 0, 1e300, out), kOverflow);
  EXPECT_EQ(JustifyHours({0, INT32_MAX, kMicrosPerDay}, out), kOverflow);
  Micros micros = 0;
  EXPECT_EQ(IntervalToMicros({1, 0, 0}, micros), TimeStatus::kIntervalHasMonths);
  EXPECT_EQ(IntervalToMicros({0, INT32_MAX, 0}, micros), kOverflow);
  EXPECT_EQ(IntervalToMicros({0, -2, 5}, micros), TimeStatus::kOk);
  EXPECT_EQ(micros, -2 * kMicrosPerDay + 5);
  ASSERT_EQ(MakeInterval(1, 2, 3, 4, 5, 6, 7.5, out), TimeStatus::kOk);
  EXPECT_EQ(Shown(out), "1 year 2 mons 25 days 05:06:07.5");
}

TEST(Interval, TimeOfDayWrapsAround) {
  const Micros eleven = 23 * kMicrosPerHour;
  EXPECT_EQ(AddIntervalToTime(eleven, {5, 5, 2 * kMicrosPerHour}), kMicrosPerHour);
  EXPECT_EQ(SubtractIntervalFromTime(kMicrosPerHour, {0, 0, 2 * kMicrosPerHour}), eleven);
  EXPECT_EQ(AddIntervalToTime(kTimeEnd, {}), 0);
  EXPECT_EQ(AddIntervalToTime(0, {0, 0, INT64_MIN}), FloorRemainder(INT64_MIN % kMicrosPerDay));
  EXPECT_EQ(SubtractTimes(0, eleven).micros, -eleven);
  const TimeTz moved = AddIntervalToTimeTz({eleven, -3600}, {0, 0, kMicrosPerHour});
  EXPECT_EQ(moved, (TimeTz{0, -3600}));
}

TEST(Interval, AddingADifferenceGivesTheOther) {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<Micros> any(kTimestampMin, kTimestampEnd - 1);
  for (int i = 0; i < 50'000; ++i) {
    const Micros a = any(random);
    const Micros b = any(random);
    Interval difference;
    ASSERT_EQ(SubtractTimestamps(a, b, difference), TimeStatus::kOk);
    Micros sum = 0;
    ASSERT_EQ(AddInterval(b, difference, sum), TimeStatus::kOk);
    ASSERT_EQ(sum, a);
    ASSERT_EQ(a < b, KeyOf(difference) < KeyOf({}));
  }
}

}  // namespace
}  // namespace riverrun
