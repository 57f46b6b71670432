#include "tests/executor/functions/function_cases.h"

#include <gtest/gtest.h>

#include <fstream>

#include "executor/expressions/evaluator.h"
#include "executor/functions/call_resolution.h"
#include "types/text/text_format.h"

namespace riverrun::executor {
namespace {

std::string Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    const char c = text[++i];
    out.push_back(c == 'n' ? '\n' : c == 't' ? '\t' : c);
  }
  return out;
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (size_t tab; (tab = line.find('\t')) != std::string_view::npos;) {
    fields.push_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.push_back(line);
  return fields;
}

Value ParseArgument(std::string_view field) {
  const size_t colon = field.find(':');
  const std::string_view name = field.substr(0, colon);
  const std::string_view text = field.substr(colon + 1);
  if (name == "unknown") return Value();
  const Type type = TypeByName(name).value();
  return text == "\\N" ? Value::Null(type) : Value::Of(type, Unescaped(text));
}

// Each argument as a constant, or as a column whose middle row of three is the value.
ExpressionRef Bind(const ResolvedCall& call, const std::vector<Value>& args, bool constants,
                   Batch& batch) {
  std::vector<ExpressionRef> bound;
  for (size_t i = 0; i < args.size(); ++i) {
    ExpressionRef arg = Make(Constant{args[i]});
    if (!constants && args[i].type().kind != TypeKind::kNull) {
      ColumnBuilder builder(args[i].type());
      builder.AppendNull();
      builder.AppendFrom(args[i].column(), 0);
      builder.AppendNull();
      arg = Make(ColumnRef{static_cast<uint32_t>(batch.columns.size()), args[i].type()});
      batch.columns.push_back(builder.Finish());
    }
    if (NeedsCast(args[i].type(), call.arg_types[i])) {
      const auto cast = FindCast(BuiltinFunctions(), args[i].type(), call.arg_types[i],
                                 CastContext::kImplicit);
      CHECK(cast.has_value(), "no implicit cast to " + TypeName(call.arg_types[i]));
      if (cast->function != nullptr) arg = Make(Call{cast->function, {arg}, cast->to});
    }
    bound.push_back(std::move(arg));
  }
  return Make(Call{call.function, std::move(bound), call.result});
}

}  // namespace

std::vector<FunctionCase> ReadCases(const std::string& file) {
  std::ifstream in("tests/executor/functions/" + file);
  CHECK(in.good(), file);
  std::vector<FunctionCase> cases;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.starts_with("# ")) continue;
    const std::vector<std::string_view> fields = Fields(line);
    CHECK(fields.size() >= 3 && fields[fields.size() - 2] == "=>", file + ": " + line);
    FunctionCase found{number, std::string(fields.front()), {}, {}};
    for (size_t i = 1; i + 2 < fields.size(); ++i) found.args.push_back(ParseArgument(fields[i]));
    found.expected = fields.back() == "\\N" ? "NULL" : Unescaped(fields.back());
    cases.push_back(std::move(found));
  }
  return cases;
}

std::string CallFunction(std::string_view function, const std::vector<Value>& args,
                         bool constants, const Settings& settings, Micros now) {
  std::vector<Type> types;
  for (const Value& arg : args) types.push_back(arg.type());
  const Result<ResolvedCall> call = ResolveCall(BuiltinFunctions(), function, types);
  if (!call) return ToString(call.error());
  Batch batch;
  batch.rows = 3;
  const uint16_t middle[] = {1};
  batch.selection = MakeSelection(middle, 3);
  const ExpressionRef expression = Bind(*call, args, constants, batch);
  Evaluator evaluator(*expression, settings);
  ErrorLane errors;
  const EvalContext context{.epoch = {1, now}, .settings = &settings};
  const Column result = evaluator.Evaluate(batch, context, errors);
  if (const Error* error = FindError(errors, 1)) {
    CHECK(MayFail(*expression), "a function failed that is said never to: " + call->function->text);
    return ToString(*error);
  }
  CHECK(errors.empty(), "a row that does not count failed");
  return result.IsNull(1) ? "NULL" : TextWriter(settings).ToText(result, 1);
}

std::set<std::string> CalledIn(const std::string& file) {
  std::set<std::string> called;
  for (const FunctionCase& c : ReadCases(file)) {
    std::vector<Type> types;
    for (const Value& arg : c.args) types.push_back(arg.type());
    const Result<ResolvedCall> call = ResolveCall(BuiltinFunctions(), c.function, types);
    if (call) called.insert(call->function->text);
  }
  return called;
}

void ExpectCases(const std::string& file) {
  for (const FunctionCase& c : ReadCases(file)) {
    for (const bool constants : {true, false}) {
      EXPECT_EQ(CallFunction(c.function, c.args, constants), c.expected)
          << file << ":" << c.line << ": " << c.function
          << (constants ? " of constants" : " of columns");
    }
  }
}

}  // namespace riverrun::executor
