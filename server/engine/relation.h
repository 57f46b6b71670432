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
/// True for materialized views and sinks: they run a dataflow that never ends.
bool IsContinuousQuery(const storage::CatalogObject& object);
/// True for objects whose failures are kept by the engine: NAME_errors is read at the epochs of all
/// other contents. (A stream without a connector takes only rows that are sound: nothing fails.)
bool KeepsErrors(const storage::CatalogObject& object);
/// What is stored under ErrorsOf(object): of a stream all columns of its error relation, of a view
/// executor::ErrorLayout.
storage::ViewLayout ErrorLayoutOf(const storage::CatalogObject& object);
/// The content of a relation that has no rows at an epoch.
storage::VersionRef EmptyContent(ObjectId object, storage::ViewLayout layout, Epoch epoch);
/// The dataflow that makes the object's content: a view's or sink's own; for tables and streams one
/// that keeps their rows. Nothing for objects without content. Errors: XX001 for a stored dataflow
/// that does not parse.
Result<std::optional<EngineParts::Relation>> RelationOf(const storage::CatalogObject& object);

/// What a dataflow reads, each once.
std::vector<ObjectId> SourcesOf(const executor::DataflowSpec& dataflow);

/// What is computed of a stream's rows when they are read; null for what needs nothing. Errors:
/// XX001 for a stored dataflow that does not parse.
Result<EngineParts::Completion> CompletionOf(const storage::CatalogObject& object);

/// In what two catalogs differ, as far as something runs for it.
struct CatalogDifference {
  std::vector<storage::ObjectRef> created;  // what is read before what reads it
  std::vector<storage::ObjectRef> dropped;  // what reads before what is read
  std::vector<storage::ObjectRef> restarted;  // streams with further starts
  std::vector<storage::ObjectRef> rebuilt;    // streams with none of their old starts
};
CatalogDifference Compare(const storage::CatalogSnapshot& before,
                          const storage::CatalogSnapshot& after);

}  // namespace riverrun::server
