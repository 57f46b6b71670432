// SQL data types, and how a value of each lies in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riverrun {

/// The physical kind of a value: what kernels and codecs switch on. Several SQL types may share
/// one kind (text, varchar and name are all kText); `Type::oid` tells them apart.
enum class TypeKind : uint8_t {
  kNull,         // the type of a bare NULL: every row is null, there are no values
  kBool,         // uint8_t, 0 or 1
  kInt2,         // int16_t
  kInt4,         // int32_t
  kInt8,         // int64_t
  kFloat4,       // float
  kFloat8,       // double
  kDecimal,      // Int128; the scale is the type's
  kNumeric,      // Int128 and one int8_t scale a row, which also spells NaN and the infinities
  kText,         // StringRef, valid UTF-8 without NUL
  kBytea,        // StringRef, any bytes
  kDate,         // int32_t days since 1970-01-01; the extremes are the infinities
  kTime,         // int64_t microseconds since midnight
  kTimeTz,       // TimeTz
  kTimestamp,    // int64_t microseconds since 1970-01-01; the extremes are the infinities
  kTimestampTz,  // int64_t microseconds since 1970-01-01 UTC; likewise
  kInterval,     // Interval
  kUuid,         // Uuid, 16 bytes in the order printed
  kJson,         // StringRef, the text as written
  kJsonb,        // StringRef, the canonical text (types/jsonb.h)
  kArray,        // StringRef to the array's encoding (types/codec/image.h)
  kRow,          // StringRef to the row's image
  kOid,          // uint32_t; also regclass and its like
};

/// OIDs of PostgreSQL's built-in types that this server has.
namespace oid {
inline constexpr uint32_t kBool = 16, kBytea = 17, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23,
                          kRegproc = 24, kText = 25, kOid = 26, kJson = 114, kFloat4 = 700,
                          kFloat8 = 701, kUnknown = 705, kBpchar = 1042, kVarchar = 1043,
                          kDate = 1082, kTime = 1083, kTimestamp = 1114, kTimestampTz = 1184,
                          kInterval = 1186, kTimeTz = 1266, kNumeric = 1700, kRegclass = 2205,
                          kRegtype = 2206, kRecord = 2249, kUuid = 2950, kJsonb = 3802;
}  // namespace oid

/// A SQL type. Two types are equal when every member is, the element types included.
struct Type {
  TypeKind kind = TypeKind::kNull;
  uint32_t oid = oid::kUnknown;
  uint8_t precision = 0;  // kDecimal: 1..38. Others: 0
  uint8_t scale = 0;      // kDecimal: 0..38
  int32_t typmod = -1;    // PostgreSQL's modifier: varchar(n), timestamp(p); -1 means none
  /// kArray: one element type. kRow: the field types. Else null.
  std::shared_ptr<const std::vector<Type>> children = nullptr;

  static Type Null() { return {}; }
  static Type Bool() { return {.kind = TypeKind::kBool, .oid = oid::kBool}; }
  static Type Int2() { return {.kind = TypeKind::kInt2, .oid = oid::kInt2}; }
  static Type Int4() { return {.kind = TypeKind::kInt4, .oid = oid::kInt4}; }
  static Type Int8() { return {.kind = TypeKind::kInt8, .oid = oid::kInt8}; }
  static Type Float4() { return {.kind = TypeKind::kFloat4, .oid = oid::kFloat4}; }
  static Type Float8() { return {.kind = TypeKind::kFloat8, .oid = oid::kFloat8}; }
  /// REQUIRES 1 <= precision <= 38 and scale <= precision.
  static Type Decimal(uint8_t precision, uint8_t scale);
  static Type Numeric() { return {.kind = TypeKind::kNumeric, .oid = oid::kNumeric}; }
  static Type Text() { return {.kind = TypeKind::kText, .oid = oid::kText}; }
  /// varchar(length); a length of 0 means unbounded.
  static Type Varchar(int32_t length = 0);
  static Type Bytea() { return {.kind = TypeKind::kBytea, .oid = oid::kBytea}; }
  static Type Date() { return {.kind = TypeKind::kDate, .oid = oid::kDate}; }
  static Type Time() { return {.kind = TypeKind::kTime, .oid = oid::kTime}; }
  static Type TimeTz() { return {.kind = TypeKind::kTimeTz, .oid = oid::kTimeTz}; }
  static Type Timestamp() { return {.kind = TypeKind::kTimestamp, .oid = oid::kTimestamp}; }
  static Type TimestampTz() { return {.kind = TypeKind::kTimestampTz, .oid = oid::kTimestampTz}; }
  static Type Interval() { return {.kind = TypeKind::kInterval, .oid = oid::kInterval}; }
  static Type Uuid() { return {.kind = TypeKind::kUuid, .oid = oid::kUuid}; }
  static Type Json() { return {.kind = TypeKind::kJson, .oid = oid::kJson}; }
  static Type Jsonb() { return {.kind = TypeKind::kJsonb, .oid = oid::kJsonb}; }
  static Type Oid() { return {.kind = TypeKind::kOid, .oid = oid::kOid}; }
  static Type Array(const Type& element);
  static Type Row(std::vector<Type> fields);

  /// REQUIRES kind is kArray.
  const Type& element() const { return children->front(); }
};

bool operator==(const Type& a, const Type& b);

/// Bytes of one value in `Column::values`; 0 for kNull.
size_t PhysicalWidth(TypeKind kind);

/// True for kinds whose value is a StringRef.
bool IsStringKind(TypeKind kind);

/// True where SQL-equal values always have one image, so that EqualKey and Image agree: not for
/// floats (-0.0), kNumeric (1.0 and 1.00), intervals, jsonb and what contains them.
bool EqualMeansIdentical(const Type& type);

/// The type as PostgreSQL's format_type prints it: "timestamp with time zone", "numeric(10,2)".
std::string TypeName(const Type& type);

/// The type that a name means, without modifiers: "int", "int8", "double precision", "text",
/// "timestamptz", "_int4", "integer[]". REQUIRES the name folded to lower case with single spaces.
std::optional<Type> TypeByName(std::string_view name);

}  // namespace riverrun
