#include "executor/connectors/connector.h"

#include <algorithm>
#include <array>

#include "executor/connectors/datagen/datagen.h"
#include "executor/connectors/kafka_connector.h"
#include "storage/catalog/nearest_name.h"

namespace riverrun::executor {
namespace {

using Made = std::expected<std::shared_ptr<StreamConnector>, DefinitionError>;

struct Connector {
  std::string_view name;
  Made (*make)(const StreamDefinition& definition, Clock& clock);
};
constexpr Connector kConnectors[] = {
    {"kafka", [](const StreamDefinition& d, Clock&) { return MakeKafkaConnector(d); }},
    {"datagen", MakeDatagen},
};

// Options of every stream, whatever its connector.
constexpr std::string_view kEngineOptions[] = {"connector", "idle_timeout", "on_late"};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kConnectors)> names;
  std::ranges::transform(kConnectors, names.begin(), &Connector::name);
  return names;
}();

}  // namespace

StreamDefinition DefinitionOf(const storage::CatalogObject& stream) {
  StreamDefinition definition;
  for (const storage::CatalogColumn& column : stream.columns) {
    if (column.generated == storage::GeneratedColumn::kStored) continue;
    definition.columns.push_back(
        {column.name, column.type, column.generated_from, column.not_null});
  }
  for (const storage::CatalogOption& option : stream.options) {
    if (std::ranges::find(kEngineOptions, option.name) != std::end(kEngineOptions)) continue;
    definition.options.emplace_back(option.name, option.value);
  }
  return definition;
}

Made MakeConnector(std::string_view connector, const StreamDefinition& definition, Clock& clock) {
  const auto found = std::ranges::find(kConnectors, connector, &Connector::name);
  if (found != std::end(kConnectors)) return found->make(definition, clock);
  Error error{sqlstate::kInvalidParameterValue,
              "there is no connector \"" + std::string(connector) + "\""};
  if (const auto nearest = storage::NearestName(connector, kNames)) {
    error.hint = "Perhaps you meant \"" + *nearest + "\".";
  } else {
    error.hint = "A stream without a connector is a durable log, filled by INSERT.";
  }
  return std::unexpected(DefinitionError{std::move(error), "connector"});
}

}  // namespace riverrun::executor
