#include "executor/journal/cut_log.h"

namespace riverrun::executor {

Result<void> JournalCutLog::Append(const storage::CutRecord& cut) {
  const Result<Lsn> lsn = journal_.Append(cut);
  if (!lsn) return std::unexpected(lsn.error());
  return {};
}

bool JournalCutLog::Durable(Lsn lsn) {
  const Result<Lsn> durable = journal_.Durable();
  if (!durable) return false;
  if (*durable >= lsn) return true;
  journal_.RequestDurable(lsn - 1);
  return false;
}

}  // namespace riverrun::executor
