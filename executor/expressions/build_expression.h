// Makes calls and casts from parts that have types: resolution and its casts in one step.
#pragma once

#include <string_view>
#include <vector>

#include "executor/expressions/expression.h"
#include "executor/functions/call_resolution.h"

namespace riverrun::executor {

/// `name(args)` or an operator, its overload chosen by the types and its arguments cast. Literals
/// whose type is still unknown are Constants of Type::Null() or of kText with oid::kUnknown.
/// Errors: those of ResolveCall, 42809 if the name means no scalar function.
Result<ExpressionRef> BuildCall(const FunctionRegistry& registry, std::string_view name,
                                std::vector<ExpressionRef> args);

/// The expression as a value of another type. Errors: 42846 "cannot cast type a to b".
Result<ExpressionRef> BuildCast(const FunctionRegistry& registry, ExpressionRef arg, const Type& to,
                                CastContext context);

/// The same for an argument of a call, CASE, COALESCE and the like: nothing happens if the value
/// can stay as it is. REQUIRES there is an implicit cast.
ExpressionRef CastArgument(const FunctionRegistry& registry, ExpressionRef arg, const Type& to);

}  // namespace riverrun::executor
