// Histories of a journal that is killed, loses power and meets a failing disk at random moments.
//
// More of them: RIVERRUN_SEEDS=100000 storage_test --gtest_filter=JournalCrash.RandomHistories
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/storage/journal_fixture.h"
#include "tests/storage/seeds.h"

namespace riverrun::storage {
namespace {

using simulation::CrashKind;
using simulation::MemoryFileSystem;

/// One journal through several processes, and what must be found in it.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed), files_(seed) {
    options_ = SmallOptions(150 + Below(1500), 40 + Below(300), Below(1500));
  }

  /// Empty when all was well, else what was not.
  std::string Run() {
    const uint64_t processes = 2 + Below(4);
    for (uint64_t i = 0; i < processes && wrong_.empty(); ++i) {
      BreakSomething();
      if (!Open()) continue;
      Compare();
      if (journal_ == nullptr) continue;
      for (uint64_t steps = Below(40); steps > 0 && wrong_.empty() && !files_.dead(); --steps)
        Act();
      Crash();
    }
    // The last process has a world without faults.
    if (wrong_.empty() && Open()) {
      Compare();
      if (journal_ != nullptr) CheckAppend();
    }
    return wrong_;
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  void Wrong(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }

  void BreakSomething() {
    const uint64_t at = files_.calls() + 1 + Below(Below(2) == 0 ? 20 : 120);
    switch (Below(4)) {
      case 0:
        files_.DieAtCall(at);
        break;
      case 1:
        files_.FailCalls(at, at + Below(3), sqlstate::kIoError);
        break;
      case 2:
        files_.FailCalls(at, at + Below(8), sqlstate::kDiskFull);
        break;
      default:
        break;
    }
  }

  bool Open() {
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto opened = OpenLocalJournal(files_, options_);
      if (opened) {
        journal_ = std::move(*opened);
        return true;
      }
      if (opened.error().sqlstate == sqlstate::kDataCorrupted) Wrong(ToString(opened.error()));
      Crash();  // which ends the faults
    }
    Wrong("does not open in a world without faults");
    return false;
  }

  void Crash() {
    const bool power = Below(2) == 0;
    reader_.reset();
    journal_.reset();
    files_.Crash(power ? CrashKind::kPowerLoss : CrashKind::kKill);
    if (power) safe_ = durable_;  // also what a kill before it left
    if (!power && known_) safe_ = appended_.size();
    known_ = false;
  }

  // What is found must be what was appended: all of what was safe, and no gap before the rest.
  void Compare() {
    auto reader = journal_->NewReader(journal_->Begin());
    auto found = reader ? ReadOn(**reader) : std::unexpected(reader.error());
    if (!found) {
      if (found.error().sqlstate == sqlstate::kDataCorrupted) Wrong(ToString(found.error()));
      return Crash();
    }
    if (in_doubt_) appended_.push_back(*in_doubt_);
    in_doubt_.reset();
    size_t first = 0;
    while (first < appended_.size() && appended_[first].lsn < journal_->Begin()) ++first;
    if (first > forgettable_) Wrong("records are gone that nobody truncated");
    const size_t last = first + found->size();
    if (last < safe_) Wrong("acknowledged records are gone");
    if (last > appended_.size()) return Wrong("there are records that nobody appended");
    for (size_t i = 0; i < found->size() && wrong_.empty(); ++i) {
      if ((*found)[i] != appended_[first + i]) Wrong("record " + std::to_string(i) + " is another");
    }
    appended_.resize(last);
    known_ = true;
    safe_ = durable_ = last;  // from here on it is served, so it must stay
    if (*journal_->Durable() != journal_->End()) Wrong("served but not durable");
  }

  void Act() {
    switch (Below(10)) {
      case 0:
        return Truncate();
      case 1:
        return Follow();
      case 2:
        return Acknowledge(Below(2) == 0);
      case 3:
        journal_->Step();
        return;
      default:
        return Append();
    }
  }

  void Append() {
    const JournalRecord record = AnyRecord();
    const Lsn end = journal_->End();
    const auto lsn = journal_->Append(record);
    const Placed placed{end, Serialize(record)};
    if (lsn) {
      if (*lsn != end) Wrong("appended elsewhere than at the end");
      appended_.push_back(placed);
    } else if (journal_->Durable()) {
      if (journal_->End() != end) Wrong("refused, and yet appended");
    } else if (!in_doubt_) {
      in_doubt_ = placed;  // the process that fails now may have written it
    }
  }

  JournalRecord AnyRecord() {
    ++number_;
    switch (Below(6)) {
      case 0:
        return MakeCut(number_, journal_->End(), static_cast<int>(Below(5)));
      case 1:
        return CheckpointRecord{number_, number_, 0};
      case 2:
        return MakeCommit(number_, std::string(Below(3000), 'l'));
      default:
        return MakeCommit(number_, std::string(Below(60), 's'));
    }
  }

  void Acknowledge(bool wait) {
    if (appended_.empty() || appended_.back().lsn >= journal_->End()) return;
    const size_t which = appended_.size() - 1 - Below(std::min<size_t>(appended_.size(), 3));
    const Lsn lsn = appended_[which].lsn;
    if (!wait) return journal_->RequestDurable(lsn);
    if (journal_->WaitDurable(lsn)) durable_ = std::max(durable_, which + 1);
  }

  void Truncate() {
    if (durable_ == 0) return;
    const size_t keep_from = Below(durable_);
    forgettable_ = std::max(forgettable_, keep_from);
    (void)journal_->TruncateBefore(appended_[keep_from].lsn);
  }

  // A reader that lives across other acts sees what was appended, in order.
  void Follow() {
    if (reader_ == nullptr) {
      auto made = journal_->NewReader(journal_->Begin());
      if (!made) return;
      reader_ = std::move(*made);
    }
    const auto seen = ReadOn(*reader_);
    if (!seen) {
      if (seen.error().sqlstate == sqlstate::kDataCorrupted) Wrong(ToString(seen.error()));
      return reader_.reset();
    }
    for (const Placed& place : *seen) {
      const auto found = std::ranges::lower_bound(appended_, place.lsn, {}, &Placed::lsn);
      if (found == appended_.end() || *found != place) return Wrong("a reader sees another record");
    }
    if (reader_->position() != journal_->End()) Wrong("a reader stops before the end");
  }

  void CheckAppend() {
    const Placed last = MustAppend(*journal_, MakeCommit(1, "last"));
    if (!journal_->WaitDurable(last.lsn)) Wrong("cannot go on after all");
    appended_.push_back(last);
    safe_ = durable_ = appended_.size();
    files_.Crash(CrashKind::kPowerLoss);
    if (Open()) Compare();
  }

  std::mt19937_64 random_;
  MemoryFileSystem files_;
  JournalOptions options_;
  std::unique_ptr<LocalJournal> journal_;
  std::unique_ptr<JournalReader> reader_;
  std::vector<Placed> appended_;    // since the journal was made
  std::optional<Placed> in_doubt_;  // the one behind them that failed
  bool known_ = false;              // `appended_` is what the journal of this process holds
  size_t durable_ = 0;              // so many survive whatever happens
  size_t safe_ = 0;                 // so many must be found next
  size_t forgettable_ = 0;          // so many may have been truncated
  uint64_t number_ = 0;
  std::string wrong_;
};

TEST(JournalCrash, RandomHistories) {
  const char* count = std::getenv("RIVERRUN_SEEDS");
  for (const uint64_t seed : Seeds(count == nullptr ? 2000 : std::strtoull(count, nullptr, 10))) {
    ASSERT_EQ(History(seed).Run(), "") << Repeat(seed);
  }
}

/// A short life of a journal in which every kind of call to the file system occurs.
struct ShortLife {
  std::vector<Placed> acknowledged;

  void Run(MemoryFileSystem& files) {
    for (uint64_t process = 0; process < 2; ++process) {
      auto opened = OpenLocalJournal(files, SmallOptions());
      if (!opened) {
        EXPECT_NE(opened.error().sqlstate, sqlstate::kDataCorrupted) << opened.error().text;
        continue;
      }
      std::vector<Placed> appended;
      for (uint64_t i = 0; i < 6; ++i) {
        const JournalRecord record = MakeCommit(process * 10 + i, std::string(i * 80, 'k'));
        const auto lsn = (*opened)->Append(record);
        if (lsn) appended.push_back({*lsn, Serialize(record)});
        if (!lsn || i % 2 == 0) continue;
        if (!(*opened)->WaitDurable(*lsn)) continue;
        acknowledged.insert(acknowledged.end(), appended.begin(), appended.end());
        appended.clear();
      }
      if (acknowledged.size() > 2) (void)(*opened)->TruncateBefore(acknowledged[1].lsn);
    }
  }
};

void FailEveryCallOnce(SqlState sqlstate, uint64_t calls_each, CrashKind kind) {
  for (uint64_t k = 1;; ++k) {
    SCOPED_TRACE("call " + std::to_string(k));
    MemoryFileSystem files(k);
    files.FailCalls(k, k + calls_each - 1, sqlstate);
    ShortLife life;
    life.Run(files);
    const bool all_tried = files.calls() < k;
    files.Crash(kind);
    const auto journal = MustOpen(files);
    ASSERT_NE(journal, nullptr);
    const auto found = ReadAll(*journal);
    for (const Placed& record : life.acknowledged) {
      if (record.lsn < journal->Begin()) continue;
      ASSERT_NE(std::ranges::find(found, record), found.end()) << "record at " << record.lsn;
    }
    const Placed last = MustAppend(*journal, MakeCommit(99, "last"));
    ASSERT_TRUE(journal->WaitDurable(last.lsn));
    if (all_tried) {
      EXPECT_GT(k, 60u);
      return;
    }
  }
}

TEST(JournalFaults, EveryCallFailsOnceWithAnIoError) {
  FailEveryCallOnce(sqlstate::kIoError, 1, CrashKind::kKill);
  FailEveryCallOnce(sqlstate::kIoError, 1, CrashKind::kPowerLoss);
}

TEST(JournalFaults, EveryCallFailsOnceWithAFullDisk) {
  FailEveryCallOnce(sqlstate::kDiskFull, 1, CrashKind::kKill);
  FailEveryCallOnce(sqlstate::kDiskFull, 1, CrashKind::kPowerLoss);
  FailEveryCallOnce(sqlstate::kDiskFull, 4, CrashKind::kPowerLoss);
}

TEST(JournalFaults, ProcessEndsInEveryCall) {
  for (const CrashKind kind : {CrashKind::kKill, CrashKind::kPowerLoss}) {
    for (uint64_t k = 1;; ++k) {
      SCOPED_TRACE("call " + std::to_string(k));
      MemoryFileSystem files(k);
      files.DieAtCall(k);
      ShortLife life;
      life.Run(files);
      const bool all_tried = !files.dead();
      files.Crash(kind);
      const auto journal = MustOpen(files);
      ASSERT_NE(journal, nullptr);
      const auto found = ReadAll(*journal);
      for (const Placed& record : life.acknowledged) {
        if (record.lsn < journal->Begin()) continue;
        ASSERT_NE(std::ranges::find(found, record), found.end()) << "record at " << record.lsn;
      }
      if (all_tried) break;
    }
  }
}

}  // namespace
}  // namespace riverrun::storage
