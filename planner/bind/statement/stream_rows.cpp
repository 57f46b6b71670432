#include "planner/bind/statement/stream_rows.h"

#include <algorithm>
#include <map>

#include "executor/dataflow.h"
#include "parser/print.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/settings_text.h"
#include "planner/bind/statement/statement_binder.h"
#include "types/time/timestamp.h"

namespace riverrun::planner {
namespace {

using storage::CatalogColumn;
using storage::CatalogObject;
using storage::GeneratedColumn;

constexpr SqlState kInvalidObjectDefinition = State("42P17");

// Rows of a stream are computed anew whenever its log is read: the result must be the same.
void CheckRepeatable(const ExpressionRef& expression, std::string_view what, Position position) {
  bool repeatable = executor::VolatilityOf(*expression) != executor::Volatility::kVolatile;
  static_cast<void>(RewriteExpression(expression, [&](const ExpressionRef& part) {
    const auto* call = std::get_if<executor::Call>(&part->node);
    if (call != nullptr && call->function->options.reads_clock) repeatable = false;
    return part;
  }));
  if (repeatable) return;
  throw SqlError(kInvalidObjectDefinition, std::string(what) + " expression is not immutable",
                 position)
      .WithDetail("The log is read again after a restart, and has to give the same rows.");
}

class StreamBinder {
 public:
  StreamBinder(BindState& state, const ast::CreateRelation& create, CatalogObject& object)
      : state_(state), create_(create), object_(object) {}

  void Bind() {
    const bool generates = std::ranges::any_of(object_.columns, [](const CatalogColumn& column) {
      return column.generated == GeneratedColumn::kStored;
    });
    if (!generates && !object_.watermark) return;
    state_.ForbidClock();
    MakeScopes();
    BindGenerated();
    ExpressionRef watermark = BindWatermark();
    Store(std::move(watermark));
  }

 private:
  // The rows as they are given, for generated columns, and as they will be, for the watermark.
  void MakeScopes() {
    row_ = RowOf(state_, object_, object_.name);
    ScopeRelation given = row_;
    given.columns.clear();
    for (size_t i = 0; i < object_.columns.size(); ++i) {
      if (object_.columns[i].generated == GeneratedColumn::kStored) continue;
      positions_.emplace(row_.columns[i].id, ColumnId{static_cast<uint32_t>(given_.size())});
      given_.push_back(static_cast<int>(i));
      given.columns.push_back(row_.columns[i]);
    }
    given_scope_.Add(std::move(given), create_.name.span.begin);
  }

  void BindGenerated() {
    for (const auto& element : create_.elements) {
      const auto* definition = std::get_if<ast::ColumnDefinition>(&element);
      if (definition == nullptr || !definition->generated) continue;
      const auto at = static_cast<size_t>(storage::FindColumn(object_, definition->name.text));
      CatalogColumn& column = object_.columns[at];
      ExpressionBinder binder(state_, given_scope_, Clause::kGenerated);
      const Bound bound = binder.Bind(*definition->generated);
      auto value = TryCoerce(state_, bound, column.type, CastContext::kAssignment);
      if (!value) {
        throw SqlError(sqlstate::kDatatypeMismatch,
                       "column \"" + column.name + "\" is of type " + TypeText(column.type) +
                           " but the generation expression is of type " + TypeText(bound.type()),
                       bound.position)
            .WithHint("You will need to rewrite or cast the expression.");
      }
      CheckRepeatable(*value, "generation", bound.position);
      generated_.emplace(row_.columns[at].id, *std::move(value));
    }
  }

  // Null: it has no expression.
  ExpressionRef BindWatermark() {
    for (const auto& element : create_.elements) {
      const auto* watermark = std::get_if<ast::Watermark>(&element);
      if (watermark == nullptr || !watermark->expression) continue;
      Scope scope;
      scope.Add(row_, watermark->span.begin);
      const Bound bound =
          ExpressionBinder(state_, scope, Clause::kWatermark).Bind(*watermark->expression);
      const Type& type = object_.columns[static_cast<size_t>(object_.watermark->column)].type;
      const auto value = TryCoerce(state_, bound, type, CastContext::kAssignment);
      CHECK(value.has_value(), "the watermark's type has been checked");
      CheckRepeatable(*value, "watermark", bound.position);
      return Substitute(*value, generated_);
    }
    return nullptr;
  }

  void Store(ExpressionRef watermark) {
    executor::ProjectSpec project;
    std::vector<executor::OutputColumn> given, output;
    for (const int at : given_) {
      const CatalogColumn& column = object_.columns[static_cast<size_t>(at)];
      given.push_back({column.name, column.type});
    }
    for (size_t i = 0; i < object_.columns.size(); ++i) {
      const PlanColumn& column = row_.columns[i];
      const auto value = generated_.find(column.id);
      const ExpressionRef expression =
          value == generated_.end() ? ColumnValue(column.id, column.type) : value->second;
      project.outputs.push_back(Rename(expression, positions_));
      output.push_back({column.name, column.type});
    }
    if (watermark != nullptr) {
      output.push_back({"watermark", executor::TypeOf(*watermark)});
      project.outputs.push_back(Rename(watermark, positions_));
    }
    executor::DataflowSpec spec;
    spec.nodes = {{.id = {1},
                   .spec = executor::SourceSpec{object_.id, given_},
                   .inputs = {},
                   .output = std::move(given)},
                  {.id = {2},
                   .spec = std::move(project),
                   .inputs = {{OperatorId{1}, {}}},
                   .output = std::move(output)}};
    object_.dataflow = executor::Serialize(spec);
    object_.settings = TextsOf(state_.context());
  }

  BindState& state_;
  const ast::CreateRelation& create_;
  CatalogObject& object_;
  ScopeRelation row_;
  Scope given_scope_;
  std::vector<int> given_;                       // positions of the columns that a reader gives
  std::map<ColumnId, ColumnId> positions_;       // in those
  std::map<ColumnId, ExpressionRef> generated_;  // over those
};

}  // namespace

void BindStreamRows(BindState& state, const ast::CreateRelation& create, CatalogObject& object) {
  StreamBinder(state, create, object).Bind();
}

AdvancePlan BindAdvance(BindState& state, const ast::Alter& alter,
                        const ast::AdvanceWatermark& advance) {
  const Position position = alter.name.span.begin;
  if (alter.if_exists) NotYet("ALTER STREAM IF EXISTS is", position);
  const storage::ObjectRef stream = FindRelation(state, alter.name);
  if (stream->kind != storage::ObjectKind::kStream) {
    throw SqlError(sqlstate::kWrongObjectType, "\"" + stream->name + "\" is not a stream",
                   position);
  }
  state.Use(*stream, storage::kOwn, position);
  if (!stream->watermark) {
    throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                   "stream \"" + stream->name + "\" has no watermark", position)
        .WithHint("Declare one when it is created: WATERMARK FOR ts.");
  }
  if (!stream->options.empty()) {
    NotYet("ADVANCE WATERMARK of a stream with a connector is", position);
  }
  const Scope nothing;
  const Bound bound = ExpressionBinder(state, nothing, Clause::kWatermark).Bind(advance.to);
  const Type& type = stream->columns[static_cast<size_t>(stream->watermark->column)].type;
  const auto to = TryCoerce(state, bound, type, CastContext::kAssignment);
  if (!to) {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   "the watermark is of type " + TypeText(type) + ", not " + TypeText(bound.type()),
                   bound.position);
  }
  const Value value = EvaluateConstant(state, *to, bound.position);
  if (value.IsNull() || !IsFiniteTimestamp(value.As<Micros>())) {
    throw SqlError(sqlstate::kInvalidParameterValue, "the watermark can only be advanced to a time",
                   bound.position);
  }
  return {stream->id, value.As<Micros>()};
}

void NoteGenerated(const ast::ColumnDefinition& definition, const CatalogObject& object,
                   CatalogColumn& column) {
  const Position position = definition.name.span.begin;
  if (object.kind != storage::ObjectKind::kStream) {
    NotYet("generated columns of a table are", position);
  }
  if (!definition.type) NotYet("a generated column without a type is", position);
  if (definition.not_null) NotYet("NOT NULL of a generated column is", position);
  column.generated = GeneratedColumn::kStored;
  column.generated_from = parser::Print(*definition.generated);
}

}  // namespace riverrun::planner
