#include "tests/simulation/stream_log.h"

#include <algorithm>

#include "executor/sources/reader_rows.h"
#include "types/codec/key.h"

namespace riverrun::simulation {
namespace {

class StreamReader : public executor::SourceReader {
 public:
  StreamReader(const StreamLog& log, std::vector<Position> start, uint32_t rows_max,
               testing::RandomData& random)
      : log_(log), rows_max_(rows_max), random_(random), positions_(std::move(start)) {}

  Result<std::optional<executor::SourceBatch>> Poll(uint32_t rows_max, uint32_t) override {
    if (positions_.empty() || random_.Chance(20)) return std::nullopt;
    Position& position = positions_[random_.Below(static_cast<uint32_t>(positions_.size()))];
    const auto& records = log_.partitions[position.partition];
    const auto from = static_cast<size_t>(position.offset);
    const size_t most = 1 + random_.Below(std::min(rows_max_, rows_max));
    const size_t to = std::min({records.size(), BoundOf(position), from + most});
    if (from >= to) return std::nullopt;
    BatchBuilder rows(log_.types);
    for (size_t i = from; i < to; ++i) DecodeRow(records[i], 1, rows);
    position.offset = static_cast<int64_t>(to);
    return executor::SourceBatch{.partition = position.partition,
                                 .first_offset = static_cast<int64_t>(from),
                                 .next_offset = position.offset,
                                 .rows = rows.Finish()};
  }

  void StopBefore(std::span<const Position> bounds) override {
    bounds_.assign(bounds.begin(), bounds.end());
  }
  Result<void> Seek(std::span<const Position> positions) override {
    for (Position& at : positions_) {
      const auto to = std::ranges::find(positions, at.partition, &Position::partition);
      if (to != positions.end()) at = *to;
    }
    return {};
  }
  std::vector<Position> Positions() const override { return positions_; }
  std::vector<int64_t> Ends() const override {
    std::vector<int64_t> ends;
    for (const Position& p : positions_) {
      ends.push_back(static_cast<int64_t>(log_.partitions[p.partition].size()));
    }
    return ends;
  }
  bool Exhausted() const override {
    return std::ranges::all_of(positions_, [this](const Position& p) {
      return static_cast<size_t>(p.offset) >= log_.partitions[p.partition].size();
    });
  }

 private:
  size_t BoundOf(const Position& position) const {
    const auto bound = std::ranges::find_if(
        bounds_, [&](const Position& b) { return b.partition == position.partition; });
    return bound == bounds_.end() ? SIZE_MAX : static_cast<size_t>(bound->offset);
  }

  const StreamLog& log_;
  const uint32_t rows_max_;
  testing::RandomData& random_;
  std::vector<Position> positions_;
  std::vector<Position> bounds_;
};

}  // namespace

const storage::StreamStart* StreamLog::StartOf(int32_t partition, uint32_t generation) const {
  const auto found = std::ranges::find_if(starts, [&](const storage::StreamStart& start) {
    return start.partition == partition && start.generation == generation;
  });
  return found == starts.end() ? nullptr : &*found;
}

std::vector<Position> StreamLog::NewestStarts(int worker, int workers) const {
  std::vector<Position> newest;
  for (const storage::StreamStart& start : starts) {
    if (start.generation != generation() || start.partition % workers != worker) continue;
    newest.push_back({.source = id,
                      .partition = start.partition,
                      .generation = start.generation,
                      .offset = start.offset});
  }
  return newest;
}

std::vector<std::string> StreamLog::RowsSince(uint32_t generation, const Extents& read) const {
  std::vector<std::string> rows;
  for (const storage::StreamStart& start : starts) {
    const auto to = read.find({start.partition, start.generation});
    if (start.generation < generation || to == read.end()) continue;
    const auto& records = partitions[static_cast<size_t>(start.partition)];
    rows.insert(rows.end(), records.begin() + start.offset, records.begin() + to->second);
  }
  return rows;
}

std::unique_ptr<executor::SourceReader> MakeStreamReader(const StreamLog& log,
                                                         std::vector<Position> start,
                                                         uint32_t rows_max,
                                                         testing::RandomData& random) {
  return std::make_unique<StreamReader>(log, std::move(start), rows_max, random);
}

std::unique_ptr<executor::BatchSource> MakeHistory(const StreamLog& log,
                                                   const std::vector<int>& columns,
                                                   std::vector<Position> start,
                                                   std::span<const Position> before,
                                                   std::span<const executor::WatermarkRaise> raises,
                                                   uint32_t rows_max, testing::RandomData& random) {
  std::vector<Position> bounds = start;
  for (Position& bound : bounds) {
    for (const Position& at : before) {
      const bool same = at.source == log.id && at.partition == bound.partition &&
                        at.generation == bound.generation;
      if (same) bound.offset = at.offset;
    }
  }
  std::vector<executor::WatermarkRaise> raised;
  for (const executor::WatermarkRaise& raise : raises) {
    if (raise.generation == log.generation()) raised.push_back(raise);
  }
  return executor::MakeReaderRows(MakeStreamReader(log, std::move(start), rows_max, random),
                                  std::move(bounds), columns, log.completion, std::move(raised));
}

}  // namespace riverrun::simulation
