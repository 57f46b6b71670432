#include "executor/expressions/build_expression.h"

namespace riverrun::executor {
namespace {

std::string PlainName(Type type) {
  if (type.kind == TypeKind::kDecimal) type = Type::Numeric();
  type.typmod = -1;
  return TypeName(type);
}

ExpressionRef Apply(const CastPath& path, ExpressionRef arg) {
  // A bare NULL, and whatever else has no type of its own, is a NULL of the type wanted.
  if (TypeOf(*arg).kind == TypeKind::kNull) return Make(Constant{Value::Null(path.to)});
  if (path.function == nullptr) return arg;
  return Make(Call{path.function, {std::move(arg)}, path.to});
}

}  // namespace

ExpressionRef CastArgument(const FunctionRegistry& registry, ExpressionRef arg, const Type& to) {
  const Type from = TypeOf(*arg);
  const bool is_unknown = from.oid == oid::kUnknown;
  if (!is_unknown && !NeedsCast(from, to)) return arg;
  const std::optional<CastPath> path = FindCast(registry, from, to, CastContext::kImplicit);
  CHECK(path.has_value(), "no implicit cast of an argument: " + TypeName(from) + " to " +
                              TypeName(to));
  return Apply(*path, std::move(arg));
}

Result<ExpressionRef> BuildCall(const FunctionRegistry& registry, std::string_view name,
                                std::vector<ExpressionRef> args) {
  std::vector<Type> types;
  for (const ExpressionRef& arg : args) types.push_back(TypeOf(*arg));
  Result<ResolvedCall> call = ResolveCall(registry, name, types);
  if (!call) return std::unexpected(std::move(call.error()));
  if (call->function->kind != FunctionKind::kScalar) {
    return Fail(sqlstate::kWrongObjectType, call->function->text + " is not a scalar function");
  }
  for (size_t i = 0; i < args.size(); ++i) {
    args[i] = CastArgument(registry, std::move(args[i]), call->arg_types[i]);
  }
  return Make(Call{call->function, std::move(args), call->result});
}

Result<ExpressionRef> BuildCast(const FunctionRegistry& registry, ExpressionRef arg, const Type& to,
                                CastContext context) {
  const Type from = TypeOf(*arg);
  if (from == to) return arg;
  const std::optional<CastPath> path = FindCast(registry, from, to, context);
  if (!path) {
    return Fail(sqlstate::kCannotCoerce,
                "cannot cast type " + PlainName(from) + " to " + PlainName(to));
  }
  return Apply(*path, std::move(arg));
}

}  // namespace riverrun::executor
