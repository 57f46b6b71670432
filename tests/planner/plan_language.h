// A small language in which a plan in a test looks like the plan.
//
//   const Column id = Int("id", 1), price = Int("price", 2);
//   Where(price > 10, Table("bids", {id, price}))
//
// Plans are compared by their EXPLAIN text, which names every column with its id.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "planner/explain.h"
#include "planner/logical_plan.h"
#include "planner/optimize/rules.h"

namespace riverrun::planner::test {

/// A scalar expression with operators.
struct Scalar {
  ExpressionRef expression;
};

/// A column with its id, usable as an expression.
struct Column {
  PlanColumn plan;
  bool not_null = false;

  ColumnId id() const { return plan.id; }
  Column NotNull() const { return {plan, true}; }
  operator Scalar() const { return {ColumnValue(plan.id, plan.type)}; }
};

Column Int(std::string name, uint32_t id);   // bigint
Column Text(std::string name, uint32_t id);  // text
Column Bool(std::string name, uint32_t id);
Column ColumnOf(const Type& type, std::string name, uint32_t id);

/// Constants.
Scalar I(int64_t value);
Scalar T(std::string_view value);
Scalar B(bool value);
Scalar NullBool();

/// The built-in function for exactly these argument types. CHECKs that there is one without casts.
Scalar Call(std::string_view function, std::vector<Scalar> args);
Scalar operator+(const Scalar& a, const Scalar& b);
Scalar operator/(const Scalar& a, const Scalar& b);  // fails where b is 0
Scalar operator>(const Scalar& a, const Scalar& b);
Scalar operator<(const Scalar& a, const Scalar& b);
Scalar Equal(const Scalar& a, const Scalar& b);
Scalar And(std::vector<Scalar> args);
Scalar Or(std::vector<Scalar> args);
Scalar Not(const Scalar& arg);
Scalar IsNull(const Scalar& arg);
Scalar IsNotNull(const Scalar& arg);

/// Sources. A relation with another name is another object.
LogicalPlan Table(const std::string& name, std::vector<Column> columns,
                  std::vector<Column> key = {});
LogicalPlan Stream(const std::string& name, std::vector<Column> columns);
LogicalPlan Rows(std::vector<Column> columns, std::vector<std::vector<Scalar>> rows);

LogicalPlan Where(const Scalar& predicate, LogicalPlan input);

/// An output of Select: a column that passes on, or a new one.
struct Output {
  Output(const Column& column) : item{column.plan, Scalar(column).expression} {}
  Output(const Column& column, const Scalar& value) : item{column.plan, value.expression} {}
  Project::Item item;
};
LogicalPlan Select(std::vector<Output> outputs, LogicalPlan input);

/// An aggregate call, which makes the column `out` of the type that the function gives.
Aggregate::Call Count(const Column& out);
Aggregate::Call Count(const Column& out, const Column& argument);
Aggregate::Call Sum(const Column& out, const Column& argument);
Aggregate::Call Max(const Column& out, const Column& argument);
Aggregate::Call Distinct(Aggregate::Call call);
Aggregate::Call Only(const Column& filter, Aggregate::Call call);
LogicalPlan GroupBy(std::vector<Column> keys, std::vector<Aggregate::Call> calls,
                    LogicalPlan input);
LogicalPlan GroupBySets(std::vector<std::vector<Column>> sets, std::vector<Aggregate::Call> calls,
                        LogicalPlan input);
LogicalPlan Distinct(std::vector<Column> keys, LogicalPlan input);

OrderKey Desc(const Column& column);
OrderKey Asc(const Column& column);
LogicalPlan Top(uint64_t limit, std::vector<OrderKey> order, LogicalPlan input);
LogicalPlan Sort(std::vector<OrderKey> order, LogicalPlan input);

struct Branch {
  LogicalPlan input;
  std::vector<Column> columns;
};
LogicalPlan UnionAll(std::vector<Column> columns, std::vector<Branch> branches);

LogicalPlan InnerJoin(const Scalar& left_key, const Scalar& right_key, LogicalPlan left,
                      LogicalPlan right);

struct Renamed {
  Column column, from;
};
LogicalPlan Use(uint32_t number, std::vector<Renamed> columns, LogicalPlan input);

/// The query that returns all columns of a plan, or some.
BoundQuery Query(LogicalPlan plan);
BoundQuery Query(LogicalPlan plan, std::vector<Column> result);

/// The plan after one rule, as EXPLAIN prints it; `result` are the columns that are wanted (all if
/// none is named).
std::string After(Rule rule, LogicalPlan plan, std::vector<Column> result = {},
                  QueryMode mode = QueryMode::kOneShot);

}  // namespace riverrun::planner::test
