// Relations whose rows are made when a statement reads them.
//
//   virtual_relation.h   what one is made of: name, columns, and who makes its rows
//   registry.h           all of them, and the rows that a statement asks for
//   system_views.cpp, system_sources.cpp, read_progress.cpp   one relation of the schema sys each
//
// The rows are computed once a statement, from one moment, and read by the ordinary one-shot
// dataflow. So a relation is a list of columns and a function that appends rows; it knows neither
// the query nor which columns it wants.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/source_status.h"
#include "storage/catalog/catalog_object.h"
#include "storage/view/read_view.h"
#include "types/column/batch.h"
#include "types/time/interval.h"

namespace riverrun::server {

/// What the rows are computed from.
struct Moment {
  /// The statement's epoch with everything that has content at it. Its catalog is that of the
  /// statement, with what the transaction has created.
  storage::ReadView view;
  std::vector<SourceStatus> sources;     // by stream and partition
  std::map<ObjectId, uint64_t> late;     // rows that views have dropped, where there are any
  std::map<ObjectId, double> progress;   // of views that are being filled, where it is known
  std::vector<std::string> search_path;  // decides which names are qualified

  /// The name of a relation as regclass prints it: qualified only where the search path finds
  /// another relation, or none, under the bare name; in quotes where it needs them.
  std::string NameOf(const storage::CatalogObject& object) const;
};

/// Appends rows, cell by cell. What is absent is NULL.
class RowWriter {
 public:
  RowWriter(const std::vector<storage::CatalogColumn>& columns, MemoryBudget* budget);

  RowWriter& Text(std::optional<std::string_view> text);
  RowWriter& Int(std::optional<int64_t> value);  // int4 or int8, as the column is
  RowWriter& Float(std::optional<double> value);
  RowWriter& Time(std::optional<Micros> time);
  RowWriter& Span(std::optional<Interval> interval);
  /// REQUIRES a cell for each column.
  void EndRow();
  std::vector<Batch> Finish();

 private:
  ColumnBuilder& Next() { return builder_.column(column_++); }

  BatchBuilder builder_;
  size_t column_ = 0;
  std::vector<Batch> rows_;
};

struct VirtualRelation {
  std::string_view schema, name;
  std::vector<storage::CatalogColumn> columns;
  void (*make)(const Moment& moment, RowWriter& rows);
};

/// A column; whether it can be NULL is for the planner to know.
storage::CatalogColumn MayBeNull(std::string name, const Type& type);
storage::CatalogColumn NotNull(std::string name, const Type& type);

VirtualRelation SystemViews();
VirtualRelation SystemSources();
VirtualRelation ReadProgress();

}  // namespace riverrun::server
