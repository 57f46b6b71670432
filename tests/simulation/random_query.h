// Random continuous queries over random tables, streams and earlier views.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "storage/run/view_layout.h"
#include "tests/random_data.h"
#include "tests/simulation/window_view.h"

namespace riverrun::simulation {

/// Something a query can read.
struct Relation {
  ObjectId id;
  std::vector<executor::OutputColumn> columns;
  bool append_only = false;
};

/// A view: its dataflow, which ends with a MaterializeSpec, and what it stores.
struct RandomView {
  Relation relation;
  executor::DataflowSpec spec;
  executor::DataflowSpec whole;  // the same with every aggregation in one step
  storage::ViewLayout layout;
  std::optional<WindowQuery> window = {};  // what it is said to be, if it is a query over windows
  /// The generation from which on it reads a stream; others it reads from their first.
  std::map<ObjectId, uint32_t> reads_from = {};
};

/// Columns of the types that the simulator uses, the first of which is a bigint called "k".
std::vector<executor::OutputColumn> RandomColumns(testing::RandomData& random);

/// A query of one to four operators over one or two of the relations. Its expressions fail for some
/// rows: divisions by zero, overflows.
RandomView MakeRandomView(ObjectId id, const std::vector<Relation>& relations,
                          testing::RandomData& random);

/// The view of a table on itself: its content, by its key.
RandomView MakeTableView(const Relation& table, const storage::ViewLayout& layout);

}  // namespace riverrun::simulation
