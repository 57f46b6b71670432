#include "planner/bind/expression/bind_type.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "parser/print.h"
#include "planner/bind/expression/coerce.h"
#include "types/time/interval.h"
#include "types/time/timestamp.h"

namespace riverrun::planner {
namespace {

namespace ast = parser::ast;

constexpr int kNumericPrecisionMax = 38;
constexpr int kVarcharLengthMax = 10'485'760;
constexpr int32_t kLengthHeader = 4;

struct InternalName {
  uint32_t type_oid;
  std::string_view name;
};
constexpr std::array kInternalNames = {
    InternalName{oid::kBool, "bool"},
    InternalName{oid::kInt2, "int2"},
    InternalName{oid::kInt4, "int4"},
    InternalName{oid::kInt8, "int8"},
    InternalName{oid::kFloat4, "float4"},
    InternalName{oid::kFloat8, "float8"},
    InternalName{oid::kVarchar, "varchar"},
    InternalName{oid::kTime, "time"},
    InternalName{oid::kTimeTz, "timetz"},
    InternalName{oid::kTimestamp, "timestamp"},
    InternalName{oid::kTimestampTz, "timestamptz"},
};

// Types of PostgreSQL's that a user may try, and what to write instead.
struct MissingType {
  std::string_view name;
  std::string_view hint;
};
constexpr std::array kMissingTypes = {
    MissingType{"bpchar", "Use text or varchar(n)."},
    MissingType{"bit", "Use bytea or boolean."},
    MissingType{"varbit", "Use bytea."},
    MissingType{"smallserial", "Use smallint and give the values yourself."},
    MissingType{"serial", "Use integer and give the values yourself."},
    MissingType{"bigserial", "Use bigint and give the values yourself."},
    MissingType{"money", "Use numeric(p,s)."},
    MissingType{"xml", "Use text."},
    MissingType{"inet", "Use text."},
    MissingType{"cidr", "Use text."},
    MissingType{"macaddr", "Use text."},
    MissingType{"tsvector", "Use text."},
};

Position PositionOf(const ast::TypeName& name) { return name.span.begin; }

// Modifiers are integers.
std::vector<int> Modifiers(const ast::TypeName& name) {
  std::vector<int> out;
  for (const ast::Expression& modifier : name.modifiers) {
    const auto* number = ast::As<ast::NumberLiteral>(modifier);
    const auto* negation = ast::As<ast::UnaryOperation>(modifier);
    const bool negative = negation != nullptr && negation->op.symbol == "-";
    if (negative) number = ast::As<ast::NumberLiteral>(*negation->operand);
    int value = 0;
    const char* end = number == nullptr ? nullptr : number->text.data() + number->text.size();
    if (number == nullptr || std::from_chars(number->text.data(), end, value).ptr != end) {
      throw SqlError(sqlstate::kSyntaxError,
                     "type modifiers must be simple constants or identifiers", modifier.span.begin);
    }
    out.push_back(negative ? -value : value);
  }
  return out;
}

[[noreturn]] void BadModifier(std::string text, Position position) {
  throw SqlError(sqlstate::kInvalidParameterValue, std::move(text), position);
}

void RefuseMany(const std::vector<int>& modifiers, size_t most, Position position) {
  if (modifiers.size() > most) BadModifier("invalid type modifier", position);
}

Type NumericOf(const std::vector<int>& modifiers, Position position) {
  if (modifiers.empty()) return Type::Numeric();
  if (modifiers.size() > 2) BadModifier("invalid NUMERIC type modifier", position);
  const int precision = modifiers[0];
  const int scale = modifiers.size() > 1 ? modifiers[1] : 0;
  if (precision < 1 || precision > kNumericPrecisionMax) {
    BadModifier("NUMERIC precision " + std::to_string(precision) + " must be between 1 and " +
                    std::to_string(kNumericPrecisionMax),
                position);
  }
  if (scale < 0 || scale > precision) {
    BadModifier("NUMERIC scale " + std::to_string(scale) + " must be between 0 and precision " +
                    std::to_string(precision),
                position);
  }
  return Type::Decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
}

Type VarcharOf(const std::vector<int>& modifiers, Position position) {
  RefuseMany(modifiers, 1, position);
  if (modifiers.empty()) return Type::Varchar();
  if (modifiers[0] < 1) BadModifier("length for type varchar must be at least 1", position);
  if (modifiers[0] > kVarcharLengthMax) {
    BadModifier("length for type varchar cannot exceed " + std::to_string(kVarcharLengthMax),
                position);
  }
  return Type::Varchar(modifiers[0]);
}

Type FloatOf(const std::vector<int>& modifiers, Position position) {
  if (modifiers.empty()) return Type::Float8();
  RefuseMany(modifiers, 1, position);
  if (modifiers[0] < 1) BadModifier("precision for type float must be at least 1 bit", position);
  if (modifiers[0] > 53)
    BadModifier("precision for type float must be less than 54 bits", position);
  return modifiers[0] <= 24 ? Type::Float4() : Type::Float8();
}

IntervalRange RangeOf(std::string_view fields) {
  static constexpr std::array<std::pair<std::string_view, IntervalRange>, 13> kRanges = {{
      {"year", IntervalRange::kYear},
      {"month", IntervalRange::kMonth},
      {"day", IntervalRange::kDay},
      {"hour", IntervalRange::kHour},
      {"minute", IntervalRange::kMinute},
      {"second", IntervalRange::kSecond},
      {"year to month", IntervalRange::kYearToMonth},
      {"day to hour", IntervalRange::kDayToHour},
      {"day to minute", IntervalRange::kDayToMinute},
      {"day to second", IntervalRange::kDayToSecond},
      {"hour to minute", IntervalRange::kHourToMinute},
      {"hour to second", IntervalRange::kHourToSecond},
      {"minute to second", IntervalRange::kMinuteToSecond},
  }};
  const auto* found = std::ranges::find(kRanges, fields, [](const auto& r) { return r.first; });
  return found == kRanges.end() ? IntervalRange::kFull : found->second;
}

// Fractional seconds, as timestamp(3) has them.
Type WithSeconds(Type type, const ast::TypeName& name, const std::vector<int>& modifiers) {
  RefuseMany(modifiers, 1, PositionOf(name));
  int precision = modifiers.empty() ? -1 : modifiers[0];
  if (!modifiers.empty() && precision < 0) {
    BadModifier(
        TypeName(type) + "(" + std::to_string(precision) + ") precision must not be negative",
        PositionOf(name));
  }
  precision = std::min(precision, kMaxTimePrecision);
  if (type.kind != TypeKind::kInterval) {
    type.typmod = precision;
  } else if (precision >= 0 || !name.interval_fields.empty()) {
    if (!name.interval_fields.empty() && RangeOf(name.interval_fields) == IntervalRange::kFull) {
      throw SqlError(sqlstate::kSyntaxError, "invalid INTERVAL fields " + name.interval_fields,
                     PositionOf(name));
    }
    type.typmod = IntervalTypmod(RangeOf(name.interval_fields), precision);
  }
  return type;
}

[[noreturn]] void Unknown(const ast::TypeName& name, const std::string& word) {
  const auto* missing = std::ranges::find(kMissingTypes, word, &MissingType::name);
  if (missing == kMissingTypes.end()) {
    throw SqlError(sqlstate::kUndefinedObject,
                   "type \"" + parser::Print(name) + "\" does not exist", PositionOf(name));
  }
  const std::string shown = word == "bpchar" ? "character" : word;
  throw SqlError(sqlstate::kFeatureNotSupported, "type " + shown + " is not supported yet",
                 PositionOf(name))
      .WithHint(std::string(missing->hint));
}

Type BaseType(const ast::TypeName& name) {
  const std::string& word = name.name.Last().text;
  const Position position = PositionOf(name);
  if (name.name.parts.size() > 1 && name.name.parts[0].text != "pg_catalog") Unknown(name, "");
  const std::vector<int> modifiers = Modifiers(name);
  if (word == "numeric" || word == "decimal" || word == "dec")
    return NumericOf(modifiers, position);
  if (word == "varchar") return VarcharOf(modifiers, position);
  if (word == "float") return FloatOf(modifiers, position);
  const std::optional<Type> type = TypeByName(word);
  if (!type) Unknown(name, word);
  switch (type->kind) {
    case TypeKind::kTime:
    case TypeKind::kTimeTz:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
    case TypeKind::kInterval:
      return WithSeconds(*type, name, modifiers);
    default:
      break;
  }
  if (!modifiers.empty()) {
    throw SqlError(sqlstate::kSyntaxError, "type modifier is not allowed for type \"" + word + "\"",
                   position);
  }
  return *type;
}

}  // namespace

Type BindType(const ast::TypeName& name) {
  if (name.set_of) NotYet("SETOF types are", PositionOf(name));
  Type type = BaseType(name);
  // PostgreSQL's arrays have one type for any number of dimensions.
  if (!name.dimensions.empty() && type.kind != TypeKind::kArray) type = Type::Array(type);
  return type;
}

std::string InternalTypeName(const Type& type) {
  if (type.kind == TypeKind::kArray) return InternalTypeName(type.element());
  const auto* found = std::ranges::find(kInternalNames, type.oid, &InternalName::type_oid);
  if (found != kInternalNames.end()) return std::string(found->name);
  return TypeText(type);
}

}  // namespace riverrun::planner
