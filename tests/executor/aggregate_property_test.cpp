// Every aggregate, over keys of many types, against an aggregation of all rows at once.
#include <algorithm>
#include <random>

#include "executor/aggregates/aggregate.h"
#include "executor/operators/split_aggregate.h"
#include "tests/executor/aggregate_reference.h"
#include "tests/executor/seeds.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using testing::Counts;

// Values that meet often, that are equal and not identical, and that lie at the ends.
struct Domain {
  Type type;
  std::vector<std::string_view> texts;
};

const std::vector<Domain>& KeyDomains() {
  static const std::vector<Domain> domains = {
      {Type::Int4(), {"0", "1", "-1", "7", "2147483647"}},
      {Type::Int8(), {"0", "1", "-9223372036854775808", "9223372036854775807"}},
      {Type::Int2(), {"0", "-5"}},
      {Type::Bool(), {"true", "false"}},
      {Type::Text(), {"", "a", "ab", "text that is not inline", "text that is not inlined"}},
      {Type::Numeric(), {"1", "1.0", "1.00", "100", "1e2", "-0.5", "-0.50", "NaN", "Infinity"}},
      {Type::Decimal(10, 2), {"1.00", "-7.25", "0"}},
      {Type::Float8(), {"0", "-0", "1.5", "NaN", "-Infinity"}},
      {Type::Float4(), {"0", "-0", "2.5"}},
      {Type::Interval(), {"1 mon", "30 days", "720:00:00", "1 day", "24:00:00"}},
      {Type::Date(), {"2024-02-29", "infinity"}},
      {Type::Timestamp(), {"2024-02-29 12:00", "2024-02-29 12:00:00.000001"}},
      {Type::Uuid(),
       {"00000000-0000-0000-0000-000000000001", "ffffffff-0000-0000-0000-000000000000"}},
      {Type::Array(Type::Numeric()), {"{}", "{1.0}", "{1.00}", "{1.0,NULL}"}},
      {Type::Jsonb(), {"{\"a\": 1.0}", "{\"a\": 1.00}", "[]"}},
  };
  return domains;
}

const std::vector<Domain>& ArgumentDomains() {
  static const std::vector<Domain> domains = {
      {Type::Int2(), {"0", "1", "-3", "32767", "-32768"}},
      {Type::Int4(), {"0", "2", "-7", "2147483647", "-2147483648"}},
      {Type::Int8(), {"0", "5", "-11", "9223372036854775807", "-9223372036854775808"}},
      {Type::Decimal(10, 2), {"0.00", "1.25", "-99.99", "12345678.90"}},
      {Type::Numeric(), {"0", "0.000", "1.5", "1.50", "-2", "3e10", "0.00000001", "-17.125"}},
      {Type::Float4(), {"0", "-0", "1.25", "-7.5", "1024"}},
      {Type::Float8(), {"0", "-0", "0.0009765625", "-1000.25", "999999", "3"}},
      {Type::Interval(), {"1 mon", "30 days", "-5 days 03:00", "2000000000 mons", "0"}},
      {Type::Text(), {"", "b", "a string that is not inline", "a string that is not inlined"}},
      {Type::Date(), {"2024-02-29", "-infinity", "1999-12-31"}},
      {Type::Timestamp(), {"2024-02-29 12:00", "1999-12-31"}},
      {Type::TimestampTz(), {"2024-02-29 12:00", "infinity"}},
      {Type::Time(), {"00:00", "24:00", "12:34:56.789"}},
      {Type::TimeTz(), {"12:00+00", "13:00+01", "11:00-01"}},
      {Type::Bool(), {"true", "false"}},
      {Type::Uuid(),
       {"00000000-0000-0000-0000-000000000001", "ffffffff-0000-0000-0000-000000000000"}},
      {Type::Bytea(), {"\\x", "\\x00", "\\x00ff"}},
      {Type::Oid(), {"0", "1", "4294967295"}},
      {Type::Array(Type::Int4()), {"{}", "{1}", "{1,NULL}", "{1,2}"}},
  };
  return domains;
}

enum class Input : uint8_t {
  kRetracts,
  kAppends,
  kSplits,  // appends, and what is asked for can be computed in two steps
};

// A query and the rows that its input is made of.
class Scenario {
 public:
  Scenario(uint64_t seed, Input input) : random_(seed), splits_(input == Input::kSplits) {
    spec_.append_only = input != Input::kRetracts;
    spec_.global = Below(6) == 0;
    std::vector<Domain> columns;
    for (uint32_t keys = spec_.global ? 0 : 1 + Below(3); keys > 0;) {
      const Domain& domain = KeyDomains()[Below(KeyDomains().size())];
      if (splits_ && !EqualMeansIdentical(domain.type)) continue;
      spec_.keys.push_back(static_cast<int>(columns.size()));
      columns.push_back(domain);
      --keys;
    }
    first_argument_ = columns.size();
    columns.insert(columns.end(), ArgumentDomains().begin(), ArgumentDomains().end());
    for (const Domain& column : columns) inputs_.push_back(column.type);
    if (spec_.global || Below(8) > 0) AddCalls();
    for (const int key : spec_.keys) outputs_.push_back(inputs_[key]);
    for (const AggregateCall& call : spec_.calls) outputs_.push_back(call.result);
    MakePool(columns);
  }

  uint32_t Below(size_t bound) { return static_cast<uint32_t>(random_() % bound); }
  const AggregateSpec& spec() const { return spec_; }
  const std::vector<Type>& inputs() const { return inputs_; }
  const std::vector<Type>& outputs() const { return outputs_; }
  const Batch& pool() const { return pool_; }

  /// The changes of one epoch in batches. They may go below zero on the way, `counts` does not
  /// at the end.
  std::vector<Batch> Epoch(Counts& counts) {
    std::vector<std::pair<uint32_t, Weight>> changes;
    const uint32_t changes_max = Below(3) == 0 ? 3000 : 60;
    for (uint32_t left = Below(changes_max); left > 0; --left) {
      const uint32_t row = Below(pool_.rows);
      Weight weight = Below(10) == 0 ? 3 : 1;
      if (!spec_.append_only && Below(2) == 0) weight = -weight;
      changes.push_back({row, weight});
      counts[row] += weight;
    }
    for (uint32_t row = 0; row < pool_.rows; ++row) {
      const bool clear = !spec_.append_only && Below(4) == 0;
      const Weight wanted = clear ? 0 : std::max<Weight>(counts[row], 0);
      if (wanted != counts[row]) changes.push_back({row, wanted - counts[row]});
      counts[row] = wanted;
    }
    std::shuffle(changes.begin(), changes.end(), random_);
    return Batches(changes);
  }

 private:
  void AddCalls() {
    std::vector<AggregateCall> all;
    const auto filter = static_cast<int>(ColumnOf(Type::Bool()));
    for (const Function* function : BuiltinFunctions().List()) {
      if (function->kind != FunctionKind::kAggregate) continue;
      if (splits_ && function->split.partial.empty()) continue;
      AggregateCall call{.signature = function->text, .arguments = {}, .filter = {}, .result = {}};
      std::vector<Type> args;
      for (const TypePattern& pattern : function->signature.args) {
        const size_t column = ColumnFor(pattern);
        call.arguments.push_back(static_cast<int>(column));
        args.push_back(inputs_[column]);
      }
      const auto hook = function->options.result_type;
      call.result = hook != nullptr ? hook(args) : function->signature.result.type;
      if (Below(4) == 0) call.filter = filter;
      all.push_back(std::move(call));
    }
    std::shuffle(all.begin(), all.end(), random_);
    all.resize(1 + Below(Below(3) == 0 ? all.size() : 6));
    spec_.calls = std::move(all);
  }

  size_t ColumnOf(const Type& type) {
    for (size_t i = first_argument_; i < inputs_.size(); ++i) {
      if (inputs_[i] == type) return i;
    }
    CHECK(false, "no column of the type " + TypeName(type));
  }
  size_t ColumnFor(const TypePattern& pattern) {
    switch (pattern.kind) {
      case TypePattern::Kind::kAny:
        return first_argument_ + Below(ArgumentDomains().size());
      case TypePattern::Kind::kAnyArray:
        return ColumnOf(Type::Array(Type::Int4()));
      default:
        break;
    }
    if (pattern.type.oid != oid::kNumeric) return ColumnOf(pattern.type);
    return ColumnOf(Below(2) == 0 ? Type::Numeric() : Type::Decimal(10, 2));
  }

  void MakePool(const std::vector<Domain>& columns) {
    BatchBuilder builder(inputs_);
    const uint32_t rows = 1 + Below(Below(2) == 0 ? 300 : 20);
    for (uint32_t row = 0; row < rows; ++row) {
      for (size_t i = 0; i < columns.size(); ++i) {
        if (Below(8) == 0) {
          builder.column(i).AppendNull();
          continue;
        }
        const std::string_view text = columns[i].texts[Below(columns[i].texts.size())];
        builder.column(i).AppendFrom(Value::Of(columns[i].type, text).column(), 0);
      }
      builder.EndRow();
    }
    pool_ = builder.Finish();
  }

  // Cut at random, with rows between them that are not selected.
  std::vector<Batch> Batches(const std::vector<std::pair<uint32_t, Weight>>& changes) {
    constexpr uint32_t kSizes[] = {1, 7, 100, 4096};
    const uint32_t size = kSizes[Below(4)];
    const bool with_others = Below(2) == 0;
    std::vector<Batch> batches;
    for (size_t next = 0; next < changes.size();) {
      BatchBuilder builder(inputs_);
      std::vector<uint16_t> selected;
      while (next < changes.size() && selected.size() < size && !builder.full()) {
        const bool counts = !with_others || Below(3) > 0;
        const auto [row, weight] = changes[next];
        if (counts) selected.push_back(static_cast<uint16_t>(builder.rows()));
        builder.AppendRow(pool_, row, weight);
        if (counts) ++next;
      }
      if (selected.empty()) continue;
      Batch batch = builder.Finish();
      batch.selection = MakeSelection(selected, batch.rows);
      if (size == 1) MakeConstant(batch);
      batches.push_back(std::move(batch));
    }
    return batches;
  }

  // A batch of one row may have constants for columns.
  void MakeConstant(Batch& batch) {
    if (batch.rows != 1) return;
    for (Column& column : batch.columns) {
      if (Below(2) == 0) column = ConstantFrom(column, 0);
    }
  }

  std::mt19937_64 random_;
  const bool splits_;
  AggregateSpec spec_;
  std::vector<Type> inputs_, outputs_;
  size_t first_argument_ = 0;
  Batch pool_;
};

void ExpectOnePairAKey(const testing::BagOutput& out) {
  for (const auto& [key, change] : out.changes) {
    EXPECT_LE(change.retracted, 1);
    EXPECT_LE(change.inserted, 1);
    EXPECT_FALSE(change.retracted_late);
    EXPECT_FALSE(change.other_weight);
  }
}

void Compare(uint64_t seed, Input input) {
  SCOPED_TRACE(testing::Repeat(seed));
  Scenario scenario(seed, input);
  MemoryBudget budget("test");
  testing::BagOutput out(static_cast<int>(scenario.spec().keys.size()), scenario.Below(60), seed);
  {
    testing::OperatorRun run(
        [&](const OperatorContext& context) { return MakeAggregate(scenario.spec(), context); },
        scenario.inputs(), scenario.outputs(), &budget);
    run.Start(out);
    Counts counts(scenario.pool().rows, 0);
    for (int epoch = 0; epoch < 6; ++epoch) {
      out.StartEpoch();
      for (Batch& batch : scenario.Epoch(counts)) run.Push(std::move(batch), out);
      EXPECT_EQ(out.batches, 0) << "a stateful operator emits at barriers";
      run.EndEpoch(out);
      const testing::Expected expected =
          testing::AggregateAll(scenario.spec(), scenario.pool(), counts);
      ASSERT_EQ(out.rows, expected.rows) << "epoch " << epoch;
      ASSERT_EQ(out.errors, expected.errors) << "epoch " << epoch;
      ExpectOnePairAKey(out);
    }
  }
  EXPECT_EQ(budget.used(), 0u);
}

// What an operator emits.
class Collected : public Output {
 public:
  explicit Collected(Scenario& scenario) : scenario_(scenario) {}
  void Emit(Batch batch) override { batches.push_back(std::move(batch)); }
  void Emit(Watermark) override {}
  void EmitError(const Batch&, const ErrorLane&) override { ADD_FAILURE() << "a part fails"; }
  bool Full() const override { return scenario_.Below(2) == 0; }
  bool Closed() const override { return false; }

  std::vector<Batch> batches;

 private:
  Scenario& scenario_;
};

// The first step on some workers, the second on one.
void CompareSplit(uint64_t seed) {
  SCOPED_TRACE(testing::Repeat(seed));
  Scenario scenario(seed, Input::kSplits);
  const AggregateSpec& spec = scenario.spec();
  std::vector<OutputColumn> columns;
  for (const Type& type : scenario.inputs()) columns.push_back({"", type});
  const auto split = SplitAggregate(spec.keys, spec.calls, columns);
  ASSERT_TRUE(split.has_value());
  const std::vector<Type> parts = TypesOf(split->columns);
  const PartialLimits limits{.groups = 1 + scenario.Below(40),
                             .groups_percent = 20 + scenario.Below(100),
                             .passed = scenario.Below(4)};
  Collected between(scenario);
  std::vector<std::unique_ptr<testing::OperatorRun>> workers;
  for (uint32_t count = 1 + scenario.Below(3); count > 0; --count) {
    workers.push_back(std::make_unique<testing::OperatorRun>(
        [&](const OperatorContext& context) {
          return MakePartialAggregate(split->partial, context, limits);
        },
        scenario.inputs(), parts));
  }
  const AggregateSpec second{split->keys, split->calls, true, spec.global};
  testing::BagOutput out(static_cast<int>(spec.keys.size()));
  testing::OperatorRun run(
      [&](const OperatorContext& context) { return MakeAggregate(second, context); }, parts,
      scenario.outputs());
  run.Start(out);
  Counts counts(scenario.pool().rows, 0);
  for (int epoch = 0; epoch < 6; ++epoch) {
    for (Batch& batch : scenario.Epoch(counts)) {
      workers[scenario.Below(workers.size())]->Push(std::move(batch), between);
    }
    for (const auto& worker : workers) worker->EndEpoch(between);
    for (Batch& batch : between.batches) run.Push(std::move(batch), out);
    between.batches.clear();
    run.EndEpoch(out);
    const testing::Expected expected = testing::AggregateAll(spec, scenario.pool(), counts);
    ASSERT_EQ(out.rows, expected.rows) << "epoch " << epoch;
    ASSERT_EQ(out.errors, expected.errors) << "epoch " << epoch;
  }
}

class AggregatePropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(AggregatePropertyTest, AgreesUnderRetraction) { Compare(GetParam(), Input::kRetracts); }
TEST_P(AggregatePropertyTest, AgreesOverAppendedRows) { Compare(GetParam(), Input::kAppends); }
TEST_P(AggregatePropertyTest, AgreesInTwoSteps) { CompareSplit(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Seeds, AggregatePropertyTest, ::testing::ValuesIn(testing::Seeds(40)));

}  // namespace
}  // namespace riverrun::executor
