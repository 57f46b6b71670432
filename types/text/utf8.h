// UTF-8: validity, characters and their positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

/// The offset of the first byte that does not belong to valid UTF-8 (no surrogates, no overlong
/// forms, at most U+10FFFF), or npos. NUL is valid.
size_t FindInvalidUtf8(std::string_view bytes);

/// Whether the bytes can be a value of type text. Errors: 22021 for NUL and invalid UTF-8, with
/// PostgreSQL's text.
Result<void> CheckText(std::string_view bytes);

/// True if every byte is below 0x80, so that bytes are characters.
bool IsAscii(std::string_view bytes);

// The functions below REQUIRE valid UTF-8.

/// Bytes of the character whose first byte is `lead`: 1 to 4.
constexpr size_t Utf8CharacterBytes(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/// Number of characters.
size_t CountCharacters(std::string_view text);

/// Offset of the byte behind the first `count` characters; text.size() if there are fewer.
size_t SkipCharacters(std::string_view text, size_t count);

/// The character that begins at `at`; moves `at` behind it. REQUIRES at < text.size().
char32_t NextCharacter(std::string_view text, size_t& at);

/// Appends a character. REQUIRES it is a Unicode scalar value.
void AppendCharacter(char32_t character, std::string& out);

}  // namespace riverrun
