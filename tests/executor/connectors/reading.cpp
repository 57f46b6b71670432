#include "tests/executor/connectors/reading.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <numeric>

#include "executor/formats/json_decoder.h"

namespace riverrun::executor {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

KafkaReading Numbered(const std::string& topic, const std::vector<int64_t>& starts) {
  KafkaReading reading;
  reading.topic = topic;
  for (size_t i = 0; i < starts.size(); ++i) {
    reading.start.push_back(
        {.source = {7}, .partition = static_cast<int32_t>(i), .offset = starts[i]});
  }
  reading.types = {Type::Int8()};
  reading.decoder = std::make_unique<JsonDecoder>(std::vector<JsonColumn>{{"n", 0}});
  return reading;
}

}  // namespace

Reading::Reading(std::shared_ptr<KafkaClient> client, const std::string& topic,
                 const std::vector<int64_t>& starts)
    : Reading(std::move(client), Numbered(topic, starts)) {}

Reading::Reading(std::shared_ptr<KafkaClient> client, KafkaReading reading) {
  // As whoever makes a stream does; the reader then need not look for the brokers of the topic.
  CHECK(client->CountPartitions(reading.topic).has_value());
  auto opened = KafkaReader::Open(std::move(client), std::move(reading));
  CHECK(opened.has_value(), opened ? "" : ToString(opened.error()));
  reader_ = std::move(*opened);
}

bool Reading::Drain() {
  bool any = false;
  while (!failure) {
    auto polled = reader_->Poll(500, 1 << 20);
    if (!polled) {
      failure = polled.error();
    } else if (!*polled) {
      break;
    } else {
      batches.push_back(std::move(**polled));
    }
    any = true;
  }
  return any;
}

void Reading::Until(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  Drain();
  while (!failure && !done()) {
    if (std::chrono::steady_clock::now() > end) {
      FAIL() << "waited in vain";
      return;
    }
    pollfd ready{.fd = reader_->ReadyFd(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, 1000);
    Drain();
  }
}

void Reading::UntilRecords(size_t count) {
  Until([&] {
    size_t records = 0;
    for (const SourceBatch& batch : batches) records += batch.rows.rows + batch.failed.size();
    return records >= count;
  });
  EXPECT_FALSE(failure) << ToString(*failure) << "\n" << failure->detail;
}

void Reading::UntilFailure() {
  Until([] { return false; });
}

void Reading::StopBefore(const std::vector<int64_t>& bounds) {
  reader_->StopBefore(PositionsOf(bounds));
}

void Reading::UntilBounds(const std::vector<int64_t>& bounds) {
  Until([&] { return Offsets() == bounds; });
  EXPECT_FALSE(failure) << ToString(*failure) << "\n" << failure->detail;
}

void Reading::Seek(const std::vector<int64_t>& offsets) {
  const Result<void> done = reader_->Seek(PositionsOf(offsets));
  CHECK(done.has_value(), done ? "" : ToString(done.error()));
  failure.reset();
  batches.clear();
}

std::vector<Position> Reading::PositionsOf(const std::vector<int64_t>& offsets) const {
  std::vector<Position> positions = reader_->Positions();
  for (size_t i = 0; i < offsets.size(); ++i) positions[i].offset = offsets[i];
  return positions;
}

std::vector<int64_t> Reading::Offsets() const {
  std::vector<int64_t> offsets;
  for (const Position& position : reader_->Positions()) offsets.push_back(position.offset);
  return offsets;
}

std::vector<int64_t> Reading::NumbersOf(int32_t partition) const {
  std::vector<int64_t> numbers;
  for (const SourceBatch& batch : batches) {
    for (uint32_t row = 0; batch.partition == partition && row < batch.rows.rows; ++row) {
      numbers.push_back(batch.rows.columns[0].At<int64_t>(row));
    }
  }
  return numbers;
}

std::shared_ptr<KafkaClient> Connect(const std::string& address,
                                     std::vector<std::pair<std::string, std::string>> properties) {
  auto client = KafkaClient::Make({.brokers = address, .properties = std::move(properties)});
  CHECK(client.has_value(), client ? "" : ToString(client.error()));
  return *client;
}

std::vector<int64_t> Range(int64_t first, int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace riverrun::executor
