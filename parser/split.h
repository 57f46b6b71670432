// What happens to SQL text before ANTLR sees it: it is cut into statements, bounded in depth and
// length, and long lists of literal rows are read on the spot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast/query.h"
#include "parser/scan.h"

namespace riverrun::parser {

/// Parentheses, brackets, CASE and chains of prefix operators may nest this deep in a statement.
inline constexpr uint32_t kNestingMax = 200;
/// Tokens of one statement, not counting the literal rows that are read without ANTLR.
inline constexpr uint32_t kTokensMax = 200'000;

/// One statement of a text, ready for the parser.
struct ScannedStatement {
  /// From the first byte of the first token to the last byte of the last, semicolon not included.
  ast::Span range;
  /// Its tokens; the last one is the kEnd or kSemicolon that ended it.
  std::vector<Token> tokens;
  /// The second and following rows of INSERT ... VALUES, as far as they were literals only. Their
  /// tokens are not among `tokens`; they belong behind the first row.
  std::vector<std::vector<ast::Expression>> literal_rows;
};

/// Cuts a text into its statements; empty ones are left out.
/// Errors: SqlError 42601 from the scanner, 54001 for too deep or too long a statement.
std::vector<ScannedStatement> SplitStatements(std::string_view text);

/// The key under which plans of a statement may be cached: its tokens, blanks and comments
/// normalised, words folded to lower case. Equal keys parse to equal ASTs.
std::string StatementCacheKey(std::string_view text, const ScannedStatement& statement);

}  // namespace riverrun::parser
