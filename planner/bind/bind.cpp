#include "planner/bind/bind.h"

#include <limits>

#include "planner/bind/expression/bind_type.h"
#include "planner/bind/query/close_windows.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"
#include "planner/bind/statement/stream_rows.h"

namespace riverrun::planner {
namespace {

// Binds one statement; a BindState for each, since a statement inside another has its own
// parameters and columns.
class StatementBinder {
 public:
  StatementBinder(const BindContext& context, QueryMode mode) : state_(context, mode) {}

  BoundStatement Bind(const ast::Statement& statement) {
    span_ = statement.span;
    StatementPlan plan =
        std::visit([&](const auto& node) { return BindNode(node); }, statement.node);
    return {std::move(plan), state_.ParameterTypes()};
  }

 private:
  StatementPlan BindNode(const ast::Query& query) {
    const bool continuous = IsContinuous(query.emit);
    if (query.emit && query.emit->kind == ast::Emit::Kind::kOnWindowClose) {
      NotYet("EMIT ON WINDOW CLOSE outside of CREATE MATERIALIZED VIEW is", query.emit->span.begin);
    }
    const QueryOutput output = QueryBinder(state_).BindKnown(query, true);
    return QueryPlan{AsBoundQuery(state_, output), continuous};
  }
  StatementPlan BindNode(const ast::Insert& node) { return BindInsert(state_, node); }
  StatementPlan BindNode(const ast::Update& node) { return BindUpdate(state_, node); }
  StatementPlan BindNode(const ast::Delete& node) { return BindDelete(state_, node); }
  StatementPlan BindNode(const ast::Truncate& node) { return BindTruncate(state_, node); }
  StatementPlan BindNode(const ast::CreateRelation& node) {
    return BindCreate(state_, node, span_);
  }
  StatementPlan BindNode(const ast::CreateView& node) { return BindCreate(state_, node, span_); }
  StatementPlan BindNode(const ast::CreateSchema& node) { return BindCreate(state_, node, span_); }
  StatementPlan BindNode(const ast::Drop& node) { return BindDrop(state_, node, span_); }
  StatementPlan BindNode(const ast::Comment& node) { return BindComment(state_, node, span_); }
  StatementPlan BindNode(const ast::RefreshView& node) { return BindRefresh(state_, node); }
  StatementPlan BindNode(const ast::ShowObjects& node) { return BindShow(state_, node, span_); }
  StatementPlan BindNode(const ast::ShowCreate& node) { return BindShowCreate(state_, node); }
  StatementPlan BindNode(const ast::Describe& node) { return BindDescribe(state_, node.name); }

  StatementPlan BindNode(const ast::Explain& node) {
    for (const ast::Option& option : node.options) {
      NotYet("the EXPLAIN option " + option.key + " is", option.span.begin);
    }
    if (!node.statement) NotYet("EXPLAIN of a running view is", span_.begin);
    auto inner = riverrun::planner::Bind(*node.statement, state_.context());
    for (size_t i = 0; i < inner.parameters.size(); ++i) {
      state_.SetParameterType(static_cast<uint32_t>(i + 1), inner.parameters[i]);
    }
    return ExplainPlanned{std::make_shared<const BoundStatement>(std::move(inner))};
  }
  StatementPlan BindNode(const ast::Prepare& node);
  StatementPlan BindNode(const ast::DeclareCursor& node) {
    if (node.scroll == ast::DeclareCursor::Scroll::kScroll) NotYet("SCROLL is", span_.begin);
    if (node.binary) NotYet("BINARY cursors are", span_.begin);
    const auto* query = std::get_if<ast::Query>(&node.statement->node);
    if (query == nullptr) NotYet("a cursor over SUBSCRIBE is", span_.begin);
    const QueryOutput output = QueryBinder(state_).BindKnown(*query);
    return CursorPlan{node.name.text, node.hold, AsBoundQuery(state_, output)};
  }
  StatementPlan BindNode(const ast::WaitFor& node) {
    const storage::ObjectRef stream = FindRelation(state_, node.stream);
    if (stream->kind != storage::ObjectKind::kStream) {
      throw SqlError(sqlstate::kWrongObjectType, "\"" + stream->name + "\" is not a stream",
                     node.stream.span.begin);
    }
    state_.Use(*stream, storage::kSelect, node.stream.span.begin);
    const int64_t partition = node.partition.value_or(0);
    if (partition > std::numeric_limits<int32_t>::max()) {
      throw SqlError(
          sqlstate::kInvalidParameterValue,
          "stream \"" + stream->name + "\" has no partition " + std::to_string(partition),
          node.stream.span.begin);
    }
    return WaitPlan{stream->id, static_cast<int32_t>(partition), node.offset};
  }

  // What the session does alone.
  template <class Node>
    requires std::is_constructible_v<SessionPlan, Node>
  StatementPlan BindNode(const Node& node) {
    return SessionPlan{node};
  }

  // What is not built yet, each by its name.
  StatementPlan BindNode(const ast::Copy&) { NotYet("COPY is", span_.begin); }
  StatementPlan BindNode(const ast::Subscribe&) { NotYet("SUBSCRIBE is", span_.begin); }
  StatementPlan BindNode(const ast::Listen&) { NotYet("LISTEN is", span_.begin); }
  StatementPlan BindNode(const ast::Notify&) { NotYet("NOTIFY is", span_.begin); }
  StatementPlan BindNode(const ast::Grant&) { NotYet("GRANT and REVOKE are", span_.begin); }
  StatementPlan BindNode(const ast::GrantRole&) { NotYet("GRANT and REVOKE are", span_.begin); }
  StatementPlan BindNode(const ast::RoleDefinition& node) {
    NotYet(node.alter ? "ALTER ROLE is" : "CREATE ROLE is", span_.begin);
  }
  StatementPlan BindNode(const ast::RoleSetting&) { NotYet("ALTER ROLE is", span_.begin); }
  StatementPlan BindNode(const ast::CreateIndex&) { NotYet("CREATE INDEX is", span_.begin); }
  StatementPlan BindNode(const ast::CreateSink& node) { return BindCreate(state_, node, span_); }
  StatementPlan BindNode(const ast::CreateSecret&) { NotYet("CREATE SECRET is", span_.begin); }
  StatementPlan BindNode(const ast::CreateAlert&) { NotYet("CREATE ALERT is", span_.begin); }
  StatementPlan BindNode(const ast::CreateModel&) { NotYet("CREATE MODEL is", span_.begin); }
  StatementPlan BindNode(const ast::CreateFunction&) { NotYet("CREATE FUNCTION is", span_.begin); }
  StatementPlan BindNode(const ast::Alter& node) { return BindAlter(state_, node, span_); }

  BindState state_;
  ast::Span span_;
};

StatementPlan StatementBinder::BindNode(const ast::Prepare& node) {
  BindContext context = state_.context();
  context.parameters.clear();
  // A parameter has no modifier in PostgreSQL: numeric(5,1) takes any number.
  for (const ast::TypeName& type : node.types) {
    context.parameters.push_back({executor::WithoutModifiers(BindType(type))});
  }
  return PreparePlan{
      node.name.text, std::make_shared<const ast::Statement>(*node.statement),
      std::make_shared<const BoundStatement>(riverrun::planner::Bind(*node.statement, context))};
}

QueryMode ModeOf(const ast::Statement& statement) {
  const auto* view = std::get_if<ast::CreateView>(&statement.node);
  const auto* query = std::get_if<ast::Query>(&statement.node);
  const bool continuous = (view != nullptr && view->materialized) ||
                          (query != nullptr && query->emit.has_value()) ||
                          std::holds_alternative<ast::CreateSink>(statement.node);
  return continuous ? QueryMode::kContinuous : QueryMode::kOneShot;
}

}  // namespace

bool IsContinuous(const std::optional<ast::Emit>& emit) {
  if (!emit) return false;
  switch (emit->kind) {
    case ast::Emit::Kind::kChanges:
    case ast::Emit::Kind::kOnWindowClose:
      return true;
    case ast::Emit::Kind::kEvery:
      NotYet("EMIT EVERY is", emit->span.begin);
  }
  return false;
}

QueryOutput ApplyEmit(BindState& state, QueryOutput output, const std::optional<ast::Emit>& emit) {
  if (emit && emit->kind == ast::Emit::Kind::kOnWindowClose) {
    output.plan = CloseWindows(state, output.plan, emit->span.begin);
  }
  return output;
}

BoundQuery AsBoundQuery(const BindState& state, const QueryOutput& output) {
  std::vector<ResultColumn> result;
  for (const QueryColumn& column : output.columns) {
    result.push_back({column.column.id, column.column.name});
  }
  return state.Finish(output.plan, std::move(result));
}

BoundStatement Bind(const ast::Statement& statement, const BindContext& context) {
  return StatementBinder(context, ModeOf(statement)).Bind(statement);
}

std::vector<Value> BindArguments(const std::vector<ast::Expression>& arguments,
                                 const std::vector<Type>& types, const BindContext& context) {
  const Position position = arguments.empty() ? 0 : arguments.front().span.begin;
  if (arguments.size() != types.size()) {
    throw SqlError(sqlstate::kSyntaxError, "wrong number of parameters for prepared statement",
                   position)
        .WithDetail("Expected " + std::to_string(types.size()) + " parameters but got " +
                    std::to_string(arguments.size()) + ".");
  }
  BindState state(context, QueryMode::kOneShot);
  const Scope nothing;
  ExpressionBinder binder(state, nothing, Clause::kExecute);
  std::vector<Value> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Bound bound = binder.Bind(arguments[i]);
    const std::optional<ExpressionRef> cast =
        TryCoerce(state, bound, types[i], CastContext::kAssignment);
    if (!cast) {
      throw SqlError(sqlstate::kDatatypeMismatch,
                     "parameter $" + std::to_string(i + 1) + " of type " + TypeText(bound.type()) +
                         " cannot be coerced to the expected type " + TypeText(types[i]),
                     bound.position)
          .WithHint("You will need to rewrite or cast the expression.");
    }
    values.push_back(EvaluateConstant(state, *cast, bound.position));
  }
  return values;
}

BoundQuery BindQuery(const ast::Query& query, const BindContext& context, QueryMode mode) {
  BindState state(context, mode);
  QueryOutput output = QueryBinder(state).BindKnown(query, IsContinuous(query.emit));
  return AsBoundQuery(state, ApplyEmit(state, std::move(output), query.emit));
}

}  // namespace riverrun::planner
