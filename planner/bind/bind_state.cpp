#include "planner/bind/bind_state.h"

#include <algorithm>

#include "planner/logical/rewrite_plan.h"

namespace riverrun::planner {
namespace {

constexpr uint32_t kParametersMax = 65535;
constexpr int kPlanDepthMax = 2000;

// How many Shared nodes there are of each number.
std::map<uint32_t, int> UsesOfShared(const LogicalPlan& plan) {
  std::map<uint32_t, int> uses;
  for (const LogicalPlan& node : NodesOf(plan)) {
    if (const auto* shared = As<Shared>(node)) ++uses[shared->number];
  }
  return uses;
}

LogicalPlan Unshared(const Shared& shared) {
  std::map<ColumnId, Type> types;
  for (const PlanColumn& column : OutputOf(*shared.input)) types.emplace(column.id, column.type);
  Project project{shared.input, {}};
  for (const Shared::Column& column : shared.columns) {
    project.items.push_back({column.column, ColumnValue(column.from, types.at(column.from))});
  }
  return MakePlan(std::move(project));
}

}  // namespace

BindState::BindState(const BindContext& bind_context, QueryMode query_mode)
    : context_(&bind_context),
      functions_(executor::BuiltinFunctions()),
      mode_(query_mode),
      clock_forbidden_(query_mode == QueryMode::kContinuous) {
  for (const BindParameter& parameter : bind_context.parameters) {
    parameter_types_.push_back(parameter.type);
  }
}

std::optional<Micros> BindState::Now() const {
  if (clock_forbidden_ && !context_->now_is_fixed) return std::nullopt;
  return context_->now;
}

void BindState::Use(const storage::CatalogObject& object, uint32_t privileges, Position position) {
  reads_.insert(object.id);
  if (storage::IsVirtual(object.id)) return;  // anyone may look at it, nobody may do more
  const Result<void> allowed = storage::Authorize(context_->principal, *context_->catalog,
                                                  storage::OwnerOf(object.id), privileges);
  if (!allowed) Throw(allowed.error(), position);
}

std::optional<Type> BindState::ParameterType(uint32_t number) {
  CHECK(number > 0, "parameters count from 1");
  if (number > kParametersMax) {
    throw SqlError(sqlstate::kUndefinedParameter,
                   "there is no parameter $" + std::to_string(number));
  }
  if (parameter_types_.size() < number) parameter_types_.resize(number);
  return parameter_types_[number - 1];
}

void BindState::SetParameterType(uint32_t number, const Type& type) {
  if (!ParameterType(number)) parameter_types_[number - 1] = type;
}

const Value* BindState::ParameterValue(uint32_t number) const {
  const std::vector<BindParameter>& parameters = context_->parameters;
  if (number > parameters.size() || !parameters[number - 1].value) return nullptr;
  return &*parameters[number - 1].value;
}

std::vector<Type> BindState::ParameterTypes() const {
  std::vector<Type> types;
  for (size_t i = 0; i < parameter_types_.size(); ++i) {
    if (!parameter_types_[i]) {
      throw SqlError(sqlstate::kIndeterminateDatatype,
                     "could not determine data type of parameter $" + std::to_string(i + 1));
    }
    types.push_back(*parameter_types_[i]);
  }
  return types;
}

void BindState::NoteColumn(const ExpressionRef& reference, Position position) {
  column_positions_.emplace(reference.get(), std::pair(reference, position));
}

std::optional<Position> BindState::PositionOf(const Expression& reference) const {
  const auto found = column_positions_.find(&reference);
  if (found == column_positions_.end()) return std::nullopt;
  return found->second.second;
}

int BindState::DepthOf(const LogicalPlan& plan) {
  if (const auto known = plan_depths_.find(plan); known != plan_depths_.end()) return known->second;
  int depth = 0;
  for (const LogicalPlan& input : InputsOf(*plan)) depth = std::max(depth, DepthOf(input));
  return plan_depths_.emplace(plan, depth + 1).first->second;
}

void BindState::CheckDepth(const LogicalPlan& plan, Position position) {
  if (DepthOf(plan) <= kPlanDepthMax) return;
  throw SqlError(sqlstate::kStatementTooComplex, "WITH queries and views are nested too deeply",
                 position)
      .WithHint("Keep a part of the query as a materialized view, and read that.");
}

void BindState::NoteRelation(Position position, const std::string& schema) {
  if (depth_ == 0) meant_names_.schemas.insert_or_assign(position, schema);
}

void BindState::NoteStar(Position position, std::vector<ast::QualifiedName> columns) {
  std::set<std::vector<std::string>> names;
  for (const ast::QualifiedName& column : columns) {
    std::vector<std::string> parts;
    for (const ast::Identifier& part : column.parts) parts.push_back(part.text);
    if (!names.insert(std::move(parts)).second) return;
  }
  if (depth_ == 0) meant_names_.stars.insert_or_assign(position, std::move(columns));
}

BoundQuery BindState::Finish(LogicalPlan plan, std::vector<ResultColumn> result) const {
  const std::map<uint32_t, int> uses = UsesOfShared(plan);
  const bool some_once = std::ranges::any_of(uses, [](const auto& use) { return use.second == 1; });
  if (some_once) {
    plan = RewritePlan(plan, [&](const LogicalPlan& node) {
      const auto* shared = As<Shared>(node);
      return shared != nullptr && uses.at(shared->number) == 1 ? Unshared(*shared) : node;
    });
  }
  return {.plan = std::move(plan),
          .result = std::move(result),
          .columns = columns_,
          .reads = {reads_.begin(), reads_.end()}};
}

void NotYet(std::string_view what, Position position) {
  throw SqlError(sqlstate::kFeatureNotSupported, std::string(what) + " not supported yet",
                 position);
}

void Throw(const Error& error, std::optional<Position> position) {
  SqlError thrown(error.sqlstate, error.text);
  thrown.position = position;
  thrown.error = error;
  thrown.detail = error.detail;
  thrown.hint = error.hint;
  throw thrown;
}

}  // namespace riverrun::planner
