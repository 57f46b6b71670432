#include "types/codec/batch_codec.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/codec/key.h"

namespace riverrun {
namespace {

using testing::EveryType;
using testing::RandomData;

std::string BytesOf(const Batch& batch) {
  std::string bytes;
  AppendBatch(batch, bytes);
  return bytes;
}

void ExpectSameRows(const Batch& read, const Batch& written) {
  const Batch compact = Compact(written);
  ASSERT_EQ(read.rows, compact.rows);
  ASSERT_EQ(read.columns.size(), compact.columns.size());
  EXPECT_EQ(read.selection, nullptr);
  EXPECT_EQ(read.errors, compact.errors);
  for (uint32_t row = 0; row < read.rows; ++row) {
    std::string a, b;
    AppendImage(read, row, a);
    AppendImage(compact, row, b);
    ASSERT_EQ(a, b);
    ASSERT_EQ(read.WeightOf(row), compact.WeightOf(row));
  }
  for (size_t i = 0; i < read.columns.size(); ++i) {
    EXPECT_TRUE(read.columns[i].type == compact.columns[i].type);
  }
}

TEST(BatchCodecTest, TypesRoundTrip) {
  RandomData random(1);
  std::vector<Type> types = EveryType();
  types.push_back(Type::Null());
  for (int i = 0; i < 200; ++i) types.push_back(random.AnyType(4));
  for (const Type& type : types) {
    std::string bytes;
    AppendType(type, bytes);
    ByteReader in(bytes);
    EXPECT_TRUE(ReadType(in) == type);
    EXPECT_TRUE(in.done());
  }
}

TEST(BatchCodecTest, RandomBatchesRoundTrip) {
  RandomData random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<Type> types = random.AnyTypes();
    if (random.Chance(20)) types.push_back(Type::Null());
    const Batch batch = random.AnyBatch(types, random.Below(150));
    const std::string bytes = BytesOf(batch);
    ByteReader in(bytes);
    const Batch read = ReadBatch(in);
    ASSERT_TRUE(in.done());
    ExpectSameRows(read, batch);
  }
}

TEST(BatchCodecTest, EveryTypeInEveryEncodingRoundTrips) {
  RandomData random(3);
  for (const Type& type : EveryType()) {
    for (int round = 0; round < 10; ++round) {
      const Type types[] = {type};
      const Batch batch = random.AnyBatch(types, 70);
      const std::string bytes = BytesOf(batch);
      ByteReader in(bytes);
      const Batch read = ReadBatch(in);
      ASSERT_TRUE(in.done());
      ExpectSameRows(read, batch);
    }
  }
}

TEST(BatchCodecTest, ABatchOwnsItsMemory) {
  RandomData random(4);
  const Type types[] = {Type::Text(), Type::Jsonb()};
  const Batch batch = random.AnyBatch(types, 100);
  const auto bytes = std::make_unique<std::string>(BytesOf(batch));
  ByteReader in(*bytes);
  const Batch read = ReadBatch(in);
  bytes->assign(bytes->size(), 'x');
  ExpectSameRows(read, batch);
}

TEST(BatchCodecTest, CountsAgainstTheBudget) {
  RandomData random(5);
  const Type types[] = {Type::Text(), Type::Int8()};
  const std::string bytes = BytesOf(random.AnyBatch(types, 1000));
  MemoryBudget budget("test");
  {
    ByteReader in(bytes);
    const Batch read = ReadBatch(in, &budget);
    EXPECT_GT(budget.used(), 1000u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(BatchCodecTest, EveryTruncationFailsTheReader) {
  RandomData random(6);
  for (int round = 0; round < 20; ++round) {
    const std::vector<Type> types = random.AnyTypes(4);
    const std::string bytes = BytesOf(random.AnyBatch(types, 10));
    for (size_t size = 0; size < bytes.size(); ++size) {
      ByteReader in(std::string_view(bytes).substr(0, size));
      const Batch read = ReadBatch(in);
      ASSERT_FALSE(in.ok());
      ASSERT_EQ(read.rows, 0u);
    }
  }
}

// Walks over everything a batch claims to have; a sanitizer tells what it should not.
size_t Touch(const Batch& batch) {
  size_t sum = batch.errors.size();
  for (uint32_t row = 0; row < batch.rows; ++row) {
    sum += static_cast<size_t>(batch.WeightOf(row));
    for (const Column& column : batch.columns) {
      if (column.IsNull(row)) continue;
      if (IsStringKind(column.type.kind)) {
        for (const char c : column.BytesAt(row)) sum += static_cast<uint8_t>(c);
      } else {
        sum += column.values->as<uint8_t>()[column.IndexOf(row) * PhysicalWidth(column.type.kind)];
      }
    }
  }
  return sum;
}

TEST(BatchCodecTest, FlippedBytesNeverCrash) {
  RandomData random(7);
  size_t sum = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::vector<Type> types = random.AnyTypes(4);
    std::string bytes = BytesOf(random.AnyBatch(types, random.Below(20)));
    for (uint32_t flips = 1 + random.Below(3); flips > 0; --flips) {
      bytes[random.Below(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(random.Bits());
    }
    ByteReader in(bytes);
    const Batch read = ReadBatch(in);
    if (in.ok()) {
      sum += Touch(read);
    } else {
      EXPECT_EQ(read.rows, 0u);
    }
  }
  EXPECT_GT(sum, 0u);
}

TEST(BatchCodecTest, MessagesRoundTrip) {
  const Message messages[] = {EpochOpen{{7, 8}}, Watermark{3, -5}, Barrier{{9, 10}, true, false},
                              Barrier{{9, 10}, false, true}};
  for (const Message& message : messages) {
    std::string bytes;
    AppendMessage(message, bytes);
    const Result<Message> read = ParseMessage(bytes);
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->index(), message.index());
    std::visit(
        [&]<class T>(const T& given) {
          if constexpr (!std::is_same_v<T, Batch>) { EXPECT_EQ(std::get<T>(*read), given); }
        },
        message);
    EXPECT_EQ(ParseMessage(bytes + "x").error().sqlstate, sqlstate::kDataCorrupted);
    bytes.pop_back();
    EXPECT_EQ(ParseMessage(bytes).error().sqlstate, sqlstate::kDataCorrupted);
  }
  EXPECT_FALSE(ParseMessage("").has_value());
  EXPECT_FALSE(ParseMessage("\x09").has_value());
}

TEST(BatchCodecTest, BatchMessagesRoundTrip) {
  RandomData random(8);
  const Type types[] = {Type::Int8(), Type::Text()};
  const Batch batch = random.AnyBatch(types, 50);
  std::string bytes;
  AppendMessage(batch, bytes);
  const Result<Message> read = ParseMessage(bytes);
  ASSERT_TRUE(read.has_value());
  ExpectSameRows(std::get<Batch>(*read), batch);
}

TEST(ByteReaderTest, ReadsWhatWasWritten) {
  std::string bytes;
  const uint64_t numbers[] = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
  for (const uint64_t number : numbers) AppendVarint(bytes, number);
  AppendBigEndian(bytes, uint32_t{0x01020304});
  AppendSized(bytes, "text");
  EXPECT_NE(bytes.find("\x01\x02\x03\x04"), std::string::npos);
  ByteReader in(bytes);
  for (const uint64_t number : numbers) EXPECT_EQ(in.Varint(), number);
  EXPECT_EQ(in.BigEndian<uint32_t>(), 0x01020304u);
  EXPECT_EQ(in.Sized(), "text");
  EXPECT_TRUE(in.done());
}

TEST(ByteReaderTest, FailsForGood) {
  ByteReader short_read("abc");
  EXPECT_EQ(short_read.Fixed<uint32_t>(), 0u);
  EXPECT_FALSE(short_read.ok());
  EXPECT_EQ(short_read.Bytes(1), "");
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11));
  EXPECT_EQ(endless.Varint(), 0u);
  EXPECT_FALSE(endless.ok());
  ByteReader boast("\x7f");
  EXPECT_EQ(boast.Count(1), 0u);
  EXPECT_FALSE(boast.ok());
}

}  // namespace
}  // namespace riverrun
