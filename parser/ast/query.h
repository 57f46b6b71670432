// Queries: what SELECT, VALUES, TABLE and their combinations mean on paper. The four spellings of
// time windows stay apart here (table function, GROUP BY function, WINDOW clause); the binder makes
// them one.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "parser/ast/expression.h"

namespace riverrun::parser::ast {

struct TableRef;

/// A column with its type: in column definition lists, in the signature of a model or function.
struct ColumnType {
  Identifier name;
  TypeName type;
  bool operator==(const ColumnType&) const = default;
};

/// AS name (columns). The name is empty only for AS (a int, b text) after a function.
struct TableAlias {
  Identifier name;
  std::vector<Identifier> columns;
  std::vector<ColumnType> column_types;
  bool operator==(const TableAlias&) const = default;
};

/// A relation by name, with FOR SYSTEM_TIME AS OF when that was given.
struct NamedTable {
  QualifiedName name;
  bool only = false;
  Box<Expression> system_time;
  bool operator==(const NamedTable&) const = default;
};

struct DerivedTable {
  Box<Query> query;
  bool lateral = false;
  bool operator==(const DerivedTable&) const = default;
};

/// One function of ROWS FROM, with its column definitions.
struct TableFunctionItem {
  FunctionCall call;
  std::vector<ColumnType> column_types;
  bool operator==(const TableFunctionItem&) const = default;
};

/// f(...), TABLE(f(...)), or ROWS FROM (f(...), g(...)) when rows_from is set.
struct TableFunction {
  std::vector<TableFunctionItem> functions;
  bool rows_from = false;
  bool lateral = false;
  bool with_ordinality = false;
  bool operator==(const TableFunction&) const = default;
};

enum class JoinKind { kInner, kLeft, kRight, kFull, kCross, kSemi, kAnti, kAsof, kAsofLeft };

/// WITHIN of a stream-stream join in ksqlDB's spelling: how far the right row may be before and
/// after the left one.
struct JoinWithin {
  Expression before;
  Box<Expression> after;  // empty: the same as before
  Box<Expression> grace;
  bool operator==(const JoinWithin&) const = default;
};

struct Join {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  Box<TableRef> left;
  Box<TableRef> right;
  Box<Expression> on;
  std::vector<Identifier> using_columns;
  Box<Expression> match_condition;  // ASOF only
  std::optional<JoinWithin> within;
  bool operator==(const Join&) const = default;
};

// ---- MATCH_RECOGNIZE ----

struct Pattern;

struct PatternVariable {
  Identifier name;
  bool operator==(const PatternVariable&) const = default;
};
struct PatternAnchor {
  bool end = false;  // $ instead of ^
  bool operator==(const PatternAnchor&) const = default;
};
/// Parts one after the other; without parts, the empty pattern ().
struct PatternSequence {
  std::vector<Pattern> parts;
  bool operator==(const PatternSequence&) const = default;
};
struct PatternAlternation {
  std::vector<Pattern> options;
  bool operator==(const PatternAlternation&) const = default;
};
struct PatternPermutation {
  std::vector<Pattern> parts;
  bool operator==(const PatternPermutation&) const = default;
};
/// {- part -}: matched, but left out of ALL ROWS output.
struct PatternExclusion {
  Box<Pattern> part;
  bool operator==(const PatternExclusion&) const = default;
};
struct PatternRepetition {
  Box<Pattern> part;
  uint32_t least = 0;
  std::optional<uint32_t> most;  // absent: without bound
  bool reluctant = false;
  bool operator==(const PatternRepetition&) const = default;
};

/// A row pattern. Parentheses are resolved into the tree.
struct Pattern {
  std::variant<PatternVariable, PatternAnchor, PatternSequence, PatternAlternation,
               PatternPermutation, PatternExclusion, PatternRepetition>
      node;
  Span span;
  bool operator==(const Pattern&) const = default;
};

struct Measure {
  Expression expression;
  Identifier name;
  bool operator==(const Measure&) const = default;
};

struct PatternDefinition {
  Identifier variable;
  Expression condition;
  bool operator==(const PatternDefinition&) const = default;
};

struct PatternSubset {
  Identifier name;
  std::vector<Identifier> members;
  bool operator==(const PatternSubset&) const = default;
};

struct AfterMatch {
  enum class Kind { kPastLastRow, kToNextRow, kToFirst, kToLast };
  Kind kind = Kind::kPastLastRow;
  Identifier variable;  // for kToFirst and kToLast
  bool operator==(const AfterMatch&) const = default;
};

struct MatchRecognize {
  enum class EmptyMatches { kDefault, kShow, kOmit, kWithUnmatched };
  Box<TableRef> input;
  std::vector<Expression> partition_by;
  Box<Expression> inactive_after;
  std::vector<SortKey> order_by;
  std::vector<Measure> measures;
  bool all_rows = false;
  EmptyMatches empty_matches = EmptyMatches::kDefault;
  bool timeout_rows = false;
  AfterMatch after_match;
  Pattern pattern;
  Box<Expression> within;
  std::vector<PatternSubset> subsets;
  std::vector<PatternDefinition> definitions;
  bool operator==(const MatchRecognize&) const = default;
};

/// One item of FROM.
struct TableRef {
  std::variant<NamedTable, DerivedTable, TableFunction, Join, Box<MatchRecognize>> node;
  std::optional<TableAlias> alias;
  Span span;
  bool operator==(const TableRef&) const = default;
};

// ---- SELECT ----

struct SelectItem {
  Expression expression;
  std::optional<Identifier> alias;
  Span span;
  bool operator==(const SelectItem&) const = default;
};

struct GroupingElement;

/// ROLLUP (...) or CUBE (...); a Row among the items stands for several columns.
struct Rollup {
  std::vector<Expression> items;
  bool cube = false;
  bool operator==(const Rollup&) const = default;
};
struct GroupingSets {
  std::vector<GroupingElement> elements;
  bool operator==(const GroupingSets&) const = default;
};
/// ()
struct EmptyGroup {
  bool operator==(const EmptyGroup&) const = default;
};

/// One element of GROUP BY; a Row without the word ROW stands for its columns.
struct GroupingElement {
  std::variant<Expression, Rollup, GroupingSets, EmptyGroup> node;
  Span span;
  bool operator==(const GroupingElement&) const = default;
};

struct NamedWindow {
  Identifier name;
  WindowSpecification specification;
  bool operator==(const NamedWindow&) const = default;
};

/// WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 10 SECONDS). Lengths are interval expressions.
struct StreamWindow {
  enum class Kind { kTumbling, kHopping, kSession };
  Kind kind = Kind::kTumbling;
  Box<Expression> size;     // the gap of a session
  Box<Expression> advance;  // kHopping
  Box<Expression> grace;
  Span span;
  bool operator==(const StreamWindow&) const = default;
};

struct Select {
  bool distinct = false;
  std::vector<Expression> distinct_on;
  std::vector<SelectItem> items;
  std::vector<TableRef> from;
  std::optional<StreamWindow> stream_window;
  Box<Expression> where;
  bool group_by_distinct = false;
  std::vector<GroupingElement> group_by;
  Box<Expression> having;
  std::vector<NamedWindow> windows;
  Box<Expression> qualify;
  bool operator==(const Select&) const = default;
};

/// VALUES: at least one row. Rows may differ in length here; the binder checks.
struct Values {
  std::vector<std::vector<Expression>> rows;
  bool operator==(const Values&) const = default;
};

/// TABLE t.
struct TableQuery {
  QualifiedName name;
  bool operator==(const TableQuery&) const = default;
};

enum class SetOperator { kUnion, kIntersect, kExcept };

struct SetOperation {
  SetOperator op = SetOperator::kUnion;
  bool all = false;
  Box<Query> left;
  Box<Query> right;
  bool operator==(const SetOperation&) const = default;
};

struct CommonTable {
  enum class Materialized { kDefault, kAlways, kNever };
  Identifier name;
  std::vector<Identifier> columns;
  Materialized materialized = Materialized::kDefault;
  Box<Query> query;
  Span span;
  bool operator==(const CommonTable&) const = default;
};

struct With {
  bool recursive = false;
  std::vector<CommonTable> tables;
  bool operator==(const With&) const = default;
};

struct RowLocking {
  enum class Strength { kUpdate, kNoKeyUpdate, kShare, kKeyShare };
  enum class Wait { kBlock, kNoWait, kSkipLocked };
  Strength strength = Strength::kUpdate;
  std::vector<QualifiedName> of;
  Wait wait = Wait::kBlock;
  Span span;
  bool operator==(const RowLocking&) const = default;
};

struct Emit {
  enum class Kind { kChanges, kOnWindowClose, kEvery };  // FINAL is kOnWindowClose
  Kind kind = Kind::kChanges;
  Box<Expression> interval;  // kEvery
  Span span;
  bool operator==(const Emit&) const = default;
};

/// A query with what may surround its body. A parenthesised query is the query itself.
struct Query {
  std::optional<With> with;
  std::variant<Select, Values, TableQuery, SetOperation> body;
  std::vector<SortKey> order_by;
  Box<Expression> limit;  // empty: no limit, as LIMIT ALL
  Box<Expression> offset;
  bool with_ties = false;  // FETCH FIRST n ROWS WITH TIES
  std::vector<RowLocking> locking;
  std::optional<Emit> emit;
  Span span;
  bool operator==(const Query&) const = default;
};

}  // namespace riverrun::parser::ast
