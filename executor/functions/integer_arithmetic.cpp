// Arithmetic and bit operators of smallint, integer and bigint.
#include <concepts>
#include <limits>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace {

template <class T>
using Unsigned = std::make_unsigned_t<T>;

template <class T>
Error OutOfRange() {
  if constexpr (std::is_same_v<T, int16_t>) return ErrorOf(ArithmeticStatus::kSmallintOutOfRange);
  if constexpr (std::is_same_v<T, int32_t>) return ErrorOf(ArithmeticStatus::kIntegerOutOfRange);
  return ErrorOf(ArithmeticStatus::kBigintOutOfRange);
}

template <class T>
constexpr ArithmeticStatus kOutOfRange = sizeof(T) == 2   ? ArithmeticStatus::kSmallintOutOfRange
                                         : sizeof(T) == 4 ? ArithmeticStatus::kIntegerOutOfRange
                                                          : ArithmeticStatus::kBigintOutOfRange;

// Sums wrap and the signs tell whether they did: a form that compilers vectorise.
template <class T>
T Add(T a, T b, bool& failed) {
  const T sum = static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
  failed |= ((a ^ sum) & (b ^ sum)) < 0;
  return sum;
}

template <class T>
T Subtract(T a, T b, bool& failed) {
  const T rest = static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
  failed |= ((a ^ b) & (a ^ rest)) < 0;
  return rest;
}

template <class T>
T Multiply(T a, T b, bool& failed) {
  T product;
  failed |= __builtin_mul_overflow(a, b, &product);
  return product;
}

template <class T>
T Negate(T a, bool& failed) {
  failed |= a == std::numeric_limits<T>::min();
  return static_cast<T>(-static_cast<Unsigned<T>>(a));
}

template <class T>
T Abs(T a, bool& failed) {
  return a < 0 ? Negate<T>(a, failed) : a;
}

template <class T>
ArithmeticStatus Divide(T a, T b, T& out) {
  if (b == 0) return ArithmeticStatus::kDivisionByZero;
  if (b == -1) {
    if (a == std::numeric_limits<T>::min()) return kOutOfRange<T>;
    out = static_cast<T>(-a);
    return ArithmeticStatus::kOk;
  }
  out = static_cast<T>(a / b);
  return ArithmeticStatus::kOk;
}

template <class T>
ArithmeticStatus Modulo(T a, T b, T& out) {
  if (b == 0) return ArithmeticStatus::kDivisionByZero;
  out = b == -1 ? T{0} : static_cast<T>(a % b);
  return ArithmeticStatus::kOk;
}

template <class T>
UInt128 GcdOf(T a, T b) {
  UInt128 x = Magnitude(a), y = Magnitude(b);
  while (y != 0) x = std::exchange(y, x % y);
  return x;
}

template <class T>
ArithmeticStatus Gcd(T a, T b, T& out) {
  const UInt128 gcd = GcdOf(a, b);
  if (gcd > static_cast<UInt128>(std::numeric_limits<T>::max())) return kOutOfRange<T>;
  out = static_cast<T>(gcd);
  return ArithmeticStatus::kOk;
}

template <class T>
ArithmeticStatus Lcm(T a, T b, T& out) {
  out = 0;
  if (a == 0 || b == 0) return ArithmeticStatus::kOk;
  const UInt128 lcm = Magnitude(a) / GcdOf(a, b) * Magnitude(b);
  if (lcm > static_cast<UInt128>(std::numeric_limits<T>::max())) return kOutOfRange<T>;
  out = static_cast<T>(lcm);
  return ArithmeticStatus::kOk;
}

template <class T>
T Same(T a) {
  return a;
}
template <class T>
T BitAnd(T a, T b) {
  return static_cast<T>(a & b);
}
template <class T>
T BitOr(T a, T b) {
  return static_cast<T>(a | b);
}
template <class T>
T BitXor(T a, T b) {
  return static_cast<T>(a ^ b);
}
template <class T>
T BitNot(T a) {
  return static_cast<T>(~a);
}

// PostgreSQL leaves shifts by the width or more to the machine: x86 takes the count modulo 32, or
// 64 for bigint; a smallint is shifted as an integer.
template <class T>
using ShiftWord = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;

template <class T>
T ShiftLeft(T a, int32_t count) {
  const int32_t bits = count & (static_cast<int32_t>(sizeof(ShiftWord<T>)) * 8 - 1);
  return static_cast<T>(static_cast<Unsigned<ShiftWord<T>>>(ShiftWord<T>{a}) << bits);
}
template <class T>
T ShiftRight(T a, int32_t count) {
  const int32_t bits = count & (static_cast<int32_t>(sizeof(ShiftWord<T>)) * 8 - 1);
  return static_cast<T>(ShiftWord<T>{a} >> bits);
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

struct IntegerName {
  std::string name;
  std::string Unary(std::string_view function) const {
    return std::string(function) + "(" + name + ") -> " + name;
  }
  std::string Binary(std::string_view function) const {
    return std::string(function) + "(" + name + ", " + name + ") -> " + name;
  }
  std::string Shift(std::string_view function) const {
    return std::string(function) + "(" + name + ", integer) -> " + name;
  }
};

template <class T>
void RegisterOperators(FunctionRegistry& registry, const IntegerName& type) {
  registry.Scalar(type.Binary("+"), Checked<Add<T>, OutOfRange<T>>(), kCanFail, "sum");
  registry.Scalar(type.Binary("-"), Checked<Subtract<T>, OutOfRange<T>>(), kCanFail, "difference");
  registry.Scalar(type.Binary("*"), Checked<Multiply<T>, OutOfRange<T>>(), kCanFail, "product");
  registry.Scalar(type.Binary("/"), Status<Divide<T>>(), kCanFail, "quotient, towards zero");
  registry.Scalar(type.Binary("%"), Status<Modulo<T>>(), kCanFail, "rest of the division");
  registry.Scalar(type.Binary("mod"), Status<Modulo<T>>(), kCanFail, "rest of the division");
  registry.Scalar(type.Unary("+"), Map<Same<T>>(), "the number itself");
  registry.Scalar(type.Unary("-"), Checked<Negate<T>, OutOfRange<T>>(), kCanFail, "negation");
  registry.Scalar(type.Unary("@"), Checked<Abs<T>, OutOfRange<T>>(), kCanFail, "absolute value");
  registry.Scalar(type.Unary("abs"), Checked<Abs<T>, OutOfRange<T>>(), kCanFail, "absolute value");
}

template <class T>
void RegisterBitOperators(FunctionRegistry& registry, const IntegerName& type) {
  registry.Scalar(type.Binary("&"), Map<BitAnd<T>>(), "bitwise and");
  registry.Scalar(type.Binary("|"), Map<BitOr<T>>(), "bitwise or");
  registry.Scalar(type.Binary("#"), Map<BitXor<T>>(), "bitwise exclusive or");
  registry.Scalar(type.Unary("~"), Map<BitNot<T>>(), "bitwise not");
  registry.Scalar(type.Shift("<<"), Map<ShiftLeft<T>>(), "shift left");
  registry.Scalar(type.Shift(">>"), Map<ShiftRight<T>>(), "shift right, keeping the sign");
}

template <class T>
void RegisterDivisors(FunctionRegistry& registry, const IntegerName& type) {
  registry.Scalar(type.Binary("gcd"), Status<Gcd<T>>(), kCanFail, "greatest common divisor");
  registry.Scalar(type.Binary("lcm"), Status<Lcm<T>>(), kCanFail, "least common multiple");
}

// integer + bigint and the like: PostgreSQL has an operator for each pair.
void RegisterMixedWidths(FunctionRegistry& registry) {
  constexpr std::array<std::string_view, 3> kTypes = {"smallint", "integer", "bigint"};
  for (const std::string name : {"+", "-", "*", "/"}) {
    for (size_t a = 0; a < kTypes.size(); ++a) {
      for (size_t b = 0; b < kTypes.size(); ++b) {
        if (a == b) continue;
        const std::string wide(kTypes[std::max(a, b)]);
        const std::string args = std::string(kTypes[a]) + ", " + std::string(kTypes[b]);
        registry.Alias(name + "(" + args + ")",
                       name + "(" + wide + ", " + wide + ") -> " + wide);
      }
    }
  }
}

}  // namespace

void RegisterIntegerArithmetic(FunctionRegistry& registry) {
  const IntegerName int2{"smallint"}, int4{"integer"}, int8{"bigint"};
  RegisterOperators<int16_t>(registry, int2);
  RegisterOperators<int32_t>(registry, int4);
  RegisterOperators<int64_t>(registry, int8);
  RegisterBitOperators<int16_t>(registry, int2);
  RegisterBitOperators<int32_t>(registry, int4);
  RegisterBitOperators<int64_t>(registry, int8);
  RegisterDivisors<int32_t>(registry, int4);
  RegisterDivisors<int64_t>(registry, int8);
  RegisterMixedWidths(registry);
}

}  // namespace riverrun::executor
