// The logical plan: what a query means, before it is decided how it runs.
//
// A plan is an immutable DAG of nodes; only Shared nodes are met twice. Columns are ColumnIds,
// unique in the whole plan, never positions. A node either passes a column on under its id, or
// makes a new one: no two nodes make the same column. Rows are bags with no order, but for the
// TopN at the top of a one-shot query.
//
// Nodes are plain structs in a closed variant: a step that forgets one does not compile. To add a
// node: its struct here, a line in LogicalNode, then follow the compiler (logical/*.cpp,
// optimize/, lower/, explain.cpp).
//
// Invariants, checked by CheckPlan (logical/check_plan.h) after every rule in debug builds:
//   every column that a node reads is an output of one of its inputs, with the same type;
//   no column is made twice; the predicates are boolean; Shared nodes of one number have one input.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "executor/functions/function_registry.h"
#include "planner/scalar.h"
#include "types/data_type.h"
#include "types/id.h"
#include "types/time/interval.h"

namespace riverrun::planner {

struct LogicalNode;
using LogicalPlan = std::shared_ptr<const LogicalNode>;

/// A column that a node gives. The name is for people; names may repeat.
struct PlanColumn {
  ColumnId id;
  std::string name;
  Type type;
  bool operator==(const PlanColumn&) const = default;
};
using PlanColumns = std::vector<PlanColumn>;

/// Hands out the column ids of one plan. Never 0, so that a forgotten id is found.
class ColumnAllocator {
 public:
  ColumnId New() { return {++last_}; }
  PlanColumn New(std::string name, const Type& type) { return {New(), std::move(name), type}; }

 private:
  uint32_t last_ = 0;
};

/// A key of an ORDER BY.
struct OrderKey {
  ColumnId column;
  bool descending = false;
  bool nulls_first = false;
  bool operator==(const OrderKey&) const = default;
};

enum class ScanKind : uint8_t { kTable, kStream, kView /* materialized */, kSystem, kErrors };

/// Rows of a catalog object.
struct Scan {
  struct Column {
    PlanColumn column;
    int position = 0;       // in the object
    bool not_null = false;  // declared, or known
    bool operator==(const Column&) const = default;
  };
  ObjectId object;
  ScanKind kind = ScanKind::kTable;
  std::string name;  // qualified as a person would write it
  std::vector<Column> columns;
  std::vector<ColumnId> key = {};  // columns of a unique key, all among `columns`; empty: none
  bool append_only = false;        // true for streams
  std::optional<ColumnId> watermarked = {};
};

/// Constant rows. No columns and one row: what a SELECT without FROM reads.
struct Values {
  PlanColumns columns;
  /// One expression a column, without columns of their own, of exactly the column's type.
  std::vector<std::vector<ExpressionRef>> rows;
};

/// Keeps rows for which the predicate is true.
struct Filter {
  LogicalPlan input;
  ExpressionRef predicate;
};

/// Computes columns. Nothing else of the input passes.
struct Project {
  /// A column passes on if the expression is that very column: then `column.id` is its id, while
  /// the name may be another. Every other output has a new id.
  struct Item {
    PlanColumn column;
    ExpressionRef expression;
  };
  LogicalPlan input;
  std::vector<Item> items;
};

enum class JoinKind : uint8_t {
  kInner,  // no keys and no condition: the cross product
  kLeft,   // columns of the side that may be missing keep their ids and become nullable
  kRight,
  kFull,
  kSemi,    // left rows that have a partner; only left columns
  kAnti,    // left rows that have none; only left columns
  kMark,    // left columns and `mark`: whether there is a partner, NULL where SQL's IN says so
  kSingle,  // as kLeft; two partners are error 21000: a scalar subquery
};

/// An equality of a join.
struct JoinKey {
  ExpressionRef left, right;  // over the columns of that side, of one type
  bool null_safe = false;     // NULL equals NULL
};

struct Join {
  JoinKind kind = JoinKind::kInner;
  LogicalPlan left, right;
  std::vector<JoinKey> keys;
  ExpressionRef condition = nullptr;  // further condition over both sides; null means true
  std::optional<PlanColumn> mark = {};
};

/// A join whose right side may read columns of the left: LATERAL, and every subquery. The rules of
/// unnesting turn it into joins.
struct DependentJoin {
  JoinKind kind = JoinKind::kInner;
  LogicalPlan left, right;
  ExpressionRef condition = nullptr;
  std::optional<PlanColumn> mark = {};
};

/// Groups rows by SQL equality. Arguments, filters and keys are columns of the input; a Project
/// below computes them.
struct Aggregate {
  struct Call {
    PlanColumn column;
    const executor::Function* function = nullptr;
    std::vector<ColumnId> arguments = {};  // with the types of the signature; count(*): none
    std::optional<ColumnId> filter = {};   // boolean
    bool distinct = false;
    std::vector<OrderKey> order = {};
  };
  LogicalPlan input;
  /// Output: the columns of all sets in the order of their first occurrence, under their ids
  /// (nullable where a set leaves them out), then the calls. At least one set. An empty set is one
  /// global group, which exists even without rows. One set and no calls: DISTINCT.
  std::vector<std::vector<ColumnId>> grouping_sets;
  std::vector<Call> calls;
  /// int4: the number of the set, from 0, that made the row. GROUPING() is computed from it.
  std::optional<PlanColumn> set_number = {};
  /// EMIT ON WINDOW CLOSE: a group leaves once, when the watermark has passed the value of this
  /// key. One set.
  std::optional<ColumnId> closes_at = {};
};

/// The first `limit` rows after `offset`, of each group of equal `partition` columns; rows that are
/// equal in `order` count by their image, that of `columns` in this order. With an order and no
/// limit: ORDER BY, which has a meaning only at the top of a one-shot query.
struct TopN {
  LogicalPlan input;
  std::vector<OrderKey> order;
  uint64_t offset = 0;
  std::optional<uint64_t> limit = {};
  std::vector<ColumnId> partition = {};
  /// The output, which no rule changes, so that ties are broken alike in every plan. Those of
  /// `order` and `partition` are among them. Empty: all of the input's (Optimize writes them down).
  std::vector<ColumnId> columns = {};
};

/// Window functions that share a PARTITION BY and an ORDER BY. Adds columns to the input's.
struct Over {
  enum class Unit : uint8_t { kRows, kRange, kGroups };
  enum class Edge : uint8_t {
    kUnboundedPreceding,
    kPreceding,
    kCurrentRow,
    kFollowing,
    kUnboundedFollowing
  };
  enum class Exclude : uint8_t { kNoOthers, kCurrentRow, kGroup, kTies };
  struct Frame {
    Unit unit = Unit::kRange;
    Edge start = Edge::kUnboundedPreceding, end = Edge::kCurrentRow;
    ExpressionRef start_distance = nullptr, end_distance = nullptr;  // constants
    Exclude exclude = Exclude::kNoOthers;
  };
  struct Call {
    PlanColumn column;
    const executor::Function* function = nullptr;
    std::vector<ColumnId> arguments = {};
    std::optional<ColumnId> filter = {};
    Frame frame = {};
  };
  LogicalPlan input;
  std::vector<ColumnId> partition;
  std::vector<OrderKey> order;
  std::vector<Call> calls;
};

/// Puts each row into its windows of event time: TUMBLE, HOP. A row is repeated for each window it
/// is in. Adds window_start, window_end and window_time (= window_end - 1 us) of the type of
/// `time`.
struct WindowAssign {
  enum class Kind : uint8_t { kTumble, kHop };
  LogicalPlan input;
  Kind kind = Kind::kTumble;
  ColumnId time;
  Interval size;
  Interval slide;   // = size for kTumble
  Interval offset;  // of the windows' origin
  PlanColumn window_start, window_end, window_time;
  /// A row does not enter a window that its own watermark, of this column, has closed. With
  /// `closes` and without the column no row is late.
  bool closes = false;
  std::optional<ColumnId> row_watermark = {};
};

/// Keeps rows while a condition on the passing time holds: ts > now() - INTERVAL '5 minutes'.
struct TemporalFilter {
  enum class Comparison : uint8_t { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  struct Bound {
    ExpressionRef value;  // of the row; a timestamp
    Comparison comparison = Comparison::kGreater;
    Interval distance;  // value COMPARISON now() + distance
  };
  LogicalPlan input;
  std::vector<Bound> bounds;  // all must hold
};

/// UNION, INTERSECT, EXCEPT. Every output column is new.
struct SetOp {
  enum class Kind : uint8_t { kUnion, kIntersect, kExcept };
  struct Branch {
    LogicalPlan input;
    std::vector<ColumnId> columns;  // output i is columns[i] of this branch, of the same type
  };
  Kind kind = Kind::kUnion;
  bool all = true;
  PlanColumns columns;
  std::vector<Branch> branches;  // two or more
};

/// One use of a plan that several places read: a CTE met twice, or equal sub-plans. Each use gives
/// the columns new ids.
struct Shared {
  uint32_t number = 0;  // of what is shared; nodes with one number have one and the same input
  LogicalPlan input;
  struct Column {
    PlanColumn column;
    ColumnId from;  // of the input
  };
  std::vector<Column> columns;
};

/// MATCH_RECOGNIZE, as far as the plan around it needs it.
struct Pattern {
  LogicalPlan input;
  std::vector<ColumnId> partition;
  std::vector<OrderKey> order;
  PlanColumns columns;  // new: measures, and columns of the matched rows
};

/// When results leave: the last step of a continuous query.
struct Emit {
  enum class Mode : uint8_t { kChanges, kOnWindowClose, kEvery };
  LogicalPlan input;
  Mode mode = Mode::kChanges;
  Micros every = 0;  // kEvery
};

/// Changes of a table, the root of INSERT, UPDATE and DELETE: for each row, `before` goes and
/// `after` comes. Each is empty or has one column for each column of the table, in its order.
struct Write {
  LogicalPlan input;
  ObjectId table;
  std::string name;
  std::vector<ColumnId> before;
  std::vector<ColumnId> after;
};

/// A set-returning function: generate_series, unnest. For each row of the input, its columns with
/// each row of the function's result.
struct TableFunction {
  LogicalPlan input;
  const executor::Function* function = nullptr;
  std::vector<ExpressionRef> arguments;  // over the input's columns
  PlanColumns columns;                   // new
  std::optional<PlanColumn> ordinality = {};
};

struct LogicalNode {
  using Node = std::variant<Scan, Values, Filter, Project, Join, DependentJoin, Aggregate, TopN,
                            Over, WindowAssign, TemporalFilter, SetOp, Shared, Pattern, Emit, Write,
                            TableFunction>;
  Node node;
};

/// Wraps a node: `MakePlan(Filter{input, predicate})`.
template <class Node>
LogicalPlan MakePlan(Node node) {
  return std::make_shared<const LogicalNode>(LogicalNode{LogicalNode::Node(std::move(node))});
}

/// The node if it is of that kind, else null. Lives as long as the plan.
template <class Node>
const Node* As(const LogicalPlan& plan) {
  return std::get_if<Node>(&plan->node);
}

/// "Filter", "Aggregate": the kind of a node, for messages.
std::string_view KindName(const LogicalNode& node);

/// The columns of all grouping sets, each once, in the order of their first occurrence.
std::vector<ColumnId> KeyColumns(const Aggregate& aggregate);

/// Columns that a node gives, in its order.
PlanColumns OutputOf(const LogicalNode& node);
/// The same as a set of ids.
ColumnSet ColumnsOf(const LogicalNode& node);

/// The inputs of a node; Shared included.
std::vector<LogicalPlan> InputsOf(const LogicalNode& node);
/// The same node over other inputs. REQUIRES as many as InputsOf returns.
LogicalPlan WithInputs(const LogicalNode& node, std::vector<LogicalPlan> inputs);

/// Columns of the inputs that the node itself reads: in expressions, as keys, as arguments. What
/// it only passes on does not count.
ColumnSet ColumnsReadBy(const LogicalNode& node);

/// How rows are divided among workers.
struct PlanDistribution {
  enum class Kind : uint8_t { kAny, kHash, kSingleton };
  Kind kind = Kind::kAny;
  std::vector<ColumnId> columns = {};  // kHash, in the order in which they are hashed
  bool operator==(const PlanDistribution&) const = default;
};

/// A time that differs by a constant from other columns of the node: the start, the end and the
/// last microsecond of a window.
struct ShiftedTime {
  ColumnId family;   // a name that all such columns share
  Micros shift = 0;  // value - shift is the same for all of the family, in every row
  bool operator==(const ShiftedTime&) const = default;
};

/// What is known of the rows of a node, whatever the input.
struct PlanProperties {
  /// Column sets with at most one row for equal values (as GROUP BY compares, NULLs equal). The
  /// empty set means at most one row. No key contains another one.
  std::vector<ColumnSet> keys;
  bool append_only = false;  // never retracts a row
  ColumnSet watermarked;     // no row still to come is earlier than the watermark, unless late
  ColumnSet not_null;
  std::map<ColumnId, ShiftedTime> shifted;
  std::optional<uint64_t> rows_max;
  /// What bounds the rows, in words ("the rows of auctions"); nothing if they grow for ever.
  std::optional<std::string> row_bound;
  PlanDistribution distribution;
  /// What bounds the state of the node and all below it, in words; nothing if it grows with the
  /// input. Empty text: there is no state.
  std::optional<std::string> state_bound;

  /// Whether at most one row has given values of these columns.
  bool IsUnique(const ColumnSet& columns) const;
};

/// Derives the properties of a node from its inputs. One function, run again after every rule.
PlanProperties Derive(const LogicalNode& node);

/// The same for many nodes: keeps what it has derived, and the plans it has seen.
class PropertyCache {
 public:
  const PlanProperties& Of(const LogicalPlan& plan);

 private:
  std::map<LogicalPlan, PlanProperties> known_;
};

}  // namespace riverrun::planner
