// What runs for a catalog object.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/engine/engine_parts.h"
#include "storage/catalog/catalog_snapshot.h"

namespace riverrun::server {

/// True for tables and for streams without a connector: their rows come from the journal.
bool IsFedByJournal(const storage::CatalogObject& object);
/// The dataflow that makes the object's content: a view's own; for tables and streams one that
/// keeps their rows. Nothing for objects without content. Errors: XX001 for a stored dataflow that
/// does not parse.
Result<std::optional<EngineParts::Relation>> RelationOf(const storage::CatalogObject& object);

/// What is computed of a stream's rows when they are read; null for what needs nothing. Errors:
/// XX001 for a stored dataflow that does not parse.
Result<EngineParts::Completion> CompletionOf(const storage::CatalogObject& object);

/// Objects that one catalog has and another has not.
struct CatalogDifference {
  std::vector<storage::ObjectRef> created;  // what is read before what reads it
  std::vector<storage::ObjectRef> dropped;  // what reads before what is read
};
CatalogDifference Compare(const storage::CatalogSnapshot& before,
                          const storage::CatalogSnapshot& after);

}  // namespace riverrun::server
