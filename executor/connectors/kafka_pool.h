// The clients of librdkafka that the streams of this process share.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "executor/connectors/kafka_client.h"

namespace riverrun::executor {

/// The client for questions to a cluster: nothing is read with it, since an answer comes only after
/// the fetches before it.
Result<std::shared_ptr<KafkaClient>> AskingKafkaClient(const KafkaSettings& settings);

/// A client to read a topic with, of which nobody reads any partition with it.
Result<std::shared_ptr<KafkaClient>> SpareKafkaClient(const KafkaSettings& settings,
                                                      const std::string& topic);

/// Partitions that are one reader's own, and the client to read them with.
struct KafkaClaim {
  std::shared_ptr<KafkaClient> client;
  std::shared_ptr<void> token;  // they are free again when it is gone
};
/// A client of which no other reader reads these partitions: a partition that is read twice needs
/// two. Any thread. Errors: those of KafkaClient::Make.
Result<KafkaClaim> ClaimPartitions(const KafkaSettings& settings, const std::string& topic,
                                   std::span<const int32_t> partitions);

}  // namespace riverrun::executor
