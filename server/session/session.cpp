#include "server/session/session.h"

#include "parser/parser.h"
#include "server/session/session_impl.h"
#include "server/session/settings_table.h"

namespace riverrun::server {
namespace {

constexpr std::string_view kDatabase = "riverrun";

// A byte offset as a position in characters, from 1.
uint32_t CharacterAt(std::string_view text, uint32_t offset) {
  uint32_t position = 1;
  for (const char c : text.substr(0, offset)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++position;
  }
  return position;
}

Report Fatal(Error error) { return {.severity = Severity::kFatal, .error = std::move(error)}; }

int Rank(std::string_view level) {
  static constexpr std::string_view kLevels[] = {"debug5", "debug4", "debug3", "debug2", "debug1",
                                                 "log",    "notice", "warning", "error"};
  return static_cast<int>(std::ranges::find(kLevels, level) - std::begin(kLevels));
}

}  // namespace

Session::Impl::Impl(Engine& given_engine, SessionOptions given_options)
    : engine(given_engine),
      options(std::move(given_options)),
      budget("session", SIZE_MAX, &given_engine.budget()) {}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Session::~Session() {
  impl_->portals.clear();
  impl_->transaction = Transaction{};
}

std::expected<std::unique_ptr<Session>, Report> Session::Start(Engine& engine,
                                                               SessionOptions options) {
  const storage::ObjectRef role = engine.catalog()->FindRole(options.user);
  if (role == nullptr) {
    return std::unexpected(
        Fatal({State("28000"), "role \"" + options.user + "\" does not exist"}));
  }
  if (options.database != kDatabase) {
    Error error{State("3D000"), "database \"" + options.database + "\" does not exist"};
    error.hint = "The one database is called \"" + std::string(kDatabase) + "\".";
    return std::unexpected(Fatal(std::move(error)));
  }
  auto impl = std::make_unique<Impl>(engine, std::move(options));
  impl->principal = {role->id, role->role && role->role->superuser};
  impl->settings.Put("session_authorization", impl->options.user);
  impl->settings.Put("is_superuser", impl->principal.superuser ? "on" : "off");
  for (const auto& [name, value] : impl->options.settings) {
    if (auto set = impl->settings.Begin(name, value); !set) {
      return std::unexpected(Fatal(set.error()));
    }
  }
  impl->settings.TakeChanges();
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

std::vector<std::pair<std::string, std::string>> Session::ReportedSettings() const {
  return impl_->settings.Reported();
}

TransactionStatus Session::status() const {
  if (!impl_->in_block()) return TransactionStatus::kIdle;
  return impl_->transaction.failed ? TransactionStatus::kFailed : TransactionStatus::kOpen;
}

Report Session::Impl::ReportOf(const Error& error) const {
  Report report{.severity = Severity::kError, .error = error};
  if (error.sqlstate == sqlstate::kQueryCanceled && cancel->timed_out()) {
    report.error.text = "canceling statement due to statement timeout";
  }
  return report;
}

Report Session::Impl::ReportOf(const SqlError& error, const std::string& text) const {
  Report report{.severity = Severity::kError, .error = error.error};
  if (!error.detail.empty()) report.error.detail = error.detail;
  if (!error.hint.empty()) report.error.hint = error.hint;
  if (error.position && !text.empty()) report.position = CharacterAt(text, *error.position);
  return report;
}

void Session::Impl::StartStatement() {
  auto fresh = std::make_shared<Cancel>();
  if (settings.statement_timeout_ms() > 0) fresh->EndAfter(settings.statement_timeout_ms());
  const std::scoped_lock lock(cancel_mutex);
  cancel = std::move(fresh);
  running = true;
  if (terminated) cancel->Request();
}

void Session::Impl::StopTimer() {
  auto fresh = std::make_shared<Cancel>();
  const std::scoped_lock lock(cancel_mutex);
  if (terminated || (cancel->requested() && !cancel->timed_out())) fresh->Request();
  cancel = std::move(fresh);
}

void Session::Impl::EndStatement() {
  const std::scoped_lock lock(cancel_mutex);
  running = false;
}

void Session::RequestCancel() {
  const std::scoped_lock lock(impl_->cancel_mutex);
  if (impl_->running) impl_->cancel->Request();
}

void Session::Terminate() {
  const std::scoped_lock lock(impl_->cancel_mutex);
  impl_->terminated = true;
  impl_->cancel->Request();
}

void Session::FailTransaction() { impl_->FailTransaction(); }

void Session::Impl::Tell(Client& client, Severity severity, Error error) const {
  const std::string_view level = severity == Severity::kWarning ? "warning" : "notice";
  if (Rank(level) < Rank(settings.Value("client_min_messages"))) return;
  client.Tell({.severity = severity, .error = std::move(error)});
}

void Session::Impl::TellChanges(Client& client) {
  for (const auto& [name, value] : settings.TakeChanges()) client.Setting(name, value);
}

void Session::RunSimple(std::string_view text, Client& client) {
  Impl& impl = *impl_;
  impl.portals.erase("");
  impl.statements.erase("");
  const auto shared = std::make_shared<const std::string>(text);
  std::vector<ast::Statement> statements;
  const Outcome parsed = impl.Guarded(*shared, [&]() -> Result<void> {
    statements = parser::ParseStatements(*shared);
    return {};
  });
  std::optional<Report> failure;
  if (!parsed) {
    failure = parsed.error();
  } else if (statements.empty()) {
    client.EmptyQuery();
  }
  const bool alone = statements.size() == 1;
  for (ast::Statement& statement : statements) {
    if (!alone && !impl.in_transaction()) impl.BeginTransaction(Transaction::Kind::kImplicit);
    const auto one = std::make_shared<const ast::Statement>(std::move(statement));
    failure = impl.RunOne({one, shared}, alone && !impl.in_transaction(), client);
    if (failure) break;
  }
  if (!failure && impl.transaction.kind == Transaction::Kind::kImplicit) {
    impl.StartStatement();
    const Outcome committed = impl.Guarded("", [&] { return impl.CommitTransaction(); });
    impl.EndStatement();
    if (!committed) failure = committed.error();
  }
  if (failure) client.Tell(*failure);
  impl.TellChanges(client);
}

std::optional<Report> Session::Impl::RunOne(const ParsedStatement& parsed, bool alone,
                                            Client& client) {
  StartStatement();
  const auto outcome =
      Guarded(*parsed.text, [&]() { return RunToEnd(parsed, alone, client); });
  EndStatement();
  if (outcome) return std::nullopt;
  return outcome.error();
}

Result<void> Session::Impl::RunToEnd(const ParsedStatement& parsed, bool alone, Client& client) {
  Portal portal;
  portal.parsed = parsed;
  portal.bound = std::make_shared<const planner::BoundStatement>(Bind(parsed));
  if (!portal.bound->parameters.empty()) {
    throw SqlError(sqlstate::kUndefinedParameter, "there is no parameter $1");
  }
  portal.fields = FieldsOf(*portal.bound);
  portal.describe = true;
  return RunPortal(portal, 0, {client, alone});
}

}  // namespace riverrun::server
