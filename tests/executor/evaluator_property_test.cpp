// Random expressions over random batches: the vectorised evaluator gives what the definitions say
// for each row, whatever the encodings, the selection and the size of the batch.
#include <gtest/gtest.h>

#include "executor/expressions/evaluator.h"
#include "executor/functions/call_resolution.h"
#include "tests/executor/row_evaluator.h"
#include "tests/random_data.h"

namespace riverrun::executor {
namespace {

using riverrun::testing::RandomData;
using testing::EvaluateRow;
using testing::Outcome;

const std::vector<Type>& ColumnTypes() {
  static const std::vector<Type> kTypes = {Type::Int4(),  Type::Int8(), Type::Float8(),
                                           Type::Bool(),  Type::Text(), Type::Decimal(10, 2),
                                           Type::Numeric()};
  return kTypes;
}

// Small values meet: equality, zero divisors and overflow happen often.
Value SmallValue(RandomData& random, const Type& type) {
  if (random.Chance(15)) return Value::Null(type);
  static constexpr std::string_view kNumbers[] = {"0", "1", "-1", "2", "3", "7", "100"};
  static constexpr std::string_view kTexts[] = {"", "a", "b", "a string that is long enough", "5"};
  const auto number = std::string(kNumbers[random.Below(7)]);
  switch (type.kind) {
    case TypeKind::kBool: return Value::Bool(random.Chance(50));
    case TypeKind::kText: return Value::Text(kTexts[random.Below(5)]);
    case TypeKind::kInt4:
      return random.Chance(10) ? Value::Int4(2147483647) : Value::Of(type, number);
    case TypeKind::kInt8:
      return random.Chance(10) ? Value::Int8(INT64_MIN) : Value::Of(type, number);
    case TypeKind::kFloat8:
      return random.Chance(10) ? Value::Of(type, "NaN") : Value::Of(type, number);
    case TypeKind::kNumeric:
      return random.Chance(10) ? Value::Of(type, "NaN") : Value::Of(type, number + ".50");
    default: return Value::Of(type, number);
  }
}

Column SmallColumn(RandomData& random, const Type& type, uint32_t rows) {
  const uint32_t encoding = random.Below(4);
  if (encoding == 0) return SmallValue(random, type).column();
  ColumnBuilder builder(type);
  if (encoding == 1) {  // a dictionary with its nulls outside
    while (builder.rows() < 5) {
      const Value value = SmallValue(random, type);
      if (!value.IsNull()) builder.AppendFrom(value.column(), 0);
    }
    Column out;
    out.type = type;
    out.encoding = Encoding::kDictionary;
    out.dictionary = std::make_shared<const Column>(builder.Finish());
    auto codes = Buffer::Allocate(rows * sizeof(uint16_t));
    auto nulls = Buffer::AllocateZeroed(NullBytes(rows));
    for (uint32_t row = 0; row < rows; ++row) {
      codes->mutable_as<uint16_t>()[row] = static_cast<uint16_t>(random.Below(5));
      if (random.Chance(20)) SetNullBit(nulls->mutable_as<uint64_t>(), row);
    }
    out.values = std::move(codes);
    if (random.Chance(50)) out.nulls = std::move(nulls);
    return out;
  }
  for (uint32_t row = 0; row < rows; ++row) {
    Value value = SmallValue(random, type);
    while (encoding == 2 && value.IsNull()) value = SmallValue(random, type);
    builder.AppendFrom(value.column(), 0);
  }
  return builder.Finish();
}

// Makes expressions of a wanted type from the columns of ColumnTypes().
class RandomExpression {
 public:
  explicit RandomExpression(RandomData& random) : random_(random) {}

  ExpressionRef Of(const Type& type, int depth) {
    if (depth == 0 || random_.Chance(15)) return Leaf(type);
    if (random_.Chance(35)) return Conditional(type, depth - 1);
    return type.kind == TypeKind::kBool ? Boolean(depth - 1) : Arithmetic(type, depth - 1);
  }

  const Type& AnyType() { return ColumnTypes()[random_.Below(7)]; }

 private:
  ExpressionRef Leaf(const Type& type) {
    if (random_.Chance(25)) return Make(Constant{SmallValue(random_, type)});
    for (uint32_t i = 0; i < ColumnTypes().size(); ++i) {
      // Two columns of each type: i, and i + 7.
      if (ColumnTypes()[i] == type) return Make(ColumnRef{i + 7 * random_.Below(2), type});
    }
    return Make(Constant{SmallValue(random_, type)});
  }

  const Function* Operator(std::string_view name, const Type& type) {
    const Type types[] = {type, type};
    return ResolveCall(BuiltinFunctions(), name, types)->function;
  }

  ExpressionRef CastTo(const Type& type, ExpressionRef from) {
    const std::optional<CastPath> path =
        FindCast(BuiltinFunctions(), TypeOf(*from), type, CastContext::kExplicit);
    if (!path || path->function == nullptr) return Leaf(type);
    return Make(Call{path->function, {std::move(from)}, type});
  }

  ExpressionRef Arithmetic(const Type& type, int depth) {
    if (type.kind == TypeKind::kText || random_.Chance(25)) {
      return CastTo(type, Of(AnyType(), depth));
    }
    static constexpr std::string_view kOperators[] = {"+", "-", "*", "/"};
    const std::string_view name = kOperators[random_.Below(4)];
    const Type types[] = {type, type};
    const Result<ResolvedCall> call = ResolveCall(BuiltinFunctions(), name, types);
    ExpressionRef made =
        Make(Call{call->function, {Of(type, depth), Of(type, depth)}, call->result});
    return call->result == type ? made : CastTo(type, made);
  }

  ExpressionRef Boolean(int depth) {
    const Type type = AnyType();
    switch (random_.Below(7)) {
      case 0: return Make(And{Several(depth)});
      case 1: return Make(Or{Several(depth)});
      case 2: return Make(Not{Of(Type::Bool(), depth)});
      case 3: return Make(IsNull{Of(type, depth), random_.Chance(50)});
      case 4:
        return Make(IsTruth{Of(Type::Bool(), depth), static_cast<IsTruth::Test>(random_.Below(3)),
                            random_.Chance(50)});
      case 5:
        return Make(IsDistinct{Operator("=", type), Of(type, depth), Of(type, depth),
                               random_.Chance(50)});
      default: break;
    }
    if (random_.Chance(40)) {
      InList list{Operator("=", type), Of(type, depth), {}, random_.Chance(30)};
      const bool constants = random_.Chance(70);
      for (uint32_t i = 0; i < 1 + random_.Below(12); ++i) {
        list.items.push_back(constants ? Make(Constant{SmallValue(random_, type)})
                                       : Of(type, std::min(depth, 1)));
      }
      return Make(std::move(list));
    }
    static constexpr std::string_view kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
    return Make(Call{Operator(kOperators[random_.Below(6)], type),
                     {Of(type, depth), Of(type, depth)},
                     Type::Bool()});
  }

  std::vector<ExpressionRef> Several(int depth) {
    std::vector<ExpressionRef> out;
    for (uint32_t i = 0; i < 2 + random_.Below(3); ++i) out.push_back(Of(Type::Bool(), depth));
    return out;
  }

  ExpressionRef Conditional(const Type& type, int depth) {
    switch (random_.Below(4)) {
      case 0: {
        Case node{{}, random_.Chance(60) ? Of(type, depth) : nullptr, type};
        for (uint32_t i = 0; i < 1 + random_.Below(2); ++i) {
          node.branches.push_back({Of(Type::Bool(), depth), Of(type, depth)});
        }
        return Make(std::move(node));
      }
      case 1: return Make(Coalesce{{Of(type, depth), Of(type, depth), Leaf(type)}, type});
      case 2:
        return Make(NullIf{Operator("=", type), Of(type, depth), Of(type, depth), type});
      default:
        return Make(Extreme{Operator("<", type), random_.Chance(50),
                            {Of(type, depth), Of(type, depth), Leaf(type)}, type});
    }
  }

  RandomData& random_;
};

Batch RandomBatch(RandomData& random, uint32_t rows) {
  Batch batch;
  batch.rows = rows;
  for (int copy = 0; copy < 2; ++copy) {
    for (const Type& type : ColumnTypes()) batch.columns.push_back(SmallColumn(random, type, rows));
  }
  if (random.Chance(50)) {
    std::vector<uint16_t> kept;
    const uint32_t percent = random.Below(101);
    for (uint16_t row = 0; row < rows; ++row) {
      if (random.Chance(percent)) kept.push_back(row);
    }
    batch.selection = MakeSelection(kept, rows);
  }
  return batch;
}

std::string Describe(const Column& column, uint32_t row, const ErrorLane& errors) {
  if (const Error* error = FindError(errors, row)) return ToString(*error);
  if (column.IsNull(row)) return "NULL";
  return Value::From(column, row).ToString();
}

std::string Describe(const Outcome& outcome) {
  if (const auto* error = std::get_if<Error>(&outcome)) return ToString(*error);
  return std::get<Value>(outcome).ToString();
}

EvalContext Context() {
  static const Settings kSettings;
  return {.epoch = {.epoch = 3, .now = 1'700'000'000'000'000}, .settings = &kSettings,
          .budget = nullptr};
}

void ExpectLaneIsSound(const ErrorLane& errors, const Batch& batch) {
  for (size_t i = 1; i < errors.size(); ++i) ASSERT_LT(errors[i - 1].row, errors[i].row);
  ErrorLane kept = errors;
  KeepSelectedErrors(kept, batch.selection);
  ASSERT_EQ(kept, errors) << "a row that is not selected failed";
}

class EvaluatorPropertyTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(EvaluatorPropertyTest, EqualsTheRowEvaluator) {
  RandomData random(GetParam());
  RandomExpression expressions(random);
  const EvalContext context = Context();
  for (int round = 0; round < 150; ++round) {
    const ExpressionRef expression = expressions.Of(expressions.AnyType(), 4);
    Evaluator evaluator(*expression, *context.settings);
    // Several batches of several sizes through one evaluator: nothing may stay from the last.
    for (const uint32_t rows : {1u, 130u, 40u, 130u}) {
      const Batch batch = RandomBatch(random, rows);
      ErrorLane errors;
      const Column column = evaluator.Evaluate(batch, context, errors);
      ExpectLaneIsSound(errors, batch);
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        ASSERT_EQ(Describe(column, row, errors),
                  Describe(EvaluateRow(*expression, batch, row, context)))
            << ToSql(*expression) << "\nround " << round << " rows " << rows << " row " << row;
      });
      if (HasFatalFailure()) return;
      EXPECT_TRUE(errors.empty() || evaluator.may_fail()) << ToSql(*expression);
    }
  }
}

TEST_P(EvaluatorPropertyTest, FilterKeepsTrueAndFailedRows) {
  RandomData random(GetParam() + 1000);
  RandomExpression expressions(random);
  const EvalContext context = Context();
  for (int round = 0; round < 150; ++round) {
    const ExpressionRef predicate = expressions.Of(Type::Bool(), 4);
    Evaluator evaluator(*predicate, *context.settings);
    const Batch batch = RandomBatch(random, 1 + random.Below(200));
    const Batch kept = FilterRows(evaluator, batch, context);
    ExpectLaneIsSound(kept.errors, kept);
    std::vector<uint32_t> expected, got;
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      const Outcome outcome = EvaluateRow(*predicate, batch, row, context);
      const bool failed = std::holds_alternative<Error>(outcome);
      if (failed || Describe(outcome) == "t") expected.push_back(row);
      const Error* error = FindError(kept.errors, row);
      ASSERT_EQ(error != nullptr, failed);
      if (failed) {
        ASSERT_EQ(ToString(*error), Describe(outcome));
      }
    });
    ForEachRow(kept.rows, kept.selection, [&](uint32_t row) { got.push_back(row); });
    ASSERT_EQ(got, expected) << ToSql(*predicate);
  }
}

TEST_P(EvaluatorPropertyTest, BytesReadBackAsTheSameExpression) {
  RandomData random(GetParam() + 2000);
  RandomExpression expressions(random);
  for (int round = 0; round < 200; ++round) {
    const ExpressionRef expression = expressions.Of(expressions.AnyType(), 5);
    std::string bytes;
    AppendExpression(*expression, bytes);
    ByteReader in(bytes);
    const Result<ExpressionRef> read = ReadExpression(in, BuiltinFunctions());
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_TRUE(in.done());
    EXPECT_TRUE(**read == *expression) << ToSql(*expression);
    EXPECT_EQ(ToSql(**read), ToSql(*expression));
    // Bytes that were cut or changed are refused or are another expression; they do no harm.
    if (bytes.empty()) continue;
    std::string damaged = bytes.substr(0, random.Below(static_cast<uint32_t>(bytes.size())));
    ByteReader cut(damaged);
    EXPECT_FALSE(ReadExpression(cut, BuiltinFunctions()).has_value());
    damaged = bytes;
    const uint32_t at = random.Below(static_cast<uint32_t>(bytes.size()));
    damaged[at] = static_cast<char>(damaged[at] + 1 + static_cast<int>(random.Below(255)));
    ByteReader changed(damaged);
    static_cast<void>(ReadExpression(changed, BuiltinFunctions()));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EvaluatorPropertyTest, ::testing::Range(uint64_t{1}, uint64_t{7}));

}  // namespace
}  // namespace riverrun::executor
