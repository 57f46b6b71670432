// connector = 'kafka'.
#pragma once

#include "executor/connectors/connector.h"

namespace riverrun::executor {

/// Makes the connection of a stream over a Kafka topic; contacts nobody yet. Errors: as
/// MakeConnector says.
std::expected<std::shared_ptr<StreamConnector>, DefinitionError> MakeKafkaConnector(
    const StreamDefinition& definition);

}  // namespace riverrun::executor
