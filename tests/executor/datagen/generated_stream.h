// A generated stream, as a test defines and reads it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executor/connectors/connector.h"
#include "types/clock.h"

namespace riverrun::executor {

class ManualClock : public Clock {
 public:
  Micros Now() override { return now; }
  Micros now = 1'800'000'000'000'000;
};

using Options = std::vector<std::pair<std::string, std::string>>;

/// A connector that is there; fails the test with its error if it is not.
std::shared_ptr<StreamConnector> MakeStream(std::vector<StreamColumn> columns, Options options,
                                            Clock& clock);
/// What is wrong with a definition: "SQLSTATE text [option]"; "" if nothing is.
std::string WrongIn(std::vector<StreamColumn> columns, Options options);

/// A position of partitions 0, 1, ...
std::vector<Position> At(std::initializer_list<int64_t> offsets);
/// A reader of all columns, or of some.
std::unique_ptr<SourceReader> OpenAt(StreamConnector& stream, std::vector<Position> start,
                                     std::vector<int> wanted);
/// The next batch; none if there is none now.
std::optional<SourceBatch> PollOnce(SourceReader& reader, uint32_t rows_max = 4096);

/// The rows from `first` on of partition 0, whatever the rate, in batches of at most `rows_max`,
/// one text a row: values as PostgreSQL prints them, with ", " between them.
std::vector<std::string> RowsOf(StreamConnector& stream, size_t width, int64_t first, int64_t count,
                                uint32_t rows_max = 4096);
/// The rows of a batch in that form, or only one of its columns.
std::vector<std::string> RowTexts(const Batch& batch);
std::vector<std::string> TextsOf(const Batch& batch, size_t column);

}  // namespace riverrun::executor
