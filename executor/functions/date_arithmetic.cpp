// + - * / of dates, times, timestamps and intervals.
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/time/time_fields.h"

namespace riverrun::executor {
namespace {

// The second argument first: interval + date is date + interval.
template <auto kFunction, class A, class B, class R>
TimeStatus Swapped(B b, A a, R& out) {
  return kFunction(a, b, out);
}

TimeStatus DatePlusDays(Days date, int32_t days, Days& out) { return AddDays(date, days, out); }
TimeStatus DateMinusDays(Days date, int32_t days, Days& out) {
  return AddDays(date, -int64_t{days}, out);
}
TimeStatus DateMinusDate(Days a, Days b, int32_t& out) { return SubtractDates(a, b, out); }
TimeStatus DatePlusTime(Days date, Micros time, Micros& out) {
  return AddDateTime(date, time, out);
}
TimeStatus DatePlusTimeTz(Days date, TimeTz time, Micros& out) {
  return AddDateTimeTz(date, time, out);
}
TimeStatus DatePlusInterval(Days date, Interval interval, Micros& out) {
  return AddIntervalToDate(date, interval, out);
}
TimeStatus DateMinusInterval(Days date, Interval interval, Micros& out) {
  return SubtractIntervalFromDate(date, interval, out);
}
TimeStatus TimestampPlusInterval(Micros timestamp, Interval interval, Micros& out) {
  return AddInterval(timestamp, interval, out);
}
TimeStatus TimestampMinusInterval(Micros timestamp, Interval interval, Micros& out) {
  return SubtractInterval(timestamp, interval, out);
}
TimeStatus TimestampMinusTimestamp(Micros a, Micros b, Interval& out) {
  return SubtractTimestamps(a, b, out);
}
Micros TimePlusInterval(Micros time, Interval interval) {
  return AddIntervalToTime(time, interval);
}
Micros IntervalPlusTime(Interval interval, Micros time) {
  return AddIntervalToTime(time, interval);
}
Micros TimeMinusInterval(Micros time, Interval interval) {
  return SubtractIntervalFromTime(time, interval);
}
TimeTz TimeTzPlusInterval(TimeTz time, Interval interval) {
  return AddIntervalToTimeTz(time, interval);
}
TimeTz IntervalPlusTimeTz(Interval interval, TimeTz time) {
  return AddIntervalToTimeTz(time, interval);
}
TimeTz TimeTzMinusInterval(TimeTz time, Interval interval) {
  return SubtractIntervalFromTimeTz(time, interval);
}
Interval TimeMinusTime(Micros a, Micros b) { return SubtractTimes(a, b); }

TimeStatus Negated(Interval a, Interval& out) { return NegateInterval(a, out); }
TimeStatus Sum(Interval a, Interval b, Interval& out) { return AddIntervals(a, b, out); }
TimeStatus Difference(Interval a, Interval b, Interval& out) {
  return SubtractIntervals(a, b, out);
}
TimeStatus Product(Interval a, double factor, Interval& out) {
  return MultiplyInterval(a, factor, out);
}
TimeStatus Quotient(Interval a, double divisor, Interval& out) {
  return DivideInterval(a, divisor, out);
}

// timestamptz and interval: months and days count on the clock of the session's zone.
template <bool kSubtract>
void MoveTimestampTz(const KernelInput& in, KernelOutput& out, const Column& timestamps,
                     const Column& intervals) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const ArgReader<Micros> timestamp(timestamps);
  const ArgReader<Interval> interval(intervals);
  auto* r = out.values<Micros>();
  ForEachValid(in, out, [&](uint32_t row) {
    Micros moved = 0;
    const TimeStatus status = kSubtract
                                  ? SubtractInterval(timestamp[row], interval[row], zone, moved)
                                  : AddInterval(timestamp[row], interval[row], zone, moved);
    r[row] = moved;
    if (status != TimeStatus::kOk) [[unlikely]] out.Fail(row, TimeError(status));
  });
}
void TimestampTzPlusInterval(const KernelInput& in, KernelOutput& out) {
  MoveTimestampTz<false>(in, out, in.args[0], in.args[1]);
}
void IntervalPlusTimestampTz(const KernelInput& in, KernelOutput& out) {
  MoveTimestampTz<false>(in, out, in.args[1], in.args[0]);
}
void TimestampTzMinusInterval(const KernelInput& in, KernelOutput& out) {
  MoveTimestampTz<true>(in, out, in.args[0], in.args[1]);
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
constexpr FunctionOptions kInZone = {.can_fail = CanFail::kYes, .volatility = Volatility::kStable};

void RegisterDates(FunctionRegistry& registry) {
  registry.Scalar("+(date, integer) -> date", Status<DatePlusDays>(), kCanFail, "days later");
  registry.Scalar("+(integer, date) -> date",
                  Status<Swapped<DatePlusDays, Days, int32_t, Days>>(), kCanFail, "days later");
  registry.Scalar("-(date, integer) -> date", Status<DateMinusDays>(), kCanFail, "days earlier");
  registry.Scalar("-(date, date) -> integer", Status<DateMinusDate>(), kCanFail, "days between");
  registry.Scalar("+(date, time) -> timestamp", Status<DatePlusTime>(), kCanFail,
                  "that time of the day");
  registry.Scalar("+(time, date) -> timestamp",
                  Status<Swapped<DatePlusTime, Days, Micros, Micros>>(), kCanFail,
                  "that time of the day");
  registry.Scalar("+(date, timetz) -> timestamptz", Status<DatePlusTimeTz>(), kCanFail,
                  "that time of the day");
  registry.Scalar("+(timetz, date) -> timestamptz",
                  Status<Swapped<DatePlusTimeTz, Days, TimeTz, Micros>>(), kCanFail,
                  "that time of the day");
  registry.Scalar("+(date, interval) -> timestamp", Status<DatePlusInterval>(), kCanFail,
                  "an interval later");
  registry.Scalar("+(interval, date) -> timestamp",
                  Status<Swapped<DatePlusInterval, Days, Interval, Micros>>(), kCanFail,
                  "an interval later");
  registry.Scalar("-(date, interval) -> timestamp", Status<DateMinusInterval>(), kCanFail,
                  "an interval earlier");
}

void RegisterTimestamps(FunctionRegistry& registry) {
  registry.Scalar("+(timestamp, interval) -> timestamp", Status<TimestampPlusInterval>(), kCanFail,
                  "an interval later");
  registry.Scalar("+(interval, timestamp) -> timestamp",
                  Status<Swapped<TimestampPlusInterval, Micros, Interval, Micros>>(), kCanFail,
                  "an interval later");
  registry.Scalar("-(timestamp, interval) -> timestamp", Status<TimestampMinusInterval>(), kCanFail,
                  "an interval earlier");
  registry.Scalar("-(timestamp, timestamp) -> interval", Status<TimestampMinusTimestamp>(),
                  kCanFail, "days and time between");
  registry.Scalar("+(timestamptz, interval) -> timestamptz", TimestampTzPlusInterval, kInZone,
                  "an interval later");
  registry.Scalar("+(interval, timestamptz) -> timestamptz", IntervalPlusTimestampTz, kInZone,
                  "an interval later");
  registry.Scalar("-(timestamptz, interval) -> timestamptz", TimestampTzMinusInterval, kInZone,
                  "an interval earlier");
  registry.Scalar("-(timestamptz, timestamptz) -> interval", Status<TimestampMinusTimestamp>(),
                  kCanFail, "days and time between");
}

void RegisterTimes(FunctionRegistry& registry) {
  registry.Scalar("+(time, interval) -> time", Map<TimePlusInterval>(), "later, within a day");
  registry.Scalar("+(interval, time) -> time", Map<IntervalPlusTime>(), "later, within a day");
  registry.Scalar("-(time, interval) -> time", Map<TimeMinusInterval>(), "earlier, within a day");
  registry.Scalar("-(time, time) -> interval", Map<TimeMinusTime>(), "time between");
  registry.Scalar("+(timetz, interval) -> timetz", Map<TimeTzPlusInterval>(),
                  "later, within a day");
  registry.Scalar("+(interval, timetz) -> timetz", Map<IntervalPlusTimeTz>(),
                  "later, within a day");
  registry.Scalar("-(timetz, interval) -> timetz", Map<TimeTzMinusInterval>(),
                  "earlier, within a day");
}

void RegisterIntervals(FunctionRegistry& registry) {
  registry.Scalar("-(interval) -> interval", Status<Negated>(), kCanFail, "negation");
  registry.Scalar("+(interval, interval) -> interval", Status<Sum>(), kCanFail, "sum");
  registry.Scalar("-(interval, interval) -> interval", Status<Difference>(), kCanFail,
                  "difference");
  registry.Scalar("*(interval, double precision) -> interval", Status<Product>(), kCanFail,
                  "so many times as long");
  registry.Scalar("*(double precision, interval) -> interval",
                  Status<Swapped<Product, Interval, double, Interval>>(), kCanFail,
                  "so many times as long");
  registry.Scalar("/(interval, double precision) -> interval", Status<Quotient>(), kCanFail,
                  "so many times as short");
}

// The moment at which the epoch opened: the same for every row and every worker.
void Now(const KernelInput& in, KernelOutput& out) {
  for (uint32_t row = 0; row < in.rows; ++row) {
    out.values<Micros>()[row] = in.context.epoch.now;
  }
}

}  // namespace

void RegisterDateArithmetic(FunctionRegistry& registry) {
  RegisterDates(registry);
  RegisterTimestamps(registry);
  RegisterTimes(registry);
  RegisterIntervals(registry);
  const FunctionOptions now = {.volatility = Volatility::kStable, .reads_clock = true};
  for (const std::string name :
       {"now", "transaction_timestamp", "statement_timestamp", "current_timestamp"}) {
    registry.Scalar(name + "() -> timestamptz", Now, now, "the moment the epoch opened");
  }
}

}  // namespace riverrun::executor
