// What stands behind CREATE STREAM ... WITH (connector = '...'): the registry of connectors.
//
// To add one: a class with its options in a file of its own, a line in connector.cpp.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/source_reader.h"
#include "storage/catalog/catalog_object.h"
#include "types/clock.h"
#include "types/data_type.h"
#include "types/memory_budget.h"

namespace riverrun::executor {

/// A column that comes with a record; generated columns are not among them.
struct StreamColumn {
  std::string name;
  Type type;
  std::string metadata = {};  // METADATA FROM '...'; empty: out of the record's value
  bool not_null = false;      // a record without a value for it fails with 23502
};

/// A stream as its connector sees it.
struct StreamDefinition {
  std::vector<StreamColumn> columns;
  /// Those of WITH (...) but for `connector` and what the engine itself takes, in the order
  /// written.
  std::vector<std::pair<std::string, std::string>> options;
};

/// What is wrong with a definition, and where.
struct DefinitionError {
  Error error;
  std::string option = {};            // the option at fault; empty: none in particular
  std::optional<size_t> column = {};  // the column at fault
};

/// One stream's connection to where its records come from. Any thread may call any method; the
/// readers share it.
class StreamConnector {
 public:
  virtual ~StreamConnector() = default;

  /// What its records come from, for messages and error relations: the name of a topic.
  virtual std::string_view Topic() const = 0;

  // Questions to the system behind it. They block, at most some ten seconds, and are no business of
  // a worker. Errors: 08001 without an answer; 42P01 for what does not exist.

  /// The offset of each partition, by its number from 0, at which the option `start` says to begin.
  virtual Result<std::vector<int64_t>> FindStart() = 0;
  /// The offset behind the last record of each partition that is there now; of a source that has
  /// no end, nothing: its records so far are those that were read.
  virtual Result<std::optional<std::vector<int64_t>>> FindEnds() = 0;
  /// Whether the records before those ends are there already; false: they come with time.
  virtual bool EndsAreThere() const { return true; }
  /// The offset of the first record that is still there.
  virtual Result<std::vector<int64_t>> FindBegins() = 0;

  /// How many partitions there are now; they are numbered from 0. Asked again and again, and so
  /// waits for some two seconds only.
  virtual Result<int32_t> CountPartitions() {
    const Result<std::vector<int64_t>> begins = FindBegins();
    if (!begins) return std::unexpected(begins.error());
    return static_cast<int32_t>(begins->size());
  }

  /// Reads the given partitions, each from its position on. Batches have the definition's columns;
  /// those not among `wanted` (until SourceReader::Want says otherwise) have no meaningful values.
  virtual Result<std::unique_ptr<SourceReader>> Open(std::vector<Position> start,
                                                     std::vector<int> wanted,
                                                     MemoryBudget* budget) = 0;
};

/// Makes the connection of a stream; contacts nobody yet. `clock` outlives it. Errors: 22023 for an
/// unknown connector, an option it does not know or whose value it does not take, 42601 for one
/// that is missing, 42P17 for a column that it cannot fill.
std::expected<std::shared_ptr<StreamConnector>, DefinitionError> MakeConnector(
    std::string_view connector, const StreamDefinition& definition, Clock& clock);

/// What the connector of a stream needs to know of it.
StreamDefinition DefinitionOf(const storage::CatalogObject& stream);

}  // namespace riverrun::executor
