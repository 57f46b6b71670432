// Time zones: the rules of the system's tz database, fixed offsets and POSIX rules.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/time/timestamp.h"

namespace riverrun {

/// A stretch of UTC during which a zone's clock has one offset: begin <= t < end.
struct ZoneSpan {
  Micros begin = 0;
  Micros end = 0;
  int32_t seconds_east = 0;
  bool is_dst = false;
  std::string_view abbreviation;  // lives as long as the zone
};

/// A rule "the n-th weekday of a month at a time of day", or a day of the year (POSIX TZ).
struct ZoneRuleDay {
  enum class Kind : uint8_t { kMonthWeekDay, kJulianDay, kDayOfYear };
  Kind kind = Kind::kMonthWeekDay;
  int32_t month = 1;
  int32_t week = 1;  // 5 is the last
  int32_t day = 0;   // weekday from Sunday 0; 1..365 without leap days; or 0..365
  int32_t seconds = 7200;
};

/// What a zone does after its last listed transition, for ever.
struct ZoneRule {
  std::string standard_name;
  int32_t standard_east = 0;
  bool has_dst = false;
  std::string dst_name;
  int32_t dst_east = 0;
  ZoneRuleDay dst_start;
  ZoneRuleDay dst_end;
};

/// An immutable zone; share it between threads freely. Daylight saving continues by the zone's own
/// rule after the last transition that the database lists (2037), for ever.
class TimeZone {
 public:
  /// The zone called UTC.
  static const std::shared_ptr<const TimeZone>& Utc();
  /// A constant offset, named as PostgreSQL shows it: '<+02>-02' for 7200.
  static std::shared_ptr<const TimeZone> Fixed(int32_t seconds_east);
  /// What SET TIME ZONE accepts: a name of the tz database in any case, a number of hours east
  /// ('-5', '5.5'), or a POSIX specification, whose sign counts west ('EST5EDT', '+02:00').
  /// Reads a file under /usr/share/zoneinfo (TZDIR overrides). 22023 for an unknown name.
  static Result<std::shared_ptr<const TimeZone>> Find(std::string_view name);
  /// What AT TIME ZONE and the end of a timestamp's text accept: additionally abbreviations
  /// ('PST', which is always -08), but no number of hours.
  static Result<std::shared_ptr<const TimeZone>> FindOrAbbreviation(std::string_view name);

  /// The name in the database's spelling.
  const std::string& name() const { return name_; }
  /// The span that contains a finite instant; binary search.
  ZoneSpan SpanAt(Micros utc) const;
  /// The first moment after `utc` at which the clock changes, as the begin of the span after;
  /// false if it never does again.
  bool NextChange(Micros utc, ZoneSpan& before, ZoneSpan& after) const;

  /// The offset that `abbreviation` (upper case) meant in this zone last before or at `utc`, else
  /// first after it; false if the zone never used it.
  bool FindAbbreviation(std::string_view abbreviation, Micros utc, int32_t& seconds_east) const;

  TimeZone(std::string name, std::vector<ZoneSpan> spans, std::vector<std::string> names,
           ZoneRule rule);
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;

 private:
  ZoneSpan RuleSpanAt(Micros utc) const;

  std::string name_;
  std::vector<std::string> names_;  // owns the abbreviations of spans_
  std::vector<ZoneSpan> spans_;     // contiguous, from minus infinity; the rule follows
  ZoneRule rule_;
  Micros rule_begin_ = 0;  // end of the last listed span
};

/// One user's view of a zone that remembers the span it met last, so that a run of instants close
/// together costs a comparison each. Hold one per kernel call or per thread; it is cheap to make.
/// The zone must outlive it.
class ZoneCursor {
 public:
  explicit ZoneCursor(const TimeZone& zone) : zone_(&zone) {}

  const TimeZone& zone() const { return *zone_; }

  /// The span that contains a finite instant; valid until the next call.
  const ZoneSpan& SpanAt(Micros utc) {
    if (utc < span_.begin || utc >= span_.end) [[unlikely]]
      span_ = zone_->SpanAt(utc);
    return span_;
  }
  /// Seconds east of Greenwich that the zone's clock shows at a finite instant.
  int32_t OffsetAt(Micros utc) { return SpanAt(utc).seconds_east; }
  /// timestamptz to the timestamp on the zone's wall clock. Infinities stay. The result may lie up
  /// to a day outside the range of finite timestamps.
  Micros UtcToLocal(Micros utc) {
    if (!IsFiniteTimestamp(utc)) return utc;
    return utc + OffsetAt(utc) * kMicrosPerSecond;
  }
  /// The offset that a wall clock reading has. A reading that a forward jump skips takes the offset
  /// before the jump; one that occurs twice takes the later (standard time), as PostgreSQL does.
  int32_t OffsetOfLocal(Micros local);
  /// timestamp on the wall clock to timestamptz; kTimestampOutOfRange beyond its range. Infinities
  /// stay.
  TimeStatus LocalToUtc(Micros local, Micros& out);

 private:
  const TimeZone* zone_;
  ZoneSpan span_;           // empty at first
  Micros local_begin_ = 0;  // readings in [begin, end) certainly have local_offset_
  Micros local_end_ = 0;
  int32_t local_offset_ = 0;
};

/// Zones looked up by name, kept. Not for several threads at once; hold one per session or kernel.
class TimeZoneCache {
 public:
  /// As TimeZone::FindOrAbbreviation; the pointer lives as long as the cache. Null for an unknown
  /// name, which is remembered too.
  const TimeZone* Find(std::string_view name);

 private:
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

/// What an abbreviation ('pst', lower case) stands for: a constant offset, or a zone whose offset
/// at the given moment counts (`zone` not empty).
struct ZoneAbbreviation {
  int32_t seconds_east = 0;
  bool is_dst = false;
  std::string_view zone;
};
/// False if the abbreviation is not one of PostgreSQL's default set.
bool FindZoneAbbreviation(std::string_view lower_name, ZoneAbbreviation& out);

}  // namespace riverrun
