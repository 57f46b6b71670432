#include "executor/runtime/shared_source.h"

#include <algorithm>
#include <utility>

namespace riverrun::executor {
namespace {

constexpr uint32_t kPollBytesMax = 1 << 20;

}  // namespace

SharedSource::SharedSource(ObjectId object, std::unique_ptr<SourceReader> reader,
                           uint32_t feed_capacity,
                           std::shared_ptr<const CompletionSpec> completion)
    : object_(object), reader_(std::move(reader)), feed_(feed_capacity) {
  cut_positions_ = reader_->Positions();
  if (completion == nullptr) return;
  const bool has_times = completion->watermarked.has_value();
  completion_.emplace(std::move(completion));
  if (has_times) times_.emplace(*completion_);
}

void SharedSource::Open(const EpochInfo& info) {
  CHECK(!open_, "an epoch is open already");
  open_ = true;
  rows_in_epoch_ = 0;
  feed_.Put(EpochOpen{info});
}

void SharedSource::End(const Cut& cut) {
  CHECK(open_ && !cut_, "no epoch is open");
  cut_ = cut;
  bounds_ = BoundsOf(cut);
  if (!bounds_.empty()) reader_->StopBefore(bounds_);
}

bool SharedSource::Step() {
  if (!open_ || !feed_.HasRoom()) return false;
  if (!cut_ && reader_->FedByJournal()) return false;
  // Before the epoch ends: however fast one cut follows the other, what has waited gets on.
  if (held_ && !failure_ && !Waking()) return PollOnce();
  if (!cut_ || !BoundsReached()) return PollOnce();
  EndEpoch();
  return true;
}

void SharedSource::EndEpoch() {
  cut_positions_ = reader_->Positions();
  for (Position& position : cut_positions_) {
    if (held_ && held_->partition == position.partition) position.offset = held_->first_offset;
  }
  if (times_) {
    cut_raises_ = times_->Settle(cut_positions_, cut_->replay.get(),
                                 [this](size_t partition) { return StandsAtEnd(partition); });
    // In every epoch, though it may not have moved: who has just begun to read has to hear of it.
    const auto column = static_cast<uint16_t>(*completion_->spec().watermarked);
    feed_.Put(Watermark{column, completion_->ShareOf(cut_positions_)});
  }
  feed_.Put(Barrier{.info = cut_->info});
  if (!bounds_.empty()) reader_->StopBefore({});
  bounds_.clear();
  cut_.reset();
  open_ = false;
}

bool SharedSource::StandsAtEnd(size_t partition) const {
  const Position& position = cut_positions_[partition];
  if (held_ && held_->partition == position.partition) return false;
  const std::vector<int64_t> ends = reader_->Ends();
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
    if (recorded != cut.replay->end()) bound = *recorded;
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
  Batch rows = std::move(batch.rows);
  rows_in_epoch_ += rows.selected();
  if (completion_) {
    const bool with_watermarks = feed_.Reads(completion_->spec().RowWatermark());
    rows = completion_->Complete(batch.partition, std::move(rows), with_watermarks);
  }
  feed_.Put(std::move(rows));
}

}  // namespace riverrun::executor
