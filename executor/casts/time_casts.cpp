// Casts among date, time, timetz, timestamp, timestamptz and interval. Those between the clock on
// the wall and an instant use the session's zone; a precision (p) rounds last.
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/time/time_fields.h"

namespace riverrun::executor {
namespace {

// Each conversion is `TimeStatus F(A, ZoneCursor&, R&)`; a null result is an empty optional.

TimeStatus DateToTimestampIn(Days date, ZoneCursor&, Micros& out) {
  return DateToTimestamp(date, out);
}
TimeStatus DateToInstant(Days date, ZoneCursor& zone, Micros& out) {
  return DateToTimestampTz(date, zone, out);
}
TimeStatus TimestampToDateIn(Micros timestamp, ZoneCursor&, Days& out) {
  out = TimestampToDate(timestamp);
  return TimeStatus::kOk;
}
TimeStatus LocalToInstant(Micros timestamp, ZoneCursor& zone, Micros& out) {
  return zone.LocalToUtc(timestamp, out);
}
TimeStatus InstantToDate(Micros timestamp, ZoneCursor& zone, Days& out) {
  out = TimestampTzToDate(timestamp, zone);
  return TimeStatus::kOk;
}
TimeStatus InstantToLocal(Micros timestamp, ZoneCursor& zone, Micros& out) {
  out = zone.UtcToLocal(timestamp);
  if (IsFiniteTimestamp(out) && !IsTimestampInRange(out)) return TimeStatus::kTimestampOutOfRange;
  return TimeStatus::kOk;
}
TimeStatus SameMicros(Micros x, ZoneCursor&, Micros& out) {
  out = x;
  return TimeStatus::kOk;
}
TimeStatus SameTimeTz(TimeTz x, ZoneCursor&, TimeTz& out) {
  out = x;
  return TimeStatus::kOk;
}
TimeStatus SameInterval(Interval x, ZoneCursor&, Interval& out) {
  out = x;
  return TimeStatus::kOk;
}
TimeStatus TimeToInterval(Micros time, ZoneCursor&, Interval& out) {
  out = {.micros = time};
  return TimeStatus::kOk;
}
TimeStatus TimeTzToTime(TimeTz time, ZoneCursor&, Micros& out) {
  out = time.time;
  return TimeStatus::kOk;
}
TimeStatus IntervalToTime(Interval interval, ZoneCursor&, Micros& out) {
  out = interval.micros % kMicrosPerDay;
  if (out < 0) out += kMicrosPerDay;
  return TimeStatus::kOk;
}

// The precision that the result's type asks for.
TimeStatus Rounded(Days x, const Type&, Days& out) {
  out = x;
  return TimeStatus::kOk;
}
TimeStatus Rounded(Micros x, const Type& type, Micros& out) {
  if (type.kind == TypeKind::kTime) {
    out = RoundTime(x, type.typmod);
    return TimeStatus::kOk;
  }
  return RoundTimestamp(x, type.typmod, out);
}
TimeStatus Rounded(TimeTz x, const Type& type, TimeTz& out) {
  out = {RoundTime(x.time, type.typmod), x.zone_seconds_west};
  return TimeStatus::kOk;
}
TimeStatus Rounded(Interval x, const Type& type, Interval& out) {
  return ApplyIntervalTypmod(x, type.typmod, out);
}

template <class A, class R, TimeStatus (*kConvert)(A, ZoneCursor&, R&)>
void Convert(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  auto* r = out.values<R>();
  ForEachCall<A>(in, out, [&](uint32_t row, A x) {
    R value{};
    TimeStatus status = kConvert(x, zone, value);
    if (status == TimeStatus::kOk) status = Rounded(value, out.type(), r[row]);
    if (status != TimeStatus::kOk) [[unlikely]] out.Fail(row, TimeError(status));
  });
}

// The time of day of an infinite timestamp is null.
template <class R, R (*kConvert)(Micros, ZoneCursor&)>
void TimeOfDay(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  ForEachCall<Micros>(in, out, [&](uint32_t row, Micros x) {
    if (!IsFiniteTimestamp(x)) return out.SetNull(row);
    static_cast<void>(Rounded(kConvert(x, zone), out.type(), out.values<R>()[row]));
  });
}
Micros LocalToTime(Micros timestamp, ZoneCursor&) { return TimestampToTime(timestamp); }
Micros InstantToTime(Micros timestamp, ZoneCursor& zone) {
  return TimestampTzToTime(timestamp, zone);
}
TimeTz InstantToTimeTz(Micros timestamp, ZoneCursor& zone) {
  return TimestampTzToTimeTz(timestamp, zone);
}

// A time of day gets the offset that the zone has now.
void TimeToTimeTz(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const int32_t west = -zone.OffsetAt(in.context.epoch.now);
  ForEachCall<Micros>(in, out, [&](uint32_t row, Micros x) {
    static_cast<void>(Rounded(TimeTz{x, west}, out.type(), out.values<TimeTz>()[row]));
  });
}

constexpr std::string_view kDescription = "conversion";

FunctionOptions Options(CastContext context, CanFail can_fail, Volatility volatility) {
  return {.can_fail = can_fail, .volatility = volatility, .cast = context};
}

void RegisterImplicit(FunctionRegistry& registry) {
  const FunctionOptions safe =
      Options(CastContext::kImplicit, CanFail::kNo, Volatility::kImmutable);
  const FunctionOptions fails =
      Options(CastContext::kImplicit, CanFail::kYes, Volatility::kImmutable);
  const FunctionOptions zoned = Options(CastContext::kImplicit, CanFail::kYes, Volatility::kStable);
  registry.Scalar("cast(date) -> timestamp", Convert<Days, Micros, DateToTimestampIn>, fails,
                  kDescription);
  registry.Scalar("cast(date) -> timestamptz", Convert<Days, Micros, DateToInstant>, zoned,
                  kDescription);
  registry.Scalar("cast(timestamp) -> timestamptz", Convert<Micros, Micros, LocalToInstant>, zoned,
                  kDescription);
  registry.Scalar("cast(timestamp) -> timestamp", Convert<Micros, Micros, SameMicros>, fails,
                  kDescription);
  registry.Scalar("cast(timestamptz) -> timestamptz", Convert<Micros, Micros, SameMicros>, fails,
                  kDescription);
  registry.Scalar("cast(time) -> time", Convert<Micros, Micros, SameMicros>, safe, kDescription);
  registry.Scalar("cast(time) -> interval", Convert<Micros, Interval, TimeToInterval>, safe,
                  kDescription);
  registry.Scalar(
      "cast(time) -> timetz", TimeToTimeTz,
      {.volatility = Volatility::kStable, .reads_clock = true, .cast = CastContext::kImplicit},
      kDescription);
  registry.Scalar("cast(timetz) -> timetz", Convert<TimeTz, TimeTz, SameTimeTz>, safe,
                  kDescription);
  registry.Scalar("cast(interval) -> interval", Convert<Interval, Interval, SameInterval>, fails,
                  kDescription);
}

void RegisterAssigned(FunctionRegistry& registry) {
  const FunctionOptions safe =
      Options(CastContext::kAssignment, CanFail::kNo, Volatility::kImmutable);
  const FunctionOptions zoned =
      Options(CastContext::kAssignment, CanFail::kNo, Volatility::kStable);
  registry.Scalar("cast(timestamp) -> date", Convert<Micros, Days, TimestampToDateIn>, safe,
                  kDescription);
  registry.Scalar("cast(timestamp) -> time", TimeOfDay<Micros, LocalToTime>, safe, kDescription);
  registry.Scalar("cast(timestamptz) -> date", Convert<Micros, Days, InstantToDate>, zoned,
                  kDescription);
  registry.Scalar("cast(timestamptz) -> time", TimeOfDay<Micros, InstantToTime>, zoned,
                  kDescription);
  registry.Scalar("cast(timestamptz) -> timetz", TimeOfDay<TimeTz, InstantToTimeTz>, zoned,
                  kDescription);
  registry.Scalar("cast(timestamptz) -> timestamp", Convert<Micros, Micros, InstantToLocal>,
                  Options(CastContext::kAssignment, CanFail::kYes, Volatility::kStable),
                  kDescription);
  registry.Scalar("cast(timetz) -> time", Convert<TimeTz, Micros, TimeTzToTime>, safe,
                  kDescription);
  registry.Scalar("cast(interval) -> time", Convert<Interval, Micros, IntervalToTime>, safe,
                  kDescription);
}

}  // namespace

void RegisterTimeCasts(FunctionRegistry& registry) {
  RegisterImplicit(registry);
  RegisterAssigned(registry);
}

}  // namespace riverrun::executor
