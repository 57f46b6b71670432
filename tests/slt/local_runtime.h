// A server without clients in one thread: journal, committer, workers, coordinator, and the
// contents of all tables, streams and materialized views.
//
// A change of the catalog makes it anew: all of the journal is replayed with the relations that
// there are then, so that a view made over rows that were there already has them.
#pragma once

#include <memory>
#include <random>

#include "server/engine/engine_parts.h"
#include "storage/view/read_view.h"
#include "tests/simulation/memory_file_system.h"

namespace riverrun::slt {

struct RuntimeOptions {
  int workers = 1;
  int workers_later = 1;         // after a restart
  bool one_row_batches = false;  // every batch of a source has one row
  bool serialised = false;       // exchanges carry bytes
  uint64_t seed = 1;             // of the order in which parts step
};

class LocalRuntime {
 public:
  /// Opens the journal in the files and replays it. They outlive the runtime.
  LocalRuntime(simulation::MemoryFileSystem& files, Clock& clock, const RuntimeOptions& options);

  /// Commits and steps until the commit is published. A change of the catalog is only recorded.
  Result<void> Commit(storage::WriteSet& writes);
  storage::Committer& committer() { return engine_->committer(); }
  /// The newest epoch with the content of everything: tables, streams, materialized views, and the
  /// errors of the last two.
  storage::ReadView Everything() const;
  /// Rows that views have dropped because they were late.
  std::map<ObjectId, uint64_t> Late() const { return engine_->late(); }
  /// What the sources of all workers had done at the newest epoch.
  const std::vector<executor::SourceReport>& Sources() const { return sources_; }
  EpochInfo epoch() const { return epoch_; }
  /// ALTER STREAM ... ADVANCE WATERMARK.
  void Advance(ObjectId stream, Micros to);
  /// How far time has come in a stream at the newest epoch, by columns of the source.
  std::vector<Watermark> Watermarks(const executor::SourceSpec& source) const;

 private:
  void Begin(const storage::CatalogObject& object);
  void Settle();

  const RuntimeOptions options_;
  std::mt19937_64 random_;
  EpochInfo epoch_;
  std::vector<executor::SourceReport> sources_;
  std::unique_ptr<server::EngineParts> engine_;
};

}  // namespace riverrun::slt
