#include "types/value.h"

#include <ostream>

#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/text/text_format.h"

namespace riverrun {
namespace {

Column ConstantOf(ColumnBuilder& builder) {
  Column column = builder.Finish();
  column.encoding = Encoding::kConstant;
  return column;
}

template <class T>
Column ConstantFixed(const Type& type, const T& value) {
  ColumnBuilder builder(type);
  builder.Append(value);
  return ConstantOf(builder);
}

Column ConstantBytes(const Type& type, std::string_view bytes) {
  ColumnBuilder builder(type);
  builder.AppendBytes(bytes);
  return ConstantOf(builder);
}

}  // namespace

Value Value::Bool(bool value) { return Value(ConstantFixed<uint8_t>(Type::Bool(), value)); }
Value Value::Int2(int16_t value) { return Value(ConstantFixed(Type::Int2(), value)); }
Value Value::Int4(int32_t value) { return Value(ConstantFixed(Type::Int4(), value)); }
Value Value::Int8(int64_t value) { return Value(ConstantFixed(Type::Int8(), value)); }
Value Value::Float4(float value) { return Value(ConstantFixed(Type::Float4(), value)); }
Value Value::Float8(double value) { return Value(ConstantFixed(Type::Float8(), value)); }
Value Value::Text(std::string_view value) { return Value(ConstantBytes(Type::Text(), value)); }
Value Value::Bytea(std::string_view value) { return Value(ConstantBytes(Type::Bytea(), value)); }
Value Value::Oid(uint32_t value) { return Value(ConstantFixed(Type::Oid(), value)); }

Value Value::Numeric(const riverrun::Numeric& value) {
  ColumnBuilder builder(Type::Numeric());
  builder.AppendNumeric(value);
  return Value(ConstantOf(builder));
}

Value Value::Array(const Type& element, const std::vector<Value>& values) {
  ColumnBuilder elements(element);
  for (const Value& value : values) elements.AppendFrom(value.column_, 0);
  std::string bytes;
  AppendArrayValue(elements.Finish(), static_cast<uint32_t>(values.size()), bytes);
  return Value(ConstantBytes(Type::Array(element), bytes));
}

Value Value::Row(const std::vector<Value>& values) {
  std::vector<Type> types;
  std::string bytes;
  for (const Value& value : values) {
    types.push_back(value.type());
    bytes += value.Image();
  }
  return Value(ConstantBytes(Type::Row(std::move(types)), bytes));
}

Value Value::Of(const Type& type, std::string_view text) {
  Result<Value> value = Parse(type, text);
  CHECK(value.has_value(), riverrun::ToString(value.error()));
  return *std::move(value);
}

Result<Value> Value::Parse(const Type& type, std::string_view text, const Settings& settings,
                           std::optional<Micros> now) {
  ColumnBuilder builder(type);
  TextReader reader(settings, now);
  if (Result<void> read = reader.Append(text, builder); !read) {
    return std::unexpected(std::move(read).error());
  }
  return Value(ConstantOf(builder));
}

Numeric Value::AsNumeric() const {
  const bool own_scale = type().kind == TypeKind::kNumeric;
  return {As<Int128>(),
          own_scale ? column_.scales->as<int8_t>()[0] : static_cast<int8_t>(type().scale)};
}

std::string Value::Image() const {
  std::string image;
  AppendImage(column_, 0, image);
  return image;
}

std::string Value::ToString() const {
  return IsNull() ? "NULL" : TextWriter(Settings{}).ToText(column_, 0);
}

void PrintTo(const Value& value, std::ostream* out) {
  *out << TypeName(value.type()) << ' ' << value.ToString();
}

}  // namespace riverrun
