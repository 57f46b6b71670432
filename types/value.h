// One SQL value as plain data: literals of a plan, and what tests expect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/column/column.h"
#include "types/data_type.h"
#include "types/error.h"
#include "types/number/numeric.h"
#include "types/settings.h"

namespace riverrun {

/// A value of any type, or NULL of a type: a constant column. Copying shares the memory.
class Value {
 public:
  /// The bare NULL.
  Value() : Value(NullColumn(Type::Null())) {}

  static Value Null(const Type& type) { return Value(NullColumn(type)); }
  static Value Bool(bool value);
  static Value Int2(int16_t value);
  static Value Int4(int32_t value);
  static Value Int8(int64_t value);
  static Value Float4(float value);
  static Value Float8(double value);
  static Value Numeric(const riverrun::Numeric& value);
  static Value Text(std::string_view value);
  static Value Bytea(std::string_view value);
  static Value Oid(uint32_t value);
  /// The elements in order; each has the type `element` or is NULL.
  static Value Array(const Type& element, const std::vector<Value>& values);
  static Value Row(const std::vector<Value>& values);

  // From text, as a literal in a program or test: CHECKs that it is valid. Times without a zone
  // are UTC.
  static Value Of(const Type& type, std::string_view text);
  static Value Numeric(std::string_view text) { return Of(Type::Numeric(), text); }
  static Value Date(std::string_view text) { return Of(Type::Date(), text); }
  static Value Time(std::string_view text) { return Of(Type::Time(), text); }
  static Value Timestamp(std::string_view text) { return Of(Type::Timestamp(), text); }
  static Value TimestampTz(std::string_view text) { return Of(Type::TimestampTz(), text); }
  static Value Interval(std::string_view text) { return Of(Type::Interval(), text); }
  static Value Uuid(std::string_view text) { return Of(Type::Uuid(), text); }
  static Value Json(std::string_view text) { return Of(Type::Json(), text); }
  static Value Jsonb(std::string_view text) { return Of(Type::Jsonb(), text); }

  /// Reads a text as TextReader does.
  static Result<Value> Parse(const Type& type, std::string_view text, const Settings& settings = {},
                             std::optional<Micros> now = 0);
  /// The value of a row of a column.
  static Value From(const Column& column, uint32_t row) { return Value(ConstantFrom(column, row)); }

  const Type& type() const { return column_.type; }
  bool IsNull() const { return column_.IsNull(0); }
  /// The value as a constant column, for a kernel or a batch of any number of rows.
  const Column& column() const { return column_; }
  /// REQUIRES not null, and T is the type's physical type.
  template <class T>
  const T& As() const {
    return column_.At<T>(0);
  }
  /// The bytes of a value of a string kind. REQUIRES not null.
  std::string_view bytes() const { return column_.BytesAt(0); }
  /// REQUIRES not null and of kind kNumeric or kDecimal.
  riverrun::Numeric AsNumeric() const;

  /// The image; equal exactly for identical values of one type.
  std::string Image() const;
  /// Identity: same type and same image. Numeric 1.0 and 1.00 differ.
  bool operator==(const Value& other) const {
    return type() == other.type() && Image() == other.Image();
  }
  /// The text as PostgreSQL prints it, or NULL; for messages and test failures.
  std::string ToString() const;

 private:
  explicit Value(Column column) : column_(std::move(column)) {}

  Column column_;  // kConstant
};

/// Prints a value in the messages of GoogleTest and of logs: "bigint 5".
void PrintTo(const Value& value, std::ostream* out);

}  // namespace riverrun
