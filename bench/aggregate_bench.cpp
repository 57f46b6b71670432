// GROUP BY over one bigint key: count(*), sum, max, through the operator, by the number of keys.
// Each iteration is one batch; the table is full before the first.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "executor/operators/operators.h"

namespace riverrun::executor {
namespace {

constexpr uint32_t kRows = 4096;

class NoOutput : public Output {
 public:
  void Emit(Batch batch) override { rows += batch.selected(); }
  void Emit(Watermark) override {}
  void EmitError(const Batch&, const ErrorLane&) override {}
  bool Full() const override { return false; }
  bool Closed() const override { return false; }

  uint64_t rows = 0;
};

uint64_t Mixed(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return x ^ x >> 32;
}

std::vector<Batch> MakeBatches(uint64_t keys, size_t rows, const Type& value_type, bool weights) {
  std::mt19937_64 random(5);
  const std::vector<Type> types = {Type::Int8(), value_type};
  std::vector<Batch> batches;
  for (size_t row = 0; row < rows; row += kRows) {
    BatchBuilder builder(types);
    for (uint32_t i = 0; i < kRows; ++i) {
      const uint64_t key = row + i < keys ? row + i : random() % keys;
      builder.column(0).Append(static_cast<int64_t>(Mixed(key) >> 2));
      const auto value = static_cast<int64_t>(random() % 1'000'000);
      if (value_type.kind == TypeKind::kInt8) {
        builder.column(1).Append(value);
      } else {
        builder.column(1).Append(static_cast<int32_t>(value));
      }
      builder.EndRow(weights ? 2 : 1);
    }
    batches.push_back(builder.Finish());
  }
  return batches;
}

struct Query {
  Type value_type;
  AggregateSpec spec;
};

Query BigintQuery(bool append_only) {
  const AggregateCall count{"count() -> bigint", {}, std::nullopt, Type::Int8()};
  const AggregateCall sum{"sum(bigint) -> numeric", {1}, std::nullopt, Type::Numeric()};
  const AggregateCall max{"max(bigint) -> bigint", {1}, std::nullopt, Type::Int8()};
  return {Type::Int8(), {.keys = {0}, .calls = {count, sum, max}, .append_only = append_only}};
}

Query CountQuery() {
  return {Type::Int8(),
          {.keys = {0}, .calls = {{"count() -> bigint", {}, std::nullopt, Type::Int8()}}}};
}

// `epoch_batches`: batches between two barriers; 0 for none.
void Run(benchmark::State& state, const Query& query, int64_t epoch_batches, bool weights) {
  const auto keys = static_cast<uint64_t>(state.range(0));
  const std::vector<Batch> batches =
      MakeBatches(keys, std::max<size_t>(keys + (1 << 20), 1 << 22), query.value_type, weights);
  const std::vector<Type> inputs = {Type::Int8(), query.value_type};
  std::vector<Type> outputs = {Type::Int8()};
  for (const AggregateCall& call : query.spec.calls) outputs.push_back(call.result);
  const Settings settings;
  EvalContext eval{.epoch = {}, .settings = &settings, .budget = nullptr};
  MemoryBudget budget("bench");
  NoOutput out;
  const std::unique_ptr<Operator> op = MakeAggregate(
      query.spec, {.eval = &eval, .inputs = &inputs, .outputs = &outputs, .budget = &budget});
  for (const Batch& batch : batches) op->OnBatch(0, batch, out);
  op->OnBarrier({}, out);
  size_t next = 0;
  int64_t in_epoch = 0;
  for (auto _ : state) {
    op->OnBatch(0, batches[next], out);
    next = next + 1 == batches.size() ? 0 : next + 1;
    if (++in_epoch != epoch_batches) continue;
    op->OnBarrier({}, out);
    in_epoch = 0;
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  const double rows = static_cast<double>(state.iterations()) * kRows;
  state.counters["ns/row"] =
      benchmark::Counter(rows / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["state_MB"] = static_cast<double>(budget.used()) / 1e6;
}

void CountSumMax(benchmark::State& state) { Run(state, BigintQuery(true), 0, false); }
void CountSumMaxWithBarriers(benchmark::State& state) { Run(state, BigintQuery(true), 64, false); }
void CountSumMaxWeighted(benchmark::State& state) { Run(state, BigintQuery(true), 0, true); }
void CountSumMaxRetractable(benchmark::State& state) { Run(state, BigintQuery(false), 0, false); }
void CountOnly(benchmark::State& state) { Run(state, CountQuery(), 0, false); }

BENCHMARK(CountOnly)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(CountSumMax)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(CountSumMaxWeighted)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
// One barrier after every 64 batches, 262144 rows.
BENCHMARK(CountSumMaxWithBarriers)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(CountSumMaxRetractable)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace riverrun::executor
