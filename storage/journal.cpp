#include "storage/journal.h"

#include <algorithm>

#include "storage/crc32c.h"

namespace riverrun::storage {
namespace {

FrameType TypeOf(const JournalRecord& record) {
  constexpr FrameType types[] = {FrameType::kCommit, FrameType::kCut, FrameType::kCheckpoint};
  return types[record.index()];
}

}  // namespace

/// What one frame carries.
struct LocalJournal::Piece {
  FrameType type;
  std::string_view payload;
  uint32_t crc;
};

LocalJournal::LocalJournal(FileSystem& files, JournalOptions options, OpenedJournal opened)
    : files_(files),
      options_(std::move(options)),
      incarnation_(opened.incarnation),
      segments_(std::move(opened.segments)),
      active_(std::move(opened.active)),
      written_(opened.end),
      end_(opened.end),
      tail_(options_.tail_bytes, options_.budget),
      acknowledged_(std::move(opened.acknowledged)),
      group_(opened.end, [this] { return SyncWritten(); }, options_.on_durable) {
  CHECK(options_.chunk_bytes > 0 && options_.chunk_bytes <= kFramePayloadMax);
}

LocalJournal::~LocalJournal() { group_.Stop(); }

Result<Lsn> LocalJournal::Append(const JournalRecord& record) {
  std::string bytes = Serialize(record);
  std::vector<Piece> pieces;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view payload = rest.substr(0, options_.chunk_bytes);
    rest.remove_prefix(payload.size());
    pieces.push_back(
        {rest.empty() ? FrameType::kSeal : FrameType::kChunk, payload, Crc32c(payload)});
  }
  if (pieces.size() == 1) pieces[0].type = TypeOf(record);
  if (!std::holds_alternative<CheckpointRecord>(record)) {
    const bool is_cut = std::holds_alternative<CutRecord>(record);
    const auto room = CheckReserve(is_cut ? options_.disk_reserve / 2 : options_.disk_reserve);
    if (!room) return std::unexpected(room.error());
  }

  std::unique_lock lock(mutex_);
  if (failure_) return std::unexpected(*failure_);
  const Lsn lsn = end_;
  if (auto written = Write(pieces); !written) {
    // A full disk is overcome by taking back what was written. Anything else may have left what
    // nobody knows, and only a start finds out.
    Result<void> usable = written;
    if (!failure_ && written.error().sqlstate == sqlstate::kDiskFull) usable = TakeBack(lsn);
    if (!usable) {
      failure_ = usable.error();
      lock.unlock();
      group_.Fail(usable.error());
    }
    return std::unexpected(written.error());
  }
  end_ = written_;
  tail_.Add(lsn, end_, std::move(bytes));
  group_.Wrote(end_);
  return lsn;
}

Result<void> LocalJournal::Write(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    const size_t size = kFrameHeaderBytes + piece.payload.size();
    const uint64_t used = written_ - segments_.back().first;
    if (used > 0 && used + size > options_.segment_bytes) {
      if (auto begun = BeginSegment(); !begun) return begun;
    }
    const auto durable = group_.Durable();
    if (!durable) return std::unexpected(durable.error());
    frame_.clear();
    AppendFrame({piece.type, written_, *durable, piece.payload}, piece.crc, frame_);
    if (auto written = active_->Append(frame_); !written) return written;
    written_ += size;
  }
  return {};
}

Result<void> LocalJournal::BeginSegment() {
  // Only the last segment may ever hold what is not durable: so a file that ends early, or is
  // missing, before another one is damage and not a torn write.
  if (auto synced = active_->Sync(); !synced) {
    failure_ = synced.error();
    return synced;
  }
  const bool begins_record = written_ == end_;
  auto active = CreateSegment(files_, options_.directory, {incarnation_, written_, begins_record});
  if (!active) return std::unexpected(active.error());
  active_ = std::move(*active);
  segments_.push_back({written_, options_.directory + "/" + SegmentName(written_), begins_record});
  return {};
}

Result<void> LocalJournal::TakeBack(Lsn end) {
  const size_t segments_before = segments_.size();
  while (segments_.back().first > end) {
    if (auto removed = files_.Remove(segments_.back().path); !removed) return removed;
    if (auto synced = files_.SyncDirectory(options_.directory); !synced) return synced;
    segments_.pop_back();
  }
  if (segments_.size() != segments_before) {
    auto active = files_.OpenWritable(segments_.back().path, OpenMode::kExisting);
    if (!active) return std::unexpected(active.error());
    active_ = std::move(*active);
  }
  const uint64_t offset = kSegmentHeaderBytes + (end - segments_.back().first);
  if (auto cut = active_->Truncate(offset); !cut) return cut;
  written_ = end;
  return active_->Sync();
}

Result<Lsn> LocalJournal::SyncWritten() {
  std::shared_ptr<WritableFile> file;
  Lsn end = 0;
  {
    const std::lock_guard lock(mutex_);
    file = active_;
    end = end_;
  }
  if (auto synced = file->Sync(); !synced) return std::unexpected(synced.error());
  if (auto noted = acknowledged_->Write({incarnation_, end}); !noted) {
    return std::unexpected(noted.error());
  }
  return end;
}

void LocalJournal::RequestDurable(Lsn lsn) { group_.Request(lsn + 1); }

Result<void> LocalJournal::WaitDurable(Lsn lsn) { return group_.Wait(lsn + 1); }

Lsn LocalJournal::Begin() const {
  const std::lock_guard lock(mutex_);
  return BeginOf(segments_);
}

Lsn LocalJournal::End() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

Result<std::unique_ptr<JournalReader>> LocalJournal::NewReader(Lsn lsn) {
  auto reader = MakeJournalReader(*this);
  if (auto sought = reader->SeekTo(lsn); !sought) return std::unexpected(sought.error());
  return reader;
}

Result<void> LocalJournal::TruncateBefore(Lsn lsn) {
  const std::lock_guard truncating(truncate_mutex_);
  while (true) {
    SegmentFile oldest;
    {
      const std::lock_guard lock(mutex_);
      // What is left must begin with the beginning of a record.
      const auto keep = std::ranges::find_if(
          segments_.rbegin(), segments_.rend(), [&](const SegmentFile& segment) {
            return segment.begins_record && segment.first <= std::min(lsn, end_);
          });
      if (keep == segments_.rend() || keep == std::prev(segments_.rend())) return {};
      oldest = segments_.front();
      segments_.erase(segments_.begin());  // first, so that no reader opens it any more
    }
    // One by one and oldest first: whatever a power loss undoes, no gap is left.
    Result<void> removed = files_.Remove(oldest.path);
    const bool still_there = !removed;
    if (removed) removed = files_.SyncDirectory(options_.directory);
    if (removed) continue;
    if (still_there) {
      const std::lock_guard lock(mutex_);
      segments_.insert(segments_.begin(), oldest);
    }
    return removed;
  }
}

void LocalJournal::StartGroupCommit(uint32_t lazy_milliseconds) { group_.Start(lazy_milliseconds); }

Result<void> LocalJournal::CheckSpace() const { return CheckReserve(options_.disk_reserve); }

Result<void> LocalJournal::CheckReserve(uint64_t reserve) const {
  if (reserve == 0) return {};
  const auto space = files_.Space(options_.directory);
  if (!space) return std::unexpected(space.error());
  if (space->free >= reserve) return {};
  return Fail(sqlstate::kDiskFull,
              "no more is written: the volume of \"" + options_.directory + "\" has " +
                  std::to_string(space->free) + " bytes free, fewer than the reserve of " +
                  std::to_string(reserve) + "; make room, and it goes on by itself");
}

Result<std::optional<LocalJournal::Place>> LocalJournal::Locate(Lsn lsn) const {
  const std::lock_guard lock(mutex_);
  const Lsn begin = BeginOf(segments_);
  if (lsn < begin) {
    return Fail(sqlstate::kObjectNotInPrerequisiteState,
                "the journal begins at position " + std::to_string(begin) + "; position " +
                    std::to_string(lsn) + " was truncated");
  }
  if (lsn > end_) {
    return Fail(sqlstate::kObjectNotInPrerequisiteState,
                "the journal ends at position " + std::to_string(end_) + ", before position " +
                    std::to_string(lsn));
  }
  if (lsn == end_) return std::nullopt;
  if (const JournalTail::Record* record = tail_.Find(lsn)) {
    return Place{record->bytes, record->next, {}, end_};
  }
  const auto behind = std::ranges::upper_bound(segments_, lsn, {}, &SegmentFile::first);
  return Place{nullptr, 0, *std::prev(behind), end_};
}

Result<std::unique_ptr<LocalJournal>> OpenLocalJournal(FileSystem& files, JournalOptions options) {
  auto opened = OpenJournalFiles(files, options.directory, options.new_incarnation);
  if (!opened) return std::unexpected(opened.error());
  return std::make_unique<LocalJournal>(files, std::move(options), std::move(*opened));
}

}  // namespace riverrun::storage
