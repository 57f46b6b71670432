#include "planner/logical/check_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "planner/logical/derive.h"
#include "planner/logical/rewrite_plan.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

using Types = std::map<ColumnId, Type>;

std::string Name(ColumnId column) { return "column #" + std::to_string(column.value); }

// Checks a node with its inputs' columns at hand.
struct NodeChecker {
  const Types& in;     // columns of all inputs
  const Types& outer;  // columns of left sides of dependent joins around

  std::string operator()(const Scan& n) {
    for (const ColumnId key : n.key) {
      const bool there = std::ranges::any_of(
          n.columns, [&](const Scan::Column& column) { return column.column.id == key; });
      if (!there) return "its key has " + Name(key) + ", which it does not read";
    }
    return "";
  }
  std::string operator()(const Values& n) {
    for (const auto& row : n.rows) {
      if (row.size() != n.columns.size()) return "a row has another number of columns";
      for (size_t c = 0; c < row.size(); ++c) {
        if (!(executor::TypeOf(*row[c]) == n.columns[c].type)) return "a row has other types";
        if (std::string problem = Check(row[c]); !problem.empty()) return problem;
      }
    }
    return "";
  }
  std::string operator()(const Filter& n) { return CheckPredicate(n.predicate); }
  std::string operator()(const Project& n) {
    for (const Project::Item& item : n.items) {
      if (!(executor::TypeOf(*item.expression) == item.column.type)) {
        return "the type of " + Name(item.column.id) + " is not that of its expression";
      }
      if (std::string problem = Check(item.expression); !problem.empty()) return problem;
      if (in.contains(item.column.id) && AsColumn(*item.expression) != item.column.id) {
        return Name(item.column.id) + " is made a second time";
      }
    }
    return "";
  }
  std::string operator()(const Join& n) {
    for (const JoinKey& key : n.keys) {
      if (!(executor::TypeOf(*key.left) == executor::TypeOf(*key.right))) {
        return "the two sides of a key have different types";
      }
      for (const ExpressionRef& side : {key.left, key.right}) {
        if (std::string problem = Check(side); !problem.empty()) return problem;
      }
    }
    return CheckJoin(n);
  }
  std::string operator()(const DependentJoin& n) { return CheckJoin(n); }
  std::string operator()(const Aggregate& n) {
    if (n.grouping_sets.empty()) return "it has no grouping set";
    for (const Aggregate::Call& call : n.calls) {
      if (call.function == nullptr) return "a call has no function";
      if (call.filter && !IsBool(*call.filter)) return "a FILTER is not boolean";
    }
    return "";
  }
  std::string operator()(const TopN& n) {
    if (n.columns.empty()) return "";
    const auto has = [&](ColumnId column) {
      return std::ranges::find(n.columns, column) != n.columns.end();
    };
    for (const OrderKey& key : n.order) {
      if (!has(key.column)) return Name(key.column) + " of its order is not among its columns";
    }
    return std::ranges::all_of(n.partition, has) ? "" : "its columns lack one of the partition";
  }
  std::string operator()(const SetOp& n) {
    if (n.branches.size() < 2) return "it has less than two branches";
    for (const SetOp::Branch& branch : n.branches) {
      if (branch.columns.size() != n.columns.size()) return "a branch has other columns";
      const ColumnSet own = ColumnsOf(*branch.input);
      for (size_t c = 0; c < n.columns.size(); ++c) {
        if (!own.contains(branch.columns[c])) return "a branch lacks " + Name(branch.columns[c]);
        if (!(in.at(branch.columns[c]) == n.columns[c].type)) return "a branch has other types";
      }
    }
    return "";
  }
  std::string operator()(const Shared& n) {
    for (const Shared::Column& column : n.columns) {
      const auto found = in.find(column.from);
      if (found != in.end() && !(found->second == column.column.type)) {
        return "the type of " + Name(column.column.id) + " changes";
      }
    }
    return "";
  }
  std::string operator()(const TemporalFilter& n) {
    for (const TemporalFilter::Bound& bound : n.bounds) {
      if (std::string problem = Check(bound.value); !problem.empty()) return problem;
    }
    return "";
  }
  std::string operator()(const TableFunction& n) {
    for (const ExpressionRef& argument : n.arguments) {
      if (std::string problem = Check(argument); !problem.empty()) return problem;
    }
    return "";
  }
  std::string operator()(const auto&) { return ""; }

 private:
  template <class AnyJoin>
  std::string CheckJoin(const AnyJoin& n) {
    const ColumnSet right = ColumnsOf(*n.right);
    for (const ColumnId column : ColumnsOf(*n.left)) {
      if (right.contains(column)) return "both sides have " + Name(column);
    }
    if ((n.kind == JoinKind::kMark) != n.mark.has_value()) return "only a mark join has a mark";
    return n.condition == nullptr ? "" : CheckPredicate(n.condition);
  }
  bool IsBool(ColumnId column) {
    const auto found = in.find(column);
    return found == in.end() || found->second.kind == TypeKind::kBool;
  }
  std::string CheckPredicate(const ExpressionRef& predicate) {
    if (executor::TypeOf(*predicate).kind != TypeKind::kBool) return "a predicate is not boolean";
    return Check(predicate);
  }
  // Types of the columns that an expression reads.
  std::string Check(const ExpressionRef& expression) {
    if (const std::optional<ColumnId> column = AsColumn(*expression)) {
      auto found = in.find(*column);
      if (found == in.end()) found = outer.find(*column);
      if (found == outer.end() || found == in.end()) return "";  // CheckReads names it
      return found->second == executor::TypeOf(*expression) ? "" : "type of " + Name(*column);
    }
    for (const ExpressionRef& child : executor::Children(*expression)) {
      if (std::string problem = Check(child); !problem.empty()) return problem;
    }
    return "";
  }
};

class Checker {
 public:
  std::string Check(const LogicalPlan& plan, const Types& outer) {
    if (!seen_.insert(plan.get()).second) return "";
    if (std::string problem = CheckInputs(plan, outer); !problem.empty()) return problem;
    Types in;
    for (const LogicalPlan& input : InputsOf(*plan)) {
      for (const PlanColumn& column : OutputOf(*input)) in.emplace(column.id, column.type);
    }
    std::string problem = CheckReads(*plan, in, outer);
    if (problem.empty()) problem = std::visit(NodeChecker{in, outer}, plan->node);
    if (problem.empty()) problem = CheckMade(*plan, in);
    if (problem.empty()) return "";
    return std::string(KindName(*plan)) + ": " + problem;
  }

 private:
  std::string CheckInputs(const LogicalPlan& plan, const Types& outer) {
    if (const auto* join = As<DependentJoin>(plan)) {
      Types around = outer;
      for (const PlanColumn& column : OutputOf(*join->left)) around.emplace(column.id, column.type);
      std::string problem = Check(join->left, outer);
      return problem.empty() ? Check(join->right, around) : problem;
    }
    if (const auto* shared = As<Shared>(plan)) {
      const auto [known, fresh] = shared_.emplace(shared->number, shared->input);
      if (!fresh && known->second != shared->input) {
        return "Shared " + std::to_string(shared->number) + " has two inputs";
      }
    }
    for (const LogicalPlan& input : InputsOf(*plan)) {
      if (std::string problem = Check(input, outer); !problem.empty()) return problem;
    }
    return "";
  }

  std::string CheckReads(const LogicalNode& node, const Types& in, const Types& outer) {
    for (const ColumnId column : ColumnsReadBy(node)) {
      if (!in.contains(column) && !outer.contains(column)) {
        return Name(column) + " is not in its input";
      }
    }
    return "";
  }

  std::string CheckMade(const LogicalNode& node, const Types& in) {
    ColumnSet own;
    for (const PlanColumn& column : OutputOf(node)) {
      if (column.id.value == 0) return "a column has no id";
      if (!own.insert(column.id).second && !std::holds_alternative<Write>(node.node)) {
        return Name(column.id) + " occurs twice";
      }
      if (in.contains(column.id)) continue;
      if (!made_.insert(column.id).second) return Name(column.id) + " is made twice";
    }
    return "";
  }

  std::set<const LogicalNode*> seen_;
  std::map<uint32_t, LogicalPlan> shared_;
  ColumnSet made_;
};

// How many nodes that drop rows by state stand above each function that may fail: the most.
class FailureDepths {
 public:
  explicit FailureDepths(const LogicalPlan& plan) { Visit(plan, 0); }

  const std::map<std::string, int>& by_function() const { return by_function_; }

 private:
  void Visit(const LogicalPlan& plan, int depth) {
    if (!seen_.insert({plan.get(), depth}).second) return;
    RewriteExpressions(plan, [&](const ExpressionRef& expression) {
      Note(*expression, depth);
      return expression;
    });
    const int below = depth + (KeepsState(*plan) ? 1 : 0);
    for (const LogicalPlan& input : InputsOf(*plan)) Visit(input, below);
  }

  void Note(const Expression& expression, int depth) {
    std::vector<Type> types;
    for (const ExpressionRef& child : executor::Children(expression)) {
      Note(*child, depth);
      types.push_back(executor::TypeOf(*child));
    }
    const auto* call = std::get_if<executor::Call>(&expression.node);
    if (call == nullptr || !call->function->MayFail(types, call->type)) return;
    const auto [known, fresh] = by_function_.emplace(call->function->text, depth);
    if (!fresh) known->second = std::max(known->second, depth);
  }

  std::set<std::pair<const LogicalNode*, int>> seen_;
  std::map<std::string, int> by_function_;
};

}  // namespace

std::string CheckFailures(const LogicalPlan& before, const LogicalPlan& after) {
  const FailureDepths old(before), now(after);
  for (const auto& [function, depth] : now.by_function()) {
    const auto known = old.by_function().find(function);
    if (known == old.by_function().end()) return function + " was not there";
    if (depth > known->second) return function + " moved below a node that drops rows";
  }
  return "";
}

std::string CheckPlan(const LogicalPlan& plan, const std::vector<ColumnId>& result) {
  if (std::string problem = Checker().Check(plan, {}); !problem.empty()) return problem;
  const ColumnSet columns = ColumnsOf(*plan);
  for (const ColumnId column : result) {
    if (!columns.contains(column)) return Name(column) + " of the result is not in the plan";
  }
  return "";
}

}  // namespace riverrun::planner
