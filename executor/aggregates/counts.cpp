// count, bool_and, bool_or.
#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"

namespace riverrun::executor {
namespace {

void AppendCounts(const AggregateStates& states, ColumnBuilder& out) {
  for (size_t i = 0; i < states.size(); ++i) out.Append(states.At<Weight>(i));
}

class CountOfRows : public AggregateFunction {
 public:
  explicit CountOfRows(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(Weight); }
  void Update(const AggregateInput& in) override {
    ForEachWeighted(in, [&](size_t i, uint32_t, auto weight) {
      auto& count = in.states.At<Weight>(i);
      count = PlusWeight(count, weight);
    });
  }
  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    AppendCounts(states, out);
  }
};

class CountOfValues : public AggregateFunction {
 public:
  explicit CountOfValues(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(Weight); }
  void Update(const AggregateInput& in) override {
    ForEachArgument(in, [&](size_t i, uint32_t, auto weight) {
      auto& count = in.states.At<Weight>(i);
      count = PlusWeight(count, weight);
    });
  }
  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    AppendCounts(states, out);
  }
};

// bool_and: false if any is false. bool_or: true if any is true. `kDeciding` is the value that
// decides.
template <bool kDeciding>
class BoolAggregate : public AggregateFunction {
 public:
  explicit BoolAggregate(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(State); }
  void Update(const AggregateInput& in) override {
    const Reader<uint8_t> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, auto weight) {
      auto& state = in.states.At<State>(i);
      Weight& count = (values[row] != 0) == kDeciding ? state.deciding : state.other;
      count = PlusWeight(count, weight);
    });
  }
  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = states.At<State>(i);
      if (state.deciding == 0 && state.other == 0) {
        out.AppendNull();
      } else {
        out.Append(static_cast<uint8_t>((state.deciding != 0) == kDeciding));
      }
    }
  }

 private:
  struct State {
    Weight deciding;
    Weight other;
  };
};

}  // namespace

void RegisterCounts(FunctionRegistry& registry) {
  registry.Aggregate("count() -> bigint", AggregateFactory{&MakeAggregateFunction<CountOfRows>},
                     {.strict = false}, "number of input rows");
  registry.Aggregate("count(any) -> bigint",
                     AggregateFactory{&MakeAggregateFunction<CountOfValues>}, {},
                     "number of input rows for which the value is not null");
  registry.Aggregate("bool_and(boolean) -> boolean",
                     AggregateFactory{&MakeAggregateFunction<BoolAggregate<false>>}, {},
                     "true if all values are true");
  registry.Aggregate("bool_or(boolean) -> boolean",
                     AggregateFactory{&MakeAggregateFunction<BoolAggregate<true>>}, {},
                     "true if at least one value is true");
  registry.Synonym("every", "bool_and");
}

}  // namespace riverrun::executor
