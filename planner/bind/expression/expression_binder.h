// Binds one expression: AST in, typed expression over columns out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast/expression.h"
#include "planner/bind/bind_state.h"
#include "planner/bind/expression/coerce.h"
#include "planner/bind/query/scope.h"

namespace riverrun::planner {

namespace ast = parser::ast;

/// Where an expression stands, as messages name it: "aggregate functions are not allowed in WHERE".
enum class Clause : uint8_t {
  kSelect,
  kWhere,
  kGroupBy,
  kHaving,
  kOrderBy,
  kFilter,
  kLimit,
  kOffset,
  kValues,
  kDefault,
  kReturning,
  kUpdate,
  kOnConflict,
  kExecute,
  kWatermark,
  kGenerated,
  kWindow,
};
std::string_view ClauseText(Clause clause);

/// The window of GROUP BY TUMBLE(...) or HOP(...).
struct GroupWindow {
  WindowAssign node;
  bool uses_time = false;  // TUMBLE_ROWTIME is called
};

/// What the groups of one SELECT have: the calls of aggregates, each once, and the window.
struct AggregateCalls {
  struct Entry {
    PlanColumn column;
    const executor::Function* function = nullptr;
    std::vector<ExpressionRef> arguments;  // over the rows that are grouped
    ExpressionRef filter;                  // null: all rows
    bool distinct = false;
    Position position = 0;
  };
  std::vector<Entry> entries;
  std::optional<GroupWindow> window = {};
};

/// Binds expressions of one clause. Aggregates become columns that `aggregates` will have; without
/// it they are refused.
class ExpressionBinder {
 public:
  ExpressionBinder(BindState& state, const Scope& scope, Clause clause,
                   AggregateCalls* aggregates = nullptr)
      : state_(state), scope_(scope), clause_(clause), aggregates_(aggregates) {}

  /// May be without a type: see Bound.
  Bound Bind(const ast::Expression& expression);
  /// The same, text if nothing else.
  Bound BindKnown(const ast::Expression& expression) { return AsKnown(state_, Bind(expression)); }
  /// A condition of the clause.
  ExpressionRef BindCondition(const ast::Expression& expression) {
    return AsBoolean(state_, Bind(expression), ClauseText(clause_));
  }

 private:
  using Span = ast::Span;

  // bind_literal.cpp
  Bound BindNode(const ast::NullLiteral& node, Span span);
  Bound BindNode(const ast::BooleanLiteral& node, Span span);
  Bound BindNode(const ast::NumberLiteral& node, Span span);
  Bound BindNode(const ast::StringLiteral& node, Span span);
  Bound BindNode(const ast::BitStringLiteral& node, Span span);
  Bound BindNode(const ast::Parameter& node, Span span);
  Bound BindNode(const ast::CurrentValue& node, Span span);
  Bound BindNode(const ast::ArrayLiteral& node, Span span);
  Bound Number(std::string text, Position position);
  Bound Constant(std::string_view text, Position position);
  // bind_expression.cpp
  Bound BindNode(const ast::DefaultValue& node, Span span);
  Bound BindNode(const ast::ColumnReference& node, Span span);
  Bound BindNode(const ast::Star& node, Span span);
  Bound BindNode(const ast::FieldSelection& node, Span span);
  Bound BindNode(const ast::Subscript& node, Span span);
  Bound BindNode(const ast::UnaryOperation& node, Span span);
  Bound BindNode(const ast::BinaryOperation& node, Span span);
  Bound BindNode(const ast::Row& node, Span span);
  Bound BindNode(const ast::Cast& node, Span span);
  Bound BindNode(const ast::Collate& node, Span span);
  Bound BindNode(const ast::InQuery& node, Span span);
  Bound BindNode(const ast::Exists& node, Span span);
  Bound BindNode(const ast::ScalarSubquery& node, Span span);
  Bound BindNode(const ast::ArraySubquery& node, Span span);
  Bound BindNode(const ast::TableArgument& node, Span span);
  Bound BindNode(const ast::DescriptorArgument& node, Span span);
  Bound BindNode(const ast::ModelArgument& node, Span span);
  // bind_predicate.cpp
  Bound BindNode(const ast::Logical& node, Span span);
  Bound BindNode(const ast::Not& node, Span span);
  Bound BindNode(const ast::IsTest& node, Span span);
  Bound BindNode(const ast::IsDistinct& node, Span span);
  Bound BindNode(const ast::Between& node, Span span);
  Bound BindNode(const ast::Like& node, Span span);
  Bound BindNode(const ast::InList& node, Span span);
  Bound BindNode(const ast::Quantified& node, Span span);
  Bound BindNode(const ast::Case& node, Span span);
  Bound Negated(Bound bound, bool negated);
  // bind_call.cpp
  Bound BindNode(const ast::FunctionCall& node, Span span);
  std::optional<Bound> BindSessionCall(const ast::FunctionCall& node, const std::string& name);
  Bound BindCurrentSetting(const std::vector<Bound>& args, Position position);
  std::optional<Bound> BindSpecial(const ast::FunctionCall& node, const std::string& name);
  std::optional<Bound> BindCastCall(const std::string& name, const std::vector<Bound>& args,
                                    Position position);
  Bound BindNullIf(std::vector<Bound> args, Position position);
  Bound BindExtreme(const std::vector<Bound>& args, bool greatest, Position position);
  Bound BindAggregate(const ast::FunctionCall& node, const std::string& name);
  std::optional<Bound> BindWindowPart(const ast::FunctionCall& node, const std::string& name);
  std::vector<Bound> BindArguments(const ast::FunctionCall& node);

  BindState& state_;
  const Scope& scope_;
  const Clause clause_;
  AggregateCalls* const aggregates_;
  bool inside_aggregate_ = false;
};

/// The name that PostgreSQL gives an output column without alias.
std::string ColumnNameOf(const ast::Expression& expression);

}  // namespace riverrun::planner
