#include "executor/sources/partition_times.h"

#include <algorithm>

namespace riverrun::executor {

void PartitionTimes::Raise(Micros to) { raise_ = std::max(raise_, to); }

void PartitionTimes::Change(const Position& position, bool at_end) {
  const int32_t partition = position.partition;
  completion_.Raise(partition, raise_);
  if (const auto waking = waking_.find(partition); waking != waking_.end()) {
    completion_.Wake(partition, waking->second);
    idle_.erase(partition);
  }
  const auto idling = idling_.find(partition);
  if (idling != idling_.end() && idling->second == position.offset && at_end) {
    idle_.insert(partition);
  }
}

std::vector<WatermarkRaise> PartitionTimes::Settle(std::vector<Position>& positions,
                                                   const std::vector<Position>* recorded,
                                                   const std::function<bool(size_t)>& at_end) {
  std::vector<WatermarkRaise> raises;
  for (size_t i = 0; i < positions.size(); ++i) {
    Position& position = positions[i];
    const Micros by_rows = completion_.WatermarkOf(position.partition);
    if (recorded == nullptr) {
      Change(position, at_end(i));
    } else {
      const auto cut = std::ranges::find_if(*recorded, [&](const Position& p) {
        return p.source == position.source && p.partition == position.partition &&
               p.generation == position.generation;
      });
      if (cut != recorded->end()) {
        if (IsIdle(position.partition) && !cut->idle) {
          completion_.Wake(position.partition, cut->watermark);
          idle_.erase(position.partition);
        } else {
          completion_.Raise(position.partition, cut->watermark);
        }
        if (cut->idle) idle_.insert(position.partition);
      } else if (grows_) {
        Add(position.partition);
      }
    }
    position.watermark = completion_.WatermarkOf(position.partition);
    position.idle = IsIdle(position.partition);
    if (position.watermark == by_rows) continue;
    raises.push_back(
        {position.partition, position.generation, position.offset, position.watermark});
  }
  // In a replay nothing has been asked for yet.
  raise_ = kNoWatermark;
  idling_.clear();
  waking_.clear();
  return raises;
}

}  // namespace riverrun::executor
