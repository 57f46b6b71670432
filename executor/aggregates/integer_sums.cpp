// sum and avg of integers, exact modulo 2^128, whole and from the sums of parts.
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

// The same from sums of parts, for the average with their counts. A sum is a bigint, or a numeric
// without a fraction.
template <class SumReader, Finish kFinish>
class SumOfParts : public AggregateFunction {
 public:
  explicit SumOfParts(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(State); }

  void Update(const AggregateInput& in) override {
    const SumReader sums(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& state = in.states.At<State>(i);
      state.sum.Add(WideInteger<2>::Product(DigitsOf(sums[row]), weight));
      state.count = PlusWeight(state.count, CountOf(in, row, weight));
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](const State& state) {
      const ArithmeticStatus status = AppendResult<kFinish>(state, out);
      if (status != ArithmeticStatus::kOk) AppendError(out, errors, ErrorOf(status));
    });
  }

 private:
  static Int128 DigitsOf(int64_t sum) { return sum; }
  static Int128 DigitsOf(const Numeric& sum) { return sum.digits; }
  // Without an average it only says whether there is a value.
  static Weight CountOf(const AggregateInput& in, uint32_t row, Weight weight) {
    if constexpr (kFinish != Finish::kMean) return weight;
    const Reader<int64_t> counts(in.args[1]);
    return static_cast<Weight>(static_cast<uint64_t>(counts[row]) * static_cast<uint64_t>(weight));
  }
};

}  // namespace

void RegisterIntegerSums(FunctionRegistry& registry) {
  const auto internal = [&](std::string_view signature, AggregateFactory factory) {
    registry.InternalAggregate(signature, factory, {.can_fail = CanFail::kYes});
  };
  using Bigints = Reader<int64_t>;
  const std::string kMergeSum = "merge_sum(bigint) -> bigint";
  const std::string kMergeWideSum = "merge_sum(numeric) -> numeric";
  const std::string kMergeMean = "merge_avg(bigint, bigint) -> numeric";
  const std::string kMergeWideMean = "merge_avg(numeric, bigint) -> numeric";
  internal(kMergeSum, &MakeAggregateFunction<SumOfParts<Bigints, Finish::kBigint>>);
  internal(kMergeWideSum, &MakeAggregateFunction<SumOfParts<NumericReader, Finish::kNumeric>>);
  internal(kMergeMean, &MakeAggregateFunction<SumOfParts<Bigints, Finish::kMean>>);
  internal(kMergeWideMean, &MakeAggregateFunction<SumOfParts<NumericReader, Finish::kMean>>);

  const auto add = [&](std::string_view signature, AggregateFactory factory, AggregateSplit split,
                       std::string_view description) {
    registry.Aggregate(signature, factory, {.can_fail = CanFail::kYes}, description,
                       std::move(split));
  };
  constexpr std::string_view kSum = "sum of the values that are not null";
  constexpr std::string_view kMean = "the average of the values that are not null";
  const std::string kSum2 = "sum(smallint) -> bigint";
  const std::string kSum4 = "sum(integer) -> bigint";
  const std::string kSum8 = "sum(bigint) -> numeric";
  const std::string kCount = "count(any) -> bigint";
  add(kSum2, &MakeAggregateFunction<IntegerSum<int16_t, Finish::kBigint>>, {{kSum2}, kMergeSum},
      kSum);
  add(kSum4, &MakeAggregateFunction<IntegerSum<int32_t, Finish::kBigint>>, {{kSum4}, kMergeSum},
      kSum);
  add(kSum8, &MakeAggregateFunction<IntegerSum<int64_t, Finish::kNumeric>>,
      {{kSum8}, kMergeWideSum}, kSum);
  add("avg(smallint) -> numeric", &MakeAggregateFunction<IntegerSum<int16_t, Finish::kMean>>,
      {{kSum2, kCount}, kMergeMean}, kMean);
  add("avg(integer) -> numeric", &MakeAggregateFunction<IntegerSum<int32_t, Finish::kMean>>,
      {{kSum4, kCount}, kMergeMean}, kMean);
  add("avg(bigint) -> numeric", &MakeAggregateFunction<IntegerSum<int64_t, Finish::kMean>>,
      {{kSum8, kCount}, kMergeWideMean}, kMean);
}

}  // namespace riverrun::executor
