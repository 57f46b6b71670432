// What a JSON value holds: -> ->> #> #>> ? and their functions, for json and jsonb.
#include <string>
#include <vector>

#include "executor/functions/builtin.h"
#include "executor/functions/json/json_path.h"
#include "executor/functions/kernel_loops.h"
#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

std::optional<std::string_view> MemberOf(std::string_view json, std::string_view key) {
  return JsonMember(json, key);
}
std::optional<std::string_view> ElementOf(std::string_view json, int32_t index) {
  return JsonElement(json, index);
}
// jsonb keeps a scalar as an array of one, which shows here.
std::optional<std::string_view> BinaryElementOf(std::string_view json, int32_t index) {
  if (IsJsonContainer(json)) return JsonElement(json, index);
  return index == 0 || index == -1 ? std::optional(json) : std::nullopt;
}

// Writes a part as JSON or as text.
template <bool kText>
void PutPart(KernelOutput& out, uint32_t row, std::optional<std::string_view> part) {
  if (!part) return out.SetNull(row);
  if (!kText) return out.SetString(row, *part);
  std::string text;
  bool untranslatable = false;
  if (AppendJsonText(*part, text, untranslatable)) return out.SetString(row, text);
  if (!untranslatable) return out.SetNull(row);
  out.Fail(row,
           {sqlstate::kUntranslatableCharacter, "unsupported Unicode escape sequence", {}, {}});
}

template <auto kFind, class Key, bool kText>
void Find(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view, Key>(in, out, [&](uint32_t row, std::string_view json, Key key) {
    PutPart<kText>(out, row, kFind(json, key));
  });
}

// The elements of a text[] value. A null among them is absent.
std::vector<std::optional<std::string>> TextsOf(std::string_view array) {
  std::vector<std::optional<std::string>> texts;
  ColumnBuilder builder(Type::Text());
  while (array.size() > 1) {
    const size_t length = DecodeImage(array, builder);
    CHECK(length > 0, "not an array value");
    array.remove_prefix(length);
  }
  const uint32_t count = builder.rows();
  const Column column = builder.Finish();
  for (uint32_t row = 0; row < count; ++row) {
    if (column.IsNull(row)) {
      texts.push_back(std::nullopt);
    } else {
      texts.push_back(std::string(column.BytesAt(row)));
    }
  }
  return texts;
}

template <bool kText>
void FindPath(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view, std::string_view>(
      in, out, [&](uint32_t row, std::string_view json, std::string_view path) {
        std::optional<std::string_view> part = TrimmedJson(json);
        for (const std::optional<std::string>& step : TextsOf(path)) {
          part = part && step ? JsonStep(*part, *step) : std::nullopt;
        }
        PutPart<kText>(out, row, part);
      });
}

// json_extract_path: the steps are arguments of their own.
template <bool kText>
void ExtractPath(const KernelInput& in, KernelOutput& out) {
  ForEachValid(in, out, [&](uint32_t row) {
    std::optional<std::string_view> part = TrimmedJson(in.args[0].BytesAt(row));
    for (const Column& step : in.args.subspan(1)) {
      part = part ? JsonStep(*part, step.BytesAt(row)) : std::nullopt;
    }
    PutPart<kText>(out, row, part);
  });
}

void TypeOfJson(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view>(
      in, out, [&](uint32_t row, std::string_view json) { out.SetString(row, JsonKind(json)); });
}

void ArrayLength(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<int32_t>();
  ForEachCall<std::string_view>(in, out, [&](uint32_t row, std::string_view json) {
    if (JsonKind(json) != "array") {
      return out.Fail(row, {sqlstate::kInvalidParameterValue,
                            IsJsonContainer(json) ? "cannot get array length of a non-array"
                                                  : "cannot get array length of a scalar",
                            {},
                            {}});
    }
    result[row] = static_cast<int32_t>(CountJsonItems(json));
  });
}

// A key of an object, a string in an array, or the string itself.
bool HasKey(std::string_view json, std::string_view key) {
  std::string token;
  AppendJsonString(key, token);
  if (json.starts_with('{')) return JsonMember(json, key).has_value();
  if (!json.starts_with('[')) return json == token;
  JsonScanner scanner(json);
  scanner.Next();
  for (JsonToken next = scanner.Next(); next != JsonToken::kEndArray; next = scanner.Next()) {
    if (next != JsonToken::kComma && scanner.SkipValue(next) == token) return true;
  }
  return false;
}

template <bool kAll>
void HasKeys(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<uint8_t>();
  ForEachCall<std::string_view, std::string_view>(
      in, out, [&](uint32_t row, std::string_view json, std::string_view keys) {
        bool holds = kAll;
        for (const std::optional<std::string>& key : TextsOf(keys)) {
          if (!key) continue;
          holds = kAll ? holds && HasKey(json, *key) : holds || HasKey(json, *key);
        }
        result[row] = holds;
      });
}

void RegisterFor(FunctionRegistry& registry, const std::string& type) {
  constexpr FunctionOptions kAsText = {.can_fail = CanFail::kYes};
  registry.Scalar("->(" + type + ", text) -> " + type, Find<MemberOf, std::string_view, false>,
                  "member of an object");
  registry.Scalar("->>(" + type + ", text) -> text", Find<MemberOf, std::string_view, true>,
                  kAsText, "member of an object as text");
  registry.Scalar("#>(" + type + ", text[]) -> " + type, FindPath<false>, "part at a path");
  registry.Scalar("#>>(" + type + ", text[]) -> text", FindPath<true>, kAsText,
                  "part at a path as text");
  registry.Scalar(type + "_extract_path(" + type + ", variadic text) -> " + type,
                  ExtractPath<false>, "part at a path");
  registry.Scalar(type + "_extract_path_text(" + type + ", variadic text) -> text",
                  ExtractPath<true>, kAsText, "part at a path as text");
  registry.Scalar(type + "_typeof(" + type + ") -> text", TypeOfJson,
                  "object, array, string, number, boolean or null");
  registry.Scalar(type + "_array_length(" + type + ") -> integer", ArrayLength,
                  {.can_fail = CanFail::kYes}, "number of elements");
}

template <auto kFind>
void RegisterElements(FunctionRegistry& registry, const std::string& type) {
  registry.Scalar("->(" + type + ", integer) -> " + type, Find<kFind, int32_t, false>,
                  "element of an array, from 0");
  registry.Scalar("->>(" + type + ", integer) -> text", Find<kFind, int32_t, true>,
                  {.can_fail = CanFail::kYes}, "element of an array as text, from 0");
}

}  // namespace

void RegisterJsonAccess(FunctionRegistry& registry) {
  RegisterFor(registry, "json");
  RegisterFor(registry, "jsonb");
  RegisterElements<ElementOf>(registry, "json");
  RegisterElements<BinaryElementOf>(registry, "jsonb");
  registry.Scalar("[](jsonb, text) -> jsonb", Find<MemberOf, std::string_view, false>,
                  "member of an object");
  registry.Scalar("[](jsonb, integer) -> jsonb", Find<BinaryElementOf, int32_t, false>,
                  "element of an array, from 0");
  registry.Scalar("?(jsonb, text) -> boolean", Map<HasKey>(), "has a key or a string");
  registry.Scalar("?|(jsonb, text[]) -> boolean", HasKeys<false>, "has any of these keys");
  registry.Scalar("?&(jsonb, text[]) -> boolean", HasKeys<true>, "has all of these keys");
}

}  // namespace riverrun::executor
