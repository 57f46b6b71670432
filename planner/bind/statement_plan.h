// What a statement becomes. A closed variant: the server that forgets one does not compile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "parser/ast/statement.h"
#include "planner/planner.h"
#include "storage/catalog/catalog_change.h"
#include "storage/catalog/catalog_object.h"

namespace riverrun::planner {

namespace ast = parser::ast;

/// SELECT, VALUES, TABLE; SHOW and DESCRIBE of objects, whose rows are constants of the plan.
struct QueryPlan {
  BoundQuery query;
  /// SELECT ... EMIT CHANGES: does not end.
  bool continuous = false;
  std::vector<Notice> notices = {};
};

/// A computed column of RETURNING, over the stored columns of the written row by position: the new
/// row of INSERT and UPDATE, the old one of DELETE.
struct ReturningColumn {
  std::string name;
  ExpressionRef expression;
};

/// What INSERT does with a row whose key is taken.
struct ConflictPlan {
  bool update = false;  // else the row is left out
  /// DO UPDATE: the row that replaces the one found, one expression a stored column of the table,
  /// over the row found (positions 0 to n-1) and the row that was to be inserted (n to 2n-1).
  std::vector<ExpressionRef> assignments = {};
  ExpressionRef where = nullptr;  // over the same; null: always
};

/// INSERT, UPDATE, DELETE, TRUNCATE. The root of the query is a Write.
///
/// Rows have the stored columns of the table in order. A table without a primary key has two hidden
/// ones behind them (storage/commit/table_layout.h): rows of UPDATE and DELETE have them, rows of
/// INSERT do not.
struct WritePlan {
  enum class Kind : uint8_t { kInsert, kUpdate, kDelete, kTruncate };
  Kind kind = Kind::kInsert;
  ObjectId table;
  BoundQuery query;
  std::optional<ConflictPlan> on_conflict = {};
  std::vector<ReturningColumn> returning = {};  // empty: no result
};

/// Changes of the catalog: CREATE, DROP, COMMENT. No changes where IF [NOT] EXISTS says so.
struct CatalogPlan {
  std::vector<storage::CatalogChange> changes;
  std::vector<Notice> notices = {};
  /// Where the statement names what a stream is read from, for errors about that.
  uint32_t source_position = 0;
};

/// CREATE MATERIALIZED VIEW or SINK: PlanMaterializedView (bind.h) completes the object.
struct MaterializedViewPlan {
  storage::CatalogObject object;  // without key and dataflow
  BoundQuery query;
};

struct BoundStatement;

/// EXPLAIN of a statement.
struct ExplainPlanned {
  std::shared_ptr<const BoundStatement> statement;
};

/// PREPARE: what it would do, and the statement to bind again with values.
struct PreparePlan {
  std::string name;
  std::shared_ptr<const ast::Statement> statement;
  std::shared_ptr<const BoundStatement> described;
};

/// DECLARE CURSOR.
struct CursorPlan {
  std::string name;
  bool hold = false;
  BoundQuery query;
};

/// WAIT FOR STREAM.
struct WaitPlan {
  ObjectId stream;
  int32_t partition = 0;
  int64_t offset = 0;
};

/// ALTER STREAM ... RESET TO.
struct StreamResetPlan {
  ObjectId stream;
  /// earliest, latest or a timestamp, as the option `start` takes them; or an offset.
  std::variant<std::string, int64_t> to;
  bool rebuild = false;   // the views are made anew
  uint32_t position = 0;  // of the place to reset to, in the statement
};

/// ALTER STREAM ... ADVANCE WATERMARK TO: no partition's watermark stays before it.
struct AdvancePlan {
  ObjectId stream;
  Micros to = 0;
};

/// Statements about the session alone: nothing in them has to be resolved.
using SessionPlan =
    std::variant<ast::Begin, ast::Commit, ast::Rollback, ast::RollbackTo, ast::Savepoint,
                 ast::ReleaseSavepoint, ast::Set, ast::SetTransaction, ast::Reset, ast::ShowSetting,
                 ast::Discard, ast::Execute, ast::Deallocate, ast::Fetch, ast::CloseCursor,
                 ast::Unlisten>;

using StatementPlan =
    std::variant<QueryPlan, WritePlan, CatalogPlan, MaterializedViewPlan, ExplainPlanned,
                 PreparePlan, CursorPlan, WaitPlan, StreamResetPlan, AdvancePlan, SessionPlan>;

}  // namespace riverrun::planner
