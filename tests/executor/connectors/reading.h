// A reader of numbered records, and what it has brought.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "executor/connectors/kafka_reader.h"

namespace riverrun::executor {

/// Reads a topic of {"n": …} objects into one bigint column, or what else a test asks for.
class Reading {
 public:
  /// `starts`: the offset of each partition, from 0.
  Reading(std::shared_ptr<KafkaClient> client, const std::string& topic,
          const std::vector<int64_t>& starts);
  Reading(std::shared_ptr<KafkaClient> client, KafkaReading reading);

  KafkaReader& reader() { return *reader_; }
  /// Delivers all that can be had now. False if there was nothing.
  bool Drain();
  /// Sleeps on the reader's descriptor and drains, until `done` or a failure. Fails the test after
  /// 30 s.
  void Until(const std::function<bool()>& done);
  /// Until `count` records have come, as rows and failures.
  void UntilRecords(size_t count);
  void UntilFailure();
  /// Until every partition stands at its bound.
  void UntilBounds(const std::vector<int64_t>& bounds);
  void StopBefore(const std::vector<int64_t>& bounds);
  void Seek(const std::vector<int64_t>& offsets);
  std::vector<int64_t> Offsets() const;
  /// The values of the first column of the rows of a partition, in the order they came.
  std::vector<int64_t> NumbersOf(int32_t partition) const;

  std::vector<SourceBatch> batches;
  std::optional<Error> failure;

 private:
  std::vector<Position> PositionsOf(const std::vector<int64_t>& offsets) const;

  std::unique_ptr<KafkaReader> reader_;
};

/// A client of a cluster, with settings on top.
std::shared_ptr<KafkaClient> Connect(
    const std::string& address, std::vector<std::pair<std::string, std::string>> properties = {});

/// first, first + 1, ... : `count` of them.
std::vector<int64_t> Range(int64_t first, int64_t count);

}  // namespace riverrun::executor
