#include <algorithm>

#include "planner/logical/derive.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

constexpr size_t kKeysMax = 16;

bool Contains(const ColumnSet& set, const ColumnSet& subset) {
  return std::ranges::includes(set, subset);
}

// The column of an equality between a column and a constant that is not NULL.
std::optional<ColumnId> FixedColumn(const ExpressionRef& conjunct) {
  const auto* call = std::get_if<executor::Call>(&conjunct->node);
  if (call == nullptr || call->function->signature.name != "=" || call->args.size() != 2) return {};
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const std::optional<ColumnId> column = AsColumn(*call->args[side]);
    const Value* value = AsConstant(*call->args[1 - side]);
    if (column && value != nullptr && !value->IsNull()) return column;
  }
  return {};
}

// All pairs of a key of each side.
std::vector<ColumnSet> Products(const std::vector<ColumnSet>& left,
                                const std::vector<ColumnSet>& right) {
  std::vector<ColumnSet> keys;
  for (const ColumnSet& l : left) {
    for (const ColumnSet& r : right) {
      ColumnSet key = l;
      key.insert(r.begin(), r.end());
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

void Append(std::vector<ColumnSet>& keys, const std::vector<ColumnSet>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
}

bool OnlyLeftRows(JoinKind kind) {
  return kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark ||
         kind == JoinKind::kSingle;
}

// Columns that the keys of a join compare as they are.
ColumnSet KeyColumnsOf(const Join& join, ExpressionRef JoinKey::* side) {
  ColumnSet columns;
  for (const JoinKey& key : join.keys) {
    if (const std::optional<ColumnId> column = AsColumn(*(key.*side))) columns.insert(*column);
  }
  return columns;
}

std::string CountText(uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

bool IsGlobal(const Aggregate& aggregate) {
  return std::ranges::all_of(aggregate.grouping_sets,
                             [](const std::vector<ColumnId>& set) { return set.empty(); });
}

}  // namespace

ColumnImages ImagesOf(const Project& project) {
  ColumnImages images;
  for (const Project::Item& item : project.items) {
    if (const std::optional<ColumnId> column = AsColumn(*item.expression)) {
      images.emplace(*column, item.column.id);
    }
  }
  return images;
}

ColumnImages ImagesOf(const Shared& shared) {
  ColumnImages images;
  for (const Shared::Column& column : shared.columns) images.emplace(column.from, column.column.id);
  return images;
}

std::optional<ColumnSet> MapKey(const ColumnSet& key, const ColumnImages& images) {
  ColumnSet mapped = MapColumns(key, images);
  return mapped.size() == key.size() ? std::optional(std::move(mapped)) : std::nullopt;
}

ColumnSet MapColumns(const ColumnSet& columns, const ColumnImages& images) {
  ColumnSet mapped;
  for (const ColumnId column : columns) {
    if (const auto found = images.find(column); found != images.end()) mapped.insert(found->second);
  }
  return mapped;
}

std::map<ColumnId, ShiftedTime> MapShifted(const std::map<ColumnId, ShiftedTime>& shifted,
                                           const ColumnImages& images) {
  std::map<ColumnId, ColumnId> names;  // of the families
  std::map<ColumnId, ShiftedTime> mapped;
  for (const auto& [column, time] : shifted) {
    const auto image = images.find(column);
    if (image == images.end()) continue;
    const ColumnId family = names.emplace(time.family, image->second).first->second;
    mapped.emplace(image->second, ShiftedTime{family, time.shift});
  }
  return mapped;
}

PlanDistribution MapDistribution(const PlanDistribution& distribution, const ColumnImages& images) {
  PlanDistribution mapped{distribution.kind};
  for (const ColumnId column : distribution.columns) {
    const auto found = images.find(column);
    if (found == images.end()) return {};
    mapped.columns.push_back(found->second);
  }
  return mapped;
}

ColumnSet FixedColumns(const ExpressionRef& predicate) {
  ColumnSet fixed;
  for (const ExpressionRef& conjunct : Conjuncts(predicate)) {
    if (const std::optional<ColumnId> column = FixedColumn(conjunct)) fixed.insert(*column);
  }
  return fixed;
}

ColumnSet NotNullColumns(const ExpressionRef& predicate) {
  ColumnSet columns;
  for (const ExpressionRef& conjunct : Conjuncts(predicate)) {
    if (const auto* test = std::get_if<executor::IsNull>(&conjunct->node)) {
      if (const auto column = AsColumn(*test->arg); column && test->negated)
        columns.insert(*column);
    }
    const auto* call = std::get_if<executor::Call>(&conjunct->node);
    if (call == nullptr || !call->function->options.strict) continue;
    for (const ExpressionRef& arg : call->args) {
      if (const auto column = AsColumn(*arg)) columns.insert(*column);
    }
  }
  return columns;
}

bool NeverNull(const Expression& expression, const ColumnSet& not_null) {
  if (const std::optional<ColumnId> column = AsColumn(expression))
    return not_null.contains(*column);
  if (const Value* value = AsConstant(expression)) return !value->IsNull();
  const auto all = [&](const std::vector<ExpressionRef>& parts) {
    return std::ranges::all_of(
        parts, [&](const ExpressionRef& part) { return NeverNull(*part, not_null); });
  };
  return std::visit(Overloaded{[](const executor::IsNull&) { return true; },
                               [](const executor::IsTruth&) { return true; },
                               [](const executor::IsDistinct&) { return true; },
                               [&](const executor::And& n) { return all(n.args); },
                               [&](const executor::Or& n) { return all(n.args); },
                               [&](const executor::Not& n) { return NeverNull(*n.arg, not_null); },
                               [](const auto&) { return false; }},
                    expression.node);
}

std::vector<ColumnSet> Minimal(std::vector<ColumnSet> keys) {
  std::ranges::stable_sort(keys, {}, &ColumnSet::size);
  std::vector<ColumnSet> minimal;
  for (ColumnSet& key : keys) {
    const bool redundant = std::ranges::any_of(
        minimal, [&](const ColumnSet& smaller) { return Contains(key, smaller); });
    if (!redundant && minimal.size() < kKeysMax) minimal.push_back(std::move(key));
  }
  return minimal;
}

std::vector<ColumnSet> JoinKeys(const Join& join, const PlanProperties& left,
                                const PlanProperties& right) {
  if (OnlyLeftRows(join.kind)) return left.keys;
  if (join.kind == JoinKind::kFull) return {};
  // Sides that a row of the other side meets at most once.
  const bool one_right = right.IsUnique(KeyColumnsOf(join, &JoinKey::right));
  const bool one_left = left.IsUnique(KeyColumnsOf(join, &JoinKey::left));
  std::vector<ColumnSet> keys = Products(left.keys, right.keys);
  if (one_right && join.kind != JoinKind::kRight) Append(keys, left.keys);
  if (one_left && join.kind != JoinKind::kLeft) Append(keys, right.keys);
  return keys;
}

std::vector<ColumnSet> JoinKeys(const DependentJoin& join, const PlanProperties& left,
                                const PlanProperties& right) {
  return OnlyLeftRows(join.kind) ? left.keys : Products(left.keys, right.keys);
}

PlanDistribution UnionDistribution(const SetOp& node, const std::vector<PlanProperties>& branches) {
  std::optional<PlanDistribution> common;
  for (size_t i = 0; i < branches.size(); ++i) {
    ColumnImages images;
    for (size_t c = 0; c < node.columns.size(); ++c) {
      images.emplace(node.branches[i].columns[c], node.columns[c].id);
    }
    PlanDistribution mapped = MapDistribution(branches[i].distribution, images);
    if (common && !(*common == mapped)) return {};
    common = std::move(mapped);
  }
  return common.value_or(PlanDistribution{});
}

bool KeepsState(const LogicalNode& node) {
  return std::visit(
      Overloaded{[](const Scan&) { return false; }, [](const Values&) { return false; },
                 [](const Filter&) { return false; }, [](const Project&) { return false; },
                 [](const WindowAssign&) { return false; },
                 [](const SetOp& n) { return n.kind != SetOp::Kind::kUnion || !n.all; },
                 [](const Shared&) { return false; }, [](const Emit&) { return false; },
                 [](const Write&) { return false; }, [](const TableFunction&) { return false; },
                 [](const auto&) { return true; }},
      node.node);
}

std::optional<std::string> OwnStateBound(const LogicalNode& node,
                                         const std::vector<PlanProperties>& inputs) {
  if (!KeepsState(node)) return "";
  if (const auto* aggregate = std::get_if<Aggregate>(&node.node)) {
    if (aggregate->closes_at) return "the windows that are open";
    const bool keeps_rows = std::ranges::any_of(
        aggregate->calls, [](const Aggregate::Call& call) { return call.distinct; });
    if (IsGlobal(*aggregate) && !keeps_rows) return CountText(1, "group");
  }
  if (const auto* top = std::get_if<TopN>(&node.node)) {
    // Only rows that can never come back need not be kept.
    if (top->limit && top->partition.empty() && inputs[0].append_only) {
      return CountText(*top->limit + top->offset, "row");
    }
  }
  std::string bound;
  for (const PlanProperties& input : inputs) {
    if (!input.row_bound) return std::nullopt;
    if (bound.find(*input.row_bound) != std::string::npos) continue;
    bound += (bound.empty() ? "" : " and ") + *input.row_bound;
  }
  return bound;
}

}  // namespace riverrun::planner
