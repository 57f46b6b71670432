// sum and avg of numeric, exact: no partial sum overflows, and a scale that was taken back shows
// nowhere. What is known of a part of a group is therefore not a number but a state, as bytes.
#include <algorithm>
#include <array>
#include <string>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "executor/aggregates/wide_integer.h"
#include "types/codec/bytes.h"

namespace riverrun::executor {
namespace {

// What becomes of a sum.
enum class Finish : uint8_t { kSum, kMean, kPart /* bytes, to be added to other parts */ };

// Both physical forms end here: a sum of digits at a scale.
ArithmeticStatus Mean(const Numeric& sum, Weight count, Numeric& out) {
  return Div(sum, Numeric::FromInteger(count), out);
}

void AppendResult(ArithmeticStatus status, const Numeric& value, ColumnBuilder& out,
                  ErrorLane& errors) {
  if (status != ArithmeticStatus::kOk) return AppendError(out, errors, ErrorOf(status));
  out.type().kind == TypeKind::kDecimal ? out.Append(value.digits) : out.AppendNumeric(value);
}

// How many values have each scale: a result has the largest. Special values are counted too.
// Nearly every group sees one scale only, which needs no table.
class ScaleCounts {
 public:
  static constexpr size_t kScales = kNumericDigitsMax + 1;
  static constexpr int kSpecials = 3;  // values that are not finite, with scales from -1 down

  /// Into counts without a value, which needs no memory.
  void AddFirst(int8_t scale, Weight weight) {
    only_ = scale;
    only_count_ = weight;
  }
  void Add(int8_t scale, Weight weight, StateArena& arena) {
    if (table_ == nullptr) {
      if (only_count_ == 0) only_ = scale;
      if (only_ == scale) {
        only_count_ = PlusWeight(only_count_, weight);
        return;
      }
      table_ = reinterpret_cast<Table*>(arena.Allocate(sizeof(Table)));
      table_->fill(0);
      (*table_)[Index(only_)] = only_count_;
    }
    Weight& count = (*table_)[Index(scale)];
    count = PlusWeight(count, weight);
  }
  Weight CountOf(int8_t scale) const {
    if (table_ != nullptr) return (*table_)[Index(scale)];
    return only_ == scale ? only_count_ : 0;
  }
  /// Calls f(scale, count) for every scale that has values.
  template <class F>
  void ForEach(F&& f) const {
    if (table_ == nullptr) {
      if (only_count_ != 0) f(only_, only_count_);
      return;
    }
    for (int scale = -kSpecials; scale <= kNumericDigitsMax; ++scale) {
      const Weight count = CountOf(static_cast<int8_t>(scale));
      if (count != 0) f(static_cast<int8_t>(scale), count);
    }
  }
  /// The largest scale of a finite value; 0 if there is none.
  int8_t Largest() const {
    for (int8_t scale = kNumericDigitsMax; scale > 0; --scale) {
      if (CountOf(scale) != 0) return scale;
    }
    return 0;
  }
  void Destroy(StateArena& arena) {
    if (table_ != nullptr) arena.Free(reinterpret_cast<std::byte*>(table_), sizeof(Table));
  }

 private:
  // Scales from 0, then the special values.
  using Table = std::array<Weight, kScales + kSpecials>;
  static size_t Index(int8_t scale) {
    return scale >= 0 ? static_cast<size_t>(scale) : kScales - 1 - static_cast<size_t>(scale);
  }

  Table* table_;
  Weight only_count_;  // while there is no table
  int8_t only_;
};

struct NumericState {
  WideInteger<5> sum;  // of the finite values, in units of 10^-38
  Weight count;
  ScaleCounts scales;
};

// The sum of finite values. Zeros behind the point are dropped where 38 digits do not hold them,
// unless the scale is fixed.
ArithmeticStatus FiniteSum(const NumericState& state, bool fixed_scale, Numeric& out) {
  WideInteger<5> sum = state.sum;
  const bool negative = sum.negative();
  if (negative) sum.Negate();
  out.scale = state.scales.Largest();
  for (int drop = kNumericDigitsMax - out.scale; drop > 0;) {
    const int step = std::min(drop, 19);
    sum.DivideBy(static_cast<uint64_t>(PowerOfTen(step)));  // leaves no rest
    drop -= step;
  }
  while (!(sum.ToInt128(out.digits) && FitsDecimal(out.digits))) {
    if (fixed_scale || out.scale == 0 || sum.DivideBy(10) != 0) return ArithmeticStatus::kOverflow;
    --out.scale;
  }
  if (negative) out.digits = -out.digits;
  return ArithmeticStatus::kOk;
}

ArithmeticStatus SumOf(const NumericState& state, bool fixed_scale, Numeric& out) {
  const bool plus = state.scales.CountOf(Numeric::kInfinity) != 0;
  const bool minus = state.scales.CountOf(Numeric::kNegativeInfinity) != 0;
  if (state.scales.CountOf(Numeric::kNaN) != 0 || (plus && minus)) {
    out = Numeric::NaN();
  } else if (plus || minus) {
    out = plus ? Numeric::Infinity() : Numeric::NegativeInfinity();
  } else {
    return FiniteSum(state, fixed_scale, out);
  }
  return ArithmeticStatus::kOk;
}

// A part of a group: whether its scale is fixed, the sum, and how many values have which scale.
void AppendPartBytes(const NumericState& state, bool fixed_scale, std::string& out) {
  out.clear();
  out.push_back(fixed_scale ? 1 : 0);
  AppendFixed(out, state.sum);
  state.scales.ForEach([&](int8_t scale, Weight count) {
    AppendFixed(out, scale);
    AppendFixed(out, count);
  });
}

// Of decimals, whose scale the type has. A sum is a decimal of the same scale.
template <Finish kFinish>
class DecimalSum : public AggregateFunction {
 public:
  explicit DecimalSum(const AggregateUse& use) : scale_(static_cast<int8_t>(use.args[0].scale)) {
    const bool scaled = use.result.kind == TypeKind::kDecimal;
    CHECK(!scaled || use.result.scale == scale_, "sum of decimals with another scale");
  }
  size_t state_bytes() const override { return sizeof(State); }

  void Update(const AggregateInput& in) override {
    const Reader<Int128> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, auto weight) {
      auto& state = in.states.At<State>(i);
      state.sum.Add(WideInteger<3>::Product(values[row], weight));
      state.count = PlusWeight(state.count, weight);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](const State& state) {
      if constexpr (kFinish == Finish::kPart) return AppendPart(state, out);
      Numeric result{0, scale_};
      const bool fits = state.sum.ToInt128(result.digits) && FitsDecimal(result.digits);
      ArithmeticStatus status = fits ? ArithmeticStatus::kOk : ArithmeticStatus::kOverflow;
      if (kFinish == Finish::kMean && fits) status = Mean(result, state.count, result);
      AppendResult(status, result, out, errors);
    });
  }

 private:
  struct State {
    WideInteger<3> sum;
    Weight count;
  };

  void AppendPart(const State& state, ColumnBuilder& out) {
    NumericState part{};
    for (size_t i = 0; i < part.sum.words.size(); ++i) {
      const uint64_t sign = state.sum.negative() ? ~uint64_t{0} : 0;
      part.sum.words[i] = i < state.sum.words.size() ? state.sum.words[i] : sign;
    }
    MultiplyByPowerOfTen(part.sum, kNumericDigitsMax - scale_);
    part.scales.AddFirst(scale_, state.count);
    AppendPartBytes(part, /*fixed_scale=*/true, bytes_);
    out.AppendBytes(bytes_);
  }

  const int8_t scale_;
  std::string bytes_;
};

// Of numbers with a scale of their own.
template <Finish kFinish>
class NumericSum : public AggregateFunction {
 public:
  explicit NumericSum(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(NumericState); }
  void Destroy(std::byte* state, StateArena& arena) const override {
    reinterpret_cast<NumericState*>(state)->scales.Destroy(arena);
  }

  void Update(const AggregateInput& in) override {
    const NumericReader values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      auto& state = in.states.At<NumericState>(i);
      const Numeric value = values[row];
      state.count = PlusWeight(state.count, weight);
      state.scales.Add(value.scale, weight, in.arena);
      if (value.IsSpecial() || value.digits == 0) return;
      const Weight copies = weight < 0 ? -weight : weight;
      WideInteger<5> term = WideInteger<5>::Product(Abs(value).digits, copies);
      MultiplyByPowerOfTen(term, kNumericDigitsMax - value.scale);
      if ((value.digits < 0) != (weight < 0)) term.Negate();
      state.sum.Add(term);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<NumericState>(states, out, [&](const NumericState& state) {
      if constexpr (kFinish == Finish::kPart) {
        AppendPartBytes(state, /*fixed_scale=*/false, bytes_);
        return out.AppendBytes(bytes_);
      }
      Numeric result;
      ArithmeticStatus status = SumOf(state, /*fixed_scale=*/false, result);
      if (kFinish == Finish::kMean && status == ArithmeticStatus::kOk) {
        status = Mean(result, state.count, result);
      }
      AppendResult(status, result, out, errors);
    });
  }

 private:
  std::string bytes_;
};

// Of parts of a group.
template <Finish kFinish>
class SumOfParts : public AggregateFunction {
 public:
  explicit SumOfParts(const AggregateUse&) {}
  size_t state_bytes() const override { return sizeof(State); }
  void Destroy(std::byte* state, StateArena& arena) const override {
    reinterpret_cast<State*>(state)->scales.Destroy(arena);
  }

  void Update(const AggregateInput& in) override {
    const StringReader parts(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      CHECK(weight > 0, "a part of a group was taken back");
      auto& state = in.states.At<State>(i);
      ByteReader part(parts[row]);
      state.fixed_scale = part.Fixed<uint8_t>() != 0;
      auto sum = part.Fixed<WideInteger<5>>();
      if (weight != 1) sum.MultiplyBy(static_cast<uint64_t>(weight));
      state.sum.Add(sum);
      while (part.remaining() > 0) {
        const auto scale = part.Fixed<int8_t>();
        const Weight count = part.Fixed<Weight>() * weight;
        state.count = PlusWeight(state.count, count);
        state.scales.Add(scale, count, in.arena);
      }
      CHECK(part.done(), "the bytes of a sum are not whole");
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) override {
    ForEachResult<State>(states, out, [&](const State& state) {
      Numeric result;
      ArithmeticStatus status = SumOf(state, state.fixed_scale, result);
      if (kFinish == Finish::kMean && status == ArithmeticStatus::kOk) {
        status = Mean(result, state.count, result);
      }
      AppendResult(status, result, out, errors);
    });
  }

 private:
  struct State : NumericState {
    bool fixed_scale;
  };
};

template <Finish kFinish>
std::unique_ptr<AggregateFunction> MakeSum(const AggregateUse& use) {
  if (use.args[0].kind == TypeKind::kDecimal) return std::make_unique<DecimalSum<kFinish>>(use);
  return std::make_unique<NumericSum<kFinish>>(use);
}

Type SumType(std::span<const Type> args) {
  if (args[0].kind != TypeKind::kDecimal) return Type::Numeric();
  return Type::Decimal(kNumericDigitsMax, args[0].scale);
}

}  // namespace

void RegisterNumericSums(FunctionRegistry& registry) {
  const std::string kPart = "part_of_sum(numeric) -> bytea";
  const std::string kMergeSum = "merge_sum(bytea) -> numeric";
  const std::string kMergeMean = "merge_avg(bytea) -> numeric";
  registry.InternalAggregate(kPart, AggregateFactory{&MakeSum<Finish::kPart>}, {});
  registry.InternalAggregate(kMergeSum,
                             AggregateFactory{&MakeAggregateFunction<SumOfParts<Finish::kSum>>},
                             {.can_fail = CanFail::kYes});
  registry.InternalAggregate(kMergeMean,
                             AggregateFactory{&MakeAggregateFunction<SumOfParts<Finish::kMean>>},
                             {.can_fail = CanFail::kYes});
  registry.Aggregate("sum(numeric) -> numeric", AggregateFactory{&MakeSum<Finish::kSum>},
                     {.can_fail = CanFail::kYes, .result_type = SumType},
                     "sum of the values that are not null", {{kPart}, kMergeSum});
  registry.Aggregate("avg(numeric) -> numeric", AggregateFactory{&MakeSum<Finish::kMean>},
                     {.can_fail = CanFail::kYes}, "the average of the values that are not null",
                     {{kPart}, kMergeMean});
}

}  // namespace riverrun::executor
