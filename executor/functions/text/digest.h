// Checksums of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace riverrun::executor {

/// RFC 1321. For SQL's md5(), not for security.
std::array<uint8_t, 16> Md5(std::string_view bytes);
/// FIPS 180-4.
std::array<uint8_t, 32> Sha256(std::string_view bytes);

}  // namespace riverrun::executor
