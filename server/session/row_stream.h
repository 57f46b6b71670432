// The rows of a result, on their way to the client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "executor/batch_source.h"
#include "planner/planner.h"
#include "storage/view/read_view.h"
#include "types/cancel.h"
#include "types/memory_budget.h"
#include "types/settings.h"

namespace riverrun::server {

/// Rows, batch by batch. One thread.
class RowStream {
 public:
  virtual ~RowStream() = default;
  /// The next rows, weights positive; nothing at the end.
  virtual Result<std::optional<Batch>> Next(const Cancel& cancel) = 0;
};

/// One row of texts.
Batch TextRow(const std::vector<std::string>& values);
/// Rows that are there already.
std::unique_ptr<RowStream> MakeRows(std::vector<Batch> rows);

/// What a query run once needs.
struct QueryRun {
  planner::LoweredQuery query;
  storage::ReadView view;  // has every object that the query names
  Settings settings;
  Micros now = 0;
  MemoryBudget* budget = nullptr;  // outlives the rows
  /// Opens what has no content in the view: a stream with a connector. Null for all else.
  std::function<std::unique_ptr<executor::BatchSource>(const executor::SourceSpec&)> open_outside =
      nullptr;
};
/// The rows of a query over a read view.
std::unique_ptr<RowStream> RunQuery(QueryRun run);
/// All of them.
Result<std::vector<Batch>> Drain(RowStream& rows, const Cancel& cancel);

/// Hands out the rows of a stream one by one, each as often as its weight says.
class RowPager {
 public:
  explicit RowPager(std::unique_ptr<RowStream> rows) : rows_(std::move(rows)) {}

  /// At most `rows_max` further rows, without weights and never none; nothing at the end.
  Result<std::optional<Batch>> Next(uint64_t rows_max, const Cancel& cancel);

 private:
  std::unique_ptr<RowStream> rows_;
  std::optional<Batch> rest_;  // compact, without weights
  uint32_t given_ = 0;         // of `rest_`
  std::optional<Batch> weighted_;
  uint32_t weighted_row_ = 0;
  Weight weighted_left_ = 0;

  Batch Unfold();
};

}  // namespace riverrun::server
