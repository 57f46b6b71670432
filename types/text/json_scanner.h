// JSON text, token by token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

enum class JsonToken : uint8_t {
  kBeginObject,
  kEndObject,
  kBeginArray,
  kEndArray,
  kColon,
  kComma,
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kEnd,      // nothing but white space is left
  kInvalid,  // not JSON
};

/// Splits JSON text into tokens; whether their order makes sense is the caller's business.
class JsonScanner {
 public:
  /// `text` is borrowed.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  /// The next token, which becomes the current one. After kEnd and kInvalid it stays there.
  JsonToken Next();
  /// The current token's text; a string's with its quotes.
  std::string_view token() const { return text_.substr(begin_, at_ - begin_); }
  /// Offsets of the current token's first byte and of the byte behind it.
  size_t begin() const { return begin_; }
  size_t end() const { return at_; }

  /// Passes over the value that begins with the current token; the current token is its last
  /// afterwards. Returns the value's text. REQUIRES valid JSON (text that CheckJson accepts).
  std::string_view SkipValue(JsonToken token);

 private:
  JsonToken Take(JsonToken token, size_t bytes);
  JsonToken Word(std::string_view word, JsonToken token);
  JsonToken String();
  JsonToken Number();

  std::string_view text_;
  size_t begin_ = 0;
  size_t at_ = 0;
};

/// Appends the characters that a string token means. Errors: 22P05 for \u0000, which no text
/// holds; 22P02 for half a surrogate pair. REQUIRES a kString token.
Result<void> AppendJsonCharacters(std::string_view token, std::string& out);

/// Appends text as a JSON string with its quotes and the fewest escapes.
void AppendJsonString(std::string_view text, std::string& out);

/// The error of text that is not JSON: 22P02.
std::unexpected<Error> InvalidJson();

}  // namespace riverrun
