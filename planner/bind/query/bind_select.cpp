#include <algorithm>

#include "planner/bind/query/select_binder.h"

namespace riverrun::planner {

QueryOutput SelectBinder::Bind() {
  RefuseLater();
  BindFromAndWhere();
  BindGroupWindow();
  BindItems();
  BindGroupBy();
  if (select_.having) {
    ExpressionBinder binder(state_, scope_, Clause::kHaving, &aggregates_);
    having_ = binder.Bind(*select_.having);
    having_.expression = AsBoolean(state_, having_, ClauseText(Clause::kHaving));
  }
  BindOrderBy();
  ApplyGrouping();
  return ProjectItems();
}

void SelectBinder::RefuseLater() const {
  const auto at = [](const ast::Expression& expression) { return expression.span.begin; };
  if (!select_.distinct_on.empty()) NotYet("DISTINCT ON is", at(select_.distinct_on[0]));
  if (select_.stream_window) {
    NotYet("the WINDOW clause of a stream is", select_.stream_window->span.begin);
  }
  if (!select_.windows.empty()) NotYet("window functions are", select_.windows[0].name.span.begin);
  if (select_.qualify) NotYet("QUALIFY is", at(*select_.qualify));
  if (select_.from.size() > 1) NotYet("joins are", select_.from[1].span.begin);
}

void SelectBinder::BindFromAndWhere() {
  // Without FROM there is one row without columns.
  plan_ = select_.from.empty() ? MakePlan(Values{{}, {{}}})
                               : queries_.BindFrom(select_.from[0], scope_);
  if (!select_.where) return;
  ExpressionBinder binder(state_, scope_, Clause::kWhere);
  plan_ = MakePlan(Filter{plan_, binder.BindCondition(*select_.where)});
}

// The call of TUMBLE or HOP that an element of GROUP BY is.
static std::optional<WindowCall> WindowIn(const ast::Expression& expression) {
  const auto* call = ast::As<ast::FunctionCall>(expression);
  return call == nullptr ? std::nullopt : WindowCall::Of(*call, false);
}

// GROUP BY TUMBLE(...) puts the rows into windows before they are grouped.
void SelectBinder::BindGroupWindow() {
  for (const ast::GroupingElement& element : select_.group_by) {
    const auto* expression = std::get_if<ast::Expression>(&element.node);
    const auto call = expression == nullptr ? std::nullopt : WindowIn(*expression);
    if (!call) continue;
    if (aggregates_.window) NotYet("a second window in GROUP BY is", element.span.begin);
    aggregates_.window = GroupWindow{call->Bind(state_, scope_, plan_)};
    plan_ = MakePlan(aggregates_.window->node);
  }
}

void SelectBinder::BindItems() {
  ExpressionBinder binder(state_, scope_, Clause::kSelect, &aggregates_);
  for (const ast::SelectItem& item : select_.items) {
    const Position position = item.expression.span.begin;
    if (const auto* star = ast::As<ast::Star>(item.expression)) {
      const PlanColumns columns = scope_.ColumnsOf(star->qualifier, position);
      NoteStar(columns, position);
      for (const PlanColumn& column : columns) {
        ExpressionRef reference = ColumnValue(column.id, column.type);
        state_.NoteColumn(reference, position);
        items_.push_back({{std::move(reference), position}, column.name});
      }
      continue;
    }
    Bound bound = binder.Bind(item.expression);
    if (select_.distinct) bound = AsKnown(state_, bound);
    items_.push_back(
        {std::move(bound), item.alias ? item.alias->text : ColumnNameOf(item.expression)});
  }
  visible_ = items_.size();
}

void SelectBinder::NoteStar(const PlanColumns& columns, Position position) {
  std::vector<ast::QualifiedName> names;
  for (const PlanColumn& column : columns) {
    const std::string& relation = scope_.RelationOf(column.id)->name;
    ast::QualifiedName& name = names.emplace_back();
    if (!relation.empty()) name.parts.push_back({relation, false, {}});
    name.parts.push_back({column.name, false, {}});
  }
  if (!names.empty()) state_.NoteStar(position, std::move(names));
}

std::optional<size_t> SelectBinder::OutputNamed(const ast::Expression& expression,
                                                std::string_view clause) const {
  const auto* reference = ast::As<ast::ColumnReference>(expression);
  if (reference == nullptr || reference->name.parts.size() != 1) return std::nullopt;
  const std::string& name = reference->name.Last().text;
  std::optional<size_t> found;
  for (size_t i = 0; i < visible_; ++i) {
    if (items_[i].name != name) continue;
    if (found && !(*items_[*found].bound.expression == *items_[i].bound.expression)) {
      throw SqlError(sqlstate::kAmbiguousColumn,
                     std::string(clause) + " \"" + name + "\" is ambiguous", expression.span.begin);
    }
    if (!found) found = i;
  }
  return found;
}

void SelectBinder::BindGroupBy() {
  for (const ast::GroupingElement& element : select_.group_by) {
    const auto* expression = std::get_if<ast::Expression>(&element.node);
    if (expression == nullptr) {
      const bool empty = std::holds_alternative<ast::EmptyGroup>(element.node);
      NotYet(empty ? "GROUP BY () is" : "GROUPING SETS, ROLLUP and CUBE are", element.span.begin);
    }
    const auto* row = ast::As<ast::Row>(*expression);
    if (row != nullptr && !row->explicit_row) {
      for (const ast::Expression& field : row->fields) AddGroupKey(field);
    } else {
      AddGroupKey(*expression);
    }
  }
}

void SelectBinder::AddGroupKey(const ast::Expression& expression) {
  constexpr std::string_view kClause = "GROUP BY";
  const Position position = expression.span.begin;
  if (aggregates_.window && WindowIn(expression)) {
    const WindowAssign& window = aggregates_.window->node;
    for (const PlanColumn& column : {window.window_start, window.window_end}) {
      keys_.push_back({ColumnValue(column.id, column.type), position});
    }
    return;
  }
  std::optional<size_t> item = PositionNamed(expression, visible_, kClause);
  const auto* reference = ast::As<ast::ColumnReference>(expression);
  const bool bare = reference != nullptr && reference->name.parts.size() == 1;
  // A column of the input comes before one of the output: the reverse of ORDER BY.
  if (!item && bare && !scope_.FindBare(reference->name.Last())) {
    item = OutputNamed(expression, kClause);
  }
  Bound key;
  if (item) {
    Bound& chosen = items_[*item].bound;
    chosen = AsKnown(state_, chosen);
    key = {chosen.expression, position};
    for (const AggregateCalls::Entry& entry : aggregates_.entries) {
      if (!ColumnsIn(*key.expression).contains(entry.column.id)) continue;
      throw SqlError(sqlstate::kGroupingError, "aggregate functions are not allowed in GROUP BY",
                     entry.position);
    }
  } else {
    key = ExpressionBinder(state_, scope_, Clause::kGroupBy).BindKnown(expression);
  }
  CheckComparable(state_, key.type(), false, position);
  keys_.push_back(std::move(key));
}

void SelectBinder::BindOrderBy() {
  for (const ast::SortKey& key : order_by_) {
    const size_t item = SortExpression(key);
    items_[item].bound = AsKnown(state_, items_[item].bound);
    CheckComparable(state_, items_[item].bound.type(), true, key.expression.span.begin);
    order_.push_back(item);
  }
}

size_t SelectBinder::SortExpression(const ast::SortKey& key) {
  constexpr std::string_view kClause = "ORDER BY";
  if (const auto position = PositionNamed(key.expression, visible_, kClause)) return *position;
  if (const auto item = OutputNamed(key.expression, kClause)) return *item;
  ExpressionBinder binder(state_, scope_, Clause::kOrderBy, &aggregates_);
  Bound bound = binder.BindKnown(key.expression);
  for (size_t i = 0; i < items_.size(); ++i) {
    if (*items_[i].bound.expression == *bound.expression) return i;
  }
  if (select_.distinct) {
    throw SqlError(sqlstate::kInvalidColumnReference,
                   "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
                   key.expression.span.begin);
  }
  items_.push_back({std::move(bound), "?column?"});
  return items_.size() - 1;
}

void SelectBinder::ApplyGrouping() {
  if (aggregates_.window && aggregates_.window->uses_time) {
    const PlanColumn& time = aggregates_.window->node.window_time;
    keys_.push_back({ColumnValue(time.id, time.type), keys_.front().position});
  }
  const bool grouped =
      !select_.group_by.empty() || !aggregates_.entries.empty() || having_.expression != nullptr;
  if (!grouped) return;
  std::vector<Bound*> above;
  for (Item& item : items_) above.push_back(&item.bound);
  if (having_.expression != nullptr) above.push_back(&having_);
  plan_ = GroupRows(state_, scope_, plan_, keys_, aggregates_, above);
  if (having_.expression != nullptr) plan_ = MakePlan(Filter{plan_, having_.expression});
}

QueryOutput SelectBinder::ProjectItems() {
  Project project{plan_, {}};
  QueryOutput output;
  std::vector<ColumnId> ids;
  ColumnSet passed;
  for (size_t i = 0; i < items_.size(); ++i) {
    const Bound& bound = items_[i].bound;
    const std::optional<ColumnId> column = AsColumn(*bound.expression);
    const PlanColumn out{column ? *column : state_.columns().New(), items_[i].name, bound.type()};
    ids.push_back(out.id);
    if (passed.insert(out.id).second) project.items.push_back({out, bound.expression});
    if (i >= visible_) continue;
    QueryColumn visible{out, bound.position, std::nullopt};
    if (bound.IsUnknown()) visible.untyped = bound;
    output.columns.push_back(std::move(visible));
  }
  output.plan = MakePlan(std::move(project));
  if (select_.distinct) {
    std::vector<ColumnId> set;
    for (const QueryColumn& column : output.columns) {
      CheckComparable(state_, column.column.type, false, column.position);
      if (std::ranges::find(set, column.column.id) == set.end()) set.push_back(column.column.id);
    }
    // DISTINCT of no columns keeps one row, if there is any: a group, not the empty one.
    if (!set.empty()) output.plan = MakePlan(Aggregate{output.plan, {std::move(set)}, {}});
  }
  if (!order_.empty()) {
    TopN sorted{.input = output.plan, .order = {}};
    for (size_t i = 0; i < order_.size(); ++i) {
      sorted.order.push_back(OrderOf(order_by_[i], ids[order_[i]]));
    }
    output.plan = MakePlan(std::move(sorted));
  }
  return output;
}

}  // namespace riverrun::planner
