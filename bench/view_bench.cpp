// What a view costs: applying an epoch's delta, looking up keys, scanning. Rows are (bigint key,
// bigint, bigint, text of about 20 bytes), one million of them unless said otherwise.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/view/read_view.h"
#include "storage/view/view_store.h"

namespace riverrun::storage {
namespace {

constexpr int64_t kRows = 1'000'000;
constexpr uint32_t kDeltaRows = 1000;

ViewLayout Layout(ViewKey key) {
  ViewLayout layout;
  layout.types = {Type::Int8(), Type::Int8(), Type::Int8(), Type::Text()};
  layout.key = key;
  if (key == ViewKey::kColumns) layout.key_columns = {0};
  return layout;
}

void AppendRow(BatchBuilder& out, int64_t id, int64_t value, Weight weight) {
  out.column(0).Append(id);
  out.column(1).Append(value);
  out.column(2).Append(value * 3);
  out.column(3).AppendBytes("the text of row " + std::to_string(id % 10'000));
  out.EndRow(weight);
}

// A view and the value that each of its rows has now.
struct Filled {
  explicit Filled(ViewKey key) : store(ObjectId{1}, Layout(key), 1, nullptr), values(kRows) {
    for (int64_t from = 0; from < kRows; from += kBatchRowsMax) {
      BatchBuilder rows(store.layout().types);
      for (int64_t id = from; id < std::min<int64_t>(from + kBatchRowsMax, kRows); ++id) {
        AppendRow(rows, id, 0, 1);
      }
      const Batch delta[] = {rows.Finish()};
      store.writer(0).Apply(delta);
    }
    store.writer(0).Settle();
    store.writer(0).Publish(++epoch);
  }

  // Updates `rows` random rows: -old +new.
  Batch NextDelta(uint32_t rows) {
    BatchBuilder out(store.layout().types);
    for (uint32_t i = 0; i < rows; ++i) {
      const auto id = static_cast<int64_t>(random() % kRows);
      AppendRow(out, id, values[id], -1);
      AppendRow(out, id, ++values[id], 1);
    }
    return out.Finish();
  }
  void Apply(const Batch& rows) {
    store.writer(0).Apply({&rows, 1});
    store.writer(0).Publish(++epoch);
    store.ForgetBefore(epoch);
  }

  ViewStore store;
  std::vector<int64_t> values;
  std::mt19937_64 random{1};
  Epoch epoch = 0;
};

void ApplyUpdates(benchmark::State& state, ViewKey key) {
  Filled view(key);
  const auto rows = static_cast<uint32_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    const Batch delta = view.NextDelta(rows);
    state.ResumeTiming();
    view.Apply(delta);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * rows);
  state.counters["tiers"] = static_cast<double>(view.store.At(view.epoch)->shards[0]->tiers.size());
}
BENCHMARK_CAPTURE(ApplyUpdates, by_key, ViewKey::kColumns)
    ->Arg(1)
    ->Arg(kDeltaRows)
    ->Iterations(3000);
BENCHMARK_CAPTURE(ApplyUpdates, bag, ViewKey::kBag)->Arg(kDeltaRows)->Iterations(3000);

void LookUp(benchmark::State& state, int deltas) {
  Filled view(ViewKey::kColumns);
  for (int i = 0; i < deltas; ++i) view.Apply(view.NextDelta(kDeltaRows));
  const VersionRef version = view.store.At(view.epoch);
  const auto count = static_cast<uint32_t>(state.range(0));
  const int key[] = {0};
  const int columns[] = {1, 3};
  std::vector<KeyBatch> wanted(64);
  for (KeyBatch& keys : wanted) keys.Build(view.NextDelta(count), key);
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Lookup(*version, {}, wanted[next++ % wanted.size()], columns));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * count * 2);
  state.counters["tiers"] = static_cast<double>(version->shards[0]->tiers.size());
}
BENCHMARK_CAPTURE(LookUp, settled, 0)->Arg(1)->Arg(1000);
BENCHMARK_CAPTURE(LookUp, after_300_deltas, 300)->Arg(1)->Arg(1000);

void Scan(benchmark::State& state, ViewKey key, int deltas) {
  Filled view(key);
  for (int i = 0; i < deltas; ++i) view.Apply(view.NextDelta(kDeltaRows));
  const VersionRef version = view.store.At(view.epoch);
  const int columns[] = {1, 3};
  int64_t rows = 0;
  for (auto _ : state) {
    auto cursor = OpenScan(version, {}, columns, std::nullopt, true);
    while (auto batch = *(*cursor)->Next()) rows += batch->selected();
  }
  state.SetItemsProcessed(rows);
  state.counters["tiers"] = static_cast<double>(version->shards[0]->tiers.size());
}
BENCHMARK_CAPTURE(Scan, by_key_settled, ViewKey::kColumns, 0);
BENCHMARK_CAPTURE(Scan, by_key_after_300_deltas, ViewKey::kColumns, 300);
BENCHMARK_CAPTURE(Scan, bag_after_300_deltas, ViewKey::kBag, 300);

}  // namespace
}  // namespace riverrun::storage
