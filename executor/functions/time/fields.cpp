// Fields of times: extract, date_part, date_trunc, date_bin.
#include <memory>
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "executor/functions/text/letter_case.h"
#include "types/time/time_fields.h"

namespace riverrun::executor {
namespace {

constexpr int64_t kMicrosOfDay = kMicrosPerDay;

// The unit in argument 0, read once if it is constant.
struct PreparedUnit {
  TimeUnit unit;
};

Result<Prepared> PrepareUnit(const PrepareInput& input) {
  TimeUnit unit;
  // An unknown unit is reported with the type's name, by the kernel.
  if (input.constants[0] == nullptr || !ParseTimeUnit(input.constants[0]->BytesAt(0), unit)) {
    return Prepared{};
  }
  return std::make_shared<const PreparedUnit>(PreparedUnit{unit});
}

// The error names the unit in small letters.
Error UnknownUnit(TimeStatus status, std::string_view unit, const Type& type) {
  std::string lower;
  AppendLower(lower, unit);
  return UnitError(status, lower, TypeName(type));
}

// Calls f(row, unit) for each valid row; f returns a status, which fails the row.
template <class F>
void WithUnit(const KernelInput& in, KernelOutput& out, const Type& type, F&& f) {
  const auto* prepared = static_cast<const PreparedUnit*>(in.prepared);
  const StringReader text(in.args[0]);
  ForEachValid(in, out, [&](uint32_t row) {
    TimeUnit unit;
    TimeStatus status = TimeStatus::kUnitNotRecognized;
    if (prepared != nullptr) {
      unit = prepared->unit;
      status = f(row, unit);
    } else if (ParseTimeUnit(text[row], unit)) {
      status = f(row, unit);
    }
    if (status == TimeStatus::kOk) [[likely]]
      return;
    const bool of_unit =
        status == TimeStatus::kUnitNotRecognized || status == TimeStatus::kUnitNotSupported;
    out.Fail(row, of_unit ? UnknownUnit(status, text[row], type) : TimeError(status));
  });
}

// A Julian day of a moment is a sum with a quotient, and has that one's digits even at midnight.
bool HasDayFraction(TimeUnit unit, const Type& type) {
  return unit == TimeUnit::kJulian &&
         (type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestampTz);
}

void PutNumeric(KernelOutput& out, uint32_t row, const DatePart& part, bool day_fraction) {
  switch (part.kind) {
    case DatePart::Kind::kNull:
      return out.SetNull(row);
    case DatePart::Kind::kInfinity:
      return SetNumeric(out, row, Numeric::Infinity());
    case DatePart::Kind::kMinusInfinity:
      return SetNumeric(out, row, Numeric::NegativeInfinity());
    case DatePart::Kind::kFinite:
      break;
  }
  Numeric value{part.value, static_cast<int8_t>(part.scale)};
  if (day_fraction) {
    Numeric fraction;
    CHECK(Div(Numeric::FromInteger(part.day_micros), Numeric::FromInteger(kMicrosOfDay),
              fraction) == ArithmeticStatus::kOk);
    CHECK(Add(value, fraction, value) == ArithmeticStatus::kOk);
  }
  SetNumeric(out, row, value);
}

void PutDouble(KernelOutput& out, uint32_t row, const DatePart& part, bool) {
  if (part.kind == DatePart::Kind::kNull) return out.SetNull(row);
  out.values<double>()[row] = ToDouble(part);
}

template <class T, auto kPart, auto kPut>
void Part(const KernelInput& in, KernelOutput& out) {
  const ArgReader<T> values(in.args[1]);
  const Type& type = in.args[1].type;
  WithUnit(in, out, type, [&](uint32_t row, TimeUnit unit) {
    DatePart part;
    const TimeStatus status = kPart(unit, values[row], part);
    if (status == TimeStatus::kOk) kPut(out, row, part, HasDayFraction(unit, type));
    return status;
  });
}

template <auto kPut>
void PartTz(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const ArgReader<Micros> values(in.args[1]);
  const Type& type = in.args[1].type;
  WithUnit(in, out, type, [&](uint32_t row, TimeUnit unit) {
    DatePart part;
    const TimeStatus status = TimestampTzPart(unit, values[row], zone, part);
    if (status == TimeStatus::kOk) kPut(out, row, part, HasDayFraction(unit, type));
    return status;
  });
}

// date_part of a date is that of its midnight, so the hour is 0; extract refuses it.
void PartOfMidnight(const KernelInput& in, KernelOutput& out) {
  const ArgReader<Days> dates(in.args[1]);
  WithUnit(in, out, Type::Timestamp(), [&](uint32_t row, TimeUnit unit) {
    Micros midnight = 0;
    DatePart part;
    TimeStatus status = DateToTimestamp(dates[row], midnight);
    if (status == TimeStatus::kOk) status = TimestampPart(unit, midnight, part);
    if (status == TimeStatus::kOk) PutDouble(out, row, part, false);
    return status;
  });
}

// The length of an interval in seconds, added up in the order in which PostgreSQL rounds.
double EpochOf(const Interval& interval) {
  constexpr double kSecondsPerDay = 86400, kDaysPerYear = 365.25;
  double seconds = static_cast<double>(interval.micros) / 1'000'000.0;
  seconds += kDaysPerYear * kSecondsPerDay * (interval.months / kMonthsPerYear);
  seconds += kDaysPerMonth * kSecondsPerDay * (interval.months % kMonthsPerYear);
  return seconds + kSecondsPerDay * interval.days;
}

void PartOfInterval(const KernelInput& in, KernelOutput& out) {
  const ArgReader<Interval> intervals(in.args[1]);
  WithUnit(in, out, in.args[1].type, [&](uint32_t row, TimeUnit unit) {
    if (unit == TimeUnit::kEpoch) {
      out.values<double>()[row] = EpochOf(intervals[row]);
      return TimeStatus::kOk;
    }
    DatePart part;
    const TimeStatus status = IntervalPart(unit, intervals[row], part);
    if (status == TimeStatus::kOk) PutDouble(out, row, part, false);
    return status;
  });
}

template <class T, auto kTruncate>
void Truncate(const KernelInput& in, KernelOutput& out) {
  const ArgReader<T> values(in.args[1]);
  auto* result = out.values<T>();
  WithUnit(in, out, in.args[1].type,
           [&](uint32_t row, TimeUnit unit) { return kTruncate(unit, values[row], result[row]); });
}

void TruncateTz(const KernelInput& in, KernelOutput& out) {
  ZoneCursor zone(*in.context.settings->time_zone);
  const ArgReader<Micros> values(in.args[1]);
  auto* result = out.values<Micros>();
  WithUnit(in, out, in.args[1].type, [&](uint32_t row, TimeUnit unit) {
    return TruncateTimestampTz(unit, values[row], zone, result[row]);
  });
}

// date_trunc on the clock of a zone that is named in the call.
void TruncateInZone(const KernelInput& in, KernelOutput& out) {
  TimeZoneCache zones;
  const TimeZone* last = nullptr;
  std::optional<ZoneCursor> zone;
  const ArgReader<Micros> values(in.args[1]);
  const StringReader names(in.args[2]);
  auto* result = out.values<Micros>();
  ForEachValid(in, out, [&](uint32_t row) {
    TimeUnit unit;
    if (!ParseTimeUnit(in.args[0].BytesAt(row), unit)) {
      return out.Fail(row, UnknownUnit(TimeStatus::kUnitNotRecognized, in.args[0].BytesAt(row),
                                       in.args[1].type));
    }
    const TimeZone* found = zones.Find(names[row]);
    if (found == nullptr) {
      return out.Fail(row, {sqlstate::kInvalidParameterValue,
                            "time zone \"" + std::string(names[row]) + "\" not recognized",
                            {},
                            {}});
    }
    if (found != last) zone.emplace(*found);
    last = found;
    const TimeStatus status = TruncateTimestampTz(unit, values[row], *zone, result[row]);
    if (status == TimeStatus::kOk) return;
    const bool of_unit =
        status == TimeStatus::kUnitNotRecognized || status == TimeStatus::kUnitNotSupported;
    out.Fail(row, of_unit ? UnknownUnit(status, in.args[0].BytesAt(row), in.args[1].type)
                          : TimeError(status));
  });
}

void Bin(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<Micros>();
  ForEachCall<Interval, Micros, Micros>(
      in, out, [&](uint32_t row, const Interval& stride, Micros timestamp, Micros origin) {
        const TimeStatus status = DateBin(stride, timestamp, origin, result[row]);
        if (status != TimeStatus::kOk) out.Fail(row, TimeError(status));
      });
}

template <auto kPut>
void RegisterParts(FunctionRegistry& registry, const std::string& name, const std::string& result) {
  const FunctionOptions options = {.can_fail = CanFail::kYes, .prepare = PrepareUnit};
  FunctionOptions in_zone = options;
  in_zone.volatility = Volatility::kStable;
  const auto add = [&](const std::string& type, Kernel kernel, const FunctionOptions& how) {
    registry.Scalar(name + "(text, " + type + ") -> " + result, kernel, how, "a field");
  };
  add("timestamp", Part<Micros, TimestampPart, kPut>, options);
  add("timestamptz", PartTz<kPut>, in_zone);
  add("time", Part<Micros, TimePart, kPut>, options);
  add("timetz", Part<TimeTz, TimeTzPart, kPut>, options);
}

}  // namespace

void RegisterTimeFields(FunctionRegistry& registry) {
  const FunctionOptions options = {.can_fail = CanFail::kYes, .prepare = PrepareUnit};
  FunctionOptions in_zone = options;
  in_zone.volatility = Volatility::kStable;
  RegisterParts<PutNumeric>(registry, "extract", "numeric");
  RegisterParts<PutDouble>(registry, "date_part", "double precision");
  registry.Scalar("extract(text, interval) -> numeric", Part<Interval, IntervalPart, PutNumeric>,
                  options, "a field");
  registry.Scalar("date_part(text, interval) -> double precision", PartOfInterval, options,
                  "a field");
  registry.Scalar("extract(text, date) -> numeric", Part<Days, ExtractDatePart, PutNumeric>,
                  options, "a field");
  registry.Scalar("date_part(text, date) -> double precision", PartOfMidnight, options, "a field");
  registry.Scalar("date_trunc(text, timestamp) -> timestamp", Truncate<Micros, TruncateTimestamp>,
                  options, "cut to a unit");
  registry.Scalar("date_trunc(text, timestamptz) -> timestamptz", TruncateTz, in_zone,
                  "cut to a unit on the session's clock");
  registry.Scalar("date_trunc(text, timestamptz, text) -> timestamptz", TruncateInZone,
                  {.can_fail = CanFail::kYes}, "cut to a unit on a zone's clock");
  registry.Scalar("date_trunc(text, interval) -> interval", Truncate<Interval, TruncateInterval>,
                  options, "cut to a unit");
  registry.Scalar("date_bin(interval, timestamp, timestamp) -> timestamp", Bin,
                  {.can_fail = CanFail::kYes}, "start of the bin, counted from an origin");
  registry.Scalar("date_bin(interval, timestamptz, timestamptz) -> timestamptz", Bin,
                  {.can_fail = CanFail::kYes}, "start of the bin, counted from an origin");
}

}  // namespace riverrun::executor
