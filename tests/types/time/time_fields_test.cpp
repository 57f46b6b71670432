// extract, and conversions on a zone's clock. Expectations are PostgreSQL 15's answers.
#include "types/time/time_fields.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/types/time/time_texts.h"

namespace riverrun {
namespace {

/// A finite part as numeric prints it.
std::string Digits(const DatePart& part) {
  const bool negative = part.value < 0;
  Int128 rest = negative ? -part.value : part.value;
  std::string digits;
  for (int place = 0; rest != 0 || place <= part.scale; ++place) {
    if (place == part.scale && place != 0) digits.insert(0, 1, '.');
    digits.insert(0, 1, static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  return (negative ? "-" : "") + digits;
}

std::string ShownPart(TimeStatus status, const DatePart& part, std::string_view unit,
                      std::string_view type) {
  if (status != TimeStatus::kOk) return ErrorText(UnitError(status, unit, type));
  switch (part.kind) {
    case DatePart::Kind::kNull:
      return "NULL";
    case DatePart::Kind::kInfinity:
      return "Infinity";
    case DatePart::Kind::kMinusInfinity:
      return "-Infinity";
    case DatePart::Kind::kFinite:
      break;
  }
  return Digits(part);
}

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
struct TypeCase {
  std::string_view type;
  std::string_view unit;
  std::string_view value;
  std::string_view expected;
};

constexpr Case kTimestampParts[] = {
    {"microseconds", "2026-12-31 23:59:58.123456", "58123456"},
    {"milliseconds", "2026-12-31 23:59:58.123456", "58123.456"},
    {"second", "2026-12-31 23:59:58.123456", "58.123456"},
    {"minute", "2026-12-31 23:59:58.123456", "59"},
    {"hour", "2026-12-31 23:59:58.123456", "23"},
    {"day", "2026-12-31 23:59:58.123456", "31"},
    {"week", "2026-12-31 23:59:58.123456", "53"},
    {"month", "2026-12-31 23:59:58.123456", "12"},
    {"quarter", "2026-12-31 23:59:58.123456", "4"},
    {"year", "2026-12-31 23:59:58.123456", "2026"},
    {"decade", "2026-12-31 23:59:58.123456", "202"},
    {"century", "2026-12-31 23:59:58.123456", "21"},
    {"millennium", "2026-12-31 23:59:58.123456", "3"},
    {"dow", "2026-12-31 23:59:58.123456", "4"},
    {"isodow", "2026-12-31 23:59:58.123456", "4"},
    {"doy", "2026-12-31 23:59:58.123456", "365"},
    {"isoyear", "2026-12-31 23:59:58.123456", "2026"},
    {"epoch", "2026-12-31 23:59:58.123456", "1798761598.123456"},
    {"microseconds", "0001-01-01 00:00:00", "0"},
    {"milliseconds", "0001-01-01 00:00:00", "0.000"},
    {"second", "0001-01-01 00:00:00", "0.000000"},
    {"minute", "0001-01-01 00:00:00", "0"},
    {"hour", "0001-01-01 00:00:00", "0"},
    {"day", "0001-01-01 00:00:00", "1"},
    {"week", "0001-01-01 00:00:00", "1"},
    {"month", "0001-01-01 00:00:00", "1"},
    {"quarter", "0001-01-01 00:00:00", "1"},
    {"year", "0001-01-01 00:00:00", "1"},
    {"decade", "0001-01-01 00:00:00", "0"},
    {"century", "0001-01-01 00:00:00", "1"},
    {"millennium", "0001-01-01 00:00:00", "1"},
    {"dow", "0001-01-01 00:00:00", "1"},
    {"isodow", "0001-01-01 00:00:00", "1"},
    {"doy", "0001-01-01 00:00:00", "1"},
    {"isoyear", "0001-01-01 00:00:00", "1"},
    {"epoch", "0001-01-01 00:00:00", "-62135596800.000000"},
    {"microseconds", "0044-03-15 12:00:00 BC", "0"},
    {"milliseconds", "0044-03-15 12:00:00 BC", "0.000"},
    {"second", "0044-03-15 12:00:00 BC", "0.000000"},
    {"minute", "0044-03-15 12:00:00 BC", "0"},
    {"hour", "0044-03-15 12:00:00 BC", "12"},
    {"day", "0044-03-15 12:00:00 BC", "15"},
    {"week", "0044-03-15 12:00:00 BC", "11"},
    {"month", "0044-03-15 12:00:00 BC", "3"},
    {"quarter", "0044-03-15 12:00:00 BC", "1"},
    {"year", "0044-03-15 12:00:00 BC", "-44"},
    {"decade", "0044-03-15 12:00:00 BC", "-5"},
    {"century", "0044-03-15 12:00:00 BC", "-1"},
    {"millennium", "0044-03-15 12:00:00 BC", "-1"},
    {"dow", "0044-03-15 12:00:00 BC", "5"},
    {"isodow", "0044-03-15 12:00:00 BC", "5"},
    {"doy", "0044-03-15 12:00:00 BC", "74"},
    {"isoyear", "0044-03-15 12:00:00 BC", "-44"},
    {"epoch", "0044-03-15 12:00:00 BC", "-63517780800.000000"},
    {"microseconds", "2021-01-03 12:00:00", "0"},
    {"milliseconds", "2021-01-03 12:00:00", "0.000"},
    {"second", "2021-01-03 12:00:00", "0.000000"},
    {"minute", "2021-01-03 12:00:00", "0"},
    {"hour", "2021-01-03 12:00:00", "12"},
    {"day", "2021-01-03 12:00:00", "3"},
    {"week", "2021-01-03 12:00:00", "53"},
    {"month", "2021-01-03 12:00:00", "1"},
    {"quarter", "2021-01-03 12:00:00", "1"},
    {"year", "2021-01-03 12:00:00", "2021"},
    {"decade", "2021-01-03 12:00:00", "202"},
    {"century", "2021-01-03 12:00:00", "21"},
    {"millennium", "2021-01-03 12:00:00", "3"},
    {"dow", "2021-01-03 12:00:00", "0"},
    {"isodow", "2021-01-03 12:00:00", "7"},
    {"doy", "2021-01-03 12:00:00", "3"},
    {"isoyear", "2021-01-03 12:00:00", "2020"},
    {"epoch", "2021-01-03 12:00:00", "1609675200.000000"},
    {"microseconds", "infinity", "NULL"},
    {"milliseconds", "infinity", "NULL"},
    {"second", "infinity", "NULL"},
    {"minute", "infinity", "NULL"},
    {"hour", "infinity", "NULL"},
    {"day", "infinity", "NULL"},
    {"week", "infinity", "NULL"},
    {"month", "infinity", "NULL"},
    {"quarter", "infinity", "NULL"},
    {"year", "infinity", "Infinity"},
    {"decade", "infinity", "Infinity"},
    {"century", "infinity", "Infinity"},
    {"millennium", "infinity", "Infinity"},
    {"dow", "infinity", "NULL"},
    {"isodow", "infinity", "NULL"},
    {"doy", "infinity", "NULL"},
    {"isoyear", "infinity", "Infinity"},
    {"epoch", "infinity", "Infinity"},
    {"julian", "infinity", "Infinity"},
};

TEST(TimestampPart, AnswersAsPostgres) {
  for (const Case& c : kTimestampParts) {
    DatePart part;
    const TimeStatus status = TimestampPart(UnitOf(c.unit), Timestamp(c.value), part);
    EXPECT_EQ(ShownPart(status, part, c.unit, "timestamp without time zone"), c.expected)
        << c.unit << " of " << c.value;
  }
}

constexpr ZoneCase kTimestampTzParts[] = {
    {"America/New_York", "hour", "2026-07-01 00:30:00.5+00", "20"},
    {"America/New_York", "day", "2026-07-01 00:30:00.5+00", "30"},
    {"America/New_York", "epoch", "2026-07-01 00:30:00.5+00", "1782865800.500000"},
    {"America/New_York", "timezone", "2026-07-01 00:30:00.5+00", "-14400"},
    {"America/New_York", "timezone_hour", "2026-07-01 00:30:00.5+00", "-4"},
    {"America/New_York", "timezone_minute", "2026-07-01 00:30:00.5+00", "0"},
    {"America/New_York", "dow", "2026-07-01 00:30:00.5+00", "2"},
    {"America/New_York", "hour", "1800-01-01 00:00:00+00", "19"},
    {"America/New_York", "day", "1800-01-01 00:00:00+00", "31"},
    {"America/New_York", "epoch", "1800-01-01 00:00:00+00", "-5364662400.000000"},
    {"America/New_York", "timezone", "1800-01-01 00:00:00+00", "-17762"},
    {"America/New_York", "timezone_hour", "1800-01-01 00:00:00+00", "-4"},
    {"America/New_York", "timezone_minute", "1800-01-01 00:00:00+00", "-56"},
    {"America/New_York", "dow", "1800-01-01 00:00:00+00", "2"},
    {"Asia/Kathmandu", "hour", "2026-07-01 00:30:00.5+00", "6"},
    {"Asia/Kathmandu", "day", "2026-07-01 00:30:00.5+00", "1"},
    {"Asia/Kathmandu", "epoch", "2026-07-01 00:30:00.5+00", "1782865800.500000"},
    {"Asia/Kathmandu", "timezone", "2026-07-01 00:30:00.5+00", "20700"},
    {"Asia/Kathmandu", "timezone_hour", "2026-07-01 00:30:00.5+00", "5"},
    {"Asia/Kathmandu", "timezone_minute", "2026-07-01 00:30:00.5+00", "45"},
    {"Asia/Kathmandu", "dow", "2026-07-01 00:30:00.5+00", "3"},
    {"Asia/Kathmandu", "hour", "1800-01-01 00:00:00+00", "5"},
    {"Asia/Kathmandu", "day", "1800-01-01 00:00:00+00", "1"},
    {"Asia/Kathmandu", "epoch", "1800-01-01 00:00:00+00", "-5364662400.000000"},
    {"Asia/Kathmandu", "timezone", "1800-01-01 00:00:00+00", "20476"},
    {"Asia/Kathmandu", "timezone_hour", "1800-01-01 00:00:00+00", "5"},
    {"Asia/Kathmandu", "timezone_minute", "1800-01-01 00:00:00+00", "41"},
    {"Asia/Kathmandu", "dow", "1800-01-01 00:00:00+00", "3"},
};

TEST(TimestampTzPart, AnswersAsPostgres) {
  for (const ZoneCase& c : kTimestampTzParts) {
    const auto zone = TimeZone::Find(c.zone).value();
    ZoneCursor cursor(*zone);
    DatePart part;
    const Micros value = ParseTimestampTz(c.value, {}).value();
    const TimeStatus status = TimestampTzPart(UnitOf(c.unit), value, cursor, part);
    EXPECT_EQ(ShownPart(status, part, c.unit, "timestamp with time zone"), c.expected)
        << c.unit << " of " << c.value << " in " << c.zone;
  }
}

constexpr Case kIntervalParts[] = {
    {"microseconds", "1 year 2 mons 3 days 04:05:06.789", "6789000"},
    {"milliseconds", "1 year 2 mons 3 days 04:05:06.789", "6789.000"},
    {"second", "1 year 2 mons 3 days 04:05:06.789", "6.789000"},
    {"minute", "1 year 2 mons 3 days 04:05:06.789", "5"},
    {"hour", "1 year 2 mons 3 days 04:05:06.789", "4"},
    {"day", "1 year 2 mons 3 days 04:05:06.789", "3"},
    {"week", "1 year 2 mons 3 days 04:05:06.789",
     "ERROR 0A000 unit \"week\" not supported for type interval"},
    {"month", "1 year 2 mons 3 days 04:05:06.789", "2"},
    {"quarter", "1 year 2 mons 3 days 04:05:06.789", "1"},
    {"year", "1 year 2 mons 3 days 04:05:06.789", "1"},
    {"decade", "1 year 2 mons 3 days 04:05:06.789", "0"},
    {"century", "1 year 2 mons 3 days 04:05:06.789", "0"},
    {"millennium", "1 year 2 mons 3 days 04:05:06.789", "0"},
    {"epoch", "1 year 2 mons 3 days 04:05:06.789", "37015506.789000"},
    {"dow", "1 year 2 mons 3 days 04:05:06.789",
     "ERROR 0A000 unit \"dow\" not supported for type interval"},
    {"timezone", "1 year 2 mons 3 days 04:05:06.789",
     "ERROR 0A000 unit \"timezone\" not supported for type interval"},
    {"microseconds", "-25 mons -3 days -04:05:06.789", "-6789000"},
    {"milliseconds", "-25 mons -3 days -04:05:06.789", "-6789.000"},
    {"second", "-25 mons -3 days -04:05:06.789", "-6.789000"},
    {"minute", "-25 mons -3 days -04:05:06.789", "-5"},
    {"hour", "-25 mons -3 days -04:05:06.789", "-4"},
    {"day", "-25 mons -3 days -04:05:06.789", "-3"},
    {"week", "-25 mons -3 days -04:05:06.789",
     "ERROR 0A000 unit \"week\" not supported for type interval"},
    {"month", "-25 mons -3 days -04:05:06.789", "-1"},
    {"quarter", "-25 mons -3 days -04:05:06.789", "1"},
    {"year", "-25 mons -3 days -04:05:06.789", "-2"},
    {"decade", "-25 mons -3 days -04:05:06.789", "0"},
    {"century", "-25 mons -3 days -04:05:06.789", "0"},
    {"millennium", "-25 mons -3 days -04:05:06.789", "0"},
    {"epoch", "-25 mons -3 days -04:05:06.789", "-65981106.789000"},
    {"dow", "-25 mons -3 days -04:05:06.789",
     "ERROR 0A000 unit \"dow\" not supported for type interval"},
    {"timezone", "-25 mons -3 days -04:05:06.789",
     "ERROR 0A000 unit \"timezone\" not supported for type interval"},
    {"microseconds", "178956970 years", "0"},
    {"milliseconds", "178956970 years", "0.000"},
    {"second", "178956970 years", "0.000000"},
    {"minute", "178956970 years", "0"},
    {"hour", "178956970 years", "0"},
    {"day", "178956970 years", "0"},
    {"week", "178956970 years", "ERROR 0A000 unit \"week\" not supported for type interval"},
    {"month", "178956970 years", "0"},
    {"quarter", "178956970 years", "1"},
    {"year", "178956970 years", "178956970"},
    {"decade", "178956970 years", "17895697"},
    {"century", "178956970 years", "1789569"},
    {"millennium", "178956970 years", "178956"},
    {"epoch", "178956970 years", "5647452476472000.000000"},
    {"dow", "178956970 years", "ERROR 0A000 unit \"dow\" not supported for type interval"},
    {"timezone", "178956970 years",
     "ERROR 0A000 unit \"timezone\" not supported for type interval"},
};

TEST(IntervalPart, AnswersAsPostgres) {
  for (const Case& c : kIntervalParts) {
    DatePart part;
    const TimeStatus status = IntervalPart(UnitOf(c.unit), IntervalOf(c.value), part);
    EXPECT_EQ(ShownPart(status, part, c.unit, "interval"), c.expected)
        << c.unit << " of " << c.value;
  }
}

constexpr TypeCase kOtherParts[] = {
    {"date", "day", "2026-12-31", "31"},
    {"date", "week", "2026-12-31", "53"},
    {"date", "month", "2026-12-31", "12"},
    {"date", "quarter", "2026-12-31", "4"},
    {"date", "year", "2026-12-31", "2026"},
    {"date", "isoyear", "2026-12-31", "2026"},
    {"date", "doy", "2026-12-31", "365"},
    {"date", "epoch", "2026-12-31", "1798675200"},
    {"date", "julian", "2026-12-31", "2461406"},
    {"date", "hour", "2026-12-31", "ERROR 0A000 unit \"hour\" not supported for type date"},
    {"date", "timezone", "2026-12-31", "ERROR 0A000 unit \"timezone\" not supported for type date"},
    {"date", "year", "-infinity", "-Infinity"},
    {"date", "day", "-infinity", "NULL"},
    {"date", "epoch", "-infinity", "-Infinity"},
    {"time", "hour", "23:59:58.5", "23"},
    {"time", "minute", "23:59:58.5", "59"},
    {"time", "second", "23:59:58.5", "58.500000"},
    {"time", "milliseconds", "23:59:58.5", "58500.000"},
    {"time", "microseconds", "23:59:58.5", "58500000"},
    {"time", "epoch", "23:59:58.5", "86398.500000"},
    {"time", "day", "23:59:58.5",
     "ERROR 0A000 unit \"day\" not supported for type time without time zone"},
    {"time", "timezone", "23:59:58.5",
     "ERROR 0A000 unit \"timezone\" not supported for type time without time zone"},
    {"timetz", "hour", "01:02:03.5-05:30", "1"},
    {"timetz", "second", "01:02:03.5-05:30", "3.500000"},
    {"timetz", "epoch", "01:02:03.5-05:30", "23523.500000"},
    {"timetz", "timezone", "01:02:03.5-05:30", "-19800"},
    {"timetz", "timezone_hour", "01:02:03.5-05:30", "-5"},
    {"timetz", "timezone_minute", "01:02:03.5-05:30", "-30"},
    {"timetz", "day", "01:02:03.5-05:30",
     "ERROR 0A000 unit \"day\" not supported for type time with time zone"},
};

TEST(DatePart, OfDateAndTimeAnswersAsPostgres) {
  for (const TypeCase& c : kOtherParts) {
    DatePart part;
    TimeStatus status = TimeStatus::kOk;
    std::string_view name = c.type;
    const TimeUnit unit = UnitOf(c.unit);
    if (c.type == "date") {
      status = ExtractDatePart(unit, ParseDate(c.value, {}).value(), part);
    } else if (c.type == "time") {
      name = "time without time zone";
      status = TimePart(unit, ParseTime(c.value, {}).value(), part);
    } else {
      name = "time with time zone";
      status = TimeTzPart(unit, ParseTimeTz(c.value, {}).value(), part);
    }
    EXPECT_EQ(ShownPart(status, part, c.unit, name), c.expected) << c.unit << " of " << c.value;
  }
}

TEST(DatePart, JulianDayHasAFraction) {
  DatePart part;
  ASSERT_EQ(TimestampPart(TimeUnit::kJulian, Timestamp("2026-01-02 18:00"), part), TimeStatus::kOk);
  EXPECT_EQ(Digits(part), "2461043");
  EXPECT_EQ(part.day_micros, 18 * kMicrosPerHour);
  EXPECT_EQ(ToDouble(part), 2461043.75);
}

TEST(ParseTimeUnit, ReadsPostgresSpellings) {
  EXPECT_EQ(UnitOf("Hours"), TimeUnit::kHour);
  EXPECT_EQ(UnitOf("MILLISECONDS"), TimeUnit::kMillisecond);
  EXPECT_EQ(UnitOf("us"), TimeUnit::kMicrosecond);
  EXPECT_EQ(UnitOf("m"), TimeUnit::kMinute);
  EXPECT_EQ(UnitOf("qtr"), TimeUnit::kQuarter);
  EXPECT_EQ(UnitOf("jd"), TimeUnit::kJulian);
  TimeUnit unit{};
  EXPECT_FALSE(ParseTimeUnit("fortnight", unit));
  EXPECT_FALSE(ParseTimeUnit("ago", unit));
  EXPECT_FALSE(ParseTimeUnit("january", unit));
  EXPECT_FALSE(ParseTimeUnit("", unit));
}

TEST(TimeConversions, UseTheZonesClock) {
  const auto zone = TimeZone::Find("America/New_York").value();
  ZoneCursor cursor(*zone);
  const Micros instant = Timestamp("2026-07-02 03:30:00");  // 2026-07-01 23:30 EDT
  EXPECT_EQ(TimestampTzToDate(instant, cursor), ParseDate("2026-07-01", {}).value());
  EXPECT_EQ(TimestampTzToTime(instant, cursor), ParseTime("23:30", {}).value());
  EXPECT_EQ(TimestampTzToTimeTz(instant, cursor), ParseTimeTz("23:30-04", {}).value());
  EXPECT_EQ(TimestampTzToDate(kTimestampInfinity, cursor), kDateInfinity);
  Micros midnight = 0;
  ASSERT_EQ(DateToTimestampTz(ParseDate("2026-07-01", {}).value(), cursor, midnight),
            TimeStatus::kOk);
  EXPECT_EQ(Shown(midnight), "2026-07-01 04:00:00");
  Micros local = 0;
  EXPECT_EQ(TimestampTzToTimestamp(kTimestampMin, cursor, local), TimeStatus::kTimestampOutOfRange);
  EXPECT_EQ(MoveTimeTz(ParseTimeTz("01:00+02", {}).value(), 5 * 3600),
            ParseTimeTz("18:00-05", {}).value());
  Micros sum = 0;
  ASSERT_EQ(AddDateTimeTz(0, ParseTimeTz("01:00+02", {}).value(), sum), TimeStatus::kOk);
  EXPECT_EQ(Shown(sum), "1969-12-31 23:00:00");
}

}  // namespace
}  // namespace riverrun
