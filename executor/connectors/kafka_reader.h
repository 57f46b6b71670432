// Partitions of a Kafka topic as a source of rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/connectors/kafka_client.h"
#include "executor/formats/record_decoder.h"
#include "executor/source_reader.h"
#include "types/column/batch.h"
#include "types/memory_budget.h"

struct rd_kafka_message_s;

namespace riverrun::executor {

/// What Kafka knows of a record besides its value.
enum class KafkaMetadata : uint8_t {
  kKey,        // text or bytea
  kOffset,     // bigint
  kPartition,  // integer
  kTimestamp,  // timestamp or timestamptz; NULL if the record has none
  kHeaders,    // jsonb, one member a header; a value that is no text is written as bytea prints it
};

/// Whether a metadata column may have a type; 0A000 if not.
Result<void> CheckMetadataType(KafkaMetadata field, const Type& type);

/// The column named by a METADATA FROM clause; an unknown name gives nothing.
std::optional<KafkaMetadata> KafkaMetadataByName(std::string_view name);

struct KafkaMetadataColumn {
  KafkaMetadata field = KafkaMetadata::kKey;
  size_t target = 0;  // which column of the batch gets it
};

/// What one reader reads.
struct KafkaReading {
  std::string topic;
  /// The partitions and where each begins; `source` and `generation` come back in Positions().
  std::vector<Position> start;
  /// The columns of a batch. The decoder fills those that `metadata` does not.
  std::vector<Type> types;
  std::unique_ptr<RecordDecoder> decoder;
  std::vector<KafkaMetadataColumn> metadata;
  MemoryBudget* budget = nullptr;
  std::shared_ptr<void> claim = nullptr;  // lives as long as the reader
};

/// Reads the partitions of one topic that one worker owns. Nothing waits in here: librdkafka's
/// threads fetch ahead into queues and raise ReadyFd.
///
/// A record that was written in a transaction comes when that has committed; those of aborted
/// transactions, and markers, are gaps. A bound inside a gap is reached when the next record or the
/// end of the log shows that the gap is one.
///
/// When a broker once does not know the topic, it may have been deleted and made anew, and offsets
/// mean other records: the last record delivered is then read again and compared before another is
/// delivered. A topic made anew between two questions to the broker goes unnoticed if it has grown
/// past our offset, since this version of librdkafka knows no topic ids.
///
/// Errors of Poll, after which only Seek helps: 55000 where records are missing that should be
/// there (retention, a topic deleted, made anew, cut short), 42501, XX001 for what is no batch of
/// records. A cluster that does not answer is no error: KafkaClient::Trouble says why.
class KafkaReader : public SourceReader {
 public:
  /// Errors: 0A000 for a metadata column of another type; 58030 if librdkafka refuses.
  static Result<std::unique_ptr<KafkaReader>> Open(std::shared_ptr<KafkaClient> client,
                                                   KafkaReading reading);
  ~KafkaReader() override;

  Result<std::optional<SourceBatch>> Poll(uint32_t rows_max, uint32_t bytes_max) override;
  void StopBefore(std::span<const Position> bounds) override;
  Result<void> Seek(std::span<const Position> positions) override;
  std::vector<Position> Positions() const override;
  /// True when no fetched record waits; the log may be longer than what has been fetched.
  bool Exhausted() const override;
  int ReadyFd() const override { return ready_fd_; }
  /// librdkafka stops fetching by itself once its queues are full.
  void Pause(bool paused) override { paused_ = paused; }

  /// For each partition, in the order of Positions(), the end of its log as last heard; -1 before
  /// the first answer. Asks nobody.
  std::vector<int64_t> Ends() const override;
  void Want(std::span<const int> columns) override { reading_.decoder->Want(columns); }

 private:
  struct Partition;

  KafkaReader(std::shared_ptr<KafkaClient> client, KafkaReading reading);
  Result<void> CheckMetadata() const;
  Result<void> Assign() const;
  void Unassign() const;
  void HearArrivals() const;
  void Doubt() const;
  void Compare(Partition& partition) const;
  static bool IsStale(const Partition& partition, const rd_kafka_message_s& message);
  void Refill(Partition& partition) const;
  std::optional<SourceBatch> Take(Partition& partition, uint32_t rows_max, uint32_t bytes_max);
  void Decode(std::span<rd_kafka_message_s* const> messages, SourceBatch& batch);
  void AppendMetadata(const rd_kafka_message_s& message);
  Error Explain(const Partition& partition) const;

  const std::shared_ptr<KafkaClient> client_;
  KafkaReading reading_;
  int ready_fd_ = -1;
  bool paused_ = false;
  mutable bool assigned_ = false;
  mutable uint64_t doubts_ = 0, doubts_of_topic_ = 0;  // of the client, as last seen
  bool key_is_text_ = false;
  size_t turn_ = 0;  // whose records come next
  std::optional<Error> failure_;
  std::vector<std::unique_ptr<Partition>> partitions_;

  // Scratch of Decode.
  BatchBuilder builder_;
  std::vector<RawRecord> raw_;
  std::vector<rd_kafka_message_s*> decoded_;
  std::vector<UndecodedRecord> undecoded_;
  std::string text_, headers_;
};

}  // namespace riverrun::executor
