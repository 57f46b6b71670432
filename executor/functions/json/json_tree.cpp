#include "executor/functions/json/json_tree.h"

#include <algorithm>

#include "types/number/numeric.h"
#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

using Kind = JsonTree::Kind;

JsonTree Parse(std::string_view all, JsonScanner& scanner, JsonToken token) {
  JsonTree tree;
  const size_t begin = scanner.begin();
  if (token == JsonToken::kBeginArray || token == JsonToken::kBeginObject) {
    tree.kind = token == JsonToken::kBeginArray ? Kind::kArray : Kind::kObject;
    for (token = scanner.Next(); token != JsonToken::kEndArray && token != JsonToken::kEndObject;
         token = scanner.Next()) {
      CHECK(token != JsonToken::kEnd && token != JsonToken::kInvalid, "not canonical JSON");
      if (token == JsonToken::kComma) continue;
      if (tree.kind == Kind::kObject) {
        tree.keys.push_back(scanner.token());
        scanner.Next();
        token = scanner.Next();
      }
      tree.items.push_back(Parse(all, scanner, token));
    }
  }
  tree.text = all.substr(begin, scanner.end() - begin);
  return tree;
}

bool IsNumber(std::string_view text) {
  return text.front() == '-' || (text.front() >= '0' && text.front() <= '9');
}

// Canonical texts are equal exactly when the values are, but for the scale of numbers.
bool ScalarsEqual(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (!IsNumber(a) || !IsNumber(b)) return false;
  const Result<Numeric> x = ParseNumeric(a), y = ParseNumeric(b);
  return x && y && Equal(*x, *y);
}

bool ArrayContains(const JsonTree& array, const JsonTree& item) {
  return std::any_of(array.items.begin(), array.items.end(), [&](const JsonTree& element) {
    if (element.kind != item.kind) return false;
    return item.kind == Kind::kScalar ? ScalarsEqual(element.text, item.text)
                                      : JsonContains(element, item);
  });
}

}  // namespace

JsonTree ParseJsonTree(std::string_view canonical) {
  JsonScanner scanner(canonical);
  return Parse(canonical, scanner, scanner.Next());
}

void AppendJsonTree(const JsonTree& tree, std::string& out) {
  if (tree.kind == Kind::kScalar) {
    out += tree.text;
    return;
  }
  const bool object = tree.kind == Kind::kObject;
  out.push_back(object ? '{' : '[');
  for (size_t i = 0; i < tree.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (object) {
      out += tree.keys[i];
      out += ": ";
    }
    AppendJsonTree(tree.items[i], out);
  }
  out.push_back(object ? '}' : ']');
}

bool JsonContains(const JsonTree& a, const JsonTree& b) {
  // An array contains a scalar that is one of its elements.
  if (a.kind == Kind::kArray && b.kind == Kind::kScalar) return ArrayContains(a, b);
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::kScalar) return ScalarsEqual(a.text, b.text);
  for (size_t i = 0; i < b.items.size(); ++i) {
    const JsonTree& wanted = b.items[i];
    if (a.kind == Kind::kArray) {
      if (!ArrayContains(a, wanted)) return false;
      continue;
    }
    const auto key = std::find(a.keys.begin(), a.keys.end(), b.keys[i]);
    if (key == a.keys.end()) return false;
    const JsonTree& there = a.items[static_cast<size_t>(key - a.keys.begin())];
    // Inside, an array does not contain a scalar: kinds must be the same.
    if (there.kind != wanted.kind || !JsonContains(there, wanted)) return false;
  }
  return true;
}

}  // namespace riverrun::executor
