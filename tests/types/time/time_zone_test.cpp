// Time zones: gaps, overlaps, rules after the listed transitions. Local readings and their UTC are
// PostgreSQL 15's answers.
#include "types/time/time_zone.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string_view>

#include "tests/types/time/time_texts.h"

namespace riverrun {
namespace {

struct LocalCase {
  std::string_view zone;
  std::string_view local;
  std::string_view utc;
};

constexpr LocalCase kLocalReadings[] = {
    {"America/New_York", "2026-03-08 01:59:59", "2026-03-08 06:59:59"},
    {"America/New_York", "2026-03-08 02:00:00", "2026-03-08 07:00:00"},
    {"America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:30:00"},
    {"America/New_York", "2026-03-08 03:00:00", "2026-03-08 07:00:00"},
    {"America/New_York", "2026-11-01 00:59:59", "2026-11-01 04:59:59"},
    {"America/New_York", "2026-11-01 01:00:00", "2026-11-01 06:00:00"},
    {"America/New_York", "2026-11-01 01:30:00", "2026-11-01 06:30:00"},
    {"America/New_York", "2026-11-01 02:00:00", "2026-11-01 07:00:00"},
    {"America/New_York", "1883-11-18 12:02:00", "1883-11-18 17:02:00"},
    {"America/New_York", "2060-07-01 00:00:00", "2060-07-01 04:00:00"},
    {"America/New_York", "2060-12-01 00:00:00", "2060-12-01 05:00:00"},
    {"America/New_York", "9999-07-01 00:00:00", "9999-07-01 04:00:00"},
    {"Europe/Berlin", "2026-03-29 02:00:00", "2026-03-29 01:00:00"},
    {"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 01:30:00"},
    {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 01:30:00"},
    {"Europe/Berlin", "1945-05-24 02:30:00", "1945-05-24 00:30:00"},
    {"Europe/Berlin", "2099-06-01 00:00:00", "2099-05-31 22:00:00"},
    {"Europe/Dublin", "2026-03-29 01:30:00", "2026-03-29 01:30:00"},
    {"Europe/Dublin", "2026-10-25 01:30:00", "2026-10-25 01:30:00"},
    {"Europe/Dublin", "2070-01-01 00:00:00", "2070-01-01 00:00:00"},
    {"Europe/Dublin", "2070-07-01 00:00:00", "2070-06-30 23:00:00"},
    {"Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03 15:45:00"},
    {"Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 15:15:00"},
    {"Australia/Lord_Howe", "2050-01-01 00:00:00", "2049-12-31 13:00:00"},
    {"Pacific/Apia", "2011-12-29 23:59:59", "2011-12-30 09:59:59"},
    {"Pacific/Apia", "2011-12-30 00:00:00", "2011-12-30 10:00:00"},
    {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00"},
    {"Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30 10:00:00"},
    {"America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04 03:00:00"},
    {"America/Sao_Paulo", "2018-11-04 00:30:00", "2018-11-04 03:30:00"},
    {"America/Sao_Paulo", "2019-02-16 23:30:00", "2019-02-17 02:30:00"},
    {"America/Sao_Paulo", "2050-01-01 00:00:00", "2050-01-01 03:00:00"},
    {"Africa/Casablanca", "2026-02-15 02:30:00", "2026-02-15 02:30:00"},
    {"Africa/Casablanca", "2026-03-22 02:30:00", "2026-03-22 02:30:00"},
    {"Africa/Casablanca", "2100-01-01 00:00:00", "2099-12-31 23:00:00"},
    {"Asia/Tehran", "2022-03-22 00:30:00", "2022-03-21 21:00:00"},
    {"Asia/Tehran", "2022-09-21 23:30:00", "2022-09-21 20:00:00"},
    {"Asia/Tehran", "2030-06-01 00:00:00", "2030-05-31 20:30:00"},
    {"Antarctica/Troll", "2026-03-29 01:30:00", "2026-03-29 01:30:00"},
    {"Antarctica/Troll", "2026-10-25 01:30:00", "2026-10-25 01:30:00"},
    {"Asia/Kathmandu", "1985-12-31 23:59:59", "1985-12-31 18:29:59"},
    {"Asia/Kathmandu", "1986-01-01 00:05:00", "1985-12-31 18:35:00"},
    {"EST5EDT", "2026-07-01 00:00:00", "2026-07-01 04:00:00"},
    {"<+02>-02", "2026-07-01 00:00:00", "2026-06-30 22:00:00"},
    {"+02:00", "2026-07-01 00:00:00", "2026-07-01 02:00:00"},
    {"-5", "2026-07-01 00:00:00", "2026-07-01 05:00:00"},
    {"5.5", "2026-07-01 00:00:00", "2026-06-30 18:30:00"},
    {"EST5EDT,M3.2.0,M11.1.0", "2026-07-01 00:00:00", "2026-07-01 04:00:00"},
    {"EST5EDT,M3.2.0,M11.1.0", "2026-12-01 00:00:00", "2026-12-01 05:00:00"},
    {"AAA3BBB,J60/1,J300/25", "2026-02-28 12:00:00", "2026-02-28 15:00:00"},
    {"AAA3BBB,J60/1,J300/25", "2026-03-01 00:30:00", "2026-03-01 03:30:00"},
    {"AAA3BBB,J60/1,J300/25", "2024-03-01 02:00:00", "2024-03-01 04:00:00"},
    {"AAA3BBB,J60/1,J300/25", "2026-10-28 01:30:00", "2026-10-28 04:30:00"},
    {"AAA-3BBB,59,300", "2026-03-01 01:30:00", "2026-02-28 22:30:00"},
    {"AAA-3BBB,59,300", "2024-02-29 03:00:00", "2024-02-28 23:00:00"},
    {"AAA-3BBB,59,300", "2026-10-28 03:00:00", "2026-10-28 00:00:00"},
    {"utc", "2026-07-01 00:00:00", "2026-07-01 00:00:00"},
    {"europe/BERLIN", "2026-07-01 00:00:00", "2026-06-30 22:00:00"},
};

TEST(ZoneCursor, ReadsLocalTimeAsPostgres) {
  for (const LocalCase& c : kLocalReadings) {
    const auto zone = TimeZone::Find(c.zone);
    ASSERT_TRUE(zone.has_value()) << c.zone;
    ZoneCursor cursor(**zone);
    Micros utc = 0;
    ASSERT_EQ(cursor.LocalToUtc(Timestamp(c.local), utc), TimeStatus::kOk);
    EXPECT_EQ(Shown(utc), c.utc) << c.zone << " " << c.local;
  }
}

TEST(ZoneCursor, AgreesWithTheDateLibrary) {
  // Until 2037: that library does not continue daylight saving beyond what the files list.
  std::mt19937_64 random(6);
  std::uniform_int_distribution<Micros> any(Timestamp("1800-01-01"), Timestamp("2037-10-01"));
  for (const char* name : {"America/New_York", "Europe/Berlin", "Asia/Kolkata", "Europe/Dublin",
                           "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca",
                           "Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo", "UTC"}) {
    const auto* reference = date::locate_zone(name);
    const auto zone = TimeZone::Find(name).value();
    ZoneCursor cursor(*zone);
    for (int i = 0; i < 3'000; ++i) {
      const Micros utc = any(random);
      const date::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(utc)};
      const auto info = reference->get_info(instant);
      ASSERT_EQ(cursor.OffsetAt(utc), info.offset.count()) << name << " " << Shown(utc);
      ASSERT_EQ(cursor.SpanAt(utc).abbreviation, info.abbrev) << name << " " << Shown(utc);
    }
  }
}

TEST(ZoneCursor, LocalAndUtcAreInverseOutsideOverlaps) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<Micros> any(kTimestampMin + kMicrosPerDay,
                                            kTimestampEnd - kMicrosPerDay);
  for (const char* name : {"America/New_York", "Europe/Dublin", "Australia/Lord_Howe"}) {
    const auto zone = TimeZone::Find(name).value();
    ZoneCursor cursor(*zone);
    for (int i = 0; i < 20'000; ++i) {
      const Micros utc = any(random);
      const Micros local = cursor.UtcToLocal(utc);
      Micros back = 0;
      ASSERT_EQ(cursor.LocalToUtc(local, back), TimeStatus::kOk);
      // In an overlap the later instant is chosen; it shows the same reading.
      ASSERT_EQ(cursor.UtcToLocal(back), local) << name;
      ASSERT_GE(back, utc) << name;
      ZoneCursor fresh(*zone);
      Micros again = 0;
      ASSERT_EQ(fresh.LocalToUtc(local, again), TimeStatus::kOk);
      ASSERT_EQ(again, back) << "the cursor's memory changed the answer";
    }
  }
}

TEST(ZoneCursor, InfinitiesStay) {
  const auto zone = TimeZone::Find("America/New_York").value();
  ZoneCursor cursor(*zone);
  Micros utc = 0;
  for (const Micros infinity : {kTimestampInfinity, kTimestampMinusInfinity}) {
    EXPECT_EQ(cursor.UtcToLocal(infinity), infinity);
    ASSERT_EQ(cursor.LocalToUtc(infinity, utc), TimeStatus::kOk);
    EXPECT_EQ(utc, infinity);
  }
  EXPECT_EQ(cursor.LocalToUtc(kTimestampEnd - 1, utc), TimeStatus::kTimestampOutOfRange);
}

TEST(TimeZone, FindsNamesInTheirSpelling) {
  EXPECT_EQ(TimeZone::Find("europe/BERLIN").value()->name(), "Europe/Berlin");
  EXPECT_EQ(TimeZone::Find("america/argentina/buenos_aires").value()->name(),
            "America/Argentina/Buenos_Aires");
  EXPECT_EQ(TimeZone::Find("Utc").value()->name(), "UTC");
  EXPECT_EQ(TimeZone::Find("-5").value()->name(), "<-05>+05");
  EXPECT_EQ(TimeZone::Find("5.5").value()->name(), "<+05:30>-05:30");
  EXPECT_EQ(TimeZone::Find("+02:00").value()->name(), "+02:00");
  EXPECT_EQ(TimeZone::Fixed(0)->name(), "<+00>+00");
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  for (const std::string_view name :
       {"", "Mars/Olympus", "PST", "../UTC", "/etc/passwd", "Europe", "Europe/", "168", "-168",
        "tzdata.zi", "zone.tab", "right/UTC", "EST5EDT,M3", "+1:60"}) {
    const auto zone = TimeZone::Find(name);
    ASSERT_FALSE(zone.has_value()) << name;
    EXPECT_EQ(zone.error().sqlstate, sqlstate::kInvalidParameterValue);
  }
  EXPECT_FALSE(TimeZone::Find(std::string_view("Europe/Berlin\0", 14)).has_value());
  EXPECT_EQ(TimeZone::Find("Mars/Olympus").error().text,
            "time zone \"Mars/Olympus\" not recognized");
}

TEST(TimeZone, AbbreviationsServeAtTimeZone) {
  const auto pst = TimeZone::FindOrAbbreviation("pst").value();
  EXPECT_EQ(ZoneCursor(*pst).OffsetAt(Timestamp("2026-07-01")), -8 * 3600);
  // A POSIX sign counts west, and a bare number is POSIX here.
  EXPECT_EQ(ZoneCursor(*TimeZone::FindOrAbbreviation("-5").value()).OffsetAt(0), 5 * 3600);
  const auto msk = TimeZone::FindOrAbbreviation("MSK").value();
  EXPECT_EQ(ZoneCursor(*msk).OffsetAt(Timestamp("2012-07-01")), 4 * 3600);
  EXPECT_FALSE(TimeZone::FindOrAbbreviation("foo").has_value());
}

TEST(TimeZoneCache, RemembersAlsoWhatIsUnknown) {
  TimeZoneCache cache;
  const TimeZone* berlin = cache.Find("Europe/Berlin");
  ASSERT_NE(berlin, nullptr);
  EXPECT_EQ(cache.Find("Europe/Berlin"), berlin);
  EXPECT_EQ(cache.Find("Mars/Olympus"), nullptr);
  EXPECT_EQ(cache.Find("Mars/Olympus"), nullptr);
}

TEST(ZoneCursor, NeighbouringSpansMeet) {
  for (const char* name : {"America/New_York", "Europe/Dublin", "AAA3BBB,J60/1,J300/25"}) {
    const auto zone = TimeZone::Find(name).value();
    ZoneSpan span = zone->SpanAt(Timestamp("1850-01-01"));
    for (int i = 0; i < 600 && span.end != kTimestampInfinity; ++i) {
      EXPECT_EQ(zone->SpanAt(span.end - 1).end, span.end) << name;
      const ZoneSpan next = zone->SpanAt(span.end);
      ASSERT_EQ(next.begin, span.end) << name << " " << Shown(span.end);
      ASSERT_GT(next.end, next.begin);
      span = next;
    }
  }
}

}  // namespace
}  // namespace riverrun
