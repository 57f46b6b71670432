// A stream whose records are made up: CREATE STREAM ... WITH (connector = 'datagen', ...).
//
// A row is a function of the seed, its number and the column, so that any row can be made at any
// time: nothing is stored, columns that nobody wants are not made, and a replay gives the same
// rows. The number of a row is its offset, with the partitions taking the rows in turns.
#pragma once

#include <expected>
#include <memory>

#include "executor/connectors/connector.h"

namespace riverrun::executor {

/// Makes the connection; see DatagenStreamOptions. `clock` outlives it. Errors: 22023 for options;
/// 42703, 42804 and 0A000 for columns that cannot be filled.
std::expected<std::shared_ptr<StreamConnector>, DefinitionError> MakeDatagen(
    const StreamDefinition& definition, Clock& clock);

}  // namespace riverrun::executor
