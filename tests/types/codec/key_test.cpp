#include "types/codec/key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/random_data.h"
#include "types/time/interval.h"
#include "types/number/numeric.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"
#include "types/value.h"

namespace riverrun {
namespace {

using testing::EveryType;
using testing::RandomData;
using testing::RowImages;

std::string EqualKeyOf(const Column& column, uint32_t row) {
  std::string key;
  AppendEqualKey(column, row, key);
  return key;
}

std::string ImageOf(const Column& column, uint32_t row) {
  std::string image;
  AppendImage(column, row, image);
  return image;
}

template <class T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// PostgreSQL's order of floats: NaN is the greatest and equals itself; the zeros are equal.
template <class F>
int FloatOrder(F a, F b) {
  if (std::isnan(a) || std::isnan(b)) return Order(std::isnan(a), std::isnan(b));
  return Order(a, b);
}

Numeric NumericAt(const Column& column, uint32_t row) {
  if (column.type.kind == TypeKind::kDecimal) {
    return {column.At<Int128>(row), static_cast<int8_t>(column.type.scale)};
  }
  return {column.At<Int128>(row), column.scales->as<int8_t>()[row]};
}

// The elements of a nested value, each as a constant column.
std::vector<Column> Elements(const Type& type, std::string_view value) {
  std::vector<Column> elements;
  for (size_t i = 0; type.kind == TypeKind::kArray ? value.size() > 1 : !value.empty(); ++i) {
    ColumnBuilder builder(type.kind == TypeKind::kArray ? type.element() : (*type.children)[i]);
    value.remove_prefix(DecodeImage(value, builder));
    elements.push_back(builder.Finish());
  }
  return elements;
}

// SQL's order, written without keys. -1, 0 or 1; nulls last.
int SqlOrder(const Column& a, uint32_t i, const Column& b, uint32_t j) {
  if (a.IsNull(i) || b.IsNull(j)) return Order(a.IsNull(i), b.IsNull(j));
  switch (a.type.kind) {
    case TypeKind::kBool: return Order(a.At<uint8_t>(i), b.At<uint8_t>(j));
    case TypeKind::kInt2: return Order(a.At<int16_t>(i), b.At<int16_t>(j));
    case TypeKind::kInt4:
    case TypeKind::kDate: return Order(a.At<int32_t>(i), b.At<int32_t>(j));
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: return Order(a.At<int64_t>(i), b.At<int64_t>(j));
    case TypeKind::kOid: return Order(a.At<uint32_t>(i), b.At<uint32_t>(j));
    case TypeKind::kFloat4: return FloatOrder(a.At<float>(i), b.At<float>(j));
    case TypeKind::kFloat8: return FloatOrder(a.At<double>(i), b.At<double>(j));
    case TypeKind::kDecimal:
    case TypeKind::kNumeric: return Compare(NumericAt(a, i), NumericAt(b, j));
    case TypeKind::kTimeTz: return Order(a.At<TimeTz>(i), b.At<TimeTz>(j));
    case TypeKind::kInterval: return Order(KeyOf(a.At<Interval>(i)), KeyOf(b.At<Interval>(j)));
    case TypeKind::kUuid: return Order(a.At<Uuid>(i), b.At<Uuid>(j));
    case TypeKind::kArray:
    case TypeKind::kRow: {
      const auto x = Elements(a.type, a.BytesAt(i));
      const auto y = Elements(b.type, b.BytesAt(j));
      for (size_t k = 0; k < std::min(x.size(), y.size()); ++k) {
        if (const int order = SqlOrder(x[k], 0, y[k], 0); order != 0) return order;
      }
      return Order(x.size(), y.size());
    }
    default: return Order(a.BytesAt(i), b.BytesAt(j));
  }
}

// jsonb's order has literal tests of its own (jsonb_test).
bool ContainsJsonb(const Type& type) {
  if (type.children == nullptr) return type.kind == TypeKind::kJsonb;
  return std::any_of(type.children->begin(), type.children->end(), ContainsJsonb);
}

std::vector<Type> TypesWithoutJsonb() {
  std::vector<Type> types = EveryType();
  std::erase_if(types, ContainsJsonb);
  return types;
}

class KeyOfType : public ::testing::TestWithParam<Type> {};
class OrderOfType : public ::testing::TestWithParam<Type> {};

INSTANTIATE_TEST_SUITE_P(Types, KeyOfType, ::testing::ValuesIn(EveryType()));
INSTANTIATE_TEST_SUITE_P(Types, OrderOfType, ::testing::ValuesIn(TypesWithoutJsonb()));

TEST_P(OrderOfType, EqualKeyOrdersAsSql) {
  RandomData random(1);
  const Column column = random.FlatColumn(GetParam(), 250);
  for (uint32_t i = 0; i < 250; ++i) {
    for (uint32_t j = 0; j < 250; ++j) {
      ASSERT_EQ(SqlOrder(column, i, column, j),
                Order(EqualKeyOf(column, i), EqualKeyOf(column, j)))
          << Value::From(column, i).ToString() << " and " << Value::From(column, j).ToString();
    }
  }
}

TEST_P(KeyOfType, IdenticalValuesAreEqual) {
  RandomData random(2);
  const Column column = random.FlatColumn(GetParam(), 200);
  for (uint32_t i = 0; i < 200; ++i) {
    for (uint32_t j = 0; j < 200; ++j) {
      const bool identical = ImageOf(column, i) == ImageOf(column, j);
      const bool equal = EqualKeyOf(column, i) == EqualKeyOf(column, j);
      ASSERT_TRUE(!identical || equal);
      if (EqualMeansIdentical(GetParam())) { ASSERT_EQ(identical, equal); }
    }
  }
}

TEST_P(KeyOfType, ImageDecodesToTheSameValue) {
  RandomData random(3);
  const Column column = random.AnyColumn(GetParam(), 200);
  ColumnBuilder decoded(GetParam());
  std::string images;
  for (uint32_t row = 0; row < 200; ++row) AppendImage(column, row, images);
  std::string_view rest = images;
  for (uint32_t row = 0; row < 200; ++row) {
    const size_t length = ImageOf(column, row).size();
    ASSERT_EQ(ImageLength(GetParam(), rest), length);
    ASSERT_EQ(DecodeImage(rest, decoded), length);
    rest.remove_prefix(length);
  }
  EXPECT_TRUE(rest.empty());
  const Column again = decoded.Finish();
  for (uint32_t row = 0; row < 200; ++row) {
    ASSERT_EQ(Value::From(column, row).ToString(), Value::From(again, row).ToString());
    ASSERT_EQ(ImageOf(column, row), ImageOf(again, row));
  }
}

TEST_P(KeyOfType, NoImageIsThePrefixOfAnother) {
  RandomData random(4);
  const Column column = random.FlatColumn(GetParam(), 200);
  for (uint32_t i = 0; i < 200; ++i) {
    const std::string a = ImageOf(column, i);
    for (uint32_t j = 0; j < 200; ++j) {
      const std::string b = ImageOf(column, j);
      ASSERT_TRUE(a == b || !b.starts_with(a));
    }
  }
}

TEST_P(KeyOfType, TruncatedImageIsNone) {
  RandomData random(5);
  const Column column = random.FlatColumn(GetParam(), 50);
  for (uint32_t row = 0; row < 50; ++row) {
    const std::string image = ImageOf(column, row);
    for (size_t size = 0; size < image.size(); ++size) {
      ASSERT_EQ(ImageLength(GetParam(), std::string_view(image).substr(0, size)), 0u);
      ColumnBuilder nothing(GetParam());
      ASSERT_EQ(DecodeImage(std::string_view(image).substr(0, size), nothing), 0u);
      ASSERT_EQ(nothing.rows(), 0u);
    }
  }
}

TEST(KeyTest, SpellingsThatAreEqualButNotIdentical) {
  const auto check = [](const Value& a, const Value& b) {
    EXPECT_EQ(EqualKeyOf(a.column(), 0), EqualKeyOf(b.column(), 0));
    EXPECT_NE(a.Image(), b.Image());
  };
  check(Value::Numeric("1.0"), Value::Numeric("1.00"));
  check(Value::Float8(0.0), Value::Float8(-0.0));
  check(Value::Interval("1 month"), Value::Interval("30 days"));
  check(Value::Jsonb("[1.0]"), Value::Jsonb("[1.00]"));
  check(Value::Row({Value::Numeric("0"), Value::Int4(1)}),
        Value::Row({Value::Numeric("0.0"), Value::Int4(1)}));
  check(Value::Array(Type::Float4(), {Value::Float4(0.0f)}),
        Value::Array(Type::Float4(), {Value::Float4(-0.0f)}));
}

TEST(KeyTest, AllNaNsAreOne) {
  const double signs[] = {std::nan(""), -std::nan(""), std::nan("12")};
  for (const double nan : signs) {
    EXPECT_EQ(Value::Float8(nan), Value::Float8(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_GT(Value::Float8(nan).Image(), Value::Float8(INFINITY).Image());
  }
}

TEST(KeyTest, RowOfImagesDecodesIntoABatch) {
  RandomData random(6);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Type> types = random.AnyTypes();
    const Batch batch = random.AnyBatch(types, 100);
    BatchBuilder builder(types);
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      std::string image;
      AppendImage(batch, row, image);
      DecodeRow(image, batch.WeightOf(row), builder);
    });
    EXPECT_EQ(RowImages(builder.Finish()), RowImages(batch));
  }
}

TEST(KeyTest, ColumnsOfARowAreAppendedInTheOrderAsked) {
  RandomData random(7);
  const std::vector<Type> types = {Type::Int4(), Type::Text(), Type::Numeric()};
  const Batch batch = random.AnyBatch(types, 50, {.selection = false});
  const int columns[] = {2, 0};
  for (uint32_t row = 0; row < 50; ++row) {
    std::string key, image;
    AppendEqualKey(batch, columns, row, key);
    AppendImage(batch, columns, row, image);
    EXPECT_EQ(key, EqualKeyOf(batch.columns[2], row) + EqualKeyOf(batch.columns[0], row));
    EXPECT_EQ(image, ImageOf(batch.columns[2], row) + ImageOf(batch.columns[0], row));
  }
}

// What ORDER BY means, key by key.
int OrderBy(const Batch& batch, std::span<const SortColumn> order, uint32_t i, uint32_t j) {
  for (const SortColumn& key : order) {
    const Column& column = batch.columns[key.column];
    const bool a = column.IsNull(i), b = column.IsNull(j);
    int result = a || b ? Order(a, b) * (key.nulls_first ? -1 : 1) : SqlOrder(column, i, column, j);
    if (!a && !b && key.descending) result = -result;
    if (result != 0) return result;
  }
  return 0;
}

TEST(SortKeyTest, OrdersAsOrderByDoes) {
  RandomData random(8);
  for (int round = 0; round < 60; ++round) {
    std::vector<Type> types;
    std::vector<SortColumn> order;
    for (int i = 0; i < 3; ++i) {
      do types.resize(i), types.push_back(random.AnyType(1)); while (ContainsJsonb(types.back()));
      order.push_back({i, random.Chance(50), random.Chance(50)});
    }
    Batch batch;
    batch.rows = 60;
    // Few different values, so that later keys decide.
    batch.columns.push_back(Flatten(random.AnyColumn(types[0], 60, 40), 60));
    const std::vector<uint16_t> repeated(60, 7);
    batch.columns.push_back(Take(random.FlatColumn(types[1], 60, 40), repeated));
    batch.columns.push_back(random.FlatColumn(types[2], 60, 40));
    for (uint32_t i = 0; i < 60; ++i) {
      for (uint32_t j = 0; j < 60; ++j) {
        std::string a, b;
        AppendSortKey(batch, order, i, a);
        AppendSortKey(batch, order, j, b);
        ASSERT_EQ(OrderBy(batch, order, i, j), Order(a, b));
      }
    }
  }
}

}  // namespace
}  // namespace riverrun
