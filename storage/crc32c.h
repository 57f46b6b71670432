// The checksum of everything that the journal writes.
#pragma once

#include <cstdint>
#include <string_view>

namespace riverrun::storage {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, or of the bytes that `before` is the
/// checksum of followed by `bytes`.
uint32_t Crc32c(std::string_view bytes, uint32_t before = 0);

/// The same without the processor's instruction; Crc32c falls back on it.
uint32_t Crc32cByTable(std::string_view bytes, uint32_t before = 0);

}  // namespace riverrun::storage
