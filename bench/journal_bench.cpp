// What a commit costs. The disk is that of the temporary directory: TMPDIR chooses it.
//
//   cmake --preset release && cmake --build --preset release --target journal_bench
//   TMPDIR=. build/release/bench/journal_bench
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "storage/crc32c.h"
#include "storage/journal.h"
#include "storage/posix_file_system.h"
#include "types/column/batch.h"

namespace riverrun::storage {
namespace {

CommitRecord MakeCommit(uint32_t rows) {
  const Type types[] = {Type::Int8(), Type::Float8(), Type::Text()};
  BatchBuilder builder(types);
  CommitRecord commit;
  for (uint32_t row = 0; row < rows; ++row) {
    builder.column(0).Append(static_cast<int64_t>(row));
    builder.column(1).Append(static_cast<double>(row) / 3);
    builder.column(2).AppendBytes("a text of thirty-two characters.");
    builder.EndRow();
    if (builder.full() || row + 1 == rows) {
      commit.deltas.push_back({ObjectId{1}, 0, builder.Finish()});
    }
  }
  return commit;
}

/// A new journal on the disk, gone with its files at the end.
class OnDisk {
 public:
  explicit OnDisk(uint64_t tail_bytes = 8 << 20) {
    std::string name = (std::filesystem::temp_directory_path() / "journal_XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    JournalOptions options;
    options.directory = directory_ + "/journal";
    options.tail_bytes = tail_bytes;
    auto opened = OpenLocalJournal(files_, options);
    CHECK(opened.has_value(), "no journal in the temporary directory");
    journal_ = std::move(*opened);
    journal_->StartGroupCommit(200);
  }
  ~OnDisk() {
    journal_.reset();
    std::filesystem::remove_all(directory_);
  }
  LocalJournal& journal() { return *journal_; }

 private:
  PosixFileSystem files_;
  std::string directory_;
  std::unique_ptr<LocalJournal> journal_;
};

std::unique_ptr<OnDisk> shared;  // by the threads of one benchmark

void CommitAndWait(benchmark::State& state) {
  if (state.thread_index() == 0) shared = std::make_unique<OnDisk>();
  const CommitRecord commit = MakeCommit(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) {
    const auto lsn = shared->journal().Append(commit);
    CHECK(lsn.has_value() && shared->journal().WaitDurable(*lsn).has_value());
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) shared.reset();
}
BENCHMARK(CommitAndWait)->Arg(1)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();
BENCHMARK(CommitAndWait)->Arg(1000)->Threads(1)->Threads(8)->UseRealTime();

// Items are rows.
void AppendOnly(benchmark::State& state) {
  OnDisk disk;
  const CommitRecord commit = MakeCommit(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) {
    const auto lsn = disk.journal().Append(commit);
    CHECK(lsn.has_value());
    if (*lsn - disk.journal().Begin() > 256 << 20) {
      state.PauseTiming();
      CHECK(disk.journal().TruncateBefore(*lsn).has_value());
      state.ResumeTiming();
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(AppendOnly)->Arg(1)->Arg(100)->Arg(10'000)->UseRealTime();

// Items are records of one row. The argument is whether they come from memory.
void Follow(benchmark::State& state) {
  OnDisk disk(state.range(0) == 1 ? 64 << 20 : 0);
  const CommitRecord commit = MakeCommit(1);
  constexpr int kRecords = 20'000;
  for (int i = 0; i < kRecords; ++i) CHECK(disk.journal().Append(commit).has_value());
  for (auto _ : state) {
    auto reader = disk.journal().NewReader(0);
    CHECK(reader.has_value());
    while (true) {
      const auto next = (*reader)->Next();
      CHECK(next.has_value());
      if (!*next) break;
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(Follow)->Arg(0)->Arg(1);

void Checksum(benchmark::State& state) {
  const std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(Crc32c(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Checksum)->Arg(100)->Arg(64 << 10);

}  // namespace
}  // namespace riverrun::storage
