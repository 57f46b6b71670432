// Text as it must stand in SQL: quoted literals and identifiers.
#pragma once

#include <string>
#include <string_view>

namespace riverrun::executor {

/// Appends a string literal; with backslashes inside it is of the form E'...'.
void AppendQuotedLiteral(std::string& out, std::string_view text);
/// Appends an identifier, in quotes unless it needs none (lower case, and no reserved word).
void AppendQuotedIdentifier(std::string& out, std::string_view name);

}  // namespace riverrun::executor
