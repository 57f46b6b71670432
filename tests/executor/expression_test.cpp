// Expressions as data: structure, text, bytes, and what errors do inside them.
#include <gtest/gtest.h>

#include "executor/expressions/build_expression.h"
#include "executor/expressions/evaluator.h"
#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "tests/executor/case_file.h"

namespace riverrun::executor {
namespace {

ExpressionRef Column4(uint32_t index) { return Make(ColumnRef{index, Type::Int4()}); }
ExpressionRef Int(int32_t value) { return Make(Constant{Value::Int4(value)}); }
ExpressionRef Bool(bool value) { return Make(Constant{Value::Bool(value)}); }
ExpressionRef Null(const Type& type) { return Make(Constant{Value::Null(type)}); }

ExpressionRef CallOf(std::string_view name, std::vector<ExpressionRef> args) {
  return *BuildCall(BuiltinFunctions(), name, std::move(args));
}
ExpressionRef CastOf(ExpressionRef arg, const Type& to,
                     CastContext context = CastContext::kExplicit) {
  return *BuildCast(BuiltinFunctions(), std::move(arg), to, context);
}
// 1 / 0, as a boolean.
ExpressionRef Fails() { return CallOf("=", {CallOf("/", {Int(1), Int(0)}), Int(1)}); }

EvalContext Context() {
  return {.epoch = {.epoch = 1, .now = testing::kCaseNow}, .settings = &testing::CaseSettings(),
          .budget = nullptr};
}

Batch Ints(const std::vector<std::optional<int32_t>>& values) {
  ColumnBuilder builder(Type::Int4());
  for (const auto& value : values) {
    if (value) {
      builder.Append(*value);
    } else {
      builder.AppendNull();
    }
  }
  Batch batch;
  batch.rows = builder.rows();
  batch.columns.push_back(builder.Finish());
  return batch;
}

std::vector<std::string> Rows(const ExpressionRef& expression, const Batch& batch) {
  Evaluator evaluator(*expression, testing::CaseSettings());
  ErrorLane errors;
  const Column column = evaluator.Evaluate(batch, Context(), errors);
  std::vector<std::string> out;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    out.push_back(testing::TextOfRow(column, row, errors));
  });
  return out;
}

std::string RunOne(const ExpressionRef& expression) { return Rows(expression, Ints({1})).front(); }

const std::string kDivision = "ERROR 22012 division by zero";

TEST(ErrorLaneTest, ConnectivesDropErrorsThatNothingDependsOn) {
  EXPECT_EQ(RunOne(Make(And{{Bool(false), Fails()}})), "f");
  EXPECT_EQ(RunOne(Make(And{{Fails(), Bool(false)}})), "f");
  EXPECT_EQ(RunOne(Make(Or{{Bool(true), Fails()}})), "t");
  EXPECT_EQ(RunOne(Make(Or{{Fails(), Bool(true)}})), "t");
  EXPECT_EQ(RunOne(Make(And{{Fails(), Bool(true)}})), kDivision);
  EXPECT_EQ(RunOne(Make(Or{{Bool(false), Fails()}})), kDivision);
  EXPECT_EQ(RunOne(Make(And{{Null(Type::Bool()), Fails()}})), kDivision);
  EXPECT_EQ(RunOne(Make(And{{Fails(), Null(Type::Bool()), Bool(false)}})), "f");
  EXPECT_EQ(RunOne(Make(Not{Fails()})), kDivision);
  EXPECT_EQ(RunOne(Make(IsNull{Fails(), false})), kDivision);
  EXPECT_EQ(RunOne(Make(IsTruth{Fails(), IsTruth::Test::kUnknown, false})), kDivision);
}

TEST(ErrorLaneTest, ConditionalsComputeOnlyWhatTheyNeed) {
  const Batch batch = Ints({0, 2, std::nullopt, 5});
  const ExpressionRef inverse = CallOf("/", {Int(10), Column4(0)});
  const ExpressionRef is_zero = CallOf("=", {Column4(0), Int(0)});
  EXPECT_EQ(Rows(Make(Case{{{is_zero, Int(-1)}}, inverse, Type::Int4()}), batch),
            (std::vector<std::string>{"-1", "5", "NULL", "2"}));
  const ExpressionRef large = CallOf(">", {inverse, Int(3)});
  EXPECT_EQ(Rows(Make(Case{{{large, Int(1)}}, Int(0), Type::Int4()}), batch),
            (std::vector<std::string>{kDivision, "1", "0", "0"}));
  EXPECT_EQ(Rows(Make(Coalesce{{Column4(0), CallOf("/", {Int(1), Int(0)})}, Type::Int4()}), batch),
            (std::vector<std::string>{"0", "2", kDivision, "5"}));
  EXPECT_EQ(Rows(Make(NullIf{std::get<Call>(is_zero->node).function,
                            Column4(0), inverse, Type::Int4()}),
                batch),
            (std::vector<std::string>{kDivision, "2", "NULL", "5"}));
  EXPECT_EQ(Rows(Make(And{{Make(Not{is_zero}), large}}), batch),
            (std::vector<std::string>{"f", "t", "NULL", "f"}));
}

TEST(ErrorLaneTest, AConstantFailureNeedsARow) {
  const ExpressionRef failing = CallOf("/", {Int(1), Int(0)});
  Evaluator evaluator(*failing, testing::CaseSettings());
  Batch batch = Ints({1, 2, 3});
  ErrorLane errors;
  static_cast<void>(evaluator.Evaluate(batch, Context(), errors));
  EXPECT_EQ(errors.size(), 3u);
  errors.clear();
  batch.selection = Buffer::Allocate(0);
  static_cast<void>(evaluator.Evaluate(batch, Context(), errors));
  EXPECT_TRUE(errors.empty());
  batch.selection = nullptr;
  static_cast<void>(evaluator.Evaluate(Ints({}), Context(), errors));
  EXPECT_TRUE(errors.empty());
}

TEST(ErrorLaneTest, RowsThatAreNotSelectedDoNotFail) {
  Batch batch = Ints({2147483647, 1, 2147483647, 2});
  batch.selection = MakeSelection(std::vector<uint16_t>{1, 3}, 4);
  EXPECT_EQ(Rows(CallOf("+", {Column4(0), Int(1)}), batch), (std::vector<std::string>{"2", "3"}));
  batch.selection = MakeSelection(std::vector<uint16_t>{0, 1}, 4);
  EXPECT_EQ(Rows(CallOf("+", {Column4(0), Int(1)}), batch),
            (std::vector<std::string>{"ERROR 22003 integer out of range", "2"}));
}

TEST(FilterRowsTest, KeepsWhatFailedBefore) {
  Batch batch = Ints({0, 5, std::nullopt, 7});
  batch.errors = {{2, {sqlstate::kDivisionByZero, "division by zero"}},
                  {3, {sqlstate::kDivisionByZero, "division by zero"}}};
  Evaluator above(*CallOf(">", {Column4(0), Int(6)}), testing::CaseSettings());
  Batch kept = FilterRows(above, batch, Context());
  // Row 2 is null because of its error, so nothing is known against it; row 3 passes.
  EXPECT_EQ(kept.selected(), 2u);
  EXPECT_EQ(kept.errors.size(), 2u);
  Evaluator below(*CallOf("<", {Column4(0), Int(6)}), testing::CaseSettings());
  kept = FilterRows(below, batch, Context());
  EXPECT_EQ(kept.selected(), 3u);
  ASSERT_EQ(kept.errors.size(), 1u);
  EXPECT_EQ(kept.errors[0].row, 2);
}

TEST(ExpressionTest, PrintsSql) {
  const std::vector<std::string> names = {"price"};
  const auto sql = [&](const ExpressionRef& e) { return ToSql(*e, names); };
  EXPECT_EQ(sql(CallOf(">", {CallOf("*", {Column4(0), Int(2)}), Int(-10)})),
            "((price * 2) > (-10))");
  EXPECT_EQ(sql(CallOf("-", {Column4(7)})), "(- #7)");
  EXPECT_EQ(sql(CastOf(Column4(0), Type::Varchar(3))), "price::character varying(3)");
  EXPECT_EQ(sql(Make(And{{Bool(true), Make(IsNull{Column4(0), true})}})),
            "(true AND (price IS NOT NULL))");
  EXPECT_EQ(sql(Make(Case{{{Bool(true), Int(1)}}, nullptr, Type::Int4()})),
            "CASE WHEN true THEN 1 END");
  EXPECT_EQ(sql(Make(Coalesce{{Column4(0), Null(Type::Int4())}, Type::Int4()})),
            "COALESCE(price, NULL::integer)");
  EXPECT_EQ(sql(Make(Constant{Value::Text("it's")})), "'it''s'");
  EXPECT_EQ(sql(Make(Constant{Value::Date("2026-01-02")})), "'2026-01-02'::date");
  EXPECT_EQ(sql(Make(InList{nullptr, Column4(0), {Int(1), Int(2)}, true})),
            "(price NOT IN (1, 2))");
}

TEST(ExpressionTest, KnowsItsColumnsAndDangers) {
  const ExpressionRef safe = CallOf("=", {Column4(3), Column4(1)});
  const ExpressionRef sum = CallOf("+", {Column4(3), Column4(3)});
  EXPECT_EQ(ColumnsOf(*safe), (std::vector<uint32_t>{1, 3}));
  EXPECT_FALSE(MayFail(*safe));
  EXPECT_TRUE(MayFail(*sum));
  const ExpressionRef decimal = Make(ColumnRef{0, Type::Decimal(10, 2)});
  EXPECT_FALSE(MayFail(*CallOf("*", {decimal, decimal})));
  EXPECT_EQ(VolatilityOf(*sum), Volatility::kImmutable);
  EXPECT_EQ(VolatilityOf(*CallOf("now", {})), Volatility::kStable);
  EXPECT_EQ(VolatilityOf(*CallOf("random", {})), Volatility::kVolatile);
  EXPECT_TRUE(*CallOf("+", {Column4(3), Column4(3)}) == *sum);
  EXPECT_FALSE(*CallOf("-", {Column4(3), Column4(3)}) == *sum);
  EXPECT_TRUE(*WithChildren(*sum, Children(*sum)) == *sum);
}

TEST(ExpressionTest, AnUnknownFunctionIsNamed) {
  FunctionRegistry other;
  std::string bytes;
  AppendExpression(*CallOf("+", {Column4(0), Int(1)}), bytes);
  ByteReader in(bytes);
  const Result<ExpressionRef> read = ReadExpression(in, other);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(ToString(read.error()),
            "XX001: stored plan calls the unknown function +(integer, integer) -> integer");
}

TEST(FunctionsTest, TimeIsTheEpochs) {
  for (const std::string name :
       {"now", "current_timestamp", "transaction_timestamp", "statement_timestamp"}) {
    EXPECT_EQ(RunOne(CallOf(name, {})), "2026-11-25 13:00:00+01") << name;
  }
}

TEST(FunctionsTest, RandomIsRefused) {
  EXPECT_TRUE(RunOne(CallOf("random", {})).starts_with("ERROR 0A000 random() is not supported"));
}

TEST(FunctionsTest, AssignmentDoesNotCut) {
  const auto assign = [](const Value& value, const Type& to) {
    return RunOne(CastOf(Make(Constant{value}), to, CastContext::kAssignment));
  };
  EXPECT_EQ(assign(Value::Text("abc"), Type::Varchar(3)), "abc");
  EXPECT_EQ(assign(Value::Text("abc  "), Type::Varchar(3)), "abc");
  EXPECT_EQ(assign(Value::Text("abcd"), Type::Varchar(3)),
            "ERROR 22001 value too long for type character varying(3)");
  EXPECT_EQ(assign(Value::Int4(12345), Type::Varchar(3)),
            "ERROR 22001 value too long for type character varying(3)");
  EXPECT_EQ(assign(Value::Int4(123), Type::Varchar(3)), "123");
}

TEST(FunctionsTest, RecordsCompareFieldByField) {
  const auto row = [](int32_t a, std::string_view b) {
    return Make(Constant{Value::Row({Value::Int4(a), Value::Text(b)})});
  };
  EXPECT_EQ(RunOne(CallOf("=", {row(1, "a"), row(1, "a")})), "t");
  EXPECT_EQ(RunOne(CallOf("<>", {row(1, "a"), row(1, "b")})), "t");
  EXPECT_EQ(RunOne(CallOf("<", {row(1, "b"), row(2, "a")})), "t");
  EXPECT_EQ(RunOne(CallOf("<=", {row(1, "b"), row(1, "a")})), "f");
  EXPECT_EQ(RunOne(CallOf(">", {row(1, "b"), row(1, "a")})), "t");
  EXPECT_EQ(RunOne(CallOf(">=", {row(0, "b"), row(1, "a")})), "f");
}

TEST(BuildExpressionTest, ArgumentsAreCast) {
  const auto sql = [](std::string_view name, std::vector<ExpressionRef> args) {
    return ToSql(*CallOf(name, std::move(args)));
  };
  const ExpressionRef bigint = Make(ColumnRef{1, Type::Int8()});
  const ExpressionRef decimal = Make(ColumnRef{2, Type::Decimal(10, 2)});
  const ExpressionRef varchar = Make(ColumnRef{3, Type::Varchar(5)});
  const ExpressionRef null = Make(Constant{Value()});
  EXPECT_EQ(sql("+", {Column4(0), bigint}), "(#0::bigint + #1)");
  EXPECT_EQ(sql("*", {decimal, Column4(0)}), "(#2 * #0::numeric(10,0))");
  EXPECT_EQ(sql("/", {decimal, decimal}), "(#2 / #2)");
  EXPECT_EQ(sql("=", {varchar, varchar}), "(#3 = #3)");
  EXPECT_EQ(sql("+", {bigint, null}), "(#1 + NULL::bigint)");
  Type unknown = Type::Text();
  unknown.oid = oid::kUnknown;
  const ExpressionRef literal = Make(Constant{Value::Of(unknown, "12")});
  EXPECT_EQ(RunOne(CallOf("+", {Column4(0), literal})), "13");
  EXPECT_EQ(RunOne(CallOf("*", {CastOf(Int(3), Type::Decimal(10, 2)), Column4(0)})), "3.00");
  EXPECT_EQ(BuildCall(BuiltinFunctions(), "+", {bigint, Bool(true)}).error().text,
            "operator does not exist: bigint + boolean");
  EXPECT_EQ(ToString(BuildCast(BuiltinFunctions(), Make(ColumnRef{0, Type::Uuid()}), Type::Int4(),
                               CastContext::kExplicit)
                         .error()),
            "42846: cannot cast type uuid to integer");
}

// A function on a dictionary is computed once for each entry, also from batch to batch.
int64_t calls = 0;
void CountingKernel(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view>(in, out, [&](uint32_t row, std::string_view text) {
    ++calls;
    out.values<int32_t>()[row] = static_cast<int32_t>(text.size());
  });
}

TEST(EvaluatorTest, DictionariesAreComputedOnce) {
  FunctionRegistry registry;
  const Function& function = registry.Scalar("counted(text) -> integer", CountingKernel, "test");
  ColumnBuilder entries(Type::Text());
  for (const std::string_view text : {"a", "bb", "ccc"}) entries.AppendBytes(text);
  Column column;
  column.type = Type::Text();
  column.encoding = Encoding::kDictionary;
  column.dictionary = std::make_shared<const Column>(entries.Finish());
  auto codes = Buffer::Allocate(100 * sizeof(uint16_t));
  for (uint32_t row = 0; row < 100; ++row) {
    codes->mutable_as<uint16_t>()[row] = static_cast<uint16_t>(row % 3);
  }
  column.values = std::move(codes);
  Batch batch;
  batch.rows = 100;
  batch.columns.push_back(column);
  Evaluator evaluator(*Make(Call{&function, {Make(ColumnRef{0, Type::Text()})}, Type::Int4()}),
                      testing::CaseSettings());
  calls = 0;
  for (int round = 0; round < 3; ++round) {
    ErrorLane errors;
    const Column out = evaluator.Evaluate(batch, Context(), errors);
    EXPECT_EQ(out.encoding, Encoding::kDictionary);
    for (uint32_t row = 0; row < 100; ++row) {
      ASSERT_EQ(out.At<int32_t>(row), static_cast<int32_t>(row % 3 + 1));
    }
  }
  EXPECT_EQ(calls, 3);
}

// Prepared state is made once, from the constants.
Result<Prepared> PrepareFactor(const PrepareInput& input) {
  if (input.constants[1] == nullptr) return Prepared();
  const auto factor = input.constants[1]->At<int32_t>(0);
  if (factor == 13) return Fail(sqlstate::kInvalidParameterValue, "unlucky");
  return Prepared(std::make_shared<const int32_t>(factor));
}
void TimesPrepared(const KernelInput& in, KernelOutput& out) {
  ForEachCall<int32_t, int32_t>(in, out, [&](uint32_t row, int32_t a, int32_t b) {
    const auto* factor = static_cast<const int32_t*>(in.prepared);
    out.values<int32_t>()[row] = factor != nullptr ? a * *factor : -b;
  });
}

TEST(EvaluatorTest, PreparesConstantsOnce) {
  FunctionRegistry registry;
  const Function& function = registry.Scalar(
      "times(integer, integer) -> integer", TimesPrepared,
      {.can_fail = CanFail::kYes, .prepare = PrepareFactor}, "test");
  const auto times = [&](ExpressionRef b) {
    return Make(Call{&function, {Column4(0), std::move(b)}, Type::Int4()});
  };
  const Batch batch = Ints({1, std::nullopt, 3});
  EXPECT_EQ(Rows(times(Int(5)), batch), (std::vector<std::string>{"5", "NULL", "15"}));
  EXPECT_EQ(Rows(times(Column4(0)), batch), (std::vector<std::string>{"-1", "NULL", "-3"}));
  EXPECT_EQ(Rows(times(Int(13)), batch),
            (std::vector<std::string>{"ERROR 22023 unlucky", "NULL", "ERROR 22023 unlucky"}));
}

TEST(EvaluatorTest, ResultsOutliveTheNextBatch) {
  const ExpressionRef text =
      CastOf(CallOf("+", {Column4(0), Int(1000000)}), Type::Text());
  Evaluator evaluator(*text, testing::CaseSettings());
  ErrorLane errors;
  const Column first = evaluator.Evaluate(Ints({1, 2}), Context(), errors);
  const Column second = evaluator.Evaluate(Ints({3, 4}), Context(), errors);
  EXPECT_EQ(first.BytesAt(0), "1000001");
  EXPECT_EQ(first.BytesAt(1), "1000002");
  EXPECT_EQ(second.BytesAt(0), "1000003");
}

}  // namespace
}  // namespace riverrun::executor
