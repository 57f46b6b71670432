// What must not pass in silence: records that are no longer there, topics that are other topics,
// brokers that are away.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "tests/executor/connectors/kafka_cluster.h"
#include "tests/executor/connectors/reading.h"

namespace riverrun::executor {
namespace {

class KafkaFailureTest : public ::testing::Test {
 protected:
  std::string NewTopic() {
    const std::string topic = KafkaCluster::NewName("failure");
    cluster_.CreateTopic(topic);
    return topic;
  }
  // Deletes a topic, waits a while, and makes one of the same name with `count` records.
  void MakeAnew(const std::string& topic, int wait_ms, int64_t count) {
    cluster_.DeleteTopic(topic);
    poll(nullptr, 0, wait_ms);
    cluster_.CreateTopic(topic);
    cluster_.WriteNumbers(topic, 0, 1000, count);
  }
  void ExpectFailure(const Reading& reading, const std::string& text) {
    ASSERT_TRUE(reading.failure);
    EXPECT_EQ(reading.failure->sqlstate, sqlstate::kObjectNotInPrerequisiteState);
    EXPECT_NE(reading.failure->text.find(text), std::string::npos)
        << reading.failure->text << "\n" << reading.failure->detail;
  }

  KafkaCluster cluster_ = KafkaCluster::OfAllTests();
  std::shared_ptr<KafkaClient> client_ = Connect(cluster_.address());
};

TEST_F(KafkaFailureTest, RetentionPastTheOffset) {
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 100);
  cluster_.DeleteRecords(topic, 0, 50);
  Reading reading(client_, topic, {10});
  reading.UntilFailure();
  ExpectFailure(reading, "partition 0 of topic \"" + topic + "\" has no offset 10: retention");
  EXPECT_TRUE(reading.batches.empty());
  // The failure stays until the reader is told where to go on.
  EXPECT_FALSE(reading.reader().Poll(1, 1));
  reading.Seek({50});
  reading.UntilRecords(50);
  EXPECT_EQ(reading.NumbersOf(0), Range(50, 50));
}

TEST_F(KafkaFailureTest, AnOffsetBehindTheEnd) {
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 10);
  Reading reading(client_, topic, {11});
  reading.UntilFailure();
  ExpectFailure(reading, "has no offset 11");
}

TEST_F(KafkaFailureTest, TopicDeleted) {
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 10);
  Reading reading(client_, topic, {0});
  reading.UntilRecords(10);
  cluster_.DeleteTopic(topic);
  reading.UntilFailure();
  ExpectFailure(reading, "was deleted");
}

class TopicMadeAnewTest : public KafkaFailureTest,
                          public ::testing::WithParamInterface<std::pair<int, int64_t>> {};

TEST_P(TopicMadeAnewTest, IsNoticedAndNothingOfItIsRead) {
  const auto [wait_ms, count] = GetParam();
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 100);
  Reading reading(client_, topic, {0});
  reading.UntilRecords(100);
  MakeAnew(topic, wait_ms, count);
  reading.UntilFailure();
  ASSERT_TRUE(reading.failure);
  EXPECT_EQ(reading.failure->sqlstate, sqlstate::kObjectNotInPrerequisiteState);
  EXPECT_EQ(reading.NumbersOf(0), Range(0, 100)) << reading.failure->text;
}

// Milliseconds between the two topics, and records in the new one.
INSTANTIATE_TEST_SUITE_P(Topics, TopicMadeAnewTest,
                         ::testing::Values(std::pair(1000, 20), std::pair(1000, 500),
                                           std::pair(0, 20), std::pair(0, 500)));

TEST(KafkaBrokerTest, StopsForASecond) {
  const std::string directory = "/tmp/riverrun_kafka_" + std::to_string(getpid());
  KafkaCluster cluster(directory);
  cluster.CreateTopic("t", 2);
  cluster.WriteNumbers("t", 0, 0, 1000);
  const auto client = Connect(cluster.address());
  Reading reading(client, "t", {0, 0});
  reading.UntilRecords(1000);
  cluster.Stop();
  poll(nullptr, 0, 1000);
  EXPECT_FALSE(reading.Drain());
  EXPECT_FALSE(reading.failure);
  EXPECT_NE(client->Trouble(), "");
  cluster.Start();
  cluster.WriteNumbers("t", 0, 1000, 1000);
  cluster.WriteNumbers("t", 1, 0, 1000);
  reading.UntilRecords(3000);
  EXPECT_EQ(reading.NumbersOf(0), Range(0, 2000));
  EXPECT_EQ(reading.NumbersOf(1), Range(0, 1000));
}

}  // namespace
}  // namespace riverrun::executor
