// The planner: from a statement to a dataflow.
//
//   Bind      planner/bind/      AST and catalog snapshot -> BoundQuery: names and types decided
//   Optimize  planner/optimize/  logical plan -> a better one with the same meaning
//   Lower     planner/lower/     logical plan -> executor::DataflowSpec
//
// A statement that is wrong throws SqlError; nothing else of the module throws. The planner keeps
// no state and reads nothing but the snapshot, so any number of threads may plan at once.
// logical_plan.h has the language between the steps, optimize/rules.h the list of rules.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "planner/logical_plan.h"
#include "types/error.h"
#include "types/settings.h"

namespace riverrun::planner {

/// A column of a query's result. One plan column may stand there twice, under two names.
struct ResultColumn {
  ColumnId column;
  std::string name;
};

/// A query with all names resolved.
struct BoundQuery {
  LogicalPlan plan;
  std::vector<ResultColumn> result;  // in the order of the SELECT list; empty for a Write
  ColumnAllocator columns;           // the plan's; rules take new ids from it
  std::vector<ObjectId> reads;       // objects that it names, each once, ascending
};

/// What is told to the user beside the result; NOTICE on the wire.
struct Notice {
  std::string text;
  std::string hint = {};
  SqlState sqlstate = State("00000");
};

/// How a query runs.
enum class QueryMode : uint8_t {
  kOneShot,     // to the end of its inputs: SELECT, INSERT ... SELECT
  kContinuous,  // for ever: a materialized view, a subscription, a sink
};

/// A better plan with the same meaning: same rows, same multiplicities, same rows in the error
/// collection as far as they decide which other rows appear.
BoundQuery Optimize(BoundQuery query, QueryMode mode);

struct LowerOptions {
  QueryMode mode = QueryMode::kOneShot;
  /// kContinuous: the view that the rows become; nothing: the last operator is the output.
  std::optional<ObjectId> view = {};
  /// Ids of the dataflow's operators, one a call; the catalog's for what is stored. Empty: 1, 2, 3.
  std::function<OperatorId()> next_operator = nullptr;
};

/// The rows of a Write: columns `before` and then `after` (logical_plan.h) of the dataflow's
/// output.
struct WriteTarget {
  ObjectId table;
  bool deletes = false;  // the table's columns come first, as they were
  bool inserts = false;  // the table's columns, as they will be, come last
};

/// A query ready to run.
struct LoweredQuery {
  executor::DataflowSpec dataflow;
  std::vector<executor::OutputColumn> columns;  // of the result
  std::vector<int> key;                         // positions of the view's unique key; empty: a bag
  std::optional<WriteTarget> write;
  std::vector<Notice> notices;  // which state grows, and what would bound it
};

/// Maps a plan to operators. Throws SqlError 0A000 for what the engine cannot run yet.
LoweredQuery Lower(const BoundQuery& query, const LowerOptions& options);

/// Optimize and Lower.
LoweredQuery PlanQuery(BoundQuery query, const LowerOptions& options);

}  // namespace riverrun::planner
