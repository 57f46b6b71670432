// Any text parses or is refused with an SqlError that points into it; what parses prints, and the
// print parses to the same AST.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parser/parser.h"
#include "parser/print.h"
#include "parser/syntax_error.h"
#include "types/error.h"

using riverrun::SqlError;
using namespace riverrun::parser;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<ast::Statement> statements;
  try {
    statements = ParseStatements(text);
  } catch (const SqlError& error) {
    CHECK(!error.position || *error.position <= size);
    RenderCaret(text, error.position.value_or(0));
    return 0;
  }
  PrintOptions options;
  options.reveal_secrets = true;
  for (const ast::Statement& statement : statements) {
    const std::string printed = Print(statement, options);
    try {
      const std::vector<ast::Statement> again = ParseStatements(printed);
      CHECK(again.size() == 1 && again[0] == statement, printed);
    } catch (const SqlError& error) {
      // Parentheses that printing adds may go beyond the limits; anything else is a finding.
      CHECK(error.error.sqlstate == riverrun::sqlstate::kStatementTooComplex, printed);
    }
  }
  return 0;
}
