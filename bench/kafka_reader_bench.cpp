// Reads a topic of bids from a running broker to its end: CPU time of all threads for each record.
//
//   kafka_reader_bench ADDRESS TOPIC [COLUMN ...]   columns of Nexmark's bid; all if none is given
//
// scripts/kafka starts a broker; kcat -P fills a topic.
#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "executor/connectors/kafka_reader.h"
#include "executor/formats/json_decoder.h"

namespace riverrun::executor {
namespace {

const std::map<std::string, Type> kBid = {
    {"auction", Type::Int8()}, {"bidder", Type::Int8()},          {"price", Type::Int8()},
    {"channel", Type::Text()}, {"dateTime", Type::TimestampTz()}, {"extra", Type::Text()},
    {"url", Type::Text()}};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class T>
T Require(Result<T> result) {
  CHECK(result.has_value(), result ? "" : ToString(result.error()));
  return std::move(*result);
}

void Run(const std::string& address, const std::string& topic,
         const std::vector<std::string>& names) {
  const auto client = Require(KafkaClient::Make({.brokers = address}));
  const auto begins = Require(client->FindOffsets(topic, {KafkaStart::At::kEarliest}));
  const auto ends = Require(client->FindOffsets(topic, {KafkaStart::At::kLatest}));
  KafkaReading reading;
  reading.topic = topic;
  std::vector<Position> bounds;
  for (size_t i = 0; i < begins.size(); ++i) {
    const Position start{.source = {1}, .partition = static_cast<int32_t>(i), .offset = begins[i]};
    reading.start.push_back(start);
    bounds.push_back(start);
    bounds.back().offset = ends[i];
  }
  std::vector<JsonColumn> columns;
  for (const std::string& name : names) {
    columns.push_back({name, columns.size()});
    reading.types.push_back(kBid.at(name));
  }
  reading.decoder = std::make_unique<JsonDecoder>(std::move(columns));
  const double cpu = CpuSeconds();
  const auto wall = std::chrono::steady_clock::now();
  const auto reader = Require(KafkaReader::Open(client, std::move(reading)));
  reader->StopBefore(bounds);
  uint64_t rows = 0, batches = 0, waits = 0;
  const auto done = [&] {
    const std::vector<Position> at = reader->Positions();
    for (size_t i = 0; i < at.size(); ++i) {
      if (at[i].offset < bounds[i].offset) return false;
    }
    return true;
  };
  while (!done()) {
    const auto batch = Require(reader->Poll(kBatchRowsMax, 1 << 20));
    if (batch) {
      rows += batch->rows.rows;
      ++batches;
      continue;
    }
    ++waits;
    pollfd ready{.fd = reader->ReadyFd(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, 1000);
  }
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
  std::printf("%llu rows in %llu batches, %llu waits; CPU %.0f ns a row; %.2f million a second\n",
              static_cast<unsigned long long>(rows), static_cast<unsigned long long>(batches),
              static_cast<unsigned long long>(waits),
              (CpuSeconds() - cpu) * 1e9 / static_cast<double>(rows),
              static_cast<double>(rows) / elapsed / 1e6);
}

}  // namespace
}  // namespace riverrun::executor

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: kafka_reader_bench ADDRESS TOPIC [COLUMN ...]\n", stderr);
    return 2;
  }
  std::vector<std::string> names(argv + 3, argv + argc);
  if (names.empty()) {
    names = {"auction", "bidder", "price", "channel", "url", "dateTime", "extra"};
  }
  riverrun::executor::Run(argv[1], argv[2], names);
}
