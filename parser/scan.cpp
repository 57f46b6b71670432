#include "parser/scan.h"

#include <array>
#include <utility>

#include "parser/keywords.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

constexpr std::string_view kOperatorSigns = "+-*/<>=~!@#%^&|`?";
// An operator of several signs may end in + or - only if it contains one of these.
constexpr std::string_view kSignsThatAllowPlus = "~!@#%^&|`?";

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOperatorSign(char c) {
  return c != '\0' && kOperatorSigns.find(c) != std::string_view::npos;
}

/// The text from `begin`, cut for an error message at a character boundary.
std::string Near(std::string_view text, uint32_t begin) {
  constexpr size_t kShownBytes = 80;
  std::string_view rest = text.substr(begin);
  if (rest.size() > kShownBytes) {
    size_t length = kShownBytes;
    while (length > 0 && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80) --length;
    rest = rest.substr(0, length);
  }
  return "\"" + std::string(rest) + "\"";
}

[[noreturn]] void Refuse(std::string what, std::string_view text, uint32_t begin) {
  throw SqlError(sqlstate::kSyntaxError, std::move(what) + " at or near " + Near(text, begin),
                 begin);
}

}  // namespace

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c) || c == '$'; }

std::string FoldCase(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

Token Scanner::Next() {
  SkipBlanks();
  if (at_ >= text_.size()) return Token{TokenKind::kEnd, 0, at_, at_};
  const char c = Peek();
  if (IsNameStart(c)) return ScanWord();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ScanNumber();
  const uint32_t begin = at_;
  if (c == '\'') {
    ++at_;
    return ScanString(begin, false, TokenKind::kString);
  }
  if (c == '"') {
    ++at_;
    return ScanQuotedIdentifier(begin);
  }
  if (pattern_mode_) return ScanPatternSign();
  if (c == '$') return ScanDollar();
  if (IsOperatorSign(c)) return ScanOperator();
  return ScanPunctuation();
}

void Scanner::SkipBlanks() {
  while (at_ < text_.size()) {
    if (IsBlank(text_[at_])) {
      ++at_;
    } else if (Peek() == '-' && Peek(1) == '-') {
      while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    } else if (Peek() == '/' && Peek(1) == '*') {
      SkipBlockComment();
    } else {
      return;
    }
  }
}

void Scanner::SkipBlockComment() {
  const uint32_t begin = at_;
  uint32_t depth = 0;
  while (at_ < text_.size()) {
    if (Peek() == '/' && Peek(1) == '*') {
      ++depth;
      at_ += 2;
    } else if (Peek() == '*' && Peek(1) == '/') {
      at_ += 2;
      if (--depth == 0) return;
    } else {
      ++at_;
    }
  }
  Refuse("unterminated /* comment", text_, begin);
}

Token Scanner::ScanWord() {
  const uint32_t begin = at_;
  const char c = Peek();
  const char next = Peek(1);
  const bool letter_before_quote =
      next == '\'' && std::string_view("eEbBxXnN").find(c) != std::string_view::npos;
  const bool unicode = (c == 'u' || c == 'U') && next == '&' && (Peek(2) == '\'' || Peek(2) == '"');
  if (letter_before_quote) return ScanPrefixedString();
  if (unicode) return ScanUnicode(begin);
  while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
  Token token = Make(TokenKind::kIdentifier, begin);
  constexpr uint32_t kLongestKeyword = 24;
  if (at_ - begin <= kLongestKeyword) {
    std::array<char, kLongestKeyword> folded;
    for (uint32_t i = begin; i < at_; ++i) {
      const char letter = text_[i];
      folded[i - begin] =
          letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    if (const auto number = FindKeyword(std::string_view(folded.data(), at_ - begin))) {
      token.kind = TokenKind::kKeyword;
      token.keyword = *number;
    }
  }
  return token;
}

Token Scanner::ScanPrefixedString() {
  const uint32_t begin = at_;
  const char prefix = Peek();
  at_ += 2;
  if (prefix == 'e' || prefix == 'E') return ScanString(begin, true, TokenKind::kString);
  if (prefix == 'n' || prefix == 'N') return ScanString(begin, false, TokenKind::kString);
  return ScanString(begin, false, TokenKind::kBitString);
}

// Begins behind the opening quote. A string goes on after a line break: 'a'
// 'b' is one constant.
Token Scanner::ScanString(uint32_t begin, bool backslashes, TokenKind kind) {
  for (;;) {
    if (at_ >= text_.size()) {
      Refuse(kind == TokenKind::kBitString ? "unterminated bit string literal"
                                           : "unterminated quoted string",
             text_, begin);
    }
    const char c = text_[at_++];
    if (backslashes && c == '\\') {
      if (at_ < text_.size()) ++at_;
    } else if (c == '\'') {
      if (Peek() == '\'') {
        ++at_;
        continue;
      }
      uint32_t ahead = at_;
      bool line_break = false;
      while (ahead < text_.size() && IsBlank(text_[ahead])) {
        line_break |= text_[ahead] == '\n' || text_[ahead] == '\r';
        ++ahead;
      }
      if (!line_break || ahead >= text_.size() || text_[ahead] != '\'') return Make(kind, begin);
      at_ = ahead + 1;
    }
  }
}

// U&'...' and U&"...", with the UESCAPE that may follow: it decides how the token reads.
Token Scanner::ScanUnicode(uint32_t begin) {
  at_ += 3;
  const Token token = text_[begin + 2] == '"' ? ScanQuotedIdentifier(begin)
                                              : ScanString(begin, false, TokenKind::kString);
  const auto only_blanks = [this](uint32_t from, uint32_t to) {
    while (from < to && IsBlank(text_[from])) ++from;
    return from == to;
  };
  const Token word = Next();
  if (word.kind == TokenKind::kKeyword && only_blanks(token.end, word.begin) &&
      FoldCase(Slice(text_, word)) == "uescape") {
    const Token escape = Next();
    if (escape.kind != TokenKind::kString || text_[escape.begin] != '\'' ||
        !only_blanks(word.end, escape.begin)) {
      Refuse("UESCAPE must be followed by a simple string literal", text_, escape.begin);
    }
    return Token{token.kind, 0, begin, escape.end};
  }
  at_ = token.end;
  return token;
}

Token Scanner::ScanQuotedIdentifier(uint32_t begin) {
  const uint32_t first = at_;
  for (;;) {
    if (at_ >= text_.size()) Refuse("unterminated quoted identifier", text_, begin);
    if (text_[at_++] != '"') continue;
    if (Peek() != '"') break;
    ++at_;
  }
  if (at_ == first + 1) Refuse("zero-length delimited identifier", text_.substr(0, at_), begin);
  return Make(TokenKind::kQuotedIdentifier, begin);
}

// $1 is a parameter, $tag$ ... $tag$ a string without escapes.
Token Scanner::ScanDollar() {
  const uint32_t begin = at_;
  if (IsDigit(Peek(1))) {
    ++at_;
    while (IsDigit(Peek())) ++at_;
    if (IsNameStart(Peek())) {
      while (IsNamePart(Peek())) ++at_;
      Refuse("trailing junk after parameter", text_.substr(0, at_), begin);
    }
    return Make(TokenKind::kParameter, begin);
  }
  uint32_t tag_end = begin + 1;
  if (tag_end < text_.size() && IsNameStart(text_[tag_end])) {
    while (tag_end < text_.size() && IsNamePart(text_[tag_end]) && text_[tag_end] != '$') ++tag_end;
  }
  if (tag_end >= text_.size() || text_[tag_end] != '$') {
    ++at_;
    return Make(TokenKind::kStray, begin);
  }
  const std::string_view tag = text_.substr(begin, tag_end + 1 - begin);
  const size_t closing = text_.find(tag, tag_end + 1);
  if (closing == std::string_view::npos) Refuse("unterminated dollar-quoted string", text_, begin);
  at_ = static_cast<uint32_t>(closing + tag.size());
  return Make(TokenKind::kString, begin);
}

Token Scanner::ScanNumber() {
  const uint32_t begin = at_;
  TokenKind kind = TokenKind::kInteger;
  while (IsDigit(Peek())) ++at_;
  if (Peek() == '.' && Peek(1) != '.') {
    kind = TokenKind::kDecimal;
    ++at_;
    while (IsDigit(Peek())) ++at_;
  }
  if (Peek() == 'e' || Peek() == 'E') {
    const uint32_t digits = Peek(1) == '+' || Peek(1) == '-' ? 2 : 1;
    if (IsDigit(Peek(digits))) {
      kind = TokenKind::kDecimal;
      at_ += digits;
      while (IsDigit(Peek())) ++at_;
    }
  }
  if (IsNameStart(Peek())) {
    while (IsNamePart(Peek())) ++at_;
    Refuse("trailing junk after numeric literal", text_.substr(0, at_), begin);
  }
  return Make(kind, begin);
}

Token Scanner::ScanOperator() {
  const uint32_t begin = at_;
  uint32_t end = begin;
  bool may_end_in_sign = false;
  while (end < text_.size() && IsOperatorSign(text_[end])) {
    const char next = end + 1 < text_.size() ? text_[end + 1] : '\0';
    if ((text_[end] == '-' && next == '-') || (text_[end] == '/' && next == '*')) break;
    may_end_in_sign |= kSignsThatAllowPlus.find(text_[end]) != std::string_view::npos;
    ++end;
  }
  if (!may_end_in_sign) {
    while (end > begin + 1 && (text_[end - 1] == '+' || text_[end - 1] == '-')) --end;
  }
  at_ = end;
  constexpr std::pair<std::string_view, TokenKind> kNamed[] = {
      {"+", TokenKind::kPlus},       {"-", TokenKind::kMinus},
      {"*", TokenKind::kStar},       {"/", TokenKind::kSlash},
      {"%", TokenKind::kPercent},    {"^", TokenKind::kCaret},
      {"=", TokenKind::kEquals},     {"<", TokenKind::kLess},
      {">", TokenKind::kGreater},    {"<=", TokenKind::kLessEquals},
      {"=>", TokenKind::kArrow},     {">=", TokenKind::kGreaterEquals},
      {"<>", TokenKind::kNotEquals}, {"!=", TokenKind::kNotEquals},
  };
  const std::string_view sign = text_.substr(begin, end - begin);
  for (const auto& [text, kind] : kNamed) {
    if (sign == text) return Make(kind, begin);
  }
  return Make(TokenKind::kOperator, begin);
}

Token Scanner::ScanPatternSign() {
  const uint32_t begin = at_;
  const char c = Peek();
  const char next = Peek(1);
  if ((c == '{' && next == '-') || (c == '-' && next == '}')) {
    at_ += 2;
    return Make(c == '{' ? TokenKind::kExclusionOpen : TokenKind::kExclusionClose, begin);
  }
  constexpr std::pair<char, TokenKind> kSigns[] = {
      {'+', TokenKind::kPlus},      {'*', TokenKind::kStar},       {'?', TokenKind::kQuestion},
      {'|', TokenKind::kPipe},      {'^', TokenKind::kCaret},      {'$', TokenKind::kDollar},
      {'{', TokenKind::kLeftBrace}, {'}', TokenKind::kRightBrace},
  };
  for (const auto& [sign, kind] : kSigns) {
    if (c != sign) continue;
    ++at_;
    return Make(kind, begin);
  }
  return ScanPunctuation();
}

Token Scanner::ScanPunctuation() {
  const uint32_t begin = at_;
  const char c = Peek();
  ++at_;
  if (c == ':' && (Peek() == ':' || Peek() == '=')) {
    const TokenKind kind = Peek() == ':' ? TokenKind::kTypecast : TokenKind::kColonEquals;
    ++at_;
    return Make(kind, begin);
  }
  switch (c) {
    case '(':
      return Make(TokenKind::kLeftParen, begin);
    case ')':
      return Make(TokenKind::kRightParen, begin);
    case '[':
      return Make(TokenKind::kLeftBracket, begin);
    case ']':
      return Make(TokenKind::kRightBracket, begin);
    case ',':
      return Make(TokenKind::kComma, begin);
    case ';':
      return Make(TokenKind::kSemicolon, begin);
    case '.':
      return Make(TokenKind::kDot, begin);
    case ':':
      return Make(TokenKind::kColon, begin);
    default:
      return Make(TokenKind::kStray, begin);
  }
}

}  // namespace riverrun::parser
