// AST back to SQL: one canonical text per AST. The catalog stores it, SHOW CREATE shows it; parsing
// it gives the same AST again.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "parser/ast/statement.h"

namespace riverrun::parser {

struct PrintOptions {
  /// Says which option keys hold secrets; their values print as '***'. Empty: none do. References
  /// (SECRET name) are no secrets and always print.
  std::function<bool(std::string_view key)> is_secret;
  /// Prints passwords of roles and the values of secrets instead of '***'.
  bool reveal_secrets = false;
  /// Puts every operation in parentheses, so that precedence shows.
  bool all_parentheses = false;
};

/// SQL on one line, keywords in upper case, without a semicolon.
std::string Print(const ast::Statement& statement, const PrintOptions& options = {});
std::string Print(const ast::Query& query, const PrintOptions& options = {});
std::string Print(const ast::Expression& expression, const PrintOptions& options = {});
std::string Print(const ast::TypeName& type, const PrintOptions& options = {});

}  // namespace riverrun::parser
