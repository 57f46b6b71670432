// Writes the bids of Nexmark into a topic of a running broker, one flat JSON object a record.
//
//   nexmark_fill ADDRESS TOPIC EVENTS [NAME=VALUE ...]
//     partitions=1   of the topic, which is made if it is not there; they take the bids in turns
//     codec=none     none, gzip, snappy, lz4 or zstd
//     rate=N         bids a second; without it as fast as the broker takes them
//     first=0        the event to begin with
//     samples=FILE   what became of every so many bids, a line each: partition, offset, and when it
//                    was handed over and when the broker had stored it, by CLOCK_MONOTONIC in µs
//     every=1        how many bids there are for each of those lines
//
// EVENTS counts persons and auctions too, which are left out: of 50 events 46 are bids.
// scripts/kafka starts a broker.
#include <librdkafka/rdkafka.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "executor/connectors/datagen/nexmark_events.h"
#include "types/error.h"

namespace riverrun::executor {
namespace {

constexpr int kTimeoutMs = 60'000;

struct Filling {
  std::string address, topic, codec = "none", samples;
  int64_t events = 0, first = 0, every = 1;
  int32_t partitions = 1;
  double rate = 0;  // bids a second; 0: without limit
};

struct Sample {
  int32_t partition = 0;
  int64_t offset = -1, handed_us = 0, stored_us = 0;
};

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// What librdkafka reports of each record that is sampled, and of any that fails.
void HearDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  CHECK(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(message->err));
  auto* const sample = static_cast<Sample*>(message->_private);
  if (sample == nullptr) return;
  sample->offset = message->offset;
  sample->stored_us = NowMicros();
}

rd_kafka_t* NewProducer(const Filling& filling) {
  std::array<char, 512> reason{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::map<std::string, std::string> settings = {{"bootstrap.servers", filling.address},
                                                 {"compression.codec", filling.codec},
                                                 {"acks", "1"},
                                                 {"linger.ms", "20"},
                                                 {"batch.size", "1000000"},
                                                 {"queue.buffering.max.messages", "500000"}};
  // At a given rate a record counts from when it is there, so it hardly waits for others.
  if (filling.rate > 0) settings["linger.ms"] = "1";
  for (const auto& [name, value] : settings) {
    CHECK(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
              RD_KAFKA_CONF_OK,
          reason.data());
  }
  rd_kafka_conf_set_dr_msg_cb(conf, HearDelivery);
  rd_kafka_t* const producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  CHECK(producer != nullptr, reason.data());
  return producer;
}

void MakeTopic(rd_kafka_t* producer, const Filling& filling) {
  std::array<char, 512> reason{};
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(producer);
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(filling.topic.c_str(), filling.partitions, 1,
                                                     reason.data(), reason.size());
  CHECK(topic != nullptr, reason.data());
  rd_kafka_CreateTopics(producer, &topic, 1, nullptr, queue);
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, kTimeoutMs);
  CHECK(event != nullptr, "the broker does not answer");
  CHECK(rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR,
        rd_kafka_event_error_string(event));
  size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[0]);
  CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS,
        rd_kafka_topic_result_error_string(results[0]));
  rd_kafka_event_destroy(event);
  rd_kafka_NewTopic_destroy(topic);
  rd_kafka_queue_destroy(queue);
}

// One object, keys in the order in which every program that compares itself gets them.
class BidWriter {
 public:
  std::string_view Write(const NexmarkEvents& events, int64_t n) {
    const NexmarkBid bid = events.Bid(n);
    at_ = text_.data();
    Put("{\"auction\":").Put(bid.auction).Put(",\"bidder\":").Put(bid.bidder);
    Put(",\"price\":").Put(bid.price);
    Put(",\"channel\":\"").Put(events.texts().channel(bid.channel).view());
    Put("\",\"url\":\"").Put(events.texts().url(bid.channel).view());
    Put("\",\"datetime\":").Put(events.TimeOf(n));
    Put(",\"extra\":\"").Put(bid.extra).Put("\"}");
    return {text_.data(), static_cast<size_t>(at_ - text_.data())};
  }

 private:
  BidWriter& Put(std::string_view text) {
    at_ += text.copy(at_, text.size());
    return *this;
  }
  BidWriter& Put(int64_t number) {
    at_ = std::to_chars(at_, text_.data() + text_.size(), number).ptr;
    return *this;
  }

  std::array<char, 1024> text_{};
  char* at_ = nullptr;
};

void Produce(rd_kafka_t* producer, rd_kafka_topic_t* topic, int32_t partition,
             std::string_view value, Sample* sample) {
  while (rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()),
                          value.size(), nullptr, 0, sample) != 0) {
    const rd_kafka_resp_err_t error = rd_kafka_last_error();
    CHECK(error == RD_KAFKA_RESP_ERR__QUEUE_FULL, rd_kafka_err2str(error));
    rd_kafka_poll(producer, 10);
  }
}

void WriteSamples(const Filling& filling, const std::vector<Sample>& samples) {
  std::FILE* const file = std::fopen(filling.samples.c_str(), "w");
  CHECK(file != nullptr, "cannot write " + filling.samples);
  for (const Sample& sample : samples) {
    std::fprintf(file, "%d %lld %lld %lld\n", sample.partition,
                 static_cast<long long>(sample.offset), static_cast<long long>(sample.handed_us),
                 static_cast<long long>(sample.stored_us));
  }
  std::fclose(file);
}

void Fill(const Filling& filling) {
  rd_kafka_t* const producer = NewProducer(filling);
  MakeTopic(producer, filling);
  rd_kafka_topic_t* const topic = rd_kafka_topic_new(producer, filling.topic.c_str(), nullptr);
  const NexmarkEvents events;
  const int64_t begin = NexmarkCountBefore(NexmarkKind::kBid, filling.first);
  const int64_t end = NexmarkCountBefore(NexmarkKind::kBid, filling.first + filling.events);
  const int64_t bids = end - begin;
  std::vector<Sample> samples;
  if (!filling.samples.empty()) samples.resize(static_cast<size_t>(bids / filling.every + 1));
  BidWriter writer;
  int64_t bytes = 0;
  const int64_t began = NowMicros();
  for (int64_t i = 0; i < bids; ++i) {
    const auto due = began + static_cast<int64_t>(static_cast<double>(i) * 1e6 / filling.rate);
    // Reports of deliveries are heard while waiting; a wait is a millisecond at least.
    while (filling.rate > 0 && NowMicros() < due) rd_kafka_poll(producer, 1);
    const int64_t n = NexmarkEventNumber(NexmarkKind::kBid, begin + i);
    const std::string_view value = writer.Write(events, n);
    const auto partition = static_cast<int32_t>((begin + i) % filling.partitions);
    Sample* sample = nullptr;
    if (!samples.empty() && i % filling.every == 0) {
      sample = &samples[static_cast<size_t>(i / filling.every)];
      *sample = {partition, -1, NowMicros(), 0};
    }
    Produce(producer, topic, partition, value, sample);
    bytes += static_cast<int64_t>(value.size());
    if (i % 1024 == 0) rd_kafka_poll(producer, 0);
  }
  CHECK(rd_kafka_flush(producer, kTimeoutMs) == RD_KAFKA_RESP_ERR_NO_ERROR, "records are left");
  const double seconds = static_cast<double>(NowMicros() - began) / 1e6;
  std::erase_if(samples, [](const Sample& sample) { return sample.offset < 0; });
  if (!filling.samples.empty()) WriteSamples(filling, samples);
  std::printf("%lld bids of %.1f bytes in %.2f s, %.2f million a second\n",
              static_cast<long long>(bids),
              static_cast<double>(bytes) / static_cast<double>(bids), seconds,
              static_cast<double>(bids) / seconds / 1e6);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(producer);
}

bool TakeOption(std::string_view option, Filling& filling) {
  const size_t equals = option.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = option.substr(0, equals);
  const std::string value(option.substr(equals + 1));
  if (name == "codec") {
    filling.codec = value;
  } else if (name == "samples") {
    filling.samples = value;
  } else if (name == "partitions") {
    filling.partitions = std::stoi(value);
  } else if (name == "rate") {
    filling.rate = std::stod(value);
  } else if (name == "first") {
    filling.first = std::stoll(value);
  } else if (name == "every") {
    filling.every = std::stoll(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace riverrun::executor

int main(int argc, char** argv) {
  using riverrun::executor::TakeOption;
  riverrun::executor::Filling filling;
  bool known = argc >= 4;
  for (int i = 4; i < argc; ++i) known = known && TakeOption(argv[i], filling);
  if (!known) {
    std::fputs("usage: nexmark_fill ADDRESS TOPIC EVENTS [partitions=N] [codec=NAME] [rate=N] "
               "[first=N] [samples=FILE] [every=N]\n",
               stderr);
    return 2;
  }
  filling.address = argv[1];
  filling.topic = argv[2];
  filling.events = std::stoll(argv[3]);
  riverrun::executor::Fill(filling);
}
