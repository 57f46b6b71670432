// Answers as bytes: what PostgreSQL 15 sends for the same values.
#include "server/wire/message.h"

#include <gtest/gtest.h>

#include "server/wire/binary_value.h"
#include "types/codec/key.h"
#include "types/value.h"

namespace riverrun::server {
namespace {

using namespace std::string_literals;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

std::string Binary(const Value& value) {
  std::string out;
  EXPECT_TRUE(HasBinary(value.type()));
  EXPECT_TRUE(AppendBinary(value.column(), 0, out));
  return Hex(out);
}

Value Decimal(uint8_t precision, uint8_t scale, std::string_view text) {
  return Value::Of(Type::Decimal(precision, scale), text);
}

TEST(Message, HasTypeLengthAndContent) {
  std::string out;
  AppendPlain(Plain::kParseComplete, out);
  AppendReadyForQuery(TransactionStatus::kFailed, out);
  AppendCommandComplete("INSERT 0 1", out);
  AppendParameterStatus("TimeZone", "UTC", out);
  AppendBackendKey(7, 0x80000001, out);
  AppendAuthenticationOk(out);
  EXPECT_EQ(out,
            "1\0\0\0\4"s + "Z\0\0\0\5E"s + "C\0\0\0\x0fINSERT 0 1\0"s +
                "S\0\0\0\x11TimeZone\0UTC\0"s + "K\0\0\0\x0c\0\0\0\7\x80\0\0\1"s +
                "R\0\0\0\x08\0\0\0\0"s);
}

TEST(Message, NegotiatesAsPostgres) {
  std::string out;
  AppendNegotiateVersion(std::vector<std::string>{"_pq_.foo"}, out);
  EXPECT_EQ(out, "v\0\0\0\x15\0\3\0\0\0\0\0\1_pq_.foo\0"s);
}

TEST(Message, TellsAnErrorWithAllItHas) {
  Report report{.severity = Severity::kError,
                .error = {State("42703"), "no x", "a detail", "a hint"},
                .position = 8};
  std::string out;
  AppendReport(report, out);
  EXPECT_EQ(out.substr(5),
            "SERROR\0VERROR\0C42703\0Mno x\0Da detail\0Ha hint\0P8\0\0"s);
  EXPECT_EQ(out[0], 'E');
  out.clear();
  AppendReport({.severity = Severity::kNotice, .error = {State("00000"), "hi"}}, out);
  EXPECT_EQ(out, "N\0\0\0\x20SNOTICE\0VNOTICE\0C00000\0Mhi\0\0"s);
}

TEST(Message, KeepsATextWithNulInItsField) {
  std::string out;
  AppendReport({.severity = Severity::kFatal, .error = {State("08P01"), "a\0Hforged"s}}, out);
  EXPECT_EQ(out.substr(5), "SFATAL\0VFATAL\0C08P01\0Ma\0\0"s);
}

TEST(Message, DescribesTypesAsPostgres) {
  const auto field = [](const Type& type) {
    std::string out;
    const Field one{.name = "c", .type = type};
    AppendRowDescription(std::span(&one, 1), {}, out);
    // Behind the count, the name, the table and the column: type, typlen, typmod.
    return Hex(std::string_view(out).substr(5 + 2 + 2 + 6, 10));
  };
  EXPECT_EQ(field(Type::Int4()), "00000017" "0004" "ffffffff");
  EXPECT_EQ(field(Type::Bool()), "00000010" "0001" "ffffffff");
  EXPECT_EQ(field(Type::Text()), "00000019" "ffff" "ffffffff");
  EXPECT_EQ(field(Type::Decimal(10, 2)), "000006a4" "ffff" "000a0006");  // 655366
  EXPECT_EQ(field(Type::Varchar(5)), "00000413" "ffff" "00000009");
  EXPECT_EQ(field(Type::TimeTz()), "000004f2" "000c" "ffffffff");
  EXPECT_EQ(field(Type::Interval()), "000004a2" "0010" "ffffffff");
  EXPECT_EQ(field(Type::Array(Type::Int4())), "000003ef" "ffff" "ffffffff");
  EXPECT_EQ(field(Type::Array(Type::Array(Type::Int4()))), "000003ef" "ffff" "ffffffff");
  EXPECT_EQ(field(Type::Null()), "00000019" "ffff" "ffffffff");
}

TEST(Message, DescribesWhereAColumnIsFrom) {
  const Field field{.name = "id", .type = Type::Int8(), .table = ObjectId{16'634}, .column = 1};
  std::string out;
  AppendRowDescription(std::span(&field, 1), std::vector{Format::kBinary}, out);
  EXPECT_EQ(Hex(out),
            "54" "0000001b" "0001" "696400" "000040fa" "0001" "00000014" "0008" "ffffffff" "0001");
}

TEST(Message, SendsRowsInBothFormats) {
  Batch batch;
  batch.rows = 1;
  batch.columns = {Value::Int4(42).column(), Value::Null(Type::Text()).column(),
                   Value::Text("").column()};
  TextWriter writer{Settings{}};
  std::string out;
  ASSERT_TRUE(AppendDataRow(batch, 0, {}, writer, out).has_value());
  EXPECT_EQ(out, "D\0\0\0\x14\0\3\0\0\0\2"s + "42\xff\xff\xff\xff\0\0\0\0"s);
  out.clear();
  ASSERT_TRUE(AppendDataRow(batch, 0, std::vector{Format::kBinary}, writer, out).has_value());
  EXPECT_EQ(Hex(out), "44" "00000016" "0003" "00000004" "0000002a" "ffffffff" "00000000");
  out.clear();
  const std::vector each = {Format::kBinary, Format::kText, Format::kText};
  ASSERT_TRUE(AppendDataRow(batch, 0, each, writer, out).has_value());
  EXPECT_EQ(out.size(), 0x16u + 1);
}

// The bytes are those that PostgreSQL 15 sent for these values.
TEST(BinaryValue, IsPostgresForm) {
  EXPECT_EQ(Binary(Value::Bool(true)), "01");
  EXPECT_EQ(Binary(Value::Int2(1)), "0001");
  EXPECT_EQ(Binary(Value::Int4(-2)), "fffffffe");
  EXPECT_EQ(Binary(Value::Int8(1)), "0000000000000001");
  EXPECT_EQ(Binary(Value::Float4(1.5F)), "3fc00000");
  EXPECT_EQ(Binary(Value::Float8(1.5)), "3ff8000000000000");
  EXPECT_EQ(Binary(Value::Bytea("\xde\xad")), "dead");
  EXPECT_EQ(Binary(Value::Oid(4'000'000'000)), "ee6b2800");
  EXPECT_EQ(Binary(Value::Date("2024-02-03")), "0000225f");
  EXPECT_EQ(Binary(Value::Date("infinity")), "7fffffff");
  EXPECT_EQ(Binary(Value::Date("-infinity")), "80000000");
  EXPECT_EQ(Binary(Value::Time("01:02:03.5")), "00000000ddf019e0");
  EXPECT_EQ(Binary(Value::Of(Type::TimeTz(), "01:02:03+05")), "00000000dde878c0ffffb9b0");
  EXPECT_EQ(Binary(Value::Timestamp("2024-02-03 01:02:03.123456")), "0002b36e8b96fb00");
  EXPECT_EQ(Binary(Value::Timestamp("-infinity")), "8000000000000000");
  EXPECT_EQ(Binary(Value::TimestampTz("2024-02-03 01:02:03+00")), "0002b36e8b9518c0");
  EXPECT_EQ(Binary(Value::Interval("1 year 2 mons 3 days 04:05:06.7")),
            "000000036c966ee0000000030000000e");
  EXPECT_EQ(Binary(Value::Uuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
            "a0eebc999c0b4ef8bb6d6bb9bd380a11");
  EXPECT_EQ(Binary(Value::Jsonb("{\"a\": 1}")), "017b2261223a20317d");
}

TEST(BinaryValue, NumericIsInGroupsOfFourDigits) {
  EXPECT_EQ(Binary(Value::Numeric("1234567.8900")), "0003000100000004" "007b11d722c4");
  EXPECT_EQ(Binary(Value::Numeric("-0.0012")), "0001ffff40000004" "000c");
  EXPECT_EQ(Binary(Value::Numeric("1.5")), "0002000000000001" "00011388");
  EXPECT_EQ(Binary(Value::Numeric("0")), "0000000000000000");
  EXPECT_EQ(Binary(Value::Numeric("0.00")), "0000000000000002");
  EXPECT_EQ(Binary(Value::Numeric("10000")), "0001000100000000" "0001");
  EXPECT_EQ(Binary(Value::Numeric("100000000.5")), "0004000200000001" "0001000000001388");
  EXPECT_EQ(Binary(Value::Numeric("0.00000001")), "0001fffe00000008" "0001");
  EXPECT_EQ(Binary(Value::Numeric("NaN")), "00000000c0000000");
  EXPECT_EQ(Binary(Value::Numeric("Infinity")), "00000000d0000020");
  EXPECT_EQ(Binary(Value::Numeric("-Infinity")), "00000000f0000020");
  EXPECT_EQ(Binary(Decimal(10, 2, "1.50")), "0002000000000002" "00011388");
  EXPECT_EQ(Binary(Decimal(38, 0, "99999999999999999999999999999999999999")),
            "000a000900000000" "0063" "270f270f270f270f270f270f270f270f270f");
  EXPECT_EQ(Binary(Decimal(38, 37, "-9.9999999999999999999999999999999999999")),
            "000b000040000025" "0009" "270f270f270f270f270f270f270f270f270f2328");
}

TEST(BinaryValue, ArraysAndRows) {
  const Type ints = Type::Array(Type::Int4());
  EXPECT_EQ(Binary(Value::Of(ints, "{1,NULL,3}")),
            "00000001" "00000001" "00000017" "00000003" "00000001"
            "00000004" "00000001" "ffffffff" "00000004" "00000003");
  EXPECT_EQ(Binary(Value::Of(ints, "{}")), "00000000" "00000000" "00000017");
  EXPECT_EQ(Binary(Value::Of(Type::Array(ints), "{{1,2},{3,4}}")),
            "00000002" "00000000" "00000017" "00000002" "00000001" "00000002" "00000001"
            "00000004" "00000001" "00000004" "00000002"
            "00000004" "00000003" "00000004" "00000004");
  EXPECT_EQ(Binary(Value::Row({Value::Int4(1), Value::Text("x"), Value::Null(Type::Int4())})),
            "00000003" "00000017" "00000004" "00000001" "00000019" "00000001" "78"
            "00000017" "ffffffff");
}

TEST(BinaryValue, RefusesArraysThatAreNotRectangular) {
  const Type ints = Type::Array(Type::Int4());
  const Value uneven =
      Value::Array(ints, {Value::Of(ints, "{1}"), Value::Of(ints, "{2,3}")});
  std::string out;
  EXPECT_FALSE(AppendBinary(uneven.column(), 0, out));

  Batch batch;
  batch.rows = 1;
  batch.columns = {uneven.column()};
  TextWriter writer{Settings{}};
  out = "before";
  const auto row = AppendDataRow(batch, 0, std::vector{Format::kBinary}, writer, out);
  ASSERT_FALSE(row.has_value());
  EXPECT_EQ(row.error().sqlstate, sqlstate::kArraySubscriptError);
  EXPECT_EQ(out, "before");
}

}  // namespace
}  // namespace riverrun::server
