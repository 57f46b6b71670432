#include "server/wire/binary_value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "server/wire/big_endian.h"
#include "types/codec/key.h"
#include "types/number/numeric.h"
#include "types/time/interval.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun::server {
namespace {

const Type& InnermostType(const Type& type) {
  return type.kind == TypeKind::kArray ? InnermostType(type.element()) : type;
}

void AppendBinaryDate(Days days, std::string& out) {
  const bool infinite = days == kDateInfinity || days == kDateMinusInfinity;
  AppendInt32(infinite ? days : days - kPostgresEpochDays, out);
}

// PostgreSQL's own beginning lies later than ours, so the oldest timestamps do not overflow.
void AppendBinaryTimestamp(Micros micros, std::string& out) {
  const bool infinite = micros == kTimestampInfinity || micros == kTimestampMinusInfinity;
  AppendInt64(infinite ? micros : micros - kPostgresEpoch, out);
}

void AppendBinaryInterval(const Interval& interval, std::string& out) {
  AppendInt64(interval.micros, out);
  AppendInt32(interval.days, out);
  AppendInt32(interval.months, out);
}

// numeric_send: groups of four decimal digits, aligned at the decimal point, without zero groups at
// either end; the weight is the power of 10,000 of the first.
void AppendBinaryNumeric(const Numeric& value, std::string& out) {
  constexpr int kGroupDigits = 4;
  constexpr uint32_t kBase = 10'000;
  constexpr uint16_t kNegative = 0x4000, kNaN = 0xc000, kInfinity = 0xd000, kMinusInfinity = 0xf000;
  const auto head = [&out](size_t groups, int weight, uint16_t sign, int scale) {
    AppendInt16(static_cast<int16_t>(groups), out);
    AppendInt16(static_cast<int16_t>(weight), out);
    AppendInt16(static_cast<int16_t>(sign), out);
    AppendInt16(static_cast<int16_t>(scale), out);
  };
  if (value.IsNaN()) return head(0, 0, kNaN, 0);
  // The scale of the infinities is what PostgreSQL 15 sends.
  if (value.IsInfinite()) return head(0, 0, value.Sign() > 0 ? kInfinity : kMinusInfinity, 0x20);
  // Groups from the last to the first. The last is filled up with zeros to four digits.
  const int fraction_groups = (value.scale + kGroupDigits - 1) / kGroupDigits;
  int filling = fraction_groups * kGroupDigits - value.scale;
  std::array<uint16_t, 16> groups{};
  size_t count = 0;
  UInt128 rest = Magnitude(value.digits);
  if (filling > 0) {
    const auto kept = static_cast<uint32_t>(PowerOfTen(kGroupDigits - filling));
    groups[count++] = static_cast<uint16_t>(static_cast<uint32_t>(rest % kept) *
                                            static_cast<uint32_t>(PowerOfTen(filling)));
    rest /= kept;
  }
  for (; rest != 0; rest /= kBase) groups[count++] = static_cast<uint16_t>(rest % kBase);
  size_t last = 0;
  while (last < count && groups[last] == 0) ++last;
  if (last == count) return head(0, 0, 0, value.scale);
  while (groups[count - 1] == 0) --count;
  head(count - last, static_cast<int>(count) - fraction_groups - 1,
       value.digits < 0 ? kNegative : uint16_t{0}, value.scale);
  for (size_t i = count; i-- > last;) AppendInt16(static_cast<int16_t>(groups[i]), out);
}

// A value that may be NULL, with its length; a constant column.
bool AppendSized(const Column& column, std::string& out) {
  if (column.IsNull(0)) {
    AppendInt32(-1, out);
    return true;
  }
  const size_t at = out.size();
  out.append(4, '\0');
  if (!AppendBinary(column, 0, out)) return false;
  PutInt32(static_cast<int32_t>(out.size() - at - 4), at, out);
  return true;
}

// An array taken apart: the elements of the innermost dimension, and how many each dimension has.
struct Elements {
  std::vector<int32_t> sizes;
  std::vector<Column> values;  // each a constant column
};

Column Decode(const Type& type, std::string_view& bytes) {
  ColumnBuilder builder(type);
  const size_t used = DecodeImage(bytes, builder);
  CHECK(used > 0, "the bytes of an array or a row");
  bytes.remove_prefix(used);
  return builder.Finish();
}

// False if inner arrays are NULL or differ in size: the format has no place for that.
bool TakeApart(const Type& type, std::string_view bytes, size_t depth, Elements& elements) {
  const bool first = elements.sizes.size() == depth;
  if (first) elements.sizes.push_back(0);
  int32_t count = 0;
  for (; bytes.size() > 1; ++count) {
    const Column element = Decode(type.element(), bytes);
    if (type.element().kind != TypeKind::kArray) {
      elements.values.push_back(element);
    } else if (element.IsNull(0) ||
               !TakeApart(type.element(), element.BytesAt(0), depth + 1, elements)) {
      return false;
    }
  }
  if (first) elements.sizes[depth] = count;
  return elements.sizes[depth] == count;
}

bool AppendBinaryArray(const Type& type, std::string_view bytes, std::string& out) {
  Elements elements;
  if (!TakeApart(type, bytes, 0, elements)) return false;
  const bool nulls =
      std::ranges::any_of(elements.values, [](const Column& value) { return value.IsNull(0); });
  AppendInt32(elements.values.empty() ? 0 : static_cast<int32_t>(elements.sizes.size()), out);
  AppendInt32(nulls ? 1 : 0, out);
  AppendInt32(static_cast<int32_t>(WireOid(InnermostType(type))), out);
  if (elements.values.empty()) return true;
  for (const int32_t size : elements.sizes) {
    AppendInt32(size, out);
    AppendInt32(1, out);  // the lower bound
  }
  return std::ranges::all_of(elements.values,
                             [&out](const Column& value) { return AppendSized(value, out); });
}

bool AppendBinaryRow(const Type& type, std::string_view bytes, std::string& out) {
  AppendInt32(static_cast<int32_t>(type.children->size()), out);
  for (const Type& field : *type.children) {
    AppendInt32(static_cast<int32_t>(WireOid(field)), out);
    if (!AppendSized(Decode(field, bytes), out)) return false;
  }
  return true;
}

}  // namespace

uint32_t WireOid(const Type& type) {
  if (type.kind == TypeKind::kArray) return Type::Array(InnermostType(type)).oid;
  return type.oid == oid::kUnknown ? oid::kText : type.oid;
}

bool HasBinary(const Type& type) {
  constexpr uint32_t kAnyArray = 2277;
  if (type.kind == TypeKind::kArray && WireOid(type) == kAnyArray) return false;
  return type.children == nullptr || std::ranges::all_of(*type.children, HasBinary);
}

bool AppendBinary(const Column& column, uint32_t row, std::string& out) {
  switch (column.type.kind) {
    case TypeKind::kNull: break;
    case TypeKind::kBool: out.push_back(static_cast<char>(column.At<uint8_t>(row))); break;
    case TypeKind::kInt2: AppendInt16(column.At<int16_t>(row), out); break;
    case TypeKind::kInt4: AppendInt32(column.At<int32_t>(row), out); break;
    case TypeKind::kTime:
    case TypeKind::kInt8: AppendInt64(column.At<int64_t>(row), out); break;
    case TypeKind::kOid: AppendInt32(static_cast<int32_t>(column.At<uint32_t>(row)), out); break;
    case TypeKind::kFloat4:
      AppendInt32(std::bit_cast<int32_t>(column.At<float>(row)), out);
      break;
    case TypeKind::kFloat8:
      AppendInt64(std::bit_cast<int64_t>(column.At<double>(row)), out);
      break;
    case TypeKind::kDecimal:
      AppendBinaryNumeric(
          {column.At<Int128>(row), static_cast<int8_t>(column.type.scale)}, out);
      break;
    case TypeKind::kNumeric:
      AppendBinaryNumeric({column.At<Int128>(row),
                           column.storage().scales->as<int8_t>()[column.IndexOf(row)]},
                          out);
      break;
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson: out.append(column.BytesAt(row)); break;
    case TypeKind::kJsonb:
      out.push_back(1);  // the version of the format
      out.append(column.BytesAt(row));
      break;
    case TypeKind::kDate: AppendBinaryDate(column.At<Days>(row), out); break;
    case TypeKind::kTimeTz: {
      const auto& time = column.At<TimeTz>(row);
      AppendInt64(time.time, out);
      AppendInt32(time.zone_seconds_west, out);
      break;
    }
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: AppendBinaryTimestamp(column.At<Micros>(row), out); break;
    case TypeKind::kInterval: AppendBinaryInterval(column.At<Interval>(row), out); break;
    case TypeKind::kUuid: {
      const auto& uuid = column.At<Uuid>(row);
      out.append(reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size());
      break;
    }
    case TypeKind::kArray: return AppendBinaryArray(column.type, column.BytesAt(row), out);
    case TypeKind::kRow: return AppendBinaryRow(column.type, column.BytesAt(row), out);
  }
  return true;
}

}  // namespace riverrun::server
