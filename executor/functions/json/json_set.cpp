// Parts of a jsonb value replaced, added or removed by path: jsonb_set and #-.
#include <charconv>
#include <climits>
#include <optional>
#include <string>
#include <vector>

#include "executor/functions/builtin.h"
#include "executor/functions/json/json_tree.h"
#include "executor/functions/kernel_loops.h"
#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/text/jsonb.h"
#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

using Kind = JsonTree::Kind;
using Path = std::vector<std::optional<std::string>>;

Path PathOf(std::string_view array) {
  Path path;
  ColumnBuilder builder(Type::Text());
  while (array.size() > 1) {
    const size_t length = DecodeImage(array, builder);
    CHECK(length > 0, "not an array value");
    array.remove_prefix(length);
    const Column step = builder.Finish();
    path.push_back(step.IsNull(0) ? std::nullopt : std::optional<std::string>(step.BytesAt(0)));
  }
  return path;
}

// One change at the end of a path. Without a value, what is there is removed.
struct Change {
  const Path& path;
  std::optional<JsonTree> value;
  bool create = false;         // where nothing is there yet
  std::string new_key = {};    // keeps the token of a member that was added
};

Result<void> ChangeAt(JsonTree& tree, size_t level, Change& change);

Result<void> ChangeObject(JsonTree& tree, size_t level, Change& change) {
  const bool last = level + 1 == change.path.size();
  std::string token;
  AppendJsonString(*change.path[level], token);
  for (size_t i = 0; i < tree.keys.size(); ++i) {
    if (tree.keys[i] != token) continue;
    if (!last) return ChangeAt(tree.items[i], level + 1, change);
    if (change.value) {
      tree.items[i] = *change.value;
    } else {
      tree.keys.erase(tree.keys.begin() + static_cast<ptrdiff_t>(i));
      tree.items.erase(tree.items.begin() + static_cast<ptrdiff_t>(i));
    }
    return {};
  }
  if (last && change.value && change.create) {
    change.new_key = std::move(token);
    tree.keys.push_back(change.new_key);
    tree.items.push_back(*change.value);
  }
  return {};
}

// Beyond an end of the array a value is added there.
Result<void> ChangeArray(JsonTree& tree, size_t level, Change& change) {
  const bool last = level + 1 == change.path.size();
  const std::string& step = *change.path[level];
  int32_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size()) {
    return Fail(sqlstate::kInvalidTextRepresentation,
                "path element at position " + std::to_string(level + 1) +
                    " is not an integer: \"" + step + "\"");
  }
  const auto count = static_cast<int64_t>(tree.items.size());
  const int64_t at = index < 0 ? count + index : index;
  if (at >= 0 && at < count) {
    if (!last) return ChangeAt(tree.items[static_cast<size_t>(at)], level + 1, change);
    if (change.value) {
      tree.items[static_cast<size_t>(at)] = *change.value;
    } else {
      tree.items.erase(tree.items.begin() + at);
    }
  } else if (last && change.value && change.create) {
    tree.items.insert(at < 0 ? tree.items.begin() : tree.items.end(), *change.value);
  }
  return {};
}

Result<void> ChangeAt(JsonTree& tree, size_t level, Change& change) {
  if (tree.kind == Kind::kScalar) return {};
  if (!change.path[level]) {
    return Fail(State("22004"),
                "path element at position " + std::to_string(level + 1) + " is null");
  }
  return tree.kind == Kind::kObject ? ChangeObject(tree, level, change)
                                    : ChangeArray(tree, level, change);
}

Result<void> Apply(std::string_view json, Change& change, std::string& out) {
  JsonTree tree = ParseJsonTree(json);
  if (tree.kind == Kind::kScalar) {
    return Fail(sqlstate::kInvalidParameterValue, change.value ? "cannot set path in scalar"
                                                               : "cannot delete path in scalar");
  }
  if (change.path.empty()) {
    out = json;
    return {};
  }
  if (Result<void> changed = ChangeAt(tree, 0, change); !changed) return changed;
  std::string text;
  AppendJsonTree(tree, text);
  return CanonicalJson(text, out);  // a member that was added goes to its place
}

// jsonb_set(target, path, value [, create]), or target #- path.
template <bool kDelete>
void ChangePath(const KernelInput& in, KernelOutput& out) {
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    const Path path = PathOf(in.args[1].BytesAt(row));
    Change change{.path = path, .value = std::nullopt};
    if (!kDelete) {
      change.value = ParseJsonTree(in.args[2].BytesAt(row));
      change.create = in.args.size() < 4 || in.args[3].At<uint8_t>(row) != 0;
    }
    text.clear();
    Result<void> changed = Apply(in.args[0].BytesAt(row), change, text);
    if (!changed) return out.Fail(row, std::move(changed).error());
    out.SetString(row, text);
  });
}

}  // namespace

void RegisterJsonSet(FunctionRegistry& registry) {
  constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
  registry.Scalar("jsonb_set(jsonb, text[], jsonb) -> jsonb", ChangePath<false>, kCanFail,
                  "with the part at a path replaced or added");
  registry.Scalar("jsonb_set(jsonb, text[], jsonb, boolean) -> jsonb", ChangePath<false>, kCanFail,
                  "with the part at a path replaced, or added if so asked");
  registry.Scalar("#-(jsonb, text[]) -> jsonb", ChangePath<true>, kCanFail,
                  "without the part at a path");
}

}  // namespace riverrun::executor
