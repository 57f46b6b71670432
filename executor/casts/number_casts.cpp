// Casts among boolean, integers, floats, numeric and oid.
#include <cmath>
#include <limits>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace {

template <class T>
constexpr ArithmeticStatus kOutOfRange = sizeof(T) == 2   ? ArithmeticStatus::kSmallintOutOfRange
                                         : sizeof(T) == 4 ? ArithmeticStatus::kIntegerOutOfRange
                                                          : ArithmeticStatus::kBigintOutOfRange;

template <class T>
Error OutOfRange() {
  return ErrorOf(kOutOfRange<T>);
}

template <class From, class To>
To Widen(From x) {
  return static_cast<To>(x);
}

template <class From, class To>
To Narrow(From x, bool& failed) {
  const To out = static_cast<To>(x);
  failed |= out != x;
  return out;
}

// Halves go to the even integer. NaN fails both comparisons.
template <class From, class To>
ArithmeticStatus RoundFloat(From x, To& out) {
  const From rounded = std::nearbyint(x);
  // The upper end is the power of two above the largest integer, which floats hold exactly.
  const From end = -static_cast<From>(std::numeric_limits<To>::min());
  if (!(rounded >= -end && rounded < end)) return kOutOfRange<To>;
  out = static_cast<To>(rounded);
  return ArithmeticStatus::kOk;
}

ArithmeticStatus DoubleToFloat(double x, float& out) {
  out = static_cast<float>(x);
  if (std::isinf(out) && !std::isinf(x)) return ArithmeticStatus::kFloatOverflow;
  if (out == 0 && x != 0) return ArithmeticStatus::kFloatUnderflow;
  return ArithmeticStatus::kOk;
}

int32_t BoolToInt(bool x) { return x ? 1 : 0; }
bool IntToBool(int32_t x) { return x != 0; }

uint32_t IntToOid(int32_t x) { return static_cast<uint32_t>(x); }
uint32_t SmallintToOid(int16_t x) { return static_cast<uint32_t>(int32_t{x}); }
uint32_t SameOid(uint32_t x) { return x; }
int32_t OidToInt(uint32_t x) { return static_cast<int32_t>(x); }
int64_t OidToBigint(uint32_t x) { return x; }
uint32_t BigintToOid(int64_t x, bool& failed) {
  failed |= x < 0 || x > int64_t{std::numeric_limits<uint32_t>::max()};
  return static_cast<uint32_t>(x);
}
Error OidOutOfRange() { return {sqlstate::kNumericValueOutOfRange, "OID out of range"}; }

// Writes a numeric into either physical form; numeric(p,s) rounds and checks.
ArithmeticStatus PutNumeric(KernelOutput& out, uint32_t row, const Numeric& x) {
  const Type& type = out.type();
  if (type.kind == TypeKind::kDecimal) {
    return ToDecimal(x, type.precision, type.scale, out.values<Int128>()[row]);
  }
  SetNumeric(out, row, x);
  return ArithmeticStatus::kOk;
}

// Digits that an integer type may have.
template <class T>
constexpr int kIntegerDigits = sizeof(T) == 2   ? 5
                               : sizeof(T) == 4 ? 10
                                                : 19;

template <class T>
void FromInteger(const KernelInput& in, KernelOutput& out) {
  const Type& type = out.type();
  if (type.kind == TypeKind::kDecimal && type.precision - type.scale >= kIntegerDigits<T>) {
    const Int128 factor = PowerOfTen(type.scale);
    return LoopOver(in, out.values<Int128>(), in.args[0].values->as<T>(),
                    [factor](T x) { return Int128{x} * factor; });
  }
  ForEachCall<T>(in, out, [&](uint32_t row, T x) {
    const ArithmeticStatus status = PutNumeric(out, row, Numeric::FromInteger(x));
    if (status != ArithmeticStatus::kOk) out.Fail(row, ErrorOf(status));
  });
}

template <class T>
bool IntegerMayFail(std::span<const Type>, const Type& result) {
  return result.kind == TypeKind::kDecimal && result.precision - result.scale < kIntegerDigits<T>;
}

template <class T, auto kConvert>
void FromFloat(const KernelInput& in, KernelOutput& out) {
  ForEachCall<T>(in, out, [&](uint32_t row, T x) {
    Numeric value;
    ArithmeticStatus status = kConvert(x, value);
    if (status == ArithmeticStatus::kOk) status = PutNumeric(out, row, value);
    if (status != ArithmeticStatus::kOk) out.Fail(row, ErrorOf(status));
  });
}

void NumericToNumeric(const KernelInput& in, KernelOutput& out) {
  if (in.args[0].type.kind == out.type().kind && in.args[0].type.scale == out.type().scale &&
      in.args[0].type.precision <= out.type().precision) {
    return out.SetColumn(in.args[0]);
  }
  ForEachCall<Numeric>(in, out, [&](uint32_t row, const Numeric& x) {
    const ArithmeticStatus status = PutNumeric(out, row, x);
    if (status != ArithmeticStatus::kOk) out.Fail(row, ErrorOf(status));
  });
}

double DoubleOf(const Numeric& x) { return ToDouble(x); }

// Whether numeric(p,s) may lack room for what it is given.
bool NumericMayFail(std::span<const Type> args, const Type& result) {
  if (result.kind != TypeKind::kDecimal) return false;
  return args[0].kind != TypeKind::kDecimal || args[0].scale > result.scale ||
         args[0].precision - args[0].scale > result.precision - result.scale;
}

constexpr FunctionOptions kImplicit = {.cast = CastContext::kImplicit};
constexpr FunctionOptions kAssignment = {.can_fail = CanFail::kYes,
                                         .cast = CastContext::kAssignment};
constexpr std::string_view kDescription = "conversion";

std::string Cast(std::string_view from, std::string_view to) {
  return "cast(" + std::string(from) + ") -> " + std::string(to);
}

template <class From, class To>
void RegisterWidening(FunctionRegistry& registry, std::string_view from, std::string_view to) {
  registry.Scalar(Cast(from, to), Map<Widen<From, To>>(), kImplicit, kDescription);
}

template <class From, class To>
void RegisterNarrowing(FunctionRegistry& registry, std::string_view from, std::string_view to) {
  registry.Scalar(Cast(from, to), Checked<Narrow<From, To>, OutOfRange<To>>(), kAssignment,
                  kDescription);
}

template <class T>
void RegisterFloat(FunctionRegistry& registry, std::string_view name) {
  RegisterWidening<int16_t, T>(registry, "smallint", name);
  RegisterWidening<int32_t, T>(registry, "integer", name);
  RegisterWidening<int64_t, T>(registry, "bigint", name);
  registry.Scalar(Cast(name, "smallint"), Status<RoundFloat<T, int16_t>>(), kAssignment,
                  kDescription);
  registry.Scalar(Cast(name, "integer"), Status<RoundFloat<T, int32_t>>(), kAssignment,
                  kDescription);
  registry.Scalar(Cast(name, "bigint"), Status<RoundFloat<T, int64_t>>(), kAssignment,
                  kDescription);
}

void RegisterNumeric(FunctionRegistry& registry) {
  const auto implicit = [](MayFailHook may_fail) {
    return FunctionOptions{.may_fail = may_fail, .cast = CastContext::kImplicit};
  };
  registry.Scalar(Cast("smallint", "numeric"), FromInteger<int16_t>,
                  implicit(IntegerMayFail<int16_t>), kDescription);
  registry.Scalar(Cast("integer", "numeric"), FromInteger<int32_t>,
                  implicit(IntegerMayFail<int32_t>), kDescription);
  registry.Scalar(Cast("bigint", "numeric"), FromInteger<int64_t>,
                  implicit(IntegerMayFail<int64_t>), kDescription);
  registry.Scalar(Cast("real", "numeric"), FromFloat<float, riverrun::FromFloat>, kAssignment,
                  kDescription);
  registry.Scalar(Cast("double precision", "numeric"), FromFloat<double, FromDouble>, kAssignment,
                  kDescription);
  registry.Scalar(Cast("numeric", "numeric"), NumericToNumeric, implicit(NumericMayFail),
                  kDescription);
  registry.Scalar(Cast("numeric", "smallint"), Status<ToInt16>(), kAssignment, kDescription);
  registry.Scalar(Cast("numeric", "integer"), Status<ToInt32>(), kAssignment, kDescription);
  registry.Scalar(Cast("numeric", "bigint"), Status<ToInt64>(), kAssignment, kDescription);
  registry.Scalar(Cast("numeric", "real"), Map<ToFloat>(), kImplicit, kDescription);
  registry.Scalar(Cast("numeric", "double precision"), Map<DoubleOf>(), kImplicit, kDescription);
}

void RegisterOid(FunctionRegistry& registry) {
  registry.Scalar(Cast("smallint", "oid"), Map<SmallintToOid>(), kImplicit, kDescription);
  registry.Scalar(Cast("integer", "oid"), Map<IntToOid>(), kImplicit, kDescription);
  registry.Scalar(Cast("bigint", "oid"), Checked<BigintToOid, OidOutOfRange>(),
                  {.can_fail = CanFail::kYes, .cast = CastContext::kImplicit}, kDescription);
  registry.Scalar(Cast("oid", "oid"), Map<SameOid>(), kImplicit,
                  "the same number as regclass etc.");
  registry.Scalar(Cast("oid", "integer"), Map<OidToInt>(), {.cast = CastContext::kAssignment},
                  kDescription);
  registry.Scalar(Cast("oid", "bigint"), Map<OidToBigint>(), {.cast = CastContext::kAssignment},
                  kDescription);
}

}  // namespace

void RegisterNumberCasts(FunctionRegistry& registry) {
  RegisterWidening<int16_t, int32_t>(registry, "smallint", "integer");
  RegisterWidening<int16_t, int64_t>(registry, "smallint", "bigint");
  RegisterWidening<int32_t, int64_t>(registry, "integer", "bigint");
  RegisterNarrowing<int32_t, int16_t>(registry, "integer", "smallint");
  RegisterNarrowing<int64_t, int16_t>(registry, "bigint", "smallint");
  RegisterNarrowing<int64_t, int32_t>(registry, "bigint", "integer");
  RegisterFloat<float>(registry, "real");
  RegisterFloat<double>(registry, "double precision");
  RegisterWidening<float, double>(registry, "real", "double precision");
  registry.Scalar(Cast("double precision", "real"), Status<DoubleToFloat>(), kAssignment,
                  kDescription);
  registry.Scalar(Cast("boolean", "integer"), Map<BoolToInt>(), kDescription);
  registry.Scalar(Cast("integer", "boolean"), Map<IntToBool>(), kDescription);
  RegisterNumeric(registry);
  RegisterOid(registry);
}

}  // namespace riverrun::executor
