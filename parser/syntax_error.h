// Syntax errors as users read them: PostgreSQL's sentence, the place, and a hint for the mistakes
// that people make most.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parser/split.h"
#include "types/error.h"

namespace riverrun::parser {

/// The error for a statement that the grammar refuses at token `at`. It is 42601, or 0A000 where
/// the statement or clause is one of PostgreSQL's that this server knows but does not have.
SqlError SyntaxError(std::string_view text, const ScannedStatement& statement, size_t at);

/// Where a byte offset lies: lines and columns counted from 1, columns in characters.
struct TextPosition {
  uint32_t line = 1;
  uint32_t column = 1;
};
TextPosition Locate(std::string_view text, uint32_t position);

/// Two lines for logs: the line of the text that holds the offset, shortened around it when long,
/// and a caret below the place. "LINE 3: SELEC 1\n        ^"
std::string RenderCaret(std::string_view text, uint32_t position);

}  // namespace riverrun::parser
