// AT TIME ZONE: timezone(zone, time), where a zone is a name or an offset.
#include <memory>
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/time/time_fields.h"
#include "types/time/time_text.h"

namespace riverrun::executor {
namespace {

using ZoneRef = std::shared_ptr<const TimeZone>;

// The zone of each row, from argument 0.
class ZoneOfRow {
 public:
  explicit ZoneOfRow(const KernelInput& in) : in_(in) {
    if (in.prepared != nullptr) cursor_.emplace(*static_cast<const TimeZone*>(in.prepared));
  }

  // Null if there is no such zone; the row has failed then.
  ZoneCursor* At(uint32_t row, KernelOutput& out) {
    if (in_.prepared != nullptr) return &*cursor_;
    const std::string_view name = in_.args[0].BytesAt(row);
    const TimeZone* zone = zones_.Find(name);
    if (zone == nullptr) {
      out.Fail(row, {sqlstate::kInvalidParameterValue,
                     "time zone \"" + std::string(name) + "\" not recognized", {}, {}});
      return nullptr;
    }
    if (!cursor_ || &cursor_->zone() != zone) cursor_.emplace(*zone);
    return &*cursor_;
  }

 private:
  const KernelInput& in_;
  TimeZoneCache zones_;
  std::optional<ZoneCursor> cursor_;
};

Result<Prepared> PrepareZone(const PrepareInput& input) {
  if (input.constants[0] == nullptr) return Prepared{};
  Result<ZoneRef> zone = TimeZone::FindOrAbbreviation(input.constants[0]->BytesAt(0));
  if (!zone) return std::unexpected(std::move(zone).error());
  return Prepared(*std::move(zone));
}

void LocalInZone(const KernelInput& in, KernelOutput& out) {
  ZoneOfRow zones(in);
  const ArgReader<Micros> timestamp(in.args[1]);
  auto* result = out.values<Micros>();
  ForEachValid(in, out, [&](uint32_t row) {
    ZoneCursor* zone = zones.At(row, out);
    if (zone == nullptr) return;
    const TimeStatus status = zone->LocalToUtc(timestamp[row], result[row]);
    if (status != TimeStatus::kOk) out.Fail(row, TimeError(status));
  });
}

void UtcInZone(const KernelInput& in, KernelOutput& out) {
  ZoneOfRow zones(in);
  const ArgReader<Micros> timestamp(in.args[1]);
  auto* result = out.values<Micros>();
  ForEachValid(in, out, [&](uint32_t row) {
    ZoneCursor* zone = zones.At(row, out);
    if (zone == nullptr) return;
    result[row] = zone->UtcToLocal(timestamp[row]);
    if (IsFiniteTimestamp(result[row]) && !IsTimestampInRange(result[row])) {
      out.Fail(row, TimeError(TimeStatus::kTimestampOutOfRange));
    }
  });
}

// The offset that a zone has at this moment moves a timetz.
void TimeTzInZone(const KernelInput& in, KernelOutput& out) {
  ZoneOfRow zones(in);
  const ArgReader<TimeTz> time(in.args[1]);
  auto* result = out.values<TimeTz>();
  ForEachValid(in, out, [&](uint32_t row) {
    ZoneCursor* zone = zones.At(row, out);
    if (zone != nullptr) {
      result[row] = MoveTimeTz(time[row], -zone->OffsetAt(in.context.epoch.now));
    }
  });
}

// Seconds east that an interval means as a zone; absent if it has months or days.
std::optional<int64_t> SecondsEast(const Interval& interval) {
  if (interval.months != 0 || interval.days != 0) return std::nullopt;
  return interval.micros / kMicrosPerSecond;
}

Error NotAnOffset(const Interval& interval) {
  std::string text;
  AppendInterval(interval, IntervalStyle::kPostgres, text);
  return {sqlstate::kInvalidParameterValue,
          "interval time zone \"" + text + "\" must not include months or days", {}, {}};
}

template <bool kFromLocal>
void AtOffset(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<Micros>();
  ForEachCall<Interval, Micros>(in, out, [&](uint32_t row, const Interval& offset, Micros time) {
    const std::optional<int64_t> east = SecondsEast(offset);
    if (!east) return out.Fail(row, NotAnOffset(offset));
    result[row] = time;
    if (!IsFiniteTimestamp(time)) return;
    const Micros shift = *east * kMicrosPerSecond;
    const bool overflow = __builtin_add_overflow(time, kFromLocal ? -shift : shift, &result[row]);
    if (overflow || !IsTimestampInRange(result[row])) {
      out.Fail(row, TimeError(TimeStatus::kTimestampOutOfRange));
    }
  });
}

void TimeTzAtOffset(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<TimeTz>();
  ForEachCall<Interval, TimeTz>(in, out, [&](uint32_t row, const Interval& offset, TimeTz time) {
    const std::optional<int64_t> east = SecondsEast(offset);
    if (!east) return out.Fail(row, NotAnOffset(offset));
    result[row] = MoveTimeTz(time, static_cast<int32_t>(-*east));
  });
}

}  // namespace

void RegisterAtTimeZone(FunctionRegistry& registry) {
  constexpr FunctionOptions kNamed = {.can_fail = CanFail::kYes, .prepare = PrepareZone};
  constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
  registry.Scalar("timezone(text, timestamp) -> timestamptz", LocalInZone, kNamed,
                  "the moment of a zone's local time");
  registry.Scalar("timezone(text, timestamptz) -> timestamp", UtcInZone, kNamed,
                  "a zone's local time of the moment");
  registry.Scalar("timezone(text, timetz) -> timetz", TimeTzInZone,
                  {.can_fail = CanFail::kYes,
                   .volatility = Volatility::kStable,
                   .reads_clock = true,
                   .prepare = PrepareZone},
                  "the same time in a zone");
  registry.Scalar("timezone(interval, timestamp) -> timestamptz", AtOffset<true>, kCanFail,
                  "the moment of local time with an offset");
  registry.Scalar("timezone(interval, timestamptz) -> timestamp", AtOffset<false>, kCanFail,
                  "local time with an offset");
  registry.Scalar("timezone(interval, timetz) -> timetz", TimeTzAtOffset, kCanFail,
                  "the same time with an offset");
}

}  // namespace riverrun::executor
