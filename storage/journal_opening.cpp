#include "storage/journal_opening.h"

#include <algorithm>
#include <optional>

namespace riverrun::storage {
namespace {

constexpr size_t kRewriteBytes = 1 << 20;
constexpr size_t kSearchBytes = 256 << 10;

uint64_t FileOffset(const SegmentFile& segment, Lsn lsn) {
  return kSegmentHeaderBytes + (lsn - segment.first);
}

std::string Quote(const std::string& path) { return "\"" + path + "\""; }

std::string Parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::optional<Lsn> BeginOrNone(const std::vector<SegmentFile>& segments) {
  const auto first = std::ranges::find(segments, true, &SegmentFile::begins_record);
  if (first == segments.end()) return std::nullopt;
  return first->first;
}

// The steps of one opening, in the order of the methods.
class Opening {
 public:
  Opening(FileSystem& files, const std::string& directory) : files_(files), directory_(directory) {}

  Result<void> ReadDirectory();
  Result<void> CheckHeaders();
  Result<void> CheckFrames();
  Result<void> CheckAcknowledged() const;
  // All is well: from here on files change.
  Result<void> TakeAwayUnfinished();
  Result<void> WriteAgain();
  Result<OpenedJournal> Finish() &&;

  bool empty() const { return segments_.empty(); }

 private:
  Lsn Promised() const { return acknowledged_ ? acknowledged_->end : 0; }
  Result<Lsn> ScanSegment(SegmentReader& reader);
  Result<void> CheckNothingBehind(SegmentReader& reader, const SegmentFile& segment, Lsn bad);
  Result<void> RemoveDurably(const std::string& path);
  std::unexpected<Error> Damaged(const SegmentFile& segment, uint64_t offset,
                                 const std::string& how) const;

  FileSystem& files_;
  const std::string& directory_;
  std::vector<SegmentFile> segments_;
  std::optional<SegmentFile> headless_;  // a last segment that was never finished
  std::optional<Acknowledged> acknowledged_;
  Uuid incarnation_;
  bool named_ = false;           // `incarnation_` is known
  std::optional<Lsn> unsealed_;  // begin of the chunks that have no seal yet
  Lsn end_ = 0;
  std::unique_ptr<WritableFile> active_;
};

std::unexpected<Error> Opening::Damaged(const SegmentFile& segment, uint64_t offset,
                                        const std::string& how) const {
  return Fail(sqlstate::kDataCorrupted,
              "journal file " + Quote(segment.path) + " is damaged at byte " +
                  std::to_string(offset) + ": " + how +
                  "; restore the file from a backup, or give up all records from there on: cut it "
                  "to " +
                  std::to_string(offset) + " bytes (remove it if that is less than " +
                  std::to_string(kSegmentHeaderBytes) + "), remove the segments after it and " +
                  Quote(directory_ + "/ACKED"));
}

Result<void> Opening::ReadDirectory() {
  const auto names = files_.List(directory_);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto first = ParseSegmentName(name);
    if (first) segments_.push_back({*first, directory_ + "/" + name, true});
  }
  auto acknowledged = AcknowledgedFile::Read(files_, directory_);
  if (!acknowledged) return std::unexpected(acknowledged.error());
  acknowledged_ = *acknowledged;
  named_ = acknowledged_.has_value();
  if (acknowledged_) incarnation_ = acknowledged_->incarnation;
  return {};
}

Result<void> Opening::CheckHeaders() {
  for (SegmentFile& segment : segments_) {
    const auto read = ReadSegmentHeader(files_, segment.path);
    if (!read) return std::unexpected(read.error());
    const std::optional<SegmentHeader>& header = *read;
    if (header) {
      segment.begins_record = header->begins_record;
      if (header->first != segment.first) {
        return Damaged(segment, 0, "its header belongs to a file of another name");
      }
      if (!named_) incarnation_ = header->incarnation;
      named_ = true;
      if (header->incarnation == incarnation_) continue;
      return Damaged(segment, 0, "it belongs to another journal than the files beside it");
    }
    auto file = files_.OpenReadable(segment.path);
    if (!file) return std::unexpected(file.error());
    const auto size = (*file)->Size();
    if (!size) return std::unexpected(size.error());
    // The header is durable before the first frame is written: without frames it was never used.
    const bool is_last = &segment == &segments_.back();
    const bool is_only = is_last && segments_.size() == 1;
    const bool was_begun = is_last && *size <= kSegmentHeaderBytes &&
                           (!is_only || (segment.first == 0 && !acknowledged_));
    if (!was_begun) return Damaged(segment, 0, "its header has a wrong checksum");
    headless_ = segment;
  }
  if (headless_) segments_.pop_back();
  return {};
}

// Returns the position behind the last good frame.
Result<Lsn> Opening::ScanSegment(SegmentReader& reader) {
  Lsn at = reader.first();
  while (true) {
    const auto read = reader.At(at);
    if (!read) return std::unexpected(read.error());
    if (read->state != FrameRead::State::kGood) return at;
    const FrameType type = read->frame.type;
    const bool continues = type == FrameType::kSeal || (type == FrameType::kChunk && unsealed_);
    if (continues != unsealed_.has_value()) return at;  // out of place: as good as damaged
    if (type == FrameType::kChunk && !unsealed_) unsealed_ = at;
    if (type == FrameType::kSeal) unsealed_.reset();
    at += read->frame.size();
  }
}

// A torn write may leave good frames behind a bad one, when the disk wrote later pages first. But
// a good frame that says "all before S was durable when I was written" proves that a bad frame
// before S was whole once. So does ACKED.
Result<void> Opening::CheckNothingBehind(SegmentReader& reader, const SegmentFile& segment,
                                         Lsn bad) {
  Lsn at = bad + 1;
  while (true) {
    const auto bytes = reader.Peek(at, kSearchBytes);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() < kFrameHeaderBytes) return {};
    const size_t seen = bytes->size();
    const auto candidate = FindFramePosition(*bytes, at);
    if (!candidate) {
      at += seen - kFrameHeaderBytes + 1;
      continue;
    }
    const auto read = reader.At(*candidate);
    if (!read) return std::unexpected(read.error());
    const bool good = read->state == FrameRead::State::kGood;
    if (good && std::max(read->frame.synced, Promised()) > bad) {
      return Damaged(segment, FileOffset(segment, bad),
                     "a frame with a wrong checksum stands before good ones");
    }
    at = *candidate + (good ? read->frame.size() : 1);
  }
}

Result<void> Opening::CheckFrames() {
  for (size_t i = 0; i < segments_.size(); ++i) {
    const SegmentFile& segment = segments_[i];
    // A truncation that was not finished may have left the end of a record as the beginning.
    if (i == 0 && !segment.begins_record) unsealed_ = segment.first;
    if (segment.begins_record == unsealed_.has_value()) {
      return Damaged(segment, 0, "it does not continue the file before it");
    }
    auto reader = SegmentReader::Open(files_, segment.path, segment.first);
    if (!reader) return std::unexpected(reader.error());
    const auto reached = ScanSegment(*reader);
    if (!reached) return std::unexpected(reached.error());
    const auto rest = reader->Peek(*reached, 1);
    if (!rest) return std::unexpected(rest.error());
    end_ = *reached;
    const SegmentFile* next = i + 1 < segments_.size() ? &segments_[i + 1]
                              : headless_              ? &*headless_
                                                       : nullptr;
    if (next == nullptr) {
      const auto torn = CheckNothingBehind(*reader, segment, *reached);
      if (!torn) return torn;
    } else if (!rest->empty()) {
      return Damaged(segment, FileOffset(segment, *reached),
                     "a frame with a wrong checksum stands before " + Quote(next->path));
    } else if (*reached != next->first) {
      return Fail(sqlstate::kDataCorrupted,
                  "journal in " + Quote(directory_) + " lacks positions " +
                      std::to_string(*reached) + " to " + std::to_string(next->first) +
                      ": a file between " + Quote(segment.path) + " and " + Quote(next->path) +
                      " is missing or cut short; restore it from a backup, or give up the records "
                      "behind the gap: remove the segments after it and " +
                      Quote(directory_ + "/ACKED"));
    }
  }
  if (unsealed_) end_ = *unsealed_;
  const bool readable = segments_.empty() || BeginOrNone(segments_).value_or(UINT64_MAX) <= end_;
  if (readable) return {};
  return Fail(sqlstate::kDataCorrupted,
              "journal in " + Quote(directory_) + " begins inside a record: the file before " +
                  Quote(segments_.front().path) + " is missing; restore it from a backup");
}

Result<void> Opening::CheckAcknowledged() const {
  if (end_ >= Promised()) return {};
  const std::string last = segments_.empty() ? directory_ : segments_.back().path;
  return Fail(
      sqlstate::kDataCorrupted,
      "journal in " + Quote(directory_) + " ends at position " + std::to_string(end_) +
          ", but records before position " + std::to_string(Promised()) +
          " were acknowledged: the end of " + Quote(last) +
          " or a file after it is lost; restore it from a backup, or give up those records: "
          "remove " +
          Quote(directory_ + "/ACKED"));
}

Result<void> Opening::RemoveDurably(const std::string& path) {
  if (auto removed = files_.Remove(path); !removed) return removed;
  return files_.SyncDirectory(directory_);
}

Result<void> Opening::TakeAwayUnfinished() {
  // From the last to the first, so that a crash in between leaves no gap.
  if (headless_) {
    if (auto removed = RemoveDurably(headless_->path); !removed) return removed;
  }
  if (segments_.empty()) return {};
  while (segments_.back().first > end_) {
    if (auto removed = RemoveDurably(segments_.back().path); !removed) return removed;
    segments_.pop_back();
  }
  auto active = files_.OpenWritable(segments_.back().path, OpenMode::kExisting);
  if (!active) return std::unexpected(active.error());
  active_ = std::move(*active);
  const uint64_t offset = FileOffset(segments_.back(), end_);
  return active_->size() > offset ? active_->Truncate(offset) : Result<void>();
}

Result<void> Opening::WriteAgain() {
  const SegmentFile& last = segments_.back();
  const auto header =
      active_->Overwrite(0, SerializeSegmentHeader({incarnation_, last.first, last.begins_record}));
  if (!header) return header;
  auto file = files_.OpenReadable(last.path);
  if (!file) return std::unexpected(file.error());
  Lsn at = std::max(last.first, Promised());
  std::string bytes;
  while (at < end_) {
    bytes.resize(static_cast<size_t>(std::min<uint64_t>(kRewriteBytes, end_ - at)));
    const auto got = (*file)->ReadAt(FileOffset(last, at), bytes);
    if (!got) return std::unexpected(got.error());
    if (*got != bytes.size()) return Fail(sqlstate::kIoError, "file shrank: " + Quote(last.path));
    if (auto written = active_->Overwrite(FileOffset(last, at), bytes); !written) return written;
    at += bytes.size();
  }
  if (auto synced = active_->Sync(); !synced) return synced;
  return files_.SyncDirectory(directory_);
}

Result<OpenedJournal> Opening::Finish() && {
  auto acknowledged = AcknowledgedFile::Open(files_, directory_, {incarnation_, end_});
  if (!acknowledged) return std::unexpected(acknowledged.error());
  return OpenedJournal{incarnation_, std::move(segments_), end_, std::move(active_),
                       std::move(*acknowledged)};
}

Result<OpenedJournal> MakeNewJournal(FileSystem& files, const std::string& directory,
                                     const Uuid& incarnation) {
  auto active = CreateSegment(files, directory, {incarnation, 0, true});
  if (!active) return std::unexpected(active.error());
  auto acknowledged = AcknowledgedFile::Open(files, directory, {incarnation, 0});
  if (!acknowledged) return std::unexpected(acknowledged.error());
  return OpenedJournal{incarnation,
                       {{0, directory + "/" + SegmentName(0), true}},
                       0,
                       std::move(*active),
                       std::move(*acknowledged)};
}

}  // namespace

Lsn BeginOf(const std::vector<SegmentFile>& segments) {
  const auto begin = BeginOrNone(segments);
  CHECK(begin.has_value(), "no segment begins a record");
  return *begin;
}

Result<std::unique_ptr<WritableFile>> CreateSegment(FileSystem& files, const std::string& directory,
                                                    const SegmentHeader& header) {
  const std::string path = directory + "/" + SegmentName(header.first);
  auto file = files.OpenWritable(path, OpenMode::kCreate);
  if (!file) return file;
  Result<void> done = (*file)->Append(SerializeSegmentHeader(header));
  if (done) done = (*file)->Sync();
  if (done) done = files.SyncDirectory(directory);
  if (done) return file;
  // Must not come back at a power loss, when the segment before may have grown past its name.
  Result<void> removed = files.Remove(path);
  if (removed) removed = files.SyncDirectory(directory);
  if (!removed) return Fail(sqlstate::kIoError, removed.error().text);
  return std::unexpected(done.error());
}

Result<OpenedJournal> OpenJournalFiles(FileSystem& files, const std::string& directory,
                                       const Uuid& new_incarnation) {
  Result<void> done = files.CreateDirectories(directory);
  if (done) done = files.SyncDirectory(Parent(directory));
  Opening opening(files, directory);
  if (done) done = opening.ReadDirectory();
  if (done) done = opening.CheckHeaders();
  if (done) done = opening.CheckFrames();
  if (done) done = opening.CheckAcknowledged();
  if (done) done = opening.TakeAwayUnfinished();
  if (!done) return std::unexpected(done.error());
  if (opening.empty()) return MakeNewJournal(files, directory, new_incarnation);
  done = opening.WriteAgain();
  if (!done) return std::unexpected(done.error());
  return std::move(opening).Finish();
}

}  // namespace riverrun::storage
