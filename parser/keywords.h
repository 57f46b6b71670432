// The words of the language, generated from grammar/keywords.tsv.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace riverrun::parser {

/// Where a word may stand unquoted. Three classes, two of them with PostgreSQL's refinement.
enum class KeywordClass : uint8_t {
  kReserved,                // never a name, except after AS and after a dot
  kReservedExceptFunction,  // like kReserved, but a function or type may be called so: left, right
  kNotBareAlias,            // a name, but an alias only after AS: emit, watermark, qualify, year
  kFreeExceptFunction,      // a column, relation or alias, but not a function: values, extract
  kFree,                    // a name everywhere: stream, pattern, at, offset of a window
};

struct Keyword {
  std::string_view word;  // lower case
  KeywordClass keyword_class;
};

/// All keywords in byte order; the index of a word in this list is its number in a Token.
std::span<const Keyword> AllKeywords();

/// The number of a word given in lower case; nothing when it is an ordinary identifier.
std::optional<uint16_t> FindKeyword(std::string_view lower_case_word);

}  // namespace riverrun::parser
