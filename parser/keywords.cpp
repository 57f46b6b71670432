#include "parser/keywords.h"

#include <algorithm>

namespace riverrun::parser {
namespace {

constexpr Keyword kKeywords[] = {
#include "keyword_words.inc"
};

}  // namespace

std::span<const Keyword> AllKeywords() { return kKeywords; }

std::optional<uint16_t> FindKeyword(std::string_view lower_case_word) {
  const auto found = std::ranges::lower_bound(kKeywords, lower_case_word, {}, &Keyword::word);
  if (found == std::end(kKeywords) || found->word != lower_case_word) return std::nullopt;
  return static_cast<uint16_t>(found - std::begin(kKeywords));
}

}  // namespace riverrun::parser
