// sum and avg of floats: exact until they are read, then rounded once.
#include <cmath>
#include <new>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "types/number/exact_sum.h"

namespace riverrun::executor {
namespace {

struct State {
  ExactSum sum;
  Weight count = 0;
};

template <class T, bool kIsMean>
class FloatSum : public StateObject<State> {
 public:
  explicit FloatSum(const AggregateUse&) {}

  void Update(const AggregateInput& in) override {
    const Reader<T> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& state = in.states.At<State>(i);
      state.sum.Add(double{values[row]}, weight);
      state.count = PlusWeight(state.count, weight);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](State& state) {
      state.sum.Compact();
      double value = 0;
      ArithmeticStatus status =
          kIsMean ? state.sum.Mean(state.count, value) : state.sum.Round(value);
      // The sum of reals is a real; the average of either is a double.
      using Rounded = std::conditional_t<kIsMean, double, T>;
      const auto rounded = static_cast<Rounded>(value);
      if (std::isinf(rounded) && !std::isinf(value)) status = ArithmeticStatus::kFloatOverflow;
      if (status != ArithmeticStatus::kOk) {
        AppendError(out, errors, ErrorOf(status));
      } else {
        out.Append(rounded);
      }
    });
  }
};

}  // namespace

void RegisterFloatSums(FunctionRegistry& registry) {
  const auto add = [&](std::string_view signature, AggregateFactory factory,
                       std::string_view description) {
    registry.Aggregate(signature, factory, {.can_fail = CanFail::kYes}, description);
  };
  constexpr std::string_view kSum = "sum of the values that are not null";
  constexpr std::string_view kMean = "the average of the values that are not null";
  add("sum(real) -> real", &MakeAggregateFunction<FloatSum<float, false>>, kSum);
  add("sum(double precision) -> double precision", &MakeAggregateFunction<FloatSum<double, false>>,
      kSum);
  add("avg(real) -> double precision", &MakeAggregateFunction<FloatSum<float, true>>, kMean);
  add("avg(double precision) -> double precision", &MakeAggregateFunction<FloatSum<double, true>>,
      kMean);
}

}  // namespace riverrun::executor
