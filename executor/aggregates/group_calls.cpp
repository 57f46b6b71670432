#include "executor/aggregates/group_calls.h"

#include "executor/aggregates/row_loop.h"

namespace riverrun::executor {

GroupCalls::GroupCalls(const AggregateSpec& spec, std::span<const Type> inputs, size_t begin)
    : group_bytes_(begin) {
  for (const AggregateCall& call : spec.calls) {
    Call made;
    made.arguments = call.arguments;
    made.filter = call.filter;
    if (!call.filter && IsCountOfRows(call.signature)) {
      calls_.push_back(std::move(made));
      continue;
    }
    AggregateUse use{.args = {}, .result = call.result, .append_only = spec.append_only};
    for (const int argument : call.arguments) use.args.push_back(inputs[argument]);
    made.function = FindAggregate(call.signature, use);
    made.offset = group_bytes_;
    group_bytes_ += (made.function->state_bytes() + 7) / 8 * 8;
    calls_.push_back(std::move(made));
  }
}

void GroupCalls::Init(std::byte* group) const {
  for (const Call& call : calls_) {
    if (call.function != nullptr) call.function->Init(group + call.offset);
  }
}

void GroupCalls::Destroy(std::byte* group, StateArena& arena) const {
  for (const Call& call : calls_) {
    if (call.function != nullptr) call.function->Destroy(group + call.offset, arena);
  }
}

void GroupCalls::SetBatch(const Batch& batch) {
  batch_.rows = batch.rows;
  batch_.weights = batch.weights;
  batch_.columns = batch.columns;
  for (Call& call : calls_) {
    call.columns.clear();
    for (const int argument : call.arguments) {
      call.columns.push_back(WithoutDictionary(batch.columns[argument], batch.rows));
    }
  }
}

void GroupCalls::ForgetBatch() {
  batch_ = {};
  for (Call& call : calls_) call.columns.clear();
}

// The rows for which a boolean column is true.
void GroupCalls::KeepTrue(int filter, std::span<const uint16_t> rows,
                          std::span<std::byte* const> groups) {
  if (kept_filter_ == filter) return;
  kept_filter_ = filter;
  kept_rows_.clear();
  kept_groups_.clear();
  const Column& column = batch_.columns[filter];
  for (size_t i = 0; i < rows.size(); ++i) {
    if (column.IsNull(rows[i]) || column.At<uint8_t>(rows[i]) == 0) continue;
    kept_rows_.push_back(rows[i]);
    kept_groups_.push_back(groups[i]);
  }
}

void GroupCalls::Update(std::span<const uint16_t> rows, std::span<std::byte* const> groups,
                        bool one_group, StateArena& arena) {
  kept_filter_.reset();
  const auto* weights = batch_.weights == nullptr ? nullptr : batch_.weights->as<Weight>();
  for (Call& call : calls_) {
    if (call.function == nullptr) continue;
    AggregateInput in{.rows = rows,
                      .states = {groups, call.offset},
                      .one_group = one_group,
                      .weights = weights,
                      .args = call.columns,
                      .arena = arena};
    if (call.filter) {
      KeepTrue(*call.filter, rows, groups);
      in.rows = kept_rows_;
      in.states.groups = kept_groups_;
    }
    if (!in.rows.empty()) call.function->Update(in);
  }
}

void GroupCalls::Result(std::span<std::byte* const> groups, std::span<ColumnBuilder> out,
                        ErrorLane& errors) {
  for (size_t c = 0; c < calls_.size(); ++c) {
    const AggregateStates states{groups, calls_[c].offset};
    if (calls_[c].function == nullptr) {
      for (size_t i = 0; i < groups.size(); ++i) out[c].Append(states.At<Weight>(i));
      continue;
    }
    ErrorLane failed;
    calls_[c].function->Result(states, out[c], failed);
    MergeErrors(errors, std::move(failed));
  }
}

}  // namespace riverrun::executor
