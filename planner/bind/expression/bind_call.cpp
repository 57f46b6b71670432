// Function calls: those that are syntax in disguise, scalar functions, aggregates.
#include <algorithm>
#include <array>

#include "planner/bind/expression/expression_binder.h"
#include "planner/bind/query/bind_window.h"
#include "planner/bind/query/find_relation.h"

namespace riverrun::planner {
namespace {

using executor::Function;
using executor::FunctionKind;
using executor::Make;

// Window functions that exist nowhere but behind OVER.
constexpr std::array<std::string_view, 11> kWindowFunctions = {
    "row_number", "rank", "dense_rank",  "percent_rank", "cume_dist", "ntile",
    "lag",        "lead", "first_value", "last_value",   "nth_value"};
constexpr std::array<std::string_view, 9> kSetFunctions = {
    "generate_series",       "unnest",
    "jsonb_array_elements",  "jsonb_each",
    "jsonb_each_text",       "jsonb_array_elements_text",
    "regexp_split_to_table", "regexp_matches",
    "string_to_table"};
constexpr std::array<std::string_view, 5> kWindowTables = {"session", "cumulate", "session_start",
                                                           "session_end", "session_rowtime"};
// Names that begin like those of the system catalogs' functions.
constexpr std::array<std::string_view, 4> kKnownHere = {
    "pg_typeof", "pg_backend_pid", "pg_is_in_recovery", "pg_advisory_unlock_all"};
// Of PostgreSQL's or ours, not built yet: they are named instead of "does not exist".
constexpr std::string_view kLaterAggregates[] = {"string_agg",
                                                 "array_agg",
                                                 "json_agg",
                                                 "jsonb_agg",
                                                 "json_object_agg",
                                                 "jsonb_object_agg",
                                                 "mode",
                                                 "first",
                                                 "last",
                                                 "arg_min",
                                                 "arg_max",
                                                 "percentile_cont",
                                                 "percentile_disc",
                                                 "approx_count_distinct",
                                                 "approx_percentile",
                                                 "bit_and",
                                                 "bit_or",
                                                 "bit_xor",
                                                 "corr",
                                                 "covar_pop",
                                                 "covar_samp",
                                                 "regr_avgx",
                                                 "regr_avgy",
                                                 "regr_count",
                                                 "regr_intercept",
                                                 "regr_r2",
                                                 "regr_slope",
                                                 "regr_sxx",
                                                 "regr_sxy",
                                                 "regr_syy",
                                                 "xmlagg",
                                                 "range_agg"};
constexpr std::string_view kLaterFunctions[] = {"set_config",
                                                "to_date",
                                                "to_number",
                                                "jsonb_pretty",
                                                "jsonb_path_query",
                                                "jsonb_path_query_array",
                                                "jsonb_path_query_first",
                                                "jsonb_path_exists",
                                                "jsonb_path_match",
                                                "jsonb_object_keys",
                                                "json_object_keys",
                                                "json_each",
                                                "json_each_text",
                                                "json_array_elements",
                                                "json_array_elements_text",
                                                "json_populate_record",
                                                "jsonb_populate_record",
                                                "json_to_record",
                                                "jsonb_to_record",
                                                "json_to_recordset",
                                                "jsonb_to_recordset",
                                                "overlaps",
                                                "num_nulls",
                                                "num_nonnulls",
                                                "width_bucket",
                                                "array_dims"};

template <class List>
bool Has(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != std::end(list);
}

// What a call may not have yet, or may not have at all.
void RefuseDecorations(const ast::FunctionCall& node) {
  const Position position = node.name.span.begin;
  if (node.over || node.over_name) NotYet("window functions are", position);
  if (!node.within_group.empty()) NotYet("WITHIN GROUP is", position);
  if (node.null_treatment != ast::FunctionCall::NullTreatment::kDefault) {
    NotYet("IGNORE NULLS and RESPECT NULLS are", position);
  }
  if (node.evaluation != ast::FunctionCall::Evaluation::kDefault) {
    throw SqlError(sqlstate::kSyntaxError, "RUNNING and FINAL are allowed in MATCH_RECOGNIZE only",
                   position);
  }
  for (const ast::Argument& argument : node.arguments) {
    if (argument.name) NotYet("arguments by name are", argument.name->span.begin);
    if (argument.variadic) NotYet("VARIADIC arguments are", argument.value.span.begin);
  }
}

[[noreturn]] void NoAggregate(std::string_view what, std::string_view name, Position position) {
  throw SqlError(
      sqlstate::kWrongObjectType,
      std::string(what) + " specified, but " + std::string(name) + " is not an aggregate function",
      position);
}

void RefuseAggregateParts(const ast::FunctionCall& node, std::string_view name) {
  const Position position = node.name.span.begin;
  if (node.star) {
    throw SqlError(sqlstate::kWrongObjectType,
                   std::string(name) + "(*) specified, but " + std::string(name) +
                       " is not an aggregate function",
                   position);
  }
  if (node.distinct) NoAggregate("DISTINCT", name, position);
  if (!node.order_by.empty()) NoAggregate("ORDER BY", name, position);
  if (node.filter) NoAggregate("FILTER", name, position);
}

void RefuseLater(std::string_view name, Position position) {
  const std::string text(name);
  if (Has(kWindowFunctions, name)) {
    throw SqlError(sqlstate::kWrongObjectType,
                   "window function " + text + " requires an OVER clause", position);
  }
  if (Has(kSetFunctions, name)) NotYet("the set-returning function " + text + " is", position);
  if (Has(kWindowTables, name)) NotYet("the window function " + text + " is", position);
  if (Has(kLaterAggregates, name)) NotYet("the aggregate function " + text + " is", position);
  if (Has(kLaterFunctions, name)) NotYet("the function " + text + " is", position);
}

}  // namespace

std::vector<Bound> ExpressionBinder::BindArguments(const ast::FunctionCall& node) {
  std::vector<Bound> args;
  for (const ast::Argument& argument : node.arguments) args.push_back(Bind(argument.value));
  return args;
}

Bound ExpressionBinder::BindNode(const ast::FunctionCall& node, Span) {
  const Position position = node.name.span.begin;
  const std::string& name = node.name.Last().text;
  if (node.name.parts.size() > 1 && node.name.parts[0].text != "pg_catalog") {
    const std::string& schema = node.name.parts[0].text;
    if (state_.context().catalog->FindSchema(schema) == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, "schema \"" + schema + "\" does not exist",
                     position);
    }
    NotYet("functions of a user's own are", position);
  }
  RefuseDecorations(node);
  const auto candidates = state_.functions().Candidates(name);
  if (candidates.empty() && (node.name.parts.size() > 1 || name.starts_with("pg_")) &&
      std::ranges::find(kKnownHere, name) == kKnownHere.end()) {
    NoCatalogsYet("the function " + NameText(node.name), position);
  }
  if (!candidates.empty() && candidates.front()->kind == FunctionKind::kAggregate) {
    return BindAggregate(node, name);
  }
  if (candidates.empty()) {
    if (std::optional<Bound> part = BindWindowPart(node, name)) return *std::move(part);
    RefuseLater(name, position);
  }
  RefuseAggregateParts(node, name);
  if (std::optional<Bound> special = BindSpecial(node, name)) return *std::move(special);
  std::vector<Bound> args = BindArguments(node);
  if (candidates.empty() && args.size() == 1) {
    if (std::optional<Bound> cast = BindCastCall(name, args, position)) return *std::move(cast);
  }
  return CallByName(state_, name, std::move(args), position);
}

// A type's name as a function of one argument is a cast.
std::optional<Bound> ExpressionBinder::BindCastCall(const std::string& name,
                                                    const std::vector<Bound>& args,
                                                    Position position) {
  const std::optional<Type> type = TypeByName(name);
  if (!type) return std::nullopt;
  return CastTo(state_, args[0], *type, position);
}

// TUMBLE_START, TUMBLE_END, TUMBLE_ROWTIME and those of HOP: columns of the window of GROUP BY.
// Arguments, if there are any, must be those of that window.
std::optional<Bound> ExpressionBinder::BindWindowPart(const ast::FunctionCall& node,
                                                      const std::string& name) {
  const Position position = node.name.span.begin;
  const bool tumble = name.starts_with("tumble");
  if (!tumble && !name.starts_with("hop")) return std::nullopt;
  std::string part = name.substr(tumble ? 6 : 3);
  const std::string function = tumble ? "TUMBLE" : "HOP";
  for (char& c : part) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (part.empty()) {
    throw SqlError(sqlstate::kSyntaxError, function + " is allowed in FROM and GROUP BY only",
                   position);
  }
  if (part != "_START" && part != "_END" && part != "_ROWTIME") return std::nullopt;
  GroupWindow* window =
      aggregates_ != nullptr && aggregates_->window ? &*aggregates_->window : nullptr;
  const auto kind = tumble ? WindowAssign::Kind::kTumble : WindowAssign::Kind::kHop;
  if (window == nullptr || inside_aggregate_ || window->node.kind != kind) {
    throw SqlError(sqlstate::kGroupingError,
                   function + part + " needs a GROUP BY " + function + "(...) beside it", position)
        .WithHint("Over TUMBLE or HOP in FROM, the columns window_start and window_end say it.");
  }
  const WindowAssign& group = window->node;
  if (!node.arguments.empty()) {
    ast::FunctionCall same = node;
    same.name.parts.back().text = tumble ? "tumble" : "hop";
    const WindowAssign given = WindowCall::Of(same, false)->Bind(state_, scope_, group.input);
    if (given.time != group.time || !(given.size == group.size) || !(given.slide == group.slide) ||
        !(given.offset == group.offset)) {
      throw SqlError(sqlstate::kGroupingError,
                     "the arguments of " + function + part + " are not those of GROUP BY",
                     position);
    }
  }
  window->uses_time = window->uses_time || part == "_ROWTIME";
  const PlanColumn& column = part == "_START" ? group.window_start
                             : part == "_END" ? group.window_end
                                              : group.window_time;
  return Bound{ColumnValue(column.id, column.type), position};
}

std::optional<Bound> ExpressionBinder::BindSpecial(const ast::FunctionCall& node,
                                                   const std::string& name) {
  const Position position = node.name.span.begin;
  if (name == "grouping") NotYet("GROUPING is", position);
  if (name == "coalesce" && !node.arguments.empty()) {
    executor::Coalesce coalesce;
    coalesce.args = AsCommonType(state_, BindArguments(node), "COALESCE", coalesce.type);
    return Bound{Make(std::move(coalesce)), position};
  }
  if (name == "nullif" && node.arguments.size() == 2) {
    return BindNullIf(BindArguments(node), position);
  }
  if ((name == "greatest" || name == "least") && !node.arguments.empty()) {
    return BindExtreme(BindArguments(node), name == "greatest", position);
  }
  if (name == "pg_typeof" && node.arguments.size() == 1) {
    return Constant(TypeText(Bind(node.arguments[0].value).type()), position);
  }
  return BindSessionCall(node, name);
}

// What the session knows, not the data.
std::optional<Bound> ExpressionBinder::BindSessionCall(const ast::FunctionCall& node,
                                                       const std::string& name) {
  const Position position = node.name.span.begin;
  const BindContext& context = state_.context();
  if (name == "current_setting" && (node.arguments.size() == 1 || node.arguments.size() == 2)) {
    return BindCurrentSetting(BindArguments(node), position);
  }
  if (!node.arguments.empty()) return std::nullopt;
  if (name == "current_database") return Constant(context.database, position);
  if (name == "version") return Constant(context.version, position);
  if (name == "pg_backend_pid") {
    return Bound{ConstantValue(Value::Int4(context.process_id)), position};
  }
  if (name == "pg_is_in_recovery") return Bound{ConstantValue(Value::Bool(false)), position};
  // There are no advisory locks, so none is held; connection pools ask for it.
  if (name == "pg_advisory_unlock_all") return Constant("", position);
  if (name == "current_schema") {
    return BindNode(ast::CurrentValue{ast::CurrentValue::Kind::kSchema, {}}, node.name.span);
  }
  return std::nullopt;
}

Bound ExpressionBinder::BindCurrentSetting(const std::vector<Bound>& args, Position position) {
  std::vector<Value> values;
  for (size_t i = 0; i < args.size(); ++i) {
    const Type type = i == 0 ? Type::Text() : Type::Bool();
    const auto typed = TryCoerce(state_, args[i], type, CastContext::kImplicit);
    if (!typed || !ColumnsIn(**typed).empty()) {
      NotYet("current_setting of anything but constants is", position);
    }
    values.push_back(EvaluateConstant(state_, *typed, args[i].position));
  }
  const Bound nothing{ConstantValue(Value::Null(Type::Text())), position};
  if (values[0].IsNull()) return nothing;
  const std::string name(values[0].bytes());
  const auto& setting = state_.context().setting;
  const std::optional<std::string> value = setting ? setting(name) : std::nullopt;
  if (value) return Constant(*value, position);
  if (values.size() == 2 && !values[1].IsNull() && values[1].As<uint8_t>() != 0) return nothing;
  throw SqlError(sqlstate::kUndefinedObject,
                 "unrecognized configuration parameter \"" + name + "\"", position);
}

Bound ExpressionBinder::BindNullIf(std::vector<Bound> args, Position position) {
  const ResolvedArguments equal = ResolveByName(state_, "=", args, position);
  const Type type = executor::TypeOf(*equal.args[0]);
  return {Make(executor::NullIf{equal.function, equal.args[0], equal.args[1], type}), position};
}

Bound ExpressionBinder::BindExtreme(const std::vector<Bound>& args, bool greatest,
                                    Position position) {
  executor::Extreme extreme{nullptr, greatest, {}, {}};
  extreme.args = AsCommonType(state_, args, greatest ? "GREATEST" : "LEAST", extreme.type);
  const Bound sample{extreme.args[0], position};
  extreme.less = ResolveByName(state_, "<", {sample, sample}, position).function;
  return {Make(std::move(extreme)), position};
}

Bound ExpressionBinder::BindAggregate(const ast::FunctionCall& node, const std::string& name) {
  const Position position = node.name.span.begin;
  if (inside_aggregate_) {
    throw SqlError(sqlstate::kGroupingError, "aggregate function calls cannot be nested", position);
  }
  if (aggregates_ == nullptr) {
    throw SqlError(sqlstate::kGroupingError,
                   "aggregate functions are not allowed in " + std::string(ClauseText(clause_)),
                   position);
  }
  if (!node.order_by.empty()) NotYet("ORDER BY in an aggregate is", position);
  if (node.arguments.empty() && !node.star) {
    throw SqlError(sqlstate::kWrongObjectType,
                   name + "(*) must be used to call a parameterless aggregate function", position);
  }
  AggregateCalls::Entry entry{.column = {},
                              .function = nullptr,
                              .arguments = {},
                              .filter = nullptr,
                              .distinct = node.distinct,
                              .position = position};
  inside_aggregate_ = true;
  std::vector<Bound> args = BindArguments(node);
  inside_aggregate_ = false;
  ResolvedArguments call = ResolveByName(state_, name, args, position);
  entry.function = call.function;
  entry.arguments = std::move(call.args);
  if (node.filter) {
    ExpressionBinder filter(state_, scope_, Clause::kFilter);
    entry.filter = filter.BindCondition(*node.filter);
  }
  for (const AggregateCalls::Entry& other : aggregates_->entries) {
    const auto same = [](const ExpressionRef& a, const ExpressionRef& b) {
      return a == b || (a != nullptr && b != nullptr && *a == *b);
    };
    if (other.function == entry.function && other.distinct == entry.distinct &&
        same(other.filter, entry.filter) &&
        std::ranges::equal(other.arguments, entry.arguments, same)) {
      return {ColumnValue(other.column.id, other.column.type), position};
    }
  }
  entry.column = state_.columns().New(name, call.result);
  aggregates_->entries.push_back(entry);
  return {ColumnValue(entry.column.id, entry.column.type), position};
}

}  // namespace riverrun::planner
