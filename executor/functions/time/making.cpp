// Times made from numbers, from the epoch's moment, and from other times: make_date, now, age,
// justify_days, AT TIME ZONE.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "types/time/time_fields.h"
#include "types/time/time_text.h"

namespace riverrun::executor {
namespace {

// The moment of the epoch, the same in every row. (now itself stands with the arithmetic of dates.)
template <class T, class F>
void PutEverywhere(const KernelInput& in, KernelOutput& out, F&& value) {
  std::fill_n(out.values<T>(), in.rows, value());
}

void CurrentDate(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  PutEverywhere<Days>(in, out, [&] { return TimestampTzToDate(in.context.epoch.now, zone); });
}
void CurrentTime(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  PutEverywhere<TimeTz>(in, out, [&] { return TimestampTzToTimeTz(in.context.epoch.now, zone); });
}
void LocalTime(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  PutEverywhere<Micros>(in, out, [&] { return TimestampTzToTime(in.context.epoch.now, zone); });
}
void LocalTimestamp(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  PutEverywhere<Micros>(in, out, [&] { return zone.UtcToLocal(in.context.epoch.now); });
}

// A function whose value changes within an epoch has no place in a dataflow.
template <int kName>
void RefuseVolatile(const KernelInput& in, KernelOutput& out) {
  static constexpr std::string_view kNames[] = {"clock_timestamp", "timeofday", "gen_random_uuid"};
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    out.Fail(row, {sqlstate::kFeatureNotSupported,
                   std::string(kNames[kName]) +
                       "() is not supported: a result computed again must be the same",
                   {},
                   {}});
  });
}

// Fails a row whose fields make no date or time, and names them.
void FailFields(const KernelInput& in, KernelOutput& out, uint32_t row, TimeStatus status) {
  Error error = TimeError(status);
  const auto field = [&](size_t i) { return in.args[i].At<int32_t>(row); };
  const size_t hour = in.args.size() > 3 ? 3 : 0;
  char text[80] = "";
  if (status == TimeStatus::kDateFieldOutOfRange) {
    std::snprintf(text, sizeof(text), ": %d-%02d-%02d", field(0), field(1), field(2));
  } else if (status == TimeStatus::kTimeFieldOutOfRange) {
    std::snprintf(text, sizeof(text), ": %d:%02d:%02g", field(hour), field(hour + 1),
                  in.args[hour + 2].At<double>(row));
  }
  error.text += text;
  out.Fail(row, std::move(error));
}

// Takes the status of `make` for each row: f(row, result) fills the result.
template <class R, class F>
void PutOrFail(const KernelInput& in, KernelOutput& out, F&& make) {
  auto* result = out.values<R>();
  ForEachValid(in, out, [&](uint32_t row) {
    const TimeStatus status = make(row, result[row]);
    if (status != TimeStatus::kOk) FailFields(in, out, row, status);
  });
}

int32_t Int(const KernelInput& in, size_t index, uint32_t row) {
  return index < in.args.size() ? in.args[index].At<int32_t>(row) : 0;
}

void MakeDateOf(const KernelInput& in, KernelOutput& out) {
  PutOrFail<Days>(in, out, [&](uint32_t row, Days& date) {
    return MakeDate(Int(in, 0, row), Int(in, 1, row), Int(in, 2, row), date);
  });
}
void MakeTimeOf(const KernelInput& in, KernelOutput& out) {
  PutOrFail<Micros>(in, out, [&](uint32_t row, Micros& time) {
    return MakeTime(Int(in, 0, row), Int(in, 1, row), in.args[2].At<double>(row), time);
  });
}

TimeStatus TimestampOfRow(const KernelInput& in, uint32_t row, Micros& out) {
  return MakeTimestamp(Int(in, 0, row), Int(in, 1, row), Int(in, 2, row), Int(in, 3, row),
                       Int(in, 4, row), in.args[5].At<double>(row), out);
}
void MakeTimestampOf(const KernelInput& in, KernelOutput& out) {
  PutOrFail<Micros>(in, out, [&](uint32_t row, Micros& timestamp) {
    return TimestampOfRow(in, row, timestamp);
  });
}
void MakeTimestampTz(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  PutOrFail<Micros>(in, out, [&](uint32_t row, Micros& timestamp) {
    const TimeStatus status = TimestampOfRow(in, row, timestamp);
    return status == TimeStatus::kOk ? zone.LocalToUtc(timestamp, timestamp) : status;
  });
}
// Years, months, weeks, days, hours, minutes, seconds; those left out are 0.
void MakeIntervalOf(const KernelInput& in, KernelOutput& out) {
  PutOrFail<Interval>(in, out, [&](uint32_t row, Interval& interval) {
    const double seconds = in.args.size() > 6 ? in.args[6].At<double>(row) : 0;
    if (!std::isfinite(seconds)) return TimeStatus::kIntervalOutOfRange;
    return MakeInterval(Int(in, 0, row), Int(in, 1, row), Int(in, 2, row), Int(in, 3, row),
                        Int(in, 4, row), Int(in, 5, row), seconds, interval);
  });
}

TimeStatus AgeOf(Micros a, Micros b, Interval& out) { return Age(a, b, out); }

void AgeTz(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const ArgReader<Micros> a(in.args[0]), b(in.args[1]);
  PutOrFail<Interval>(in, out, [&](uint32_t row, Interval& age) {
    return Age(a[row], b[row], zone, age);
  });
}

// age(x): since x, counted from today's midnight.
template <bool kTz>
void AgeSince(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const ArgReader<Micros> since(in.args[0]);
  const Days today = TimestampTzToDate(in.context.epoch.now, zone);
  PutOrFail<Interval>(in, out, [&](uint32_t row, Interval& age) {
    Micros midnight = 0;
    const TimeStatus status =
        kTz ? DateToTimestampTz(today, zone, midnight) : DateToTimestamp(today, midnight);
    if (status != TimeStatus::kOk) return status;
    return kTz ? Age(midnight, since[row], zone, age) : Age(midnight, since[row], age);
  });
}

void FromEpoch(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<Micros>();
  ForEachCall<double>(in, out, [&](uint32_t row, double seconds) {
    const TimeStatus status = TimestampFromEpochSeconds(seconds, result[row]);
    if (status == TimeStatus::kOk) return;
    Error error = TimeError(status);
    char text[40] = "";
    if (status == TimeStatus::kTimestampOutOfRange) {
      std::snprintf(text, sizeof(text), ": \"%g\"", seconds);
    }
    error.text += text;
    out.Fail(row, std::move(error));
  });
}

TimeStatus HoursJustified(Interval interval, Interval& out) { return JustifyHours(interval, out); }
TimeStatus DaysJustified(Interval interval, Interval& out) { return JustifyDays(interval, out); }
TimeStatus AllJustified(Interval interval, Interval& out) {
  return JustifyInterval(interval, out);
}

bool IsFiniteTime(Micros timestamp) { return IsFiniteTimestamp(timestamp); }
bool IsFiniteDay(Days date) { return IsFiniteDate(date); }
bool IsFiniteInterval(Interval) { return true; }

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
constexpr FunctionOptions kNow = {.volatility = Volatility::kStable, .reads_clock = true};
constexpr FunctionOptions kInZone = {.can_fail = CanFail::kYes, .volatility = Volatility::kStable};

void RegisterNow(FunctionRegistry& registry) {
  registry.Scalar("current_date() -> date", CurrentDate, kNow, "today");
  registry.Scalar("current_time() -> timetz", CurrentTime, kNow, "the time of day");
  registry.Scalar("localtime() -> time", LocalTime, kNow, "the time of day");
  registry.Scalar("localtimestamp() -> timestamp", LocalTimestamp, kNow,
                  "the moment of the epoch on the session's clock");
  constexpr FunctionOptions kVolatile = {.can_fail = CanFail::kYes,
                                         .volatility = Volatility::kVolatile};
  registry.Scalar("clock_timestamp() -> timestamptz", RefuseVolatile<0>, kVolatile,
                  "refused: changes within an epoch");
  registry.Scalar("timeofday() -> text", RefuseVolatile<1>, kVolatile,
                  "refused: changes within an epoch");
  registry.Scalar("gen_random_uuid() -> uuid", RefuseVolatile<2>, kVolatile,
                  "refused: differs at each call");
}

void RegisterMaking(FunctionRegistry& registry) {
  registry.Scalar("make_date(integer, integer, integer) -> date", MakeDateOf, kCanFail,
                  "year, month, day");
  registry.Scalar("make_time(integer, integer, double precision) -> time", MakeTimeOf, kCanFail,
                  "hour, minute, second");
  const std::string six = "(integer, integer, integer, integer, integer, double precision";
  registry.Scalar("make_timestamp" + six + ") -> timestamp", MakeTimestampOf, kCanFail,
                  "year, month, day, hour, minute, second");
  registry.Scalar("make_timestamptz" + six + ") -> timestamptz", MakeTimestampTz, kInZone,
                  "year, month, day, hour, minute, second on the session's clock");
  std::string arguments;
  for (int count = 0; count <= 7; ++count) {
    if (count > 0) arguments += std::string(count > 1 ? ", " : "") +
                                (count == 7 ? "double precision" : "integer");
    registry.Scalar("make_interval(" + arguments + ") -> interval", MakeIntervalOf, kCanFail,
                    "years, months, weeks, days, hours, minutes, seconds");
  }
  registry.Scalar("to_timestamp(double precision) -> timestamptz", FromEpoch, kCanFail,
                  "seconds since 1970");
}

}  // namespace

void RegisterTimeMaking(FunctionRegistry& registry) {
  RegisterNow(registry);
  RegisterMaking(registry);
  registry.Scalar("age(timestamp, timestamp) -> interval", Status<AgeOf>(), kCanFail,
                  "years, months, days and time from the second to the first");
  registry.Scalar("age(timestamptz, timestamptz) -> interval", AgeTz, kInZone,
                  "years, months, days and time from the second to the first");
  constexpr FunctionOptions kSince = {
      .can_fail = CanFail::kYes, .volatility = Volatility::kStable, .reads_clock = true};
  registry.Scalar("age(timestamp) -> interval", AgeSince<false>, kSince, "time since");
  registry.Scalar("age(timestamptz) -> interval", AgeSince<true>, kSince, "time since");
  registry.Scalar("justify_hours(interval) -> interval", Status<HoursJustified>(), kCanFail,
                  "24 hours are a day");
  registry.Scalar("justify_days(interval) -> interval", Status<DaysJustified>(), kCanFail,
                  "30 days are a month");
  registry.Scalar("justify_interval(interval) -> interval", Status<AllJustified>(), kCanFail,
                  "24 hours are a day, 30 days a month");
  registry.Scalar("isfinite(date) -> boolean", Map<IsFiniteDay>(), "not infinity");
  registry.Scalar("isfinite(timestamp) -> boolean", Map<IsFiniteTime>(), "not infinity");
  registry.Scalar("isfinite(timestamptz) -> boolean", Map<IsFiniteTime>(), "not infinity");
  registry.Scalar("isfinite(interval) -> boolean", Map<IsFiniteInterval>(), "always");
}

}  // namespace riverrun::executor
