// Columns, operators, casts, subscripts; and what an expression may not be yet.
#include "planner/bind/expression/bind_type.h"
#include "planner/bind/expression/expression_binder.h"

namespace riverrun::planner {

std::string_view ClauseText(Clause clause) {
  switch (clause) {
    case Clause::kSelect:
      return "SELECT";
    case Clause::kWhere:
      return "WHERE";
    case Clause::kGroupBy:
      return "GROUP BY";
    case Clause::kHaving:
      return "HAVING";
    case Clause::kOrderBy:
      return "ORDER BY";
    case Clause::kFilter:
      return "FILTER";
    case Clause::kLimit:
      return "LIMIT";
    case Clause::kOffset:
      return "OFFSET";
    case Clause::kValues:
      return "VALUES";
    case Clause::kDefault:
      return "DEFAULT expressions";
    case Clause::kReturning:
      return "RETURNING";
    case Clause::kUpdate:
      return "UPDATE";
    case Clause::kOnConflict:
      return "ON CONFLICT";
    case Clause::kExecute:
      return "EXECUTE parameters";
    case Clause::kGenerated:
      return "column generation expressions";
    case Clause::kWindow:
      return "the arguments of a window";
    case Clause::kWatermark:
      return "WATERMARK";
  }
  return "";
}

Bound ExpressionBinder::Bind(const ast::Expression& expression) {
  return ast::Visit(expression, [&](const auto& node) { return BindNode(node, expression.span); });
}

Bound ExpressionBinder::BindNode(const ast::DefaultValue&, Span span) {
  throw SqlError(sqlstate::kSyntaxError, "DEFAULT is not allowed in this context", span.begin);
}

Bound ExpressionBinder::BindNode(const ast::ColumnReference& node, Span span) {
  if (clause_ == Clause::kDefault) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "cannot use column reference in DEFAULT expression", span.begin);
  }
  if (clause_ == Clause::kLimit || clause_ == Clause::kOffset) {
    throw SqlError(
        sqlstate::kInvalidColumnReference,
        "argument of " + std::string(ClauseText(clause_)) + " must not contain variables",
        span.begin);
  }
  const PlanColumn column = scope_.Find(node.name);
  ExpressionRef reference = ColumnValue(column.id, column.type);
  state_.NoteColumn(reference, span.begin);
  return {std::move(reference), span.begin};
}

Bound ExpressionBinder::BindNode(const ast::Star&, Span span) {
  throw SqlError(sqlstate::kSyntaxError, "a row expression with * is not valid here", span.begin);
}

Bound ExpressionBinder::BindNode(const ast::FieldSelection& node, Span span) {
  static_cast<void>(Bind(*node.base));
  NotYet("fields of composite values are", span.begin);
}

Bound ExpressionBinder::BindNode(const ast::Subscript& node, Span span) {
  const Bound base = Bind(*node.base);
  const bool array = base.type().kind == TypeKind::kArray;
  if (!array && base.type().kind != TypeKind::kJsonb) {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   "cannot subscript type " + TypeText(base.type()) +
                       " because it does not support subscripting",
                   span.begin);
  }
  if (!node.slice) {
    Bound index = Bind(*node.lower);
    if (array) {
      std::optional<ExpressionRef> number =
          TryCoerce(state_, index, Type::Int4(), CastContext::kAssignment);
      if (!number) {
        throw SqlError(sqlstate::kDatatypeMismatch, "array subscript must have type integer",
                       index.position);
      }
      index.expression = std::move(*number);
    }
    return CallByName(state_, "[]", {base, index}, span.begin);
  }
  if (!array) {
    throw SqlError(sqlstate::kFeatureNotSupported, "jsonb subscript does not support slices",
                   span.begin);
  }
  constexpr int32_t kLast = INT32_MAX;
  const auto bound_or = [&](const ast::Box<ast::Expression>& bound, int32_t otherwise) -> Bound {
    if (bound) return Bind(*bound);
    return {ConstantValue(Value::Int4(otherwise)), span.begin};
  };
  return CallByName(state_, "[:]", {base, bound_or(node.lower, 1), bound_or(node.upper, kLast)},
                    span.begin);
}

Bound ExpressionBinder::BindNode(const ast::UnaryOperation& node, Span span) {
  if (!node.op.schema.empty() && node.op.schema[0].text != "pg_catalog") {
    NotYet("operators of other schemas are", node.op.span.begin);
  }
  // The sign belongs to the number, so that -2147483648 is an integer.
  const auto* number = ast::As<ast::NumberLiteral>(*node.operand);
  if (number != nullptr && node.op.symbol == "-") return Number("-" + number->text, span.begin);
  return CallByName(state_, node.op.symbol, {Bind(*node.operand)}, node.op.span.begin);
}

Bound ExpressionBinder::BindNode(const ast::BinaryOperation& node, Span) {
  if (!node.op.schema.empty() && node.op.schema[0].text != "pg_catalog") {
    NotYet("operators of other schemas are", node.op.span.begin);
  }
  Bound left = Bind(*node.left);
  Bound right = Bind(*node.right);
  return CallByName(state_, node.op.symbol, {std::move(left), std::move(right)},
                    node.op.span.begin);
}

Bound ExpressionBinder::BindNode(const ast::Row&, Span span) {
  NotYet("row values are", span.begin);
}

Bound ExpressionBinder::BindNode(const ast::Cast& node, Span span) {
  const Type type = BindType(*node.type);
  const auto* array = ast::As<ast::ArrayLiteral>(*node.operand);
  if (array != nullptr && array->elements.empty() && type.kind == TypeKind::kArray) {
    return {ConstantValue(Value::Array(type.element(), {})), span.begin};
  }
  return CastTo(state_, Bind(*node.operand), type, span.begin);
}

// Text is compared bytewise, which is the collation "C"; others are named and refused.
Bound ExpressionBinder::BindNode(const ast::Collate& node, Span span) {
  const std::string& name = node.collation.Last().text;
  if (name != "C" && name != "POSIX" && name != "default" && name != "ucs_basic") {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "the collation \"" + name + "\" is not supported yet", node.collation.span.begin)
        .WithHint("Text is ordered bytewise, as the collation \"C\" does.");
  }
  const Bound operand = AsKnown(state_, Bind(*node.operand));
  if (executor::TypeCategory(operand.type()) != 'S') {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   "collations are not supported by type " + TypeText(operand.type()), span.begin);
  }
  return operand;
}

Bound ExpressionBinder::BindNode(const ast::InQuery&, Span span) {
  NotYet("IN with a subquery is", span.begin);
}
Bound ExpressionBinder::BindNode(const ast::Exists&, Span span) { NotYet("EXISTS is", span.begin); }
Bound ExpressionBinder::BindNode(const ast::ScalarSubquery&, Span span) {
  NotYet("subqueries in expressions are", span.begin);
}
Bound ExpressionBinder::BindNode(const ast::ArraySubquery&, Span span) {
  NotYet("ARRAY with a subquery is", span.begin);
}
Bound ExpressionBinder::BindNode(const ast::TableArgument&, Span span) {
  throw SqlError(sqlstate::kSyntaxError, "a TABLE argument is allowed in FROM only", span.begin);
}
Bound ExpressionBinder::BindNode(const ast::DescriptorArgument&, Span span) {
  throw SqlError(sqlstate::kSyntaxError, "a DESCRIPTOR argument is allowed in FROM only",
                 span.begin);
}
Bound ExpressionBinder::BindNode(const ast::ModelArgument&, Span span) {
  throw SqlError(sqlstate::kSyntaxError, "a MODEL argument is allowed in FROM only", span.begin);
}

}  // namespace riverrun::planner
