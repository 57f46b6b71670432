// ALTER.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::Alter AstBuilder::Build(P::AlterContext* context) {
  ast::Alter alter;
  alter.kind = Build(context->objectKind());
  alter.if_exists = context->K_IF() != nullptr;
  alter.name = Build(context->qualifiedName());
  if (auto* query = context->query()) alter.actions.emplace_back(ast::ReplaceQuery{Build(query)});
  for (auto* action : context->alterAction()) alter.actions.push_back(Build(action));
  return alter;
}

ast::AlterAction AstBuilder::Build(P::AlterActionContext* context) {
  using Kind = ast::SimpleAction::Kind;
  if (auto action = BuildMemberAction(context)) return *std::move(action);
  if (auto* advance = dynamic_cast<P::AdvanceWatermarkContext*>(context)) {
    return ast::AdvanceWatermark{Build(advance->expression())};
  }
  if (auto* reset = dynamic_cast<P::ResetToContext*>(context)) {
    return ast::ResetTo{Build(reset->expression()), reset->K_REBUILD() != nullptr};
  }
  if (auto* reset = dynamic_cast<P::ResetOptionsContext*>(context)) {
    ast::ResetOptions action;
    for (auto* key : reset->optionKey()) action.keys.push_back(OptionKey(key));
    return action;
  }
  if (auto* text = dynamic_cast<P::ReplaceTextContext*>(context)) {
    return ast::ReplaceSecret{String(text->STRING())};
  }
  if (auto* set = dynamic_cast<P::SetOptionsContext*>(context)) {
    return ast::SetOptions{Options(set->assignedOption())};
  }
  if (auto* set = dynamic_cast<P::SetSchemaContext*>(context)) {
    return ast::SetSchema{Name(set->identifier())};
  }
  if (auto* set = dynamic_cast<P::SetVersionContext*>(context)) {
    return ast::SetVersion{String(set->STRING())};
  }
  if (auto* owner = dynamic_cast<P::OwnerToContext*>(context)) {
    return ast::OwnerTo{Grantees({owner->grantee()})[0]};
  }
  switch (context->getStart()->getType()) {
    case P::K_CLOSE:
      return ast::SimpleAction{Kind::kClose};
    case P::K_PAUSE:
      return ast::SimpleAction{Kind::kPause};
    case P::K_RESUME:
      return ast::SimpleAction{Kind::kResume};
    case P::K_ENABLE:
      return ast::SimpleAction{Kind::kEnable};
    case P::K_DISABLE:
      return ast::SimpleAction{Kind::kDisable};
    default:
      return ast::SimpleAction{Kind::kRebuild};
  }
}

/// Actions on a column, a constraint, the watermark or the name.
std::optional<ast::AlterAction> AstBuilder::BuildMemberAction(P::AlterActionContext* context) {
  if (auto* rename = dynamic_cast<P::RenameToContext*>(context)) {
    return ast::RenameTo{Name(rename->identifier())};
  }
  if (auto* rename = dynamic_cast<P::RenameColumnContext*>(context)) {
    return ast::RenameMember{Name(rename->identifier(0)), Name(rename->identifier(1)), false};
  }
  if (auto* rename = dynamic_cast<P::RenameConstraintContext*>(context)) {
    return ast::RenameMember{Name(rename->identifier(0)), Name(rename->identifier(1)), true};
  }
  if (auto* add = dynamic_cast<P::AddConstraintContext*>(context)) {
    return ast::AddConstraint{Build(add->tableConstraint())};
  }
  if (auto* add = dynamic_cast<P::AddWatermarkContext*>(context)) {
    return ast::ChangeWatermark{Build(add->watermark()), true};
  }
  if (auto* add = dynamic_cast<P::AddColumnContext*>(context)) {
    return ast::AddColumn{add->ifNotExists() != nullptr, Build(add->columnDefinition())};
  }
  if (auto* drop = dynamic_cast<P::DropConstraintContext*>(context)) {
    return ast::DropMember{Name(drop->identifier()), drop->K_IF() != nullptr, true,
                           Build(drop->behavior())};
  }
  if (auto* drop = dynamic_cast<P::DropColumnContext*>(context)) {
    return ast::DropMember{Name(drop->identifier()), drop->K_IF() != nullptr, false,
                           Build(drop->behavior())};
  }
  if (auto* change = dynamic_cast<P::AlterWatermarkContext*>(context)) {
    return ast::ChangeWatermark{Build(change->watermark()), false};
  }
  if (auto* change = dynamic_cast<P::AlterColumnActionContext*>(context)) {
    return BuildAlterColumn(change);
  }
  return std::nullopt;
}

ast::AlterColumn AstBuilder::BuildAlterColumn(P::AlterColumnActionContext* context) {
  using Kind = ast::AlterColumn::Kind;
  ast::AlterColumn action;
  action.column = Name(context->identifier());
  auto* change = context->alterColumn();
  const bool set = change->K_SET() != nullptr;
  if (auto* type = change->typeName()) {
    action.kind = Kind::kSetType;
    action.type = Build(type);
  } else if (change->K_DEFAULT()) {
    action.kind = set ? Kind::kSetDefault : Kind::kDropDefault;
  } else {
    action.kind = set ? Kind::kSetNotNull : Kind::kDropNotNull;
  }
  action.expression = Optional(change->expression());
  return action;
}

}  // namespace riverrun::parser
