#include <algorithm>
#include <limits>

#include "planner/lower/lowering.h"

namespace riverrun::planner {
namespace {

using executor::ExpressionRef;
using executor::OutputColumn;

[[noreturn]] void NotYet(std::string what) {
  throw SqlError(sqlstate::kFeatureNotSupported, std::move(what) + " not supported yet");
}

// The values of a row, if all its cells are constants.
std::optional<std::vector<Value>> ConstantRow(const std::vector<ExpressionRef>& row) {
  std::vector<Value> values;
  for (const ExpressionRef& cell : row) {
    const Value* value = AsConstant(*cell);
    if (value == nullptr) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

executor::Distribution AtPositions(const PlanDistribution& distribution, const Lowered& input) {
  executor::Distribution out;
  switch (distribution.kind) {
    case PlanDistribution::Kind::kAny:
      break;
    case PlanDistribution::Kind::kSingleton:
      out.kind = executor::Distribution::Kind::kSingleton;
      break;
    case PlanDistribution::Kind::kHash:
      out.kind = executor::Distribution::Kind::kHash;
      for (const ColumnId column : distribution.columns) {
        out.columns.push_back(Lowering::PositionOf(input, column));
      }
      break;
  }
  return out;
}

// The constant that a conjunct equals a column with, if it is of that form.
const Value* EqualTo(const executor::Expression& conjunct, ColumnId column) {
  const auto* call = std::get_if<executor::Call>(&conjunct.node);
  if (call == nullptr || call->function->signature.name != "=") return nullptr;
  for (const size_t side : {0, 1}) {
    const executor::Expression& other = *call->args[1 - side];
    const Value* value = AsConstant(other);
    const bool is_column = AsColumn(*call->args[side]) == column;
    // A cast on the column's side would compare something else than the stored key.
    if (is_column && value != nullptr && value->type() == TypeOf(*call->args[side])) return value;
  }
  return nullptr;
}

// The key that a filter fixes, with the columns' positions in the object; empty if it does not fix
// all of it. The filter stays: the lookup only spares it rows.
std::vector<std::pair<int, Value>> KeyIn(const ExpressionRef& predicate, const Scan& scan) {
  std::vector<std::pair<int, Value>> key;
  const std::vector<ExpressionRef> conjuncts = Conjuncts(predicate);
  for (const ColumnId column : scan.key) {
    const Value* value = nullptr;
    for (const ExpressionRef& conjunct : conjuncts) {
      if (value == nullptr) value = EqualTo(*conjunct, column);
    }
    const auto place = std::ranges::find_if(
        scan.columns, [&](const Scan::Column& c) { return c.column.id == column; });
    if (value == nullptr || place == scan.columns.end()) return {};
    key.emplace_back(place->position, *value);
  }
  return key;
}

constexpr PlanDistribution kSingleton{PlanDistribution::Kind::kSingleton, {}};

}  // namespace

OutputColumn AsOutput(const PlanColumn& column) { return {column.name, column.type}; }

std::vector<OutputColumn> AsOutput(const PlanColumns& columns) {
  std::vector<OutputColumn> out;
  for (const PlanColumn& column : columns) out.push_back(AsOutput(column));
  return out;
}

std::vector<ColumnId> IdsOf(const PlanColumns& columns) {
  std::vector<ColumnId> ids;
  for (const PlanColumn& column : columns) ids.push_back(column.id);
  return ids;
}

Lowered Lowering::Lower(const LogicalPlan& plan) {
  if (const auto found = lowered_.find(plan); found != lowered_.end()) return found->second;
  Lowered lowered = std::visit([&](const auto& node) { return LowerNode(node); }, plan->node);
  return lowered_.emplace(plan, std::move(lowered)).first->second;
}

int Lowering::PositionOf(const Lowered& lowered, ColumnId column) {
  const auto found = std::ranges::find(lowered.columns, column);
  CHECK(found != lowered.columns.end(), "an operator lacks a column that the plan has");
  return static_cast<int>(found - lowered.columns.begin());
}

ExpressionRef Lowering::AtPositions(const ExpressionRef& expression, const Lowered& input) {
  const bool is_volatile = executor::VolatilityOf(*expression) == executor::Volatility::kVolatile;
  if (is_volatile && mode_ == QueryMode::kContinuous) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "volatile functions are not supported in a continuous query")
        .WithDetail("A row that is taken back could not be computed again.");
  }
  std::map<ColumnId, ColumnId> positions;
  for (size_t i = 0; i < input.columns.size(); ++i) {
    positions.emplace(input.columns[i], ColumnId{static_cast<uint32_t>(i)});
  }
  return Rename(expression, positions);
}

OperatorId Lowering::Add(executor::OperatorSpec spec, const Lowered& input,
                         const PlanDistribution& needs, std::vector<OutputColumn> output) {
  // State lies with the vnode of its key, so only the very same division will do.
  const bool divided = needs.kind == PlanDistribution::Kind::kAny || needs == input.distribution;
  executor::InputRef from{input.id,
                          planner::AtPositions(divided ? PlanDistribution{} : needs, input)};
  return builder_.Add(std::move(spec), {std::move(from)}, std::move(output));
}

Lowered Lowering::Arrange(const Lowered& input, const std::vector<ColumnId>& columns) {
  if (input.columns == columns) return input;
  executor::ProjectSpec spec;
  std::vector<OutputColumn> output;
  ColumnSet there(columns.begin(), columns.end());
  for (const ColumnId column : columns) {
    const int position = PositionOf(input, column);
    const OutputColumn& from = OutputOf(input)[static_cast<size_t>(position)];
    spec.outputs.push_back(
        executor::Make(executor::ColumnRef{static_cast<uint32_t>(position), from.type}));
    output.push_back(from);
  }
  const bool keeps_division = std::ranges::all_of(
      input.distribution.columns, [&](ColumnId column) { return there.contains(column); });
  const OperatorId id = Add(std::move(spec), input, {}, std::move(output));
  return {id, columns, keeps_division ? input.distribution : PlanDistribution{}};
}

Lowered Lowering::Compute(const Lowered& input, const std::vector<Project::Item>& items) {
  executor::ProjectSpec spec;
  Lowered out{{}, {}, {input.distribution.kind, {}}};
  std::vector<OutputColumn> output;
  for (const Project::Item& item : items) {
    spec.outputs.push_back(AtPositions(item.expression, input));
    out.columns.push_back(item.column.id);
    output.push_back(AsOutput(item.column));
  }
  for (const ColumnId column : input.distribution.columns) {
    const auto image = std::ranges::find_if(
        items, [&](const Project::Item& item) { return AsColumn(*item.expression) == column; });
    if (image == items.end()) {
      out.distribution = {};
      break;
    }
    out.distribution.columns.push_back(image->column.id);
  }
  out.id = Add(std::move(spec), input, {}, std::move(output));
  return out;
}

Lowered Lowering::LowerScan(const Scan& node, std::vector<std::pair<int, Value>> key) {
  executor::SourceSpec spec{node.object, {}, std::move(key)};
  PlanColumns columns;
  for (const Scan::Column& column : node.columns) {
    spec.columns.push_back(column.position);
    columns.push_back(column.column);
  }
  return {builder_.Add(std::move(spec), {}, AsOutput(columns)), IdsOf(columns), {}};
}

Lowered Lowering::LowerNode(const Values& node) {
  executor::ValuesSpec constant;
  std::vector<Lowered> branches;
  for (const std::vector<ExpressionRef>& row : node.rows) {
    if (std::optional<std::vector<Value>> values = ConstantRow(row)) {
      constant.rows.push_back(std::move(*values));
      continue;
    }
    // What has to be computed is a projection of the row without columns.
    const OperatorId one_row = builder_.Add(executor::ValuesSpec{{{}}}, {}, {});
    std::vector<Project::Item> items;
    for (size_t c = 0; c < row.size(); ++c) items.push_back({node.columns[c], row[c]});
    branches.push_back(Compute({one_row, {}, kSingleton}, items));
  }
  if (!constant.rows.empty() || branches.empty()) {
    const OperatorId id = builder_.Add(std::move(constant), {}, AsOutput(node.columns));
    branches.insert(branches.begin(), {id, IdsOf(node.columns), kSingleton});
  }
  return branches.size() == 1 ? branches.front() : UnionOf(std::move(branches), node.columns);
}

Lowered Lowering::LowerNode(const Filter& node) {
  const auto* scan = std::get_if<Scan>(&node.input->node);
  auto key = scan != nullptr && mode_ == QueryMode::kOneShot
                 ? KeyIn(node.predicate, *scan)
                 : std::vector<std::pair<int, Value>>{};
  Lowered out = key.empty() ? Lower(node.input) : LowerScan(*scan, std::move(key));
  executor::FilterSpec spec{AtPositions(node.predicate, out)};
  out.id = Add(std::move(spec), out, {}, OutputOf(out));
  return out;
}

Lowered Lowering::LowerNode(const Project& node) { return Compute(Lower(node.input), node.items); }

Lowered Lowering::LowerNode(const TopN& node) {
  if (!node.partition.empty()) NotYet("the first rows of each group are");
  const bool sorts_only = !node.limit && node.offset == 0;
  Lowered input = Lower(node.input);
  const bool one_shot = mode_ == QueryMode::kOneShot;
  if (sorts_only && (!one_shot || node.order.empty())) return input;
  if (!node.columns.empty()) input = Arrange(input, node.columns);
  std::vector<OutputColumn> output = OutputOf(input);
  if (one_shot && node.order.empty()) {
    const executor::LimitSpec spec{node.offset,
                                   node.limit.value_or(std::numeric_limits<uint64_t>::max())};
    return {Add(spec, input, kSingleton, std::move(output)), input.columns, kSingleton};
  }
  executor::TopNSpec spec{{}, node.offset, node.limit};
  for (const OrderKey& key : node.order) {
    spec.order.push_back({PositionOf(input, key.column), key.descending, key.nulls_first});
  }
  return {Add(std::move(spec), input, kSingleton, std::move(output)), input.columns, kSingleton};
}

Lowered Lowering::LowerNode(const SetOp& node) {
  if (node.kind == SetOp::Kind::kIntersect) NotYet("INTERSECT is");
  if (node.kind == SetOp::Kind::kExcept) NotYet("EXCEPT is");
  std::vector<Lowered> branches;
  for (const SetOp::Branch& branch : node.branches) {
    branches.push_back(Arrange(Lower(branch.input), branch.columns));
  }
  Lowered all = UnionOf(std::move(branches), node.columns);
  return node.all ? all : LowerGroups(all, {.keys = all.columns, .calls = {}});
}

Lowered Lowering::UnionOf(std::vector<Lowered> branches, const PlanColumns& columns) {
  std::vector<executor::InputRef> inputs;
  Lowered out{{}, IdsOf(columns), {}};
  for (size_t i = 0; i < branches.size(); ++i) {
    inputs.push_back({branches[i].id, {}});
    PlanDistribution division{branches[i].distribution.kind, {}};
    for (const ColumnId column : branches[i].distribution.columns) {
      division.columns.push_back(columns[static_cast<size_t>(PositionOf(branches[i], column))].id);
    }
    if (i == 0) out.distribution = division;
    if (!(out.distribution == division)) out.distribution = {};
  }
  out.id = builder_.Add(executor::UnionSpec{}, std::move(inputs), AsOutput(columns));
  return out;
}

Lowered Lowering::LowerNode(const Shared& node) {
  std::vector<ColumnId> from;
  std::map<ColumnId, ColumnId> images;
  Lowered out = Lower(node.input);
  for (const Shared::Column& column : node.columns) {
    from.push_back(column.from);
    images.emplace(column.from, column.column.id);
  }
  out = Arrange(out, from);
  for (size_t i = 0; i < out.columns.size(); ++i) out.columns[i] = node.columns[i].column.id;
  for (ColumnId& column : out.distribution.columns) column = images.at(column);
  return out;
}

executor::WindowSpec Lowering::WindowSpecOf(const WindowAssign& node, int time) {
  const auto micros = [](const Interval& interval) {
    Micros length = 0;
    const TimeStatus status = IntervalToMicros(interval, length);
    CHECK(status == TimeStatus::kOk, "a window's length has been checked");
    return length;
  };
  return {time, micros(node.size), micros(node.slide), micros(node.offset), node.closes};
}

Lowered Lowering::LowerNode(const WindowAssign& node) {
  Lowered out = Lower(node.input);
  executor::WindowSpec spec = WindowSpecOf(node, PositionOf(out, node.time));
  if (node.row_watermark) spec.row_watermark = PositionOf(out, *node.row_watermark);
  std::vector<OutputColumn> output = OutputOf(out);
  for (const PlanColumn& column : {node.window_start, node.window_end, node.window_time}) {
    output.push_back(AsOutput(column));
    out.columns.push_back(column.id);
  }
  out.id = Add(std::move(spec), {out.id, {}, out.distribution}, {}, std::move(output));
  return out;
}

Lowered Lowering::LowerNode(const Emit& node) {
  if (node.mode == Emit::Mode::kEvery) NotYet("EMIT EVERY is");
  return Lower(node.input);
}

Lowered Lowering::LowerNode(const Write& node) {
  std::vector<ColumnId> columns = node.before;
  columns.insert(columns.end(), node.after.begin(), node.after.end());
  return Arrange(Lower(node.input), columns);
}

Lowered Lowering::LowerNode(const Join&) { NotYet("joins are"); }
Lowered Lowering::LowerNode(const DependentJoin&) { NotYet("subqueries and LATERAL are"); }
Lowered Lowering::LowerNode(const Over&) { NotYet("window functions are"); }
Lowered Lowering::LowerNode(const TemporalFilter&) { NotYet("filters on now() are"); }
Lowered Lowering::LowerNode(const Pattern&) { NotYet("MATCH_RECOGNIZE is"); }
Lowered Lowering::LowerNode(const TableFunction& node) {
  NotYet("the set-returning function " + node.function->signature.name + " is");
}

}  // namespace riverrun::planner
