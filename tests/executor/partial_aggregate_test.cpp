// Aggregation in two steps: when the first gives up what it holds, what it hands over, and that the
// second comes to what one step does where numbers are at their limits.
#include <array>
#include <string>

#include "executor/functions/function_registry.h"
#include "executor/operators/split_aggregate.h"
#include "tests/executor/bag_output.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using Lines = std::vector<std::string>;

AggregateCall CallOf(std::string signature, std::vector<int> arguments, Type result) {
  return {std::move(signature), std::move(arguments), std::nullopt, std::move(result)};
}
AggregateCall CountOfRows() { return CallOf("count() -> bigint", {}, Type::Int8()); }

std::vector<OutputColumn> Columns(const std::vector<Type>& types) {
  std::vector<OutputColumn> columns;
  for (const Type& type : types) columns.push_back({"c" + std::to_string(columns.size()), type});
  return columns;
}

using Cells = std::vector<std::string>;  // "NULL" is null

Batch MakeBatch(const std::vector<Type>& types, const std::vector<Cells>& rows, Weight weight = 1) {
  BatchBuilder builder(types);
  for (const Cells& row : rows) {
    for (size_t i = 0; i < types.size(); ++i) {
      if (row[i] == "NULL") {
        builder.column(i).AppendNull();
      } else {
        builder.column(i).AppendFrom(Value::Of(types[i], row[i]).column(), 0);
      }
    }
    builder.EndRow(weight);
  }
  return builder.Finish();
}

// Rows as "a|b", in their order, watermarks as "column @ time".
class Log : public Output {
 public:
  void Emit(Batch batch) override {
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      std::string line;
      for (const Column& column : batch.columns) {
        line += (line.empty() ? "" : "|") + Value::From(column, row).ToString();
      }
      const Weight weight = batch.WeightOf(row);
      lines.push_back(weight == 1 ? line : line + " x " + std::to_string(weight));
    });
    batches.push_back(std::move(batch));
  }
  void Emit(Watermark watermark) override {
    lines.push_back(std::to_string(watermark.column) + " @ " + std::to_string(watermark.time));
  }
  void EmitError(const Batch&, const ErrorLane& errors) override {
    for (const EvalError& entry : errors) lines.push_back("error " + ToString(entry.error));
  }
  bool Full() const override { return true; }
  bool Closed() const override { return closed; }

  Lines Take() { return std::exchange(lines, {}); }

  Lines lines;
  std::vector<Batch> batches;
  bool closed = false;
};

// The first step of a GROUP BY.
class Partial {
 public:
  Partial(const std::vector<int>& keys, const std::vector<AggregateCall>& calls,
          std::vector<Type> inputs, const PartialLimits& limits = {},
          MemoryBudget* budget = nullptr)
      : inputs_(std::move(inputs)),
        split(*SplitAggregate(keys, calls, Columns(inputs_))),
        run_(
            [&](const OperatorContext& context) {
              return MakePartialAggregate(split.partial, context, limits);
            },
            inputs_, TypesOf(split.columns), budget) {}

  Lines Push(const std::vector<Cells>& rows, Weight weight = 1) {
    run_.Push(MakeBatch(inputs_, rows, weight), out);
    return out.Take();
  }
  Lines EndEpoch() {
    run_.EndEpoch(out);
    return out.Take();
  }
  Operator& op() { return run_.op(); }

 private:
  const std::vector<Type> inputs_;

 public:
  const SplitAggregation split;
  Log out;

 private:
  testing::OperatorRun run_;
};

TEST(PartialAggregate, GivesOneRowAGroupAtTheBarrier) {
  Partial run({0}, {CountOfRows(), CallOf("sum(integer) -> bigint", {1}, Type::Int8())},
              {Type::Int8(), Type::Int4()});
  EXPECT_EQ(run.Push({{"7", "1"}, {"8", "2"}, {"7", "NULL"}}), Lines{});
  EXPECT_EQ(run.Push({{"7", "5"}}, 3), Lines{});
  EXPECT_EQ(run.EndEpoch(), (Lines{"7|5|16", "8|1|2"}));
  run.Push({{"8", "4"}, {"8", "4"}});
  EXPECT_EQ(run.EndEpoch(), Lines{"8|2|8"}) << "nothing is left of the epoch before";
  EXPECT_EQ(run.EndEpoch(), Lines{});
}

TEST(PartialAggregate, AllRowsAreOneGroupThatNeedsRows) {
  Partial run({}, {CountOfRows()}, {Type::Int8()});
  EXPECT_EQ(run.EndEpoch(), Lines{});
  run.Push({{"1"}, {"2"}, {"3"}});
  EXPECT_EQ(run.EndEpoch(), Lines{"3"});
}

TEST(PartialAggregate, WatermarksComeBehindTheRows) {
  Partial run({1, 0}, {}, {Type::TimestampTz(), Type::Int8()});
  run.op().OnWatermark(0, {0, 5}, run.out);
  run.op().OnWatermark(0, {1, 9}, run.out);
  run.op().OnWatermark(0, {0, 6}, run.out);
  EXPECT_EQ(run.Push({{"1970-01-01 00:00:01+00", "3"}}), Lines{});
  EXPECT_EQ(run.EndEpoch(), (Lines{"3|1970-01-01 00:00:01+00", "0 @ 9", "1 @ 6"}));
  EXPECT_EQ(run.EndEpoch(), Lines{});
}

TEST(PartialAggregate, GivesUpWhatItHoldsWhenGroupsAreMany) {
  Partial run({0}, {CountOfRows()}, {Type::Int8()}, {.groups = 2, .groups_percent = 100});
  EXPECT_EQ(run.Push({{"1"}, {"1"}, {"2"}}), Lines{});
  EXPECT_EQ(run.Push({{"1"}, {"3"}}), (Lines{"1|3", "2|1", "3|1"}));
  run.Push({{"1"}});
  EXPECT_EQ(run.EndEpoch(), Lines{"1|1"});
}

TEST(PartialAggregate, PassesRowsOnWhereGroupsDoNotPay) {
  Partial run({0}, {CountOfRows(), CallOf("avg(integer) -> numeric", {1}, Type::Numeric())},
              {Type::Int8(), Type::Int4()}, {.groups_percent = 50, .passed = 2});
  run.Push({{"1", "5"}, {"2", "6"}});
  EXPECT_EQ(run.EndEpoch(), (Lines{"1|1|5|1", "2|1|6|1"}));
  EXPECT_EQ(run.Push({{"1", "5"}, {"1", "NULL"}}), (Lines{"1|1|5|1", "1|1|NULL|0"}));
  EXPECT_EQ(run.Push({{"4", "7"}}, 2), Lines{"4|1|7|1 x 2"});
  EXPECT_EQ(run.Push({{"1", "5"}, {"1", "6"}}), Lines{}) << "it is tried again";
  EXPECT_EQ(run.EndEpoch(), Lines{"1|2|11|2"});
}

TEST(PartialAggregate, ARowOfALargeWeightKeepsIt) {
  Partial run({0}, {CallOf("sum(integer) -> bigint", {1}, Type::Int8())},
              {Type::Int8(), Type::Int4()});
  EXPECT_EQ(run.Push({{"1", "2147483647"}}, Weight{1} << 40),
            Lines{"1|2147483647 x 1099511627776"});
}

TEST(PartialAggregate, HoldsLittleWhenMemoryIsShort) {
  MemoryBudget budget("test", size_t{1} << 16);
  Partial run({0}, {CountOfRows()}, {Type::Text()}, {.groups_percent = 200}, &budget);
  size_t rows = 0;
  for (int begin = 0; begin < 20'000; begin += 1000) {
    std::vector<Cells> batch;
    for (int i = begin; i < begin + 1000; ++i) {
      batch.push_back({"a key that does not lie in its record, number " + std::to_string(i)});
    }
    rows += run.Push(batch).size();
    run.out.batches.clear();
    EXPECT_LT(budget.used(), size_t{1} << 20);
  }
  EXPECT_EQ(rows + run.EndEpoch().size(), 20'000u);
}

TEST(PartialAggregate, AClosedOutputGetsNothing) {
  Partial run({0}, {CountOfRows()}, {Type::Int8()});
  run.Push({{"1"}});
  run.out.closed = true;
  EXPECT_EQ(run.EndEpoch(), Lines{});
}

TEST(PartialAggregateDeathTest, NoRowIsTakenBack) {
  Partial run({0}, {CountOfRows()}, {Type::Int8()});
  EXPECT_DEATH(run.Push({{"1"}}, -1), "append-only");
}

// ---- what is split ----

TEST(SplitAggregate, NeedsKeysOfOneImage) {
  EXPECT_TRUE(SplitAggregate({0}, {}, Columns({Type::Text()})).has_value());
  EXPECT_FALSE(SplitAggregate({0}, {}, Columns({Type::Numeric()})).has_value());
}

TEST(SplitAggregate, NeedsCallsThatDivide) {
  const std::vector<OutputColumn> input = Columns({Type::Int8(), Type::Float8()});
  const AggregateCall sum =
      CallOf("sum(double precision) -> double precision", {1}, Type::Float8());
  EXPECT_FALSE(SplitAggregate({0}, {CountOfRows(), sum}, input).has_value());
}

TEST(SplitAggregate, ComputesEachValueOnce) {
  const auto split = SplitAggregate({0},
                                    {CallOf("sum(bigint) -> numeric", {1}, Type::Numeric()),
                                     CallOf("avg(bigint) -> numeric", {1}, Type::Numeric()),
                                     CallOf("count(any) -> bigint", {1}, Type::Int8())},
                                    Columns({Type::Int8(), Type::Int8()}));
  ASSERT_TRUE(split.has_value());
  EXPECT_EQ(split->partial.calls.size(), 2u);
  EXPECT_EQ(split->columns[2].name, "count(c1)");
  EXPECT_EQ(split->calls[1].arguments, (std::vector<int>{1, 2}));
}

TEST(SplitAggregate, ItsFunctionsHaveNoNameInSql) {
  for (const char* name : {"merge_count", "merge_sum", "merge_avg", "part_of_sum"}) {
    EXPECT_TRUE(BuiltinFunctions().Candidates(name).empty()) << name;
  }
  for (const Function* function : BuiltinFunctions().List()) {
    EXPECT_FALSE(function->signature.name.starts_with("merge_")) << function->text;
  }
  EXPECT_NE(BuiltinFunctions().FindByText("merge_sum(bytea) -> numeric"), nullptr);
}

// ---- numbers at their limits ----

// What the values come to in one step, and in two with each of them in a part of its own, and with
// all in one part.
std::array<Lines, 3> Results(const AggregateCall& call, const Type& type,
                             const std::vector<std::string>& values) {
  std::array<Lines, 3> results;
  for (size_t way = 0; way < results.size(); ++way) {
    std::vector<Batch> batches;
    AggregateSpec spec{{0}, {call}, true, false};
    std::vector<Type> inputs = {Type::Int8(), type};
    std::vector<Cells> rows;
    for (const std::string& value : values) rows.push_back({"1", value});
    if (way == 0) {
      batches.push_back(MakeBatch(inputs, rows));
    } else {
      Partial partial(spec.keys, spec.calls, inputs);
      for (const Cells& row : rows) {
        partial.Push({row});
        if (way == 1) partial.EndEpoch();
      }
      partial.EndEpoch();
      spec = {partial.split.keys, partial.split.calls, true, false};
      inputs = TypesOf(partial.split.columns);
      batches = std::move(partial.out.batches);
    }
    Log out;
    testing::OperatorRun run(
        [&](const OperatorContext& context) { return MakeAggregate(spec, context); }, inputs,
        {Type::Int8(), call.result});
    for (Batch& batch : batches) run.Push(std::move(batch), out);
    run.EndEpoch(out);
    results[way] = out.lines;
  }
  return results;
}

TEST(SplitAggregate, NumbersComeOutAlike) {
  const Type number = Type::Numeric();
  const std::string large = "9" + std::string(37, '0');
  const std::vector<std::vector<std::string>> cases = {
      {"1.0", "2.000", "5"},
      {"0", "0.000"},
      {"NULL", "NULL"},
      {"NaN", "1"},
      {"Infinity", "2.5"},
      {"Infinity", "-Infinity", "1.00"},
      {large, large, "-" + large},
      {large, large},
      {large, "0.0000000001", "-" + large},
      {large, "1.50000"},
      {"0." + std::string(37, '0') + "1", "123456789", "-123456789"},
  };
  for (const char* name : {"sum", "avg", "min", "max"}) {
    const AggregateCall call = CallOf(std::string(name) + "(numeric) -> numeric", {1}, number);
    for (const std::vector<std::string>& values : cases) {
      const std::array<Lines, 3> results = Results(call, number, values);
      EXPECT_EQ(results[0].size(), 1u);
      EXPECT_EQ(results[1], results[0]) << name << " of " << values[0];
      EXPECT_EQ(results[2], results[0]) << name << " of " << values[0];
    }
  }
}

TEST(SplitAggregate, DecimalsComeOutAlike) {
  const Type type = Type::Decimal(38, 2);
  const std::string large = "9" + std::string(35, '0') + ".00";
  const std::vector<std::vector<std::string>> cases = {
      {"1.25", "-3.50"}, {"NULL"}, {large, large, "-" + large}, {large, large}, {"0.00"}};
  for (const char* name : {"sum", "avg"}) {
    const bool sum = std::string(name) == "sum";
    const AggregateCall call = CallOf(std::string(name) + "(numeric) -> numeric", {1},
                                      sum ? Type::Decimal(38, 2) : Type::Numeric());
    for (const std::vector<std::string>& values : cases) {
      const std::array<Lines, 3> results = Results(call, type, values);
      EXPECT_EQ(results[1], results[0]) << name << " of " << values[0];
      EXPECT_EQ(results[2], results[0]) << name << " of " << values[0];
    }
  }
}

TEST(SplitAggregate, IntegersComeOutAlike) {
  const std::string most = "9223372036854775807";
  const Type number = Type::Numeric();
  for (const char* name : {"sum", "avg"}) {
    const AggregateCall call = CallOf(std::string(name) + "(bigint) -> numeric", {1}, number);
    const std::array<Lines, 3> results = Results(call, Type::Int8(), {most, "NULL", most, "1"});
    EXPECT_EQ(results[1], results[0]);
    EXPECT_EQ(results[2], results[0]);
  }
}

// A sum of integers that does not fit is the error that it is in one step, and well again later.
TEST(SplitAggregate, AnOverflowIsFoundInTheSecondStep) {
  const std::vector<Type> inputs = {Type::Int8(), Type::Int4()};
  const AggregateCall sum = CallOf("sum(integer) -> bigint", {1}, Type::Int8());
  const SplitAggregation split = *SplitAggregate({0}, {sum}, Columns(inputs));
  const std::vector<Type> parts = TypesOf(split.columns);
  const AggregateSpec spec{split.keys, split.calls, true, false};
  Log out;
  testing::OperatorRun run(
      [&](const OperatorContext& context) { return MakeAggregate(spec, context); }, parts,
      {Type::Int8(), Type::Int8()});
  run.Push(MakeBatch(parts, {{"1", "9223372036854775807"}, {"1", "1"}}), out);
  run.EndEpoch(out);
  EXPECT_EQ(out.Take(), Lines{"error 22003: bigint out of range"});
  run.Push(MakeBatch(parts, {{"1", "-5"}}), out);
  run.EndEpoch(out);
  const Lines after = out.Take();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[1], "1|9223372036854775803");
}

}  // namespace
}  // namespace riverrun::executor
