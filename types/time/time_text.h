// Text of dates, times and intervals: every input form of PostgreSQL 15 and every output style.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/time/interval.h"
#include "types/time/time_zone.h"
#include "types/time/timestamp.h"

namespace riverrun {

enum class DateStyle : uint8_t { kIso, kSql, kPostgres, kGerman };
/// Order of ambiguous input such as '01/02/2026', and of output in the SQL and Postgres styles.
enum class DateOrder : uint8_t { kMdy, kDmy, kYmd };
enum class IntervalStyle : uint8_t { kPostgres, kPostgresVerbose, kSqlStandard, kIso8601 };

/// A session's settings that shape the text of times.
struct DateTimeStyle {
  DateStyle style = DateStyle::kIso;
  DateOrder order = DateOrder::kMdy;
  IntervalStyle interval = IntervalStyle::kPostgres;
};

/// What reading a time depends on besides its text.
struct DateTimeInput {
  DateTimeStyle style;
  // For 'now', 'today', 'tomorrow' and a zone without a date; nothing: those are refused.
  std::optional<Micros> now = 0;
  ZoneCursor* zone = nullptr;      // the session's zone; null means UTC
  TimeZoneCache* zones = nullptr;  // for zones named in the text; null looks each one up anew
};

// Reading. 22007 for what is not a time, 22008 for a field or a value out of range, 22009 for a
// zone's offset out of range, 22015 for an interval's field, 22023 for an unknown zone; 0A000 where
// the text asks for the moment and the input has none.
// `precision` is that of timestamp(p): 0..6, or -1.

/// timestamp; a zone in the text is read and ignored.
Result<Micros> ParseTimestamp(std::string_view text, const DateTimeInput& input,
                              int32_t precision = -1);
/// timestamptz; without a zone in the text it is local time of the session's zone.
Result<Micros> ParseTimestampTz(std::string_view text, const DateTimeInput& input,
                                int32_t precision = -1);
/// date; a time of day in the text is read and ignored.
Result<Days> ParseDate(std::string_view text, const DateTimeInput& input);
Result<Micros> ParseTime(std::string_view text, const DateTimeInput& input, int32_t precision = -1);
Result<TimeTz> ParseTimeTz(std::string_view text, const DateTimeInput& input,
                           int32_t precision = -1);
/// interval; `typmod` (interval.h) says which field a bare number means and what is cut off.
/// Only `style.interval` matters: sql_standard lets one leading minus apply to every field.
Result<Interval> ParseInterval(std::string_view text,
                               IntervalStyle style = IntervalStyle::kPostgres, int32_t typmod = -1);

/// The fast path for machines' timestamps: `YYYY-MM-DD`, then optionally 'T' or a space with
/// `HH:MM[:SS[.digits]]`, then optionally 'Z', '+HH', '+HHMM' or '+HH:MM'. Digits beyond
/// microseconds are rounded. With a zone `out` is UTC, else as written. False for anything else,
/// also for forms that ParseTimestamp reads; then `out` and `had_zone` mean nothing. Never
/// allocates.
bool ParseIsoTimestamp(std::string_view text, Micros& out, bool& had_zone);

// Writing, appended to `out`, exactly as PostgreSQL's output functions.

void AppendTimestamp(Micros timestamp, const DateTimeStyle& style, std::string& out);
/// In the zone's local time, with its offset (ISO) or abbreviation (other styles).
void AppendTimestampTz(Micros timestamp, const DateTimeStyle& style, ZoneCursor& zone,
                       std::string& out);
void AppendDate(Days date, const DateTimeStyle& style, std::string& out);
void AppendTime(Micros time, std::string& out);
void AppendTimeTz(const TimeTz& time, std::string& out);
void AppendInterval(const Interval& interval, IntervalStyle style, std::string& out);
/// RFC 3339 in UTC, for JSON and logs: 2026-01-02T03:04:05.678Z. Infinities as words.
void AppendRfc3339(Micros timestamp, std::string& out);

/// Reads a value of SET DateStyle ('ISO, MDY', 'german', 'Postgres, European') into the style,
/// keeping what it does not name; false for an unknown or contradictory word.
bool ParseDateStyle(std::string_view text, DateTimeStyle& style);
/// As SHOW DateStyle prints it: "ISO, MDY".
std::string DateStyleText(const DateTimeStyle& style);
/// Reads a value of SET IntervalStyle; false for an unknown word.
bool ParseIntervalStyle(std::string_view text, IntervalStyle& style);
/// As SHOW IntervalStyle prints it.
std::string_view IntervalStyleText(IntervalStyle style);

}  // namespace riverrun
