// A jsonb value taken apart, for what changes it or compares it part by part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riverrun::executor {

/// A node of canonical JSON. The texts point into the value it was made from.
struct JsonTree {
  enum class Kind : uint8_t { kScalar, kArray, kObject };
  Kind kind = Kind::kScalar;
  std::string_view text;             // the whole value
  std::vector<std::string_view> keys;  // kObject: tokens with their quotes, in canonical order
  std::vector<JsonTree> items;       // elements, or the members' values
};

/// REQUIRES canonical JSON (a value of type jsonb).
JsonTree ParseJsonTree(std::string_view canonical);

/// Appends the canonical text of a tree from its parts (not from `text`).
void AppendJsonTree(const JsonTree& tree, std::string& out);

/// a @> b.
bool JsonContains(const JsonTree& a, const JsonTree& b);

}  // namespace riverrun::executor
