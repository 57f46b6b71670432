#include "parser/split.h"

#include <optional>
#include <utility>

#include "parser/keywords.h"
#include "parser/literal.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

bool IsWord(const Token& token, std::string_view word) {
  return token.kind == TokenKind::kKeyword && AllKeywords()[token.keyword].word == word;
}

template <class... Words>
bool IsAnyWord(const Token& token, Words... words) {
  return (IsWord(token, words) || ...);
}

/// Counts what is open, so that recursion over the statement stays shallow. BETWEEN waits for its
/// AND, CASE for its END, a parenthesis for its closing one; prefix operators and NOT weigh on the
/// construct that follows them.
class NestingGuard {
 public:
  void Take(const Token& token) {
    switch (token.kind) {
      case TokenKind::kLeftParen:
      case TokenKind::kLeftBracket:
      case TokenKind::kExclusionOpen:
        Open(Construct::kParen, token);
        break;
      case TokenKind::kRightParen:
      case TokenKind::kRightBracket:
      case TokenKind::kExclusionClose:
        Close(Construct::kParen);
        break;
      case TokenKind::kComma:
        prefixes_ = 0;
        break;
      case TokenKind::kPlus:
      case TokenKind::kMinus:
      case TokenKind::kOperator:
        TakePrefix(token);
        break;
      case TokenKind::kKeyword:
        TakeKeyword(token);
        break;
      default:
        after_operand_ = true;
    }
  }
  bool NothingOpen() const { return open_.empty(); }

 private:
  enum class Construct : uint8_t { kParen, kCase, kBetween };
  struct Entry {
    Construct construct;
    uint32_t weight;
  };

  void TakeKeyword(const Token& token) {
    if (IsWord(token, "not")) {
      TakePrefix(token);
    } else if (IsWord(token, "case")) {
      Open(Construct::kCase, token);
    } else if (IsWord(token, "between")) {
      Open(Construct::kBetween, token);
    } else if (IsWord(token, "end")) {
      Close(Construct::kCase);
    } else if (IsWord(token, "and") && !open_.empty() &&
               open_.back().construct == Construct::kBetween) {
      Close(Construct::kBetween);
    } else {
      after_operand_ = true;
    }
  }

  void TakePrefix(const Token& token) {
    prefixes_ = after_operand_ ? 1 : prefixes_ + 1;
    after_operand_ = false;
    Check(token);
  }

  void Open(Construct construct, const Token& token) {
    const uint32_t weight = prefixes_ > 1 ? prefixes_ : 1;
    open_.push_back({construct, weight});
    depth_ += weight;
    prefixes_ = 0;
    after_operand_ = false;
    Check(token);
  }

  // Closes the innermost construct of this kind within the innermost parenthesis, and what is in
  // it.
  void Close(Construct construct) {
    prefixes_ = 0;
    after_operand_ = true;
    size_t at = open_.size();
    while (at > 0 && open_[at - 1].construct != construct &&
           open_[at - 1].construct != Construct::kParen) {
      --at;
    }
    if (at == 0 || open_[at - 1].construct != construct) return;
    while (open_.size() >= at) {
      depth_ -= open_.back().weight;
      open_.pop_back();
    }
  }

  void Check(const Token& token) const {
    if (depth_ + prefixes_ <= kNestingMax) return;
    throw SqlError(sqlstate::kStatementTooComplex,
                   "statement nests more than " + std::to_string(kNestingMax) + " levels deep",
                   token.begin);
  }

  std::vector<Entry> open_;
  uint32_t depth_ = 0;
  uint32_t prefixes_ = 0;
  bool after_operand_ = false;
};

/// Knows where pattern mode begins and ends: in the parentheses after PATTERN, directly inside
/// those of MATCH_RECOGNIZE.
class PatternTracker {
 public:
  /// Takes one token and says whether the next one stands in a pattern.
  bool Take(const Token& token) {
    if (token.kind == TokenKind::kLeftParen) {
      if (IsWord(last_, "match_recognize")) clauses_.push_back(depth_ + 1);
      ++depth_;
      if (!pattern_ && IsWord(last_, "pattern") && !clauses_.empty() &&
          depth_ == clauses_.back() + 1) {
        pattern_ = depth_;
      }
    } else if (token.kind == TokenKind::kRightParen && depth_ > 0) {
      if (pattern_ == depth_) pattern_.reset();
      if (!clauses_.empty() && clauses_.back() == depth_) clauses_.pop_back();
      --depth_;
    }
    last_ = token;
    return pattern_.has_value();
  }

 private:
  Token last_;
  uint32_t depth_ = 0;
  std::vector<uint32_t> clauses_;    // depth inside each open MATCH_RECOGNIZE
  std::optional<uint32_t> pattern_;  // depth inside the open PATTERN
};

/// Reads rows of literals straight from the text.
class LiteralRowReader {
 public:
  LiteralRowReader(std::string_view text, Scanner& scanner) : text_(text), scanner_(scanner) {}

  /// Reads ", (literal, ...)" as often as it comes and leaves the scanner behind the last such row.
  void ReadInto(std::vector<std::vector<ast::Expression>>& rows) {
    for (;;) {
      const uint32_t before = scanner_.Position();
      std::vector<ast::Expression> row;
      if (!rows.empty()) row.reserve(rows.back().size());
      if (!ReadRow(row)) {
        scanner_.Rewind(before);
        return;
      }
      rows.push_back(std::move(row));
    }
  }

 private:
  bool ReadRow(std::vector<ast::Expression>& row) {
    if (scanner_.Next().kind != TokenKind::kComma) return false;
    if (scanner_.Next().kind != TokenKind::kLeftParen) return false;
    for (;;) {
      std::optional<ast::Expression> literal = ReadLiteral();
      if (!literal) return false;
      row.push_back(*std::move(literal));
      const Token separator = scanner_.Next();
      if (separator.kind == TokenKind::kRightParen) return true;
      if (separator.kind != TokenKind::kComma) return false;
    }
  }

  std::optional<ast::Expression> ReadLiteral() {
    const Token token = scanner_.Next();
    const ast::Span span{token.begin, token.end};
    switch (token.kind) {
      case TokenKind::kInteger:
      case TokenKind::kDecimal:
        return ast::Expression{ast::NumberLiteral{std::string(Slice(text_, token))}, span};
      case TokenKind::kString:
        return ast::Expression{ast::StringLiteral{DecodeString(Slice(text_, token), token.begin)},
                               span};
      case TokenKind::kPlus:
      case TokenKind::kMinus:
        return ReadSigned(token);
      case TokenKind::kKeyword:
        return ReadWord(token, span);
      default:
        return std::nullopt;
    }
  }

  std::optional<ast::Expression> ReadSigned(const Token& sign) {
    const Token number = scanner_.Next();
    if (number.kind != TokenKind::kInteger && number.kind != TokenKind::kDecimal)
      return std::nullopt;
    ast::Expression operand{ast::NumberLiteral{std::string(Slice(text_, number))},
                            {number.begin, number.end}};
    ast::OperatorName op{std::string(Slice(text_, sign)), {}, {sign.begin, sign.end}};
    return ast::Expression{
        ast::Box<ast::UnaryOperation>(ast::UnaryOperation{std::move(op), std::move(operand)}),
        {sign.begin, number.end}};
  }

  static std::optional<ast::Expression> ReadWord(const Token& token, ast::Span span) {
    if (IsWord(token, "null")) return ast::Expression{ast::NullLiteral{}, span};
    if (IsWord(token, "true")) return ast::Expression{ast::BooleanLiteral{true}, span};
    if (IsWord(token, "false")) return ast::Expression{ast::BooleanLiteral{false}, span};
    if (IsWord(token, "default")) return ast::Expression{ast::DefaultValue{}, span};
    return std::nullopt;
  }

  std::string_view text_;
  Scanner& scanner_;
};

/// Whether the tokens so far are INSERT INTO ... VALUES ( row ), with nothing between that makes
/// the VALUES part of a larger query.
class FirstRowFinder {
 public:
  /// Takes every token with the depth after it; true when the first row has just been closed.
  bool Take(const Token& token, bool nothing_open) {
    const Token last = std::exchange(last_, token);
    switch (state_) {
      case State::kStart:
        state_ = IsWord(token, "insert") ? State::kHead : State::kNever;
        return false;
      case State::kHead:
        if (IsAnyWord(token, "select", "with", "table", "union", "except", "intersect", "on")) {
          state_ = State::kNever;
        } else if (token.kind == TokenKind::kLeftParen && IsWord(last, "values")) {
          state_ = State::kRow;
        }
        return false;
      case State::kRow:
        if (!nothing_open) return false;
        state_ = State::kNever;
        return token.kind == TokenKind::kRightParen;
      case State::kNever:
        return false;
    }
    return false;
  }

 private:
  enum class State { kStart, kHead, kRow, kNever };
  State state_ = State::kStart;
  Token last_;
};

/// Marks the parentheses that open a query. ANTLR then never has to read a whole subquery to tell
/// (SELECT ...) in parentheses from a parenthesised scalar subquery: the worst ambiguity of SQL.
class QueryParenMarker {
 public:
  explicit QueryParenMarker(std::vector<Token>& tokens) : tokens_(tokens) {}

  void Mark() {
    MatchParens();
    for (size_t i = tokens_.size(); i-- > 0;) {
      if (tokens_[i].kind == TokenKind::kLeftParen && OpensQuery(i)) {
        tokens_[i].kind = TokenKind::kQueryParen;
      }
    }
  }

 private:
  void MatchParens() {
    closing_.assign(tokens_.size(), 0);
    std::vector<size_t> open;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == TokenKind::kLeftParen) open.push_back(i);
      if (tokens_[i].kind == TokenKind::kRightParen && !open.empty()) {
        closing_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  bool OpensQuery(size_t at) const {
    const Token& next = TokenAt(at + 1);
    if (IsAnyWord(next, "select", "with")) return true;
    if (IsWord(next, "values")) return TokenAt(at + 2).kind == TokenKind::kLeftParen;
    if (IsWord(next, "table")) {
      return !FollowsFunctionName(at) && TokenAt(at + 2).kind != TokenKind::kLeftParen;
    }
    if (next.kind != TokenKind::kQueryParen || closing_[at + 1] == 0) return false;
    // Behind the inner query: what goes on with it, or what could also follow an argument.
    const Token& after = TokenAt(closing_[at + 1] + 1);
    if (IsAnyWord(after, "union", "except", "intersect", "limit", "offset", "fetch", "for",
                  "emit")) {
      return true;
    }
    return (after.kind == TokenKind::kRightParen || IsWord(after, "order")) &&
           !FollowsFunctionName(at);
  }

  // f((SELECT 1)) has a call's parenthesis outside and a query's inside.
  bool FollowsFunctionName(size_t at) const {
    if (at == 0) return false;
    const Token& last = tokens_[at - 1];
    if (last.kind == TokenKind::kIdentifier || last.kind == TokenKind::kQuotedIdentifier)
      return true;
    if (last.kind != TokenKind::kKeyword) return false;
    if (IsWord(last, "on")) return at > 1 && IsWord(tokens_[at - 2], "distinct");
    if (IsAnyWord(last, "exists", "copy", "join", "materialized", "by", "of", "escape", "zone",
                  "between", "like", "ilike", "every")) {
      return false;
    }
    return AllKeywords()[last.keyword].keyword_class != KeywordClass::kReserved;
  }

  const Token& TokenAt(size_t at) const { return at < tokens_.size() ? tokens_[at] : kNone; }

  static constexpr Token kNone{};
  std::vector<Token>& tokens_;
  std::vector<size_t> closing_;  // of each opening parenthesis; 0 when it is not closed
};

/// Reads one statement; nothing at the end of the text.
std::optional<ScannedStatement> ScanStatement(std::string_view text, Scanner& scanner) {
  ScannedStatement statement;
  NestingGuard nesting;
  PatternTracker patterns;
  FirstRowFinder first_row;
  for (;;) {
    const Token token = scanner.Next();
    if (token.kind == TokenKind::kEnd && statement.tokens.empty()) return std::nullopt;
    if (token.kind == TokenKind::kSemicolon && statement.tokens.empty()) continue;
    statement.tokens.push_back(token);
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kSemicolon) break;
    if (statement.tokens.size() > kTokensMax) {
      throw SqlError(sqlstate::kStatementTooComplex,
                     "statement has more than " + std::to_string(kTokensMax) + " tokens",
                     token.begin)
          .WithHint("load many rows with COPY or with several INSERT statements");
    }
    statement.range.end = token.end;
    nesting.Take(token);
    scanner.SetPatternMode(patterns.Take(token));
    if (first_row.Take(token, nesting.NothingOpen())) {
      LiteralRowReader(text, scanner).ReadInto(statement.literal_rows);
      if (!statement.literal_rows.empty()) statement.range.end = scanner.Position();
    }
  }
  scanner.SetPatternMode(false);
  statement.range.begin = statement.tokens.front().begin;
  QueryParenMarker(statement.tokens).Mark();
  return statement;
}

}  // namespace

std::vector<ScannedStatement> SplitStatements(std::string_view text) {
  Scanner scanner(text);
  std::vector<ScannedStatement> statements;
  while (std::optional<ScannedStatement> statement = ScanStatement(text, scanner)) {
    statements.push_back(*std::move(statement));
  }
  return statements;
}

std::string StatementCacheKey(std::string_view text, const ScannedStatement& statement) {
  Scanner scanner(text.substr(0, statement.range.end));
  scanner.Rewind(statement.range.begin);
  std::string key;
  key.reserve(statement.range.end - statement.range.begin);
  PatternTracker patterns;
  for (Token token = scanner.Next(); token.kind != TokenKind::kEnd; token = scanner.Next()) {
    if (!key.empty()) key += ' ';
    const bool word = token.kind == TokenKind::kKeyword || token.kind == TokenKind::kIdentifier;
    key += word ? FoldCase(Slice(text, token)) : std::string(Slice(text, token));
    scanner.SetPatternMode(patterns.Take(token));
  }
  return key;
}

}  // namespace riverrun::parser
