#include <algorithm>

#include "planner/bind/query/grouping.h"

namespace riverrun::planner {
namespace {

// Columns computed below the aggregate: what is more than a column gets one, once.
class InputColumns {
 public:
  InputColumns(BindState& state, const LogicalPlan& input) : state_(state), input_(input) {}

  ColumnId Of(const ExpressionRef& expression, std::string name) {
    if (const std::optional<ColumnId> column = AsColumn(*expression)) {
      Pass(*column, expression);
      return *column;
    }
    const bool stable = executor::VolatilityOf(*expression) != executor::Volatility::kVolatile;
    for (const Project::Item& item : items_) {
      if (stable && *item.expression == *expression) return item.column.id;
    }
    computes_ = true;
    items_.push_back(
        {state_.columns().New(std::move(name), executor::TypeOf(*expression)), expression});
    return items_.back().column.id;
  }

  /// The input, with what has to be computed.
  LogicalPlan Plan() const { return computes_ ? MakePlan(Project{input_, items_}) : input_; }

 private:
  void Pass(ColumnId column, const ExpressionRef& expression) {
    if (std::ranges::any_of(items_, [&](const auto& item) { return item.column.id == column; })) {
      return;
    }
    const PlanColumns columns = OutputOf(*input_);
    const auto found = std::ranges::find(columns, column, &PlanColumn::id);
    CHECK(found != columns.end(), "a group key is not a column of the input");
    items_.push_back({*found, expression});
  }

  BindState& state_;
  const LogicalPlan input_;
  std::vector<Project::Item> items_;
  bool computes_ = false;
};

// Rewrites expressions over the input into expressions over the groups.
class GroupRewriter {
 public:
  GroupRewriter(BindState& state, const Scope& scope, const AggregateCalls& aggregates)
      : state_(state), scope_(scope) {
    for (const AggregateCalls::Entry& entry : aggregates.entries) made_.insert(entry.column.id);
  }

  void AddKey(const ExpressionRef& key, ColumnId column) { keys_.emplace_back(key, column); }
  /// Keys that were added because others decide them.
  const std::vector<ColumnId>& decided() const { return decided_; }

  ExpressionRef Rewrite(const ExpressionRef& expression) {
    for (const auto& [key, column] : keys_) {
      if (*key == *expression) return ColumnValue(column, executor::TypeOf(*key));
    }
    if (const std::optional<ColumnId> column = AsColumn(*expression)) {
      if (made_.contains(*column)) return expression;
      if (Decided(*column)) {
        decided_.push_back(*column);
        AddKey(expression, *column);
        return expression;
      }
      Fail(*column, *expression);
    }
    std::vector<ExpressionRef> parts = executor::Children(*expression);
    if (parts.empty()) return expression;
    for (ExpressionRef& part : parts) part = Rewrite(part);
    return executor::WithChildren(*expression, std::move(parts));
  }

 private:
  // Whether all of the primary key of the column's relation is grouped.
  bool Decided(ColumnId column) const {
    const ScopeRelation* relation = scope_.RelationOf(column);
    if (relation == nullptr || relation->key.empty()) return false;
    return std::ranges::all_of(relation->key, [&](ColumnId part) {
      return std::ranges::any_of(keys_, [&](const auto& key) { return key.second == part; });
    });
  }

  [[noreturn]] void Fail(ColumnId column, const Expression& reference) const {
    SqlError error(sqlstate::kGroupingError,
                   "column \"" + scope_.QualifiedNameOf(column) +
                       "\" must appear in the GROUP BY clause or be used in an aggregate function");
    error.position = state_.PositionOf(reference);
    throw error;
  }

  BindState& state_;
  const Scope& scope_;
  ColumnSet made_;  // by aggregates
  std::vector<std::pair<ExpressionRef, ColumnId>> keys_;
  std::vector<ColumnId> decided_;
};

}  // namespace

LogicalPlan GroupRows(BindState& state, const Scope& scope, const LogicalPlan& input,
                      const std::vector<Bound>& keys, const AggregateCalls& aggregates,
                      const std::vector<Bound*>& above) {
  InputColumns below(state, input);
  GroupRewriter rewriter(state, scope, aggregates);
  std::vector<ColumnId> set;
  for (const Bound& key : keys) {
    const ColumnId column = below.Of(key.expression, "key");
    if (std::ranges::find(set, column) != set.end()) continue;
    set.push_back(column);
    rewriter.AddKey(key.expression, column);
  }
  for (Bound* expression : above) expression->expression = rewriter.Rewrite(expression->expression);
  for (const ColumnId column : rewriter.decided()) {
    if (std::ranges::find(set, column) != set.end()) continue;
    const PlanColumns columns = OutputOf(*input);
    const auto found = std::ranges::find(columns, column, &PlanColumn::id);
    below.Of(ColumnValue(column, found->type), found->name);
    set.push_back(column);
  }
  Aggregate node;
  for (const AggregateCalls::Entry& entry : aggregates.entries) {
    Aggregate::Call call{.column = entry.column, .function = entry.function};
    for (const ExpressionRef& argument : entry.arguments) {
      call.arguments.push_back(below.Of(argument, "argument"));
    }
    if (entry.filter != nullptr) call.filter = below.Of(entry.filter, "filter");
    call.distinct = entry.distinct;
    node.calls.push_back(std::move(call));
  }
  node.input = below.Plan();
  node.grouping_sets = {std::move(set)};
  return MakePlan(std::move(node));
}

}  // namespace riverrun::planner
