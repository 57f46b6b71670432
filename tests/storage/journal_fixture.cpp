#include "tests/storage/journal_fixture.h"

#include <gtest/gtest.h>

namespace riverrun::storage {

CommitRecord MakeCommit(uint64_t transaction, std::string_view text) {
  const Type types[] = {Type::Int8(), Type::Text()};
  BatchBuilder rows(types);
  rows.column(0).Append(static_cast<int64_t>(transaction));
  rows.column(1).AppendBytes(text);
  rows.EndRow();
  CommitRecord commit{.transaction = transaction, .time = 1'000'000, .ddl = {}, .deltas = {}};
  commit.deltas.push_back({ObjectId{7}, 0, rows.Finish()});
  return commit;
}

CutRecord MakeCut(Epoch epoch, Lsn commits_before, int positions) {
  CutRecord cut{.info = {epoch, 5}, .commits_before = commits_before, .positions = {}};
  for (int i = 0; i < positions; ++i) {
    cut.positions.push_back({ObjectId{3}, i, 1, 100 + i, -5, i % 2 == 1});
  }
  return cut;
}

JournalOptions SmallOptions(uint64_t segment_bytes, uint64_t chunk_bytes, uint64_t tail_bytes) {
  JournalOptions options;
  options.directory = kJournalDirectory;
  options.segment_bytes = segment_bytes;
  options.chunk_bytes = chunk_bytes;
  options.tail_bytes = tail_bytes;
  options.new_incarnation.bytes = {1, 2, 3};
  return options;
}

std::unique_ptr<LocalJournal> MustOpen(FileSystem& files, JournalOptions options) {
  auto journal = OpenLocalJournal(files, std::move(options));
  EXPECT_TRUE(journal) << ToString(journal.error());
  return journal ? std::move(*journal) : nullptr;
}

Placed MustAppend(Journal& journal, const JournalRecord& record) {
  const auto lsn = journal.Append(record);
  EXPECT_TRUE(lsn) << ToString(lsn.error());
  return {lsn.value_or(0), Serialize(record)};
}

Result<std::vector<Placed>> ReadOn(JournalReader& reader) {
  std::vector<Placed> all;
  while (true) {
    auto next = reader.Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) return all;
    all.push_back({(*next)->first, Serialize((*next)->second)});
  }
}

std::vector<Placed> ReadAll(Journal& journal) {
  auto reader = journal.NewReader(journal.Begin());
  EXPECT_TRUE(reader) << ToString(reader.error());
  if (!reader) return {};
  auto all = ReadOn(**reader);
  EXPECT_TRUE(all) << ToString(all.error());
  return all.value_or(std::vector<Placed>());
}

std::unique_ptr<simulation::MemoryFileSystem> CopyOf(const simulation::MemoryFileSystem& files) {
  auto copy = std::make_unique<simulation::MemoryFileSystem>(1);
  for (const std::string& path : files.Paths()) copy->SetContent(path, files.Content(path));
  return copy;
}

}  // namespace riverrun::storage
