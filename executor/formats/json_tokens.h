// Where the tokens of a JSON text begin, found 64 bytes at a time; simdjson stays behind this.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "types/error.h"

namespace riverrun::executor {

/// Splits texts into tokens, one text after the other. One thread.
class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  /// The offsets of braces, brackets, colons and commas outside strings, of the opening quotes of
  /// strings, and of the first bytes of what else stands between them; behind the last one,
  /// text.size(). Valid until the next call. A token ends where the next begins, apart from white
  /// space; whether their order makes sense is for the caller to check, as are escapes in strings.
  /// Reads nothing behind the text. Errors: 22P02 for a text of spaces only, a string without an
  /// end and a control character in a string; 22021 for what is not UTF-8.
  Result<std::span<const uint32_t>> Split(std::string_view text);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace riverrun::executor
