// What the journal does when it opens: finds its end, or refuses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/acknowledged.h"
#include "storage/segment.h"
#include "types/file_system.h"
#include "types/id.h"
#include "types/uuid.h"

namespace riverrun::storage {

struct SegmentFile {
  Lsn first = 0;
  std::string path;
  bool begins_record = true;  // as its header says
};

/// The oldest position that can be read: where the first segment that begins a record begins.
/// Segments before it are what an unfinished truncation left. REQUIRES there is one.
Lsn BeginOf(const std::vector<SegmentFile>& segments);

struct OpenedJournal {
  Uuid incarnation;
  std::vector<SegmentFile> segments;     // ascending, at least one
  Lsn end = 0;                           // behind the last record; all before it is durable
  std::unique_ptr<WritableFile> active;  // the last segment, which ends at `end`
  std::unique_ptr<AcknowledgedFile> acknowledged;
};

/// Opens a journal's files, whatever a kill, a power loss or a failing disk has left of them.
///
/// Every frame is checked. The rules, of which the first that fits counts:
///   - Nothing there: a new journal.
///   - A damaged frame or header with anything behind it that was written after the damaged place
///     was durable (a later segment, or a good frame that says so): refused.
///   - A segment missing between two others: refused.
///   - What is left at the very end is a write that never finished (a torn frame, chunks without
///     their seal, a segment without header): taken away, unless the journal then ends before what
///     ACKED says was acknowledged: refused.
/// Nothing is changed before it is known that nothing is refused. What was not known durable is
/// written once more and synced, because a sync that failed in the process before may have left it
/// in the system's memory only.
Result<OpenedJournal> OpenJournalFiles(FileSystem& files, const std::string& directory,
                                       const Uuid& new_incarnation);

/// Makes the file of a segment with its header, durable with its name. Errors: 53100 when the disk
/// is full and no file is left; 58030 otherwise.
Result<std::unique_ptr<WritableFile>> CreateSegment(FileSystem& files, const std::string& directory,
                                                    const SegmentHeader& header);

}  // namespace riverrun::storage
