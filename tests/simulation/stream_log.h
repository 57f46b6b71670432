// A broker in memory: streams of append-only partitions that no crash harms.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "executor/batch_source.h"
#include "executor/source_reader.h"
#include "executor/sources/partition_times.h"
#include "tests/random_data.h"

namespace riverrun::simulation {

/// The records of one stream, as row images.
struct StreamLog {
  ObjectId id;
  std::vector<Type> types;
  std::vector<std::vector<std::string>> partitions;
  std::vector<Micros> appended_at = {};  // when the last record of each partition came
  /// Of a stream whose last column is a time: what is computed of its rows, and how far behind the
  /// largest time its watermark is.
  std::shared_ptr<const executor::CompletionSpec> completion = nullptr;
  Micros delay = 0;
  std::set<Micros> advanced_to = {};  // by ALTER STREAM ... ADVANCE WATERMARK

  /// The rows below the given offsets (of this stream's positions; others are passed over).
  std::vector<std::string> Before(std::span<const Position> positions) const;
};

/// A reader of the partitions p with p mod `workers` = `worker`, which starts at offset 0 and
/// delivers in pieces of random length; now and then nothing although there is something. The log
/// may grow while it is read and outlives the reader.
std::unique_ptr<executor::SourceReader> MakeStreamReader(const StreamLog& log, int worker,
                                                         int workers, uint32_t rows_max,
                                                         testing::RandomData& random);

/// Those records of the same partitions, completed and judged with the raises, that stand before
/// the given positions.
std::unique_ptr<executor::BatchSource> MakeHistory(
    const StreamLog& log, const std::vector<int>& columns, int worker, int workers,
    std::span<const Position> before, std::span<const executor::WatermarkRaise> raises);

}  // namespace riverrun::simulation
