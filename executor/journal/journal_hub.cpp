#include "executor/journal/journal_hub.h"

#include <algorithm>

#include "storage/commit/table_layout.h"

namespace riverrun::executor {

class JournalHub::TableReader : public SourceReader {
 public:
  TableReader(JournalHub& hub, TableKey key) : hub_(hub), key_(key), position_(hub.position_) {}
  ~TableReader() override { hub_.tables_.erase(key_); }

  Result<std::optional<SourceBatch>> Poll(uint32_t, uint32_t) override {
    if (const Result<void> read = hub_.ReadUpTo(bound_); !read) {
      return std::unexpected(read.error());
    }
    std::deque<Queued>& rows = hub_.tables_.at(key_).rows;
    if (rows.empty() || rows.front().lsn >= bound_) {
      if (hub_.position_ >= bound_) position_ = std::max(position_, bound_);
      return std::nullopt;
    }
    Queued next = std::move(rows.front());
    rows.pop_front();
    // A large commit comes in several batches; the reader is past it after the last.
    const bool last = rows.empty() || rows.front().lsn != next.lsn;
    position_ = std::max(position_, last ? next.lsn + 1 : next.lsn);
    return SourceBatch{.partition = key_.second,
                       .first_offset = static_cast<int64_t>(next.lsn),
                       .next_offset = static_cast<int64_t>(position_),
                       .rows = std::move(next.rows)};
  }

  void StopBefore(std::span<const Position> bounds) override {
    bound_ = bounds.empty() ? 0 : static_cast<Lsn>(bounds.front().offset);
  }

  // The reader follows the hub; only a start chooses where that begins.
  Result<void> Seek(std::span<const Position>) override {
    return Fail(sqlstate::kInternalError, "a table's reader begins where its journal hub begins");
  }

  std::vector<Position> Positions() const override {
    Position position;
    position.source = key_.first;
    position.partition = key_.second;
    position.offset = static_cast<int64_t>(position_);
    return {position};
  }

  bool Exhausted() const override { return true; }  // commits ask for their epoch themselves
  bool FedByJournal() const override { return true; }

 private:
  JournalHub& hub_;
  const TableKey key_;
  Lsn position_;
  Lsn bound_ = 0;
};

JournalHub::~JournalHub() { CHECK(tables_.empty(), "a table's reader outlives its hub"); }

std::unique_ptr<SourceReader> JournalHub::Open(ObjectId table, int32_t partition, bool row_ids) {
  const TableKey key{table, partition};
  const bool fresh = tables_.try_emplace(key, Table{row_ids, {}}).second;
  CHECK(fresh, "the table has a reader already");
  return std::make_unique<TableReader>(*this, key);
}

Result<void> JournalHub::ReadUpTo(Lsn bound) {
  if (position_ >= bound) return {};
  if (reader_ == nullptr) {
    Result<std::unique_ptr<storage::JournalReader>> reader = journal_.NewReader(position_);
    if (!reader) return std::unexpected(reader.error());
    reader_ = std::move(*reader);
  }
  while (reader_->position() < bound) {
    Result<std::optional<std::pair<Lsn, storage::JournalRecord>>> next = reader_->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) return {};  // the caller asks again
    auto& [lsn, record] = **next;
    if (auto* commit = std::get_if<storage::CommitRecord>(&record)) Queue(lsn, std::move(*commit));
  }
  position_ = bound;
  return {};
}

void JournalHub::Queue(Lsn lsn, storage::CommitRecord commit) {
  for (storage::TableDelta& delta : commit.deltas) {
    const auto table = tables_.find({delta.table, delta.partition});
    if (table == tables_.end()) continue;
    if (table->second.row_ids) storage::ResolveRowIds(delta.rows, lsn);
    table->second.rows.push_back({lsn, std::move(delta.rows)});
  }
}

}  // namespace riverrun::executor
