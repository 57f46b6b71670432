// The loops that aggregate functions are made of.
#pragma once

#include <cstdint>
#include <new>
#include <string>
#include <type_traits>

#include "executor/aggregates/aggregate.h"
#include "types/column/column.h"

namespace riverrun::executor {

/// Calls f(i, row, weight) for every row. The weight is a constant 1 where there are none, so that
/// the compiler drops what it decides.
template <class F>
void ForEachWeighted(const AggregateInput& in, F&& f) {
  const size_t count = in.rows.size();
  if (in.weights == nullptr) {
    constexpr std::integral_constant<Weight, 1> kOne;
    for (size_t i = 0; i < count; ++i) f(i, in.rows[i], kOne);
    return;
  }
  for (size_t i = 0; i < count; ++i) f(i, in.rows[i], in.weights[in.rows[i]]);
}

/// The same for the rows whose first argument is not null.
template <class F>
void ForEachArgument(const AggregateInput& in, F&& f) {
  const Column& arg = in.args[0];
  if (arg.type.kind == TypeKind::kNull) return;
  if (arg.encoding == Encoding::kConstant) {
    if (!arg.IsNull(0)) ForEachWeighted(in, f);
    return;
  }
  if (arg.nulls == nullptr) return ForEachWeighted(in, f);
  const auto* nulls = arg.nulls->as<uint64_t>();
  ForEachWeighted(in, [&](size_t i, uint32_t row, auto weight) {
    if (!NullBit(nulls, row)) f(i, row, weight);
  });
}

/// Weights wrap: a sum that fits is right whatever was added and taken away before.
inline Weight PlusWeight(Weight a, Weight b) {
  return static_cast<Weight>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

/// Calls f(state) for each group, to append its result; a group without a value, as its `count`
/// says, has null instead.
template <class State, class F>
void ForEachResult(const AggregateStates& states, ColumnBuilder& out, F&& f) {
  for (size_t i = 0; i < states.size(); ++i) {
    auto& state = states.At<State>(i);
    state.count == 0 ? out.AppendNull() : f(state);
  }
}

/// An aggregate function whose state is an object that wants its destructor.
template <class State>
class StateObject : public AggregateFunction {
 public:
  size_t state_bytes() const override { return sizeof(State); }
  void Init(std::byte* state) const override { new (state) State; }
  void Destroy(std::byte* state, StateArena&) const override {
    reinterpret_cast<State*>(state)->~State();
  }
};

/// Appends null and notes why.
inline void AppendError(ColumnBuilder& out, ErrorLane& errors, Error error) {
  errors.push_back({static_cast<uint16_t>(out.rows()), std::move(error)});
  out.AppendNull();
}

}  // namespace riverrun::executor
