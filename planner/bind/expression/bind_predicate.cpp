// AND, OR, NOT, IS, BETWEEN, LIKE, IN, ANY and ALL, CASE.
#include <algorithm>
#include <map>

#include "planner/bind/expression/expression_binder.h"

namespace riverrun::planner {
namespace {

using executor::Make;

// What an operand that is written once and stands in several places may make of an expression.
constexpr size_t kPartsMax = 100'000;

// The parts of an expression, those in several places counted for each.
size_t PartsOf(const ExpressionRef& expression, std::map<const Expression*, size_t>& known) {
  if (const auto found = known.find(expression.get()); found != known.end()) return found->second;
  size_t parts = 1;
  for (const ExpressionRef& child : executor::Children(*expression)) {
    parts = std::min(parts + PartsOf(child, known), kPartsMax + 1);
  }
  return known.emplace(expression.get(), parts).first->second;
}

// Nested often enough, operands that are copied would double without end.
Bound CheckSize(Bound bound) {
  std::map<const Expression*, size_t> known;
  if (PartsOf(bound.expression, known) <= kPartsMax) return bound;
  throw SqlError(sqlstate::kStatementTooComplex,
                 "expression has more than " + std::to_string(kPartsMax) + " parts", bound.position)
      .WithDetail("The operand of CASE and of BETWEEN counts once for each comparison.")
      .WithHint("Compute it in a subquery, and name its column here.");
}

}  // namespace

Bound ExpressionBinder::Negated(Bound bound, bool negated) {
  if (negated) bound.expression = Make(executor::Not{bound.expression});
  return bound;
}

Bound ExpressionBinder::BindNode(const ast::Logical& node, Span span) {
  const bool is_and = node.op == ast::LogicalOperator::kAnd;
  std::vector<ExpressionRef> operands;
  for (const ast::Expression& operand : node.operands) {
    operands.push_back(AsBoolean(state_, Bind(operand), is_and ? "AND" : "OR"));
  }
  return {
      is_and ? Make(executor::And{std::move(operands)}) : Make(executor::Or{std::move(operands)}),
      span.begin};
}

Bound ExpressionBinder::BindNode(const ast::Not& node, Span span) {
  return {Make(executor::Not{AsBoolean(state_, Bind(*node.operand), "NOT")}), span.begin};
}

Bound ExpressionBinder::BindNode(const ast::IsTest& node, Span span) {
  using Kind = ast::IsTest::Kind;
  using Test = executor::IsTruth::Test;
  const Bound operand = Bind(*node.operand);
  if (node.kind == Kind::kNull) {
    return {Make(executor::IsNull{AsKnown(state_, operand).expression, node.negated}), span.begin};
  }
  const Test test = node.kind == Kind::kTrue    ? Test::kTrue
                    : node.kind == Kind::kFalse ? Test::kFalse
                                                : Test::kUnknown;
  const std::string_view word = node.kind == Kind::kTrue    ? "TRUE"
                                : node.kind == Kind::kFalse ? "FALSE"
                                                            : "UNKNOWN";
  const std::string what = std::string(node.negated ? "IS NOT " : "IS ") + std::string(word);
  return {Make(executor::IsTruth{AsBoolean(state_, operand, what), test, node.negated}),
          span.begin};
}

Bound ExpressionBinder::BindNode(const ast::IsDistinct& node, Span span) {
  Bound left = Bind(*node.left);
  Bound right = Bind(*node.right);
  const ResolvedArguments equal = ResolveByName(state_, "=", {left, right}, span.begin);
  return {Make(executor::IsDistinct{equal.function, equal.args[0], equal.args[1], node.negated}),
          span.begin};
}

// x BETWEEN a AND b is x >= a AND x <= b; SYMMETRIC takes the bounds in either order.
Bound ExpressionBinder::BindNode(const ast::Between& node, Span span) {
  const Bound operand = Bind(*node.operand);
  const Bound low = Bind(*node.low);
  const Bound high = Bind(*node.high);
  const auto between = [&](const Bound& from, const Bound& to) {
    return Make(executor::And{{CallByName(state_, ">=", {operand, from}, span.begin).expression,
                               CallByName(state_, "<=", {operand, to}, span.begin).expression}});
  };
  ExpressionRef inside = between(low, high);
  if (node.symmetric) inside = Make(executor::Or{{inside, between(high, low)}});
  return CheckSize(Negated({std::move(inside), span.begin}, node.negated));
}

Bound ExpressionBinder::BindNode(const ast::Like& node, Span span) {
  using Kind = ast::Like::Kind;
  Bound operand = Bind(*node.operand);
  Bound pattern = Bind(*node.pattern);
  const Position position = span.begin;
  if (node.kind == Kind::kSimilar) {
    std::vector<Bound> parts{pattern};
    if (node.escape) parts.push_back(Bind(*node.escape));
    pattern = CallByName(state_, "similar_to_escape", std::move(parts), position);
    return CallByName(state_, node.negated ? "!~" : "~", {operand, pattern}, position);
  }
  if (node.escape) {
    pattern = CallByName(state_, "like_escape", {pattern, Bind(*node.escape)}, position);
  }
  std::string name = node.negated ? "!~~" : "~~";
  if (node.kind == Kind::kIlike) name += "*";
  return CallByName(state_, name, {operand, pattern}, position);
}

Bound ExpressionBinder::BindNode(const ast::InList& node, Span span) {
  std::vector<Bound> all{Bind(*node.operand)};
  std::vector<Type> types{all.front().type()};
  for (const ast::Expression& item : node.items) {
    all.push_back(Bind(item));
    types.push_back(all.back().type());
  }
  if (executor::CommonType(state_.functions(), types)) {
    Type type;
    const std::vector<ExpressionRef> cast = AsCommonType(state_, all, "IN", type);
    const Bound sample{cast[0], all[0].position};
    const ResolvedArguments equal = ResolveByName(state_, "=", {sample, sample}, span.begin);
    // A column that only loses its length stays a column, which a lookup by key can use.
    Type unbounded = types.front();
    unbounded.typmod = type.typmod;
    ExpressionRef operand = unbounded == type ? all[0].expression : cast[0];
    return {Make(executor::InList{
                equal.function, std::move(operand), {cast.begin() + 1, cast.end()}, node.negated}),
            span.begin};
  }
  // Without a type that they have in common each item is compared by itself.
  std::vector<ExpressionRef> comparisons;
  for (size_t i = 1; i < all.size(); ++i) {
    comparisons.push_back(CallByName(state_, "=", {all[0], all[i]}, span.begin).expression);
  }
  ExpressionRef any =
      comparisons.size() == 1 ? comparisons.front() : Make(executor::Or{std::move(comparisons)});
  return Negated({std::move(any), span.begin}, node.negated);
}

// Comparisons with the elements of an array are functions of their own, "= any" and its kin.
Bound ExpressionBinder::BindNode(const ast::Quantified& node, Span span) {
  const std::string word = node.all ? "ALL" : "ANY";
  if (node.query) NotYet(word + " with a subquery is", span.begin);
  Bound operand = Bind(*node.operand);
  Bound array = Bind(*node.array);
  const Position position = node.op.span.begin;
  if (array.IsUnknown()) {
    // Elements of the operand's type, but of any length and scale: what it has beside a literal.
    const Bound both[] = {operand, array};
    const Type element = CommonTypeOf(state_, both, word);
    array = {*TryCoerce(state_, array, Type::Array(element), CastContext::kImplicit),
             array.position};
  }
  if (array.type().kind != TypeKind::kArray) {
    throw SqlError(sqlstate::kWrongObjectType, "op ANY/ALL (array) requires array on right side",
                   position);
  }
  const std::string name = node.op.symbol + (node.all ? " all" : " any");
  if (state_.functions().Candidates(name).empty()) {
    NotYet("the operator " + node.op.symbol + " with " + word + " is", position);
  }
  return CallByName(state_, name, {std::move(operand), std::move(array)}, position);
}

Bound ExpressionBinder::BindNode(const ast::Case& node, Span span) {
  std::optional<Bound> operand;
  if (node.operand) operand = AsKnown(state_, Bind(*node.operand));
  executor::Case bound;
  // PostgreSQL looks at the ELSE first when it chooses the type.
  std::vector<Bound> results;
  results.push_back(node.otherwise ? Bind(*node.otherwise)
                                   : Bound{ConstantValue(Value()), span.begin});
  for (const ast::CaseBranch& branch : node.branches) {
    Bound condition = Bind(branch.condition);
    if (operand) {
      condition = CallByName(state_, "=", {*operand, condition}, branch.condition.span.begin);
    }
    bound.branches.push_back({AsBoolean(state_, condition, "CASE/WHEN"), nullptr});
    results.push_back(Bind(branch.result));
  }
  const std::vector<ExpressionRef> cast = AsCommonType(state_, results, "CASE", bound.type);
  for (size_t i = 0; i < bound.branches.size(); ++i) bound.branches[i].result = cast[i + 1];
  if (node.otherwise) bound.otherwise = cast[0];
  Bound result{Make(std::move(bound)), span.begin};
  return operand ? CheckSize(std::move(result)) : result;
}

}  // namespace riverrun::planner
