// What the catalog knows about an object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "types/data_type.h"
#include "types/id.h"

namespace riverrun::storage {

enum class ObjectKind : uint8_t {
  kSchema,
  kTable,
  kStream,
  kView,              // a stored query
  kMaterializedView,  // a dataflow that never ends, and its rows
  kIndex,
  kSink,
  kRole,
  // In no catalog's record (derived_object.h):
  kSystemRelation,   // its rows are made when a statement reads it
  kErrorCollection,  // what failed in a materialized view or a stream
};

/// "table", "materialized view": as it stands in messages and in DROP.
std::string_view KindName(ObjectKind kind);
/// Tables, streams, views, materialized views, indexes and sinks share the names of a schema.
bool IsRelation(ObjectKind kind);

enum class GeneratedColumn : uint8_t {
  kNo,
  kStored,    // GENERATED ALWAYS AS (expression): computed when a row is written or read
  kMetadata,  // METADATA FROM 'key': comes with the record of a stream
};

struct CatalogColumn {
  std::string name;
  Type type;
  bool not_null = false;
  std::string default_sql = {};  // the expression; empty means none
  GeneratedColumn generated = GeneratedColumn::kNo;
  std::string generated_from = {};  // the expression, or the name of the metadata

  bool operator==(const CatalogColumn&) const = default;
};

/// An option of WITH (...), in the order written.
struct CatalogOption {
  std::string name;
  std::string value;
  bool secret = false;  // printed as ***

  bool operator==(const CatalogOption&) const = default;
};

/// WATERMARK FOR column [AS expression].
struct WatermarkDefinition {
  int32_t column = 0;
  std::string expression_sql = {};  // empty: only ALTER STREAM ... ADVANCE WATERMARK moves it

  bool operator==(const WatermarkDefinition&) const = default;
};

/// Where the reading of one partition of a stream begins. ALTER STREAM ... RESET begins another
/// generation, which names every partition that there is then.
struct StreamStart {
  uint32_t generation = 0;
  int32_t partition = 0;
  int64_t offset = 0;
  /// The stream had failed: the records of the generations before may be gone, or be others by now.
  bool after_failure = false;

  bool operator==(const StreamStart&) const = default;
};

struct RoleDefinition {
  bool superuser = false;
  bool login = false;
  bool create_role = false;
  /// SCRAM-SHA-256 in PostgreSQL's form; empty means no password.
  std::string password_verifier = {};

  bool operator==(const RoleDefinition&) const = default;
};

struct IndexDefinition {
  ObjectId on;
  std::vector<int32_t> columns;  // positions in the indexed relation
  bool unique = false;

  bool operator==(const IndexDefinition&) const = default;
};

/// A catalog object. Immutable once in a snapshot; members that do not fit the kind are empty.
struct CatalogObject {
  ObjectId id;
  ObjectKind kind = ObjectKind::kTable;
  std::string schema;  // name of its schema; empty for schemas and roles
  std::string name;
  ObjectId owner;        // a role
  uint32_t version = 1;  // one more with every ALTER
  std::string comment;   // of COMMENT ON

  std::vector<CatalogColumn> columns;
  /// Positions of the primary key of a table, or of the key inferred for a materialized view.
  std::vector<int32_t> primary_key;
  /// Of the primary key: "bids_pkey".
  std::string primary_key_name;

  std::string sql;  // rebuilt from the AST, secrets as ***
  /// What it was bound under, as SET takes it: TimeZone, search_path, DateStyle, IntervalStyle.
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<CatalogOption> options;
  std::vector<ObjectId> dependencies;  // objects it needs; dropping them drops it or is refused
  std::string dataflow;                // the serialised DataflowSpec; opaque here
  std::optional<WatermarkDefinition> watermark;
  /// Of a stream with a connector, generation after generation: what `start` meant when it was
  /// asked for, and the beginnings of partitions that were found later.
  std::vector<StreamStart> starts;
  /// Of a materialized view or sink: streams that had been RESET when it was created, and the
  /// generation from which on it reads them.
  std::vector<std::pair<ObjectId, uint32_t>> reads_from;
  std::optional<RoleDefinition> role;
  std::optional<IndexDefinition> index;

  bool operator==(const CatalogObject&) const = default;
};

/// The value of an option of WITH (...); null if it is not there.
const std::string* FindOption(const CatalogObject& object, std::string_view name);
/// The connector of a stream, sink or source; "" if it has none.
std::string_view ConnectorOf(const CatalogObject& object);
/// Position of a column, or -1.
int FindColumn(const CatalogObject& object, std::string_view name);
/// "schema.name", or the name alone for schemas and roles.
std::string QualifiedName(const CatalogObject& object);

}  // namespace riverrun::storage
