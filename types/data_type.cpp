#include "types/data_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "types/error.h"
#include "types/time/interval.h"

namespace riverrun {
namespace {

struct NamedType {
  std::string_view name;
  Type (*make)();
};

Type MakeVarchar() { return Type::Varchar(); }
Type MakeName() { return {.kind = TypeKind::kText, .oid = oid::kName}; }
Type MakeRegclass() { return {.kind = TypeKind::kOid, .oid = oid::kRegclass}; }
Type MakeRegtype() { return {.kind = TypeKind::kOid, .oid = oid::kRegtype}; }
Type MakeRegproc() { return {.kind = TypeKind::kOid, .oid = oid::kRegproc}; }

// The first name of a type is the one TypeName prints.
constexpr std::array kNames = {
    NamedType{"boolean", Type::Bool},
    NamedType{"bool", Type::Bool},
    NamedType{"smallint", Type::Int2},
    NamedType{"int2", Type::Int2},
    NamedType{"integer", Type::Int4},
    NamedType{"int", Type::Int4},
    NamedType{"int4", Type::Int4},
    NamedType{"bigint", Type::Int8},
    NamedType{"int8", Type::Int8},
    NamedType{"real", Type::Float4},
    NamedType{"float4", Type::Float4},
    NamedType{"double precision", Type::Float8},
    NamedType{"double", Type::Float8},
    NamedType{"float", Type::Float8},
    NamedType{"float8", Type::Float8},
    NamedType{"numeric", Type::Numeric},
    NamedType{"decimal", Type::Numeric},
    NamedType{"dec", Type::Numeric},
    NamedType{"text", Type::Text},
    NamedType{"string", Type::Text},
    NamedType{"character varying", MakeVarchar},
    NamedType{"varchar", MakeVarchar},
    NamedType{"name", MakeName},
    NamedType{"bytea", Type::Bytea},
    NamedType{"bytes", Type::Bytea},
    NamedType{"date", Type::Date},
    NamedType{"time without time zone", Type::Time},
    NamedType{"time", Type::Time},
    NamedType{"time with time zone", Type::TimeTz},
    NamedType{"timetz", Type::TimeTz},
    NamedType{"timestamp without time zone", Type::Timestamp},
    NamedType{"timestamp", Type::Timestamp},
    NamedType{"timestamp with time zone", Type::TimestampTz},
    NamedType{"timestamptz", Type::TimestampTz},
    NamedType{"interval", Type::Interval},
    NamedType{"uuid", Type::Uuid},
    NamedType{"json", Type::Json},
    NamedType{"jsonb", Type::Jsonb},
    NamedType{"oid", Type::Oid},
    NamedType{"regclass", MakeRegclass},
    NamedType{"regtype", MakeRegtype},
    NamedType{"regproc", MakeRegproc},
};

std::string_view BaseName(uint32_t type_oid) {
  switch (type_oid) {
    case oid::kUnknown: return "unknown";
    case oid::kRecord: return "record";
    case oid::kBpchar: return "character";
    default: break;
  }
  for (const NamedType& named : kNames) {
    if (named.make().oid == type_oid) return named.name;
  }
  return "???";
}

// PostgreSQL's OIDs of the array types of its scalar types.
constexpr std::array<std::pair<uint32_t, uint32_t>, 27> kArrayOids = {{
    {oid::kBool, 1000},      {oid::kBytea, 1001},       {oid::kName, 1003},
    {oid::kInt2, 1005},      {oid::kInt4, 1007},        {oid::kText, 1009},
    {oid::kOid, 1028},       {oid::kBpchar, 1014},      {oid::kVarchar, 1015},
    {oid::kInt8, 1016},      {oid::kFloat4, 1021},      {oid::kFloat8, 1022},
    {oid::kTimestamp, 1115}, {oid::kDate, 1182},        {oid::kTime, 1183},
    {oid::kTimestampTz, 1185}, {oid::kInterval, 1187},  {oid::kNumeric, 1231},
    {oid::kTimeTz, 1270},    {oid::kRecord, 2287},      {oid::kRegclass, 2210},
    {oid::kRegtype, 2211},   {oid::kRegproc, 1008},     {oid::kUuid, 2951},
    {oid::kJson, 199},       {oid::kJsonb, 3807},       {oid::kUnknown, 2277},
}};

uint32_t ArrayOid(uint32_t element) {
  for (const auto& [scalar, array] : kArrayOids) {
    if (scalar == element) return array;
  }
  return 2277;  // anyarray: an element type that PostgreSQL has no array of
}

// What stands behind "interval": the fields it is restricted to, and the precision of its seconds.
std::string IntervalModifier(int32_t typmod) {
  static constexpr std::array<std::pair<IntervalRange, std::string_view>, 13> kRanges = {{
      {IntervalRange::kYear, " year"},
      {IntervalRange::kMonth, " month"},
      {IntervalRange::kDay, " day"},
      {IntervalRange::kHour, " hour"},
      {IntervalRange::kMinute, " minute"},
      {IntervalRange::kSecond, " second"},
      {IntervalRange::kYearToMonth, " year to month"},
      {IntervalRange::kDayToHour, " day to hour"},
      {IntervalRange::kDayToMinute, " day to minute"},
      {IntervalRange::kDayToSecond, " day to second"},
      {IntervalRange::kHourToMinute, " hour to minute"},
      {IntervalRange::kHourToSecond, " hour to second"},
      {IntervalRange::kMinuteToSecond, " minute to second"},
  }};
  std::string text;
  for (const auto& [range, fields] : kRanges) {
    if (range == IntervalRangeOf(typmod)) text = fields;
  }
  const int32_t precision = IntervalPrecisionOf(typmod);
  return precision < 0 ? text : text + "(" + std::to_string(precision) + ")";
}

}  // namespace

Type Type::Decimal(uint8_t precision, uint8_t scale) {
  CHECK(precision >= 1 && precision <= 38 && scale <= precision);
  // PostgreSQL packs precision and scale and adds the 4 bytes of an old header.
  const int32_t typmod = ((precision << 16) | scale) + 4;
  return {.kind = TypeKind::kDecimal,
          .oid = oid::kNumeric,
          .precision = precision,
          .scale = scale,
          .typmod = typmod};
}

Type Type::Varchar(int32_t length) {
  return {.kind = TypeKind::kText, .oid = oid::kVarchar, .typmod = length > 0 ? length + 4 : -1};
}

Type Type::Array(const Type& element) {
  return {.kind = TypeKind::kArray,
          .oid = ArrayOid(element.oid),
          .children = std::make_shared<const std::vector<Type>>(1, element)};
}

Type Type::Row(std::vector<Type> fields) {
  return {.kind = TypeKind::kRow,
          .oid = oid::kRecord,
          .children = std::make_shared<const std::vector<Type>>(std::move(fields))};
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.oid != b.oid || a.precision != b.precision || a.scale != b.scale ||
      a.typmod != b.typmod) {
    return false;
  }
  if (a.children == nullptr || b.children == nullptr) return a.children == b.children;
  return *a.children == *b.children;
}

size_t PhysicalWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kNull: return 0;
    case TypeKind::kBool: return 1;
    case TypeKind::kInt2: return 2;
    case TypeKind::kInt4:
    case TypeKind::kFloat4:
    case TypeKind::kDate:
    case TypeKind::kOid: return 4;
    case TypeKind::kInt8:
    case TypeKind::kFloat8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: return 8;
    case TypeKind::kDecimal:
    case TypeKind::kNumeric:
    case TypeKind::kTimeTz:
    case TypeKind::kInterval:
    case TypeKind::kUuid:
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
    case TypeKind::kArray:
    case TypeKind::kRow: return 16;
  }
  return 0;
}

bool IsStringKind(TypeKind kind) {
  return kind == TypeKind::kText || kind == TypeKind::kBytea || kind == TypeKind::kJson ||
         kind == TypeKind::kJsonb || kind == TypeKind::kArray || kind == TypeKind::kRow;
}

bool EqualMeansIdentical(const Type& type) {
  switch (type.kind) {
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kNumeric:
    case TypeKind::kInterval:
    case TypeKind::kJsonb: return false;
    case TypeKind::kArray:
    case TypeKind::kRow:
      for (const Type& child : *type.children) {
        if (!EqualMeansIdentical(child)) return false;
      }
      return true;
    default: return true;
  }
}

std::string TypeName(const Type& type) {
  if (type.kind == TypeKind::kArray) return TypeName(type.element()) + "[]";
  std::string name(BaseName(type.oid));
  if (type.kind == TypeKind::kDecimal) {
    return name + "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  }
  if (type.typmod < 0) return name;
  if (type.oid == oid::kVarchar || type.oid == oid::kBpchar) {
    return name + "(" + std::to_string(type.typmod - 4) + ")";
  }
  if (type.kind == TypeKind::kInterval) return name + IntervalModifier(type.typmod);
  // A precision of fractional seconds stands behind the first word: timestamp(3) with time zone.
  const std::string precision = "(" + std::to_string(type.typmod) + ")";
  return name.insert(std::min(name.find(' '), name.size()), precision);
}

std::optional<Type> TypeByName(std::string_view name) {
  if (name.ends_with("[]")) {
    const std::optional<Type> element = TypeByName(name.substr(0, name.size() - 2));
    if (!element) return std::nullopt;
    return element->kind == TypeKind::kArray ? element : Type::Array(*element);
  }
  if (name.size() > 1 && name.front() == '_') {
    const std::optional<Type> element = TypeByName(name.substr(1));
    if (!element) return std::nullopt;
    return Type::Array(*element);
  }
  for (const NamedType& named : kNames) {
    if (named.name == name) return named.make();
  }
  return std::nullopt;
}

}  // namespace riverrun
