// A feed: the changes of one table, stream or view on one worker, handed to every dataflow that
// reads it there. One decode, one delta, any number of readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "executor/runtime/pipeline.h"
#include "executor/sources/partition_times.h"
#include "types/position.h"

namespace riverrun::executor {

/// A reader that follows outside the running epochs, and what it is told. It and the feed share it.
struct Behind {
  bool is_behind = true;  // false: it is waited for as all others are
  /// Rows come through the feed; false: the reader has them from where the source has them, up to
  /// `end`, and the feed only tells of the epochs.
  bool rows = true;
  std::vector<Position> end;           // where the source stood at the last barrier without rows
  std::vector<WatermarkRaise> raises;  // on the way there, since the reader last took them
  bool bounded = true;                 // false: it has caught up, and takes what waits before long
  /// More waited than may: its messages are gone, and it cannot go on.
  bool overflown = false;
};

/// Copies messages to bounded queues. Batches are shared, not copied. One worker calls it.
///
/// A subscriber that has not taken its messages makes the feed full for all: the slowest reader of
/// a source slows the source, and nothing is dropped. One that follows outside the running epochs
/// does not: what it has not taken is kept for it, up to a bound.
class Feed : public PipelineSink {
 public:
  /// `capacity`: messages per subscriber, at least 1. `behind_bytes_max`: of what waits for one
  /// that is behind.
  explicit Feed(uint32_t capacity, size_t behind_bytes_max = SIZE_MAX)
      : capacity_(capacity), behind_bytes_max_(behind_bytes_max) {}

  /// A new reader of the given columns, from the next message on. REQUIRES the feed stands between
  /// two epochs. The reader must not outlive the feed.
  /// `behind`: of a reader that may stay behind without slowing the others; null: never.
  /// `generation`: rows of earlier ones are left out.
  std::unique_ptr<PipelineInput> Subscribe(std::vector<int> columns,
                                           std::shared_ptr<Behind> behind = nullptr,
                                           uint32_t generation = 0);
  /// The rows that follow are of this generation of their source.
  void BeginGeneration(uint32_t generation) { generation_ = generation; }

  /// The source stands here at the barrier that comes next: for those who read the rows themselves.
  void NoteEnd(const std::vector<Position>& end, const std::vector<WatermarkRaise>& raises);
  /// From the next epoch on all readers get rows: the source goes on where none of them reads.
  void GiveRows();

  void Put(Message message) override;
  bool Flush() override;
  bool HasReaders() const override { return !queues_.empty(); }
  /// True when a message would find room with every subscriber.
  bool HasRoom() const;
  size_t subscribers() const { return queues_.size(); }
  /// The columns that any of them reads, ascending.
  std::vector<int> Columns() const;
  /// True when a subscriber reads the column.
  bool Reads(int column) const;

 private:
  class Subscription;
  struct Queue {
    std::vector<int> columns;
    std::shared_ptr<Behind> behind;
    uint32_t generation = 0;
    std::deque<Message> messages = {};
    size_t bytes = 0;  // of messages, while it is behind

    bool IsBehind() const { return behind != nullptr && behind->is_behind; }
    bool HasRoom(uint32_t capacity) const { return messages.size() < capacity || IsBehind(); }
  };

  void Put(Queue& queue, Message message);

  const uint32_t capacity_;
  const size_t behind_bytes_max_;
  uint32_t generation_ = 0;
  std::vector<std::unique_ptr<Queue>> queues_;
};

}  // namespace riverrun::executor
