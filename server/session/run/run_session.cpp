#include <algorithm>

#include "parser/literal.h"
#include "server/session/session_impl.h"
#include "server/session/settings_table.h"

namespace riverrun::server {
namespace {

Answer Done(std::string tag) { return {.rows = nullptr, .tag = std::move(tag)}; }

// Modes of one transaction: its end takes them back.
bool IsMode(std::string_view name) {
  return name == "transaction_isolation" || name == "transaction_read_only" ||
         name == "transaction_deferrable";
}

// What FETCH gives of a cursor's rows.
class FetchedRows : public RowStream {
 public:
  FetchedRows(std::shared_ptr<Portal> cursor, uint64_t rows_max)
      : cursor_(std::move(cursor)), left_(rows_max) {}
  Result<std::optional<Batch>> Next(const Cancel& cancel) override {
    if (left_ == 0) return std::nullopt;
    auto next = cursor_->rows->Next(left_, cancel);
    if (next && *next) left_ -= (*next)->rows;
    return next;
  }

 private:
  const std::shared_ptr<Portal> cursor_;
  uint64_t left_;
};

Error NoTransaction() { return {State("25P01"), "there is no transaction in progress"}; }

std::unexpected<Error> OnlyInBlock(const char* what) {
  return std::unexpected(
      Error{State("25P01"), std::string(what) + " can only be used in transaction blocks"});
}

std::unexpected<Error> NoSavepoint(const std::string& name) {
  return std::unexpected(Error{State("3B001"), "savepoint \"" + name + "\" does not exist"});
}

std::unexpected<Error> NoStatement(const std::string& name) {
  return std::unexpected(
      Error{State("26000"), "prepared statement \"" + name + "\" does not exist"});
}

std::unexpected<Error> NoCursor(const std::string& name) {
  return std::unexpected(Error{State("34000"), "cursor \"" + name + "\" does not exist"});
}

const char* LevelText(ast::IsolationLevel level) {
  switch (level) {
    case ast::IsolationLevel::kReadUncommitted: return "read uncommitted";
    case ast::IsolationLevel::kReadCommitted: return "read committed";
    case ast::IsolationLevel::kRepeatableRead: return "repeatable read";
    case ast::IsolationLevel::kSerializable: return "serializable";
  }
  return "";
}

// `SET search_path = a, "B c"` lists names; everything else joins its words.
std::string ValueText(const ast::Set& set) {
  std::string text;
  for (const ast::OptionValue& value : set.values) {
    if (!text.empty()) text += ", ";
    const bool name = set.name == "search_path";
    text += name ? parser::QuoteIdentifier(value.text) : value.text;
  }
  return text;
}

}  // namespace

std::vector<Field> Session::Impl::ShowFields(const ast::ShowSetting& node) const {
  if (node.name.empty()) {
    return {{"name", Type::Text()}, {"setting", Type::Text()}, {"description", Type::Text()}};
  }
  const SettingDefinition* setting = FindSetting(node.name);
  return {{setting == nullptr ? node.name : std::string(setting->name), Type::Text()}};
}

Result<Answer> Session::Impl::RunSession(const planner::SessionPlan& plan, const Caller& caller) {
  return std::visit([&](const auto& node) { return RunNode(node, caller); }, plan);
}

Result<Answer> Session::Impl::RunNode(const ast::Begin& node, const Caller& caller) {
  const char* tag = node.start ? "START TRANSACTION" : "BEGIN";
  if (in_block()) {
    Tell(caller.client, Severity::kWarning,
         {State("25001"), "there is already a transaction in progress"});
    return Done(tag);
  }
  // Statements before it in the same text belong to the block.
  if (!in_transaction()) BeginTransaction(Transaction::Kind::kBlock);
  transaction.kind = Transaction::Kind::kBlock;
  if (auto set = SetModes(node.modes, /*local=*/true); !set) {
    RollBackTransaction();
    return std::unexpected(set.error());
  }
  return Done(tag);
}

Result<void> Session::Impl::SetModes(const ast::TransactionModes& modes, bool local) {
  const std::string prefix = local ? "transaction_" : "default_transaction_";
  if (modes.isolation) {
    if (auto set = SetMode(prefix + "isolation", LevelText(*modes.isolation), local); !set) {
      return set;
    }
  }
  if (modes.read_only) {
    if (auto set = SetMode(prefix + "read_only", *modes.read_only ? "on" : "off", local); !set) {
      return set;
    }
  }
  if (!modes.deferrable) return {};
  return SetMode(prefix + "deferrable", *modes.deferrable ? "on" : "off", local);
}

// Once a transaction has read, its epoch may be settled.
Result<void> Session::Impl::SetMode(std::string_view name, std::string_view value, bool local) {
  const std::string before = settings.Value(name);
  if (auto set = settings.Set(name, value, local); !set) return set;
  if (!local || !transaction.has_read || before == settings.Value(name)) return {};
  if (name == "transaction_isolation") {
    return Fail(State("25001"), "SET TRANSACTION ISOLATION LEVEL must be called before any query");
  }
  if (name == "transaction_read_only" && before == "on") {
    return Fail(State("25001"), "transaction read-write mode must be set before any query");
  }
  return {};
}

Result<Answer> Session::Impl::RunNode(const ast::Commit& node, const Caller& caller) {
  if (!in_block()) {
    if (node.chain) return OnlyInBlock("COMMIT AND CHAIN");
    Tell(caller.client, Severity::kWarning, NoTransaction());
    // Of the statements before it in the same text.
    if (in_transaction()) {
      if (auto committed = CommitTransaction(); !committed) {
        return std::unexpected(committed.error());
      }
    }
    return Done("COMMIT");
  }
  const std::string isolation = settings.Value("transaction_isolation");
  const std::string read_only = settings.Value("transaction_read_only");
  const bool failed = transaction.failed;
  if (failed) {
    RollBackTransaction();
  } else if (auto committed = CommitTransaction(); !committed) {
    return std::unexpected(committed.error());
  }
  if (node.chain) ChainTransaction(isolation, read_only);
  return Done(failed ? "ROLLBACK" : "COMMIT");
}

Result<Answer> Session::Impl::RunNode(const ast::Rollback& node, const Caller& caller) {
  if (!in_block()) {
    if (node.chain) return OnlyInBlock("ROLLBACK AND CHAIN");
    Tell(caller.client, Severity::kWarning, NoTransaction());
    if (in_transaction()) RollBackTransaction();
    return Done("ROLLBACK");
  }
  const std::string isolation = settings.Value("transaction_isolation");
  const std::string read_only = settings.Value("transaction_read_only");
  RollBackTransaction();
  if (node.chain) ChainTransaction(isolation, read_only);
  return Done("ROLLBACK");
}

Result<Answer> Session::Impl::RunNode(const ast::Savepoint& node, const Caller&) {
  if (!in_block()) return OnlyInBlock("SAVEPOINT");
  transaction.savepoints.push_back(
      {node.name.text, transaction.writes.Savepoint(), portals_made, settings.TakeMark()});
  return Done("SAVEPOINT");
}

Result<Answer> Session::Impl::RunNode(const ast::RollbackTo& node, const Caller&) {
  if (!in_block()) return OnlyInBlock("ROLLBACK TO SAVEPOINT");
  auto& points = transaction.savepoints;
  const auto found = std::ranges::find(points.rbegin(), points.rend(), node.savepoint.text,
                                       &Transaction::Savepoint::name);
  if (found == points.rend()) return NoSavepoint(node.savepoint.text);
  points.erase(found.base(), points.end());
  const Transaction::Savepoint& point = points.back();
  std::erase_if(portals,
                [&](const auto& portal) { return portal.second->number > point.portals; });
  transaction.writes.RollbackTo(point.writes);
  settings.Restore(point.settings);
  transaction.failed = false;
  return Done("ROLLBACK");
}

Result<Answer> Session::Impl::RunNode(const ast::ReleaseSavepoint& node, const Caller&) {
  if (!in_block()) return OnlyInBlock("RELEASE SAVEPOINT");
  auto& points = transaction.savepoints;
  for (size_t i = points.size(); i-- > 0;) {
    if (points[i].name != node.name.text) continue;
    points.resize(i);
    return Done("RELEASE");
  }
  return NoSavepoint(node.name.text);
}

Result<Answer> Session::Impl::RunNode(const ast::Set& node, const Caller& caller) {
  const bool mode = IsMode(node.name);
  const bool local = mode || node.scope == ast::Set::Scope::kLocal;
  if (local && !mode && IsAlone(caller)) {
    Tell(caller.client, Severity::kWarning,
         {State("25P01"), "SET LOCAL can only be used in transaction blocks"});
    return Done("SET");
  }
  const Result<void> set = node.values.empty() ? settings.Reset(node.name, local)
                           : mode ? SetMode(node.name, ValueText(node), local)
                                  : settings.Set(node.name, ValueText(node), local);
  if (!set) return std::unexpected(set.error());
  return Done("SET");
}

Result<Answer> Session::Impl::RunNode(const ast::SetTransaction& node, const Caller& caller) {
  if (!node.session && IsAlone(caller)) {
    Tell(caller.client, Severity::kWarning,
         {State("25P01"), "SET TRANSACTION can only be used in transaction blocks"});
    return Done("SET");
  }
  if (auto set = SetModes(node.modes, !node.session); !set) {
    return std::unexpected(set.error());
  }
  return Done("SET");
}

Result<Answer> Session::Impl::RunNode(const ast::Reset& node, const Caller&) {
  if (node.name.empty()) {
    settings.ResetAll();
  } else if (auto reset = settings.Reset(node.name); !reset) {
    return std::unexpected(reset.error());
  }
  return Done("RESET");
}

Result<Answer> Session::Impl::RunNode(const ast::ShowSetting& node, const Caller&) {
  std::vector<Batch> rows;
  if (node.name.empty()) {
    for (const SettingDefinition& setting : SettingDefinitions()) {
      rows.push_back(TextRow({std::string(setting.name), settings.Value(setting.name),
                              std::string(setting.description)}));
    }
  } else {
    // Outside a transaction: that of the one which this statement is.
    const bool mode = IsMode(node.name) && !in_transaction();
    const Result<std::string> value = settings.Show(mode ? "default_" + node.name : node.name);
    if (!value) return std::unexpected(value.error());
    rows.push_back(TextRow({*value}));
  }
  return Answer{.rows = MakeRows(std::move(rows)), .tag = "SHOW"};
}

Result<Answer> Session::Impl::RunNode(const ast::Discard& node, const Caller& caller) {
  if (node.what != ast::Discard::What::kAll) {
    if (node.what == ast::Discard::What::kPlans) return Done("DISCARD PLANS");
    if (node.what == ast::Discard::What::kSequences) return Done("DISCARD SEQUENCES");
    return Done("DISCARD TEMP");
  }
  if (!caller.alone) {
    return Fail(State("25001"), "DISCARD ALL cannot run inside a transaction block");
  }
  portals.clear();
  statements.clear();
  settings.ResetAll();
  return Done("DISCARD ALL");
}

Result<Answer> Session::Impl::RunNode(const ast::Execute& node, const Caller& caller) {
  const auto found = statements.find(node.name.text);
  if (found == statements.end()) return NoStatement(node.name.text);
  const Prepared& prepared = found->second;
  const auto* statement = prepared.parsed.statement.get();
  // It might be prepared under its own name.
  if (statement == nullptr || std::holds_alternative<ast::Execute>(statement->node)) {
    return Fail(sqlstate::kFeatureNotSupported,
                "EXECUTE of a prepared EXECUTE is not supported");
  }
  std::vector<Value> values =
      planner::BindArguments(node.arguments, prepared.parameters, Context());
  std::vector<planner::BindParameter> parameters;
  for (size_t i = 0; i < values.size(); ++i) {
    parameters.push_back({prepared.parameters[i], std::move(values[i])});
  }
  try {
    const planner::BoundStatement bound = Bind(prepared.parsed, std::move(parameters));
    if (!SameShape(prepared.fields, FieldsOf(bound))) {
      return Fail(sqlstate::kFeatureNotSupported, "cached plan must not change result type");
    }
    return Run(bound, *prepared.parsed.statement, caller);
  } catch (SqlError& error) {
    // Its place is in the text of PREPARE, not in this one.
    error.position.reset();
    throw;
  }
}

Result<Answer> Session::Impl::RunNode(const ast::Deallocate& node, const Caller&) {
  if (!node.name) {
    statements.clear();
    return Done("DEALLOCATE ALL");
  }
  if (statements.erase(node.name->text) == 0) return NoStatement(node.name->text);
  return Done("DEALLOCATE");
}

Result<Answer> Session::Impl::DeclareCursor(const planner::CursorPlan& plan,
                                            const Caller& caller) {
  if (plan.hold) {
    return Fail(sqlstate::kFeatureNotSupported, "WITH HOLD cursors are not supported yet");
  }
  if (IsAlone(caller)) return OnlyInBlock("DECLARE CURSOR");
  if (portals.contains(plan.name)) {
    return Fail(State("42P03"), "cursor \"" + plan.name + "\" already exists");
  }
  if (auto room = CheckRoomForPortal(); !room) return std::unexpected(room.error());
  auto rows = OpenQuery(plan.query, caller.client);
  if (!rows) return std::unexpected(rows.error());
  auto portal = std::make_shared<Portal>();
  portal->number = ++portals_made;
  portal->cursor = portal->started = true;
  portal->tag = "SELECT";
  portal->counts_rows = true;
  portal->fields = FieldsOfQuery(plan.query);
  portal->rows = std::make_unique<RowPager>(*std::move(rows));
  portals[plan.name] = std::move(portal);
  return Done("DECLARE CURSOR");
}

Result<Answer> Session::Impl::RunNode(const ast::Fetch& node, const Caller&) {
  const auto found = portals.find(node.cursor.text);
  if (found == portals.end() || found->second->rows == nullptr) return NoCursor(node.cursor.text);
  const bool forward = node.direction == ast::Fetch::Direction::kForward ||
                       (node.direction == ast::Fetch::Direction::kRelative && node.count);
  if (!forward || (node.count && *node.count < 0)) {
    Error error{State("55000"), "cursor can only scan forward"};
    error.hint = "Declare it again to begin anew.";
    return std::unexpected(std::move(error));
  }
  const uint64_t count = node.count ? static_cast<uint64_t>(*node.count) : UINT64_MAX;
  auto rows = std::make_unique<FetchedRows>(found->second, count);
  if (!node.move) return Answer{.rows = std::move(rows), .tag = "FETCH", .counts_rows = true};
  uint64_t moved = 0;
  while (true) {
    const auto next = rows->Next(*cancel);
    if (!next) return std::unexpected(next.error());
    if (!*next) return Done("MOVE " + std::to_string(moved));
    moved += (*next)->rows;
  }
}

Result<Answer> Session::Impl::RunNode(const ast::CloseCursor& node, const Caller&) {
  if (!node.name) {
    std::erase_if(portals, [](const auto& portal) { return portal.second->cursor; });
    return Done("CLOSE CURSOR ALL");
  }
  if (portals.erase(node.name->text) == 0) return NoCursor(node.name->text);
  return Done("CLOSE CURSOR");
}

// Nothing listens yet, so nothing is left to do.
Result<Answer> Session::Impl::RunNode(const ast::Unlisten&, const Caller&) {
  return Done("UNLISTEN");
}

}  // namespace riverrun::server
