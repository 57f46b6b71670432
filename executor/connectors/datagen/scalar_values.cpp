// Values that lie on a grid of integers: random ones, sequences, and times that pass.
#include <algorithm>
#include <limits>

#include "executor/connectors/datagen/random_stream.h"
#include "executor/connectors/datagen/value_generator.h"
#include "types/time/interval.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun::executor {
namespace {

constexpr int64_t kSmallintMax = 9'999, kIntegerMax = 999'999;  // unless the user says otherwise
constexpr int64_t kDaysOfDates = 365;

// low, low + unit, ... : `count` of them; 0 means 2^64.
struct Grid {
  int64_t low = 0;
  uint64_t count = 1;
  int64_t unit = 1;
};

enum class Draw : uint8_t {
  kUniform,   // any point of the grid
  kSequence,  // one after the other, from the beginning again after the last
  kClock,     // the time of the event, less up to `count` microseconds, rounded down to the unit
};

template <class T>
T FromInteger(int64_t value) {
  if constexpr (std::is_same_v<T, TimeTz>) {
    return {.time = value};
  } else if constexpr (std::is_same_v<T, Interval>) {
    return {.micros = value};
  } else {
    return static_cast<T>(value);
  }
}

constexpr int64_t FloorTo(int64_t value, int64_t unit) {
  const int64_t rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

template <class T>
class ScalarValues : public ValueGenerator {
 public:
  ScalarValues(const ValueSpec& spec, Draw draw, Grid grid, std::optional<int64_t> events_max)
      : spec_(spec), draw_(draw), grid_(grid), events_max_(events_max) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    const auto values = Buffer::Allocate(events.rows * sizeof(T), budget);
    T* out = values->mutable_as<T>();
    switch (draw_) {
      case Draw::kUniform:
        Each(events, out, [this](int64_t event) {
          return grid_.low + static_cast<int64_t>(Place(event)) * grid_.unit;
        });
        break;
      case Draw::kSequence:
        Each(events, out, [this](int64_t event) {
          const auto place = static_cast<uint64_t>(event);
          return grid_.low + static_cast<int64_t>(grid_.count == 0 ? place : place % grid_.count);
        });
        break;
      case Draw::kClock: {
        const int64_t step = spec_.type.kind == TypeKind::kDate ? kMicrosPerDay : 1;
        Each(events, out, [this, step](int64_t event) {
          const Micros time = spec_.clock.TimeOf(event) - static_cast<Micros>(Place(event));
          return FloorTo(time, grid_.unit) / step;
        });
        break;
      }
    }
    return FlatColumn(spec_.type, values);
  }
  uint32_t bytes() const override { return sizeof(T); }
  std::optional<int64_t> events_max() const override { return events_max_; }

 private:
  template <class F>
  static void Each(const EventRange& events, T* out, F&& value) {
    for (uint32_t row = 0; row < events.rows; ++row) out[row] = FromInteger<T>(value(events[row]));
  }
  uint64_t Place(int64_t event) const {
    return Scale(RandomAt(spec_.key, event), grid_.count);
  }

  const ValueSpec spec_;
  const Draw draw_;
  const Grid grid_;
  const std::optional<int64_t> events_max_;
};

// Random ones of version 4.
class UuidValues : public ValueGenerator {
 public:
  explicit UuidValues(const ValueSpec& spec) : type_(spec.type), key_(spec.key) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    const auto values = Buffer::Allocate(events.rows * sizeof(Uuid), budget);
    auto* out = values->mutable_as<Uuid>();
    for (uint32_t row = 0; row < events.rows; ++row) {
      RandomStream random(RandomAt(key_, events[row]));
      const uint64_t halves[2] = {random.Next(), random.Next()};
      for (size_t i = 0; i < 16; ++i) {
        out[row].bytes[i] = static_cast<uint8_t>(halves[i / 8] >> (56 - i % 8 * 8));
      }
      out[row].bytes[6] = static_cast<uint8_t>((out[row].bytes[6] & 0x0f) | 0x40);
      out[row].bytes[8] = static_cast<uint8_t>((out[row].bytes[8] & 0x3f) | 0x80);
    }
    return FlatColumn(type_, values);
  }
  uint32_t bytes() const override { return sizeof(Uuid); }

 private:
  const Type type_;
  const uint64_t key_;
};

// What integers stand for values of a type, and which ones are made unless the user says so.
struct Range {
  int64_t low = 0, high = 0;  // by default
  int64_t last = 0;           // of the type
  int64_t unit = 1;
};

int64_t UnitOf(const Type& type) {
  const int32_t precision =
      type.kind == TypeKind::kInterval ? IntervalPrecisionOf(type.typmod) : type.typmod;
  int64_t unit = 1;
  for (int32_t digit = precision; digit >= 0 && digit < kMaxTimePrecision; ++digit) unit *= 10;
  return unit;
}

Range RangeOf(const ValueSpec& spec) {
  const Type& type = spec.type;
  const int64_t unit = UnitOf(type);
  switch (type.kind) {
    case TypeKind::kBool: return {0, 1, 1};
    case TypeKind::kInt2: return {0, kSmallintMax, INT16_MAX};
    case TypeKind::kInt4: return {0, kIntegerMax, INT32_MAX};
    case TypeKind::kInt8: return {0, kIntegerMax, INT64_MAX};
    case TypeKind::kOid: return {0, kIntegerMax, UINT32_MAX};
    case TypeKind::kDate: {
      const int64_t day = TimestampToDate(spec.clock.start);
      return {day, day + kDaysOfDates - 1, kDateEnd - 1};
    }
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: {
      const int64_t start = FloorTo(spec.clock.start, unit);
      return {start, start + kDaysOfDates * kMicrosPerDay - unit, kTimestampEnd - unit, unit};
    }
    case TypeKind::kTime:
    case TypeKind::kTimeTz:
    case TypeKind::kInterval: return {0, kMicrosPerDay - unit, INT64_MAX, unit};
    default: break;
  }
  CHECK(false, "a type without a grid");
  return {};
}

// Of a value that the user gave; nothing for infinities and what has no fixed length.
std::optional<int64_t> ToInteger(const Value& value) {
  switch (value.type().kind) {
    case TypeKind::kInt2: return value.As<int16_t>();
    case TypeKind::kInt4: return value.As<int32_t>();
    case TypeKind::kOid: return value.As<uint32_t>();
    case TypeKind::kDate:
      if (!IsFiniteDate(value.As<Days>())) return std::nullopt;
      return value.As<Days>();
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      if (!IsFiniteTimestamp(value.As<Micros>())) return std::nullopt;
      return value.As<Micros>();
    case TypeKind::kInterval: {
      Micros micros = 0;
      if (IntervalToMicros(value.As<Interval>(), micros) != TimeStatus::kOk) return std::nullopt;
      return micros;
    }
    default: return value.As<int64_t>();
  }
}

// timetz has no bounds but those of its time of day; the zone is UTC.
Type BoundTypeOf(const Type& type) {
  if (type.kind != TypeKind::kTimeTz) return type;
  Type time = Type::Time();
  time.typmod = type.typmod;
  return time;
}

std::expected<int64_t, DefinitionError> ReadPoint(FieldOptions& options, std::string_view property,
                                                  const Type& type, int64_t otherwise) {
  if (!options.Has(property)) return otherwise;
  const auto value = options.Read(property, BoundTypeOf(type), {});
  if (!value) return std::unexpected(value.error());
  if (const std::optional<int64_t> point = ToInteger(*value)) return *point;
  return RefuseOption(options.Find(property)->key, "must be finite and without months");
}

MadeGenerator Make(const ValueSpec& spec, Draw draw, const Grid& grid,
                   std::optional<int64_t> events_max) {
  switch (PhysicalWidth(spec.type.kind)) {
    case 1: return std::make_unique<ScalarValues<uint8_t>>(spec, draw, grid, events_max);
    case 2: return std::make_unique<ScalarValues<int16_t>>(spec, draw, grid, events_max);
    case 4: return std::make_unique<ScalarValues<int32_t>>(spec, draw, grid, events_max);
    case 8: return std::make_unique<ScalarValues<int64_t>>(spec, draw, grid, events_max);
    default: break;
  }
  if (spec.type.kind == TypeKind::kTimeTz) {
    return std::make_unique<ScalarValues<TimeTz>>(spec, draw, grid, events_max);
  }
  return std::make_unique<ScalarValues<Interval>>(spec, draw, grid, events_max);
}

// The time of the event, less up to `max_past`.
MadeGenerator MakeClockValues(const ValueSpec& spec, FieldOptions& options, int64_t unit) {
  const auto past = ReadPoint(options, "max_past", Type::Interval(), 0);
  if (!past) return std::unexpected(past.error());
  if (*past < 0) return RefuseOption(options.Find("max_past")->key, "must not be negative");
  return Make(spec, Draw::kClock, {0, static_cast<uint64_t>(*past) + 1, unit}, {});
}

MadeGenerator MakeSequence(const ValueSpec& spec, FieldOptions& options, const Range& range) {
  const auto start = ReadPoint(options, "start", spec.type, 0);
  if (!start) return std::unexpected(start.error());
  const auto end = ReadPoint(options, "end", spec.type, range.last);
  if (!end) return std::unexpected(end.error());
  if (*end < *start) {
    return RefuseOption(options.Find(options.Has("end") ? "end" : "start")->key,
                        "leaves the sequence empty");
  }
  const uint64_t count = static_cast<uint64_t>(*end) - static_cast<uint64_t>(*start) + 1;
  std::optional<int64_t> events_max;
  if (options.Has("end") && count - 1 < INT64_MAX) events_max = static_cast<int64_t>(count);
  return Make(spec, Draw::kSequence, {*start, count, 1}, events_max);
}

MadeGenerator MakeUniform(const ValueSpec& spec, FieldOptions& options, const Range& range) {
  auto low = ReadPoint(options, "min", spec.type, range.low);
  if (!low) return std::unexpected(low.error());
  // Without a `max` as many values as there are by default.
  const int64_t span = range.high - range.low;
  const int64_t high_default = *low > range.last - span ? range.last : *low + span;
  const auto high = ReadPoint(options, "max", spec.type,
                              options.Has("min") ? high_default : range.high);
  if (!high) return std::unexpected(high.error());
  if (!options.Has("min")) low = std::min(*low, *high);
  if (*low > *high) {
    return RefuseOption(options.Find("max")->key,
                        "must not be below \"" + options.Find("min")->key + "\"");
  }
  const uint64_t width = static_cast<uint64_t>(*high) - static_cast<uint64_t>(*low);
  return Make(spec, Draw::kUniform,
              {*low, width / static_cast<uint64_t>(range.unit) + 1, range.unit}, {});
}

bool IsInteger(TypeKind kind) {
  return kind == TypeKind::kInt2 || kind == TypeKind::kInt4 || kind == TypeKind::kInt8 ||
         kind == TypeKind::kOid;
}

bool IsPointInTime(TypeKind kind) {
  return kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampTz;
}

}  // namespace

MadeGenerator MakeScalarValues(const ValueSpec& spec, FieldOptions& options) {
  const TypeKind kind = spec.type.kind;
  const auto sequence = options.ReadIsSequence(spec.type, IsInteger(kind));
  if (!sequence) return std::unexpected(sequence.error());
  if (kind == TypeKind::kUuid) return std::make_unique<UuidValues>(spec);
  const Range range = RangeOf(spec);
  if (kind == TypeKind::kInterval && IntervalRangeOf(spec.type.typmod) != IntervalRange::kFull) {
    return std::unexpected(DefinitionError{
        {sqlstate::kFeatureNotSupported,
         "the connector \"datagen\" does not fill columns of type " + TypeName(spec.type)}});
  }
  if (kind == TypeKind::kBool) return Make(spec, Draw::kUniform, {0, 2, 1}, {});
  if (*sequence) return MakeSequence(spec, options, range);
  const bool bounded = options.Has("min") || options.Has("max");
  if (IsPointInTime(kind) && !bounded) {
    return MakeClockValues(spec, options, kind == TypeKind::kDate ? kMicrosPerDay : range.unit);
  }
  return MakeUniform(spec, options, range);
}

}  // namespace riverrun::executor
