// Tokens to fields: the part of reading a date or time that knows what people write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "types/time/time_text.h"
#include "types/time_text/time_words.h"

namespace riverrun {

/// Why a text is not a time.
enum class ReadFailure : uint8_t {
  kNone,
  kSyntax,            // 22007
  kFieldOverflow,     // 22008
  kMonthDayOverflow,  // 22008; perhaps DateStyle orders day and month otherwise
  kZoneOverflow,      // 22009
  kIntervalOverflow,  // 22015
  kUnknownZone,       // 22023
  kNeedsNow,          // 0A000; the input has no moment
};

/// Reads `[hours]:[minutes][:seconds[.fraction]]`. Two numbers are minutes and seconds if there is
/// a fraction or `two_are_seconds`. Hours may be any number that is not negative.
struct ClockReading {
  int64_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;  // up to 60
  int32_t micros = 0;  // up to 1000000
};
ReadFailure ReadClock(std::string_view text, bool two_are_seconds, ClockReading& out);

/// Sets of fields, one bit each.
namespace time_field {
inline constexpr uint32_t kYear = 1, kMonth = 2, kDay = 4, kDayOfYear = 8, kHour = 16, kMinute = 32,
                          kSecond = 64, kFraction = 128, kZone = 256, kDstModifier = 512,
                          kAmPm = 1024, kEra = 2048, kWeekday = 4096, kReserved = 8192;
inline constexpr uint32_t kDate = kYear | kMonth | kDay;
inline constexpr uint32_t kTime = kHour | kMinute | kSecond | kFraction;
}  // namespace time_field

/// Decodes one text into civil fields and an offset. Make one per text.
class DateTimeDecoder {
 public:
  enum class Target : uint8_t { kDateTime, kTimeOnly };
  enum class Outcome : uint8_t { kFields, kEpoch, kInfinity, kMinusInfinity };

  DateTimeDecoder(const DateTimeInput& input, Target target);

  ReadFailure Decode(const TimeTokens& tokens);

  Outcome outcome() const { return outcome_; }
  /// Valid fields, except that the time may be 24:00:00, a second 60, and `micros` 1000000.
  const CivilTime& civil() const { return civil_; }
  /// The offset written, else that of the session's zone.
  int32_t zone_seconds_west() const { return zone_west_; }
  /// The offset is another one on other days, and the text names no day.
  bool zone_needs_now() const { return zone_needs_now_; }
  /// The name behind kUnknownZone.
  std::string_view unknown_zone() const { return unknown_zone_; }

 private:
  using Kind = DateWord::Kind;

  bool time_only() const { return target_ == Target::kTimeOnly; }
  bool Has(uint32_t fields) const { return (have_ & fields) == fields; }

  ReadFailure DecodeToken(const TimeTokens& tokens, size_t i);
  ReadFailure DecodeDateToken(const TimeTokens& tokens, size_t i);
  ReadFailure DecodeNumberToken(const TimeTokens& tokens, size_t i);
  ReadFailure DecodeTimeToken(std::string_view text);
  ReadFailure DecodeWordToken(const TimeTokens& tokens, size_t i);
  ReadFailure DecodeKnownWord(const DateWord& word, const TimeTokens& tokens, size_t i);
  ReadFailure DecodeReserved(Kind kind);
  ReadFailure DecodeMonthWord(int32_t month);
  ReadFailure DecodeNamedZone(std::string_view name);
  ReadFailure DecodeLabelled(std::string_view text);
  ReadFailure DecodeJulianDay(int32_t day, std::string_view fraction);

  // decode_date.cpp. `have` are the fields seen so far, `found_` receives those read.
  ReadFailure DecodeDate(std::string_view text);
  ReadFailure DecodeTimeThenZone(std::string_view text);
  ReadFailure DecodeNumber(std::string_view text, bool text_month, uint32_t have);
  ReadFailure DecodeRunTogether(std::string_view text, uint32_t have);
  ReadFailure DecodeOffset(std::string_view text);
  uint32_t PlaceNumber(size_t length, int32_t value, bool text_month, uint32_t have);
  void SetClock(const ClockReading& clock);

  ReadFailure Finish();
  ReadFailure FinishDate();
  ReadFailure FinishHours();
  ReadFailure FinishZone();

  const DateTimeInput& input_;
  Target target_;
  ZoneCursor utc_;
  ZoneCursor* session_zone_;
  Outcome outcome_ = Outcome::kFields;
  CivilTime civil_;
  int32_t day_of_year_ = 0;
  int32_t zone_west_ = 0;
  uint32_t have_ = 0;
  uint32_t found_ = 0;      // by the current token
  bool label_set_ = false;  // the number that follows is labelled: y2026, T030405
  bool label_is_time_ = false;
  TimeUnit label_ = TimeUnit::kSecond;
  bool has_text_month_ = false;
  bool is_julian_ = false;
  bool two_digit_year_ = false;
  bool is_bc_ = false;
  bool zone_needs_now_ = false;
  int32_t am_pm_ = -1;  // hours to add, -1 for a 24-hour clock
  const TimeZone* named_zone_ = nullptr;
  std::string dated_abbreviation_;  // upper case; its zone is named_zone_
  std::shared_ptr<const TimeZone> owned_zone_;
  std::string unknown_zone_;
};

/// The Error of a failure, with the text and the type's name.
Error ReadError(ReadFailure failure, std::string_view text, std::string_view type_name);

}  // namespace riverrun
