#include "server/session/row_stream.h"

#include <algorithm>
#include <numeric>

#include "executor/runtime/local_driver.h"
#include "executor/view_source.h"

namespace riverrun::server {
namespace {

class ListedRows : public RowStream {
 public:
  explicit ListedRows(std::vector<Batch> rows) : rows_(std::move(rows)) {}
  Result<std::optional<Batch>> Next(const Cancel&) override {
    if (next_ == rows_.size()) return std::nullopt;
    return std::move(rows_[next_++]);
  }

 private:
  std::vector<Batch> rows_;
  size_t next_ = 0;
};

class QueryRows : public RowStream {
 public:
  explicit QueryRows(QueryRun run)
      : run_(std::move(run)),
        driver_(run_.query.dataflow,
                {.settings = &run_.settings,
                 .budget = run_.budget,
                 .epoch = {run_.view.epoch, run_.now},
                 .open = [this](const executor::SourceSpec& source) { return Open(source); }}) {}
  Result<std::optional<Batch>> Next(const Cancel& cancel) override { return driver_.Next(cancel); }

 private:
  std::unique_ptr<executor::BatchSource> Open(const executor::SourceSpec& source) const {
    auto outside = run_.open_outside ? run_.open_outside(source) : nullptr;
    return outside != nullptr ? std::move(outside) : executor::OpenSource(run_.view, source);
  }

  const QueryRun run_;
  executor::LocalDriver driver_;
};

}  // namespace

Batch TextRow(const std::vector<std::string>& values) {
  BatchBuilder builder(std::vector<Type>(values.size(), Type::Text()));
  for (size_t i = 0; i < values.size(); ++i) builder.column(i).AppendBytes(values[i]);
  builder.EndRow();
  return builder.Finish();
}

std::unique_ptr<RowStream> MakeRows(std::vector<Batch> rows) {
  return std::make_unique<ListedRows>(std::move(rows));
}

std::unique_ptr<RowStream> RunQuery(QueryRun run) {
  return std::make_unique<QueryRows>(std::move(run));
}

Result<std::vector<Batch>> Drain(RowStream& rows, const Cancel& cancel) {
  std::vector<Batch> all;
  while (true) {
    Result<std::optional<Batch>> next = rows.Next(cancel);
    if (!next) return std::unexpected(next.error());
    if (!*next) return all;
    all.push_back(std::move(**next));
  }
}

// The next piece of a weighted batch, with each row repeated.
Batch RowPager::Unfold() {
  std::vector<uint16_t> rows;
  const Batch& from = *weighted_;
  while (weighted_row_ < from.rows && rows.size() < kBatchRowsMax) {
    if (weighted_left_ == 0) weighted_left_ = from.WeightOf(weighted_row_);
    const auto room = static_cast<Weight>(kBatchRowsMax - rows.size());
    const Weight take = std::min(weighted_left_, room);
    rows.insert(rows.end(), static_cast<size_t>(take), static_cast<uint16_t>(weighted_row_));
    weighted_left_ -= take;
    if (weighted_left_ == 0) ++weighted_row_;
  }
  Batch plain = from;
  plain.weights = nullptr;
  plain = TakeRows(plain, rows);
  if (weighted_row_ == from.rows) weighted_.reset();
  return plain;
}

Result<std::optional<Batch>> RowPager::Next(uint64_t rows_max, const Cancel& cancel) {
  while (!rest_) {
    if (weighted_) {
      rest_ = Unfold();
      given_ = 0;
      break;
    }
    Result<std::optional<Batch>> next = rows_->Next(cancel);
    if (!next) return std::unexpected(next.error());
    if (!*next) return std::nullopt;
    Batch batch = Compact(std::move(**next));
    if (batch.rows == 0) continue;
    if (batch.weights != nullptr) {
      weighted_ = std::move(batch);
      weighted_row_ = 0;
      weighted_left_ = 0;
      continue;
    }
    rest_ = std::move(batch);
    given_ = 0;
  }
  const uint64_t left = rest_->rows - given_;
  if (given_ == 0 && left <= rows_max) return std::exchange(rest_, std::nullopt);
  std::vector<uint16_t> rows(std::min(left, rows_max));
  std::iota(rows.begin(), rows.end(), static_cast<uint16_t>(given_));
  Batch piece = TakeRows(*rest_, rows);
  given_ += static_cast<uint32_t>(rows.size());
  if (given_ == rest_->rows) rest_.reset();
  return piece;
}

}  // namespace riverrun::server
