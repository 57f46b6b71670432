#include "executor/sources/no_reader.h"

namespace riverrun::executor {
namespace {

class NoReader : public SourceReader {
 public:
  explicit NoReader(std::vector<Position> positions) : positions_(std::move(positions)) {}
  Result<std::optional<SourceBatch>> Poll(uint32_t, uint32_t) override { return std::nullopt; }
  void StopBefore(std::span<const Position>) override {}
  Result<void> Seek(std::span<const Position>) override { return {}; }
  std::vector<Position> Positions() const override { return positions_; }
  bool Exhausted() const override { return true; }

 private:
  const std::vector<Position> positions_;
};

}  // namespace

std::unique_ptr<SourceReader> MakeNoReader(std::vector<Position> positions) {
  return std::make_unique<NoReader>(std::move(positions));
}

}  // namespace riverrun::executor
