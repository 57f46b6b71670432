// sum and avg of intervals: the three parts each for itself.
#include <limits>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "executor/aggregates/wide_integer.h"
#include "types/time/interval.h"

namespace riverrun::executor {
namespace {

struct State {
  WideInteger<2> months;
  WideInteger<2> days;
  WideInteger<2> micros;
  Weight count;
};

template <class T>
bool Read(const WideInteger<2>& from, T& out) {
  Int128 value;
  from.ToInt128(value);
  out = static_cast<T>(value);
  return value == out;
}

TimeStatus SumOf(const State& state, Interval& out) {
  const bool fits = Read(state.months, out.months) && Read(state.days, out.days) &&
                    Read(state.micros, out.micros);
  return fits ? TimeStatus::kOk : TimeStatus::kIntervalOutOfRange;
}

template <bool kIsMean>
class IntervalSum : public AggregateFunction {
 public:
  explicit IntervalSum(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(State); }

  void Update(const AggregateInput& in) override {
    const Reader<Interval> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& state = in.states.At<State>(i);
      const Interval& value = values[row];
      state.months.Add(WideInteger<2>::From(Int128{value.months} * weight));
      state.days.Add(WideInteger<2>::From(Int128{value.days} * weight));
      state.micros.Add(WideInteger<2>::From(Int128{value.micros} * weight));
      state.count = PlusWeight(state.count, weight);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](const State& state) {
      Interval sum;
      TimeStatus status = SumOf(state, sum);
      Interval result = sum;
      if (kIsMean && status == TimeStatus::kOk) {
        status = DivideInterval(sum, static_cast<double>(state.count), result);
      }
      if (status != TimeStatus::kOk) {
        AppendError(out, errors, TimeError(status));
      } else {
        out.Append(result);
      }
    });
  }
};

}  // namespace

void RegisterIntervalSums(FunctionRegistry& registry) {
  registry.Aggregate("sum(interval) -> interval",
                     AggregateFactory{&MakeAggregateFunction<IntervalSum<false>>},
                     {.can_fail = CanFail::kYes}, "sum of the values that are not null");
  registry.Aggregate("avg(interval) -> interval",
                     AggregateFactory{&MakeAggregateFunction<IntervalSum<true>>},
                     {.can_fail = CanFail::kYes}, "the average of the values that are not null");
}

}  // namespace riverrun::executor
