// Finds function bodies by matching braces, without a compiler. The text before an opening brace,
// its head, tells what the brace opens.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "tests/architecture/source_text.h"

namespace riverrun::architecture {
namespace {

enum class Opens { kScope, kData, kMember, kFunction };

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// The length of a `template <...>`, `[[...]]` or `public:` at the front of a head; 0 if there is
// none.
size_t PrefixLength(std::string_view head) {
  for (std::string_view label : {"public:", "protected:", "private:"}) {
    if (head.starts_with(label)) return label.size();
  }
  if (head.starts_with("[[")) {
    const size_t end = head.find("]]");
    return end == std::string_view::npos ? 0 : end + 2;
  }
  size_t i = head.find('<');
  if (!head.starts_with("template") || i == std::string_view::npos) return 0;
  for (int depth = 0; i < head.size(); ++i) {
    depth += head[i] == '<' ? 1 : head[i] == '>' ? -1 : 0;
    if (depth == 0) return i + 1;
  }
  return 0;
}

// Drops what may stand before a declaration and hold any word.
std::string_view WithoutPrefixes(std::string_view head) {
  head = Trim(head);
  while (const size_t length = PrefixLength(head)) head = Trim(head.substr(length));
  return head;
}

// What a head has outside its parentheses: "void Run(int a = 1) const" gives "void Run() const".
std::string OutsideParentheses(std::string_view head) {
  std::string outside;
  int depth = 0;
  for (char c : head) {
    if (c == ')' && depth > 0) --depth;
    if (depth == 0) outside += c;
    if (c == '(') ++depth;
  }
  return outside;
}

// A single colon after the parameters begins a constructor's list of members.
bool HasMemberList(std::string_view outside) {
  for (size_t i = outside.find(')'); i < outside.size(); ++i) {
    if (outside[i] != ':') continue;
    if (i + 1 < outside.size() && outside[i + 1] == ':') {
      ++i;
    } else {
      return true;
    }
  }
  return false;
}

Opens WhatOpens(std::string_view full_head) {
  const std::string_view head = WithoutPrefixes(full_head);
  static constexpr std::array kScopes = {"namespace", "class", "struct", "union", "enum"};
  const size_t first_end = static_cast<size_t>(
      std::ranges::find_if(head, [](char c) { return IsSpace(c) || c == ':'; }) - head.begin());
  const std::string_view first = head.substr(0, first_end);
  if (std::ranges::find(kScopes, first) != kScopes.end()) return Opens::kScope;

  const std::string outside = OutsideParentheses(head);
  if (FindWord(outside, "namespace") != std::string_view::npos) return Opens::kScope;
  if (first == "extern" && !outside.ends_with(')')) return Opens::kScope;  // extern "C" {
  const size_t assigned = outside.find('=');
  if (assigned != std::string::npos && FindWord(outside, "operator") == std::string_view::npos) {
    // A lambda with a name is a function; anything else that is assigned braces is data.
    return Trim(std::string_view(outside).substr(assigned + 1)).starts_with('[') ? Opens::kFunction
                                                                                 : Opens::kData;
  }
  if (outside.find(')') == std::string::npos) return Opens::kData;
  const char last = outside.back();
  const bool after_name =
      std::isalnum(static_cast<unsigned char>(last)) || last == '_' || last == '>';
  return after_name && HasMemberList(outside) ? Opens::kMember : Opens::kFunction;
}

// Blanks preprocessor lines with their continuations; their braces need not match.
void BlankDirectives(std::string& code) {
  bool continued = false;
  size_t begin = 0;
  while (begin < code.size()) {
    const size_t end = std::min(code.find('\n', begin), code.size());
    const std::string_view line = std::string_view(code).substr(begin, end - begin);
    const bool directive = continued || Trim(line).starts_with('#');
    continued = directive && line.ends_with('\\');
    if (directive) std::fill_n(code.begin() + static_cast<std::ptrdiff_t>(begin), end - begin, ' ');
    begin = end + 1;
  }
}

// The offset of the brace that closes the one at `open`, or the end of the text.
size_t ClosingBrace(std::string_view code, size_t open) {
  int depth = 0;
  for (size_t i = open; i < code.size(); ++i) {
    depth += code[i] == '{' ? 1 : code[i] == '}' ? -1 : 0;
    if (depth == 0) return i;
  }
  return code.size();
}

}  // namespace

std::vector<FunctionBody> FunctionBodies(std::string_view cpp_text) {
  std::string code = CodeOnly(cpp_text);
  BlankDirectives(code);
  std::vector<FunctionBody> bodies;
  std::string head;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ';' || code[i] == '}') {
      // A semicolon inside parentheses does not occur outside functions.
      head.clear();
    } else if (code[i] != '{') {
      head += code[i];
    } else {
      const Opens opens = WhatOpens(Trim(head));
      if (opens == Opens::kScope) {
        head.clear();
        continue;
      }
      const size_t close = ClosingBrace(code, i);
      if (opens == Opens::kFunction) {
        const int first = LineAt(code, i);
        bodies.push_back({first, LineAt(code, close) - first + 1});
        head.clear();
      } else if (opens == Opens::kMember) {
        head += "()";  // as if the member had been given parentheses; the head goes on
      }
      i = close;
    }
  }
  return bodies;
}

}  // namespace riverrun::architecture
