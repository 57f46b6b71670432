#include "types/time/time_zone.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "types/time/tzif.h"
#include "types/time/zone_rule.h"

namespace riverrun {
namespace {

namespace fs = std::filesystem;

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char UpperAscii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return LowerAscii(c); });
  return lower;
}

fs::path DatabaseFolder() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/// True for a relative path of harmless characters: nothing outside the database can be named.
bool IsPlainZoneName(std::string_view name) {
  if (name.empty() || name.size() > 100 || name.front() == '/' || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    const char lower = LowerAscii(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  });
}

/// The entry of a folder called `name` when case is ignored; empty if there is none.
std::string EntryIgnoringCase(const fs::path& folder, std::string_view name) {
  std::error_code failed;
  if (fs::exists(folder / name, failed)) return std::string(name);
  const std::string wanted = LowerAscii(name);
  fs::directory_iterator entry(folder, failed);
  while (!failed && entry != fs::directory_iterator()) {
    std::string found = entry->path().filename().string();
    if (LowerAscii(found) == wanted) return found;
    entry.increment(failed);
  }
  return {};
}

/// The database's spelling of a zone's name; empty if it has none.
std::string SpelledZoneName(std::string_view name) {
  fs::path folder = DatabaseFolder();
  std::string spelled;
  while (true) {
    const size_t slash = name.find('/');
    const std::string entry = EntryIgnoringCase(folder, name.substr(0, slash));
    if (entry.empty()) return {};
    spelled += entry;
    if (slash == std::string_view::npos) return spelled;
    folder /= entry;
    spelled += '/';
    name.remove_prefix(slash + 1);
  }
}

std::shared_ptr<const TimeZone> FromDatabase(std::string_view name) {
  if (!IsPlainZoneName(name)) return nullptr;
  std::string spelled = SpelledZoneName(name);
  const fs::path path = DatabaseFolder() / spelled;
  std::error_code failed;
  if (spelled.empty() || !fs::is_regular_file(path, failed)) return nullptr;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  TzifZone zone;
  if (!file || !DecodeTzif(bytes, zone)) return nullptr;
  return std::make_shared<const TimeZone>(std::move(spelled), std::move(zone.spans),
                                          std::move(zone.names), std::move(zone.rule));
}

std::shared_ptr<const TimeZone> FromPosix(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) { return UpperAscii(c); });
  ZoneRule rule;
  if (!ParseZoneRule(upper, rule)) return nullptr;
  return std::make_shared<const TimeZone>(std::move(upper), std::vector<ZoneSpan>(),
                                          std::vector<std::string>(), std::move(rule));
}

/// A zone whose clock never changes.
std::shared_ptr<const TimeZone> Constant(std::string name, std::string abbreviation,
                                         int32_t seconds_east) {
  ZoneRule rule;
  rule.standard_name = std::move(abbreviation);
  rule.standard_east = seconds_east;
  return std::make_shared<const TimeZone>(std::move(name), std::vector<ZoneSpan>(),
                                          std::vector<std::string>(), std::move(rule));
}

std::unexpected<Error> UnknownZone(std::string_view name) {
  return Fail(sqlstate::kInvalidParameterValue,
              "time zone \"" + std::string(name) + "\" not recognized");
}

void AppendTwoDigits(int32_t value, std::string& out) {
  if (value < 10) out += '0';
  out += std::to_string(value);
}

/// "+05:30": hours and, where not zero, minutes and seconds.
std::string OffsetText(int32_t seconds_east) {
  const int32_t magnitude = std::abs(seconds_east);
  std::string text(seconds_east < 0 ? "-" : "+");
  AppendTwoDigits(magnitude / 3600, text);
  if (magnitude % 3600 != 0) {
    text += ':';
    AppendTwoDigits(magnitude / 60 % 60, text);
    if (magnitude % 60 != 0) {
      text += ':';
      AppendTwoDigits(magnitude % 60, text);
    }
  }
  return text;
}

Micros SaturatedAdd(Micros a, Micros b) {
  Micros sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? kTimestampMinusInfinity : kTimestampInfinity;
}

}  // namespace

TimeZone::TimeZone(std::string name, std::vector<ZoneSpan> spans, std::vector<std::string> names,
                   ZoneRule rule)
    : name_(std::move(name)),
      names_(std::move(names)),
      spans_(std::move(spans)),
      rule_(std::move(rule)),
      rule_begin_(kTimestampMinusInfinity) {
  if (spans_.empty()) return;
  // The rule takes over where the last listed transition happened.
  rule_begin_ = spans_.back().begin;
  if (spans_.size() > 1) spans_.pop_back();
}

const std::shared_ptr<const TimeZone>& TimeZone::Utc() {
  static const std::shared_ptr<const TimeZone> utc = Constant("UTC", "UTC", 0);
  return utc;
}

std::shared_ptr<const TimeZone> TimeZone::Fixed(int32_t seconds_east) {
  const std::string east = OffsetText(seconds_east);
  std::string name = "<" + east + ">" + OffsetText(-seconds_east);
  if (seconds_east == 0) name = "<+00>+00";
  return Constant(std::move(name), east, seconds_east);
}

Result<std::shared_ptr<const TimeZone>> TimeZone::Find(std::string_view name) {
  double hours = 0;
  const char* first = name.data() + (name.starts_with('+') ? 1 : 0);
  const char* last = name.data() + name.size();
  const auto parsed = std::from_chars(first, last, hours);
  if (parsed.ec == std::errc() && parsed.ptr == last) {
    if (!(std::fabs(hours) < 168)) {
      return Fail(sqlstate::kInvalidParameterValue, "UTC timezone offset is out of range");
    }
    return Fixed(static_cast<int32_t>(hours * 3600));
  }
  if (LowerAscii(name) == "utc") return Utc();
  if (auto zone = FromDatabase(name)) return zone;
  if (auto zone = FromPosix(name)) return zone;
  return UnknownZone(name);
}

Result<std::shared_ptr<const TimeZone>> TimeZone::FindOrAbbreviation(std::string_view name) {
  const std::string lower = LowerAscii(name);
  ZoneAbbreviation abbreviation;
  if (lower == "utc") return Utc();
  if (FindZoneAbbreviation(lower, abbreviation)) {
    if (!abbreviation.zone.empty()) return Find(abbreviation.zone);
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), [](char c) { return UpperAscii(c); });
    return Constant(upper, upper, abbreviation.seconds_east);
  }
  if (auto zone = FromDatabase(name)) return zone;
  if (auto zone = FromPosix(name)) return zone;
  return UnknownZone(name);
}

ZoneSpan TimeZone::RuleSpanAt(Micros utc) const {
  ZoneSpan span = RuleSpan(rule_, utc);
  span.begin = std::max(span.begin, rule_begin_);
  return span;
}

ZoneSpan TimeZone::SpanAt(Micros utc) const {
  if (utc >= rule_begin_) return RuleSpanAt(utc);
  const auto after = std::ranges::upper_bound(spans_, utc, {}, &ZoneSpan::begin);
  return after == spans_.begin() ? spans_.front() : *std::prev(after);
}

bool TimeZone::NextChange(Micros utc, ZoneSpan& before, ZoneSpan& after) const {
  before = SpanAt(utc);
  if (before.end == kTimestampInfinity) return false;
  after = SpanAt(before.end);
  return true;
}

bool TimeZone::FindAbbreviation(std::string_view abbreviation, Micros utc,
                                int32_t& seconds_east) const {
  bool found = false;
  for (const ZoneSpan& span : spans_) {
    if (span.abbreviation != abbreviation) continue;
    if (found && span.begin > utc) return true;
    seconds_east = span.seconds_east;
    found = true;
  }
  // The rule comes after every span; it counts if it has begun, or if nothing else was found.
  const bool standard = rule_.standard_name == abbreviation;
  if ((standard || (rule_.has_dst && rule_.dst_name == abbreviation)) &&
      (!found || rule_begin_ <= utc)) {
    seconds_east = standard ? rule_.standard_east : rule_.dst_east;
    found = true;
  }
  return found;
}

int32_t ZoneCursor::OffsetOfLocal(Micros local) {
  if (local >= local_begin_ && local < local_end_) return local_offset_;
  // No offset is more than a day, so the change that matters comes after the reading minus a day.
  ZoneSpan before;
  ZoneSpan after;
  if (!zone_->NextChange(SaturatedAdd(local, -kMicrosPerDay), before, after)) {
    local_begin_ = SaturatedAdd(before.begin, kMicrosPerDay);
    local_end_ = before.end;
    local_offset_ = before.seconds_east;
    return local_offset_;
  }
  local_begin_ = SaturatedAdd(before.begin, kMicrosPerDay);
  local_end_ = SaturatedAdd(before.end, -kMicrosPerDay);
  local_offset_ = before.seconds_east;
  const Micros utc_before = local - before.seconds_east * kMicrosPerSecond;
  const Micros utc_after = local - after.seconds_east * kMicrosPerSecond;
  if (utc_before < before.end && utc_after < before.end) return before.seconds_east;
  if (utc_before > before.end && utc_after >= before.end) return after.seconds_east;
  // Skipped by the change (the clock moves forward), or read twice (it moves back).
  return utc_before > utc_after ? before.seconds_east : after.seconds_east;
}

TimeStatus ZoneCursor::LocalToUtc(Micros local, Micros& out) {
  out = local;
  if (!IsFiniteTimestamp(local)) return TimeStatus::kOk;
  if (__builtin_sub_overflow(local, OffsetOfLocal(local) * kMicrosPerSecond, &out) ||
      !IsTimestampInRange(out)) {
    return TimeStatus::kTimestampOutOfRange;
  }
  return TimeStatus::kOk;
}

const TimeZone* TimeZoneCache::Find(std::string_view name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second.get();
  auto zone = TimeZone::FindOrAbbreviation(name);
  return zones_.emplace(name, zone ? *std::move(zone) : nullptr).first->second.get();
}

}  // namespace riverrun
