#include <memory>
#include <optional>
#include <string>

#include "storage/journal.h"

namespace riverrun::storage {
namespace {

class LocalJournalReader final : public JournalReader {
 public:
  explicit LocalJournalReader(const LocalJournal& journal) : journal_(journal) {}

  Result<std::optional<std::pair<Lsn, JournalRecord>>> Next() override;
  Result<void> SeekTo(Lsn lsn) override {
    const auto place = journal_.Locate(lsn);
    if (!place) return std::unexpected(place.error());
    position_ = lsn;
    return {};
  }
  Lsn position() const override { return position_; }

 private:
  Result<void> OpenSegment(const SegmentFile& segment, Lsn at);
  Result<Lsn> ReadRecord(LocalJournal::Place place, std::string& bytes);
  std::unexpected<Error> Damaged(Lsn at) const;

  const LocalJournal& journal_;
  std::unique_ptr<SegmentReader> segment_;  // the last one read
  Lsn position_ = 0;
};

std::unexpected<Error> LocalJournalReader::Damaged(Lsn at) const {
  const std::string path = segment_ ? " in \"" + segment_->path() + "\"" : "";
  return Fail(
      sqlstate::kDataCorrupted,
      "journal record at position " + std::to_string(at) + path +
          " was damaged after the journal was opened; restart the server, which checks all");
}

Result<void> LocalJournalReader::OpenSegment(const SegmentFile& segment, Lsn at) {
  if (segment_ && segment_->first() == segment.first) return {};
  segment_.reset();
  auto opened = SegmentReader::Open(journal_.files(), segment.path, segment.first);
  if (!opened) {
    // Perhaps it was truncated a moment ago: then that is the reason to give.
    const auto again = journal_.Locate(at);
    return std::unexpected(again ? opened.error() : again.error());
  }
  segment_ = std::make_unique<SegmentReader>(std::move(*opened));
  return {};
}

// Reads the record at position_ from files; returns the position behind it.
Result<Lsn> LocalJournalReader::ReadRecord(LocalJournal::Place place, std::string& bytes) {
  Lsn at = position_;
  bool in_chunks = false;
  while (true) {
    if (auto opened = OpenSegment(place.segment, at); !opened) {
      return std::unexpected(opened.error());
    }
    const auto read = segment_->At(at, place.end);
    if (!read) return std::unexpected(read.error());
    if (read->state != FrameRead::State::kGood) {
      // Chunks go on in the next segment.
      const auto located = journal_.Locate(at);
      if (!located) return std::unexpected(located.error());
      const std::optional<LocalJournal::Place>& next = *located;
      if (!next || next->segment.first != at || segment_->first() == at) return Damaged(at);
      place.segment = next->segment;
      continue;
    }
    const FrameType type = read->frame.type;
    const bool fits = type == FrameType::kChunk || (type == FrameType::kSeal) == in_chunks;
    if (!fits) return Damaged(at);
    bytes.append(read->frame.payload);
    at += read->frame.size();
    if (type != FrameType::kChunk) return at;
    in_chunks = true;
  }
}

Result<std::optional<std::pair<Lsn, JournalRecord>>> LocalJournalReader::Next() {
  const auto located = journal_.Locate(position_);
  if (!located) return std::unexpected(located.error());
  const std::optional<LocalJournal::Place>& place = *located;
  if (!place) return std::nullopt;
  std::string read_bytes;
  std::string_view bytes;
  Lsn next = place->next;
  if (place->bytes != nullptr) {
    bytes = *place->bytes;
  } else {
    const auto behind = ReadRecord(*place, read_bytes);
    if (!behind) return std::unexpected(behind.error());
    bytes = read_bytes;
    next = *behind;
  }
  auto record = ParseJournalRecord(bytes, journal_.budget());
  if (!record) {
    return Fail(record.error().sqlstate,
                record.error().text + " at position " + std::to_string(position_));
  }
  return std::pair(std::exchange(position_, next), std::move(*record));
}

}  // namespace

std::unique_ptr<JournalReader> MakeJournalReader(const LocalJournal& journal) {
  return std::make_unique<LocalJournalReader>(journal);
}

}  // namespace riverrun::storage
