// Text to timestamp, date and time.
#include <string>

#include "types/time/time_text.h"
#include "types/time_text/datetime_decoder.h"
#include "types/time_text/parse_iso.h"

namespace riverrun {
namespace {

constexpr std::string_view kTimestampName = "timestamp";
constexpr std::string_view kTimestampTzName = "timestamp with time zone";
constexpr std::string_view kDateName = "date";
constexpr std::string_view kTimeName = "time";
constexpr std::string_view kTimeTzName = "time with time zone";

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::unexpected<Error> OutOfRange(std::string_view what, std::string_view text) {
  return Fail(sqlstate::kDatetimeFieldOverflow,
              std::string(what) + " out of range: " + Quoted(text));
}

/// Runs the decoder; the Error carries the text as given.
Result<void> Decode(DateTimeDecoder& decoder, std::string_view text, std::string_view type_name) {
  TimeTokens tokens;
  const ReadFailure failure = tokens.Read(text) ? decoder.Decode(tokens) : ReadFailure::kSyntax;
  if (failure == ReadFailure::kNone) return {};
  if (failure == ReadFailure::kUnknownZone) text = decoder.unknown_zone();
  return std::unexpected(ReadError(failure, text, type_name));
}

/// The decoder's reading as a timestamp, shifted west by `zone_seconds_west`.
TimeStatus ReadingToMicros(const CivilTime& civil, int32_t zone_seconds_west, Micros& out) {
  // Not by MicrosFromCivil alone: a local reading may lie outside the range where the instant does
  // not.
  const int64_t days = DaysFromCivil(civil.date.year, civil.date.month, civil.date.day);
  const int64_t seconds =
      (civil.hour * int64_t{60} + civil.minute) * 60 + civil.second + zone_seconds_west;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &out) ||
      __builtin_add_overflow(out, seconds * kMicrosPerSecond + civil.micros, &out) ||
      !IsTimestampInRange(out)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

Result<Micros> Rounded(Micros timestamp, int32_t precision) {
  Micros out = timestamp;
  if (precision < 0) return out;
  const TimeStatus status = RoundTimestamp(timestamp, precision, out);
  if (status != TimeStatus::kOk) return std::unexpected(TimeError(status));
  return out;
}

Result<Micros> ParseWithZone(std::string_view text, const DateTimeInput& input, bool keep_zone,
                             std::string_view type_name) {
  DateTimeDecoder decoder(input, DateTimeDecoder::Target::kDateTime);
  auto decoded = Decode(decoder, text, type_name);
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  switch (decoder.outcome()) {
    case DateTimeDecoder::Outcome::kEpoch:
      return 0;
    case DateTimeDecoder::Outcome::kInfinity:
      return kTimestampInfinity;
    case DateTimeDecoder::Outcome::kMinusInfinity:
      return kTimestampMinusInfinity;
    case DateTimeDecoder::Outcome::kFields:
      break;
  }
  Micros out = 0;
  const int32_t west = keep_zone ? decoder.zone_seconds_west() : 0;
  if (ReadingToMicros(decoder.civil(), west, out) != TimeStatus::kOk) {
    return OutOfRange("timestamp", text);
  }
  return out;
}

}  // namespace

Error ReadError(ReadFailure failure, std::string_view text, std::string_view type_name) {
  switch (failure) {
    case ReadFailure::kFieldOverflow:
    case ReadFailure::kMonthDayOverflow:
      return {sqlstate::kDatetimeFieldOverflow,
              "date/time field value out of range: " + Quoted(text)};
    case ReadFailure::kIntervalOverflow:
      return {sqlstate::kIntervalFieldOverflow,
              "interval field value out of range: " + Quoted(text)};
    case ReadFailure::kZoneOverflow:
      return {sqlstate::kInvalidTimeZoneDisplacement,
              "time zone displacement out of range: " + Quoted(text)};
    case ReadFailure::kNeedsNow: {
      Error error{sqlstate::kFeatureNotSupported, Quoted(text) + " as a value of type " +
                                                      std::string(type_name) +
                                                      " is not supported in a continuous query"};
      error.detail = "What it means changes although no input does.";
      error.hint = "Give the date and the time zone, or compute the value when the row is written.";
      return error;
    }
    case ReadFailure::kUnknownZone:
      return {sqlstate::kInvalidParameterValue, "time zone " + Quoted(text) + " not recognized"};
    case ReadFailure::kNone:
    case ReadFailure::kSyntax:
      break;
  }
  return {sqlstate::kInvalidDatetimeFormat,
          "invalid input syntax for type " + std::string(type_name) + ": " + Quoted(text)};
}

Result<Micros> ParseTimestamp(std::string_view text, const DateTimeInput& input,
                              int32_t precision) {
  IsoReading iso;
  if (ReadIso(text, iso)) return Rounded(iso.local, precision);
  auto parsed = ParseWithZone(text, input, false, kTimestampName);
  return parsed ? Rounded(*parsed, precision) : parsed;
}

Result<Micros> ParseTimestampTz(std::string_view text, const DateTimeInput& input,
                                int32_t precision) {
  IsoReading iso;
  if (ReadIso(text, iso)) {
    Micros utc = iso.local - iso.seconds_east * kMicrosPerSecond;
    if (!iso.had_zone && input.zone != nullptr &&
        input.zone->LocalToUtc(iso.local, utc) != TimeStatus::kOk) {
      return OutOfRange("timestamp", text);
    }
    return Rounded(utc, precision);
  }
  auto parsed = ParseWithZone(text, input, true, kTimestampTzName);
  return parsed ? Rounded(*parsed, precision) : parsed;
}

Result<Days> ParseDate(std::string_view text, const DateTimeInput& input) {
  IsoReading iso;
  if (ReadIso(text, iso)) return TimestampToDate(iso.local);
  DateTimeDecoder decoder(input, DateTimeDecoder::Target::kDateTime);
  auto decoded = Decode(decoder, text, kDateName);
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  switch (decoder.outcome()) {
    case DateTimeDecoder::Outcome::kEpoch:
      return 0;
    case DateTimeDecoder::Outcome::kInfinity:
      return kDateInfinity;
    case DateTimeDecoder::Outcome::kMinusInfinity:
      return kDateMinusInfinity;
    case DateTimeDecoder::Outcome::kFields:
      break;
  }
  const CivilDate& date = decoder.civil().date;
  const int64_t days = DaysFromCivil(date.year, date.month, date.day);
  if (!IsDateInRange(days)) return OutOfRange("date", text);
  return static_cast<Days>(days);
}

namespace {

Result<TimeTz> ParseTimeOfDay(std::string_view text, const DateTimeInput& input, int32_t precision,
                              std::string_view type_name) {
  if (precision > kMaxTimePrecision) {
    return std::unexpected(TimeError(TimeStatus::kPrecisionOutOfRange));
  }
  DateTimeDecoder decoder(input, DateTimeDecoder::Target::kTimeOnly);
  auto decoded = Decode(decoder, text, type_name);
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  const bool keeps_zone = type_name == kTimeTzName;
  if (keeps_zone && decoder.zone_needs_now() && !input.now) {
    return std::unexpected(ReadError(ReadFailure::kNeedsNow, text, type_name));
  }
  const CivilTime& civil = decoder.civil();
  const Micros time = civil.hour * kMicrosPerHour + civil.minute * kMicrosPerMinute +
                      civil.second * kMicrosPerSecond + civil.micros;
  return TimeTz{RoundTime(time, precision), decoder.zone_seconds_west()};
}

}  // namespace

Result<Micros> ParseTime(std::string_view text, const DateTimeInput& input, int32_t precision) {
  auto parsed = ParseTimeOfDay(text, input, precision, kTimeName);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return parsed->time;
}

Result<TimeTz> ParseTimeTz(std::string_view text, const DateTimeInput& input, int32_t precision) {
  return ParseTimeOfDay(text, input, precision, kTimeTzName);
}

}  // namespace riverrun
