// The first half of a GROUP BY: what the rows of an epoch come to where they are.
//
// Groups are made and forgotten within an epoch, so that one row a group crosses to the group's
// worker instead of all. Where nearly every row is a group of its own that is work for nothing:
// then rows go on one by one, in the same form, and after some batches it is tried again.

#include <algorithm>
#include <optional>

#include "executor/aggregates/group_table.h"
#include "executor/operators/operators.h"

namespace riverrun::executor {
namespace {

// Rows that a group may have at most: the sum of so many integers fits in a bigint.
constexpr uint64_t kRowsMax = uint64_t{1} << 31;

AggregateSpec AsAggregate(const PartialAggregateSpec& spec) {
  return {.keys = spec.keys, .calls = spec.calls, .append_only = true, .global = false};
}

// The rows that a batch stands for; more than kRowsMax for any number above.
uint64_t RowsOf(const Batch& batch) {
  if (batch.weights == nullptr) return batch.selected();
  uint64_t rows = 0;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    const Weight weight = batch.WeightOf(row);
    CHECK(weight > 0, "a row of an append-only input was taken back");
    rows = std::min(rows, kRowsMax) + std::min(static_cast<uint64_t>(weight), kRowsMax + 1);
  });
  return rows;
}

class PartialAggregate : public Operator {
 public:
  PartialAggregate(const PartialAggregateSpec& spec, const OperatorContext& context,
                   const PartialLimits& limits)
      : spec_(spec), context_(context), limits_(limits), heard_(spec.keys.size()) {
    MakeTable();
  }

  Step OnBatch(int port, Batch batch, Output& out) override;
  Step Resume(Output& out) override { return Leave(out); }
  Step OnWatermark(int port, Watermark watermark, Output& out) override;
  Step OnBarrier(const Barrier& barrier, Output& out) override;

 private:
  void MakeTable();
  Step PassOn(Batch batch, Output& out);
  Step Leave(Output& out);
  void LeaveSome(std::span<KeyRecord* const> groups, Output& out);
  void Forget();

  const PartialAggregateSpec spec_;
  const OperatorContext context_;
  const PartialLimits limits_;
  std::optional<GroupTable> groups_;
  std::vector<KeyRecord*> listed_;  // the groups, in the order of their first rows
  size_t left_ = 0;                 // of `listed_`
  uint64_t rows_ = 0;               // that the groups were made of
  uint32_t passing_ = 0;            // batches still to be passed on row by row
  bool at_barrier_ = false;
  std::vector<std::optional<Micros>> heard_;  // the last watermark of each key since the barrier
};

void PartialAggregate::MakeTable() {
  groups_.emplace(AsAggregate(spec_), context_, sizeof(Weight), KeyTable::Division::kNone);
  CHECK(!groups_->keeps_images(), "equal keys of a partial group may differ");
}

Step PartialAggregate::OnBatch(int, Batch batch, Output& out) {
  const uint64_t rows = RowsOf(batch);
  // A row of a large weight keeps it: its values would not fit if they were summed up here.
  if (passing_ > 0 || rows > kRowsMax - rows_) {
    passing_ -= passing_ > 0 ? 1 : 0;
    return PassOn(std::move(batch), out);
  }
  groups_->Add(batch, [&](const GroupPiece& piece) {
    listed_.insert(listed_.end(), piece.fresh.begin(), piece.fresh.end());
  });
  rows_ += rows;
  const bool too_much = listed_.size() > limits_.groups ||
                        groups_->arena().reserved_bytes() > limits_.bytes ||
                        groups_->arena().overdrawn();
  return too_much ? Leave(out) : Step::kDone;
}

// Every row as a group of its own.
Step PartialAggregate::PassOn(Batch batch, Output& out) {
  batch = Compact(std::move(batch));
  std::vector<ColumnBuilder> values = groups_->ValueBuilders();
  groups_->ValuesOfRows(batch, values);
  Batch rows;
  rows.rows = batch.rows;
  rows.weights = batch.weights;
  for (const int key : spec_.keys) rows.columns.push_back(batch.columns[static_cast<size_t>(key)]);
  for (Column& column : FinishAll(values)) rows.columns.push_back(std::move(column));
  out.Emit(std::move(rows));
  return out.Full() ? Step::kMore : Step::kDone;
}

// No row of the epoch may come behind what says that it has come: so they wait for the groups.
Step PartialAggregate::OnWatermark(int, Watermark watermark, Output&) {
  for (size_t k = 0; k < spec_.keys.size(); ++k) {
    if (spec_.keys[k] == watermark.column) heard_[k] = watermark.time;
  }
  return Step::kDone;
}

Step PartialAggregate::OnBarrier(const Barrier&, Output& out) {
  at_barrier_ = true;
  return Leave(out);
}

// Emits all groups; at a barrier, then the watermarks.
Step PartialAggregate::Leave(Output& out) {
  while (left_ < listed_.size()) {
    const size_t count = std::min<size_t>(kBatchRowsMax, listed_.size() - left_);
    LeaveSome(std::span(listed_).subspan(left_, count), out);
    left_ += count;
    if (out.Full()) return Step::kMore;
  }
  Forget();
  if (!at_barrier_) return Step::kDone;
  at_barrier_ = false;
  for (size_t k = 0; k < heard_.size(); ++k) {
    if (heard_[k]) out.Emit(Watermark{static_cast<uint16_t>(k), *heard_[k]});
    heard_[k].reset();
  }
  return out.Full() ? Step::kMore : Step::kDone;
}

void PartialAggregate::LeaveSome(std::span<KeyRecord* const> groups, Output& out) {
  std::vector<ColumnBuilder> keys = groups_->KeyBuilders();
  std::vector<ColumnBuilder> values = groups_->ValueBuilders();
  ErrorLane errors;
  groups_->Keys(groups, keys);
  groups_->Values(groups, values, errors);
  CHECK(errors.empty(), "the value of a part of a group fails");
  Batch batch;
  batch.rows = static_cast<uint32_t>(groups.size());
  batch.columns = FinishAll(keys);
  for (Column& column : FinishAll(values)) batch.columns.push_back(std::move(column));
  if (!out.Closed()) out.Emit(std::move(batch));
}

void PartialAggregate::Forget() {
  if (listed_.size() * 100 > rows_ * limits_.groups_percent) passing_ = limits_.passed;
  listed_.clear();
  left_ = 0;
  rows_ = 0;
  if (groups_->arena().reserved_bytes() > limits_.bytes || groups_->arena().overdrawn()) {
    MakeTable();
  } else {
    groups_->Clear();
  }
}

}  // namespace

std::unique_ptr<Operator> MakePartialAggregate(const PartialAggregateSpec& spec,
                                               const OperatorContext& context,
                                               const PartialLimits& limits) {
  return std::make_unique<PartialAggregate>(spec, context, limits);
}

}  // namespace riverrun::executor
