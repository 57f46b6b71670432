// Every function gives PostgreSQL's answer, however its arguments are encoded.
#include <gtest/gtest.h>

#include <set>

#include "executor/expressions/evaluator.h"
#include "executor/functions/builtin.h"
#include "executor/functions/call_resolution.h"
#include "tests/executor/case_file.h"

namespace riverrun::executor {
namespace {

using testing::FunctionCase;
using testing::FunctionCases;

const std::vector<std::string>& Families() {
  static const std::vector<std::string> kFamilies = {"arithmetic", "comparison", "math",
                                                     "numeric",    "dates",      "casts"};
  return kFamilies;
}

Column FlatColumn(const std::vector<Value>& values) {
  ColumnBuilder builder(values.front().type());
  for (const Value& value : values) builder.AppendFrom(value.column(), 0);
  return builder.Finish();
}

// The same column as codes into a dictionary of its values.
Column AsDictionary(const Column& flat, uint32_t rows) {
  ColumnBuilder entries(flat.type);
  auto codes = Buffer::Allocate(rows * sizeof(uint16_t));
  uint16_t next = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    codes->mutable_as<uint16_t>()[row] = flat.IsNull(row) ? 0 : next;
    if (flat.IsNull(row)) continue;
    entries.AppendFrom(flat, row);
    ++next;
  }
  if (next == 0) return flat;
  Column out;
  out.type = flat.type;
  out.encoding = Encoding::kDictionary;
  out.values = std::move(codes);
  out.nulls = flat.nulls;
  out.dictionary = std::make_shared<const Column>(entries.Finish());
  return out;
}

// numeric arguments as decimals that hold them all; absent if one is no finite number.
std::optional<std::vector<Value>> AsDecimals(const std::vector<Value>& args) {
  std::vector<Value> out;
  bool any = false;
  for (const Value& arg : args) {
    if (arg.type().kind != TypeKind::kNumeric) {
      out.push_back(arg);
      continue;
    }
    any = true;
    if (arg.IsNull() || arg.AsNumeric().IsSpecial()) return std::nullopt;
    const auto scale = static_cast<uint8_t>(arg.AsNumeric().scale);
    out.push_back(Value::Of(Type::Decimal(static_cast<uint8_t>(std::min(19 + scale, 38)), scale),
                            arg.ToString()));
  }
  if (!any) return std::nullopt;
  return out;
}

// Calls one function for many rows at once.
class Caller {
 public:
  Caller(const FunctionCases& group)
      : function_(*BuiltinFunctions().FindByText(ParseSignature(group.signature).ToString())),
        given_result_(group.result) {}

  const Function& function() const { return function_; }

  Type ResultFor(std::span<const Type> types) const {
    if (given_result_) return *given_result_;
    if (function_.options.result_type != nullptr) return function_.options.result_type(types);
    return function_.signature.result.type;
  }

  // The calls as constants, so that they are folded or computed once.
  std::string CallConstant(const std::vector<Value>& args) const {
    Call call{&function_, {}, {}};
    std::vector<Type> types;
    for (const Value& arg : args) {
      call.args.push_back(Make(Constant{arg}));
      types.push_back(arg.type());
    }
    call.type = ResultFor(types);
    Batch batch;
    batch.rows = 3;
    ErrorLane errors;
    Evaluator evaluator(*Make(std::move(call)), testing::CaseSettings());
    const Column column = evaluator.Evaluate(batch, Context(), errors);
    return testing::TextOfRow(column, 1, errors);
  }

  // All calls in one batch. `encode` makes the columns; odd rows are not selected if `select`.
  template <class Encode>
  std::vector<std::string> CallBatch(const std::vector<FunctionCase>& cases, bool select,
                                     Encode&& encode) const {
    Batch batch;
    batch.rows = static_cast<uint32_t>(cases.size());
    Call call{&function_, {}, {}};
    std::vector<Type> types;
    for (uint32_t i = 0; i < cases.front().args.size(); ++i) {
      std::vector<Value> values;
      for (const FunctionCase& one : cases) values.push_back(one.args[i]);
      batch.columns.push_back(encode(FlatColumn(values), batch.rows));
      types.push_back(values.front().type());
      call.args.push_back(Make(ColumnRef{i, types.back()}));
    }
    call.type = ResultFor(types);
    std::vector<uint16_t> kept;
    for (uint16_t row = 0; row < batch.rows; row = static_cast<uint16_t>(row + (select ? 2 : 1))) {
      kept.push_back(row);
    }
    batch.selection = MakeSelection(kept, batch.rows);
    ErrorLane errors;
    Evaluator evaluator(*Make(std::move(call)), testing::CaseSettings());
    const Column column = evaluator.Evaluate(batch, Context(), errors);
    for (const EvalError& error : errors) EXPECT_TRUE(column.IsNull(error.row));
    std::vector<std::string> out(batch.rows);
    for (const uint16_t row : kept) out[row] = testing::TextOfRow(column, row, errors);
    return out;
  }

 private:
  static EvalContext Context() {
    return {.epoch = {.epoch = 1, .now = testing::kCaseNow},
            .settings = &testing::CaseSettings(),
            .budget = nullptr};
  }

  const Function& function_;
  std::optional<Type> given_result_;
};

// Cases whose arguments have the same types, so that they fit one batch.
std::vector<std::vector<FunctionCase>> ByTypes(const std::vector<FunctionCase>& cases) {
  std::vector<std::vector<FunctionCase>> out;
  for (const FunctionCase& one : cases) {
    const auto fits = [&](const std::vector<FunctionCase>& group) {
      for (size_t i = 0; i < one.args.size(); ++i) {
        if (!(group.front().args[i].type() == one.args[i].type())) return false;
      }
      return true;
    };
    const auto found = std::find_if(out.begin(), out.end(), fits);
    if (found != out.end()) {
      found->push_back(one);
    } else {
      out.push_back({one});
    }
  }
  return out;
}

void ExpectSame(const std::vector<FunctionCase>& cases, const std::vector<std::string>& got,
                std::string_view how) {
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!got[i].empty() || cases[i].expected.empty()) {
      EXPECT_EQ(got[i], cases[i].expected) << how << ": " << cases[i].text;
    }
  }
}

class FunctionCasesTest : public ::testing::TestWithParam<std::string> {};

TEST_P(FunctionCasesTest, ConstantsGiveTheAnswer) {
  for (const FunctionCases& group : testing::ReadCases(GetParam())) {
    const Caller caller(group);
    for (const FunctionCase& one : group.cases) {
      EXPECT_EQ(caller.CallConstant(one.args), one.expected) << one.text;
    }
  }
}

TEST_P(FunctionCasesTest, ColumnsGiveTheAnswer) {
  for (const FunctionCases& group : testing::ReadCases(GetParam())) {
    const Caller caller(group);
    for (const std::vector<FunctionCase>& cases : ByTypes(group.cases)) {
      if (cases.front().args.empty()) continue;
      const auto flat = [](const Column& column, uint32_t) { return column; };
      ExpectSame(cases, caller.CallBatch(cases, false, flat), "flat");
      ExpectSame(cases, caller.CallBatch(cases, true, flat), "flat, every other row");
      ExpectSame(cases, caller.CallBatch(cases, false, AsDictionary), "dictionary");
    }
  }
}

TEST_P(FunctionCasesTest, DecimalsGiveTheAnswerOfNumerics) {
  for (const FunctionCases& group : testing::ReadCases(GetParam())) {
    const Caller caller(group);
    for (const FunctionCase& one : group.cases) {
      const std::optional<std::vector<Value>> args = AsDecimals(one.args);
      if (!args) continue;
      EXPECT_EQ(caller.CallConstant(*args), one.expected) << "as decimals: " << one.text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, FunctionCasesTest, ::testing::ValuesIn(Families()),
                         [](const auto& family) { return family.param; });

// Functions whose calls stand in C++ tests instead.
const std::set<std::string>& TestedElsewhere() {
  static const std::set<std::string> kFunctions = {
      "random", "now", "current_timestamp", "transaction_timestamp", "statement_timestamp",
      "assign"};
  return kFunctions;
}

TEST(FunctionCoverageTest, EveryFunctionHasACase) {
  FunctionRegistry registry;
  RegisterIntegerArithmetic(registry);
  RegisterFloatArithmetic(registry);
  RegisterFloatMath(registry);
  RegisterNumericArithmetic(registry);
  RegisterComparisons(registry);
  RegisterDateArithmetic(registry);
  RegisterNumberCasts(registry);
  RegisterTextCasts(registry);
  RegisterTimeCasts(registry);
  RegisterArrayCasts(registry);
  RegisterJsonCasts(registry);
  std::set<std::string> tested;
  for (const std::string& family : Families()) {
    for (const FunctionCases& group : testing::ReadCases(family)) {
      tested.insert(ParseSignature(group.signature).ToString());
    }
  }
  for (const Function* function : registry.List()) {
    if (TestedElsewhere().contains(function->signature.name)) continue;
    if (function->text.find("(record, record)") != std::string::npos) continue;
    EXPECT_TRUE(tested.contains(function->text)) << "no case calls " << function->text;
    EXPECT_FALSE(function->description.empty()) << function->text;
  }
}

}  // namespace
}  // namespace riverrun::executor
