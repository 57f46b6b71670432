// Variance and standard deviation of floats, from exact sums of values and of their squares.
#include <cmath>
#include <new>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "types/number/exact_sum.h"

namespace riverrun::executor {
namespace {

struct State {
  ExactSum sum;
  ExactSum squares;
  Weight count = 0;
};

// Of all values, or of a sample of them, which is unbiased and needs two.
enum class Spread : uint8_t {
  kPopulationVariance,
  kSampleVariance,
  kPopulationDeviation,
  kSampleDeviation
};

constexpr bool IsSample(Spread spread) {
  return spread == Spread::kSampleVariance || spread == Spread::kSampleDeviation;
}
constexpr bool IsDeviation(Spread spread) {
  return spread == Spread::kPopulationDeviation || spread == Spread::kSampleDeviation;
}

template <class T, Spread kSpread>
class FloatSpread : public StateObject<State> {
 public:
  explicit FloatSpread(const AggregateUse&) {}

  void Update(const AggregateInput& in) override {
    const Reader<T> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& state = in.states.At<State>(i);
      const double value{values[row]};
      state.sum.Add(value, weight);
      state.squares.AddProduct(value, value, weight);
      state.count = PlusWeight(state.count, weight);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    for (size_t i = 0; i < states.size(); ++i) {
      auto& state = states.At<State>(i);
      if (state.count < (IsSample(kSpread) ? 2 : 1)) {
        out.AppendNull();
        continue;
      }
      state.sum.Compact();
      state.squares.Compact();
      double moment = 0;
      const ArithmeticStatus status =
          ExactSum::CoMoment(state.count, state.squares, state.sum, state.sum, moment);
      if (status != ArithmeticStatus::kOk) {
        AppendError(out, errors, ErrorOf(status));
        continue;
      }
      const double variance =
          moment / static_cast<double>(state.count - (IsSample(kSpread) ? 1 : 0));
      out.Append(IsDeviation(kSpread) ? std::sqrt(variance) : variance);
    }
  }
};

template <Spread kSpread>
void Register(FunctionRegistry& registry, const std::string& name, std::string_view description) {
  const FunctionOptions options{.can_fail = CanFail::kYes};
  registry.Aggregate(name + "(double precision) -> double precision",
                     AggregateFactory{&MakeAggregateFunction<FloatSpread<double, kSpread>>},
                     options, description);
  registry.Aggregate(name + "(real) -> double precision",
                     AggregateFactory{&MakeAggregateFunction<FloatSpread<float, kSpread>>}, options,
                     description);
}

}  // namespace

void RegisterVariances(FunctionRegistry& registry) {
  Register<Spread::kPopulationVariance>(registry, "var_pop", "population variance");
  Register<Spread::kSampleVariance>(registry, "var_samp", "sample variance");
  Register<Spread::kPopulationDeviation>(registry, "stddev_pop", "population standard deviation");
  Register<Spread::kSampleDeviation>(registry, "stddev_samp", "sample standard deviation");
  registry.Synonym("variance", "var_samp");
  registry.Synonym("stddev", "stddev_samp");
}

}  // namespace riverrun::executor
