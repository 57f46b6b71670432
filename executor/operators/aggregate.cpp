// GROUP BY and DISTINCT: hash aggregation under retraction.
//
// A group is a record of a KeyTable: the weight of its rows, what it has emitted, then the states
// of the calls. The first row of an epoch that reaches a group puts it on the dirty list and, if
// the group has emitted a row, keeps that row's values: all of it column by column, for all groups
// that a piece of a batch touches first. At the barrier each dirty group's values are computed
// once more, and what differs leaves as -old and +new. Groups without rows go at the barrier only.

#include <algorithm>
#include <deque>

#include "executor/aggregates/group_table.h"
#include "executor/aggregates/same_values.h"
#include "executor/operators/operators.h"
#include "executor/state/memory_alarm.h"

namespace riverrun::executor {
namespace {

// What of a group is in the output: nothing, its row, or its row of the error collection.
enum class Emitted : uint32_t { kNothing, kRow, kError };

// The head of a group's bytes.
struct Group {
  Weight weight;  // sum of its rows' weights
  uint32_t dirty;
  Emitted emitted;
};

Group& GroupOf(KeyRecord* record) { return *reinterpret_cast<Group*>(record->payload()); }

BufferRef SameWeights(uint32_t rows, Weight weight) {
  auto weights = Buffer::Allocate(rows * sizeof(Weight));
  std::fill_n(weights->mutable_as<Weight>(), rows, weight);
  return weights;
}

// Up to kBatchRowsMax groups that the epoch has touched, and the rows that those which had emitted
// something were, in the same order.
struct Touched {
  explicit Touched(const GroupTable& table)
      : old_keys(table.KeyBuilders()), old_values(table.ValueBuilders()) {}

  std::vector<KeyRecord*> groups;
  uint32_t old_rows = 0;
  std::vector<ColumnBuilder> old_keys;  // filled only where groups keep images
  std::vector<ColumnBuilder> old_values;
  ErrorLane old_errors;
};

class Aggregate : public Operator {
 public:
  Aggregate(const AggregateSpec& spec, const OperatorContext& context);

  void OnStart(StartMode mode, Output& out) override;
  Step OnBatch(int port, Batch batch, Output& out) override;
  Step Resume(Output& out) override { return Emit(out); }
  // What still updates has no watermark.
  Step OnWatermark(int, Watermark, Output&) override { return Step::kDone; }
  Step OnBarrier(const Barrier& barrier, Output& out) override;

 private:
  class Difference;

  void Touch(std::span<KeyRecord* const> records);
  void KeepOld(std::span<KeyRecord* const> touched);
  Step Emit(Output& out);
  void EmitDifference(Touched touched, Output& out);
  bool IsThere(const Group& group) const { return group.weight != 0 || spec_.global; }

  const AggregateSpec spec_;
  const bool owns_single_;
  MemoryAlarm alarm_;
  GroupTable groups_;

  // Of the piece at work.
  std::vector<KeyRecord*> first_touched_;
  std::vector<KeyRecord*> emitted_before_;

  std::deque<Touched> touched_;  // by the epoch
  std::deque<Batch> ready_;      // to be emitted
};

Aggregate::Aggregate(const AggregateSpec& spec, const OperatorContext& context)
    : spec_(spec),
      owns_single_(context.owns_single),
      alarm_(*context.outputs),
      groups_(spec, context, sizeof(Group)) {
  CHECK(!spec.global || spec.keys.empty(), "a global group has no keys");
}

// The row of a global group leaves at the first barrier, not here: what is read once, by a LIMIT
// say, must not see the row of the empty input first. After the barrier the sum is the same.
void Aggregate::OnStart(StartMode mode, Output&) {
  // Only one worker has the one group; the others never see a row of it.
  if (!spec_.global || !owns_single_ || mode != StartMode::kFresh) return;
  KeyRecord* group = groups_.OnlyGroup();
  Touch(std::span(&group, 1));
}

Step Aggregate::OnBatch(int, Batch batch, Output& out) {
  groups_.Add(batch, [&](const GroupPiece& piece) { Touch(piece.records); });
  alarm_.Check(groups_.arena(), out);
  return Step::kDone;
}

// Puts groups on the dirty list before anything is added to them.
void Aggregate::Touch(std::span<KeyRecord* const> records) {
  first_touched_.clear();
  for (KeyRecord* record : records) {
    Group& group = GroupOf(record);
    if (group.dirty != 0) continue;
    group.dirty = 1;
    first_touched_.push_back(record);
  }
  for (size_t begin = 0; begin < first_touched_.size();) {
    if (touched_.empty() || touched_.back().groups.size() == kBatchRowsMax) {
      touched_.emplace_back(groups_);
    }
    const size_t room = kBatchRowsMax - touched_.back().groups.size();
    const size_t count = std::min(room, first_touched_.size() - begin);
    KeepOld(std::span(first_touched_).subspan(begin, count));
    begin += count;
  }
}

void Aggregate::KeepOld(std::span<KeyRecord* const> touched) {
  Touched& into = touched_.back();
  into.groups.insert(into.groups.end(), touched.begin(), touched.end());
  emitted_before_.clear();
  for (KeyRecord* record : touched) {
    if (GroupOf(record).emitted == Emitted::kNothing) continue;
    emitted_before_.push_back(record);
  }
  into.old_rows += static_cast<uint32_t>(emitted_before_.size());
  if (groups_.keeps_images()) groups_.Keys(emitted_before_, into.old_keys);
  groups_.Values(emitted_before_, into.old_values, into.old_errors);
}

Step Aggregate::OnBarrier(const Barrier&, Output& out) {
  alarm_.Check(groups_.arena(), out);
  return Emit(out);
}

Step Aggregate::Emit(Output& out) {
  while (!ready_.empty() || !touched_.empty()) {
    if (ready_.empty()) {
      Touched touched = std::move(touched_.front());
      touched_.pop_front();
      EmitDifference(std::move(touched), out);
      continue;
    }
    Batch batch = std::move(ready_.front());
    ready_.pop_front();
    if (out.Closed()) continue;  // the groups are still to be brought up to date
    out.Emit(std::move(batch));
    if (out.Full()) return Step::kMore;
  }
  return Step::kDone;
}

// Works out what a list of touched groups has to retract and to insert.
class Aggregate::Difference {
 public:
  Difference(Aggregate& op, Touched& touched);

  /// Moves on the rows and errors, and ends the epoch for the groups.
  void Finish(Output& out);

 private:
  static constexpr size_t kNoPair = SIZE_MAX;

  void Compare();
  void Change(size_t i, size_t pair, Emitted now, Output& out);
  Emitted StateOf(size_t i) const;
  void AddRows(const std::vector<Column>& keys, const std::vector<Column>& values,
               std::vector<uint16_t>& rows, uint32_t all, Weight weight);
  void AddError(const std::vector<Column>& keys, uint16_t row, const Error& error, Weight weight,
                Output& out);
  void EmitErrors(Output& out);

  Aggregate& op_;
  Touched& touched_;
  std::vector<Column> old_keys_, old_values_, keys_, values_;
  ErrorLane new_errors_;
  std::vector<RowPair> pairs_;        // old row and group
  std::vector<uint8_t> key_differs_;  // by pair
  std::vector<uint8_t> row_differs_;  // by pair, keys included
  std::vector<uint16_t> retracted_, inserted_;
  BatchBuilder error_rows_;
  ErrorLane errors_;
};

Aggregate::Difference::Difference(Aggregate& op, Touched& touched)
    : op_(op), touched_(touched), error_rows_(op.groups_.key_types()) {
  const size_t count = touched.groups.size();
  std::vector<ColumnBuilder> keys = op.groups_.KeyBuilders();
  std::vector<ColumnBuilder> values = op.groups_.ValueBuilders();
  op.groups_.Values(touched.groups, values, new_errors_);
  op.groups_.Keys(touched.groups, keys);
  keys_ = FinishAll(keys);
  values_ = FinishAll(values);
  old_values_ = FinishAll(touched.old_values);

  std::vector<uint16_t> had;  // the group of each old row
  for (size_t i = 0; i < count; ++i) {
    if (GroupOf(touched.groups[i]).emitted == Emitted::kNothing) continue;
    pairs_.push_back({static_cast<uint16_t>(had.size()), static_cast<uint16_t>(i)});
    had.push_back(static_cast<uint16_t>(i));
  }
  if (op.groups_.keeps_images()) {
    old_keys_ = FinishAll(touched.old_keys);
  } else {
    for (const Column& key : keys_) old_keys_.push_back(Take(key, had));
  }
  Compare();
}

void Aggregate::Difference::Compare() {
  key_differs_.assign(pairs_.size(), 0);
  if (op_.groups_.keeps_images()) {
    for (size_t k = 0; k < keys_.size(); ++k) {
      MarkDifferences(old_keys_[k], keys_[k], pairs_, key_differs_);
    }
  }
  row_differs_ = key_differs_;
  for (size_t c = 0; c < values_.size(); ++c) {
    MarkDifferences(old_values_[c], values_[c], pairs_, row_differs_);
  }
}

Emitted Aggregate::Difference::StateOf(size_t i) const {
  const Group& group = GroupOf(touched_.groups[i]);
  CHECK(group.weight >= 0, "a row was retracted that had not been inserted");
  if (!op_.IsThere(group)) return Emitted::kNothing;
  const bool failed = FindError(new_errors_, static_cast<uint32_t>(i)) != nullptr;
  return failed ? Emitted::kError : Emitted::kRow;
}

void Aggregate::Difference::Finish(Output& out) {
  size_t pair = 0;
  for (size_t i = 0; i < touched_.groups.size(); ++i) {
    KeyRecord* record = touched_.groups[i];
    Group& group = GroupOf(record);
    const Emitted now = StateOf(i);
    Change(i, group.emitted == Emitted::kNothing ? kNoPair : pair++, now, out);
    group.emitted = now;
    group.dirty = 0;
    if (op_.IsThere(group)) continue;
    op_.groups_.Erase(record);
  }
  AddRows(old_keys_, old_values_, retracted_, touched_.old_rows, -1);
  AddRows(keys_, values_, inserted_, static_cast<uint32_t>(touched_.groups.size()), +1);
  EmitErrors(out);
}

// Notes what a group has to retract and to insert; nothing if that is the same.
void Aggregate::Difference::Change(size_t i, size_t pair, Emitted now, Output& out) {
  const auto new_row = static_cast<uint16_t>(i);
  const Error* error = now == Emitted::kError ? FindError(new_errors_, new_row) : nullptr;
  if (pair != kNoPair) {
    const uint16_t old_row = pairs_[pair].before;
    const Error* old_error = FindError(touched_.old_errors, old_row);
    const bool was_row = old_error == nullptr;
    if (was_row && now == Emitted::kRow && row_differs_[pair] == 0) return;
    if (!was_row && error != nullptr && *old_error == *error && key_differs_[pair] == 0) return;
    if (was_row) {
      retracted_.push_back(old_row);
    } else {
      AddError(old_keys_, old_row, *old_error, -1, out);
    }
  }
  if (now == Emitted::kRow) inserted_.push_back(new_row);
  if (now == Emitted::kError) AddError(keys_, new_row, *error, +1, out);
}

void Aggregate::Difference::AddRows(const std::vector<Column>& keys,
                                    const std::vector<Column>& values, std::vector<uint16_t>& rows,
                                    uint32_t all, Weight weight) {
  if (rows.empty()) return;
  Batch batch;
  batch.rows = all;
  batch.columns = keys;
  batch.columns.insert(batch.columns.end(), values.begin(), values.end());
  batch.selection = MakeSelection(rows, all);
  if (weight != 1) batch.weights = SameWeights(all, weight);
  op_.ready_.push_back(std::move(batch));
}

void Aggregate::Difference::AddError(const std::vector<Column>& keys, uint16_t row,
                                     const Error& error, Weight weight, Output& out) {
  if (error_rows_.full()) EmitErrors(out);
  errors_.push_back({static_cast<uint16_t>(error_rows_.rows()), error});
  for (size_t k = 0; k < keys.size(); ++k) error_rows_.column(k).AppendFrom(keys[k], row);
  error_rows_.EndRow(weight);
}

void Aggregate::Difference::EmitErrors(Output& out) {
  if (errors_.empty()) return;
  Batch rows = error_rows_.Finish();
  for (const Type& type : op_.groups_.value_types()) rows.columns.push_back(NullColumn(type));
  out.EmitError(rows, errors_);
  errors_.clear();
}

void Aggregate::EmitDifference(Touched touched, Output& out) {
  Difference(*this, touched).Finish(out);
}

}  // namespace

std::unique_ptr<Operator> MakeAggregate(const AggregateSpec& spec, const OperatorContext& context) {
  return std::make_unique<Aggregate>(spec, context);
}

}  // namespace riverrun::executor
