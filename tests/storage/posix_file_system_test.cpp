#include "storage/posix_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/storage/journal_fixture.h"

namespace riverrun::storage {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PosixFiles : public ::testing::Test {
 protected:
  PosixFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "riverrun_XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~PosixFiles() override { std::filesystem::remove_all(directory_); }

  std::string Path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  std::string Read(const std::string& path) {
    auto file = files_.OpenReadable(path);
    EXPECT_TRUE(file);
    std::string content(100, '\0');
    content.resize((*file)->ReadAt(0, content).value_or(0));
    return content;
  }

  PosixFileSystem files_;
  std::string directory_;
};

TEST_F(PosixFiles, WriteReadTruncate) {
  auto file = files_.OpenWritable(Path("f"), OpenMode::kCreate);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->Append("hello "));
  ASSERT_TRUE((*file)->Append("world"));
  ASSERT_TRUE((*file)->Overwrite(4, "0W"));
  ASSERT_TRUE((*file)->Sync());
  EXPECT_EQ((*file)->size(), 11u);
  EXPECT_EQ(Read(Path("f")), "hell0Wworld");
  ASSERT_TRUE((*file)->Truncate(5));
  ASSERT_TRUE((*file)->Append("!"));
  EXPECT_EQ(Read(Path("f")), "hell0!");

  auto again = files_.OpenWritable(Path("f"), OpenMode::kExisting);
  ASSERT_TRUE(again);
  ASSERT_TRUE((*again)->Append("?"));
  auto reader = files_.OpenReadable(Path("f"));
  ASSERT_TRUE(files_.Remove(Path("f")));
  EXPECT_EQ((*reader)->Size(), 7u);  // still readable
  char at_end[4];
  EXPECT_EQ((*reader)->ReadAt(5, at_end), 2u);
  EXPECT_EQ((*reader)->ReadAt(7, at_end), 0u);
}

TEST_F(PosixFiles, OpenModesAreKept) {
  const auto missing = files_.OpenWritable(Path("f"), OpenMode::kExisting);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().sqlstate, sqlstate::kIoError);
  EXPECT_EQ(missing.error().text,
            "could not open file \"" + Path("f") + "\": No such file or directory");
  ASSERT_TRUE(files_.OpenWritable(Path("f"), OpenMode::kCreate));
  EXPECT_THAT(files_.OpenWritable(Path("f"), OpenMode::kCreate).error().text,
              HasSubstr("File exists"));
}

TEST_F(PosixFiles, Directories) {
  ASSERT_TRUE(files_.CreateDirectories(Path("a/b")));
  ASSERT_TRUE(files_.CreateDirectories(Path("a/b")));
  for (const char* name : {"a/z", "a/c"}) {
    ASSERT_TRUE(files_.OpenWritable(Path(name), OpenMode::kCreate));
  }
  ASSERT_TRUE(files_.Rename(Path("a/z"), Path("a/d")));
  ASSERT_TRUE(files_.SyncDirectory(Path("a")));
  EXPECT_THAT(*files_.List(Path("a")), ElementsAre("c", "d"));
  EXPECT_EQ(files_.Exists(Path("a/d")), true);
  EXPECT_EQ(files_.Exists(Path("a/z")), false);
  EXPECT_FALSE(files_.List(Path("none")));
  EXPECT_FALSE(files_.SyncDirectory(Path("none")));
  EXPECT_FALSE(files_.Remove(Path("none")));
  const auto space = files_.Space(directory_);
  ASSERT_TRUE(space);
  EXPECT_GT(space->free, 0u);
  EXPECT_LE(space->free, space->total);
}

TEST_F(PosixFiles, SecondServerIsRefused) {
  auto lock = files_.LockDirectory(directory_);
  ASSERT_TRUE(lock);
  const auto second = files_.LockDirectory(directory_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().sqlstate, sqlstate::kObjectNotInPrerequisiteState);
  EXPECT_THAT(second.error().text,
              AllOf(HasSubstr("in use by another server"),
                    HasSubstr("(process " + std::to_string(::getpid()) + ")")));
  lock->reset();
  EXPECT_TRUE(files_.LockDirectory(directory_));
}

// A journal that is appended to until it is killed, and says on a pipe what is acknowledged.
class KilledJournal : public PosixFiles {
 protected:
  JournalOptions Options() {
    JournalOptions options;
    options.directory = Path("journal");
    options.segment_bytes = 20'000;
    options.chunk_bytes = 3'000;
    return options;
  }

  [[noreturn]] void AppendUntilKilled(int pipe, uint64_t first) {
    auto journal = OpenLocalJournal(files_, Options());
    if (!journal) ::_exit(1);
    (*journal)->StartGroupCommit(50);
    for (uint64_t i = first;; ++i) {
      const auto lsn =
          (*journal)->Append(MakeCommit(i, std::string(i % 50 == 0 ? 9'000 : 30, 'x')));
      if (!lsn || !(*journal)->WaitDurable(*lsn)) ::_exit(2);
      if (::write(pipe, &i, sizeof(i)) != sizeof(i)) ::_exit(3);
    }
  }

  /// Starts a process, kills it after `count` acknowledgements, and returns the last one.
  uint64_t KillAfter(uint64_t count, uint64_t first) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      AppendUntilKilled(ends[1], first);
    }
    ::close(ends[1]);
    uint64_t acknowledged = 0, last = 0;
    while (::read(ends[0], &acknowledged, sizeof(acknowledged)) == sizeof(acknowledged)) {
      last = acknowledged;
      if (--count == 0) ::kill(child, SIGKILL);  // it may get on until the signal is there
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "exit code " << WEXITSTATUS(status);
    return last;
  }
};

TEST_F(KilledJournal, HasEverythingThatWasAcknowledged) {
  uint64_t next = 1;
  for (const uint64_t count : {1, 30, 120, 70}) {
    const uint64_t last = KillAfter(count, next);
    ASSERT_GE(last, next);
    auto journal = OpenLocalJournal(files_, Options());
    ASSERT_TRUE(journal) << ToString(journal.error());
    const auto found = ReadAll(**journal);
    ASSERT_GE(found.size(), last);
    for (uint64_t i = 0; i < found.size(); ++i) {
      const auto record = ParseJournalRecord(found[i].bytes);
      ASSERT_EQ(std::get<CommitRecord>(*record).transaction, i + 1);
    }
    next = found.size() + 1;
  }
}

}  // namespace
}  // namespace riverrun::storage
