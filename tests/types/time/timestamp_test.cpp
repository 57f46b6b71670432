// The calendar, range ends, rounding and construction of times.
#include "types/time/timestamp.h"

#include <date/date.h>
#include <date/iso_week.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "tests/types/time/time_texts.h"

namespace riverrun {
namespace {

TEST(Civil, AgreesWithTheDateLibrary) {
  // The library's years end at 32767.
  const int64_t first = DaysFromCivil(-32767, 1, 1);
  const int64_t last = DaysFromCivil(32767, 12, 31);
  for (int64_t days = first; days <= last; days += 13) {
    const date::year_month_day expected{date::sys_days{date::days{static_cast<int>(days)}}};
    const CivilDate civil = CivilFromDays(days);
    ASSERT_EQ(civil.year, static_cast<int>(expected.year())) << days;
    ASSERT_EQ(civil.month, static_cast<int>(static_cast<unsigned>(expected.month()))) << days;
    ASSERT_EQ(civil.day, static_cast<int>(static_cast<unsigned>(expected.day()))) << days;
    ASSERT_EQ(DaysFromCivil(civil.year, civil.month, civil.day), days);
    const date::weekday weekday{date::sys_days{date::days{static_cast<int>(days)}}};
    ASSERT_EQ(DayOfWeek(days), static_cast<int>(weekday.c_encoding())) << days;
  }
}

TEST(Civil, IsoWeeksAgreeWithTheDateLibrary) {
  for (int64_t days = DaysFromCivil(1, 1, 1); days < DaysFromCivil(4000, 1, 1); days += 3) {
    const date::sys_days day{date::days{static_cast<int>(days)}};
    const iso_week::year_weeknum_weekday expected{day};
    const IsoWeek week = IsoWeekOf(CivilFromDays(days));
    ASSERT_EQ(week.year, static_cast<int>(expected.year())) << days;
    ASSERT_EQ(week.week, static_cast<int>(static_cast<unsigned>(expected.weeknum()))) << days;
    ASSERT_EQ(DaysFromIsoWeek(week.year, week.week), days - (DayOfWeek(days) + 6) % 7);
  }
}

TEST(Civil, IsExactOverTheWholeRangeOfDates) {
  int64_t previous = DaysFromCivil(CivilFromDays(kDateMin).year, 1, 1);
  for (int64_t days = kDateMin; days < kDateEnd; days += 9'973) {
    const CivilDate civil = CivilFromDays(days);
    ASSERT_EQ(DaysFromCivil(civil.year, civil.month, civil.day), days);
    ASSERT_GE(civil.day, 1);
    ASSERT_LE(civil.day, DaysInMonth(civil.year, civil.month));
    ASSERT_GT(days, previous - 1);
    previous = days;
  }
  EXPECT_EQ(CivilFromDays(kDateMin), (CivilDate{-4713, 11, 24}));
  EXPECT_EQ(CivilFromDays(kDateEnd - 1), (CivilDate{5'874'897, 12, 31}));
}

TEST(Civil, MonthsHaveTheirDays) {
  constexpr int32_t kCommon[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int32_t month = 1; month <= 12; ++month) {
    EXPECT_EQ(DaysInMonth(2026, month), kCommon[month - 1]);
  }
  EXPECT_EQ(DaysInMonth(2024, 2), 29);
  EXPECT_EQ(DaysInMonth(1900, 2), 28);
  EXPECT_EQ(DaysInMonth(2000, 2), 29);
  EXPECT_EQ(DaysInMonth(0, 2), 29);   // 1 BC
  EXPECT_EQ(DaysInMonth(-4, 2), 29);  // 5 BC
  EXPECT_EQ(DayOfYear({2024, 12, 31}), 366);
  EXPECT_EQ(DayOfYear({2026, 1, 1}), 1);
}

TEST(Civil, TimestampsSplitAndJoin) {
  std::mt19937_64 random(8);
  std::uniform_int_distribution<Micros> any(kTimestampMin, kTimestampEnd - 1);
  for (int i = 0; i < 200'000; ++i) {
    const Micros timestamp = any(random);
    Micros joined = 0;
    ASSERT_EQ(MicrosFromCivil(CivilFromMicros(timestamp), joined), TimeStatus::kOk);
    ASSERT_EQ(joined, timestamp);
    ASSERT_EQ(TimestampToDate(timestamp) * kMicrosPerDay + TimestampToTime(timestamp), timestamp);
  }
  Micros out = 0;
  EXPECT_EQ(MicrosFromCivil({{294'247, 1, 1}, 0, 0, 0, 0}, out), TimeStatus::kTimestampOutOfRange);
  EXPECT_EQ(MicrosFromCivil({{-4713, 11, 23}, 23, 59, 59, 999'999}, out),
            TimeStatus::kTimestampOutOfRange);
  EXPECT_EQ(MicrosFromCivil({{2'000'000'000, 1, 1}, 0, 0, 0, 0}, out),
            TimeStatus::kTimestampOutOfRange);
}

TEST(Timestamp, TheRangeLeavesRoomForZones) {
  // Seven days west of the end and no overflow.
  EXPECT_GT(std::numeric_limits<Micros>::max() - kTimestampEnd, 8 * kMicrosPerDay);
  EXPECT_FALSE(IsTimestampInRange(kTimestampInfinity));
  EXPECT_FALSE(IsTimestampInRange(kTimestampMinusInfinity));
  EXPECT_FALSE(IsDateInRange(kDateInfinity));
}

TEST(Timestamp, ConvertsToAndFromDates) {
  Micros out = 0;
  EXPECT_EQ(DateToTimestamp(kDateInfinity, out), TimeStatus::kOk);
  EXPECT_EQ(out, kTimestampInfinity);
  EXPECT_EQ(DateToTimestamp(kDateMinusInfinity, out), TimeStatus::kOk);
  EXPECT_EQ(out, kTimestampMinusInfinity);
  EXPECT_EQ(DateToTimestamp(kDateMin, out), TimeStatus::kOk);
  EXPECT_EQ(out, kTimestampMin);
  EXPECT_EQ(DateToTimestamp(static_cast<Days>(kTimestampEnd / kMicrosPerDay), out),
            TimeStatus::kDateOutOfTimestampRange);
  EXPECT_EQ(TimestampToDate(-1), -1);
  EXPECT_EQ(TimestampToTime(-1), kMicrosPerDay - 1);
  EXPECT_EQ(AddDateTime(-1, kTimeEnd, out), TimeStatus::kOk);
  EXPECT_EQ(out, 0);
}

TEST(Timestamp, DatesAddAndSubtractAtTheEnds) {
  Days out = 0;
  EXPECT_EQ(AddDays(kDateEnd - 1, 1, out), TimeStatus::kDateOutOfRange);
  EXPECT_EQ(AddDays(kDateMin, -1, out), TimeStatus::kDateOutOfRange);
  EXPECT_EQ(AddDays(kDateEnd - 2, 1, out), TimeStatus::kOk);
  EXPECT_EQ(out, kDateEnd - 1);
  EXPECT_EQ(AddDays(0, std::numeric_limits<int64_t>::max(), out), TimeStatus::kDateOutOfRange);
  EXPECT_EQ(AddDays(kDateInfinity, -5, out), TimeStatus::kOk);
  EXPECT_EQ(out, kDateInfinity);
  int32_t days = 0;
  EXPECT_EQ(SubtractDates(kDateEnd - 1, kDateMin, days), TimeStatus::kOk);
  EXPECT_EQ(days, 2'147'483'493);
  EXPECT_EQ(SubtractDates(kDateInfinity, 0, days), TimeStatus::kInfiniteDateSubtraction);
}

TEST(Timestamp, IsMadeOfParts) {
  Days date = 0;
  EXPECT_EQ(MakeDate(2026, 1, 2, date), TimeStatus::kOk);
  EXPECT_EQ(date, DaysFromCivil(2026, 1, 2));
  EXPECT_EQ(MakeDate(-44, 3, 15, date), TimeStatus::kOk);
  EXPECT_EQ(date, DaysFromCivil(-43, 3, 15));
  for (const CivilDate& bad : {CivilDate{0, 1, 1}, CivilDate{2026, 13, 1}, CivilDate{2026, 2, 29},
                               CivilDate{2026, 1, 0}, CivilDate{2026, 0, 1}}) {
    EXPECT_EQ(MakeDate(bad.year, bad.month, bad.day, date), TimeStatus::kDateFieldOutOfRange);
  }
  EXPECT_EQ(MakeDate(5'874'898, 1, 1, date), TimeStatus::kDateOutOfRange);
  EXPECT_EQ(MakeDateError(2026, 13, 1).text, "date field value out of range: 2026-13-01");
  Micros time = 0;
  EXPECT_EQ(MakeTime(8, 15, 23.5, time), TimeStatus::kOk);
  EXPECT_EQ(time, 8 * kMicrosPerHour + 15 * kMicrosPerMinute + 23'500'000);
  EXPECT_EQ(MakeTime(24, 0, 0, time), TimeStatus::kOk);
  EXPECT_EQ(MakeTime(23, 59, 60, time), TimeStatus::kOk);
  EXPECT_EQ(time, kTimeEnd);
  EXPECT_EQ(MakeTime(24, 0, 0.1, time), TimeStatus::kTimeFieldOutOfRange);
  EXPECT_EQ(MakeTime(10, 55, 100.1, time), TimeStatus::kTimeFieldOutOfRange);
  EXPECT_EQ(MakeTime(10, -1, 0, time), TimeStatus::kTimeFieldOutOfRange);
  EXPECT_EQ(MakeTime(10, 0, std::numeric_limits<double>::quiet_NaN(), time),
            TimeStatus::kTimeFieldOutOfRange);
  EXPECT_EQ(MakeTimeError(10, 55, 100.1).text, "time field value out of range: 10:55:100.1");
  Micros timestamp = 0;
  EXPECT_EQ(MakeTimestamp(2026, 1, 2, 3, 4, 5.678, timestamp), TimeStatus::kOk);
  EXPECT_EQ(Shown(timestamp), "2026-01-02 03:04:05.678");
  EXPECT_EQ(MakeTimestamp(300'000, 1, 1, 0, 0, 0, timestamp), TimeStatus::kTimestampOutOfRange);
}

TEST(Timestamp, ComesFromEpochSeconds) {
  Micros out = 0;
  EXPECT_EQ(TimestampFromEpochSeconds(1767323045.678901, out), TimeStatus::kOk);
  EXPECT_EQ(Shown(out), "2026-01-02 03:04:05.678901");
  EXPECT_EQ(TimestampFromEpochSeconds(-0.5, out), TimeStatus::kOk);
  EXPECT_EQ(out, -500'000);
  EXPECT_EQ(TimestampFromEpochSeconds(-210'866'803'200.0, out), TimeStatus::kOk);
  EXPECT_EQ(out, kTimestampMin);
  EXPECT_EQ(TimestampFromEpochSeconds(-210'866'803'201.0, out), TimeStatus::kTimestampOutOfRange);
  EXPECT_EQ(TimestampFromEpochSeconds(1e300, out), TimeStatus::kTimestampOutOfRange);
  EXPECT_EQ(TimestampFromEpochSeconds(std::numeric_limits<double>::infinity(), out),
            TimeStatus::kOk);
  EXPECT_EQ(out, kTimestampInfinity);
  EXPECT_EQ(TimestampFromEpochSeconds(std::numeric_limits<double>::quiet_NaN(), out),
            TimeStatus::kNanTimestamp);
}

TEST(TimeTz, OrdersByInstantThenZone) {
  const TimeTz noon_utc{12 * kMicrosPerHour, 0};
  const TimeTz noon_berlin{12 * kMicrosPerHour, -3600};
  const TimeTz one_berlin{13 * kMicrosPerHour, -3600};
  EXPECT_LT(noon_berlin, noon_utc);
  EXPECT_LT(one_berlin, noon_utc);  // the same instant, further east
  EXPECT_NE(one_berlin, noon_utc);
}

TEST(TimeError, EveryStatusHasItsText) {
  for (int status = 1; status <= static_cast<int>(TimeStatus::kPrecisionOutOfRange); ++status) {
    const Error error = TimeError(static_cast<TimeStatus>(status));
    EXPECT_NE(error.sqlstate, sqlstate::kInternalError) << status;
    EXPECT_FALSE(error.text.empty());
  }
  EXPECT_EQ(ErrorText(TimeError(TimeStatus::kTimestampOutOfRange)),
            "ERROR 22008 timestamp out of range");
}

TEST(RoundTime, RoundsHalfUpToTheEndOfTheDay) {
  EXPECT_EQ(RoundTime(1'499'999, 0), 1'000'000);
  EXPECT_EQ(RoundTime(1'500'000, 0), 2'000'000);
  EXPECT_EQ(RoundTime(kTimeEnd - 1, 3), kTimeEnd);
  EXPECT_EQ(RoundTime(1'234'567, -1), 1'234'567);
  EXPECT_EQ(RoundTime(1'234'567, 6), 1'234'567);
}

}  // namespace
}  // namespace riverrun
