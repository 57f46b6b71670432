// What is computed of a stream's rows before anyone reads them: generated columns and watermarks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "executor/expressions/evaluator.h"
#include "executor/functions/kernel.h"
#include "types/message.h"
#include "types/position.h"
#include "types/settings.h"

namespace riverrun::executor {

/// How the rows of a stream are completed. Immutable, shared by all workers.
struct CompletionSpec {
  /// Positions of the columns that a reader gives; the expressions count these.
  std::vector<int> given;
  /// One for each column of the stream; those given are plain columns.
  std::vector<ExpressionRef> columns;
  /// The watermarked column.
  std::optional<int> watermarked;
  /// Whose largest value so far is the watermark, of the type of its column; null: it moves only
  /// when told to.
  ExpressionRef watermark;
  /// How long a partition may stand at its end before it is idle; 0: for ever.
  Micros idle_timeout = 0;
  /// What the expressions were bound under.
  std::shared_ptr<const Settings> settings;

  /// Which of the columns given, by their place among them, these columns of the stream and its
  /// watermark are made of.
  std::vector<int> GivenFor(std::span<const int> wanted) const;
  /// Position, in completed batches, of each row's watermark.
  int RowWatermark() const { return static_cast<int>(columns.size()); }
};

/// The option idle_timeout of a stream: a length of time, '0' for never; absent: ten seconds.
/// Errors: 22023, 22007 for text that is none.
Result<Micros> ParseIdleTimeout(const std::string* option);

/// The dataflow that the catalog keeps of a stream: Source(the columns given) -> Project(all
/// columns, then the watermark's value if it has an expression). `columns`: how many the stream
/// has; `watermarked`: the position of one. Errors: XX001 for another form.
Result<std::shared_ptr<const CompletionSpec>> CompletionOf(const DataflowSpec& dataflow,
                                                           size_t columns,
                                                           std::optional<int> watermarked,
                                                           std::shared_ptr<const Settings> settings,
                                                           Micros idle_timeout = 0);

/// Completes the batches of one reader, partition by partition, in the order of the log. Each row's
/// watermark is the largest value of the expression in its partition up to and with that row, so
/// it is a function of the log alone. One thread.
class SourceCompletion {
 public:
  explicit SourceCompletion(std::shared_ptr<const CompletionSpec> spec);

  /// The batch with all columns of the stream and, if asked for, its rows' watermarks behind them
  /// (timestamptz). `rows` has the columns given, or all columns of the stream. A row of which an
  /// expression fails gets an entry in the errors; a watermark that fails or is NULL does not move.
  Batch Complete(int32_t partition, Batch rows, bool with_watermarks);

  /// Rows whose time is behind their own watermark, or that have none, since the beginning.
  struct Late {
    uint64_t rows = 0;
    /// Of them, those that are late only because their partition was raised when it woke.
    uint64_t after_idle = 0;
  };
  Late LateOf(int32_t partition) const;

  /// The watermark of a partition; kNoWatermark if it has none.
  Micros WatermarkOf(int32_t partition) const;
  /// Raises it: rows to come count as later than this.
  void Raise(int32_t partition, Micros to) { Raise(partition, to, /*wakes=*/false); }
  /// The same for a partition that has been idle.
  void Wake(int32_t partition, Micros to) { Raise(partition, to, /*wakes=*/true); }
  /// What these partitions let the stream's watermark be: the smallest of those that are not idle,
  /// kNothingHeldBack if there is none.
  Micros ShareOf(std::span<const Position> partitions) const;
  const CompletionSpec& spec() const { return *spec_; }

 private:
  // How far time has come in a partition.
  struct Progress {
    Micros reached = kNoWatermark;  // by its rows, or by a raise
    Micros own = kNoWatermark;      // by its rows, or by a raise that was not its waking
    Late late = {};
  };

  /// Moves the watermark on; the column has its value at each row, if it is asked for.
  std::optional<Column> MarksOf(const Batch& given, const Column& times, Progress& progress,
                                bool as_column);
  void Raise(int32_t partition, Micros to, bool wakes);

  const std::shared_ptr<const CompletionSpec> spec_;
  EvalContext context_;
  std::vector<std::optional<Evaluator>> columns_;  // nothing for those given
  std::optional<Evaluator> watermark_;
  std::map<int32_t, Progress> partitions_;
};

}  // namespace riverrun::executor
