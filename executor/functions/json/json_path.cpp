#include "executor/functions/json/json_path.h"

#include <charconv>

#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

// Calls f(index, value) for each element of an array; f returns false to stop.
template <class F>
void ForEachElement(std::string_view json, F&& f) {
  JsonScanner scanner(json);
  if (scanner.Next() != JsonToken::kBeginArray) return;
  int64_t index = 0;
  for (JsonToken token = scanner.Next(); token != JsonToken::kEndArray; token = scanner.Next()) {
    if (token == JsonToken::kComma) continue;
    if (token == JsonToken::kEnd || token == JsonToken::kInvalid) return;
    if (!f(index++, scanner.SkipValue(token))) return;
  }
}

// Whether a string token means these characters.
bool TokenIs(std::string_view token, std::string_view text) {
  const std::string_view body = token.substr(1, token.size() - 2);
  if (body.find('\\') == std::string_view::npos) return body == text;
  std::string characters;
  return AppendJsonCharacters(token, characters).has_value() && characters == text;
}

}  // namespace

std::string_view TrimmedJson(std::string_view json) {
  JsonScanner scanner(json);
  return scanner.SkipValue(scanner.Next());
}

std::string_view JsonKind(std::string_view json) {
  JsonScanner scanner(json);
  switch (scanner.Next()) {
    case JsonToken::kBeginObject: return "object";
    case JsonToken::kBeginArray: return "array";
    case JsonToken::kString: return "string";
    case JsonToken::kNumber: return "number";
    case JsonToken::kTrue:
    case JsonToken::kFalse: return "boolean";
    default: return "null";
  }
}

bool IsJsonContainer(std::string_view json) {
  JsonScanner scanner(json);
  const JsonToken first = scanner.Next();
  return first == JsonToken::kBeginObject || first == JsonToken::kBeginArray;
}

std::optional<std::string_view> JsonMember(std::string_view json, std::string_view key) {
  std::optional<std::string_view> found;
  JsonScanner scanner(json);
  if (scanner.Next() != JsonToken::kBeginObject) return found;
  for (JsonToken token = scanner.Next(); token == JsonToken::kString || token == JsonToken::kComma;
       token = scanner.Next()) {
    if (token == JsonToken::kComma) continue;
    const bool wanted = TokenIs(scanner.token(), key);
    scanner.Next();
    const std::string_view value = scanner.SkipValue(scanner.Next());
    if (wanted) found = value;
  }
  return found;
}

std::optional<std::string_view> JsonElement(std::string_view json, int64_t index) {
  if (index < 0) {
    if (JsonKind(json) != "array") return std::nullopt;
    index += CountJsonItems(json);
    if (index < 0) return std::nullopt;
  }
  std::optional<std::string_view> found;
  ForEachElement(json, [&](int64_t at, std::string_view value) {
    if (at == index) found = value;
    return at != index;
  });
  return found;
}

std::optional<std::string_view> JsonStep(std::string_view json, std::string_view step) {
  if (JsonKind(json) == "object") return JsonMember(json, step);
  int32_t index = 0;
  const char* begin = step.data();
  while (begin != step.data() + step.size() && *begin == ' ') ++begin;
  if (begin != step.data() + step.size() && *begin == '+') ++begin;
  const auto [end, error] = std::from_chars(begin, step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size()) return std::nullopt;
  return JsonElement(json, index);
}

uint32_t CountJsonItems(std::string_view json) {
  JsonScanner scanner(json);
  const JsonToken open = scanner.Next();
  if (open != JsonToken::kBeginArray && open != JsonToken::kBeginObject) return 0;
  uint32_t count = 0;
  for (JsonToken token = scanner.Next();
       token != JsonToken::kEndArray && token != JsonToken::kEndObject; token = scanner.Next()) {
    if (token == JsonToken::kEnd || token == JsonToken::kInvalid) break;
    if (token == JsonToken::kComma) continue;
    if (open == JsonToken::kBeginObject) {
      scanner.Next();
      token = scanner.Next();
    }
    scanner.SkipValue(token);
    ++count;
  }
  return count;
}

bool AppendJsonText(std::string_view json, std::string& out, bool& untranslatable) {
  JsonScanner scanner(json);
  const JsonToken token = scanner.Next();
  if (token == JsonToken::kNull) return false;
  if (token != JsonToken::kString) {
    out += TrimmedJson(json);
    return true;
  }
  if (AppendJsonCharacters(scanner.token(), out)) return true;
  untranslatable = true;
  return false;
}

}  // namespace riverrun::executor
