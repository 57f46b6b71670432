// Roots, powers and logarithms of exact decimal numbers. Computed with 60 digits and rounded once
// to the scale that PostgreSQL 15 chooses, less what 38 digits do not hold. Slow (microseconds):
// these are not for the inner loop.
#pragma once

#include <cstdint>

#include "types/number/numeric.h"

namespace riverrun {

/// The square root. Fails with kSqrtOfNegative.
[[nodiscard]] ArithmeticStatus Sqrt(const Numeric& x, Numeric& out) noexcept;

/// e^x. Fails with kOverflow.
[[nodiscard]] ArithmeticStatus Exp(const Numeric& x, Numeric& out) noexcept;

/// The natural logarithm. Fails with kLogOfZero, kLogOfNegative.
[[nodiscard]] ArithmeticStatus Ln(const Numeric& x, Numeric& out) noexcept;

/// The logarithm of x to the given base. Fails with kLogOfZero, kLogOfNegative, kDivisionByZero
/// (base 1).
[[nodiscard]] ArithmeticStatus Log(const Numeric& base, const Numeric& x, Numeric& out) noexcept;

/// The logarithm to base 10.
[[nodiscard]] ArithmeticStatus Log10(const Numeric& x, Numeric& out) noexcept;

/// base^exponent. Fails with kOverflow, kZeroToNegativePower, kNegativeToFraction.
[[nodiscard]] ArithmeticStatus Power(const Numeric& base, const Numeric& exponent,
                                     Numeric& out) noexcept;

/// n! Fails with kFactorialOfNegative, and with kOverflow from 34 on.
[[nodiscard]] ArithmeticStatus Factorial(int64_t n, Numeric& out) noexcept;

}  // namespace riverrun
