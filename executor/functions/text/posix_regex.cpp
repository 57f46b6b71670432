#include "executor/functions/text/posix_regex.h"

#include <charconv>

#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

std::unexpected<Error> InvalidRegex(std::string_view reason) {
  return Fail(sqlstate::kInvalidRegularExpression,
              "invalid regular expression: " + std::string(reason));
}

std::unexpected<Error> Unsupported(std::string_view what) {
  return Fail(sqlstate::kFeatureNotSupported,
              std::string(what) + " in a regular expression");
}

constexpr std::string_view kBadEscape = "invalid escape \\ sequence";

bool IsLetterOrDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Rewrites a pattern in PostgreSQL's advanced syntax to RE2's.
class RegexTranslator {
 public:
  RegexTranslator(std::string_view pattern, const RegexFlags& flags)
      : rest_(pattern), flags_(flags) {}

  Result<void> Run() {
    if (Result<void> read = Prefix(); !read) return read;
    if (flags_.literal) {
      out_ = re2::RE2::QuoteMeta(re2::StringPiece(rest_.data(), rest_.size()));
      return {};
    }
    while (!rest_.empty()) {
      if (Result<void> read = Atom(); !read) return read;
    }
    return {};
  }

  const std::string& pattern() const { return out_; }
  const RegexFlags& flags() const { return flags_; }
  bool has_lazy() const { return has_lazy_; }

 private:
  char Next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // ***= makes the rest plain text; (?letters) at the front sets flags for the whole pattern.
  Result<void> Prefix() {
    if (rest_.starts_with("***=")) {
      flags_.literal = true;
      rest_.remove_prefix(4);
      return {};
    }
    if (rest_.starts_with("***:")) rest_.remove_prefix(4);
    if (flags_.literal || !rest_.starts_with("(?") || rest_.size() < 3) return {};
    const size_t close = rest_.find_first_not_of("bceimnpqstwx", 2);
    if (close == std::string_view::npos || close == 2 || rest_[close] != ')') return {};
    for (const char c : rest_.substr(2, close - 2)) {
      if (c == 'i') flags_.fold_case = true;
      if (c == 'c') flags_.fold_case = false;
      if (c == 'n' || c == 'm' || c == 'p') flags_.dot_skips_newline = true;
      if (c == 'n' || c == 'm' || c == 'w') flags_.lines = true;
      if (c == 's') flags_.dot_skips_newline = flags_.lines = false;
      if (c == 'q') flags_.literal = true;
      if (c == 'x') flags_.expanded = true;
      if (c == 't') flags_.expanded = false;
      if (c == 'b') return Unsupported("basic syntax");
    }
    rest_.remove_prefix(close + 1);
    return {};
  }

  Result<void> Atom() {
    const char c = Next();
    switch (c) {
      case '\\': return Escape(false);
      case '[': return Bracket();
      case '(': return Group();
      case '*':
      case '+':
      case '?':
        out_.push_back(c);
        return Lazy();
      case '{': return Bound();
      default: break;
    }
    if (flags_.expanded && (c == ' ' || (c >= '\t' && c <= '\r'))) return {};
    if (flags_.expanded && c == '#') {
      const size_t end = rest_.find('\n');
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      return {};
    }
    out_.push_back(c);
    return {};
  }

  // A question mark behind a quantifier; another quantifier there is an error in PostgreSQL.
  Result<void> Lazy() {
    if (rest_.starts_with('?')) {
      out_.push_back(Next());
      has_lazy_ = true;
    }
    if (!rest_.empty() && std::string_view("*+?").find(rest_.front()) != std::string_view::npos) {
      return InvalidRegex("quantifier operand invalid");
    }
    return {};
  }

  // A brace begins a bound only before a digit.
  Result<void> Bound() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
      out_ += "\\{";
      return {};
    }
    const size_t close = rest_.find_first_not_of("0123456789,");
    if (close == std::string_view::npos || rest_[close] != '}') {
      return InvalidRegex("invalid repetition count(s)");
    }
    out_.push_back('{');
    out_ += rest_.substr(0, close + 1);
    rest_.remove_prefix(close + 1);
    return Lazy();
  }

  Result<void> Group() {
    out_.push_back('(');
    if (!rest_.starts_with('?')) return {};
    if (rest_.starts_with("?:")) {
      out_ += "?:";
      rest_.remove_prefix(2);
      return {};
    }
    if (rest_.starts_with("?=") || rest_.starts_with("?!") || rest_.starts_with("?<")) {
      return Unsupported("lookahead and lookbehind");
    }
    if (rest_.starts_with("?#")) {
      const size_t close = rest_.find(')');
      if (close == std::string_view::npos) return InvalidRegex("parentheses () not balanced");
      out_.pop_back();
      rest_.remove_prefix(close + 1);
      return {};
    }
    return InvalidRegex("quantifier operand invalid");
  }

  Result<void> Code(size_t digits_min, size_t digits_max) {
    uint32_t code = 0;
    size_t digits = 0;
    while (digits < digits_max && digits < rest_.size()) {
      const char* at = rest_.data() + digits;
      uint32_t digit = 0;
      if (std::from_chars(at, at + 1, digit, 16).ec != std::errc()) break;
      code = code << 4 | digit;
      ++digits;
    }
    if (digits < digits_min || code > 0x10ffff) return InvalidRegex(kBadEscape);
    rest_.remove_prefix(digits);
    AppendCode(code);
    return {};
  }

  void AppendCode(uint32_t code) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out_ += "\\x{";
    for (int shift = 20; shift >= 0; shift -= 4) out_.push_back(kDigits[code >> shift & 15]);
    out_.push_back('}');
  }

  Result<void> Escape(bool in_bracket) {
    if (rest_.empty()) return InvalidRegex(kBadEscape);
    const char c = Next();
    if (!IsLetterOrDigit(c)) {
      // RE2 takes a backslash before ASCII punctuation only.
      if (static_cast<uint8_t>(c) < 0x80 && c != '_') out_.push_back('\\');
      out_.push_back(c);
      return {};
    }
    switch (c) {
      case 'd':
      case 's':
      case 'w':
        out_ += {'\\', c};
        return {};
      case 'D':
      case 'S':
      case 'W':
        if (in_bracket) return InvalidRegex(kBadEscape);
        out_ += {'\\', c};
        return {};
      case 'a':
      case 'f':
      case 'n':
      case 'r':
      case 't':
      case 'v':
        out_ += {'\\', c};
        return {};
      case 'b': AppendCode(8); return {};
      case 'e': AppendCode(27); return {};
      case '0': AppendCode(0); return {};
      case 'B': out_ += "\\\\"; return {};
      case 'u': return Code(4, 4);
      case 'U': return Code(8, 8);
      case 'x': return Code(1, 255);
      case 'c':
        if (rest_.empty()) return InvalidRegex(kBadEscape);
        AppendCode(static_cast<uint8_t>(Next()) & 31u);
        return {};
      default: return in_bracket ? InvalidRegex(kBadEscape) : Constraint(c);
    }
  }

  Result<void> Constraint(char c) {
    switch (c) {
      case 'A': out_ += "\\A"; return {};
      case 'Z': out_ += "\\z"; return {};
      case 'y': out_ += "\\b"; return {};
      case 'Y': out_ += "\\B"; return {};
      case 'm':
      case 'M': return Unsupported("\\m and \\M");
      default: break;
    }
    if (c >= '1' && c <= '9') return Unsupported("back references");
    return InvalidRegex(kBadEscape);
  }

  // [abc], [^abc], classes and escapes inside.
  Result<void> Bracket() {
    if (rest_.starts_with("[:<:]]") || rest_.starts_with("[:>:]]")) {
      return Unsupported("\\m and \\M");
    }
    out_.push_back('[');
    if (rest_.starts_with('^')) {
      out_.push_back(Next());
      if (flags_.dot_skips_newline) out_ += "\\n";
    }
    for (bool first = true; first || !rest_.starts_with(']'); first = false) {
      if (rest_.empty()) return InvalidRegex("brackets [] not balanced");
      if (rest_.starts_with("[.") || rest_.starts_with("[=")) {
        if (Result<void> read = Collating(); !read) return read;
      } else if (rest_.starts_with("[:")) {
        const size_t close = rest_.find(":]");
        if (close == std::string_view::npos) return InvalidRegex("brackets [] not balanced");
        out_ += rest_.substr(0, close + 2);
        rest_.remove_prefix(close + 2);
      } else if (const char c = Next(); c == '\\') {
        if (Result<void> read = Escape(true); !read) return read;
      } else {
        if (c == '[' || (c == ']' && first)) out_.push_back('\\');
        out_.push_back(c);
      }
    }
    out_.push_back(Next());
    return {};
  }

  // [.x.] and [=x=] are the character itself.
  Result<void> Collating() {
    const char kind = rest_[1];
    const size_t close = rest_.find(std::string{kind, ']'}, 2);
    if (close == std::string_view::npos) return InvalidRegex("brackets [] not balanced");
    const std::string_view name = rest_.substr(2, close - 2);
    if (CountCharacters(name) != 1) return InvalidRegex("invalid collating element");
    out_ += re2::RE2::QuoteMeta(re2::StringPiece(name.data(), name.size()));
    rest_.remove_prefix(close + 2);
    return {};
  }

  std::string_view rest_;
  RegexFlags flags_;
  std::string out_;
  bool has_lazy_ = false;
};

std::string_view ReasonOf(re2::RE2::ErrorCode code) {
  using RE2 = re2::RE2;
  switch (code) {
    case RE2::ErrorBadEscape:
    case RE2::ErrorTrailingBackslash: return kBadEscape;
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character range";
    case RE2::ErrorMissingBracket: return "brackets [] not balanced";
    case RE2::ErrorMissingParen:
    case RE2::ErrorUnexpectedParen: return "parentheses () not balanced";
    case RE2::ErrorRepeatArgument:
    case RE2::ErrorRepeatOp: return "quantifier operand invalid";
    case RE2::ErrorRepeatSize: return "invalid repetition count(s)";
    case RE2::ErrorPatternTooLarge: return "regular expression is too complex";
    default: return "invalid regexp";
  }
}

}  // namespace

Result<RegexFlags> ParseRegexFlags(std::string_view text) {
  RegexFlags flags;
  for (size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case 'g': flags.global = true; break;
      case 'i': flags.fold_case = true; break;
      case 'c': flags.fold_case = false; break;
      case 'm':
      case 'n': flags.dot_skips_newline = flags.lines = true; break;
      case 'p':
        flags.dot_skips_newline = true;
        flags.lines = false;
        break;
      case 'w':
        flags.dot_skips_newline = false;
        flags.lines = true;
        break;
      case 's': flags.dot_skips_newline = flags.lines = false; break;
      case 'q': flags.literal = true; break;
      case 't': flags.expanded = false; break;
      case 'x': flags.expanded = true; break;
      case 'e': break;
      case 'b': return Unsupported("basic syntax");
      default:
        return Fail(sqlstate::kInvalidParameterValue,
                    "invalid regular expression option: \"" +
                        std::string(text.substr(at, Utf8CharacterBytes(text[at]))) + "\"");
    }
  }
  return flags;
}

Result<RegexRef> CompileRegex(std::string_view pattern, const RegexFlags& given) {
  RegexTranslator translator(pattern, given);
  if (Result<void> read = translator.Run(); !read) return std::unexpected(read.error());
  const RegexFlags& flags = translator.flags();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!flags.fold_case);
  options.set_dot_nl(!flags.dot_skips_newline);
  options.set_longest_match(!translator.has_lazy());
  const std::string text = flags.lines ? "(?m)" + translator.pattern() : translator.pattern();
  auto regex = std::make_shared<const re2::RE2>(text, options);
  if (!regex->ok()) {
    // RE2 takes an unknown class for a bad range.
    if (regex->error_arg().starts_with("[:")) return InvalidRegex("invalid character class");
    return InvalidRegex(ReasonOf(regex->error_code()));
  }
  return regex;
}

Result<std::string> SimilarToRegex(std::string_view pattern, std::string_view escape,
                                   bool lazy_front) {
  if (!escape.empty() && escape.size() != Utf8CharacterBytes(escape.front())) {
    return Fail(sqlstate::kInvalidEscapeSequence, "invalid escape string");
  }
  std::string out = "^(?:";
  bool after_escape = false, in_bracket = false;
  int quotes = 0;
  for (size_t at = 0; at < pattern.size();) {
    const std::string_view character = pattern.substr(at, Utf8CharacterBytes(pattern[at]));
    at += character.size();
    const char c = character.front();
    if (after_escape && c == '"' && !in_bracket) {
      // The middle of three parts is what substring returns.
      if (++quotes > 2) {
        return Fail(State("2200C"),
                    "SQL regular expression may not contain more than two "
                    "escape-double-quote separators");
      }
      out += quotes == 1 ? "){1,1}?(" : "){1,1}(?:";
      after_escape = false;
    } else if (after_escape) {
      out.push_back('\\');
      out += character;
      after_escape = false;
    } else if (!escape.empty() && character == escape) {
      after_escape = true;
    } else if (in_bracket) {
      if (c == '\\') out.push_back('\\');
      out += character;
      in_bracket = c != ']';
    } else if (c == '%') {
      out += lazy_front && quotes == 0 ? ".*?" : ".*";
    } else if (c == '_') {
      out += ".";
    } else if (c == '(') {
      out += "(?:";
    } else {
      in_bracket = c == '[';
      if (c == '\\' || c == '.' || c == '^' || c == '$') out.push_back('\\');
      out += character;
      const bool quantifier = c == '*' || c == '+' || c == '?' || c == '}';
      if (lazy_front && quotes == 0 && quantifier) out.push_back('?');
    }
  }
  return out + ")$";
}

}  // namespace riverrun::executor
