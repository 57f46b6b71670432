// Rows as a test compares them.
#pragma once

#include <map>
#include <string>

#include "types/column/batch.h"

namespace riverrun::simulation {

/// Rows by image, with their multiplicity; none is 0.
using Bag = std::map<std::string, Weight>;

/// Adds the rows of a batch.
void AddRows(const Batch& batch, Bag& bag);

}  // namespace riverrun::simulation
