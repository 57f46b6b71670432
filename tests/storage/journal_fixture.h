// What the tests of the journal share: records to append, and a look at all that stands in one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/journal.h"
#include "tests/simulation/memory_file_system.h"

namespace riverrun::storage {

inline constexpr const char* kJournalDirectory = "data/journal";

/// A commit with one row (number, text) for table 7.
CommitRecord MakeCommit(uint64_t transaction, std::string_view text);
CutRecord MakeCut(Epoch epoch, Lsn commits_before, int positions);

/// A record's place and its bytes, which are equal exactly when the records are.
struct Placed {
  Lsn lsn = 0;
  std::string bytes;
  bool operator==(const Placed&) const = default;
};

/// Options with which a few records fill a segment, and with `chunk_bytes` one record several.
JournalOptions SmallOptions(uint64_t segment_bytes = 400, uint64_t chunk_bytes = 150,
                            uint64_t tail_bytes = 1000);

/// Opens or fails the test.
std::unique_ptr<LocalJournal> MustOpen(FileSystem& files, JournalOptions options = SmallOptions());
/// Appends or fails the test.
Placed MustAppend(Journal& journal, const JournalRecord& record);
/// Everything from the journal's beginning, or fails the test.
std::vector<Placed> ReadAll(Journal& journal);
/// Reads on to the end; an error ends the list.
Result<std::vector<Placed>> ReadOn(JournalReader& reader);

/// The volume as another one sees it that has the same files.
std::unique_ptr<simulation::MemoryFileSystem> CopyOf(const simulation::MemoryFileSystem& files);

}  // namespace riverrun::storage
