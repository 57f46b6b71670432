#include "types/text/jsonb.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"
#include "types/text/json_scanner.h"

namespace riverrun {
namespace {

using testing::RandomData;

std::string Canonical(std::string_view text) {
  std::string out;
  const Result<void> read = CanonicalJson(text, out);
  return read ? out : ToString(read.error());
}

std::string KeyOfJson(std::string_view text) {
  std::string key;
  AppendJsonbKey(Canonical(text), key);
  return key;
}

TEST(JsonbTest, KeysOrderAsPostgresDoes) {
  const std::string_view ascending[] = {"[]",
                                        "null",
                                        "\"\"",
                                        "\"a\"",
                                        "\"ab\"",
                                        "\"b\"",
                                        "-1",
                                        "0",
                                        "1.5",
                                        "1e2",
                                        "false",
                                        "true",
                                        "[null]",
                                        "[\"a\"]",
                                        "[1]",
                                        "[true]",
                                        "[[]]",
                                        "[{}]",
                                        "[1, 2]",
                                        "[1, 3]",
                                        "[2, 0]",
                                        "{}",
                                        R"({"a": 1})",
                                        R"({"a": 2})",
                                        R"({"a": []})",
                                        R"({"a": {}})",
                                        R"({"b": 0})",
                                        R"({"a": 1, "b": 1})",
                                        R"({"b": 1, "aa": 0})"};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(KeyOfJson(ascending[i]) < KeyOfJson(ascending[j]), i < j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(JsonbTest, NumbersCompareByValue) {
  EXPECT_EQ(KeyOfJson("[1.0]"), KeyOfJson("[1.00]"));
  EXPECT_NE(Canonical("[1.0]"), Canonical("[1.00]"));
  EXPECT_EQ(KeyOfJson(R"({"a":1,"b":2})"), KeyOfJson(R"({"b":2,"a":1})"));
}

TEST(JsonbTest, KeysAreSelfDelimiting) {
  RandomData random(1);
  std::vector<std::string> keys;
  for (int i = 0; i < 300; ++i) keys.push_back(KeyOfJson(random.Json()));
  for (const std::string& a : keys) {
    for (const std::string& b : keys) ASSERT_TRUE(a == b || !b.starts_with(a));
  }
}

TEST(JsonbTest, CanonicalFormIsStable) {
  RandomData random(2);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = random.Json(4);
    const std::string canonical = Canonical(text);
    EXPECT_TRUE(CheckJson(text).has_value());
    EXPECT_EQ(Canonical(canonical), canonical);
    EXPECT_EQ(KeyOfJson(canonical), KeyOfJson(text));
  }
}

TEST(JsonbTest, BothReadersRefuseTheSame) {
  RandomData random(3);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string text = random.Json();
    const char other = " {}[]\",:0-e"[random.Below(11)];
    text[random.Below(static_cast<uint32_t>(text.size()))] = other;
    const bool valid = CheckJson(text).has_value();
    refused += valid ? 0 : 1;
    std::string out = "kept";
    const Result<void> canonical = CanonicalJson(text, out);
    if (!valid) {
      EXPECT_EQ(out, "kept");
    }
    // Only the range of numbers is the canonical form's own concern.
    const bool range =
        !canonical && canonical.error().sqlstate == sqlstate::kNumericValueOutOfRange;
    EXPECT_EQ(canonical.has_value() || range, valid) << text;
  }
  EXPECT_GT(refused, 500);
}

TEST(JsonbTest, DepthIsLimited) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(CheckJson(nested(kJsonDepthMax)).has_value());
  EXPECT_EQ(Canonical(nested(kJsonDepthMax)), nested(kJsonDepthMax));
  EXPECT_EQ(CheckJson(nested(1'000'000)).error().sqlstate, sqlstate::kStatementTooComplex);
  EXPECT_EQ(Canonical(std::string(1'000'000, '[')),
            "54001: JSON is nested deeper than 1000 levels");
  std::string objects;
  for (int i = 0; i < 5000; ++i) objects += "{\"a\":";
  EXPECT_EQ(CheckJson(objects).error().sqlstate, sqlstate::kStatementTooComplex);
}

TEST(JsonbTest, NumbersBeyondNumericAreRefused) {
  EXPECT_EQ(CheckJson("1e1000").has_value(), true);
  std::string out;
  EXPECT_EQ(CanonicalJson("[1e1000]", out).error().sqlstate, sqlstate::kNumericValueOutOfRange);
}

TEST(JsonScannerTest, SkipsValues) {
  JsonScanner scanner(R"({"a": [1, {"b": "]"}], "c": 2})");
  scanner.Next();
  scanner.Next();
  EXPECT_EQ(scanner.token(), "\"a\"");
  scanner.Next();
  EXPECT_EQ(scanner.SkipValue(scanner.Next()), R"([1, {"b": "]"}])");
  EXPECT_EQ(scanner.Next(), JsonToken::kComma);
  scanner.Next();
  scanner.Next();
  EXPECT_EQ(scanner.SkipValue(scanner.Next()), "2");
  EXPECT_EQ(scanner.Next(), JsonToken::kEndObject);
  EXPECT_EQ(scanner.Next(), JsonToken::kEnd);
  EXPECT_EQ(scanner.Next(), JsonToken::kEnd);
}

}  // namespace
}  // namespace riverrun
