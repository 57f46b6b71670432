#include "executor/aggregates/aggregate.h"

namespace riverrun::executor {
namespace {

constexpr std::string_view kCountOfRows = "count() -> bigint";
constexpr std::string_view kCountOfRowsInSql = "count(*) -> bigint";

}  // namespace

bool IsCountOfRows(std::string_view signature) {
  return signature == kCountOfRows || signature == kCountOfRowsInSql;
}

std::unique_ptr<AggregateFunction> FindAggregate(std::string_view signature,
                                                 const AggregateUse& use) {
  if (IsCountOfRows(signature)) signature = kCountOfRows;
  const Function* function = BuiltinFunctions().FindByText(signature);
  CHECK(function != nullptr && function->kind == FunctionKind::kAggregate,
        "no such aggregate: " + std::string(signature));
  CHECK(use.args.size() == function->signature.args.size(), "arguments of an aggregate");
  const auto* factory = std::any_cast<AggregateFactory>(&function->implementation);
  CHECK(factory != nullptr, "an aggregate is registered with another kind of implementation");
  return (*factory)(use);
}

void RegisterAggregates(FunctionRegistry& registry) {
  RegisterCounts(registry);
  RegisterIntegerSums(registry);
  RegisterNumericSums(registry);
  RegisterFloatSums(registry);
  RegisterIntervalSums(registry);
  RegisterExtremes(registry);
  RegisterVariances(registry);
}

}  // namespace riverrun::executor
