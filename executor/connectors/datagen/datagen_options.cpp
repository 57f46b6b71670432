#include "executor/connectors/datagen/datagen_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "storage/catalog/nearest_name.h"
#include "types/time/timestamp.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

constexpr double kRateMax = 1e9, kRateMin = 1e-6;
constexpr int64_t kPartitionsMax = 1024;

std::unexpected<Error> Must(std::string text) {
  return Fail(sqlstate::kInvalidParameterValue, "must be " + std::move(text));
}

template <class T>
std::optional<T> ReadNumber(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> ReadRate(const std::string& value) {
  const auto rate = ReadNumber<double>(value);
  return rate && *rate >= kRateMin && *rate <= kRateMax ? rate : std::nullopt;
}

// An option's value goes into the settings; the text of an error comes behind the option's name.
using Take = Result<void> (*)(const std::string& value, DatagenSettings& settings);

Result<void> TakeRate(const std::string& value, DatagenSettings& settings) {
  if (value == "unlimited" || ReadNumber<double>(value) == 0.0) {
    settings.rows_per_megasecond.reset();
    return {};
  }
  const std::optional<double> rate = ReadRate(value);
  if (!rate) return Must("a number between 0.000001 and 1000000000, or unlimited");
  settings.rows_per_megasecond = std::llround(*rate * 1e6);
  return {};
}

Result<void> TakeRows(const std::string& value, DatagenSettings& settings) {
  settings.rows = ReadNumber<int64_t>(value);
  if (!settings.rows || *settings.rows < 0) return Must("a number of rows");
  return {};
}

Result<void> TakePartitions(const std::string& value, DatagenSettings& settings) {
  const auto count = ReadNumber<int64_t>(value);
  if (!count || *count < 1 || *count > kPartitionsMax) return Must("a number between 1 and 1024");
  settings.partitions = static_cast<int32_t>(*count);
  return {};
}

Result<void> TakeSeed(const std::string& value, DatagenSettings& settings) {
  const auto seed = ReadNumber<uint64_t>(value);
  if (!seed) return Must("an integer that is not negative");
  settings.seed = *seed;
  return {};
}

Result<void> TakeStart(const std::string& value, DatagenSettings& settings) {
  if (value == "earliest" || value == "earliest-offset") {
    settings.start = {};
  } else if (value == "now" || value == "latest" || value == "latest-offset") {
    settings.start.at = DatagenStart::At::kNow;
  } else {
    const auto event = ReadNumber<int64_t>(value);
    if (!event || *event < 0) return Must("earliest, now or the number of an event");
    settings.start = {DatagenStart::At::kEvent, *event};
  }
  return {};
}

Result<void> TakeStartTime(const std::string& value, DatagenSettings& settings) {
  const Result<Value> time = Value::Parse(Type::TimestampTz(), value);
  // 'now' and its like would be another moment at each start of the server.
  const bool fixed = std::ranges::any_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (!time || !fixed || !IsFiniteTimestamp(time->As<Micros>())) return Must("a timestamp");
  settings.start_time = time->As<Micros>();
  return {};
}

Result<void> TakeEventRate(const std::string& value, DatagenSettings& settings) {
  settings.event_rate = ReadRate(value);
  if (!settings.event_rate) return Must("a number between 0.000001 and 1000000000");
  return {};
}

Result<void> TakeNexmark(const std::string& value, DatagenSettings& settings) {
  settings.nexmark = NexmarkKindByName(value);
  if (!settings.nexmark) return Must("person, auction or bid");
  return {};
}

constexpr DatagenOption kStreamOptions[] = {
    {"rows_per_second", "a number", "10",
     "How fast rows come, all partitions together; 0 or unlimited: as fast as they are read."},
    {"number_of_rows", "an integer", "without end",
     "How many rows there are, all partitions together."},
    {"partitions", "1 to 1024", "1",
     "How many partitions take the rows in turns; the rows are the same."},
    {"seed", "an integer", "0", "Another seed gives other rows."},
    {"start", "earliest, now or the number of an event", "earliest",
     "The first row to read; now: the one whose event time is now."},
    {"start_time", "a timestamp", "2025-01-01 00:00:00+00; of Nexmark 2023-11-14 22:13:20+00",
     "The event time of event 0."},
    {"event_rate", "a number", "rows_per_second, or 1000 if that is unlimited; of Nexmark 1000",
     "Events in a second of event time."},
    {"nexmark", "person, auction or bid", "",
     "Makes a stream of the Nexmark benchmark; columns get their values by their names."},
};
constexpr Take kTakes[] = {TakeRate,  TakeRows,      TakePartitions, TakeSeed,
                           TakeStart, TakeStartTime, TakeEventRate,  TakeNexmark};
static_assert(std::size(kTakes) == std::size(kStreamOptions));

constexpr DatagenOption kColumnOptions[] = {
    {"kind", "random or sequence", "random; sequence where start or end is given",
     "Whether values are drawn or counted."},
    {"min", "a value of the column's type", "by type", "The least value that is drawn."},
    {"max", "a value of the column's type", "by type", "The greatest value that is drawn."},
    {"start", "an integer", "0", "The first value of a sequence."},
    {"end", "an integer", "the type's last; then it begins again",
     "The last value of a sequence, and the end of the stream."},
    {"length", "an integer", "10; of arrays 3", "Letters, bytes or elements."},
    {"max_past", "an interval", "0",
     "How far behind the event time a date or timestamp may be; such columns have the event time "
     "unless they have min or max."},
    {"null_rate", "0 to 1", "0", "Which part of the values is NULL."},
    {"values", "values, separated by commas", "", "Draws from these."},
};

// What other systems call them.
struct Alias {
  std::string_view alias, name;
};
constexpr Alias kAliases[] = {{"rate", "rows_per_second"},
                              {"rows", "number_of_rows"},
                              {"split_num", "partitions"},
                              {"scan_startup_mode", "start"},
                              {"nexmark_table_type", "nexmark"},
                              {"table_type", "nexmark"}};

constexpr std::string_view kFields = "fields.";
constexpr std::string_view kOwnPrefix = "datagen_";

DefinitionError UnknownOption(const std::string& key, std::string_view folded) {
  DefinitionError error{{sqlstate::kInvalidParameterValue,
                         "the connector \"datagen\" has no option \"" + key + "\""},
                        key};
  std::vector<std::string_view> names;
  for (const DatagenOption& option : kStreamOptions) names.push_back(option.name);
  if (const auto nearest = storage::NearestName(folded, names)) {
    error.error.hint = "Perhaps you meant \"" + *nearest + "\".";
  } else {
    error.error.hint = "Options of a column are written as fields.COLUMN.NAME.";
  }
  return error;
}

std::optional<size_t> FindColumn(const StreamDefinition& definition, std::string_view name) {
  const auto position = [&](auto&& same) -> std::optional<size_t> {
    for (size_t i = 0; i < definition.columns.size(); ++i) {
      if (definition.columns[i].metadata.empty() && same(definition.columns[i].name)) return i;
    }
    return std::nullopt;
  };
  if (auto exact = position([&](std::string_view column) { return column == name; })) return exact;
  return position([folded = FoldName(name, true)](std::string_view column) {
    return FoldName(column, true) == folded;
  });
}

// fields.COLUMN.NAME; the column may have dots of its own.
std::optional<DefinitionError> TakeColumnOption(const std::string& key, const std::string& value,
                                                const StreamDefinition& definition,
                                                DatagenSettings& settings) {
  const std::string folded = FoldName(key, true);
  const auto known = std::ranges::find_if(kColumnOptions, [&](const DatagenOption& option) {
    return folded.size() > kFields.size() + option.name.size() + 1 &&
           folded.ends_with("_" + std::string(option.name));
  });
  if (known == std::end(kColumnOptions)) {
    DefinitionError error{{sqlstate::kInvalidParameterValue,
                           "the connector \"datagen\" has no option \"" + key + "\""},
                          key};
    error.error.hint =
        "There are kind, min, max, start, end, length, max_past, null_rate and values.";
    return error;
  }
  const size_t size = key.size() - kFields.size() - known->name.size() - 1;
  const std::string name = key.substr(kFields.size(), size);
  const std::optional<size_t> column = FindColumn(definition, name);
  if (!column) {
    return RefuseOption(key, "names no column whose values are generated").error();
  }
  settings.fields[*column].Add(known->name, {key, value});
  return std::nullopt;
}

}  // namespace

std::span<const DatagenOption> DatagenStreamOptions() { return kStreamOptions; }
std::span<const DatagenOption> DatagenColumnOptions() { return kColumnOptions; }

std::string FoldName(std::string_view name, bool underscores) {
  std::string folded;
  for (const char c : name) {
    if (c == '-' || c == '.' || c == '_') {
      if (underscores) folded += '_';
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }
  return folded;
}

std::expected<DatagenSettings, DefinitionError> ReadDatagenOptions(
    const StreamDefinition& definition) {
  DatagenSettings settings;
  for (const auto& [key, value] : definition.options) {
    std::string folded = FoldName(key, true);
    if (folded.starts_with(kOwnPrefix)) folded.erase(0, kOwnPrefix.size());
    if (folded.starts_with("fields_")) {
      if (auto error = TakeColumnOption(key, value, definition, settings)) {
        return std::unexpected(*error);
      }
      continue;
    }
    if (const auto alias = std::ranges::find(kAliases, folded, &Alias::alias);
        alias != std::end(kAliases)) {
      folded = alias->name;
    }
    const auto known = std::ranges::find(kStreamOptions, folded, &DatagenOption::name);
    if (known == std::end(kStreamOptions)) return std::unexpected(UnknownOption(key, folded));
    if (Result<void> taken = kTakes[known - kStreamOptions](value, settings); !taken) {
      return RefuseOption(key, taken.error().text);
    }
  }
  return settings;
}

}  // namespace riverrun::executor
