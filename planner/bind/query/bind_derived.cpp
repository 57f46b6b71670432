// FROM: relations that come with the server or with another object.
#include <algorithm>

#include "planner/bind/query/query_binder.h"

namespace riverrun::planner {
namespace {

using storage::ObjectKind;

constexpr std::string_view kCount = "count";

PlanColumn CallOf(BindState& state, Aggregate& groups, std::string name, std::string_view function,
                  const std::vector<PlanColumn>& arguments) {
  std::vector<Type> types;
  std::vector<ColumnId> ids;
  for (const PlanColumn& argument : arguments) {
    types.push_back(argument.type);
    ids.push_back(argument.id);
  }
  const executor::Function* found = state.functions().Find(function, types);
  CHECK(found != nullptr, "an aggregate of the server's own is missing");
  const Type result = arguments.empty() ? Type::Int8() : arguments.front().type;
  groups.calls.push_back({.column = state.columns().New(std::move(name), result),
                          .function = found,
                          .arguments = std::move(ids)});
  return groups.calls.back().column;
}

// The collection keeps failures, each as often as it happened. As a relation, equal ones are one
// row with their number, whichever workers met them.
LogicalPlan CountFailures(BindState& state, LogicalPlan scan, ScopeRelation& relation) {
  Aggregate groups{.input = std::move(scan), .grouping_sets = {{}}, .calls = {}};
  for (PlanColumn& column : relation.columns) {
    if (column.type.kind == TypeKind::kTimestampTz) {
      column = CallOf(state, groups, column.name, "min", {column});
    } else {
      groups.grouping_sets.front().push_back(column.id);
    }
  }
  relation.columns.push_back(CallOf(state, groups, std::string(kCount), kCount, {}));
  return MakePlan(std::move(groups));
}

}  // namespace

LogicalPlan BindDerived(BindState& state, const storage::CatalogObject& object,
                        ScopeRelation& relation, Position position) {
  const bool system = object.kind == ObjectKind::kSystemRelation;
  const std::string name = system ? storage::QualifiedName(object) : object.name;
  if (state.mode() == QueryMode::kContinuous) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "a continuous query cannot read " + std::string(storage::KindName(object.kind)) +
                       " \"" + name + "\"",
                   position)
        .WithDetail(system ? "Its rows are made when a statement reads it."
                           : "It has no changes that others could follow yet.");
  }
  Scan scan{.object = object.id,
            .kind = system ? ScanKind::kSystem : ScanKind::kErrors,
            .name = name,
            .columns = {}};
  relation.name = object.name;
  relation.schema = object.schema;
  const bool counted = object.columns.back().name == kCount;
  for (const storage::CatalogColumn& column : object.columns) {
    if (counted && column.name == kCount) continue;
    const PlanColumn made = state.columns().New(column.name, column.type);
    scan.columns.push_back({made, static_cast<int>(scan.columns.size()), column.not_null});
    relation.columns.push_back(made);
  }
  LogicalPlan plan = MakePlan(std::move(scan));
  return counted && !system ? CountFailures(state, std::move(plan), relation) : plan;
}

}  // namespace riverrun::planner
