// Which overload a call means, and which casts its arguments need: PostgreSQL's rules (its manual,
// chapter 10), for the binder.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "executor/functions/function_registry.h"

namespace riverrun::executor {

/// How a value becomes one of another type.
struct CastPath {
  /// The cast function to call with the result type `to`; null if the value stays as it is and
  /// only its SQL type has another name (varchar to text).
  const Function* function = nullptr;
  Type to;
};

/// The cast from one type to another; absent if there is none in that context (42846, or 42804 in
/// an assignment). From `unknown` (a bare literal or NULL) there is one to every type. The type
/// modifier of `to` is applied: varchar(3) cuts when explicit and fails when assigned.
std::optional<CastPath> FindCast(const FunctionRegistry& registry, const Type& from, const Type& to,
                                 CastContext context);

/// A call with its overload chosen.
struct ResolvedCall {
  const Function* function = nullptr;
  /// The types that the arguments must have, one an argument: cast those that differ in kind or
  /// SQL type. An argument of type numeric keeps its physical form.
  std::vector<Type> arg_types;
  Type result;
};

/// Chooses the overload of a call. `unknown` arguments are Type with oid::kUnknown (kind kNull or
/// kText). Errors: 42883 "function f(integer) does not exist" or "operator does not exist: ...",
/// 42725 if several fit equally well.
Result<ResolvedCall> ResolveCall(const FunctionRegistry& registry, std::string_view name,
                                 std::span<const Type> arg_types);

/// Whether an argument must be cast to have the type of a ResolvedCall: false if it has the same
/// kind and both are the same type to a kernel (varchar for text, decimal for numeric).
bool NeedsCast(const Type& from, const Type& to);

/// The type that all of the given ones are cast to in CASE, COALESCE, UNION, VALUES and ARRAY
/// (chapter 10.5); all unknown gives text; absent if they have none in common. Decimals of several
/// scales give one that holds them all, or numeric.
std::optional<Type> CommonType(const FunctionRegistry& registry, std::span<const Type> types);

/// The type without length, precision and scale, and with such elements: decimals are numeric.
Type WithoutModifiers(Type type);

/// PostgreSQL's category of a type, as in pg_type.typcategory: 'N' numbers, 'S' strings, ...
char TypeCategory(const Type& type);
/// Whether the type is its category's preferred one.
bool IsPreferredType(const Type& type);

}  // namespace riverrun::executor
