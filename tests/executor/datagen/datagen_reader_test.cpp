#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "executor/connectors/datagen/datagen_options.h"
#include "executor/connectors/datagen/generation_pace.h"
#include "tests/executor/datagen/generated_stream.h"

namespace riverrun::executor {
namespace {

using ::testing::ElementsAre;

constexpr Micros kSecond = 1'000'000;

std::vector<StreamColumn> Numbered() {
  return {{"n", Type::Int8()}, {"x", Type::Int8()}, {"name", Type::Text()}};
}
const Options kNumbered = {{"fields.n.kind", "sequence"}};

Options With(Options more) {
  more.insert(more.begin(), kNumbered.begin(), kNumbered.end());
  return more;
}

std::vector<int64_t> Offsets(const SourceReader& reader) {
  std::vector<int64_t> offsets;
  for (const Position& position : reader.Positions()) offsets.push_back(position.offset);
  return offsets;
}

// How many rows come until there are none.
int64_t Drain(SourceReader& reader, uint32_t rows_max = 4096) {
  int64_t rows = 0;
  while (const auto batch = PollOnce(reader, rows_max)) rows += batch->rows.rows;
  return rows;
}

TEST(DatagenReader, RowsDependOnTheirNumbersAlone) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), kNumbered, clock);
  const auto all = RowsOf(*stream, 3, 0, 5000);
  ASSERT_EQ(all.size(), 5000u);
  EXPECT_EQ(RowsOf(*stream, 3, 0, 5000, 1000), all);
  EXPECT_EQ(RowsOf(*stream, 3, 0, 100, 1), std::vector(all.begin(), all.begin() + 100));
  EXPECT_EQ(RowsOf(*stream, 3, 4321, 679), std::vector(all.begin() + 4321, all.end()));
  const auto other = MakeStream(Numbered(), With({{"seed", "1"}}), clock);
  EXPECT_NE(RowsOf(*other, 3, 0, 1), std::vector(all.begin(), all.begin() + 1));
}

TEST(DatagenReader, AColumnKeepsItsValuesWhenOthersComeAndGo) {
  ManualClock clock;
  const auto narrow = MakeStream({{"x", Type::Int8()}}, {}, clock);
  const auto wide = MakeStream({{"a", Type::Int8()}, {"x", Type::Int8()}}, {}, clock);
  const auto reader = OpenAt(*wide, At({0}), {1});
  reader->StopBefore(At({3}));
  const auto batch = PollOnce(*reader);
  ASSERT_TRUE(batch);
  EXPECT_EQ(TextsOf(batch->rows, 1), RowsOf(*narrow, 1, 0, 3));
}

TEST(DatagenReader, PartitionsTakeTheRowsInTurns) {
  ManualClock clock;
  const auto one = MakeStream(Numbered(), With({{"rows", "11"}}), clock);
  const auto expected = RowsOf(*one, 3, 0, 11);
  const auto stream =
      MakeStream(Numbered(), With({{"rows", "11"}, {"partitions", "3"}, {"rate", "0"}}), clock);
  EXPECT_EQ(*stream->FindEnds(), (std::vector<int64_t>{4, 4, 3}));
  EXPECT_EQ(*stream->FindBegins(), (std::vector<int64_t>{0, 0, 0}));
  const auto reader = OpenAt(*stream, At({0, 0, 0}), {0, 1, 2});
  std::vector<std::string> rows(11);
  while (const auto batch = PollOnce(*reader, 2)) {
    const auto texts = RowTexts(batch->rows);
    for (size_t i = 0; i < texts.size(); ++i) {
      rows[(static_cast<size_t>(batch->first_offset) + i) * 3 +
           static_cast<size_t>(batch->partition)] = texts[i];
    }
  }
  EXPECT_EQ(rows, expected);
  EXPECT_THAT(Offsets(*reader), ElementsAre(4, 4, 3));
  EXPECT_EQ(reader->Positions()[2].generation, 3u);
  EXPECT_EQ(reader->Positions()[2].source.value, 7u);
}

TEST(DatagenReader, MakesOnlyWhatIsWanted) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "unlimited"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0});
  const auto narrow = PollOnce(*reader, 10);
  EXPECT_EQ(narrow->rows.columns[0].encoding, Encoding::kFlat);
  EXPECT_EQ(narrow->rows.columns[1].encoding, Encoding::kConstant);
  EXPECT_EQ(narrow->rows.columns[2].encoding, Encoding::kConstant);
  reader->Want(std::vector<int>{2});
  const auto wide = PollOnce(*reader, 10);
  EXPECT_EQ(wide->first_offset, 10);
  EXPECT_EQ(wide->rows.columns[0].encoding, Encoding::kConstant);
  EXPECT_EQ(wide->rows.columns[2].encoding, Encoding::kFlat);
  EXPECT_EQ(wide->rows.columns[2].type, Type::Text());
}

TEST(DatagenReader, ComesAtItsRate) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rows-per-second", "10"}}), clock);
  const Micros begin = clock.now;
  const auto reader = OpenAt(*stream, At({100}), {0});
  EXPECT_TRUE(reader->Exhausted());
  EXPECT_FALSE(PollOnce(*reader));
  EXPECT_EQ(reader->ReadyAt(), begin + kSecond / 10);
  clock.now = begin + kSecond / 10 - 1;
  EXPECT_TRUE(reader->Exhausted());
  clock.now = begin + kSecond / 10;
  EXPECT_FALSE(reader->Exhausted());
  EXPECT_EQ(Drain(*reader), 1);
  EXPECT_THAT(Offsets(*reader), ElementsAre(101));
  clock.now = begin + 60 * kSecond;
  EXPECT_EQ(Drain(*reader), 599);
  EXPECT_EQ(reader->ReadyAt(), begin + 60 * kSecond + kSecond / 10);
}

TEST(DatagenReader, AFastRateDoesNotWakeForEveryRow) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "50000"}}), clock);
  const Micros begin = clock.now;
  const auto reader = OpenAt(*stream, At({0}), {0});
  EXPECT_EQ(reader->ReadyAt(), begin + GenerationPace::kStep);
  clock.now = *reader->ReadyAt();
  EXPECT_EQ(Drain(*reader), 500);
  EXPECT_EQ(reader->ReadyAt(), begin + 2 * GenerationPace::kStep);
}

TEST(DatagenReader, PartitionsShareTheRate) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "1"}, {"partitions", "3"}}), clock);
  const auto reader = OpenAt(*stream, At({0, 0, 0}), {0});
  clock.now += 4 * kSecond;
  EXPECT_EQ(Drain(*reader), 4);
  EXPECT_THAT(Offsets(*reader), ElementsAre(2, 1, 1));
}

TEST(DatagenReader, WakesWhenARowIsDue) {
  for (const char* rate : {"0.3", "7", "199", "1234567"}) {
    ManualClock clock;
    const auto stream = MakeStream(Numbered(), With({{"rate", rate}, {"partitions", "2"}}), clock);
    const auto reader = OpenAt(*stream, At({0, 5}), {0});
    for (int i = 0; i < 50; ++i) {
      const Micros due = *reader->ReadyAt();
      ASSERT_GT(due, clock.now) << rate;
      clock.now = due - 1;
      ASSERT_TRUE(reader->Exhausted()) << rate;
      clock.now = due;
      ASSERT_GT(Drain(*reader), 0) << rate;
    }
  }
}

TEST(DatagenReader, AClockThatGoesBackTakesNothingAway) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "10"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0});
  clock.now += 10 * kSecond;
  EXPECT_EQ(Drain(*reader), 100);
  clock.now -= 3600 * kSecond;
  EXPECT_EQ(Drain(*reader), 0);
  clock.now += kSecond;
  EXPECT_EQ(Drain(*reader), 10);
}

TEST(DatagenReader, ABoundIsReachedAtOnce) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "10"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0});
  reader->StopBefore(At({10'000}));
  EXPECT_EQ(Drain(*reader), 10'000);
  // From there the stream goes on at its rate, and does not wait until the rate has caught up.
  reader->StopBefore({});
  EXPECT_EQ(Drain(*reader), 0);
  clock.now += kSecond;
  EXPECT_EQ(Drain(*reader), 10);
  // A bound behind stops what is due.
  reader->StopBefore(At({10'010}));
  clock.now += kSecond;
  EXPECT_EQ(Drain(*reader), 0);
  EXPECT_FALSE(reader->Exhausted());
  reader->StopBefore({});
  EXPECT_EQ(Drain(*reader), 10);
}

TEST(DatagenReader, ContinuesWhereItIsTold) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "10"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0});
  clock.now += kSecond;
  EXPECT_EQ(Drain(*reader), 10);
  ASSERT_TRUE(reader->Seek(At({1000})));
  EXPECT_EQ(Drain(*reader), 0);
  clock.now += kSecond;
  const auto batch = PollOnce(*reader);
  EXPECT_EQ(batch->first_offset, 1000);
  EXPECT_EQ(batch->rows.columns[0].At<int64_t>(0), 1000);
}

TEST(DatagenReader, EndsAfterItsRows) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rows", "25"}, {"rate", "10"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0});
  clock.now += 3600 * kSecond;
  EXPECT_EQ(Drain(*reader), 25);
  EXPECT_TRUE(reader->Exhausted());
  EXPECT_FALSE(reader->ReadyAt());
  const auto endless = MakeStream(Numbered(), kNumbered, clock);
  EXPECT_EQ(*endless->FindEnds(), std::nullopt);
}

TEST(DatagenReader, ASequenceEndsTheStream) {
  ManualClock clock;
  const auto stream =
      MakeStream({{"a", Type::Int2()}, {"b", Type::Text()}},
                 {{"fields.a.start", "5"}, {"fields.a.end", "8"}, {"fields.b.kind", "sequence"}},
                 clock);
  EXPECT_EQ(**stream->FindEnds(), (std::vector<int64_t>{4}));
  EXPECT_THAT(RowsOf(*stream, 2, 0, 100), ElementsAre("5, 0", "6, 1", "7, 2", "8, 3"));
}

TEST(DatagenReader, UnlimitedIsNeverExhausted) {
  ManualClock clock;
  const auto stream = MakeStream(Numbered(), With({{"rate", "0"}}), clock);
  const auto reader = OpenAt(*stream, At({0}), {0, 1, 2});
  EXPECT_FALSE(reader->Exhausted());
  EXPECT_FALSE(reader->ReadyAt());
  EXPECT_EQ(PollOnce(*reader)->rows.rows, kBatchRowsMax);
  // A batch is as large as its bytes allow, and has a row at least.
  EXPECT_EQ((*reader->Poll(4096, 1))->rows.rows, 1u);
  EXPECT_EQ(reader->ReadyFd(), -1);
}

TEST(DatagenReader, BeginsWhereStartSays) {
  ManualClock clock;
  const auto at = [&](const char* start, const char* partitions) {
    const auto stream = MakeStream(
        Numbered(),
        With({{"start", start}, {"partitions", partitions}, {"start_time", "2025-01-01"}}), clock);
    return *stream->FindStart();
  };
  EXPECT_THAT(at("earliest", "1"), ElementsAre(0));
  EXPECT_THAT(at("100", "1"), ElementsAre(100));
  EXPECT_THAT(at("100", "3"), ElementsAre(34, 33, 33));
  clock.now = 1'735'689'600'000'000 + 60 * kSecond;  // a minute later, at 10 rows a second
  EXPECT_THAT(at("now", "1"), ElementsAre(600));
  clock.now = 0;
  EXPECT_THAT(at("now", "1"), ElementsAre(0));
}

TEST(DatagenReader, TellsOffsetAndPartition) {
  ManualClock clock;
  const auto stream = MakeStream({{"o", Type::Int8(), "offset"}, {"p", Type::Int4(), "partition"}},
                                 {{"partitions", "2"}, {"rate", "0"}}, clock);
  const auto reader = OpenAt(*stream, At({0, 40}), {0, 1});
  PollOnce(*reader, 2);
  EXPECT_THAT(RowTexts(PollOnce(*reader, 2)->rows), ElementsAre("40, 1", "41, 1"));
}

TEST(DatagenOptions, KnowOtherSpellings) {
  ManualClock clock;
  for (const char* rate : {"rows_per_second", "rows-per-second", "datagen.rows.per.second",
                           "Rows-Per-Second", "rate"}) {
    const auto settings = ReadDatagenOptions({{}, {{rate, "7"}}});
    ASSERT_TRUE(settings) << rate;
    EXPECT_EQ(settings->rows_per_megasecond, 7'000'000) << rate;
  }
  EXPECT_EQ(ReadDatagenOptions({{}, {{"nexmark.table.type", "Bid"}}})->nexmark, NexmarkKind::kBid);
}

TEST(DatagenOptions, ErrorsNameTheOption) {
  const std::vector<StreamColumn> columns = {
      {"n", Type::Int8()}, {"t", Type::Text()}, {"at", Type::Timestamp()}, {"d", Type::Float8()}};
  const auto wrong = [&](std::string key, std::string value) {
    return WrongIn(columns, {{std::move(key), std::move(value)}});
  };
  EXPECT_EQ(wrong("rat", "1"), "22023: the connector \"datagen\" has no option \"rat\" [rat]");
  EXPECT_EQ(wrong("rate", "-1"),
            "22023: the option \"rate\" must be a number between 0.000001 and 1000000000, or "
            "unlimited [rate]");
  EXPECT_EQ(wrong("rate", "fast"), wrong("rate", "nan"));
  EXPECT_EQ(wrong("rows", "many"), "22023: the option \"rows\" must be a number of rows [rows]");
  EXPECT_EQ(wrong("partitions", "0"),
            "22023: the option \"partitions\" must be a number between 1 and 1024 [partitions]");
  EXPECT_EQ(wrong("start_time", "now"),
            "22023: the option \"start_time\" must be a timestamp [start_time]");
  EXPECT_EQ(wrong("nexmark", "bids"),
            "22023: the option \"nexmark\" must be person, auction or bid [nexmark]");
  EXPECT_EQ(wrong("fields.m.min", "1"),
            "22023: the option \"fields.m.min\" names no column whose values are generated "
            "[fields.m.min]");
  EXPECT_EQ(wrong("fields.n.mean", "1"),
            "22023: the connector \"datagen\" has no option \"fields.n.mean\" [fields.n.mean]");
  EXPECT_EQ(wrong("fields.n.min", "a"),
            "22023: the option \"fields.n.min\" must be of type bigint [fields.n.min]");
  EXPECT_EQ(wrong("fields.n.length", "3"),
            "22023: the option \"fields.n.length\" means nothing for a column of type bigint "
            "[fields.n.length]");
  EXPECT_EQ(wrong("fields.n.kind", "normal"),
            "22023: the option \"fields.n.kind\" must be 'random' or 'sequence' [fields.n.kind]");
  EXPECT_EQ(wrong("fields.at.kind", "sequence"),
            "22023: the option \"fields.at.kind\" cannot be 'sequence' for a column of type "
            "timestamp without time zone [fields.at.kind]");
  EXPECT_EQ(wrong("fields.n.null_rate", "2"),
            "22023: the option \"fields.n.null_rate\" must be a number between 0 and 1 "
            "[fields.n.null_rate]");
  EXPECT_EQ(wrong("fields.n.values", "1,b"),
            "22023: the option \"fields.n.values\" must be a list of values of type bigint "
            "[fields.n.values]");
  EXPECT_EQ(wrong("fields.d.max", "NaN"),
            "22023: the option \"fields.d.max\" leaves no finite range [fields.d.max]");
  EXPECT_EQ(WrongIn(columns, {{"fields.n.min", "9"}, {"fields.n.max", "8"}}),
            "22023: the option \"fields.n.max\" must not be below \"fields.n.min\" [fields.n.max]");
  StreamColumn strict{"n", Type::Int8()};
  strict.not_null = true;
  EXPECT_EQ(WrongIn({strict}, {{"fields.n.null_rate", "0.5"}}),
            "22023: the option \"fields.n.null_rate\" means nothing for a column that is NOT NULL "
            "[fields.n.null_rate]");
  EXPECT_EQ(WrongIn({{"k", Type::Bytea(), "key"}}, {}),
            "22023: a generated record has no metadata \"key\" [column 0]");
  EXPECT_EQ(WrongIn({{"o", Type::Int4(), "offset"}}, {}),
            "42804: the metadata \"offset\" is of type bigint [column 0]");
}

// docs/generated_streams.md has a line for each option, as the table in the code says.
TEST(DatagenOptions, StandInTheManual) {
  std::ifstream file("docs/generated_streams.md");
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  std::string missing;
  for (const auto options : {DatagenStreamOptions(), DatagenColumnOptions()}) {
    for (const DatagenOption& option : options) {
      std::string line = "| `" + std::string(option.name) + "` | ";
      line += std::string(option.values) + " | " + std::string(option.otherwise);
      line += std::string(option.otherwise.empty() ? "| " : " | ") + std::string(option.summary);
      line += " |\n";
      if (manual.find(line) == std::string::npos) missing += line;
    }
  }
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace riverrun::executor
