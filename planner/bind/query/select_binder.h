// Binds one SELECT with the ORDER BY of its query, whose names it decides.
#pragma once

#include <string>
#include <vector>

#include "planner/bind/query/grouping.h"
#include "planner/bind/query/query_binder.h"

namespace riverrun::planner {

class SelectBinder {
 public:
  SelectBinder(BindState& state, QueryBinder& queries, const ast::Select& select,
               const std::vector<ast::SortKey>& order_by)
      : state_(state), queries_(queries), select_(select), order_by_(order_by) {}

  QueryOutput Bind();

 private:
  struct Item {
    Bound bound;
    std::string name;
  };

  void RefuseLater() const;
  void BindFromAndWhere();
  void BindGroupWindow();
  void BindItems();
  void NoteStar(const PlanColumns& columns, Position position);
  void BindGroupBy();
  void AddGroupKey(const ast::Expression& expression);
  void BindOrderBy();
  size_t SortExpression(const ast::SortKey& key);
  /// The item that a bare name means as an output column; nothing if none has it.
  std::optional<size_t> OutputNamed(const ast::Expression& expression,
                                    std::string_view clause) const;
  void ApplyGrouping();
  QueryOutput ProjectItems();

  BindState& state_;
  QueryBinder& queries_;
  const ast::Select& select_;
  const std::vector<ast::SortKey>& order_by_;

  Scope scope_;
  LogicalPlan plan_;
  AggregateCalls aggregates_;
  std::vector<Bound> keys_;    // of GROUP BY
  std::vector<Item> items_;    // the select list, then hidden ones of ORDER BY
  size_t visible_ = 0;         // of items_
  std::vector<size_t> order_;  // the item of each sort key
  Bound having_ = {nullptr};
};

}  // namespace riverrun::planner
