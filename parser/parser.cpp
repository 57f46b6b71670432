#include "parser/parser.h"

#include <antlr4-runtime.h>

#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

#include "SqlParser.h"
#include "parser/build/ast_builder.h"
#include "parser/keywords.h"
#include "parser/syntax_error.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

static_assert(SqlParser::IDENTIFIER == static_cast<size_t>(TokenKind::kIdentifier));
static_assert(SqlParser::QUERY_PAREN == static_cast<size_t>(TokenKind::kQueryParen));
static_assert(SqlParser::STRAY == static_cast<size_t>(TokenKind::kStray));
static_assert(SqlParser::LEFT_PAREN == static_cast<size_t>(TokenKind::kLeftParen));
static_assert(SqlParser::NOT_EQUALS == static_cast<size_t>(TokenKind::kNotEquals));
static_assert(SqlParser::DOLLAR == static_cast<size_t>(TokenKind::kDollar));

constexpr size_t kKeywordTokens[] = {
#include "keyword_tokens.inc"
};

/// The one lock around ANTLR's runtime, whose caches every parse reads and writes. It is handed on
/// in the order of arrival, and a long parse hands it on between two rules (Yield): at that point
/// the parser is in no cache, it only owns its own tree. So a short statement waits for a few
/// hundred rules of a long one, some milliseconds, and never for its end.
class RuntimeLock {
 public:
  void Lock() {
    std::unique_lock lock(mutex_);
    Wait(lock);
  }
  void Unlock() {
    {
      const std::lock_guard lock(mutex_);
      ++served_;
    }
    turn_.notify_all();
  }
  /// Lets everybody who waits go first.
  void Yield() {
    std::unique_lock lock(mutex_);
    if (next_ == served_ + 1) return;
    ++served_;
    turn_.notify_all();
    Wait(lock);
  }

 private:
  void Wait(std::unique_lock<std::mutex>& lock) {
    const uint64_t ticket = next_++;
    turn_.wait(lock, [&] { return served_ == ticket; });
  }

  std::mutex mutex_;
  std::condition_variable turn_;
  uint64_t next_ = 0;    // the ticket of whoever comes next
  uint64_t served_ = 0;  // the ticket of whoever may run
};

RuntimeLock runtime_lock;

/// Holds the runtime's lock for a scope.
class RuntimeTurn {
 public:
  RuntimeTurn() { runtime_lock.Lock(); }
  ~RuntimeTurn() { runtime_lock.Unlock(); }
  RuntimeTurn(const RuntimeTurn&) = delete;
  RuntimeTurn& operator=(const RuntimeTurn&) = delete;
};

/// Makes a long parse hand on the lock now and then.
class YieldingListener : public antlr4::tree::ParseTreeListener {
 public:
  void enterEveryRule(antlr4::ParserRuleContext*) override {
    constexpr uint32_t kRulesPerTurn = 512;
    if (++rules_ % kRulesPerTurn == 0) runtime_lock.Yield();
  }
  void exitEveryRule(antlr4::ParserRuleContext*) override {}
  void visitTerminal(antlr4::tree::TerminalNode*) override {}
  void visitErrorNode(antlr4::tree::ErrorNode*) override {}

 private:
  uint32_t rules_ = 0;
};

/// Statements above this size yield; shorter ones are over before it would matter.
constexpr size_t kYieldingBytes = 64 * 1024;

/// The token at which the grammar refused; thrown through ANTLR's generated code.
struct Refusal {
  size_t token;
};

/// Stops at the first error instead of mending it.
class FirstErrorStrategy : public antlr4::DefaultErrorStrategy {
 public:
  void recover(antlr4::Parser*, std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const antlr4::RecognitionException& recognition) {
      throw Refusal{recognition.getOffendingToken()->getTokenIndex()};
    }
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    throw Refusal{parser->getCurrentToken()->getTokenIndex()};
  }
  void sync(antlr4::Parser*) override {}
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}
};

std::unique_ptr<antlr4::Token> ToAntlr(const Token& token, size_t index) {
  size_t type = static_cast<size_t>(token.kind);
  if (token.kind == TokenKind::kKeyword) type = kKeywordTokens[token.keyword];
  if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kSemicolon)
    type = antlr4::Token::EOF;
  auto converted = std::make_unique<antlr4::CommonToken>(type);
  converted->setTokenIndex(index);
  converted->setStartIndex(token.begin);
  converted->setStopIndex(static_cast<size_t>(token.end) - 1);
  return converted;
}

/// One run of the generated parser over one statement. The tree lives as long as this object.
class Run {
 public:
  Run(std::string_view text, const ScannedStatement& statement)
      : text_(text), statement_(statement), source_(Convert(statement)), tokens_(&source_) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<FirstErrorStrategy>());
    if (statement.range.end - statement.range.begin > kYieldingBytes) {
      parser_.addParseListener(&yielding_);
    }
  }

  /// Parses by one of the grammar's start rules. SLL prediction is several times faster than LL
  /// and almost always right; when it fails, LL decides and finds the true place of the error.
  template <class Context>
  Context* Parse(Context* (SqlParser::*start)()) {
    using antlr4::atn::PredictionMode;
    try {
      parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
          PredictionMode::SLL);
      return (parser_.*start)();
    } catch (const Refusal&) {
      tokens_.seek(0);
      parser_.reset();
    }
    try {
      parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
          PredictionMode::LL);
      return (parser_.*start)();
    } catch (const Refusal& refusal) {
      throw SyntaxError(text_, statement_, refusal.token);
    }
  }

 private:
  static std::vector<std::unique_ptr<antlr4::Token>> Convert(const ScannedStatement& statement) {
    std::vector<std::unique_ptr<antlr4::Token>> tokens;
    tokens.reserve(statement.tokens.size());
    for (const Token& token : statement.tokens) tokens.push_back(ToAntlr(token, tokens.size()));
    return tokens;
  }

  std::string_view text_;
  const ScannedStatement& statement_;
  YieldingListener yielding_;
  antlr4::ListTokenSource source_;
  antlr4::CommonTokenStream tokens_;
  SqlParser parser_{&tokens_};
};

/// Parses under the lock and builds after it.
template <class Context, class Build>
auto ParseWith(std::string_view text, const ScannedStatement& statement,
               Context* (SqlParser::*start)(), Build build) {
  std::optional<Run> run;
  Context* tree = nullptr;
  {
    const RuntimeTurn turn;
    run.emplace(text, statement);
    tree = run->Parse(start);
  }
  return build(tree);
}

/// The only statement of a text; an error where it ends when there are more.
ScannedStatement SplitOne(std::string_view text) {
  std::vector<ScannedStatement> statements = SplitStatements(text);
  if (statements.empty()) {
    throw SqlError(sqlstate::kSyntaxError, "syntax error at end of input",
                   static_cast<uint32_t>(text.size()));
  }
  if (statements.size() > 1 || statements[0].tokens.back().kind == TokenKind::kSemicolon) {
    throw SqlError(sqlstate::kSyntaxError, "syntax error at or near \";\"",
                   statements[0].tokens.back().begin);
  }
  return std::move(statements[0]);
}

}  // namespace

ast::Statement Parse(std::string_view text, ScannedStatement statement) {
  std::vector<std::vector<ast::Expression>> rows = std::move(statement.literal_rows);
  return ParseWith(
      text, statement, &SqlParser::singleStatement, [&](SqlParser::SingleStatementContext* tree) {
        ast::Statement built = AstBuilder(text, std::move(rows)).Build(tree->statement());
        built.span = statement.range;
        return built;
      });
}

std::vector<ast::Statement> ParseStatements(std::string_view text) {
  std::vector<ast::Statement> statements;
  for (ScannedStatement& statement : SplitStatements(text)) {
    statements.push_back(Parse(text, std::move(statement)));
  }
  return statements;
}

ast::Expression ParseExpression(std::string_view text) {
  const ScannedStatement statement = SplitOne(text);
  return ParseWith(text, statement, &SqlParser::singleExpression,
                   [&](SqlParser::SingleExpressionContext* tree) {
                     return AstBuilder(text, {}).Build(tree->expression());
                   });
}

ast::TypeName ParseTypeName(std::string_view text) {
  const ScannedStatement statement = SplitOne(text);
  return ParseWith(text, statement, &SqlParser::singleType,
                   [&](SqlParser::SingleTypeContext* tree) {
                     return AstBuilder(text, {}).Build(tree->typeName());
                   });
}

}  // namespace riverrun::parser
