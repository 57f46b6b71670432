// A broker in memory: streams of append-only partitions that no crash harms.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "executor/batch_source.h"
#include "executor/source_reader.h"
#include "executor/sources/partition_times.h"
#include "storage/catalog/catalog_object.h"
#include "tests/random_data.h"

namespace riverrun::simulation {

/// How far partitions have been read in each of their generations.
using Extents = std::map<std::pair<int32_t, uint32_t>, int64_t>;

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
  /// Where its reading begins, as a catalog has it: the newest generation names every partition.
  std::vector<storage::StreamStart> starts = {};

  uint32_t generation() const { return starts.back().generation; }
  /// Where a partition begins in a generation; nothing if it does not.
  const storage::StreamStart* StartOf(int32_t partition, uint32_t generation) const;
  /// The partitions of a worker at their starts in the newest generation.
  std::vector<Position> NewestStarts(int worker, int workers) const;
  /// The rows that have been read in the generations from `generation` on.
  std::vector<std::string> RowsSince(uint32_t generation, const Extents& read) const;
};

/// A reader of the given partitions, each from its position on. It delivers in pieces of random
/// length; now and then nothing although there is something. The log may grow while it is read and
/// outlives the reader.
std::unique_ptr<executor::SourceReader> MakeStreamReader(const StreamLog& log,
                                                         std::vector<Position> start,
                                                         uint32_t rows_max,
                                                         testing::RandomData& random);

/// The records from `start` on that stand before the given positions, completed and judged with the
/// raises; it follows.
std::unique_ptr<executor::BatchSource> MakeHistory(const StreamLog& log,
                                                   const std::vector<int>& columns,
                                                   std::vector<Position> start,
                                                   std::span<const Position> before,
                                                   std::span<const executor::WatermarkRaise> raises,
                                                   uint32_t rows_max, testing::RandomData& random);

}  // namespace riverrun::simulation
