// The list of function families. Each Register function stands beside the code it registers.
#pragma once

#include "executor/functions/function_registry.h"

namespace riverrun::executor {

void RegisterIntegerArithmetic(FunctionRegistry& registry);
void RegisterFloatArithmetic(FunctionRegistry& registry);
void RegisterFloatMath(FunctionRegistry& registry);
void RegisterNumericArithmetic(FunctionRegistry& registry);
void RegisterComparisons(FunctionRegistry& registry);
void RegisterDateArithmetic(FunctionRegistry& registry);
void RegisterNumberCasts(FunctionRegistry& registry);
void RegisterTextCasts(FunctionRegistry& registry);
void RegisterTimeCasts(FunctionRegistry& registry);
void RegisterArrayCasts(FunctionRegistry& registry);
void RegisterJsonCasts(FunctionRegistry& registry);
void RegisterSubstringFunctions(FunctionRegistry& registry);
void RegisterTextTransforms(FunctionRegistry& registry);
void RegisterLike(FunctionRegistry& registry);
void RegisterQuoting(FunctionRegistry& registry);
void RegisterFormat(FunctionRegistry& registry);
void RegisterEncoding(FunctionRegistry& registry);
void RegisterRegex(FunctionRegistry& registry);
void RegisterTimeFields(FunctionRegistry& registry);
void RegisterTimeMaking(FunctionRegistry& registry);
void RegisterAtTimeZone(FunctionRegistry& registry);
void RegisterJsonAccess(FunctionRegistry& registry);
void RegisterJsonBuilding(FunctionRegistry& registry);
void RegisterJsonSet(FunctionRegistry& registry);
void RegisterArrayFunctions(FunctionRegistry& registry);
void RegisterArraySearch(FunctionRegistry& registry);
void RegisterToChar(FunctionRegistry& registry);

/// Registers every family.
void RegisterBuiltinFunctions(FunctionRegistry& registry);

}  // namespace riverrun::executor
