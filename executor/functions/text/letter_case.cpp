#include "executor/functions/text/letter_case.h"

#include <algorithm>

#include "executor/functions/text/letter_case_tables.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

char32_t Mapped(char32_t character, std::span<const CaseRange> ranges) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), character,
                                      [](char32_t c, const CaseRange& r) { return c < r.first; });
  if (after == ranges.begin()) return character;
  const CaseRange& range = *std::prev(after);
  if (character > range.last || (character - range.first) % range.step != 0) return character;
  return static_cast<char32_t>(static_cast<int32_t>(character) + range.delta);
}

constexpr bool IsSmall(char32_t c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsCapital(char32_t c) { return c >= 'A' && c <= 'Z'; }

// Letters and digits, for the words of initcap. Beyond ASCII these are taken to be all letters
// with a case, and everything that is not punctuation of the Latin-1 and General blocks.
bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return IsSmall(c) || IsCapital(c) || (c >= '0' && c <= '9');
  if (c < 0xc0) return c == 0xaa || c == 0xb5 || c == 0xba;
  if (c == 0xd7 || c == 0xf7) return false;
  if (c >= 0x2000 && c < 0x2070) return false;
  return !(c >= 0x3000 && c < 0x3005);
}

template <auto kMap, char kFirst, char kLast>
void AppendMapped(std::string& out, std::string_view text) {
  if (IsAscii(text)) {
    const size_t begin = out.size();
    out += text;
    for (size_t i = begin; i < out.size(); ++i) {
      if (out[i] >= kFirst && out[i] <= kLast) out[i] = static_cast<char>(out[i] ^ 0x20);
    }
    return;
  }
  for (size_t at = 0; at < text.size();) AppendCharacter(kMap(NextCharacter(text, at)), out);
}

}  // namespace

char32_t LowerOf(char32_t character) {
  if (character < 0x80) return IsCapital(character) ? character ^ 0x20 : character;
  return Mapped(character, LowerRanges());
}

char32_t UpperOf(char32_t character) {
  if (character < 0x80) return IsSmall(character) ? character ^ 0x20 : character;
  return Mapped(character, UpperRanges());
}

void AppendLower(std::string& out, std::string_view text) {
  AppendMapped<LowerOf, 'A', 'Z'>(out, text);
}

void AppendUpper(std::string& out, std::string_view text) {
  AppendMapped<UpperOf, 'a', 'z'>(out, text);
}

void AppendInitcap(std::string& out, std::string_view text) {
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const char32_t character = NextCharacter(text, at);
    AppendCharacter(inside ? LowerOf(character) : UpperOf(character), out);
    inside = IsWordCharacter(character);
  }
}

}  // namespace riverrun::executor
