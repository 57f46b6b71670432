// A broker that tests write to and break.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riverrun::executor {

/// A record to write. Absent bytes are Kafka's null.
struct TestRecord {
  std::optional<std::string> value;
  std::optional<std::string> key = std::nullopt;
  int64_t timestamp_ms = 0;  // 0: now
  std::vector<std::pair<std::string, std::optional<std::string>>> headers = {};
};

/// A running broker. Every method waits until the broker has done it, and CHECKs that it has.
class KafkaCluster {
 public:
  /// The broker that ctest started for all tests.
  static KafkaCluster OfAllTests();
  /// One of the test's own, which ends with this object. `directory` must not exist yet.
  explicit KafkaCluster(const std::string& directory);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  const std::string& address() const { return address_; }

  // Its process. REQUIRES a broker of the test's own.
  void Stop();
  void Start();

  /// A name that no other test uses, for a topic.
  static std::string NewName(const std::string& begin);
  void CreateTopic(const std::string& name, int partitions = 1,
                   const std::map<std::string, std::string>& settings = {});
  void DeleteTopic(const std::string& name);
  /// Deletes the records before an offset, as retention does.
  void DeleteRecords(const std::string& topic, int32_t partition, int64_t before);
  void Write(const std::string& topic, int32_t partition, const std::vector<TestRecord>& records);
  /// {"n": first} to {"n": first + count - 1}.
  void WriteNumbers(const std::string& topic, int32_t partition, int64_t first, int64_t count);

  /// A producer inside a transaction.
  class Transaction;
  std::unique_ptr<Transaction> Begin(const std::string& id);

 private:
  struct Shared {};
  explicit KafkaCluster(Shared);

  std::string directory_;  // empty: not ours
  std::string address_;
};

/// Any number of transactions, one after the other.
class KafkaCluster::Transaction {
 public:
  virtual ~Transaction() = default;
  virtual void Write(const std::string& topic, int32_t partition,
                     const std::vector<TestRecord>& records) = 0;
  virtual void WriteNumbers(const std::string& topic, int32_t partition, int64_t first,
                            int64_t count) = 0;
  /// Ends the transaction and begins another.
  virtual void Commit() = 0;
  virtual void Abort() = 0;
};

}  // namespace riverrun::executor
