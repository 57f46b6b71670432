// Giving expressions their types: casts, common types, calls of functions by name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/functions/call_resolution.h"
#include "planner/bind/bind_state.h"

namespace riverrun::planner {

using executor::CastContext;

/// The name of a type without modifiers, as messages print it: "numeric", "unknown".
std::string TypeText(const Type& type);

/// The expression as exactly the type `to`; nothing if there is no such cast in this context. A
/// literal without type is read now, so that a bad one is an error of the statement (22P02 ...).
std::optional<ExpressionRef> TryCoerce(BindState& state, const Bound& bound, const Type& to,
                                       CastContext context);
/// The same for CAST: throws 42846.
Bound CastTo(BindState& state, const Bound& bound, const Type& to, Position position);
/// The same for a value that is assigned to a column: throws 42804, naming the column.
ExpressionRef AssignTo(BindState& state, const Bound& bound, const Type& to,
                       std::string_view column);
/// A boolean. `what` is named by the error: "argument of WHERE must be type boolean, ...".
ExpressionRef AsBoolean(BindState& state, const Bound& bound, std::string_view what);
/// What has no type becomes text.
Bound AsKnown(BindState& state, const Bound& bound);

/// The type that all of them are cast to. Throws 42804 "CASE types integer and text cannot be
/// matched" at the first that does not fit.
Type CommonTypeOf(BindState& state, std::span<const Bound> bounds, std::string_view what);
/// All of them as their common type.
std::vector<ExpressionRef> AsCommonType(BindState& state, std::span<const Bound> bounds,
                                        std::string_view what, Type& type);

/// A scalar function or operator by its name. Throws 42883, 42725 with the position of the call.
Bound CallByName(BindState& state, std::string_view name, std::vector<Bound> args,
                 Position position);
/// The function that CallByName would call, and the arguments cast for it.
struct ResolvedArguments {
  const executor::Function* function = nullptr;
  std::vector<ExpressionRef> args;
  Type result;
};
ResolvedArguments ResolveByName(BindState& state, std::string_view name,
                                const std::vector<Bound>& args, Position position);

/// The value of an expression without columns; throws the error if it fails.
Value EvaluateConstant(const BindState& state, const ExpressionRef& expression, Position position);

}  // namespace riverrun::planner
