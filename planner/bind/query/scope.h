// Which names an expression may use, and what they mean.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast/node.h"
#include "planner/bind/bind_state.h"

namespace riverrun::planner {

/// A relation of FROM under the name that the query gives it.
struct ScopeRelation {
  std::string name;             // alias, or the relation's own; empty for a subquery without one
  std::string schema;           // empty under an alias
  std::string hidden_name;      // the relation's own name where an alias hides it
  PlanColumns columns;          // one column may stand there twice, under two names
  std::vector<ColumnId> key;    // columns that make its rows unique: the primary key
  bool hidden = false;          // there, but not to be used here: "excluded" in RETURNING
  bool qualified_only = false;  // its columns have to be qualified: "excluded" in DO UPDATE
};

/// Relations that are visible at one place of a query.
class Scope {
 public:
  /// Throws 42712 if the name is taken.
  void Add(ScopeRelation relation, Position position);
  const std::vector<ScopeRelation>& relations() const { return relations_; }

  /// The column of a name with up to two qualifiers. Throws 42703, 42P01, 42702 with the hints that
  /// PostgreSQL gives.
  PlanColumn Find(const parser::ast::QualifiedName& name) const;
  /// The same for a bare name; nothing if there is none. Throws 42702.
  std::optional<PlanColumn> FindBare(const parser::ast::Identifier& name) const;
  /// The columns of `*` or `r.*`.
  PlanColumns ColumnsOf(const parser::ast::QualifiedName& qualifier, Position position) const;

  /// The relation that a column belongs to; null if it is of none.
  const ScopeRelation* RelationOf(ColumnId column) const;
  /// "t.a", as messages name a column.
  std::string QualifiedNameOf(ColumnId column) const;

 private:
  const ScopeRelation& FindRelation(const parser::ast::QualifiedName& name, size_t parts) const;
  [[noreturn]] void FailMissing(const parser::ast::Identifier& name,
                                const ScopeRelation* relation) const;
  std::string NearestHint(std::string_view name, const ScopeRelation* relation) const;

  std::vector<ScopeRelation> relations_;
};

}  // namespace riverrun::planner
