// Roots, powers, logarithms, rounding and trigonometry of double precision.
#include <cmath>
#include <numbers>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace {

// Failures that numeric does not have; the others convert.
enum class MathStatus : uint8_t { kOk, kOutOfRange, kOverflow, kUnderflow, kDivisionByZero };

Error ErrorOf(MathStatus status) {
  switch (status) {
    case MathStatus::kOverflow: return riverrun::ErrorOf(ArithmeticStatus::kFloatOverflow);
    case MathStatus::kUnderflow: return riverrun::ErrorOf(ArithmeticStatus::kFloatUnderflow);
    case MathStatus::kDivisionByZero: return riverrun::ErrorOf(ArithmeticStatus::kDivisionByZero);
    default: return {sqlstate::kNumericValueOutOfRange, "input is out of range"};
  }
}

ArithmeticStatus Sqrt(double x, double& out) {
  if (x < 0) return ArithmeticStatus::kSqrtOfNegative;
  out = std::sqrt(x);
  return ArithmeticStatus::kOk;
}

ArithmeticStatus Exp(double x, double& out) {
  out = std::exp(x);
  if (std::isinf(out) && !std::isinf(x)) return ArithmeticStatus::kFloatOverflow;
  if (out == 0 && !std::isinf(x)) return ArithmeticStatus::kFloatUnderflow;
  return ArithmeticStatus::kOk;
}

template <double (*kLog)(double)>
ArithmeticStatus Logarithm(double x, double& out) {
  if (x == 0) return ArithmeticStatus::kLogOfZero;
  if (x < 0) return ArithmeticStatus::kLogOfNegative;
  out = kLog(x);
  return ArithmeticStatus::kOk;
}
double NaturalLog(double x) { return std::log(x); }
double DecimalLog(double x) { return std::log10(x); }

ArithmeticStatus Power(double base, double exponent, double& out) {
  if (std::isnan(base) || std::isnan(exponent)) {
    // 1 to any power and anything to the power 0 are 1, even NaN.
    out = base == 1 || exponent == 0 ? 1 : std::nan("");
    return ArithmeticStatus::kOk;
  }
  if (base == 0 && exponent < 0) return ArithmeticStatus::kZeroToNegativePower;
  if (base < 0 && std::floor(exponent) != exponent) return ArithmeticStatus::kNegativeToFraction;
  out = std::pow(base, exponent);
  if (std::isinf(base) || std::isinf(exponent)) return ArithmeticStatus::kOk;
  if (std::isinf(out)) return ArithmeticStatus::kFloatOverflow;
  if (out == 0 && base != 0) return ArithmeticStatus::kFloatUnderflow;
  return ArithmeticStatus::kOk;
}

double Cbrt(double x) { return std::cbrt(x); }
double Round(double x) { return std::nearbyint(x); }
double Truncate(double x) { return std::trunc(x); }
double Ceil(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }  // of NaN too, as PostgreSQL
double Pi() { return std::numbers::pi; }

// Trigonometry in radians. An infinite angle has no direction.
template <double (*kFunction)(double)>
MathStatus OfAngle(double x, double& out) {
  if (std::isinf(x)) return MathStatus::kOutOfRange;
  out = kFunction(x);
  return MathStatus::kOk;
}
double Sin(double x) { return std::sin(x); }
double Cos(double x) { return std::cos(x); }
double Tan(double x) { return std::tan(x); }
double Cot(double x) { return 1 / std::tan(x); }

// Functions of [-1, 1].
template <double (*kFunction)(double)>
MathStatus OfRatio(double x, double& out) {
  if (x < -1 || x > 1) return MathStatus::kOutOfRange;
  out = kFunction(x);
  return MathStatus::kOk;
}
double Asin(double x) { return std::asin(x); }
double Acos(double x) { return std::acos(x); }
double Atan(double x) { return std::atan(x); }
double Atan2(double y, double x) { return std::atan2(y, x); }
double Atanh(double x) { return std::atanh(x); }

double Sinh(double x) { return std::sinh(x); }
double Cosh(double x) { return std::cosh(x); }
double Tanh(double x) { return std::tanh(x); }
double Asinh(double x) { return std::asinh(x); }
MathStatus Acosh(double x, double& out) {
  if (x < 1) return MathStatus::kOutOfRange;
  out = std::acosh(x);
  return MathStatus::kOk;
}

// Trigonometry in degrees, exact at the angles where the result is: 0, 30, 45, 60, 90. Each
// function is scaled so that its value at such an angle is divided by itself; `volatile` keeps the
// compiler from computing the divisors with other rounding than the library's at run time.
constexpr double kRadians = std::numbers::pi / 180;

double AtRunTime(double x) {
  volatile double hidden = x;
  return hidden;
}
const double kSin30 = std::sin(AtRunTime(30) * kRadians);
const double kOneMinusCos60 = 1 - std::cos(AtRunTime(60) * kRadians);
const double kAsin05 = std::asin(AtRunTime(0.5));
const double kAcos05 = std::acos(AtRunTime(0.5));
const double kAtan1 = std::atan(AtRunTime(1));

double SinBelow30(double x) { return std::sin(x * kRadians) / kSin30 / 2; }
double CosBelow60(double x) { return 1 - (1 - std::cos(x * kRadians)) / kOneMinusCos60 / 2; }
double SinOfQuadrant(double x) { return x <= 30 ? SinBelow30(x) : CosBelow60(90 - x); }
double CosOfQuadrant(double x) { return x <= 60 ? CosBelow60(x) : SinBelow30(90 - x); }
double AsinOfQuadrant(double x) {
  return x <= 0.5 ? std::asin(x) / kAsin05 * 30 : 90 - std::acos(x) / kAcos05 * 60;
}
double AcosOfQuadrant(double x) {
  return x <= 0.5 ? 90 - std::asin(x) / kAsin05 * 30 : std::acos(x) / kAcos05 * 60;
}

// An angle of the first quadrant with the same sine, cosine or tangent up to the sign.
struct Folded {
  double angle;
  int sine_sign, cosine_sign;
};
Folded Fold(double x) {
  Folded out{std::fmod(x, 360), 1, 1};
  if (out.angle < 0) {
    out.angle = -out.angle;
    out.sine_sign = -1;
  }
  if (out.angle > 180) {
    out.angle = 360 - out.angle;
    out.sine_sign = -out.sine_sign;
  }
  if (out.angle > 90) {
    out.angle = 180 - out.angle;
    out.cosine_sign = -1;
  }
  return out;
}

double SinDegrees(double x) {
  const Folded folded = Fold(x);
  return folded.sine_sign * SinOfQuadrant(folded.angle);
}
double CosDegrees(double x) {
  const Folded folded = Fold(x);
  return folded.cosine_sign * CosOfQuadrant(folded.angle);
}
double TanOfQuadrant(double x) { return SinOfQuadrant(x) / CosOfQuadrant(x); }
double CotOfQuadrant(double x) { return CosOfQuadrant(x) / SinOfQuadrant(x); }
const double kTan45 = TanOfQuadrant(AtRunTime(45));
const double kCot45 = CotOfQuadrant(AtRunTime(45));
double TanDegrees(double x) {
  const Folded folded = Fold(x);
  const double tangent =
      folded.sine_sign * folded.cosine_sign * (TanOfQuadrant(folded.angle) / kTan45);
  return tangent == 0 ? 0 : tangent;  // never -0
}
double CotDegrees(double x) {
  const Folded folded = Fold(x);
  const double cotangent =
      folded.sine_sign * folded.cosine_sign * (CotOfQuadrant(folded.angle) / kCot45);
  return cotangent == 0 ? 0 : cotangent;
}
double AsinDegrees(double x) { return x >= 0 ? AsinOfQuadrant(x) : -AsinOfQuadrant(-x); }
double AcosDegrees(double x) { return x >= 0 ? AcosOfQuadrant(x) : 90 + AsinOfQuadrant(-x); }
double AtanDegrees(double x) { return std::atan(x) / kAtan1 * 45; }
double Atan2Degrees(double y, double x) { return std::atan2(y, x) / kAtan1 * 45; }

MathStatus Degrees(double x, double& out) {
  out = x / kRadians;
  return std::isinf(out) && !std::isinf(x) ? MathStatus::kOverflow : MathStatus::kOk;
}
MathStatus Radians(double x, double& out) {
  out = x * kRadians;
  return out == 0 && x != 0 ? MathStatus::kUnderflow : MathStatus::kOk;
}

// A view that is computed anew from its input must find the same rows, so chance has no place.
void Random(const KernelInput& in, KernelOutput& out) {
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    out.Fail(row, {sqlstate::kFeatureNotSupported,
                   "random() is not supported: a result computed again must be the same"});
  });
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

std::string Unary(std::string_view name) {
  return std::string(name) + "(double precision) -> double precision";
}
std::string Binary(std::string_view name) {
  return std::string(name) + "(double precision, double precision) -> double precision";
}

void RegisterPowers(FunctionRegistry& registry) {
  registry.Scalar(Unary("sqrt"), Status<Sqrt>(), kCanFail, "square root");
  registry.Scalar(Unary("|/"), Status<Sqrt>(), kCanFail, "square root");
  registry.Scalar(Unary("cbrt"), Map<Cbrt>(), "cube root");
  registry.Scalar(Unary("||/"), Map<Cbrt>(), "cube root");
  registry.Scalar(Unary("exp"), Status<Exp>(), kCanFail, "e to the given power");
  registry.Scalar(Unary("ln"), Status<Logarithm<NaturalLog>>(), kCanFail, "natural logarithm");
  registry.Scalar(Unary("log"), Status<Logarithm<DecimalLog>>(), kCanFail, "logarithm, base 10");
  registry.Scalar(Unary("log10"), Status<Logarithm<DecimalLog>>(), kCanFail, "logarithm, base 10");
  registry.Scalar(Binary("power"), Status<Power>(), kCanFail, "a raised to the power of b");
  registry.Scalar(Binary("pow"), Status<Power>(), kCanFail, "a raised to the power of b");
  registry.Scalar(Binary("^"), Status<Power>(), kCanFail, "a raised to the power of b");
}

void RegisterRounding(FunctionRegistry& registry) {
  registry.Scalar(Unary("round"), Map<Round>(), "nearest integer, halves to the even one");
  registry.Scalar(Unary("trunc"), Map<Truncate>(), "integer part, towards zero");
  registry.Scalar(Unary("ceil"), Map<Ceil>(), "nearest integer not below");
  registry.Scalar(Unary("ceiling"), Map<Ceil>(), "nearest integer not below");
  registry.Scalar(Unary("floor"), Map<Floor>(), "nearest integer not above");
  registry.Scalar(Unary("sign"), Map<Sign>(), "-1, 0 or 1");
  registry.Scalar("pi() -> double precision", Map<Pi>(), "the number pi");
  registry.Scalar("random() -> double precision", Random,
                  {.can_fail = CanFail::kYes, .volatility = Volatility::kVolatile},
                  "refused: results are reproducible");
}

void RegisterRadians(FunctionRegistry& registry) {
  registry.Scalar(Unary("sin"), Status<OfAngle<Sin>>(), kCanFail, "sine, of radians");
  registry.Scalar(Unary("cos"), Status<OfAngle<Cos>>(), kCanFail, "cosine, of radians");
  registry.Scalar(Unary("tan"), Status<OfAngle<Tan>>(), kCanFail, "tangent, of radians");
  registry.Scalar(Unary("cot"), Status<OfAngle<Cot>>(), kCanFail, "cotangent, of radians");
  registry.Scalar(Unary("asin"), Status<OfRatio<Asin>>(), kCanFail, "inverse sine, in radians");
  registry.Scalar(Unary("acos"), Status<OfRatio<Acos>>(), kCanFail, "inverse cosine, in radians");
  registry.Scalar(Unary("atan"), Map<Atan>(), "inverse tangent, in radians");
  registry.Scalar(Binary("atan2"), Map<Atan2>(), "inverse tangent of y / x, in radians");
  registry.Scalar(Unary("sinh"), Map<Sinh>(), "hyperbolic sine");
  registry.Scalar(Unary("cosh"), Map<Cosh>(), "hyperbolic cosine");
  registry.Scalar(Unary("tanh"), Map<Tanh>(), "hyperbolic tangent");
  registry.Scalar(Unary("asinh"), Map<Asinh>(), "inverse hyperbolic sine");
  registry.Scalar(Unary("acosh"), Status<Acosh>(), kCanFail, "inverse hyperbolic cosine");
  registry.Scalar(Unary("atanh"), Status<OfRatio<Atanh>>(), kCanFail,
                  "inverse hyperbolic tangent");
}

void RegisterDegrees(FunctionRegistry& registry) {
  registry.Scalar(Unary("sind"), Status<OfAngle<SinDegrees>>(), kCanFail, "sine, of degrees");
  registry.Scalar(Unary("cosd"), Status<OfAngle<CosDegrees>>(), kCanFail, "cosine, of degrees");
  registry.Scalar(Unary("tand"), Status<OfAngle<TanDegrees>>(), kCanFail, "tangent, of degrees");
  registry.Scalar(Unary("cotd"), Status<OfAngle<CotDegrees>>(), kCanFail, "cotangent, of degrees");
  registry.Scalar(Unary("asind"), Status<OfRatio<AsinDegrees>>(), kCanFail,
                  "inverse sine, in degrees");
  registry.Scalar(Unary("acosd"), Status<OfRatio<AcosDegrees>>(), kCanFail,
                  "inverse cosine, in degrees");
  registry.Scalar(Unary("atand"), Map<AtanDegrees>(), "inverse tangent, in degrees");
  registry.Scalar(Binary("atan2d"), Map<Atan2Degrees>(), "inverse tangent of y / x, in degrees");
  registry.Scalar(Unary("degrees"), Status<Degrees>(), kCanFail, "radians to degrees");
  registry.Scalar(Unary("radians"), Status<Radians>(), kCanFail, "degrees to radians");
}

}  // namespace

void RegisterFloatMath(FunctionRegistry& registry) {
  RegisterPowers(registry);
  RegisterRounding(registry);
  RegisterRadians(registry);
  RegisterDegrees(registry);
}

}  // namespace riverrun::executor
