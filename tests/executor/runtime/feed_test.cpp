#include "executor/runtime/feed.h"

#include <gtest/gtest.h>

#include "types/value.h"

namespace riverrun::executor {
namespace {

Batch OneRow(int64_t a, int64_t b) {
  Batch batch;
  batch.rows = 1;
  batch.columns = {Value::Int8(a).column(), Value::Int8(b).column()};
  return batch;
}

int64_t Cell(const std::optional<Message>& message, size_t column) {
  const auto* batch = message ? std::get_if<Batch>(&*message) : nullptr;
  return batch == nullptr ? -1 : batch->columns[column].At<int64_t>(0);
}

TEST(Feed, EveryReaderGetsItsColumns) {
  Feed feed(4);
  const auto left = feed.Subscribe({0});
  const auto right = feed.Subscribe({1, 0});
  feed.Put(OneRow(7, 8));
  EXPECT_EQ(Cell(left->Poll(), 0), 7);
  const auto message = right->Poll();
  EXPECT_EQ(Cell(message, 0), 8);
  EXPECT_EQ(Cell(message, 1), 7);
  EXPECT_EQ(left->Poll(), std::nullopt);
}

TEST(Feed, SlowestReaderFillsIt) {
  Feed feed(2);
  const auto quick = feed.Subscribe({0});
  const auto slow = feed.Subscribe({0});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(feed.HasRoom());
    feed.Put(OneRow(i, i));
    quick->Poll();
  }
  EXPECT_FALSE(feed.HasRoom());
  slow->Poll();
  EXPECT_TRUE(feed.HasRoom());
}

TEST(Feed, ReaderThatMayBeBehindFillsItOnlyOnceItMayNot) {
  Feed feed(1);
  const auto behind = std::make_shared<Behind>();
  const auto reader = feed.Subscribe({0}, behind);
  for (int i = 0; i < 10; ++i) feed.Put(OneRow(i, i));
  EXPECT_TRUE(feed.HasRoom());
  behind->is_behind = false;
  EXPECT_FALSE(feed.HasRoom());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Cell(reader->Poll(), 0), i) << "nothing was dropped";
  EXPECT_TRUE(feed.HasRoom());
}

TEST(Feed, WhatWaitsForOneThatIsBehindIsBounded) {
  Feed feed(1, 10'000);
  const auto behind = std::make_shared<Behind>();
  const auto reader = feed.Subscribe({0}, behind);
  const auto other = feed.Subscribe({0});
  for (int i = 0; i < 1000; ++i) {
    feed.Put(OneRow(i, i));
    EXPECT_EQ(Cell(reader->Poll(), 0), i);
    other->Poll();
  }
  EXPECT_FALSE(behind->overflown) << "what has been taken waits no more";
  int put = 0;
  for (; put < 1000 && !behind->overflown; ++put) feed.Put(OneRow(put, put));
  EXPECT_GT(put, 10);
  EXPECT_LT(put, 200);
  EXPECT_EQ(reader->Poll(), std::nullopt);
  EXPECT_EQ(Cell(other->Poll(), 0), 0) << "the others miss nothing";
}

TEST(Feed, OneThatReadsTheRowsItselfIsToldOfEpochsAndWhereTheyEnd) {
  Feed feed(4);
  const auto behind = std::make_shared<Behind>();
  behind->rows = false;
  const auto reader = feed.Subscribe({0}, behind);
  const auto epoch = [&](Epoch number, int64_t offset) {
    feed.Put(EpochOpen{{number, 0}});
    feed.Put(OneRow(offset, 0));
    feed.Put(Watermark{0, offset});
    Position end;
    end.offset = offset;
    feed.NoteEnd({end}, {{0, 0, offset, 5}});
    feed.Put(Barrier{.info = {number, 0}});
  };
  const auto kinds = [&] {
    std::vector<size_t> seen;
    while (const std::optional<Message> message = reader->Poll()) seen.push_back(message->index());
    return seen;
  };
  const size_t rows = Message(Batch()).index(), open = Message(EpochOpen()).index();
  const size_t mark = Message(Watermark()).index(), barrier = Message(Barrier()).index();
  epoch(1, 10);
  epoch(2, 20);
  EXPECT_EQ(kinds(), (std::vector<size_t>{open, barrier, open, barrier}));
  EXPECT_EQ(behind->end.front().offset, 20);
  EXPECT_EQ(behind->raises.size(), 2) << "those of every epoch";
  feed.GiveRows();
  epoch(3, 30);
  EXPECT_EQ(kinds(), (std::vector<size_t>{open, rows, mark, barrier}));
  EXPECT_EQ(behind->end.front().offset, 20) << "the rows behind come through the feed";
}

TEST(Feed, WatermarkOfAColumnThatIsNotReadIsLeftOut) {
  Feed feed(4);
  const auto reader = feed.Subscribe({1});
  feed.Put(Watermark{0, 5});
  feed.Put(Watermark{1, 6});
  const auto message = reader->Poll();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<Watermark>(*message), (Watermark{0, 6}));
  EXPECT_EQ(reader->Poll(), std::nullopt);
}

TEST(Feed, ReaderThatLeavesHoldsNothingBack) {
  Feed feed(1);
  auto reader = feed.Subscribe({0});
  feed.Put(OneRow(1, 1));
  EXPECT_FALSE(feed.HasRoom());
  EXPECT_TRUE(feed.HasReaders());
  reader.reset();
  EXPECT_TRUE(feed.HasRoom());
  EXPECT_FALSE(feed.HasReaders());
  EXPECT_EQ(feed.subscribers(), 0);
}

}  // namespace
}  // namespace riverrun::executor
