// Columns, constraints and watermarks.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::ColumnDefinition AstBuilder::Build(P::ColumnDefinitionContext* context) {
  ast::ColumnDefinition column;
  column.span = SpanOf(context);
  column.name = Name(context->identifier());
  if (auto* type = context->typeName()) column.type = Build(type);
  for (auto* constraint : context->columnConstraint()) AddConstraint(column, constraint);
  if (!column.type && !column.generated) {
    throw SqlError(sqlstate::kSyntaxError, "column \"" + column.name.text + "\" has no type",
                   column.name.span.begin);
  }
  return column;
}

void AstBuilder::AddConstraint(ast::ColumnDefinition& column, P::ColumnConstraintContext* context) {
  const ast::Span span = SpanOf(context);
  if (context->K_GENERATED() || context->K_METADATA() || context->K_DEFAULT()) {
    SetGenerated(column, context);
  } else if (context->K_PRIMARY()) {
    column.primary_key = true;
    column.primary_key_not_enforced = context->notEnforced() != nullptr;
  } else if (context->K_UNIQUE()) {
    column.unique = true;
  } else if (context->K_CHECK()) {
    ast::CheckConstraint check;
    if (auto* name = context->identifier()) check.name = Name(name);
    check.condition = Build(context->expression());
    column.checks.push_back(std::move(check));
  } else if (context->K_REFERENCES()) {
    Unsupported("a foreign key", span);
  } else if (context->K_COLLATE()) {
    column.collation = Build(context->qualifiedName());
  } else if (context->K_NOT()) {
    column.not_null = true;
  } else if (column.not_null) {
    throw SqlError(sqlstate::kSyntaxError,
                   "conflicting NULL/NOT NULL declarations for column \"" + column.name.text + "\"",
                   span.begin);
  }
}

void AstBuilder::SetGenerated(ast::ColumnDefinition& column, P::ColumnConstraintContext* context) {
  using Identity = ast::ColumnDefinition::Identity;
  const bool has_one = column.default_value || column.generated || column.metadata ||
                       column.identity != Identity::kNone;
  if (has_one) {
    throw SqlError(sqlstate::kSyntaxError,
                   "multiple default or generated values for column \"" + column.name.text + "\"",
                   SpanOf(context).begin);
  }
  if (auto* value = context->valueExpression()) {
    column.default_value = Build(value);
  } else if (context->K_METADATA()) {
    column.metadata.emplace();
    if (auto* key = context->STRING()) column.metadata->key = String(key);
    column.metadata->is_virtual = context->K_VIRTUAL() != nullptr;
  } else if (context->K_IDENTITY()) {
    column.identity = context->K_ALWAYS() ? Identity::kAlways : Identity::kByDefault;
  } else {
    column.generated = Build(context->expression());
  }
}

ast::TableConstraint AstBuilder::Build(P::TableConstraintContext* context) {
  using Kind = ast::TableConstraint::Kind;
  ast::TableConstraint constraint;
  constraint.span = SpanOf(context);
  if (context->K_FOREIGN()) Unsupported("a foreign key", constraint.span);
  if (auto* name = context->identifier()) constraint.name = Name(name);
  constraint.kind = context->K_PRIMARY()  ? Kind::kPrimaryKey
                    : context->K_UNIQUE() ? Kind::kUnique
                                          : Kind::kCheck;
  constraint.columns = Names(context->nameList(0));
  constraint.not_enforced = context->notEnforced() != nullptr;
  constraint.condition = Optional(context->expression());
  return constraint;
}

ast::Watermark AstBuilder::Build(P::WatermarkContext* context) {
  return {Name(context->identifier()), Optional(context->expression()), SpanOf(context)};
}

}  // namespace riverrun::parser
