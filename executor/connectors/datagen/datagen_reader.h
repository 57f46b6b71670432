// Partitions of a generated stream as a source of rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "executor/connectors/datagen/generation_pace.h"
#include "executor/connectors/datagen/row_generator.h"
#include "executor/source_reader.h"
#include "types/clock.h"
#include "types/memory_budget.h"

namespace riverrun::executor {

/// What a record of a generated stream has besides its values.
enum class DatagenMetadata : uint8_t {
  kOffset,     // bigint
  kPartition,  // integer
};

/// What every reader of a stream shares. Immutable.
struct Generation {
  struct Column {
    Type type;
    std::optional<DatagenMetadata> metadata;
  };
  std::vector<Column> columns;
  std::unique_ptr<const RowGenerator> rows;
  std::optional<int64_t> events_max;  // of all partitions together
  std::optional<int64_t> rows_per_megasecond;
  int32_t partitions = 1;

  /// Partitions take the events in turns.
  int64_t EventOf(int32_t partition, int64_t offset) const {
    return offset * partitions + partition;
  }
  /// The first offset of a partition whose event is not before `event`.
  int64_t OffsetOf(int32_t partition, int64_t event) const {
    const int64_t later = event - partition;
    return later <= 0 ? 0 : later / partitions + (later % partitions > 0 ? 1 : 0);
  }
  /// Where a partition ends.
  int64_t EndOf(int32_t partition) const;
};

/// Reads partitions of one generated stream. While nothing bounds it, rows come at the stream's
/// pace, counted from where and when the reader was made; up to a bound they come at once.
class DatagenReader : public SourceReader {
 public:
  /// `clock` and `budget` outlive it; `budget` may be null.
  DatagenReader(std::shared_ptr<const Generation> generation, Clock& clock,
                std::vector<Position> start, std::span<const int> wanted, MemoryBudget* budget);

  Result<std::optional<SourceBatch>> Poll(uint32_t rows_max, uint32_t bytes_max) override;
  void StopBefore(std::span<const Position> bounds) override;
  Result<void> Seek(std::span<const Position> positions) override;
  std::vector<Position> Positions() const override;
  bool Exhausted() const override;
  void Want(std::span<const int> columns) override;
  std::optional<Micros> ReadyAt() const override;

 private:
  struct Partition {
    Position position;
    int64_t end;  // of the stream
    std::optional<int64_t> bound;
    mutable GenerationPace pace;
  };

  // The first offset that must not be delivered now.
  int64_t LimitOf(const Partition& partition, Micros now) const;
  SourceBatch Take(Partition& partition, uint32_t rows);

  const std::shared_ptr<const Generation> generation_;
  Clock& clock_;
  MemoryBudget* const budget_;
  std::vector<Partition> partitions_;
  size_t next_ = 0;  // partitions are read in turns
  std::vector<uint8_t> wanted_;
  uint32_t row_bytes_ = 1;
  std::vector<Column> unwanted_;  // what stands in columns without values
};

}  // namespace riverrun::executor
