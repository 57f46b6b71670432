#include <algorithm>

#include "planner/logical/derive.h"
#include "planner/logical/rewrite_plan.h"
#include "planner/optimize/rules.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

using executor::And;
using executor::Case;
using executor::Coalesce;
using executor::InList;
using executor::IsNull;
using executor::IsTruth;
using executor::Make;
using executor::Not;
using executor::Or;

bool IsFalse(const Expression& expression) {
  const Value* value = AsConstant(expression);
  return value != nullptr && IsFalseOrNull(expression) && !value->IsNull();
}

bool Repeats(const std::vector<ExpressionRef>& parts, const ExpressionRef& part) {
  return executor::VolatilityOf(*part) != executor::Volatility::kVolatile &&
         std::ranges::any_of(parts, [&](const ExpressionRef& other) { return *other == *part; });
}

// AND and OR: nested ones become one, neutral and repeated parts go, an absorbing part decides. An
// error beside it does not count, as in the evaluator.
template <class Connective>
ExpressionRef SimplifyConnective(const ExpressionRef& expression, const Connective& node) {
  constexpr bool kIsAnd = std::is_same_v<Connective, And>;
  std::vector<ExpressionRef> parts;
  bool changed = false;
  const auto add = [&](const ExpressionRef& part) {
    const bool neutral = kIsAnd ? IsTrue(*part) : IsFalse(*part);
    if (neutral || Repeats(parts, part)) {
      changed = true;
    } else {
      parts.push_back(part);
    }
  };
  for (const ExpressionRef& arg : node.args) {
    if (kIsAnd ? IsFalse(*arg) : IsTrue(*arg)) return Truth(!kIsAnd);
    if (const auto* nested = std::get_if<Connective>(&arg->node)) {
      changed = true;
      for (const ExpressionRef& part : nested->args) add(part);
    } else {
      add(arg);
    }
  }
  if (!changed) return expression;
  if (parts.empty()) return Truth(kIsAnd);
  return parts.size() == 1 ? parts.front() : Make(Connective{std::move(parts)});
}

ExpressionRef SimplifyNot(const ExpressionRef& expression, const Not& node) {
  return std::visit(
      Overloaded{[](const Not& n) { return n.arg; },
                 [](const IsNull& n) { return Make(IsNull{n.arg, !n.negated}); },
                 [](const IsTruth& n) { return Make(IsTruth{n.arg, n.test, !n.negated}); },
                 [](const InList& n) {
                   InList turned = n;
                   turned.negated = !turned.negated;
                   return Make(std::move(turned));
                 },
                 [&](const auto&) { return expression; }},
      node.arg->node);
}

// Branches that are never taken go; one that is always taken ends the list.
ExpressionRef SimplifyCase(const ExpressionRef& expression, const Case& node) {
  Case out{{}, node.otherwise, node.type};
  for (const Case::Branch& branch : node.branches) {
    if (IsFalseOrNull(*branch.condition)) continue;
    if (IsTrue(*branch.condition)) {
      out.otherwise = branch.result;
      break;
    }
    out.branches.push_back(branch);
  }
  if (out.branches.size() == node.branches.size()) return expression;
  if (!out.branches.empty()) return Make(std::move(out));
  return out.otherwise != nullptr ? out.otherwise : ConstantValue(Value::Null(node.type));
}

ExpressionRef SimplifyCoalesce(const ExpressionRef& expression, const Coalesce& node,
                               const ColumnSet& not_null) {
  std::vector<ExpressionRef> args;
  for (const ExpressionRef& arg : node.args) {
    const Value* value = AsConstant(*arg);
    if (value != nullptr && value->IsNull()) continue;
    args.push_back(arg);
    if (NeverNull(*arg, not_null)) break;  // the rest is never reached
  }
  if (args.size() == node.args.size()) return expression;
  if (args.empty()) return ConstantValue(Value::Null(node.type));
  return args.size() == 1 ? args.front() : Make(Coalesce{std::move(args), node.type});
}

ExpressionRef Simplify(const ExpressionRef& expression, const ColumnSet& not_null) {
  return std::visit(
      Overloaded{[&](const And& n) { return SimplifyConnective(expression, n); },
                 [&](const Or& n) { return SimplifyConnective(expression, n); },
                 [&](const Not& n) { return SimplifyNot(expression, n); },
                 [&](const Case& n) { return SimplifyCase(expression, n); },
                 [&](const Coalesce& n) { return SimplifyCoalesce(expression, n, not_null); },
                 // What may fail has to be evaluated, even where its value is known.
                 [&](const IsNull& n) {
                   const bool known = NeverNull(*n.arg, not_null) && !executor::MayFail(*n.arg);
                   return known ? Truth(n.negated) : expression;
                 },
                 [&](const auto&) { return expression; }},
      expression->node);
}

}  // namespace

LogicalPlan SimplifyExpressions(const LogicalPlan& plan, const RuleContext&) {
  PropertyCache properties;
  return RewritePlan(plan, [&](const LogicalPlan& node) {
    ColumnSet not_null;
    if (As<Filter>(node) != nullptr || As<Project>(node) != nullptr) {
      not_null = properties.Of(InputsOf(*node).front()).not_null;
    }
    return RewriteExpressions(node, [&](const ExpressionRef& expression) {
      return RewriteExpression(expression,
                               [&](const ExpressionRef& part) { return Simplify(part, not_null); });
    });
  });
}

}  // namespace riverrun::planner
