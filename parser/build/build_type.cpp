// Types, literals and the spellings of intervals.
#include <utility>

#include "parser/build/ast_builder.h"
#include "parser/literal.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

ast::QualifiedName OneName(std::string name, ast::Span span) {
  return {{ast::Identifier{std::move(name), false, span}}, span};
}

ast::Expression Number(int64_t value, ast::Span span) {
  return {ast::NumberLiteral{std::to_string(value)}, span};
}

/// The unit without its plural s.
std::string Singular(std::string unit) {
  if (unit.ends_with('s')) unit.pop_back();
  return unit;
}

/// Whether PostgreSQL knows the unit as a field of the interval type.
bool IsIntervalField(std::string_view unit) {
  return unit == "year" || unit == "month" || unit == "day" || unit == "hour" || unit == "minute" ||
         unit == "second";
}

}  // namespace

ast::TypeName AstBuilder::Build(P::TypeNameContext* context) {
  ast::TypeName type = TypeWithoutArray(context->baseType());
  type.span = SpanOf(context);
  type.set_of = context->K_SETOF() != nullptr;
  for (auto* bound : context->arrayBound()) {
    type.dimensions.emplace_back();
    if (auto* size = bound->INTEGER()) type.dimensions.back() = Integer(size);
  }
  if (context->K_ARRAY() && type.dimensions.empty()) type.dimensions.emplace_back();
  return type;
}

ast::TypeName AstBuilder::SimpleType(std::string name, P::ModifiersContext* modifiers,
                                     ast::Span span) {
  ast::TypeName type;
  type.name = OneName(std::move(name), span);
  type.span = span;
  if (modifiers) type.modifiers = Build(modifiers->expressionList());
  return type;
}

ast::TypeName AstBuilder::TypeWithoutArray(P::BaseTypeContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* character = context->characterType()) return Build(character);
  if (auto* temporal = context->temporalType()) return Build(temporal);
  if (auto* word = context->plainTypeWord()) {
    return SimpleType(Words(word), context->modifiers(), span);
  }
  if (auto* name = context->functionName()) {
    ast::TypeName type = SimpleType("", context->modifiers(), span);
    type.name = Build(name);
    return type;
  }
  if (context->K_DOUBLE()) return SimpleType("float8", nullptr, span);
  if (context->K_BIT()) {
    return SimpleType(context->K_VARYING() ? "varbit" : "bit", context->modifiers(), span);
  }
  ast::TypeName type = SimpleType("interval", context->modifiers(), span);
  SetIntervalFields(type, context->intervalFields());
  if (!type.interval_fields.empty()) {
    for (auto* unit : context->intervalFields()->intervalUnit()) {
      if (!IsIntervalField(Words(unit))) RefuseAt(SpanOf(unit));
    }
  }
  return type;
}

ast::TypeName AstBuilder::Build(P::CharacterTypeContext* context) {
  const ast::Span span = SpanOf(context);
  if (context->K_VARYING()) return SimpleType("varchar", context->modifiers(), span);
  ast::TypeName type = SimpleType("bpchar", context->modifiers(), span);
  if (type.modifiers.empty()) type.modifiers.push_back(Number(1, span));
  return type;
}

ast::TypeName AstBuilder::Build(P::TemporalTypeContext* context) {
  std::string name = context->K_TIMESTAMP() ? "timestamp" : "time";
  if (context->K_WITH()) name += "tz";
  return SimpleType(std::move(name), context->modifiers(), SpanOf(context));
}

ast::TypeName AstBuilder::Build(P::LiteralTypeContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* character = context->characterType()) return Build(character);
  if (auto* temporal = context->temporalType()) return Build(temporal);
  if (auto* word = context->plainTypeWord()) {
    return SimpleType(Words(word), context->modifiers(), span);
  }
  if (auto* name = context->functionName()) {
    ast::TypeName type = SimpleType("", nullptr, span);
    type.name = Build(name);
    return type;
  }
  if (context->K_DOUBLE()) return SimpleType("float8", nullptr, span);
  return SimpleType(context->K_VARYING() ? "varbit" : "bit", context->modifiers(), span);
}

// The precision in SECOND(p) is the modifier of the whole type.
void AstBuilder::SetIntervalFields(ast::TypeName& type, P::IntervalFieldsContext* fields) const {
  if (!fields) return;
  const auto units = fields->intervalUnit();
  type.interval_fields = Singular(Words(units[0]));
  if (units.size() > 1) type.interval_fields += " to " + Singular(Words(units[1]));
  if (!fields->INTEGER().empty()) {
    Leaf* precision = fields->INTEGER().back();
    if (Singular(Words(units.back())) != "second" || fields->INTEGER().size() > 1) {
      RefuseAt(SpanOf(precision));
    }
    type.modifiers.push_back(Number(Integer(precision), SpanOf(precision)));
  }
}

ast::Expression AstBuilder::IntervalText(std::string text, ast::Span span) const {
  ast::TypeName type;
  type.name = OneName("interval", span);
  type.span = span;
  return {ast::Cast{ast::Expression{ast::StringLiteral{std::move(text)}, span}, std::move(type)},
          span};
}

// INTERVAL '1' WEEK and INTERVAL 5 MINUTES are not PostgreSQL's, but there is only one thing they
// can mean: the unit moves into the text.
ast::Expression AstBuilder::IntervalLiteral(P::LiteralContext* context) {
  const ast::Span span = SpanOf(context);
  if (auto* number = context->number()) {
    return IntervalText(
        std::string(Text(SpanOf(number))) + " " + Singular(Words(context->intervalUnit())), span);
  }
  ast::Expression interval = IntervalText(String(context->STRING()), span);
  ast::TypeName& type = *std::get<ast::Cast>(interval.node).type;
  if (context->modifiers()) type.modifiers = Build(context->modifiers()->expressionList());
  if (auto* fields = context->intervalFields()) {
    SetIntervalFields(type, fields);
    if (fields->intervalUnit().size() == 1 && !IsIntervalField(type.interval_fields)) {
      return IntervalText(String(context->STRING()) + " " + type.interval_fields, span);
    }
    for (auto* unit : fields->intervalUnit()) {
      if (!IsIntervalField(Singular(Words(unit)))) RefuseAt(SpanOf(unit));
    }
  }
  return interval;
}

ast::Expression AstBuilder::Build(P::LiteralContext* context) {
  const ast::Span span = SpanOf(context);
  if (context->K_INTERVAL()) return IntervalLiteral(context);
  if (auto* type = context->literalType()) {
    ast::Expression text{ast::StringLiteral{String(context->STRING())}, SpanOf(context->STRING())};
    return {ast::Cast{std::move(text), Build(type)}, span};
  }
  if (context->INTEGER() || context->DECIMAL()) {
    return {ast::NumberLiteral{std::string(Text(span))}, span};
  }
  if (auto* text = context->STRING()) return {ast::StringLiteral{String(text)}, span};
  if (context->K_NULL()) return {ast::NullLiteral{}, span};
  if (context->K_TRUE() || context->K_FALSE()) {
    return {ast::BooleanLiteral{context->K_TRUE() != nullptr}, span};
  }
  const std::string_view text = Text(span);
  if (context->PARAMETER()) {
    constexpr size_t kDigitsMax = 6;
    if (text.size() - 1 > kDigitsMax) {
      throw SqlError(sqlstate::kSyntaxError, "parameter number is too large", span.begin);
    }
    return {ast::Parameter{static_cast<uint32_t>(std::stoul(std::string(text.substr(1))))}, span};
  }
  const bool hex = text[0] == 'x' || text[0] == 'X';
  return {ast::Box<ast::BitStringLiteral>(
              ast::BitStringLiteral{DecodeBitString(text, span.begin), hex}),
          span};
}

ast::Expression AstBuilder::Build(P::TimeSpanContext* context) {
  if (auto* value = context->expression()) return Build(value);
  return IntervalText(
      std::string(Text(SpanOf(context->number()))) + " " + Singular(Words(context->intervalUnit())),
      SpanOf(context));
}

std::vector<ast::ColumnType> AstBuilder::Build(P::ColumnTypeListContext* context) {
  std::vector<ast::ColumnType> columns;
  for (auto* column : context->columnType()) {
    columns.push_back({Name(column->identifier()), Build(column->typeName())});
  }
  return columns;
}

std::vector<ast::TypeName> AstBuilder::Types(const Rules<P::TypeNameContext>& contexts) {
  std::vector<ast::TypeName> types;
  for (auto* context : contexts) types.push_back(Build(context));
  return types;
}

}  // namespace riverrun::parser
