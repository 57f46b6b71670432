// GROUP BY and DISTINCT: hash aggregation under retraction.
//
// A group is a record of a KeyTable: the weight of its rows, what it has emitted, then the states
// of the calls. The first row of an epoch that reaches a group puts it on the dirty list and, if
// the group has emitted a row, keeps that row's values: all of it column by column, for all groups
// that a piece of a batch touches first. At the barrier each dirty group's values are computed
// once more, and what differs leaves as -old and +new. Groups without rows go at the barrier only.

#include <algorithm>
#include <array>
#include <deque>
#include <numeric>

#include "executor/aggregates/group_calls.h"
#include "executor/aggregates/group_keys.h"
#include "executor/aggregates/same_values.h"
#include "executor/operators/operators.h"
#include "executor/state/key_table.h"
#include "executor/state/memory_alarm.h"

namespace riverrun::executor {
namespace {

// Rows are worked on in pieces whose groups stay in the second-level cache from the lookup to the
// last call.
constexpr uint32_t kPieceRows = 1024;

// What of a group is in the output: nothing, its row, or its row of the error collection.
enum class Emitted : uint32_t { kNothing, kRow, kError };

// The beginning of a group's bytes; the weight first, see GroupCalls.
struct Group {
  Weight weight;  // sum of its rows' weights
  uint32_t dirty;
  Emitted emitted;
};

Group& GroupOf(KeyRecord* record) { return *reinterpret_cast<Group*>(record->payload()); }

std::vector<ColumnBuilder> MakeBuilders(std::span<const Type> types, MemoryBudget* budget) {
  std::vector<ColumnBuilder> builders;
  builders.reserve(types.size());
  for (const Type& type : types) builders.emplace_back(type, budget);
  return builders;
}

std::vector<Column> Finish(std::vector<ColumnBuilder>& builders) {
  std::vector<Column> columns;
  columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) columns.push_back(builder.Finish());
  return columns;
}

BufferRef SameWeights(uint32_t rows, Weight weight) {
  auto weights = Buffer::Allocate(rows * sizeof(Weight));
  std::fill_n(weights->mutable_as<Weight>(), rows, weight);
  return weights;
}

// Up to kBatchRowsMax groups that the epoch has touched, and the rows that those which had emitted
// something were, in the same order.
struct Touched {
  Touched(std::span<const Type> key_types, std::span<const Type> call_types, MemoryBudget* budget)
      : old_keys(MakeBuilders(key_types, budget)), old_values(MakeBuilders(call_types, budget)) {}

  std::vector<KeyRecord*> groups;
  uint32_t old_rows = 0;
  std::vector<ColumnBuilder> old_keys;  // filled only where groups keep images
  std::vector<ColumnBuilder> old_values;
  ErrorLane old_errors;
};

class Aggregate : public Operator {
 public:
  Aggregate(const AggregateSpec& spec, const OperatorContext& context);
  ~Aggregate() override;

  void OnStart(StartMode mode, Output& out) override;
  Step OnBatch(int port, Batch batch, Output& out) override;
  Step Resume(Output& out) override { return Emit(out); }
  // What still updates has no watermark.
  Step OnWatermark(int, Watermark, Output&) override { return Step::kDone; }
  Step OnBarrier(const Barrier& barrier, Output& out) override;

 private:
  class Difference;

  std::span<KeyRecord*> FindGroups(uint32_t begin, uint32_t count);
  void AddPiece(const Batch& batch, std::span<const uint16_t> rows,
                std::span<KeyRecord* const> records);
  void Touch(std::span<KeyRecord* const> records);
  void KeepOld(std::span<KeyRecord* const> touched);
  void AddWeights(const Batch& batch, std::span<const uint16_t> rows);
  Step Emit(Output& out);
  void EmitDifference(Touched touched, Output& out);
  bool IsThere(const Group& group) const { return group.weight != 0 || spec_.global; }
  void Destroy(KeyRecord* record);

  const AggregateSpec spec_;
  const std::vector<Type> key_types_;
  const std::vector<Type> call_types_;
  MemoryBudget* const budget_;
  const bool owns_single_;
  StateArena arena_;
  MemoryAlarm alarm_;
  GroupKeys group_keys_;
  GroupCalls calls_;
  KeyTable table_;
  KeyBatch keys_;

  // Of the piece at work.
  std::array<KeyRecord*, kPieceRows> records_;
  std::array<std::byte*, kPieceRows> payloads_;
  std::vector<KeyRecord*> fresh_;
  std::vector<KeyRecord*> first_touched_;
  std::vector<std::byte*> emitted_before_;

  std::deque<Touched> touched_;  // by the epoch
  std::deque<Batch> ready_;      // to be emitted
};

std::vector<Type> TypesAt(const std::vector<Type>& types, const std::vector<int>& columns) {
  std::vector<Type> out;
  for (const int column : columns) out.push_back(types[column]);
  return out;
}

std::vector<Type> ResultTypes(const std::vector<AggregateCall>& calls) {
  std::vector<Type> out;
  for (const AggregateCall& call : calls) out.push_back(call.result);
  return out;
}

Aggregate::Aggregate(const AggregateSpec& spec, const OperatorContext& context)
    : spec_(spec),
      key_types_(TypesAt(*context.inputs, spec.keys)),
      call_types_(ResultTypes(spec.calls)),
      budget_(context.budget),
      owns_single_(context.owns_single),
      arena_(budget_),
      alarm_(*context.outputs),
      group_keys_(spec.keys, key_types_, sizeof(Group)),
      calls_(spec, *context.inputs, sizeof(Group) + group_keys_.state_bytes()),
      table_(calls_.group_bytes(), arena_) {
  CHECK(!spec.global || spec.keys.empty(), "a global group has no keys");
}

Aggregate::~Aggregate() {
  table_.ForEach([this](KeyRecord* record) { Destroy(record); });
}

void Aggregate::Destroy(KeyRecord* record) {
  calls_.Destroy(record->payload(), arena_);
  group_keys_.Destroy(record->payload(), arena_);
}

// The row of a global group leaves at the first barrier, not here: what is read once, by a LIMIT
// say, must not see the row of the empty input first. After the barrier the sum is the same.
void Aggregate::OnStart(StartMode mode, Output&) {
  // Only one worker has the one group; the others never see a row of it.
  if (!spec_.global || !owns_single_ || mode != StartMode::kFresh) return;
  keys_.Assign(std::array<std::string_view, 1>{});
  Touch(FindGroups(0, 1));
}

Step Aggregate::OnBatch(int, Batch batch, Output& out) {
  static const std::vector<uint16_t> kAllRows = [] {
    std::vector<uint16_t> rows(kBatchRowsMax);
    std::iota(rows.begin(), rows.end(), uint16_t{0});
    return rows;
  }();
  const bool one_group = spec_.keys.empty();
  if (one_group) {
    keys_.Assign(std::array<std::string_view, 1>{});
  } else {
    keys_.Build(batch, spec_.keys);
  }
  calls_.SetBatch(batch);
  const std::span<const uint16_t> rows(
      batch.selection == nullptr ? kAllRows.data() : batch.selection->as<uint16_t>(),
      batch.selected());
  for (uint32_t begin = 0; begin < rows.size(); begin += kPieceRows) {
    const auto count = std::min<uint32_t>(kPieceRows, static_cast<uint32_t>(rows.size()) - begin);
    const std::span<KeyRecord*> found = FindGroups(one_group ? 0 : begin, one_group ? 1 : count);
    AddPiece(batch, rows.subspan(begin, count), found);
  }
  calls_.ForgetBatch();
  alarm_.Check(arena_, out);
  return Step::kDone;
}

std::span<KeyRecord*> Aggregate::FindGroups(uint32_t begin, uint32_t count) {
  const std::span<KeyRecord*> records(records_.data(), count);
  fresh_.clear();
  table_.FindOrInsert(keys_, begin, records, fresh_);
  for (KeyRecord* record : fresh_) {
    group_keys_.Init(record->payload());
    calls_.Init(record->payload());
  }
  return records;
}

// Adds rows to their groups. One record stands for all rows where there is one group only.
void Aggregate::AddPiece(const Batch& batch, std::span<const uint16_t> rows,
                         std::span<KeyRecord* const> records) {
  Touch(records);
  const bool one_group = spec_.keys.empty();
  for (size_t i = 0; i < rows.size(); ++i) {
    payloads_[i] = records[one_group ? 0 : i]->payload();
  }
  const std::span<std::byte* const> payloads(payloads_.data(), rows.size());
  AddWeights(batch, rows);
  group_keys_.Update(batch, rows, payloads, arena_);
  calls_.Update(rows, payloads, one_group, arena_);
}

void Aggregate::AddWeights(const Batch& batch, std::span<const uint16_t> rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    Weight& weight = reinterpret_cast<Group*>(payloads_[i])->weight;
    weight = static_cast<Weight>(static_cast<uint64_t>(weight) +
                                 static_cast<uint64_t>(batch.WeightOf(rows[i])));
  }
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
      touched_.emplace_back(key_types_, call_types_, budget_);
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
    emitted_before_.push_back(record->payload());
    if (group_keys_.keeps_images()) group_keys_.Result(std::span(&record, 1), into.old_keys);
  }
  into.old_rows += static_cast<uint32_t>(emitted_before_.size());
  calls_.Result(emitted_before_, into.old_values, into.old_errors);
}

Step Aggregate::OnBarrier(const Barrier&, Output& out) {
  alarm_.Check(arena_, out);
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
    : op_(op), touched_(touched), error_rows_(op.key_types_) {
  const size_t count = touched.groups.size();
  std::vector<ColumnBuilder> keys = MakeBuilders(op.key_types_, op.budget_);
  std::vector<ColumnBuilder> values = MakeBuilders(op.call_types_, op.budget_);
  std::vector<std::byte*> payloads;
  payloads.reserve(count);
  for (KeyRecord* record : touched.groups) payloads.push_back(record->payload());
  op.calls_.Result(payloads, values, new_errors_);
  op.group_keys_.Result(touched.groups, keys);
  keys_ = executor::Finish(keys);
  values_ = executor::Finish(values);
  old_values_ = executor::Finish(touched.old_values);

  std::vector<uint16_t> had;  // the group of each old row
  for (size_t i = 0; i < count; ++i) {
    if (GroupOf(touched.groups[i]).emitted == Emitted::kNothing) continue;
    pairs_.push_back({static_cast<uint16_t>(had.size()), static_cast<uint16_t>(i)});
    had.push_back(static_cast<uint16_t>(i));
  }
  if (op.group_keys_.keeps_images()) {
    old_keys_ = executor::Finish(touched.old_keys);
  } else {
    for (const Column& key : keys_) old_keys_.push_back(Take(key, had));
  }
  Compare();
}

void Aggregate::Difference::Compare() {
  key_differs_.assign(pairs_.size(), 0);
  if (op_.group_keys_.keeps_images()) {
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
    op_.Destroy(record);
    op_.table_.Erase(record);
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
  for (const Type& type : op_.call_types_) rows.columns.push_back(NullColumn(type));
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
