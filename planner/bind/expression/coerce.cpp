#include "planner/bind/expression/coerce.h"

#include <algorithm>

#include "executor/expressions/evaluator.h"

namespace riverrun::planner {
namespace {

using executor::Call;
using executor::CastPath;
using executor::FindCast;
using executor::Make;

bool IsOperatorName(std::string_view name) {
  const char first = name.front();
  return first != '_' && !(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z') &&
         static_cast<unsigned char>(first) < 0x80;
}

// Reads a literal as a value of a type. Lengths of strings are applied by a cast afterwards, which
// cuts or refuses, as the context has it.
Value ReadLiteral(const BindState& state, const Value& literal, const Type& type,
                  Position position) {
  if (literal.IsNull()) return Value::Null(type);
  Result<Value> value = Value::Parse(type, literal.bytes(), state.context().settings, state.Now());
  if (!value) Throw(value.error(), position);
  return *std::move(value);
}

Type WithoutLength(Type type) {
  if (type.kind == TypeKind::kText) type.typmod = -1;
  return type;
}

// What a literal is read as before the cast that applies a length. A cast of an array cuts its
// strings, so an assignment reads them with their length.
Type ReadAs(const Type& to, CastContext context) {
  if (to.kind != TypeKind::kArray || context != CastContext::kExplicit) return WithoutLength(to);
  return Type::Array(WithoutLength(to.element()));
}

// A parameter without a type takes that of its place.
Bound TypedParameter(BindState& state, const Bound& bound, const Type& to) {
  const uint32_t number = *bound.parameter;
  Type type = WithoutLength(to);
  state.SetParameterType(number, type);
  type = *state.ParameterType(number);
  const Value* given = state.ParameterValue(number);
  if (given == nullptr) return {ConstantValue(Value::Null(type)), bound.position};
  const Bound untyped{ConstantValue(*given), bound.position};
  if (!untyped.IsUnknown()) return untyped;
  return {ConstantValue(ReadLiteral(state, *given, type, bound.position)), bound.position};
}

void CheckVolatility(const BindState& state, const executor::Function& function,
                     std::string_view what, Position position) {
  if (state.mode() == QueryMode::kOneShot) return;
  if (function.options.volatility == executor::Volatility::kVolatile) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "the volatile " + std::string(what) + " is not supported in a continuous query",
                   position)
        .WithDetail("A row that is taken back could not be computed again.");
  }
  if (function.options.reads_clock) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "the " + std::string(what) + " is not supported yet in a continuous query",
                   position)
        .WithDetail("Its result changes although no input does.");
  }
}

// Arrays are cast element by element.
void CheckCast(const BindState& state, const executor::Function& function, const Type& from,
               const Type& to, Position position) {
  CheckVolatility(state, function, "cast from " + TypeText(from) + " to " + TypeText(to), position);
  if (from.kind != TypeKind::kArray || to.kind != TypeKind::kArray) return;
  const std::optional<CastPath> element =
      FindCast(state.functions(), from.element(), to.element(), CastContext::kExplicit);
  if (!element || element->function == nullptr) return;
  CheckCast(state, *element->function, from.element(), to.element(), position);
}

std::optional<ExpressionRef> CastKnown(BindState& state, const Bound& bound, const Type& to,
                                       CastContext context) {
  const Type& from = bound.type();
  if (from == to) return bound.expression;
  std::optional<CastPath> path = FindCast(state.functions(), from, to, context);
  if (!path) return std::nullopt;
  // The same value under another name is still a call: every node has its own type.
  if (path->function == nullptr)
    path = FindCast(state.functions(), from, to, CastContext::kExplicit);
  if (!path || path->function == nullptr) return std::nullopt;
  CheckCast(state, *path->function, from, to, bound.position);
  return Make(Call{path->function, {bound.expression}, to});
}

}  // namespace

std::string TypeText(const Type& type) {
  if (type.kind == TypeKind::kArray) return TypeText(type.element()) + "[]";
  Type plain = type.kind == TypeKind::kDecimal ? Type::Numeric() : type;
  plain.typmod = -1;
  return TypeName(plain);
}

std::optional<ExpressionRef> TryCoerce(BindState& state, const Bound& bound, const Type& to,
                                       CastContext context) {
  if (to.oid == oid::kUnknown) return bound.expression;
  if (bound.parameter) {
    return CastKnown(state, TypedParameter(state, bound, to), to, context);
  }
  if (!bound.IsUnknown()) return CastKnown(state, bound, to, context);
  const Value* literal = AsConstant(*bound.expression);
  CHECK(literal != nullptr, "only a literal has no type");
  const Type type = ReadAs(to, context);
  const Bound known{ConstantValue(ReadLiteral(state, *literal, type, bound.position)),
                    bound.position};
  if (literal->IsNull()) return ConstantValue(Value::Null(to));
  return CastKnown(state, known, to, context);
}

Bound CastTo(BindState& state, const Bound& bound, const Type& to, Position position) {
  std::optional<ExpressionRef> cast = TryCoerce(state, bound, to, CastContext::kExplicit);
  if (!cast) {
    throw SqlError(sqlstate::kCannotCoerce,
                   "cannot cast type " + TypeText(bound.type()) + " to " + TypeText(to), position);
  }
  return {std::move(*cast), bound.position};
}

ExpressionRef AssignTo(BindState& state, const Bound& bound, const Type& to,
                       std::string_view column) {
  std::optional<ExpressionRef> cast = TryCoerce(state, bound, to, CastContext::kAssignment);
  if (!cast) {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   "column \"" + std::string(column) + "\" is of type " + TypeText(to) +
                       " but expression is of type " + TypeText(bound.type()),
                   bound.position)
        .WithHint("You will need to rewrite or cast the expression.");
  }
  return std::move(*cast);
}

ExpressionRef AsBoolean(BindState& state, const Bound& bound, std::string_view what) {
  std::optional<ExpressionRef> cast = TryCoerce(state, bound, Type::Bool(), CastContext::kImplicit);
  if (!cast) {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   "argument of " + std::string(what) + " must be type boolean, not type " +
                       TypeText(bound.type()),
                   bound.position);
  }
  return std::move(*cast);
}

Bound AsKnown(BindState& state, const Bound& bound) {
  if (!bound.IsUnknown()) return bound;
  return {*TryCoerce(state, bound, Type::Text(), CastContext::kExplicit), bound.position};
}

Type CommonTypeOf(BindState& state, std::span<const Bound> bounds, std::string_view what) {
  std::vector<Type> types;
  std::optional<Type> before;
  for (const Bound& bound : bounds) {
    types.push_back(bound.type());
    std::optional<Type> common = executor::CommonType(state.functions(), types);
    if (!common) {
      throw SqlError(sqlstate::kDatatypeMismatch,
                     std::string(what) + " types " + TypeText(*before) + " and " +
                         TypeText(bound.type()) + " cannot be matched",
                     bound.position);
    }
    before = std::move(common);
  }
  Type type = before.value_or(Type::Text());
  // A number keeps the digits behind its point, as in PostgreSQL: 1 and 2.50 stay so. Where the
  // scales differ, each row has its own.
  const bool one_scale = std::ranges::all_of(types, [&](const Type& other) {
    return other.kind == TypeKind::kDecimal && other.scale == type.scale;
  });
  if (type.kind == TypeKind::kDecimal && !one_scale) type = Type::Numeric();
  return type;
}

std::vector<ExpressionRef> AsCommonType(BindState& state, std::span<const Bound> bounds,
                                        std::string_view what, Type& type) {
  type = CommonTypeOf(state, bounds, what);
  std::vector<ExpressionRef> out;
  for (const Bound& bound : bounds) {
    std::optional<ExpressionRef> cast = TryCoerce(state, bound, type, CastContext::kImplicit);
    if (!cast) {
      throw SqlError(sqlstate::kCannotCoerce,
                     std::string(what) + " could not convert type " + TypeText(bound.type()) +
                         " to " + TypeText(type),
                     bound.position);
    }
    out.push_back(std::move(*cast));
  }
  return out;
}

ResolvedArguments ResolveByName(BindState& state, std::string_view name,
                                const std::vector<Bound>& args, Position position) {
  std::vector<Type> types;
  for (const Bound& arg : args) types.push_back(arg.type());
  const Result<executor::ResolvedCall> call = executor::ResolveCall(state.functions(), name, types);
  if (!call) {
    SqlError error(call.error().sqlstate, call.error().text, position);
    const bool is_operator = IsOperatorName(name);
    if (error.error.sqlstate == sqlstate::kAmbiguousFunction) {
      error.hint = "Could not choose a best candidate " +
                   std::string(is_operator ? "operator" : "function") +
                   ". You might need to add explicit type casts.";
    } else if (is_operator && args.size() == 1) {
      error.hint =
          "No operator matches the given name and argument type. You might need to add an "
          "explicit type cast.";
    } else if (is_operator) {
      error.hint =
          "No operator matches the given name and argument types. You might need to add explicit "
          "type casts.";
    } else {
      error.hint =
          "No function matches the given name and argument types. You might need to add explicit "
          "type casts.";
      const bool known = !state.functions().Candidates(name).empty();
      const auto nearest = known ? std::nullopt : state.functions().NearestName(name);
      if (nearest && !IsOperatorName(*nearest))
        error.hint = "Perhaps you meant \"" + *nearest + "\".";
    }
    throw error;
  }
  ResolvedArguments out{call->function, {}, call->result};
  for (size_t i = 0; i < args.size(); ++i) {
    const Type& wanted = call->arg_types[i];
    if (!args[i].IsUnknown() && !executor::NeedsCast(args[i].type(), wanted)) {
      out.args.push_back(args[i].expression);
      continue;
    }
    std::optional<ExpressionRef> cast = TryCoerce(state, args[i], wanted, CastContext::kImplicit);
    CHECK(cast.has_value(), "overload resolution chose a cast that does not exist");
    out.args.push_back(std::move(*cast));
  }
  return out;
}

Bound CallByName(BindState& state, std::string_view name, std::vector<Bound> args,
                 Position position) {
  ResolvedArguments call = ResolveByName(state, name, args, position);
  const executor::Function& function = *call.function;
  CheckVolatility(state, function, "function " + function.signature.name, position);
  return {Make(Call{&function, std::move(call.args), call.result}), position};
}

Value EvaluateConstant(const BindState& state, const ExpressionRef& expression, Position position) {
  if (const Value* constant = AsConstant(*expression)) return *constant;
  const BindContext& context = state.context();
  const executor::EvalContext evaluation{
      .epoch = {.epoch = 0, .now = context.now}, .settings = &context.settings, .budget = nullptr};
  executor::Evaluator evaluator(*expression, context.settings);
  Batch one_row;
  one_row.rows = 1;
  ErrorLane errors;
  const Column column = evaluator.Evaluate(one_row, evaluation, errors);
  if (!errors.empty()) Throw(errors.front().error, position);
  return Value::From(column, 0);
}

}  // namespace riverrun::planner
