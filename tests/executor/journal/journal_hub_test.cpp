#include "executor/journal/journal_hub.h"

#include <gtest/gtest.h>

#include "storage/commit/table_layout.h"
#include "tests/simulation/memory_file_system.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

class JournalHubTest : public ::testing::Test {
 protected:
  JournalHubTest() {
    storage::JournalOptions options;
    options.directory = "data/journal";
    auto opened = storage::OpenLocalJournal(files_, options);
    CHECK(opened.has_value());
    journal_ = std::move(*opened);
  }

  // A commit with one row of one bigint for each of the tables.
  Lsn Append(std::vector<uint32_t> tables, int64_t value) {
    storage::CommitRecord commit;
    for (const uint32_t table : tables) {
      Batch rows;
      rows.rows = 1;
      rows.columns = {Value::Int8(value).column()};
      commit.deltas.push_back({{table}, 0, rows});
    }
    const auto lsn = journal_->Append(std::move(commit));
    CHECK(lsn.has_value());
    return *lsn;
  }
  static void StopBefore(SourceReader& reader, Lsn bound) {
    Position position = reader.Positions().front();
    position.offset = static_cast<int64_t>(bound);
    reader.StopBefore(std::span(&position, 1));
  }
  // All that a reader delivers now.
  static std::vector<int64_t> Drain(SourceReader& reader) {
    std::vector<int64_t> values;
    while (true) {
      auto polled = reader.Poll(1000, 1 << 20);
      CHECK(polled.has_value());
      if (!*polled) return values;
      values.push_back((*polled)->rows.columns[0].At<int64_t>(0));
    }
  }

  simulation::MemoryFileSystem files_{1};
  std::unique_ptr<storage::LocalJournal> journal_;
};

TEST_F(JournalHubTest, NothingIsReadBeforeABoundIsKnown) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto reader = hub.Open({7}, 0, false);
  Append({7}, 1);
  EXPECT_TRUE(Drain(*reader).empty());
}

TEST_F(JournalHubTest, CommitsBeforeTheBoundAndNoneBehindIt) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto reader = hub.Open({7}, 0, false);
  Append({7}, 1);
  Append({7}, 2);
  const Lsn third = Append({7}, 3);
  StopBefore(*reader, third);
  EXPECT_EQ(Drain(*reader), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(reader->Positions().front().offset, static_cast<int64_t>(third));
  StopBefore(*reader, journal_->End());
  EXPECT_EQ(Drain(*reader), std::vector<int64_t>{3});
}

TEST_F(JournalHubTest, CommitOfSeveralBatchesIsReadWhole) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto reader = hub.Open({7}, 0, false);
  const Lsn lsn = Append({7, 7, 7}, 1);
  // The tightest bound that holds the commit.
  StopBefore(*reader, lsn + 1);
  for (int batch = 0; batch < 3; ++batch) {
    EXPECT_LE(reader->Positions().front().offset, static_cast<int64_t>(lsn)) << batch;
    const auto polled = reader->Poll(1000, 1 << 20);
    ASSERT_TRUE(polled.has_value() && polled->has_value()) << batch;
  }
  EXPECT_EQ(reader->Positions().front().offset, static_cast<int64_t>(lsn) + 1);
}

TEST_F(JournalHubTest, RowsOfOtherTablesWaitForTheirReader) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto one = hub.Open({1}, 0, false);
  const auto two = hub.Open({2}, 0, false);
  Append({1, 2}, 10);
  Append({2}, 20);
  StopBefore(*one, journal_->End());
  EXPECT_EQ(Drain(*one), std::vector<int64_t>{10});
  EXPECT_TRUE(Drain(*two).empty()) << "its epoch has no bound yet";
  StopBefore(*two, journal_->End());
  EXPECT_EQ(Drain(*two), (std::vector<int64_t>{10, 20}));
}

TEST_F(JournalHubTest, ReaderOpenedLaterBeginsWhereTheHubStands) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto one = hub.Open({1}, 0, false);
  Append({1, 2}, 10);
  StopBefore(*one, journal_->End());
  Drain(*one);
  const auto two = hub.Open({2}, 0, false);
  Append({2}, 20);
  StopBefore(*two, journal_->End());
  EXPECT_EQ(Drain(*two), std::vector<int64_t>{20});
}

TEST_F(JournalHubTest, HiddenRowIdsGetTheLsnOfTheirCommit) {
  JournalHub hub(*journal_, journal_->Begin());
  const auto reader = hub.Open({3}, 0, /*row_ids=*/true);
  storage::CommitRecord commit;
  Batch rows;
  rows.rows = 1;
  rows.columns = {Value::Int8(5).column()};
  storage::AppendPendingRowIds(rows, 0);
  commit.deltas.push_back({{3}, 0, rows});
  const auto lsn = journal_->Append(std::move(commit));
  ASSERT_TRUE(lsn.has_value());
  StopBefore(*reader, journal_->End());
  const auto polled = reader->Poll(10, 1000);
  ASSERT_TRUE(polled.has_value() && polled->has_value());
  EXPECT_EQ((*polled)->rows.columns[1].At<int64_t>(0), static_cast<int64_t>(*lsn));
}

}  // namespace
}  // namespace riverrun::executor
