// From ANTLR's parse tree to the AST: plain recursion over the context classes, one Build method
// per grammar rule. The only headers of ANTLR in the project are included here and in parser.cpp.
#pragma once

#include <antlr4-runtime.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "SqlParser.h"
#include "parser/ast/statement.h"
#include "parser/split.h"

namespace riverrun::parser {

/// Expressions, set operations and joins may be this deep once they are trees. Chains of AND and
/// OR are flat and do not count.
inline constexpr int kTreeDepthMax = 1000;

/// Builds the AST of one statement. Used once, on one thread; needs no ANTLR lock, because it only
/// reads contexts that belong to one parse.
class AstBuilder {
 public:
  /// `text` is what the tokens' offsets point into; `literal_rows` are moved into an INSERT.
  AstBuilder(std::string_view text, std::vector<std::vector<ast::Expression>> literal_rows)
      : text_(text), literal_rows_(std::move(literal_rows)) {}

  ast::Statement Build(SqlParser::StatementContext* context);
  ast::Expression Build(SqlParser::ExpressionContext* context);
  ast::TypeName Build(SqlParser::TypeNameContext* context);

 private:
  using P = SqlParser;
  using Rule = antlr4::ParserRuleContext;
  using Leaf = antlr4::tree::TerminalNode;
  template <class T>
  using Rules = std::vector<T*>;

  // ---- names, tokens, spans (build_name.cpp) ----
  static ast::Span SpanOf(Rule* rule);
  static ast::Span SpanOf(Leaf* leaf);
  static ast::Span SpanOf(antlr4::Token* token);
  static ast::Span Join(ast::Span first, ast::Span last) { return {first.begin, last.end}; }
  std::string_view Text(ast::Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }
  /// Lower case of a rule that consists of keywords: "materialized views".
  std::string Words(Rule* rule) const;
  std::string String(Leaf* leaf) const;
  ast::Identifier Name(Rule* rule) const;
  ast::QualifiedName Build(P::QualifiedNameContext* context) const;
  ast::QualifiedName Build(P::FunctionNameContext* context) const;
  std::vector<ast::Identifier> Names(P::NameListContext* context) const;
  int64_t Integer(Leaf* leaf) const;
  int64_t Integer(P::SignedIntegerContext* context) const;
  [[noreturn]] void RefuseAt(ast::Span span) const;
  [[noreturn]] void Unsupported(std::string what, ast::Span span) const;
  std::string OptionKey(P::OptionKeyContext* context) const;
  ast::OptionValue Build(P::OptionValueContext* context) const;
  std::vector<ast::Option> Build(P::WithOptionsContext* context) const;
  /// Of WITH (key = value) and of key value: the contexts differ, their parts do not.
  template <class Context>
  std::vector<ast::Option> Options(const Rules<Context>& contexts) const;

  // ---- types and literals (build_type.cpp) ----
  ast::TypeName TypeWithoutArray(P::BaseTypeContext* context);
  ast::TypeName SimpleType(std::string name, P::ModifiersContext* modifiers, ast::Span span);
  ast::TypeName Build(P::CharacterTypeContext* context);
  ast::TypeName Build(P::TemporalTypeContext* context);
  ast::TypeName Build(P::LiteralTypeContext* context);
  void SetIntervalFields(ast::TypeName& type, P::IntervalFieldsContext* fields) const;
  ast::Expression IntervalText(std::string text, ast::Span span) const;
  ast::Expression IntervalLiteral(P::LiteralContext* context);
  ast::Expression Build(P::LiteralContext* context);
  ast::Expression Build(P::TimeSpanContext* context);
  std::vector<ast::ColumnType> Build(P::ColumnTypeListContext* context);
  std::vector<ast::TypeName> Types(const Rules<P::TypeNameContext>& contexts);

  // ---- expressions (build_expression.cpp, build_predicate.cpp) ----
  ast::Expression Build(P::ValueExpressionContext* context);
  ast::Expression BuildOperator(P::ValueExpressionContext* context);
  ast::Expression BuildPredicate(P::ValueExpressionContext* context);
  ast::Expression BuildMembership(P::ValueExpressionContext* context);
  ast::Expression Chain(ast::LogicalOperator op, P::ExpressionContext* context);
  ast::Expression Binary(P::ValueExpressionContext* left, ast::OperatorName op,
                         P::ValueExpressionContext* right);
  ast::OperatorName MiddleOperator(P::ValueExpressionContext* context) const;
  ast::OperatorName Build(P::SymbolContext* context) const;
  ast::OperatorName Build(P::QuantifiedOperatorContext* context) const;
  ast::Expression Build(P::LikeContext* context);
  ast::Expression Build(P::OverlapsContext* context);
  ast::Expression Quantify(P::ValueExpressionContext* operand, ast::OperatorName op,
                           P::QuantifierContext* quantifier, P::QuantifiedContext* quantified);
  ast::Expression Build(P::PrimaryContext* context);
  ast::Expression BuildConstructor(P::PrimaryContext* context);
  bool CollectName(P::PrimaryContext* context, std::vector<ast::Identifier>& parts) const;
  ast::Expression Build(P::FieldContext* context);
  ast::Expression Build(P::FieldStarContext* context);
  ast::Expression Build(P::SubscriptedContext* context);
  ast::Expression Build(P::CaseExpressionContext* context);
  ast::Expression Build(P::ArrayElementsContext* context);
  std::vector<ast::Expression> Build(P::ExpressionListContext* context);
  std::vector<ast::Expression> Expressions(const Rules<P::ExpressionContext>& contexts);
  ast::Box<ast::Expression> Optional(P::ExpressionContext* context);
  ast::Box<ast::Expression> Optional(P::TimeSpanContext* context);

  // ---- calls (build_call.cpp) ----
  ast::Expression Call(std::string name, std::vector<ast::Expression> arguments, ast::Span span,
                       ast::Span name_span);
  ast::Expression Build(P::KeywordCallContext* context);
  ast::Expression Build(P::CurrentValueContext* context);
  ast::FunctionCall BuildCall(P::FunctionCallContext* context);
  void AddArguments(ast::FunctionCall& call, P::CallArgumentsContext* context);
  ast::Argument Build(P::ArgumentContext* context);
  ast::Expression Build(P::TableArgumentContext* context);
  ast::WindowSpecification Build(P::WindowSpecificationContext* context);
  ast::Frame Build(P::FrameContext* context);
  ast::FrameBound Build(P::FrameBoundContext* context);
  ast::SortKey Build(P::SortKeyContext* context);
  std::vector<ast::SortKey> Build(P::OrderByContext* context);

  // ---- queries (build_query.cpp, build_from.cpp, build_pattern.cpp) ----
  ast::Query Build(P::QueryContext* context);
  ast::Query Build(P::QueryBodyContext* context);
  void AddLimit(ast::Query& query, P::ResultLimitContext* context);
  ast::RowLocking Build(P::RowLockingContext* context) const;
  ast::Emit Build(P::EmitClauseContext* context);
  ast::With Build(P::WithClauseContext* context);
  ast::Query Build(P::QueryTermContext* context);
  ast::Query Build(P::QueryPrimaryContext* context);
  ast::Select Build(P::SelectContext* context);
  ast::Values Build(P::ValuesContext* context);
  std::vector<ast::Expression> Build(P::ValueRowContext* context);
  ast::Expression Build(P::RowValueContext* context);
  std::vector<ast::SelectItem> Build(P::SelectListContext* context);
  ast::GroupingElement Build(P::GroupingElementContext* context);
  std::vector<ast::GroupingElement> Elements(const Rules<P::GroupingElementContext>& contexts);
  ast::StreamWindow Build(P::StreamWindowContext* context);
  ast::TableRef Build(P::FromItemContext* context);
  std::vector<ast::TableRef> Items(const Rules<P::FromItemContext>& contexts);
  ast::TableRef AddJoin(ast::TableRef left, P::JoinPartContext* context);
  ast::JoinKind Build(P::JoinKindContext* context) const;
  ast::JoinWithin Build(P::JoinWithinContext* context);
  ast::TableRef Build(P::FromPrimaryContext* context);
  ast::TableRef Build(P::FromSourceContext* context);
  ast::TableRef BuildFunctionSource(P::FromSourceContext* context);
  ast::TableAlias Build(P::TableAliasContext* context);
  ast::MatchRecognize BuildMatch(P::MatchRecognizeContext* context, ast::TableRef input);
  void AddRows(ast::MatchRecognize& match, P::RowsPerMatchContext* context) const;
  ast::AfterMatch Build(P::AfterMatchContext* context) const;
  ast::Pattern Build(P::PatternContext* context);
  ast::Pattern Build(P::PatternSequenceContext* context);
  ast::Pattern Build(P::PatternFactorContext* context);
  ast::Pattern Build(P::PatternPrimaryContext* context);

  // ---- statements about rows (build_data.cpp, build_copy.cpp) ----
  ast::Statement Build(P::RowStatementContext* context);
  ast::Insert Build(P::InsertContext* context);
  void AddLiteralRows(ast::Query& source);
  ast::OnConflict Build(P::OnConflictContext* context);
  std::vector<ast::Assignment> Build(P::AssignmentsContext* context);
  ast::Update Build(P::UpdateContext* context);
  ast::Delete Build(P::DeleteStatementContext* context);
  ast::Truncate Build(P::TruncateContext* context) const;
  ast::Subscribe Build(P::SubscribeContext* context);
  ast::Copy Build(P::CopyContext* context);
  std::vector<ast::Option> Build(P::CopyOptionsContext* context) const;
  ast::WaitFor Build(P::WaitForContext* context) const;
  ast::Explain Build(P::ExplainContext* context);
  ast::Prepare Build(P::PrepareContext* context);
  ast::DeclareCursor Build(P::DeclareCursorContext* context);
  ast::Fetch Build(P::FetchContext* context) const;
  void SetDirection(ast::Fetch& fetch, P::FetchDirectionContext* context) const;
  /// The statement of whatever single child of `context` is a statement's rule.
  ast::Statement InnerStatement(Rule* context);
  ast::Statement BuildRule(Rule* rule);
  std::optional<ast::Statement> BuildDataRule(Rule* rule);
  std::optional<ast::Statement> BuildSessionRule(Rule* rule);
  std::optional<ast::Statement> BuildDefinitionRule(Rule* rule);

  // ---- statements about the session (build_session.cpp, build_role.cpp) ----
  ast::Statement BuildTransaction(P::TransactionContext* context) const;
  ast::TransactionModes Build(P::TransactionModesContext* context) const;
  ast::Statement BuildSet(P::SetStatementContext* context) const;
  std::vector<ast::OptionValue> Build(P::SettingValuesContext* context) const;
  std::string SettingName(P::SettingNameContext* context) const;
  ast::Reset Build(P::ResetStatementContext* context) const;
  ast::Statement BuildShow(P::ShowContext* context) const;
  ast::Statement BuildGrant(P::GrantContext* context) const;
  ast::Grant Privileges(P::PrivilegesContext* privileges, P::GrantObjectsContext* objects,
                        const Rules<P::GranteeContext>& grantees) const;
  std::vector<ast::Identifier> Grantees(const Rules<P::GranteeContext>& contexts) const;
  ast::Statement BuildRole(P::RoleStatementContext* context);
  std::vector<ast::Option> RoleOptions(const Rules<P::RoleOptionContext>& contexts) const;

  // ---- definitions (build_definition.cpp, build_column.cpp, build_alter.cpp) ----
  ast::ObjectKind Build(P::ObjectKindContext* context) const;
  ast::ObjectKind Build(P::RelationKindContext* context) const;
  ast::Behavior Build(P::BehaviorContext* context) const;
  ast::CreateRelation Build(P::CreateRelationContext* context);
  ast::CreateRelation Build(P::CreateTableLikeContext* context);
  ast::ColumnDefinition Build(P::ColumnDefinitionContext* context);
  void AddConstraint(ast::ColumnDefinition& column, P::ColumnConstraintContext* context);
  void SetGenerated(ast::ColumnDefinition& column, P::ColumnConstraintContext* context);
  ast::TableConstraint Build(P::TableConstraintContext* context);
  ast::Watermark Build(P::WatermarkContext* context);
  std::optional<ast::FormatClause> Build(P::FormatClauseContext* context) const;
  ast::CreateView Build(P::CreateViewContext* context);
  ast::CreateIndex Build(P::CreateIndexContext* context);
  ast::CreateSink Build(P::CreateSinkContext* context);
  ast::CreateSchema Build(P::CreateSchemaContext* context) const;
  ast::CreateSecret Build(P::CreateSecretContext* context) const;
  ast::CreateAlert Build(P::CreateAlertContext* context);
  void AddPart(ast::CreateAlert& alert, P::AlertPartContext* context);
  ast::CreateModel Build(P::CreateModelContext* context);
  ast::CreateFunction Build(P::CreateFunctionContext* context);
  void AddPart(ast::CreateFunction& function, P::FunctionPartContext* context);
  ast::Alter Build(P::AlterContext* context);
  ast::AlterAction Build(P::AlterActionContext* context);
  std::optional<ast::AlterAction> BuildMemberAction(P::AlterActionContext* context);
  ast::AlterColumn BuildAlterColumn(P::AlterColumnActionContext* context);
  ast::Drop Build(P::DropContext* context);
  ast::ObjectName Build(P::DroppedNameContext* context);
  ast::Comment Build(P::CommentContext* context);

  /// Throws 54001 when the tree under construction gets too deep.
  class DepthGuard {
   public:
    DepthGuard(AstBuilder& builder, Rule* rule);
    ~DepthGuard() { --depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;

   private:
    int& depth_;
  };

  std::string_view text_;
  std::vector<std::vector<ast::Expression>> literal_rows_;
  int depth_ = 0;
};

}  // namespace riverrun::parser
