// The journal: the one place that decides the order of everything.
//
// Every commit, cut and checkpoint is appended here, once, by the committer, the coordinator and
// the checkpointer. Any number of readers follow it: the sources of tables and of streams without a
// connector, the catalog, recovery. Invariants:
//   - A record is read by all in the same order, whole or not at all.
//   - A record that Append returned survives a kill of the process; one that WaitDurable returned
//     for survives a power loss.
//   - When it opens, the journal holds every record it ever acknowledged, or it refuses to open.
// Entry point: OpenLocalJournal. Read next: storage/segment.h for the files,
// storage/journal_opening.h for the rules at a start.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/acknowledged.h"
#include "storage/group_commit.h"
#include "storage/journal_opening.h"
#include "storage/journal_record.h"
#include "storage/journal_tail.h"
#include "storage/segment.h"
#include "types/file_system.h"

namespace riverrun::storage {

/// Follows the journal from a position. One thread; several readers do not disturb each other.
class JournalReader {
 public:
  virtual ~JournalReader() = default;
  /// The next record and its position; absent when all that is appended has been read, and again
  /// present when there is more. Holds one record's bytes at a time.
  /// Errors: XX001 damaged since the journal opened; 55000 truncated before the reader came.
  virtual Result<std::optional<std::pair<Lsn, JournalRecord>>> Next() = 0;
  /// Goes to the record at `lsn`, which is one that Append or Next returned, or End() or Begin().
  /// Errors: 55000 when the journal was truncated beyond it.
  virtual Result<void> SeekTo(Lsn lsn) = 0;
  /// Of the record that Next returns next.
  virtual Lsn position() const = 0;
};

/// An ordered log of records; local segments, or one partition of a topic. Any thread may call any
/// method. A record's Lsn is where it begins; a position between records is the Lsn of the next.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Adds a record at the end, safe from a kill of this process. Readers see it at once.
  /// Errors: 53100 when the volume is fuller than its reserve allows (nothing was added, and it
  /// can be tried again); 58030 when the disk failed, which is final until the next start.
  virtual Result<Lsn> Append(const JournalRecord& record) = 0;
  /// Asks that the record at `lsn` become durable, and does not wait: `on_durable` tells.
  /// REQUIRES lsn < End().
  virtual void RequestDurable(Lsn lsn) = 0;
  /// Waits until the record at `lsn` survives a power loss: from then on it is acknowledged.
  /// REQUIRES lsn < End(). Errors: 58030 when the disk failed.
  virtual Result<void> WaitDurable(Lsn lsn) = 0;
  /// Records before this position are durable. Errors: as WaitDurable.
  virtual Result<Lsn> Durable() const = 0;
  /// Position of the oldest record that is still there.
  virtual Lsn Begin() const = 0;
  /// Position behind the newest record.
  virtual Lsn End() const = 0;
  /// A reader that begins at `lsn`, as SeekTo has it. The journal must outlive it.
  virtual Result<std::unique_ptr<JournalReader>> NewReader(Lsn lsn) = 0;
  /// Forgets records before `lsn`, as far as whole files allow.
  virtual Result<void> TruncateBefore(Lsn lsn) = 0;
  /// Names this journal; a checkpoint remembers which journal it belongs to.
  virtual const Uuid& incarnation() const = 0;
};

struct JournalOptions {
  /// Of the segments and of ACKED; made if need be. The caller holds its lock.
  std::string directory;
  /// Length at which a new segment begins. A record never makes one longer unless it is alone.
  uint64_t segment_bytes = 64 << 20;
  /// Records longer than this are written in chunks. At most kFramePayloadMax.
  uint64_t chunk_bytes = 4 << 20;
  /// Newest records kept in memory for the readers, as bytes.
  uint64_t tail_bytes = 8 << 20;
  /// Commits are refused while the volume has less free space, in bytes; cuts below half of it;
  /// checkpoints, which make room, never.
  uint64_t disk_reserve = 0;
  /// Names a journal that is made new; chosen at random by the caller.
  Uuid new_incarnation;
  /// Called when Durable would answer anew, by the thread that synced. Must not wait.
  std::function<void()> on_durable;
  /// Holds the tail and what readers parse; null counts nothing.
  MemoryBudget* budget = nullptr;
};

/// The journal in segment files of this machine.
class LocalJournal final : public Journal {
 public:
  LocalJournal(FileSystem& files, JournalOptions options, OpenedJournal opened);
  ~LocalJournal() override;

  Result<Lsn> Append(const JournalRecord& record) override;
  void RequestDurable(Lsn lsn) override;
  Result<void> WaitDurable(Lsn lsn) override;
  Result<Lsn> Durable() const override { return group_.Durable(); }
  Lsn Begin() const override;
  Lsn End() const override;
  Result<std::unique_ptr<JournalReader>> NewReader(Lsn lsn) override;
  Result<void> TruncateBefore(Lsn lsn) override;
  const Uuid& incarnation() const override { return incarnation_; }

  /// Group commit, as the simulator and tests drive it: one round, false when nobody asked.
  bool Step() { return group_.Step(); }
  /// Group commit on a thread of its own; see GroupCommit::Start.
  void StartGroupCommit(uint32_t lazy_milliseconds);
  /// Ends that thread: `on_durable` is not called any more. Idempotent.
  void StopGroupCommit() { group_.Stop(); }
  /// Errors: 53100 when commits are refused. Sources ask before they read more.
  Result<void> CheckSpace() const;

  /// Where a reader finds the record at a position.
  struct Place {
    std::shared_ptr<const std::string> bytes;  // in memory, with `next`; else in `segment`
    Lsn next = 0;
    SegmentFile segment;
    Lsn end = 0;  // nothing from here on may be read
  };
  /// Absent at the end. Errors: 55000 before the beginning.
  Result<std::optional<Place>> Locate(Lsn lsn) const;
  FileSystem& files() const { return files_; }
  MemoryBudget* budget() const { return options_.budget; }

 private:
  struct Piece;
  Result<void> CheckReserve(uint64_t reserve) const;
  Result<void> Write(const std::vector<Piece>& pieces);
  Result<void> BeginSegment();
  Result<void> TakeBack(Lsn end);
  Result<Lsn> SyncWritten();

  FileSystem& files_;
  const JournalOptions options_;
  const Uuid incarnation_;
  std::mutex truncate_mutex_;  // taken before mutex_
  mutable std::mutex mutex_;   // never held while `group_` calls SyncWritten
  std::vector<SegmentFile> segments_;
  std::shared_ptr<WritableFile> active_;  // the last segment
  Lsn written_;                           // behind the last frame; beyond `end_` inside Append
  Lsn end_;
  std::string frame_;             // being written
  std::optional<Error> failure_;  // of the disk: nothing is written any more
  JournalTail tail_;
  std::unique_ptr<AcknowledgedFile> acknowledged_;  // touched by SyncWritten only
  GroupCommit group_;
};

/// Opens the journal of a directory, or makes a new one in an empty directory.
/// Errors: XX001 when it is damaged or lacks records that were acknowledged; the text names the
/// file and what to do. 58030 and 53100 from the disk.
Result<std::unique_ptr<LocalJournal>> OpenLocalJournal(FileSystem& files, JournalOptions options);

/// What NewReader makes: a reader without a position yet. The journal must outlive it.
std::unique_ptr<JournalReader> MakeJournalReader(const LocalJournal& journal);

}  // namespace riverrun::storage
