// What a session is made of; private to this folder.
//
//   session.cpp          the public methods: simple queries, cancel
//   prepared.cpp         the extended protocol and SQL's PREPARE: statements and portals
//   run_statement.cpp    one bound statement: queries, catalog changes, EXPLAIN
//   run_write.cpp        INSERT, UPDATE, DELETE, TRUNCATE
//   run_session.cpp      statements about the session: transactions, settings, cursors
//   transaction.cpp      the transaction's state
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "parser/ast/statement.h"
#include "planner/bind/bind.h"
#include "server/session/row_stream.h"
#include "server/session/session.h"
#include "server/session/session_settings.h"
#include "storage/commit/write_set.h"

namespace riverrun::server {

namespace ast = parser::ast;

/// A statement as the client sent it.
struct ParsedStatement {
  std::shared_ptr<const ast::Statement> statement;  // null: the text was empty
  std::shared_ptr<const std::string> text;          // what positions count in
};

/// A statement that waits to be executed, often.
struct Prepared {
  ParsedStatement parsed;
  std::vector<planner::BindParameter> declared;  // types without values
  std::vector<Type> parameters;
  std::optional<std::vector<Field>> fields;
};

/// What a statement answers: rows, or only that it is done.
struct Answer {
  std::unique_ptr<RowStream> rows;  // null: none
  std::string tag;
  bool counts_rows = false;  // the number of rows delivered is appended to the tag
};

/// Whom a statement answers, and whether it may be a transaction of its own.
struct Caller {
  Client& client;
  bool alone = false;
};

/// A statement with its parameters, about to run, running or done.
struct Portal {
  ParsedStatement parsed;
  std::shared_ptr<const planner::BoundStatement> bound;
  std::optional<std::vector<Field>> fields;
  std::vector<Format> formats;
  bool started = false;
  bool complete = false;   // has answered to the end
  uint64_t number = 0;     // portals are numbered as they are made
  bool cursor = false;    // made by DECLARE
  bool describe = false;  // its columns are told before its rows: a simple query
  std::unique_ptr<RowPager> rows;
  std::string tag;
  bool counts_rows = false;
};

/// The transaction that is open, if one is.
struct Transaction {
  enum class Kind : uint8_t {
    kNone,
    kImplicit,  // of several statements without BEGIN
    kBlock,     // BEGIN
  };
  struct Savepoint {
    std::string name;
    size_t writes = 0;
    uint64_t portals = 0;  // those with a smaller number outlive a rollback to here
    SessionSettings::Mark settings;
  };
  Kind kind = Kind::kNone;
  bool failed = false;
  Micros begin = 0;  // what now() says
  storage::WriteSet writes;
  std::vector<Savepoint> savepoints;
  SessionSettings::Mark settings;              // as they were before
  std::optional<storage::ReadView> repeatable;  // REPEATABLE READ: everything at one epoch
  std::set<ObjectId> created;  // objects that it makes
  bool has_read = false;       // a query has run: its isolation is settled
};

/// The columns of a query's result.
std::vector<Field> FieldsOfQuery(const planner::BoundQuery& query);
/// Whether two results look alike to a client.
bool SameShape(const std::optional<std::vector<Field>>& a,
               const std::optional<std::vector<Field>>& b);

struct Session::Impl {
  Impl(Engine& given_engine, SessionOptions given_options);

  Engine& engine;
  const SessionOptions options;
  MemoryBudget budget;
  storage::Principal principal;
  SessionSettings settings;
  Transaction transaction;
  Lsn last_write = 0;  // reads contain it
  std::set<ObjectId> warned;  // of rows that failed in these views
  std::map<std::string, Prepared> statements;
  std::map<std::string, std::shared_ptr<Portal>> portals;
  uint64_t portals_made = 0;

  // Cancelling: from any thread.
  std::mutex cancel_mutex;
  std::shared_ptr<Cancel> cancel = std::make_shared<Cancel>();
  bool running = false;
  bool terminated = false;

  // session.cpp
  Report ReportOf(const Error& error) const;
  Report ReportOf(const SqlError& error, const std::string& text) const;
  void StartStatement();
  void EndStatement();
  /// From here on only a client may end the statement, not its time.
  void StopTimer();
  void Tell(Client& client, Severity severity, Error error) const;
  void TellChanges(Client& client);
  std::optional<Report> RunOne(const ParsedStatement& parsed, bool alone, Client& client);
  Result<void> RunToEnd(const ParsedStatement& parsed, bool alone, Client& client);

  // run_statement.cpp
  planner::BindContext Context();
  /// Checks the transaction's state, binds. Throws SqlError.
  planner::BoundStatement Bind(const ParsedStatement& parsed,
                               std::vector<planner::BindParameter> parameters = {});
  /// The columns of what a statement returns; nothing if it returns no rows.
  std::optional<std::vector<Field>> FieldsOf(const planner::BoundStatement& bound);
  /// Throws SqlError.
  Result<Answer> Run(const planner::BoundStatement& bound, const ast::Statement& statement,
                     const Caller& caller);
  Result<Answer> RunQueryPlan(const planner::QueryPlan& plan, const ast::Statement& statement,
                              Client& client);
  Result<Answer> RunExplain(const planner::ExplainPlanned& plan);
  Result<Answer> RunCatalog(std::vector<storage::CatalogChange> changes, std::string tag,
                            bool alone, uint32_t source_position = 0);
  Result<Answer> RunWait(const planner::WaitPlan& plan);
  Result<Answer> RunStreamReset(const planner::StreamResetPlan& plan, bool alone);
  Result<Answer> RunAdvance(const planner::AdvancePlan& plan, bool alone);
  Result<Answer> RunPrepare(const planner::PreparePlan& plan);
  /// The rows of virtual relations among the objects, from one moment whose contents are in `view`.
  storage::ReadView AddMadeRows(const std::vector<ObjectId>& objects, storage::ReadView view);
  /// Versions of objects that are empty at the view's epoch, and of which no epoch knows.
  void AddEmpty(const std::vector<ObjectId>& objects, bool repeatable, storage::ReadView& view);
  /// 42P01 for an object that should have content and has no version: dropped in the meantime.
  Result<void> CheckAllThere(const storage::ReadView& view, const std::vector<ObjectId>& objects);
  Result<storage::ReadView> OpenRead(const std::vector<ObjectId>& objects);
  Result<std::unique_ptr<RowStream>> OpenQuery(const planner::BoundQuery& query, Client& client);
  /// The error collections of the materialized views among the objects of which nobody was warned.
  std::vector<ObjectId> ErrorsToWarnOf(const std::vector<ObjectId>& objects);
  /// A WARNING for each that has rows: the first time that this session reads its view.
  void WarnOfErrors(const std::vector<ObjectId>& errors, const storage::ReadView& view,
                    Client& client);

  // run_write.cpp
  Result<Answer> RunWrite(const planner::WritePlan& plan, bool alone);
  storage::WriteSet::Options WriteOptions(bool block);
  Durability CommitDurability() const {
    return settings.synchronous_commit() ? Durability::kDurable : Durability::kAppended;
  }

  // run_session.cpp
  Result<Answer> RunSession(const planner::SessionPlan& plan, const Caller& caller);
  Result<Answer> RunNode(const ast::Begin& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Commit& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Rollback& node, const Caller& caller);
  Result<Answer> RunNode(const ast::RollbackTo& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Savepoint& node, const Caller& caller);
  Result<Answer> RunNode(const ast::ReleaseSavepoint& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Set& node, const Caller& caller);
  Result<Answer> RunNode(const ast::SetTransaction& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Reset& node, const Caller& caller);
  Result<Answer> RunNode(const ast::ShowSetting& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Discard& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Execute& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Deallocate& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Fetch& node, const Caller& caller);
  Result<Answer> RunNode(const ast::CloseCursor& node, const Caller& caller);
  Result<Answer> RunNode(const ast::Unlisten& node, const Caller& caller);
  Result<Answer> DeclareCursor(const planner::CursorPlan& plan, const Caller& caller);
  std::vector<Field> ShowFields(const ast::ShowSetting& node) const;
  Result<void> SetModes(const ast::TransactionModes& modes, bool local);
  Result<void> SetMode(std::string_view name, std::string_view value, bool local);
  /// True if nothing that follows can belong to the same transaction.
  bool IsAlone(const Caller& caller) const { return caller.alone || !in_transaction(); }

  // transaction.cpp
  void BeginTransaction(Transaction::Kind kind);
  /// The same with the modes of the one that has just ended: AND CHAIN.
  void ChainTransaction(const std::string& isolation, const std::string& read_only);
  void ForgetTransaction();
  /// 25P02 in a transaction that has failed, unless the statement ends it. Throws SqlError.
  void CheckNotFailed(const ast::Statement& statement) const;
  /// 25006 in a transaction that only reads; `what` is a command tag.
  Result<void> CheckMayWrite(std::string_view what) const;
  /// Ends it, writes and all. After an error the transaction is rolled back.
  Result<void> CommitTransaction();
  void RollBackTransaction();
  /// A statement has failed.
  void FailTransaction();
  bool in_block() const { return transaction.kind == Transaction::Kind::kBlock; }
  bool in_transaction() const { return transaction.kind != Transaction::Kind::kNone; }

  // prepared.cpp
  Result<Prepared> Prepare(ParsedStatement parsed, std::vector<planner::BindParameter> declared);
  Result<std::shared_ptr<Portal>> BindPortal(const Prepared& prepared,
                                             std::vector<planner::BindParameter> parameters);
  /// Runs a portal on, `rows_max` rows (0: all) and says how it ended.
  Result<void> RunPortal(Portal& portal, uint64_t rows_max, const Caller& caller);
  /// Errors: 53400 beyond the number a session may have.
  Result<void> CheckRoomForStatement() const;
  Result<void> CheckRoomForPortal() const;
  /// Runs `work`, turns what it throws and returns into a report, and fails the transaction.
  template <class F>
  auto Guarded(const std::string& text, F&& work)
      -> std::expected<typename std::invoke_result_t<F>::value_type, Report>;
};

template <class F>
auto Session::Impl::Guarded(const std::string& text, F&& work)
    -> std::expected<typename std::invoke_result_t<F>::value_type, Report> {
  Report report;
  try {
    auto result = work();
    if constexpr (std::is_void_v<typename decltype(result)::value_type>) {
      if (result) return {};
    } else {
      if (result) return *std::move(result);
    }
    report = ReportOf(result.error());
  } catch (const SqlError& error) {
    report = ReportOf(error, text);
  }
  FailTransaction();
  return std::unexpected(std::move(report));
}

}  // namespace riverrun::server
