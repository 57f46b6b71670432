// Transactions, settings, SHOW.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

ast::OptionValue Word(std::string text, ast::Span span) {
  return {ast::OptionValue::Kind::kWord, std::move(text), {}, span};
}

}  // namespace

ast::Statement AstBuilder::BuildTransaction(P::TransactionContext* context) const {
  const ast::Span span = SpanOf(context);
  if (auto* begin = dynamic_cast<P::BeginTransactionContext*>(context)) {
    ast::Begin node;
    node.start = begin->K_START() != nullptr;
    if (auto* modes = begin->transactionModes()) node.modes = Build(modes);
    return {std::move(node), span};
  }
  const auto chains = [](P::ChainContext* chain) { return chain && !chain->K_NO(); };
  if (auto* commit = dynamic_cast<P::CommitContext*>(context)) {
    return {ast::Commit{chains(commit->chain())}, span};
  }
  if (auto* rollback = dynamic_cast<P::RollbackContext*>(context)) {
    return {ast::Rollback{chains(rollback->chain())}, span};
  }
  if (auto* to = dynamic_cast<P::RollbackToContext*>(context)) {
    return {ast::RollbackTo{Name(to->identifier())}, span};
  }
  if (auto* savepoint = dynamic_cast<P::SavepointContext*>(context)) {
    return {ast::Savepoint{Name(savepoint->identifier())}, span};
  }
  return {
      ast::ReleaseSavepoint{Name(dynamic_cast<P::ReleaseSavepointContext*>(context)->identifier())},
      span};
}

ast::TransactionModes AstBuilder::Build(P::TransactionModesContext* context) const {
  ast::TransactionModes modes;
  for (auto* mode : context->transactionMode()) {
    if (auto* level = mode->isolationLevel()) {
      modes.isolation = level->K_SERIALIZABLE()  ? ast::IsolationLevel::kSerializable
                        : level->K_REPEATABLE()  ? ast::IsolationLevel::kRepeatableRead
                        : level->K_UNCOMMITTED() ? ast::IsolationLevel::kReadUncommitted
                                                 : ast::IsolationLevel::kReadCommitted;
    } else if (mode->K_DEFERRABLE()) {
      modes.deferrable = mode->K_NOT() == nullptr;
    } else {
      modes.read_only = mode->K_ONLY() != nullptr;
    }
  }
  return modes;
}

ast::Statement AstBuilder::BuildSet(P::SetStatementContext* context) const {
  const ast::Span span = SpanOf(context);
  if (auto* modes = dynamic_cast<P::SetTransactionContext*>(context)) {
    return {ast::SetTransaction{Build(modes->transactionModes()), false}, span};
  }
  if (auto* modes = dynamic_cast<P::SetCharacteristicsContext*>(context)) {
    return {ast::SetTransaction{Build(modes->transactionModes()), true}, span};
  }
  const auto scope = [](antlr4::Token* word) {
    return word && word->getType() == P::K_LOCAL ? ast::Set::Scope::kLocal
                                                 : ast::Set::Scope::kSession;
  };
  // SET ROLE and SET SESSION AUTHORIZATION take a name, a string or DEFAULT.
  const auto name_or_string = [&](Leaf* string,
                                  P::AnyNameContext* name) -> std::vector<ast::OptionValue> {
    if (string) return {{ast::OptionValue::Kind::kString, String(string), {}, SpanOf(string)}};
    if (name->getStart()->getType() == P::K_DEFAULT) return {};
    return {Word(Name(name).text, SpanOf(name))};
  };
  if (auto* setting = dynamic_cast<P::SetSettingContext*>(context)) {
    return {ast::Set{scope(setting->scope), SettingName(setting->settingName()),
                     Build(setting->settingValues())},
            span};
  }
  if (auto* zone = dynamic_cast<P::SetTimeZoneContext*>(context)) {
    return {ast::Set{scope(zone->scope), "timezone", Build(zone->settingValues())}, span};
  }
  if (auto* names = dynamic_cast<P::SetNamesContext*>(context)) {
    return {ast::Set{scope(names->scope), names->K_NAMES() ? "client_encoding" : "search_path",
                     Build(names->settingValues())},
            span};
  }
  if (auto* role = dynamic_cast<P::SetRoleContext*>(context)) {
    return {ast::Set{scope(role->scope), "role", name_or_string(role->STRING(), role->anyName())},
            span};
  }
  auto* authorization = dynamic_cast<P::SetAuthorizationContext*>(context);
  return {ast::Set{scope(authorization->scope), "session_authorization",
                   name_or_string(authorization->STRING(), authorization->anyName())},
          span};
}

std::string AstBuilder::SettingName(P::SettingNameContext* context) const {
  std::string name = Name(context->identifier()).text;
  for (auto* part : context->anyName()) name += "." + Name(part).text;
  return name;
}

std::vector<ast::OptionValue> AstBuilder::Build(P::SettingValuesContext* context) const {
  using Kind = ast::OptionValue::Kind;
  std::vector<ast::OptionValue> values;
  for (auto* entry : context->settingValue()) {
    ast::OptionValue value;
    value.span = SpanOf(entry);
    if (auto* text = entry->STRING()) {
      value.kind = entry->K_INTERVAL() ? Kind::kInterval : Kind::kString;
      value.text = String(text);
      if (auto* fields = entry->intervalFields()) value.text += " " + Words(fields);
    } else if (auto* number = entry->number()) {
      value.kind = Kind::kNumber;
      value.text = (entry->MINUS() ? "-" : "") + std::string(Text(SpanOf(number)));
    } else {
      value = Word(Name(entry->anyName()).text, value.span);
    }
    values.push_back(std::move(value));
  }
  // DEFAULT is the empty list, whichever alternative of the grammar took it.
  if (values.size() == 1 && values[0].kind == Kind::kWord && values[0].text == "default")
    values.clear();
  return values;
}

ast::Reset AstBuilder::Build(P::ResetStatementContext* context) const {
  if (context->K_ALL()) return {};
  if (context->K_ZONE()) return {"timezone"};
  if (context->K_TRANSACTION()) return {"transaction_isolation"};
  if (context->K_AUTHORIZATION()) return {"session_authorization"};
  return {SettingName(context->settingName())};
}

ast::Statement AstBuilder::BuildShow(P::ShowContext* context) const {
  const ast::Span span = SpanOf(context);
  if (dynamic_cast<P::ShowIsolationContext*>(context)) {
    return {ast::ShowSetting{"transaction_isolation"}, span};
  }
  if (dynamic_cast<P::ShowTimeZoneContext*>(context)) return {ast::ShowSetting{"timezone"}, span};
  if (dynamic_cast<P::ShowAuthorizationContext*>(context)) {
    return {ast::ShowSetting{"session_authorization"}, span};
  }
  if (dynamic_cast<P::ShowAllContext*>(context)) return {ast::ShowSetting{}, span};
  if (auto* create = dynamic_cast<P::ShowCreateContext*>(context)) {
    return {ast::ShowCreate{Build(create->objectKind()), Build(create->qualifiedName())}, span};
  }
  if (auto* objects = dynamic_cast<P::ShowObjectsContext*>(context)) {
    ast::ShowObjects node;
    node.subject = Words(objects->showSubject());
    if (auto* from = objects->qualifiedName()) node.from = Build(from);
    if (auto* like = objects->STRING()) node.like = String(like);
    return {std::move(node), span};
  }
  return {
      ast::ShowSetting{SettingName(dynamic_cast<P::ShowSettingContext*>(context)->settingName())},
      span};
}

}  // namespace riverrun::parser
