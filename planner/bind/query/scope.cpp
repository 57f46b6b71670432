#include "planner/bind/query/scope.h"

#include <algorithm>

#include "storage/catalog/nearest_name.h"

namespace riverrun::planner {
namespace {

std::string Quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

}  // namespace

void Scope::Add(ScopeRelation relation, Position position) {
  for (const ScopeRelation& other : relations_) {
    const bool same =
        !relation.name.empty() && other.name == relation.name &&
        (other.schema == relation.schema || other.schema.empty() || relation.schema.empty());
    if (same) {
      throw SqlError(sqlstate::kDuplicateAlias,
                     "table name " + Quoted(relation.name) + " specified more than once", position);
    }
  }
  relations_.push_back(std::move(relation));
}

std::optional<PlanColumn> Scope::FindBare(const parser::ast::Identifier& name) const {
  std::optional<PlanColumn> found;
  for (const ScopeRelation& relation : relations_) {
    if (relation.hidden || relation.qualified_only) continue;
    for (const PlanColumn& column : relation.columns) {
      if (column.name != name.text) continue;
      if (found) {
        throw SqlError(sqlstate::kAmbiguousColumn,
                       "column reference " + Quoted(name.text) + " is ambiguous", name.span.begin);
      }
      found = column;
    }
  }
  return found;
}

const ScopeRelation& Scope::FindRelation(const parser::ast::QualifiedName& name,
                                         size_t parts) const {
  const std::string& relation_name = name.parts[parts - 1].text;
  const std::string_view schema = parts > 1 ? std::string_view(name.parts[parts - 2].text) : "";
  const Position position = name.span.begin;
  for (const ScopeRelation& relation : relations_) {
    if (relation.name != relation_name) continue;
    if (!schema.empty() && relation.schema != schema) continue;
    if (!relation.hidden) return relation;
    throw SqlError(sqlstate::kUndefinedTable,
                   "invalid reference to FROM-clause entry for table " + Quoted(relation_name),
                   position)
        .WithHint("There is an entry for table " + Quoted(relation_name) +
                  ", but it cannot be referenced from this part of the query.");
  }
  for (const ScopeRelation& relation : relations_) {
    if (relation.hidden_name != relation_name) continue;
    throw SqlError(sqlstate::kUndefinedTable,
                   "invalid reference to FROM-clause entry for table " + Quoted(relation_name),
                   position)
        .WithHint("Perhaps you meant to reference the table alias " + Quoted(relation.name) + ".");
  }
  SqlError error(sqlstate::kUndefinedTable,
                 "missing FROM-clause entry for table " + Quoted(relation_name), position);
  std::vector<std::string_view> names;
  for (const ScopeRelation& relation : relations_) {
    if (!relation.hidden) names.push_back(relation.name);
  }
  if (const auto nearest = storage::NearestName(relation_name, names)) {
    error.hint = "Perhaps you meant " + Quoted(*nearest) + ".";
  }
  throw error;
}

std::string Scope::NearestHint(std::string_view name, const ScopeRelation* relation) const {
  std::vector<std::string_view> names;
  for (const ScopeRelation& candidate : relations_) {
    if (candidate.hidden || (relation != nullptr && relation != &candidate)) continue;
    for (const PlanColumn& column : candidate.columns) names.push_back(column.name);
  }
  const auto nearest = storage::NearestName(name, names);
  if (!nearest) return "";
  for (const ScopeRelation& candidate : relations_) {
    if (candidate.hidden || (relation != nullptr && relation != &candidate)) continue;
    if (std::ranges::find(candidate.columns, *nearest, &PlanColumn::name) ==
        candidate.columns.end()) {
      continue;
    }
    const std::string qualifier = candidate.name.empty() ? "" : candidate.name + ".";
    return "Perhaps you meant to reference the column " + Quoted(qualifier + *nearest) + ".";
  }
  return "";
}

void Scope::FailMissing(const parser::ast::Identifier& name, const ScopeRelation* relation) const {
  const std::string text =
      relation == nullptr ? Quoted(name.text) : relation->name + "." + name.text;
  SqlError error(sqlstate::kUndefinedColumn, "column " + text + " does not exist", name.span.begin);
  error.hint = NearestHint(name.text, relation);
  for (const ScopeRelation& other : relations_) {
    if (relation == nullptr && other.name == name.text && !other.hidden) {
      NotYet("the row of a relation as a value is", name.span.begin);
    }
  }
  for (const ScopeRelation& other : relations_) {
    const bool has =
        std::ranges::find(other.columns, name.text, &PlanColumn::name) != other.columns.end();
    if (other.hidden && has && relation == nullptr) {
      error.hint = "There is a column named " + Quoted(name.text) + " in table " +
                   Quoted(other.name) +
                   ", but it cannot be referenced from this part of the query.";
    }
  }
  throw error;
}

PlanColumn Scope::Find(const parser::ast::QualifiedName& name) const {
  if (name.parts.size() > 3) {
    throw SqlError(sqlstate::kFeatureNotSupported, "cross-database references are not supported",
                   name.span.begin);
  }
  const parser::ast::Identifier& last = name.Last();
  if (name.parts.size() == 1) {
    if (std::optional<PlanColumn> found = FindBare(last)) return *found;
    FailMissing(last, nullptr);
  }
  const ScopeRelation& relation = FindRelation(name, name.parts.size() - 1);
  std::optional<PlanColumn> found;
  for (const PlanColumn& column : relation.columns) {
    if (column.name != last.text) continue;
    if (found) {
      throw SqlError(sqlstate::kAmbiguousColumn,
                     "column reference " + Quoted(last.text) + " is ambiguous", name.span.begin);
    }
    found = column;
  }
  if (found) return *found;
  parser::ast::Identifier at = last;
  at.span = name.span;
  FailMissing(at, &relation);
}

PlanColumns Scope::ColumnsOf(const parser::ast::QualifiedName& qualifier, Position position) const {
  if (!qualifier.parts.empty()) {
    return FindRelation(qualifier, qualifier.parts.size()).columns;
  }
  PlanColumns columns;
  bool any = false;
  for (const ScopeRelation& relation : relations_) {
    if (relation.hidden || relation.qualified_only) continue;
    any = true;
    columns.insert(columns.end(), relation.columns.begin(), relation.columns.end());
  }
  if (!any) {
    throw SqlError(sqlstate::kSyntaxError, "SELECT * with no tables specified is not valid",
                   position);
  }
  return columns;
}

const ScopeRelation* Scope::RelationOf(ColumnId column) const {
  for (const ScopeRelation& relation : relations_) {
    if (std::ranges::find(relation.columns, column, &PlanColumn::id) != relation.columns.end()) {
      return &relation;
    }
  }
  return nullptr;
}

std::string Scope::QualifiedNameOf(ColumnId column) const {
  const ScopeRelation* relation = RelationOf(column);
  if (relation == nullptr) return "?column?";
  const PlanColumn& found = *std::ranges::find(relation->columns, column, &PlanColumn::id);
  return relation->name.empty() ? found.name : relation->name + "." + found.name;
}

}  // namespace riverrun::planner
