// sum and avg of integers, exact modulo 2^128.
#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "executor/aggregates/wide_integer.h"

namespace riverrun::executor {
namespace {

struct State {
  WideInteger<2> sum;
  Weight count;
};

// What becomes of a sum.
enum class Finish : uint8_t { kBigint, kNumeric, kMean };

Int128 SumOf(const State& state) {
  Int128 sum;
  state.sum.ToInt128(sum);
  return sum;
}

template <Finish kFinish>
ArithmeticStatus AppendResult(const State& state, ColumnBuilder& out) {
  const Int128 sum = SumOf(state);
  if constexpr (kFinish == Finish::kBigint) {
    if (!FitsInt64(sum)) return ArithmeticStatus::kBigintOutOfRange;
    out.Append(static_cast<int64_t>(sum));
  } else {
    if (!FitsDecimal(sum)) return ArithmeticStatus::kOverflow;
    Numeric result{sum, 0};
    if constexpr (kFinish == Finish::kMean) {
      const ArithmeticStatus status = Div(result, Numeric::FromInteger(state.count), result);
      if (status != ArithmeticStatus::kOk) return status;
    }
    out.AppendNumeric(result);
  }
  return ArithmeticStatus::kOk;
}

template <class T, Finish kFinish>
class IntegerSum : public AggregateFunction {
 public:
  explicit IntegerSum(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(State); }

  void Update(const AggregateInput& in) override {
    if (in.one_group) return UpdateOne(in);
    const Reader<T> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, auto weight) {
      auto& state = in.states.At<State>(i);
      state.sum.Add(WideInteger<2>::From(Int128{values[row]} * weight));
      state.count = PlusWeight(state.count, weight);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](const State& state) {
      const ArithmeticStatus status = AppendResult<kFinish>(state, out);
      if (status != ArithmeticStatus::kOk) AppendError(out, errors, ErrorOf(status));
    });
  }

 private:
  void UpdateOne(const AggregateInput& in) {
    const Reader<T> values(in.args[0]);
    UInt128 sum = 0;
    Weight count = 0;
    ForEachArgument(in, [&](size_t, uint32_t row, auto weight) {
      sum += static_cast<UInt128>(Int128{values[row]} * weight);
      count = PlusWeight(count, weight);
    });
    if (in.rows.empty()) return;
    auto& state = in.states.At<State>(0);
    state.sum.Add(WideInteger<2>::From(static_cast<Int128>(sum)));
    state.count = PlusWeight(state.count, count);
  }
};

}  // namespace

void RegisterIntegerSums(FunctionRegistry& registry) {
  const auto add = [&](std::string_view signature, AggregateFactory factory,
                       std::string_view description) {
    registry.Aggregate(signature, factory, {.can_fail = CanFail::kYes}, description);
  };
  constexpr std::string_view kSum = "sum of the values that are not null";
  constexpr std::string_view kMean = "the average of the values that are not null";
  add("sum(smallint) -> bigint", &MakeAggregateFunction<IntegerSum<int16_t, Finish::kBigint>>,
      kSum);
  add("sum(integer) -> bigint", &MakeAggregateFunction<IntegerSum<int32_t, Finish::kBigint>>, kSum);
  add("sum(bigint) -> numeric", &MakeAggregateFunction<IntegerSum<int64_t, Finish::kNumeric>>,
      kSum);
  add("avg(smallint) -> numeric", &MakeAggregateFunction<IntegerSum<int16_t, Finish::kMean>>,
      kMean);
  add("avg(integer) -> numeric", &MakeAggregateFunction<IntegerSum<int32_t, Finish::kMean>>, kMean);
  add("avg(bigint) -> numeric", &MakeAggregateFunction<IntegerSum<int64_t, Finish::kMean>>, kMean);
}

}  // namespace riverrun::executor
