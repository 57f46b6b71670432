// What CREATE STREAM says about where the records come from.
#include <algorithm>

#include "executor/connectors/connector.h"
#include "executor/sources/source_completion.h"
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;
using storage::CatalogOption;

// Checking a definition takes no other time than that of the statement.
class StatementClock : public Clock {
 public:
  explicit StatementClock(Micros now) : now_(now) {}
  Micros Now() override { return now_; }

 private:
  const Micros now_;
};

std::string ValueOf(const ast::Option& option) {
  using Kind = ast::OptionValue::Kind;
  const std::string name = "the option \"" + option.key + "\"";
  if (!option.value) {
    throw SqlError(sqlstate::kSyntaxError, name + " needs a value", option.span.begin);
  }
  switch (option.value->kind) {
    case Kind::kString:
    case Kind::kNumber:
    case Kind::kWord:
    case Kind::kInterval:
      return option.value->text;
    case Kind::kSecret:
      NotYet("SECRET in an option is", option.span.begin);
    case Kind::kStar:
    case Kind::kList:
      break;
  }
  throw SqlError(sqlstate::kInvalidParameterValue, name + " takes a single value",
                 option.span.begin);
}

Position PositionOf(const std::vector<ast::Option>& options, std::string_view name,
                    Position otherwise) {
  const auto found = std::ranges::find(options, name, &ast::Option::key);
  return found == options.end() ? otherwise : found->span.begin;
}

Position PositionOfColumn(const ast::CreateRelation& create, std::string_view name) {
  for (const auto& element : create.elements) {
    const auto* column = std::get_if<ast::ColumnDefinition>(&element);
    if (column != nullptr && column->name.text == name) return column->name.span.begin;
  }
  return create.name.span.begin;
}

[[noreturn]] void Refuse(const executor::DefinitionError& wrong,
                         const executor::StreamDefinition& definition,
                         const ast::CreateRelation& create) {
  Position position = PositionOf(create.options, wrong.option, create.name.span.begin);
  if (wrong.column) position = PositionOfColumn(create, definition.columns[*wrong.column].name);
  throw SqlError(wrong.error.sqlstate, wrong.error.text, position)
      .WithDetail(wrong.error.detail)
      .WithHint(wrong.error.hint);
}

// FORMAT PLAIN ENCODE JSON is format = 'json'.
void AddFormat(const ast::FormatClause& format, CatalogObject& object) {
  if (format.format.text != "plain") {
    NotYet("FORMAT " + format.format.text + " is", format.format.span.begin);
  }
  object.options.push_back({"format", format.encode.text, false});
}

void CheckColumns(const CatalogObject& object, const ast::CreateRelation& create) {
  for (const storage::CatalogColumn& column : object.columns) {
    if (column.default_sql.empty()) continue;
    throw SqlError(sqlstate::kInvalidTableDefinition,
                   "a stream that is read from a connector has no defaults",
                   PositionOfColumn(create, column.name))
        .WithHint("A record without a value for the column gives NULL; coalesce() replaces it.");
  }
}

// Options of every stream with a connector.
void CheckEngineOptions(const CatalogObject& object, const ast::CreateRelation& create) {
  const auto place = [&](std::string_view name) {
    return PositionOf(create.options, name, create.name.span.begin);
  };
  const std::string* const timeout = storage::FindOption(object, "idle_timeout");
  if (const auto valid = executor::ParseIdleTimeout(timeout); !valid) {
    throw SqlError(valid.error().sqlstate, valid.error().text, place("idle_timeout"))
        .WithHint("For example: idle_timeout = '30 s', or '0' for never.");
  }
  const std::string* const late = storage::FindOption(object, "on_late");
  if (late != nullptr && *late != "keep") {
    NotYet("on_late = '" + *late + "' is", place("on_late"));
  }
}

}  // namespace

std::vector<CatalogOption> BindOptions(const std::vector<ast::Option>& options) {
  std::vector<CatalogOption> bound;
  for (const ast::Option& option : options) {
    if (std::ranges::find(bound, option.key, &CatalogOption::name) != bound.end()) {
      throw SqlError(sqlstate::kSyntaxError, "the option \"" + option.key + "\" is given twice",
                     option.span.begin);
    }
    bound.push_back({option.key, ValueOf(option), IsSecretOption(option.key)});
  }
  return bound;
}

bool HasConnector(const ast::CreateRelation& create) {
  return std::ranges::find(create.options, "connector", &ast::Option::key) != create.options.end();
}

void BindConnector(const BindState& state, const ast::CreateRelation& create,
                   CatalogObject& object) {
  object.options = BindOptions(create.options);
  if (create.format) AddFormat(*create.format, object);
  CheckEngineOptions(object, create);
  CheckColumns(object, create);
  const executor::StreamDefinition definition = executor::DefinitionOf(object);
  StatementClock clock(state.context().now);
  const auto connector = executor::MakeConnector(storage::ConnectorOf(object), definition, clock);
  if (!connector) Refuse(connector.error(), definition, create);
}

}  // namespace riverrun::planner
