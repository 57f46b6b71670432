#include "executor/connectors/datagen/datagen_reader.h"

#include <algorithm>
#include <limits>

namespace riverrun::executor {
namespace {

Column OffsetColumn(const Type& type, int64_t first, uint32_t rows, MemoryBudget* budget) {
  const auto values = Buffer::Allocate(rows * sizeof(int64_t), budget);
  for (uint32_t row = 0; row < rows; ++row) values->mutable_as<int64_t>()[row] = first + row;
  return FlatColumn(type, values);
}

Column PartitionColumn(const Type& type, int32_t partition, MemoryBudget* budget) {
  const auto value = Buffer::Allocate(sizeof(int32_t), budget);
  *value->mutable_as<int32_t>() = partition;
  Column column = FlatColumn(type, value);
  column.encoding = Encoding::kConstant;
  return column;
}

}  // namespace

int64_t Generation::EndOf(int32_t partition) const {
  // Event numbers of an endless stream end before they overflow.
  constexpr int64_t kEvents = std::numeric_limits<int64_t>::max() / 4;
  return OffsetOf(partition, std::min(events_max.value_or(kEvents), kEvents));
}

DatagenReader::DatagenReader(std::shared_ptr<const Generation> generation, Clock& clock,
                             std::vector<Position> start, std::span<const int> wanted,
                             MemoryBudget* budget)
    : generation_(std::move(generation)), clock_(clock), budget_(budget) {
  const Micros now = clock_.Now();
  for (const Position& position : start) {
    Partition partition{position, generation_->EndOf(position.partition), {}, {}};
    if (generation_->rows_per_megasecond) {
      partition.pace = GenerationPace(*generation_->rows_per_megasecond, position.partition,
                                      generation_->partitions);
    }
    partition.pace.Begin(position.offset, now);
    partitions_.push_back(partition);
  }
  for (const Generation::Column& column : generation_->columns) {
    unwanted_.push_back(NullColumn(column.type));
  }
  DatagenReader::Want(wanted);
}

void DatagenReader::Want(std::span<const int> columns) {
  wanted_.assign(generation_->columns.size(), 0);
  for (const int column : columns) wanted_[static_cast<size_t>(column)] = 1;
  row_bytes_ = std::max(1u, generation_->rows->RowBytes(wanted_));
}

int64_t DatagenReader::LimitOf(const Partition& partition, Micros now) const {
  if (partition.bound) return std::min(*partition.bound, partition.end);
  return std::min(partition.pace.DueBefore(now), partition.end);
}

Result<std::optional<SourceBatch>> DatagenReader::Poll(uint32_t rows_max, uint32_t bytes_max) {
  const Micros now = clock_.Now();
  const uint32_t fitting = std::max(1u, bytes_max / row_bytes_);
  const int64_t most = std::min({rows_max, fitting, kBatchRowsMax});
  for (size_t tried = 0; tried < partitions_.size(); ++tried) {
    Partition& partition = partitions_[next_];
    next_ = (next_ + 1) % partitions_.size();
    const int64_t ready = LimitOf(partition, now) - partition.position.offset;
    if (ready <= 0) continue;
    return Take(partition, static_cast<uint32_t>(std::min(ready, most)));
  }
  return std::nullopt;
}

SourceBatch DatagenReader::Take(Partition& partition, uint32_t rows) {
  Position& at = partition.position;
  SourceBatch batch;
  batch.partition = at.partition;
  batch.first_offset = at.offset;
  batch.next_offset = at.offset + rows;
  batch.rows.rows = rows;
  batch.rows.columns = unwanted_;
  const EventRange events{generation_->EventOf(at.partition, at.offset), generation_->partitions,
                          rows};
  generation_->rows->Fill(events, wanted_, budget_, batch.rows.columns);
  for (size_t i = 0; i < generation_->columns.size(); ++i) {
    const auto& [type, metadata] = generation_->columns[i];
    if (!metadata || wanted_[i] == 0) continue;
    batch.rows.columns[i] = *metadata == DatagenMetadata::kOffset
                                ? OffsetColumn(type, at.offset, rows, budget_)
                                : PartitionColumn(type, at.partition, budget_);
  }
  at.offset = batch.next_offset;
  return batch;
}

void DatagenReader::StopBefore(std::span<const Position> bounds) {
  const Micros now = clock_.Now();
  for (Partition& partition : partitions_) {
    const bool bounded = partition.bound.has_value();
    partition.bound.reset();
    for (const Position& bound : bounds) {
      if (bound.partition == partition.position.partition) partition.bound = bound.offset;
    }
    // Rows that came before they were due are not made up for by a pause.
    if (bounded && !partition.bound &&
        partition.position.offset > partition.pace.DueBefore(now)) {
      partition.pace.Begin(partition.position.offset, now);
    }
  }
}

Result<void> DatagenReader::Seek(std::span<const Position> positions) {
  const Micros now = clock_.Now();
  for (Partition& partition : partitions_) {
    for (const Position& position : positions) {
      if (position.partition != partition.position.partition) continue;
      partition.position = position;
      partition.pace.Begin(position.offset, now);
    }
  }
  return {};
}

std::vector<Position> DatagenReader::Positions() const {
  std::vector<Position> positions;
  for (const Partition& partition : partitions_) positions.push_back(partition.position);
  return positions;
}

bool DatagenReader::Exhausted() const {
  const Micros now = clock_.Now();
  return std::ranges::all_of(partitions_, [&](const Partition& partition) {
    const int64_t due = std::min(partition.pace.DueBefore(now), partition.end);
    return partition.position.offset >= due;
  });
}

std::optional<Micros> DatagenReader::ReadyAt() const {
  std::optional<Micros> first;
  for (const Partition& partition : partitions_) {
    if (partition.position.offset >= partition.end) continue;
    const std::optional<Micros> due = partition.pace.DueAt(partition.position.offset);
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

}  // namespace riverrun::executor
