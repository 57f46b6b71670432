// The engine's instruction set: what the planner compiles to, and what the catalog stores.
//
// A spec is a plain description that can be compared, printed and serialised; Make turns it into
// the running operator of one worker. To add an operator: its spec here, a line in OperatorSpec,
// its class behind a Make function in a file of its own, its bytes in dataflow_codec.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "executor/expressions/expression.h"
#include "executor/operator.h"
#include "types/codec/key.h"
#include "types/id.h"
#include "types/value.h"

namespace riverrun::executor {

/// Rows of a stream, table or view, of which the dataflow uses some columns. Stateless.
struct SourceSpec {
  ObjectId object;
  std::vector<int> columns;  // positions in the object; the output has them in this order
  /// Only the row with this key is wanted: a value for each column of the object's key, by its
  /// position. Others do no harm. Empty: all rows. In one-shot dataflows only, never stored.
  std::vector<std::pair<int, Value>> key = {};
  bool operator==(const SourceSpec&) const = default;
};

/// Constant rows, once: they come when a fresh dataflow starts, on the owner of vnode 0. No columns
/// and one row: what a SELECT without FROM reads.
struct ValuesSpec {
  std::vector<std::vector<Value>> rows;  // a value for each output column, of its type
  bool operator==(const ValuesSpec&) const = default;
};

/// Keeps the rows for which the predicate is true. Stateless.
struct FilterSpec {
  ExpressionRef predicate;
  bool operator==(const FilterSpec& other) const { return *predicate == *other.predicate; }
};

/// Computes one output column per expression. Stateless.
struct ProjectSpec {
  std::vector<ExpressionRef> outputs;
  bool operator==(const ProjectSpec& other) const;  // by structure, not by pointer
};

/// The rows of all inputs, which have the same column types. Stateless.
struct UnionSpec {
  bool operator==(const UnionSpec&) const = default;
};

/// One aggregate function of an AggregateSpec.
struct AggregateCall {
  std::string signature;          // as registered: "sum(bigint) -> numeric", "count(*) -> bigint"
  std::vector<int> arguments;     // input columns
  std::optional<int> filter;      // boolean input column; rows where it is not true are left out
  Type result;
  bool operator==(const AggregateCall&) const = default;
};

/// Groups rows by SQL equality of the keys and keeps aggregates of each group. Output: the keys
/// (of the row with the smallest key image), then one column per call. No keys: one global group,
/// which exists even without rows. No calls: DISTINCT.
struct AggregateSpec {
  std::vector<int> keys;
  std::vector<AggregateCall> calls;
  bool append_only = false;  // the input never retracts: min and max keep one value
  bool global = false;       // REQUIRES keys is empty
  bool operator==(const AggregateSpec&) const = default;
};

/// The rows of an epoch grouped where they are, before they go to the workers of their groups.
/// Output: the keys, then one column per call, a row for each group with weight 1; at the barrier,
/// and sooner if groups become many or use too much memory, so that a group may have several rows.
/// Keeps nothing beyond the barrier. The input is append-only, equal keys have one image, and no
/// call can fail (see SplitAggregate).
struct PartialAggregateSpec {
  std::vector<int> keys;  // none: all rows are one group, which exists only with rows
  std::vector<AggregateCall> calls;
  bool operator==(const PartialAggregateSpec&) const = default;
};

/// The first `limit` rows after `offset`, by the order and then by image. Output: the same columns.
/// A fresh one-shot run emits them in that order.
struct TopNSpec {
  std::vector<SortColumn> order;
  uint64_t offset = 0;
  std::optional<uint64_t> limit;
  bool operator==(const TopNSpec&) const = default;
};

/// The first `limit` rows after `offset` in any order; then the output is closed. Only for
/// one-shot reads: it is no function of the input as a bag.
struct LimitSpec {
  uint64_t offset = 0;
  uint64_t limit = 0;
  bool operator==(const LimitSpec&) const = default;
};

/// Applies the rows to a view's content and publishes it at each barrier.
struct MaterializeSpec {
  ObjectId view;
  std::vector<int> key;  // unique key columns; empty means that the view is a bag
  bool operator==(const MaterializeSpec&) const = default;
};

/// Puts each row into its windows of event time, [start, start + size) for every start that is a
/// multiple of `slide` away from `offset`; a row is repeated for each of them. Output: the input's
/// columns, then start, end and the last microsecond of the window, of the type of `time`. A row
/// without a time has no window and is dropped. Stateless.
struct WindowSpec {
  int time = 0;
  Micros size = 0, slide = 0, offset = 0;  // size and slide are positive
  /// A row does not enter a window that its own watermark has closed, and is counted as late.
  bool closes = false;
  std::optional<int> row_watermark = {};  // nothing: no row is late, but for one without a time
  /// Windows of one length are made of slices, pieces of time of the greatest length that divides
  /// size and slide. Rows may be put into slices first, and those, grouped, into windows.
  enum class Mode : uint8_t {
    kWindows,
    /// Each row once. Output: the input's columns, then the last microsecond of its slice; with a
    /// row_watermark, also the mark of the row: a window of the slice is open to it if it ends
    /// after the mark. Rows of a slice that miss the same windows have the same mark.
    kSlices,
    /// Rows are slices: `time` is their last microsecond, `row_watermark` their mark. They are
    /// counted as late no more.
    kWindowsOfSlices,
  };
  Mode mode = Mode::kWindows;
  bool operator==(const WindowSpec&) const = default;
};

/// The length of the slices of windows. REQUIRES both are positive.
Micros SliceLength(const WindowSpec& spec);

/// As AggregateSpec, but a group leaves once, when it is complete: when the watermark of the key
/// `window` has passed its value. Then it is forgotten. The input is append-only and brings no row
/// of a group that has left.
struct CloseGroupsSpec {
  std::vector<int> keys;
  std::vector<AggregateCall> calls;
  int window = 0;  // of `keys`
  bool operator==(const CloseGroupsSpec&) const = default;
};

using OperatorSpec =
    std::variant<SourceSpec, FilterSpec, ProjectSpec, UnionSpec, AggregateSpec, TopNSpec, LimitSpec,
                 MaterializeSpec, ValuesSpec, WindowSpec, CloseGroupsSpec, PartialAggregateSpec>;

/// True where rows with errors must have left before: the operator keeps rows, or is an output.
bool IsStateful(const OperatorSpec& spec);

/// What an operator is given to live with. Everything outlives the operator.
struct OperatorContext {
  const EvalContext* eval;            // its epoch is the one the pipeline is in
  const std::vector<Type>* inputs;    // column types of input 0
  const std::vector<Type>* outputs;   // column types of the output
  MemoryBudget* budget;
  bool owns_single = true;            // this worker owns what belongs to a single worker
  /// Rows that were late for a window, as often as the dataflow has met one; null: nobody counts.
  uint64_t* late = nullptr;
};

std::unique_ptr<Operator> MakeValues(const ValuesSpec& spec, const OperatorContext& context);
std::unique_ptr<Operator> MakeFilter(const FilterSpec& spec, const OperatorContext& context);
std::unique_ptr<Operator> MakeProject(const ProjectSpec& spec, const OperatorContext& context);
/// Also the way in for a source: a union of one input passes everything on.
std::unique_ptr<Operator> MakeUnion(size_t inputs);
std::unique_ptr<Operator> MakeAggregate(const AggregateSpec& spec, const OperatorContext& context);
std::unique_ptr<Operator> MakeWindows(const WindowSpec& spec, const OperatorContext& context);
std::unique_ptr<Operator> MakeCloseGroups(const CloseGroupsSpec& spec,
                                          const OperatorContext& context);
/// When a PartialAggregate gives up what it holds, and when it stops to hold anything.
struct PartialLimits {
  size_t groups = 8192;  // with their index they stay in the second-level cache
  size_t bytes = size_t{16} << 20;
  /// More groups than this for 100 rows: the next `passed` batches go on row by row.
  uint32_t groups_percent = 50;
  uint32_t passed = 32;
};
std::unique_ptr<Operator> MakePartialAggregate(const PartialAggregateSpec& spec,
                                               const OperatorContext& context,
                                               const PartialLimits& limits = {});
std::unique_ptr<Operator> MakeTopN(const TopNSpec& spec, const OperatorContext& context);
std::unique_ptr<Operator> MakeLimit(const LimitSpec& spec, const OperatorContext& context);

}  // namespace riverrun::executor
