// Text to timestamp, date and time. Expectations are PostgreSQL 15's answers.
#include <gtest/gtest.h>

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

constexpr Case kTimestamps[] = {
    {"2026-01-02 03:04:05.678", "2026-01-02 03:04:05.678"},
    {"2026-01-02T03:04:05Z", "2026-01-02 03:04:05"},
    {"2026-01-02 03:04", "2026-01-02 03:04:00"},
    {"2026-01-02", "2026-01-02 00:00:00"},
    {"20260102", "2026-01-02 00:00:00"},
    {"20260102T030405", "2026-01-02 03:04:05"},
    {"20260102 030405.5", "2026-01-02 03:04:05.5"},
    {"2026-01-02 030405", "2026-01-02 03:04:05"},
    {"Jan 2 2026", "2026-01-02 00:00:00"},
    {"Jan 2 2026 3:04 PM", "2026-01-02 15:04:00"},
    {"January 8, 1999", "1999-01-08 00:00:00"},
    {"jan-02-2026", "2026-01-02 00:00:00"},
    {"2-Jan-2026", "2026-01-02 00:00:00"},
    {"02-jan-26", "2026-01-02 00:00:00"},
    {"2026-jan-02", "2026-01-02 00:00:00"},
    {"2026 jan 2", "2026-01-02 00:00:00"},
    {"2 January 2026 12:30 am", "2026-01-02 00:30:00"},
    {"Fri Jan 02 03:04:05 2026", "2026-01-02 03:04:05"},
    {"Friday, 2 January 2026", "2026-01-02 00:00:00"},
    {"01/02/2026", "2026-01-02 00:00:00"},
    {"1/2/26", "2026-01-02 00:00:00"},
    {"01-02-2026", "2026-01-02 00:00:00"},
    {"99-01-02", "ERROR 22008 date/time field value out of range: \"99-01-02\""},
    {"990102", "1999-01-02 00:00:00"},
    {"2026.033", "2026-02-02 00:00:00"},
    {"2026-033", "2026-02-02 00:00:00"},
    {"2026 033", "2026-02-02 00:00:00"},
    {"J2461043", "2026-01-02 00:00:00"},
    {"j2461043.5", "2026-01-02 12:00:00"},
    {"julian 2461043", "2026-01-02 00:00:00"},
    {"y2026m01d02", "2026-01-02 00:00:00"},
    {"y2026m01d02 h03mm04s05", "2026-01-02 03:04:05"},
    {"2026/01/02", "2026-01-02 00:00:00"},
    {"8.1.1999", "1999-08-01 00:00:00"},
    {"02.01.2026 13:14", "2026-02-01 13:14:00"},
    {"0001-01-01 BC", "0001-01-01 00:00:00 BC"},
    {"4714-11-24 BC", "4714-11-24 00:00:00 BC"},
    {"0044-03-15 12:00 BC", "0044-03-15 12:00:00 BC"},
    {"10000-01-01", "10000-01-01 00:00:00"},
    {"294246-12-31 23:59:59.999999", "294246-12-31 23:59:59.999999"},
    {"2000-02-29", "2000-02-29 00:00:00"},
    {"2026-12-31 23:59:60", "2027-01-01 00:00:00"},
    {"2026-12-31 24:00:00", "2027-01-01 00:00:00"},
    {"2026-01-02 00:00:60.5", "2026-01-02 00:01:00.5"},
    {"2026-01-02 12:00 am", "2026-01-02 00:00:00"},
    {"2026-01-02 12:00 pm", "2026-01-02 12:00:00"},
    {"2026-01-02 1:02:03.1234567", "2026-01-02 01:02:03.123457"},
    {"2026-01-02 1:02:03.9999995", "2026-01-02 01:02:04"},
    {"2026-01-02 1:02:03.", "2026-01-02 01:02:03"},
    {"epoch", "1970-01-01 00:00:00"},
    {"infinity", "infinity"},
    {"-infinity", "-infinity"},
    {"+infinity", "ERROR 22007 invalid input syntax for type timestamp: \"+infinity\""},
    {"2026-01-02 allballs", "2026-01-02 00:00:00"},
    {"  2026-01-02   03:04:05  ", "2026-01-02 03:04:05"},
    {"2026-01-02 at 03:04", "2026-01-02 03:04:00"},
    {"on 2026-01-02, 03:04", "2026-01-02 03:04:00"},
    {"2026-01-02 03:04:05+02", "2026-01-02 03:04:05"},
    {"2026-01-02 03:04:05 PST", "2026-01-02 03:04:05"},
    {"03:04:05 2026-01-02",
     "ERROR 22007 invalid input syntax for type timestamp: \"03:04:05 2026-01-02\""},
    {"2026-01-02 03:04 AD", "2026-01-02 03:04:00"},
    {"70-01-01", "ERROR 22008 date/time field value out of range: \"70-01-01\""},
    {"69-12-31", "ERROR 22008 date/time field value out of range: \"69-12-31\""},
    {"1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999"},
    {"", "ERROR 22007 invalid input syntax for type timestamp: \"\""},
    {"x", "ERROR 22007 invalid input syntax for type timestamp: \"x\""},
    {"2026", "ERROR 22007 invalid input syntax for type timestamp: \"2026\""},
    {"2026-13-01", "ERROR 22008 date/time field value out of range: \"2026-13-01\""},
    {"2026-02-29", "ERROR 22008 date/time field value out of range: \"2026-02-29\""},
    {"2026-02-30", "ERROR 22008 date/time field value out of range: \"2026-02-30\""},
    {"2026-00-10", "ERROR 22008 date/time field value out of range: \"2026-00-10\""},
    {"0000-01-01", "ERROR 22008 date/time field value out of range: \"0000-01-01\""},
    {"2026-01-02 25:00", "ERROR 22008 date/time field value out of range: \"2026-01-02 25:00\""},
    {"2026-01-02 24:00:01",
     "ERROR 22008 date/time field value out of range: \"2026-01-02 24:00:01\""},
    {"2026-01-02 03:60", "ERROR 22008 date/time field value out of range: \"2026-01-02 03:60\""},
    {"2026-01-02 03:04:61",
     "ERROR 22008 date/time field value out of range: \"2026-01-02 03:04:61\""},
    {"2026-01-02 13:00 PM",
     "ERROR 22008 date/time field value out of range: \"2026-01-02 13:00 PM\""},
    {"2026-01-02 2026-01-02",
     "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02 2026-01-02\""},
    {"2026-01-02 03:04 03:05",
     "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02 03:04 03:05\""},
    {"Jan Feb 2026", "ERROR 22007 invalid input syntax for type timestamp: \"Jan Feb 2026\""},
    {"2026-01-02 foo", "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02 foo\""},
    {"2026-01-02 Foo/Bar", "ERROR 22023 time zone \"foo/bar\" not recognized"},
    {"4715-01-01 BC", "ERROR 22008 timestamp out of range: \"4715-01-01 BC\""},
    {"5000-01-01 BC", "ERROR 22008 timestamp out of range: \"5000-01-01 BC\""},
    {"5874898-01-01", "ERROR 22008 timestamp out of range: \"5874898-01-01\""},
    {"2026-01-02 03:04:05+16",
     "ERROR 22009 time zone displacement out of range: \"2026-01-02 03:04:05+16\""},
    {"2026-01-02 03:04:05+02:60",
     "ERROR 22009 time zone displacement out of range: \"2026-01-02 03:04:05+02:60\""},
    {"2026-01-02 03:04:05 +",
     "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02 03:04:05 +\""},
    {"2026-01-02", "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02\""},
    {"13/13/2026", "ERROR 22008 date/time field value out of range: \"13/13/2026\""},
    {"2026-1-2-3", "ERROR 22007 invalid input syntax for type timestamp: \"2026-1-2-3\""},
    {"2026-01-02 t", "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02 t\""},
    {"12:34:56", "ERROR 22007 invalid input syntax for type timestamp: \"12:34:56\""},
    {"2026-01-02T03:04:05ZZ",
     "ERROR 22007 invalid input syntax for type timestamp: \"2026-01-02T03:04:05ZZ\""},
};

TEST(ParseTimestamp, AnswersAsPostgres) {
  for (const Case& c : kTimestamps) {
    const auto parsed = ParseTimestamp(c.text, {});
    EXPECT_EQ(parsed ? Shown(*parsed) : ErrorText(parsed.error()), c.expected) << c.text;
  }
}

// The session's zone is America/New_York.
constexpr Case kTimestampTzs[] = {
    {"2026-01-02 03:04:05", "2026-01-02 03:04:05-05"},
    {"2026-07-02 03:04:05", "2026-07-02 03:04:05-04"},
    {"2026-01-02T03:04:05Z", "2026-01-01 22:04:05-05"},
    {"2026-01-02T03:04:05.678901z", "2026-01-01 22:04:05.678901-05"},
    {"2026-01-02 03:04:05+00", "2026-01-01 22:04:05-05"},
    {"2026-01-02 03:04:05-08", "2026-01-02 06:04:05-05"},
    {"2026-01-02 03:04:05+0530", "2026-01-01 16:34:05-05"},
    {"2026-01-02 03:04:05+05:30", "2026-01-01 16:34:05-05"},
    {"2026-01-02 03:04:05+5", "2026-01-01 17:04:05-05"},
    {"2026-01-02 03:04:05-04:56:02", "2026-01-02 03:00:07-05"},
    {"2026-01-02 03:04:05 + 2", "2026-01-01 20:04:05-05"},
    {"2026-01-02 03:04:05 UTC", "2026-01-01 22:04:05-05"},
    {"2026-01-02 03:04:05 PST", "2026-01-02 06:04:05-05"},
    {"2026-07-02 03:04:05 PST", "2026-07-02 07:04:05-04"},
    {"2026-07-02 03:04:05 PDT", "2026-07-02 06:04:05-04"},
    {"2026-07-02 03:04:05PDT", "2026-07-02 06:04:05-04"},
    {"2026-01-02 03:04:05 Europe/Berlin", "2026-01-01 21:04:05-05"},
    {"2026-07-02 03:04:05 europe/berlin", "2026-07-01 21:04:05-04"},
    {"2026-07-02 03:04:05 America/Los_Angeles", "2026-07-02 06:04:05-04"},
    {"2026-07-02 EST5EDT 03:04", "2026-07-02 03:04:00-04"},
    {"2026-07-02 03:04:05 MET DST", "2026-07-01 21:04:05-04"},
    {"2026-07-02 03:04:05 EST", "2026-07-02 04:04:05-04"},
    {"2026-07-02 03:04:05 BST", "2026-07-01 22:04:05-04"},
    {"2010-07-02 03:04:05 MSK", "2010-07-01 20:04:05-04"},
    {"2012-07-02 03:04:05 MSK", "2012-07-01 19:04:05-04"},
    {"2026-07-02 03:04:05 MSK", "2026-07-01 20:04:05-04"},
    {"2026-07-02 Cuba", "2026-07-02 00:00:00-04"},
    {"20260102T030405-08", "2026-01-02 06:04:05-05"},
    {"20260102 030405.25-0830", "2026-01-02 06:34:05.25-05"},
    {"J2461043-08", "2026-01-02 03:00:00-05"},
    {"2026-01-02 allballs", "2026-01-01 19:00:00-05"},
    {"2026-01-02 zulu", "2026-01-01 19:00:00-05"},
    {"epoch", "1969-12-31 19:00:00-05"},
    {"infinity", "infinity"},
    {"-infinity", "-infinity"},
    {"Fri Jan 02 03:04:05 2026 EST", "2026-01-02 03:04:05-05"},
    {"Fri Jan 02 03:04:05 2026 EST BC", "2026-01-02 03:08:03-04:56:02 BC"},
    {"0044-03-15 12:00 BC", "0044-03-15 12:00:00-04:56:02 BC"},
    {"1800-01-01", "1800-01-01 00:00:00-04:56:02"},
    {"2100-07-01 12:00", "2100-07-01 12:00:00-04"},
    {"2026-03-08 02:30", "2026-03-08 03:30:00-04"},
    {"2026-11-01 01:30", "2026-11-01 01:30:00-05"},
    {"2026-11-01 01:30 EDT", "2026-11-01 01:30:00-04"},
    {"2026-11-01 01:30 EST", "2026-11-01 01:30:00-05"},
    {"2026-07-02 03:04:05 FJST", "2026-07-01 10:04:05-04"},
    {"2026-01-02 03:04 <+03>-03",
     "ERROR 22007 invalid input syntax for type timestamp with time zone: \"2026-01-02 03:04 "
     "<+03>-03\""},
    {"2026-07-02 03:04:05 utc+3", "2026-07-02 02:04:05-04"},
    {"2026-01-02 03:04:05 Mars/Olympus", "ERROR 22023 time zone \"mars/olympus\" not recognized"},
    {"2026-01-02 03:04:05 XYZ",
     "ERROR 22007 invalid input syntax for type timestamp with time zone: \"2026-01-02 "
     "03:04:05 XYZ\""},
    {"2026-01-02 03:04:05+15:59", "2026-01-01 06:05:05-05"},
    {"2026-01-02 03:04:05+16",
     "ERROR 22009 time zone displacement out of range: \"2026-01-02 03:04:05+16\""},
    {"4714-11-24 BC", "4714-11-24 00:00:00-04:56:02 BC"},
    {"4714-11-23 19:03:58 BC", "4714-11-23 19:03:58-04:56:02 BC"},
    {"2026-01-02 03:04:05 PST PST",
     "ERROR 22007 invalid input syntax for type timestamp with time zone: \"2026-01-02 "
     "03:04:05 PST PST\""},
    {"2026-07-02 America/New_York DST",
     "ERROR 22007 invalid input syntax for type timestamp with time zone: \"2026-07-02 "
     "America/New_York DST\""},
};

TEST(ParseTimestampTz, AnswersAsPostgres) {
  const auto zone = TimeZone::Find("America/New_York").value();
  ZoneCursor cursor(*zone);
  TimeZoneCache zones;
  DateTimeInput input;
  input.zone = &cursor;
  for (const bool cached : {false, true}) {
    input.zones = cached ? &zones : nullptr;
    for (const Case& c : kTimestampTzs) {
      const auto parsed = ParseTimestampTz(c.text, input);
      EXPECT_EQ(parsed ? Shown(*parsed, cursor) : ErrorText(parsed.error()), c.expected) << c.text;
    }
  }
}

constexpr Case kDates[] = {
    {"2026-01-02", "2026-01-02"},
    {"01/02/2026", "2026-01-02"},
    {"1/2/03", "2003-01-02"},
    {"20260102", "2026-01-02"},
    {"Jan 2 2026", "2026-01-02"},
    {"2 Jan 26", "2026-01-02"},
    {"2026-01-02 23:59:59", "2026-01-02"},
    {"5874897-12-31", "5874897-12-31"},
    {"4714-11-24 BC", "4714-11-24 BC"},
    {"epoch", "1970-01-01"},
    {"infinity", "infinity"},
    {"-infinity", "-infinity"},
    {"J0", "4714-11-24 BC"},
    {"J2461043", "2026-01-02"},
    {"2026-365", "2026-12-31"},
    {"0001-12-31 BC", "0001-12-31 BC"},
    {"5874898-01-01", "ERROR 22008 date out of range: \"5874898-01-01\""},
    {"4714-11-23 BC", "ERROR 22008 date out of range: \"4714-11-23 BC\""},
    {"2026-02-29", "ERROR 22008 date/time field value out of range: \"2026-02-29\""},
    {"31/12/2026", "ERROR 22008 date/time field value out of range: \"31/12/2026\""},
    {"", "ERROR 22007 invalid input syntax for type date: \"\""},
    {"2026-01", "ERROR 22007 invalid input syntax for type date: \"2026-01\""},
    {"tomorrowx", "ERROR 22007 invalid input syntax for type date: \"tomorrowx\""},
    {"2026-01-02 25:00", "ERROR 22008 date/time field value out of range: \"2026-01-02 25:00\""},
};

TEST(ParseDate, AnswersAsPostgres) {
  for (const Case& c : kDates) {
    const auto parsed = ParseDate(c.text, {});
    std::string text;
    if (parsed) AppendDate(*parsed, {}, text);
    EXPECT_EQ(parsed ? text : ErrorText(parsed.error()), c.expected) << c.text;
  }
}

struct OrderCase {
  DateOrder order;
  std::string_view text;
  std::string_view expected;
};

constexpr OrderCase kOrders[] = {
    {DateOrder::kMdy, "01/02/03", "2003-01-02 00:00:00"},
    {DateOrder::kMdy, "31/12/2026",
     "ERROR 22008 date/time field value out of range: \"31/12/2026\""},
    {DateOrder::kMdy, "12/31/2026", "2026-12-31 00:00:00"},
    {DateOrder::kMdy, "2026-12-31", "2026-12-31 00:00:00"},
    {DateOrder::kMdy, "99/12/31", "ERROR 22008 date/time field value out of range: \"99/12/31\""},
    {DateOrder::kMdy, "1-2-2026", "2026-01-02 00:00:00"},
    {DateOrder::kMdy, "010203", "2001-02-03 00:00:00"},
    {DateOrder::kMdy, "Jan 2 03", "2003-01-02 00:00:00"},
    {DateOrder::kMdy, "03 Jan 2", "2002-01-03 00:00:00"},
    {DateOrder::kMdy, "2 Jan 03", "2003-01-02 00:00:00"},
    {DateOrder::kMdy, "01.02.2026", "2026-01-02 00:00:00"},
    {DateOrder::kMdy, "15 16 17", "ERROR 22008 date/time field value out of range: \"15 16 17\""},
    {DateOrder::kMdy, "2003 1 2", "2003-01-02 00:00:00"},
    {DateOrder::kDmy, "01/02/03", "2003-02-01 00:00:00"},
    {DateOrder::kDmy, "31/12/2026", "2026-12-31 00:00:00"},
    {DateOrder::kDmy, "12/31/2026",
     "ERROR 22008 date/time field value out of range: \"12/31/2026\""},
    {DateOrder::kDmy, "2026-12-31", "2026-12-31 00:00:00"},
    {DateOrder::kDmy, "99/12/31", "ERROR 22008 date/time field value out of range: \"99/12/31\""},
    {DateOrder::kDmy, "1-2-2026", "2026-02-01 00:00:00"},
    {DateOrder::kDmy, "010203", "2001-02-03 00:00:00"},
    {DateOrder::kDmy, "Jan 2 03", "2003-01-02 00:00:00"},
    {DateOrder::kDmy, "03 Jan 2", "2002-01-03 00:00:00"},
    {DateOrder::kDmy, "2 Jan 03", "2003-01-02 00:00:00"},
    {DateOrder::kDmy, "01.02.2026", "2026-02-01 00:00:00"},
    {DateOrder::kDmy, "15 16 17", "ERROR 22008 date/time field value out of range: \"15 16 17\""},
    {DateOrder::kDmy, "2003 1 2", "2003-01-02 00:00:00"},
    {DateOrder::kYmd, "01/02/03", "2001-02-03 00:00:00"},
    {DateOrder::kYmd, "31/12/2026",
     "ERROR 22008 date/time field value out of range: \"31/12/2026\""},
    {DateOrder::kYmd, "12/31/2026",
     "ERROR 22008 date/time field value out of range: \"12/31/2026\""},
    {DateOrder::kYmd, "2026-12-31", "2026-12-31 00:00:00"},
    {DateOrder::kYmd, "99/12/31", "1999-12-31 00:00:00"},
    {DateOrder::kYmd, "1-2-2026", "ERROR 22008 date/time field value out of range: \"1-2-2026\""},
    {DateOrder::kYmd, "010203", "2001-02-03 00:00:00"},
    {DateOrder::kYmd, "Jan 2 03", "2002-01-03 00:00:00"},
    {DateOrder::kYmd, "03 Jan 2", "2003-01-02 00:00:00"},
    {DateOrder::kYmd, "2 Jan 03", "2002-01-03 00:00:00"},
    {DateOrder::kYmd, "01.02.2026",
     "ERROR 22008 date/time field value out of range: \"01.02.2026\""},
    {DateOrder::kYmd, "15 16 17", "ERROR 22008 date/time field value out of range: \"15 16 17\""},
    {DateOrder::kYmd, "2003 1 2", "2003-01-02 00:00:00"},
};

TEST(ParseTimestamp, FollowsTheOrderOfDateStyle) {
  for (const OrderCase& c : kOrders) {
    DateTimeInput input;
    input.style.order = c.order;
    const auto parsed = ParseTimestamp(c.text, input);
    EXPECT_EQ(parsed ? Shown(*parsed) : ErrorText(parsed.error()), c.expected)
        << c.text << " in order " << static_cast<int>(c.order);
  }
}

constexpr Case kTimes[] = {
    {"03:04", "03:04:00"},
    {"03:04:05", "03:04:05"},
    {"03:04:05.678901", "03:04:05.678901"},
    {"030405", "03:04:05"},
    {"0304", "03:04:00"},
    {"3:04 pm", "15:04:00"},
    {"12:00 am", "00:00:00"},
    {"12:30 PM", "12:30:00"},
    {"24:00:00", "24:00:00"},
    {"23:59:59.9999999", "24:00:00"},
    {"23:59:60", "24:00:00"},
    {"allballs", "00:00:00"},
    {"03:04:05+02", "03:04:05"},
    {"03:04:05 PST", "03:04:05"},
    {"2026-01-02 03:04:05", "03:04:05"},
    {"T03:04", "03:04:00"},
    {"T030405", "03:04:05"},
    {"2026-01-02T03:04:05Z",
     "ERROR 22007 invalid input syntax for type time: \"2026-01-02T03:04:05Z\""},
    {"03:04:05.1234567", "03:04:05.123457"},
    {"03", "ERROR 22007 invalid input syntax for type time: \"03\""},
    {"", "ERROR 22007 invalid input syntax for type time: \"\""},
    {"25:00", "ERROR 22008 date/time field value out of range: \"25:00\""},
    {"24:00:01", "ERROR 22008 date/time field value out of range: \"24:00:01\""},
    {"03:60", "ERROR 22008 date/time field value out of range: \"03:60\""},
    {"13:00 pm", "ERROR 22008 date/time field value out of range: \"13:00 pm\""},
    {"noon", "ERROR 22007 invalid input syntax for type time: \"noon\""},
    {"03:04:05 x", "ERROR 22007 invalid input syntax for type time: \"03:04:05 x\""},
    {"03:04:05 America/New_York",
     "ERROR 22007 invalid input syntax for type time: \"03:04:05 America/New_York\""},
    {"2026-07-02 03:04:05 America/New_York", "03:04:05"},
};

TEST(ParseTime, AnswersAsPostgres) {
  for (const Case& c : kTimes) {
    const auto parsed = ParseTime(c.text, {});
    std::string text;
    if (parsed) AppendTime(*parsed, text);
    EXPECT_EQ(parsed ? text : ErrorText(parsed.error()), c.expected) << c.text;
  }
}

// The session's zone is Asia/Kolkata, whose offset does not depend on the date.
constexpr Case kTimeTzs[] = {
    {"03:04", "03:04:00+05:30"},
    {"03:04:05", "03:04:05+05:30"},
    {"03:04:05.678901", "03:04:05.678901+05:30"},
    {"030405", "03:04:05+05:30"},
    {"0304", "03:04:00+05:30"},
    {"3:04 pm", "15:04:00+05:30"},
    {"12:00 am", "00:00:00+05:30"},
    {"12:30 PM", "12:30:00+05:30"},
    {"24:00:00", "24:00:00+05:30"},
    {"23:59:59.9999999", "24:00:00+05:30"},
    {"23:59:60", "24:00:00+05:30"},
    {"allballs", "00:00:00+00"},
    {"03:04:05+02", "03:04:05+02"},
    {"03:04:05 PST", "03:04:05-08"},
    {"2026-01-02 03:04:05", "03:04:05+05:30"},
    {"T03:04", "03:04:00+05:30"},
    {"T030405", "03:04:05+05:30"},
    {"2026-01-02T03:04:05Z",
     "ERROR 22007 invalid input syntax for type time with time zone: \"2026-01-02T03:04:05Z\""},
    {"03:04:05.1234567", "03:04:05.123457+05:30"},
    {"03", "ERROR 22007 invalid input syntax for type time with time zone: \"03\""},
    {"", "ERROR 22007 invalid input syntax for type time with time zone: \"\""},
    {"25:00", "ERROR 22008 date/time field value out of range: \"25:00\""},
    {"24:00:01", "ERROR 22008 date/time field value out of range: \"24:00:01\""},
    {"03:60", "ERROR 22008 date/time field value out of range: \"03:60\""},
    {"13:00 pm", "ERROR 22008 date/time field value out of range: \"13:00 pm\""},
    {"noon", "ERROR 22007 invalid input syntax for type time with time zone: \"noon\""},
    {"03:04:05 x", "ERROR 22007 invalid input syntax for type time with time zone: \"03:04:05 x\""},
    {"03:04:05 America/New_York",
     "ERROR 22007 invalid input syntax for type time with time zone: \"03:04:05 "
     "America/New_York\""},
    {"2026-07-02 03:04:05 America/New_York", "03:04:05-04"},
};

TEST(ParseTimeTz, AnswersAsPostgres) {
  const auto zone = TimeZone::Find("Asia/Kolkata").value();
  ZoneCursor cursor(*zone);
  DateTimeInput input;
  input.zone = &cursor;
  for (const Case& c : kTimeTzs) {
    const auto parsed = ParseTimeTz(c.text, input);
    std::string text;
    if (parsed) AppendTimeTz(*parsed, text);
    EXPECT_EQ(parsed ? text : ErrorText(parsed.error()), c.expected) << c.text;
  }
}

struct PrecisionCase {
  std::string_view text;
  int32_t precision;
  std::string_view expected;
};

constexpr PrecisionCase kPrecisions[] = {
    {"2026-01-02 03:04:05.678901", 0, "2026-01-02 03:04:06"},
    {"2026-01-02 03:04:05.678901", 1, "2026-01-02 03:04:05.7"},
    {"2026-01-02 03:04:05.678901", 2, "2026-01-02 03:04:05.68"},
    {"2026-01-02 03:04:05.678901", 3, "2026-01-02 03:04:05.679"},
    {"2026-01-02 03:04:05.678901", 5, "2026-01-02 03:04:05.6789"},
    {"2026-01-02 03:04:05.678901", 6, "2026-01-02 03:04:05.678901"},
    {"1999-12-31 23:59:59.5", 0, "1999-12-31 23:59:59"},
    {"1999-12-31 23:59:59.5", 1, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.5", 2, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.5", 3, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.5", 5, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.5", 6, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.499999", 0, "1999-12-31 23:59:59"},
    {"1999-12-31 23:59:59.499999", 1, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.499999", 2, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.499999", 3, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.499999", 5, "1999-12-31 23:59:59.5"},
    {"1999-12-31 23:59:59.499999", 6, "1999-12-31 23:59:59.499999"},
    {"2000-01-01 00:00:00.5", 0, "2000-01-01 00:00:01"},
    {"2000-01-01 00:00:00.5", 1, "2000-01-01 00:00:00.5"},
    {"2000-01-01 00:00:00.5", 2, "2000-01-01 00:00:00.5"},
    {"2000-01-01 00:00:00.5", 3, "2000-01-01 00:00:00.5"},
    {"2000-01-01 00:00:00.5", 5, "2000-01-01 00:00:00.5"},
    {"2000-01-01 00:00:00.5", 6, "2000-01-01 00:00:00.5"},
    {"1969-12-31 23:59:59.95", 0, "1970-01-01 00:00:00"},
    {"1969-12-31 23:59:59.95", 1, "1969-12-31 23:59:59.9"},
    {"1969-12-31 23:59:59.95", 2, "1969-12-31 23:59:59.95"},
    {"1969-12-31 23:59:59.95", 3, "1969-12-31 23:59:59.95"},
    {"1969-12-31 23:59:59.95", 5, "1969-12-31 23:59:59.95"},
    {"1969-12-31 23:59:59.95", 6, "1969-12-31 23:59:59.95"},
    {"2026-12-31 23:59:59.999999", 0, "2027-01-01 00:00:00"},
    {"2026-12-31 23:59:59.999999", 1, "2027-01-01 00:00:00"},
    {"2026-12-31 23:59:59.999999", 2, "2027-01-01 00:00:00"},
    {"2026-12-31 23:59:59.999999", 3, "2027-01-01 00:00:00"},
    {"2026-12-31 23:59:59.999999", 5, "2027-01-01 00:00:00"},
    {"2026-12-31 23:59:59.999999", 6, "2026-12-31 23:59:59.999999"},
};

TEST(ParseTimestamp, RoundsToThePrecision) {
  for (const PrecisionCase& c : kPrecisions) {
    const auto parsed = ParseTimestamp(c.text, {}, c.precision);
    EXPECT_EQ(parsed ? Shown(*parsed) : ErrorText(parsed.error()), c.expected)
        << c.text << " to " << c.precision;
  }
  EXPECT_EQ(ParseTimestamp("2026-01-02", {}, 7).error().sqlstate, sqlstate::kInvalidParameterValue);
}

TEST(ParseTimestamp, WordsAreRelativeToNowInTheZone) {
  const auto zone = TimeZone::Find("America/New_York").value();
  ZoneCursor cursor(*zone);
  DateTimeInput input;
  input.zone = &cursor;
  input.now = Timestamp("2026-03-08 03:30:00.25");  // 2026-03-07 22:30 in New York
  EXPECT_EQ(Shown(ParseTimestamp("now", input).value()), "2026-03-07 22:30:00.25");
  EXPECT_EQ(ParseTimestampTz("now", input).value(), input.now);
  EXPECT_EQ(Shown(ParseTimestampTz("today", input).value(), cursor), "2026-03-07 00:00:00-05");
  EXPECT_EQ(Shown(ParseTimestampTz("tomorrow 12:00", input).value(), cursor),
            "2026-03-08 12:00:00-04");
  EXPECT_EQ(Shown(ParseTimestamp("yesterday", input).value()), "2026-03-06 00:00:00");
  EXPECT_EQ(ParseDate("today", input).value(), ParseDate("2026-03-07", input).value());
  EXPECT_EQ(ParseTime("now", input).value(), 22 * kMicrosPerHour + 30 * kMicrosPerMinute + 250'000);
  EXPECT_FALSE(ParseTime("today", input).has_value());
}

TEST(ParseTimestamp, AnyTextEndsInAValueOrAnError) {
  // Bytes no lexer expects, and more of them than it takes.
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = "2026-01-02 03" + std::string(1, static_cast<char>(byte)) + "04";
    const auto parsed = ParseTimestamp(text, {});
    if (!parsed) {
      EXPECT_EQ(std::string(parsed.error().sqlstate.data(), 2), "22") << byte;
    }
  }
  EXPECT_FALSE(ParseTimestamp(std::string(100'000, '1'), {}).has_value());
  EXPECT_FALSE(ParseTimestamp(std::string(250, '-'), {}).has_value());
  EXPECT_EQ(Shown(ParseTimestamp("y2026m01d02 h99", {}).value()), "2026-01-06 03:00:00");
  EXPECT_FALSE(ParseTimestampTz("y2147483647m01d02 h1 BC", {}).has_value());
  EXPECT_FALSE(ParseInterval(std::string(1000, '9') + " days").has_value());
}

}  // namespace
}  // namespace riverrun
