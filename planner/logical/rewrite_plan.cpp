#include "planner/logical/rewrite_plan.h"

#include <algorithm>
#include <set>

#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

class Rewriter {
 public:
  explicit Rewriter(const std::function<LogicalPlan(const LogicalPlan&)>& f) : f_(f) {}

  LogicalPlan Apply(const LogicalPlan& plan) {
    if (const auto found = done_.find(plan.get()); found != done_.end()) return found->second;
    std::vector<LogicalPlan> inputs = InputsOf(*plan);
    bool changed = false;
    for (LogicalPlan& input : inputs) {
      LogicalPlan rewritten = Apply(input);
      changed |= rewritten != input;
      input = std::move(rewritten);
    }
    LogicalPlan result = f_(changed ? WithInputs(*plan, std::move(inputs)) : plan);
    done_.emplace(plan.get(), result);
    return result;
  }

 private:
  const std::function<LogicalPlan(const LogicalPlan&)>& f_;
  std::map<const LogicalNode*, LogicalPlan> done_;
};

void Visit(const LogicalPlan& plan, std::set<const LogicalNode*>& seen,
           std::vector<LogicalPlan>& postorder) {
  if (!seen.insert(plan.get()).second) return;
  for (const LogicalPlan& input : InputsOf(*plan)) Visit(input, seen, postorder);
  postorder.push_back(plan);
}

}  // namespace

LogicalPlan RewritePlan(const LogicalPlan& plan,
                        const std::function<LogicalPlan(const LogicalPlan&)>& f) {
  return Rewriter(f).Apply(plan);
}

std::vector<LogicalPlan> NodesOf(const LogicalPlan& plan) {
  std::set<const LogicalNode*> seen;
  std::vector<LogicalPlan> nodes;
  Visit(plan, seen, nodes);
  std::ranges::reverse(nodes);
  return nodes;
}

LogicalPlan RewriteExpressions(const LogicalPlan& plan,
                               const std::function<ExpressionRef(const ExpressionRef&)>& f) {
  LogicalNode copy = *plan;
  bool changed = false;
  const auto rewrite = [&](ExpressionRef& expression) {
    if (expression == nullptr) return;
    ExpressionRef rewritten = f(expression);
    changed |= rewritten != expression;
    expression = std::move(rewritten);
  };
  std::visit(Overloaded{[&](Filter& n) { rewrite(n.predicate); },
                        [&](Project& n) {
                          for (Project::Item& item : n.items) rewrite(item.expression);
                        },
                        [&](Values& n) {
                          for (std::vector<ExpressionRef>& row : n.rows) {
                            for (ExpressionRef& cell : row) rewrite(cell);
                          }
                        },
                        [&](Join& n) {
                          for (JoinKey& key : n.keys) {
                            rewrite(key.left);
                            rewrite(key.right);
                          }
                          rewrite(n.condition);
                        },
                        [&](DependentJoin& n) { rewrite(n.condition); },
                        [&](TemporalFilter& n) {
                          for (TemporalFilter::Bound& bound : n.bounds) rewrite(bound.value);
                        },
                        [&](TableFunction& n) {
                          for (ExpressionRef& argument : n.arguments) rewrite(argument);
                        },
                        [](auto&) {}},
             copy.node);
  return changed ? std::make_shared<const LogicalNode>(std::move(copy)) : plan;
}

LogicalPlan EmptyLike(const LogicalNode& node) { return MakePlan(Values{OutputOf(node), {}}); }

bool IsEmpty(const LogicalNode& node) {
  const auto* values = std::get_if<Values>(&node.node);
  return values != nullptr && values->rows.empty();
}

}  // namespace riverrun::planner
