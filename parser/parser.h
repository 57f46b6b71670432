// The parser: SQL text in, AST out.
//
//   text -> SplitStatements (split.h)  statements, limits, literal rows; no ANTLR yet
//        -> Parse                      one ScannedStatement to one ast::Statement
//   ParseStatements does both for all statements of a text.
//
// The dialect is PostgreSQL 15's with streams: docs/sql.md. The AST (ast/*.h) keeps literals as
// text; names, types and meaning are the binder's. print.h turns an AST back into SQL.
// Every function here may be called from any thread. ANTLR's runtime is not thread-safe, so at most
// one parse is inside it at a time; parser.cpp tells how long texts take turns with short ones.
// Errors: SqlError with a byte offset into the text; 42601 with PostgreSQL's wording and a hint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast/statement.h"
#include "parser/split.h"

namespace riverrun::parser {

/// All statements of a text, in order; empty ones are left out. Nothing is returned when any of
/// them is wrong, as PostgreSQL does for a simple query.
std::vector<ast::Statement> ParseStatements(std::string_view text);

/// One statement that SplitStatements found in this text. The statement's literal rows are moved
/// into the AST.
ast::Statement Parse(std::string_view text, ScannedStatement statement);

/// A lone expression: defaults, stored predicates, tests.
ast::Expression ParseExpression(std::string_view text);

/// A lone type name, as in format_type's inverse: 'timestamp(3) with time zone'.
ast::TypeName ParseTypeName(std::string_view text);

}  // namespace riverrun::parser
