// Arithmetic of real and double precision. As in PostgreSQL a finite operation that gives an
// infinity is an overflow, and one that loses everything is an underflow.
#include <cmath>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace {

template <class T>
bool Overflowed(T result, T a, T b) {
  return std::isinf(result) && !std::isinf(a) && !std::isinf(b);
}

Error Overflow() { return ErrorOf(ArithmeticStatus::kFloatOverflow); }

template <class T>
T Add(T a, T b, bool& failed) {
  const T sum = a + b;
  failed |= Overflowed(sum, a, b);
  return sum;
}

template <class T>
T Subtract(T a, T b, bool& failed) {
  const T rest = a - b;
  failed |= Overflowed(rest, a, b);
  return rest;
}

// Suspects every product that is zero or infinite; the slow function knows which are faults.
template <class T>
T MultiplyFast(T a, T b, bool& failed) {
  const T product = a * b;
  failed |= std::isinf(product) || product == 0;
  return product;
}

template <class T>
ArithmeticStatus Multiply(T a, T b, T& out) {
  out = a * b;
  if (Overflowed(out, a, b)) return ArithmeticStatus::kFloatOverflow;
  if (out == 0 && a != 0 && b != 0) return ArithmeticStatus::kFloatUnderflow;
  return ArithmeticStatus::kOk;
}

template <class T>
T DivideFast(T a, T b, bool& failed) {
  const T quotient = a / b;
  failed |= b == 0 || std::isinf(quotient) || quotient == 0;
  return quotient;
}

template <class T>
ArithmeticStatus Divide(T a, T b, T& out) {
  if (b == 0 && !std::isnan(a)) return ArithmeticStatus::kDivisionByZero;
  out = a / b;
  if (std::isinf(out) && !std::isinf(a)) return ArithmeticStatus::kFloatOverflow;
  if (out == 0 && a != 0 && !std::isinf(b)) return ArithmeticStatus::kFloatUnderflow;
  return ArithmeticStatus::kOk;
}

template <class T>
T Same(T a) {
  return a;
}
template <class T>
T Negate(T a) {
  return -a;
}
template <class T>
T Abs(T a) {
  return std::abs(a);
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

template <class T>
void RegisterOperators(FunctionRegistry& registry, const std::string& type) {
  const auto unary = [&](std::string_view name) {
    return std::string(name) + "(" + type + ") -> " + type;
  };
  const auto binary = [&](std::string_view name) {
    return std::string(name) + "(" + type + ", " + type + ") -> " + type;
  };
  registry.Scalar(binary("+"), Checked<Add<T>, Overflow>(), kCanFail, "sum");
  registry.Scalar(binary("-"), Checked<Subtract<T>, Overflow>(), kCanFail, "difference");
  registry.Scalar(binary("*"), Screened<MultiplyFast<T>, Multiply<T>>(), kCanFail, "product");
  registry.Scalar(binary("/"), Screened<DivideFast<T>, Divide<T>>(), kCanFail, "quotient");
  registry.Scalar(unary("+"), Map<Same<T>>(), "the number itself");
  registry.Scalar(unary("-"), Map<Negate<T>>(), "negation");
  registry.Scalar(unary("@"), Map<Abs<T>>(), "absolute value");
  registry.Scalar(unary("abs"), Map<Abs<T>>(), "absolute value");
}

}  // namespace

void RegisterFloatArithmetic(FunctionRegistry& registry) {
  RegisterOperators<float>(registry, "real");
  RegisterOperators<double>(registry, "double precision");
  for (const std::string name : {"+", "-", "*", "/"}) {
    const std::string wide = name + "(double precision, double precision) -> double precision";
    registry.Alias(name + "(real, double precision)", wide);
    registry.Alias(name + "(double precision, real)", wide);
  }
}

}  // namespace riverrun::executor
