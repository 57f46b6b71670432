#include <algorithm>

#include "planner/planner.h"
#include "server/relations/registry.h"
#include "server/session/session_impl.h"
#include "server/session/write_rows.h"

namespace riverrun::server {
namespace {

using planner::WritePlan;

// Tries outside the committer before the statement is evaluated inside.
constexpr int kTriesOutside = 3;

std::string_view VerbOf(const WritePlan& plan) {
  switch (plan.kind) {
    case WritePlan::Kind::kInsert:
      return "INSERT";
    case WritePlan::Kind::kUpdate:
      return "UPDATE";
    case WritePlan::Kind::kDelete:
      return "DELETE";
    case WritePlan::Kind::kTruncate:
      return "TRUNCATE TABLE";
  }
  return "";
}

std::string TagOf(const WritePlan& plan, uint64_t rows) {
  std::string tag(VerbOf(plan));
  if (plan.kind == WritePlan::Kind::kTruncate) return tag;
  // The 0 stood for the row's OID once.
  if (plan.kind == WritePlan::Kind::kInsert) tag += " 0";
  return tag + " " + std::to_string(rows);
}

// True for what another commit in the meantime may have caused, and another try may not meet.
bool MayPass(const Error& error, const WritePlan& plan) {
  if (error.sqlstate == sqlstate::kSerializationFailure) return true;
  // An UPDATE whose row another one has moved meets that row's new key.
  const bool reads_keys = plan.on_conflict.has_value() || plan.kind == WritePlan::Kind::kUpdate;
  return error.sqlstate == sqlstate::kUniqueViolation && reads_keys;
}

// What one evaluation of a statement came to.
struct Evaluated {
  WrittenRows rows;
  std::vector<Batch> returned;
  uint64_t count = 0;
};

struct Evaluation {
  const WritePlan& plan;
  const planner::LoweredQuery& query;
  const storage::CatalogObject& table;
  const Settings& settings;
  Micros now;
  MemoryBudget* budget;
  const Cancel& cancel;

  // Evaluates over `view` and adds to `writes`.
  Result<Evaluated> Run(const storage::ReadView& view, bool check,
                        storage::WriteSet& writes) const {
    const auto rows = RunQuery({query, view, settings, now, budget});
    const Result<std::vector<Batch>> output = Drain(*rows, cancel);
    if (!output) return std::unexpected(output.error());
    const executor::EvalContext context{
        .epoch = {view.epoch, now}, .settings = &settings, .budget = budget};
    auto written = RowsToWrite(plan, table, *output, view, context, writes);
    if (!written) return std::unexpected(written.error());
    Evaluated result;
    result.rows = *std::move(written);
    if (check) {
      if (auto sound = CheckWrittenRows(table, result.rows, view); !sound) {
        return std::unexpected(sound.error());
      }
    }
    auto returned = Returned(plan, result.rows, context);
    if (!returned) return std::unexpected(returned.error());
    result.returned = *std::move(returned);
    for (const Batch& batch : result.rows.returning) result.count += batch.selected();
    for (const Batch& delta : result.rows.deltas) {
      if (auto added = writes.Add(table, {table.id, 0, delta}); !added) {
        return std::unexpected(added.error());
      }
    }
    return result;
  }
};

// Into the transaction's writes; its COMMIT is what may find a conflict.
Result<Evaluated> WriteInTransaction(Session::Impl& session, const Evaluation& evaluation,
                                     const std::vector<ObjectId>& objects) {
  const auto view = session.OpenRead(objects);
  if (!view) return std::unexpected(view.error());
  if (auto all = session.CheckAllThere(*view, objects); !all) {
    return std::unexpected(all.error());
  }
  storage::WriteSet& writes = session.transaction.writes;
  const size_t before = writes.Savepoint();
  Result<Evaluated> evaluated = evaluation.Run(*view, /*check=*/true, writes);
  if (!evaluated) writes.RollbackTo(before);
  return evaluated;
}

// A transaction of its own. It never fails because another was first: it is evaluated again, at
// last where no other can be.
Result<Evaluated> Autocommit(Session::Impl& session, const Evaluation& evaluation,
                             const std::vector<ObjectId>& objects) {
  Result<Evaluated> evaluated = Evaluated{};
  Result<Committed> committed = Committed{};
  const auto evaluate = [&](const storage::ReadView& view) -> Result<storage::WriteSet> {
    storage::WriteSet writes(session.WriteOptions(/*block=*/false));
    evaluated = evaluation.Run(view, /*check=*/false, writes);
    if (!evaluated) return std::unexpected(evaluated.error());
    return writes;
  };
  // Once a statement, whatever the number of its tries.
  std::map<ObjectId, storage::ReadView::MadeRows> made;
  if (AnyVirtual(objects)) {
    auto moment = session.OpenRead(objects);
    if (!moment) return std::unexpected(moment.error());
    made = std::move(moment->made);
  }
  for (int tries = 0; tries <= kTriesOutside; ++tries) {
    auto view = session.engine.OpenNewest(objects, session.last_write, *session.cancel);
    if (!view) return std::unexpected(view.error());
    session.AddEmpty(objects, false, *view);
    view->made = made;
    if (auto all = session.CheckAllThere(*view, objects); !all) {
      return std::unexpected(all.error());
    }
    if (tries < kTriesOutside) {
      auto writes = evaluate(*view);
      if (!writes) return std::unexpected(writes.error());
      committed = session.engine.Commit(*writes, session.CommitDurability(), *session.cancel);
    } else {
      // Views do not change inside: what the statement reads of them is fixed before.
      committed = session.engine.CommitInside(
          [&](storage::Committer::Inside& inside) {
            storage::ReadView newest = inside.Newest(objects);
            newest.epoch = view->epoch;
            newest.versions.merge(view->versions);
            newest.made = made;
            return evaluate(newest);
          },
          session.CommitDurability(), *session.cancel);
    }
    if (committed || !MayPass(committed.error(), evaluation.plan)) break;
  }
  if (!committed) return std::unexpected(committed.error());
  if (committed->lsn != 0) session.last_write = committed->lsn;
  return evaluated;
}

}  // namespace

storage::WriteSet::Options Session::Impl::WriteOptions(bool block) {
  return {.explicit_transaction = block,
          .bytes_max = std::stoull(settings.Value("transaction_max_bytes")),
          .budget = &budget};
}

Result<Answer> Session::Impl::RunWrite(const WritePlan& plan, bool alone) {
  if (auto may = CheckMayWrite(VerbOf(plan)); !may) return std::unexpected(may.error());
  const planner::LoweredQuery query = planner::PlanQuery(plan.query, {});
  const storage::CatalogRef catalog = Context().catalog;
  const storage::ObjectRef table = catalog->Find(plan.table);
  if (table == nullptr) {
    return Fail(sqlstate::kUndefinedTable, "the relation was dropped by another session");
  }
  const Micros now = in_transaction() ? transaction.begin : engine.clock().Now();
  const Evaluation evaluation{plan, query,   *table, settings.settings(),
                              now,  &budget, *cancel};
  std::vector<ObjectId> objects = plan.query.reads;
  if (std::ranges::find(objects, plan.table) == objects.end()) objects.push_back(plan.table);

  Result<Evaluated> evaluated = alone ? Autocommit(*this, evaluation, objects)
                                      : WriteInTransaction(*this, evaluation, objects);
  if (!evaluated) return std::unexpected(evaluated.error());
  Answer answer{.rows = nullptr, .tag = TagOf(plan, evaluated->count)};
  if (!plan.returning.empty()) answer.rows = MakeRows(std::move(evaluated->returned));
  return answer;
}

}  // namespace riverrun::server
