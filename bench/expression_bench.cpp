// What expressions cost a row: a pipeline of five steps (filter, multiply, filter, project, sum)
// over batches of several sizes. The design asks for about 4 ns a row (docs/performance.md).
#include <benchmark/benchmark.h>

#include "executor/expressions/evaluator.h"
#include "executor/functions/call_resolution.h"

namespace riverrun::executor {
namespace {

constexpr uint32_t kRows = 1u << 20;
constexpr uint32_t kBatches = 8;

ExpressionRef Bigint(uint32_t index) { return Make(ColumnRef{index, Type::Int8()}); }
ExpressionRef Number(int64_t value) { return Make(Constant{Value::Int8(value)}); }
ExpressionRef CallOf(std::string_view name, std::vector<ExpressionRef> args) {
  std::vector<Type> types;
  for (const ExpressionRef& arg : args) types.push_back(TypeOf(*arg));
  const ResolvedCall call = *ResolveCall(BuiltinFunctions(), name, types);
  return Make(Call{call.function, std::move(args), call.result});
}

// A few batches of auction, bidder and price, made before the clock runs and used in turn: as in a
// dataflow, where the source has just written them, they lie in the cache.
std::vector<Batch> MakeBatches(uint32_t batch_rows) {
  std::vector<Batch> out;
  uint64_t state = 1;
  while (out.size() < kBatches) {
    const std::vector<Type> types(3, Type::Int8());
    BatchBuilder builder(types);
    for (uint32_t row = 0; row < batch_rows; ++row) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const auto random = static_cast<int64_t>(state >> 33);
      builder.column(0).Append<int64_t>(1000 + random % 5000);
      builder.column(1).Append<int64_t>(random % 1000);
      builder.column(2).Append<int64_t>(101 + random % 1'000'000);
      builder.EndRow();
    }
    out.push_back(builder.Finish());
  }
  return out;
}

// Runs a step over kRows rows and reports nanoseconds a row.
template <class Step>
void Measure(benchmark::State& state, Step&& step) {
  const auto batch_rows = static_cast<uint32_t>(state.range(0));
  const std::vector<Batch> batches = MakeBatches(batch_rows);
  for (auto _ : state) {
    for (uint32_t i = 0; i < kRows / batch_rows; ++i) {
      benchmark::DoNotOptimize(step(batches[i % kBatches]));
    }
  }
  state.counters["ns_per_row"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kRows * 1e-9,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Pipeline {
  Settings settings;
  Evaluator first_filter, multiply, second_filter;
  EvalContext context;

  explicit Pipeline(int64_t least_price)
      : first_filter(*CallOf(">", {Bigint(2), Number(least_price)}), settings),
        multiply(*CallOf("*", {Bigint(2), Number(908)}), settings),
        second_filter(*CallOf(">=", {Bigint(0), Number(1000)}), settings),
        context{.epoch = {}, .settings = &settings, .budget = nullptr} {}

  int64_t Run(Batch batch) {
    batch = FilterRows(first_filter, std::move(batch), context);
    if (batch.selected() == 0) return 0;
    batch.columns[2] = multiply.Evaluate(batch, context, batch.errors);
    batch = FilterRows(second_filter, std::move(batch), context);
    Batch projected{.rows = batch.rows, .columns = {batch.columns[0], batch.columns[2]},
                    .selection = batch.selection, .weights = nullptr, .errors = {}};
    int64_t sum = 0;
    const Reader<int64_t> price(projected.columns[1]);
    ForEachRow(projected.rows, projected.selection, [&](uint32_t row) { sum += price[row]; });
    return sum;
  }
};

void FiveSteps(benchmark::State& state, int64_t least_price) {
  Pipeline pipeline(least_price);
  Measure(state, [&](const Batch& batch) { return pipeline.Run(batch); });
}

BENCHMARK_CAPTURE(FiveSteps, all_pass, 100)->Arg(64)->Arg(1024)->Arg(4096);
BENCHMARK_CAPTURE(FiveSteps, half_pass, 500'000)->Arg(64)->Arg(1024)->Arg(4096);

// One call alone, to see where the time goes.
void OneCall(benchmark::State& state, std::string_view name, int64_t constant) {
  const Settings settings;
  const EvalContext context{.epoch = {}, .settings = &settings, .budget = nullptr};
  Evaluator evaluator(*CallOf(name, {Bigint(2), Number(constant)}), settings);
  Measure(state, [&](const Batch& batch) {
    ErrorLane errors;
    return evaluator.Evaluate(batch, context, errors);
  });
}

BENCHMARK_CAPTURE(OneCall, add, "+", 7)->Arg(64)->Arg(1024)->Arg(4096);
BENCHMARK_CAPTURE(OneCall, multiply, "*", 908)->Arg(64)->Arg(1024)->Arg(4096);
BENCHMARK_CAPTURE(OneCall, less, "<", 500'000)->Arg(64)->Arg(1024)->Arg(4096);
BENCHMARK_CAPTURE(OneCall, divide, "/", 123)->Arg(64)->Arg(1024)->Arg(4096);

}  // namespace
}  // namespace riverrun::executor
