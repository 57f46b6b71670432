// Which rule builds which statement. The rule's number decides; every statement of the grammar has
// one line here.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::Statement AstBuilder::Build(P::StatementContext* context) {
  return BuildRule(dynamic_cast<Rule*>(context->children[0]));
}

ast::Statement AstBuilder::InnerStatement(Rule* context) {
  for (antlr4::tree::ParseTree* child : context->children) {
    auto* rule = dynamic_cast<Rule*>(child);
    if (rule) return BuildRule(rule);
  }
  CHECK(false, "a rule that holds a statement holds none");
  return {};
}

ast::Statement AstBuilder::BuildRule(Rule* rule) {
  if (auto statement = BuildDataRule(rule)) return *std::move(statement);
  if (auto statement = BuildSessionRule(rule)) return *std::move(statement);
  if (auto statement = BuildDefinitionRule(rule)) return *std::move(statement);
  CHECK(false, "a statement of the grammar has no line in build_statement.cpp");
  return {};
}

std::optional<ast::Statement> AstBuilder::BuildDataRule(Rule* rule) {
  const auto with_span = [rule](auto node) {
    return ast::Statement{std::move(node), SpanOf(rule)};
  };
  switch (rule->getRuleIndex()) {
    case P::RuleRowStatement:
      return Build(static_cast<P::RowStatementContext*>(rule));
    case P::RuleTruncate:
      return with_span(Build(static_cast<P::TruncateContext*>(rule)));
    case P::RuleCopy:
      return with_span(Build(static_cast<P::CopyContext*>(rule)));
    case P::RuleSubscribe:
      return with_span(Build(static_cast<P::SubscribeContext*>(rule)));
    case P::RuleWaitFor:
      return with_span(Build(static_cast<P::WaitForContext*>(rule)));
    case P::RuleExplain:
      return with_span(Build(static_cast<P::ExplainContext*>(rule)));
    case P::RulePrepare:
      return with_span(Build(static_cast<P::PrepareContext*>(rule)));
    case P::RuleDeclareCursor:
      return with_span(Build(static_cast<P::DeclareCursorContext*>(rule)));
    case P::RuleFetch:
      return with_span(Build(static_cast<P::FetchContext*>(rule)));
    case P::RuleExecute: {
      auto* execute = static_cast<P::ExecuteContext*>(rule);
      return with_span(ast::Execute{Name(execute->identifier()), Build(execute->expressionList())});
    }
    case P::RuleDeallocate: {
      auto* name = static_cast<P::DeallocateContext*>(rule)->identifier();
      return with_span(ast::Deallocate{name ? std::optional(Name(name)) : std::nullopt});
    }
    case P::RuleCloseCursor: {
      auto* name = static_cast<P::CloseCursorContext*>(rule)->identifier();
      return with_span(ast::CloseCursor{name ? std::optional(Name(name)) : std::nullopt});
    }
    default:
      return std::nullopt;
  }
}

std::optional<ast::Statement> AstBuilder::BuildSessionRule(Rule* rule) {
  const auto with_span = [rule](auto node) {
    return ast::Statement{std::move(node), SpanOf(rule)};
  };
  switch (rule->getRuleIndex()) {
    case P::RuleTransaction:
      return BuildTransaction(static_cast<P::TransactionContext*>(rule));
    case P::RuleSetStatement:
      return BuildSet(static_cast<P::SetStatementContext*>(rule));
    case P::RuleResetStatement:
      return with_span(Build(static_cast<P::ResetStatementContext*>(rule)));
    case P::RuleShow:
      return BuildShow(static_cast<P::ShowContext*>(rule));
    case P::RuleDescribe:
      return with_span(
          ast::Describe{Build(static_cast<P::DescribeContext*>(rule)->qualifiedName())});
    case P::RuleDiscard: {
      using What = ast::Discard::What;
      auto* discard = static_cast<P::DiscardContext*>(rule);
      return with_span(ast::Discard{discard->K_ALL()         ? What::kAll
                                    : discard->K_PLANS()     ? What::kPlans
                                    : discard->K_SEQUENCES() ? What::kSequences
                                                             : What::kTemporary});
    }
    case P::RuleListen:
      return with_span(ast::Listen{Name(static_cast<P::ListenContext*>(rule)->identifier())});
    case P::RuleNotify: {
      auto* notify = static_cast<P::NotifyContext*>(rule);
      ast::Notify node{Name(notify->identifier()), std::nullopt};
      if (auto* payload = notify->STRING()) node.payload = String(payload);
      return with_span(std::move(node));
    }
    case P::RuleUnlisten: {
      auto* name = static_cast<P::UnlistenContext*>(rule)->identifier();
      return with_span(ast::Unlisten{name ? std::optional(Name(name)) : std::nullopt});
    }
    case P::RuleGrant:
      return BuildGrant(static_cast<P::GrantContext*>(rule));
    case P::RuleRoleStatement:
      return BuildRole(static_cast<P::RoleStatementContext*>(rule));
    default:
      return std::nullopt;
  }
}

std::optional<ast::Statement> AstBuilder::BuildDefinitionRule(Rule* rule) {
  const auto with_span = [rule](auto node) {
    return ast::Statement{std::move(node), SpanOf(rule)};
  };
  switch (rule->getRuleIndex()) {
    case P::RuleCreateRelation:
      return with_span(Build(static_cast<P::CreateRelationContext*>(rule)));
    case P::RuleCreateTableLike:
      return with_span(Build(static_cast<P::CreateTableLikeContext*>(rule)));
    case P::RuleCreateView:
      return with_span(Build(static_cast<P::CreateViewContext*>(rule)));
    case P::RuleCreateIndex:
      return with_span(Build(static_cast<P::CreateIndexContext*>(rule)));
    case P::RuleCreateSink:
      return with_span(Build(static_cast<P::CreateSinkContext*>(rule)));
    case P::RuleCreateSchema:
      return with_span(Build(static_cast<P::CreateSchemaContext*>(rule)));
    case P::RuleCreateSecret:
      return with_span(Build(static_cast<P::CreateSecretContext*>(rule)));
    case P::RuleCreateAlert:
      return with_span(Build(static_cast<P::CreateAlertContext*>(rule)));
    case P::RuleCreateModel:
      return with_span(Build(static_cast<P::CreateModelContext*>(rule)));
    case P::RuleCreateFunction:
      return with_span(Build(static_cast<P::CreateFunctionContext*>(rule)));
    case P::RuleAlter:
      return with_span(Build(static_cast<P::AlterContext*>(rule)));
    case P::RuleDrop:
      return with_span(Build(static_cast<P::DropContext*>(rule)));
    case P::RuleComment:
      return with_span(Build(static_cast<P::CommentContext*>(rule)));
    case P::RuleRefresh: {
      auto* refresh = static_cast<P::RefreshContext*>(rule);
      const bool no_data = refresh->withData() && refresh->withData()->K_NO();
      return with_span(ast::RefreshView{Build(refresh->qualifiedName()),
                                        refresh->K_CONCURRENTLY() != nullptr, no_data});
    }
    default:
      return std::nullopt;
  }
}

}  // namespace riverrun::parser
