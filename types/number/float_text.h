// Floating-point numbers and integers as text, letter for letter as PostgreSQL 15 reads and writes
// them (float8out with extra_float_digits = 1, float8in, int4in and their kin). No locale takes
// part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

/// Room that PrintDouble and PrintFloat need.
inline constexpr int kFloatTextMax = 32;

/// Writes the shortest digits that lie closer to the value than to any other double, at `out`,
/// which has room for kFloatTextMax bytes, and returns the end: "0.1", "1e+15", "-0", "Infinity",
/// "NaN".
char* PrintDouble(double value, char* out) noexcept;
char* PrintFloat(float value, char* out) noexcept;

/// Appends the same to a string.
void AppendDoubleText(double value, std::string& out);
void AppendFloatText(float value, std::string& out);

/// Reads a number, "Infinity", "inf" or "NaN" in any case, with spaces around; hexadecimal too,
/// since PostgreSQL leaves that to the C library. Errors: 22P02; 22003 if the number is too large,
/// or so small that it would become zero.
Result<double> ParseDouble(std::string_view text);
Result<float> ParseFloat(std::string_view text);

/// Reads a decimal integer with spaces around. Errors: 22P02; 22003 if it does not fit.
Result<int16_t> ParseInt16(std::string_view text);
Result<int32_t> ParseInt32(std::string_view text);
Result<int64_t> ParseInt64(std::string_view text);

/// Appends an integer in decimal digits.
void AppendIntegerText(int64_t value, std::string& out);

}  // namespace riverrun
