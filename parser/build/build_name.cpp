// Names, tokens, options.
#include <charconv>

#include "parser/build/ast_builder.h"
#include "parser/literal.h"
#include "types/error.h"

namespace riverrun::parser {

AstBuilder::DepthGuard::DepthGuard(AstBuilder& builder, Rule* rule) : depth_(builder.depth_) {
  if (depth_ >= kTreeDepthMax) {
    throw SqlError(sqlstate::kStatementTooComplex,
                   "expression is more than " + std::to_string(kTreeDepthMax) + " operations deep",
                   SpanOf(rule).begin);
  }
  ++depth_;
}

ast::Span AstBuilder::SpanOf(antlr4::Token* token) {
  return {static_cast<uint32_t>(token->getStartIndex()),
          static_cast<uint32_t>(token->getStopIndex() + 1)};
}

ast::Span AstBuilder::SpanOf(Leaf* leaf) { return SpanOf(leaf->getSymbol()); }

ast::Span AstBuilder::SpanOf(Rule* rule) {
  const ast::Span first = SpanOf(rule->getStart());
  // An empty rule stops before it starts.
  if (!rule->getStop() || rule->getStop()->getTokenIndex() < rule->getStart()->getTokenIndex()) {
    return {first.begin, first.begin};
  }
  return Join(first, SpanOf(rule->getStop()));
}

std::string AstBuilder::Words(Rule* rule) const {
  std::string words;
  for (antlr4::tree::ParseTree* child : rule->children) {
    if (!words.empty()) words += ' ';
    auto* leaf = dynamic_cast<Leaf*>(child);
    words += leaf ? FoldCase(Text(SpanOf(leaf))) : Words(dynamic_cast<Rule*>(child));
  }
  return words;
}

std::string AstBuilder::String(Leaf* leaf) const {
  const ast::Span span = SpanOf(leaf);
  return DecodeString(Text(span), span.begin);
}

ast::Identifier AstBuilder::Name(Rule* rule) const {
  const ast::Span span = SpanOf(rule);
  const std::string_view text = Text(span);
  return {DecodeIdentifier(text, span.begin), text.ends_with('"') || text.starts_with('"'), span};
}

ast::QualifiedName AstBuilder::Build(P::QualifiedNameContext* context) const {
  ast::QualifiedName name;
  name.span = SpanOf(context);
  name.parts.push_back(Name(context->identifier()));
  for (auto* part : context->anyName()) name.parts.push_back(Name(part));
  return name;
}

ast::QualifiedName AstBuilder::Build(P::FunctionNameContext* context) const {
  ast::QualifiedName name;
  name.span = SpanOf(context);
  name.parts.push_back(Name(context->typeOrFunctionName()));
  for (auto* part : context->anyName()) name.parts.push_back(Name(part));
  return name;
}

std::vector<ast::Identifier> AstBuilder::Names(P::NameListContext* context) const {
  std::vector<ast::Identifier> names;
  if (!context) return names;
  for (auto* name : context->identifier()) names.push_back(Name(name));
  return names;
}

int64_t AstBuilder::Integer(Leaf* leaf) const {
  const ast::Span span = SpanOf(leaf);
  const std::string_view text = Text(span);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw SqlError(sqlstate::kNumericValueOutOfRange,
                   "value \"" + std::string(text) + "\" is out of range for type bigint",
                   span.begin);
  }
  return value;
}

int64_t AstBuilder::Integer(P::SignedIntegerContext* context) const {
  const int64_t value = Integer(context->INTEGER());
  return context->MINUS() ? -value : value;
}

void AstBuilder::RefuseAt(ast::Span span) const {
  throw SqlError(sqlstate::kSyntaxError,
                 "syntax error at or near \"" + std::string(Text(span)) + "\"", span.begin);
}

void AstBuilder::Unsupported(std::string what, ast::Span span) const {
  throw SqlError(sqlstate::kFeatureNotSupported, what + " is not supported", span.begin);
}

std::string AstBuilder::OptionKey(P::OptionKeyContext* context) const {
  if (auto* text = context->STRING()) return String(text);
  std::string key;
  for (auto* part : context->anyName()) {
    if (!key.empty()) key += '.';
    key += Name(part).text;
  }
  return key;
}

ast::OptionValue AstBuilder::Build(P::OptionValueContext* context) const {
  using Kind = ast::OptionValue::Kind;
  ast::OptionValue value;
  value.span = SpanOf(context);
  if (context->K_INTERVAL()) {
    value.kind = Kind::kInterval;
    value.text = String(context->STRING());
    if (auto* fields = context->intervalFields()) value.text += " " + Words(fields);
  } else if (auto* text = context->STRING()) {
    value.text = String(text);
  } else if (auto* number = context->number()) {
    value.kind = Kind::kNumber;
    value.text = (context->MINUS() ? "-" : "") + std::string(Text(SpanOf(number)));
  } else if (context->K_SECRET()) {
    value.kind = Kind::kSecret;
    for (const ast::Identifier& part : Build(context->qualifiedName()).parts) {
      value.text += (value.text.empty() ? "" : ".") + QuoteIdentifier(part.text);
    }
  } else if (context->STAR()) {
    value.kind = Kind::kStar;
  } else if (auto* word = context->anyName()) {
    value.kind = Kind::kWord;
    const ast::Identifier name = Name(word);
    if (name.quoted) {
      throw SqlError(sqlstate::kSyntaxError,
                     "syntax error at or near \"" + std::string(Text(value.span)) + "\"",
                     value.span.begin)
          .WithHint("string constants are written in single quotes: " + QuoteString(name.text));
    }
    value.text = name.text;
  } else {
    value.kind = Kind::kList;
    for (auto* item : context->optionValue()) value.items.push_back(Build(item));
  }
  return value;
}

template <class Context>
std::vector<ast::Option> AstBuilder::Options(const Rules<Context>& contexts) const {
  std::vector<ast::Option> options;
  for (auto* context : contexts) {
    ast::Option option{OptionKey(context->optionKey()), std::nullopt, SpanOf(context)};
    if (auto* value = context->optionValue()) option.value = Build(value);
    options.push_back(std::move(option));
  }
  return options;
}

template std::vector<ast::Option> AstBuilder::Options(
    const Rules<P::AssignedOptionContext>& contexts) const;
template std::vector<ast::Option> AstBuilder::Options(
    const Rules<P::GenericOptionContext>& contexts) const;

std::vector<ast::Option> AstBuilder::Build(P::WithOptionsContext* context) const {
  if (!context) return {};
  return Options(context->assignedOption());
}

}  // namespace riverrun::parser
