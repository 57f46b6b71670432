// Appending padded numbers, without formatting machinery: output functions run per value.
#pragma once

#include <cstdint>
#include <string>

namespace riverrun {

/// Two digits of 0..99.
inline void AppendTwo(int32_t value, std::string& out) {
  const char digits[2] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
  out.append(digits, 2);
}

/// A number that is not negative, with at least `width` digits.
inline void AppendPadded(int64_t value, int width, std::string& out) {
  char digits[20];
  int at = 20;
  while (value > 0 || 20 - at < width) {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits + at, static_cast<size_t>(20 - at));
}

/// ".5" for 500000 microseconds: six digits without the zeros at the end, nothing for zero.
inline void AppendFraction(int32_t micros, std::string& out) {
  if (micros == 0) return;
  char digits[7] = {'.'};
  for (int i = 6; i >= 1; --i) {
    digits[i] = static_cast<char>('0' + micros % 10);
    micros /= 10;
  }
  size_t length = 7;
  while (digits[length - 1] == '0') --length;
  out.append(digits, length);
}

}  // namespace riverrun
