// COPY, SUBSCRIBE, WAIT, EXPLAIN.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

ast::Option Flag(std::string key, ast::Span span) { return {std::move(key), std::nullopt, span}; }

ast::Option Setting(std::string key, ast::OptionValue::Kind kind, std::string text,
                    ast::Span span) {
  return {std::move(key), ast::OptionValue{kind, std::move(text), {}, span}, span};
}

}  // namespace

ast::Subscribe AstBuilder::Build(P::SubscribeContext* context) {
  ast::Subscribe subscribe;
  if (auto* query = context->query()) {
    subscribe.query = Build(query);
  } else {
    subscribe.relation = Build(context->qualifiedName());
  }
  if (auto* token = context->STRING()) subscribe.as_of = String(token);
  subscribe.options = Build(context->withOptions());
  return subscribe;
}

ast::Copy AstBuilder::Build(P::CopyContext* context) {
  using Target = ast::Copy::Target;
  ast::Copy copy;
  copy.from = context->direction == nullptr;
  if (auto* source = context->copySource()) {
    if (auto* name = source->qualifiedName()) {
      copy.relation = Build(name);
      copy.columns = Names(source->nameList());
    } else {
      copy.statement = InnerStatement(source);
      if (copy.from) RefuseAt(SpanOf(context->K_FROM()));
    }
  } else {
    copy.relation = Build(context->qualifiedName());
    copy.columns = Names(context->nameList());
    copy.options.push_back(
        Setting("format", ast::OptionValue::Kind::kWord, "binary", SpanOf(context->K_BINARY())));
  }
  auto* target = context->copyTarget();
  if (auto* path = target->STRING()) {
    copy.target = target->K_PROGRAM() ? Target::kProgram : Target::kFile;
    copy.path = String(path);
  } else {
    // As in PostgreSQL, the direction decides whatever of the two words is written.
    copy.target = copy.from ? Target::kStdin : Target::kStdout;
  }
  if (auto* options = context->copyOptions()) {
    for (ast::Option& option : Build(options)) copy.options.push_back(std::move(option));
  }
  copy.where = Optional(context->expression());
  return copy;
}

std::vector<ast::Option> AstBuilder::Build(P::CopyOptionsContext* context) const {
  using Kind = ast::OptionValue::Kind;
  if (!context->genericOption().empty()) return Options(context->genericOption());
  std::vector<ast::Option> options;
  for (auto* word : context->copyWord()) {
    const ast::Span span = SpanOf(word);
    const std::string key = FoldCase(Text(SpanOf(word->getStart())));
    if (word->K_BINARY() || word->K_CSV()) {
      options.push_back(Setting("format", Kind::kWord, key, span));
    } else if (auto* value = word->STRING()) {
      options.push_back(Setting(key, Kind::kString, String(value), span));
    } else {
      options.push_back(Flag(key, span));
    }
  }
  return options;
}

ast::WaitFor AstBuilder::Build(P::WaitForContext* context) const {
  ast::WaitFor wait;
  wait.stream = Build(context->qualifiedName());
  if (context->K_PARTITION()) wait.partition = Integer(context->INTEGER(0));
  wait.offset = Integer(context->INTEGER().back());
  return wait;
}

ast::Explain AstBuilder::Build(P::ExplainContext* context) {
  ast::Explain explain;
  explain.options = Options(context->genericOption());
  if (context->K_ANALYZE())
    explain.options.push_back(Flag("analyze", SpanOf(context->K_ANALYZE())));
  if (context->K_VERBOSE())
    explain.options.push_back(Flag("verbose", SpanOf(context->K_VERBOSE())));
  auto* target = context->explained();
  if (auto* name = target->qualifiedName()) {
    explain.relation = Build(name);
    if (target->K_SINK()) explain.relation_kind = ast::ObjectKind::kSink;
    if (target->K_VIEW()) {
      explain.relation_kind =
          target->K_MATERIALIZED() ? ast::ObjectKind::kMaterializedView : ast::ObjectKind::kView;
    }
  } else {
    explain.statement = InnerStatement(target);
  }
  return explain;
}

}  // namespace riverrun::parser
