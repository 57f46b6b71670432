// Intervals from and to text. Expectations are PostgreSQL 15's answers.
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
  std::string_view expected;
};

std::string Read(std::string_view text, int32_t typmod = -1) {
  const auto parsed = ParseInterval(text, IntervalStyle::kPostgres, typmod);
  return parsed ? Shown(*parsed) : ErrorText(parsed.error());
}

constexpr Case kIntervals[] = {
    {"1 day 02:03:04", "1 day 02:03:04"},
    {"1 year 2 mons", "1 year 2 mons"},
    {"@ 1 hour ago", "-01:00:00"},
    {"P1Y2M3DT4H5M6S", "1 year 2 mons 3 days 04:05:06"},
    {"1-2", "1 year 2 mons"},
    {"-1-2", "-1 years -2 mons"},
    {"1-2 3 4:05:06", "1 year 2 mons 3 days 04:05:06"},
    {"5", "00:00:05"},
    {"1.5", "00:00:01.5"},
    {"-5", "-00:00:05"},
    {"1 week", "7 days"},
    {"1.5 weeks", "10 days 12:00:00"},
    {"2 decades", "20 years"},
    {"3 centuries 2 c", "ERROR 22007 invalid input syntax for type interval: \"3 centuries 2 c\""},
    {"1 millennium", "1000 years"},
    {"1.5 years", "1 year 6 mons"},
    {"1.25 months", "1 mon 7 days 12:00:00"},
    {"1.3 mons", "1 mon 9 days"},
    {"0.5 days", "12:00:00"},
    {"1.5 hours", "01:30:00"},
    {"1 h 30 m", "01:30:00"},
    {"250 ms", "00:00:00.25"},
    {"7 us", "00:00:00.000007"},
    {"1.5 us", "00:00:00.000001"},
    {"2.5 us", "00:00:00.000002"},
    {"1 us ago", "-00:00:00.000001"},
    {"3 days ago", "-3 days"},
    {"1 day -1 hour", "1 day -01:00:00"},
    {"-1 day +02:03", "-1 days +02:03:00"},
    {"1 +02:03", "1 day 02:03:00"},
    {"1 -02:03:04.5", "1 day -02:03:04.5"},
    {"10:20", "10:20:00"},
    {"100:20:30.123456", "100:20:30.123456"},
    {"1 mon 2 days 3:04", "1 mon 2 days 03:04:00"},
    {"1y2m3d", "1 year 3 days 00:02:00"},
    {"1 year 1 year", "ERROR 22007 invalid input syntax for type interval: \"1 year 1 year\""},
    {"", "ERROR 22007 invalid input syntax for type interval: \"\""},
    {"abc", "ERROR 22007 invalid input syntax for type interval: \"abc\""},
    {"1 fortnight", "ERROR 22007 invalid input syntax for type interval: \"1 fortnight\""},
    {"P", "ERROR 22007 invalid input syntax for type interval: \"P\""},
    {"PT", "00:00:00"},
    {"P1W", "7 days"},
    {"P1.5D", "1 day 12:00:00"},
    {"PT1.5S", "00:00:01.5"},
    {"P0001-02-03T04:05:06", "1 year 2 mons 3 days 04:05:06"},
    {"P00010203T040506", "1 year 2 mons 3 days 04:05:06"},
    {"P-1Y-2M3DT-4H", "-1 years -2 mons +3 days -04:00:00"},
    {"P1", "1 year"},
    {"PT36H", "36:00:00"},
    {"PT-0.000001S", "-00:00:00.000001"},
    {"p1y", "ERROR 22007 invalid input syntax for type interval: \"p1y\""},
    {"1 day 2", "1 day 00:00:02"},
    {"2 days 3 hours 4", "2 days 03:00:04"},
    {"24:00:00", "24:00:00"},
    {"00:60:00", "ERROR 22015 interval field value out of range: \"00:60:00\""},
    {"00:00:61", "ERROR 22015 interval field value out of range: \"00:00:61\""},
    {"1:02:03:04", "ERROR 22007 invalid input syntax for type interval: \"1:02:03:04\""},
    {"178956970 years 7 mons", "178956970 years 7 mons"},
    {"178956970 years 8 mons", "ERROR 22008 interval out of range"},
    {"2147483647 days", "2147483647 days"},
    {"2147483648 days", "ERROR 22015 interval field value out of range: \"2147483648 days\""},
    {"9223372036854775807 us", "2562047788:00:54.775807"},
    {"9223372036854775808 us",
     "ERROR 22015 interval field value out of range: \"9223372036854775808 us\""},
    {"1e3 days", "ERROR 22007 invalid input syntax for type interval: \"1e3 days\""},
    {".5 seconds", "00:00:00.5"},
    {"1. day", "1 day"},
    {"- 1 day", "-1 days"},
    {"1 month -1 day", "1 mon -1 days"},
    {"0", "00:00:00"},
    {"1 ago", "ERROR 22007 invalid input syntax for type interval: \"1 ago\""},
    {"1 day ago ago", "-1 days"},
    {"infinity", "ERROR 22007 invalid input syntax for type interval: \"infinity\""},
    {"-1.5 mons", "-1 mons -15 days"},
    {"0.1 mons", "3 days"},
    {"0.33 years", "4 mons"},
    {"999999999999 weeks", "ERROR 22015 interval field value out of range: \"999999999999 weeks\""},
    {"1 day 12 hrs 59 min 10 sec", "1 day 12:59:10"},
    {"12 hours 1 min 2 secs 3 msecs", "12:01:02.003"},
};

TEST(ParseInterval, AnswersAsPostgres) {
  for (const Case& c : kIntervals) EXPECT_EQ(Read(c.text), c.expected) << c.text;
}

// IntervalStyle is sql_standard, on the way in and out.
constexpr Case kSqlIntervals[] = {
    {"-1-2 3 4:05:06", "-1-2 -3 -4:05:06"}, {"-1 day 2 hours", "-1 2:00:00"},
    {"-1 2:03:04", "-1 2:03:04"},           {"-1-2", "-1-2"},
    {"- 1 day 2 hours", "-1 2:00:00"},      {"-1 day +2 hours", "+0-0 -1 +2:00:00"},
    {"1 -2:00:00", "+0-0 +1 -2:00:00"},     {"-12:34:56", "-12:34:56"},
};

TEST(ParseInterval, OneSignCoversAllInSqlStandard) {
  for (const Case& c : kSqlIntervals) {
    std::string text;
    AppendInterval(ParseInterval(c.text, IntervalStyle::kSqlStandard).value(),
                   IntervalStyle::kSqlStandard, text);
    EXPECT_EQ(text, c.expected) << c.text;
  }
}

struct TypmodCase {
  IntervalRange range;
  int32_t precision;
  std::string_view text;
  std::string_view expected;
};

constexpr TypmodCase kTypmods[] = {
    {IntervalRange::kYear, -1, "5", "5 years"},
    {IntervalRange::kYear, -1, "1 year 14 mons 3 days 04:05:06.789", "2 years"},
    {IntervalRange::kYear, -1, "-1 2:03:04.5", "00:00:00"},
    {IntervalRange::kYear, -1, "2:03", "00:00:00"},
    {IntervalRange::kMonth, -1, "5", "5 mons"},
    {IntervalRange::kMonth, -1, "1 year 14 mons 3 days 04:05:06.789", "2 years 2 mons"},
    {IntervalRange::kMonth, -1, "-1 2:03:04.5", "00:00:00"},
    {IntervalRange::kMonth, -1, "2:03", "00:00:00"},
    {IntervalRange::kDay, -1, "5", "5 days"},
    {IntervalRange::kDay, -1, "1 year 14 mons 3 days 04:05:06.789", "2 years 2 mons 3 days"},
    {IntervalRange::kDay, -1, "-1 2:03:04.5", "-1 days"},
    {IntervalRange::kDay, -1, "2:03", "00:00:00"},
    {IntervalRange::kHour, -1, "5", "05:00:00"},
    {IntervalRange::kHour, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:00:00"},
    {IntervalRange::kHour, -1, "-1 2:03:04.5", "-1 days +02:00:00"},
    {IntervalRange::kHour, -1, "2:03", "02:00:00"},
    {IntervalRange::kMinute, -1, "5", "00:05:00"},
    {IntervalRange::kMinute, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:00"},
    {IntervalRange::kMinute, -1, "-1 2:03:04.5", "-1 days +02:03:00"},
    {IntervalRange::kMinute, -1, "2:03", "02:03:00"},
    {IntervalRange::kSecond, -1, "5", "00:00:05"},
    {IntervalRange::kSecond, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:06.789"},
    {IntervalRange::kSecond, -1, "-1 2:03:04.5", "-1 days +02:03:04.5"},
    {IntervalRange::kSecond, -1, "2:03", "02:03:00"},
    {IntervalRange::kYearToMonth, -1, "5", "5 mons"},
    {IntervalRange::kYearToMonth, -1, "1 year 14 mons 3 days 04:05:06.789", "2 years 2 mons"},
    {IntervalRange::kYearToMonth, -1, "-1 2:03:04.5", "00:00:00"},
    {IntervalRange::kYearToMonth, -1, "2:03", "00:00:00"},
    {IntervalRange::kDayToHour, -1, "5", "05:00:00"},
    {IntervalRange::kDayToHour, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:00:00"},
    {IntervalRange::kDayToHour, -1, "-1 2:03:04.5", "-1 days +02:00:00"},
    {IntervalRange::kDayToHour, -1, "2:03", "02:00:00"},
    {IntervalRange::kDayToMinute, -1, "5", "00:05:00"},
    {IntervalRange::kDayToMinute, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:00"},
    {IntervalRange::kDayToMinute, -1, "-1 2:03:04.5", "-1 days +02:03:00"},
    {IntervalRange::kDayToMinute, -1, "2:03", "02:03:00"},
    {IntervalRange::kDayToSecond, -1, "5", "00:00:05"},
    {IntervalRange::kDayToSecond, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:06.789"},
    {IntervalRange::kDayToSecond, -1, "-1 2:03:04.5", "-1 days +02:03:04.5"},
    {IntervalRange::kDayToSecond, -1, "2:03", "02:03:00"},
    {IntervalRange::kHourToMinute, -1, "5", "00:05:00"},
    {IntervalRange::kHourToMinute, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:00"},
    {IntervalRange::kHourToMinute, -1, "-1 2:03:04.5", "-1 days +02:03:00"},
    {IntervalRange::kHourToMinute, -1, "2:03", "02:03:00"},
    {IntervalRange::kHourToSecond, -1, "5", "00:00:05"},
    {IntervalRange::kHourToSecond, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:06.789"},
    {IntervalRange::kHourToSecond, -1, "-1 2:03:04.5", "-1 days +02:03:04.5"},
    {IntervalRange::kHourToSecond, -1, "2:03", "02:03:00"},
    {IntervalRange::kMinuteToSecond, -1, "5", "00:00:05"},
    {IntervalRange::kMinuteToSecond, -1, "1 year 14 mons 3 days 04:05:06.789",
     "2 years 2 mons 3 days 04:05:06.789"},
    {IntervalRange::kMinuteToSecond, -1, "-1 2:03:04.5", "-1 days +02:03:04.5"},
    {IntervalRange::kMinuteToSecond, -1, "2:03", "00:02:03"},
    {IntervalRange::kFull, 0, "1.2345678", "00:00:01"},
    {IntervalRange::kFull, 0, "-00:00:01.2355", "-00:00:01"},
    {IntervalRange::kFull, 0, "1.5", "00:00:02"},
    {IntervalRange::kFull, 2, "1.2345678", "00:00:01.23"},
    {IntervalRange::kFull, 2, "-00:00:01.2355", "-00:00:01.24"},
    {IntervalRange::kFull, 2, "1.5", "00:00:01.5"},
    {IntervalRange::kFull, 3, "1.2345678", "00:00:01.235"},
    {IntervalRange::kFull, 3, "-00:00:01.2355", "-00:00:01.236"},
    {IntervalRange::kFull, 3, "1.5", "00:00:01.5"},
    {IntervalRange::kFull, 6, "1.2345678", "00:00:01.234568"},
    {IntervalRange::kFull, 6, "-00:00:01.2355", "-00:00:01.2355"},
    {IntervalRange::kFull, 6, "1.5", "00:00:01.5"},
    {IntervalRange::kDayToSecond, 0, "1 02:03:04.56789", "1 day 02:03:05"},
    {IntervalRange::kDayToSecond, 3, "1 02:03:04.56789", "1 day 02:03:04.568"},
};

TEST(ParseInterval, ObeysItsFieldsAndPrecision) {
  for (const TypmodCase& c : kTypmods) {
    EXPECT_EQ(Read(c.text, IntervalTypmod(c.range, c.precision)), c.expected)
        << c.text << " range " << static_cast<int>(c.range) << " precision " << c.precision;
  }
}

struct PrintCase {
  IntervalStyle style;
  std::string_view value;
  std::string_view expected;
};

constexpr PrintCase kPrinted[] = {
    {IntervalStyle::kPostgres, "0", "00:00:00"},
    {IntervalStyle::kPostgres, "1 year", "1 year"},
    {IntervalStyle::kPostgres, "-1 year", "-1 years"},
    {IntervalStyle::kPostgres, "1 year 2 mons 3 days 04:05:06.789",
     "1 year 2 mons 3 days 04:05:06.789"},
    {IntervalStyle::kPostgres, "-1 year -2 mons -3 days -04:05:06.789",
     "-1 years -2 mons -3 days -04:05:06.789"},
    {IntervalStyle::kPostgres, "1 year -2 mons", "10 mons"},
    {IntervalStyle::kPostgres, "-1 mons +2 days", "-1 mons +2 days"},
    {IntervalStyle::kPostgres, "1 mon -1 day", "1 mon -1 days"},
    {IntervalStyle::kPostgres, "1 day -00:00:01", "1 day -00:00:01"},
    {IntervalStyle::kPostgres, "-1 day +00:00:01", "-1 days +00:00:01"},
    {IntervalStyle::kPostgres, "3 days 12:00:00", "3 days 12:00:00"},
    {IntervalStyle::kPostgres, "-3 days -12:00:00", "-3 days -12:00:00"},
    {IntervalStyle::kPostgres, "1:02:03.5", "01:02:03.5"},
    {IntervalStyle::kPostgres, "-00:00:00.000001", "-00:00:00.000001"},
    {IntervalStyle::kPostgres, "1 second", "00:00:01"},
    {IntervalStyle::kPostgres, "-1 second", "-00:00:01"},
    {IntervalStyle::kPostgres, "1.5 seconds", "00:00:01.5"},
    {IntervalStyle::kPostgres, "1 hour", "01:00:00"},
    {IntervalStyle::kPostgres, "-100:00:00", "-100:00:00"},
    {IntervalStyle::kPostgres, "14 mons", "1 year 2 mons"},
    {IntervalStyle::kPostgres, "-14 mons", "-1 years -2 mons"},
    {IntervalStyle::kPostgres, "2 years 5 days", "2 years 5 days"},
    {IntervalStyle::kPostgres, "2 days", "2 days"},
    {IntervalStyle::kPostgres, "1 day 1 second", "1 day 00:00:01"},
    {IntervalStyle::kPostgres, "25 hours", "25:00:00"},
    {IntervalStyle::kPostgres, "0.000001 seconds", "00:00:00.000001"},
    {IntervalStyle::kPostgres, "1 min", "00:01:00"},
    {IntervalStyle::kPostgres, "1 mon 1 us", "1 mon 00:00:00.000001"},
    {IntervalStyle::kPostgresVerbose, "0", "@ 0"},
    {IntervalStyle::kPostgresVerbose, "1 year", "@ 1 year"},
    {IntervalStyle::kPostgresVerbose, "-1 year", "@ 1 year ago"},
    {IntervalStyle::kPostgresVerbose, "1 year 2 mons 3 days 04:05:06.789",
     "@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs"},
    {IntervalStyle::kPostgresVerbose, "-1 year -2 mons -3 days -04:05:06.789",
     "@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs ago"},
    {IntervalStyle::kPostgresVerbose, "1 year -2 mons", "@ 10 mons"},
    {IntervalStyle::kPostgresVerbose, "-1 mons +2 days", "@ 1 mon -2 days ago"},
    {IntervalStyle::kPostgresVerbose, "1 mon -1 day", "@ 1 mon -1 days"},
    {IntervalStyle::kPostgresVerbose, "1 day -00:00:01", "@ 1 day -1 sec"},
    {IntervalStyle::kPostgresVerbose, "-1 day +00:00:01", "@ 1 day -1 sec ago"},
    {IntervalStyle::kPostgresVerbose, "3 days 12:00:00", "@ 3 days 12 hours"},
    {IntervalStyle::kPostgresVerbose, "-3 days -12:00:00", "@ 3 days 12 hours ago"},
    {IntervalStyle::kPostgresVerbose, "1:02:03.5", "@ 1 hour 2 mins 3.5 secs"},
    {IntervalStyle::kPostgresVerbose, "-00:00:00.000001", "@ 0.000001 secs ago"},
    {IntervalStyle::kPostgresVerbose, "1 second", "@ 1 sec"},
    {IntervalStyle::kPostgresVerbose, "-1 second", "@ 1 sec ago"},
    {IntervalStyle::kPostgresVerbose, "1.5 seconds", "@ 1.5 secs"},
    {IntervalStyle::kPostgresVerbose, "1 hour", "@ 1 hour"},
    {IntervalStyle::kPostgresVerbose, "-100:00:00", "@ 100 hours ago"},
    {IntervalStyle::kPostgresVerbose, "14 mons", "@ 1 year 2 mons"},
    {IntervalStyle::kPostgresVerbose, "-14 mons", "@ 1 year 2 mons ago"},
    {IntervalStyle::kPostgresVerbose, "2 years 5 days", "@ 2 years 5 days"},
    {IntervalStyle::kPostgresVerbose, "2 days", "@ 2 days"},
    {IntervalStyle::kPostgresVerbose, "1 day 1 second", "@ 1 day 1 sec"},
    {IntervalStyle::kPostgresVerbose, "25 hours", "@ 25 hours"},
    {IntervalStyle::kPostgresVerbose, "0.000001 seconds", "@ 0.000001 secs"},
    {IntervalStyle::kPostgresVerbose, "1 min", "@ 1 min"},
    {IntervalStyle::kPostgresVerbose, "1 mon 1 us", "@ 1 mon 0.000001 secs"},
    {IntervalStyle::kSqlStandard, "0", "0"},
    {IntervalStyle::kSqlStandard, "1 year", "1-0"},
    {IntervalStyle::kSqlStandard, "-1 year", "-1-0"},
    {IntervalStyle::kSqlStandard, "1 year 2 mons 3 days 04:05:06.789", "+1-2 +3 +4:05:06.789"},
    {IntervalStyle::kSqlStandard, "-1 year -2 mons -3 days -04:05:06.789", "-1-2 -3 -4:05:06.789"},
    {IntervalStyle::kSqlStandard, "1 year -2 mons", "0-10"},
    {IntervalStyle::kSqlStandard, "-1 mons +2 days", "-0-1 +2 +0:00:00"},
    {IntervalStyle::kSqlStandard, "1 mon -1 day", "+0-1 -1 +0:00:00"},
    {IntervalStyle::kSqlStandard, "1 day -00:00:01", "+0-0 +1 -0:00:01"},
    {IntervalStyle::kSqlStandard, "-1 day +00:00:01", "+0-0 -1 +0:00:01"},
    {IntervalStyle::kSqlStandard, "3 days 12:00:00", "3 12:00:00"},
    {IntervalStyle::kSqlStandard, "-3 days -12:00:00", "-3 12:00:00"},
    {IntervalStyle::kSqlStandard, "1:02:03.5", "1:02:03.5"},
    {IntervalStyle::kSqlStandard, "-00:00:00.000001", "-0:00:00.000001"},
    {IntervalStyle::kSqlStandard, "1 second", "0:00:01"},
    {IntervalStyle::kSqlStandard, "-1 second", "-0:00:01"},
    {IntervalStyle::kSqlStandard, "1.5 seconds", "0:00:01.5"},
    {IntervalStyle::kSqlStandard, "1 hour", "1:00:00"},
    {IntervalStyle::kSqlStandard, "-100:00:00", "-100:00:00"},
    {IntervalStyle::kSqlStandard, "14 mons", "1-2"},
    {IntervalStyle::kSqlStandard, "-14 mons", "-1-2"},
    {IntervalStyle::kSqlStandard, "2 years 5 days", "+2-0 +5 +0:00:00"},
    {IntervalStyle::kSqlStandard, "2 days", "2 0:00:00"},
    {IntervalStyle::kSqlStandard, "1 day 1 second", "1 0:00:01"},
    {IntervalStyle::kSqlStandard, "25 hours", "25:00:00"},
    {IntervalStyle::kSqlStandard, "0.000001 seconds", "0:00:00.000001"},
    {IntervalStyle::kSqlStandard, "1 min", "0:01:00"},
    {IntervalStyle::kSqlStandard, "1 mon 1 us", "+0-1 +0 +0:00:00.000001"},
    {IntervalStyle::kIso8601, "0", "PT0S"},
    {IntervalStyle::kIso8601, "1 year", "P1Y"},
    {IntervalStyle::kIso8601, "-1 year", "P-1Y"},
    {IntervalStyle::kIso8601, "1 year 2 mons 3 days 04:05:06.789", "P1Y2M3DT4H5M6.789S"},
    {IntervalStyle::kIso8601, "-1 year -2 mons -3 days -04:05:06.789", "P-1Y-2M-3DT-4H-5M-6.789S"},
    {IntervalStyle::kIso8601, "1 year -2 mons", "P10M"},
    {IntervalStyle::kIso8601, "-1 mons +2 days", "P-1M2D"},
    {IntervalStyle::kIso8601, "1 mon -1 day", "P1M-1D"},
    {IntervalStyle::kIso8601, "1 day -00:00:01", "P1DT-1S"},
    {IntervalStyle::kIso8601, "-1 day +00:00:01", "P-1DT1S"},
    {IntervalStyle::kIso8601, "3 days 12:00:00", "P3DT12H"},
    {IntervalStyle::kIso8601, "-3 days -12:00:00", "P-3DT-12H"},
    {IntervalStyle::kIso8601, "1:02:03.5", "PT1H2M3.5S"},
    {IntervalStyle::kIso8601, "-00:00:00.000001", "PT-0.000001S"},
    {IntervalStyle::kIso8601, "1 second", "PT1S"},
    {IntervalStyle::kIso8601, "-1 second", "PT-1S"},
    {IntervalStyle::kIso8601, "1.5 seconds", "PT1.5S"},
    {IntervalStyle::kIso8601, "1 hour", "PT1H"},
    {IntervalStyle::kIso8601, "-100:00:00", "PT-100H"},
    {IntervalStyle::kIso8601, "14 mons", "P1Y2M"},
    {IntervalStyle::kIso8601, "-14 mons", "P-1Y-2M"},
    {IntervalStyle::kIso8601, "2 years 5 days", "P2Y5D"},
    {IntervalStyle::kIso8601, "2 days", "P2D"},
    {IntervalStyle::kIso8601, "1 day 1 second", "P1DT1S"},
    {IntervalStyle::kIso8601, "25 hours", "PT25H"},
    {IntervalStyle::kIso8601, "0.000001 seconds", "PT0.000001S"},
    {IntervalStyle::kIso8601, "1 min", "PT1M"},
    {IntervalStyle::kIso8601, "1 mon 1 us", "P1MT0.000001S"},
};

TEST(AppendInterval, WritesAsPostgres) {
  for (const PrintCase& c : kPrinted) {
    std::string text;
    AppendInterval(IntervalOf(c.value), c.style, text);
    EXPECT_EQ(text, c.expected) << IntervalStyleText(c.style) << " of " << c.value;
  }
}

TEST(AppendInterval, EveryStyleReadsBack) {
  std::mt19937_64 random(4);
  std::uniform_int_distribution<int32_t> part(-100'000, 100'000);
  std::uniform_int_distribution<Micros> time(-100 * kMicrosPerDay, 100 * kMicrosPerDay);
  std::uniform_int_distribution<int> zero(0, 2);
  for (int i = 0; i < 20'000; ++i) {
    const Interval written{zero(random) == 0 ? 0 : part(random),
                           zero(random) == 0 ? 0 : part(random),
                           zero(random) == 0 ? 0 : time(random)};
    for (const auto style : {IntervalStyle::kPostgres, IntervalStyle::kPostgresVerbose,
                             IntervalStyle::kSqlStandard, IntervalStyle::kIso8601}) {
      std::string text;
      AppendInterval(written, style, text);
      const auto read = ParseInterval(text, style);
      ASSERT_TRUE(read.has_value()) << text;
      ASSERT_EQ(*read, written) << text;
    }
  }
}

TEST(AppendInterval, WritesTheExtremes) {
  std::string text;
  AppendInterval({INT32_MIN, INT32_MIN, INT64_MIN}, IntervalStyle::kPostgres, text);
  EXPECT_EQ(text, "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808");
}

TEST(IntervalStyle, IsReadAndShown) {
  for (const std::string_view name : {"postgres", "postgres_verbose", "sql_standard", "iso_8601"}) {
    IntervalStyle style{};
    EXPECT_TRUE(ParseIntervalStyle(name, style));
    EXPECT_EQ(IntervalStyleText(style), name);
  }
  IntervalStyle style = IntervalStyle::kIso8601;
  EXPECT_TRUE(ParseIntervalStyle("SQL_Standard", style));
  EXPECT_EQ(style, IntervalStyle::kSqlStandard);
  EXPECT_FALSE(ParseIntervalStyle("iso", style));
}

}  // namespace
}  // namespace riverrun
