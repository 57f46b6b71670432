#include "executor/functions/signature.h"

#include <array>
#include <utility>

namespace riverrun::executor {
namespace {

using Kind = TypePattern::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 7> kPseudoTypes = {{
    {"any", Kind::kAny},
    {"anyelement", Kind::kAnyElement},
    {"anyarray", Kind::kAnyArray},
    {"anynonarray", Kind::kAnyNonArray},
    {"anycompatible", Kind::kAnyCompatible},
    {"anycompatiblearray", Kind::kAnyCompatibleArray},
    {"record", Kind::kAnyRow},
}};

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

TypePattern ParsePattern(std::string_view text) {
  text = Trimmed(text);
  for (const auto& [name, kind] : kPseudoTypes) {
    if (text == name) return {.kind = kind};
  }
  if (text == "unknown") return {.type = Type::Null()};
  const std::optional<Type> type = TypeByName(text);
  CHECK(type.has_value(), std::string("signature names no type: ") + std::string(text));
  return {.type = *type};
}

}  // namespace

std::string PatternName(const TypePattern& pattern) {
  for (const auto& [name, kind] : kPseudoTypes) {
    if (pattern.kind == kind) return std::string(name);
  }
  return TypeName(pattern.type);
}

std::string Signature::ToString() const {
  std::string out = name + "(";
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out += ", ";
    if (variadic && i + 1 == args.size()) out += "variadic ";
    out += PatternName(args[i]);
  }
  return out + ") -> " + PatternName(result);
}

Signature ParseSignature(std::string_view text) {
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  CHECK(open != std::string_view::npos && close != std::string_view::npos && open < close,
        std::string("not a signature: ") + std::string(text));
  Signature out;
  out.name = Trimmed(text.substr(0, open));
  std::string_view rest = Trimmed(text.substr(open + 1, close - open - 1));
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    std::string_view arg = Trimmed(rest.substr(0, comma));
    CHECK(!out.variadic, "only the last argument of a signature may be variadic");
    if (arg.starts_with("variadic ")) {
      out.variadic = true;
      arg.remove_prefix(9);
    }
    out.args.push_back(ParsePattern(arg));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  std::string_view tail = Trimmed(text.substr(close + 1));
  CHECK(tail.starts_with("->"), std::string("signature without a result: ") + std::string(text));
  out.result = ParsePattern(tail.substr(2));
  return out;
}

}  // namespace riverrun::executor
