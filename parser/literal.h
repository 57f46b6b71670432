// What quoted tokens mean: the text behind quotes, escapes and Unicode notation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace riverrun::parser {

/// The value of a string token in any of its forms. `position` is the token's byte offset in the
/// text, for errors.
/// Errors: SqlError 22025 for a broken escape, 22021 for one that yields no valid character.
std::string DecodeString(std::string_view token, uint32_t position);

/// The name that an identifier or keyword token stands for: folded when bare, as written when
/// quoted. Errors as DecodeString.
std::string DecodeIdentifier(std::string_view token, uint32_t position);

/// The digits of B'...' or X'...'.
/// Errors: SqlError 22P02 for a character that is no such digit.
std::string DecodeBitString(std::string_view token, uint32_t position);

/// Writes a string constant that DecodeString reads back.
std::string QuoteString(std::string_view value);

/// Writes a name so that it reads back as `name`: bare when it may stand so everywhere a name may,
/// else in double quotes.
std::string QuoteIdentifier(std::string_view name);

}  // namespace riverrun::parser
