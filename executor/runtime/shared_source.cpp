#include "executor/runtime/shared_source.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "executor/sources/no_reader.h"

namespace riverrun::executor {
namespace {

constexpr uint32_t kPollBytesMax = 1 << 20;

}  // namespace

SharedSource::SharedSource(SourceToRead source, uint32_t feed_capacity, size_t behind_bytes_max)
    : object_(source.object),
      reader_(std::move(source.reader)),
      errors_(std::move(source.errors)),
      later_starts_(std::move(source.later_starts)),
      feed_(feed_capacity, behind_bytes_max),
      failure_(std::move(source.failure)) {
  cut_positions_ = reader_->Positions();
  if (source.completion != nullptr) {
    const bool has_times = source.completion->watermarked.has_value();
    completion_.emplace(std::move(source.completion));
    if (has_times) times_.emplace(*completion_, !reader_->FedByJournal());
  }
  NoteGenerations();
}

void SharedSource::Open(const EpochInfo& info, bool replayed) {
  CHECK(!open_, "an epoch is open already");
  open_ = true;
  replayed_ = replayed;
  in_epoch_ = failure_ && !failure_told_ ? 1 : 0;
  if (!replayed) BeginGeneration(nullptr);
  NoteGenerations();
  feed_.Put(EpochOpen{info});
}

void SharedSource::End(const Cut& cut) {
  CHECK(open_ && !cut_, "no epoch is open");
  cut_ = cut;
  if (cut.replay != nullptr) BeginGeneration(cut.replay.get());
  NoteGenerations();
  bounds_ = BoundsOf(cut);
  if (!bounds_.empty()) reader_->StopBefore(bounds_);
}

// In a replay partitions begin a later generation with the cut that has it recorded; without a cut,
// their newest.
void SharedSource::BeginGeneration(const std::vector<Position>* recorded) {
  if (later_starts_.empty() || failure_) return;
  std::vector<Position> to;
  for (const Position& at : reader_->Positions()) {
    const Position* next = nullptr;
    for (const Position& start : later_starts_) {
      if (start.partition != at.partition || start.generation <= at.generation) continue;
      const bool has_begun =
          recorded == nullptr || std::ranges::any_of(*recorded, [&](const Position& p) {
            return p.source == object_ && p.partition == start.partition &&
                   p.generation >= start.generation;
          });
      if (has_begun && (next == nullptr || start.generation > next->generation)) next = &start;
    }
    if (next != nullptr) to.push_back(*next);
  }
  if (to.empty()) return;
  if (Result<void> sought = reader_->Seek(to); !sought) failure_ = sought.error();
}

// Where a generation begins, time stands where the one before has left it.
void SharedSource::NoteGenerations() {
  for (const Position& at : reader_->Positions()) {
    const auto [known, fresh] = generations_.try_emplace(at.partition, at.generation);
    if (std::exchange(known->second, at.generation) == at.generation) continue;
    if (!times_) continue;
    const Micros reached = completion_->WatermarkOf(at.partition);
    if (reached == kNoWatermark) continue;
    begun_.push_back({at.partition, at.generation, at.offset, reached});
  }
}

// What cannot be read again is not forgotten: the next start asks for it once more.
void SharedSource::KeepRecorded() {
  missed_replay_ = true;
  for (Position& at : cut_positions_) {
    const auto recorded = std::ranges::find_if(*cut_->replay, [&](const Position& p) {
      return p.source == object_ && p.partition == at.partition;
    });
    const bool known = recorded != cut_->replay->end() && recorded->generation >= at.generation;
    if (known) at = *recorded;
  }
  reader_ = MakeNoReader(cut_positions_);
}

// Whether records that arrive now are of interest. Those that come while others wait are not.
bool SharedSource::MayRead() const {
  if (failure_ || held_) return false;
  if (open_) return (cut_ || !replayed_) && feed_.HasRoom();
  return reader_->FedByJournal() || reader_->Exhausted();
}

bool SharedSource::Step() {
  if (!open_ || !feed_.HasRoom()) return false;
  if (!cut_ && (replayed_ || reader_->FedByJournal())) return false;
  // Before the epoch ends: however fast one cut follows the other, what has waited gets on.
  if (held_ && !failure_ && !Waking()) return PollOnce();
  if (!cut_ || !BoundsReached()) return PollOnce();
  EndEpoch();
  return true;
}

void SharedSource::EndEpoch() {
  cut_positions_ = reader_->Positions();
  if (failure_ && cut_->replay != nullptr) KeepRecorded();
  if (errors_ != nullptr) errors_->Complete(cut_->info);
  for (Position& position : cut_positions_) {
    if (held_ && held_->partition == position.partition) position.offset = held_->first_offset;
  }
  if (times_) {
    const std::vector<int64_t> ends = reader_->Ends();
    cut_raises_ = std::exchange(begun_, {});
    std::ranges::move(
        times_->Settle(cut_positions_, cut_->replay.get(),
                       [&](size_t partition) { return StandsAtEnd(partition, ends); }),
        std::back_inserter(cut_raises_));
    // In every epoch, though it may not have moved: who has just begun to read has to hear of it.
    const auto column = static_cast<uint16_t>(*completion_->spec().watermarked);
    feed_.Put(Watermark{column, completion_->ShareOf(cut_positions_)});
  }
  feed_.NoteEnd(cut_positions_, cut_raises_);
  feed_.Put(Barrier{.info = cut_->info});
  if (!bounds_.empty()) reader_->StopBefore({});
  bounds_.clear();
  cut_.reset();
  open_ = false;
  failure_told_ = failure_.has_value();
}

bool SharedSource::StandsAtEnd(size_t partition, const std::vector<int64_t>& ends) const {
  const Position& position = cut_positions_[partition];
  if (held_ && held_->partition == position.partition) return false;
  if (partition >= ends.size()) return reader_->Exhausted();
  return ends[partition] >= 0 && position.offset >= ends[partition];
}

std::optional<int32_t> SharedSource::Waking() const {
  if (!held_ || !times_->IsIdle(held_->partition)) return std::nullopt;
  return held_->partition;
}

// The positions of this reader's partitions at which the epoch ends; none if it ends anywhere.
std::vector<Position> SharedSource::BoundsOf(const Cut& cut) const {
  std::vector<Position> bounds;
  if (!reader_->FedByJournal() && cut.replay == nullptr) return bounds;
  bounds = reader_->Positions();
  for (Position& bound : bounds) {
    if (reader_->FedByJournal()) {
      bound.offset = static_cast<int64_t>(cut.commits_before);
      continue;
    }
    const auto recorded = std::ranges::find_if(*cut.replay, [&](const Position& p) {
      return p.source == object_ && p.partition == bound.partition;
    });
    // What was recorded before the stream was rebuilt is not read again.
    const bool known = recorded != cut.replay->end() && recorded->generation == bound.generation;
    if (known) bound = *recorded;
  }
  return bounds;
}

bool SharedSource::BoundsReached() const {
  if (failure_ || bounds_.empty()) return true;
  return std::ranges::equal(
      reader_->Positions(), bounds_,
      [](const Position& at, const Position& to) { return at.offset >= to.offset; });
}

bool SharedSource::PollOnce() {
  if (failure_ || Waking()) return false;
  if (held_) {
    SourceBatch batch = *std::exchange(held_, std::nullopt);
    Deliver(std::move(batch));
    return true;
  }
  Result<std::optional<SourceBatch>> polled = reader_->Poll(kBatchRowsMax, kPollBytesMax);
  if (!polled) {
    failure_ = polled.error();
    ++in_epoch_;
    return true;
  }
  if (!*polled) return false;
  const bool live = !reader_->FedByJournal() && !(cut_ && cut_->replay != nullptr);
  if (live && times_ && times_->IsIdle((*polled)->partition)) {
    held_ = std::move(**polled);
    return true;
  }
  Deliver(std::move(**polled));
  return true;
}

void SharedSource::Deliver(SourceBatch batch) {
  const uint64_t rows = batch.rows.selected();
  in_epoch_ += rows + batch.failed.size();
  SourceReport::Partition& read = read_[batch.partition];
  read.rows += rows;
  read.errors += batch.failed.size();
  if (!batch.failed.empty() && errors_ != nullptr) {
    errors_->Add(batch.partition, std::move(batch.failed));
  }
  if (rows == 0) return;
  const auto generation = generations_.find(batch.partition);
  feed_.BeginGeneration(generation == generations_.end() ? 0 : generation->second);
  if (completion_) {
    const bool with_watermarks = feed_.Reads(completion_->spec().RowWatermark());
    feed_.Put(completion_->Complete(batch.partition, std::move(batch.rows), with_watermarks));
  } else {
    feed_.Put(std::move(batch.rows));
  }
}

SourceReport SharedSource::Report() const {
  SourceReport report{
      .object = object_, .partitions = {}, .failure = failure_, .missed_replay = missed_replay_};
  const std::vector<int64_t> ends = reader_->Ends();
  for (size_t i = 0; i < cut_positions_.size(); ++i) {
    const int32_t partition = cut_positions_[i].partition;
    const auto read = read_.find(partition);
    SourceReport::Partition& told = report.partitions.emplace_back();
    if (read != read_.end()) told = read->second;
    told.partition = partition;
    if (i < ends.size()) told.end = ends[i];
    if (!times_) continue;
    const SourceCompletion::Late late = completion_->LateOf(partition);
    told.late = late.rows;
    told.late_idle = late.after_idle;
  }
  return report;
}

void SharedSource::Replace(const MakeReader& make) {
  CHECK(!open_, "a reader is replaced within an epoch");
  feed_.GiveRows();
  std::vector<Position> positions = reader_->Positions();
  for (Position& position : positions) {  // what is held is read again
    if (held_ && held_->partition == position.partition) position.offset = held_->first_offset;
  }
  held_.reset();
  reader_.reset();  // a partition has one reader at a time
  Result<std::unique_ptr<SourceReader>> made = make(positions);
  failure_.reset();
  failure_told_ = false;
  if (made) {
    reader_ = std::move(*made);
    NoteSubscribers();
  } else {
    failure_ = made.error();
    reader_ = MakeNoReader(std::move(positions));
  }
  cut_positions_ = reader_->Positions();
  for (const Position& position : cut_positions_) {
    const bool fresh = !generations_.contains(position.partition);
    if (fresh && times_) times_->Add(position.partition);
  }
}

void SharedSource::NoteSubscribers() {
  std::vector<int> columns = feed_.Columns();
  if (completion_) columns = completion_->spec().GivenFor(columns);
  reader_->Want(columns);
}

}  // namespace riverrun::executor
