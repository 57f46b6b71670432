#include "types/data_type.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/time/interval.h"
#include "types/number/numeric.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun {
namespace {

TEST(DataTypeTest, NamesArePostgres) {
  EXPECT_EQ(TypeName(Type::Bool()), "boolean");
  EXPECT_EQ(TypeName(Type::Int4()), "integer");
  EXPECT_EQ(TypeName(Type::Float8()), "double precision");
  EXPECT_EQ(TypeName(Type::Decimal(10, 2)), "numeric(10,2)");
  EXPECT_EQ(TypeName(Type::Numeric()), "numeric");
  EXPECT_EQ(TypeName(Type::Varchar(20)), "character varying(20)");
  EXPECT_EQ(TypeName(Type::Varchar()), "character varying");
  EXPECT_EQ(TypeName(Type::TimestampTz()), "timestamp with time zone");
  Type precise = Type::TimestampTz();
  precise.typmod = 3;
  EXPECT_EQ(TypeName(precise), "timestamp(3) with time zone");
  precise = Type::Time();
  precise.typmod = 0;
  EXPECT_EQ(TypeName(precise), "time(0) without time zone");
  EXPECT_EQ(TypeName(Type::Array(Type::Int8())), "bigint[]");
  EXPECT_EQ(TypeName(Type::Row({Type::Int4()})), "record");
  EXPECT_EQ(TypeName(Type::Null()), "unknown");
}

TEST(DataTypeTest, IntervalsShowTheirFieldsAndPrecision) {
  const auto name = [](IntervalRange range, int32_t precision) {
    Type type = Type::Interval();
    type.typmod = IntervalTypmod(range, precision);
    return TypeName(type);
  };
  EXPECT_EQ(TypeName(Type::Interval()), "interval");
  EXPECT_EQ(name(IntervalRange::kFull, 3), "interval(3)");
  EXPECT_EQ(name(IntervalRange::kYearToMonth, -1), "interval year to month");
  EXPECT_EQ(name(IntervalRange::kDayToSecond, 2), "interval day to second(2)");
  EXPECT_EQ(name(IntervalRange::kHour, -1), "interval hour");
}

TEST(DataTypeTest, NamesLeadBackToTheType) {
  for (const Type& type : testing::EveryType()) {
    if (type.kind == TypeKind::kRow || type.typmod >= 0) continue;
    if (type.kind == TypeKind::kArray && type.element().kind == TypeKind::kArray) continue;
    const std::optional<Type> found = TypeByName(TypeName(type));
    ASSERT_TRUE(found.has_value()) << TypeName(type);
    EXPECT_TRUE(*found == type) << TypeName(type);
  }
}

TEST(DataTypeTest, KnowsOtherSpellings) {
  EXPECT_TRUE(TypeByName("int") == Type::Int4());
  EXPECT_TRUE(TypeByName("timestamptz") == Type::TimestampTz());
  EXPECT_TRUE(TypeByName("_int4") == Type::Array(Type::Int4()));
  EXPECT_TRUE(TypeByName("text[][]") == Type::Array(Type::Text()));
  EXPECT_FALSE(TypeByName("integr").has_value());
  EXPECT_FALSE(TypeByName("").has_value());
  EXPECT_FALSE(TypeByName("_").has_value());
  EXPECT_FALSE(TypeByName("[]").has_value());
}

TEST(DataTypeTest, ArraysHaveTheOidsOfPostgres) {
  EXPECT_EQ(Type::Array(Type::Int4()).oid, 1007u);
  EXPECT_EQ(Type::Array(Type::Text()).oid, 1009u);
  EXPECT_EQ(Type::Array(Type::Jsonb()).oid, 3807u);
  EXPECT_EQ(Type::Array(Type::TimestampTz()).oid, 1185u);
}

TEST(DataTypeTest, EqualityLooksInside) {
  EXPECT_TRUE(Type::Array(Type::Int4()) == Type::Array(Type::Int4()));
  EXPECT_FALSE(Type::Array(Type::Int4()) == Type::Array(Type::Int8()));
  EXPECT_FALSE(Type::Text() == Type::Varchar());
  EXPECT_FALSE(Type::Varchar(3) == Type::Varchar(4));
  EXPECT_FALSE(Type::Decimal(10, 2) == Type::Decimal(10, 3));
  EXPECT_TRUE(Type::Row({Type::Int4()}) == Type::Row({Type::Int4()}));
  EXPECT_FALSE(Type::Row({Type::Int4()}) == Type::Row({Type::Int4(), Type::Int4()}));
}

TEST(DataTypeTest, WidthsAreThoseOfThePhysicalTypes) {
  EXPECT_EQ(PhysicalWidth(TypeKind::kNull), 0u);
  EXPECT_EQ(PhysicalWidth(TypeKind::kDecimal), sizeof(Int128));
  EXPECT_EQ(PhysicalWidth(TypeKind::kInterval), sizeof(Interval));
  EXPECT_EQ(PhysicalWidth(TypeKind::kTimeTz), sizeof(TimeTz));
  EXPECT_EQ(PhysicalWidth(TypeKind::kUuid), sizeof(Uuid));
  EXPECT_EQ(PhysicalWidth(TypeKind::kDate), sizeof(Days));
  EXPECT_EQ(PhysicalWidth(TypeKind::kTimestamp), sizeof(Micros));
}

TEST(DataTypeTest, EqualMeansIdenticalUnlessAPartSaysOtherwise) {
  EXPECT_TRUE(EqualMeansIdentical(Type::Decimal(10, 2)));
  EXPECT_TRUE(EqualMeansIdentical(Type::Row({Type::Text(), Type::Array(Type::Int4())})));
  EXPECT_FALSE(EqualMeansIdentical(Type::Row({Type::Text(), Type::Array(Type::Float4())})));
  EXPECT_FALSE(EqualMeansIdentical(Type::Array(Type::Interval())));
}

}  // namespace
}  // namespace riverrun
