#include "executor/sources/source_completion.h"

#include <algorithm>
#include <set>

#include "types/time/interval.h"
#include "types/time/time_text.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
Result<std::shared_ptr<const CompletionSpec>> CompletionOf(const DataflowSpec& dataflow,
                                                           size_t columns,
                                                           std::optional<int> watermarked,
                                                           std::shared_ptr<const Settings> settings,
                                                           Micros idle_timeout) {
  const bool two = dataflow.nodes.size() == 2;
  const auto* source = two ? std::get_if<SourceSpec>(&dataflow.nodes[0].spec) : nullptr;
  const auto* project = two ? std::get_if<ProjectSpec>(&dataflow.nodes[1].spec) : nullptr;
  const bool fits = source != nullptr && project != nullptr && project->outputs.size() >= columns &&
                    project->outputs.size() <= columns + (watermarked ? 1 : 0);
  if (!fits) {
    return Fail(sqlstate::kDataCorrupted, "what is computed of a stream's rows has another form");
  }
  auto spec = std::make_shared<CompletionSpec>();
  spec->given = source->columns;
  spec->columns = project->outputs;
  if (spec->columns.size() > columns) {
    spec->watermark = spec->columns.back();
    spec->columns.pop_back();
  }
  spec->watermarked = watermarked;
  spec->settings = std::move(settings);
  spec->idle_timeout = idle_timeout;
  return std::shared_ptr<const CompletionSpec>(std::move(spec));
}

std::vector<int> CompletionSpec::GivenFor(std::span<const int> wanted) const {
  std::set<int> places;
  const auto add = [&](const ExpressionRef& expression) {
    for (const uint32_t place : ColumnsOf(*expression)) places.insert(static_cast<int>(place));
  };
  for (const int column : wanted) {
    if (column < RowWatermark()) add(columns[static_cast<size_t>(column)]);
  }
  if (watermark != nullptr) add(watermark);
  if (watermarked) add(columns[static_cast<size_t>(*watermarked)]);  // late rows are counted
  return {places.begin(), places.end()};
}

Result<Micros> ParseIdleTimeout(const std::string* option) {
  constexpr Micros kDefault = 10 * kMicrosPerSecond;
  if (option == nullptr) return kDefault;
  const Result<Interval> interval = ParseInterval(*option);
  if (!interval) return std::unexpected(interval.error());
  Micros timeout = 0;
  if (IntervalToMicros(*interval, timeout) != TimeStatus::kOk || timeout < 0) {
    return Fail(sqlstate::kInvalidParameterValue,
                "idle_timeout must be a length of time without months, not \"" + *option + "\"");
  }
  return timeout;
}

SourceCompletion::SourceCompletion(std::shared_ptr<const CompletionSpec> spec)
    : spec_(std::move(spec)),
      context_{.epoch = {}, .settings = spec_->settings.get(), .has_clock = false} {
  for (const ExpressionRef& column : spec_->columns) {
    const bool given = std::holds_alternative<ColumnRef>(column->node);
    columns_.push_back(given ? std::nullopt
                             : std::optional<Evaluator>(Evaluator(*column, *spec_->settings)));
  }
  if (spec_->watermark != nullptr) watermark_.emplace(*spec_->watermark, *spec_->settings);
}

Batch SourceCompletion::Complete(int32_t partition, Batch rows, bool with_watermarks) {
  if (rows.columns.size() != spec_->given.size()) {
    std::vector<Column> given;
    for (const int position : spec_->given) given.push_back(rows.columns[position]);
    rows.columns = std::move(given);
  }
  Batch out;
  out.rows = rows.rows;
  out.selection = rows.selection;
  out.weights = rows.weights;
  out.errors = rows.errors;
  out.columns.reserve(columns_.size() + 1);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i]) {
      out.columns.push_back(columns_[i]->Evaluate(rows, context_, out.errors));
    } else {
      out.columns.push_back(rows.columns[std::get<ColumnRef>(spec_->columns[i]->node).index]);
    }
  }
  if (!spec_->watermarked) return out;
  const Column& times = out.columns[static_cast<size_t>(*spec_->watermarked)];
  std::optional<Column> marks = MarksOf(rows, times, partitions_[partition], with_watermarks);
  if (marks) out.columns.push_back(*std::move(marks));
  return out;
}

std::optional<Column> SourceCompletion::MarksOf(const Batch& given, const Column& times,
                                                Progress& progress, bool as_column) {
  std::shared_ptr<Buffer> marks;
  Micros* mark = nullptr;
  if (as_column) {
    marks = Buffer::AllocateZeroed(std::max<size_t>(given.rows, 1) * sizeof(Micros));
    mark = marks->mutable_as<Micros>();
  }
  ErrorLane ignored;
  std::optional<Column> values;
  if (watermark_) values = watermark_->Evaluate(given, context_, ignored);
  ForEachRow(given.rows, given.selection, [&](uint32_t row) {
    if (values && !values->IsNull(row)) {
      const Micros value = values->At<Micros>(row);
      // 'infinity' is no time that a clock could have reached.
      if (value > progress.own && IsFiniteTimestamp(value)) {
        progress.own = value;
        progress.reached = std::max(progress.reached, value);
      }
    }
    if (mark != nullptr) mark[row] = progress.reached;
    const bool has_time = !times.IsNull(row);
    if (has_time && times.At<Micros>(row) >= progress.reached) return;
    ++progress.late.rows;
    if (has_time && times.At<Micros>(row) >= progress.own) ++progress.late.after_idle;
  });
  if (!as_column) return std::nullopt;
  Column out;
  out.type = Type::TimestampTz();
  out.values = std::move(marks);
  return out;
}

SourceCompletion::Late SourceCompletion::LateOf(int32_t partition) const {
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? Late{} : found->second.late;
}

Micros SourceCompletion::WatermarkOf(int32_t partition) const {
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? kNoWatermark : found->second.reached;
}

void SourceCompletion::Raise(int32_t partition, Micros to, bool wakes) {
  Progress& progress = partitions_[partition];
  progress.reached = std::max(progress.reached, to);
  if (!wakes) progress.own = std::max(progress.own, to);
}

Micros SourceCompletion::ShareOf(std::span<const Position> partitions) const {
  Micros share = kNothingHeldBack;
  for (const Position& position : partitions) {
    if (!position.idle) share = std::min(share, WatermarkOf(position.partition));
  }
  return share;
}

}  // namespace riverrun::executor
