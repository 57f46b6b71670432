// Parameters of Bind, in text and in PostgreSQL's binary formats.
#include "server/session/parameter_value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace riverrun::server {
namespace {

std::string Hex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// The value's text, or the error's SQLSTATE.
std::string Binary(const Type& type, std::string_view hex) {
  const auto value = ReadParameter(type, Hex(hex), Format::kBinary, Settings{}, 0);
  if (!value) return std::string(value.error().sqlstate.data(), 5);
  EXPECT_EQ(value->type(), type);
  return value->ToString();
}
std::string Text(const Type& type, std::string_view text) {
  const auto value = ReadParameter(type, text, Format::kText, Settings{}, 0);
  return value ? value->ToString() : std::string(value.error().sqlstate.data(), 5);
}

// The bytes are those that a PostgreSQL 15 server sends for the values.
TEST(SessionParameterTest, BinaryValuesAreThoseOfPostgres) {
  EXPECT_EQ(Binary(Type::Bool(), "01"), "t");
  EXPECT_EQ(Binary(Type::Int2(), "fffe"), "-2");
  EXPECT_EQ(Binary(Type::Int4(), "00000007"), "7");
  EXPECT_EQ(Binary(Type::Int8(), "ffffffffffffffff"), "-1");
  EXPECT_EQ(Binary(Type::Oid(), "ffffffff"), "4294967295");
  EXPECT_EQ(Binary(Type::Float4(), "3fc00000"), "1.5");
  EXPECT_EQ(Binary(Type::Float8(), "3ff8000000000000"), "1.5");
  EXPECT_EQ(Binary(Type::Date(), "0000225f"), "2024-02-03");
  EXPECT_EQ(Binary(Type::Date(), "7fffffff"), "infinity");
  EXPECT_EQ(Binary(Type::Time(), "00000000ddf019e0"), "01:02:03.5");
  EXPECT_EQ(Binary(Type::TimeTz(), "00000000dde878c0ffffb9b0"), "01:02:03+05");
  EXPECT_EQ(Binary(Type::Timestamp(), "0002b36e8b96fb00"), "2024-02-03 01:02:03.123456");
  EXPECT_EQ(Binary(Type::TimestampTz(), "8000000000000000"), "-infinity");
  EXPECT_EQ(Binary(Type::Interval(), "000000036c966ee0000000030000000e"),
            "1 year 2 mons 3 days 04:05:06.7");
  EXPECT_EQ(Binary(Type::Uuid(), "a0eebc999c0b4ef8bb6d6bb9bd380a11"),
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(Binary(Type::Text(), "c3bc"), "ü");
  EXPECT_EQ(Binary(Type::Bytea(), "dead00"), "\\xdead00");
  EXPECT_EQ(Binary(Type::Jsonb(), "017b2261223a20317d"), "{\"a\": 1}");
  EXPECT_EQ(Binary(Type::Array(Type::Int4()),
                   "00000001000000010000001700000003000000010000000400000001ffffffff"
                   "0000000400000003"),
            "{1,NULL,3}");
  EXPECT_EQ(Binary(Type::Array(Type::Int4()), "000000000000000000000017"), "{}");
}

TEST(SessionParameterTest, BinaryNumerics) {
  EXPECT_EQ(Binary(Type::Numeric(), "0003000100000004007b11d722c4"), "1234567.8900");
  EXPECT_EQ(Binary(Type::Numeric(), "0001ffff40000004000c"), "-0.0012");
  EXPECT_EQ(Binary(Type::Numeric(), "00000000c0000000"), "NaN");
  EXPECT_EQ(Binary(Type::Numeric(), "00000000d0000020"), "Infinity");
  EXPECT_EQ(Binary(Type::Numeric(), "00000000f0000020"), "-Infinity");
  EXPECT_EQ(Binary(Type::Numeric(), "000200000000000100011388"), "1.5");
  EXPECT_EQ(Binary(Type::Numeric(), "0001000200000000" "0001"), "100000000");
  EXPECT_EQ(Binary(Type::Numeric(), "0000000000000002"), "0.00");
  EXPECT_EQ(Binary(Type::Numeric(), "0001fffe00000008" "0001"), "0.00000001");
  EXPECT_EQ(Binary(Type::Numeric(), "0001000000000000" "2710"), "22P03");  // a digit of 10,000
  EXPECT_EQ(Binary(Type::Numeric(), "0001000012340000" "0001"), "22P03");  // no such sign
  EXPECT_EQ(Binary(Type::Numeric(), "00017fff00000000" "0001"), "22003");
}

TEST(SessionParameterTest, BytesThatAreMissingOrTooMany) {
  EXPECT_EQ(Binary(Type::Int4(), "000007"), "08P01");
  EXPECT_EQ(Binary(Type::Int4(), "0000000007"), "22P03");
  EXPECT_EQ(Binary(Type::Uuid(), "a0ee"), "08P01");
  EXPECT_EQ(Binary(Type::Jsonb(), "027b7d"), "22P03");
  EXPECT_EQ(Binary(Type::Jsonb(), ""), "08P01");
  EXPECT_EQ(Binary(Type::Text(), "ff"), "22021");
  EXPECT_EQ(Binary(Type::Time(), "7fffffffffffffff"), "22008");
  EXPECT_EQ(Binary(Type::Timestamp(), "7ffffffffffffffe"), "22008");
  EXPECT_EQ(Binary(Type::Date(), "7ffffffe"), "22008");
  // A count of elements that the message does not have.
  EXPECT_EQ(Binary(Type::Array(Type::Int4()), "0000000100000000000000177fffffff00000001"),
            "08P01");
  EXPECT_EQ(Binary(Type::Array(Type::Int4()), "0000000200000000000000170000000100000001"),
            "0A000");
  // However a message is cut off, there is an error and not more.
  const std::string whole = "0003000100000004007b11d722c4";
  for (size_t length = 0; length < whole.size(); length += 2) {
    EXPECT_EQ(Binary(Type::Numeric(), whole.substr(0, length)), "08P01") << length;
  }
}

TEST(SessionParameterTest, TextIsReadAsTheTypeReadsIt) {
  EXPECT_EQ(Text(Type::Int4(), " 42 "), "42");
  EXPECT_EQ(Text(Type::Int4(), "zz"), "22P02");
  EXPECT_EQ(Text(Type::Bool(), "yes"), "t");
  EXPECT_EQ(Text(Type::Array(Type::Text()), "{a,NULL}"), "{a,NULL}");
  EXPECT_EQ(Text(Type::Date(), "2024-02-30"), "22008");
}

}  // namespace
}  // namespace riverrun::server
