// Roles and privileges.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

std::vector<ast::Identifier> AstBuilder::Grantees(const Rules<P::GranteeContext>& contexts) const {
  std::vector<ast::Identifier> names;
  for (auto* grantee : contexts) {
    if (auto* name = grantee->identifier()) {
      names.push_back(Name(name));
    } else {
      // CURRENT_USER and its like keep their word; it cannot be a role's bare name.
      const ast::Span span = SpanOf(grantee->getStop());
      names.push_back({FoldCase(Text(span)), false, span});
    }
  }
  return names;
}

ast::Grant AstBuilder::Privileges(P::PrivilegesContext* privileges, P::GrantObjectsContext* objects,
                                  const Rules<P::GranteeContext>& grantees) const {
  ast::Grant grant;
  for (auto* entry : privileges->privilege()) {
    ast::Privilege privilege;
    privilege.name = FoldCase(Text(SpanOf(entry->getStart())));
    privilege.columns = Names(entry->nameList());
    grant.privileges.push_back(std::move(privilege));
  }
  if (auto* kind = objects->objectKind()) grant.kind = Build(kind);
  if (auto* many = objects->manyKind()) {
    grant.all_in_schema = Words(many);
    for (ast::Identifier& schema : Names(objects->nameList())) {
      const ast::Span span = schema.span;
      grant.objects.push_back({{std::move(schema)}, span});
    }
  }
  for (auto* name : objects->qualifiedName()) grant.objects.push_back(Build(name));
  grant.grantees = Grantees(grantees);
  return grant;
}

ast::Statement AstBuilder::BuildGrant(P::GrantContext* context) const {
  const ast::Span span = SpanOf(context);
  if (auto* granted = dynamic_cast<P::GrantPrivilegesContext*>(context)) {
    ast::Grant grant =
        Privileges(granted->privileges(), granted->grantObjects(), granted->grantee());
    grant.with_grant_option = granted->K_OPTION() != nullptr;
    return {std::move(grant), span};
  }
  if (auto* revoked = dynamic_cast<P::RevokePrivilegesContext*>(context)) {
    ast::Grant grant =
        Privileges(revoked->privileges(), revoked->grantObjects(), revoked->grantee());
    grant.revoke = true;
    grant.option_only = revoked->K_OPTION() != nullptr;
    grant.behavior = Build(revoked->behavior());
    return {std::move(grant), span};
  }
  ast::GrantRole role;
  if (auto* granted = dynamic_cast<P::GrantRolesContext*>(context)) {
    role.roles = Names(granted->nameList());
    role.grantees = Grantees(granted->grantee());
    role.with_admin_option = granted->K_OPTION() != nullptr;
    return {std::move(role), span};
  }
  auto* revoked = dynamic_cast<P::RevokeRolesContext*>(context);
  role.revoke = true;
  role.option_only = revoked->K_OPTION() != nullptr;
  role.roles = Names(revoked->nameList());
  role.grantees = Grantees(revoked->grantee());
  role.behavior = Build(revoked->behavior());
  return {std::move(role), span};
}

ast::Statement AstBuilder::BuildRole(P::RoleStatementContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* rename = dynamic_cast<P::RenameRoleContext*>(context)) {
    ast::Alter alter;
    alter.kind = ast::ObjectKind::kRole;
    const ast::Identifier name = Name(rename->identifier(0));
    alter.name = {{name}, name.span};
    alter.actions.emplace_back(ast::RenameTo{Name(rename->identifier(1))});
    return {std::move(alter), span};
  }
  if (auto* setting = dynamic_cast<P::SetForRoleContext*>(context)) {
    ast::RoleSetting node;
    if (auto* name = setting->identifier()) node.name = Name(name);
    if (auto* set = setting->setStatement()) {
      node.change = BuildSet(set);
    } else {
      node.change =
          ast::Statement{Build(setting->resetStatement()), SpanOf(setting->resetStatement())};
    }
    return {std::move(node), span};
  }
  ast::RoleDefinition role;
  if (auto* create = dynamic_cast<P::CreateRoleContext*>(context)) {
    role.user = create->K_USER() != nullptr;
    role.name = Name(create->identifier());
    role.options = RoleOptions(create->roleOption());
  } else {
    auto* alter = dynamic_cast<P::AlterRoleContext*>(context);
    role.alter = true;
    role.user = alter->K_USER() != nullptr;
    role.name = Name(alter->identifier());
    role.options = RoleOptions(alter->roleOption());
  }
  return {std::move(role), span};
}

std::vector<ast::Option> AstBuilder::RoleOptions(
    const Rules<P::RoleOptionContext>& contexts) const {
  using Kind = ast::OptionValue::Kind;
  std::vector<ast::Option> options;
  for (auto* context : contexts) {
    ast::Option option;
    option.span = SpanOf(context);
    ast::OptionValue value;
    value.span = option.span;
    if (context->K_PASSWORD()) {
      option.key = "password";
      value.kind = context->STRING() ? Kind::kString : Kind::kWord;
      value.text = context->STRING() ? String(context->STRING()) : "null";
    } else if (context->K_CONNECTION()) {
      option.key = "connection limit";
      value.kind = Kind::kNumber;
      value.text = std::to_string(Integer(context->signedInteger()));
    } else if (context->K_VALID()) {
      option.key = "valid until";
      value.text = String(context->STRING());
    } else if (auto* names = context->nameList()) {
      const bool in = context->K_IN() != nullptr;
      option.key = in ? "in role" : context->K_ADMIN() ? "admin" : "role";
      value.kind = Kind::kList;
      for (const ast::Identifier& name : Names(names)) {
        value.items.push_back({Kind::kWord, name.text, {}, name.span});
      }
    } else {
      option.key = FoldCase(Text(option.span));
      options.push_back(std::move(option));
      continue;
    }
    option.value = std::move(value);
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace riverrun::parser
