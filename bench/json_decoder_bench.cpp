// JSON bids into columns: nanoseconds for one of 243 bytes, as Nexmark's generator makes them.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "executor/formats/json_decoder.h"

namespace riverrun::executor {
namespace {

constexpr size_t kRecords = 20'000;  // 5 MB, more than a core's own caches hold
constexpr size_t kBytes = 243;
constexpr size_t kBatch = 2048;

std::vector<std::string> Bids() {
  std::mt19937_64 random(1);
  std::vector<std::string> bids;
  for (size_t i = 0; i < kRecords; ++i) {
    std::string bid = "{\"auction\":" + std::to_string(1000 + random() % 20'000) +
                      ",\"bidder\":" + std::to_string(1000 + random() % 10'000) +
                      ",\"price\":" + std::to_string(100 + random() % 9'999'900) +
                      ",\"channel\":\"channel-" + std::to_string(random() % 10'000) +
                      "\",\"url\":\"https://www.nexmark.com/googl/item.htm?query=1&channel_id=" +
                      std::to_string(random() % 1'000'000'000) +
                      "\",\"dateTime\":" + std::to_string(1'436'918'400'000 + i) + ",\"extra\":\"";
    while (bid.size() < kBytes - 2) bid.push_back(static_cast<char>('a' + random() % 26));
    bids.push_back(bid + "\"}");
  }
  return bids;
}

void Decode(benchmark::State& state, const std::vector<std::string>& names,
            const std::vector<Type>& types) {
  const std::vector<std::string> bids = Bids();
  std::vector<JsonColumn> columns;
  for (size_t i = 0; i < names.size(); ++i) columns.push_back({names[i], i});
  JsonDecoder decoder(std::move(columns));
  std::vector<RawRecord> records;
  for (const std::string& bid : bids) records.push_back({.value = bid});
  std::vector<UndecodedRecord> failed;
  BatchBuilder builder(types);
  for (auto _ : state) {
    for (size_t at = 0; at < records.size(); at += kBatch) {
      const size_t count = std::min(kBatch, records.size() - at);
      decoder.Decode(std::span(records).subspan(at, count), builder, failed);
      for (size_t i = 0; i < count; ++i) builder.EndRow();
      benchmark::DoNotOptimize(builder.Finish());
    }
    CHECK(failed.empty());
  }
  state.counters["ns/record"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kRecords) / 1e9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void AllColumns(benchmark::State& state) {
  Decode(state, {"auction", "bidder", "price", "channel", "url", "dateTime", "extra"},
         {Type::Int8(), Type::Int8(), Type::Int8(), Type::Text(), Type::Text(),
          Type::TimestampTz(), Type::Text()});
}
BENCHMARK(AllColumns);

void TwoColumns(benchmark::State& state) {
  Decode(state, {"auction", "price"}, {Type::Int8(), Type::Int8()});
}
BENCHMARK(TwoColumns);

void OtherCase(benchmark::State& state) {
  Decode(state, {"bidder", "datetime"}, {Type::Int8(), Type::TimestampTz()});
}
BENCHMARK(OtherCase);

}  // namespace
}  // namespace riverrun::executor
