// Values with a fraction: floating point, and numeric in both its forms.
#include <algorithm>
#include <cmath>

#include "executor/connectors/datagen/random_stream.h"
#include "executor/connectors/datagen/value_generator.h"
#include "types/number/numeric.h"

namespace riverrun::executor {
namespace {

constexpr int8_t kNumericScale = 2;     // unless the bounds have more digits
constexpr int64_t kNumericMax = 1'000'000;  // not included; unless the user says otherwise

template <class T>
class FloatValues : public ValueGenerator {
 public:
  FloatValues(const ValueSpec& spec, double low, double high)
      : type_(spec.type), key_(spec.key), low_(low), width_(high - low) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    const auto values = Buffer::Allocate(events.rows * sizeof(T), budget);
    T* out = values->mutable_as<T>();
    for (uint32_t row = 0; row < events.rows; ++row) {
      out[row] = static_cast<T>(low_ + width_ * Fraction(RandomAt(key_, events[row])));
    }
    return FlatColumn(type_, values);
  }
  uint32_t bytes() const override { return sizeof(T); }

 private:
  const Type type_;
  const uint64_t key_;
  const double low_, width_;
};

// low, low + 1, ... : `count` numbers of digits, at one scale.
struct DigitRange {
  Int128 low = 0;
  UInt128 count = 1;
};

class DigitValues : public ValueGenerator {
 public:
  DigitValues(const ValueSpec& spec, const DigitRange& range, int8_t scale)
      : type_(spec.type), key_(spec.key), range_(range), scale_(scale) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    const auto values = Buffer::Allocate(events.rows * sizeof(Int128), budget);
    auto* out = values->mutable_as<Int128>();
    for (uint32_t row = 0; row < events.rows; ++row) {
      out[row] = range_.low + static_cast<Int128>(Draw(RandomAt(key_, events[row])));
    }
    Column column = FlatColumn(type_, values);
    if (type_.kind == TypeKind::kNumeric) {
      const auto scales = Buffer::Allocate(events.rows, budget);
      std::fill_n(scales->mutable_as<int8_t>(), events.rows, scale_);
      column.scales = scales;
    }
    return column;
  }
  uint32_t bytes() const override { return sizeof(Int128) + 1; }

 private:
  UInt128 Draw(uint64_t bits) const {
    if (range_.count <= UINT64_MAX) return Scale(bits, static_cast<uint64_t>(range_.count));
    const UInt128 wide = static_cast<UInt128>(bits) << 64 | Scatter(bits ^ kGoldenGamma);
    return wide % range_.count;
  }

  const Type type_;
  const uint64_t key_;
  const DigitRange range_;
  const int8_t scale_;
};

// The numbers 0, 1, ... from `start`, in whatever type; floats beyond 2^53 repeat themselves.
class CountedValues : public ValueGenerator {
 public:
  CountedValues(const ValueSpec& spec, int64_t start, uint64_t count, bool ends)
      : type_(spec.type), start_(start), count_(count), ends_(ends) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    ColumnBuilder out(type_, budget);
    for (uint32_t row = 0; row < events.rows; ++row) {
      const int64_t value =
          start_ + static_cast<int64_t>(static_cast<uint64_t>(events[row]) % count_);
      switch (type_.kind) {
        case TypeKind::kFloat4: out.Append(static_cast<float>(value)); break;
        case TypeKind::kFloat8: out.Append(static_cast<double>(value)); break;
        case TypeKind::kDecimal: out.Append(Int128{value} * PowerOfTen(type_.scale)); break;
        default: out.AppendNumeric(Numeric::FromInteger(value)); break;
      }
    }
    return out.Finish();
  }
  uint32_t bytes() const override { return sizeof(Int128) + 1; }
  std::optional<int64_t> events_max() const override {
    if (!ends_) return std::nullopt;
    return static_cast<int64_t>(std::min<uint64_t>(count_, INT64_MAX));
  }

 private:
  const Type type_;
  const int64_t start_;
  const uint64_t count_;
  const bool ends_;
};

MadeGenerator MakeCounted(const ValueSpec& spec, FieldOptions& options) {
  int64_t last = int64_t{1} << 53;
  if (spec.type.kind == TypeKind::kFloat4) last = 1 << 24;
  if (spec.type.kind == TypeKind::kNumeric) last = INT64_MAX - 1;
  if (spec.type.kind == TypeKind::kDecimal) {
    const int whole = std::min(spec.type.precision - spec.type.scale, 18);
    last = static_cast<int64_t>(PowerOfTen(whole) - 1);
  }
  const auto start = options.ReadCount("start", -last, last, 0);
  if (!start) return std::unexpected(start.error());
  const auto end = options.ReadCount("end", *start, last, last);
  if (!end) return std::unexpected(end.error());
  const uint64_t count = static_cast<uint64_t>(*end) - static_cast<uint64_t>(*start) + 1;
  return std::make_unique<CountedValues>(spec, *start, count, options.Has("end"));
}

MadeGenerator MakeFloats(const ValueSpec& spec, FieldOptions& options) {
  const auto low = options.Read("min", Type::Float8(), Value::Float8(0));
  if (!low) return std::unexpected(low.error());
  const auto high = options.Read("max", Type::Float8(), Value::Float8(low->As<double>() + 1));
  if (!high) return std::unexpected(high.error());
  const double from = low->As<double>(), to = high->As<double>();
  // The width has to be a number, too; every comparison with NaN is false.
  if (!(from <= to && std::isfinite(to - from))) {
    return RefuseOption(options.Find(options.Has("max") ? "max" : "min")->key,
                        "leaves no finite range");
  }
  if (spec.type.kind == TypeKind::kFloat8) {
    return std::make_unique<FloatValues<double>>(spec, from, to);
  }
  return std::make_unique<FloatValues<float>>(spec, from, to);
}

// The digits of a bound at a scale that is not below its own; nothing if 38 do not hold them.
std::optional<Int128> DigitsAt(const Numeric& bound, int8_t scale) {
  if (!bound.IsFinite()) return std::nullopt;
  Int128 digits = 0;
  if (__builtin_mul_overflow(bound.digits, PowerOfTen(scale - bound.scale), &digits) ||
      !FitsDecimal(digits)) {
    return std::nullopt;
  }
  return digits;
}

MadeGenerator MakeDigits(const ValueSpec& spec, FieldOptions& options) {
  const bool decimal = spec.type.kind == TypeKind::kDecimal;
  auto scale = decimal ? static_cast<int8_t>(spec.type.scale) : kNumericScale;
  // Below a million, as far as the type holds that.
  Int128 default_max = decimal ? PowerOfTen(std::min<int>(spec.type.precision, scale + 6)) - 1
                               : kNumericMax * PowerOfTen(scale) - 1;
  const auto low = options.Read("min", spec.type, {});
  if (!low) return std::unexpected(low.error());
  const auto high = options.Read("max", spec.type, {});
  if (!high) return std::unexpected(high.error());
  for (const Value* bound : {&*low, &*high}) {
    if (!bound->IsNull() && !decimal) scale = std::max(scale, bound->AsNumeric().scale);
  }
  const auto low_digits = low->IsNull() ? Int128{0} : DigitsAt(low->AsNumeric(), scale);
  if (!low_digits) return RefuseOption(options.Find("min")->key, "must be finite");
  if (!decimal) default_max = kNumericMax * PowerOfTen(std::min<int>(scale, 30)) - 1;
  const auto high_digits = high->IsNull() ? std::max(default_max, *low_digits)
                                          : DigitsAt(high->AsNumeric(), scale);
  if (!high_digits) return RefuseOption(options.Find("max")->key, "must be finite");
  if (*high_digits < *low_digits) {
    const FieldOptions::Option* min = options.Find("min");
    return RefuseOption(options.Find("max")->key,
                        min != nullptr ? "must not be below \"" + min->key + "\""
                                       : "must not be negative without a min");
  }
  const DigitRange range{*low_digits, static_cast<UInt128>(*high_digits - *low_digits) + 1};
  return std::make_unique<DigitValues>(spec, range, scale);
}

}  // namespace

MadeGenerator MakeFractionValues(const ValueSpec& spec, FieldOptions& options) {
  const auto sequence = options.ReadIsSequence(spec.type, true);
  if (!sequence) return std::unexpected(sequence.error());
  if (*sequence) return MakeCounted(spec, options);
  const bool floats =
      spec.type.kind == TypeKind::kFloat4 || spec.type.kind == TypeKind::kFloat8;
  return floats ? MakeFloats(spec, options) : MakeDigits(spec, options);
}

}  // namespace riverrun::executor
