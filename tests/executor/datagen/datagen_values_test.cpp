#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/executor/datagen/generated_stream.h"
#include "tests/random_data.h"
#include "types/codec/key.h"
#include "types/text/text_format.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

using ::testing::ElementsAre;

// `count` values of a column "v".
std::vector<std::string> Values(const Type& type, Options options, int64_t count = 1000) {
  ManualClock clock;
  return RowsOf(*MakeStream({{"v", type}}, std::move(options), clock), 1, 0, count);
}

std::vector<double> Numbers(const Type& type, Options options) {
  std::vector<double> numbers;
  for (const std::string& text : Values(type, std::move(options))) {
    numbers.push_back(std::stod(text));
  }
  return numbers;
}

// The same for ever and on every machine: a view that was filled once is filled again at a restart.
TEST(DatagenValues, AreFixed) {
  EXPECT_THAT(Values(Type::Int8(), {}, 3), ElementsAre("428065", "96754", "481963"));
  EXPECT_THAT(Values(Type::Text(), {}, 2), ElementsAre("soqnymxikv", "pbpvjkjjhw"));
  EXPECT_THAT(Values(Type::Float8(), {}, 2),
              ElementsAre("0.4280650270505988", "0.09675476125868565"));
  EXPECT_THAT(Values(Type::Uuid(), {}, 1), ElementsAre("4fe87bee-85a3-4eb2-8547-e87c6ac5d665"));
  EXPECT_THAT(Values(Type::Jsonb(), {}, 1),
              ElementsAre(R"({"id": 312141, "name": "kvukmxhu"})"));
  EXPECT_THAT(Values(Type::Decimal(38, 10), {{"fields.v.max", "1e27"}}, 1),
              ElementsAre("566298060085332593731327962.2146711190"));
  EXPECT_THAT(Values(Type::Array(Type::Int4()), {}, 1),
              ElementsAre("{312141,353049,156422}"));
}

// What a user types is what comes out: each value reads back as itself, under the type's modifier.
TEST(DatagenValues, OfEveryTypeAreValuesOfTheType) {
  std::vector<Type> types = testing::EveryType();
  Type rounded = Type::Timestamp();
  rounded.typmod = 0;
  types.push_back(rounded);
  for (const Type& type : types) {
    ManualClock clock;
    const Options options = {{"fields.v.null_rate", "0.2"}, {"event_rate", "0.0001"}};
    const auto stream = MakeStream({{"v", type}}, options, clock);
    const auto reader = OpenAt(*stream, At({0}), {0});
    reader->StopBefore(At({500}));
    const auto batch = PollOnce(*reader);
    const Column& column = batch->rows.columns[0];
    ASSERT_EQ(column.type, type);
    TextWriter writer{Settings{}};
    std::set<std::string> images;
    int nulls = 0;
    for (uint32_t row = 0; row < 500; ++row) {
      if (column.IsNull(row)) {
        ++nulls;
        EXPECT_TRUE(!IsStringKind(type.kind) || column.BytesAt(row).empty());
        continue;
      }
      const std::string text = writer.ToText(column, row);
      const Result<riverrun::Value> read = riverrun::Value::Parse(type, text);
      ASSERT_TRUE(read) << TypeName(type) << ": " << text << ": " << ToString(read.error());
      std::string image;
      AppendImage(column, row, image);
      ASSERT_EQ(read->Image(), image) << TypeName(type) << ": " << text;
      images.insert(image);
    }
    EXPECT_GT(nulls, 60) << TypeName(type);
    EXPECT_LT(nulls, 140) << TypeName(type);
    EXPECT_GE(images.size(), type.kind == TypeKind::kBool ? 2u : 10u) << TypeName(type);
  }
}

TEST(DatagenValues, KeepToTheirBounds) {
  struct Case {
    Type type;
    std::string min, max;
  };
  for (const auto& [type, min, max] :
       {Case{Type::Int2(), "-3", "4"}, Case{Type::Int4(), "-2147483648", "2147483647"},
        Case{Type::Int8(), "-9223372036854775808", "9223372036854775807"},
        Case{Type::Float8(), "-1.5", "2.5"}, Case{Type::Decimal(9, 2), "-1.25", "1.25"},
        Case{Type::Numeric(), "0.001", "0.01"}}) {
    const auto numbers = Numbers(type, {{"fields.v.min", min}, {"fields.v.max", max}});
    const double low = std::stod(min), high = std::stod(max);
    const auto [least, most] = std::ranges::minmax(numbers);
    EXPECT_GE(least, low) << TypeName(type);
    EXPECT_LE(most, high) << TypeName(type);
    // Both ends are near: a thousand draws leave no gap of a hundredth at an end but once in 10^4.
    EXPECT_LT(least - low, (high - low) * 0.02 + 0.001) << TypeName(type);
    EXPECT_LT(high - most, (high - low) * 0.02 + 0.001) << TypeName(type);
  }
}

TEST(DatagenValues, ABoundAloneIsEnough) {
  EXPECT_GE(std::ranges::min(Numbers(Type::Int8(), {{"fields.v.min", "5000000"}})), 5e6);
  EXPECT_LE(std::ranges::max(Numbers(Type::Int8(), {{"fields.v.max", "-5"}})), -5);
  EXPECT_LE(std::ranges::max(Numbers(Type::Int2(), {{"fields.v.min", "32760"}})), 32767);
  EXPECT_GE(std::ranges::min(Numbers(Type::Float4(), {{"fields.v.min", "10"}})), 10);
}

TEST(DatagenValues, AreSpreadEvenly) {
  std::map<std::string, int> count;
  for (const std::string& value : Values(Type::Int4(), {{"fields.v.max", "9"}}, 100'000)) {
    ++count[value];
  }
  ASSERT_EQ(count.size(), 10u);
  for (const auto& [value, times] : count) EXPECT_NEAR(times, 10'000, 500) << value;
}

TEST(DatagenValues, SequencesCount) {
  EXPECT_THAT(Values(Type::Int8(), {{"fields.v.kind", "sequence"}}, 3), ElementsAre("0", "1", "2"));
  EXPECT_THAT(Values(Type::Int4(), {{"fields.v.start", "-1"}}, 3), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(Values(Type::Numeric(), {{"fields.v.start", "9"}}, 2), ElementsAre("9", "10"));
  EXPECT_THAT(Values(Type::Decimal(9, 2), {{"fields.v.start", "9"}}, 2),
              ElementsAre("9.00", "10.00"));
  EXPECT_THAT(Values(Type::Float8(), {{"fields.v.start", "9"}}, 2), ElementsAre("9", "10"));
  EXPECT_THAT(Values(Type::Text(), {{"fields.v.start", "9"}}, 2), ElementsAre("9", "10"));
  // After the type's last value it begins again.
  EXPECT_THAT(Values(Type::Int2(), {{"fields.v.start", "32766"}}, 3),
              ElementsAre("32766", "32767", "32766"));
  EXPECT_EQ(Values(Type::Varchar(1), {{"fields.v.kind", "sequence"}}, 11).back(), "0");
}

TEST(DatagenValues, TimesPass) {
  const Options clock = {{"rate", "2"}, {"start_time", "2026-01-01 00:00:00"}};
  EXPECT_THAT(Values(Type::Timestamp(), clock, 3),
              ElementsAre("2026-01-01 00:00:00", "2026-01-01 00:00:00.5", "2026-01-01 00:00:01"));
  EXPECT_THAT(Values(Type::Timestamp(), {{"rate", "2"}, {"event_rate", "0.1"}}, 2),
              ElementsAre("2025-01-01 00:00:00", "2025-01-01 00:00:10"));
  EXPECT_THAT(Values(Type::Date(), {{"rate", "0.00001"}}, 3),
              ElementsAre("2025-01-01", "2025-01-02", "2025-01-03"));
  Options late = clock;
  late.emplace_back("fields.v.max_past", "1 minute");
  const auto times = Values(Type::Timestamp(), late);
  EXPECT_FALSE(std::ranges::is_sorted(times));
  for (size_t i = 0; i < times.size(); ++i) {
    const Micros behind = riverrun::Value::Timestamp("2026-01-01").As<Micros>() +
                          static_cast<Micros>(i) * 500'000 -
                          riverrun::Value::Timestamp(times[i]).As<Micros>();
    EXPECT_GE(behind, 0);
    EXPECT_LE(behind, 60'000'000);
  }
}

TEST(DatagenValues, TimesKeepToTheirBounds) {
  const auto dates = Values(Type::Date(), {{"fields.v.min", "2020-02-27"},
                                           {"fields.v.max", "2020-03-01"}});
  EXPECT_THAT(std::set<std::string>(dates.begin(), dates.end()),
              ElementsAre("2020-02-27", "2020-02-28", "2020-02-29", "2020-03-01"));
  for (const auto& text : Values(Type::Interval(), {{"fields.v.min", "1 day"}})) {
    EXPECT_GE(text, "24:00:00");
    EXPECT_LT(text, "48:00:00");
  }
}

TEST(DatagenValues, Lists) {
  const auto values = Values(Type::Text(), {{"fields.v.values", "a, bb,a rather long one"}});
  EXPECT_THAT(std::set<std::string>(values.begin(), values.end()),
              ElementsAre("a", "a rather long one", "bb"));
  const auto numbers =
      Values(Type::Int4(), {{"fields.v.values", "7"}, {"fields.v.null_rate", "1"}});
  EXPECT_THAT(std::set<std::string>(numbers.begin(), numbers.end()), ElementsAre("NULL"));
}

TEST(DatagenValues, Lengths) {
  EXPECT_EQ(Values(Type::Text(), {{"fields.v.length", "300"}}, 1)[0].size(), 300u);
  EXPECT_EQ(Values(Type::Text(), {{"fields.v.length", "12"}}, 1)[0].size(), 12u);
  EXPECT_EQ(Values(Type::Text(), {{"fields.v.length", "0"}}, 1)[0], "");
  EXPECT_EQ(Values(Type::Varchar(4), {}, 1)[0].size(), 4u);
  EXPECT_EQ(Values(Type::Array(Type::Int4()), {{"fields.v.length", "0"}}, 1)[0], "{}");
  const Options sevens = {
      {"fields.v.length", "2"}, {"fields.v.min", "7"}, {"fields.v.max", "7"}};
  EXPECT_EQ(Values(Type::Array(Type::Int4()), sevens, 1)[0], "{7,7}");
}

}  // namespace
}  // namespace riverrun::executor
