// TUMBLE and HOP, in FROM and in GROUP BY. Private to planner/bind/.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parser/ast/expression.h"
#include "planner/bind/bind_state.h"
#include "planner/bind/query/scope.h"

namespace riverrun::planner {

/// A call of TUMBLE or HOP with its arguments at their places.
class WindowCall {
 public:
  /// Nothing if the function is another one. `with_relation`: the first argument is a relation.
  /// Throws 42883 for arguments that do not fit, 0A000 for what the call may not have.
  static std::optional<WindowCall> Of(const parser::ast::FunctionCall& call, bool with_relation);

  WindowAssign::Kind kind() const { return kind_; }
  const parser::ast::Expression& relation() const { return *relation_; }
  Position position() const { return position_; }
  /// The node over `input`, whose columns `scope` has. Throws 42804, 22023, 42703.
  WindowAssign Bind(BindState& state, const Scope& scope, LogicalPlan input) const;

 private:
  const parser::ast::Expression& TimeColumn() const;
  Interval Length(BindState& state, const parser::ast::Expression& length,
                  std::string_view what) const;

  WindowAssign::Kind kind_ = WindowAssign::Kind::kTumble;
  std::string_view name_;  // as messages print it
  Position position_ = 0;
  const parser::ast::Expression* relation_ = nullptr;
  const parser::ast::Expression* time_ = nullptr;
  const parser::ast::Expression* slide_ = nullptr;
  const parser::ast::Expression* size_ = nullptr;
  const parser::ast::Expression* offset_ = nullptr;
};

}  // namespace riverrun::planner
