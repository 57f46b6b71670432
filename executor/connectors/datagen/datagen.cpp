#include "executor/connectors/datagen/datagen.h"

#include <algorithm>

#include "executor/connectors/datagen/datagen_options.h"
#include "executor/connectors/datagen/datagen_reader.h"
#include "executor/connectors/datagen/nexmark_rows.h"
#include "executor/connectors/datagen/random_stream.h"
#include "executor/connectors/datagen/value_generator.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
namespace {

constexpr Micros kStartTime = Micros{20'089} * kMicrosPerDay;  // 2025-01-01
constexpr double kEventRate = 1000;

// Each column by itself.
class FieldRows : public RowGenerator {
 public:
  struct Field {
    size_t position;
    std::unique_ptr<const ValueGenerator> values;
  };

  FieldRows(std::vector<Field> fields, const EventClock& clock)
      : fields_(std::move(fields)), clock_(clock) {}

  void Fill(const EventRange& events, std::span<const uint8_t> wanted, MemoryBudget* budget,
            std::span<Column> columns) const override {
    for (const auto& [position, values] : fields_) {
      if (wanted[position] != 0) columns[position] = values->Make(events, budget);
    }
  }
  uint32_t RowBytes(std::span<const uint8_t> wanted) const override {
    uint32_t bytes = 0;
    for (const auto& [position, values] : fields_) {
      if (wanted[position] != 0) bytes += values->bytes();
    }
    return bytes;
  }
  int64_t EventAt(Micros time) const override { return clock_.EventAt(time); }

 private:
  const std::vector<Field> fields_;
  const EventClock clock_;
};

class DatagenConnector : public StreamConnector {
 public:
  DatagenConnector(Generation generation, DatagenStart start, Clock& clock)
      : generation_(std::make_shared<const Generation>(std::move(generation))),
        start_(start),
        clock_(clock) {}

  std::string_view Topic() const override { return "datagen"; }

  Result<std::vector<int64_t>> FindStart() override {
    const bool now = start_.at == DatagenStart::At::kNow;
    const int64_t event = now ? generation_->rows->EventAt(clock_.Now()) : start_.event;
    return Offsets([&](int32_t partition) {
      return std::min(generation_->OffsetOf(partition, event), generation_->EndOf(partition));
    });
  }

  // Without a rate they come as fast as they are read.
  bool EndsAreThere() const override { return !generation_->rows_per_megasecond; }
  Result<std::optional<std::vector<int64_t>>> FindEnds() override {
    if (!generation_->events_max) return std::nullopt;
    return Offsets([&](int32_t partition) { return generation_->EndOf(partition); });
  }

  Result<std::vector<int64_t>> FindBegins() override {
    return Offsets([](int32_t) { return int64_t{0}; });
  }

  Result<std::unique_ptr<SourceReader>> Open(std::vector<Position> start, std::vector<int> wanted,
                                             MemoryBudget* budget) override {
    return std::make_unique<DatagenReader>(generation_, clock_, std::move(start), wanted, budget);
  }

 private:
  template <class F>
  std::vector<int64_t> Offsets(F&& offset) const {
    std::vector<int64_t> offsets;
    for (int32_t i = 0; i < generation_->partitions; ++i) offsets.push_back(offset(i));
    return offsets;
  }

  const std::shared_ptr<const Generation> generation_;
  const DatagenStart start_;
  Clock& clock_;
};

// FNV-1a, so that a column keeps its values when others come and go.
uint64_t KeyOf(uint64_t seed, std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return Scatter(Scatter(seed + kGoldenGamma) ^ hash);
}

std::expected<std::optional<DatagenMetadata>, DefinitionError> ReadMetadata(
    const StreamColumn& column, size_t position) {
  if (column.metadata.empty()) return std::nullopt;
  DefinitionError wrong;
  wrong.column = position;
  if (column.metadata == "offset") {
    if (column.type == Type::Int8()) return DatagenMetadata::kOffset;
    wrong.error = {sqlstate::kDatatypeMismatch, "the metadata \"offset\" is of type bigint"};
  } else if (column.metadata == "partition") {
    if (column.type == Type::Int4()) return DatagenMetadata::kPartition;
    wrong.error = {sqlstate::kDatatypeMismatch, "the metadata \"partition\" is of type integer"};
  } else {
    wrong.error = {sqlstate::kInvalidParameterValue,
                   "a generated record has no metadata \"" + column.metadata + "\""};
    wrong.error.hint = "There are offset and partition.";
  }
  return std::unexpected(std::move(wrong));
}

EventClock ClockOf(const DatagenSettings& settings) {
  EventClock clock{settings.start_time.value_or(kStartTime), kEventRate};
  if (settings.rows_per_megasecond) {
    clock.rate = static_cast<double>(*settings.rows_per_megasecond) / 1e6;
  }
  clock.rate = settings.event_rate.value_or(clock.rate);
  return clock;
}

// A sequence with an end ends the stream.
std::expected<std::unique_ptr<const RowGenerator>, DefinitionError> MakeFieldRows(
    const StreamDefinition& definition, DatagenSettings& settings) {
  const EventClock clock = ClockOf(settings);
  std::vector<FieldRows::Field> fields;
  for (size_t i = 0; i < definition.columns.size(); ++i) {
    const StreamColumn& column = definition.columns[i];
    if (!column.metadata.empty()) continue;
    const ValueSpec spec{column.type, KeyOf(settings.seed, column.name), clock};
    FieldOptions& options = settings.fields[i];
    if (column.not_null && options.Has("null_rate")) {
      return RefuseOption(options.Find("null_rate")->key,
                          "means nothing for a column that is NOT NULL");
    }
    MadeGenerator made = MakeValueGenerator(spec, options);
    if (!made) {
      if (made.error().option.empty()) made.error().column = i;
      return std::unexpected(std::move(made.error()));
    }
    if (const auto most = (*made)->events_max()) {
      settings.rows = std::min(settings.rows.value_or(*most), *most);
    }
    fields.push_back({i, std::move(*made)});
  }
  return std::make_unique<FieldRows>(std::move(fields), clock);
}

}  // namespace

std::expected<std::shared_ptr<StreamConnector>, DefinitionError> MakeDatagen(
    const StreamDefinition& definition, Clock& clock) {
  auto settings = ReadDatagenOptions(definition);
  if (!settings) return std::unexpected(std::move(settings.error()));
  if (settings->nexmark && !settings->fields.empty()) {
    const std::string key = settings->fields.begin()->second.FirstUnused()->key;
    return RefuseOption(key, "means nothing in a stream of Nexmark");
  }
  Generation generation;
  for (size_t i = 0; i < definition.columns.size(); ++i) {
    const StreamColumn& column = definition.columns[i];
    const auto metadata = ReadMetadata(column, i);
    if (!metadata) return std::unexpected(metadata.error());
    generation.columns.push_back({column.type, *metadata});
  }
  auto rows = settings->nexmark ? MakeNexmarkRows(definition, *settings)
                                : MakeFieldRows(definition, *settings);
  if (!rows) return std::unexpected(std::move(rows.error()));
  generation.rows = std::move(*rows);
  generation.events_max = settings->rows;
  generation.rows_per_megasecond = settings->rows_per_megasecond;
  generation.partitions = settings->partitions;
  return std::make_shared<DatagenConnector>(std::move(generation), settings->start, clock);
}

}  // namespace riverrun::executor
