#include "tests/simulation/random_query.h"

#include <algorithm>
#include <numeric>

#include "executor/functions/function_registry.h"
#include "executor/operators/split_aggregate.h"
#include "types/value.h"

namespace riverrun::simulation {
namespace {

using executor::AggregateCall;
using executor::AggregateSpec;
using executor::Distribution;
using executor::ExpressionRef;
using executor::Make;
using executor::OperatorNode;
using executor::OperatorSpec;
using executor::OutputColumn;
using testing::RandomData;

using Columns = std::vector<OutputColumn>;

const std::vector<Type>& ColumnTypes() {
  static const std::vector<Type> types = {Type::Int8(),    Type::Int4(),   Type::Text(),
                                          Type::Numeric(), Type::Float8(), Type::Bool()};
  return types;
}

// Builds one dataflow, operator by operator; `last_` is the one to read next.
class QueryBuilder {
 public:
  QueryBuilder(const std::vector<Relation>& relations, RandomData& random)
      : relations_(relations), random_(random) {}

  RandomView Build(ObjectId id) {
    ReadRelation();
    for (uint32_t steps = 1 + random_.Below(4); steps > 0; --steps) AddOperator();
    return Finish(id);
  }

 private:
  // What is known of the rows that the last operator emits.
  struct State {
    OperatorId node;
    Columns columns;
    bool append_only = false;
    std::vector<int> unique;    // columns that are a key; empty means none is known
    Distribution distribution;  // kAny: rows may be on any worker
  };

  OperatorId Add(OperatorSpec spec, std::vector<executor::InputRef> inputs, Columns output) {
    const OperatorId node{++ids_};
    spec_.nodes.push_back({.id = node,
                           .spec = std::move(spec),
                           .inputs = std::move(inputs),
                           .output = std::move(output)});
    whole_.nodes.push_back(spec_.nodes.back());
    return node;
  }

  void ReadRelation() {
    const Relation& relation = relations_[random_.Below(static_cast<uint32_t>(relations_.size()))];
    std::vector<int> all(relation.columns.size());
    std::iota(all.begin(), all.end(), 0);
    last_ = {.node = Add(executor::SourceSpec{relation.id, all}, {}, relation.columns),
             .columns = relation.columns,
             .append_only = relation.append_only,
             .unique = {},
             .distribution = {}};
  }

  void AddOperator() {
    switch (random_.Below(7)) {
      case 0:
        return AddFilter();
      case 1:
        return AddProject();
      case 2:
        return AddUnion();
      case 3:
        return AddDistinct();
      case 4:
        return AddTopN();
      default:
        return AddAggregate();
    }
  }

  uint32_t Below(size_t bound) { return random_.Below(static_cast<uint32_t>(bound)); }

  ExpressionRef Column(size_t index) {
    return Make(executor::ColumnRef{static_cast<uint32_t>(index), last_.columns[index].type});
  }

  ExpressionRef ConstantOf(const Type& type) {
    ColumnBuilder builder(type);
    // Small numbers meet the rows' values; others are extremes.
    if (type.kind == TypeKind::kInt8 && random_.Chance(80)) {
      builder.Append(int64_t{random_.Between(-3, 9)});
    } else if (type.kind == TypeKind::kInt4 && random_.Chance(80)) {
      builder.Append(static_cast<int32_t>(random_.Between(-3, 9)));
    } else {
      random_.AppendValue(builder);
    }
    return Make(executor::Constant{Value::From(builder.Finish(), 0)});
  }

  ExpressionRef CallOf(std::string_view name, std::vector<ExpressionRef> args) {
    std::vector<Type> types;
    for (const ExpressionRef& arg : args) types.push_back(TypeOf(*arg));
    const executor::Function* function = executor::BuiltinFunctions().Find(name, types);
    CHECK(function != nullptr, name);
    const Type result = function->options.result_type != nullptr
                            ? function->options.result_type(types)
                            : function->signature.result.type;
    return Make(executor::Call{function, std::move(args), result});
  }

  // An operand of the type: a column of it if there is one, or a constant.
  ExpressionRef Operand(const Type& type) {
    const size_t start = Below(last_.columns.size());
    for (size_t i = 0; i < last_.columns.size(); ++i) {
      const size_t index = (start + i) % last_.columns.size();
      if (last_.columns[index].type == type && random_.Chance(70)) return Column(index);
    }
    return ConstantOf(type);
  }

  ExpressionRef Comparison() {
    static constexpr std::string_view kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
    const ExpressionRef left = Scalar();
    return CallOf(kOperators[Below(std::size(kOperators))], {left, Operand(TypeOf(*left))});
  }

  ExpressionRef Predicate(int depth) {
    switch (depth > 0 ? random_.Below(5) : 0) {
      case 1:
        return Make(executor::And{{Predicate(depth - 1), Predicate(depth - 1)}});
      case 2:
        return Make(executor::Or{{Predicate(depth - 1), Predicate(depth - 1)}});
      case 3:
        return Make(executor::Not{Predicate(depth - 1)});
      case 4:
        return Make(executor::IsNull{Scalar(), random_.Chance(50)});
      default:
        return Comparison();
    }
  }

  // A column, or arithmetic that fails for some rows.
  ExpressionRef Scalar() {
    const size_t index = Below(last_.columns.size());
    const ExpressionRef column = Column(index);
    const Type& type = last_.columns[index].type;
    const bool number = type.kind == TypeKind::kInt8 || type.kind == TypeKind::kInt4 ||
                        type.kind == TypeKind::kNumeric || type.kind == TypeKind::kFloat8;
    if (!number || random_.Chance(50)) return column;
    static constexpr std::string_view kOperators[] = {"+", "-", "*", "/"};
    return CallOf(kOperators[Below(std::size(kOperators))], {column, Operand(type)});
  }

  void AddFilter() {
    executor::FilterSpec filter{Predicate(2)};
    last_.node = Add(std::move(filter), {{last_.node, {}}}, last_.columns);
  }

  void AddProject() {
    executor::ProjectSpec project;
    Columns columns;
    for (uint32_t count = 1 + random_.Below(4); count > 0; --count) {
      const ExpressionRef output = random_.Chance(20) ? Predicate(1) : Scalar();
      columns.push_back({"c" + std::to_string(columns.size()), TypeOf(*output)});
      project.outputs.push_back(output);
    }
    last_.node = Add(std::move(project), {{last_.node, {}}}, columns);
    last_.columns = std::move(columns);
    last_.unique.clear();
    last_.distribution = {};
  }

  // With a second relation, projected to the same types.
  void AddUnion() {
    const State first = last_;
    ReadRelation();
    executor::ProjectSpec project;
    for (const OutputColumn& column : first.columns)
      project.outputs.push_back(Operand(column.type));
    const OperatorId second = Add(std::move(project), {{last_.node, {}}}, first.columns);
    const bool append_only = first.append_only && last_.append_only;
    last_ = first;
    last_.append_only = append_only;
    last_.unique.clear();
    last_.distribution = {};
    last_.node = Add(executor::UnionSpec{}, {{first.node, {}}, {second, {}}}, first.columns);
  }

  void AddDistinct() {
    AggregateSpec distinct;
    for (size_t i = 0; i < last_.columns.size(); ++i) distinct.keys.push_back(static_cast<int>(i));
    Group(std::move(distinct), last_.columns);
  }

  void AddAggregate() {
    AggregateSpec aggregate;
    Columns columns;
    for (uint32_t count = random_.Below(3); count > 0; --count) {
      aggregate.keys.push_back(static_cast<int>(Below(last_.columns.size())));
    }
    aggregate.global = aggregate.keys.empty();
    for (const int key : aggregate.keys) columns.push_back(last_.columns[key]);
    for (uint32_t count = 1 + random_.Below(3); count > 0; --count) {
      aggregate.calls.push_back(RandomCall());
      columns.push_back({"", aggregate.calls.back().result});
    }
    for (size_t i = 0; i < columns.size(); ++i) columns[i].name = "g" + std::to_string(i);
    Group(std::move(aggregate), std::move(columns));
  }

  AggregateCall RandomCall() {
    AggregateCall call;
    for (size_t i = 0; i < last_.columns.size(); ++i) {
      const bool boolean = last_.columns[i].type.kind == TypeKind::kBool;
      if (boolean && random_.Chance(30)) call.filter = static_cast<int>(i);
    }
    static constexpr std::string_view kNames[] = {"count", "sum", "avg", "min", "max"};
    const std::string_view name = kNames[Below(std::size(kNames))];
    const int argument = static_cast<int>(Below(last_.columns.size()));
    const std::vector<Type> types = {last_.columns[argument].type};
    const executor::Function* function = executor::BuiltinFunctions().Find(name, types);
    if (function == nullptr || function->kind != executor::FunctionKind::kAggregate) {
      function = executor::BuiltinFunctions().Find("count", std::span(types).first(0));
      CHECK(function != nullptr, "count(*) is registered");
    } else {
      call.arguments = {argument};
    }
    call.signature = function->text;
    call.result = ResultOf(*function, std::span(types).first(call.arguments.size()));
    return call;
  }

  static Type ResultOf(const executor::Function& function, std::span<const Type> types) {
    using Kind = executor::TypePattern::Kind;
    if (function.options.result_type != nullptr) return function.options.result_type(types);
    if (function.signature.result.kind == Kind::kExact) return function.signature.result.type;
    return types[0];  // anyelement
  }

  void Group(AggregateSpec aggregate, Columns columns) {
    aggregate.append_only = last_.append_only;
    Distribution distribution;
    distribution.kind =
        aggregate.global ? Distribution::Kind::kSingleton : Distribution::Kind::kHash;
    distribution.columns = aggregate.keys;
    last_.unique.resize(aggregate.keys.size());
    std::iota(last_.unique.begin(), last_.unique.end(), 0);
    AddGroups(std::move(aggregate), distribution, columns);
    last_.columns = std::move(columns);
    last_.append_only = false;
    last_.distribution = distribution;
    last_.distribution.columns = last_.unique;
  }

  // In two steps, now and then, if that is possible.
  void AddGroups(const AggregateSpec& aggregate, const Distribution& distribution,
                 const Columns& columns) {
    auto split = aggregate.append_only && random_.Chance(60)
                     ? executor::SplitAggregate(aggregate.keys, aggregate.calls, last_.columns)
                     : std::nullopt;
    if (!split) {
      last_.node = Add(aggregate, {{last_.node, distribution}}, columns);
      return;
    }
    const OperatorId input = last_.node;
    const OperatorId partial = Add(split->partial, {{input, {}}}, split->columns);
    whole_.nodes.pop_back();
    AggregateSpec second = aggregate;
    second.keys = split->keys;
    second.calls = split->calls;
    Distribution by_key = distribution;
    by_key.columns = split->keys;
    last_.node = Add(std::move(second), {{partial, by_key}}, columns);
    whole_.nodes.back().spec = aggregate;
    whole_.nodes.back().inputs = {{input, distribution}};
  }

  void AddTopN() {
    executor::TopNSpec top;
    for (uint32_t count = random_.Below(3); count > 0; --count) {
      top.order.push_back({.column = static_cast<int>(Below(last_.columns.size())),
                           .descending = random_.Chance(50),
                           .nulls_first = random_.Chance(50)});
    }
    top.offset = random_.Below(3);
    top.limit = 1 + random_.Below(6);
    const Distribution one{Distribution::Kind::kSingleton, {}};
    last_.node = Add(std::move(top), {{last_.node, one}}, last_.columns);
    last_.append_only = false;
    last_.distribution = one;
  }

  RandomView Finish(ObjectId id) {
    RandomView view;
    view.relation = {id, last_.columns, last_.append_only};
    view.layout.types = executor::TypesOf(last_.columns);
    view.layout.key_columns = last_.unique;
    view.layout.key = last_.unique.empty() ? storage::ViewKey::kBag : storage::ViewKey::kColumns;
    Distribution distribution = last_.distribution;
    // Equal rows must meet: those that update a bag's entry, and those that would be two entries.
    if (distribution.kind == Distribution::Kind::kAny) {
      distribution.kind = Distribution::Kind::kHash;
      distribution.columns = last_.unique;
      if (distribution.columns.empty()) {
        for (size_t i = 0; i < last_.columns.size(); ++i) {
          distribution.columns.push_back(static_cast<int>(i));
        }
      }
    } else {
      distribution = {};
    }
    Add(executor::MaterializeSpec{id, last_.unique}, {{last_.node, distribution}}, last_.columns);
    const Result<void> valid = executor::Validate(spec_);
    CHECK(valid.has_value(), valid ? "" : valid.error().text);
    view.spec = std::move(spec_);
    view.whole = std::move(whole_);
    return view;
  }

  const std::vector<Relation>& relations_;
  RandomData& random_;
  executor::DataflowSpec spec_;
  executor::DataflowSpec whole_;
  uint32_t ids_ = 0;
  State last_;
};

}  // namespace

std::vector<OutputColumn> RandomColumns(RandomData& random) {
  Columns columns = {{"k", Type::Int8()}};
  for (uint32_t count = 1 + random.Below(4); count > 0; --count) {
    const Type& type = ColumnTypes()[random.Below(static_cast<uint32_t>(ColumnTypes().size()))];
    columns.push_back({"v" + std::to_string(columns.size()), type});
  }
  return columns;
}

RandomView MakeRandomView(ObjectId id, const std::vector<Relation>& relations, RandomData& random) {
  return QueryBuilder(relations, random).Build(id);
}

RandomView MakeTableView(const Relation& table, const storage::ViewLayout& layout) {
  RandomView view;
  view.relation = table;
  view.layout = layout;
  std::vector<int> all(table.columns.size());
  std::iota(all.begin(), all.end(), 0);
  view.spec.nodes = {{.id = {1},
                      .spec = executor::SourceSpec{table.id, all},
                      .inputs = {},
                      .output = table.columns},
                     {.id = {2},
                      .spec = executor::MaterializeSpec{table.id, layout.key_columns},
                      .inputs = {{OperatorId{1}, {}}},
                      .output = table.columns}};
  view.whole = view.spec;
  return view;
}

}  // namespace riverrun::simulation
