// "Perhaps you meant": the name that was probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace riverrun::storage {

/// Number of letters to insert, delete, replace or swap with their neighbour to make one from the
/// other, at most `limit` + 1. Case does not count.
uint32_t EditDistance(std::string_view a, std::string_view b, uint32_t limit);

/// The candidate nearest to `name`, if it is near enough to be a slip of the fingers: at most a
/// third of the letters, three at most. Of several equally near the first in alphabetical order.
std::optional<std::string> NearestName(std::string_view name,
                                       std::span<const std::string_view> candidates);

}  // namespace riverrun::storage
