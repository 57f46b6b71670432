// Constants, parameters, arrays, and the words that stand for a moment or a name.
#include <algorithm>

#include "planner/bind/expression/expression_binder.h"
#include "types/number/numeric.h"

namespace riverrun::planner {
namespace {

constexpr uint8_t kDecimalDigitsMax = 38;

Type UnknownText() { return {.kind = TypeKind::kText, .oid = oid::kUnknown}; }

bool IsInteger(std::string_view text) {
  return text.find_first_not_of("-0123456789") == std::string_view::npos;
}

// The decimal type that holds exactly one number, if 38 digits do.
std::optional<Type> DecimalOf(const Numeric& number) {
  if (number.scale < 0 || number.scale > kDecimalDigitsMax) return std::nullopt;
  Int128 rest = number.digits < 0 ? -number.digits : number.digits;
  uint8_t digits = 0;
  for (; rest != 0; rest /= 10) ++digits;
  const auto scale = static_cast<uint8_t>(number.scale);
  const uint8_t precision = std::max({digits, scale, uint8_t{1}});
  if (precision > kDecimalDigitsMax) return std::nullopt;
  return Type::Decimal(precision, scale);
}

}  // namespace

Bound ExpressionBinder::BindNode(const ast::NullLiteral&, Span span) {
  return {ConstantValue(Value()), span.begin};
}

Bound ExpressionBinder::BindNode(const ast::BooleanLiteral& node, Span span) {
  return {Truth(node.value), span.begin};
}

// The smallest of integer, bigint and numeric that holds it.
Bound ExpressionBinder::Number(std::string text, Position position) {
  if (IsInteger(text)) {
    for (const Type& type : {Type::Int4(), Type::Int8()}) {
      Result<Value> value = Value::Parse(type, text);
      if (value) return {ConstantValue(*std::move(value)), position};
    }
  }
  Result<Value> value = Value::Parse(Type::Numeric(), text);
  if (!value && text.find_first_of("eE") != std::string::npos) {
    // Numbers have 38 digits here; with an exponent, a greater one is meant as an approximation.
    value = Value::Parse(Type::Float8(), text);
    if (value) return {ConstantValue(*std::move(value)), position};
  }
  if (!value) Throw(value.error(), position);
  if (const std::optional<Type> decimal = DecimalOf(value->AsNumeric())) {
    value = Value::Parse(*decimal, text);
    CHECK(value.has_value(), "a number does not fit the type made for it");
  }
  return {ConstantValue(*std::move(value)), position};
}

Bound ExpressionBinder::BindNode(const ast::NumberLiteral& node, Span span) {
  return Number(node.text, span.begin);
}

Bound ExpressionBinder::BindNode(const ast::StringLiteral& node, Span span) {
  Result<Value> value = Value::Parse(UnknownText(), node.value);
  if (!value) Throw(value.error(), span.begin);
  return {ConstantValue(*std::move(value)), span.begin};
}

Bound ExpressionBinder::BindNode(const ast::BitStringLiteral&, Span span) {
  NotYet("bit strings are", span.begin);
}

Bound ExpressionBinder::BindNode(const ast::Parameter& node, Span span) {
  if (node.number == 0) {
    throw SqlError(sqlstate::kUndefinedParameter, "there is no parameter $0", span.begin);
  }
  const std::optional<Type> type = state_.ParameterType(node.number);
  if (!type) return {ConstantValue(Value()), span.begin, node.number};
  const Value* given = state_.ParameterValue(node.number);
  if (given == nullptr) return {ConstantValue(Value::Null(*type)), span.begin};
  const Bound bound{ConstantValue(*given), span.begin};
  std::optional<ExpressionRef> typed = TryCoerce(state_, bound, *type, CastContext::kAssignment);
  CHECK(typed.has_value(), "a parameter's value is not of its type");
  return {std::move(*typed), span.begin};
}

Bound ExpressionBinder::Constant(std::string_view text, Position position) {
  return {ConstantValue(Value::Text(text)), position};
}

Bound ExpressionBinder::BindNode(const ast::CurrentValue& node, Span span) {
  using Kind = ast::CurrentValue::Kind;
  const BindContext& context = state_.context();
  std::string_view function;
  switch (node.kind) {
    case Kind::kUser:
    case Kind::kSessionUser:
    case Kind::kRole:
      return Constant(context.user, span.begin);
    case Kind::kCatalog:
      return Constant(context.database, span.begin);
    case Kind::kSchema:
      if (context.search_path.empty()) {
        return {ConstantValue(Value::Null(Type::Text())), span.begin};
      }
      return Constant(context.search_path.front(), span.begin);
    case Kind::kDate:
      function = "current_date";
      break;
    case Kind::kTime:
      function = "current_time";
      break;
    case Kind::kTimestamp:
      function = "now";
      break;
    case Kind::kLocalTime:
      function = "localtime";
      break;
    case Kind::kLocalTimestamp:
      function = "localtimestamp";
      break;
  }
  const Bound moment = CallByName(state_, function, {}, span.begin);
  if (!node.precision) return moment;
  Type type = moment.type();
  type.typmod = static_cast<int32_t>(std::min<int64_t>(*node.precision, kMaxTimePrecision));
  return CastTo(state_, moment, type, span.begin);
}

// Constants are an array value; what has to be computed is appended piece by piece.
Bound ExpressionBinder::BindNode(const ast::ArrayLiteral& node, Span span) {
  std::vector<Bound> elements;
  for (const ast::Expression& element : node.elements) {
    elements.push_back(Bind(element));
    if (elements.back().type().kind == TypeKind::kArray) {
      NotYet("arrays of arrays are", element.span.begin);
    }
  }
  if (elements.empty()) {
    throw SqlError(sqlstate::kIndeterminateDatatype, "cannot determine type of empty array",
                   span.begin)
        .WithHint("Explicitly cast to the desired type, for example ARRAY[]::integer[].");
  }
  Type type;
  const std::vector<ExpressionRef> cast = AsCommonType(state_, elements, "ARRAY", type);
  std::vector<Value> values;
  for (const ExpressionRef& element : cast) {
    const Value* value = AsConstant(*element);
    if (value == nullptr) break;
    values.push_back(*value);
  }
  Bound array{ConstantValue(Value::Array(type, values)), span.begin};
  for (size_t i = values.size(); i < cast.size(); ++i) {
    array =
        CallByName(state_, "array_append", {array, {cast[i], elements[i].position}}, span.begin);
  }
  return array;
}

}  // namespace riverrun::planner
