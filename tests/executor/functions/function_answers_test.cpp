// What functions answer, compared with PostgreSQL 15: the tables are in the .tsv files.
#include <gtest/gtest.h>

#include <set>

#include "executor/functions/builtin.h"
#include "tests/executor/functions/function_cases.h"

namespace riverrun::executor {
namespace {

TEST(FunctionAnswersTest, Strings) { ExpectCases("string_answers.tsv"); }
TEST(FunctionAnswersTest, Patterns) { ExpectCases("pattern_answers.tsv"); }
TEST(FunctionAnswersTest, Times) { ExpectCases("time_answers.tsv"); }
TEST(FunctionAnswersTest, TimeTemplates) { ExpectCases("to_char_answers.tsv"); }
TEST(FunctionAnswersTest, Json) { ExpectCases("json_answers.tsv"); }
TEST(FunctionAnswersTest, Arrays) { ExpectCases("array_answers.tsv"); }

TEST(FunctionAnswersTest, NowIsTheEpochs) {
  Settings settings;
  settings.time_zone = TimeZone::Find("Europe/Berlin").value();
  const Micros now = Value::TimestampTz("2026-07-01 22:30:00+00").As<Micros>();
  const auto call = [&](std::string_view function, const std::vector<Value>& args = {}) {
    return CallFunction(function, args, true, settings, now);
  };
  for (const std::string_view name :
       {"now", "transaction_timestamp", "statement_timestamp", "current_timestamp"}) {
    EXPECT_EQ(call(name), "2026-07-02 00:30:00+02");
  }
  EXPECT_EQ(call("current_date"), "2026-07-02");
  EXPECT_EQ(call("current_time"), "00:30:00+02");
  EXPECT_EQ(call("localtime"), "00:30:00");
  EXPECT_EQ(call("localtimestamp"), "2026-07-02 00:30:00");
  EXPECT_EQ(call("age", {Value::Timestamp("2026-06-30 12:00")}), "1 day 12:00:00");
  EXPECT_EQ(call("age", {Value::TimestampTz("2026-06-30 22:00+00")}), "1 day");
  EXPECT_EQ(call("make_timestamptz", {Value::Int4(2026), Value::Int4(7), Value::Int4(1),
                                      Value::Int4(12), Value::Int4(0), Value::Float8(0)}),
            "2026-07-01 12:00:00+02");
  EXPECT_EQ(
      call("timezone", {Value::Text("America/New_York"), Value::Of(Type::TimeTz(), "12:00+00")}),
      "08:00:00-04");
}

TEST(FunctionAnswersTest, VolatileFunctionsAreRefused) {
  for (const std::string name : {"clock_timestamp", "timeofday", "gen_random_uuid"}) {
    EXPECT_EQ(CallFunction(name, {}, true),
              "0A000: " + name + "() is not supported: a result computed again must be the same");
  }
}

TEST(FunctionAnswersTest, EveryFunctionIsAsked) {
  std::set<std::string> called = {
      // Tested above.
      "current_date() -> date", "current_time() -> time with time zone",
      "localtime() -> time without time zone", "localtimestamp() -> timestamp without time zone",
      "age(timestamp without time zone) -> interval", "age(timestamp with time zone) -> interval",
      "clock_timestamp() -> timestamp with time zone", "timeofday() -> text",
      "gen_random_uuid() -> uuid",
      // The files hold no rows; see below.
      "row_to_json(record) -> json"};
  for (const std::string file : {"string_answers.tsv", "pattern_answers.tsv", "time_answers.tsv",
                                 "to_char_answers.tsv", "json_answers.tsv", "array_answers.tsv"}) {
    called.merge(CalledIn(file));
  }
  FunctionRegistry registry;
  for (const auto family :
       {RegisterSubstringFunctions, RegisterTextTransforms, RegisterLike, RegisterQuoting,
        RegisterFormat, RegisterEncoding, RegisterRegex, RegisterTimeFields, RegisterTimeMaking,
        RegisterAtTimeZone, RegisterToChar, RegisterJsonAccess, RegisterJsonBuilding,
        RegisterJsonSet, RegisterArrayFunctions, RegisterArraySearch}) {
    family(registry);
  }
  for (const Function* function : registry.List()) {
    EXPECT_TRUE(called.contains(function->text)) << function->text;
  }
}

TEST(FunctionAnswersTest, RowsBecomeObjects) {
  const Value row = Value::Row({Value::Int4(1), Value::Text("a\"b"), Value::Null(Type::Bool())});
  EXPECT_EQ(CallFunction("row_to_json", {row}, false), R"({"f1":1,"f2":"a\"b","f3":null})");
  EXPECT_EQ(CallFunction("to_jsonb", {row}, false), R"({"f1": 1, "f2": "a\"b", "f3": null})");
}

TEST(FunctionAnswersTest, ElementsTakeTheArraysFormOfNumeric) {
  const Value decimals = Value::Of(Type::Array(Type::Decimal(10, 2)), "{1.50}");
  const Value numerics = Value::Of(Type::Array(Type::Numeric()), "{1.500}");
  const Value number = Value::Numeric("2.125");
  for (const bool constants : {true, false}) {
    EXPECT_EQ(
        CallFunction("array_append", {numerics, Value::Of(Type::Decimal(10, 2), "7")}, constants),
        "{1.500,7.00}");
    EXPECT_EQ(CallFunction("array_cat", {decimals, numerics}, constants), "{1.50,1.500}");
    EXPECT_EQ(CallFunction("array_position", {decimals, Value::Numeric("1.5")}, constants), "1");
    EXPECT_EQ(CallFunction("= any", {number, decimals}, constants), "f");
  }
}

}  // namespace
}  // namespace riverrun::executor
