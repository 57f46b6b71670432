// GROUP BY a window, EMIT ON WINDOW CLOSE: groups that leave once, when their window is over.
//
// A group is a record of a KeyTable: the weight of its rows, then the states of the calls. A list
// for each value of the window key names its groups, so that a barrier at which nothing closes
// costs nothing. What leaves is never touched again: the windows below let no row in whose window
// its own watermark has closed, and no row's watermark is behind the stream's.

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

#include "executor/aggregates/group_calls.h"
#include "executor/aggregates/group_keys.h"
#include "executor/operators/operators.h"
#include "executor/state/key_table.h"
#include "executor/state/memory_alarm.h"

namespace riverrun::executor {
namespace {

constexpr uint32_t kPieceRows = 1024;

// The beginning of a group's bytes; the weight first, see GroupCalls.
struct Group {
  Weight weight;
  KeyRecord* next;  // of the same window; kLast behind the last one, null before it is listed
};

KeyRecord* const kLast = reinterpret_cast<KeyRecord*>(1);

Group& GroupOf(KeyRecord* record) { return *reinterpret_cast<Group*>(record->payload()); }

std::vector<Type> TypesAt(const std::vector<Type>& types, const std::vector<int>& columns) {
  std::vector<Type> out;
  for (const int column : columns) out.push_back(types[static_cast<size_t>(column)]);
  return out;
}

AggregateSpec AsAggregate(const CloseGroupsSpec& spec) {
  return {.keys = spec.keys, .calls = spec.calls, .append_only = true, .global = false};
}

class CloseGroups : public Operator {
 public:
  CloseGroups(const CloseGroupsSpec& spec, const OperatorContext& context);
  ~CloseGroups() override;

  Step OnBatch(int port, Batch batch, Output& out) override;
  Step Resume(Output& out) override { return Leave(out); }
  Step OnWatermark(int port, Watermark watermark, Output& out) override;
  Step OnBarrier(const Barrier& barrier, Output& out) override;

 private:
  void AddPiece(const Batch& batch, std::span<const uint16_t> rows, uint32_t begin);
  void List(const Batch& batch, std::span<const uint16_t> rows);
  Step Leave(Output& out);
  void LeaveSome(std::span<KeyRecord* const> groups, Output& out);
  void Destroy(KeyRecord* record);

  const CloseGroupsSpec spec_;
  const std::vector<Type> key_types_, call_types_;
  MemoryBudget* const budget_;
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

  std::map<Micros, KeyRecord*> windows_;  // the first group, by the value of the window key
  std::vector<Micros> reached_;           // the watermark of each key at the last barrier
  std::vector<Micros> heard_;             // the last one since
  std::vector<KeyRecord*> leaving_;
  size_t left_ = 0;         // of `leaving_`
  bool passes_on_ = false;  // the watermarks, when all have left
};

CloseGroups::CloseGroups(const CloseGroupsSpec& spec, const OperatorContext& context)
    : spec_(spec),
      key_types_(TypesAt(*context.inputs, spec.keys)),
      call_types_([&] {
        std::vector<Type> types;
        for (const AggregateCall& call : spec.calls) types.push_back(call.result);
        return types;
      }()),
      budget_(context.budget),
      arena_(budget_),
      alarm_(*context.outputs),
      group_keys_(spec.keys, key_types_, sizeof(Group)),
      calls_(AsAggregate(spec), *context.inputs, sizeof(Group) + group_keys_.state_bytes()),
      table_(calls_.group_bytes(), arena_),
      reached_(spec.keys.size(), kNoWatermark),
      heard_(spec.keys.size(), kNoWatermark) {}

CloseGroups::~CloseGroups() {
  table_.ForEach([this](KeyRecord* record) { Destroy(record); });
}

void CloseGroups::Destroy(KeyRecord* record) {
  calls_.Destroy(record->payload(), arena_);
  group_keys_.Destroy(record->payload(), arena_);
}

Step CloseGroups::OnBatch(int, Batch batch, Output& out) {
  std::vector<uint16_t> rows;
  rows.reserve(batch.selected());
  ForEachRow(batch.rows, batch.selection,
             [&](uint32_t row) { rows.push_back(static_cast<uint16_t>(row)); });
  keys_.Build(batch, spec_.keys);
  calls_.SetBatch(batch);
  for (uint32_t begin = 0; begin < rows.size(); begin += kPieceRows) {
    const auto count = std::min<size_t>(kPieceRows, rows.size() - begin);
    AddPiece(batch, std::span(rows).subspan(begin, count), begin);
  }
  calls_.ForgetBatch();
  alarm_.Check(arena_, out);
  return Step::kDone;
}

void CloseGroups::AddPiece(const Batch& batch, std::span<const uint16_t> rows, uint32_t begin) {
  const std::span<KeyRecord*> records(records_.data(), rows.size());
  fresh_.clear();
  table_.FindOrInsert(keys_, begin, records, fresh_);
  for (KeyRecord* record : fresh_) {
    group_keys_.Init(record->payload());
    calls_.Init(record->payload());
  }
  if (!fresh_.empty()) List(batch, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    payloads_[i] = records[i]->payload();
    const Weight weight = batch.WeightOf(rows[i]);
    CHECK(weight > 0, "a row under EMIT ON WINDOW CLOSE was taken back");
    GroupOf(records[i]).weight += weight;
  }
  const std::span<std::byte* const> payloads(payloads_.data(), rows.size());
  group_keys_.Update(batch, rows, payloads, arena_);
  calls_.Update(rows, payloads, false, arena_);
}

// Puts new groups under their windows.
void CloseGroups::List(const Batch& batch, std::span<const uint16_t> rows) {
  const Column& window = batch.columns[static_cast<size_t>(spec_.keys[spec_.window])];
  for (size_t i = 0; i < rows.size(); ++i) {
    Group& group = GroupOf(records_[i]);
    if (group.next != nullptr) continue;
    KeyRecord*& first = windows_.try_emplace(window.At<Micros>(rows[i]), kLast).first->second;
    group.next = first;
    first = records_[i];
  }
}

// The last one before the barrier counts: on the way there, those of some workers are of this epoch
// and those of others still of the one before.
Step CloseGroups::OnWatermark(int, Watermark watermark, Output&) {
  for (size_t k = 0; k < spec_.keys.size(); ++k) {
    if (spec_.keys[k] == watermark.column) heard_[k] = watermark.time;
  }
  return Step::kDone;
}

Step CloseGroups::OnBarrier(const Barrier&, Output& out) {
  alarm_.Check(arena_, out);
  for (size_t k = 0; k < reached_.size(); ++k) {
    if (heard_[k] == kNothingHeldBack || heard_[k] <= reached_[k]) continue;
    reached_[k] = heard_[k];
    passes_on_ = true;
  }
  const auto open = windows_.lower_bound(reached_[static_cast<size_t>(spec_.window)]);
  for (auto window = windows_.begin(); window != open; ++window) {
    for (KeyRecord* group = window->second; group != kLast; group = GroupOf(group).next) {
      leaving_.push_back(group);
    }
  }
  windows_.erase(windows_.begin(), open);
  return Leave(out);
}

Step CloseGroups::Leave(Output& out) {
  while (left_ < leaving_.size()) {
    const size_t count = std::min<size_t>(kBatchRowsMax, leaving_.size() - left_);
    LeaveSome(std::span(leaving_).subspan(left_, count), out);
    left_ += count;
    if (out.Full()) return Step::kMore;
  }
  leaving_.clear();
  left_ = 0;
  if (!passes_on_) return Step::kDone;
  passes_on_ = false;
  for (size_t k = 0; k < reached_.size(); ++k) {
    if (reached_[k] == kNoWatermark) continue;
    out.Emit(Watermark{static_cast<uint16_t>(k), reached_[k]});
  }
  return out.Full() ? Step::kMore : Step::kDone;
}

void CloseGroups::LeaveSome(std::span<KeyRecord* const> groups, Output& out) {
  std::vector<ColumnBuilder> builders;
  for (const Type& type : key_types_) builders.emplace_back(type, budget_);
  group_keys_.Result(groups, builders);
  for (const Type& type : call_types_) builders.emplace_back(type, budget_);
  std::vector<std::byte*> payloads;
  payloads.reserve(groups.size());
  for (KeyRecord* record : groups) payloads.push_back(record->payload());
  ErrorLane errors;
  calls_.Result(payloads, std::span(builders).subspan(key_types_.size()), errors);
  Batch batch;
  batch.rows = static_cast<uint32_t>(groups.size());
  for (ColumnBuilder& builder : builders) batch.columns.push_back(builder.Finish());
  if (!errors.empty()) {
    // The columns of the failed group are null but for its keys, whichever call it was.
    Batch failed = batch;
    for (size_t c = 0; c < call_types_.size(); ++c) {
      failed.columns[key_types_.size() + c] = NullColumn(call_types_[c]);
    }
    out.EmitError(failed, errors);
    std::vector<uint16_t> rows;
    for (const EvalError& error : errors) rows.push_back(error.row);
    batch.selection = Without(batch.selection, batch.rows, rows);
  }
  for (KeyRecord* record : groups) {
    Destroy(record);
    table_.Erase(record);
  }
  out.Emit(std::move(batch));
}

}  // namespace

std::unique_ptr<Operator> MakeCloseGroups(const CloseGroupsSpec& spec,
                                          const OperatorContext& context) {
  return std::make_unique<CloseGroups>(spec, context);
}

}  // namespace riverrun::executor
