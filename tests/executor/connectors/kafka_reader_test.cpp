#include "executor/connectors/kafka_reader.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "executor/formats/json_decoder.h"
#include "tests/executor/connectors/kafka_cluster.h"
#include "tests/executor/connectors/reading.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

class KafkaReaderTest : public ::testing::Test {
 protected:
  std::string NewTopic(int partitions = 1,
                       const std::map<std::string, std::string>& settings = {}) {
    const std::string topic = KafkaCluster::NewName("reader");
    cluster_.CreateTopic(topic, partitions, settings);
    return topic;
  }

  KafkaCluster cluster_ = KafkaCluster::OfAllTests();
  std::shared_ptr<KafkaClient> client_ = Connect(cluster_.address());
};

TEST_F(KafkaReaderTest, ReadsAllPartitionsFromTheirOffsets) {
  const std::string topic = NewTopic(3);
  cluster_.WriteNumbers(topic, 0, 0, 5000);
  cluster_.WriteNumbers(topic, 1, 100, 10);
  Reading reading(client_, topic, {0, 3, 0});
  reading.UntilRecords(5007);
  EXPECT_EQ(reading.NumbersOf(0), Range(0, 5000));
  EXPECT_EQ(reading.NumbersOf(1), Range(103, 7));
  EXPECT_EQ(reading.Offsets(), (std::vector<int64_t>{5000, 10, 0}));
  for (const SourceBatch& batch : reading.batches) {
    EXPECT_LE(batch.rows.rows, 500u);
    EXPECT_EQ(batch.next_offset - batch.first_offset, batch.rows.rows);
  }
  EXPECT_TRUE(reading.reader().Exhausted());
  reading.Until([&] { return reading.reader().Ends()[2] == 0; });
  EXPECT_EQ(reading.reader().Ends(), (std::vector<int64_t>{5000, 10, 0}));
  EXPECT_EQ(reading.reader().Positions()[1].source, (ObjectId{7}));
}

TEST_F(KafkaReaderTest, ADescriptorTellsOfNewRecords) {
  const std::string topic = NewTopic();
  Reading reading(client_, topic, {0});
  for (int64_t n = 0; n < 20; ++n) {
    // Until the end of the log has been seen, which is an arrival too.
    while (!reading.reader().Exhausted()) reading.Drain();
    pollfd ready{.fd = reading.reader().ReadyFd(), .events = POLLIN, .revents = 0};
    cluster_.WriteNumbers(topic, 0, n, 1);
    ASSERT_EQ(poll(&ready, 1, 10'000), 1);
    reading.UntilRecords(static_cast<size_t>(n) + 1);
  }
  EXPECT_EQ(reading.NumbersOf(0), Range(0, 20));
}

TEST_F(KafkaReaderTest, APausedReaderBringsNothing) {
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 3);
  Reading reading(client_, topic, {0});
  reading.reader().Pause(true);
  while (reading.reader().Exhausted()) {
  }
  EXPECT_FALSE(reading.Drain());
  reading.reader().Pause(false);
  EXPECT_TRUE(reading.Drain());
  EXPECT_EQ(reading.NumbersOf(0), Range(0, 3));
}

TEST_F(KafkaReaderTest, StopsBeforeBounds) {
  const std::string topic = NewTopic(2);
  cluster_.WriteNumbers(topic, 0, 0, 3000);
  cluster_.WriteNumbers(topic, 1, 0, 3000);
  Reading reading(client_, topic, {0, 0});
  for (const int64_t bound : {0, 1, 700, 701, 2500}) {
    reading.StopBefore({bound, bound / 2});
    reading.UntilBounds({bound, bound / 2});
    EXPECT_FALSE(reading.Drain());
    EXPECT_EQ(reading.NumbersOf(0), Range(0, bound));
    EXPECT_EQ(reading.NumbersOf(1), Range(0, bound / 2));
  }
  reading.reader().StopBefore({});
  reading.UntilRecords(6000);
  EXPECT_EQ(reading.NumbersOf(1), Range(0, 3000));
}

TEST_F(KafkaReaderTest, AReplayBringsTheSameRows) {
  const std::string topic = NewTopic(2);
  cluster_.WriteNumbers(topic, 0, 0, 4000);
  cluster_.WriteNumbers(topic, 1, 5000, 4000);
  Reading reading(client_, topic, {0, 0});
  reading.StopBefore({3000, 1234});
  reading.UntilBounds({3000, 1234});
  const std::vector<int64_t> first = reading.NumbersOf(0), second = reading.NumbersOf(1);
  for (int round = 0; round < 3; ++round) {
    reading.Seek({0, 0});
    reading.UntilBounds({3000, 1234});
    EXPECT_EQ(reading.NumbersOf(0), first);
    EXPECT_EQ(reading.NumbersOf(1), second);
  }
  reading.Seek({2990, 1230});
  reading.UntilBounds({3000, 1234});
  EXPECT_EQ(reading.NumbersOf(0), Range(2990, 10));
  EXPECT_EQ(reading.NumbersOf(1), Range(6230, 4));
}

TEST_F(KafkaReaderTest, AbortedTransactionsAreGaps) {
  const std::string topic = NewTopic();
  const auto transaction = cluster_.Begin(topic);
  transaction->WriteNumbers(topic, 0, 0, 10);
  transaction->Commit();  // 0 to 9, and a marker at 10
  transaction->WriteNumbers(topic, 0, 100, 10);
  transaction->Abort();  // 11 to 20, and a marker at 21
  transaction->WriteNumbers(topic, 0, 10, 10);
  transaction->Commit();  // 22 to 31, and a marker at 32
  transaction->WriteNumbers(topic, 0, 200, 5);
  transaction->Abort();  // 33 to 37, and a marker at 38
  Reading reading(client_, topic, {0});
  for (const int64_t bound : {10, 11, 15, 22, 23, 32, 33, 35, 39}) {
    reading.StopBefore({bound});
    reading.UntilBounds({bound});
    EXPECT_EQ(reading.NumbersOf(0), Range(0, std::min<int64_t>(bound, 10) +
                                                 std::clamp<int64_t>(bound - 22, 0, 10)))
        << bound;
  }
  // Each alone, from the beginning.
  for (const int64_t bound : {5, 12, 21, 25, 34}) {
    reading.StopBefore({bound});
    reading.Seek({0});
    reading.UntilBounds({bound});
  }
}

TEST_F(KafkaReaderTest, AnOpenTransactionHoldsBackWhatFollows) {
  const std::string topic = NewTopic();
  const auto transaction = cluster_.Begin(topic);
  transaction->WriteNumbers(topic, 0, 3, 3);
  cluster_.WriteNumbers(topic, 0, 6, 3);
  Reading reading(client_, topic, {0});
  // A second topic shows that the broker has been asked, and has answered.
  pollfd ready{.fd = reading.reader().ReadyFd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&ready, 1, 10'000), 1);  // the end of what may be read
  EXPECT_FALSE(reading.Drain());
  EXPECT_TRUE(reading.reader().Exhausted());
  transaction->Commit();
  reading.UntilRecords(6);
  EXPECT_EQ(reading.NumbersOf(0), Range(3, 6));
}

TEST_F(KafkaReaderTest, CompactedRecordsAreGaps) {
  const std::string topic = NewTopic(1, {{"cleanup.policy", "compact"},
                                         {"min.cleanable.dirty.ratio", "0.01"},
                                         {"segment.ms", "1000"}});
  std::vector<TestRecord> records;
  for (int64_t n = 0; n < 300; ++n) {
    records.push_back({.value = "{\"n\":" + std::to_string(n) + "}",
                       .key = std::to_string(n % 10)});
  }
  cluster_.Write(topic, 0, records);
  std::vector<int64_t> numbers;
  // The segment in use is not compacted: another record closes it.
  for (int attempt = 0; attempt < 20 && (numbers.empty() || numbers.front() < 290); ++attempt) {
    poll(nullptr, 0, 1100);
    cluster_.Write(topic, 0, {{.value = "{\"n\":-1}", .key = "last"}});
    Reading reading(client_, topic, {0});
    reading.StopBefore({300});
    reading.UntilBounds({300});
    numbers = reading.NumbersOf(0);
  }
  EXPECT_EQ(numbers, Range(290, 10));
  Reading reading(client_, topic, {0});
  reading.StopBefore({150});
  reading.UntilBounds({150});
  EXPECT_TRUE(reading.batches.empty());
}

TEST_F(KafkaReaderTest, MetadataColumns) {
  const std::string topic = NewTopic();
  cluster_.Write(topic, 0,
                 {{.value = "{\"n\":1}",
                   .key = "k",
                   .timestamp_ms = 1'700'000'000'123,
                   .headers = {{"b", "x"}, {"a", std::nullopt}, {"c", "\xff\x01"}}},
                  {.value = "{\"n\":2}", .timestamp_ms = 1}});
  KafkaReading what;
  what.topic = topic;
  what.start = {{.source = {7}, .partition = 0, .offset = 0}};
  what.types = {Type::Jsonb(), Type::Int8(),  Type::Text(), Type::TimestampTz(),
                Type::Int8(),  Type::Int4(), Type::Bytea()};
  what.decoder = std::make_unique<JsonDecoder>(std::vector<JsonColumn>{{"n", 1}});
  what.metadata = {{KafkaMetadata::kHeaders, 0},   {KafkaMetadata::kKey, 2},
                   {KafkaMetadata::kTimestamp, 3}, {KafkaMetadata::kOffset, 4},
                   {KafkaMetadata::kPartition, 5}, {KafkaMetadata::kKey, 6}};
  Reading reading(client_, std::move(what));
  reading.UntilRecords(2);
  std::string rows;
  for (const SourceBatch& batch : reading.batches) {
    for (uint32_t row = 0; row < batch.rows.rows; ++row) {
      for (const Column& column : batch.rows.columns) {
        rows += Value::From(column, row).ToString() + "|";
      }
      rows += "\n";
    }
  }
  EXPECT_EQ(rows,
            "{\"a\": null, \"b\": \"x\", \"c\": \"\\\\xff01\"}|1|k|2023-11-14 22:13:20.123+00|0|0|"
            "\\x6b|\n"
            "{}|2|NULL|1970-01-01 00:00:00.001+00|1|0|NULL|\n");
}

TEST_F(KafkaReaderTest, WhatDoesNotDecodeComesBesideTheRows) {
  const std::string topic = NewTopic(1, {{"max.message.bytes", "20000000"}});
  const std::string large = "{\"n\":\"" + std::string(10 << 20, 'x') + "\"}";
  const std::string large_good = "{\"x\":\"" + std::string(10 << 20, 'x') + "\",\"n\":7}";
  const std::string deep =
      "{\"n\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
  const std::vector<TestRecord> garbage = {
      {.value = "{\"n\":1", .key = "key"}, {.value = "{\"n\":\"one\"}"},  {.value = "{\"n\":NaN}"},
      {.value = "{\"n\":1e400}"},          {.value = "{\"n\":\"\\ud800\"}"},
      {.value = std::string("{\"n\":\0}", 7)}, {.value = "{\"n\":\"\xff\"}"}, {.value = ""},
      {.value = large},                    {.value = deep},              {.value = std::nullopt}};
  std::vector<TestRecord> records;
  for (size_t i = 0; i < garbage.size(); ++i) {
    records.push_back({.value = "{\"n\":" + std::to_string(i) + "}"});
    records.push_back(garbage[i]);
  }
  records.push_back({.value = large_good});
  cluster_.Write(topic, 0, records);
  Reading reading(client_, topic, {0});
  reading.UntilRecords(records.size());
  std::vector<int64_t> numbers = Range(0, static_cast<int64_t>(garbage.size()));
  numbers.push_back(7);
  EXPECT_EQ(reading.NumbersOf(0), numbers);
  std::vector<const FailedRecord*> failed;
  for (const SourceBatch& batch : reading.batches) {
    for (const FailedRecord& record : batch.failed) failed.push_back(&record);
  }
  ASSERT_EQ(failed.size(), garbage.size());
  const char* states[] = {"22P02", "22P02", "22P02", "22003", "22P02", "22P02",
                          "22021", "22P02", "22P02", "54001", "22004"};
  for (size_t i = 0; i < failed.size(); ++i) {
    EXPECT_EQ(failed[i]->offset, static_cast<int64_t>(2 * i + 1));
    EXPECT_EQ(ToString(failed[i]->error).substr(0, 5), states[i]) << i;
    EXPECT_TRUE(failed[i]->value == garbage[i].value) << i;
    EXPECT_TRUE(failed[i]->key == garbage[i].key) << i;
    EXPECT_GT(failed[i]->timestamp, 1'700'000'000'000'000) << i;
  }
}

TEST_F(KafkaReaderTest, AKeyThatIsNoTextFails) {
  const std::string topic = NewTopic();
  cluster_.Write(topic, 0, {{.value = "{\"n\":1}", .key = "\xff"},
                            {.value = "{", .key = "good"},
                            {.value = "{\"n\":3}", .key = "good"}});
  KafkaReading what;
  what.topic = topic;
  what.start = {{.source = {7}, .partition = 0, .offset = 0}};
  what.types = {Type::Int8(), Type::Text()};
  what.decoder = std::make_unique<JsonDecoder>(std::vector<JsonColumn>{{"n", 0}});
  what.metadata = {{KafkaMetadata::kKey, 1}};
  Reading reading(client_, std::move(what));
  reading.UntilRecords(3);
  EXPECT_EQ(reading.NumbersOf(0), Range(3, 1));
  std::string failures;
  for (const SourceBatch& batch : reading.batches) {
    for (const FailedRecord& record : batch.failed) {
      failures += std::to_string(record.offset) + " " + ToString(record.error) + "\n";
    }
  }
  EXPECT_EQ(failures,
            "0 22021: the key: invalid byte sequence for encoding \"UTF8\": 0xff\n"
            "1 22P02: invalid JSON: it has its end where a key should be, at byte 1\n");
}

TEST_F(KafkaReaderTest, MetadataColumnsHaveTheirTypes) {
  const std::string topic = NewTopic();
  cluster_.WriteNumbers(topic, 0, 0, 10);
  Reading reading(client_, topic, {0});
  KafkaReading what;
  what.topic = topic;
  what.start = {{.source = {7}, .partition = 0, .offset = 0}};
  what.types = {Type::Text()};
  what.decoder = std::make_unique<JsonDecoder>(std::vector<JsonColumn>{});
  what.metadata = {{KafkaMetadata::kOffset, 0}};
  const auto refused = KafkaReader::Open(client_, std::move(what));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, sqlstate::kFeatureNotSupported);
  // Nothing was taken from the reader that has the partition.
  reading.UntilRecords(10);
}

TEST_F(KafkaReaderTest, ReadersShareAClient) {
  const std::string topic = NewTopic(2);
  cluster_.WriteNumbers(topic, 0, 0, 100);
  cluster_.WriteNumbers(topic, 1, 0, 100);
  const auto open = [&](int32_t partition) {
    KafkaReading what;
    what.topic = topic;
    what.start = {{.source = {7}, .partition = partition, .offset = 0}};
    what.types = {Type::Int8()};
    what.decoder = std::make_unique<JsonDecoder>(std::vector<JsonColumn>{{"n", 0}});
    return std::make_unique<Reading>(client_, std::move(what));
  };
  auto first = open(0), second = open(1);
  first->UntilRecords(100);
  first.reset();
  second->UntilRecords(100);
  first = open(0);
  first->UntilRecords(100);
  EXPECT_EQ(first->NumbersOf(0), Range(0, 100));
  EXPECT_EQ(second->NumbersOf(1), Range(0, 100));
}

}  // namespace
}  // namespace riverrun::executor
