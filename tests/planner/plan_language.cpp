#include "tests/planner/plan_language.h"

#include "executor/functions/call_resolution.h"
#include "planner/logical/check_plan.h"

namespace riverrun::planner::test {
namespace {

executor::ResolvedCall Resolve(std::string_view name, const std::vector<Type>& types) {
  Result<executor::ResolvedCall> call =
      executor::ResolveCall(executor::BuiltinFunctions(), name, types);
  CHECK(call.has_value(), name);
  CHECK(call->arg_types == types, "no casts in this language");
  return *call;
}

std::vector<ExpressionRef> Parts(const std::vector<Scalar>& args) {
  std::vector<ExpressionRef> parts;
  for (const Scalar& arg : args) parts.push_back(arg.expression);
  return parts;
}

std::vector<ColumnId> Ids(const std::vector<Column>& columns) {
  std::vector<ColumnId> ids;
  for (const Column& column : columns) ids.push_back(column.id());
  return ids;
}

LogicalPlan Relation(ScanKind kind, const std::string& name, const std::vector<Column>& columns,
                     const std::vector<Column>& key) {
  Scan scan;
  scan.object = {100};
  for (const char c : name) scan.object.value = scan.object.value * 31 + static_cast<uint8_t>(c);
  scan.kind = kind;
  scan.name = name;
  scan.append_only = kind == ScanKind::kStream;
  for (const Column& column : columns) {
    const int position = static_cast<int>(scan.columns.size());
    scan.columns.push_back({column.plan, position, column.not_null});
  }
  scan.key = Ids(key);
  return MakePlan(std::move(scan));
}

Aggregate::Call CallOf(std::string_view name, const Column& out, const std::vector<Column>& args) {
  std::vector<Type> types;
  for (const Column& arg : args) types.push_back(arg.plan.type);
  const executor::ResolvedCall call = Resolve(name, types);
  PlanColumn column = out.plan;
  column.type = call.result;
  return {std::move(column), call.function, Ids(args), {}, false, {}};
}

}  // namespace

Column ColumnOf(const Type& type, std::string name, uint32_t id) {
  return {{ColumnId{id}, std::move(name), type}, false};
}
Column Int(std::string name, uint32_t id) { return ColumnOf(Type::Int8(), std::move(name), id); }
Column Text(std::string name, uint32_t id) { return ColumnOf(Type::Text(), std::move(name), id); }
Column Bool(std::string name, uint32_t id) { return ColumnOf(Type::Bool(), std::move(name), id); }

Scalar I(int64_t value) { return {ConstantValue(Value::Int8(value))}; }
Scalar T(std::string_view value) { return {ConstantValue(Value::Text(value))}; }
Scalar B(bool value) { return {Truth(value)}; }
Scalar NullBool() { return {ConstantValue(Value::Null(Type::Bool()))}; }

Scalar Call(std::string_view function, std::vector<Scalar> args) {
  std::vector<Type> types;
  for (const Scalar& arg : args) types.push_back(executor::TypeOf(*arg.expression));
  const executor::ResolvedCall call = Resolve(function, types);
  return {executor::Make(executor::Call{call.function, Parts(args), call.result})};
}
Scalar operator+(const Scalar& a, const Scalar& b) { return Call("+", {a, b}); }
Scalar operator/(const Scalar& a, const Scalar& b) { return Call("/", {a, b}); }
Scalar operator>(const Scalar& a, const Scalar& b) { return Call(">", {a, b}); }
Scalar operator<(const Scalar& a, const Scalar& b) { return Call("<", {a, b}); }
Scalar Equal(const Scalar& a, const Scalar& b) { return Call("=", {a, b}); }
Scalar And(std::vector<Scalar> args) { return {executor::Make(executor::And{Parts(args)})}; }
Scalar Or(std::vector<Scalar> args) { return {executor::Make(executor::Or{Parts(args)})}; }
Scalar Not(const Scalar& arg) { return {executor::Make(executor::Not{arg.expression})}; }
Scalar IsNull(const Scalar& arg) { return {executor::Make(executor::IsNull{arg.expression})}; }
Scalar IsNotNull(const Scalar& arg) {
  return {executor::Make(executor::IsNull{arg.expression, true})};
}

LogicalPlan Table(const std::string& name, std::vector<Column> columns, std::vector<Column> key) {
  return Relation(ScanKind::kTable, name, columns, key);
}
LogicalPlan Stream(const std::string& name, std::vector<Column> columns) {
  return Relation(ScanKind::kStream, name, columns, {});
}
LogicalPlan Rows(std::vector<Column> columns, std::vector<std::vector<Scalar>> rows) {
  Values values;
  for (const Column& column : columns) values.columns.push_back(column.plan);
  for (const std::vector<Scalar>& row : rows) values.rows.push_back(Parts(row));
  return MakePlan(std::move(values));
}

LogicalPlan Where(const Scalar& predicate, LogicalPlan input) {
  return MakePlan(Filter{std::move(input), predicate.expression});
}

LogicalPlan Select(std::vector<Output> outputs, LogicalPlan input) {
  Project project{std::move(input), {}};
  for (Output& output : outputs) project.items.push_back(std::move(output.item));
  return MakePlan(std::move(project));
}

Aggregate::Call Count(const Column& out) { return CallOf("count", out, {}); }
Aggregate::Call Count(const Column& out, const Column& argument) {
  return CallOf("count", out, {argument});
}
Aggregate::Call Sum(const Column& out, const Column& argument) {
  return CallOf("sum", out, {argument});
}
Aggregate::Call Max(const Column& out, const Column& argument) {
  return CallOf("max", out, {argument});
}
Aggregate::Call Distinct(Aggregate::Call call) {
  call.distinct = true;
  return call;
}
Aggregate::Call Only(const Column& filter, Aggregate::Call call) {
  call.filter = filter.id();
  return call;
}
LogicalPlan GroupBy(std::vector<Column> keys, std::vector<Aggregate::Call> calls,
                    LogicalPlan input) {
  return MakePlan(Aggregate{std::move(input), {Ids(keys)}, std::move(calls), {}});
}
LogicalPlan GroupBySets(std::vector<std::vector<Column>> sets, std::vector<Aggregate::Call> calls,
                        LogicalPlan input) {
  Aggregate aggregate{std::move(input), {}, std::move(calls), {}};
  for (const std::vector<Column>& set : sets) aggregate.grouping_sets.push_back(Ids(set));
  return MakePlan(std::move(aggregate));
}
LogicalPlan Distinct(std::vector<Column> keys, LogicalPlan input) {
  return GroupBy(std::move(keys), {}, std::move(input));
}

OrderKey Desc(const Column& column) { return {column.id(), true, true}; }
OrderKey Asc(const Column& column) { return {column.id()}; }
LogicalPlan Top(uint64_t limit, std::vector<OrderKey> order, LogicalPlan input) {
  return MakePlan(TopN{std::move(input), std::move(order), 0, limit, {}, {}});
}
LogicalPlan Sort(std::vector<OrderKey> order, LogicalPlan input) {
  return MakePlan(TopN{std::move(input), std::move(order), 0, {}, {}, {}});
}

LogicalPlan UnionAll(std::vector<Column> columns, std::vector<Branch> branches) {
  SetOp node;
  for (const Column& column : columns) node.columns.push_back(column.plan);
  for (Branch& branch : branches) {
    node.branches.push_back({std::move(branch.input), Ids(branch.columns)});
  }
  return MakePlan(std::move(node));
}

LogicalPlan InnerJoin(const Scalar& left_key, const Scalar& right_key, LogicalPlan left,
                      LogicalPlan right) {
  Join join;
  join.left = std::move(left);
  join.right = std::move(right);
  join.keys.push_back({left_key.expression, right_key.expression});
  return MakePlan(std::move(join));
}

LogicalPlan Use(uint32_t number, std::vector<Renamed> columns, LogicalPlan input) {
  Shared shared{number, std::move(input), {}};
  for (const Renamed& renamed : columns) {
    shared.columns.push_back({renamed.column.plan, renamed.from.id()});
  }
  return MakePlan(std::move(shared));
}

BoundQuery Query(LogicalPlan plan) {
  BoundQuery query;
  for (const PlanColumn& column : OutputOf(*plan)) query.result.push_back({column.id, column.name});
  query.plan = std::move(plan);
  return query;
}
BoundQuery Query(LogicalPlan plan, std::vector<Column> result) {
  BoundQuery query;
  query.plan = std::move(plan);
  for (const Column& column : result) query.result.push_back({column.id(), column.plan.name});
  return query;
}

std::string After(Rule rule, LogicalPlan plan, std::vector<Column> result, QueryMode mode) {
  RuleContext context{mode, Ids(result)};
  if (result.empty()) {
    for (const PlanColumn& column : OutputOf(*plan)) context.result.push_back(column.id);
  }
  CHECK(CheckPlan(plan, context.result).empty(), CheckPlan(plan, context.result));
  const LogicalPlan after = rule(plan, context);
  const std::string problem = CheckPlan(after, context.result);
  return problem.empty() ? ExplainPlan(after) : problem;
}

}  // namespace riverrun::planner::test
