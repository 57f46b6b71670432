#include "tests/executor/connectors/kafka_cluster.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "types/error.h"

namespace riverrun::executor {
namespace {

constexpr int kTimeoutMs = 30'000;

rd_kafka_t* NewProducer(const std::string& address,
                        const std::map<std::string, std::string>& settings = {}) {
  std::array<char, 512> reason{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  const auto set = [&](const std::string& name, const std::string& value) {
    CHECK(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
              RD_KAFKA_CONF_OK,
          reason.data());
  };
  set("bootstrap.servers", address);
  set("message.max.bytes", "20000000");
  set("reconnect.backoff.max.ms", "500");
  // What is written again, because a new topic's leader was not ready, must not come out of order.
  set("enable.idempotence", "true");
  for (const auto& [name, value] : settings) set(name, value);
  rd_kafka_t* const producer =
      rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  CHECK(producer != nullptr, reason.data());
  return producer;
}

void Check(rd_kafka_error_t* error) { CHECK(error == nullptr, rd_kafka_error_string(error)); }

void Produce(rd_kafka_t* producer, const std::string& topic, int32_t partition,
             const TestRecord& record) {
  const auto data = [](const std::optional<std::string>& bytes) {
    return bytes ? const_cast<char*>(bytes->data()) : nullptr;
  };
  const auto size = [](const std::optional<std::string>& bytes) {
    return bytes ? bytes->size() : 0;
  };
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), data(value),
                        static_cast<ssize_t>(size(value)));
  }
  const auto error = rd_kafka_producev(
      producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
      RD_KAFKA_V_VALUE(data(record.value), size(record.value)),
      RD_KAFKA_V_KEY(data(record.key), size(record.key)),
      RD_KAFKA_V_TIMESTAMP(record.timestamp_ms), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(error));
}

void Flush(rd_kafka_t* producer) {
  CHECK(rd_kafka_flush(producer, kTimeoutMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::vector<TestRecord> Numbers(int64_t first, int64_t count) {
  std::vector<TestRecord> records;
  for (int64_t n = first; n < first + count; ++n) {
    records.push_back({.value = "{\"n\":" + std::to_string(n) + "}"});
  }
  return records;
}

class OpenTransaction : public KafkaCluster::Transaction {
 public:
  OpenTransaction(const std::string& address, const std::string& id)
      : producer_(NewProducer(address, {{"transactional.id", id},
                                        {"transaction.timeout.ms", "60000"}})) {
    Check(rd_kafka_init_transactions(producer_, kTimeoutMs));
    Check(rd_kafka_begin_transaction(producer_));
  }
  ~OpenTransaction() override { rd_kafka_destroy(producer_); }

  void Write(const std::string& topic, int32_t partition,
             const std::vector<TestRecord>& records) override {
    for (const TestRecord& record : records) Produce(producer_, topic, partition, record);
    Flush(producer_);
  }
  void WriteNumbers(const std::string& topic, int32_t partition, int64_t first,
                    int64_t count) override {
    Write(topic, partition, Numbers(first, count));
  }
  void Commit() override {
    Check(rd_kafka_commit_transaction(producer_, kTimeoutMs));
    Check(rd_kafka_begin_transaction(producer_));
  }
  void Abort() override {
    Check(rd_kafka_abort_transaction(producer_, kTimeoutMs));
    Check(rd_kafka_begin_transaction(producer_));
  }

 private:
  rd_kafka_t* const producer_;
};

// Asks the cluster to do something, and waits for the answer.
void Administer(const std::string& address,
                const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& ask) {
  rd_kafka_t* const producer = NewProducer(address);
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(producer);
  ask(producer, queue);
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, kTimeoutMs);
  CHECK(event != nullptr, "the broker does not answer");
  CHECK(rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR,
        rd_kafka_event_error_string(event));
  const rd_kafka_topic_result_t** results = nullptr;
  size_t count = 0;
  if (const auto* created = rd_kafka_event_CreateTopics_result(event)) {
    results = rd_kafka_CreateTopics_result_topics(created, &count);
  } else if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event)) {
    results = rd_kafka_DeleteTopics_result_topics(deleted, &count);
  }
  for (size_t i = 0; i < count; ++i) {
    CHECK(rd_kafka_topic_result_error(results[i]) == RD_KAFKA_RESP_ERR_NO_ERROR,
          rd_kafka_topic_result_error_string(results[i]));
  }
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(producer);
}

void Run(const std::string& command) {
  CHECK(std::system(command.c_str()) == 0, command);
}

std::string AddressIn(const std::string& directory) {
  std::string port;
  std::ifstream(directory + "/port") >> port;
  CHECK(!port.empty(), "no broker was started in " + directory);
  return "127.0.0.1:" + port;
}

}  // namespace

KafkaCluster KafkaCluster::OfAllTests() { return KafkaCluster(Shared{}); }

KafkaCluster::KafkaCluster(Shared) {
  const char* const directory = std::getenv("RIVERRUN_TEST_BROKER");
  CHECK(directory != nullptr,
        "these tests need a broker: run them by ctest, or name the directory of one that "
        "scripts/kafka started in RIVERRUN_TEST_BROKER");
  address_ = AddressIn(directory);
}

KafkaCluster::KafkaCluster(const std::string& directory) : directory_(directory) {
  Start();
  address_ = AddressIn(directory_);
}

KafkaCluster::~KafkaCluster() {
  if (directory_.empty()) return;
  Stop();
  std::filesystem::remove_all(directory_);
}

void KafkaCluster::Stop() { Run("scripts/kafka stop " + directory_); }
void KafkaCluster::Start() { Run("scripts/kafka start " + directory_ + " >/dev/null"); }

std::string KafkaCluster::NewName(const std::string& begin) {
  return begin + "_" + std::to_string(std::random_device()());
}

void KafkaCluster::CreateTopic(const std::string& name, int partitions,
                               const std::map<std::string, std::string>& settings) {
  std::array<char, 512> reason{};
  rd_kafka_NewTopic_t* topic =
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, reason.data(), reason.size());
  CHECK(topic != nullptr, reason.data());
  for (const auto& [key, value] : settings) {
    rd_kafka_NewTopic_set_config(topic, key.c_str(), value.c_str());
  }
  Administer(address_, [&](rd_kafka_t* producer, rd_kafka_queue_t* queue) {
    rd_kafka_CreateTopics(producer, &topic, 1, nullptr, queue);
  });
  rd_kafka_NewTopic_destroy(topic);
}

void KafkaCluster::DeleteTopic(const std::string& name) {
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name.c_str());
  Administer(address_, [&](rd_kafka_t* producer, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopics(producer, &topic, 1, nullptr, queue);
  });
  rd_kafka_DeleteTopic_destroy(topic);
}

void KafkaCluster::DeleteRecords(const std::string& topic, int32_t partition, int64_t before) {
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = before;
  rd_kafka_DeleteRecords_t* records = rd_kafka_DeleteRecords_new(list);
  Administer(address_, [&](rd_kafka_t* producer, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteRecords(producer, &records, 1, nullptr, queue);
  });
  rd_kafka_DeleteRecords_destroy(records);
  rd_kafka_topic_partition_list_destroy(list);
}

void KafkaCluster::Write(const std::string& topic, int32_t partition,
                         const std::vector<TestRecord>& records) {
  rd_kafka_t* const producer = NewProducer(address_);
  for (const TestRecord& record : records) Produce(producer, topic, partition, record);
  Flush(producer);
  rd_kafka_destroy(producer);
}

void KafkaCluster::WriteNumbers(const std::string& topic, int32_t partition, int64_t first,
                                int64_t count) {
  Write(topic, partition, Numbers(first, count));
}

std::unique_ptr<KafkaCluster::Transaction> KafkaCluster::Begin(const std::string& id) {
  return std::make_unique<OpenTransaction>(address_, id);
}

}  // namespace riverrun::executor
