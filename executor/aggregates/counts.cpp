// count, bool_and, bool_or, and the sum of counts.
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

// The counts of parts of a group as one.
class CountsTogether : public AggregateFunction {
 public:
  explicit CountsTogether(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(Weight); }
  void Update(const AggregateInput& in) override {
    const Reader<int64_t> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& count = in.states.At<Weight>(i);
      const uint64_t rows = static_cast<uint64_t>(values[row]) * static_cast<uint64_t>(weight);
      count = PlusWeight(count, static_cast<Weight>(rows));
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
  const auto add = [&](const std::string& signature, AggregateFactory factory,
                       FunctionOptions options, const std::string& merge,
                       std::string_view description) {
    registry.Aggregate(signature, factory, options, description, {{signature}, merge});
  };
  const std::string kMergeCount = "merge_count(bigint) -> bigint";
  registry.InternalAggregate(kMergeCount, AggregateFactory{&MakeAggregateFunction<CountsTogether>},
                             {});
  add("count() -> bigint", &MakeAggregateFunction<CountOfRows>, {.strict = false}, kMergeCount,
      "number of input rows");
  add("count(any) -> bigint", &MakeAggregateFunction<CountOfValues>, {}, kMergeCount,
      "number of input rows for which the value is not null");
  const std::string kAnd = "bool_and(boolean) -> boolean";
  const std::string kOr = "bool_or(boolean) -> boolean";
  add(kAnd, &MakeAggregateFunction<BoolAggregate<false>>, {}, kAnd, "true if all values are true");
  add(kOr, &MakeAggregateFunction<BoolAggregate<true>>, {}, kOr,
      "true if at least one value is true");
  registry.Synonym("every", "bool_and");
}

}  // namespace riverrun::executor
