#include "executor/formats/json_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "types/value.h"

namespace riverrun::executor {
namespace {

using Columns = std::vector<std::pair<std::string, Type>>;

// A decoder and what it makes of records.
class Decoding {
 public:
  explicit Decoding(const Columns& columns, TimestampUnit unit = TimestampUnit::kMilliseconds)
      : decoder_(JsonColumns(columns), unit) {
    for (const auto& [name, type] : columns) types_.push_back(type);
  }

  // Rows as "(1, NULL)", failures as "22P02: text", in the order of the records.
  std::vector<std::string> operator()(const std::vector<std::string>& texts) {
    std::vector<RawRecord> records;
    for (const std::string& text : texts) records.push_back({.value = text});
    BatchBuilder builder(types_);
    std::vector<UndecodedRecord> failed;
    decoder_.Decode(records, builder, failed);
    for (size_t row = failed.size(); row < texts.size(); ++row) builder.EndRow();
    const Batch batch = builder.Finish();
    std::vector<std::string> out;
    uint32_t row = 0;
    size_t failure = 0;
    for (uint32_t record = 0; record < records.size(); ++record) {
      if (failure < failed.size() && failed[failure].record == record) {
        out.push_back(ToString(failed[failure++].error));
      } else {
        out.push_back(Row(batch, row++));
      }
    }
    EXPECT_EQ(row, batch.rows);
    return out;
  }
  std::string operator()(const std::string& text) {
    return operator()(std::vector<std::string>{text}).front();
  }

 private:
  static std::vector<JsonColumn> JsonColumns(const Columns& columns) {
    std::vector<JsonColumn> out;
    for (size_t i = 0; i < columns.size(); ++i) out.push_back({columns[i].first, i});
    return out;
  }
  static std::string Row(const Batch& batch, uint32_t row) {
    std::string out;
    for (const Column& column : batch.columns) {
      out += (out.empty() ? "(" : ", ") + Value::From(column, row).ToString();
    }
    return out + ")";
  }

  JsonDecoder decoder_;
  std::vector<Type> types_;
};

// What a column of a type makes of a value.
std::string As(const Type& type, const std::string& json) {
  return Decoding({{"c", type}})("{\"c\":" + json + "}");
}

TEST(JsonDecoderTest, ABid) {
  Decoding decode({{"auction", Type::Int8()},
                   {"price", Type::Int8()},
                   {"channel", Type::Text()},
                   {"datetime", Type::TimestampTz()}});
  EXPECT_EQ(decode(R"({"auction":1000,"bidder":2001,"price":97,"channel":"Google",)"
                   R"("url":"https://www.nexmark.com/a/item.htm?query=1","dateTime":1436918400005,)"
                   R"("extra":"[^abcdefg"})"),
            "(1000, 97, Google, 2015-07-15 00:00:00.005+00)");
}

TEST(JsonDecoderTest, KeysMatchExactlyElseWithoutCase) {
  Decoding decode({{"userId", Type::Int4()}, {"userid", Type::Int4()}, {"b", Type::Int4()}});
  EXPECT_EQ(decode(R"({"userId":1,"userid":2,"B":3})"), "(1, 2, 3)");
  EXPECT_EQ(decode(R"({"USERID":1,"b":3,"B":4})"), "(1, 1, 3)");
  EXPECT_EQ(decode(R"({"B":4,"b":3,"userid":2})"), "(2, 2, 3)");
  EXPECT_EQ(decode(R"({"b":1,"b":2,"\u0062":5})"), "(NULL, NULL, 5)");
  EXPECT_EQ(decode(R"({"b\u0000":1,"":2,"b ":3})"), "(NULL, NULL, NULL)");
}

TEST(JsonDecoderTest, KeysLongerThanAGuessIsCompared) {
  const std::string name = "a_name_that_is_longer_than_sixteen";
  Decoding decode({{name, Type::Int4()}, {"end", Type::Int4()}});
  const std::string good = "{\"" + name + "\":1,\"end\":2}";
  const std::string other = "{\"" + name.substr(0, 20) + "_which_is_not\":1,\"e\":2}";
  EXPECT_EQ(decode({good, other, good, "{\"end\":1}", good}),
            (std::vector<std::string>{"(1, 2)", "(NULL, NULL)", "(1, 2)", "(NULL, 1)", "(1, 2)"}));
}

TEST(JsonDecoderTest, MissingAndNullAreNull) {
  Decoding decode({{"a", Type::Text()}, {"b", Type::Jsonb()}, {"c", Type::Array(Type::Int4())}});
  EXPECT_EQ(decode({"{}", R"({"a":null,"b":null,"c":null})", R"({"x":{"a":[1,{"b":2}]},"y":[]})"}),
            (std::vector<std::string>(3, "(NULL, NULL, NULL)")));
}

TEST(JsonDecoderTest, Integers) {
  EXPECT_EQ(As(Type::Int8(), "-9223372036854775808"), "(-9223372036854775808)");
  EXPECT_EQ(As(Type::Int8(), "9223372036854775807"), "(9223372036854775807)");
  EXPECT_EQ(As(Type::Int8(), "9223372036854775808"),
            "22003: column \"c\": value \"9223372036854775808\" is out of range for type bigint");
  EXPECT_EQ(As(Type::Int2(), "32768"),
            "22003: column \"c\": value \"32768\" is out of range for type smallint");
  EXPECT_EQ(As(Type::Int4(), "-2147483649"),
            "22003: column \"c\": value \"-2147483649\" is out of range for type integer");
  EXPECT_EQ(As(Type::Int4(), "1e3"), "(1000)");
  EXPECT_EQ(As(Type::Int4(), "-7.0"), "(-7)");
  EXPECT_EQ(As(Type::Int4(), "-0"), "(0)");
  EXPECT_EQ(As(Type::Int4(), "1.5"),
            "22P02: column \"c\": invalid input syntax for type integer: \"1.5\"");
  EXPECT_EQ(As(Type::Int4(), "\" 12 \""), "(12)");
  EXPECT_EQ(As(Type::Int4(), "\"twelve\""),
            "22P02: column \"c\": invalid input syntax for type integer: \"twelve\"");
  EXPECT_EQ(As(Type::Int4(), "true"),
            "22P02: column \"c\": invalid input syntax for type integer: \"true\"");
  EXPECT_EQ(As(Type::Int4(), "{\"a\":1}"),
            "22P02: column \"c\": invalid input syntax for type integer: \"{\"a\":1}\"");
}

TEST(JsonDecoderTest, IntegersOfEveryLength) {
  Decoding decode({{"c", Type::Int8()}});
  std::string digits;
  for (const char digit : std::string("9081726354453627189")) {
    digits += digit;
    EXPECT_EQ(decode("{\"c\":" + digits + "}"), "(" + digits + ")");
    EXPECT_EQ(decode("{\"c\":-" + digits + "}"), "(-" + digits + ")");
    for (size_t i = 0; i < digits.size(); ++i) {
      for (const char wrong : {'/', ':', '\x7f', '-', 'a'}) {
        std::string text = digits;
        text[i] = wrong;
        if (i == 0 && wrong == '-' && text.size() > 1) continue;  // a number again
        EXPECT_EQ(decode("{\"c\":" + text + "}").substr(0, 5), "22P02") << text;
      }
    }
  }
}

TEST(JsonDecoderTest, OtherNumbersAndBooleans) {
  EXPECT_EQ(As(Type::Decimal(38, 2), "123456789012345678901234567890.12"),
            "(123456789012345678901234567890.12)");
  EXPECT_EQ(As(Type::Decimal(4, 2), "99.995"),
            "22003: column \"c\": numeric field overflow");
  EXPECT_EQ(As(Type::Numeric(), "0.1000"), "(0.1000)");
  EXPECT_EQ(As(Type::Float8(), "0.1"), "(0.1)");
  EXPECT_EQ(As(Type::Float8(), "-1.5e-7"), "(-1.5e-07)");
  EXPECT_EQ(As(Type::Float8(), "\"NaN\""), "(NaN)");
  EXPECT_EQ(As(Type::Float4(), "16777217"), "(1.6777216e+07)");
  EXPECT_EQ(As(Type::Bool(), "true"), "(t)");
  EXPECT_EQ(As(Type::Bool(), "0"), "(f)");
  EXPECT_EQ(As(Type::Bool(), "2"),
            "22P02: column \"c\": invalid input syntax for type boolean: \"2\"");
}

TEST(JsonDecoderTest, NumbersAreTimesInTheUnitChosen) {
  EXPECT_EQ(As(Type::Timestamp(), "1700000000123"), "(2023-11-14 22:13:20.123)");
  EXPECT_EQ(As(Type::Timestamp(), "1700000000123.4567"), "(2023-11-14 22:13:20.123457)");
  EXPECT_EQ(As(Type::Date(), "-1"), "(1969-12-31)");
  EXPECT_EQ(As(Type::Time(), "86399999"), "(23:59:59.999)");
  Decoding seconds({{"c", Type::TimestampTz()}}, TimestampUnit::kSeconds);
  EXPECT_EQ(seconds(R"({"c":1700000000.5})"), "(2023-11-14 22:13:20.5+00)");
  Decoding micros({{"c", Type::TimestampTz()}}, TimestampUnit::kMicroseconds);
  EXPECT_EQ(micros(R"({"c":1700000000000001})"), "(2023-11-14 22:13:20.000001+00)");
  for (const char* far : {"1e30", "9223372036854775807", "-999999999999999999"}) {
    EXPECT_EQ(As(Type::TimestampTz(), far), "22008: column \"c\": timestamp out of range") << far;
  }
  EXPECT_EQ(As(Type::Time(), "-1").substr(0, 5), "22008");
  EXPECT_EQ(As(Type::Interval(), "5").substr(0, 5), "22P02");
}

TEST(JsonDecoderTest, StringsAreTimesAsPostgresReadsThem) {
  EXPECT_EQ(As(Type::TimestampTz(), "\"2026-01-02T03:04:05.678Z\""),
            "(2026-01-02 03:04:05.678+00)");
  EXPECT_EQ(As(Type::TimestampTz(), "\"2026-01-02 03:04:05+02\""), "(2026-01-02 01:04:05+00)");
  EXPECT_EQ(As(Type::TimestampTz(), "\"2026-01-02 03:04\""), "(2026-01-02 03:04:00+00)");
  EXPECT_EQ(As(Type::Timestamp(), "\"2026-01-02T03:04:05+02:00\""), "(2026-01-02 03:04:05)");
  EXPECT_EQ(As(Type::Timestamp(), "\"Jan 2 2026 3:04 PM\""), "(2026-01-02 15:04:00)");
  EXPECT_EQ(As(Type::Date(), "\"2026-01-02\""), "(2026-01-02)");
  EXPECT_EQ(As(Type::Interval(), "\"PT1H30M\""), "(01:30:00)");
  EXPECT_EQ(As(Type::TimestampTz(), "\"soon\""),
            "22007: column \"c\": invalid input syntax for type timestamp with time zone: "
            "\"soon\"");
}

TEST(JsonDecoderTest, NowIsWhenTheRecordWasAppended) {
  JsonDecoder decoder({{"c", 0}});
  const std::vector<Type> types = {Type::TimestampTz()};
  BatchBuilder builder(types);
  std::vector<UndecodedRecord> failed;
  const RawRecord record{.value = R"({"c":"now"})", .timestamp = 1'700'000'000'000'000};
  decoder.Decode(std::span(&record, 1), builder, failed);
  builder.EndRow();
  EXPECT_EQ(builder.Finish().columns[0].At<Micros>(0), record.timestamp);
}

TEST(JsonDecoderTest, AnythingGoesIntoTextAndJson) {
  EXPECT_EQ(As(Type::Text(), "1.50E3"), "(1.50E3)");
  EXPECT_EQ(As(Type::Text(), "true"), "(true)");
  EXPECT_EQ(As(Type::Text(), "{ \"b\" : [1, 2.0], \"a\":null }"),
            "({ \"b\" : [1, 2.0], \"a\":null })");
  EXPECT_EQ(As(Type::Text(), R"("a\"b\\\/\n\u00e9\ud83d\ude00")"), "(a\"b\\/\n\u00e9\U0001F600)");
  EXPECT_EQ(As(Type::Jsonb(), "{ \"bb\" : [1, 2.0], \"a\":null }"),
            "({\"a\": null, \"bb\": [1, 2.0]})");
  EXPECT_EQ(As(Type::Jsonb(), R"("\u0041")"), "(\"A\")");
  EXPECT_EQ(As(Type::Json(), "[1 ,2]"), "([1 ,2])");
  EXPECT_EQ(As(Type::Varchar(3), "\"abc  \""), "(abc)");
  EXPECT_EQ(As(Type::Varchar(3), "1234"),
            "22001: column \"c\": value too long for type character varying(3)");
  EXPECT_EQ(As(Type::Uuid(), "\"123e4567-e89b-12d3-a456-426614174000\""),
            "(123e4567-e89b-12d3-a456-426614174000)");
  EXPECT_EQ(As(Type::Bytea(), R"("\\x00ff")"), "(\\x00ff)");
}

TEST(JsonDecoderTest, Arrays) {
  EXPECT_EQ(As(Type::Array(Type::Int4()), "[1, null,3]"), "({1,NULL,3})");
  EXPECT_EQ(As(Type::Array(Type::Text()), R"([ "a,b", 1.0, [], {"x":[1]} ])"),
            R"(({"a,b",1.0,[],"{\"x\":[1]}"}))");
  EXPECT_EQ(As(Type::Array(Type::Int4()), "[]"), "({})");
  EXPECT_EQ(As(Type::Array(Type::Int4()), "\"{4,5}\""), "({4,5})");
  EXPECT_EQ(As(Type::Array(Type::Int4()), "[1,\"x\"]"),
            "22P02: column \"c\": invalid input syntax for type integer: \"x\"");
  EXPECT_EQ(As(Type::Array(Type::Int4()), "7").substr(0, 5), "22P02");
}

TEST(JsonDecoderTest, WhiteSpaceAndShortTexts) {
  Decoding decode({{"a", Type::Int4()}, {"b", Type::Text()}});
  EXPECT_EQ(decode(" \r\n{ \"a\" :\t1 , \"b\" : \"x\" \n} "), "(1, x)");
  EXPECT_EQ(decode("{\"a\":1}"), "(1, NULL)");
  for (size_t spaces = 0; spaces < 130; ++spaces) {
    EXPECT_EQ(decode("{" + std::string(spaces, ' ') + "\"a\":1,\"b\":\"x\"}"), "(1, x)") << spaces;
  }
}

// Every one of them is a failure with a reason, whether the column is used or not, and the rows
// around it are not touched.
TEST(JsonDecoderTest, Garbage) {
  const std::string nul("{\"a\":1,\"b\":\"x\0y\"}", 17);
  const std::string nul_outside("{\"a\":1,\0\"b\":2}", 14);
  const std::string nul_behind("{\"a\":1\0}", 8);
  const std::vector<std::pair<std::string, std::string>> garbage = {
      {"", "22P02: invalid JSON: it is empty"},
      {"   ", "22P02: invalid JSON: it is empty"},
      {"5", "22P02: the record is not a JSON object"},
      {"[{\"a\":1}]", "22P02: the record is not a JSON object"},
      {"hello", "22P02: invalid JSON: it does not begin with a brace"},
      {"{", "22P02: invalid JSON: it has its end where a key should be, at byte 1"},
      {"{\"a\"", "22P02: invalid JSON: it has its end where a colon should be, at byte 4"},
      {"{\"a\":", "22P02: invalid JSON: it has its end where a value should be, at byte 5"},
      {"{\"a\":1",
       "22P02: invalid JSON: it has its end where a comma or a closing brace should be, at byte 6"},
      {"{\"a\":1,", "22P02: invalid JSON: it has its end where a key should be, at byte 7"},
      {"{\"a\":1,}", "22P02: invalid JSON: it has \"}\" where a key should be, at byte 7"},
      {"{\"a\":1,\"b\":\"tru", "22P02: invalid JSON: a string has no end"},
      {"{\"a\":1,\"b\":{\"c\":2}",
       "22P02: invalid JSON: it has its end where a comma or a closing brace should be, at byte "
       "18"},
      {"{\"a\":1,\"z\":[1,2}",
       "22P02: invalid JSON: it has \"}\" where a comma or the end of a list should be, at byte "
       "15"},
      {"{\"a\":1,\"z\":[1,]}",
       "22P02: invalid JSON: it has \"]\" where a value should be, at byte 14"},
      {"{\"a\":1}{\"a\":2}",
       "22P02: invalid JSON: it has \"{\" where its end should be, at byte 7"},
      {"{\"a\":1 2}",
       "22P02: invalid JSON: it has \"2\" where a comma or a closing brace should be, at byte 7"},
      {"{a:1}", "22P02: invalid JSON: it has \"a\" where a key should be, at byte 1"},
      {"{\"a\":NaN}", "22P02: column \"a\": invalid JSON: \"NaN\" is no value"},
      {"{\"a\":01}", "22P02: column \"a\": invalid JSON: \"01\" is no value"},
      {"{\"a\":1.}", "22P02: column \"a\": invalid JSON: \"1.\" is no value"},
      {"{\"a\":-}", "22P02: column \"a\": invalid JSON: \"-\" is no value"},
      {"{\"a\":1\"b\"}", "22P02: column \"a\": invalid JSON: \"1\"b\"\" is no value"},
      {"{\"z\":NaN}", "22P02: invalid JSON: it has \"NaN\" where a value should be, at byte 5"},
      {"{\"z\":nul}", "22P02: invalid JSON: it has \"nul\" where a value should be, at byte 5"},
      {"{\"z\":\"\\x\"}",
       "22P02: invalid JSON: it has \"\"\\x\"\" where a value should be, at byte 5"},
      {"{\"a\":nope,\"a\":1}", "22P02: invalid JSON: one of two equal keys has no value"},
      {"{\"a\":1e400}", "22003: column \"a\": value overflows numeric format"},
      {"{\"a\":{}}", "22P02: column \"a\": invalid input syntax for type integer: \"{}\""},
      {"{\"b\":\"\\ud800\"}", "22P02: column \"b\": invalid input syntax for type json"},
      {"{\"b\":\"\\udc00x\"}", "22P02: column \"b\": invalid input syntax for type json"},
      {"{\"b\":\"\\u0000\"}", "22P05: column \"b\": unsupported Unicode escape sequence"},
      {nul, "22021: invalid byte sequence for encoding \"UTF8\": 0x00"},
      {nul_outside, "22P02"},
      {nul_behind, "22P02"},
      {"{\"a\":\u00e9}", "22P02: column \"a\": invalid JSON: \"\u00e9\" is no value"},
      {"{\u00e9:1}", "22P02: invalid JSON: it has \"\u00e9\" where a key should be, at byte 1"},
      {"{\"b\":\"\xff\"}", "22021: invalid byte sequence for encoding \"UTF8\": 0xff"},
      {"{\"b\":\"\xed\xa0\x80\"}", "22021"},
      {"{\"b\":\"a\tb\"}", "22P02: invalid JSON: a string has a control character in it"},
  };
  for (const auto& [text, reason] : garbage) {
    Decoding decode({{"a", Type::Int4()}, {"b", Type::Text()}});
    const std::string good = R"({"a":7,"b":"fine"})";
    const std::vector<std::string> got = decode({good, text, good});
    EXPECT_EQ(got[0], "(7, fine)");
    const size_t compared = reason.size() < 6 ? reason.size() : std::string::npos;
    EXPECT_EQ(got[1].substr(0, compared), reason) << text;
    EXPECT_EQ(got[2], "(7, fine)") << text;
  }
}

TEST(JsonDecoderTest, EveryPrefixOfARecordFails) {
  Decoding decode({{"a", Type::Int4()}, {"b", Type::Text()}});
  const std::string whole = R"({"a":1,"x":[{"y":[true,"\u00e9"]},null],"b":"é"})";
  ASSERT_EQ(decode(whole), "(1, é)");
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_NE(decode(whole.substr(0, bytes)).front(), '(') << whole.substr(0, bytes);
  }
}

TEST(JsonDecoderTest, Tombstone) {
  JsonDecoder decoder({{"c", 0}});
  const std::vector<Type> types = {Type::Int4()};
  BatchBuilder builder(types);
  std::vector<UndecodedRecord> failed;
  const RawRecord record{.has_value = false};
  decoder.Decode(std::span(&record, 1), builder, failed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(ToString(failed[0].error), "22004: the record has no value (a tombstone)");
}

TEST(JsonDecoderTest, LargeAndDeepRecords) {
  Decoding decode({{"a", Type::Int4()}, {"b", Type::Text()}});
  const std::string large(10 << 20, 'x');
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  const std::string levels = std::string(999, '[') + std::string(999, ']');
  const std::vector<std::string> got =
      decode({"{\"a\":1,\"b\":\"" + large + "\"}", "{\"a\":2,\"z\":" + deep + "}",
              "{\"a\":\"" + large + "\"}", "{\"a\":3,\"z\":" + levels + "}"});
  EXPECT_EQ(got[0], "(1, " + large + ")");
  EXPECT_EQ(got[1], "54001: invalid JSON: more than 1000 levels");
  EXPECT_EQ(got[2].substr(0, 30), "22P02: column \"a\": invalid inp");
  EXPECT_LT(got[2].size(), 500u);
  EXPECT_EQ(got[3], "(3, NULL)");
}

TEST(JsonDecoderTest, ManyMembers) {
  Decoding decode({{"k1500", Type::Int4()}, {"k3", Type::Int4()}});
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += (i == 0 ? "{\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
  }
  EXPECT_EQ(decode({text + "}", text + "}"}), (std::vector<std::string>(2, "(1500, 3)")));
}

}  // namespace
}  // namespace riverrun::executor
