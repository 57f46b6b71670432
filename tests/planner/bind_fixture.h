// A catalog made from CREATE statements, and what binding gives in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "planner/bind/bind.h"

namespace riverrun::planner::test {

/// What went wrong, as a client sees it. `at` is the text at the position, up to its next blank.
struct BindError {
  std::string state, text, hint, detail, at;
};

class BindWorld {
 public:
  /// With the relations of the tests: see the .cpp.
  BindWorld();

  /// Binds a statement; a CREATE or DROP is applied to the catalog. Throws SqlError.
  BoundStatement Run(std::string_view sql);
  /// Binds without applying anything.
  BoundStatement Bind(std::string_view sql) const;
  /// What binding refuses; the test fails if it does not.
  BindError Refused(std::string_view sql) const;
  /// The bound plan as EXPLAIN prints it. REQUIRES a statement with a plan.
  std::string Plan(std::string_view sql) const;
  /// An expression of no columns: "type: bound form".
  std::string Expression(std::string_view text) const;
  /// Names and types of a query's result: "a integer, b text".
  std::string Columns(std::string_view query) const;

  BindContext context;

 private:
  storage::VirtualRelations virtual_relations_;
  uint32_t next_object_ = 100;
};

/// The plan of a statement that has one.
const BoundQuery& QueryOf(const BoundStatement& statement);

/// A statement that binding refuses, and all that it must say.
struct Refusal {
  std::string_view sql, state, text, at;  // at: what the position points to, up to a blank
  std::string_view hint = "";
};
/// Binds each statement in the world of the tests and compares every part of the refusal.
void ExpectRefusals(std::span<const Refusal> refusals);

}  // namespace riverrun::planner::test
