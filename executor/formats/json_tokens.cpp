#include "executor/formats/json_tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

// Room for texts of this size is made at once, and kept; more is given back after the call that
// needed it.
constexpr size_t kBytesKept = 64 * 1024;
constexpr size_t kDepth = 1;  // of simdjson's own second stage, which is not used

std::unexpected<Error> ErrorOf(simdjson::error_code code, std::string_view text) {
  const auto invalid = [](std::string_view why) {
    return Fail(sqlstate::kInvalidTextRepresentation, "invalid JSON: " + std::string(why));
  };
  if (code == simdjson::MEMALLOC) return Fail(sqlstate::kOutOfMemory, "out of memory");
  if (code == simdjson::CAPACITY) return invalid("it is longer than 4 GB");
  if (Result<void> valid = CheckText(text); !valid) return std::unexpected(valid.error());
  switch (code) {
    case simdjson::EMPTY: return invalid("it is empty");
    case simdjson::UNCLOSED_STRING: return invalid("a string has no end");
    case simdjson::UNESCAPED_CHARS: return invalid("a string has a control character in it");
    default: return invalid(simdjson::error_message(code));
  }
}

}  // namespace

// What simdjson calls a parser is the memory of its two stages. The first stage alone is what is
// wanted: the second forgets how numbers were written, and refuses some that a numeric can hold.
struct JsonTokens::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
  size_t capacity = 0;

  simdjson::error_code Reserve(size_t bytes) {
    if (bytes <= capacity) return simdjson::SUCCESS;
    const size_t wanted = std::max(bytes, kBytesKept);
    capacity = 0;
    const simdjson::error_code code =
        simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, kDepth,
                                                                                stages);
    if (code == simdjson::SUCCESS) capacity = wanted;
    return code;
  }
};

JsonTokens::JsonTokens() : parser_(std::make_unique<Parser>()) {}
JsonTokens::~JsonTokens() = default;

Result<std::span<const uint32_t>> JsonTokens::Split(std::string_view text) {
  if (text.empty()) return ErrorOf(simdjson::EMPTY, text);
  // Room made for an exceptional text goes when the next ordinary one comes.
  if (parser_->capacity > kBytesKept && text.size() <= kBytesKept) parser_->capacity = 0;
  if (const auto code = parser_->Reserve(text.size()); code != simdjson::SUCCESS) {
    return ErrorOf(code, text);
  }
  simdjson::internal::dom_parser_implementation& stages = *parser_->stages;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto code = stages.stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return ErrorOf(code, text);
  // simdjson itself puts text.size() behind the last.
  return std::span<const uint32_t>(stages.structural_indexes.get(),
                                   stages.n_structural_indexes + size_t{1});
}

}  // namespace riverrun::executor
