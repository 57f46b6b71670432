#include "executor/aggregates/aggregate.h"
#include "executor/functions/builtin.h"

namespace riverrun::executor {

void RegisterBuiltinFunctions(FunctionRegistry& registry) {
  RegisterIntegerArithmetic(registry);
  RegisterFloatArithmetic(registry);
  RegisterFloatMath(registry);
  RegisterNumericArithmetic(registry);
  RegisterComparisons(registry);
  RegisterDateArithmetic(registry);
  RegisterNumberCasts(registry);
  RegisterTextCasts(registry);
  RegisterTimeCasts(registry);
  RegisterArrayCasts(registry);
  RegisterJsonCasts(registry);
  RegisterSubstringFunctions(registry);
  RegisterTextTransforms(registry);
  RegisterLike(registry);
  RegisterQuoting(registry);
  RegisterFormat(registry);
  RegisterEncoding(registry);
  RegisterRegex(registry);
  RegisterTimeFields(registry);
  RegisterTimeMaking(registry);
  RegisterAtTimeZone(registry);
  RegisterJsonAccess(registry);
  RegisterJsonBuilding(registry);
  RegisterJsonSet(registry);
  RegisterArrayFunctions(registry);
  RegisterArraySearch(registry);
  RegisterAggregates(registry);
  RegisterToChar(registry);
}

}  // namespace riverrun::executor
