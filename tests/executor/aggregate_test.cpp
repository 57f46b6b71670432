// What an aggregate operator does in the cases that the property test does not single out.
#include "executor/aggregates/aggregate.h"

#include <array>
#include <ostream>

#include "tests/executor/bag_output.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using testing::BagOutput;
using testing::OperatorRun;

// A row as text, with a weight.
struct TextRow {
  std::vector<std::string> values;  // "NULL" is null
  Weight weight = 1;
};

Batch MakeBatch(const std::vector<Type>& types, const std::vector<TextRow>& rows) {
  BatchBuilder builder(types);
  for (const TextRow& row : rows) {
    for (size_t i = 0; i < types.size(); ++i) {
      const bool null = row.values[i] == "NULL";
      if (null) {
        builder.column(i).AppendNull();
      } else {
        builder.column(i).AppendFrom(Value::Of(types[i], row.values[i]).column(), 0);
      }
    }
    builder.EndRow(row.weight);
  }
  return builder.Finish();
}

// An aggregate operator over text rows.
class TestRun {
 public:
  TestRun(AggregateSpec spec, std::vector<Type> inputs, MemoryBudget* budget = nullptr)
      : spec_(std::move(spec)),
        inputs_(std::move(inputs)),
        outputs_(OutputTypes()),
        out(static_cast<int>(spec_.keys.size())),
        run_([this](const OperatorContext& context) { return MakeAggregate(spec_, context); },
             inputs_, outputs_, budget) {}

  void Start(StartMode mode = StartMode::kFresh) { run_.Start(out, mode); }
  void Push(const std::vector<TextRow>& rows) { run_.Push(MakeBatch(inputs_, rows), out); }
  void EndEpoch() { run_.EndEpoch(out); }
  Operator& op() { return run_.op(); }

  /// The rows that are there, as "a|b", each with its weight if that is not 1.
  std::vector<std::string> Rows() const {
    std::vector<std::string> lines;
    for (const auto& [image, weight] : out.rows) {
      BatchBuilder builder(outputs_);
      DecodeRow(image, weight, builder);
      const Batch row = builder.Finish();
      std::string line;
      for (const Column& column : row.columns) {
        line += (line.empty() ? "" : "|") + Value::From(column, 0).ToString();
      }
      lines.push_back(weight == 1 ? line : line + " x " + std::to_string(weight));
    }
    return lines;
  }

 private:
  std::vector<Type> OutputTypes() const {
    std::vector<Type> types;
    for (const int key : spec_.keys) types.push_back(inputs_[key]);
    for (const AggregateCall& call : spec_.calls) types.push_back(call.result);
    return types;
  }

  const AggregateSpec spec_;
  const std::vector<Type> inputs_, outputs_;

 public:
  BagOutput out;

 private:
  OperatorRun run_;
};

AggregateCall CallOf(std::string signature, std::vector<int> arguments, Type result) {
  return {std::move(signature), std::move(arguments), std::nullopt, std::move(result)};
}
AggregateCall CountOfRows() { return CallOf("count() -> bigint", {}, Type::Int8()); }
AggregateCall SumOfIntegers(int column) {
  return CallOf("sum(integer) -> bigint", {column}, Type::Int8());
}

using Lines = std::vector<std::string>;

// ---------------------------------------------------------------------------------------------
// Results as PostgreSQL 15 prints them

struct ResultCase {
  std::string call;  // name and argument type
  std::vector<std::string> values;
  std::string result;
  Type result_type;
  Type arg_type;
};
void PrintTo(const ResultCase& c, std::ostream* out) { *out << c.call; }

class AggregateResultTest : public ::testing::TestWithParam<ResultCase> {};

TEST_P(AggregateResultTest, IsPostgresqls) {
  const ResultCase& c = GetParam();
  const std::string signature = c.call + " -> " + TypeName(c.result_type);
  for (const bool append_only : {true, false}) {
    const std::string text =
        c.result_type.kind == TypeKind::kDecimal ? c.call + " -> numeric" : signature;
    const AggregateCall call = CallOf(text, {0}, c.result_type);
    TestRun run({.keys = {}, .calls = {call}, .append_only = append_only, .global = true},
                {c.arg_type});
    run.Start();
    std::vector<TextRow> rows = {{{"NULL"}}};
    for (const std::string& value : c.values) rows.push_back({{value}});
    run.Push(rows);
    run.EndEpoch();
    EXPECT_EQ(run.Rows(), Lines{c.result}) << c.call;
  }
}

ResultCase Case(std::string call, std::vector<std::string> values, std::string result, Type type,
                std::optional<Type> arg = std::nullopt) {
  const size_t open = call.find('(');
  const Type arg_type =
      arg ? *arg : *TypeByName(std::string_view(call).substr(open + 1, call.size() - open - 2));
  return {std::move(call), std::move(values), std::move(result), std::move(type), arg_type};
}

const Type kFloat = Type::Float8();
const Type kNumber = Type::Numeric();
const std::vector<std::string> kThree = {"1", "2", "4"};

INSTANTIATE_TEST_SUITE_P(
    Postgresql, AggregateResultTest,
    ::testing::Values(
        Case("avg(integer)", {"1", "2"}, "1.5000000000000000", kNumber),
        Case("avg(smallint)", {"1", "2", "2"}, "1.6666666666666667", kNumber),
        Case("avg(bigint)", {"10000000000", "20000000001"}, "15000000000.50000000", kNumber),
        Case("avg(numeric)", {"1.0", "2.000", "5"}, "2.6666666666666667", kNumber),
        Case("avg(numeric)", {"1.00", "2.00", "5.00"}, "2.6666666666666667", kNumber,
             Type::Decimal(10, 2)),
        Case("sum(numeric)", {"1.0", "2.000", "5"}, "8.000", kNumber),
        Case("sum(numeric)", {"1.00", "2.00", "5.00"}, "8.00", Type::Decimal(38, 2),
             Type::Decimal(10, 2)),
        Case("sum(numeric)", {"NaN", "1"}, "NaN", kNumber),
        Case("sum(numeric)", {"Infinity", "-Infinity"}, "NaN", kNumber),
        Case("avg(numeric)", {"Infinity", "1"}, "Infinity", kNumber),
        Case("sum(integer)", {"2147483647", "2147483647"}, "4294967294", Type::Int8()),
        Case("sum(bigint)", {"9223372036854775807", "9223372036854775807"}, "18446744073709551614",
             kNumber),
        Case("avg(double precision)", {"0.5", "0.25"}, "0.375", kFloat),
        // PostgreSQL rounds at each step and says 0.6000000000000001 here; a sum that retractions
        // undo must be exact.
        Case("sum(double precision)", {"0.1", "0.2", "0.3"}, "0.6", kFloat),
        Case("sum(real)", {"0.5", "0.25"}, "0.75", Type::Float4()),
        Case("avg(real)", {"0.5", "0.25"}, "0.375", kFloat),
        Case("sum(double precision)", {"NaN", "1"}, "NaN", kFloat),
        Case("sum(double precision)", {"Infinity", "1"}, "Infinity", kFloat),
        Case("avg(double precision)", {"Infinity", "-Infinity"}, "NaN", kFloat),
        Case("sum(interval)", {"1 mon 1 day", "2 hours", "1 mon"}, "2 mons 1 day 02:00:00",
             Type::Interval()),
        Case("avg(interval)", {"1 mon 1 day", "2 hours", "1 mon"}, "20 days 08:40:00",
             Type::Interval()),
        Case("var_pop(double precision)", kThree, "1.5555555555555556", kFloat),
        Case("var_samp(double precision)", kThree, "2.3333333333333335", kFloat),
        Case("variance(double precision)", kThree, "2.3333333333333335", kFloat),
        Case("stddev_pop(double precision)", kThree, "1.247219128924647", kFloat),
        Case("stddev(double precision)", kThree, "1.5275252316519468", kFloat),
        Case("stddev_samp(real)", kThree, "1.5275252316519468", kFloat),
        Case("var_pop(double precision)", {"1"}, "0", kFloat),
        Case("var_samp(double precision)", {"1"}, "NULL", kFloat),
        Case("min(double precision)", {"NaN", "1", "-Infinity"}, "-Infinity", kFloat),
        Case("max(double precision)", {"NaN", "1", "-Infinity"}, "NaN", kFloat),
        Case("min(text)", {"b", "a long string that is not inline", ""}, "", Type::Text()),
        Case("bool_and(boolean)", {"t", "f"}, "f", Type::Bool()),
        Case("bool_or(boolean)", {"t", "f"}, "t", Type::Bool()),
        Case("every(boolean)", {"t", "t"}, "t", Type::Bool()),
        Case("bool_or(boolean)", {}, "NULL", Type::Bool()),
        Case("sum(integer)", {}, "NULL", Type::Int8())));

// ---------------------------------------------------------------------------------------------
// Groups

TEST(AggregateTest, AGlobalGroupIsThereWithoutRows) {
  TestRun run({.keys = {}, .calls = {CountOfRows(), SumOfIntegers(0)}, .global = true},
              {Type::Int4()});
  run.Start();
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"0|NULL"});
  run.Push({{{"5"}}, {{"7"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"2|12"});
  run.Push({{{"5"}, -1}, {{"7"}, -1}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"0|NULL"});
}

// A one-shot query must not see the row of the empty input before that of its rows.
TEST(AggregateTest, TheFirstEpochOfAGlobalGroupIsOneRow) {
  TestRun run({.keys = {}, .calls = {CountOfRows()}, .global = true}, {Type::Int4()});
  run.Start();
  run.Push({{{"5"}}});
  EXPECT_TRUE(run.out.order.empty());
  run.EndEpoch();
  EXPECT_EQ(run.out.order.size(), 1u);
  EXPECT_EQ(run.Rows(), Lines{"1"});
}

TEST(AggregateTest, ARestoredGlobalGroupHasEmittedItsRow) {
  TestRun run({.keys = {}, .calls = {CountOfRows()}, .global = true}, {Type::Int4()});
  run.Start(StartMode::kRestored);
  run.EndEpoch();
  EXPECT_TRUE(run.out.order.empty());
}

TEST(AggregateTest, WithoutCallsItIsDistinct) {
  TestRun run({.keys = {0}, .calls = {}}, {Type::Int4()});
  run.Start();
  run.Push({{{"1"}, 2}, {{"NULL"}}, {{"NULL"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), (Lines{"1", "NULL"}));
  run.out.StartEpoch();
  run.Push({{{"1"}, -1}, {{"NULL"}, -2}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"1"});
  EXPECT_EQ(run.out.order.size(), 1u) << "only the row that went";
}

TEST(AggregateTest, AGroupShowsItsSmallestImage) {
  TestRun run({.keys = {0}, .calls = {CountOfRows()}}, {Type::Numeric()});
  run.Start();
  run.Push({{{"1.00"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"1.00|1"});
  run.Push({{{"1.0"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"1.0|2"});
  run.Push({{{"1.0"}, -1}, {{"1.000"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"1.00|2"});
}

TEST(AggregateTest, WhatDoesNotChangeIsNotEmitted) {
  TestRun run({.keys = {0}, .calls = {SumOfIntegers(1)}}, {Type::Int4(), Type::Int4()});
  run.Start();
  run.Push({{{"1", "5"}}, {{"2", "5"}}});
  run.EndEpoch();
  run.out.StartEpoch();
  run.Push({{{"1", "0"}}, {{"2", "1"}}, {{"3", "4"}}, {{"3", "4"}, -1}});
  run.EndEpoch();
  EXPECT_EQ(run.out.changes.size(), 1u) << "only the group of 2 has another sum";
}

TEST(AggregateTest, AFilterLeavesRowsOutOfOneCallOnly) {
  AggregateCall filtered = CountOfRows();
  filtered.filter = 1;
  TestRun run({.keys = {0}, .calls = {CountOfRows(), filtered}}, {Type::Int4(), Type::Bool()});
  run.Start();
  run.Push({{{"1", "t"}}, {{"1", "f"}}, {{"1", "NULL"}}, {{"2", "f"}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), (Lines{"1|3|1", "2|1|0"}));
}

TEST(AggregateTest, CountOfRowsIsFoundByItsNameInSql) {
  const AggregateCall count = CallOf("count(*) -> bigint", {}, Type::Int8());
  TestRun run({.keys = {}, .calls = {count}, .global = true}, {Type::Int4()});
  run.Start();
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"0"});
}

TEST(AggregateDeathTest, ARowThatWasNeverThereCannotGo) {
  TestRun run({.keys = {0}, .calls = {CountOfRows()}}, {Type::Int4()});
  run.Start();
  run.Push({{{"1"}, -1}});
  EXPECT_DEATH(run.EndEpoch(), "had not been inserted");
}

TEST(AggregateTest, AnUpdatingAggregateHasNoWatermark) {
  TestRun run({.keys = {0}, .calls = {CountOfRows()}}, {Type::Timestamp()});
  run.op().OnWatermark(0, {0, 5}, run.out);
  EXPECT_EQ(run.out.watermarks, 0);
}

TEST(AggregateTest, AClosedOutputGetsNothing) {
  TestRun run({.keys = {0}, .calls = {CountOfRows()}}, {Type::Int4()});
  run.Start();
  run.Push({{{"1"}}});
  run.out.closed = true;
  run.EndEpoch();
  EXPECT_EQ(run.out.batches, 0);
}

// ---------------------------------------------------------------------------------------------
// Errors of groups

constexpr Weight kMany = Weight{1} << 33;

TEST(AggregateTest, AnOverflowReplacesTheGroupsRow) {
  TestRun run({.keys = {0}, .calls = {SumOfIntegers(1), CountOfRows()}},
              {Type::Int4(), Type::Int4()});
  run.Start();
  run.Push({{{"1", "5"}}, {{"2", "5"}}});
  run.EndEpoch();
  run.Push({{{"1", "2147483647"}, kMany}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"2|5|1"});
  ASSERT_EQ(run.out.errors.size(), 1u);
  EXPECT_THAT(run.out.errors.begin()->first, ::testing::HasSubstr("22003: bigint out of range"));
  EXPECT_EQ(run.out.errors.begin()->second, 1);

  run.out.StartEpoch();
  run.Push({{{"1", "3"}}});
  run.EndEpoch();
  EXPECT_TRUE(run.out.changes.empty()) << "the same error is not emitted again";

  run.Push({{{"1", "2147483647"}, -kMany}});
  run.EndEpoch();
  EXPECT_TRUE(run.out.errors.empty());
  EXPECT_EQ(run.Rows(), (Lines{"1|8|2", "2|5|1"}));
}

TEST(AggregateTest, AnErrorGoesWithItsGroup) {
  TestRun run({.keys = {0}, .calls = {SumOfIntegers(1)}}, {Type::Int4(), Type::Int4()});
  run.Start();
  run.Push({{{"1", "2147483647"}, kMany}});
  run.EndEpoch();
  EXPECT_EQ(run.out.errors.size(), 1u);
  run.Push({{{"1", "2147483647"}, -kMany}});
  run.EndEpoch();
  EXPECT_TRUE(run.out.errors.empty());
  EXPECT_TRUE(run.out.rows.empty());
}

TEST(AggregateTest, NumericSumsOverflowWhenTheyAreReadOnly) {
  const std::string large = "9" + std::string(37, '0');
  TestRun run({.keys = {0}, .calls = {CallOf("sum(numeric) -> numeric", {1}, Type::Numeric())}},
              {Type::Int4(), Type::Numeric()});
  run.Start();
  run.Push({{{"1", large}}, {{"1", large}}, {{"1", "-" + large}}});
  run.EndEpoch();
  EXPECT_EQ(run.Rows(), Lines{"1|" + large}) << "a partial sum beyond 38 digits does not matter";
  run.Push({{{"1", large}}});
  run.EndEpoch();
  EXPECT_EQ(run.out.errors.size(), 1u);
}

TEST(AggregateTest, ManyErrorsAtOnceFitTheirBatches) {
  TestRun run({.keys = {0}, .calls = {SumOfIntegers(1)}}, {Type::Int4(), Type::Int4()});
  run.Start();
  for (int round = 0; round < 2; ++round) {
    std::vector<TextRow> rows;
    for (int i = 0; i < 4096; ++i) {
      rows.push_back({{std::to_string(i), "2147483647"}, kMany});
    }
    run.Push(rows);
    run.EndEpoch();
    EXPECT_EQ(run.out.errors.size(), 4096u);
  }
}

// ---------------------------------------------------------------------------------------------
// Memory

TEST(AggregateTest, SaysWhenItsStateIsTooLarge) {
  MemoryBudget budget("test", size_t{1} << 20);
  TestRun run({.keys = {0}, .calls = {CountOfRows()}}, {Type::Int4()}, &budget);
  run.Start();
  const auto push_all = [&](Weight weight) {
    for (int begin = 0; begin < 40'000; begin += 4000) {
      std::vector<TextRow> rows;
      for (int i = begin; i < begin + 4000; ++i) rows.push_back({{std::to_string(i)}, weight});
      run.Push(rows);
    }
  };
  push_all(+1);
  run.EndEpoch();
  ASSERT_EQ(run.out.errors.size(), 1u);
  EXPECT_THAT(run.out.errors.begin()->first, ::testing::HasSubstr("53200: out of memory"));
  EXPECT_EQ(run.out.rows.size(), 40'000u) << "the rows are right all the same";
}

}  // namespace
}  // namespace riverrun::executor
