#include "types/value.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"

namespace riverrun {
namespace {

TEST(ValueTest, HoldsWhatItWasMadeFrom) {
  EXPECT_EQ(Value::Bool(true).As<uint8_t>(), 1);
  EXPECT_EQ(Value::Int2(-3).As<int16_t>(), -3);
  EXPECT_EQ(Value::Int4(5).As<int32_t>(), 5);
  EXPECT_EQ(Value::Int8(INT64_MIN).As<int64_t>(), INT64_MIN);
  EXPECT_EQ(Value::Float4(1.5f).As<float>(), 1.5f);
  EXPECT_EQ(Value::Float8(-0.5).As<double>(), -0.5);
  EXPECT_EQ(Value::Text("longer than twelve bytes").bytes(), "longer than twelve bytes");
  EXPECT_EQ(Value::Bytea("\x01").bytes(), "\x01");
  EXPECT_EQ(Value::Oid(7).As<uint32_t>(), 7u);
  EXPECT_TRUE(Identical(Value::Numeric("1.50").AsNumeric(), {150, 2}));
  EXPECT_TRUE(Identical(Value::Numeric(Numeric{15, 1}).AsNumeric(), {15, 1}));
  EXPECT_TRUE(Identical(Value::Of(Type::Decimal(5, 2), "1.5").AsNumeric(), {150, 2}));
  EXPECT_EQ(Value::Timestamp("1970-01-01 00:00:01").As<Micros>(), 1'000'000);
}

TEST(ValueTest, NullsHaveTypes) {
  EXPECT_TRUE(Value().IsNull());
  EXPECT_TRUE(Value::Null(Type::Int4()).IsNull());
  EXPECT_EQ(Value::Null(Type::Int4()), Value::Null(Type::Int4()));
  EXPECT_FALSE(Value::Null(Type::Int4()) == Value::Null(Type::Int8()));
  EXPECT_FALSE(Value::Null(Type::Int4()) == Value::Int4(0));
  EXPECT_EQ(Value::Null(Type::Text()).ToString(), "NULL");
}

TEST(ValueTest, EqualityIsIdentity) {
  EXPECT_EQ(Value::Int8(5), Value::Int8(5));
  EXPECT_FALSE(Value::Int8(5) == Value::Int4(5));
  EXPECT_FALSE(Value::Numeric("1.0") == Value::Numeric("1.00"));
  EXPECT_EQ(Value::Jsonb("{\"b\":1,\"a\":2}"), Value::Jsonb("{\"a\":2, \"b\":1}"));
}

TEST(ValueTest, TakesAnyRowOfAColumn) {
  testing::RandomData random(1);
  for (const Type& type : testing::EveryType()) {
    const Column column = random.AnyColumn(type, 20);
    for (uint32_t row = 0; row < 20; ++row) {
      const Value value = Value::From(column, row);
      EXPECT_EQ(value.IsNull(), column.IsNull(row));
      EXPECT_TRUE(value.type() == type);
      EXPECT_EQ(value, Value(value));
    }
  }
}

TEST(ValueTest, NestedValuesPrint) {
  const Value array =
      Value::Array(Type::Text(), {Value::Text("a"), Value::Null(Type::Text()), Value::Text("b c")});
  EXPECT_EQ(array.ToString(), "{a,NULL,\"b c\"}");
  EXPECT_EQ(array, Value::Of(Type::Array(Type::Text()), "{a,NULL,\"b c\"}"));
  EXPECT_EQ(Value::Row({Value::Int4(1), array}).ToString(), "(1,\"{a,NULL,\"\"b c\"\"}\")");
}

TEST(ValueDeathTest, BadLiteralsAreBugs) {
  EXPECT_DEATH(Value::Numeric("x"), "invalid input syntax for type numeric");
}

}  // namespace
}  // namespace riverrun
