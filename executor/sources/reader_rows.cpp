#include "executor/sources/reader_rows.h"

#include <algorithm>
#include <utility>

namespace riverrun::executor {
namespace {

constexpr uint32_t kPollBytesMax = 1 << 20;

class ReaderRows : public BatchSource {
 public:
  ReaderRows(std::unique_ptr<SourceReader> reader, std::vector<Position> bounds,
             std::vector<int> columns, std::shared_ptr<const CompletionSpec> completion,
             std::vector<WatermarkRaise> raises)
      : reader_(std::move(reader)),
        bounds_(std::move(bounds)),
        columns_(std::move(columns)),
        raises_(std::move(raises)) {
    if (completion != nullptr) completion_.emplace(std::move(completion));
    reader_->Want(completion_ ? completion_->spec().GivenFor(columns_) : columns_);
    StopAtNextRaise();
  }

  Result<std::optional<Batch>> Next() override {
    while (true) {
      Result<std::optional<SourceBatch>> polled = reader_->Poll(kBatchRowsMax, kPollBytesMax);
      if (!polled) return std::unexpected(polled.error());
      if (!*polled) {
        if (!PassRaises()) return std::nullopt;
        continue;
      }
      if ((*polled)->rows.rows == 0) continue;
      Batch rows = std::move((*polled)->rows);
      if (completion_) {
        const int mark = completion_->spec().RowWatermark();
        const bool marked = std::ranges::find(columns_, mark) != columns_.end();
        rows = completion_->Complete((*polled)->partition, std::move(rows), marked);
      }
      std::vector<Column> chosen;
      for (const int column : columns_) chosen.push_back(rows.columns[static_cast<size_t>(column)]);
      rows.columns = std::move(chosen);
      return rows;
    }
  }

  bool AtEnd() const override {
    return std::ranges::all_of(reader_->Positions(), [&](const Position& at) {
      const auto bound = std::ranges::find(bounds_, at.partition, &Position::partition);
      return bound != bounds_.end() && at.offset >= bound->offset;
    });
  }

  int ReadyFd() const override { return reader_->ReadyFd(); }
  bool Follows() const override { return true; }

  void ReadOn(std::span<const Position> to, std::span<const WatermarkRaise> raises) override {
    for (Position& bound : bounds_) {
      const auto moved = std::ranges::find(to, bound.partition, &Position::partition);
      if (moved != to.end()) bound.offset = std::max(bound.offset, moved->offset);
    }
    raises_.insert(raises_.end(), raises.begin(), raises.end());
    StopAtNextRaise();
  }

 private:
  // No batch goes beyond an offset at which a watermark is raised.
  void StopAtNextRaise() {
    std::vector<Position> stops = bounds_;
    for (const WatermarkRaise& raise : raises_) {
      const auto stop = std::ranges::find(stops, raise.partition, &Position::partition);
      if (stop != stops.end()) stop->offset = std::min(stop->offset, raise.offset);
    }
    reader_->StopBefore(stops);
  }

  // Raises what has to be where the reader stands; false if there is nothing to raise.
  bool PassRaises() {
    if (raises_.empty()) return false;
    const std::vector<Position> positions = reader_->Positions();
    const auto is_due = [&](const WatermarkRaise& raise) {
      const auto at = std::ranges::find(positions, raise.partition, &Position::partition);
      const bool due = at == positions.end() || at->offset >= raise.offset;
      if (due && at != positions.end() && completion_) {
        completion_->Raise(raise.partition, raise.to);
      }
      return due;
    };
    if (std::erase_if(raises_, is_due) == 0) return false;
    StopAtNextRaise();
    return true;
  }

  const std::unique_ptr<SourceReader> reader_;
  std::vector<Position> bounds_;
  const std::vector<int> columns_;
  std::vector<WatermarkRaise> raises_;  // still to come
  std::optional<SourceCompletion> completion_;
};

class FailedRows : public BatchSource {
 public:
  explicit FailedRows(Error error) : error_(std::move(error)) {}
  Result<std::optional<Batch>> Next() override { return std::unexpected(error_); }

 private:
  const Error error_;
};

}  // namespace

std::unique_ptr<BatchSource> MakeFailedRows(Error error) {
  return std::make_unique<FailedRows>(std::move(error));
}

std::unique_ptr<BatchSource> MakeReaderRows(std::unique_ptr<SourceReader> reader,
                                            std::vector<Position> bounds, std::vector<int> columns,
                                            std::shared_ptr<const CompletionSpec> completion,
                                            std::vector<WatermarkRaise> raises) {
  return std::make_unique<ReaderRows>(std::move(reader), std::move(bounds), std::move(columns),
                                      std::move(completion), std::move(raises));
}

}  // namespace riverrun::executor
