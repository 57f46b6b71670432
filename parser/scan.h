// The tokenizer: cuts SQL text into tokens exactly as PostgreSQL 15 does. It feeds the ANTLR parser
// as well as everything that works before it (split.h), so the text is never read in two ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace riverrun::parser {

/// What a token is. The numbers equal the token types of grammar/SqlLexer.g4 (parser.cpp checks
/// this); only keywords have types of their own there.
enum class TokenKind : uint8_t {
  kEnd = 0,
  kIdentifier,
  kQuotedIdentifier,  // "x" and U&"x"
  kString,            // '', E'', U&'', N'', $tag$$tag$; continuation lines and UESCAPE included
  kBitString,         // B'' and X''
  kInteger,
  kDecimal,
  kParameter,   // $1
  kOperator,    // any operator without a kind below
  kQueryParen,  // '(' that opens a query; only split.h tells it from kLeftParen
  kStray,       // a character that begins no token
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kSemicolon,
  kDot,
  kColon,
  kTypecast,
  kColonEquals,
  kArrow,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kEquals,
  kLess,
  kGreater,
  kLessEquals,
  kGreaterEquals,
  kNotEquals,
  kLeftBrace,  // this and those below only inside PATTERN ( ... )
  kRightBrace,
  kExclusionOpen,
  kExclusionClose,
  kPipe,
  kQuestion,
  kDollar,
  kKeyword,
};

/// One token: bytes [begin, end) of the text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint16_t keyword = 0;  // number of the word when kind is kKeyword
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// Reads a text token by token. The text must outlive the scanner and be shorter than 4 GB.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// The next token; kEnd at the end of the text and ever after.
  /// Errors: SqlError 42601 for what is not closed (strings, comments, quoted names) and for junk
  /// after numbers, with the token's position.
  Token Next();

  /// Byte offset where the next token is looked for.
  uint32_t Position() const { return at_; }
  /// Goes back to an offset that Position() returned.
  void Rewind(uint32_t position) { at_ = position; }
  /// Between PATTERN ( and its ) every sign stands alone: A+? is three tokens, {- one.
  void SetPatternMode(bool on) { pattern_mode_ = on; }

 private:
  char Peek(uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void SkipBlanks();
  void SkipBlockComment();
  Token Make(TokenKind kind, uint32_t begin) const { return Token{kind, 0, begin, at_}; }
  Token ScanWord();
  Token ScanPrefixedString();
  Token ScanString(uint32_t begin, bool backslashes, TokenKind kind);
  Token ScanUnicode(uint32_t begin);
  Token ScanQuotedIdentifier(uint32_t begin);
  Token ScanDollar();
  Token ScanNumber();
  Token ScanOperator();
  Token ScanPatternSign();
  Token ScanPunctuation();

  std::string_view text_;
  uint32_t at_ = 0;
  bool pattern_mode_ = false;
};

/// The bytes of a token.
inline std::string_view Slice(std::string_view text, const Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

/// Lower case of the ASCII letters; other bytes stay, as PostgreSQL folds UTF-8 names.
std::string FoldCase(std::string_view text);

/// Whether a byte may begin an unquoted name.
bool IsNameStart(char c);
/// Whether a byte may go on in an unquoted name.
bool IsNamePart(char c);

}  // namespace riverrun::parser
