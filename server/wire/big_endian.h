// Integers as the protocol has them: the most significant byte first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace riverrun::server {

inline uint16_t ToBigEndian(uint16_t value) { return __builtin_bswap16(value); }
inline uint32_t ToBigEndian(uint32_t value) { return __builtin_bswap32(value); }
inline uint64_t ToBigEndian(uint64_t value) { return __builtin_bswap64(value); }
static_assert(std::endian::native == std::endian::little);

/// Appends an integer of 2, 4 or 8 bytes.
inline void AppendInt16(int16_t value, std::string& out) {
  const uint16_t bytes = ToBigEndian(static_cast<uint16_t>(value));
  out.append(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
}
inline void AppendInt32(int32_t value, std::string& out) {
  const uint32_t bytes = ToBigEndian(static_cast<uint32_t>(value));
  out.append(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
}
inline void AppendInt64(int64_t value, std::string& out) {
  const uint64_t bytes = ToBigEndian(static_cast<uint64_t>(value));
  out.append(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
}

/// Writes a length over four bytes that were left for it at `at`.
inline void PutInt32(int32_t value, size_t at, std::string& out) {
  const uint32_t bytes = ToBigEndian(static_cast<uint32_t>(value));
  std::memcpy(out.data() + at, &bytes, sizeof(bytes));
}

}  // namespace riverrun::server
