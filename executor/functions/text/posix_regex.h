// POSIX regular expressions, as PostgreSQL's ~ and regexp functions take them, on RE2.
//
// RE2 matches in linear time whatever the pattern, so no user's pattern can stop a pipeline. In
// exchange it differs from PostgreSQL:
//   back references, lookahead and lookbehind, \m and \M   refused, 0A000
//   greedy patterns       the longest match from the leftmost place, as in PostgreSQL
//   patterns with *? +?   the first match in order of preference (Perl's rule); PostgreSQL would
//                         let the first quantifier decide for the whole pattern
//   \d \w \s              ASCII only
//   counts such as {1,2000}  at most 1000 (PostgreSQL: 255)
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun::executor {

/// Flags of the regexp functions that are not the pattern's own: 'g' and those below.
struct RegexFlags {
  bool global = false;            // g: all matches
  bool fold_case = false;         // i
  bool literal = false;           // q: the pattern is plain text
  bool expanded = false;          // x: white space and comments in the pattern mean nothing
  bool dot_skips_newline = false;  // n, p: . and [^...] do not match a newline
  bool lines = false;             // n, w: ^ and $ match at the ends of lines
};

/// Reads the letters of a flags argument. Errors: 22023 for an unknown one.
Result<RegexFlags> ParseRegexFlags(std::string_view text);

/// A compiled pattern; immutable, any thread may use it.
using RegexRef = std::shared_ptr<const re2::RE2>;
/// Errors: 2201B with PostgreSQL's reason; 0A000 for what RE2 does not do.
Result<RegexRef> CompileRegex(std::string_view pattern, const RegexFlags& flags);

/// The pattern of SIMILAR TO as a regular expression for the whole text, as PostgreSQL's
/// similar_to_escape makes it. `escape` is one character, or empty for none. Two escaped quotes
/// enclose what substring returns; `lazy_front` makes the part before them match the shortest text.
/// Errors: 22025 for an escape string of several characters; 2200C for more than two quotes.
Result<std::string> SimilarToRegex(std::string_view pattern, std::string_view escape,
                                   bool lazy_front = false);

}  // namespace riverrun::executor
