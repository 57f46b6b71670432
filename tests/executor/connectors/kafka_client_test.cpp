#include "executor/connectors/kafka_client.h"

#include <gtest/gtest.h>

#include "tests/executor/connectors/kafka_cluster.h"
#include "tests/executor/connectors/reading.h"

namespace riverrun::executor {
namespace {

TEST(KafkaClientTest, PropertiesGoToLibrdkafka) {
  const auto made = [](const std::string& name, const std::string& value) {
    const auto client =
        KafkaClient::Make({.brokers = "127.0.0.1:1", .properties = {{name, value}}});
    return client ? "made" : ToString(client.error());
  };
  EXPECT_EQ(made("fetch.min.bytes", "10"), "made");
  EXPECT_EQ(made("isolation.level", "read_uncommitted"), "made");
  EXPECT_EQ(made("fetch.min.bites", "10"),
            "22023: property \"fetch.min.bites\" is not accepted: No such configuration property: "
            "\"fetch.min.bites\"");
  EXPECT_EQ(made("fetch.min.bytes", "many").substr(0, 60),
            "22023: property \"fetch.min.bytes\" is not accepted: Invalid v");
  EXPECT_EQ(made("auto.offset.reset", "latest"),
            "22023: property \"auto.offset.reset\" is not for a stream to set");
  EXPECT_EQ(made("plugin.library.paths", "x.so").substr(0, 5), "22023");
  // What only shows when all settings are there.
  EXPECT_EQ(made("security.protocol", "sasl_ssl").substr(0, 5), "22023");
  EXPECT_EQ(made("group.id", "mine"), "made");
}

TEST(KafkaClientTest, NobodyAnswers) {
  const auto client = KafkaClient::Make({.brokers = "127.0.0.1:1", .timeout_ms = 700});
  ASSERT_TRUE(client);
  const Result<int32_t> count = (*client)->CountPartitions("t");
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().sqlstate, sqlstate::kConnectionFailure);
  EXPECT_EQ(count.error().text.substr(0, 41), "Kafka at \"127.0.0.1:1\" does not answer: L");
  EXPECT_NE(count.error().detail.find("Connection refused"), std::string::npos)
      << count.error().detail;
}

TEST(KafkaClientTest, TopicsAndTheirPartitions) {
  KafkaCluster cluster = KafkaCluster::OfAllTests();
  const std::string topic = KafkaCluster::NewName("partitions");
  cluster.CreateTopic(topic, 3);
  const auto client = Connect(cluster.address());
  EXPECT_EQ(client->CountPartitions(topic), 3);
  const Result<int32_t> missing = client->CountPartitions("x" + topic);
  ASSERT_FALSE(missing);
  EXPECT_EQ(ToString(missing.error()),
            "42P01: topic \"x" + topic + "\" does not exist at \"" + cluster.address() + "\"");
  EXPECT_EQ(missing.error().hint, "Perhaps you meant the topic \"" + topic + "\".");
  EXPECT_EQ(client->CountPartitions("a/b").error().sqlstate, sqlstate::kUndefinedTable);
}

TEST(KafkaClientTest, WhereToBegin) {
  KafkaCluster cluster = KafkaCluster::OfAllTests();
  const std::string topic = KafkaCluster::NewName("begin");
  cluster.CreateTopic(topic, 2);
  std::vector<TestRecord> records;
  for (int64_t n = 0; n < 10; ++n) records.push_back({.value = "{}", .timestamp_ms = 1000 + n});
  cluster.Write(topic, 1, records);
  cluster.DeleteRecords(topic, 1, 2);
  const auto client = Connect(cluster.address());
  using At = KafkaStart::At;
  using Offsets = std::vector<int64_t>;
  EXPECT_EQ(client->FindOffsets(topic, {At::kEarliest}), (Offsets{0, 2}));
  EXPECT_EQ(client->FindOffsets(topic, {At::kLatest}), (Offsets{0, 10}));
  EXPECT_EQ(client->FindOffsets(topic, {At::kTimestamp, 1'005'000}), (Offsets{0, 5}));
  EXPECT_EQ(client->FindOffsets(topic, {At::kTimestamp, 1'005'001}), (Offsets{0, 6}));
  EXPECT_EQ(client->FindOffsets(topic, {At::kTimestamp, 1'009'001}), (Offsets{0, 10}));
  EXPECT_EQ(client->FindOffsets(topic, {At::kTimestamp, -5}), (Offsets{0, 2}));
}

}  // namespace
}  // namespace riverrun::executor
