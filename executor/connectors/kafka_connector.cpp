#include "executor/connectors/kafka_connector.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "executor/connectors/kafka_pool.h"
#include "executor/connectors/kafka_reader.h"
#include "executor/formats/json_decoder.h"
#include "storage/catalog/nearest_name.h"
#include "types/text/text_format.h"

namespace riverrun::executor {
namespace {

// What a stream over Kafka is told by its options.
struct KafkaOptions {
  KafkaSettings settings;
  std::string topic, format;
  KafkaStart start;
  TimestampUnit unit = TimestampUnit::kMilliseconds;
};

// Options take their values here; an error's text comes behind the option's name.
using Take = Result<void> (*)(const std::string& value, KafkaOptions& options);

Result<void> TakeTopic(const std::string& value, KafkaOptions& options) {
  if (value.empty()) return Fail(sqlstate::kInvalidParameterValue, "must name a topic");
  options.topic = value;
  return {};
}

Result<void> TakeBrokers(const std::string& value, KafkaOptions& options) {
  if (value.empty()) {
    return Fail(sqlstate::kInvalidParameterValue, "must list brokers as host:port");
  }
  options.settings.brokers = value;
  return {};
}

Result<void> TakeFormat(const std::string& value, KafkaOptions& options) {
  if (value != "json") {
    return Fail(sqlstate::kFeatureNotSupported,
                "\"" + value + "\" is not supported yet, only json");
  }
  options.format = value;
  return {};
}

Result<void> TakeStart(const std::string& value, KafkaOptions& options) {
  if (value == "earliest" || value == "earliest-offset") {
    options.start.at = KafkaStart::At::kEarliest;
  } else if (value == "latest" || value == "latest-offset") {
    options.start.at = KafkaStart::At::kLatest;
  } else {
    ColumnBuilder time(Type::TimestampTz());
    if (!TextReader(Settings{}).Append(value, time)) {
      return Fail(sqlstate::kInvalidParameterValue,
                  "must be earliest, latest or a timestamp, not \"" + value + "\"");
    }
    options.start = {KafkaStart::At::kTimestamp, time.Finish().At<Micros>(0)};
  }
  return {};
}

Result<void> TakeUnit(const std::string& value, KafkaOptions& options) {
  static constexpr std::array<std::string_view, 3> kUnits = {"s", "ms", "us"};
  const auto found = std::ranges::find(kUnits, value);
  if (found == kUnits.end()) {
    return Fail(sqlstate::kInvalidParameterValue, "must be s, ms or us, not \"" + value + "\"");
  }
  options.unit = static_cast<TimestampUnit>(found - kUnits.begin());
  return {};
}

struct Option {
  std::string_view name;
  Take take;
};
// The documented names first, then those that other systems use.
constexpr Option kOptions[] = {{"topic", TakeTopic},
                               {"brokers", TakeBrokers},
                               {"format", TakeFormat},
                               {"start", TakeStart},
                               {"timestamp_unit", TakeUnit},
                               {"properties.bootstrap.servers", TakeBrokers},
                               {"properties.bootstrap.server", TakeBrokers},
                               {"value.format", TakeFormat},
                               {"scan.startup.mode", TakeStart}};
constexpr std::string_view kProperties = "properties.";

std::optional<DefinitionError> TakeOption(const std::string& name, const std::string& value,
                                          KafkaOptions& options) {
  const auto known = std::ranges::find(kOptions, name, &Option::name);
  if (known != std::end(kOptions)) {
    Result<void> taken = known->take(value, options);
    if (taken) return std::nullopt;
    taken.error().text = "the option \"" + name + "\" " + taken.error().text;
    return DefinitionError{std::move(taken.error()), name};
  }
  if (name.starts_with(kProperties)) {
    options.settings.properties.emplace_back(name.substr(kProperties.size()), value);
    return std::nullopt;
  }
  Error error{sqlstate::kInvalidParameterValue,
              "the connector \"kafka\" has no option \"" + name + "\""};
  std::vector<std::string_view> names;
  for (const Option& option : kOptions) names.push_back(option.name);
  if (const auto nearest = storage::NearestName(name, names)) {
    error.hint = "Perhaps you meant \"" + *nearest + "\".";
  } else {
    error.hint = "Settings of librdkafka are written as properties.NAME.";
  }
  return DefinitionError{std::move(error), name};
}

std::optional<DefinitionError> MissingOption(const KafkaOptions& options) {
  for (const auto& [name, value] : {std::pair("brokers", &options.settings.brokers),
                                    {"topic", &options.topic},
                                    {"format", &options.format}}) {
    if (!value->empty()) continue;
    Error error{sqlstate::kSyntaxError,
                "a stream with connector \"kafka\" needs the option \"" + std::string(name) + "\""};
    error.hint =
        "For example: WITH (connector = 'kafka', brokers = 'localhost:9092', topic = "
        "'events', format = 'json').";
    return DefinitionError{std::move(error)};
  }
  return std::nullopt;
}

std::optional<DefinitionError> CheckColumn(const StreamColumn& column, size_t position) {
  if (column.metadata.empty()) return std::nullopt;
  const std::optional<KafkaMetadata> field = KafkaMetadataByName(column.metadata);
  if (!field) {
    Error error{sqlstate::kInvalidParameterValue,
                "a record of Kafka has no metadata \"" + column.metadata + "\""};
    error.hint = "There are key, offset, partition, timestamp and headers.";
    return DefinitionError{std::move(error), {}, position};
  }
  if (column.not_null) {
    return DefinitionError{
        Error{sqlstate::kFeatureNotSupported, "NOT NULL of a METADATA column is not supported yet"},
        {},
        position};
  }
  Result<void> fits = CheckMetadataType(*field, column.type);
  if (fits) return std::nullopt;
  return DefinitionError{std::move(fits.error()), {}, position};
}

class KafkaConnector : public StreamConnector {
 public:
  KafkaConnector(KafkaOptions options, std::vector<StreamColumn> columns,
                 std::shared_ptr<KafkaClient> client)
      : options_(std::move(options)), columns_(std::move(columns)), client_(std::move(client)) {}

  std::string_view Topic() const override { return options_.topic; }

  // Both are asked before the topic is read.
  Result<std::vector<int64_t>> FindStart() override {
    if (Result<void> ready = Prepare(); !ready) return std::unexpected(ready.error());
    return client_->FindOffsets(options_.topic, options_.start);
  }
  Result<std::vector<int64_t>> FindBegins() override {
    if (Result<void> ready = Prepare(); !ready) return std::unexpected(ready.error());
    return client_->FindOffsets(options_.topic, {KafkaStart::At::kEarliest});
  }
  Result<std::optional<std::vector<int64_t>>> FindEnds() override {
    Result<std::vector<int64_t>> ends =
        client_->FindOffsets(options_.topic, {KafkaStart::At::kLatest});
    if (!ends) return std::unexpected(ends.error());
    return std::optional(std::move(*ends));
  }
  Result<int32_t> CountPartitions() override { return client_->CheckPartitions(options_.topic); }

  Result<std::unique_ptr<SourceReader>> Open(std::vector<Position> start, std::vector<int> wanted,
                                             MemoryBudget* budget) override {
    std::vector<int32_t> partitions;
    for (const Position& position : start) partitions.push_back(position.partition);
    Result<KafkaClaim> claim = ClaimPartitions(options_.settings, options_.topic, partitions);
    if (!claim) return std::unexpected(claim.error());
    KafkaReading reading;
    reading.topic = options_.topic;
    reading.start = std::move(start);
    reading.budget = budget;
    reading.claim = std::move(claim->token);
    std::vector<JsonColumn> json;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const StreamColumn& column = columns_[i];
      reading.types.push_back(column.type);
      if (const auto field = KafkaMetadataByName(column.metadata)) {
        reading.metadata.push_back({*field, i});
      } else {
        json.push_back({column.name, i, column.not_null});
      }
    }
    reading.decoder = std::make_unique<JsonDecoder>(std::move(json), options_.unit);
    reading.decoder->Want(wanted);
    return KafkaReader::Open(claim->client, std::move(reading));
  }

 private:
  // Has a client ready that knows the topic: with one that does not, the first record takes a
  // second.
  Result<void> Prepare() {
    auto spare = SpareKafkaClient(options_.settings, options_.topic);
    if (!spare) return std::unexpected(spare.error());
    {
      const std::scoped_lock lock(mutex_);
      if (std::exchange(spare_, *spare) == *spare) return {};
    }
    const Result<int32_t> known = (*spare)->CountPartitions(options_.topic);
    if (!known) return std::unexpected(known.error());
    return {};
  }

  const KafkaOptions options_;
  const std::vector<StreamColumn> columns_;
  const std::shared_ptr<KafkaClient> client_;  // for questions
  std::mutex mutex_;
  std::shared_ptr<KafkaClient> spare_;  // knows the topic
};

}  // namespace

std::expected<std::shared_ptr<StreamConnector>, DefinitionError> MakeKafkaConnector(
    const StreamDefinition& definition) {
  KafkaOptions options;
  for (const auto& [name, value] : definition.options) {
    if (auto wrong = TakeOption(name, value, options)) return std::unexpected(std::move(*wrong));
  }
  if (auto missing = MissingOption(options)) return std::unexpected(std::move(*missing));
  for (size_t i = 0; i < definition.columns.size(); ++i) {
    if (auto wrong = CheckColumn(definition.columns[i], i)) {
      return std::unexpected(std::move(*wrong));
    }
  }
  // What librdkafka thinks of its settings.
  const auto client = AskingKafkaClient(options.settings);
  if (!client) return std::unexpected(DefinitionError{client.error()});
  return std::make_shared<KafkaConnector>(std::move(options), definition.columns, *client);
}

}  // namespace riverrun::executor
