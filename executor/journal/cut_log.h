// The journal as the coordinator sees it.
#pragma once

#include "executor/runtime/coordinator.h"
#include "storage/journal.h"

namespace riverrun::executor {

/// Appends the cuts to the journal, and asks it to sync what an epoch waits for.
class JournalCutLog final : public CutLog {
 public:
  /// The journal outlives the log.
  explicit JournalCutLog(storage::Journal& journal) : journal_(journal) {}

  Result<void> Append(const storage::CutRecord& cut) override;
  /// False also when the journal has failed: then no epoch is published any more.
  bool Durable(Lsn lsn) override;

 private:
  storage::Journal& journal_;
};

}  // namespace riverrun::executor
