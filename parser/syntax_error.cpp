#include "parser/syntax_error.h"

#include <algorithm>
#include <optional>
#include <span>

#include "parser/keywords.h"
#include "parser/literal.h"

namespace riverrun::parser {
namespace {

std::string_view WordOf(const Token& token) {
  return token.kind == TokenKind::kKeyword ? AllKeywords()[token.keyword].word : std::string_view();
}

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool EndsStatement(const Token& token) {
  return token.kind == TokenKind::kEnd || token.kind == TokenKind::kSemicolon;
}

bool IsReserved(const Token& token) {
  if (token.kind != TokenKind::kKeyword) return false;
  const KeywordClass word = AllKeywords()[token.keyword].keyword_class;
  return word == KeywordClass::kReserved || word == KeywordClass::kReservedExceptFunction;
}

bool EndsOperand(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kQuotedIdentifier:
    case TokenKind::kString:
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kParameter:
    case TokenKind::kRightParen:
    case TokenKind::kRightBracket:
      return true;
    case TokenKind::kKeyword:
      return !IsReserved(token) || IsOneOf(WordOf(token), {"null", "true", "false", "end"});
    default:
      return false;
  }
}

bool BeginsOperand(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kQuotedIdentifier:
    case TokenKind::kString:
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kParameter:
      return true;
    case TokenKind::kKeyword:
      return !IsReserved(token) || IsOneOf(WordOf(token), {"case", "cast", "array"});
    default:
      return false;
  }
}

/// Builds the hint, or nothing, for the refusal at token `at`.
class HintFinder {
 public:
  HintFinder(std::string_view text, std::span<const Token> tokens, size_t at)
      : text_(text),
        tokens_(tokens),
        at_(at),
        token_(tokens[at]),
        last_(at > 0 ? tokens[at - 1] : kNone) {}

  std::string Find() const {
    if (std::string hint = ForSigns(); !hint.empty()) return hint;
    if (std::string hint = ForParentheses(); !hint.empty()) return hint;
    if (std::string hint = ForCommas(); !hint.empty()) return hint;
    if (std::string hint = ForWords(); !hint.empty()) return hint;
    if (BeginsOperand(token_) && EndsOperand(last_) && at_ > 1) {
      return "a comma, an operator or a keyword is missing before " + Shown(token_);
    }
    return {};
  }

 private:
  std::string Shown(const Token& token) const { return std::string(Slice(text_, token)); }

  // Signs of other dialects.
  std::string ForSigns() const {
    const bool here = token_.kind == TokenKind::kOperator && Shown(token_).contains('`');
    const bool before = last_.kind == TokenKind::kOperator && Shown(last_).contains('`');
    if (here || before)
      return "names are quoted with double quotes here, not with backticks: \"name\"";
    if (token_.kind == TokenKind::kQuotedIdentifier && at_ > 0 && !EndsOperand(last_)) {
      return "double quotes are for names; string constants are written in single quotes: " +
             QuoteString(DecodeIdentifier(Slice(text_, token_), token_.begin));
    }
    if (token_.kind == TokenKind::kStray && Shown(token_) == "{") {
      return "braces are only used in PATTERN of MATCH_RECOGNIZE";
    }
    return {};
  }

  std::string ForParentheses() const {
    std::vector<Token> open;
    for (size_t i = 0; i < at_; ++i) {
      const TokenKind kind = tokens_[i].kind;
      if (kind == TokenKind::kLeftParen || kind == TokenKind::kQueryParen)
        open.push_back(tokens_[i]);
      if (kind == TokenKind::kRightParen && !open.empty()) open.pop_back();
    }
    if (token_.kind == TokenKind::kRightParen && open.empty()) {
      return "there is no opening parenthesis for this one";
    }
    if (EndsStatement(token_) && !open.empty()) {
      const TextPosition place = Locate(text_, open.back().begin);
      return "the parenthesis opened at line " + std::to_string(place.line) + ", column " +
             std::to_string(place.column) + " is not closed";
    }
    return {};
  }

  std::string ForCommas() const {
    if (last_.kind == TokenKind::kComma) {
      const bool next_clause =
          token_.kind == TokenKind::kRightParen || EndsStatement(token_) ||
          IsOneOf(WordOf(token_), {"from", "where", "group", "having", "order", "limit", "with",
                                   "window", "union", "returning", "as", "on"});
      if (next_clause) {
        return "remove the comma before " + (EndsStatement(token_) ? "the end" : Shown(token_));
      }
    }
    if (token_.kind == TokenKind::kComma && InLimit()) {
      return "write LIMIT count OFFSET start instead of LIMIT start, count";
    }
    return {};
  }

  bool InLimit() const { return at_ >= 2 && WordOf(tokens_[at_ - 2]) == "limit"; }

  std::string ForWords() const {
    if (IsReserved(token_) && NameExpected()) {
      return Shown(token_) + " is a reserved word; to use it as a name write " + "\"" +
             FoldCase(Slice(text_, token_)) + "\"";
    }
    if (WordOf(token_) == "from" && WordOf(last_) == "select") return {};
    if (at_ == 0) return NearestStatement();
    return {};
  }

  bool NameExpected() const {
    if (last_.kind == TokenKind::kDot) return true;
    if (IsOneOf(WordOf(last_), {"table", "stream", "source", "view", "sink", "into", "update",
                                "join", "exists", "column", "schema", "index", "as"})) {
      return true;
    }
    if (WordOf(last_) == "from")
      return !IsOneOf(WordOf(token_), {"where", "group", "order", "select"});
    const bool in_list = last_.kind == TokenKind::kComma || last_.kind == TokenKind::kLeftParen;
    return in_list &&
           IsOneOf(WordOf(token_), {"user", "order", "group", "table", "column", "end", "desc",
                                    "offset", "limit", "to", "from", "window", "check",
                                    "references", "default", "when", "then", "only"});
  }

  // SELEC, CRAETE: the statement's word within two typing errors.
  std::string NearestStatement() const {
    if (token_.kind != TokenKind::kIdentifier) return {};
    const std::string typed = FoldCase(Slice(text_, token_));
    size_t best = 3;
    std::string_view nearest;
    for (const std::string_view word :
         {"select",   "insert",    "update",   "delete",   "create", "drop",   "alter",
          "explain",  "subscribe", "show",     "describe", "with",   "values", "copy",
          "begin",    "commit",    "rollback", "set",      "grant",  "revoke", "comment",
          "truncate", "prepare",   "execute",  "declare",  "fetch",  "refresh"}) {
      const size_t distance = Distance(typed, word);
      if (distance < best && distance < word.size() / 2) {
        best = distance;
        nearest = word;
      }
    }
    if (nearest.empty()) return {};
    return "did you mean " + FoldCase(nearest) + "?";
  }

  /// Letters to insert, delete or replace to make one word the other.
  static size_t Distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i);
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      }
    }
    return row[b.size()];
  }

  static constexpr Token kNone{};
  std::string_view text_;
  std::span<const Token> tokens_;
  size_t at_;
  Token token_;
  Token last_;
};

/// Upper case of the words that name a statement PostgreSQL has and this server has not.
std::optional<std::string> UnsupportedStatement(std::string_view text,
                                                std::span<const Token> tokens) {
  const auto word = [&](size_t at) {
    return at < tokens.size() ? FoldCase(Slice(text, tokens[at])) : std::string();
  };
  const std::string first = word(0);
  const std::string second = word(1);
  const auto upper = [](std::string words) {
    for (char& c : words) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return words;
  };
  if (IsOneOf(first,
              {"analyze", "analyse", "vacuum", "cluster", "reindex", "lock", "call", "do", "merge",
               "load", "checkpoint", "import", "security", "reassign", "replay", "backtest"})) {
    return upper(first);
  }
  const bool definition = IsOneOf(first, {"create", "alter", "drop"});
  if (definition &&
      IsOneOf(second,
              {"database",  "extension",   "trigger",      "type",       "domain",     "sequence",
               "aggregate", "operator",    "cast",         "collation",  "conversion", "rule",
               "policy",    "publication", "subscription", "server",     "foreign",    "tablespace",
               "language",  "procedure",   "routine",      "statistics", "transform",  "event",
               "access",    "text",        "default",      "system",     "unlogged",   "global",
               "recursive", "group",       "notifier",     "metric",     "connection", "owned",
               "large"})) {
    return upper(first + " " + second);
  }
  if (IsOneOf(first, {"prepare", "commit", "rollback"}) &&
      IsOneOf(second, {"transaction", "prepared"}) && tokens.size() > 2 &&
      tokens[2].kind == TokenKind::kString) {
    return upper(first + " " + second);
  }
  if (first == "set" && second == "constraints") return "SET CONSTRAINTS";
  return std::nullopt;
}

/// Columns of one line before `position`, in characters.
uint32_t CountCharacters(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

SqlError SyntaxError(std::string_view text, const ScannedStatement& statement, size_t at) {
  const std::span<const Token> tokens = statement.tokens;
  // A parenthesis that opens a query is in the wrong place because of the query.
  if (tokens[at].kind == TokenKind::kQueryParen && at + 1 < tokens.size()) ++at;
  const Token& token = tokens[at];
  if (const auto words = UnsupportedStatement(text, tokens)) {
    return SqlError(sqlstate::kFeatureNotSupported, *words + " is not supported", tokens[0].begin);
  }
  if (IsOneOf(WordOf(token), {"tablesample", "inherits", "tablespace", "freeze"})) {
    return SqlError(sqlstate::kFeatureNotSupported,
                    std::string(Slice(text, token)) + " is not supported", token.begin);
  }
  std::string what = token.kind == TokenKind::kEnd
                         ? "syntax error at end of input"
                         : "syntax error at or near \"" + std::string(Slice(text, token)) + "\"";
  SqlError error(sqlstate::kSyntaxError, std::move(what), token.begin);
  error.hint = HintFinder(text, tokens, at).Find();
  return error;
}

TextPosition Locate(std::string_view text, uint32_t position) {
  const std::string_view before = text.substr(0, position);
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<uint32_t>(std::ranges::count(before, '\n')) + 1,
          CountCharacters(before.substr(line_start)) + 1};
}

std::string RenderCaret(std::string_view text, uint32_t position) {
  constexpr size_t kBytesBefore = 60;
  constexpr size_t kBytesAfter = 40;
  const auto inside_character = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  const size_t place = std::min<size_t>(position, text.size());
  const std::string_view before = text.substr(0, place);
  size_t begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  size_t end = std::min(text.find('\n', place), text.size());
  const bool cut_left = place - begin > kBytesBefore;
  const bool cut_right = end - place > kBytesAfter;
  if (cut_left) begin = place - kBytesBefore;
  while (cut_left && inside_character(begin)) ++begin;
  if (cut_right) end = place + kBytesAfter;
  while (cut_right && inside_character(end)) --end;
  std::string line =
      "LINE " + std::to_string(Locate(text, static_cast<uint32_t>(place)).line) + ": ";
  if (cut_left) line += "...";
  const size_t indent = line.size() + CountCharacters(text.substr(begin, place - begin));
  line += text.substr(begin, end - begin);
  if (cut_right) line += "...";
  // Tabs and carriage returns would move the caret.
  std::ranges::replace_if(line, [](char c) { return c == '\t' || c == '\r'; }, ' ');
  return line + "\n" + std::string(indent, ' ') + "^";
}

}  // namespace riverrun::parser
