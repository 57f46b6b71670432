// What an opening makes of damaged files: refused with the file and the remedy, or harmless.
#include "storage/journal_opening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/crc32c.h"
#include "tests/storage/journal_fixture.h"

namespace riverrun::storage {
namespace {

using simulation::CrashKind;
using simulation::MemoryFileSystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string PathOf(std::string_view name) {
  return std::string(kJournalDirectory) + "/" + std::string(name);
}

/// A journal of several segments, some records chunked, every record acknowledged, and its process
/// gone.
class JournalOpening : public ::testing::Test {
 protected:
  JournalOpening() {
    const auto journal = MustOpen(files_);
    for (uint64_t i = 0; i < 12; ++i) {
      all_.push_back(MustAppend(*journal, MakeCommit(i, std::string(i * 30, 'x'))));
      all_.push_back(MustAppend(*journal, MakeCut(i, journal->End(), 1)));
      EXPECT_TRUE(journal->WaitDurable(all_.back().lsn));
    }
    end_ = journal->End();
    files_.Crash(CrashKind::kKill);
    for (const std::string& path : files_.Paths()) {
      if (path.ends_with(".segment")) segments_.push_back(path);
    }
  }

  Error MustRefuse() {
    auto copy = CopyOf(files_);
    const auto opened = OpenLocalJournal(*copy, SmallOptions());
    EXPECT_FALSE(opened);
    if (opened) return {};
    EXPECT_EQ(copy->Paths(), files_.Paths());  // nothing was changed
    for (const std::string& path : files_.Paths()) {
      EXPECT_EQ(copy->Content(path), files_.Content(path));
    }
    return opened.error();
  }
  void Cut(const std::string& path, size_t bytes) {
    files_.SetContent(path, files_.Content(path).substr(0, bytes));
  }
  void Flip(const std::string& path, size_t at) {
    std::string content = files_.Content(path);
    content[at] = static_cast<char>(content[at] ^ 0x10);
    files_.SetContent(path, content);
  }
  void AddToEnd(std::string_view bytes) {
    files_.SetContent(segments_.back(), files_.Content(segments_.back()) + std::string(bytes));
  }
  std::string NextFrame(FrameType type, Lsn lsn, Lsn synced, std::string_view payload) {
    std::string out;
    AppendFrame({type, lsn, synced, payload}, Crc32c(payload), out);
    return out;
  }

  MemoryFileSystem files_{1};
  std::vector<Placed> all_;
  std::vector<std::string> segments_;
  Lsn end_ = 0;
};

TEST_F(JournalOpening, FindsEverythingAfterAKill) {
  ASSERT_GT(segments_.size(), 4u);
  EXPECT_EQ(ReadAll(*MustOpen(files_)), all_);
}

TEST_F(JournalOpening, TornFrameAtTheEndGoes) {
  const std::string frame = NextFrame(FrameType::kCut, end_, end_, Serialize(MakeCut(1, 1, 1)));
  const std::string content = files_.Content(segments_.back());
  for (size_t length = 1; length < frame.size(); ++length) {
    files_.SetContent(segments_.back(), content + frame.substr(0, length));
    const auto journal = MustOpen(files_);
    EXPECT_EQ(journal->End(), end_);
    EXPECT_EQ(files_.Content(segments_.back()), content);
    EXPECT_EQ(ReadAll(*journal), all_);
  }
  AddToEnd(frame);
  EXPECT_EQ(ReadAll(*MustOpen(files_)).size(), all_.size() + 1);
}

TEST_F(JournalOpening, ZerosAtTheEndGo) {
  AddToEnd(std::string(5000, '\0'));
  const auto journal = MustOpen(files_);
  EXPECT_EQ(ReadAll(*journal), all_);
  const Placed next = MustAppend(*journal, MakeCut(1, 1, 1));
  EXPECT_EQ(next.lsn, end_);
  EXPECT_EQ(ReadAll(*journal).back(), next);
}

TEST_F(JournalOpening, ChunksWithoutTheirSealGo) {
  AddToEnd(NextFrame(FrameType::kChunk, end_, end_, "beginning"));
  EXPECT_EQ(ReadAll(*MustOpen(files_)), all_);

  // Also where they reach into a later segment, with a torn frame behind them.
  const std::string chunk = NextFrame(FrameType::kChunk, end_, end_, "beginning");
  AddToEnd(chunk);
  const Lsn next = end_ + chunk.size();
  files_.SetContent(PathOf(SegmentName(next)),
                    SerializeSegmentHeader({SmallOptions().new_incarnation, next, false}) +
                        NextFrame(FrameType::kChunk, next, next, "middle") + "torn");
  const auto journal = MustOpen(files_);
  EXPECT_EQ(journal->End(), end_);
  EXPECT_EQ(ReadAll(*journal), all_);
  EXPECT_EQ(files_.Paths().size(), segments_.size() + 1);  // and ACKED
}

TEST_F(JournalOpening, BadFrameBeforeAGoodOneIsRefused) {
  Flip(segments_.back(), kSegmentHeaderBytes + 30);
  const Error error = MustRefuse();
  EXPECT_EQ(error.sqlstate, sqlstate::kDataCorrupted);
  EXPECT_THAT(error.text,
              AllOf(HasSubstr(segments_.back()), HasSubstr("damaged at byte 48"),
                    HasSubstr("restore the file from a backup"), HasSubstr("cut it to 48 bytes")));
}

TEST_F(JournalOpening, BadFrameInAnEarlierSegmentIsRefused) {
  Flip(segments_[1], kSegmentHeaderBytes + 30);
  EXPECT_THAT(MustRefuse().text, AllOf(HasSubstr(segments_[1]), HasSubstr(segments_[2])));
}

// The disk may write later sectors first. That is no damage while nothing behind the hole says that
// the place was durable before.
TEST_F(JournalOpening, HoleInWhatWasNeverDurableGoes) {
  const std::string first = NextFrame(FrameType::kCut, end_, end_, Serialize(MakeCut(1, 1, 1)));
  const Lsn second_lsn = end_ + first.size();
  const std::string payload = Serialize(MakeCut(2, 2, 2));
  AddToEnd(std::string(first.size(), '\0') + NextFrame(FrameType::kCut, second_lsn, end_, payload));
  const auto copy = CopyOf(files_);
  EXPECT_EQ(ReadAll(*MustOpen(*copy)), all_);

  const Lsn third_lsn = second_lsn + kFrameHeaderBytes + payload.size();
  AddToEnd(NextFrame(FrameType::kCut, third_lsn, second_lsn, payload));
  EXPECT_THAT(MustRefuse().text, HasSubstr("stands before good ones"));
}

TEST_F(JournalOpening, EndBeforeAckedIsRefused) {
  Cut(segments_.back(), files_.Content(segments_.back()).size() - 1);
  const Error error = MustRefuse();
  EXPECT_EQ(error.sqlstate, sqlstate::kDataCorrupted);
  EXPECT_THAT(error.text, AllOf(HasSubstr("were acknowledged"), HasSubstr(segments_.back()),
                                HasSubstr("remove \"" + PathOf("ACKED"))));
}

TEST_F(JournalOpening, RemediesOfTheMessagesHelp) {
  Flip(segments_[2], kSegmentHeaderBytes + 30);
  MustRefuse();
  Cut(segments_[2], kSegmentHeaderBytes);
  for (size_t i = 3; i < segments_.size(); ++i) files_.Erase(segments_[i]);
  MustRefuse();  // ACKED still says what was lost
  files_.Erase(PathOf("ACKED"));
  const auto journal = MustOpen(files_);
  const auto kept = ReadAll(*journal);
  ASSERT_FALSE(kept.empty());
  ASSERT_LT(kept.size(), all_.size());
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), all_.begin()));
  const Placed next = MustAppend(*journal, MakeCut(1, 1, 1));
  EXPECT_EQ(ReadAll(*journal).back(), next);
}

TEST_F(JournalOpening, MissingSegmentIsRefused) {
  const std::string content = files_.Content(segments_[2]);
  files_.Erase(segments_[2]);
  EXPECT_THAT(MustRefuse().text, AllOf(HasSubstr("lacks positions"), HasSubstr(segments_[1]),
                                       HasSubstr(segments_[3]), HasSubstr("is missing")));
  files_.SetContent(segments_[2], content);
  files_.Erase(segments_.back());
  EXPECT_THAT(MustRefuse().text, HasSubstr("were acknowledged"));
  for (const std::string& path : segments_) {
    if (path != segments_.back()) files_.Erase(path);
  }
  EXPECT_THAT(MustRefuse().text, HasSubstr("were acknowledged"));
}

TEST_F(JournalOpening, SegmentOfAnotherJournalIsRefused) {
  const auto parsed = ParseSegmentHeader(files_.Content(segments_[1]));
  SegmentHeader header = **parsed;
  header.incarnation.bytes = {7};
  files_.SetContent(segments_[1], SerializeSegmentHeader(header) +
                                      files_.Content(segments_[1]).substr(kSegmentHeaderBytes));
  EXPECT_THAT(MustRefuse().text, HasSubstr("belongs to another journal"));
  header = **parsed;
  ++header.first;
  files_.SetContent(segments_[1], SerializeSegmentHeader(header) +
                                      files_.Content(segments_[1]).substr(kSegmentHeaderBytes));
  EXPECT_THAT(MustRefuse().text, HasSubstr("of another name"));
}

TEST_F(JournalOpening, SegmentThatWasNeverBegunGoes) {
  for (const size_t length : {size_t{0}, size_t{20}, kSegmentHeaderBytes - 1}) {
    const std::string path = PathOf(SegmentName(end_));
    files_.SetContent(
        path,
        SerializeSegmentHeader({SmallOptions().new_incarnation, end_, true}).substr(0, length));
    EXPECT_EQ(ReadAll(*MustOpen(files_)), all_);
    EXPECT_EQ(files_.Paths().size(), segments_.size() + 1);  // and ACKED
  }
}

// A truncation that a crash interrupts leaves the end of a large record as the beginning.
TEST_F(JournalOpening, BeginsWithTheFirstWholeRecord) {
  size_t inside = 1;
  while (ParseSegmentHeader(files_.Content(segments_[inside]))->value().begins_record) ++inside;
  for (size_t i = 0; i < inside; ++i) files_.Erase(segments_[i]);
  const auto journal = MustOpen(files_);
  EXPECT_GT(journal->Begin(), ParseSegmentName(segments_[inside].substr(13)));
  const auto kept = ReadAll(*journal);
  ASSERT_FALSE(kept.empty());
  EXPECT_TRUE(std::equal(kept.rbegin(), kept.rend(), all_.rbegin()));
  ASSERT_TRUE(journal->TruncateBefore(journal->Begin()));
  EXPECT_EQ(files_.Paths().front(), PathOf(SegmentName(journal->Begin())));
}

TEST_F(JournalOpening, OtherFilesAreLeftAlone) {
  files_.SetContent(PathOf("notes.txt"), "mine");
  EXPECT_EQ(ReadAll(*MustOpen(files_)), all_);
  EXPECT_EQ(files_.Content(PathOf("notes.txt")), "mine");
}

TEST(JournalOpeningNew, FirstSegmentThatWasNeverBegunIsMadeAnew) {
  MemoryFileSystem files(1);
  files.SetContent(PathOf(SegmentName(0)), "RRJ");
  EXPECT_EQ(MustOpen(files)->End(), 0u);
  EXPECT_EQ(MustOpen(files)->End(), 0u);
}

// Every byte of every file, turned into another one: the journal is as before, or refuses.
TEST_F(JournalOpening, EveryDamagedByteIsSeenOrHarmless) {
  int refused = 0, harmless = 0;
  for (const std::string& path : files_.Paths()) {
    const std::string content = files_.Content(path);
    for (size_t at = 0; at < content.size(); ++at) {
      const auto copy = CopyOf(files_);
      std::string damaged = content;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
      copy->SetContent(path, damaged);
      const auto journal = OpenLocalJournal(*copy, SmallOptions());
      if (!journal) {
        ++refused;
        ASSERT_EQ(journal.error().sqlstate, sqlstate::kDataCorrupted) << path << " byte " << at;
        ASSERT_THAT(journal.error().text, HasSubstr(kJournalDirectory));
      } else {
        ++harmless;
        ASSERT_EQ(ReadAll(**journal), all_) << path << " byte " << at;
      }
    }
  }
  EXPECT_GT(refused, 2000);
  EXPECT_LE(harmless, 512 + 28);  // those of ACKED
}

// Without ACKED, as after a power loss that took it: only what no later frame knows to be durable
// may be missing.
TEST_F(JournalOpening, DamageWithoutAckedTakesTheLastGroupAtMost) {
  files_.Erase(PathOf("ACKED"));
  const size_t sure = all_.size() - 2;  // the last commit and its cut were one group
  for (const std::string& path : segments_) {
    const std::string content = files_.Content(path);
    for (size_t at = 0; at < content.size(); ++at) {
      const auto copy = CopyOf(files_);
      std::string damaged = content;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
      copy->SetContent(path, damaged);
      const auto journal = OpenLocalJournal(*copy, SmallOptions());
      if (!journal) continue;
      const auto kept = ReadAll(**journal);
      ASSERT_GE(kept.size(), sure) << path << " byte " << at;
      ASSERT_TRUE(std::equal(kept.begin(), kept.end(), all_.begin()));
    }
  }
}

TEST_F(JournalOpening, EveryTruncationIsSeen) {
  for (const std::string& path : segments_) {
    const std::string content = files_.Content(path);
    for (size_t length = 0; length < content.size(); ++length) {
      const auto copy = CopyOf(files_);
      copy->SetContent(path, std::string_view(content).substr(0, length));
      const auto journal = OpenLocalJournal(*copy, SmallOptions());
      ASSERT_FALSE(journal) << path << " at " << length;
      ASSERT_EQ(journal.error().sqlstate, sqlstate::kDataCorrupted);
    }
  }
}

}  // namespace
}  // namespace riverrun::storage
