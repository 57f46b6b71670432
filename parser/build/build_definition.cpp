// CREATE of everything but columns, DROP, COMMENT.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::ObjectKind AstBuilder::Build(P::ObjectKindContext* context) const {
  using Kind = ast::ObjectKind;
  switch (context->getStart()->getType()) {
    case P::K_STREAM:
      return Kind::kStream;
    case P::K_SOURCE:
      return Kind::kSource;
    case P::K_MATERIALIZED:
      return Kind::kMaterializedView;
    case P::K_VIEW:
      return Kind::kView;
    case P::K_INDEX:
      return Kind::kIndex;
    case P::K_SINK:
      return Kind::kSink;
    case P::K_SCHEMA:
      return Kind::kSchema;
    case P::K_SECRET:
      return Kind::kSecret;
    case P::K_ALERT:
      return Kind::kAlert;
    case P::K_MODEL:
      return Kind::kModel;
    case P::K_FUNCTION:
      return Kind::kFunction;
    case P::K_ROLE:
    case P::K_USER:
      return Kind::kRole;
    default:
      return Kind::kTable;
  }
}

ast::ObjectKind AstBuilder::Build(P::RelationKindContext* context) const {
  if (context->K_STREAM()) return ast::ObjectKind::kStream;
  return context->K_SOURCE() ? ast::ObjectKind::kSource : ast::ObjectKind::kTable;
}

ast::Behavior AstBuilder::Build(P::BehaviorContext* context) const {
  if (!context) return ast::Behavior::kDefault;
  return context->K_CASCADE() ? ast::Behavior::kCascade : ast::Behavior::kRestrict;
}

std::optional<ast::FormatClause> AstBuilder::Build(P::FormatClauseContext* context) const {
  if (!context) return std::nullopt;
  return ast::FormatClause{Name(context->identifier(0)), Name(context->identifier(1))};
}

ast::CreateRelation AstBuilder::Build(P::CreateRelationContext* context) {
  ast::CreateRelation create;
  create.kind = Build(context->relationKind());
  create.temporary = context->K_TEMP() || context->K_TEMPORARY();
  create.if_not_exists = context->ifNotExists() != nullptr;
  create.name = Build(context->qualifiedName());
  for (auto* element : context->tableElement()) {
    if (auto* watermark = element->watermark()) {
      create.elements.emplace_back(Build(watermark));
    } else if (auto* constraint = element->tableConstraint()) {
      create.elements.emplace_back(Build(constraint));
    } else if (auto* like = element->qualifiedName()) {
      create.elements.emplace_back(ast::LikeElement{Build(like)});
    } else {
      create.elements.emplace_back(Build(element->columnDefinition()));
    }
  }
  create.partition_by = Build(context->expressionList());
  create.options = Build(context->withOptions());
  create.format = Build(context->formatClause());
  return create;
}

ast::CreateRelation AstBuilder::Build(P::CreateTableLikeContext* context) {
  ast::CreateRelation create;
  create.kind = Build(context->relationKind());
  create.temporary = context->K_TEMP() || context->K_TEMPORARY();
  create.if_not_exists = context->ifNotExists() != nullptr;
  create.name = Build(context->qualifiedName());
  create.column_names = Names(context->nameList());
  create.options = Build(context->withOptions());
  create.query = Build(context->query());
  create.with_no_data = context->withData() && context->withData()->K_NO();
  return create;
}

ast::CreateView AstBuilder::Build(P::CreateViewContext* context) {
  ast::CreateView view;
  view.materialized = context->K_MATERIALIZED() != nullptr;
  view.or_replace = context->K_REPLACE() != nullptr;
  view.temporary = context->K_TEMP() || context->K_TEMPORARY();
  view.if_not_exists = context->ifNotExists() != nullptr;
  view.name = Build(context->qualifiedName());
  view.columns = Names(context->nameList());
  view.options = Build(context->withOptions());
  view.query = Build(context->query());
  view.with_no_data = context->withData() && context->withData()->K_NO();
  return view;
}

ast::CreateIndex AstBuilder::Build(P::CreateIndexContext* context) {
  using Direction = ast::SortKey::Direction;
  using Nulls = ast::SortKey::Nulls;
  ast::CreateIndex index;
  index.unique = context->K_UNIQUE() != nullptr;
  index.concurrently = context->K_CONCURRENTLY() != nullptr;
  index.if_not_exists = context->ifNotExists() != nullptr;
  const auto names = context->qualifiedName();
  if (names.size() > 1) index.name = Build(names[0]);
  index.relation = Build(names.back());
  if (auto* method = context->identifier()) index.method = Name(method);
  for (auto* entry : context->indexKey()) {
    ast::SortKey key;
    key.span = SpanOf(entry);
    key.expression = Build(entry->primary());
    if (entry->direction) {
      key.direction =
          entry->direction->getType() == P::K_DESC ? Direction::kDescending : Direction::kAscending;
    }
    if (entry->nulls) {
      key.nulls = entry->nulls->getType() == P::K_FIRST ? Nulls::kFirst : Nulls::kLast;
    }
    index.keys.push_back(std::move(key));
  }
  index.include = Names(context->nameList());
  index.options = Build(context->withOptions());
  index.where = Optional(context->expression());
  return index;
}

ast::CreateSink AstBuilder::Build(P::CreateSinkContext* context) {
  ast::CreateSink sink;
  sink.if_not_exists = context->ifNotExists() != nullptr;
  sink.name = Build(context->qualifiedName(0));
  if (auto* query = context->query()) {
    sink.query = Build(query);
  } else {
    sink.relation = Build(context->qualifiedName(1));
  }
  sink.options = Build(context->withOptions());
  sink.format = Build(context->formatClause());
  return sink;
}

ast::CreateSchema AstBuilder::Build(P::CreateSchemaContext* context) const {
  ast::CreateSchema schema;
  schema.if_not_exists = context->ifNotExists() != nullptr;
  const auto names = context->identifier();
  if (context->K_AUTHORIZATION()) schema.authorization = Name(names.back());
  if (!context->K_AUTHORIZATION() || names.size() > 1) schema.name = Name(names[0]);
  return schema;
}

ast::CreateSecret AstBuilder::Build(P::CreateSecretContext* context) const {
  return {context->K_REPLACE() != nullptr, context->ifNotExists() != nullptr,
          Build(context->qualifiedName()), String(context->STRING())};
}

ast::CreateAlert AstBuilder::Build(P::CreateAlertContext* context) {
  ast::CreateAlert alert;
  alert.or_replace = context->K_REPLACE() != nullptr;
  alert.if_not_exists = context->ifNotExists() != nullptr;
  alert.name = Build(context->qualifiedName(0));
  if (auto* query = context->query()) {
    alert.query = Build(query);
  } else {
    alert.relation = Build(context->qualifiedName(1));
  }
  alert.key = Names(context->nameList());
  alert.when = Build(context->expression());
  for (auto* part : context->alertPart()) AddPart(alert, part);
  alert.options = Build(context->withOptions());
  return alert;
}

void AstBuilder::AddPart(ast::CreateAlert& alert, P::AlertPartContext* context) {
  const auto set_once = [&](ast::Box<ast::Expression>& part, ast::Expression value) {
    if (part) RefuseAt(SpanOf(context->getStart()));
    part = std::move(value);
  };
  if (context->K_FOR()) {
    set_once(alert.hold_for, Build(context->timeSpan()));
  } else if (context->K_COOLDOWN()) {
    set_once(alert.cooldown, Build(context->timeSpan()));
  } else if (context->K_RESOLVE()) {
    set_once(alert.resolve_when, Build(context->expression()));
  } else if (context->K_MESSAGE()) {
    set_once(alert.message, Build(context->expression()));
  } else if (auto* groups = context->expressionList()) {
    if (!alert.group_by.empty()) RefuseAt(SpanOf(context->getStart()));
    alert.group_by = Build(groups);
  } else if (auto* names = context->nameList()) {
    if (!alert.notify.empty()) RefuseAt(SpanOf(context->getStart()));
    alert.notify = Names(names);
  } else {
    if (alert.severity) RefuseAt(SpanOf(context->getStart()));
    alert.severity = String(context->STRING());
  }
}

ast::CreateModel AstBuilder::Build(P::CreateModelContext* context) {
  ast::CreateModel model;
  model.or_replace = context->K_REPLACE() != nullptr;
  model.if_not_exists = context->ifNotExists() != nullptr;
  model.name = Build(context->qualifiedName());
  model.file = String(context->STRING());
  const auto lists = context->columnTypeList();
  if (context->K_INPUT()) model.input = Build(lists.front());
  if (context->K_OUTPUT()) model.output = Build(lists.back());
  model.options = Build(context->withOptions());
  return model;
}

ast::CreateFunction AstBuilder::Build(P::CreateFunctionContext* context) {
  ast::CreateFunction function;
  function.or_replace = context->K_REPLACE() != nullptr;
  function.name = Build(context->qualifiedName());
  for (auto* entry : context->functionParameter()) {
    ast::FunctionParameter parameter;
    if (auto* name = entry->identifier()) parameter.name = Name(name);
    parameter.type = Build(entry->typeName());
    parameter.variadic = entry->K_VARIADIC() != nullptr;
    parameter.default_value = Optional(entry->expression());
    function.parameters.push_back(std::move(parameter));
  }
  if (auto* type = context->typeName()) {
    function.returns = Build(type);
  } else {
    function.returns_table = Build(context->columnTypeList());
  }
  for (auto* part : context->functionPart()) AddPart(function, part);
  return function;
}

void AstBuilder::AddPart(ast::CreateFunction& function, P::FunctionPartContext* context) {
  using Volatility = ast::CreateFunction::Volatility;
  if (context->K_LANGUAGE()) {
    function.language =
        context->STRING() ? FoldCase(String(context->STRING())) : Name(context->identifier()).text;
  } else if (context->K_AS()) {
    function.body = String(context->STRING());
  } else if (auto* result = context->expression()) {
    function.result = Build(result);
  } else if (context->K_IMMUTABLE()) {
    function.volatility = Volatility::kImmutable;
  } else if (context->K_STABLE()) {
    function.volatility = Volatility::kStable;
  } else if (context->K_VOLATILE()) {
    function.volatility = Volatility::kVolatile;
  } else {
    function.strict = context->K_CALLED() == nullptr;
  }
}

ast::Drop AstBuilder::Build(P::DropContext* context) {
  ast::Drop drop;
  drop.kind = Build(context->objectKind());
  drop.concurrently = context->K_CONCURRENTLY() != nullptr;
  drop.if_exists = context->K_EXISTS() != nullptr;
  for (auto* name : context->droppedName()) drop.names.push_back(Build(name));
  drop.behavior = Build(context->behavior());
  return drop;
}

ast::ObjectName AstBuilder::Build(P::DroppedNameContext* context) {
  ast::ObjectName name{Build(context->qualifiedName()), std::nullopt};
  if (context->LEFT_PAREN()) name.signature = Types(context->typeName());
  return name;
}

ast::Comment AstBuilder::Build(P::CommentContext* context) {
  ast::Comment comment;
  auto* kind = context->objectKind();
  comment.kind = kind ? Build(kind) : ast::ObjectKind::kColumn;
  comment.name = Build(context->droppedName());
  if (auto* text = context->STRING()) comment.text = String(text);
  return comment;
}

}  // namespace riverrun::parser
