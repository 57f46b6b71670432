#include "executor/functions/call_resolution.h"

#include <algorithm>

namespace riverrun::executor {
namespace {

using Kind = TypePattern::Kind;

// An overload with one pattern for each argument of the call.
struct Candidate {
  const Function* function;
  std::vector<TypePattern> args;
};
using Candidates = std::vector<Candidate>;

bool IsUnknown(const Type& type) { return type.oid == oid::kUnknown; }

bool IsOperatorName(std::string_view name) {
  const char first = name.empty() ? '_' : name.front();
  return !(first == '_' || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
           static_cast<unsigned char>(first) >= 0x80);
}

// One SQL type, modifiers aside.
bool SameType(const Type& a, const Type& b) {
  if (a.kind == TypeKind::kArray && b.kind == TypeKind::kArray) {
    return SameType(a.element(), b.element());
  }
  return a.oid == b.oid;
}

bool IsExact(const TypePattern& pattern, const Type& type) {
  return pattern.kind == Kind::kExact && SameType(pattern.type, type);
}

bool Accepts(const FunctionRegistry& registry, const TypePattern& pattern, const Type& type) {
  switch (pattern.kind) {
    case Kind::kExact:
      return IsUnknown(type) || SameType(type, pattern.type) ||
             FindCast(registry, type, pattern.type, CastContext::kImplicit).has_value();
    case Kind::kAny:
    case Kind::kAnyElement:
    case Kind::kAnyCompatible: return true;
    case Kind::kAnyArray:
    case Kind::kAnyCompatibleArray: return IsUnknown(type) || type.kind == TypeKind::kArray;
    case Kind::kAnyNonArray: return type.kind != TypeKind::kArray;
    case Kind::kAnyRow: return type.kind == TypeKind::kRow;
  }
  return false;
}

std::optional<Candidate> Fitting(const Function& function, size_t count) {
  const Signature& signature = function.signature;
  if (signature.args.size() == count && !signature.variadic) {
    return Candidate{&function, signature.args};
  }
  if (!signature.variadic || count < signature.args.size()) return std::nullopt;
  Candidate out{&function, signature.args};
  out.args.resize(count, signature.args.back());
  return out;
}

// What the polymorphic arguments of a call stand for. Absent if they contradict each other.
struct Polymorphism {
  std::optional<Type> element, compatible;
};

std::optional<Polymorphism> Unify(const FunctionRegistry& registry, const Candidate& candidate,
                                  std::span<const Type> types) {
  Polymorphism out;
  std::vector<Type> compatible;
  bool has_compatible = false;
  for (size_t i = 0; i < types.size(); ++i) {
    const Kind kind = candidate.args[i].kind;
    const bool array = kind == Kind::kAnyArray || kind == Kind::kAnyCompatibleArray;
    has_compatible |= kind == Kind::kAnyCompatible || kind == Kind::kAnyCompatibleArray;
    if (IsUnknown(types[i])) continue;
    const Type type = array ? types[i].element() : types[i];
    if (kind == Kind::kAnyElement || kind == Kind::kAnyArray || kind == Kind::kAnyNonArray) {
      if (out.element && NeedsCast(*out.element, type)) return std::nullopt;
      if (!out.element) out.element = type;
    } else if (kind == Kind::kAnyCompatible || kind == Kind::kAnyCompatibleArray) {
      compatible.push_back(type);
    }
  }
  if (!has_compatible) return out;
  out.compatible = CommonType(registry, compatible);
  if (!out.compatible) return std::nullopt;
  return out;
}

bool FitsAll(const FunctionRegistry& registry, const Candidate& candidate,
             std::span<const Type> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (!Accepts(registry, candidate.args[i], types[i])) return false;
  }
  return Unify(registry, candidate, types).has_value();
}

bool AllExact(const Candidate& candidate, std::span<const Type> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (!IsExact(candidate.args[i], types[i])) return false;
  }
  return true;
}

// Keeps the candidates with the highest count of something.
template <class Count>
void KeepBest(Candidates& candidates, Count&& count) {
  size_t best = 0;
  for (const Candidate& candidate : candidates) best = std::max<size_t>(best, count(candidate));
  std::erase_if(candidates, [&](const Candidate& candidate) { return count(candidate) < best; });
}

size_t CountExact(const Candidate& candidate, std::span<const Type> types) {
  size_t count = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    count += !IsUnknown(types[i]) && IsExact(candidate.args[i], types[i]) ? 1 : 0;
  }
  return count;
}

size_t CountExactOrPreferred(const Candidate& candidate, std::span<const Type> types) {
  size_t count = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    if (IsUnknown(types[i]) || candidate.args[i].kind != Kind::kExact) continue;
    const Type& wanted = candidate.args[i].type;
    const bool preferred =
        IsPreferredType(wanted) && TypeCategory(wanted) == TypeCategory(types[i]);
    count += IsExact(candidate.args[i], types[i]) || preferred ? 1 : 0;
  }
  return count;
}

char CategoryOf(const TypePattern& pattern) {
  switch (pattern.kind) {
    case Kind::kExact: return TypeCategory(pattern.type);
    case Kind::kAnyArray:
    case Kind::kAnyCompatibleArray: return 'A';
    default: return 'P';
  }
}

// For each unknown argument: the category that the candidates want there, strings first. False if
// they disagree about it.
bool KeepByUnknownCategories(Candidates& candidates, std::span<const Type> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (!IsUnknown(types[i])) continue;
    char category = CategoryOf(candidates.front().args[i]);
    bool agreed = true;
    bool preferred = false;
    for (const Candidate& candidate : candidates) {
      const TypePattern& pattern = candidate.args[i];
      const char own = CategoryOf(pattern);
      if (own == category) {
        preferred |= pattern.kind == Kind::kExact && IsPreferredType(pattern.type);
      } else if (own == 'S') {
        category = 'S';
        preferred = IsPreferredType(pattern.type);
      } else if (category != 'S') {
        agreed = false;
      }
    }
    if (!agreed && category != 'S') return false;
    std::erase_if(candidates, [&](const Candidate& candidate) {
      const TypePattern& pattern = candidate.args[i];
      return CategoryOf(pattern) != category ||
             (preferred && !(pattern.kind == Kind::kExact && IsPreferredType(pattern.type)));
    });
    if (candidates.empty()) return false;
  }
  return true;
}

// The one type that all known arguments have, if they agree.
std::optional<Type> OnlyKnownType(std::span<const Type> types) {
  std::optional<Type> known;
  for (const Type& type : types) {
    if (IsUnknown(type)) continue;
    if (known && !SameType(*known, type)) return std::nullopt;
    known = type;
  }
  return known;
}

std::vector<Type> WithUnknownAs(std::span<const Type> types, const Type& known) {
  std::vector<Type> out(types.begin(), types.end());
  for (Type& type : out) {
    if (IsUnknown(type)) type = known;
  }
  return out;
}

// Narrows the candidates by the rules of the manual's 10.2 and 10.3, in their order.
void Narrow(const FunctionRegistry& registry, Candidates& candidates,
            std::span<const Type> types) {
  std::erase_if(candidates, [&](const Candidate& c) { return !FitsAll(registry, c, types); });
  if (candidates.size() <= 1) return;
  KeepBest(candidates, [&](const Candidate& c) { return CountExact(c, types); });
  if (candidates.size() <= 1) return;
  KeepBest(candidates, [&](const Candidate& c) { return CountExactOrPreferred(c, types); });
  if (candidates.size() <= 1) return;
  const auto unknowns = std::count_if(types.begin(), types.end(), IsUnknown);
  if (unknowns == 0) return;
  Candidates by_category = candidates;
  if (KeepByUnknownCategories(by_category, types)) candidates = std::move(by_category);
  if (candidates.size() <= 1) return;
  const std::optional<Type> known = OnlyKnownType(types);
  if (!known) return;
  const std::vector<Type> assumed = WithUnknownAs(types, *known);
  Candidates fitting = candidates;
  std::erase_if(fitting, [&](const Candidate& c) { return !FitsAll(registry, c, assumed); });
  if (fitting.size() == 1) candidates = std::move(fitting);
}

Error NoMatch(std::string_view name, std::span<const Type> types, bool ambiguous) {
  const auto text_of = [](const Type& type) {
    Type plain = type.kind == TypeKind::kDecimal ? Type::Numeric() : type;
    plain.typmod = -1;
    return IsUnknown(type) ? std::string("unknown") : TypeName(plain);
  };
  std::string call;
  if (IsOperatorName(name)) {
    if (types.size() == 2) call = text_of(types[0]) + " ";
    call += std::string(name) + " " + text_of(types.back());
    if (ambiguous) return {sqlstate::kAmbiguousFunction, "operator is not unique: " + call};
    return {sqlstate::kUndefinedFunction, "operator does not exist: " + call};
  }
  call = std::string(name) + "(";
  for (size_t i = 0; i < types.size(); ++i) call += (i > 0 ? ", " : "") + text_of(types[i]);
  call += ")";
  if (ambiguous) return {sqlstate::kAmbiguousFunction, "function " + call + " is not unique"};
  return {sqlstate::kUndefinedFunction, "function " + call + " does not exist"};
}

// The type of a chosen call's argument after its cast.
Type ArgumentType(const TypePattern& pattern, const Polymorphism& bound, const Type& given) {
  switch (pattern.kind) {
    case Kind::kExact: break;
    case Kind::kAny: return IsUnknown(given) ? Type::Text() : given;
    case Kind::kAnyElement:
    case Kind::kAnyNonArray: return bound.element.value_or(Type::Text());
    case Kind::kAnyArray: return Type::Array(bound.element.value_or(Type::Text()));
    case Kind::kAnyCompatible: return bound.compatible.value_or(Type::Text());
    case Kind::kAnyCompatibleArray: return Type::Array(bound.compatible.value_or(Type::Text()));
    case Kind::kAnyRow: return given;
  }
  if (pattern.type.oid == oid::kNumeric) {
    // A kernel reads both forms of numeric; integers become the decimal that holds them.
    switch (given.kind) {
      case TypeKind::kDecimal:
      case TypeKind::kNumeric: return given;
      case TypeKind::kInt2: return Type::Decimal(5, 0);
      case TypeKind::kInt4: return Type::Decimal(10, 0);
      case TypeKind::kInt8: return Type::Decimal(19, 0);
      default: return Type::Numeric();
    }
  }
  return SameType(given, pattern.type) ? given : pattern.type;
}

ResolvedCall Finish(const FunctionRegistry& registry, const Candidate& chosen,
                    std::span<const Type> types) {
  const Function* function = chosen.function;
  std::vector<TypePattern> patterns = chosen.args;
  if (function->target != nullptr) {
    function = function->target;
    patterns = function->signature.args;
  }
  const Polymorphism bound = *Unify(registry, {function, patterns}, types);
  ResolvedCall out{.function = function, .arg_types = {}, .result = {}};
  for (size_t i = 0; i < types.size(); ++i) {
    out.arg_types.push_back(ArgumentType(patterns[i], bound, types[i]));
  }
  out.result = function->options.result_type != nullptr
                   ? function->options.result_type(out.arg_types)
                   : ArgumentType(function->signature.result, bound, Type::Numeric());
  return out;
}

}  // namespace

Result<ResolvedCall> ResolveCall(const FunctionRegistry& registry, std::string_view name,
                                 std::span<const Type> arg_types) {
  Candidates candidates;
  for (const Function* function : registry.Candidates(name)) {
    std::optional<Candidate> fitting = Fitting(*function, arg_types.size());
    if (fitting) candidates.push_back(std::move(*fitting));
  }
  for (const Candidate& candidate : candidates) {
    if (AllExact(candidate, arg_types)) return Finish(registry, candidate, arg_types);
  }
  // An operator with one unknown argument is first tried with the type of the other.
  if (IsOperatorName(name) && arg_types.size() == 2 &&
      IsUnknown(arg_types[0]) != IsUnknown(arg_types[1])) {
    const std::vector<Type> assumed =
        WithUnknownAs(arg_types, IsUnknown(arg_types[0]) ? arg_types[1] : arg_types[0]);
    for (const Candidate& candidate : candidates) {
      if (AllExact(candidate, assumed)) return Finish(registry, candidate, arg_types);
    }
  }
  Narrow(registry, candidates, arg_types);
  if (candidates.empty()) return std::unexpected(NoMatch(name, arg_types, false));
  if (candidates.size() > 1) return std::unexpected(NoMatch(name, arg_types, true));
  return Finish(registry, candidates.front(), arg_types);
}

}  // namespace riverrun::executor
