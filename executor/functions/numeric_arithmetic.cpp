// Arithmetic of numeric. Sums and products of decimals whose precision 38 digits hold stay
// decimals and cannot fail; everything else has a scale per row.
#include <algorithm>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/number/numeric_math.h"

namespace riverrun::executor {
namespace {

Type DecimalOrNumeric(int precision, int scale) {
  if (precision > kNumericDigitsMax || scale > kNumericDigitsMax) return Type::Numeric();
  return Type::Decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale));
}

bool AllDecimal(std::span<const Type> types) {
  return std::all_of(types.begin(), types.end(),
                     [](const Type& type) { return type.kind == TypeKind::kDecimal; });
}

Type SumType(std::span<const Type> types) {
  if (!AllDecimal(types)) return Type::Numeric();
  const int scale = std::max(types[0].scale, types[1].scale);
  const int whole = std::max(types[0].precision - types[0].scale,
                             types[1].precision - types[1].scale);
  return DecimalOrNumeric(whole + scale + 1, scale);
}

Type ProductType(std::span<const Type> types) {
  if (!AllDecimal(types)) return Type::Numeric();
  return DecimalOrNumeric(types[0].precision + types[1].precision,
                          types[0].scale + types[1].scale);
}

Type SameDecimal(std::span<const Type> types) {
  return types[0].kind == TypeKind::kDecimal ? types[0] : Type::Numeric();
}

// A decimal's precision grew with the operation.
bool FailsAsNumeric(std::span<const Type>, const Type& result) {
  return result.kind != TypeKind::kDecimal;
}

// Rows that do not count may hold anything, so the digits are computed modulo 2^128.
Int128 Times(Int128 a, Int128 b) {
  return static_cast<Int128>(static_cast<UInt128>(a) * static_cast<UInt128>(b));
}
Int128 Plus(Int128 a, Int128 b) {
  return static_cast<Int128>(static_cast<UInt128>(a) + static_cast<UInt128>(b));
}
Int128 Minus(Int128 a) { return static_cast<Int128>(-static_cast<UInt128>(a)); }

// a·10^i ± b·10^j, where one of the powers is 1.
template <bool kSubtract>
void SumOfDecimals(const KernelInput& in, KernelOutput& out) {
  const int scale = out.type().scale;
  const Int128 factor_a = PowerOfTen(scale - in.args[0].type.scale);
  const Int128 power_b = PowerOfTen(scale - in.args[1].type.scale);
  const Int128 factor_b = kSubtract ? -power_b : power_b;
  const auto* a = in.args[0].values->as<Int128>();
  const auto* b = in.args[1].values->as<Int128>();
  auto* r = out.values<Int128>();
  if (factor_a == 1 && power_b == 1) {
    return LoopOver(in, r, a, b,
                    [](Int128 x, Int128 y) { return Plus(x, kSubtract ? Minus(y) : y); });
  }
  LoopOver(in, r, a, b, [factor_a, factor_b](Int128 x, Int128 y) {
    return Plus(Times(x, factor_a), Times(y, factor_b));
  });
}

template <auto kFunction>
void OfNumerics(const KernelInput& in, KernelOutput& out) {
  ForEachCall<Numeric, Numeric>(in, out, [&](uint32_t row, const Numeric& a, const Numeric& b) {
    Numeric value;
    const ArithmeticStatus status = kFunction(a, b, value);
    if (status == ArithmeticStatus::kOk) [[likely]] return SetNumeric(out, row, value);
    out.Fail(row, ErrorOf(status));
  });
}

template <bool kSubtract>
void Sum(const KernelInput& in, KernelOutput& out) {
  if (out.type().kind == TypeKind::kDecimal) return SumOfDecimals<kSubtract>(in, out);
  if constexpr (kSubtract) {
    OfNumerics<Sub>(in, out);
  } else {
    OfNumerics<Add>(in, out);
  }
}

void Product(const KernelInput& in, KernelOutput& out) {
  if (out.type().kind != TypeKind::kDecimal) return OfNumerics<Mul>(in, out);
  LoopOver(in, out.values<Int128>(), in.args[0].values->as<Int128>(),
           in.args[1].values->as<Int128>(), Times);
}

Int128 SameDigits(Int128 a) { return a; }
Int128 AbsDigits(Int128 a) { return a < 0 ? Minus(a) : a; }
constexpr Numeric SameNumeric(const Numeric& x) { return x; }

// A function that changes the sign at most keeps the type.
template <auto kOfDigits, auto kOfNumeric>
void OfOne(const KernelInput& in, KernelOutput& out) {
  if (out.type().kind == TypeKind::kDecimal) {
    return LoopOver(in, out.values<Int128>(), in.args[0].values->as<Int128>(), kOfDigits);
  }
  ForEachCall<Numeric>(in, out, [&](uint32_t row, const Numeric& x) {
    SetNumeric(out, row, kOfNumeric(x));
  });
}

ArithmeticStatus RoundToInteger(const Numeric& x, Numeric& out) { return Round(x, 0, out); }
Numeric TruncateToInteger(const Numeric& x) { return Truncate(x, 0); }
ArithmeticStatus FactorialOf(int64_t n, Numeric& out) { return Factorial(n, out); }

// Special values have no scale.
void Scale(const KernelInput& in, KernelOutput& out) {
  ForEachCall<Numeric>(in, out, [&](uint32_t row, const Numeric& x) {
    if (x.IsSpecial()) return out.SetNull(row);
    out.values<int32_t>()[row] = x.scale;
  });
}
void MinScaleOf(const KernelInput& in, KernelOutput& out) {
  ForEachCall<Numeric>(in, out, [&](uint32_t row, const Numeric& x) {
    if (x.IsSpecial()) return out.SetNull(row);
    out.values<int32_t>()[row] = MinScale(x);
  });
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

std::string Unary(std::string_view name) { return std::string(name) + "(numeric) -> numeric"; }
std::string Binary(std::string_view name) {
  return std::string(name) + "(numeric, numeric) -> numeric";
}

void RegisterOperators(FunctionRegistry& registry) {
  const FunctionOptions sum = {.may_fail = FailsAsNumeric, .result_type = SumType};
  const FunctionOptions product = {.may_fail = FailsAsNumeric, .result_type = ProductType};
  const FunctionOptions same = {.result_type = SameDecimal};
  registry.Scalar(Binary("+"), Sum<false>, sum, "sum");
  registry.Scalar(Binary("-"), Sum<true>, sum, "difference");
  registry.Scalar(Binary("*"), Product, product, "product");
  registry.Scalar(Binary("/"), Status<Div>(), kCanFail, "quotient");
  registry.Scalar(Binary("%"), Status<Mod>(), kCanFail, "rest of the division");
  registry.Scalar(Binary("mod"), Status<Mod>(), kCanFail, "rest of the division");
  registry.Scalar(Binary("div"), Status<DivTruncated>(), kCanFail, "integer quotient");
  registry.Scalar(Unary("+"), OfOne<SameDigits, SameNumeric>, same, "the number itself");
  registry.Scalar(Unary("-"), OfOne<Minus, Negate>, same, "negation");
  registry.Scalar(Unary("@"), OfOne<AbsDigits, Abs>, same, "absolute value");
  registry.Scalar(Unary("abs"), OfOne<AbsDigits, Abs>, same, "absolute value");
}

void RegisterRounding(FunctionRegistry& registry) {
  registry.Scalar(Unary("round"), Status<RoundToInteger>(), kCanFail,
                  "nearest integer, halves away from zero");
  registry.Scalar("round(numeric, integer) -> numeric", Status<Round>(), kCanFail,
                  "rounded to the given number of decimal places");
  registry.Scalar(Unary("trunc"), Map<TruncateToInteger>(), "integer part, towards zero");
  registry.Scalar("trunc(numeric, integer) -> numeric", Map<Truncate>(),
                  "cut to the given number of decimal places");
  registry.Scalar(Unary("ceil"), Map<Ceil>(), "nearest integer not below");
  registry.Scalar(Unary("ceiling"), Map<Ceil>(), "nearest integer not below");
  registry.Scalar(Unary("floor"), Map<Floor>(), "nearest integer not above");
  registry.Scalar(Unary("sign"), Map<SignOf>(), "-1, 0 or 1");
  registry.Scalar("scale(numeric) -> integer", Scale, "digits after the point, as written");
  registry.Scalar("min_scale(numeric) -> integer", MinScaleOf, "digits after the point needed");
  registry.Scalar(Unary("trim_scale"), Map<TrimScale>(), "without trailing zeros");
}

void RegisterMath(FunctionRegistry& registry) {
  registry.Scalar(Unary("sqrt"), Status<Sqrt>(), kCanFail, "square root");
  registry.Scalar(Unary("exp"), Status<Exp>(), kCanFail, "e to the given power");
  registry.Scalar(Unary("ln"), Status<Ln>(), kCanFail, "natural logarithm");
  registry.Scalar(Unary("log"), Status<Log10>(), kCanFail, "logarithm, base 10");
  registry.Scalar(Unary("log10"), Status<Log10>(), kCanFail, "logarithm, base 10");
  registry.Scalar(Binary("log"), Status<Log>(), kCanFail, "logarithm of b to base a");
  registry.Scalar(Binary("power"), Status<Power>(), kCanFail, "a raised to the power of b");
  registry.Scalar(Binary("pow"), Status<Power>(), kCanFail, "a raised to the power of b");
  registry.Scalar(Binary("^"), Status<Power>(), kCanFail, "a raised to the power of b");
  registry.Scalar(Binary("gcd"), Status<Gcd>(), kCanFail, "greatest common divisor");
  registry.Scalar(Binary("lcm"), Status<Lcm>(), kCanFail, "least common multiple");
  registry.Scalar("factorial(bigint) -> numeric", Status<FactorialOf>(), kCanFail, "n!");
}

}  // namespace

void RegisterNumericArithmetic(FunctionRegistry& registry) {
  RegisterOperators(registry);
  RegisterRounding(registry);
  RegisterMath(registry);
}

}  // namespace riverrun::executor
