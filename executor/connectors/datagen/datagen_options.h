// What WITH (connector = 'datagen', ...) says.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "executor/connectors/connector.h"
#include "executor/connectors/datagen/nexmark_events.h"
#include "executor/connectors/datagen/value_generator.h"

namespace riverrun::executor {

/// Where a stream begins.
struct DatagenStart {
  enum class At : uint8_t { kEvent, kNow };
  At at = At::kEvent;
  int64_t event = 0;  // kEvent: the number of the first event
};

/// The options, each in its own unit.
struct DatagenSettings {
  /// Rows in a million seconds; nothing: as many as anybody reads.
  std::optional<int64_t> rows_per_megasecond = 10'000'000;
  std::optional<int64_t> rows;  // of all partitions together; nothing: without end
  int32_t partitions = 1;
  uint64_t seed = 0;
  DatagenStart start;
  std::optional<Micros> start_time;
  std::optional<double> event_rate;  // events in a second
  std::optional<NexmarkKind> nexmark;
  std::map<size_t, FieldOptions> fields;  // by the column's position
};

/// For the manual, and for messages.
struct DatagenOption {
  std::string_view name;
  std::string_view values;   // "a number" and the like
  std::string_view otherwise;  // what counts without the option
  std::string_view summary;
};
/// The options of the stream, then those of a column, which are written fields.COLUMN.NAME. A dash
/// or a dot may stand for each underscore.
std::span<const DatagenOption> DatagenStreamOptions();
std::span<const DatagenOption> DatagenColumnOptions();

/// Errors: 22023 for an option that there is not, or whose value is not taken.
std::expected<DatagenSettings, DefinitionError> ReadDatagenOptions(
    const StreamDefinition& definition);

/// Lower case, with underscores where names have dashes, dots and capitals in between:
/// "itemName", "item-name" and "item_name" become "itemname" if `underscores` is false.
std::string FoldName(std::string_view name, bool underscores);

}  // namespace riverrun::executor
