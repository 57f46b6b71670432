// Random queries over windows of event time, and what they return, said without the engine: loops
// over the records of a log and a map of groups.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "executor/sources/source_completion.h"
#include "storage/journal_record.h"
#include "tests/random_data.h"
#include "tests/simulation/bag.h"
#include "tests/simulation/stream_log.h"
#include "types/position.h"

namespace riverrun::simulation {

struct RandomView;
struct Relation;

/// A query: rows of a stream, perhaps those with keys from some key on, in windows of its time,
/// counted by window and perhaps by key; perhaps what comes of it grouped once more.
struct WindowQuery {
  enum class Column : uint8_t { kStart, kEnd, kTime };  // that stands for the window
  enum class Above : uint8_t { kNothing, kSameWindow, kWindows };

  size_t stream = 0;
  Micros size = 0, slide = 0, offset = 0;
  bool closes = false;  // EMIT ON WINDOW CLOSE
  bool by_key = false;
  bool in_two_steps = false;  // groups are made where the rows are, and again on their workers
  bool in_slices = false;     // the first step by slices, for windows that overlap
  bool spreads_late = false;  // slices are made windows on the worker of the key
  std::optional<int64_t> least_key = {};
  Column column = Column::kEnd;
  Above above = Above::kNothing;  // kNothing unless it closes
  Micros outer_size = 0;          // kWindows
};

/// What a stream with a time needs: its last column, a timestamptz, has a watermark `delay` behind.
std::shared_ptr<const executor::CompletionSpec> WatermarkBehind(const std::vector<Type>& types,
                                                                Micros delay, Micros idle_timeout);
/// A time for the next record of a stream: mostly a little behind the others, now and then far
/// behind or ahead, or missing.
std::optional<Micros> RandomTime(Micros& progress, testing::RandomData& random);

/// A view of such a query over a stream with a time.
RandomView MakeWindowView(ObjectId id, const Relation& stream, size_t number,
                          testing::RandomData& random);

/// What it contains when the stream has been read up to the last of the cuts, which are all that
/// there have been. Rows between two cuts are judged by what the first one says of their partition.
/// Rows of generations before `generation` are none of its, but move its time.
struct WindowAnswer {
  Bag rows;
  uint64_t late = 0;         // rows that have missed a window, or have no time
  std::string problem = {};  // what the cuts say and must not
};
using Cuts = std::map<Epoch, storage::CutRecord>;
WindowAnswer AnswerOf(const WindowQuery& query, const StreamLog& log, const Cuts& cuts,
                      uint32_t generation);

}  // namespace riverrun::simulation
