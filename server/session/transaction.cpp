#include "server/session/session_impl.h"

namespace riverrun::server {
namespace {

// What a failed transaction still takes.
bool EndsTransaction(const ast::Statement& statement) {
  return std::holds_alternative<ast::Commit>(statement.node) ||
         std::holds_alternative<ast::Rollback>(statement.node) ||
         std::holds_alternative<ast::RollbackTo>(statement.node);
}

}  // namespace

void Session::Impl::BeginTransaction(Transaction::Kind kind) {
  ForgetTransaction();
  transaction.kind = kind;
  transaction.begin = engine.clock().Now();
  transaction.writes = storage::WriteSet(WriteOptions(/*block=*/true));
  transaction.settings = settings.TakeMark();
  for (const char* mode :
       {"transaction_isolation", "transaction_read_only", "transaction_deferrable"}) {
    settings.Put(mode, settings.Value("default_" + std::string(mode)));
  }
}

void Session::Impl::ChainTransaction(const std::string& isolation, const std::string& read_only) {
  BeginTransaction(Transaction::Kind::kBlock);
  settings.Put("transaction_isolation", isolation);
  settings.Put("transaction_read_only", read_only);
}

void Session::Impl::ForgetTransaction() {
  Transaction none;
  transaction = std::move(none);
}

void Session::Impl::CheckNotFailed(const ast::Statement& statement) const {
  if (!transaction.failed || EndsTransaction(statement)) return;
  throw SqlError(State("25P02"),
                 "current transaction is aborted, commands ignored until end of transaction block");
}

Result<void> Session::Impl::CheckMayWrite(std::string_view what) const {
  const char* mode = in_transaction() ? "transaction_read_only" : "default_transaction_read_only";
  if (settings.Value(mode) != "on") return {};
  return Fail(State("25006"),
              "cannot execute " + std::string(what) + " in a read-only transaction");
}

Result<void> Session::Impl::CommitTransaction() {
  // A portal reads the transaction's writes; none outlives it.
  portals.clear();
  Result<Committed> committed = Committed{};
  if (!transaction.writes.empty()) {
    StopTimer();
    committed = engine.Commit(transaction.writes, CommitDurability(), *cancel);
  }
  if (!committed) {
    RollBackTransaction();
    return std::unexpected(committed.error());
  }
  if (committed->lsn != 0) last_write = committed->lsn;
  settings.EndLocal();
  ForgetTransaction();
  return {};
}

void Session::Impl::RollBackTransaction() {
  portals.clear();
  settings.Restore(std::move(transaction.settings));
  ForgetTransaction();
}

void Session::Impl::FailTransaction() {
  if (!in_transaction()) return;
  transaction.failed = true;
  if (in_block()) return;
  RollBackTransaction();
  // What follows until the end of the implicit transaction is skipped by the protocol.
}

}  // namespace riverrun::server
