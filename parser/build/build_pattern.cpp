// MATCH_RECOGNIZE.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

/// Bounds of a quantifier fit a signed 32-bit integer.
constexpr int64_t kRepetitionMax = 2147483647;

}  // namespace

ast::MatchRecognize AstBuilder::BuildMatch(P::MatchRecognizeContext* context, ast::TableRef input) {
  ast::MatchRecognize match;
  match.input = std::move(input);
  match.partition_by = Build(context->expressionList());
  const auto spans = context->timeSpan();
  size_t next = 0;
  if (context->K_INACTIVE()) match.inactive_after = Build(spans[next++]);
  if (context->K_WITHIN()) match.within = Build(spans[next]);
  if (auto* order = context->orderBy()) match.order_by = Build(order);
  for (auto* measure : context->measure()) {
    match.measures.push_back({Build(measure->expression()), Name(measure->anyName())});
  }
  if (auto* rows = context->rowsPerMatch()) AddRows(match, rows);
  if (auto* after = context->afterMatch()) match.after_match = Build(after);
  match.pattern = Build(context->pattern());
  for (auto* subset : context->subset()) {
    match.subsets.push_back({Name(subset->identifier()), Names(subset->nameList())});
  }
  for (auto* definition : context->definition()) {
    match.definitions.push_back({Name(definition->identifier()), Build(definition->expression())});
  }
  return match;
}

void AstBuilder::AddRows(ast::MatchRecognize& match, P::RowsPerMatchContext* context) const {
  using EmptyMatches = ast::MatchRecognize::EmptyMatches;
  match.all_rows = context->K_ALL() != nullptr;
  for (auto* option : context->matchRowOption()) {
    if (option->K_TIMEOUT()) {
      if (match.timeout_rows) RefuseAt(SpanOf(option));
      match.timeout_rows = true;
      continue;
    }
    if (match.empty_matches != EmptyMatches::kDefault || !match.all_rows) RefuseAt(SpanOf(option));
    match.empty_matches = option->K_SHOW()   ? EmptyMatches::kShow
                          : option->K_OMIT() ? EmptyMatches::kOmit
                                             : EmptyMatches::kWithUnmatched;
  }
}

ast::AfterMatch AstBuilder::Build(P::AfterMatchContext* context) const {
  using Kind = ast::AfterMatch::Kind;
  if (context->K_PAST()) return {Kind::kPastLastRow, {}};
  if (context->K_NEXT()) return {Kind::kToNextRow, {}};
  // SKIP TO v means its last row.
  const bool first = context->edge && context->edge->getType() == P::K_FIRST;
  return {first ? Kind::kToFirst : Kind::kToLast, Name(context->identifier())};
}

ast::Pattern AstBuilder::Build(P::PatternContext* context) {
  const auto options = context->patternSequence();
  if (options.size() == 1) return Build(options[0]);
  ast::PatternAlternation alternation;
  for (auto* option : options) alternation.options.push_back(Build(option));
  return {std::move(alternation), SpanOf(context)};
}

ast::Pattern AstBuilder::Build(P::PatternSequenceContext* context) {
  const auto parts = context->patternFactor();
  if (parts.size() == 1) return Build(parts[0]);
  ast::PatternSequence sequence;
  for (auto* part : parts) sequence.parts.push_back(Build(part));
  return {std::move(sequence), SpanOf(context)};
}

ast::Pattern AstBuilder::Build(P::PatternFactorContext* context) {
  ast::Pattern part = Build(context->patternPrimary());
  auto* quantifier = context->patternQuantifier();
  if (!quantifier) return part;
  const auto bound = [this](antlr4::Token* token) {
    const ast::Span span = SpanOf(token);
    const std::string digits(Text(span));
    const bool fits = digits.size() <= 10 && std::stoll(digits) <= kRepetitionMax;
    if (!fits) {
      throw SqlError(sqlstate::kSyntaxError, "bound of a pattern quantifier is too large",
                     span.begin);
    }
    return static_cast<uint32_t>(std::stoll(digits));
  };
  ast::PatternRepetition repetition;
  repetition.part = std::move(part);
  repetition.reluctant = quantifier->reluctant != nullptr;
  if (quantifier->exact) {
    repetition.least = bound(quantifier->exact);
    repetition.most = repetition.least;
  } else if (quantifier->LEFT_BRACE()) {
    if (quantifier->least) repetition.least = bound(quantifier->least);
    if (quantifier->most) repetition.most = bound(quantifier->most);
  } else if (quantifier->PLUS()) {
    repetition.least = 1;
  } else if (!quantifier->STAR()) {
    repetition.most = 1;
  }
  if (repetition.most && (*repetition.most < repetition.least || *repetition.most == 0)) {
    throw SqlError(
        sqlstate::kSyntaxError,
        "upper bound of a pattern quantifier must be at least 1 and not below the lower one",
        SpanOf(quantifier).begin);
  }
  return {std::move(repetition), SpanOf(context)};
}

ast::Pattern AstBuilder::Build(P::PatternPrimaryContext* context) {
  const ast::Span span = SpanOf(context);
  const auto parts = context->pattern();
  if (context->K_PERMUTE()) {
    ast::PatternPermutation permutation;
    for (auto* part : parts) permutation.parts.push_back(Build(part));
    return {std::move(permutation), span};
  }
  if (auto* name = context->identifier()) return {ast::PatternVariable{Name(name)}, span};
  if (context->EXCLUSION_OPEN()) return {ast::PatternExclusion{Build(parts[0])}, span};
  if (context->CARET()) return {ast::PatternAnchor{false}, span};
  if (context->DOLLAR()) return {ast::PatternAnchor{true}, span};
  if (parts.empty()) return {ast::PatternSequence{}, span};
  return Build(parts[0]);
}

}  // namespace riverrun::parser
