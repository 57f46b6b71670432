// Categories of types, casts between them and the type that several have in common.
#include <algorithm>

#include "executor/functions/call_resolution.h"

namespace riverrun::executor {
namespace {

bool IsUnknown(const Type& type) { return type.oid == oid::kUnknown; }

bool IsOidKind(const Type& type) { return type.kind == TypeKind::kOid; }

std::string PlainName(Type type) {
  if (type.kind == TypeKind::kDecimal) type = Type::Numeric();
  type.typmod = -1;
  return PatternName({.type = type});
}

// The name a type has in the signature of a cast: strings of every SQL type read as text.
std::string SourceName(const Type& type) {
  switch (type.kind) {
    case TypeKind::kText: return "text";
    case TypeKind::kArray: return "anyarray";
    case TypeKind::kOid: return "oid";
    case TypeKind::kRow: return "record";
    default: return PlainName(type);
  }
}

std::string TargetName(const Type& type) {
  if (type.kind == TypeKind::kArray) return "anyarray";
  if (type.kind == TypeKind::kOid) return "oid";
  if (type.kind == TypeKind::kText) return type.oid == oid::kName ? "name" : "text";
  return PlainName(type);
}

bool IsStringLike(const Type& type) { return type.kind == TypeKind::kText && !IsUnknown(type); }

// Casts among strings cost nothing unless a length applies.
std::optional<CastPath> StringCast(const FunctionRegistry& registry, const Type& from,
                                   const Type& to, CastContext context) {
  const bool shortens = to.typmod >= 0 || (to.oid == oid::kName && from.oid != oid::kName);
  if (context == CastContext::kImplicit && !shortens) return CastPath{nullptr, to};
  const bool assigned = context != CastContext::kExplicit && to.typmod >= 0;
  return CastPath{
      registry.FindByText((assigned ? "assign(text) -> " : "cast(text) -> ") + TargetName(to)), to};
}

bool Allows(CastContext needed, CastContext given) { return given >= needed; }

std::optional<CastPath> ArrayCast(const FunctionRegistry& registry, const Type& from,
                                  const Type& to, CastContext context) {
  const std::optional<CastPath> element =
      FindCast(registry, from.element(), to.element(), context);
  if (!element) return std::nullopt;
  if (element->function == nullptr) return CastPath{nullptr, to};
  return CastPath{registry.FindByText("cast(anyarray) -> anyarray"), to};
}

// The conversion through text that PostgreSQL has for every type.
std::optional<CastPath> TextCast(const FunctionRegistry& registry, const Type& from, const Type& to,
                                 CastContext context) {
  if (IsStringLike(to)) {
    if (context == CastContext::kImplicit) return std::nullopt;
    const bool assigned = context == CastContext::kAssignment && to.typmod >= 0;
    return CastPath{registry.FindByText((assigned ? "assign(any) -> " : "cast(any) -> ") +
                                        TargetName(to)),
                    to};
  }
  if (!IsStringLike(from) || context != CastContext::kExplicit) return std::nullopt;
  const Function* parse = registry.FindByText("cast(text) -> " + TargetName(to));
  if (parse == nullptr) return std::nullopt;
  return CastPath{parse, to};
}

// A decimal that holds every value of two types; kNumeric if 38 digits do not.
Type WiderNumeric(const Type& a, const Type& b) {
  if (a.kind != TypeKind::kDecimal || b.kind != TypeKind::kDecimal) return Type::Numeric();
  const int scale = std::max(a.scale, b.scale);
  const int precision = std::max(a.precision - a.scale, b.precision - b.scale) + scale;
  if (precision > kNumericDigitsMax) return Type::Numeric();
  return Type::Decimal(static_cast<uint8_t>(std::max(precision, 1)), static_cast<uint8_t>(scale));
}

// The numeric type that holds every value of an integer type.
Type AsNumericType(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInt2: return Type::Decimal(5, 0);
    case TypeKind::kInt4: return Type::Decimal(10, 0);
    case TypeKind::kInt8: return Type::Decimal(19, 0);
    default: return type;
  }
}

}  // namespace

Type WithoutModifiers(Type type) {
  if (type.kind == TypeKind::kDecimal) return Type::Numeric();
  if (type.kind == TypeKind::kArray) return Type::Array(WithoutModifiers(type.element()));
  type.typmod = -1;
  return type;
}

char TypeCategory(const Type& type) {
  if (IsUnknown(type)) return 'X';
  switch (type.kind) {
    case TypeKind::kBool: return 'B';
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kDecimal:
    case TypeKind::kNumeric:
    case TypeKind::kOid: return 'N';
    case TypeKind::kText: return 'S';
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimeTz:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: return 'D';
    case TypeKind::kInterval: return 'T';
    case TypeKind::kArray: return 'A';
    case TypeKind::kRow: return 'P';
    case TypeKind::kBytea:
    case TypeKind::kUuid:
    case TypeKind::kJson:
    case TypeKind::kJsonb: return 'U';
    case TypeKind::kNull: return 'X';
  }
  return 'X';
}

bool IsPreferredType(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBool:
    case TypeKind::kFloat8:
    case TypeKind::kTimestampTz:
    case TypeKind::kInterval: return true;
    case TypeKind::kText: return type.oid == oid::kText;
    case TypeKind::kOid: return type.oid == oid::kOid;
    default: return false;
  }
}

bool NeedsCast(const Type& from, const Type& to) {
  if (to.kind == TypeKind::kNumeric && from.kind == TypeKind::kDecimal) return false;
  if (from.kind != to.kind) return true;
  if (from.kind == TypeKind::kDecimal) return from.scale != to.scale;
  if (from.kind != TypeKind::kArray) return false;
  // The elements of an array are encoded by their own kind: decimals and numerics differ there.
  return from.element().kind != to.element().kind || NeedsCast(from.element(), to.element());
}

std::optional<CastPath> FindCast(const FunctionRegistry& registry, const Type& from, const Type& to,
                                 CastContext context) {
  if (from == to || from.kind == TypeKind::kNull) return CastPath{nullptr, to};
  if (IsUnknown(from)) {
    // A bare literal is read by the type's input function, whatever the context.
    if (to.kind != TypeKind::kText) {
      return TextCast(registry, Type::Text(), to, CastContext::kExplicit);
    }
    return StringCast(registry, from, to, context);
  }
  if (IsStringLike(from) && IsStringLike(to)) return StringCast(registry, from, to, context);
  if (from.kind == TypeKind::kArray && to.kind == TypeKind::kArray) {
    return ArrayCast(registry, from, to, context);
  }
  const bool to_oid_of_oid = IsOidKind(from) && IsOidKind(to);
  if (to_oid_of_oid && from.oid != oid::kOid && to.oid != oid::kOid) return std::nullopt;
  if (to_oid_of_oid) return CastPath{registry.FindByText("cast(oid) -> oid"), to};
  const Function* direct =
      registry.FindByText("cast(" + SourceName(from) + ") -> " + TargetName(to));
  if (direct != nullptr && !(IsStringLike(from) || IsStringLike(to))) {
    if (!Allows(direct->options.cast, context)) return std::nullopt;
    return CastPath{direct, to};
  }
  return TextCast(registry, from, to, context);
}

std::optional<Type> CommonType(const FunctionRegistry& registry, std::span<const Type> types) {
  std::optional<Type> chosen;
  for (const Type& type : types) {
    if (IsUnknown(type)) continue;
    if (!chosen) {
      chosen = type;
      continue;
    }
    if (type == *chosen) continue;
    if (TypeCategory(type) != TypeCategory(*chosen)) return std::nullopt;
    if (type.oid == oid::kNumeric && chosen->oid == oid::kNumeric) continue;
    if (type.oid == chosen->oid && type.kind != TypeKind::kArray) {
      chosen->typmod = -1;  // two modifiers of one type: none
      continue;
    }
    const bool forth = FindCast(registry, *chosen, type, CastContext::kImplicit).has_value();
    const bool back = FindCast(registry, type, *chosen, CastContext::kImplicit).has_value();
    if (!forth && !back) return std::nullopt;
    if (!IsPreferredType(*chosen) && forth && !back) chosen = type;
  }
  if (!chosen) return Type::Text();
  // Every type must get there, and a numeric result must hold them all.
  Type result = *chosen;
  if (result.oid == oid::kNumeric) result = AsNumericType(types.front());
  for (const Type& type : types) {
    if (IsUnknown(type)) {
      result = WithoutModifiers(result);  // a literal may be longer than a column
      continue;
    }
    if (!FindCast(registry, type, *chosen, CastContext::kImplicit)) return std::nullopt;
    if (chosen->oid != oid::kNumeric && chosen->kind != TypeKind::kArray && !(type == *chosen)) {
      result.typmod = -1;
    }
    if (chosen->oid == oid::kNumeric && !(AsNumericType(type) == result)) {
      result = WiderNumeric(result, AsNumericType(type));
    }
  }
  return result;
}

}  // namespace riverrun::executor
