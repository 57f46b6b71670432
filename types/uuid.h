// uuid: 16 bytes in the order printed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

struct Uuid {
  std::array<uint8_t, 16> bytes = {};
  auto operator<=>(const Uuid&) const = default;
};

/// Every form PostgreSQL takes: hyphens after any group of four digits, braces, either case.
Result<Uuid> ParseUuid(std::string_view text);
/// Appends the 36 characters of the standard form.
void PrintUuid(const Uuid& uuid, std::string& out);

}  // namespace riverrun
