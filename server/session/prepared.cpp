#include <algorithm>

#include "parser/parser.h"
#include "server/session/parameter_value.h"
#include "server/session/session_impl.h"

namespace riverrun::server {
namespace {

constexpr size_t kStatementsMax = 10'000;
constexpr size_t kPortalsMax = 1'000;

std::unexpected<Error> ProtocolError(std::string text) {
  return std::unexpected(Error{State("08P01"), std::move(text)});
}

std::unexpected<Error> NoStatement(const std::string& name) {
  return std::unexpected(Error{
      State("26000"), name.empty() ? "unnamed prepared statement does not exist"
                                   : "prepared statement \"" + name + "\" does not exist"});
}

std::unexpected<Error> NoPortal(const std::string& name) {
  return std::unexpected(Error{State("34000"), "portal \"" + name + "\" does not exist"});
}

bool FitsFormats(std::span<const Format> formats, size_t count) {
  return formats.size() <= 1 || formats.size() == count;
}

// A parameter's type by its OID; nothing for 0 and unknown, which are inferred.
Result<std::optional<Type>> TypeOf(uint32_t oid) {
  if (oid == 0 || oid == oid::kUnknown) return std::nullopt;
  static const std::vector<Type> known = {
      Type::Bool(), Type::Int2(), Type::Int4(), Type::Int8(), Type::Float4(), Type::Float8(),
      Type::Numeric(), Type::Text(), Type::Varchar(), Type::Bytea(), Type::Date(), Type::Time(),
      Type::TimeTz(), Type::Timestamp(), Type::TimestampTz(), Type::Interval(), Type::Uuid(),
      Type::Json(), Type::Jsonb(), Type::Oid()};
  for (const Type& type : known) {
    if (type.oid == oid) return type;
    const Type array = Type::Array(type);
    if (array.oid == oid) return array;
  }
  if (oid == oid::kName || oid == oid::kBpchar) return Type::Text();
  return Fail(sqlstate::kUndefinedObject, "type with OID " + std::to_string(oid) +
                                              " does not exist");
}

}  // namespace

bool SameShape(const std::optional<std::vector<Field>>& a,
               const std::optional<std::vector<Field>>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return true;
  return std::ranges::equal(*a, *b, [](const Field& x, const Field& y) {
    return x.type == y.type && x.name == y.name;
  });
}

Result<void> Session::Impl::CheckRoomForStatement() const {
  if (statements.size() < kStatementsMax) return {};
  return Fail(sqlstate::kConfigurationLimitExceeded, "too many prepared statements");
}

Result<void> Session::Impl::CheckRoomForPortal() const {
  if (portals.size() < kPortalsMax) return {};
  return Fail(sqlstate::kConfigurationLimitExceeded, "too many open portals");
}

Result<Prepared> Session::Impl::Prepare(ParsedStatement parsed,
                                        std::vector<planner::BindParameter> declared) {
  Prepared prepared;
  prepared.parsed = std::move(parsed);
  prepared.declared = std::move(declared);
  if (prepared.parsed.statement == nullptr) return prepared;
  const planner::BoundStatement bound = Bind(prepared.parsed, prepared.declared);
  prepared.parameters = bound.parameters;
  prepared.fields = FieldsOf(bound);
  return prepared;
}

Result<std::shared_ptr<Portal>> Session::Impl::BindPortal(
    const Prepared& prepared, std::vector<planner::BindParameter> parameters) {
  auto portal = std::make_shared<Portal>();
  portal->number = ++portals_made;
  portal->parsed = prepared.parsed;
  if (prepared.parsed.statement == nullptr) return portal;
  portal->bound = std::make_shared<const planner::BoundStatement>(
      Bind(prepared.parsed, std::move(parameters)));
  portal->fields = FieldsOf(*portal->bound);
  if (!SameShape(prepared.fields, portal->fields)) {
    return Fail(sqlstate::kFeatureNotSupported, "cached plan must not change result type");
  }
  return portal;
}

Result<void> Session::Impl::RunPortal(Portal& portal, uint64_t rows_max, const Caller& caller) {
  Client& client = caller.client;
  if (portal.parsed.statement == nullptr && !portal.cursor) {
    client.EmptyQuery();
    return {};
  }
  if (portal.parsed.statement != nullptr) CheckNotFailed(*portal.parsed.statement);
  if (portal.complete && portal.rows == nullptr) {
    return Fail(sqlstate::kObjectNotInPrerequisiteState, "portal cannot be run again");
  }
  if (!portal.started) {
    portal.started = true;
    auto answer = Run(*portal.bound, *portal.parsed.statement, caller);
    if (!answer) return std::unexpected(answer.error());
    portal.tag = std::move(answer->tag);
    portal.counts_rows = answer->counts_rows;
    if (answer->rows != nullptr) portal.rows = std::make_unique<RowPager>(std::move(answer->rows));
  }
  // An error of the first rows comes instead of the columns.
  bool described = !portal.describe || !portal.fields;
  const auto describe = [&] {
    if (!std::exchange(described, true)) client.Describe(*portal.fields);
  };
  uint64_t count = 0;
  if (portal.rows != nullptr) {
    TextWriter writer(settings.settings());
    const uint64_t limit = rows_max == 0 ? UINT64_MAX : rows_max;
    while (count < limit) {
      auto rows = portal.rows->Next(limit - count, *cancel);
      if (!rows) return std::unexpected(rows.error());
      if (!*rows) break;
      describe();
      count += (*rows)->rows;
      client.Rows(**rows, writer);
    }
    // Also when there happen to be no more.
    if (rows_max != 0 && count == rows_max) {
      client.Suspended();
      return {};
    }
  }
  describe();
  portal.complete = true;
  client.Complete(portal.counts_rows ? portal.tag + " " + std::to_string(count) : portal.tag);
  return {};
}

Session::Outcome Session::Parse(const std::string& name, std::string text,
                                std::span<const uint32_t> types) {
  auto shared = std::make_shared<const std::string>(std::move(text));
  return impl_->Guarded(*shared, [&]() -> Result<void> {
    Impl& impl = *impl_;
    if (!name.empty() && impl.statements.contains(name)) {
      return Fail(State("42P05"), "prepared statement \"" + name + "\" already exists");
    }
    if (auto room = impl.CheckRoomForStatement(); !room) return room;
    std::vector<ast::Statement> parsed = parser::ParseStatements(*shared);
    if (parsed.size() > 1) {
      return Fail(sqlstate::kSyntaxError,
                  "cannot insert multiple commands into a prepared statement");
    }
    ParsedStatement statement{nullptr, shared};
    if (!parsed.empty()) {
      statement.statement = std::make_shared<const ast::Statement>(std::move(parsed.front()));
    }
    std::vector<planner::BindParameter> declared;
    for (const uint32_t oid : types) {
      auto type = TypeOf(oid);
      if (!type) return std::unexpected(type.error());
      declared.push_back({*type, {}});
    }
    if (!impl.in_transaction() && statement.statement != nullptr) {
      impl.BeginTransaction(Transaction::Kind::kImplicit);
    }
    auto prepared = impl.Prepare(std::move(statement), std::move(declared));
    if (!prepared) return std::unexpected(prepared.error());
    impl.statements[name] = *std::move(prepared);
    return {};
  });
}

Session::Outcome Session::Bind(const std::string& portal, const std::string& statement,
                               std::span<const ParameterValue> values,
                               std::span<const Format> parameter_formats,
                               std::span<const Format> result_formats) {
  const auto found = impl_->statements.find(statement);
  const std::string text =
      found == impl_->statements.end() ? "" : *found->second.parsed.text;
  return impl_->Guarded(text, [&]() -> Result<void> {
    Impl& impl = *impl_;
    if (found == impl.statements.end()) return NoStatement(statement);
    const Prepared& prepared = found->second;
    if (!FitsFormats(parameter_formats, values.size())) {
      return ProtocolError("bind message has " + std::to_string(parameter_formats.size()) +
                           " parameter formats but " + std::to_string(values.size()) +
                           " parameters");
    }
    if (values.size() != prepared.parameters.size()) {
      return ProtocolError("bind message supplies " + std::to_string(values.size()) +
                           " parameters, but prepared statement \"" + statement + "\" requires " +
                           std::to_string(prepared.parameters.size()));
    }
    if (!portal.empty() && impl.portals.contains(portal)) {
      return Fail(State("42P03"), "cursor \"" + portal + "\" already exists");
    }
    if (auto room = impl.CheckRoomForPortal(); !room) return room;
    if (!impl.in_transaction()) impl.BeginTransaction(Transaction::Kind::kImplicit);
    std::vector<planner::BindParameter> parameters;
    for (size_t i = 0; i < values.size(); ++i) {
      const Type& type = prepared.parameters[i];
      Result<Value> value = Value::Null(type);
      if (values[i]) {
        value = ReadParameter(type, *values[i], FormatOf(parameter_formats, i),
                              impl.settings.settings(), impl.transaction.begin);
      }
      if (!value) return std::unexpected(value.error());
      parameters.push_back({type, *std::move(value)});
    }
    auto bound = impl.BindPortal(prepared, std::move(parameters));
    if (!bound) return std::unexpected(bound.error());
    const size_t columns = (*bound)->fields ? (*bound)->fields->size() : 0;
    if (!FitsFormats(result_formats, columns)) {
      return ProtocolError("bind message has " + std::to_string(result_formats.size()) +
                           " result formats but query has " + std::to_string(columns) +
                           " columns");
    }
    (*bound)->formats.assign(result_formats.begin(), result_formats.end());
    impl.portals[portal] = *std::move(bound);
    return {};
  });
}

std::expected<Description, Report> Session::DescribeStatement(const std::string& name) {
  return impl_->Guarded("", [&]() -> Result<Description> {
    const auto found = impl_->statements.find(name);
    if (found == impl_->statements.end()) return NoStatement(name);
    return Description{found->second.parameters, found->second.fields};
  });
}

std::expected<Description, Report> Session::DescribePortal(const std::string& name) {
  return impl_->Guarded("", [&]() -> Result<Description> {
    const auto found = impl_->portals.find(name);
    if (found == impl_->portals.end()) return NoPortal(name);
    return Description{{}, found->second->fields};
  });
}

Session::Outcome Session::Execute(const std::string& name, uint32_t rows_max, bool sync_follows,
                                  Client& client) {
  const auto found = impl_->portals.find(name);
  const std::string text = found == impl_->portals.end() || found->second->parsed.text == nullptr
                               ? ""
                               : *found->second->parsed.text;
  impl_->StartStatement();
  Outcome outcome = impl_->Guarded(text, [&]() -> Result<void> {
    Impl& impl = *impl_;
    if (found == impl.portals.end()) return NoPortal(name);
    // The portal may end its own transaction, and with it all portals.
    const std::shared_ptr<Portal> portal = found->second;
    const bool alone = sync_follows && impl.transaction.kind == Transaction::Kind::kImplicit &&
                       impl.transaction.writes.empty();
    return impl.RunPortal(*portal, rows_max, {client, alone});
  });
  impl_->EndStatement();
  return outcome;
}

void Session::CloseStatement(const std::string& name) { impl_->statements.erase(name); }
void Session::ClosePortal(const std::string& name) { impl_->portals.erase(name); }

std::span<const Format> Session::ResultFormats(const std::string& name) const {
  const auto found = impl_->portals.find(name);
  if (found == impl_->portals.end()) return {};
  return found->second->formats;
}

Session::Outcome Session::Sync(Client& client) {
  Outcome outcome;
  if (impl_->transaction.kind == Transaction::Kind::kImplicit) {
    impl_->StartStatement();
    outcome = impl_->Guarded("", [&] { return impl_->CommitTransaction(); });
    impl_->EndStatement();
  }
  // Outside a block no portal lives longer than its transaction.
  if (!impl_->in_block()) impl_->portals.clear();
  impl_->TellChanges(client);
  return outcome;
}

}  // namespace riverrun::server
