#include "executor/expressions/expression.h"

#include <algorithm>
#include <set>

namespace riverrun::executor {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

bool SameExpression(const ExpressionRef& a, const ExpressionRef& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a == b || *a == *b;
}

bool SameList(const std::vector<ExpressionRef>& a, const std::vector<ExpressionRef>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameExpression);
}

// What a node holds besides its parts.
bool SameDetails(const ColumnRef& a, const ColumnRef& b) {
  return a.index == b.index && a.type == b.type;
}
bool SameDetails(const Constant& a, const Constant& b) { return a.value == b.value; }
bool SameDetails(const Call& a, const Call& b) {
  return a.function->text == b.function->text && a.type == b.type;
}
bool SameDetails(const And&, const And&) { return true; }
bool SameDetails(const Or&, const Or&) { return true; }
bool SameDetails(const Not&, const Not&) { return true; }
bool SameDetails(const IsNull& a, const IsNull& b) { return a.negated == b.negated; }
bool SameDetails(const IsTruth& a, const IsTruth& b) {
  return a.test == b.test && a.negated == b.negated;
}
bool SameDetails(const IsDistinct& a, const IsDistinct& b) {
  return a.equal->text == b.equal->text && a.negated == b.negated;
}
bool SameDetails(const Case& a, const Case& b) {
  return a.type == b.type && (a.otherwise == nullptr) == (b.otherwise == nullptr);
}
bool SameDetails(const Coalesce& a, const Coalesce& b) { return a.type == b.type; }
bool SameDetails(const NullIf& a, const NullIf& b) {
  return a.equal->text == b.equal->text && a.type == b.type;
}
bool SameDetails(const Extreme& a, const Extreme& b) {
  return a.less->text == b.less->text && a.greatest == b.greatest && a.type == b.type;
}
bool SameDetails(const InList& a, const InList& b) {
  return a.equal->text == b.equal->text && a.negated == b.negated;
}

// The functions that a node itself calls.
const Function* FunctionOf(const Expression& expression) {
  return std::visit(Overloaded{[](const Call& node) { return node.function; },
                               [](const IsDistinct& node) { return node.equal; },
                               [](const NullIf& node) { return node.equal; },
                               [](const Extreme& node) { return node.less; },
                               [](const InList& node) { return node.equal; },
                               [](const auto&) -> const Function* { return nullptr; }},
                    expression.node);
}

void CollectColumns(const Expression& expression, std::set<uint32_t>& out) {
  if (const auto* column = std::get_if<ColumnRef>(&expression.node)) out.insert(column->index);
  for (const ExpressionRef& child : Children(expression)) CollectColumns(*child, out);
}

std::vector<ExpressionRef> CaseChildren(const Case& node) {
  std::vector<ExpressionRef> out;
  for (const Case::Branch& branch : node.branches) {
    out.push_back(branch.condition);
    out.push_back(branch.result);
  }
  if (node.otherwise != nullptr) out.push_back(node.otherwise);
  return out;
}

std::vector<ExpressionRef> InListChildren(const InList& node) {
  std::vector<ExpressionRef> out = {node.arg};
  out.insert(out.end(), node.items.begin(), node.items.end());
  return out;
}

using Parts = std::vector<ExpressionRef>;

ColumnRef With(ColumnRef node, Parts&&) { return node; }
Constant With(Constant node, Parts&&) { return node; }
Call With(Call node, Parts&& parts) {
  node.args = std::move(parts);
  return node;
}
And With(And, Parts&& parts) { return {std::move(parts)}; }
Or With(Or, Parts&& parts) { return {std::move(parts)}; }
Not With(Not, Parts&& parts) { return {parts[0]}; }
IsNull With(IsNull node, Parts&& parts) { return {parts[0], node.negated}; }
IsTruth With(IsTruth node, Parts&& parts) { return {parts[0], node.test, node.negated}; }
IsDistinct With(IsDistinct node, Parts&& parts) {
  return {node.equal, parts[0], parts[1], node.negated};
}
Case With(Case node, Parts&& parts) {
  size_t next = 0;
  for (Case::Branch& branch : node.branches) {
    branch.condition = parts[next++];
    branch.result = parts[next++];
  }
  if (node.otherwise != nullptr) node.otherwise = parts[next];
  return node;
}
Coalesce With(Coalesce node, Parts&& parts) { return {std::move(parts), node.type}; }
NullIf With(NullIf node, Parts&& parts) { return {node.equal, parts[0], parts[1], node.type}; }
Extreme With(Extreme node, Parts&& parts) {
  return {node.less, node.greatest, std::move(parts), node.type};
}
InList With(InList node, Parts&& parts) {
  node.arg = parts[0];
  node.items.assign(parts.begin() + 1, parts.end());
  return node;
}

}  // namespace

const Type& TypeOf(const Expression& expression) {
  static const Type kBoolean = Type::Bool();
  return std::visit(
      Overloaded{[](const ColumnRef& node) -> const Type& { return node.type; },
                 [](const Constant& node) -> const Type& { return node.value.type(); },
                 [](const Call& node) -> const Type& { return node.type; },
                 [](const Case& node) -> const Type& { return node.type; },
                 [](const Coalesce& node) -> const Type& { return node.type; },
                 [](const NullIf& node) -> const Type& { return node.type; },
                 [](const Extreme& node) -> const Type& { return node.type; },
                 [](const auto&) -> const Type& { return kBoolean; }},
      expression.node);
}

std::vector<ExpressionRef> Children(const Expression& expression) {
  return std::visit(
      Overloaded{[](const ColumnRef&) { return Parts{}; },
                 [](const Constant&) { return Parts{}; },
                 [](const Call& node) { return node.args; },
                 [](const And& node) { return node.args; },
                 [](const Or& node) { return node.args; },
                 [](const Not& node) { return Parts{node.arg}; },
                 [](const IsNull& node) { return Parts{node.arg}; },
                 [](const IsTruth& node) { return Parts{node.arg}; },
                 [](const IsDistinct& node) { return Parts{node.left, node.right}; },
                 [](const Case& node) { return CaseChildren(node); },
                 [](const Coalesce& node) { return node.args; },
                 [](const NullIf& node) { return Parts{node.left, node.right}; },
                 [](const Extreme& node) { return node.args; },
                 [](const InList& node) { return InListChildren(node); }},
      expression.node);
}

ExpressionRef WithChildren(const Expression& expression, std::vector<ExpressionRef> children) {
  return std::visit([&](const auto& node) { return Make(With(node, std::move(children))); },
                    expression.node);
}

bool MayFail(const Expression& expression) {
  const std::vector<ExpressionRef> children = Children(expression);
  for (const ExpressionRef& child : children) {
    if (MayFail(*child)) return true;
  }
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr) return false;  // comparisons inside other nodes cannot fail
  std::vector<Type> types;
  for (const ExpressionRef& child : children) types.push_back(TypeOf(*child));
  return call->function->MayFail(types, call->type);
}

Volatility VolatilityOf(const Expression& expression) {
  const Function* function = FunctionOf(expression);
  Volatility out = function == nullptr ? Volatility::kImmutable : function->options.volatility;
  for (const ExpressionRef& child : Children(expression)) {
    out = std::max(out, VolatilityOf(*child));
  }
  return out;
}

std::vector<uint32_t> ColumnsOf(const Expression& expression) {
  std::set<uint32_t> columns;
  CollectColumns(expression, columns);
  return {columns.begin(), columns.end()};
}

bool operator==(const Expression& a, const Expression& b) {
  if (a.node.index() != b.node.index()) return false;
  const bool same = std::visit(
      [&](const auto& node) {
        return SameDetails(node, std::get<std::decay_t<decltype(node)>>(b.node));
      },
      a.node);
  return same && SameList(Children(a), Children(b));
}

}  // namespace riverrun::executor
