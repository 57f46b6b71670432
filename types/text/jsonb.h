// jsonb: a JSON value in canonical text, as PostgreSQL prints it.
#pragma once

#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun {

/// Nesting beyond this is refused (54001), so that no input can overflow the stack.
inline constexpr int kJsonDepthMax = 1000;

/// Parses JSON text and appends its canonical form: one space after ':' and ',', object keys
/// sorted by length and then bytewise with the last of equal ones kept, numbers as numeric prints
/// them, strings with the fewest escapes. Errors: 22P02 "invalid input syntax for type json".
Result<void> CanonicalJson(std::string_view text, std::string& out);

/// Checks JSON text without changing it, for type json. Errors as CanonicalJson.
Result<void> CheckJson(std::string_view text);

/// Appends a memcomparable key: PostgreSQL's order of jsonb, in which numbers compare by value
/// (1.0 equals 1.00). REQUIRES `canonical` comes from CanonicalJson. Self-delimiting.
void AppendJsonbKey(std::string_view canonical, std::string& out);

}  // namespace riverrun
