#include "types/codec/key.h"

#include <bit>
#include <cmath>

#include "types/codec/bytes.h"
#include "types/number/numeric.h"
#include "types/text/jsonb.h"
#include "types/time/interval.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun {
namespace {

constexpr char kValueTag = 1;
constexpr char kNullTag = 2;
constexpr char kNullFirstTag = 0;
constexpr char kEndOfArray = 0;

enum class Form : bool { kEqual, kIdentical };

template <class T>
void AppendInteger(T value, std::string& out) {
  using Unsigned = std::make_unsigned_t<T>;
  constexpr Unsigned kSign = Unsigned{1} << (sizeof(T) * 8 - 1);
  AppendBigEndian(out, static_cast<Unsigned>(static_cast<Unsigned>(value) ^ kSign));
}

template <class T>
T ReadInteger(ByteReader& in) {
  using Unsigned = std::make_unsigned_t<T>;
  constexpr Unsigned kSign = Unsigned{1} << (sizeof(T) * 8 - 1);
  return static_cast<T>(in.BigEndian<Unsigned>() ^ kSign);
}

template <class F>
using BitsOf = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;

template <class F>
void AppendFloat(F value, Form form, std::string& out) {
  if (form == Form::kEqual && value == 0) value = 0;  // -0.0
  // NaNs differ in bits that no user sees, by the operation that made them: one image for all.
  if (std::isnan(value)) value = std::numeric_limits<F>::quiet_NaN();
  using Bits = BitsOf<F>;
  constexpr Bits kSign = Bits{1} << (sizeof(F) * 8 - 1);
  const Bits bits = std::bit_cast<Bits>(value);
  AppendBigEndian(out, static_cast<Bits>((bits & kSign) != 0 ? ~bits : bits | kSign));
}

template <class F>
F ReadFloat(ByteReader& in) {
  using Bits = BitsOf<F>;
  constexpr Bits kSign = Bits{1} << (sizeof(F) * 8 - 1);
  const Bits bits = in.BigEndian<Bits>();
  return std::bit_cast<F>(static_cast<Bits>((bits & kSign) != 0 ? bits ^ kSign : ~bits));
}

void AppendEscaped(std::string_view bytes, std::string& out) {
  for (size_t zero; (zero = bytes.find('\0')) != std::string_view::npos;) {
    out.append(bytes.substr(0, zero + 1));
    out.push_back('\xff');
    bytes.remove_prefix(zero + 1);
  }
  out.append(bytes);
  out.append("\0\1", 2);
}

// Length of an escaped string with its end, or 0. `escapes` tells whether any byte is escaped.
size_t EscapedLength(std::string_view bytes, bool& escapes) {
  escapes = false;
  for (size_t at = 0;;) {
    const size_t zero = bytes.find('\0', at);
    if (zero == std::string_view::npos || zero + 1 >= bytes.size()) return 0;
    if (bytes[zero + 1] == '\1') return zero + 2;
    if (bytes[zero + 1] != '\xff') return 0;
    escapes = true;
    at = zero + 2;
  }
}

std::string Unescaped(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    out.push_back(bytes[i]);
    if (bytes[i] == '\0') ++i;
  }
  return out;
}

void AppendInterval(const Interval& interval, Form form, std::string& out) {
  const IntervalKey key = KeyOf(interval);
  AppendInteger(key.days, out);
  AppendInteger(key.micros, out);
  if (form == Form::kEqual) return;
  AppendInteger(interval.months, out);
  AppendInteger(interval.days, out);
  AppendInteger(interval.micros, out);
}

void AppendTimeTz(const TimeTz& time, std::string& out) {
  AppendInteger(time.time + int64_t{time.zone_seconds_west} * kMicrosPerSecond, out);
  AppendInteger(time.zone_seconds_west, out);
}

void AppendKeyOfNested(const Type& type, std::string_view value, std::string& out);

// Appends everything behind the tag. REQUIRES the value is not null.
void AppendValue(const Column& column, uint32_t row, Form form, std::string& out) {
  switch (column.type.kind) {
    case TypeKind::kNull:
      return;
    case TypeKind::kBool:
      out.push_back(static_cast<char>(column.At<uint8_t>(row)));
      return;
    case TypeKind::kInt2:
      return AppendInteger(column.At<int16_t>(row), out);
    case TypeKind::kInt4:
    case TypeKind::kDate:
      return AppendInteger(column.At<int32_t>(row), out);
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return AppendInteger(column.At<int64_t>(row), out);
    case TypeKind::kOid:
      return AppendBigEndian(out, column.At<uint32_t>(row));
    case TypeKind::kFloat4:
      return AppendFloat(column.At<float>(row), form, out);
    case TypeKind::kFloat8:
      return AppendFloat(column.At<double>(row), form, out);
    case TypeKind::kDecimal:
      return AppendNumericKey({column.At<Int128>(row), static_cast<int8_t>(column.type.scale)},
                              out);
    case TypeKind::kNumeric: {
      const int8_t scale = column.storage().scales->as<int8_t>()[column.IndexOf(row)];
      AppendNumericKey({column.At<Int128>(row), scale}, out);
      if (form == Form::kIdentical) AppendInteger(scale, out);
      return;
    }
    case TypeKind::kTimeTz:
      return AppendTimeTz(column.At<TimeTz>(row), out);
    case TypeKind::kInterval:
      return AppendInterval(column.At<Interval>(row), form, out);
    case TypeKind::kUuid: {
      const Uuid& uuid = column.At<Uuid>(row);
      out.append(reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size());
      return;
    }
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
      return AppendEscaped(column.BytesAt(row), out);
    case TypeKind::kJsonb:
      if (form == Form::kEqual) return AppendJsonbKey(column.BytesAt(row), out);
      return AppendEscaped(column.BytesAt(row), out);
    case TypeKind::kArray:
    case TypeKind::kRow:
      // The value is made of images already.
      if (form == Form::kEqual && !EqualMeansIdentical(column.type)) {
        return AppendKeyOfNested(column.type, column.BytesAt(row), out);
      }
      out.append(column.BytesAt(row));
      return;
  }
}

void AppendTagged(const Column& column, uint32_t row, Form form, std::string& out) {
  if (column.IsNull(row)) {
    out.push_back(kNullTag);
    return;
  }
  out.push_back(kValueTag);
  AppendValue(column, row, form, out);
}

// Elements of a nested value, one after the other: f(type, image of the element).
template <class F>
void ForEachElement(const Type& type, std::string_view value, F&& f) {
  if (type.kind == TypeKind::kRow) {
    for (const Type& field : *type.children) {
      const size_t length = ImageLength(field, value);
      CHECK(length > 0, "not a row value");
      f(field, value.substr(0, length));
      value.remove_prefix(length);
    }
    return;
  }
  while (value.front() != kEndOfArray) {
    const size_t length = ImageLength(type.element(), value);
    CHECK(length > 0, "not an array value");
    f(type.element(), value.substr(0, length));
    value.remove_prefix(length);
  }
}

void AppendKeyOfNested(const Type& type, std::string_view value, std::string& out) {
  ForEachElement(type, value, [&](const Type& element, std::string_view image) {
    ColumnBuilder builder(element);
    DecodeImage(image, builder);
    AppendEqualKey(builder.Finish(), 0, out);
  });
  if (type.kind == TypeKind::kArray) out.push_back(kEndOfArray);
}

size_t NestedLength(const Type& type, std::string_view bytes) {
  size_t at = 0;
  const auto step = [&](const Type& element) {
    const size_t length = ImageLength(element, bytes.substr(at));
    at += length;
    return length > 0;
  };
  if (type.kind == TypeKind::kRow) {
    for (const Type& field : *type.children) {
      if (!step(field)) return 0;
    }
    return at;
  }
  while (at < bytes.size() && bytes[at] != kEndOfArray) {
    if (!step(type.element())) return 0;
  }
  return at < bytes.size() ? at + 1 : 0;
}

// Decodes a numeric key; returns its length, or 0 for bytes that are none.
size_t DecodeNumericKey(std::string_view bytes, Numeric& out) {
  std::string_view rest = bytes;
  const Result<Numeric> number = TakeNumericKey(rest);
  if (!number) return 0;
  out = *number;
  return bytes.size() - rest.size();
}

size_t NumericLength(std::string_view bytes, bool with_scale) {
  Numeric ignored;
  const size_t key = DecodeNumericKey(bytes, ignored);
  if (key == 0) return 0;
  return with_scale ? key + 1 : key;
}

// Length of a value behind its tag, or 0 for bytes that are none. kNull has no values.
size_t ValueLength(const Type& type, std::string_view bytes) {
  bool escapes;
  switch (type.kind) {
    case TypeKind::kDecimal:
      return NumericLength(bytes, false);
    case TypeKind::kNumeric:
      return NumericLength(bytes, true);
    case TypeKind::kTimeTz:
      return 12;
    case TypeKind::kInterval:
      return 32;
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      return EscapedLength(bytes, escapes);
    case TypeKind::kArray:
    case TypeKind::kRow:
      return NestedLength(type, bytes);
    default:
      return PhysicalWidth(type.kind);
  }
}

void DecodeString(std::string_view escaped, ColumnBuilder& out) {
  bool escapes;
  const size_t length = EscapedLength(escaped, escapes);
  const std::string_view body = escaped.substr(0, length - 2);
  escapes ? out.AppendBytes(Unescaped(body)) : out.AppendBytes(body);
}

void DecodeNumber(std::string_view bytes, ColumnBuilder& out) {
  Numeric number;
  const size_t length = DecodeNumericKey(bytes, number);
  const bool own_scale = out.type().kind == TypeKind::kNumeric;
  ByteReader rest(bytes.substr(length));
  const int8_t scale =
      own_scale ? ReadInteger<int8_t>(rest) : static_cast<int8_t>(out.type().scale);
  if (number.IsFinite()) {
    // The key has the smallest scale; the value had one at least as large, so nothing is lost.
    const ArithmeticStatus status = Rescale(number.digits, number.scale, scale, number.digits);
    CHECK(status == ArithmeticStatus::kOk, "not an image of this decimal type");
    number.scale = scale;
  }
  own_scale ? out.AppendNumeric(number) : out.Append(number.digits);
}

// REQUIRES bytes are a whole value of the builder's type.
void DecodeValue(std::string_view bytes, ColumnBuilder& out) {
  ByteReader in(bytes);
  switch (out.type().kind) {
    case TypeKind::kNull:
      return;
    case TypeKind::kBool:
      return out.Append(in.Fixed<uint8_t>());
    case TypeKind::kInt2:
      return out.Append(ReadInteger<int16_t>(in));
    case TypeKind::kInt4:
    case TypeKind::kDate:
      return out.Append(ReadInteger<int32_t>(in));
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return out.Append(ReadInteger<int64_t>(in));
    case TypeKind::kOid:
      return out.Append(in.BigEndian<uint32_t>());
    case TypeKind::kFloat4:
      return out.Append(ReadFloat<float>(in));
    case TypeKind::kFloat8:
      return out.Append(ReadFloat<double>(in));
    case TypeKind::kDecimal:
    case TypeKind::kNumeric:
      return DecodeNumber(bytes, out);
    case TypeKind::kTimeTz: {
      const auto instant = ReadInteger<int64_t>(in);
      const auto zone = ReadInteger<int32_t>(in);
      return out.Append(TimeTz{instant - int64_t{zone} * kMicrosPerSecond, zone});
    }
    case TypeKind::kInterval: {
      in.Bytes(sizeof(IntervalKey));
      const auto months = ReadInteger<int32_t>(in);
      const auto days = ReadInteger<int32_t>(in);
      return out.Append(Interval{months, days, ReadInteger<int64_t>(in)});
    }
    case TypeKind::kUuid:
      return out.Append(in.Fixed<Uuid>());
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      return DecodeString(bytes, out);
    case TypeKind::kArray:
    case TypeKind::kRow:
      return out.AppendBytes(bytes);
  }
}

}  // namespace

void AppendEqualKey(const Column& column, uint32_t row, std::string& out) {
  AppendTagged(column, row, Form::kEqual, out);
}

void AppendEqualKey(const Batch& batch, std::span<const int> columns, uint32_t row,
                    std::string& out) {
  for (const int column : columns) AppendTagged(batch.columns[column], row, Form::kEqual, out);
}

void AppendImage(const Column& column, uint32_t row, std::string& out) {
  AppendTagged(column, row, Form::kIdentical, out);
}

void AppendImage(const Batch& batch, uint32_t row, std::string& out) {
  for (const Column& column : batch.columns) AppendTagged(column, row, Form::kIdentical, out);
}

void AppendImage(const Batch& batch, std::span<const int> columns, uint32_t row, std::string& out) {
  for (const int column : columns) AppendTagged(batch.columns[column], row, Form::kIdentical, out);
}

void AppendSortKey(const Batch& batch, std::span<const SortColumn> order, uint32_t row,
                   std::string& out) {
  for (const SortColumn& key : order) {
    const Column& column = batch.columns[key.column];
    if (column.IsNull(row)) {
      out.push_back(key.nulls_first ? kNullFirstTag : kNullTag);
      continue;
    }
    out.push_back(kValueTag);
    const size_t begin = out.size();
    AppendValue(column, row, Form::kEqual, out);
    // Encodings are prefix-free, so the complement of every byte turns the order around.
    if (key.descending) {
      for (size_t i = begin; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
    }
  }
}

size_t ImageLength(const Type& type, std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (bytes.front() == kNullTag) return 1;
  if (bytes.front() != kValueTag) return 0;
  // The one value of no bytes at all.
  if (type.kind == TypeKind::kRow && type.children->empty()) return 1;
  const size_t length = ValueLength(type, bytes.substr(1));
  return length > 0 && length < bytes.size() ? length + 1 : 0;
}

size_t DecodeImage(std::string_view bytes, ColumnBuilder& out) {
  const size_t length = ImageLength(out.type(), bytes);
  if (length == 0) return 0;
  if (bytes.front() == kNullTag) {
    out.AppendNull();
  } else {
    DecodeValue(bytes.substr(1, length - 1), out);
  }
  return length;
}

void DecodeRow(std::string_view image, Weight weight, BatchBuilder& out) {
  for (size_t i = 0; i < out.width(); ++i) {
    const size_t length = DecodeImage(image, out.column(i));
    CHECK(length > 0, "not an image of the row's types");
    image.remove_prefix(length);
  }
  CHECK(image.empty(), "an image of more columns");
  out.EndRow(weight);
}

void AppendArrayValue(const Column& elements, uint32_t count, std::string& out) {
  for (uint32_t i = 0; i < count; ++i) AppendImage(elements, i, out);
  out.push_back(kEndOfArray);
}

}  // namespace riverrun
