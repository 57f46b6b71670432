#include "executor/connectors/kafka_reader.h"

#include <librdkafka/rdkafka.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "types/text/json_scanner.h"
#include "types/text/jsonb.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

constexpr size_t kMessagesAtOnce = 1024;
constexpr uint64_t kArrival = 1;  // what librdkafka adds to the eventfd

struct ListDelete {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDelete>;

struct ErrorDelete {
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
};
using KafkaError = std::unique_ptr<rd_kafka_error_t, ErrorDelete>;

std::string_view Bytes(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

std::optional<std::string> Copy(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string(Bytes(data, size));
}

// When a record was appended, by its producer or the broker; absent where it cannot be said.
std::optional<Micros> AppendedAt(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  Micros micros = 0;
  if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ||
      __builtin_mul_overflow(milliseconds, kMicrosPerMillisecond, &micros) ||
      !IsTimestampInRange(micros)) {
    return std::nullopt;
  }
  return micros;
}

// Appends bytes as a JSON string; what is no text, as bytea prints it.
void AppendAsJson(std::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (CheckText(bytes)) return AppendJsonString(bytes, out);
  out += "\"\\\\x";
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    out.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  out.push_back('"');
}

// The headers of a record as a JSON object.
void AppendHeaders(const rd_kafka_message_t& message, std::string& out) {
  out.push_back('{');
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
                       RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      if (i > 0) out.push_back(',');
      AppendAsJson(name, out);
      out.push_back(':');
      if (value == nullptr) {
        out += "null";
      } else {
        AppendAsJson(Bytes(value, size), out);
      }
    }
  }
  out.push_back('}');
}

// What ends the reading of a partition. Everything else librdkafka tries again by itself.
bool IsFatal(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
    case RD_KAFKA_RESP_ERR__FATAL: return true;
    // What newer brokers say of a topic that was made anew; librdkafka 2.0 has no name for it.
    case 100: return true;
    default: return false;
  }
}

bool IsLostTopic(int error) {
  return error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

SqlState SqlStateOf(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: return sqlstate::kInsufficientPrivilege;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE: return sqlstate::kDataCorrupted;
    default: return sqlstate::kObjectNotInPrerequisiteState;
  }
}

}  // namespace

std::optional<KafkaMetadata> KafkaMetadataByName(std::string_view name) {
  if (name == "key") return KafkaMetadata::kKey;
  if (name == "offset") return KafkaMetadata::kOffset;
  if (name == "partition") return KafkaMetadata::kPartition;
  if (name == "timestamp") return KafkaMetadata::kTimestamp;
  if (name == "headers") return KafkaMetadata::kHeaders;
  return std::nullopt;
}

Result<void> CheckMetadataType(KafkaMetadata field, const Type& type) {
  const auto is = [&](auto... kinds) { return ((type.kind == kinds) || ...) && type.typmod < 0; };
  const bool valid = field == KafkaMetadata::kKey         ? is(TypeKind::kText, TypeKind::kBytea)
                     : field == KafkaMetadata::kOffset    ? is(TypeKind::kInt8)
                     : field == KafkaMetadata::kPartition ? is(TypeKind::kInt4)
                     : field == KafkaMetadata::kTimestamp
                         ? is(TypeKind::kTimestamp, TypeKind::kTimestampTz)
                         : is(TypeKind::kJsonb);
  if (valid) return {};
  return Fail(sqlstate::kFeatureNotSupported,
              "a metadata column of type " + TypeName(type) +
                  " (key: text or bytea; offset: bigint; partition: integer; timestamp: "
                  "timestamptz or timestamp; headers: jsonb)");
}

// By what a record is known again.
struct Fingerprint {
  explicit Fingerprint(const rd_kafka_message_t& message)
      : offset(message.offset),
        timestamp(rd_kafka_message_timestamp(&message, nullptr)),
        hash(Hash(Bytes(message.payload, message.len)) ^
             3 * Hash(Bytes(message.key, message.key_len))) {}
  bool operator==(const Fingerprint&) const = default;

  static uint64_t Hash(std::string_view bytes) { return std::hash<std::string_view>()(bytes); }

  int64_t offset;
  int64_t timestamp;
  uint64_t hash;
};

// A partition, its queue, and what has been taken out of the queue and not yet delivered.
struct KafkaReader::Partition : KafkaClient::Listener {
  explicit Partition(const Position& start) : position(start), clear_until(start.offset) {}
  ~Partition() override {
    Drop();
    if (queue != nullptr) rd_kafka_queue_destroy(queue);
  }

  bool Hear(int code, const char* why) override {
    if (!IsFatal(code)) return false;
    error = code;
    reason = why == nullptr ? rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code)) : why;
    return true;
  }
  bool HasMessage() const { return next < messages.size(); }
  rd_kafka_message_t& Head() const { return *messages[next]; }
  void Drop() {
    for (; HasMessage(); ++next) rd_kafka_message_destroy(messages[next]);
    messages.clear();
    next = 0;
  }
  bool AtBound() const { return bound && position.offset >= *bound; }
  // Everything before `clear_until` has been delivered or is a gap.
  void Advance() {
    const int64_t to = bound ? std::min(clear_until, *bound) : clear_until;
    position.offset = std::max(position.offset, to);
  }

  Position position;
  std::optional<int64_t> bound;
  int64_t clear_until;
  int64_t fetch_from = 0;  // where the present assignment begins
  rd_kafka_queue_t* queue = nullptr;
  std::optional<Fingerprint> last;  // the record delivered last
  bool checking = false;            // whether it is still there
  bool heard = false;               // since the last Seek, of a record or the end of the log
  bool maybe_more = true;           // false: the queue was empty, and ready_fd_ will tell
  std::vector<rd_kafka_message_t*> messages;
  size_t next = 0;
  int error = RD_KAFKA_RESP_ERR_NO_ERROR;  // fatal, once what stands before it is delivered
  std::string reason;
};

KafkaReader::KafkaReader(std::shared_ptr<KafkaClient> client, KafkaReading reading)
    : client_(std::move(client)),
      reading_(std::move(reading)),
      builder_(reading_.types, reading_.budget) {
  for (const Position& start : reading_.start) {
    partitions_.push_back(std::make_unique<Partition>(start));
  }
}

Result<std::unique_ptr<KafkaReader>> KafkaReader::Open(std::shared_ptr<KafkaClient> client,
                                                       KafkaReading reading) {
  std::unique_ptr<KafkaReader> reader(new KafkaReader(std::move(client), std::move(reading)));
  if (Result<void> valid = reader->CheckMetadata(); !valid) return std::unexpected(valid.error());
  for (const KafkaMetadataColumn& column : reader->reading_.metadata) {
    reader->key_is_text_ |= column.field == KafkaMetadata::kKey &&
                            reader->reading_.types[column.target].kind == TypeKind::kText;
  }
  reader->ready_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (reader->ready_fd_ < 0) return Fail(sqlstate::kIoError, "cannot make an eventfd");
  for (const auto& partition : reader->partitions_) {
    partition->queue =
        rd_kafka_queue_get_partition(reader->client_->handle(), reader->reading_.topic.c_str(),
                                     partition->position.partition);
    if (partition->queue == nullptr) return Fail(sqlstate::kIoError, "librdkafka has no queue");
    // Its records stay in it: by itself librdkafka would put all partitions into one queue.
    rd_kafka_queue_forward(partition->queue, nullptr);
    rd_kafka_queue_io_event_enable(partition->queue, reader->ready_fd_, &kArrival,
                                   sizeof(kArrival));
  }
  reader->doubts_ = reader->client_->Doubts();
  reader->doubts_of_topic_ = reader->client_->DoubtsOf(reader->reading_.topic);
  reader->client_->Watch(reader->reading_.topic, reader->ready_fd_);
  if (Result<void> assigned = reader->Assign(); !assigned) {
    return std::unexpected(assigned.error());
  }
  return reader;
}

KafkaReader::~KafkaReader() {
  for (const auto& partition : partitions_) {
    if (partition->queue != nullptr) {
      rd_kafka_queue_io_event_enable(partition->queue, -1, nullptr, 0);
    }
  }
  client_->Forget(ready_fd_);
  Unassign();
  partitions_.clear();
  if (ready_fd_ >= 0) close(ready_fd_);
}

Result<void> KafkaReader::CheckMetadata() const {
  for (const auto& [field, target] : reading_.metadata) {
    if (Result<void> fits = CheckMetadataType(field, reading_.types[target]); !fits) return fits;
  }
  return {};
}

Result<void> KafkaReader::Assign() const {
  const PartitionList list(rd_kafka_topic_partition_list_new(0));
  for (const auto& partition : partitions_) {
    partition->fetch_from =
        partition->checking ? partition->last->offset : partition->position.offset;
    rd_kafka_topic_partition_list_add(list.get(), reading_.topic.c_str(),
                                      partition->position.partition)
        ->offset = partition->fetch_from;
  }
  const KafkaError error(rd_kafka_incremental_assign(client_->handle(), list.get()));
  assigned_ = error == nullptr;
  if (assigned_) return {};
  return Fail(sqlstate::kIoError, "cannot read topic \"" + reading_.topic +
                                      "\": " + rd_kafka_error_string(error.get()));
}

void KafkaReader::Unassign() const {
  if (!std::exchange(assigned_, false)) return;  // they may be another reader's
  const PartitionList list(rd_kafka_topic_partition_list_new(0));
  for (const auto& partition : partitions_) {
    rd_kafka_topic_partition_list_add(list.get(), reading_.topic.c_str(),
                                      partition->position.partition);
  }
  const KafkaError error(rd_kafka_incremental_unassign(client_->handle(), list.get()));
  CHECK(error == nullptr, error == nullptr ? "" : rd_kafka_error_string(error.get()));
}

// librdkafka writes to the descriptor when a queue that was empty gets something. What is heard
// here is looked at afterwards, so that nothing is missed.
void KafkaReader::HearArrivals() const {
  if (client_->Doubts() != doubts_ && !failure_) [[unlikely]] Doubt();
  uint64_t arrivals = 0;
  if (read(ready_fd_, &arrivals, sizeof(arrivals)) <= 0) return;
  for (const auto& partition : partitions_) partition->maybe_more = true;
}

// Starts to look whether the records are still those that have been read.
void KafkaReader::Doubt() const {
  doubts_ = client_->Doubts();
  const uint64_t of_topic = client_->DoubtsOf(reading_.topic);
  if (std::exchange(doubts_of_topic_, of_topic) == of_topic) return;
  Unassign();
  for (const auto& partition : partitions_) {
    partition->Drop();
    partition->maybe_more = true;
    partition->checking = partition->last.has_value();
    // Where nothing has been read yet another topic is as good: from the very beginning, and when
    // the broker has not answered before. Anywhere else it cannot be told.
    if (!partition->last && partition->heard && partition->position.offset > 0) {
      partition->Hear(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, nullptr);
    }
  }
  if (const Result<void> assigned = Assign(); !assigned) {
    partitions_.front()->Hear(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, assigned.error().text.c_str());
  }
}

// The head should be the record delivered last.
void KafkaReader::Compare(Partition& partition) const {
  partition.checking = false;
  if (partition.Head().err == RD_KAFKA_RESP_ERR_NO_ERROR &&
      Fingerprint(partition.Head()) == *partition.last) {
    return;
  }
  partition.Hear(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                 "the record at the last offset is another one");
}

// An offset that is out of range, and of which the present assignment has not heard.
bool KafkaReader::IsStale(const Partition& partition, const rd_kafka_message_t& message) {
  return message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && !partition.heard &&
         message.offset >= 0 && message.offset != partition.fetch_from;
}

// Makes the next record of a partition its head, if there is one.
void KafkaReader::Refill(Partition& partition) const {
  while (partition.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (!partition.HasMessage()) {
      if (!partition.maybe_more) return;
      partition.messages.resize(kMessagesAtOnce);
      partition.next = 0;
      KafkaClient::listener = &partition;
      const ssize_t count = rd_kafka_consume_batch_queue(
          partition.queue, 0, partition.messages.data(), partition.messages.size());
      KafkaClient::listener = nullptr;
      partition.messages.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
      partition.maybe_more = count > 0;
      continue;
    }
    rd_kafka_message_t& head = partition.Head();
    const bool end = head.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    partition.heard |= end || head.err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (partition.checking && (end || head.err == RD_KAFKA_RESP_ERR_NO_ERROR)) {
      Compare(partition);
    } else if (head.err == RD_KAFKA_RESP_ERR_NO_ERROR || end) {
      // A record behind where we are shows that what lies between is a gap; so does the end.
      partition.clear_until = std::max(partition.clear_until, head.offset);
      partition.Advance();
      if (!end) return;
    } else if (IsStale(partition, head)) {
      // It is about what was assigned before.
    } else if (!partition.Hear(head.err, rd_kafka_message_errstr(&head))) {
      client_->Hear(head.err, rd_kafka_message_errstr(&head));
    }
    rd_kafka_message_destroy(&head);
    ++partition.next;
  }
}

Result<std::optional<SourceBatch>> KafkaReader::Poll(uint32_t rows_max, uint32_t bytes_max) {
  // Always, or the descriptor would stay readable and its watcher awake.
  HearArrivals();
  if (failure_) return std::unexpected(*failure_);
  if (paused_) return std::nullopt;
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = *partitions_[(turn_ + i) % partitions_.size()];
    if (partition.AtBound()) continue;
    Refill(partition);
    if (partition.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (IsLostTopic(partition.error)) client_->NoteLostTopic();
      failure_ = Explain(partition);
      return std::unexpected(*failure_);
    }
    if (!partition.HasMessage() || partition.AtBound()) continue;
    turn_ += i + 1;
    return Take(partition, rows_max, bytes_max);
  }
  return std::nullopt;
}

// REQUIRES the head is a record before the bound.
std::optional<SourceBatch> KafkaReader::Take(Partition& partition, uint32_t rows_max,
                                             uint32_t bytes_max) {
  const size_t begin = partition.next;
  const size_t records = std::clamp<uint32_t>(rows_max, 1, kBatchRowsMax);
  size_t bytes = 0;
  while (partition.HasMessage() && partition.next - begin < records) {
    const rd_kafka_message_t& message = partition.Head();
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) break;
    if (partition.bound && message.offset >= *partition.bound) break;
    if (partition.next > begin && bytes + message.len > bytes_max) break;
    bytes += message.len;
    ++partition.next;
  }
  const std::span<rd_kafka_message_t* const> messages =
      std::span(partition.messages).subspan(begin, partition.next - begin);
  SourceBatch batch;
  batch.partition = partition.position.partition;
  batch.first_offset = messages.front()->offset;
  batch.next_offset = messages.back()->offset + 1;
  Decode(messages, batch);
  partition.last.emplace(*messages.back());
  for (rd_kafka_message_t* message : messages) rd_kafka_message_destroy(message);
  partition.clear_until = std::max(partition.clear_until, batch.next_offset);
  partition.Advance();
  return batch;
}

void KafkaReader::Decode(std::span<rd_kafka_message_t* const> messages, SourceBatch& batch) {
  raw_.clear();
  decoded_.clear();
  undecoded_.clear();
  const auto fail = [&](const rd_kafka_message_t& message, Error error) {
    batch.failed.push_back({.offset = message.offset,
                            .timestamp = AppendedAt(message).value_or(0),
                            .key = Copy(message.key, message.key_len),
                            .value = Copy(message.payload, message.len),
                            .error = std::move(error)});
  };
  for (rd_kafka_message_t* message : messages) {
    if (key_is_text_ && message->key != nullptr) {
      if (Result<void> valid = CheckText(Bytes(message->key, message->key_len)); !valid) {
        valid.error().text = "the key: " + valid.error().text;
        fail(*message, std::move(valid.error()));
        continue;
      }
    }
    decoded_.push_back(message);
    raw_.push_back({.value = Bytes(message->payload, message->len),
                    .has_value = message->payload != nullptr,
                    .timestamp = AppendedAt(*message).value_or(0)});
  }
  reading_.decoder->Decode(raw_, builder_, undecoded_);
  auto failed = undecoded_.begin();
  for (uint32_t i = 0; i < decoded_.size(); ++i) {
    if (failed != undecoded_.end() && failed->record == i) {
      fail(*decoded_[i], std::move(failed->error));
      ++failed;
      continue;
    }
    AppendMetadata(*decoded_[i]);
    builder_.EndRow();
  }
  std::ranges::sort(batch.failed, {}, &FailedRecord::offset);
  batch.rows = builder_.Finish();
}

void KafkaReader::AppendMetadata(const rd_kafka_message_t& message) {
  for (const auto& [field, target] : reading_.metadata) {
    ColumnBuilder& column = builder_.column(target);
    switch (field) {
      case KafkaMetadata::kKey:
        if (message.key == nullptr) {
          column.AppendNull();
        } else {
          column.AppendBytes(Bytes(message.key, message.key_len));
        }
        break;
      case KafkaMetadata::kOffset: column.Append(message.offset); break;
      case KafkaMetadata::kPartition: column.Append(message.partition); break;
      case KafkaMetadata::kTimestamp:
        if (const std::optional<Micros> at = AppendedAt(message)) {
          column.Append(*at);
        } else {
          column.AppendNull();
        }
        break;
      case KafkaMetadata::kHeaders: {
        text_.clear();
        headers_.clear();
        AppendHeaders(message, text_);
        const Result<void> canonical = CanonicalJson(text_, headers_);
        CHECK(canonical.has_value(), "headers were made into JSON that is none");
        column.AppendBytes(headers_);
        break;
      }
    }
  }
}

void KafkaReader::StopBefore(std::span<const Position> bounds) {
  for (const auto& partition : partitions_) {
    partition->bound.reset();
    for (const Position& bound : bounds) {
      if (bound.partition == partition->position.partition) partition->bound = bound.offset;
    }
    partition->Advance();
  }
}

Result<void> KafkaReader::Seek(std::span<const Position> positions) {
  Unassign();
  doubts_ = client_->Doubts();
  doubts_of_topic_ = client_->DoubtsOf(reading_.topic);
  for (const auto& partition : partitions_) {
    for (const Position& position : positions) {
      if (position.partition == partition->position.partition) partition->position = position;
    }
    partition->Drop();
    partition->clear_until = partition->position.offset;
    partition->last.reset();
    partition->checking = partition->heard = false;
    partition->error = RD_KAFKA_RESP_ERR_NO_ERROR;
    partition->maybe_more = true;
  }
  failure_.reset();
  return Assign();
}

std::vector<Position> KafkaReader::Positions() const {
  std::vector<Position> out;
  for (const auto& partition : partitions_) out.push_back(partition->position);
  return out;
}

bool KafkaReader::Exhausted() const {
  if (failure_) return true;
  const auto waits = [](const auto& partition) {
    return partition->HasMessage() && partition->Head().err == RD_KAFKA_RESP_ERR_NO_ERROR;
  };
  if (std::ranges::any_of(partitions_, waits)) return false;
  HearArrivals();
  for (const auto& partition : partitions_) {
    Refill(*partition);
    // A failure counts as something to deliver, so that Poll is called and reports it.
    if (waits(partition) || partition->error != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  }
  return true;
}

std::vector<int64_t> KafkaReader::Ends() const {
  std::vector<int64_t> ends;
  for (const auto& partition : partitions_) {
    int64_t low = -1, high = -1;
    rd_kafka_get_watermark_offsets(client_->handle(), reading_.topic.c_str(),
                                   partition->position.partition, &low, &high);
    ends.push_back(high >= 0 ? high : -1);
  }
  return ends;
}

Error KafkaReader::Explain(const Partition& partition) const {
  const std::string where = "partition " + std::to_string(partition.position.partition) +
                            " of topic \"" + reading_.topic + "\"";
  Error error{SqlStateOf(partition.error), {}};
  error.detail = partition.reason;
  switch (partition.error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      error.text = where + " has no offset " + std::to_string(partition.position.offset) +
                   ": retention has removed it, or the topic was made anew or cut short";
      break;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      error.text = "permission denied for topic \"" + reading_.topic + "\"";
      break;
    default:
      error.text = error.sqlstate == sqlstate::kDataCorrupted
                       ? where + " cannot be read at offset " +
                             std::to_string(partition.position.offset)
                       : where + " was deleted, or its topic made anew, while it was read up to "
                                 "offset " +
                             std::to_string(partition.position.offset);
  }
  return error;
}

}  // namespace riverrun::executor
