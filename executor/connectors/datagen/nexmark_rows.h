// A stream of Nexmark as columns.
#pragma once

#include <expected>
#include <memory>

#include "executor/connectors/connector.h"
#include "executor/connectors/datagen/datagen_options.h"
#include "executor/connectors/datagen/row_generator.h"

namespace riverrun::executor {

/// Columns get their fields by name, whatever the case and the underscores: "dateTime" and
/// date_time are one. Numbers are bigint; times are timestamp, timestamptz or, in milliseconds,
/// bigint. Errors: 42703 for a column that the kind does not have, 42804 for one of another type.
std::expected<std::unique_ptr<const RowGenerator>, DefinitionError> MakeNexmarkRows(
    const StreamDefinition& definition, const DatagenSettings& settings);

}  // namespace riverrun::executor
