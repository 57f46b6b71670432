// GROUP BY a window, EMIT ON WINDOW CLOSE: groups that leave once, when their window is over.
//
// A group is a record of a KeyTable: the weight of its rows, then the states of the calls. A list
// for each value of the window key names its groups, so that a barrier at which nothing closes
// costs nothing. What leaves is never touched again: the windows below let no row in whose window
// its own watermark has closed, and no row's watermark is behind the stream's.

#include <algorithm>
#include <map>

#include "executor/aggregates/group_table.h"
#include "executor/operators/operators.h"
#include "executor/state/memory_alarm.h"

namespace riverrun::executor {
namespace {

// The head of a group's bytes.
struct Group {
  Weight weight;
  KeyRecord* next;  // of the same window; kLast behind the last one, null before it is listed
};

KeyRecord* const kLast = reinterpret_cast<KeyRecord*>(1);

Group& GroupOf(KeyRecord* record) { return *reinterpret_cast<Group*>(record->payload()); }

AggregateSpec AsAggregate(const CloseGroupsSpec& spec) {
  return {.keys = spec.keys, .calls = spec.calls, .append_only = true, .global = false};
}

class CloseGroups : public Operator {
 public:
  CloseGroups(const CloseGroupsSpec& spec, const OperatorContext& context);

  Step OnBatch(int port, Batch batch, Output& out) override;
  Step Resume(Output& out) override { return Leave(out); }
  Step OnWatermark(int port, Watermark watermark, Output& out) override;
  Step OnBarrier(const Barrier& barrier, Output& out) override;

 private:
  void List(const GroupPiece& piece);
  Step Leave(Output& out);
  void LeaveSome(std::span<KeyRecord* const> groups, Output& out);

  const CloseGroupsSpec spec_;
  MemoryAlarm alarm_;
  GroupTable groups_;

  std::map<Micros, KeyRecord*> windows_;  // the first group, by the value of the window key
  std::vector<Micros> reached_;           // the watermark of each key at the last barrier
  std::vector<Micros> heard_;             // the last one since
  std::vector<KeyRecord*> leaving_;
  size_t left_ = 0;         // of `leaving_`
  bool passes_on_ = false;  // the watermarks, when all have left
};

CloseGroups::CloseGroups(const CloseGroupsSpec& spec, const OperatorContext& context)
    : spec_(spec),
      alarm_(*context.outputs),
      groups_(AsAggregate(spec), context, sizeof(Group)),
      reached_(spec.keys.size(), kNoWatermark),
      heard_(spec.keys.size(), kNoWatermark) {}

Step CloseGroups::OnBatch(int, Batch batch, Output& out) {
  if (batch.weights != nullptr) {
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      CHECK(batch.WeightOf(row) > 0, "a row under EMIT ON WINDOW CLOSE was taken back");
    });
  }
  groups_.Add(batch, [&](const GroupPiece& piece) {
    if (!piece.fresh.empty()) List(piece);
  });
  alarm_.Check(groups_.arena(), out);
  return Step::kDone;
}

// Puts new groups under their windows.
void CloseGroups::List(const GroupPiece& piece) {
  const Column& window = piece.batch.columns[static_cast<size_t>(spec_.keys[spec_.window])];
  for (size_t i = 0; i < piece.rows.size(); ++i) {
    Group& group = GroupOf(piece.records[i]);
    if (group.next != nullptr) continue;
    const Micros time = window.At<Micros>(piece.rows[i]);
    KeyRecord*& first = windows_.try_emplace(time, kLast).first->second;
    group.next = first;
    first = piece.records[i];
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
  alarm_.Check(groups_.arena(), out);
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
  std::vector<ColumnBuilder> keys = groups_.KeyBuilders();
  std::vector<ColumnBuilder> values = groups_.ValueBuilders();
  ErrorLane errors;
  groups_.Keys(groups, keys);
  groups_.Values(groups, values, errors);
  Batch batch;
  batch.rows = static_cast<uint32_t>(groups.size());
  batch.columns = FinishAll(keys);
  for (Column& column : FinishAll(values)) batch.columns.push_back(std::move(column));
  if (!errors.empty()) {
    // The columns of the failed group are null but for its keys, whichever call it was.
    Batch failed = batch;
    const std::vector<Type>& types = groups_.value_types();
    for (size_t c = 0; c < types.size(); ++c) {
      failed.columns[keys.size() + c] = NullColumn(types[c]);
    }
    out.EmitError(failed, errors);
    std::vector<uint16_t> rows;
    for (const EvalError& error : errors) rows.push_back(error.row);
    batch.selection = Without(batch.selection, batch.rows, rows);
  }
  for (KeyRecord* record : groups) groups_.Erase(record);
  out.Emit(std::move(batch));
}

}  // namespace

std::unique_ptr<Operator> MakeCloseGroups(const CloseGroupsSpec& spec,
                                          const OperatorContext& context) {
  return std::make_unique<CloseGroups>(spec, context);
}

}  // namespace riverrun::executor
