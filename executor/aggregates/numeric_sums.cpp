// sum and avg of numeric, exact: no partial sum overflows, and a scale that was taken back shows
// nowhere.
#include <algorithm>
#include <array>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "executor/aggregates/wide_integer.h"

namespace riverrun::executor {
namespace {

// Both physical forms end here: a sum of digits at a scale.
ArithmeticStatus Mean(const Numeric& sum, Weight count, Numeric& out) {
  return Div(sum, Numeric::FromInteger(count), out);
}

void AppendAs(const Numeric& value, ColumnBuilder& out) {
  out.type().kind == TypeKind::kDecimal ? out.Append(value.digits) : out.AppendNumeric(value);
}

// Of decimals, whose scale the type has. A sum is a decimal of the same scale.
template <bool kIsMean>
class DecimalSum : public AggregateFunction {
 public:
  explicit DecimalSum(const AggregateUse& use) : scale_(static_cast<int8_t>(use.args[0].scale)) {
    CHECK(kIsMean || use.result.kind == TypeKind::kNumeric || use.result.scale == scale_,
          "sum of decimals with another scale");
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
      Numeric result{0, scale_};
      const bool fits = state.sum.ToInt128(result.digits) && FitsDecimal(result.digits);
      ArithmeticStatus status = fits ? ArithmeticStatus::kOk : ArithmeticStatus::kOverflow;
      if (kIsMean && fits) status = Mean(result, state.count, result);
      if (status != ArithmeticStatus::kOk) {
        AppendError(out, errors, ErrorOf(status));
      } else {
        AppendAs(result, out);
      }
    });
  }

 private:
  struct State {
    WideInteger<3> sum;
    Weight count;
  };

  const int8_t scale_;
};

// How many values have each scale: a result has the largest. Special values are counted too.
// Nearly every group sees one scale only, which needs no table.
class ScaleCounts {
 public:
  static constexpr size_t kScales = kNumericDigitsMax + 1;

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
  // Scales from 0, then the special values, whose scales are -1 to -3.
  using Table = std::array<Weight, kScales + 3>;
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

// The sum of finite values, with zeros behind the point dropped where 38 digits do not hold them.
ArithmeticStatus FiniteSum(const NumericState& state, Numeric& out) {
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
    if (out.scale == 0 || sum.DivideBy(10) != 0) return ArithmeticStatus::kOverflow;
    --out.scale;
  }
  if (negative) out.digits = -out.digits;
  return ArithmeticStatus::kOk;
}

ArithmeticStatus SumOf(const NumericState& state, Numeric& out) {
  const bool plus = state.scales.CountOf(Numeric::kInfinity) != 0;
  const bool minus = state.scales.CountOf(Numeric::kNegativeInfinity) != 0;
  if (state.scales.CountOf(Numeric::kNaN) != 0 || (plus && minus)) {
    out = Numeric::NaN();
  } else if (plus || minus) {
    out = plus ? Numeric::Infinity() : Numeric::NegativeInfinity();
  } else {
    return FiniteSum(state, out);
  }
  return ArithmeticStatus::kOk;
}

// Of numbers with a scale of their own.
template <bool kIsMean>
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
      Numeric result;
      ArithmeticStatus status = SumOf(state, result);
      if (kIsMean && status == ArithmeticStatus::kOk) status = Mean(result, state.count, result);
      if (status != ArithmeticStatus::kOk) {
        AppendError(out, errors, ErrorOf(status));
      } else {
        out.AppendNumeric(result);
      }
    });
  }
};

template <bool kIsMean>
std::unique_ptr<AggregateFunction> MakeSum(const AggregateUse& use) {
  if (use.args[0].kind == TypeKind::kDecimal) return std::make_unique<DecimalSum<kIsMean>>(use);
  return std::make_unique<NumericSum<kIsMean>>(use);
}

Type SumType(std::span<const Type> args) {
  if (args[0].kind != TypeKind::kDecimal) return Type::Numeric();
  return Type::Decimal(kNumericDigitsMax, args[0].scale);
}

}  // namespace

void RegisterNumericSums(FunctionRegistry& registry) {
  registry.Aggregate("sum(numeric) -> numeric", AggregateFactory{&MakeSum<false>},
                     {.can_fail = CanFail::kYes, .result_type = SumType},
                     "sum of the values that are not null");
  registry.Aggregate("avg(numeric) -> numeric", AggregateFactory{&MakeSum<true>},
                     {.can_fail = CanFail::kYes}, "the average of the values that are not null");
}

}  // namespace riverrun::executor
