// Nexmark's rows against md5 sums that other programs computed (docs/benchmarks.md): a generator
// written apart from this one made the input, Flink and DuckDB the answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "executor/connectors/datagen/nexmark_events.h"
#include "executor/functions/text/digest.h"
#include "tests/executor/datagen/generated_stream.h"
#include "types/time/time_text.h"

namespace riverrun::executor {
namespace {

constexpr int64_t kEvents = 100'000, kBids = 92'000;

std::string Md5Of(std::string_view bytes) {
  std::string text;
  for (const uint8_t byte : Md5(bytes)) {
    for (const int digit : {byte >> 4, byte & 15}) text += "0123456789abcdef"[digit];
  }
  return text;
}

// As fold.py prints an answer: rows sorted by bytes, timestamps with three digits.
std::string Md5OfAnswer(std::vector<std::string> rows) {
  std::ranges::sort(rows);
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return Md5Of(text);
}

std::string Time(int64_t ms) {
  std::string text;
  AppendTimestamp(ms * 1000, {}, text);
  if (text.size() == 19) text += '.';
  text.resize(23, '0');
  return text;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

const NexmarkEvents& Events() {
  static const NexmarkEvents events;
  return events;
}

std::string PersonJson(int64_t n) {
  const NexmarkPerson p = Events().Person(n);
  return "{\"id\":" + std::to_string(p.id) + ",\"name\":" + Quoted(p.name.view()) +
         ",\"emailAddress\":" + Quoted(p.email.view()) +
         ",\"creditCard\":" + Quoted(p.credit_card.view()) + ",\"city\":" + Quoted(p.city) +
         ",\"state\":" + Quoted(p.state) + ",\"dateTime\":" + Quoted(Time(Events().TimeOf(n))) +
         ",\"extra\":" + Quoted(p.extra) + "}";
}

std::string AuctionJson(int64_t n) {
  const NexmarkAuction a = Events().Auction(n);
  return "{\"id\":" + std::to_string(a.id) + ",\"itemName\":" + Quoted(a.item_name.view()) +
         ",\"description\":" + Quoted(a.description.view()) +
         ",\"initialBid\":" + std::to_string(a.initial_bid) +
         ",\"reserve\":" + std::to_string(a.reserve) +
         ",\"dateTime\":" + Quoted(Time(Events().TimeOf(n))) +
         ",\"expires\":" + Quoted(Time(a.expires_ms)) + ",\"seller\":" + std::to_string(a.seller) +
         ",\"category\":" + std::to_string(a.category) + ",\"extra\":" + Quoted(a.extra) + "}";
}

std::string BidJson(int64_t n, std::string_view time_key, const std::string& time) {
  const NexmarkBid b = Events().Bid(n);
  return "{\"auction\":" + std::to_string(b.auction) + ",\"bidder\":" + std::to_string(b.bidder) +
         ",\"price\":" + std::to_string(b.price) +
         ",\"channel\":" + Quoted(Events().texts().channel(b.channel).view()) +
         ",\"url\":" + Quoted(Events().texts().url(b.channel).view()) + "," + Quoted(time_key) +
         ":" + time + ",\"extra\":" + Quoted(b.extra) + "}";
}

TEST(Nexmark, EventsAreThoseOfTheReference) {
  std::string lines;
  for (int64_t n = 0; n < kEvents; ++n) {
    const int64_t slot = n % 50;
    const std::string kind = slot == 0 ? "0" : slot < 4 ? "1" : "2";
    const std::string bid =
        slot < 4 ? "null" : BidJson(n, "dateTime", Quoted(Time(Events().TimeOf(n))));
    lines += "{\"event_type\":" + kind + ",\"person\":" + (slot == 0 ? PersonJson(n) : "null") +
             ",\"auction\":" + (slot > 0 && slot < 4 ? AuctionJson(n) : "null") +
             ",\"bid\":" + bid + "}\n";
  }
  // The reference ends with a person that closes the last windows.
  lines += "{\"event_type\":0,\"person\":{\"id\":0,\"name\":\"\",\"emailAddress\":\"\","
           "\"creditCard\":\"\",\"city\":\"\",\"state\":\"ZZ\",\"dateTime\":" +
           Quoted(Time(Events().TimeOf(kEvents - 1) + 60'000)) +
           ",\"extra\":\"\"},\"auction\":null,\"bid\":null}\n";
  EXPECT_EQ(Md5Of(lines), "847197c1ba3c4ea394a36d13afa3986d");
}

TEST(Nexmark, BidsAreThoseOfTheReference) {
  std::string lines;
  for (int64_t i = 0; i < kBids; ++i) {
    const int64_t n = NexmarkEventNumber(NexmarkKind::kBid, i);
    lines += BidJson(n, "datetime", std::to_string(Events().TimeOf(n))) + "\n";
  }
  EXPECT_EQ(Md5Of(lines), "9eddbddd0eaac4bb9f963b4367ba4af8");
}

std::vector<StreamColumn> BidColumns() {
  return {{"auction", Type::Int8()},         {"bidder", Type::Int8()}, {"price", Type::Int8()},
          {"date_time", Type::Timestamp()},  {"extra", Type::Text()},  {"channel", Type::Text()},
          {"url", Type::Text()}};
}

TEST(Nexmark, ColumnsGiveTheAnswerOfQ0) {
  ManualClock clock;
  auto columns = BidColumns();
  columns.resize(5);
  const auto stream = MakeStream(columns, {{"nexmark", "bid"}}, clock);
  std::vector<std::string> rows = RowsOf(*stream, 5, 0, kBids);
  for (std::string& row : rows) {
    // Times of whole seconds print without a fraction, others without trailing zeros.
    const size_t begin = row.find("2023-"), end = row.find(',', begin);
    std::string time = row.substr(begin, end - begin);
    if (time.size() == 19) time += '.';
    time.resize(23, '0');
    row.replace(begin, end - begin, time);
  }
  EXPECT_EQ(Md5OfAnswer(rows), "80fae06f9f5f4fb30e2768e6653f0350");
}

TEST(Nexmark, ColumnsGiveTheAnswerOfQ2) {
  ManualClock clock;
  const auto stream = MakeStream({{"auction", Type::Int8()}, {"price", Type::Int8()}},
                                 {{"nexmark", "bid"}, {"rows", std::to_string(kBids)}}, clock);
  EXPECT_EQ(**stream->FindEnds(), std::vector<int64_t>{kBids});
  std::vector<std::string> rows = RowsOf(*stream, 2, 0, kBids);
  std::erase_if(rows, [](const std::string& row) { return std::stoll(row) % 123 != 0; });
  EXPECT_EQ(Md5OfAnswer(rows), "82bd16f121fbffe435e301ba57c1eeda");
}

// Fields that are not wanted cost no draws; the others must not change for it.
TEST(Nexmark, AFieldDoesNotDependOnWhatElseIsWanted) {
  ManualClock clock;
  const auto columns = BidColumns();
  const auto stream = MakeStream(columns, {{"nexmark", "bid"}, {"rate", "0"}}, clock);
  const auto all = OpenAt(*stream, At({500}), {0, 1, 2, 3, 4, 5, 6});
  const Batch expected = PollOnce(*all, 200)->rows;
  for (int column = 0; column < 7; ++column) {
    const auto reader = OpenAt(*stream, At({500}), {column});
    const Batch batch = PollOnce(*reader, 200)->rows;
    const auto i = static_cast<size_t>(column);
    EXPECT_EQ(TextsOf(batch, i), TextsOf(expected, i)) << columns[i].name;
  }
}

TEST(Nexmark, PersonsAndAuctionsHaveColumns) {
  ManualClock clock;
  const auto auctions = MakeStream(
      {{"id", Type::Int8()}, {"item_name", Type::Text()}, {"description", Type::Text()},
       {"initialBid", Type::Int8()}, {"reserve", Type::Int8()}, {"dateTime", Type::Int8()},
       {"expires", Type::TimestampTz()}, {"seller", Type::Int8()}, {"category", Type::Int8()},
       {"extra", Type::Text()}},
      {{"nexmark", "auction"}}, clock);
  const NexmarkAuction a = Events().Auction(NexmarkEventNumber(NexmarkKind::kAuction, 7));
  const auto row = RowsOf(*auctions, 10, 7, 1)[0];
  const int64_t n = NexmarkEventNumber(NexmarkKind::kAuction, 7);
  EXPECT_EQ(n, 102);
  EXPECT_TRUE(row.starts_with(std::to_string(a.id) + ", " + std::string(a.item_name.view()) + ", " +
                              std::string(a.description.view()) + ", " +
                              std::to_string(a.initial_bid) + ", " + std::to_string(a.reserve) +
                              ", " + std::to_string(Events().TimeOf(n)) + ", 2023-11-14 "))
      << row;
  const auto persons =
      MakeStream({{"name", Type::Text()}, {"emailAddress", Type::Text()},
                  {"credit_card", Type::Text()}, {"city", Type::Text()}, {"state", Type::Text()}},
                 {{"nexmark", "Person"}, {"partitions", "2"}}, clock);
  const NexmarkPerson p = Events().Person(NexmarkEventNumber(NexmarkKind::kPerson, 6));
  EXPECT_EQ(RowsOf(*persons, 5, 3, 1)[0],
            std::string(p.name.view()) + ", " + std::string(p.email.view()) + ", " +
                std::string(p.credit_card.view()) + ", " + std::string(p.city) + ", " +
                std::string(p.state));
}

TEST(Nexmark, NumbersOfAKind) {
  for (const NexmarkKind kind : {NexmarkKind::kPerson, NexmarkKind::kAuction, NexmarkKind::kBid}) {
    for (int64_t i = 0; i < 200; ++i) {
      const int64_t n = NexmarkEventNumber(kind, i);
      EXPECT_EQ(NexmarkCountBefore(kind, n), i);
      EXPECT_EQ(NexmarkCountBefore(kind, n + 1), i + 1);
    }
  }
}

TEST(Nexmark, ErrorsNameTheColumn) {
  EXPECT_EQ(WrongIn({{"auction", Type::Int8()}, {"prize", Type::Int8()}}, {{"nexmark", "bid"}}),
            "42703: Nexmark has no \"prize\" in this stream [column 1]");
  EXPECT_EQ(WrongIn({{"auction", Type::Text()}}, {{"nexmark", "bid"}}),
            "42804: column \"auction\" of Nexmark cannot be of type text [column 0]");
  EXPECT_EQ(WrongIn({{"price", Type::Int8()}}, {{"nexmark", "bid"}, {"fields.price.min", "1"}}),
            "22023: the option \"fields.price.min\" means nothing in a stream of Nexmark "
            "[fields.price.min]");
}

}  // namespace
}  // namespace riverrun::executor
