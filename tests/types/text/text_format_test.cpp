// Every expectation in the table is what PostgreSQL 15 answers.
#include "types/text/text_format.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/codec/key.h"
#include "types/time/interval.h"
#include "types/value.h"

namespace riverrun {
namespace {

using testing::RandomData;

// "numeric(5,2)", "time(2)", "interval day to minute", or a name without modifiers.
Type TypeOf(std::string_view name) {
  if (name == "numeric(5,2)") return Type::Decimal(5, 2);
  Type type;
  if (name == "interval day to minute") {
    type = Type::Interval();
    type.typmod = IntervalTypmod(IntervalRange::kDayToMinute, -1);
    return type;
  }
  const size_t modifier = name.find('(');
  type = TypeByName(name.substr(0, modifier)).value();
  if (modifier != std::string_view::npos) type.typmod = name[modifier + 1] - '0';
  return type;
}

// Reads a text and prints the value, or "SQLSTATE: message".
std::string Reprinted(const Type& type, std::string_view text, const Settings& settings = {}) {
  const Result<Value> value = Value::Parse(type, text, settings);
  if (!value) return ToString(value.error());
  return TextWriter(settings).ToText(value->column(), 0);
}

struct Case {
  std::string_view type;
  std::string_view text;
  std::string_view expected;
};

constexpr Case kCases[] = {
    {"boolean", "t", "t"},
    {"boolean", "TRUE", "t"},
    {"boolean", " yes ", "t"},
    {"boolean", "on", "t"},
    {"boolean", "of", "f"},
    {"boolean", "o", "22P02: invalid input syntax for type boolean: \"o\""},
    {"boolean", "1", "t"},
    {"boolean", "0", "f"},
    {"boolean", "10", "22P02: invalid input syntax for type boolean: \"10\""},
    {"boolean", "", "22P02: invalid input syntax for type boolean: \"\""},
    {"boolean", "maybe", "22P02: invalid input syntax for type boolean: \"maybe\""},
    {"boolean", "f", "f"},
    {"boolean", "n", "f"},
    {"boolean", "tr", "t"},
    {"boolean", "no", "f"},
    {"boolean", " ", "22P02: invalid input syntax for type boolean: \" \""},
    {"smallint", "32767", "32767"},
    {"smallint", "-32768", "-32768"},
    {"smallint", "32768", "22003: value \"32768\" is out of range for type smallint"},
    {"smallint", " 12 ", "12"},
    {"smallint", "1.5", "22P02: invalid input syntax for type smallint: \"1.5\""},
    {"smallint", "", "22P02: invalid input syntax for type smallint: \"\""},
    {"smallint", "x", "22P02: invalid input syntax for type smallint: \"x\""},
    {"integer", "2147483648", "22003: value \"2147483648\" is out of range for type integer"},
    {"integer", "007", "7"},
    {"integer", "+5", "5"},
    {"integer", "- 5", "22P02: invalid input syntax for type integer: \"- 5\""},
    {"bigint", "9223372036854775807", "9223372036854775807"},
    {"bigint", "-9223372036854775808", "-9223372036854775808"},
    {"bigint", "9223372036854775808",
     "22003: value \"9223372036854775808\" is out of range for type bigint"},
    {"real", "1.5", "1.5"},
    {"real", "1e10", "1e+10"},
    {"real", "NaN", "NaN"},
    {"real", "-inf", "-Infinity"},
    {"real", "1e40", "22003: \"1e40\" is out of range for type real"},
    {"real", "3.4028235e38", "3.4028235e+38"},
    {"real", "0.1", "0.1"},
    {"double precision", "0.1", "0.1"},
    {"double precision", "-0", "-0"},
    {"double precision", "1e-5", "1e-05"},
    {"double precision", "123456789012345680000", "1.2345678901234568e+20"},
    {"double precision", "1e309", "22003: \"1e309\" is out of range for type double precision"},
    {"double precision", "infinity", "Infinity"},
    {"double precision", "", "22P02: invalid input syntax for type double precision: \"\""},
    {"double precision", "1x", "22P02: invalid input syntax for type double precision: \"1x\""},
    {"numeric", "1.50", "1.50"},
    {"numeric", "-0.00", "0.00"},
    {"numeric", "1e3", "1000"},
    {"numeric", "NaN", "NaN"},
    {"numeric", "1.5.2", "22P02: invalid input syntax for type numeric: \"1.5.2\""},
    {"numeric", "", "22P02: invalid input syntax for type numeric: \"\""},
    {"numeric", "-Infinity", "-Infinity"},
    {"numeric", "000.10", "0.10"},
    {"numeric(5,2)", "1.005", "1.01"},
    {"numeric(5,2)", "999.995", "22003: numeric field overflow"},
    {"numeric(5,2)", "-1.5", "-1.50"},
    {"numeric(5,2)", "1000", "22003: numeric field overflow"},
    {"text", "", ""},
    {"text", "a b", "a b"},
    {"text", "é€😀", "é€😀"},
    {"bytea", "\\x48656c6c6f", "\\x48656c6c6f"},
    {"bytea", "\\x 48 65", "\\x4865"},
    {"bytea", "abc\\\\d\\001", "\\x6162635c6401"},
    {"bytea", "\\x4", "22023: invalid hexadecimal data: odd number of digits"},
    {"bytea", "\\xzz", "22023: invalid hexadecimal digit: \"z\""},
    {"bytea", "\\9", "22P02: invalid input syntax for type bytea"},
    {"bytea", "\\\\", "\\x5c"},
    {"bytea", "plain", "\\x706c61696e"},
    {"bytea", "", "\\x"},
    {"date", "2026-01-02", "2026-01-02"},
    {"date", "infinity", "infinity"},
    {"date", "2026-02-30", "22008: date/time field value out of range: \"2026-02-30\""},
    {"date", "Jan 5 2020", "2020-01-05"},
    {"date", "0044-03-15 BC", "0044-03-15 BC"},
    {"time", "12:34:56.789", "12:34:56.789"},
    {"time", "24:00:00", "24:00:00"},
    {"time", "25:00", "22008: date/time field value out of range: \"25:00\""},
    {"time", "allballs", "00:00:00"},
    {"time(2)", "12:34:56.789", "12:34:56.79"},
    {"timetz", "12:34:56+02", "12:34:56+02"},
    {"timetz", "12:00-05:30", "12:00:00-05:30"},
    {"timestamp", "2026-01-02 03:04:05.678901", "2026-01-02 03:04:05.678901"},
    {"timestamp", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05"},
    {"timestamp", "-infinity", "-infinity"},
    {"timestamp", "nonsense", "22007: invalid input syntax for type timestamp: \"nonsense\""},
    {"timestamp", "2026-13-01", "22008: date/time field value out of range: \"2026-13-01\""},
    {"timestamp(3)", "2026-01-02 03:04:05.678901", "2026-01-02 03:04:05.679"},
    {"timestamptz", "2026-01-02 03:04:05+02", "2026-01-02 01:04:05+00"},
    {"timestamptz", "2026-07-02 03:04:05 Europe/Berlin", "2026-07-02 01:04:05+00"},
    {"interval", "1 year 2 mons 3 days 04:05:06.7", "1 year 2 mons 3 days 04:05:06.7"},
    {"interval", "-1 day", "-1 days"},
    {"interval", "P1Y2M3DT4H5M6S", "1 year 2 mons 3 days 04:05:06"},
    {"interval", "1.5 hours", "01:30:00"},
    {"interval", "x", "22007: invalid input syntax for type interval: \"x\""},
    {"interval day to minute", "1 day 02:03:04", "1 day 02:03:00"},
    {"uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"uuid", "zz", "22P02: invalid input syntax for type uuid: \"zz\""},
    {"json", "{\"a\" : 1 , \"b\":[1,2]}", "{\"a\" : 1 , \"b\":[1,2]}"},
    {"json", "[1,]", "22P02: invalid input syntax for type json"},
    {"json", "\"\\u0000\"", "\"\\u0000\""},
    {"json", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
    {"json", "nul", "22P02: invalid input syntax for type json"},
    {"json", "1 2", "22P02: invalid input syntax for type json"},
    {"json", "", "22P02: invalid input syntax for type json"},
    {"json", "\"\\ud800\"", "\"\\ud800\""},
    {"json", "'a'", "22P02: invalid input syntax for type json"},
    {"json", "[1", "22P02: invalid input syntax for type json"},
    {"json", "01", "22P02: invalid input syntax for type json"},
    {"json", "1.", "22P02: invalid input syntax for type json"},
    {"json", "-", "22P02: invalid input syntax for type json"},
    {"json", "\"a\tb\"", "22P02: invalid input syntax for type json"},
    {"json", "{a:1}", "22P02: invalid input syntax for type json"},
    {"json", "tru", "22P02: invalid input syntax for type json"},
    {"json", "1a", "22P02: invalid input syntax for type json"},
    {"jsonb", "{\"b\" : 1.50 , \"a\":[1,2,{}], \"aa\":null, \"a\":3}",
     "{\"a\": 3, \"b\": 1.50, \"aa\": null}"},
    {"jsonb", " [ ] ", "[]"},
    {"jsonb", "\"\\u0000\"", "22P05: unsupported Unicode escape sequence"},
    {"jsonb", "\"\\u00e9\\ud83d\\ude00\\/\"", "\"é😀/\""},
    {"jsonb", "\"\\ud800\"", "22P02: invalid input syntax for type json"},
    {"jsonb", "\"\\ud800x\"", "22P02: invalid input syntax for type json"},
    {"jsonb", "\"\\udc00\"", "22P02: invalid input syntax for type json"},
    {"jsonb", "1e3", "1000"},
    {"jsonb", "-0", "0"},
    {"jsonb", "1.10e-2", "0.0110"},
    {"jsonb", "\"\\u001f\\b\\\"\\\\\"", "\"\\u001f\\b\\\"\\\\\""},
    {"jsonb", "{\"a\":{\"z\":1,\"y\":[true,false,null]}}",
     "{\"a\": {\"y\": [true, false, null], \"z\": 1}}"},
    {"jsonb", "{\"a\":1,}", "22P02: invalid input syntax for type json"},
    {"jsonb", "\"\\x\"", "22P02: invalid input syntax for type json"},
    {"jsonb", "{\"\":1,\"é\":2,\"zz\":3,\"b\":4}", "{\"\": 1, \"b\": 4, \"zz\": 3, \"é\": 2}"},
    {"jsonb", "[[[]]]", "[[[]]]"},
    {"jsonb", "123456789.123456789", "123456789.123456789"},
    {"jsonb", "nulll", "22P02: invalid input syntax for type json"},
    {"jsonb", "{\"a\" 1}", "22P02: invalid input syntax for type json"},
    {"oid", "0", "0"},
    {"oid", "4294967295", "4294967295"},
    {"oid", "4294967296", "22003: value \"4294967296\" is out of range for type oid"},
    {"oid", "-1", "4294967295"},
    {"oid", "x", "22P02: invalid input syntax for type oid: \"x\""},
    {"oid", "12 ", "12"},
    {"integer[]", "{}", "{}"},
    {"integer[]", "{1,NULL,3}", "{1,NULL,3}"},
    {"integer[]", " { 1 , 2 } ", "{1,2}"},
    {"integer[]", "{1,}", "22P02: malformed array literal: \"{1,}\""},
    {"integer[]", "{,1}", "22P02: malformed array literal: \"{,1}\""},
    {"integer[]", "1,2", "22P02: malformed array literal: \"1,2\""},
    {"integer[]", "{1,2", "22P02: malformed array literal: \"{1,2\""},
    {"integer[]", "{1} x", "22P02: malformed array literal: \"{1} x\""},
    {"integer[]", "{\"1\",null}", "{1,NULL}"},
    {"integer[]", "{{1,2}", "22P02: malformed array literal: \"{{1,2}\""},
    {"integer[]", "{1}}", "22P02: malformed array literal: \"{1}}\""},
    {"integer[]", "{1 2}", "22P02: invalid input syntax for type integer: \"1 2\""},
    {"integer[]", "{1x}", "22P02: invalid input syntax for type integer: \"1x\""},
    {"text[]", "{a,\"b c\",\"NULL\",NULL,\"\",\"q\\\"\\\\\"}",
     "{a,\"b c\",\"NULL\",NULL,\"\",\"q\\\"\\\\\"}"},
    {"text[]", "{ a b , c\\,d }", "{\"a b\",\"c,d\"}"},
    {"text[]", "{\"a\"b}", "22P02: malformed array literal: \"{\"a\"b}\""},
    {"text[]", "{a\"b\"}", "22P02: malformed array literal: \"{a\"b\"}\""},
    {"text[]", "{a\\ }", "{\"a \"}"},
    {"text[]", "{é,\"x{y}\"}", "{é,\"x{y}\"}"},
    {"text[]", "{a{b}", "22P02: malformed array literal: \"{a{b}\""},
    {"text[]", "{null,nULL}", "{NULL,NULL}"},
    {"text[]", "{\"a\" ,  \"b\"  }", "{a,b}"},
    {"double precision[]", "{1.5,NaN}", "{1.5,NaN}"},
    {"timestamp[]", "{\"2026-01-01 00:00:00\",2026-01-02}",
     "{\"2026-01-01 00:00:00\",\"2026-01-02 00:00:00\"}"},
};

TEST(TextFormatTest, ReadsAndPrintsAsPostgres) {
  for (const Case& c : kCases) {
    EXPECT_EQ(Reprinted(TypeOf(c.type), c.text), c.expected) << c.type << " '" << c.text << "'";
  }
}

TEST(TextFormatTest, EveryPrintedValueReadsBack) {
  RandomData random(1);
  TextWriter writer(Settings{});
  TextReader reader(Settings{});
  for (const Type& type : testing::EveryType()) {
    for (int i = 0; i < 300; ++i) {
      const Value value = Value::From(random.FlatColumn(type, 1, 0), 0);
      const std::string text = writer.ToText(value.column(), 0);
      ColumnBuilder builder(type);
      const Result<void> read = reader.Append(text, builder);
      ASSERT_TRUE(read.has_value()) << TypeName(type) << ' ' << text << ToString(read.error());
      EXPECT_EQ(Value::From(builder.Finish(), 0).ToString(), text);
      if (EqualMeansIdentical(type)) { EXPECT_EQ(*Value::Parse(type, text), value) << text; }
    }
  }
}

TEST(TextFormatTest, AFailureAppendsNothing) {
  RandomData random(2);
  TextReader reader(Settings{});
  for (const Type& type : testing::EveryType()) {
    ColumnBuilder builder(type);
    for (int i = 0; i < 300; ++i) {
      const uint32_t rows = builder.rows();
      const bool read = reader.Append(random.Bytes(12), builder).has_value();
      ASSERT_EQ(builder.rows(), rows + (read ? 1 : 0));
    }
  }
}

TEST(TextFormatTest, RowsAreQuotedAsPostgres) {
  const Value row = Value::Row(
      {Value::Int4(1), Value::Text("a b"), Value::Null(Type::Text()), Value::Text(""),
       Value::Text("q\"\\"), Value::Array(Type::Int4(), {Value::Int4(1), Value::Int4(2)}),
       Value::Row({Value::Int4(2), Value::Text("x")}), Value::Text("("), Value::Bool(true),
       Value::Text("a,b")});
  EXPECT_EQ(row.ToString(), R"x((1,"a b",,"","q""\\","{1,2}","(2,x)","(",t,"a,b"))x");
  EXPECT_EQ(*Value::Parse(row.type(), row.ToString()), row);
  const Value inner = Value::Row({Value::Int4(1), Value::Text("a b")});
  EXPECT_EQ(Value::Array(inner.type(), {inner}).ToString(), R"x({"(1,\"a b\")"})x");
}

TEST(TextFormatTest, MalformedRowsAreRefused) {
  const Type type = Type::Row({Type::Int4(), Type::Text()});
  for (const std::string_view text : {"", "1,2", "(1", "(1,a", "(1)", "(1,a,b)", "(1,a)x",
                                      "(1,\"a)"}) {
    EXPECT_EQ(Reprinted(type, text),
              "22P02: malformed record literal: \"" + std::string(text) + "\"");
  }
  EXPECT_EQ(Reprinted(type, " (1,\"a\"\"b\\c\") "), "(1,\"a\"\"bc\")");
  EXPECT_EQ(Reprinted(Type::Row({}), "()"), "()");
}

TEST(TextFormatTest, ArraysOfArraysNest) {
  const Type type = Type::Array(Type::Array(Type::Text()));
  EXPECT_EQ(Reprinted(type, "{{a,\"b,}\"}, {NULL} ,{}}"), "{{a,\"b,}\"},{NULL},{}}");
  EXPECT_EQ(Reprinted(Type::Array(Type::Int4()), "{{1},{2}}"),
            "0A000: several dimensions in a value of type integer[]");
  EXPECT_EQ(Reprinted(Type::Array(Type::Int4()), "[0:1]={1,2}"),
            "0A000: array bounds in the text of an array");
}

TEST(TextFormatTest, VarcharCutsOnlySpaces) {
  EXPECT_EQ(Reprinted(Type::Varchar(3), "abc"), "abc");
  EXPECT_EQ(Reprinted(Type::Varchar(3), "éé€"), "éé€");
  EXPECT_EQ(Reprinted(Type::Varchar(3), "ab    "), "ab ");
  EXPECT_EQ(Reprinted(Type::Varchar(3), "abcd"),
            "22001: value too long for type character varying(3)");
  EXPECT_EQ(Reprinted(Type::Varchar(), "abcd"), "abcd");
  Type name = TypeByName("name").value();
  std::string text(62, 'a');
  const std::string kept = text;
  text += "éb";  // é would begin within the 63 bytes and end behind them
  EXPECT_EQ(Reprinted(name, text), kept);
}

TEST(TextFormatTest, TextIsUtf8WithoutZero) {
  EXPECT_EQ(Reprinted(Type::Text(), std::string_view("a\0b", 3)),
            "22021: invalid byte sequence for encoding \"UTF8\": 0x00");
  EXPECT_EQ(Reprinted(Type::Text(), "a\xc3("),
            "22021: invalid byte sequence for encoding \"UTF8\": 0xc3 0x28");
  EXPECT_EQ(Reprinted(Type::Text(), "\xff"),
            "22021: invalid byte sequence for encoding \"UTF8\": 0xff");
  EXPECT_EQ(Reprinted(Type::Jsonb(), "\"\xed\xa0\x80\""),
            "22021: invalid byte sequence for encoding \"UTF8\": 0xed 0xa0 0x80");
}

TEST(TextFormatTest, SettingsShapeTheText) {
  Settings settings;
  const auto print = [&](const Value& value) {
    return TextWriter(settings).ToText(value.column(), 0);
  };
  settings.extra_float_digits = 0;
  EXPECT_EQ(print(Value::Float8(0.1 + 0.2)), "0.3");
  EXPECT_EQ(print(Value::Float8(3.141592653589793)), "3.14159265358979");
  EXPECT_EQ(print(Value::Float8(1e15)), "1e+15");
  EXPECT_EQ(print(Value::Float8(1e-7)), "1e-07");
  EXPECT_EQ(print(Value::Float4(123456789.0f)), "1.23457e+08");
  settings.extra_float_digits = -10;
  EXPECT_EQ(print(Value::Float8(3.141592653589793)), "3.1416");
  EXPECT_EQ(print(Value::Float4(123456789.0f)), "1e+08");
  EXPECT_EQ(print(Value::Float8(-INFINITY)), "-Infinity");

  settings.bytea_output = ByteaOutput::kEscape;
  EXPECT_EQ(print(Value::Bytea(std::string_view("\0A\\\x7f \xff", 6))), R"(\000A\\\177 \377)");
  EXPECT_EQ(print(Value::Array(Type::Bytea(), {Value::Bytea(std::string_view("\0", 1))})),
            R"({"\\000"})");

  settings.time_zone = TimeZone::Find("Europe/Berlin").value();
  settings.date_time = {DateStyle::kGerman, DateOrder::kDmy, IntervalStyle::kIso8601};
  EXPECT_EQ(print(Value::TimestampTz("2026-01-02 03:04:05+00")), "02.01.2026 04:04:05 CET");
  EXPECT_EQ(print(Value::Interval("1 day 02:00")), "P1DT2H");
  EXPECT_EQ(Reprinted(Type::TimestampTz(), "02.01.2026 04:04", settings),
            "02.01.2026 04:04:00 CET");
}

TEST(TextFormatTest, NowIsTheMomentGiven) {
  TextReader reader(Settings{}, 1'000'000);
  ColumnBuilder builder(Type::Timestamp());
  ASSERT_TRUE(reader.Append("now", builder).has_value());
  reader.SetNow(86'400'000'000);
  ASSERT_TRUE(reader.Append("today", builder).has_value());
  const Column column = builder.Finish();
  EXPECT_EQ(column.At<Micros>(0), 1'000'000);
  EXPECT_EQ(column.At<Micros>(1), 86'400'000'000);
}

}  // namespace
}  // namespace riverrun
