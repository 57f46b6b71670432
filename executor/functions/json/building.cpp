// JSON from SQL values, and JSON changed: to_json, jsonb_build_object, ||, -, @>, strip_nulls.
#include <algorithm>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/json/json_path.h"
#include "executor/functions/json/json_tree.h"
#include "executor/functions/json/json_writer.h"
#include "executor/functions/string_kernels.h"
#include "types/codec/key.h"
#include "types/text/jsonb.h"
#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

using Kind = JsonTree::Kind;

std::unexpected<Error> Invalid(std::string text) {
  return Fail(sqlstate::kInvalidParameterValue, std::move(text));
}

// Writes JSON text into a result of type json, or its canonical form into one of jsonb.
void PutJson(KernelOutput& out, uint32_t row, std::string_view json) {
  if (out.type().kind == TypeKind::kJson) return out.SetString(row, json);
  std::string canonical;
  Result<void> read = CanonicalJson(json, canonical);
  if (!read) return out.Fail(row, std::move(read).error());
  out.SetString(row, canonical);
}

void ToJson(const KernelInput& in, KernelOutput& out) {
  JsonWriter writer(*in.context.settings);
  std::string json;
  ForEachValid(in, out, [&](uint32_t row) {
    json.clear();
    writer.Append(in.args[0], row, json);
    PutJson(out, row, json);
  });
}

void BuildArray(const KernelInput& in, KernelOutput& out) {
  JsonWriter writer(*in.context.settings);
  std::string json;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    json = "[";
    for (size_t i = 0; i < in.args.size(); ++i) {
      if (i > 0) json += ", ";
      writer.Append(in.args[i], row, json);
    }
    json += "]";
    PutJson(out, row, json);
  });
}

// Appends `"key" : value` for arguments i and i + 1.
Result<void> AppendMember(const KernelInput& in, size_t i, uint32_t row, bool binary,
                          JsonWriter& writer, std::string& json) {
  const Column& key = in.args[i];
  if (key.IsNull(row)) {
    const std::string number = std::to_string(i + 1);
    return binary ? Invalid("argument " + number + ": key must not be null")
                  : Fail(sqlstate::kInvalidParameterValue,
                         "argument " + number + " cannot be null");
  }
  if (!JsonWriter::IsKey(key.type)) {
    return Invalid("key value must be scalar, not array, composite, or json");
  }
  if (i > 0) json += ", ";
  writer.AppendKey(key, row, json);
  json += " : ";
  writer.Append(in.args[i + 1], row, json);
  return {};
}

void BuildObject(const KernelInput& in, KernelOutput& out) {
  JsonWriter writer(*in.context.settings);
  const bool binary = out.type().kind == TypeKind::kJsonb;
  std::string json;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args.size() % 2 != 0) {
      return out.Fail(row, Invalid("argument list must have even number of elements").error());
    }
    json = "{";
    for (size_t i = 0; i < in.args.size(); i += 2) {
      Result<void> made = AppendMember(in, i, row, binary, writer, json);
      if (!made) return out.Fail(row, std::move(made).error());
    }
    json += "}";
    PutJson(out, row, json);
  });
}

bool Contains(std::string_view a, std::string_view b) {
  return JsonContains(ParseJsonTree(a), ParseJsonTree(b));
}
bool IsContained(std::string_view a, std::string_view b) { return Contains(b, a); }

// Members of both, those of b first where both have one; anything else makes an array.
Result<void> Concatenate(std::string& out, std::string_view a, std::string_view b) {
  JsonTree left = ParseJsonTree(a), right = ParseJsonTree(b);
  if (left.kind == Kind::kObject && right.kind == Kind::kObject) {
    std::string both(a.substr(0, a.size() - 1));
    if (!left.items.empty() && !right.items.empty()) both += ", ";
    return CanonicalJson(both += b.substr(1), out);
  }
  JsonTree joined;
  joined.kind = Kind::kArray;
  for (JsonTree* side : {&left, &right}) {
    if (side->kind == Kind::kArray) {
      for (JsonTree& item : side->items) joined.items.push_back(std::move(item));
    } else {
      joined.items.push_back(std::move(*side));
    }
  }
  AppendJsonTree(joined, out);
  return {};
}

std::string TokenOf(std::string_view text) {
  std::string token;
  AppendJsonString(text, token);
  return token;
}

// Removes what `drop(i)` tells.
template <class F>
void Remove(JsonTree& tree, F&& drop) {
  JsonTree kept;
  kept.kind = tree.kind;
  for (size_t i = 0; i < tree.items.size(); ++i) {
    if (drop(i)) continue;
    if (tree.kind == Kind::kObject) kept.keys.push_back(tree.keys[i]);
    kept.items.push_back(std::move(tree.items[i]));
  }
  tree = std::move(kept);
}

void RemoveKey(JsonTree& tree, std::string_view key) {
  const std::string token = TokenOf(key);
  Remove(tree, [&](size_t i) {
    return tree.kind == Kind::kObject ? tree.keys[i] == token : tree.items[i].text == token;
  });
}

Result<void> DeleteKey(std::string& out, std::string_view json, std::string_view key) {
  JsonTree tree = ParseJsonTree(json);
  if (tree.kind == Kind::kScalar) return Invalid("cannot delete from scalar");
  RemoveKey(tree, key);
  AppendJsonTree(tree, out);
  return {};
}

Result<void> DeleteKeys(std::string& out, std::string_view json, std::string_view keys) {
  JsonTree tree = ParseJsonTree(json);
  if (tree.kind == Kind::kScalar) return Invalid("cannot delete from scalar");
  ColumnBuilder builder(Type::Text());
  while (keys.size() > 1) {
    const size_t length = DecodeImage(keys, builder);
    CHECK(length > 0, "not an array value");
    keys.remove_prefix(length);
    const Column key = builder.Finish();
    if (!key.IsNull(0)) RemoveKey(tree, key.BytesAt(0));
  }
  AppendJsonTree(tree, out);
  return {};
}

Result<void> DeleteIndex(std::string& out, std::string_view json, int32_t index) {
  JsonTree tree = ParseJsonTree(json);
  if (tree.kind == Kind::kScalar) return Invalid("cannot delete from scalar");
  if (tree.kind == Kind::kObject) return Invalid("cannot delete from object using integer index");
  const int64_t wanted = index < 0 ? static_cast<int64_t>(tree.items.size()) + index : index;
  Remove(tree, [&](size_t i) { return static_cast<int64_t>(i) == wanted; });
  AppendJsonTree(tree, out);
  return {};
}

void StripTree(JsonTree& tree) {
  if (tree.kind == Kind::kObject) {
    Remove(tree, [&](size_t i) { return tree.items[i].text == "null"; });
  }
  for (JsonTree& item : tree.items) StripTree(item);
}

void StripNullsBinary(std::string& out, std::string_view json) {
  JsonTree tree = ParseJsonTree(json);
  StripTree(tree);
  AppendJsonTree(tree, out);
}

// For json: members keep their order and spelling, white space goes.
void StripInto(JsonScanner& scanner, JsonToken token, std::string& out) {
  if (token != JsonToken::kBeginArray && token != JsonToken::kBeginObject) {
    if (token != JsonToken::kString) {
      out += scanner.token();
      return;
    }
    std::string characters;
    if (AppendJsonCharacters(scanner.token(), characters)) return AppendJsonString(characters, out);
    out += scanner.token();
    return;
  }
  const bool object = token == JsonToken::kBeginObject;
  out.push_back(object ? '{' : '[');
  bool first = true;
  for (token = scanner.Next(); token != JsonToken::kEndArray && token != JsonToken::kEndObject;
       token = scanner.Next()) {
    if (token == JsonToken::kEnd || token == JsonToken::kInvalid) return;
    if (token == JsonToken::kComma) continue;
    std::string key;
    if (object) {
      StripInto(scanner, token, key);
      scanner.Next();
      token = scanner.Next();
      if (token == JsonToken::kNull) continue;
    }
    if (!first) out.push_back(',');
    first = false;
    if (object) out += key + ":";
    StripInto(scanner, token, out);
  }
  out.push_back(object ? '}' : ']');
}

void StripNullsText(std::string& out, std::string_view json) {
  JsonScanner scanner(json);
  StripInto(scanner, scanner.Next(), out);
}

void RegisterBuilding(FunctionRegistry& registry) {
  constexpr FunctionOptions kStable = {.can_fail = CanFail::kYes,
                                       .volatility = Volatility::kStable};
  constexpr FunctionOptions kWithNulls = {
      .strict = false, .can_fail = CanFail::kYes, .volatility = Volatility::kStable};
  for (const std::string type : {"json", "jsonb"}) {
    registry.Scalar("to_" + type + "(anyelement) -> " + type, ToJson, kStable, "the value as JSON");
    for (const std::string arguments : {"()", "(variadic any)"}) {
      registry.Scalar(type + "_build_array" + arguments + " -> " + type, BuildArray, kWithNulls,
                      "an array of the arguments");
      registry.Scalar(type + "_build_object" + arguments + " -> " + type, BuildObject, kWithNulls,
                      "an object of keys and values in turn");
    }
  }
  registry.Scalar("array_to_json(anyarray) -> json", ToJson, kStable, "the array as JSON");
  registry.Scalar("row_to_json(record) -> json", ToJson, kStable, "the row as a JSON object");
}

}  // namespace

void RegisterJsonBuilding(FunctionRegistry& registry) {
  constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
  RegisterBuilding(registry);
  registry.Scalar("@>(jsonb, jsonb) -> boolean", Map<Contains>(), "contains");
  registry.Scalar("<@(jsonb, jsonb) -> boolean", Map<IsContained>(), "is contained in");
  registry.Scalar("||(jsonb, jsonb) -> jsonb", Appended<Concatenate>(), kCanFail,
                  "objects merged, arrays joined");
  registry.Scalar("-(jsonb, text) -> jsonb", Appended<DeleteKey>(), kCanFail,
                  "without a key or a string");
  registry.Scalar("-(jsonb, text[]) -> jsonb", Appended<DeleteKeys>(), kCanFail,
                  "without these keys or strings");
  registry.Scalar("-(jsonb, integer) -> jsonb", Appended<DeleteIndex>(), kCanFail,
                  "without an element");
  registry.Scalar("jsonb_strip_nulls(jsonb) -> jsonb", Appended<StripNullsBinary>(),
                  "without members that are null");
  registry.Scalar("json_strip_nulls(json) -> json", Appended<StripNullsText>(),
                  "without members that are null");
}

}  // namespace riverrun::executor
