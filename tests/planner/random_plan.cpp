#include "tests/planner/random_plan.h"

#include <algorithm>

namespace riverrun::planner::test {

std::vector<Type> RandomPlan::RelationTypes() {
  return {Type::Int8(), Type::Int8(), Type::Numeric(), Type::Bool()};
}

BoundQuery RandomPlan::Make() {
  Part part = Grow(4);
  if (Below(3) == 0) part = Projected(std::move(part));
  return Query(part.plan, Subset(part.columns));
}

Column RandomPlan::New(const Type& type) { return ColumnOf(type, "c", ++last_id_); }

std::optional<Column> RandomPlan::Pick(const std::vector<Column>& columns, const Type& type) {
  std::vector<Column> fitting;
  for (const Column& column : columns) {
    if (column.plan.type == type) fitting.push_back(column);
  }
  if (fitting.empty()) return std::nullopt;
  return fitting[static_cast<size_t>(Below(static_cast<int>(fitting.size())))];
}

std::vector<Column> RandomPlan::Subset(const std::vector<Column>& columns) {
  std::vector<Column> out;
  for (const Column& column : columns) {
    if (Below(3) > 0) out.push_back(column);
  }
  if (out.empty())
    out.push_back(columns[static_cast<size_t>(Below(static_cast<int>(columns.size())))]);
  return out;
}

RandomPlan::Part RandomPlan::Grow(int depth) {
  if (depth == 0) return Below(8) == 0 ? Constants() : Relation();
  switch (Below(8)) {
    case 0:
    case 1:
      return Filtered(Grow(depth - 1));
    case 2:
    case 3:
      return Projected(Grow(depth - 1));
    case 4:
      return Grouped(Grow(depth - 1));
    case 5:
      return Limited(Grow(depth - 1));
    case 6:
      return United(Grow(depth - 1), Grow(depth - 1));
    default:
      return UsedTwice(Grow(depth - 1));
  }
}

RandomPlan::Part RandomPlan::Relation() {
  const bool stream = Below(2) == 0;
  Scan scan;
  scan.object = stream ? kStream : kTable;
  scan.kind = stream ? ScanKind::kStream : ScanKind::kTable;
  scan.name = stream ? "s" : "t";
  scan.append_only = stream;
  Part part;
  for (const Type& type : RelationTypes()) {
    const Column column = New(type);
    scan.columns.push_back({column.plan, static_cast<int>(scan.columns.size()), false});
    part.columns.push_back(column);
  }
  part.plan = MakePlan(std::move(scan));
  return part;
}

RandomPlan::Part RandomPlan::Constants() {
  const Column a = New(Type::Int8()), b = New(Type::Int8());
  std::vector<std::vector<Scalar>> rows;
  for (int left = Below(3); left > 0; --left) rows.push_back({I(Below(3)), I(6) / I(Below(3))});
  return {Rows({a, b}, std::move(rows)), {a, b}};
}

RandomPlan::Part RandomPlan::Filtered(Part part) {
  const Scalar predicate = Predicate(part.columns, 2);
  return {Where(predicate, std::move(part.plan)), std::move(part.columns)};
}

RandomPlan::Part RandomPlan::Projected(Part part) {
  std::vector<Output> outputs;
  std::vector<Column> columns = Subset(part.columns);
  for (const Column& column : columns) outputs.emplace_back(column);
  for (int left = 1 + Below(2); left > 0; --left) {
    const bool integer = Below(3) > 0;
    const Column column = New(integer ? Type::Int8() : Type::Bool());
    outputs.emplace_back(column, integer ? Integer(part.columns, 2) : Predicate(part.columns, 2));
    columns.push_back(column);
  }
  return {Select(std::move(outputs), std::move(part.plan)), std::move(columns)};
}

RandomPlan::Part RandomPlan::Grouped(Part part) {
  std::vector<Column> keys = Below(5) == 0 ? std::vector<Column>{} : Subset(part.columns);
  std::vector<Aggregate::Call> calls;
  if (keys.empty() || Below(3) > 0) calls.push_back(Count(New(Type::Int8())));
  if (const auto argument = Pick(part.columns, Type::Int8()); argument && Below(2) == 0) {
    calls.push_back(Max(New(Type::Int8()), *argument));
  }
  if (const auto filter = Pick(part.columns, Type::Bool()); filter && Below(2) == 0) {
    calls.push_back(Only(*filter, Count(New(Type::Int8()))));
  }
  std::vector<Column> columns = keys;
  for (const Aggregate::Call& call : calls) columns.push_back({call.column, false});
  return {GroupBy(std::move(keys), std::move(calls), std::move(part.plan)), std::move(columns)};
}

RandomPlan::Part RandomPlan::Limited(Part part) {
  std::vector<OrderKey> order;
  for (const Column& column : Subset(part.columns)) {
    order.push_back({column.id(), Below(2) == 0, Below(2) == 0});
  }
  // Without an order a one-shot query may return any rows; a continuous one orders by image.
  if (mode_ == QueryMode::kContinuous && Below(4) == 0) order.clear();
  if (!order.empty() && Below(4) == 0) return {Sort(order, part.plan), std::move(part.columns)};
  TopN top{std::move(part.plan),
           std::move(order),
           static_cast<uint64_t>(Below(2)),
           static_cast<uint64_t>(Below(6)),
           {},
           {}};
  return {MakePlan(std::move(top)), std::move(part.columns)};
}

RandomPlan::Part RandomPlan::United(Part a, Part b) {
  std::vector<Column> columns;
  Branch left{a.plan, {}}, right{b.plan, {}};
  for (const Column& column : a.columns) {
    const std::optional<Column> other = Pick(b.columns, column.plan.type);
    if (!other) continue;
    left.columns.push_back(column);
    right.columns.push_back(*other);
    columns.push_back(New(column.plan.type));
  }
  if (columns.empty()) return a;
  return {UnionAll(columns, {left, right}), columns};
}

RandomPlan::Part RandomPlan::UsedTwice(Part part) {
  const uint32_t number = ++last_shared_;
  const auto use = [&] {
    Part out;
    std::vector<Renamed> renamed;
    for (const Column& column : part.columns) {
      out.columns.push_back(New(column.plan.type));
      renamed.push_back({out.columns.back(), column});
    }
    out.plan = Use(number, std::move(renamed), part.plan);
    return Below(2) == 0 ? Filtered(std::move(out)) : out;
  };
  Part first = use();
  return United(std::move(first), use());
}

Scalar RandomPlan::Integer(const std::vector<Column>& columns, int depth) {
  const std::optional<Column> column = Pick(columns, Type::Int8());
  if (depth == 0) return column && Below(4) > 0 ? Scalar(*column) : I(Below(3));
  const Scalar a = Integer(columns, depth - 1), b = Integer(columns, depth - 1);
  switch (Below(5)) {
    case 0:
      return a + b;
    case 1:
      return a / b;
    case 2:
      return {executor::Make(executor::Case{
          {{Predicate(columns, depth - 1).expression, a.expression}}, b.expression, Type::Int8()})};
    case 3:
      return {executor::Make(executor::Coalesce{{a.expression, b.expression}, Type::Int8()})};
    default:
      return a;
  }
}

Scalar RandomPlan::Predicate(const std::vector<Column>& columns, int depth) {
  if (depth == 0) {
    const std::optional<Column> flag = Pick(columns, Type::Bool());
    switch (Below(4)) {
      case 0:
        return B(Below(2) == 0);
      case 1:
        return NullBool();
      default:
        return flag ? Scalar(*flag) : Integer(columns, 0) > I(1);
    }
  }
  const Scalar a = Predicate(columns, depth - 1), b = Predicate(columns, depth - 1);
  switch (Below(7)) {
    case 0:
      return And({a, b});
    case 1:
      return Or({a, b});
    case 2:
      return Not(a);
    case 3:
      return IsNull(columns[static_cast<size_t>(Below(static_cast<int>(columns.size())))]);
    case 4:
      return Equal(Integer(columns, depth - 1), Integer(columns, depth - 1));
    default:
      return Integer(columns, depth - 1) < Integer(columns, depth - 1);
  }
}

}  // namespace riverrun::planner::test
