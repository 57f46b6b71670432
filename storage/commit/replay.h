// What a start makes of the journal.
#pragma once

#include <vector>

#include "storage/commit/committer.h"
#include "storage/journal.h"

namespace riverrun::storage {

/// Reads all of the journal: its commits give the committer its state again. Returns the cuts, in
/// order, for the coordinator to make the same epochs. Errors: those of the reader and of
/// Committer::Replay.
Result<std::vector<CutRecord>> ReplayJournal(Journal& journal, Committer& committer);

}  // namespace riverrun::storage
