#include "planner/bind/query/bind_window.h"

#include <algorithm>
#include <array>

#include "planner/bind/query/query_binder.h"

namespace riverrun::planner {
namespace {

// More than anyone means, and no end of a window overflows.
constexpr Micros kLengthMax = Micros{10'000} * 366 * kMicrosPerDay;
// Windows that a row is in: each costs as much as a row.
constexpr int64_t kOverlapMax = 10'000;

// Names of the arguments in their order, as Flink has them.
constexpr std::array<std::string_view, 4> kTumbleArguments = {"data", "timecol", "size", "offset"};
constexpr std::array<std::string_view, 5> kHopArguments = {"data", "timecol", "slide", "size",
                                                           "offset"};

bool HasDecoration(const ast::FunctionCall& call) {
  return call.star || call.distinct || call.filter || call.over || call.over_name ||
         !call.order_by.empty() || !call.within_group.empty();
}

[[noreturn]] void FailArguments(std::string_view name, bool with_relation, Position position) {
  const bool tumble = name == "TUMBLE";
  throw SqlError(sqlstate::kUndefinedFunction,
                 "the arguments of " + std::string(name) + " are not what it takes", position)
      .WithHint(std::string(name) + "(" + (with_relation ? "relation, " : "") + "time column, " +
                (tumble ? "size" : "slide, size") + " [, offset]): " + std::string(name) + "(" +
                (with_relation ? "bids, " : "") + "ts, " +
                (tumble ? "" : "INTERVAL '10 seconds', ") + "INTERVAL '1 minute').");
}

}  // namespace

std::optional<WindowCall> WindowCall::Of(const ast::FunctionCall& call, bool with_relation) {
  if (call.name.parts.size() != 1) return std::nullopt;
  const std::string& name = call.name.Last().text;
  if (name != "tumble" && name != "hop") return std::nullopt;
  WindowCall out;
  const bool tumble = name == "tumble";
  out.kind_ = tumble ? WindowAssign::Kind::kTumble : WindowAssign::Kind::kHop;
  out.name_ = tumble ? "TUMBLE" : "HOP";
  out.position_ = call.name.span.begin;
  if (HasDecoration(call)) FailArguments(out.name_, with_relation, out.position_);
  std::span<const std::string_view> names = kHopArguments;
  if (tumble) names = kTumbleArguments;
  if (!with_relation) names = names.subspan(1);
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::Argument& argument = call.arguments[i];
    std::string_view place = i < names.size() ? names[i] : "";
    if (argument.name) {
      const auto named = std::ranges::find(names, argument.name->text);
      place = named == names.end() ? "" : *named;
    }
    const ast::Expression** slot = place == "data"      ? &out.relation_
                                   : place == "timecol" ? &out.time_
                                   : place == "slide"   ? &out.slide_
                                   : place == "size"    ? &out.size_
                                                        : &out.offset_;
    if (place.empty() || *slot != nullptr || argument.variadic) {
      FailArguments(out.name_, with_relation, out.position_);
    }
    *slot = &argument.value;
  }
  const bool complete = (out.relation_ != nullptr || !with_relation) && out.time_ != nullptr &&
                        out.size_ != nullptr && (tumble || out.slide_ != nullptr);
  if (!complete) FailArguments(out.name_, with_relation, out.position_);
  return out;
}

Interval WindowCall::Length(BindState& state, const ast::Expression& length,
                            std::string_view what) const {
  const std::string text = "the " + std::string(what) + " of " + std::string(name_);
  const Scope nothing;
  const Bound bound = ExpressionBinder(state, nothing, Clause::kWindow).Bind(length);
  const auto interval = TryCoerce(state, bound, Type::Interval(), CastContext::kImplicit);
  if (!interval) {
    throw SqlError(sqlstate::kDatatypeMismatch,
                   text + " must be of type interval, not " + TypeText(bound.type()),
                   bound.position)
        .WithHint("Write a length of time: INTERVAL '1 minute'.");
  }
  const Value value = EvaluateConstant(state, *interval, bound.position);
  const auto fail = [&](std::string_view problem) -> SqlError {
    return SqlError(sqlstate::kInvalidParameterValue, text + " " + std::string(problem),
                    bound.position);
  };
  if (value.IsNull()) throw fail("must not be null");
  const auto out = value.As<Interval>();
  Micros micros = 0;
  if (out.months != 0) {
    throw fail("must not contain months or years")
        .WithDetail("They are not equally long.")
        .WithHint("Count in days: INTERVAL '30 days'. A day of a window has 24 hours.");
  }
  const bool fits = IntervalToMicros(out, micros) == TimeStatus::kOk && micros <= kLengthMax &&
                    micros >= -kLengthMax;
  if (!fits) throw fail("is out of range").WithHint("It may be 10,000 years.");
  if (micros <= 0 && what != "offset") throw fail("must be positive");
  return out;
}

WindowAssign WindowCall::Bind(BindState& state, const Scope& scope, LogicalPlan input) const {
  const Bound time = [&] {
    ExpressionBinder binder(state, scope, Clause::kWindow);
    if (const auto* descriptor = std::get_if<ast::DescriptorArgument>(&time_->node)) {
      if (descriptor->columns.size() != 1) {
        throw SqlError(sqlstate::kSyntaxError,
                       "the DESCRIPTOR of " + std::string(name_) + " must name one column",
                       time_->span.begin);
      }
      const ast::Identifier& column = descriptor->columns.front();
      return binder.Bind(
          {ast::ColumnReference{ast::QualifiedName{{column}, column.span}}, column.span});
    }
    return binder.Bind(*time_);
  }();
  const std::optional<ColumnId> column = AsColumn(*time.expression);
  const std::string text = "the time of " + std::string(name_);
  if (!column) {
    throw SqlError(sqlstate::kFeatureNotSupported, text + " must be a column", time.position)
        .WithHint("Compute it in a subquery, or in a generated column of the stream.");
  }
  const Type& type = time.type();
  if (type.kind != TypeKind::kTimestamp && type.kind != TypeKind::kTimestampTz) {
    throw SqlError(
        sqlstate::kDatatypeMismatch,
        text + " must be of type timestamp or timestamp with time zone, not " + TypeText(type),
        time.position)
        .WithHint("Cast it in a subquery, or in a generated column of the stream.");
  }
  WindowAssign node{.input = std::move(input),
                    .kind = kind_,
                    .time = *column,
                    .size = Length(state, *size_, "size"),
                    .slide = {},
                    .offset = {},
                    .window_start = state.columns().New("window_start", type),
                    .window_end = state.columns().New("window_end", type),
                    .window_time = state.columns().New("window_time", type)};
  node.slide = slide_ == nullptr ? node.size : Length(state, *slide_, "slide");
  if (offset_ != nullptr) node.offset = Length(state, *offset_, "offset");
  Micros size = 0, slide = 0;
  CHECK(IntervalToMicros(node.size, size) == TimeStatus::kOk &&
            IntervalToMicros(node.slide, slide) == TimeStatus::kOk,
        "a length has been checked");
  if (size / slide > kOverlapMax) {
    throw SqlError(sqlstate::kInvalidParameterValue,
                   "a row would be in " + std::to_string(size / slide) + " windows of HOP",
                   slide_->span.begin)
        .WithHint("It may be in 10,000: make the slide longer, or the size shorter.");
  }
  return node;
}

// A relation by its name, TABLE s, TABLE (query) or a query in parentheses.
LogicalPlan QueryBinder::BindWindowTable(const WindowCall& call, ScopeRelation& relation) {
  const ast::Expression& data = call.relation();
  ast::TableRef item{ast::NamedTable{}, std::nullopt, data.span};
  if (const auto* reference = ast::As<ast::ColumnReference>(data)) {
    item.node = ast::NamedTable{reference->name, false, {}};
  } else if (const auto* subquery = ast::As<ast::ScalarSubquery>(data)) {
    item.node = ast::DerivedTable{subquery->query, false};
  } else if (const auto* table = ast::As<ast::TableArgument>(data)) {
    if (!table->partition_by.empty() || !table->order_by.empty()) {
      NotYet("PARTITION BY and ORDER BY of a window's relation are", data.span.begin);
    }
    if (table->query) {
      item.node = ast::DerivedTable{table->query, false};
    } else {
      item.node = ast::NamedTable{table->name, false, {}};
    }
  } else {
    throw SqlError(sqlstate::kSyntaxError, "the first argument of a window is a relation",
                   data.span.begin)
        .WithHint("Name a stream, table or view, or write a query in parentheses.");
  }
  Scope inside;
  LogicalPlan input = BindFrom(item, inside);
  WindowAssign node = call.Bind(state_, inside, std::move(input));
  relation = inside.relations().front();
  relation.key.clear();
  // Windows over windows: what the input called so is hidden by the new ones.
  const std::array<PlanColumn, 3> window = {node.window_start, node.window_end, node.window_time};
  std::erase_if(relation.columns, [&](const PlanColumn& column) {
    return std::ranges::find(window, column.name, &PlanColumn::name) != window.end();
  });
  relation.columns.insert(relation.columns.end(), window.begin(), window.end());
  if (relation.name.empty()) {
    relation.name = call.kind() == WindowAssign::Kind::kTumble ? "tumble" : "hop";
  }
  return MakePlan(std::move(node));
}

}  // namespace riverrun::planner
