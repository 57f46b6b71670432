// Timestamps and dates to text. Expectations are PostgreSQL 15's answers.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "tests/types/time/time_texts.h"
#include "types/time/time_text.h"

namespace riverrun {
namespace {

DateTimeStyle StyleOf(std::string_view text) {
  DateTimeStyle style;
  EXPECT_TRUE(ParseDateStyle(text, style)) << text;
  return style;
}

struct Case {
  std::string_view style;
  std::string_view value;
  std::string_view expected;
};

constexpr Case kTimestamps[] = {
    {"ISO, MDY", "2026-01-02 03:04:05.678", "2026-01-02 03:04:05.678"},
    {"ISO, MDY", "2026-07-02 13:04:05", "2026-07-02 13:04:05"},
    {"ISO, MDY", "1999-12-31 23:59:59.999999", "1999-12-31 23:59:59.999999"},
    {"ISO, MDY", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"ISO, MDY", "10000-01-01 00:00:00.1", "10000-01-01 00:00:00.1"},
    {"ISO, MDY", "0001-01-01 00:00:00", "0001-01-01 00:00:00"},
    {"ISO, MDY", "1800-06-01 12:00:00", "1800-06-01 12:00:00"},
    {"ISO, MDY", "infinity", "infinity"},
    {"ISO, MDY", "-infinity", "-infinity"},
    {"ISO, MDY", "2000-02-29 00:00:00.000001", "2000-02-29 00:00:00.000001"},
    {"ISO, DMY", "2026-01-02 03:04:05.678", "2026-01-02 03:04:05.678"},
    {"ISO, DMY", "2026-07-02 13:04:05", "2026-07-02 13:04:05"},
    {"ISO, DMY", "1999-12-31 23:59:59.999999", "1999-12-31 23:59:59.999999"},
    {"ISO, DMY", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"},
    {"ISO, DMY", "10000-01-01 00:00:00.1", "10000-01-01 00:00:00.1"},
    {"ISO, DMY", "0001-01-01 00:00:00", "0001-01-01 00:00:00"},
    {"ISO, DMY", "1800-06-01 12:00:00", "1800-06-01 12:00:00"},
    {"ISO, DMY", "infinity", "infinity"},
    {"ISO, DMY", "-infinity", "-infinity"},
    {"ISO, DMY", "2000-02-29 00:00:00.000001", "2000-02-29 00:00:00.000001"},
    {"SQL, MDY", "2026-01-02 03:04:05.678", "01/02/2026 03:04:05.678"},
    {"SQL, MDY", "2026-07-02 13:04:05", "07/02/2026 13:04:05"},
    {"SQL, MDY", "1999-12-31 23:59:59.999999", "12/31/1999 23:59:59.999999"},
    {"SQL, MDY", "0044-03-15 12:00:00 BC", "03/15/0044 12:00:00 BC"},
    {"SQL, MDY", "10000-01-01 00:00:00.1", "01/01/10000 00:00:00.1"},
    {"SQL, MDY", "0001-01-01 00:00:00", "01/01/0001 00:00:00"},
    {"SQL, MDY", "1800-06-01 12:00:00", "06/01/1800 12:00:00"},
    {"SQL, MDY", "infinity", "infinity"},
    {"SQL, MDY", "-infinity", "-infinity"},
    {"SQL, MDY", "2000-02-29 00:00:00.000001", "02/29/2000 00:00:00.000001"},
    {"SQL, DMY", "2026-01-02 03:04:05.678", "02/01/2026 03:04:05.678"},
    {"SQL, DMY", "2026-07-02 13:04:05", "02/07/2026 13:04:05"},
    {"SQL, DMY", "1999-12-31 23:59:59.999999", "31/12/1999 23:59:59.999999"},
    {"SQL, DMY", "0044-03-15 12:00:00 BC", "15/03/0044 12:00:00 BC"},
    {"SQL, DMY", "10000-01-01 00:00:00.1", "01/01/10000 00:00:00.1"},
    {"SQL, DMY", "0001-01-01 00:00:00", "01/01/0001 00:00:00"},
    {"SQL, DMY", "1800-06-01 12:00:00", "01/06/1800 12:00:00"},
    {"SQL, DMY", "infinity", "infinity"},
    {"SQL, DMY", "-infinity", "-infinity"},
    {"SQL, DMY", "2000-02-29 00:00:00.000001", "29/02/2000 00:00:00.000001"},
    {"SQL, YMD", "2026-01-02 03:04:05.678", "01/02/2026 03:04:05.678"},
    {"SQL, YMD", "2026-07-02 13:04:05", "07/02/2026 13:04:05"},
    {"SQL, YMD", "1999-12-31 23:59:59.999999", "12/31/1999 23:59:59.999999"},
    {"SQL, YMD", "0044-03-15 12:00:00 BC", "03/15/0044 12:00:00 BC"},
    {"SQL, YMD", "10000-01-01 00:00:00.1", "01/01/10000 00:00:00.1"},
    {"SQL, YMD", "0001-01-01 00:00:00", "01/01/0001 00:00:00"},
    {"SQL, YMD", "1800-06-01 12:00:00", "06/01/1800 12:00:00"},
    {"SQL, YMD", "infinity", "infinity"},
    {"SQL, YMD", "-infinity", "-infinity"},
    {"SQL, YMD", "2000-02-29 00:00:00.000001", "02/29/2000 00:00:00.000001"},
    {"Postgres, MDY", "2026-01-02 03:04:05.678", "Fri Jan 02 03:04:05.678 2026"},
    {"Postgres, MDY", "2026-07-02 13:04:05", "Thu Jul 02 13:04:05 2026"},
    {"Postgres, MDY", "1999-12-31 23:59:59.999999", "Fri Dec 31 23:59:59.999999 1999"},
    {"Postgres, MDY", "0044-03-15 12:00:00 BC", "Fri Mar 15 12:00:00 0044 BC"},
    {"Postgres, MDY", "10000-01-01 00:00:00.1", "Sat Jan 01 00:00:00.1 10000"},
    {"Postgres, MDY", "0001-01-01 00:00:00", "Mon Jan 01 00:00:00 0001"},
    {"Postgres, MDY", "1800-06-01 12:00:00", "Sun Jun 01 12:00:00 1800"},
    {"Postgres, MDY", "infinity", "infinity"},
    {"Postgres, MDY", "-infinity", "-infinity"},
    {"Postgres, MDY", "2000-02-29 00:00:00.000001", "Tue Feb 29 00:00:00.000001 2000"},
    {"Postgres, DMY", "2026-01-02 03:04:05.678", "Fri 02 Jan 03:04:05.678 2026"},
    {"Postgres, DMY", "2026-07-02 13:04:05", "Thu 02 Jul 13:04:05 2026"},
    {"Postgres, DMY", "1999-12-31 23:59:59.999999", "Fri 31 Dec 23:59:59.999999 1999"},
    {"Postgres, DMY", "0044-03-15 12:00:00 BC", "Fri 15 Mar 12:00:00 0044 BC"},
    {"Postgres, DMY", "10000-01-01 00:00:00.1", "Sat 01 Jan 00:00:00.1 10000"},
    {"Postgres, DMY", "0001-01-01 00:00:00", "Mon 01 Jan 00:00:00 0001"},
    {"Postgres, DMY", "1800-06-01 12:00:00", "Sun 01 Jun 12:00:00 1800"},
    {"Postgres, DMY", "infinity", "infinity"},
    {"Postgres, DMY", "-infinity", "-infinity"},
    {"Postgres, DMY", "2000-02-29 00:00:00.000001", "Tue 29 Feb 00:00:00.000001 2000"},
    {"Postgres, YMD", "2026-01-02 03:04:05.678", "Fri Jan 02 03:04:05.678 2026"},
    {"Postgres, YMD", "2026-07-02 13:04:05", "Thu Jul 02 13:04:05 2026"},
    {"Postgres, YMD", "1999-12-31 23:59:59.999999", "Fri Dec 31 23:59:59.999999 1999"},
    {"Postgres, YMD", "0044-03-15 12:00:00 BC", "Fri Mar 15 12:00:00 0044 BC"},
    {"Postgres, YMD", "10000-01-01 00:00:00.1", "Sat Jan 01 00:00:00.1 10000"},
    {"Postgres, YMD", "0001-01-01 00:00:00", "Mon Jan 01 00:00:00 0001"},
    {"Postgres, YMD", "1800-06-01 12:00:00", "Sun Jun 01 12:00:00 1800"},
    {"Postgres, YMD", "infinity", "infinity"},
    {"Postgres, YMD", "-infinity", "-infinity"},
    {"Postgres, YMD", "2000-02-29 00:00:00.000001", "Tue Feb 29 00:00:00.000001 2000"},
    {"German, DMY", "2026-01-02 03:04:05.678", "02.01.2026 03:04:05.678"},
    {"German, DMY", "2026-07-02 13:04:05", "02.07.2026 13:04:05"},
    {"German, DMY", "1999-12-31 23:59:59.999999", "31.12.1999 23:59:59.999999"},
    {"German, DMY", "0044-03-15 12:00:00 BC", "15.03.0044 12:00:00 BC"},
    {"German, DMY", "10000-01-01 00:00:00.1", "01.01.10000 00:00:00.1"},
    {"German, DMY", "0001-01-01 00:00:00", "01.01.0001 00:00:00"},
    {"German, DMY", "1800-06-01 12:00:00", "01.06.1800 12:00:00"},
    {"German, DMY", "infinity", "infinity"},
    {"German, DMY", "-infinity", "-infinity"},
    {"German, DMY", "2000-02-29 00:00:00.000001", "29.02.2000 00:00:00.000001"},
    {"German, MDY", "2026-01-02 03:04:05.678", "02.01.2026 03:04:05.678"},
    {"German, MDY", "2026-07-02 13:04:05", "02.07.2026 13:04:05"},
    {"German, MDY", "1999-12-31 23:59:59.999999", "31.12.1999 23:59:59.999999"},
    {"German, MDY", "0044-03-15 12:00:00 BC", "15.03.0044 12:00:00 BC"},
    {"German, MDY", "10000-01-01 00:00:00.1", "01.01.10000 00:00:00.1"},
    {"German, MDY", "0001-01-01 00:00:00", "01.01.0001 00:00:00"},
    {"German, MDY", "1800-06-01 12:00:00", "01.06.1800 12:00:00"},
    {"German, MDY", "infinity", "infinity"},
    {"German, MDY", "-infinity", "-infinity"},
    {"German, MDY", "2000-02-29 00:00:00.000001", "29.02.2000 00:00:00.000001"},
};

TEST(AppendTimestamp, WritesAsPostgres) {
  for (const Case& c : kTimestamps) {
    std::string text;
    AppendTimestamp(Timestamp(c.value), StyleOf(c.style), text);
    EXPECT_EQ(text, c.expected) << c.style;
  }
}

constexpr Case kDates[] = {
    {"ISO, MDY", "2026-01-02", "2026-01-02"},
    {"ISO, MDY", "0044-03-15 BC", "0044-03-15 BC"},
    {"ISO, MDY", "12345-06-07", "12345-06-07"},
    {"ISO, MDY", "infinity", "infinity"},
    {"ISO, DMY", "2026-01-02", "2026-01-02"},
    {"ISO, DMY", "0044-03-15 BC", "0044-03-15 BC"},
    {"ISO, DMY", "12345-06-07", "12345-06-07"},
    {"ISO, DMY", "infinity", "infinity"},
    {"SQL, MDY", "2026-01-02", "01/02/2026"},
    {"SQL, MDY", "0044-03-15 BC", "03/15/0044 BC"},
    {"SQL, MDY", "12345-06-07", "06/07/12345"},
    {"SQL, MDY", "infinity", "infinity"},
    {"SQL, DMY", "2026-01-02", "02/01/2026"},
    {"SQL, DMY", "0044-03-15 BC", "15/03/0044 BC"},
    {"SQL, DMY", "12345-06-07", "07/06/12345"},
    {"SQL, DMY", "infinity", "infinity"},
    {"SQL, YMD", "2026-01-02", "01/02/2026"},
    {"SQL, YMD", "0044-03-15 BC", "03/15/0044 BC"},
    {"SQL, YMD", "12345-06-07", "06/07/12345"},
    {"SQL, YMD", "infinity", "infinity"},
    {"Postgres, MDY", "2026-01-02", "01-02-2026"},
    {"Postgres, MDY", "0044-03-15 BC", "03-15-0044 BC"},
    {"Postgres, MDY", "12345-06-07", "06-07-12345"},
    {"Postgres, MDY", "infinity", "infinity"},
    {"Postgres, DMY", "2026-01-02", "02-01-2026"},
    {"Postgres, DMY", "0044-03-15 BC", "15-03-0044 BC"},
    {"Postgres, DMY", "12345-06-07", "07-06-12345"},
    {"Postgres, DMY", "infinity", "infinity"},
    {"Postgres, YMD", "2026-01-02", "01-02-2026"},
    {"Postgres, YMD", "0044-03-15 BC", "03-15-0044 BC"},
    {"Postgres, YMD", "12345-06-07", "06-07-12345"},
    {"Postgres, YMD", "infinity", "infinity"},
    {"German, DMY", "2026-01-02", "02.01.2026"},
    {"German, DMY", "0044-03-15 BC", "15.03.0044 BC"},
    {"German, DMY", "12345-06-07", "07.06.12345"},
    {"German, DMY", "infinity", "infinity"},
    {"German, MDY", "2026-01-02", "02.01.2026"},
    {"German, MDY", "0044-03-15 BC", "15.03.0044 BC"},
    {"German, MDY", "12345-06-07", "07.06.12345"},
    {"German, MDY", "infinity", "infinity"},
};

TEST(AppendDate, WritesAsPostgres) {
  for (const Case& c : kDates) {
    std::string text;
    AppendDate(ParseDate(c.value, {}).value(), StyleOf(c.style), text);
    EXPECT_EQ(text, c.expected) << c.style;
  }
}

struct ZoneCase {
  std::string_view style;
  std::string_view zone;
  std::string_view value;
  std::string_view expected;
};

constexpr ZoneCase kTimestampTzs[] = {
    {"ISO, MDY", "America/New_York", "2026-01-02 03:04:05.678+00", "2026-01-01 22:04:05.678-05"},
    {"ISO, MDY", "America/New_York", "2026-07-02 13:04:05+00", "2026-07-02 09:04:05-04"},
    {"ISO, MDY", "America/New_York", "1800-06-01 12:00:00+00", "1800-06-01 07:03:58-04:56:02"},
    {"ISO, MDY", "America/New_York", "2050-07-01 00:00:00+00", "2050-06-30 20:00:00-04"},
    {"ISO, MDY", "America/New_York", "0044-03-15 12:00:00+00 BC",
     "0044-03-15 07:03:58-04:56:02 BC"},
    {"ISO, MDY", "Asia/Kolkata", "2026-01-02 03:04:05.678+00", "2026-01-02 08:34:05.678+05:30"},
    {"ISO, MDY", "Asia/Kolkata", "2026-07-02 13:04:05+00", "2026-07-02 18:34:05+05:30"},
    {"ISO, MDY", "Asia/Kolkata", "1800-06-01 12:00:00+00", "1800-06-01 17:53:28+05:53:28"},
    {"ISO, MDY", "Asia/Kolkata", "2050-07-01 00:00:00+00", "2050-07-01 05:30:00+05:30"},
    {"ISO, MDY", "Asia/Kolkata", "0044-03-15 12:00:00+00 BC", "0044-03-15 17:53:28+05:53:28 BC"},
    {"ISO, MDY", "America/Sao_Paulo", "2026-01-02 03:04:05.678+00", "2026-01-02 00:04:05.678-03"},
    {"ISO, MDY", "America/Sao_Paulo", "2026-07-02 13:04:05+00", "2026-07-02 10:04:05-03"},
    {"ISO, MDY", "America/Sao_Paulo", "1800-06-01 12:00:00+00", "1800-06-01 08:53:32-03:06:28"},
    {"ISO, MDY", "America/Sao_Paulo", "2050-07-01 00:00:00+00", "2050-06-30 21:00:00-03"},
    {"ISO, MDY", "America/Sao_Paulo", "0044-03-15 12:00:00+00 BC",
     "0044-03-15 08:53:32-03:06:28 BC"},
    {"SQL, DMY", "America/New_York", "2026-01-02 03:04:05.678+00", "01/01/2026 22:04:05.678 EST"},
    {"SQL, DMY", "America/New_York", "2026-07-02 13:04:05+00", "02/07/2026 09:04:05 EDT"},
    {"SQL, DMY", "America/New_York", "1800-06-01 12:00:00+00", "01/06/1800 07:03:58 LMT"},
    {"SQL, DMY", "America/New_York", "2050-07-01 00:00:00+00", "30/06/2050 20:00:00 EDT"},
    {"SQL, DMY", "America/New_York", "0044-03-15 12:00:00+00 BC", "15/03/0044 07:03:58 LMT BC"},
    {"SQL, DMY", "Asia/Kolkata", "2026-01-02 03:04:05.678+00", "02/01/2026 08:34:05.678 IST"},
    {"SQL, DMY", "Asia/Kolkata", "2026-07-02 13:04:05+00", "02/07/2026 18:34:05 IST"},
    {"SQL, DMY", "Asia/Kolkata", "1800-06-01 12:00:00+00", "01/06/1800 17:53:28 LMT"},
    {"SQL, DMY", "Asia/Kolkata", "2050-07-01 00:00:00+00", "01/07/2050 05:30:00 IST"},
    {"SQL, DMY", "Asia/Kolkata", "0044-03-15 12:00:00+00 BC", "15/03/0044 17:53:28 LMT BC"},
    {"SQL, DMY", "America/Sao_Paulo", "2026-01-02 03:04:05.678+00", "02/01/2026 00:04:05.678 -03"},
    {"SQL, DMY", "America/Sao_Paulo", "2026-07-02 13:04:05+00", "02/07/2026 10:04:05 -03"},
    {"SQL, DMY", "America/Sao_Paulo", "1800-06-01 12:00:00+00", "01/06/1800 08:53:32 LMT"},
    {"SQL, DMY", "America/Sao_Paulo", "2050-07-01 00:00:00+00", "30/06/2050 21:00:00 -03"},
    {"SQL, DMY", "America/Sao_Paulo", "0044-03-15 12:00:00+00 BC", "15/03/0044 08:53:32 LMT BC"},
    {"Postgres, MDY", "America/New_York", "2026-01-02 03:04:05.678+00",
     "Thu Jan 01 22:04:05.678 2026 EST"},
    {"Postgres, MDY", "America/New_York", "2026-07-02 13:04:05+00", "Thu Jul 02 09:04:05 2026 EDT"},
    {"Postgres, MDY", "America/New_York", "1800-06-01 12:00:00+00", "Sun Jun 01 07:03:58 1800 LMT"},
    {"Postgres, MDY", "America/New_York", "2050-07-01 00:00:00+00", "Thu Jun 30 20:00:00 2050 EDT"},
    {"Postgres, MDY", "America/New_York", "0044-03-15 12:00:00+00 BC",
     "Fri Mar 15 07:03:58 0044 LMT BC"},
    {"Postgres, MDY", "Asia/Kolkata", "2026-01-02 03:04:05.678+00",
     "Fri Jan 02 08:34:05.678 2026 IST"},
    {"Postgres, MDY", "Asia/Kolkata", "2026-07-02 13:04:05+00", "Thu Jul 02 18:34:05 2026 IST"},
    {"Postgres, MDY", "Asia/Kolkata", "1800-06-01 12:00:00+00", "Sun Jun 01 17:53:28 1800 LMT"},
    {"Postgres, MDY", "Asia/Kolkata", "2050-07-01 00:00:00+00", "Fri Jul 01 05:30:00 2050 IST"},
    {"Postgres, MDY", "Asia/Kolkata", "0044-03-15 12:00:00+00 BC",
     "Fri Mar 15 17:53:28 0044 LMT BC"},
    {"Postgres, MDY", "America/Sao_Paulo", "2026-01-02 03:04:05.678+00",
     "Fri Jan 02 00:04:05.678 2026 -03"},
    {"Postgres, MDY", "America/Sao_Paulo", "2026-07-02 13:04:05+00",
     "Thu Jul 02 10:04:05 2026 -03"},
    {"Postgres, MDY", "America/Sao_Paulo", "1800-06-01 12:00:00+00",
     "Sun Jun 01 08:53:32 1800 LMT"},
    {"Postgres, MDY", "America/Sao_Paulo", "2050-07-01 00:00:00+00",
     "Thu Jun 30 21:00:00 2050 -03"},
    {"Postgres, MDY", "America/Sao_Paulo", "0044-03-15 12:00:00+00 BC",
     "Fri Mar 15 08:53:32 0044 LMT BC"},
    {"German, DMY", "America/New_York", "2026-01-02 03:04:05.678+00",
     "01.01.2026 22:04:05.678 EST"},
    {"German, DMY", "America/New_York", "2026-07-02 13:04:05+00", "02.07.2026 09:04:05 EDT"},
    {"German, DMY", "America/New_York", "1800-06-01 12:00:00+00", "01.06.1800 07:03:58 LMT"},
    {"German, DMY", "America/New_York", "2050-07-01 00:00:00+00", "30.06.2050 20:00:00 EDT"},
    {"German, DMY", "America/New_York", "0044-03-15 12:00:00+00 BC", "15.03.0044 07:03:58 LMT BC"},
    {"German, DMY", "Asia/Kolkata", "2026-01-02 03:04:05.678+00", "02.01.2026 08:34:05.678 IST"},
    {"German, DMY", "Asia/Kolkata", "2026-07-02 13:04:05+00", "02.07.2026 18:34:05 IST"},
    {"German, DMY", "Asia/Kolkata", "1800-06-01 12:00:00+00", "01.06.1800 17:53:28 LMT"},
    {"German, DMY", "Asia/Kolkata", "2050-07-01 00:00:00+00", "01.07.2050 05:30:00 IST"},
    {"German, DMY", "Asia/Kolkata", "0044-03-15 12:00:00+00 BC", "15.03.0044 17:53:28 LMT BC"},
    {"German, DMY", "America/Sao_Paulo", "2026-01-02 03:04:05.678+00",
     "02.01.2026 00:04:05.678 -03"},
    {"German, DMY", "America/Sao_Paulo", "2026-07-02 13:04:05+00", "02.07.2026 10:04:05 -03"},
    {"German, DMY", "America/Sao_Paulo", "1800-06-01 12:00:00+00", "01.06.1800 08:53:32 LMT"},
    {"German, DMY", "America/Sao_Paulo", "2050-07-01 00:00:00+00", "30.06.2050 21:00:00 -03"},
    {"German, DMY", "America/Sao_Paulo", "0044-03-15 12:00:00+00 BC", "15.03.0044 08:53:32 LMT BC"},
};

TEST(AppendTimestampTz, WritesAsPostgres) {
  for (const ZoneCase& c : kTimestampTzs) {
    const auto zone = TimeZone::Find(c.zone).value();
    ZoneCursor cursor(*zone);
    std::string text;
    AppendTimestampTz(ParseTimestampTz(c.value, {}).value(), StyleOf(c.style), cursor, text);
    EXPECT_EQ(text, c.expected) << c.style << " " << c.zone;
  }
}

TEST(AppendTimestamp, EveryStyleReadsBack) {
  std::mt19937_64 random(2);
  std::uniform_int_distribution<Micros> any(kTimestampMin, kTimestampEnd - 1);
  const auto zone = TimeZone::Find("Asia/Kathmandu").value();
  ZoneCursor cursor(*zone);
  for (const auto style :
       {DateStyle::kIso, DateStyle::kSql, DateStyle::kPostgres, DateStyle::kGerman}) {
    for (const auto order : {DateOrder::kMdy, DateOrder::kDmy}) {
      DateTimeInput input;
      input.style = {style, order, IntervalStyle::kPostgres};
      // German text is day first whatever the order says; it must be read that way.
      if (style == DateStyle::kGerman) input.style.order = DateOrder::kDmy;
      input.zone = &cursor;
      for (int i = 0; i < 3'000; ++i) {
        const Micros written = any(random);
        std::string text;
        AppendTimestamp(written, input.style, text);
        ASSERT_EQ(ParseTimestamp(text, input).value(), written) << text;
        text.clear();
        AppendDate(TimestampToDate(written), input.style, text);
        ASSERT_EQ(ParseDate(text, input).value(), TimestampToDate(written)) << text;
        if (style != DateStyle::kIso) continue;  // abbreviations do not read back everywhere
        text.clear();
        AppendTimestampTz(written, input.style, cursor, text);
        ASSERT_EQ(ParseTimestampTz(text, input).value(), written) << text;
      }
    }
  }
}

TEST(AppendTime, ReadsBack) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<Micros> any(0, kTimeEnd);
  std::uniform_int_distribution<int32_t> west(-15 * 3600 - 3599, 15 * 3600 + 3599);
  for (int i = 0; i < 10'000; ++i) {
    const TimeTz written{any(random), west(random)};
    std::string text;
    AppendTime(written.time, text);
    ASSERT_EQ(ParseTime(text, {}).value(), written.time) << text;
    text.clear();
    AppendTimeTz(written, text);
    ASSERT_EQ(ParseTimeTz(text, {}).value(), written) << text;
  }
  std::string end;
  AppendTime(kTimeEnd, end);
  EXPECT_EQ(end, "24:00:00");
}

TEST(DateStyle, IsReadAndShown) {
  DateTimeStyle style;
  EXPECT_EQ(DateStyleText(style), "ISO, MDY");
  EXPECT_TRUE(ParseDateStyle("german", style));
  EXPECT_EQ(DateStyleText(style), "German, DMY");
  EXPECT_TRUE(ParseDateStyle("SQL, european", style));
  EXPECT_EQ(DateStyleText(style), "SQL, DMY");
  EXPECT_TRUE(ParseDateStyle("US", style));
  EXPECT_EQ(DateStyleText(style), "SQL, MDY");
  EXPECT_TRUE(ParseDateStyle(" postgresql , ymd", style));
  EXPECT_EQ(DateStyleText(style), "Postgres, YMD");
  EXPECT_FALSE(ParseDateStyle("iso, sql", style));
  EXPECT_FALSE(ParseDateStyle("mdy, dmy", style));
  EXPECT_FALSE(ParseDateStyle("french", style));
  EXPECT_FALSE(ParseDateStyle("", style));
  EXPECT_EQ(DateStyleText(style), "Postgres, YMD");
}

TEST(AppendRfc3339, WritesUtc) {
  std::string text;
  AppendRfc3339(Timestamp("2026-01-02 03:04:05.678"), text);
  AppendRfc3339(kTimestampInfinity, text += ' ');
  EXPECT_EQ(text, "2026-01-02T03:04:05.678Z infinity");
}

}  // namespace
}  // namespace riverrun
