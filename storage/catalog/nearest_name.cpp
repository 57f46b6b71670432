#include "storage/catalog/nearest_name.h"

#include <algorithm>
#include <vector>

namespace riverrun::storage {
namespace {

constexpr uint32_t kSlipsMax = 3;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

uint32_t EditDistance(std::string_view a, std::string_view b, uint32_t limit) {
  const size_t difference = a.size() < b.size() ? b.size() - a.size() : a.size() - b.size();
  if (difference > limit) return limit + 1;
  // Row i of the table: the distance of the first i letters of a to each beginning of b.
  std::vector<uint32_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<uint32_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<uint32_t>(i);
    uint32_t least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = Lower(a[i - 1]) == Lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
                           Lower(a[i - 2]) == Lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

std::optional<std::string> NearestName(std::string_view name,
                                       std::span<const std::string_view> candidates) {
  // A letter alone is like every other one.
  const uint32_t least = name.size() < 2 ? 0 : 1;
  uint32_t limit = std::min(kSlipsMax, std::max(least, static_cast<uint32_t>(name.size() / 3)));
  std::optional<std::string_view> best;
  for (const std::string_view candidate : candidates) {
    const uint32_t distance = EditDistance(name, candidate, limit);
    if (distance > limit) continue;
    if (!best || distance < limit || candidate < *best) best = candidate;
    limit = distance;
  }
  if (!best) return std::nullopt;
  return std::string(*best);
}

}  // namespace riverrun::storage
