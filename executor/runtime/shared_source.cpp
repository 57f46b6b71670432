#include "executor/runtime/shared_source.h"

#include <algorithm>

namespace riverrun::executor {
namespace {

constexpr uint32_t kPollBytesMax = 1 << 20;

}  // namespace

SharedSource::SharedSource(ObjectId object, std::unique_ptr<SourceReader> reader,
                           uint32_t feed_capacity,
                           std::shared_ptr<const CompletionSpec> completion)
    : object_(object), reader_(std::move(reader)), feed_(feed_capacity) {
  cut_positions_ = reader_->Positions();
  if (completion != nullptr) completion_.emplace(std::move(completion));
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
  if (!cut_ || !BoundsReached()) return PollOnce();
  EndEpoch();
  return true;
}

void SharedSource::EndEpoch() {
  cut_positions_ = reader_->Positions();
  if (completion_ && completion_->spec().watermarked) SettleWatermarks();
  feed_.Put(Barrier{.info = cut_->info});
  if (!bounds_.empty()) reader_->StopBefore({});
  bounds_.clear();
  cut_.reset();
  open_ = false;
}

// What a cut has recorded of a partition counts; else what its rows say and what was asked for.
void SharedSource::SettleWatermarks() {
  for (Position& position : cut_positions_) {
    completion_->Raise(position.partition, raise_);
    if (cut_->replay != nullptr) {
      const auto recorded = std::ranges::find_if(*cut_->replay, [&](const Position& p) {
        return p.source == object_ && p.partition == position.partition;
      });
      if (recorded != cut_->replay->end()) {
        completion_->Raise(position.partition, recorded->watermark);
        position.idle = recorded->idle;
      }
    }
    position.watermark = completion_->WatermarkOf(position.partition);
  }
  raise_ = kNoWatermark;
  const auto column = static_cast<uint16_t>(*completion_->spec().watermarked);
  // In every epoch, though it may not have moved: who has just begun to read has to hear of it.
  const Micros share = completion_->ShareOf(cut_positions_);
  if (share != kNoWatermark) feed_.Put(Watermark{column, share});
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
  if (failure_) return false;
  Result<std::optional<SourceBatch>> polled = reader_->Poll(kBatchRowsMax, kPollBytesMax);
  if (!polled) {
    failure_ = polled.error();
    return true;
  }
  if (!*polled) return false;
  Batch rows = std::move((*polled)->rows);
  rows_in_epoch_ += rows.selected();
  if (completion_) {
    const bool with_watermarks = feed_.Reads(completion_->spec().RowWatermark());
    rows = completion_->Complete((*polled)->partition, std::move(rows), with_watermarks);
  }
  feed_.Put(std::move(rows));
  return true;
}

}  // namespace riverrun::executor
