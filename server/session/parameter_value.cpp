#include "server/session/parameter_value.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "types/number/numeric.h"
#include "types/time/interval.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun::server {
namespace {

// Takes big-endian numbers off the front. After the end everything is 0, and `short_of_bytes`.
struct Bytes {
  std::string_view rest;
  bool short_of_bytes = false;

  std::string_view Take(size_t count) {
    if (count > rest.size()) {
      short_of_bytes = true;
      rest = {};
      return {};
    }
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  template <class T>
  T Number() {
    using Bits = std::conditional_t<
        sizeof(T) == 1, uint8_t,
        std::conditional_t<sizeof(T) == 2, uint16_t,
                           std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>>;
    uint64_t bits = 0;
    for (const char c : Take(sizeof(T))) bits = bits << 8 | static_cast<unsigned char>(c);
    const auto narrow = static_cast<Bits>(bits);
    T number;
    std::memcpy(&number, &narrow, sizeof number);
    return number;
  }
};

std::unexpected<Error> Incorrect(const Type& type) {
  return std::unexpected(
      Error{sqlstate::kInvalidBinaryRepresentation,
            "incorrect binary data format in a parameter of type " + TypeName(type)});
}

template <class T>
Value Of(const Type& type, const T& value) {
  ColumnBuilder builder(type);
  builder.Append(value);
  return Value::From(builder.Finish(), 0);
}

// What counts from 2000 on the wire. The extremes are the infinities there and here.
template <class T>
Result<Value> Shifted(const Type& type, T count, T epoch, T min, T end) {
  if (count == std::numeric_limits<T>::max() || count == std::numeric_limits<T>::min()) {
    return Of(type, count);
  }
  T shifted = 0;
  if (__builtin_add_overflow(count, epoch, &shifted) || shifted < min || shifted >= end) {
    return Fail(sqlstate::kDatetimeFieldOverflow, TypeName(type) + " out of range");
  }
  return Of(type, shifted);
}

Result<Value> TimeOf(const Type& type, Bytes& in) {
  const auto time = in.Number<int64_t>();
  if (time < 0 || time > kTimeEnd) {
    return Fail(sqlstate::kDatetimeFieldOverflow, "time out of range");
  }
  if (type.kind == TypeKind::kTime) return Of(type, time);
  return Of(type, TimeTz{time, in.Number<int32_t>()});
}

// Groups of four decimal digits, the first of them times 10,000 to the power of the weight.
Result<std::string> NumericText(Bytes& in) {
  constexpr uint16_t kPositive = 0, kNegative = 0x4000, kNaN = 0xc000, kInfinity = 0xd000,
                     kMinusInfinity = 0xf000;
  const auto count = in.Number<uint16_t>();
  const int weight = in.Number<int16_t>();
  const auto sign = in.Number<uint16_t>();
  const int scale = in.Number<uint16_t>();
  std::vector<uint16_t> groups;
  for (int i = 0; i < count && !in.short_of_bytes; ++i) groups.push_back(in.Number<uint16_t>());
  if (sign == kNaN) return "NaN";
  if (sign == kInfinity) return "Infinity";
  if (sign == kMinusInfinity) return "-Infinity";
  const bool digits =
      std::ranges::all_of(groups, [](uint16_t group) { return group < 10'000; });
  if ((sign != kPositive && sign != kNegative) || !digits) {
    return Fail(sqlstate::kInvalidBinaryRepresentation,
                "invalid digit or sign in external \"numeric\" value");
  }
  std::string text = sign == kNegative ? "-0" : "0";
  const auto append_group = [&](int i) {
    const bool there = i >= 0 && i < static_cast<int>(groups.size());
    const std::string group = std::to_string(there ? groups[static_cast<size_t>(i)] : 0);
    text += std::string(4 - group.size(), '0') + group;
  };
  for (int i = 0; i <= weight; ++i) append_group(i);
  if (scale == 0) return text;
  text += '.';
  const size_t end = text.size() + static_cast<size_t>(scale);
  for (int i = weight + 1; text.size() < end; ++i) append_group(i);
  text.resize(end);
  return text;
}

Result<Value> ReadBinary(const Type& type, std::string_view bytes, const Settings& settings);

Result<Value> ReadArray(const Type& type, Bytes& in, const Settings& settings) {
  const auto dimensions = in.Number<int32_t>();
  in.Number<int32_t>();  // whether there are NULLs
  in.Number<uint32_t>();  // the elements' type; the statement's counts
  if (dimensions == 0) return Value::Array(type.element(), {});
  if (dimensions != 1 || type.element().kind == TypeKind::kArray) {
    return Fail(sqlstate::kFeatureNotSupported,
                "parameters that are arrays of several dimensions are not supported in binary "
                "format");
  }
  const auto count = in.Number<int32_t>();
  if (in.Number<int32_t>() != 1) {
    return Fail(sqlstate::kFeatureNotSupported, "arrays that do not begin at 1 are not supported");
  }
  std::vector<Value> values;
  for (int32_t i = 0; i < count && !in.short_of_bytes; ++i) {
    const auto length = in.Number<int32_t>();
    if (length < 0) {
      values.push_back(Value::Null(type.element()));
      continue;
    }
    const std::string_view element = in.Take(static_cast<size_t>(length));
    if (in.short_of_bytes) break;
    Result<Value> value = ReadBinary(type.element(), element, settings);
    if (!value) return value;
    values.push_back(*std::move(value));
  }
  return Value::Array(type.element(), values);
}

Result<Value> ReadKind(const Type& type, Bytes& in, const Settings& settings) {
  switch (type.kind) {
    case TypeKind::kBool: return Value::Bool(in.Number<uint8_t>() != 0);
    case TypeKind::kInt2: return Of(type, in.Number<int16_t>());
    case TypeKind::kInt4: return Of(type, in.Number<int32_t>());
    case TypeKind::kInt8: return Of(type, in.Number<int64_t>());
    case TypeKind::kOid: return Of(type, in.Number<uint32_t>());
    case TypeKind::kFloat4: return Of(type, in.Number<float>());
    case TypeKind::kFloat8: return Of(type, in.Number<double>());
    case TypeKind::kDate:
      return Shifted(type, in.Number<int32_t>(), kPostgresEpochDays, kDateMin, kDateEnd);
    case TypeKind::kTime:
    case TypeKind::kTimeTz: return TimeOf(type, in);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return Shifted(type, in.Number<int64_t>(), kPostgresEpoch, kTimestampMin, kTimestampEnd);
    case TypeKind::kInterval: {
      Interval interval;
      interval.micros = in.Number<int64_t>();
      interval.days = in.Number<int32_t>();
      interval.months = in.Number<int32_t>();
      return Of(type, interval);
    }
    case TypeKind::kUuid: {
      Uuid uuid;
      const std::string_view bytes = in.Take(uuid.bytes.size());
      std::copy(bytes.begin(), bytes.end(), uuid.bytes.begin());
      return Of(type, uuid);
    }
    case TypeKind::kNumeric:
    case TypeKind::kDecimal: {
      const Result<std::string> text = NumericText(in);
      if (!text) return std::unexpected(text.error());
      return Value::Parse(type, *text, settings);
    }
    case TypeKind::kBytea: return Value::Bytea(in.Take(in.rest.size()));
    case TypeKind::kText:
    case TypeKind::kJson: return Value::Parse(type, in.Take(in.rest.size()), settings);
    case TypeKind::kJsonb:
      if (in.Number<uint8_t>() != 1) return Incorrect(type);
      return Value::Parse(type, in.Take(in.rest.size()), settings);
    case TypeKind::kArray: return ReadArray(type, in, settings);
    default:
      return Fail(sqlstate::kFeatureNotSupported,
                  "parameters of type " + TypeName(type) +
                      " in binary format are not supported yet");
  }
}

Result<Value> ReadBinary(const Type& type, std::string_view bytes, const Settings& settings) {
  Bytes in{bytes};
  Result<Value> value = ReadKind(type, in, settings);
  if (in.short_of_bytes) return Fail(State("08P01"), "insufficient data left in message");
  if (value && !in.rest.empty()) return Incorrect(type);
  return value;
}

}  // namespace

Result<Value> ReadParameter(const Type& type, std::string_view bytes, Format format,
                            const Settings& settings, Micros now) {
  if (format == Format::kBinary) return ReadBinary(type, bytes, settings);
  return Value::Parse(type, bytes, settings, now);
}

}  // namespace riverrun::server
