#include "types/column/column.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/value.h"

namespace riverrun {
namespace {

using testing::EveryType;
using testing::RandomData;

void ExpectRow(const Column& got, uint32_t i, const Column& want, uint32_t j) {
  std::string a, b;
  AppendImage(got, i, a);
  AppendImage(want, j, b);
  ASSERT_EQ(a, b) << TypeName(want.type);
}

class ColumnOfType : public ::testing::TestWithParam<Type> {
 protected:
  static constexpr uint32_t kRows = 130;  // more than two words of nulls
  RandomData random_{1};
};

INSTANTIATE_TEST_SUITE_P(Types, ColumnOfType, ::testing::ValuesIn(EveryType()));

TEST_P(ColumnOfType, FlattenKeepsEveryValue) {
  for (int round = 0; round < 12; ++round) {
    const Column column = random_.AnyColumn(GetParam(), kRows);
    const Column flat = Flatten(column, kRows);
    const Column plain = WithoutDictionary(column, kRows);
    EXPECT_EQ(flat.encoding, Encoding::kFlat);
    EXPECT_NE(plain.encoding, Encoding::kDictionary);
    if (column.encoding == Encoding::kFlat) { EXPECT_EQ(flat.values, column.values); }
    if (column.encoding == Encoding::kConstant) { EXPECT_EQ(plain.values, column.values); }
    for (uint32_t row = 0; row < kRows; ++row) {
      ExpectRow(flat, row, column, row);
      ExpectRow(plain, row, column, row);
    }
  }
}

TEST_P(ColumnOfType, TakeGathersAndKeepsTheEncoding) {
  for (int round = 0; round < 12; ++round) {
    const Column column = random_.AnyColumn(GetParam(), kRows);
    std::vector<uint16_t> rows(random_.Below(200));
    for (uint16_t& row : rows) row = static_cast<uint16_t>(random_.Below(kRows));
    const Column taken = Take(column, rows);
    EXPECT_EQ(taken.encoding, column.encoding);
    for (uint32_t i = 0; i < rows.size(); ++i) ExpectRow(taken, i, column, rows[i]);
  }
}

TEST_P(ColumnOfType, AConstantIsTheValueOfItsRow) {
  for (int round = 0; round < 12; ++round) {
    const Column column = random_.AnyColumn(GetParam(), kRows, 50);
    const uint32_t row = random_.Below(kRows);
    const Column constant = ConstantFrom(column, row);
    EXPECT_EQ(constant.encoding, Encoding::kConstant);
    ExpectRow(constant, 0, column, row);
    ExpectRow(constant, 99, column, row);
  }
}

TEST_P(ColumnOfType, ColumnsOutliveTheirOrigin) {
  std::vector<std::string> images(kRows);
  Column flat, taken, constant;
  {
    const Column column = random_.AnyColumn(GetParam(), kRows);
    for (uint32_t row = 0; row < kRows; ++row) AppendImage(column, row, images[row]);
    const uint16_t last[] = {kRows - 1};
    flat = Flatten(column, kRows);
    taken = Take(column, last);
    constant = ConstantFrom(column, kRows - 1);
  }
  const auto image = [](const Column& column, uint32_t row) {
    std::string bytes;
    AppendImage(column, row, bytes);
    return bytes;
  };
  for (uint32_t row = 0; row < kRows; ++row) EXPECT_EQ(image(flat, row), images[row]);
  EXPECT_EQ(image(taken, 0), images.back());
  EXPECT_EQ(image(constant, 0), images.back());
}

TEST_P(ColumnOfType, BuilderAppendsRowsOfAnyColumn) {
  const Column column = random_.AnyColumn(GetParam(), kRows);
  ColumnBuilder builder(GetParam());
  for (uint32_t row = 0; row < kRows; ++row) {
    builder.AppendFrom(column, row);
    if (row % 3 != 0) continue;
    random_.AppendAny(builder, 50);  // and thinks better of it
    builder.RemoveLast();
  }
  ASSERT_EQ(builder.rows(), kRows);
  const Column built = builder.Finish();
  EXPECT_EQ(builder.rows(), 0u);
  for (uint32_t row = 0; row < kRows; ++row) ExpectRow(built, row, column, row);
  // A null's value is readable: an empty string, or zero bytes.
  for (uint32_t row = 0; row < kRows; ++row) {
    if (built.IsNull(row) && IsStringKind(GetParam().kind)) { EXPECT_EQ(built.BytesAt(row), ""); }
  }
}

TEST_P(ColumnOfType, NullColumnIsNullEverywhere) {
  const Column column = NullColumn(GetParam());
  EXPECT_TRUE(column.IsNull(0));
  EXPECT_TRUE(column.IsNull(4095));
  const Column flat = Flatten(column, 70);
  for (uint32_t row = 0; row < 70; ++row) EXPECT_TRUE(flat.IsNull(row));
}

TEST(ColumnTest, ReaderReadsFlatAndConstant) {
  RandomData random(2);
  const Column flat = random.FlatColumn(Type::Int8(), 100, 0);
  const Column constant = ConstantFrom(flat, 7);
  const Reader<int64_t> values(flat), same(constant);
  for (uint32_t row = 0; row < 100; ++row) {
    EXPECT_EQ(values[row], flat.At<int64_t>(row));
    EXPECT_EQ(same[row], flat.At<int64_t>(7));
  }
}

TEST(ColumnTest, ANullTypeHasOnlyNulls) {
  const Column column = NullColumn(Type::Null());
  EXPECT_TRUE(column.IsNull(5));
  const uint16_t rows[] = {0, 0, 0};
  EXPECT_TRUE(Take(Flatten(column, 3), rows).IsNull(2));
}

TEST(ColumnTest, UnionNullsOfAnyArguments) {
  RandomData random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<Column> columns;
    for (uint32_t i = random.Below(4); i > 0; --i) {
      columns.push_back(random.AnyColumn(Type::Int4(), 150, random.Below(60)));
      if (columns.back().encoding == Encoding::kConstant) {
        columns.back() = Value::Int4(5).column();
      }
    }
    std::vector<const Column*> arguments;
    for (const Column& column : columns) arguments.push_back(&column);
    const BufferRef nulls = UnionNulls(arguments, 150);
    for (uint32_t row = 0; row < 150; ++row) {
      bool any = false;
      for (const Column& column : columns) any = any || column.IsNull(row);
      ASSERT_EQ(nulls != nullptr && NullBit(nulls->as<uint64_t>(), row), any);
    }
  }
}

TEST(ColumnBuilderTest, KeepsLongStringsAndCountsThem) {
  MemoryBudget budget("test");
  {
    ColumnBuilder builder(Type::Text(), &budget);
    std::vector<std::string> texts;
    for (size_t size = 0; size < 3000; size += 7) texts.push_back(std::string(size, 'a'));
    texts.push_back(std::string(200'000, 'b'));
    for (const std::string& text : texts) builder.AppendBytes(text);
    const Column column = builder.Finish();
    for (uint32_t row = 0; row < texts.size(); ++row) ASSERT_EQ(column.BytesAt(row), texts[row]);
    EXPECT_GT(budget.used(), 200'000u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(ColumnBuilderTest, RefersToPinnedMemory) {
  auto buffer = Buffer::Allocate(20);
  std::memcpy(buffer->mutable_as<char>(), "somebody else's text", 20);
  ColumnBuilder builder(Type::Text());
  builder.AppendRef(StringRef({buffer->as<char>(), 20}));
  builder.Pin(buffer);
  const char* data = buffer->as<char>();
  buffer.reset();
  const Column column = builder.Finish();
  EXPECT_EQ(column.BytesAt(0).data(), data);
  EXPECT_EQ(column.BytesAt(0), "somebody else's text");
}

TEST(ColumnBuilderTest, AnEmptyColumnIsWhole) {
  for (const Type& type : EveryType()) {
    const Column column = ColumnBuilder(type).Finish();
    EXPECT_NE(column.values, nullptr);
    EXPECT_EQ(Flatten(column, 0).values->size(), 0u);
  }
}

}  // namespace
}  // namespace riverrun
