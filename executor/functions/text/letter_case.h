// Small and capital letters, by Unicode's simple case mapping (one character to one character), as
// PostgreSQL has them in a UTF-8 locale. No locale of the machine takes part.
#pragma once

#include <string>
#include <string_view>

namespace riverrun::executor {

char32_t LowerOf(char32_t character);
char32_t UpperOf(char32_t character);

/// Appends a text in small letters, in capital letters, or with each word's first letter capital
/// and the rest small. A word is a run of letters and digits. REQUIRE valid UTF-8.
void AppendLower(std::string& out, std::string_view text);
void AppendUpper(std::string& out, std::string_view text);
void AppendInitcap(std::string& out, std::string_view text);

}  // namespace riverrun::executor
