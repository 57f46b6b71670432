#include "storage/commit/replay.h"

#include <utility>

namespace riverrun::storage {

Result<std::vector<CutRecord>> ReplayJournal(Journal& journal, Committer& committer) {
  std::vector<CutRecord> cuts;
  Result<std::unique_ptr<JournalReader>> reader = journal.NewReader(journal.Begin());
  if (!reader) return std::unexpected(reader.error());
  while (true) {
    auto next = (*reader)->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) return cuts;
    auto& [lsn, record] = **next;
    if (auto* cut = std::get_if<CutRecord>(&record)) cuts.push_back(std::move(*cut));
    if (const auto* commit = std::get_if<CommitRecord>(&record)) {
      if (Result<void> replayed = committer.Replay(lsn, *commit); !replayed) {
        return std::unexpected(replayed.error());
      }
    }
  }
}

}  // namespace riverrun::storage
