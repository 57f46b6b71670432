// All virtual relations, and the rows that a statement asks for.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "server/relations/virtual_relation.h"
#include "storage/catalog/derived_object.h"
#include "types/memory_budget.h"

namespace riverrun::server {

/// The relations as the planner knows them. Any thread.
const storage::VirtualRelations& SystemRelations();

/// Whether one of the objects is virtual.
bool AnyVirtual(std::span<const ObjectId> objects);
/// The rows of those of the objects that are virtual: what ReadView::made wants. `budget` counts
/// them and outlives them.
std::map<ObjectId, storage::ReadView::MadeRows> MakeRowsOf(std::span<const ObjectId> objects,
                                                           const Moment& moment,
                                                           MemoryBudget* budget);

}  // namespace riverrun::server
