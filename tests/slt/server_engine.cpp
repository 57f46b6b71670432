#include "tests/slt/server_engine.h"

// libpq itself, not libpqxx: the latter does not give an error's hint.
#include <libpq-fe.h>

#include <algorithm>
#include <cctype>

#include "parser/literal.h"
#include "parser/parser.h"
#include "parser/print.h"
#include "tests/slt/script.h"
#include "types/error.h"

namespace riverrun::slt {
namespace {

std::string TextOrNothing(const char* text) { return text == nullptr ? "" : text; }

std::string CellText(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return slt::CellText(std::nullopt);
  return slt::CellText(PQgetvalue(result, row, column));
}

std::string Joined(const std::vector<std::string>& row) {
  std::string text;
  for (size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "\t" : "") + row[i];
  return text;
}

std::string NameOf(const parser::ast::QualifiedName& name) {
  std::string text;
  for (const auto& part : name.parts) {
    text += (text.empty() ? "" : ".") + parser::QuoteIdentifier(part.text);
  }
  return text;
}

bool IsWordChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool HasWord(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !IsWordChar(text[at - 1])) && (end == text.size() || !IsWordChar(text[end]))) {
      return true;
    }
  }
  return false;
}

}  // namespace

// A connection of libpq.
class ServerEngine::Connection {
 public:
  explicit Connection(int port)
      : connection_(PQconnectdb(("host=127.0.0.1 user=riverrun dbname=riverrun port=" +
                                 std::to_string(port) + " connect_timeout=10")
                                    .c_str())) {
    // Notices are no answers.
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  }
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool ok() const { return PQstatus(connection_) == CONNECTION_OK; }
  bool idle() const { return PQtransactionStatus(connection_) == PQTRANS_IDLE; }
  std::string problem() const { return PQerrorMessage(connection_); }

  Answer Ask(const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection_, sql.c_str()), PQclear);
    Answer answer;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
      answer.failure = FailureOf(result.get());
      return answer;
    }
    answer.columns = static_cast<size_t>(PQnfields(result.get()));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      std::vector<std::string>& texts = answer.rows.emplace_back();
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        texts.push_back(CellText(result.get(), row, column));
      }
    }
    return answer;
  }

 private:
  Failure FailureOf(const PGresult* result) const {
    const std::string state = TextOrNothing(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    // A failure of libpq's own, such as a broken connection, has no SQLSTATE.
    if (state.empty()) return {"08006", problem(), ""};
    return {state, TextOrNothing(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)),
            TextOrNothing(PQresultErrorField(result, PG_DIAG_MESSAGE_HINT))};
  }

  PGconn* const connection_;
};

ServerEngine::ServerEngine(std::string mode, ServerOptions options)
    : mode_(std::move(mode)), options_(std::move(options)), process_(options_.binary) {
  broken_ = Begin(options_.workers).failure;
}

ServerEngine::~ServerEngine() = default;

bool ServerEngine::IsCalled(std::string_view name) const {
  return name == "server" || name == mode_;
}

Answer ServerEngine::Begin(int workers) {
  const std::optional<std::string> problem = process_.Start(workers);
  if (problem) return {0, {}, Failure{"08001", *problem, "", true}};
  connection_ = std::make_unique<Connection>(process_.port());
  if (!connection_->ok()) return {0, {}, Failure{"08001", connection_->problem(), "", true}};
  for (const std::string& sql : session_) {
    if (Answer answer = connection_->Ask(sql); answer.failure) {
      answer.failure->lost = true;
      return answer;
    }
  }
  return {};
}

Answer ServerEngine::Ask(const std::string& sql) {
  if (broken_) return {0, {}, broken_};
  Answer answer = connection_->Ask(sql);
  if (!connection_->ok() && answer.failure) {
    answer.failure->text += "the server: " + process_.Account();
    answer.failure->lost = true;
    broken_ = answer.failure;
  }
  return answer;
}

Answer ServerEngine::Run(const std::string& sql) {
  last_ = sql;
  Answer answer = Ask(sql);
  if (!answer.failure) Note(sql);
  return answer;
}

// Remembers what a statement that succeeded leaves behind: in the session, and as views.
void ServerEngine::Note(const std::string& sql) {
  namespace ast = parser::ast;
  try {
    for (const ast::Statement& statement : parser::ParseStatements(sql)) {
      if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) {
        if (view->materialized) {
          ast::Query query = view->query;
          // When the windows of a view close is no part of a SELECT: only the engine in process
          // can run such a query once.
          using Kind = ast::Emit::Kind;
          if (query.emit && query.emit->kind == Kind::kOnWindowClose) continue;
          query.emit.reset();  // it says when the view changes, not what it is
          queries_[NameOf(view->name)] = parser::Print(query);
        }
      } else if (std::holds_alternative<ast::Set>(statement.node) ||
                 std::holds_alternative<ast::Reset>(statement.node) ||
                 std::holds_alternative<ast::Prepare>(statement.node) ||
                 std::holds_alternative<ast::Deallocate>(statement.node)) {
        session_.push_back(parser::Print(statement));
      }
    }
  } catch (const SqlError&) {
    // The server took what our parser does not: then the parser of the server is another.
    broken_ = Failure{"XX000", "the server took a text that does not parse: " + sql, "", true};
  }
}

Answer ServerEngine::Feed(const std::string& relation, const std::vector<std::string>& lines) {
  return Run(InsertOf(relation, lines));
}

ServerEngine::Rows ServerEngine::RowsOf(const Answer& answer) const {
  Rows rows;
  for (const std::vector<std::string>& row : answer.rows) ++rows[Joined(row)];
  return rows;
}

Answer ServerEngine::Changes(const std::string& view) {
  Answer answer = Ask("SELECT * FROM " + view);
  if (answer.failure) return answer;
  const Rows after = RowsOf(answer);
  Rows change = after;
  for (const auto& [row, count] : seen_[view]) change[row] -= count;
  seen_[view] = after;
  answer = {answer.columns + 1, {}, std::nullopt};
  for (const auto& [row, count] : change) {
    if (count == 0) continue;
    answer.rows.push_back({(count > 0 ? "+" : "") + std::to_string(count) + "\t" + row});
  }
  return answer;
}

Answer ServerEngine::Explain(const std::string& sql) { return Ask("EXPLAIN " + sql); }

Answer ServerEngine::Restart() {
  if (broken_) return {0, {}, broken_};
  connection_.reset();
  process_.Kill();
  Answer answer = Begin(options_.workers_later);
  broken_ = answer.failure;
  return answer;
}

bool ServerEngine::InTransaction() const { return connection_ != nullptr && !connection_->idle(); }

std::optional<std::string> ServerEngine::Close() {
  if (broken_) return broken_->text;
  connection_.reset();
  return process_.Stop();
}

std::optional<std::string> ServerEngine::CheckView(const std::string& view,
                                                   const std::string& query) {
  const Answer begun = Ask("BEGIN ISOLATION LEVEL REPEATABLE READ");
  if (begun.failure) return "    BEGIN fails: " + begun.failure->text + "\n";
  const Answer actual = Ask("SELECT * FROM " + view);
  const Answer expected = actual.failure ? Answer{} : Ask(query);
  static_cast<void>(Ask("ROLLBACK"));
  if (actual.failure) {
    // Dropped or renamed since.
    if (actual.failure->state == "42P01") queries_.erase(view);
    return actual.failure->state == "42P01"
               ? std::nullopt
               : std::optional("    " + view + " cannot be read: " + actual.failure->text + "\n");
  }
  if (expected.failure) {
    // Class 22: a row on which the query fails.
    if (expected.failure->state.starts_with("22")) return std::nullopt;
    return "    the query of " + view + " fails: " + expected.failure->text + "\n";
  }
  Rows difference = RowsOf(actual);
  for (const auto& [row, count] : RowsOf(expected)) difference[row] -= count;
  std::string text;
  for (const auto& [row, count] : difference) {
    if (count == 0) continue;
    text += "    " + view + " has " + std::to_string(count) + " too many of\t" + row + "\n";
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> ServerEngine::CheckLaw() {
  if (broken_ || !connection_->ok() || !connection_->idle()) return std::nullopt;
  const std::map<std::string, std::string> queries = queries_;
  std::string folded = last_;
  std::ranges::transform(folded, folded.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& [view, query] : queries) {
    if (!HasWord(last_, view) && !HasWord(folded, view)) continue;
    if (std::optional<std::string> broken = CheckView(view, query)) return broken;
  }
  return std::nullopt;
}

}  // namespace riverrun::slt
