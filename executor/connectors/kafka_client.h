// A connection to a Kafka cluster; librdkafka stays behind this and kafka_reader.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/error.h"
#include "types/time/timestamp.h"

// librdkafka's own types.
struct rd_kafka_s;

namespace riverrun::executor {

/// How a cluster is reached.
struct KafkaSettings {
  std::string brokers = {};  // host:port, separated by commas
  /// Settings of librdkafka by its names, as a user gives them.
  std::vector<std::pair<std::string, std::string>> properties = {};
  /// How long a question to the cluster may take.
  int timeout_ms = 10'000;

  bool operator==(const KafkaSettings&) const = default;
};

/// Where the reading of a topic begins.
struct KafkaStart {
  enum class At : uint8_t { kEarliest, kLatest, kTimestamp };
  At at = At::kEarliest;
  Micros timestamp = 0;  // kTimestamp: the first record that was appended then or later
};

/// One handle of librdkafka with its threads: a consumer that belongs to no group. Any number of
/// readers, on any threads, share it, but each partition has one reader at a time. Every method may
/// be called by any thread.
class KafkaClient {
 public:
  /// Makes a handle; contacts nobody yet. Errors: 22023 with librdkafka's words for a setting that
  /// it does not know or take, and for those that are not the user's to decide.
  static Result<std::shared_ptr<KafkaClient>> Make(const KafkaSettings& settings);
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  // Questions to the cluster. They block for at most `timeout_ms`. Errors: 08001 without an answer;
  // 42P01 for a topic that does not exist, with the nearest name as its hint; 42501 for one that
  // may not be read.

  /// How many partitions a topic has; they are numbered from 0.
  Result<int32_t> CountPartitions(const std::string& topic);
  /// The same for a question that is asked again and again: it waits for at most two seconds, and
  /// where another has just waited in vain, not at all.
  Result<int32_t> CheckPartitions(const std::string& topic);
  /// The offset of each partition, by its number, at which to begin: that of the next record to be
  /// appended if there is none yet where `start` is.
  Result<std::vector<int64_t>> FindOffsets(const std::string& topic, const KafkaStart& start);

  /// What librdkafka last reported about its connections, for the sentence beside an error;
  /// librdkafka itself keeps trying.
  std::string Trouble() const;

  // For readers.

  /// Who empties a queue on the calling thread, and hears what librdkafka reports meanwhile. True:
  /// it is the listener's own matter.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual bool Hear(int error, const char* reason) = 0;
  };
  static thread_local Listener* listener;

  /// Asks to be told by a write to the eventfd when a broker that was asked for records of a topic
  /// knew none of that name. Until Forget.
  void Watch(const std::string& topic, int eventfd);
  void Forget(int eventfd);
  /// How often that has happened with any topic of this client; cheap. And with one.
  uint64_t Doubts() const;
  uint64_t DoubtsOf(const std::string& topic) const;

  rd_kafka_s* handle() const { return handle_; }
  /// Takes a report of librdkafka that is no listener's matter.
  void Hear(int error, const char* reason);
  /// A topic went away while it was read.
  void NoteLostTopic();
  const KafkaSettings& settings() const { return settings_; }

 private:
  struct Reports;

  explicit KafkaClient(KafkaSettings settings);
  Result<void> Start();
  std::unexpected<Error> Unreachable(std::string_view why) const;
  Result<int32_t> AskPartitions(const std::string& topic, int timeout_ms);
  Error MissingTopic(const std::string& topic);
  Result<std::vector<int64_t>> AskOffsets(const std::string& topic, int32_t partitions,
                                          int64_t time);

  const KafkaSettings settings_;
  rd_kafka_s* handle_ = nullptr;
  std::shared_ptr<Reports> reports_;
};

}  // namespace riverrun::executor
